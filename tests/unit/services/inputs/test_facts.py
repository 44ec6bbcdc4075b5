"""What stands beside a kept file is believed only as far as it can be true; and when a sweep is due."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from oelala_desktop.domain.inputs import Given
from oelala_desktop.services.inputs.kept import DIGITS, Kept, facts_file, read_facts, write_facts
from oelala_desktop.services.inputs.store import KEPT_FOR, InputStore
from oelala_desktop.services.inputs.sweeping import sweep_inputs
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.store import Settings
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.preferences import Preferences

VAST = 10**12
GIVEN = Given("walk.mp4", "video", 640, 360, 48, 24.0, 2.0, True, 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "0123.mp4"
    made.write_bytes(b"content")
    return made


def write(path: Path, **changes: Any) -> None:
    """Facts that are sound but for the changes; None leaves one out."""
    given = {"name": "walk.mp4", "kind": "video", "size": 7} | changes.pop("given", {})
    row = {"given": {k: v for k, v in given.items() if v is not None}, "original": "/a/walk.mp4", **changes}
    facts_file(path).write_bytes(orjson.dumps(row))


def test_facts_come_back_as_they_were(path: Path) -> None:
    kept = Kept(path, GIVEN, "/a/walk.mp4", 99, "boats", "/a/mask.png")
    write_facts(kept)
    assert (facts_file(path).name, read_facts(path)) == ("0123.mp4.json", kept)
    assert b"0123" not in facts_file(path).read_bytes(), "where it lies is not kept"
    assert (kept.upload_name, DIGITS) == ("oelala_0123.mp4", 24)


def test_what_is_not_there_is_empty(path: Path) -> None:
    assert Kept(path, GIVEN) == Kept(path, GIVEN, "", 0, "", "")
    assert read_facts(path) is None
    write(path)
    assert read_facts(path) == Kept(path, Given("walk.mp4", "video", size=7), "/a/walk.mp4", 0, "", "")
    path.unlink()
    assert read_facts(path) is None


@pytest.mark.parametrize("size", [6, 8, None])
def test_facts_of_a_file_of_another_size_are_of_another_file(path: Path, size: int | None) -> None:
    write(path, given={"size": size})
    assert read_facts(path) is None


@pytest.mark.parametrize("given", [{"name": None}, {"kind": None}, {"name": 3}, {"kind": ["video"]}])
def test_facts_without_a_name_or_a_kind_are_none(path: Path, given: dict[str, Any]) -> None:
    write(path, given=given)
    assert read_facts(path) is None


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("width", VAST, VAST), ("width", VAST + 1, 0), ("width", 0, 0), ("width", -1, 0), ("width", 2.5, 0),
        ("width", "640", 0), ("rate", 24, 24), ("rate", 23.5, 23.5), ("rate", -0.5, 0.0), ("rate", "24", 0.0),
        ("has_sound", True, True), ("has_sound", 1, False), ("has_sound", "yes", False), ("another", 3, None),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_left_out(path: Path, key: str, value: Any, expected: Any) -> None:
    write(path, given={key: value})
    found = read_facts(path)
    assert found is not None and getattr(found.given, key, None) == expected


def test_of_the_rest_too(path: Path) -> None:
    write(path, original=3, file_bytes="9", prompt=None, mask=["a"], another="x")
    assert read_facts(path) == Kept(path, Given("walk.mp4", "video", size=7))
    write(path, file_bytes=5, prompt="boats")
    assert read_facts(path) == Kept(path, Given("walk.mp4", "video", size=7), "/a/walk.mp4", 5, "boats")


@pytest.mark.parametrize("over", [0, 1])
def test_facts_have_at_most_a_megabyte(path: Path, over: int) -> None:
    write(path)
    content = facts_file(path).read_bytes()
    facts_file(path).write_bytes(content + b" " * (2**20 + over - len(content)))
    assert (read_facts(path) is None) is bool(over)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b'{"given": []}', b"{}", b"\xff"])
def test_what_is_no_record(path: Path, content: bytes) -> None:
    facts_file(path).write_bytes(content)
    assert read_facts(path) is None


# a sweep


@pytest.fixture
async def desk(tmp_path: Path) -> Any:
    class Desk:
        store = InputStore(tmp_path / "inputs")
        jobs = JobStore(tmp_path / "jobs.sqlite3")
        scope = TaskScope("test")
        settings = Settings(Preferences(tmp_path / "preferences.json"), Bus(), scope)

        def put(self, name: str, age: float) -> Path:
            self.store.folder.mkdir(exist_ok=True)
            path = self.store.folder / name
            path.write_bytes(b"x")
            os.utime(path, (NOW - age, NOW - age))
            return path

        async def sweep(self, now: float) -> int:
            return await sweep_inputs(self.store, self.jobs, self.settings, now)

    made = Desk()
    await made.jobs.open()
    yield made
    await made.jobs.close()
    await made.scope.close()


NOW = 1_700_000_000.0


async def test_a_sweep_comes_once_a_day(desk: Any) -> None:
    desk.put("a.png", KEPT_FOR)
    assert (await desk.sweep(NOW), await desk.jobs.flag("inputs swept")) == (1, str(NOW))
    desk.put("b.png", KEPT_FOR)
    for later, gone in ((0, 0), (86_399, 0), (86_400, 1)):
        assert await desk.sweep(NOW + later) == gone, later


@pytest.mark.parametrize("last", ["no number", "", str(NOW + 1)])
async def test_a_note_that_cannot_be_is_no_hindrance(desk: Any, last: str) -> None:
    desk.put("a.png", KEPT_FOR)
    await desk.jobs.set_flag("inputs swept", last)
    assert await desk.sweep(NOW) == 1


async def test_what_is_a_week_old_goes(desk: Any) -> None:
    old, young = desk.put("a.png", KEPT_FOR), desk.put("b.png", KEPT_FOR - 1)
    facts_file(old).write_bytes(b"{}"), facts_file(young).write_bytes(b"{}")
    (desk.store.folder / "sub").mkdir()
    assert KEPT_FOR == 7 * 24 * 3600 and await desk.sweep(NOW) == 1
    assert sorted(path.name for path in desk.store.folder.iterdir()) == ["b.png", "b.png.json", "sub"]


async def test_nothing_goes_while_a_job_cannot_be_read(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old = desk.put("a.png", KEPT_FOR)

    async def one(*_: Any) -> Any:
        return ["a row"]

    with monkeypatch.context() as patch:
        patch.setattr(desk.jobs, "set_aside", one)
        assert await desk.sweep(NOW) == 0 and old.exists()
        assert await desk.jobs.flag("inputs swept") is None, "it is tried again"

    async def unknown() -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(desk.jobs, "inputs_named", unknown)
        assert await desk.sweep(NOW) == 0 and old.exists()


async def test_no_folder_has_nothing_to_go(desk: Any) -> None:
    assert await desk.sweep(NOW) == 0
