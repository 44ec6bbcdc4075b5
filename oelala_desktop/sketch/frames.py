"""What an IMAGE is here: a uint8 array [frames, height, width, 3 or 4], RGB(A). A MASK is float32 [n, h, w], and the
samples of an AUDIO are float32 [channels, samples].

All of them lie in memory up to a budget, beyond it in files without a name, which go with them.
"""

from __future__ import annotations

import itertools
import math
import mmap
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]
Samples = npt.NDArray[np.float32]
#: gives the picture [height, width, 3 or 4] to be shown as a preview; called only when a preview is wanted
PreviewSource = Callable[[], Frames]

#: bytes of frames, masks and samples in memory at a time, of all nodes together: with libraries and an encoder Sketch
#: stays below 2 GB
BUDGET = 1600 * 1024**2
#: bytes that are left free on the disk; a batch that would take them is refused
SPARE = 2 * 1024**3

#: bytes of each batch that somebody still holds, by a number of its own
_alive: dict[int, int] = {}
_numbers = itertools.count()


#: what lies on the disk, of batches that somebody still holds
_files: weakref.WeakValueDictionary[int, mmap.mmap] = weakref.WeakValueDictionary()
_EASED = 32  # calls of `ease` until pages are handed back
_calls = itertools.count(1)


def allocate(count: int, height: int, width: int, channels: int = 3) -> Frames:
    """An uninitialised batch of frames. Raises MemoryError with the sizes when there is room for it neither in memory
    nor on the disk."""
    if count < 1 or height < 1 or width < 1:
        raise ValueError(f"A batch of {count} frames of {width}×{height} pixels cannot be made.")
    return _room((count, height, width, channels), np.uint8, f"{count} frames of {width}×{height} pixels")


def allocate_masks(count: int, height: int, width: int) -> Mask:
    """An uninitialised batch of masks. Raises MemoryError as `allocate` does."""
    return _room((count, height, width), np.float32, f"{count} masks of {width}×{height} pixels")


def allocate_samples(channels: int, length: int) -> Samples:
    """Uninitialised samples of a sound. Raises MemoryError as `allocate` does."""
    return _room((channels, length), np.float32, f"{length} samples of sound")


def _room(shape: tuple[int, ...], kind: type[Any], told: str) -> npt.NDArray[Any]:
    size = math.prod(shape) * np.dtype(kind).itemsize
    if size + sum(list(_alive.values())) > BUDGET:
        return np.ndarray(shape, kind, buffer=_on_disk(size, told))
    made = np.empty(shape, kind)
    number = next(_numbers)
    _alive[number] = size
    weakref.finalize(made, _alive.pop, number)  # a view keeps its batch alive, and so counted
    return made


def _on_disk(size: int, told: str) -> mmap.mmap:
    folder = _large_folder()
    free = shutil.disk_usage(folder).free
    if size > free - SPARE:
        raise MemoryError(
            f"{told} take {size / 1024**3:.1f} GiB, which neither the memory that Sketch may use has room for nor "
            f"{folder}. Use less or smaller ones, or make room there."
        )
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)  # a full disk is met here, not at some frame
            else:
                file.truncate(size)
            mapped = mmap.mmap(file.fileno(), size)
    except OSError as error:
        raise MemoryError(f"Frames cannot be kept in {folder}: {error.strerror}.") from error
    _files[id(mapped)] = mapped
    return mapped


def _large_folder() -> Path:
    """Where large files may lie for a while: on many systems /tmp is memory."""
    large = Path("/var/tmp")
    return large if os.access(large, os.W_OK) else Path(tempfile.gettempdir())


def ease() -> None:
    """Called now and then by what goes through frames: pages of batches on the disk need not stay in memory."""
    if not _files or next(_calls) % _EASED or not hasattr(mmap, "MADV_DONTNEED"):
        return
    for mapped in list(_files.values()):
        mapped.madvise(mmap.MADV_DONTNEED)


def gather(pictures: Iterable[Frames], expected: int = 0) -> Frames:
    """A batch of pictures that come one by one, `expected` of them or so. Raises ValueError when there are none,
    MemoryError where there is no room."""
    made: Frames | None = None
    filled = 0
    for picture in pictures:
        if made is None:
            made = allocate(max(1, expected), *picture.shape)
        elif filled == len(made):
            larger = allocate(filled + max(8, filled // 2), *picture.shape)
            larger[:filled] = made
            made = larger
        made[filled] = picture
        filled += 1
    if made is None:
        raise ValueError("There are no frames.")
    return made[:filled]


def memory_of(value: Any) -> list[npt.NDArray[Any]]:
    """The arrays in whose memory a node's output lies: the batch it is a part of, a video's frames and sound."""
    if isinstance(value, np.ndarray):
        return [value.base if isinstance(value.base, np.ndarray) else value]
    parts = (getattr(value, name, None) for name in ("frames", "sound", "waveform"))
    return [array for part in parts if part is not None for array in memory_of(part)]


def rgb(frames: Any) -> Frames:
    """The same frames without their alpha channel, contiguous enough for encoders."""
    array: Frames = frames[..., :3]
    return array
