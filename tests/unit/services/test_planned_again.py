"""What was made smaller on its way to the server has another size, and the job says the one that it has then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.job import JobInput
from oelala_desktop.domain.plan import FORM
from oelala_desktop.services.inputs.kept import Kept, write_facts
from oelala_desktop.services.queue.ready import Ready, planned_again
from oelala_desktop.services.queue.wishes import Wish
from tests.unit.domain.made_presets import CATALOG, made
from tests.unit.domain.wishing import met

WHOLE = Given("walk.mp4", "video", 640, 352, 100, 25.0, 4.0, size=10**6)
SMALL = replace(WHOLE, width=320, height=176, rate=12.5, frames=25, length=2.0, size=10**4)


def ready(limit: int | None = None) -> Ready:
    wish = {"video": "walk.mp4", "video_start": 1.0, "video_length": 2.0, "video_smaller": True, "prompt": "a pier"}
    found = met(made("video-to-video.given"), wish, {"video": (WHOLE,)}, CATALOG)
    return Ready(Wish("video-to-video", wish, Path()), found, {}, replace(CATALOG, upload_limit=limit), ())


def kept(folder: Path, given: Given) -> tuple[JobInput, ...]:
    path = folder / "kept.mp4"
    path.write_bytes(bytes(given.size))
    write_facts(Kept(path, given))
    return (JobInput("video", str(path), "oelala_kept.mp4", "walk.mp4", "video"),)


def test_size_length_and_rate_are_those_of_what_goes_up(tmp_path: Path) -> None:
    before = ready()
    request = planned_again(before, kept(tmp_path, SMALL)).request
    assert (request.width, request.height, request.num_frames, request.fps) == (320, 176, 25, 12.5)
    assert (before.plan.request.width, before.plan.request.num_frames) == (640, 49)
    # what was wished stays what it was: the part was cut, and is not to be cut again
    assert {key: request.values[key] for key in ("video_start", "video_length", "prompt")} == {
        "video_start": 1.0, "video_length": 2.0, "prompt": "a pier",
    }  # fmt: skip


@pytest.mark.parametrize(("limit", "is_new"), [(10**4 + FORM, True), (10**4 + FORM - 1, False)])
def test_what_cannot_be_planned_so_stays_as_it_was_planned(tmp_path: Path, limit: int, is_new: bool) -> None:
    before = ready(limit)
    assert (planned_again(before, kept(tmp_path, SMALL)) is not before.plan) is is_new
