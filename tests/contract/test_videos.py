"""Videos given to a server: loaded, cut, taken apart, made again, saved."""

from __future__ import annotations

import json

import pytest

from tests.contract.films import HEIGHT, RATE, WIDTH, film, look, mark_of
from tests.contract.graphs import Graph, node
from tests.contract.workbench import INFO, Workbench, saving, taken_apart

UNEVEN = [sum(1 / 48 if n % 3 else 3 / 48 for n in range(index)) for index in range(48)]
"""Times of frames of which every third is shown three times as long as the others."""


def loading(name: str) -> Graph:
    return {"load": node("LoadVideo", "Load", file=name)}


def sliced(name: str, start: float, duration: float, *, strict: bool = False) -> Graph:
    cut = node("Video Slice", "Cut", video=["load", 0], start_time=start, duration=duration, strict_duration=strict)
    return {**loading(name), "cut": cut}


@pytest.fixture
async def name(bench: Workbench) -> str:
    """Two seconds with sound."""
    return await bench.give(film(), ".mp4")


async def test_a_whole_file_is_copied_with_its_sound(bench: Workbench, name: str) -> None:
    seen = await bench.see(saving(loading(name), "load"))
    given = look(film())
    assert seen.codecs == ("h264", "aac")
    assert [(one == other).all() for one, other in zip(seen.pictures, given.pictures, strict=True)] == [True] * 48
    assert seen.samples.shape == given.samples.shape and (seen.samples == given.samples).all()
    assert json.loads(seen.tags["prompt"])["load"]["class_type"] == "LoadVideo"
    assert json.loads(seen.tags["oelala_params"]) == INFO["oelala_params"]


async def test_frames_sound_and_rate_come_apart_and_together(bench: Workbench, name: str) -> None:
    seen = await bench.see(saving(taken_apart(loading(name), "load"), "video"))
    assert seen.numbers == list(range(48))
    assert seen.times == pytest.approx([index / RATE for index in range(48)], abs=1e-3)
    assert seen.sound_seconds == pytest.approx(2.0, abs=0.03)
    assert seen.loudness(0.2, 0.4) < seen.loudness(1.2, 1.4)
    assert json.loads(seen.tags["workflow"]) == INFO["workflow"]


@pytest.mark.parametrize("by_parts", [False, True], ids=["saved", "taken apart"])
async def test_a_part_is_cut_by_the_frame_and_not_copied(bench: Workbench, name: str, by_parts: bool) -> None:
    graph = sliced(name, 0.6, 0.8)
    graph = saving(taken_apart(graph, "cut"), "video") if by_parts else saving(graph, "cut")
    seen = await bench.see(graph)
    assert seen.numbers == list(range(15, 34)), "the frames whose times lie from 0.6 up to 1.4 seconds"
    assert seen.times[0] == 0
    assert seen.sound_seconds == pytest.approx(0.79, abs=0.03)
    assert seen.loudness(0.0, 0.6) == pytest.approx(0.1 + 0.1 * 1.2, abs=0.03)


@pytest.mark.parametrize(
    ("start", "duration", "numbers"),
    [
        (0.0, 0.0, range(48)),
        (1.5, 1.0, range(36, 48)),
        (-0.5, 0.0, range(36, 48)),
        (-9.0, 0.5, range(12)),
        (0.5, 0.0, range(12, 48)),
    ],
)
async def test_where_a_part_begins_and_ends(
    bench: Workbench, name: str, start: float, duration: float, numbers: range
) -> None:
    seen = await bench.see(saving(sliced(name, start, duration), "cut"))
    assert seen.numbers == list(numbers)


@pytest.mark.parametrize(
    ("start", "duration", "strict", "fails_at"),
    [
        (5.0, 0.0, False, "SaveVideo"),
        (5.0, 1.0, False, "SaveVideo"),
        (5.0, 0.0, True, "Video Slice"),
        (0.0, 9.0, True, "Video Slice"),
    ],
)
async def test_parts_that_are_not_there(
    bench: Workbench, name: str, start: float, duration: float, strict: bool, fails_at: str
) -> None:
    assert await bench.fails(saving(sliced(name, start, duration, strict=strict), "cut")) == fails_at


async def test_a_part_of_a_part_counts_from_its_start_and_forgets_its_end(bench: Workbench, name: str) -> None:
    again = node("Video Slice", "Again", video=["cut", 0], start_time=0.25, duration=0.0, strict_duration=False)
    seen = await bench.see(saving({**sliced(name, 0.5, 1.0), "again": again}, "again"))
    assert seen.numbers == list(range(18, 48))


@pytest.mark.parametrize(("start", "duration", "numbers"), [(0.5, 1.0, range(12, 36)), (-0.5, 0.0, range(36, 48))])
async def test_a_part_of_a_video_that_was_made(
    bench: Workbench, name: str, start: float, duration: float, numbers: range
) -> None:
    cut = node("Video Slice", "Cut", video=["video", 0], start_time=start, duration=duration, strict_duration=False)
    seen = await bench.see(saving({**taken_apart(loading(name), "load"), "cut": cut}, "cut"))
    assert seen.numbers == list(numbers)
    assert seen.sound_seconds == pytest.approx(len(numbers) / RATE, abs=0.03)


async def test_a_made_video_is_not_cut_beyond_its_end(bench: Workbench, name: str) -> None:
    cut = node("Video Slice", "Cut", video=["video", 0], start_time=0.5, duration=5.0, strict_duration=False)
    assert await bench.fails(saving({**taken_apart(loading(name), "load"), "cut": cut}, "cut")) == "Video Slice"


@pytest.mark.parametrize(("turned", "corner"), [(90, "left bottom"), (-90, "right top"), (180, "right bottom")])
async def test_a_turned_film_is_upright_in_its_parts_and_stays_turned_in_a_copy(
    bench: Workbench, turned: int, corner: str
) -> None:
    name = await bench.give(film(turned=turned), ".mp4")
    for graph in (saving(taken_apart(loading(name), "load"), "video"), saving(sliced(name, 0.0, 1.0), "cut")):
        seen = await bench.see(graph)
        assert seen.turned == 0
        assert seen.pictures[0].shape[:2] == ((HEIGHT, WIDTH) if turned == 180 else (WIDTH, HEIGHT))
        assert mark_of(seen.pictures[0]) == corner
    copy = await bench.see(saving(loading(name), "load"))
    assert (abs(copy.turned), mark_of(copy.pictures[0])) == (abs(turned), "left top")


async def test_uneven_frames_keep_their_times_unless_they_are_taken_apart(bench: Workbench) -> None:
    name = await bench.give(film(times=UNEVEN, sound=1.6), ".mp4")
    copy = await bench.see(saving(loading(name), "load"))
    assert copy.times == pytest.approx(UNEVEN, abs=1e-3)
    cut = await bench.see(saving(sliced(name, 0.0, 1.0), "cut"))
    assert cut.times == pytest.approx([time for time in UNEVEN if time < 1.0], abs=1e-3)
    apart = await bench.see(saving(taken_apart(loading(name), "load"), "video"))
    steps = {round(later - earlier, 3) for earlier, later in zip(apart.times, apart.times[1:], strict=False)}
    assert apart.numbers == list(range(48)) and len(steps) <= 2 and max(steps) - min(steps) < 0.002


async def test_a_film_without_a_sound(bench: Workbench) -> None:
    name = await bench.give(film(sound=None), ".mp4")
    seen = await bench.see(saving(taken_apart(loading(name), "load"), "video"))
    assert (seen.numbers, seen.codecs) == (list(range(48)), ("h264",))


async def test_a_sound_that_is_longer_than_the_frames_ends_with_them(bench: Workbench) -> None:
    name = await bench.give(film(24, sound=2.0), ".mp4")
    seen = await bench.see(saving(taken_apart(loading(name), "load"), "video"))
    assert seen.numbers == list(range(24))
    assert seen.sound_seconds == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(
    ("wanted", "container", "codecs"),
    [
        ({"format": "mkv", "codec": "auto"}, "matroska,webm", ("h264", "aac")),
        ({"format": "webm", "codec": "auto"}, "matroska,webm", ("av1", "opus")),
        ({"format": "mp4", "format.codec": "av1"}, "mov,mp4,m4a,3gp,3g2,mj2", ("av1", "aac")),
        ({"format": "auto", "format.codec": "auto"}, "mov,mp4,m4a,3gp,3g2,mj2", ("h264", "aac")),
    ],
    ids=str,
)
@pytest.mark.parametrize("made", [False, True], ids=["file", "made"])
async def test_kinds_of_files(
    bench: Workbench, name: str, wanted: dict[str, str], container: str, codecs: tuple[str, ...], made: bool
) -> None:
    graph = saving(taken_apart(loading(name), "load"), "video" if made else "load", **wanted)
    if "format.codec" in wanted:
        del graph["saver"]["inputs"]["codec"]
    (file,) = await bench.files(graph)
    seen = look(await bench.fetch(file))
    assert file["filename"].rpartition(".")[2] == {"auto": "mp4"}.get(wanted["format"], wanted["format"])
    assert (seen.container, seen.codecs, seen.numbers) == (container, codecs, list(range(48)))
    assert seen.sound_seconds == pytest.approx(2.0, abs=0.03)
    assert json.loads(seen.tags["oelala_params"]) == INFO["oelala_params"]


@pytest.mark.parametrize(
    ("codec", "container", "sound"),
    [("libvpx-vp9", "webm", "libopus"), ("libx265", "mp4", "aac"), ("mjpeg", "avi", "libmp3lame")],
)
async def test_other_codecs(bench: Workbench, codec: str, container: str, sound: str) -> None:
    content = film(container=container, codec=codec, sound_codec=sound)
    name = await bench.give(content, f".{container}")
    seen = await bench.see(saving(taken_apart(loading(name), "load"), "video"))
    assert (seen.numbers, seen.codecs) == (list(range(48)), ("h264", "aac"))
    assert seen.sound_seconds == pytest.approx(2.0, abs=0.03)


async def test_an_odd_size_cannot_be_saved(bench: Workbench) -> None:
    name = await bench.give(
        film(8, size=(97, 65), codec="libvpx-vp9", container="webm", sound_codec="libopus"), ".webm"
    )
    assert await bench.fails(saving(taken_apart(loading(name), "load"), "video")) == "SaveVideo"


async def test_a_video_that_is_none_fails(bench: Workbench) -> None:
    name = await bench.give(b"no film", ".mp4")
    assert await bench.fails(saving(taken_apart(loading(name), "load"), "video")) in ("LoadVideo", "GetVideoComponents")


async def test_savers_pass_on_what_they_saved(bench: Workbench, name: str) -> None:
    graph = taken_apart(loading(name), "first")
    graph["first"] = node("SaveVideo", "First", video=["load", 0], filename_prefix="oelala/first", format="auto")
    graph["preview"] = node("PreviewImage", "Preview", images=["parts", 0])
    graph["some"] = node("ImageFromBatch", "Some", image=["preview", 0], batch_index=7, length=1)
    files = await bench.outputs({**graph, "saver": node("PreviewImage", "Last", images=["some", 0])})
    assert {key: len(shown["images"]) for key, shown in files.items()} == {"first": 1, "preview": 48, "saver": 1}


async def test_webm_takes_av1_alone(bench: Workbench, name: str) -> None:
    graph = saving(loading(name), "load", format="webm", codec="h264")
    assert await bench.fails(graph) == "SaveVideo"
