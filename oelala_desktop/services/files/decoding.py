"""The one edge between decoders and the rest: what they raise becomes a sentence, and what they found damaged once is
not given to them again."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from oelala_desktop.domain.errors import OelalaError, Unreadable

#: of one picture or one frame
MOST_PIXELS = 50_000_000
#: of what is given as input, in pixels
MIN_SIDE = 64
#: what the reader of metadata calls a format, in the words of Pillow and of FFmpeg
PICTURES = {
    "png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF", "avif": "AVIF",
}  # fmt: skip
VIDEOS = {"mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska"}
#: FFmpeg's codecs check every size that they are told against this, wherever it stands
FFMPEG_LIMITS = {"max_pixels": str(MOST_PIXELS)}
_MOST_REMEMBERED = 10_000
_MOST_SCANS = 32
_SCAN = re.compile(rb"\xff\xda")  # three times as quick as counting bytes

# what Pillow has to say of odd files is no word for the terminal
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Whatever a decoder raises about a file becomes Unreadable; OSError stays where the disk failed and not the file.

    Decoders raise what their authors did not foresee either (AttributeError, RuntimeError, struct.error …), so nothing
    is listed here."""
    try:
        yield
    except OelalaError:
        raise
    except (MemoryError, RecursionError) as error:
        raise Unreadable(
            f"{name} is damaged, or takes more memory than such a file may.", detail=repr(error)
        ) from error
    except Exception as error:
        if _is_of_the_disk(error):
            raise
        raise Unreadable(f"{name} is damaged or cut short.", detail=repr(error)) from error


def _is_of_the_disk(error: Exception) -> bool:
    """FFmpeg's errors are OSErrors with numbers of their own, and Pillow's have none."""
    return type(error).__module__ == "builtins" and isinstance(error, OSError) and error.errno is not None


def check_size(name: str, width: int | None, height: int | None) -> None:
    """Raises Unreadable for more than 50 megapixels."""
    pixels = (width or 0) * (height or 0)
    if pixels > MOST_PIXELS:
        raise Unreadable(f"{name} has {pixels / 10**6:.0f} megapixels; at most {MOST_PIXELS // 10**6} are decoded.")


def has_many_scans(kind: str, content: bytes) -> bool:
    """Whether it is a JPEG that draws all its pixels over and over: a scan is a few bytes and takes as long as a
    whole picture. Cameras and encoders write at most a dozen, and as many for a small picture inside."""
    return kind.upper() == "JPEG" and next(islice(_SCAN.finditer(content), _MOST_SCANS, None), None) is not None


class KnownDamage:
    """The sentences of contents that could not be decoded, as long as the program runs; nothing else of them, since the
    traceback of an error holds what was decoded. Safe from any thread."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._most = most
        self._sentences: OrderedDict[bytes, tuple[type[Unreadable], str, str]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def once(self, content: bytes) -> Iterator[None]:
        """The block decodes `content`. Raises at once what it raised for the same content before."""
        digest = hashlib.sha256(content).digest()
        with self._lock:
            known = self._sentences.get(digest)
        if known is not None:
            kind, message, detail = known
            raise kind(message, detail=detail)
        try:
            yield
        except Unreadable as error:
            with self._lock:
                self._sentences[digest] = type(error), error.message, error.detail
                while len(self._sentences) > self._most:
                    self._sentences.popitem(last=False)
            raise
