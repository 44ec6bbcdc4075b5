"""A preset's two files: what is read out of them, and the sentence for each fault."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oelala_desktop.domain import preset_file
from oelala_desktop.domain.errors import InvalidField, InvalidPreset
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.samples import settled
from tests.unit.node_table import EVERYTHING

I2V = TOOLS["image-to-video"]
GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "x.png"}, "_meta": {"title": "Start"}},
    "2": {"class_type": "CreateVideo", "inputs": {"images": ["1", 0], "fps": 16.0}, "_meta": {"title": "Video"}},
    "3": {"class_type": "SaveVideo", "inputs": {"video": ["2", 0], "filename_prefix": "p"}, "_meta": {"title": "Save"}},
}
TABLE: dict[str, Any] = {
    "name": "Own",
    "fields": {"image": {"into": ["Start.image"]}, "filename": {"into": ["Save.filename_prefix"]}},
}


def parse(changes: dict[str, Any] | None = None, graph: dict[str, Any] | None = None) -> Preset:
    return parse_preset("own", I2V, copy.deepcopy(TABLE) | (changes or {}), copy.deepcopy(graph or GRAPH))


def fields(**rows: Any) -> dict[str, Any]:
    return {"fields": {**TABLE["fields"], **rows}}


def test_a_preset_may_have_a_crop_of_its_own() -> None:
    row = {"kind": "choice", "choices": ["center", "disabled"], "default": "center", "into": ["Video.fps"]}
    own = parse(fields(crop=row)).fields["crop"]
    assert (own.kind, own.check("disabled")) == (FieldKind.CHOICE, "disabled")
    with pytest.raises(InvalidPreset, match="give it a kind"):
        parse(fields(crop={"into": ["Video.fps"]}))


def test_the_least_that_makes_a_preset() -> None:
    preset = parse()
    assert (preset.id, preset.short_id, preset.order, preset.description) == ("image-to-video.own", "own", 100, "")
    assert list(preset.fields) == ["image", "variations"]
    assert parse({"description": "For stills."}).description == "For stills."


def test_a_graph_that_settles_size_length_and_rate_itself() -> None:
    request = settled(parse(), {"image": "a.png"}, catalog=EVERYTHING, picture=(64, 64), seed=3)
    assert (request.width, request.height, request.num_frames, request.fps) == (0, 0, 0, 16)  # its saver tells the rate
    assert not {"width", "height", "num_frames"} & set(request.params())
    graph = parse().graph(request, files={"image": [InputFile("b.png")]}, prefix="oelala/1", catalog=EVERYTHING)
    assert graph["1"]["inputs"]["image"] == "b.png"
    assert graph["3"]["inputs"]["filename_prefix"] == "oelala/1"


def test_a_graph_that_settles_the_rate_alone() -> None:
    preset = parse(fields(num_frames={"into": ["Start.image"]}))
    request = settled(preset, {"image": "a"}, catalog=EVERYTHING, picture=None, seed=3)
    assert (request.num_frames, request.fps) == (81, 16)


def test_fields_of_its_own() -> None:
    row = {"kind": "choice", "choices": ["slow", "fast"], "default": "slow", "label": "Pace", "into": ["Save.video"]}
    field = parse(fields(pace=row)).fields["pace"]
    assert (field.kind, field.label, field.group, field.choices) == (
        FieldKind.CHOICE,
        "Pace",
        "sampling",
        ("slow", "fast"),
    )
    assert field.into == ("Save.video",)
    with pytest.raises(InvalidField):
        field.check("medium")


def test_the_product_s_fields_with_its_own_range() -> None:
    field = parse(fields(steps={"default": 8, "minimum": 4, "maximum": 8, "into": ["Video.fps"]})).fields["steps"]
    assert (field.default, field.minimum, field.maximum, field.label) == (8, 4, 8, "Steps")


def test_a_default_in_quotes_is_what_it_says() -> None:
    assert parse(fields(steps={"default": "8"})).fields["steps"].default == 8


def test_the_fields_stand_in_the_product_s_order_and_its_own_last() -> None:
    rows = {"own": {"kind": "line"}, "seed": {}, "prompt": {}, "fps": {}}
    assert list(parse(fields(**rows)).fields) == ["image", "prompt", "fps", "seed", "variations", "own"]


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"nmae": "x"}, "unknown entry “nmae”"),
    ({"name": None, "fields": 3}, "of the wrong kind"),
    (fields(prompt={"into": ["Satrt.image"]}), "no nodes titled “Satrt”"),
    (fields(prompt={"into": ["Start.picture"]}), "node “Start” has no input picture"),
    (fields(prompt={"into": ["Start"]}), "not of the form"),
    (fields(prompt={"into": [5]}), "of the wrong kind"),
    (fields(prompt={"into": 5}), "of the wrong kind"),
    (fields(prompt=7), "of the wrong kind"),
    (fields(pormpt={"into": ["Start.image"]}), "“pormpt” is no setting of the product; give it a kind"),
    (fields(own={"kind": "number?"}), "of the wrong kind"),
    (fields(steps={"default": 99}), "its default is wrong. steps: 99 is outside 1 to 40"),
    (fields(switch_step={"default": 3}), "switch_step needs steps"),
    (fields(switch_step={"default": 3}, steps={"default": None}), "switch_step needs steps by default"),
    ({"models": [{"into": ["Start.image"], "folder": "vae", "prefer": []}]}, "the entry 'file' is missing"),
    ({"models": [{"into": ["Start.name"], "folder": "vae", "file": "f", "prefer": []}]}, "has no input name"),
    ({"packs": [{"name": "P"}]}, "the entry 'address' is missing"),
    ({"optional": [{"key": "sage_attention", "class": "X", "nodes": ["Gone"]}]}, "no nodes titled “Gone”"),
    ({"loras": {"low": "Start.image"}}, "the entry 'high' is missing"),
    ({"loras": {"high": "Start.model"}}, "has no input model"),
    ({"loras": {"high": "Start.image", "low": "Gone.model"}}, "no nodes titled “Gone”"),
    ({"end_picture": {"node": "Gone", "class": "X", "input": "x"}}, "no nodes titled “Gone”"),
    ({"clips": {"start": "Start", "frames": "Gone"}}, "no nodes titled “Gone”"),
    ({"clips": {"start": "Start", "frames": "Video"}}, r"\[clips\] needs num_frames"),
    ({"devices": ["Start.device"]}, "has no input device"),
    ({"order": "first"}, "of the wrong kind"),
    ({"order": float("inf")}, "“order” must be a number"),
    ({"order": True}, "“order” must be a number"),
    ({"size": {"multiple": "x"}}, "of the wrong kind"),
    ({"size": {"multiple": 0}}, "“size.multiple” must be a whole number from 1"),
    ({"fields": {"steps": {"minimum": 9, "maximum": 3}}}, "minimum above its maximum"),
    ({"fields": {"image": {"into": "Start.image"}}}, "“fields.image.into” must be a list"),
    ({"loras": 3}, "“loras” must be a table"),
]


@pytest.mark.parametrize(("changes", "words"), FAULTS, ids=[words[:30] for _, words in FAULTS])
def test_faults_are_sentences(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidPreset, match=words):
        parse(changes)


def test_a_name_is_needed() -> None:
    with pytest.raises(InvalidPreset, match=r"image-to-video\.own: the entry 'name' is missing"):
        parse_preset("own", I2V, {}, GRAPH)


def test_a_title_that_is_there_twice() -> None:
    twice = {**GRAPH, "4": {"class_type": "LoadImage", "inputs": {"image": "y"}, "_meta": {"title": "Start"}}}
    with pytest.raises(InvalidPreset, match="2 nodes titled “Start”"):
        parse(graph=twice)


def test_a_graph_whose_nodes_are_odd() -> None:
    with pytest.raises(InvalidPreset, match="of the wrong kind"):
        parse(graph={"1": {"class_type": "A", "inputs": 3, "_meta": {"title": "Start"}}})
    for meta in (3, "x", [1], {"title": 5}, None):
        with pytest.raises(InvalidPreset, match="no nodes titled “Start”"):
            parse(graph={"1": {"class_type": "A", "inputs": {}, "_meta": meta}})


def test_models_that_no_setting_chooses() -> None:
    row = {"into": ["Start.image"], "folder": "loras", "file": "f", "prefer": ["wan*", "*.GGUF"], "source": "s"}
    model = parse({"models": [row]}).models[0]
    assert model.key is None
    assert model.best(("a.gguf", r"sub\WAN.bin", "wan")) == r"sub\WAN.bin"
    assert model.best(("sub/a.gguf",)) == "sub/a.gguf"
    assert model.best(("none",)) is None


def test_a_kept_default_is_that_of_the_graph_as_its_kind_has_it() -> None:
    field = parse(fields(pace={"kind": "integer", "keeps": True, "into": ["Video.fps"]})).fields["pace"]
    assert (field.default, type(field.default)) == (16, int)
    with pytest.raises(InvalidPreset, match="its default is wrong"):
        parse(fields(pace={"kind": "integer", "keeps": True, "into": ["Start.image"]}))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("name"), "the entry 'name' is missing."),
        (InvalidField("steps", "steps: 0 is outside 1 to 40."), "its default is wrong. steps: 0 is outside 1 to 40."),
        *(
            (kind("odd"), "an entry is of the wrong kind (odd).")
            for kind in (TypeError, ValueError, AttributeError, OverflowError, ZeroDivisionError, IndexError)
        ),
        (RecursionError("odd"), "an entry is of the wrong kind (odd)."),
    ],
)
@pytest.mark.parametrize("where", ["check_shape", "_build", "check_preset"])
def test_whatever_is_wrong_with_an_entry_is_said_of_the_preset(
    monkeypatch: pytest.MonkeyPatch, where: str, error: Exception, words: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(preset_file, where, fail)
    with pytest.raises(InvalidPreset) as caught:
        parse()
    assert caught.value.message == f"image-to-video.own: {words}" and caught.value.__cause__ is error


def test_an_entry_that_nobody_knows_is_named_the_first_of_them() -> None:
    with pytest.raises(InvalidPreset, match=r"^image-to-video\.own: unknown entry “abc”\.$"):
        parse({"xyz": 1, "abc": 2})
