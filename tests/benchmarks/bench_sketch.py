"""Drawing and encoding a clip on Sketch, against PyAV encoding the same frames when they are ready."""

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from oelala_desktop.sketch.encode import H264_OPTIONS
from oelala_desktop.sketch.executor import Executor, Job
from oelala_desktop.sketch.folders import Folders, open_folders
from oelala_desktop.sketch.frames import Frames
from oelala_desktop.sketch.nodes import CATALOG
from oelala_desktop.sketch.resize import resize_picture

WIDTH, HEIGHT, COUNT, RATE = 848, 480, 81, 16
GOAL = 1.6


class _Silence:
    """An outlet that nobody listens to."""

    def send(self, event: str, content: dict[str, Any], client: str | None) -> None: ...

    def send_preview(self, jpeg: bytes, metadata: dict[str, Any] | None, client: str | None) -> None: ...

    def wants_metadata(self, client: str | None) -> bool:
        return False


def picture() -> Frames:
    """A picture with the mix of large and small detail that photographs have."""
    chance = np.random.default_rng(7)
    total = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for size in (4, 16, 64, 128):
        noise = chance.integers(0, 256, (HEIGHT // size + 2, WIDTH // size + 2, 3), np.uint8)
        total += resize_picture(noise, WIDTH, HEIGHT, "bicubic").astype(np.float32) * size**0.5
    total -= total.min()
    return np.asarray(total / total.max() * 255, np.uint8)


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """One row: seconds for a job of camera move and saving, and the ratio to encoding alone."""
    rounds = 15 if full else 5
    with tempfile.TemporaryDirectory() as base, open_folders(Path(base)) as folders:
        still = picture()
        ready = _clip(folders, still)
        jobs, encodes = [], []
        for turn in range(rounds + 1):
            jobs.append(_timed(partial(_job, folders, still, turn)))
            encodes.append(_timed(partial(_encode, ready)))
        # The first round of each warms caches and is not counted.
        job, encode = statistics.median(jobs[1:]), statistics.median(encodes[1:])
        yield {
            "name": "sketch",
            "value": job,
            "unit": "s",
            "yardstick": f"PyAV encoding the same {COUNT} frames of {WIDTH}×{HEIGHT}",
            "ratio": job / encode,
            "goal": GOAL,
            "met": job / encode <= GOAL,
        }


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _graph(still: Frames, turn: int) -> dict[str, Any]:
    camera = {"image": ["1", 0], "prompt": "slow zoom in, then pan left", "seed": turn, "frames": COUNT}
    size = {"width": WIDTH, "height": HEIGHT}
    saver = {"video": ["3", 0], "filename_prefix": f"bench{turn}", "format": "auto", "codec": "auto"}
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "still.png"}},
        "2": {"class_type": "SketchCameraMove", "inputs": {**camera, **size, "strength": 1.0}},
        "3": {"class_type": "CreateVideo", "inputs": {"images": ["2", 0], "fps": float(RATE)}},
        "4": {"class_type": "SaveVideo", "inputs": saver},
    }


def _executor(folders: Folders, still: Frames) -> Executor:
    Image.fromarray(still).save(folders.input / "still.png", compress_level=1)
    return Executor(CATALOG, folders, _Silence())


def _clip(folders: Folders, still: Frames) -> Frames:
    """The frames that a job draws, for the yardstick to encode."""
    executor = _executor(folders, still)
    outcome = executor.run(Job(0, "ready", _graph(still, 0), {}, ["4"]))
    assert outcome.success, outcome.messages
    clips = [result.values[0] for result in executor.results.values() if result.values]
    return next(clip for clip in clips if isinstance(clip, np.ndarray) and len(clip) == COUNT)


def _job(folders: Folders, still: Frames, turn: int) -> None:
    executor = Executor(CATALOG, folders, _Silence())
    outcome = executor.run(Job(0, f"job{turn}", _graph(still, turn), {}, ["4"]))
    assert outcome.success, outcome.messages


def _encode(frames: Frames) -> None:
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(RATE), options=dict(H264_OPTIONS))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))
