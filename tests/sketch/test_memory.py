"""What a job holds in memory: its longest clip, not all of them."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from oelala_desktop.sketch import executor as execution
from oelala_desktop.sketch import frames
from oelala_desktop.sketch.decode import read_frames
from oelala_desktop.sketch.executor import Executor, Job, Outcome
from oelala_desktop.sketch.folders import Folders, open_folders
from oelala_desktop.sketch.nodes import CATALOG as NODES
from oelala_desktop.sketch.sound import Sound
from oelala_desktop.sketch.video import Clip
from tests.contract.films import SOUND_RATE, film, look, sound_file
from tests.sketch.test_executor import Recorder, node

WIDTH, HEIGHT, FRAMES = 64, 48, 9
CLIP = WIDTH * HEIGHT * 3 * FRAMES
STILL = WIDTH * HEIGHT * 3


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    with open_folders(tmp_path) as opened:
        yield opened


def ran(folders: Folders, graph: dict[str, Any]) -> Outcome:
    outputs = [key for key, row in graph.items() if row["class_type"] in ("SaveVideo", "PreviewImage")]
    return Executor(NODES, folders, Recorder()).run(Job(0, "p", graph, {}, outputs))


def chained(clips: int, *, ending: bool = False) -> dict[str, Any]:
    """Clips from one another's last frames, each saved; with `ending` each fades into the start picture."""
    graph = {"0": node("EmptyImage", width=WIDTH, height=HEIGHT, batch_size=1, color=0x204060)}
    start = "0"
    for clip in range(1, clips + 1):
        move = {"prompt": "zoom in", "frames": FRAMES, "width": WIDTH, "height": HEIGHT, "strength": 1.0}
        graph[f"move{clip}"] = node("SketchCameraMove", image=[start, 0], seed=clip, **move)
        fade = {"end_image": ["0", 0]} if ending else {}
        graph[f"fade{clip}"] = node("SketchCrossFade", image=[f"move{clip}", 0], **fade)
        graph[f"video{clip}"] = node("CreateVideo", images=[f"fade{clip}", 0], fps=8.0)
        saver = {"filename_prefix": f"c{clip}", "format": "auto", "codec": "auto"}
        graph[f"save{clip}"] = node("SaveVideo", video=[f"video{clip}", 0], **saver)
        start = f"last{clip}"
        graph[start] = node("ImageFromBatch", image=[f"fade{clip}", 0], batch_index=FRAMES - 1, length=1)
    return graph


def alive() -> int:
    return sum(frames._alive.values())


@pytest.mark.parametrize("ending", [False, True])
def test_five_clips_cost_what_one_costs(folders: Folders, monkeypatch: pytest.MonkeyPatch, ending: bool) -> None:
    monkeypatch.setattr(execution, "KEPT", 0)
    monkeypatch.setattr(frames, "SPARE", 2**62)
    monkeypatch.setattr(frames, "BUDGET", alive() + CLIP + 3 * STILL)
    outcome = ran(folders, chained(5, ending=ending))
    assert outcome.success, outcome.messages[-1]
    assert len(list(folders.output.glob("c*.mp4"))) == 5


def test_beyond_the_budget_frames_lie_on_the_disk_and_are_the_same(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = ran(folders, chained(2, ending=True))
    monkeypatch.setattr(frames, "BUDGET", alive())
    beyond = ran(folders, chained(2, ending=True))
    assert outcome.success and beyond.success, beyond.messages[-1]
    assert not frames._files, "what lay on the disk is gone with its batches"
    first, second = sorted(folders.output.glob("c2*.mp4"))
    assert np.array_equal(read_frames(first, lambda: None), read_frames(second, lambda: None))


def test_frames_on_the_disk_do_not_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "BUDGET", 0)
    monkeypatch.setattr(frames, "_EASED", 1)
    batch = frames.allocate(64, 512, 1024)
    before = psutil.Process().memory_info().rss
    for number, picture in enumerate(batch):
        picture[:] = number
        frames.ease()
    assert psutil.Process().memory_info().rss - before < batch.nbytes // 4
    assert [int(picture[0, 0, 0]) for picture in batch] == list(range(64))


def test_a_batch_for_which_there_is_no_room_is_refused_with_its_size(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "BUDGET", alive() + CLIP - 1)
    monkeypatch.setattr(frames, "SPARE", 2**62)
    outcome = ran(folders, chained(1))
    event, content = outcome.messages[-1]
    assert event == "execution_error" and "9 frames of 64×48 pixels" in content["exception_message"]
    assert "make room" in content["exception_message"]


def test_after_a_job_little_is_kept(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    before = alive()
    monkeypatch.setattr(execution, "KEPT", CLIP // 2)
    executor = Executor(NODES, folders, Recorder())
    graph = chained(3)
    outputs = [key for key in graph if key.startswith("save")]
    assert executor.run(Job(0, "p", graph, {}, outputs)).success
    assert alive() - before <= CLIP // 2
    assert executor.run(Job(0, "q", graph, {}, outputs)).success, "what was freed is made again where it is needed"


def test_a_clip_that_others_need_is_not_changed_by_an_ending(folders: Folders) -> None:
    graph = chained(1, ending=True)
    saver = {"filename_prefix": "plain", "format": "auto", "codec": "auto"}
    graph["video"] = node("CreateVideo", images=["move1", 0], fps=8.0)
    graph["save"] = node("SaveVideo", video=["video", 0], **saver)
    alone = {key: graph[key] for key in ("0", "move1", "video", "save")}
    assert ran(folders, alone).success and ran(folders, graph).success
    first, second = sorted(folders.output.glob("plain*.mp4"))
    assert np.array_equal(read_frames(first, lambda: None), read_frames(second, lambda: None))


def test_frames_that_come_one_by_one_make_a_batch() -> None:
    pictures = [np.full((4, 6, 3), value, np.uint8) for value in range(20)]
    for expected in (0, 5, 20, 30):
        assert np.array_equal(frames.gather(iter(pictures), expected), np.stack(pictures))
    with pytest.raises(ValueError, match="no frames"):
        frames.gather(iter(()))


SECONDS = 4


def test_sounds_and_masks_count_as_frames_do(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    (folders.input / "long.flac").write_bytes(sound_file(SECONDS))
    graph = {
        "load": node("LoadAudio", audio="long.flac"),
        "save": node("SaveAudio", audio=["load", 0], filename_prefix="s"),
        "film": node("EmptyImage", width=WIDTH, height=HEIGHT, batch_size=FRAMES, color=0x204060),
        "mask": node("ImageToMask", image=["film", 0], channel="blue"),
        "shown": node("MaskToImage", mask=["mask", 0]),
        "saver": node("PreviewImage", images=["shown", 0]),
    }
    samples, masks = SECONDS * SOUND_RATE * 2 * 4, WIDTH * HEIGHT * FRAMES * 4
    before = alive()
    executor = Executor(NODES, folders, Recorder())
    assert executor.run(Job(0, "p", graph, {}, ["save", "saver"])).success
    assert alive() - before == samples + masks + 2 * CLIP
    monkeypatch.setattr(frames, "BUDGET", 0)
    beyond = Executor(NODES, folders, Recorder()).run(Job(0, "q", graph, {}, ["save", "saver"]))
    assert beyond.success, beyond.messages[-1]
    assert not frames._files, "what lay on the disk is gone with what it was for"
    first, second = sorted(folders.output.glob("s_*.flac"))
    assert (look(first.read_bytes()).samples == look(second.read_bytes()).samples).all()


def test_a_video_of_a_sound_keeps_both_as_long_as_it_is_kept() -> None:
    made = frames.allocate(2, 4, 6)
    sound = Sound(frames.allocate_samples(2, 100)[None], 100)
    clip = Clip(made, Fraction(2), sound)
    part = clip.part(0.0, 0.5, strict=False)
    assert part is not None
    assert [array is whole for array, whole in zip(frames.memory_of(part), frames.memory_of(clip), strict=True)] == [
        True,
        True,
    ]


def test_a_film_that_is_cut_and_saved_costs_a_few_frames(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    (folders.input / "long.mp4").write_bytes(film(48, sound=None))
    graph = {
        "load": node("LoadVideo", file="long.mp4"),
        "cut": node("Video Slice", video=["load", 0], start_time=0.5, duration=1.0, strict_duration=False),
        "save": node("SaveVideo", video=["cut", 0], filename_prefix="c", format="auto", codec="auto"),
    }
    monkeypatch.setattr(frames, "SPARE", 2**62)
    monkeypatch.setattr(frames, "BUDGET", alive())
    outcome = ran(folders, graph)
    assert outcome.success, outcome.messages[-1]
