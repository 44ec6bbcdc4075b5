"""What a file of the library says of itself."""

from __future__ import annotations

from dataclasses import replace

from oelala_desktop.domain.media import MediaItem

VIDEO = MediaItem(1, "/a/b.mp4", "/a", "b.mp4", "video", "mp4", 10, 1.0, 1.0, frames=81, fps=16.0, duration=5.1)


def test_a_video_is_as_long_as_its_frames() -> None:
    assert VIDEO.length == 81 / 16
    assert replace(VIDEO, frames=None).length == replace(VIDEO, fps=None).length == 5.1
    assert replace(VIDEO, frames=None, duration=None).length is None
    assert replace(VIDEO, kind="image").length is None
