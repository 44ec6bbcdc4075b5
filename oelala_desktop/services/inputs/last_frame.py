"""The last frame of a video, whole and upright, as a picture to go on from. Blocking."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.files.colours import as_rgb, in_srgb
from oelala_desktop.services.files.confined import confined
from oelala_desktop.services.files.decoding import PICTURES, decoding

from .looking import look_at
from .opening import kind_of, name_of, opened, pixels_of
from .streams import video_of
from .turning import Screen

if TYPE_CHECKING:
    from PIL import Image


def last_frame(path: Path) -> bytes:
    """As a PNG, in the colours of a screen. Raises Unreadable."""
    return confined.run(name_of(path), pixels_of(path), _last, path)


def _last(path: Path) -> bytes:
    from PIL import Image

    name = name_of(path)
    kind = kind_of(path)
    if kind in PICTURES:
        with decoding(name), Image.open(path, formats=(PICTURES[kind],)) as picture:
            picture.seek(getattr(picture, "n_frames", 1) - 1)
            return _png(as_rgb(in_srgb(picture)))
    with opened(path, "video") as looked:
        found = look_at(looked, name)
    line, look = found.line, found.look
    with opened(path, "video") as source:
        stream = video_of(source, name)
        stream.thread_type = "AUTO"
        key = line.key_before(Fraction(line.times[-1] - line.times[0]) * line.base)
        if key is not None:
            source.seek(key, stream=stream)
        shown = None
        for frame in source.decode(stream):
            shown = frame if shown is None or (frame.pts or 0) >= (shown.pts or 0) else shown
    if shown is None:
        raise Unreadable(f"{name} has no frame in it that can be decoded.")
    rgb = Screen(look, look.width, look.height).rgb(shown).tobytes()
    return _png(Image.frombytes("RGB", (look.width, look.height), rgb))


def _png(picture: Image.Image) -> bytes:
    made = BytesIO()
    picture.save(made, "PNG", compress_level=1)
    return made.getvalue()
