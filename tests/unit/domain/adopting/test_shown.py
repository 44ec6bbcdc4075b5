"""What a workflow's author shows comes before what is guessed; and what a preset kept can be opened again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from oelala_desktop.domain.adopt import adopt
from oelala_desktop.domain.adopt_table import as_kept, preset_table
from oelala_desktop.domain.editor.document import is_document
from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.workflow import is_workflow, read_workflow
from tests.unit.domain.editor.drawing import IN, OUT, Drawing, Wire, control, wire
from tests.unit.domain.test_adopt import workflow

from .served import adopted, offered, still


def drawn(*, label: str = "How big", extra: Any = None, twice: bool = False) -> dict[str, Any]:
    """A picture that is scaled inside of a subgraph, whose node shows the width under a name."""
    inner = Drawing(inputs=(("image", "IMAGE"), ("width", "INT")), outputs=(("IMAGE", "IMAGE"),))
    inner.inputs[1]["label"] = label
    given: dict[str, Wire] = {"image": wire("IMAGE", IN, 0), "width": control("INT", IN, 1)}
    inner.link(inner.add("Scale", 64, 48, makes=("IMAGE",), **given), 0, OUT, 0)
    draw = Drawing()
    last = draw.add("LoadImage", "a.png", "image", makes=("IMAGE", "MASK"))
    for _ in range(2 if twice else 1):
        last = draw.add("sub", 640, makes=("IMAGE",), image=wire("IMAGE", last), width=control("INT"))
    draw.add("SaveImage", "x", images=wire("IMAGE", last))
    return draw.saved(sub=inner) | ({"extra": extra} if extra else {})


def test_what_a_subgraph_s_node_shows_is_kept_under_its_name() -> None:
    one = offered(drawn())["how_big"]
    assert (one.label, one.value, one.kept, one.into) == ("How big", 640, True, ("Scale.width",))
    assert not offered(drawn())["scale_height"].kept


def test_a_model_is_called_as_its_author_says() -> None:
    inner = Drawing(inputs=(("ckpt_name", "COMBO"),), outputs=(("MODEL", "MODEL"),))
    inner.inputs[0]["label"] = "the big one"
    loader = inner.add("CheckpointLoaderSimple", "any.safetensors", ckpt_name=control("COMBO", IN, 0))
    inner.link(loader, 0, OUT, 0)
    draw = Drawing()
    draw.add("sub", "b.safetensors", makes=("MODEL",), ckpt_name=control("COMBO"))
    draw.add("SaveImage", "x", images=wire("IMAGE", 1))
    (row,) = adopted(draw.saved(sub=inner)).models
    assert (row["key"], row["label"], row["file"]) == ("checkpoint", "The big one", "b.safetensors")


def test_what_is_called_the_same_and_is_the_same_is_one_setting() -> None:
    assert offered(drawn(twice=True))["how_big"].into == ("Scale.width", "Scale 2.width")
    content = drawn(twice=True)
    content["nodes"][1]["widgets_values"] = [320]
    assert (offered(content)["how_big"].into, offered(content)["how_big_2"].value) == (("Scale.width",), 640)


def test_what_the_author_chose_comes_first_and_is_kept() -> None:
    extra = {"linearData": {"inputs": [["sub:1:height", "height"], [2, "width"], ["1", "image"]]}}
    found = adopted(drawn(extra=extra)).exposures
    assert [one.key for one in found][:3] == ["scale_height", "how_big", "image"]
    assert all(one.kept for one in found[:3])


@pytest.mark.parametrize(("label", "shown"), [("how_big_is_it", "How big is it"), ("x" * 90, "X" + "x" * 59)])
def test_a_name_is_spelt_as_one(label: str, shown: str) -> None:
    assert shown in {one.label for one in offered(drawn(label=label)).values()}


def test_the_file_of_the_editor_s_is_kept_beside() -> None:
    assert adopted(drawn()).document == drawn()
    assert adopted({"workflow": drawn()}).document == drawn()
    assert adopted(still()).document is None


# any form


@pytest.mark.parametrize(
    "wrap", [lambda c: c, lambda c: {"prompt": c}, lambda c: {"extra": {}, "prompt": {"prompt": c}}]
)
def test_a_workflow_may_be_wrapped(wrap: Any) -> None:
    assert is_workflow(wrap(still())) and is_workflow(wrap(drawn()))
    assert len(read_workflow(wrap(still()), None).graph) == len(still())


def test_the_editor_s_comes_before_the_graph() -> None:
    both = {"prompt": still(), "workflow": drawn()}
    assert is_document(adopted(both).document)


@pytest.mark.parametrize(
    "content", [{"prompt": {"prompt": {"prompt": {"prompt": {"prompt": 1}}}}}, {"workflow": {}}, 3]
)
def test_what_is_wrapped_and_is_none(content: object) -> None:
    assert not is_workflow(content)
    with pytest.raises(InvalidPreset, match="no workflow"):
        adopt(content)


def test_what_only_a_connected_server_can_explain() -> None:
    with pytest.raises(InvalidPreset, match=re.escape("Connect one, and try again.")):
        adopt(drawn())
    nothing = Drawing()
    nothing.add("Note", "read me")
    with pytest.raises(InvalidPreset, match="no node that does anything"):
        adopted(nothing.saved())


def test_where_it_cannot_the_graph_beside_is_taken() -> None:
    assert adopt({"workflow": drawn(), "prompt": still()}).graph.keys() == still().keys()
    with pytest.raises(InvalidPreset, match="Connect one"):
        adopt({"workflow": drawn(), "prompt": {"a": 1}})


def test_classes_that_the_server_lacks_are_told() -> None:
    graph = still() | {"9": {"class_type": "Other", "inputs": {}}, "10": {"class_type": "Other", "inputs": {}}}
    assert [one.class_type for one in adopted(graph).missing] == ["Other"]
    assert adopt(graph).missing == ()


# opened again


def test_a_preset_is_opened_with_what_was_kept_of_it() -> None:
    adoption = adopted(still())
    found = {one.key: one for one in adoption.exposures}
    table = preset_table(adoption, "Mine", [found["cfg"], found["prompt"], found["emptylatentimage_batch_size"]])
    table["fields"]["cfg"]["label"] = "How strictly"
    preset = parse_preset("mine", adoption.tools[0], table, adoption.graph)
    again = as_kept(adopted(preset.template), preset)
    assert [(one.key, one.label) for one in again.suggested] == [
        ("cfg", "How strictly"),
        ("prompt", "Prompt"),
        ("emptylatentimage_batch_size", "EmptyLatentImage: batch size"),
        ("filename", "File name"),
    ]
    assert len(again.exposures) == len(adoption.exposures) and again.tools == (preset.tool,)
    assert preset_table(again, "Mine", again.suggested) == table


def test_the_file_name_is_always_there_and_a_switch_step_only_with_steps() -> None:
    adoption = adopt(workflow())
    found = {one.key: one for one in adoption.exposures}
    assert "filename" in preset_table(adoption, "Mine", ())["fields"]
    assert "switch_step" not in preset_table(adoption, "Mine", [found["switch_step"]])["fields"]
    both = preset_table(adoption, "Mine", [found["switch_step"], found["steps"]])["fields"]
    assert (both["switch_step"]["default"], both["steps"]["default"]) == (10, 20)
    assert "keeps" not in both["steps"]  # the step lies between them
