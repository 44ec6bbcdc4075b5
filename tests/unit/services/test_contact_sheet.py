"""The contact sheet of a grid: each part in its place with its label, what failed as such, and all named within."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import JobError, JobState, Output
from oelala_desktop.metadata import read
from oelala_desktop.services.files.contact_sheet import Cell, cell_size, draw_sheet
from oelala_desktop.services.thumbnails.sheet import Part, make_sheet
from tests.unit.domain.samples import some_job

RED, GREEN, BLUE = (250, 0, 0), (0, 250, 0), (0, 0, 250)


def film(path: Path, *colours: tuple[int, int, int]) -> Path:
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=8)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for colour in colours:
            image = np.full((64, 96, 3), colour, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def part(path: Path | None, frames: int = 1, **changes: Any) -> Part:
    cell = changes.pop("cell", {"steps": "4"})
    job = some_job(state=JobState.DONE)
    if path is not None:
        kind = "video" if path.suffix == ".mp4" else "image"
        job = replace(job, outputs=(Output(str(path), kind, 96, 64, frames, 8.0),))
    return Part(cell, replace(job, **changes))


def picture(path: Path, colour: tuple[int, int, int]) -> Path:
    Image.new("RGB", (96, 64), colour).save(path)
    return path


def test_a_row_for_each_value_of_the_first_axis(tmp_path: Path) -> None:
    cells = [{"image": f"/p/{name}.png", "steps": step} for name in "ab" for step in ("4", "8", "12")]
    files = [picture(tmp_path / f"{n}.png", colour) for n, colour in enumerate((RED, GREEN, BLUE, BLUE, RED, GREEN))]
    parts = [part(file, cell=cell) for file, cell in zip(files, cells, strict=True)]
    sheet = make_sheet(tmp_path / "out", parts, {"tool": "image-to-video", "prompt": "a boat"})
    assert [path.name for path in (tmp_path / "out").iterdir()] == [sheet.name]
    wide = cell_size(6) * 3 // 4 + 12
    with Image.open(sheet) as image:
        assert image.width == 3 * wide + 12
    found = read(sheet)
    assert found.info.prompt == "a boat"
    params = found.oelala_params
    assert params is not None
    assert params["grid"] == {"image": ["a.png", "b.png"], "steps": ["4", "8", "12"]}
    assert params["parts"][3] == {
        "cell": {"image": "b.png", "steps": "4"},
        "job_id": "j1",
        "state": "done",
        "file": "3.png",
    }
    with Image.open(sheet) as image:
        high = (image.height - 12) // 2
        centres = [(12 + x * wide + 48, 12 + y * high + 32) for y in range(2) for x in range(3)]
        seen = [tuple(round(one / 50) * 50 for one in image.getpixel(place)) for place in centres]
    assert seen == [RED, GREEN, BLUE, BLUE, RED, GREEN]


def test_a_video_is_shown_by_its_middle(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", RED, RED, GREEN, GREEN, GREEN, BLUE, BLUE)
    sheet = make_sheet(tmp_path, [part(path, frames=7)], {})
    with Image.open(sheet) as image:
        red, green, blue = image.getpixel((60, 40))
    assert green > 200 > 80 > max(red, blue)


def test_what_failed_and_what_is_gone_are_shown_as_such(tmp_path: Path) -> None:
    failed = part(None, state=JobState.FAILED, error=JobError("The server ran out of memory."))
    gone, clip = part(tmp_path / "gone.png"), part(tmp_path / "gone.mp4", frames=9)
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n")
    sheet = make_sheet(tmp_path, [failed, part(None, state=JobState.CANCELLED), gone, clip, part(damaged)], {})
    params = read(sheet).oelala_params
    assert params is not None
    assert [(row["state"], row["file"]) for row in params["parts"]] == [
        ("failed", None), ("cancelled", None), ("done", "gone.png"), ("done", "gone.mp4"), ("done", "damaged.png"),
    ]  # fmt: skip
    with Image.open(sheet) as image:
        grounds = {image.getpixel((12 + n * (cell_size(5) + 12) + 2, 14)) for n in range(5)}
    assert len(grounds) == 1 and grounds != {(24, 24, 27)}


def test_the_same_parts_have_the_same_sheet(tmp_path: Path) -> None:
    parts = [part(picture(tmp_path / "a.png", RED))]
    first = make_sheet(tmp_path, parts, {})
    stamp = first.stat().st_mtime_ns
    assert make_sheet(tmp_path, parts, {}) == first and first.stat().st_mtime_ns == stamp
    assert make_sheet(tmp_path, [part(tmp_path / "a.png", id="j2")], {}) != first


def test_a_folder_that_takes_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotSave, match="Cannot save into"):
        make_sheet(tmp_path / "file", [part(None)], {})


def test_the_largest_sheet_is_of_a_size_that_can_be_opened() -> None:
    cells = [Cell((f"steps = {n}", "cfg = 1"), None, "failed: " + "why " * 200) for n in range(400)]
    sheet = draw_sheet(cells, 20)
    assert sheet.width * sheet.height < 50_000_000
    assert draw_sheet([Cell(("x" * 500,), None)], 1).width < 400
