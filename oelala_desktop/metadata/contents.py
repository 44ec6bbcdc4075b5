"""What a container gives away about itself: its facts and the text blocks in it, before anything is understood."""

from __future__ import annotations

from typing import Any

from oelala_desktop.metadata import limits

#: formats that are videos; every other known one is a picture
VIDEO_FORMATS = frozenset({"mp4", "mov", "webm", "mkv"})


class Contents:
    """Filled by the one walker that knows the format.

    `blocks` maps a text's key as written (Matroska: lower case) to its bytes, or to text or a JSON value where the
    container or a wrapping text held it decoded. `room` is how many bytes of text may still be read. `damage` is the
    end of a sentence ("ends inside …"), or None if the file is whole as far as its structure tells. `turned`: it lies
    on its side, and is shown upright. `has_sound`: there is a sound track with something in it.
    """

    __slots__ = (
        "blocks", "damage", "duration", "format", "fps", "frames", "has_sound", "height", "room", "turned", "width",
    )  # fmt: skip

    def __init__(self, format_: str) -> None:
        self.format = format_
        self.width: int | None = None
        self.height: int | None = None
        self.frames: int | None = None
        self.fps: float | None = None
        self.duration: float | None = None
        self.blocks: dict[str, Any] = {}
        self.damage: str | None = None
        self.room = limits.TEXTS
        self.turned = False
        self.has_sound = False

    @property
    def kind(self) -> str:
        """`image` or `video`."""
        return "video" if self.format in VIDEO_FORMATS else "image"

    def keep(self, key: str, value: bytes | str | None) -> None:
        """Take a text, if there is one, unless the key is taken (the first one counts) or it is beyond the limits."""
        if value is None:
            return
        size = len(value)
        if size > limits.TEXT or size > self.room:
            return
        self.room -= size
        if key not in self.blocks:
            self.blocks[key] = value
