"""Pictures, videos, sounds and masks that go into a workflow."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.adopting.given import inputs_of
from oelala_desktop.domain.preset_file import parse_preset

from .served import Graph, adopted, beside, film, kept, node, offered, still, surface


def given(graph: Graph) -> list[tuple[str, str, str, bool]]:
    return [(one.spot.node, one.kind, one.role, one.is_needed) for one in inputs_of(surface(graph))]


def picture(title: str = "") -> dict[str, Any]:
    return node("LoadImage", title, image="a.png")


@pytest.mark.parametrize(
    ("class_type", "name", "kind"),
    [
        ("LoadImage", "image", "picture"),
        ("MaskOf", "image", "mask"),
        ("LoadVideo", "file", "video"),
        ("Film", "film", "video"),
        ("LoadAudio", "audio", "sound"),
        ("VHS_LoadVideo", "video", "video"),
        ("LoadImageMask", "image", "mask"),
    ],
)
def test_a_loader_of_files_is_an_input(class_type: str, name: str, kind: str) -> None:
    graph = beside(still(), node(class_type, **{name: "a.png"}))
    assert given(graph) == [("beside0", kind, "", True)]
    graph["beside0"]["inputs"][name] = ["1", 0]  # which another node names
    assert given(graph) == []


def test_other_files_are_none() -> None:
    assert (
        given(beside(still(), node("Load3D", model_file="a.glb"), node("CheckpointLoaderSimple", ckpt_name="a"))) == []
    )


def test_what_leads_to_nothing_is_not_given() -> None:
    assert given(still() | {"9": picture()}) == []


@pytest.mark.parametrize(("name", "role"), [("start_image", "start"), ("end_image", "end"), ("reference", "")])
def test_what_a_picture_is_for_is_told_by_the_input_that_it_goes_into(name: str, role: str) -> None:
    graph = film(**{name: ["p", 0]}) | {"p": picture()}
    assert given(graph) == [("p", "picture", role, False)]
    graph["4"]["inputs"][name] = ["s", 0]
    graph["s"] = node("Scale", image=["b", 0], width=64, height=64)
    graph["b"] = node("Scale", image=["p", 0], width=64, height=64)
    assert given(graph) == [("p", "picture", role, True)]


@pytest.mark.parametrize(("title", "role"), [("The last frame", "end"), ("First frame", "start"), ("Blend", "")])
def test_else_by_what_its_loader_is_called(title: str, role: str) -> None:
    assert given(beside(still(), picture(title)))[0][2] == role


def test_start_pictures_come_first_and_end_pictures_last() -> None:
    graph = film(end_image=["e", 0], reference=["r", 0], start_image=["s", 0])
    graph |= {"e": picture(), "r": picture("A style"), "s": picture()}
    assert [row[0] for row in given(graph)] == ["s", "r", "e"]
    assert {key: into for key, into in kept(graph).items() if "image" in key or "style" in key} == {
        "image": ("LoadImage 2.image",),
        "a_style": ("A style.image",),
        "end_image": ("LoadImage.image",),
    }


def test_the_first_picture_is_needed_and_others_that_something_cannot_do_without() -> None:
    graph = film(reference=["r", 0], start_image=["s", 0]) | {"r": picture(), "s": picture()}
    rows = {key: one.row["needed"] for key, one in offered(graph).items() if one.is_input}
    assert rows == {"image": True, "picture_2": False}
    adoption = adopted(graph)
    preset = parse_preset("mine", adoption.tools[0], preset_table(adoption, "Mine", adoption.suggested), adoption.graph)
    assert [field.needed for field in preset.inputs] == [True, False]
    graph["8"]["inputs"]["more"] = ["r", 0]
    assert offered(graph)["picture_2"].row["needed"]


def test_of_growing_inputs_the_first_are_needed() -> None:
    graph = beside(
        still(), node("Batch", **{f"images.image{n}": [f"p{n}", 0] for n in range(2)} | {"images.x": ["q", 0]})
    )
    graph |= {"p0": picture("One"), "p1": picture("Two"), "q": picture("Three")}
    assert [row[3] for row in given(graph)] == [True, False, True]


def test_inputs_of_a_kind_are_numbered_or_named() -> None:
    graph = beside(still(), *(node("LoadAudio", title, audio="a.flac") for title in ("", "Load music", "")))
    rows = {key: one.label for key, one in offered(graph).items() if one.is_input}
    assert rows == {"sound": "Sound", "load_music": "Music", "sound_3": "Sound 3"}


def test_a_picture_that_everything_follows_is_looked_at_so_far() -> None:
    graph = still() | {"p": picture()}
    last = "p"
    for number in range(8):
        graph[f"s{number}"] = node("Scale", image=[last, 0], width=64, height=64)
        last = f"s{number}"
    graph |= {"f": film(end_image=[last, 0])["4"]}
    graph["7"]["inputs"]["more"] = ["f", 0]
    assert given(graph) == [("p", "picture", "", True)]
