"""What in a preset's table contradicts its graph or another entry is refused in a sentence that names it; and a field
that keeps the values of its nodes does."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.made_presets import BLUR, CATALOG, LTX, LTX_GRAPH, MADE, SIZES, TABLES, made, with_fields
from tests.unit.domain.samples import settled

LTX_ID, H3_ID, GIVEN_ID = "image-to-video.ltx", "image-to-video.h3", "video-to-video.given"
AREA_ID, LARGER_ID, SUNG_ID = "image-to-image.area", "upscaler.larger", "video-to-video.sung"
PICTURES = {"into": ["First.image", "Second.image", "Third.image"]}
CLIPS = {"start": "Start", "frames": "Polish"}
STEPS = {"into": ["Sampler.seed"]}
LORAS = {"high": "Sampler.latent"}
PART = {"key": "sage_attention", "class": "Sampler", "nodes": ["Polish"], "through": "latent"}
SPEED = {"kind": "number", "minimum": 0.5, "default": 1}
MODEL = {"into": ["Sampler.prompt"], "folder": "vae", "file": "f", "prefer": []}

#: preset, entries of its table, fields more, what is said
CONTRADICTIONS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # settings
    (LTX_ID, {}, {"switch_step": {}}, "switch_step needs steps too."),
    (LTX_ID, {}, {"switch_step": {}, "steps": {"default": 0, "minimum": 0}}, "0 is outside 2 to 40."),
    (LTX_ID, {"models": [MODEL | {"key": "motor"}]}, {}, "“motor” chooses no model; it is no setting of that kind."),
    (LTX_ID, {"models": [MODEL | {"key": "seed"}]}, {}, "“seed” chooses no model"),
    (LTX_ID, {"optional": [PART | {"key": "quick"}]}, {}, "“quick” switches nothing off; it is no setting of that"),
    (LTX_ID, {"optional": [PART | {"key": "prompt"}]}, {}, "“prompt” switches nothing off"),
    # fields that keep
    (LTX_ID, {}, {"own": {"kind": "number", "keeps": True}}, "“own” keeps its nodes' values, and names none of them."),
    (LTX_ID, {}, {"seed": {"keeps": True, "into": ["Sampler.seed"]}}, "“seed” cannot keep its nodes' values"),
    (LTX_ID, {}, {"duration": {"keeps": True, "into": ["Sampler.seed"]}}, "“duration” cannot keep"),
    (LTX_ID, {}, {"switch_step": {}, "steps": {"into": ["Latent.length"], "keeps": True}}, "“steps” cannot keep"),
    (LTX_ID, {"optional": [PART]}, {"sage_attention": {"keeps": True, "into": ["Guide.image"]}}, "“sage_att"),
    (LARGER_ID, {}, {"factor": {"kind": "number", "keeps": True, "into": ["Resize.factor"]}}, "“factor” cannot keep"),
    (LTX_ID, {}, {"blur": BLUR | {"maximum": 0.1}}, "its default is wrong. blur: 0.25 is outside 0 to 0.1."),
    # defaults
    (LTX_ID, {}, {"fps": {"choices": ["24", "25"]}}, "its default is wrong. fps: 16 is not one of 24, 25."),
    (LTX_ID, {}, {"steps": {"minimum": 9}}, "its default is wrong. steps: 6 is outside 9 to 40."),
    (LTX_ID, {}, {"negative_prompt": {"maximum": 9}}, "its default is wrong. negative_prompt: the text has"),
    # inputs
    (LTX_ID, {}, {"mask": {}}, "the input “mask” goes nowhere; name its loader in into."),
    (LTX_ID, {}, {"end_image": {}}, "the input “end_image” goes nowhere"),
    (LTX_ID, {}, {"image": {"into": ["Start.image"], "default": "a.png"}}, "the input “image” cannot have a default."),
    (LTX_ID, {}, {"mask": {"into": ["Start.image"]}}, "two inputs go into node “Start”."),
    (H3_ID, {}, {"video_start": {"into": ["Sampler.blur"]}}, "“video_start” comes with the input “video” by itself"),
    (H3_ID, {}, {"sound_smaller": {}}, "“sound_smaller” comes with the input “sound” by itself; leave it out."),
    (H3_ID, {}, {"images": PICTURES | {"maximum": 4}}, "“images” takes 4 pictures and has loaders for 3."),
    (H3_ID, {}, {"images": PICTURES | {"nodes": ["Scale 1"]}}, "“images” names 1 nodes for 3"),
    (H3_ID, {}, {"images": PICTURES | {"needed": True}}, "“images” is needed, and yet 0 pictures are enough."),
    (H3_ID, {}, {"images": PICTURES | {"minimum": 4}}, "“images” has a minimum above its maximum."),
    (H3_ID, {}, {"mask": {"into": ["Mask.image"], "nodes": ["Gone"]}}, "no nodes titled “Gone”"),
    # inputs that others follow
    (GIVEN_ID, {"size": {"class": "given", "of": "viedo"}}, {}, "size.of names “viedo”, which is no input of it."),
    (GIVEN_ID, {"frames": {"as": "prompt"}}, {}, "frames.as names “prompt”, which is no input of it."),
    (GIVEN_ID, {"frames": {"as": "image"}}, {}, "frames.as names “image”, which has no length."),
    (GIVEN_ID, {"rate": "image"}, {}, "rate names “image”, which has no rate."),
    (GIVEN_ID, {"rate": "gone"}, {}, "rate names “gone”, which is no input of it."),
    (H3_ID, {"size": {"of": "sound"}}, {}, "size.of names “sound”, which has no size."),
    # nodes that may be gone
    (LTX_ID, {"clips": CLIPS}, {}, "node “Start” may be left out, and another entry cannot do without it."),
    (LTX_ID, {"clips": {"start": "Latent", "frames": "Guide"}}, {}, "node “Guide” may be left out"),
    (LTX_ID, {"end_picture": {"node": "Prepare", "class": "X", "input": "x"}}, {}, "node “Prepare” may be left out"),
    (H3_ID, {"clips": {"start": "Second", "frames": "Polish"}}, {}, "node “Second” may be left out"),
    (H3_ID, {"clips": {"start": "Scale 2", "frames": "Polish"}}, {}, "node “Scale 2” may be left out"),
    (H3_ID, {"clips": {"start": "Mask", "frames": "Polish"}}, {"mask": {"into": ["Mask.image"]}}, "“Mask” may be"),
    (LTX_ID, {"optional": [PART], "loras": {"high": "Polish.latent"}}, {"sage_attention": {}}, "node “Polish” may be"),
    (LTX_ID, {"optional": [PART | {"nodes": ["Guide"], "through": "image"}]}, {"sage_attention": {}}, "node “Guide”"),
    (LTX_ID, {"optional": [PART], "clips": {"start": "Latent", "frames": "Polish"}}, {}, "node “Polish” may be"),
    # frames and rates
    (LTX_ID, {"frames": {"step": 8, "offset": 1, "least": 17, "most": 9}}, {}, "“num_frames” has a minimum above"),
    (LTX_ID, {"frames": {"step": 8, "offset": 1, "most": 256}}, {}, "frames: most = 256 is not on its own rule."),
    (LTX_ID, {"frames": {"step": 1, "offset": 0, "least": 0}}, {}, "frames: least is below 1."),
    (LTX_ID, {}, {"num_frames": {"into": ["Latent.length"], "default": 97}}, "num_frames follows from duration; give"),
    (GIVEN_ID, {"frames": {"as": "video", "pace": "speed"}}, {}, "frames.pace names “speed”, which is no number with"),
    (GIVEN_ID, {"frames": {"as": "video", "pace": "blur"}}, {"blur": BLUR}, "frames.pace names “blur”, which is no"),
    (LTX_ID, {"frames": {"pace": "speed"}}, {"speed": SPEED}, "frames.pace needs frames.as too."),
    (AREA_ID, {"frames": {"as": "video"}}, {"video": {"into": ["Resize.factor"]}}, "frames.as is for videos."),
    (AREA_ID, {}, {"num_frames": {"into": ["Resize.factor"]}}, "num_frames is for videos."),
    (H3_ID, {"clips": {"start": "Polish", "frames": "Sampler"}}, {}, "[clips]: nothing leads from node “Polish” to"),
    (GIVEN_ID, {"clips": {"start": "Clip", "frames": "Polish"}}, {}, "clips cannot be as long as what is given."),
    (GIVEN_ID, {"times": {"by": "smooth"}}, {}, "times names “smooth”, which is no whole number from 1 on with a d"),
    (GIVEN_ID, {"times": {"by": "blur"}}, {"blur": BLUR}, "times names “blur”, which is no whole number from 1 on"),
    (GIVEN_ID, {"times": {"by": "smooth"}}, {"smooth": {"choices": ["0", "1"]}}, "times names “smooth”, which is no"),
    (GIVEN_ID, {"times": {"by": "smooth"}}, {"smooth": {"choices": ["1", "twice"]}}, "times names “smooth”, which is"),
    (GIVEN_ID, {"times": {"by": "smooth"}}, {"smooth": {}}, "[times] needs frames.as, and no num_frames beside it."),
    (GIVEN_ID, {"times": {"by": "smooth", "nodes": ["Gone"]}}, {"smooth": {}}, "no nodes titled “Gone”"),
    (GIVEN_ID, {"times": {"by": "smooth", "rate": ["Polish.fps"]}}, {"smooth": {}}, "“Polish” has no input fps."),
    (LTX_ID, {"rate": 24}, {}, "rate and fields.fps say the same thing twice; keep one of them."),
    (H3_ID, {"rate": 25}, {}, "its rate is 25, and its graph says 24."),
    (H3_ID, {"rate": "video", "frames": {"as": "video"}}, {}, "its rate is that of video, and its graph says 24; link"),
    (GIVEN_ID, {"frames": {}}, {}, "a rate as given needs frames.as too."),
    (LTX_ID, {}, {"fps": {"choices": [], "into": ["Video.fps"]}}, "fps needs choices, or a minimum of 1."),
    (LTX_ID, {}, {"fps": {"choices": [], "minimum": 0, "into": ["Video.fps"]}}, "fps needs choices"),
    # sizes
    (SUNG_ID, {"size": {"class": "given"}}, {}, "size.class given needs a picture or a video among its inputs."),
    (SUNG_ID, {"size": {"class": "factor"}}, {}, "size.class factor needs a picture or a video among its inputs."),
    (AREA_ID, {}, {"megapixels": {"kind": "choice", "choices": ["1"], "default": "1"}}, "“megapixels” must be a n"),
    (SUNG_ID, {"size": {"class": "frame"}}, {}, "size.class frame needs a picture or a video among its inputs."),
    (LARGER_ID, {}, {"pad_top": {"into": ["Resize.factor"]}}, "“pad_top” is for sizes of the class frame."),
    (LARGER_ID, {}, {"factor": {"kind": "line", "default": "2"}}, "“factor” must be a number."),
    (LARGER_ID, {}, {"factor": {"kind": "number", "minimum": 0}}, "“factor” needs a minimum above 0."),
    (LTX_ID, {}, {"resolution": {"choices": ["4k"], "default": "4k"}}, "“4k” is no resolution; write it as 720p."),
    (LTX_ID, {}, {"aspect_ratio": {"choices": ["auto", "5:4"]}}, "“5:4” is no aspect; there are 16:9, 9:16"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("preset", "changes", "rows", "words"), CONTRADICTIONS, ids=[row[-1] for row in CONTRADICTIONS]
)
def test_a_contradiction_is_named(preset: str, changes: dict[str, Any], rows: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidPreset) as caught:
        _made(preset, changes, rows)
    assert words in caught.value.message
    assert caught.value.message.startswith(preset) or "titled" in caught.value.message
    assert caught.value.message.endswith(".")


def _made(preset: str, changes: dict[str, Any], rows: dict[str, Any]) -> Preset:
    table, graph = copy.deepcopy(TABLES[preset])
    tool, _, name = preset.partition(".")
    return parse_preset(name, TOOLS[tool], table | changes | {"fields": table["fields"] | rows}, graph)


#: the same, as it may be
SOUND: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    *((name, {}, {}) for name in MADE),
    (LTX_ID, {}, {"switch_step": {}, "steps": STEPS}),
    (LTX_ID, {"models": [MODEL]}, {}),
    (LTX_ID, {"models": [MODEL | {"key": "vae"}]}, {}),
    (LTX_ID, {"optional": [PART], "loras": LORAS}, {"sage_attention": {}}),
    (LTX_ID, {"optional": [PART]}, {}),
    (LTX_ID, {"clips": CLIPS}, {"image": {"into": ["Start.image"]}}),
    (LTX_ID, {"clips": {"start": "Latent", "frames": "Polish"}}, {}),
    (LTX_ID, {"end_picture": {"node": "Sampler", "class": "X", "input": "x"}}, {"end_image": {}}),
    (H3_ID, {"clips": {"start": "Scale 1", "frames": "Polish"}}, {}),
    (H3_ID, {"rate": 23.976}, {}),
    (H3_ID, {}, {"images": PICTURES | {"needed": False}}),
    (H3_ID, {"size": {"class": "given", "of": "mask"}}, {}),
    (LTX_ID, {}, {"fps": {"choices": [], "minimum": 1, "maximum": 60, "into": ["Video.fps"]}}),
    (LTX_ID, {}, {"steps": STEPS | {"keeps": True}}),
    (AREA_ID, {"size": {"class": "megapixels"}}, {"factor": {"kind": "line"}}),
    (LTX_ID, {}, {"resolution": {"choices": ["704p", "512p"], "default": "704p"}}),
    (LTX_ID, {}, {"aspect_ratio": {"choices": ["1:1", "16:9"], "default": "1:1"}}),
]


@pytest.mark.parametrize(("preset", "changes", "rows"), SOUND)
def test_what_contradicts_nothing(preset: str, changes: dict[str, Any], rows: dict[str, Any]) -> None:
    assert _made(preset, changes, rows).id == preset


def test_a_width_alone_is_of_a_short_side() -> None:
    fields = {**LTX["fields"], "width": SIZES["width"]}
    fields.pop("height")
    assert made(LTX_ID, fields=fields)
    with pytest.raises(InvalidPreset, match="a width alone is for sizes of the class video"):
        made(LTX_ID, fields=fields, size={"class": "sdxl"})


# What an entry comes to


def test_bounds_that_follow_from_other_entries() -> None:
    frames = made(LTX_ID).fields["num_frames"]
    assert (frames.minimum, frames.maximum, frames.step) == (9, 257, 8)
    assert (made(LTX_ID).frames.step, made(H3_ID).frames.offset) == (8, 5)
    assert made(LTX_ID, frames={"step": 8, "offset": 1}).frames.least == 9
    assert made(LTX_ID, frames={"step": 8, "offset": 1}).frames.most == 361
    assert made(LTX_ID, frames={"step": 17, "offset": 5}).frames.most == 345
    assert made(LTX_ID, frames={"most": 81}).frames.least == 5
    images = made(H3_ID).fields["images"]
    assert (images.minimum, images.maximum, images.needed) == (1, 3, True)
    assert with_fields(H3_ID, images=PICTURES | {"maximum": 2}).fields["images"].maximum == 2
    factor = made(LARGER_ID).fields["factor"]
    assert (factor.default, factor.minimum, factor.maximum) == (2.0, 0.001, 8)
    assert made(AREA_ID).fields["megapixels"].default == 1.0
    assert with_fields(AREA_ID, factor={"kind": "number"}).fields["factor"].maximum is None


def test_what_is_needed() -> None:
    assert made(AREA_ID).fields["image"].needed  # the tool's own
    assert not made(LTX_ID).fields["image"].needed  # unless the preset says
    assert not made(GIVEN_ID).fields["image"].needed
    assert [f.key for f in made(GIVEN_ID).inputs if f.needed] == ["video"]


def test_the_settings_that_follow_from_a_rule() -> None:
    assert {"duration", "num_frames", "resolution", "aspect_ratio"} <= made(LTX_ID).fields.keys()
    assert not {"duration", "num_frames", "resolution", "aspect_ratio"} & made(GIVEN_ID).fields.keys()
    assert {"aspect_ratio"} == {"aspect_ratio", "resolution"} & made(AREA_ID).fields.keys()
    assert {"aspect_ratio"} == {"aspect_ratio", "resolution"} & made(LTX_ID, size={"class": "sdxl"}).fields.keys()


def test_what_a_preset_says_of_its_sound() -> None:
    assert made(H3_ID).sound and not made(LTX_ID).sound


# Fields that keep


def _graph(values: dict[str, Any], graph: dict[str, Any] | None = None) -> dict[str, Any]:
    preset = parse_preset("ltx", TOOLS["image-to-video"], LTX, graph or LTX_GRAPH)
    request = settled(preset, values, catalog=CATALOG)
    return preset.graph(request, files={}, prefix="p", catalog=CATALOG)


def _blurs(graph: dict[str, Any]) -> list[Any]:
    return [graph[edits.find_node(graph, title)]["inputs"]["blur"] for title in ("Sampler", "Polish")]


def test_a_field_keeps_each_node_s_own_value_until_it_is_set() -> None:
    assert made(LTX_ID).fields["blur"].default == 0.25  # what the first has
    assert _blurs(_graph({})) == [0.25, 0.5]
    assert _blurs(_graph({"blur": 0.75})) == [0.75, 0.75]
    assert _blurs(_graph({"blur": 0.25})) == [0.25, 0.25]
    assert _blurs(_graph({"blur": 0})) == [0.0, 0.0]


def test_a_field_may_keep_what_is_linked() -> None:
    graph = copy.deepcopy(LTX_GRAPH)
    graph["21"]["inputs"]["blur"] = ["20", 1]
    assert parse_preset("ltx", TOOLS["image-to-video"], LTX, graph).fields["blur"].default is None
    assert _blurs(_graph({}, graph)) == [["20", 1], 0.5]
    assert _blurs(_graph({"blur": 1}, graph)) == [1.0, 1.0]


def test_the_check_leaves_the_graph_alone() -> None:
    before = copy.deepcopy(LTX_GRAPH)
    parse_preset("ltx", TOOLS["image-to-video"], LTX, LTX_GRAPH)
    assert before == LTX_GRAPH
