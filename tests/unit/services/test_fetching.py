"""One result from the server into the output folder."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineUnreachable, NotThisJobs, Unreadable
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.job import Job, Output
from oelala_desktop.metadata import read
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.queue import fetching
from oelala_desktop.services.queue.fetching import (
    Place,
    already_there,
    fetch_result,
    is_fetched,
    job_of,
    params_of,
    places,
    result_stem,
    role_of,
)
from tests.contract.films import film, sound_file
from tests.unit.domain.samples import some_job

from .fake_engine import FakeEngine, picture

FILE = ServerFile("j1_00001_.png", "oelala", "output", "1", since=77.0)
GRAPH = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": "oelala/j1"}}}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return some_job(out_dir=str(tmp_path / "deep" / "out"), graph=GRAPH)


def place(job: Job, file: ServerFile = FILE) -> Place:
    (found,) = places(job, (file,))
    return found


def names(job: Job) -> list[str]:
    return sorted(os.listdir(job.out_dir))


def named(tmp_path: Path, job_id: Any, name: str = "theirs.png") -> bytes:
    """A picture that says whose it is."""
    path = tmp_path / name
    path.write_bytes(picture())
    embed(path, {"job_id": job_id}, None)
    return path.read_bytes()


# Names


@pytest.mark.parametrize(
    ("filename", "role"),
    [
        ("j1_00001_.mp4", ""),
        ("j1_clip1_00001_.mp4", "clip1"),
        ("j1_clip12_00001.mp4", "clip12"),
        ("j1_clip_00001.mp4", ""),
        ("j1_clip1_x.mp4", ""),
        ("j1_joined_00001_.mp4", "joined"),
        ("j2_clip1_00001_.mp4", ""),
        ("../j1_clip1_00001_.mp4", ""),
    ],
)
def test_roles_are_read_off_our_own_prefix(filename: str, role: str) -> None:
    assert role_of(ServerFile(filename, "oelala", "output"), some_job()) == role


def test_a_prefix_may_have_no_folder() -> None:
    assert role_of(ServerFile("j1_clip2_00001_.mp4", "", "output"), some_job(prefix="j1")) == "clip2"
    assert role_of(ServerFile("j1_clip2_00001_.mp4", "a", "output"), some_job(prefix="a/b/j1")) == "clip2"


def test_a_result_has_a_name_of_ours_the_same_on_every_try() -> None:
    job = some_job(id="0123abcd-4567-89ab", created_at=1_700_000_000.0)
    when = time.strftime("%Y%m%d_%H%M%S", time.localtime(1_700_000_000))
    assert result_stem(job) == f"oelala_{when}_0123abcd"


def test_each_file_has_a_place_of_its_own() -> None:
    job = some_job()
    files = tuple(
        ServerFile(name, "", "output") for name in ("a.png", "j1_clip1_1.mp4", "b.png", "j1_clip1_2.mp4", "c.png")
    )
    stem = result_stem(job)
    assert [(one.file, one.role, one.stem) for one in places(job, files)] == [
        (files[0], "", stem),
        (files[1], "clip1", f"{stem}_clip1"),
        (files[2], "", f"{stem}_2"),
        (files[3], "clip1", f"{stem}_clip1_2"),
        (files[4], "", f"{stem}_3"),
    ]


# Fetched


async def test_it_lies_in_the_folder_under_its_final_name_and_says_what_made_it(job: Job, port: FakeEngine) -> None:
    output = await fetch_result(port, job, place(job))
    path = Path(job.out_dir) / f"{result_stem(job)}.png"
    assert output == Output(str(path), "image", 16, 16, 1, None, "")
    assert names(job) == [path.name]
    found = read(path)
    assert (found.oelala_params, found.graph) == (job.params, job.graph)
    assert port.fetched == [("j1_00001_.png", None)]


async def test_what_only_may_be_its_must_be_as_young_as_it(job: Job, port: FakeEngine) -> None:
    await fetch_result(port, job, place(job, ServerFile("other.png", "", "output", since=77.0)))
    assert port.fetched == [("other.png", 77.0)]


async def test_what_an_earlier_try_brought_is_not_fetched_again(job: Job, port: FakeEngine) -> None:
    first = await fetch_result(port, job, place(job))
    assert await fetch_result(port, job, place(job)) == first
    assert len(port.fetched) == 1
    await fetch_result(port, job, place(job), anew=frozenset({"/another"}))
    assert len(port.fetched) == 1
    await fetch_result(port, job, place(job), anew=frozenset({first.path}))
    assert len(port.fetched) == 2


async def test_another_kind_than_it_claims_has_the_suffix_of_its_kind(job: Job, port: FakeEngine) -> None:
    port.contents["j1_00001_.png"] = film(3, sound=None)
    output = await fetch_result(port, job, place(job))
    assert (Path(output.path).suffix, output.kind, output.frames) == (".mp4", "video", 3)


async def test_sounds_and_data_are_kept_as_they_are(job: Job, port: FakeEngine) -> None:
    port.contents = {"a.flac": sound_file(0.5), "b.txt": b"words"}
    sound = await fetch_result(port, job, place(job, ServerFile("a.flac", "", "output")))
    text = await fetch_result(port, job, place(job, ServerFile("b.txt", "", "output")))
    stem = Path(job.out_dir) / result_stem(job)
    assert sound == Output(f"{stem}.flac", "audio", None, None, None, None, "")
    assert text == Output(f"{stem}.txt", "file", None, None, None, None, "")
    assert Path(text.path).read_bytes() == b"words"


@pytest.mark.parametrize(("name", "content"), [("j1_1.png", picture()[:-20]), ("a.flac", sound_file(0.5)[:42])])
async def test_what_is_damaged_is_not_kept(job: Job, port: FakeEngine, name: str, content: bytes) -> None:
    port.contents[name] = content
    with pytest.raises(EngineAnswer) as raised:
        await fetch_result(port, job, place(job, ServerFile(name, "", "output")))
    assert raised.value.message.startswith("The server sent a damaged file: ")
    assert names(job) == []


async def test_an_engine_that_breaks_off_leaves_nothing(job: Job, port: FakeEngine) -> None:
    async def half(file: ServerFile, sink: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        assert folder == job.out_dir and names(job) == [f"{result_stem(job)}.part"]
        sink.write(picture()[:50])
        raise EngineUnreachable("The line broke.")

    port.fetch = half  # type: ignore[method-assign]
    with pytest.raises(EngineUnreachable):
        await fetch_result(port, job, place(job))
    assert names(job) == []


# Whose it is


async def test_a_file_that_says_it_is_anothers_is_not_taken(job: Job, port: FakeEngine, tmp_path: Path) -> None:
    port.contents["j1_00001_.png"] = named(tmp_path, "j2")
    with pytest.raises(NotThisJobs) as raised:
        await fetch_result(port, job, place(job))
    assert raised.value.message == "The server named a file that another job made."
    assert names(job) == []


@pytest.mark.parametrize("job_id", ["j1", None, "", 7])
async def test_what_a_file_says_of_itself_stays(job: Job, port: FakeEngine, tmp_path: Path, job_id: Any) -> None:
    port.contents["j1_00001_.png"] = named(tmp_path, job_id)
    output = await fetch_result(port, job, place(job))
    assert read(Path(output.path)).oelala_params == {"job_id": job_id}


async def test_but_clips_are_told_what_they_are(job: Job, port: FakeEngine, tmp_path: Path) -> None:
    file = ServerFile("j1_clip2_00001_.png", "oelala", "output")
    port.contents[file.filename] = named(tmp_path, "j1")
    output = await fetch_result(port, job, place(job, file))
    found = read(Path(output.path))
    assert output.role == "clip2"
    assert found.oelala_params == {**job.params, "num_frames": 1, "duration": None, "clip": 2, "seed": "8"}
    assert found.graph is None, "its own stays"
    bare = ServerFile("j1_clip3_00001_.png", "oelala", "output")
    output = await fetch_result(port, job, place(job, bare))
    assert read(Path(output.path)).graph == job.graph


async def test_a_format_that_takes_no_word_is_kept_as_it_came(
    job: Job, port: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "BMP")
    port.contents["j1_00001_.png"] = out.getvalue()
    output = await fetch_result(port, job, place(job))
    assert Path(output.path).read_bytes() == out.getvalue()
    assert any(message.startswith("no provenance in oelala_") for message in caplog.messages)


@pytest.mark.parametrize(
    ("role", "frames", "fps", "changes"),
    [
        ("", 9, 8.0, {}),
        ("joined", 9, 8.0, {"num_frames": 9, "duration": 1.125}),
        ("clip1", 10, 3.0, {"num_frames": 10, "duration": 3.333, "clip": 1, "seed": "7"}),
        ("clip3", 9, None, {"num_frames": 9, "duration": None, "clip": 3, "seed": "9"}),
        ("clip1", None, None, {"clip": 1, "seed": "7"}),
    ],
)
def test_each_file_is_told_its_own_length_and_seed(
    role: str, frames: int | None, fps: float | None, changes: dict[str, Any]
) -> None:
    job = some_job(params={"seed": "7", "num_frames": 99, "duration": 9})
    output = Output("/a.mp4", "video", 64, 64, frames, fps, role)
    assert params_of(job, output) == {**job.params, **changes}


def test_seeds_count_on_from_the_largest_to_nought() -> None:
    output = Output("/a.mp4", "video", 64, 64, None, None, "clip2")
    assert params_of(some_job(seed=MAX_SEED), output)["seed"] == "0"
    assert params_of(some_job(seed=MAX_SEED - 1), output)["seed"] == str(MAX_SEED)


# What is here already


def test_a_whole_file_of_that_name_that_says_it_is_this_jobs_is_its(tmp_path: Path) -> None:
    job = some_job()
    assert already_there(tmp_path, "x", job, "") is None
    (tmp_path / "x.png").write_bytes(named(tmp_path, "j2"))
    assert already_there(tmp_path, "x", job, "") is None
    (tmp_path / "x.jpg").write_bytes(b"no picture")
    (tmp_path / "x.png").write_bytes(named(tmp_path, "j1")[:-20])
    assert already_there(tmp_path, "x", job, "") is None
    (tmp_path / "x.png").write_bytes(named(tmp_path, "j1"))
    assert already_there(tmp_path, "x", job, "clip1") == Output(
        str(tmp_path / "x.png"), "image", 16, 16, 1, None, "clip1"
    )


def test_it_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    for job_id, said in (("j1", "j1"), (7, None), (None, None)):
        path.write_bytes(named(tmp_path, job_id))
        assert job_of(path) == said
    path.write_bytes(picture())
    assert job_of(path) is None


async def test_all_of_them_must_be_here(job: Job, port: FakeEngine) -> None:
    two = ServerFile("j1_00002_.png", "oelala", "output")
    assert not is_fetched(job, (FILE,))
    await fetch_result(port, job, place(job))
    assert is_fetched(job, (FILE,)) and not is_fetched(job, (FILE, two))


# The disk


def refusal(folder: object, why: str) -> str:
    return f"Cannot save into {folder}: {why}. The result waits on the server until there is room."


async def test_a_folder_that_cannot_be_made_is_told(job: Job, port: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "deep").write_bytes(b"a file in its place")
    with pytest.raises(CannotSave) as raised:
        await fetch_result(port, job, place(job))
    assert raised.value.message == refusal(job.out_dir, "Not a directory")
    assert port.fetched == []


async def test_so_is_a_file_that_cannot_be_opened(job: Job, port: FakeEngine) -> None:
    (Path(job.out_dir) / f"{result_stem(job)}.part").mkdir(parents=True)
    with pytest.raises(CannotSave) as raised:
        await fetch_result(port, job, place(job))
    assert raised.value.message == refusal(job.out_dir, "Is a directory")


async def test_and_one_that_cannot_be_brought_in(job: Job, port: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target.suffix == ".png":
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(CannotSave) as raised:
        await fetch_result(port, job, place(job))
    assert raised.value.message == refusal(job.out_dir, "No space left on device")
    assert names(job) == []


async def test_what_is_written_is_on_the_disk_before_it_counts(
    job: Job, port: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(CannotSave) as raised:
        await fetch_result(port, job, place(job))
    assert raised.value.message == refusal(job.out_dir, "Input/output error")
    assert names(job) == []


async def test_a_folder_that_goes_away_meanwhile_is_the_disks_fault(job: Job, port: FakeEngine) -> None:
    async def vanish(file: ServerFile, sink: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        Path(job.out_dir, f"{result_stem(job)}.part").unlink()
        return sink.write(picture())

    port.fetch = vanish  # type: ignore[method-assign]
    with pytest.raises(CannotSave):
        await fetch_result(port, job, place(job))


async def test_a_part_that_cannot_be_removed_is_noted(
    job: Job, port: FakeEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".part":
            raise PermissionError(13, "Permission denied")
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    port.fails["fetch"] = EngineUnreachable("The line broke.")
    with pytest.raises(EngineUnreachable):
        await fetch_result(port, job, place(job))
    assert caplog.messages == [f"{job.out_dir}/{result_stem(job)}.part could not be removed"]


def test_a_part_that_was_taken_away_is_no_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = tmp_path / "a.part"

    def look(path: Path) -> None:
        raise Unreadable("nothing can be read")

    monkeypatch.setattr(fetching, "check_complete", look)
    with pytest.raises(FileNotFoundError):
        fetching._check(part, tmp_path / "a.png", "")
    part.write_bytes(b"half")
    with pytest.raises(EngineAnswer, match=r"^The server sent a damaged file: nothing can be read$"):
        fetching._check(part, tmp_path / "a.png", "")
