"""Frames that are multiplied, where a preset says so: what comes of it, what goes out of its graph, what it needs."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.measuring import follows
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.plan import Plan, choose
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.samples import SHIPPED, by_title, shipped
from tests.unit.domain.wishing import met, planned, refused
from tests.unit.node_table import CLASSES, EVERYTHING, without

FILM = Given("a.mp4", "video", 640, 360, 81, 16, 81 / 16, has_sound=True)
LARGER, SMOOTHER = shipped("upscaler.esrgan-video"), shipped("upscaler.smoother")
VIDEOS = [name for name in SHIPPED if name.startswith("upscaler.") and shipped(name).times]


def wished(preset: Preset, values: dict[str, Any], film: Given = FILM) -> Plan:
    return met(preset, {"video": "a.mp4"} | values, {"video": (film,)}, EVERYTHING)


def sent(preset: Preset, values: dict[str, Any], catalog: Catalog = EVERYTHING, film: Given = FILM) -> edits.Graph:
    request = wished(preset, values, film).request.with_seed(1)
    return preset.graph(request, files={"video": [InputFile("v.mp4")]}, prefix="p", catalog=catalog)


@pytest.mark.parametrize("name", VIDEOS)
@pytest.mark.parametrize(
    ("times", "frames", "rate"), [(1, 81, 16), (2, 161, 32), (3, 241, 48), (4, 321, 64)], ids=["1", "2", "3", "4"]
)
def test_a_video_of_more_frames_lasts_as_long(name: str, times: int, frames: int, rate: int) -> None:
    preset = shipped(name)
    if str(times) not in preset.fields["smooth"].choices:
        return
    request = wished(preset, {"smooth": times}).request
    assert (request.num_frames, request.fps) == (frames, rate)
    assert (frames - 1) / rate == (FILM.frames - 1) / FILM.rate


def test_smoother_alone_makes_two_of_one() -> None:
    request = wished(SMOOTHER, {}).request
    assert (request.num_frames, request.fps, request.width, request.height) == (161, 32, 640, 360)
    assert by_title(sent(SMOOTHER, {}), "Smoother")["multiplier"] == 2


@pytest.mark.parametrize("rate", [24000 / 1001, 25.0, 12.5])
def test_a_rate_of_any_kind(rate: float) -> None:
    film = Given("a.mp4", "video", 640, 360, 81, rate, 81 / rate)
    assert by_title(sent(LARGER, {"smooth": 2}, film=film), "Video")["fps"] == pytest.approx(2 * rate)


def test_nothing_of_it_is_sent_unless_it_is_wished() -> None:
    plain, smooth = sent(LARGER, {}), sent(LARGER, {"smooth": 4})
    assert edits.by_title(smooth).keys() - edits.by_title(plain).keys() == {"Smoother", "Smoothing model"}
    for graph, source, rate in ((plain, "Fit", None), (smooth, "Smoother", 64)):
        video = by_title(graph, "Video")
        assert edits.title_of(graph, video["images"][0]) == source
        if rate is None:
            assert edits.title_of(graph, video["fps"][0]) == "Frames and sound"
        else:
            assert video["fps"] == rate
        assert edits.title_of(graph, video["audio"][0]) == "Frames and sound"
    assert by_title(smooth, "Smoother")["multiplier"] == 4


def test_an_older_server_calls_the_model_otherwise() -> None:
    node = CLASSES["FrameInterpolate"]
    inputs = {("model" if name == "interp_model" else name): spec for name, spec in node.inputs.items()}
    older = Catalog({**CLASSES, node.name: NodeClass(node.name, inputs, node.outputs)})
    now, then = (by_title(sent(SMOOTHER, {}, catalog), "Smoother") for catalog in (EVERYTHING, older))
    assert then == {("model" if name == "interp_model" else name): value for name, value in now.items()}


def of_upscaler() -> list[Preset]:
    presets = [shipped(name) for name in SHIPPED if name.startswith("upscaler.")]
    return sorted((preset for preset in presets if not preset.sketch), key=lambda preset: preset.order)


def lacking_files() -> Catalog:
    node = CLASSES["FrameInterpolationModelLoader"]
    empty = {name: spec.__class__(spec.type, True, ()) for name, spec in node.inputs.items()}
    return Catalog({**CLASSES, node.name: NodeClass(node.name, empty, node.outputs)})


@pytest.mark.parametrize("catalog", [without("FrameInterpolate"), lacking_files()], ids=["nodes", "files"])
def test_what_does_it_is_missed_only_where_it_is_wished(catalog: Catalog) -> None:
    assert LARGER.missing(catalog) == () != LARGER.missing(catalog, {"smooth": 2})
    assert SMOOTHER.missing(catalog) != ()
    film = {"video": (FILM,)}
    assert isinstance(planned(LARGER, {"video": "a.mp4"}, film, catalog), Plan)
    assert refused(LARGER, {"video": "a.mp4", "smooth": 2}, film, catalog)[1] == "lacks"


@pytest.mark.parametrize(("given", "taken"), [("image", "esrgan"), ("video", "esrgan-video")])
def test_pictures_and_videos_have_presets_of_their_own(given: str, taken: str) -> None:
    found = choose(TOOLS["upscaler"], of_upscaler(), {given: "a.file", "factor": 2}, EVERYTHING)
    assert isinstance(found, Preset) and found.short_id == taken


def test_more_than_a_server_makes_is_refused_in_a_sentence() -> None:
    film = {"video": (FILM,)}
    found = planned(LARGER, {"video": "a.mp4", "smooth": 16}, film, EVERYTHING)
    assert isinstance(found, Obstacle)
    assert found.sentence == ("smooth: that comes to 256 frames a second; at most 120 can be made. Choose fewer.")
    huge = planned(LARGER, {"video": "a.mp4", "factor": 8}, {"video": (Given("a", "video", 4000, 2000),)}, EVERYTHING)
    assert isinstance(huge, Obstacle)
    assert huge.sentence == "factor: that comes to 32000 × 16000 pixels; at most 16384 to a side can be made."
    assert isinstance(planned(LARGER, {"video": "a.mp4", "smooth": 16}, film, None), Plan)  # who knows


def test_what_follows_what_is_given() -> None:
    assert follows(LARGER) == follows(LARGER, {"smooth": 1}) == {"frames": "video", "rate": "video"}
    assert follows(LARGER, {"smooth": 2}) == {}
    assert follows(SMOOTHER) == {"size": "video"}
