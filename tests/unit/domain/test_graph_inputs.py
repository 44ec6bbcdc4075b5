"""How what was given as files gets into a graph, and what goes with it when it was not given."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.graph_inputs import InputFile, drop_nodes, give_inputs
from oelala_desktop.domain.inputs import companions, names_in, trim_of
from tests.unit.domain.made_presets import H3_GRAPH, made

H3 = made("image-to-video.h3")
#: nodes of its graph that come with no input
PLAIN = {"Latent", "Sampler", "Polish", "Video", "Save"}
EVERY = {
    "images": [InputFile("a.png"), InputFile("b.png"), InputFile("c.png")],
    "mask": [InputFile("m.png")],
    "sound": [InputFile("s.wav")],
    "video": [InputFile("v.mp4")],
}


def given(files: dict[str, list[InputFile]]) -> edits.Graph:
    graph = edits.copy_graph(H3_GRAPH)
    give_inputs(graph, H3.inputs, files)
    links = {v[0] for row in graph.values() for v in row["inputs"].values() if edits.is_link(v)}
    assert links <= graph.keys()
    return graph


def inputs_of(graph: edits.Graph, title: str) -> dict[str, Any]:
    return dict(graph[edits.find_node(graph, title)]["inputs"])


def titles(graph: edits.Graph) -> set[str]:
    return {edits.title_of(graph, node) for node in graph}


def test_every_loader_gets_its_file() -> None:
    graph = given(EVERY)
    assert titles(graph) == titles(edits.copy_graph(H3_GRAPH))
    loaded = {t: inputs_of(graph, t) for t in ("First", "Second", "Third", "Mask", "Sound", "Motion")}
    assert loaded == {
        "First": {"image": "a.png"},
        "Second": {"image": "b.png"},
        "Third": {"image": "c.png"},
        "Mask": {"image": "m.png", "channel": "red"},
        "Sound": {"audio": "s.wav"},
        "Motion": {"file": "v.mp4"},
    }


@pytest.mark.parametrize(
    ("missing", "gone", "unlinked"),
    [
        ("mask", {"Mask"}, {"mask"}),
        ("sound", {"Sound"}, {"sound"}),
        ("video", {"Motion", "Motion frames"}, {"motion"}),
        ("images", {"First", "Second", "Third", "Scale 1", "Scale 2", "Scale 3"}, {"one", "two", "three"}),
    ],
)
def test_what_is_not_given_goes_with_its_nodes_and_links(missing: str, gone: set[str], unlinked: set[str]) -> None:
    whole = given(EVERY)
    graph = given({key: files for key, files in EVERY.items() if key != missing})
    assert titles(whole) - titles(graph) == gone
    assert inputs_of(whole, "Sampler").keys() - inputs_of(graph, "Sampler").keys() == unlinked
    assert given({**EVERY, missing: []}) == graph


def test_nothing_given_at_all() -> None:
    assert titles(given({})) == PLAIN


def test_the_class_of_a_loader() -> None:
    assert [H3.class_at(field.into[0]) for field in H3.inputs] == [
        "LoadImage",
        "LoadImageMask",
        "LoadAudio",
        "LoadVideo",
    ]


def test_fewer_pictures_than_loaders() -> None:
    graph = given({"images": EVERY["images"][:2]})
    assert titles(graph) == PLAIN | {"First", "Second", "Scale 1", "Scale 2"}
    assert inputs_of(graph, "Second") == {"image": "b.png"}
    assert inputs_of(graph, "Sampler")["two"] == ["5", 0]
    assert "three" not in inputs_of(graph, "Sampler")


CHAIN = {
    title: {"class_type": "Step", "inputs": inputs, "_meta": {"title": title}}
    for title, inputs in {
        "First": {"image": "1"},
        "Second": {"image": "2"},
        "Fit first": {"pixels": ["First", 0]},
        "Fit second": {"pixels": ["Second", 0]},
        "Text": {},
        "See first": {"text": ["Text", 0], "seen": ["Fit first", 0]},
        "See second": {"text": ["See first", 0], "seen": ["Fit second", 0]},
        "Sampler": {"text": ["See second", 0]},
    }.items()
}


@pytest.mark.parametrize(
    ("names", "left"),
    [
        ([], ["Text", "Sampler"]),
        (["a.png"], ["First", "Fit first", "Text", "See first", "Sampler"]),
        (["a.png", "b.png"], list(CHAIN)),
    ],
)
def test_what_goes_out_of_a_chain_leaves_it_whole(names: list[str], left: list[str]) -> None:
    nodes = ("Fit first", "See first", "Fit second", "See second")
    into = ("First.image", "Second.image")
    field = Field("images", FieldKind.PICTURES, "Pictures", "picture", into=into, nodes=nodes, through="text")
    graph = edits.copy_graph(CHAIN)
    give_inputs(graph, [field], {"images": [InputFile(name) for name in names]})
    assert list(graph) == left
    chain = [title for title in left if title in ("Text", "See first", "See second", "Sampler")]
    assert [graph[title]["inputs"]["text"] for title in chain[1:]] == [[title, 0] for title in chain[:-1]]


def test_one_file_goes_into_every_loader_of_its_field() -> None:
    field = Field("image", FieldKind.PICTURE, "Picture", "picture", into=("First.image", "Second.image"))
    graph = edits.copy_graph(H3_GRAPH)
    give_inputs(graph, [field], {"image": [InputFile("a.png")]})
    assert inputs_of(graph, "First") == inputs_of(graph, "Second") == {"image": "a.png"}


def test_an_input_that_enters_in_another_way_is_left_alone() -> None:
    field = Field("end_image", FieldKind.PICTURE, "End picture", "picture")
    graph = edits.copy_graph(H3_GRAPH)
    give_inputs(graph, [field], {"end_image": [InputFile("e.png")]})
    assert graph == H3_GRAPH


def test_links_to_nodes_that_go_are_taken_out_and_no_others() -> None:
    graph = copy.deepcopy(H3_GRAPH)
    graph["21"]["inputs"]["pair"] = ["8", "0"]  # no link, a list of the node's own
    drop_nodes(graph, ["8", "9", "99"])
    assert H3_GRAPH.keys() - graph.keys() == {"8", "9"}
    assert graph["10"]["inputs"] == {}
    assert graph["21"]["inputs"] == {k: v for k, v in H3_GRAPH["21"]["inputs"].items() if k != "sound"} | {
        "pair": ["8", "0"]
    }


# Parts


@pytest.mark.parametrize(
    ("start", "length", "duration"),
    [(1.5, 2.0, 2.0), (1.5, None, 0.0), (0.0, 2.0, 2.0)],
)
def test_a_part_of_a_video_is_taken_behind_its_loader(start: float, length: float | None, duration: float) -> None:
    graph = given({**EVERY, "video": [InputFile("v.mp4", start, length)]})
    part = edits.find_node(graph, "Part of Motion")
    assert graph[part]["class_type"] == "Video Slice"
    loader = edits.find_node(graph, "Motion")
    wanted = {"video": [loader, 0], "start_time": start, "duration": duration, "strict_duration": False}
    assert graph[part]["inputs"] == wanted
    assert inputs_of(graph, "Motion frames") == {"video": [part, 0]}  # whoever used the loader uses the part


def test_every_user_of_a_loader_gets_the_part() -> None:
    graph = edits.copy_graph(H3_GRAPH)
    graph["22"]["inputs"] |= {"again": ["9", 0], "other": ["10", 1]}
    give_inputs(graph, H3.inputs, {**EVERY, "video": [InputFile("v.mp4", 1.0)]})
    part = edits.find_node(graph, "Part of Motion")
    assert (graph["22"]["inputs"]["again"], graph["22"]["inputs"]["other"]) == ([part, 0], ["10", 1])


def test_the_whole_of_a_video_needs_no_part() -> None:
    assert not InputFile("v.mp4").is_part
    assert titles(given(EVERY)) == titles(edits.copy_graph(H3_GRAPH))


def test_only_a_video_loader_has_a_part_behind_it() -> None:
    """A sound, and a video in another pack's loader, are cut before they are sent."""
    graph = given({**EVERY, "sound": [InputFile("s.wav", 1.0, 2.0)]})
    assert titles(graph) == titles(edits.copy_graph(H3_GRAPH))
    other = edits.copy_graph(H3_GRAPH)
    other["9"]["class_type"] = "VHS_LoadVideo"
    give_inputs(other, H3.inputs, {**EVERY, "video": [InputFile("v.mp4", 1.0)]})
    assert titles(other) == titles(edits.copy_graph(H3_GRAPH))


# What comes with an input


def test_what_comes_with_an_input_that_has_a_length() -> None:
    start, length, smaller = companions(Field("clip", FieldKind.VIDEO, "Clip", "picture"))
    assert [f.key for f in (start, length, smaller)] == ["clip_start", "clip_length", "clip_smaller"]
    assert [f.label for f in (start, length, smaller)] == ["Start of the clip", "Length of the clip", "Smaller clip"]
    assert {f.group for f in (start, length, smaller)} == {"picture"}
    assert [f.default for f in (start, length, smaller)] == [0.0, None, False]
    assert [f.unit for f in (start, length)] == ["s", "s"]
    assert (start.minimum, length.minimum, start.maximum, length.maximum) == (0, 0.01, 86_400, 86_400)
    assert [f.kind for f in (start, length, smaller)] == [FieldKind.NUMBER, FieldKind.NUMBER, FieldKind.SWITCH]


def test_what_has_no_length_comes_alone() -> None:
    kinds = [kind for kind in FieldKind if companions(Field("x", kind, "X", "g"))]
    assert kinds == [FieldKind.VIDEO, FieldKind.SOUND]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("a", ("a",)),
        ("", ()),
        (None, ()),
        (["a", "b"], ("a", "b")),
        (("a",), ("a",)),
        ([], ()),
        (3, ()),
        ({"a": 1}, ()),
    ],
)
def test_the_names_in_a_value(value: object, names: tuple[str, ...]) -> None:
    assert names_in(value) == names


def test_a_setting_may_be_called_as_what_comes_with_a_video() -> None:
    """A picture has no start, whatever a preset calls its other inputs."""
    values = {"own": "a.png", "own_start": "b.flac", "own_length": "c.flac"}
    assert trim_of(Field("own", FieldKind.PICTURE, "", ""), values) == (0.0, None)
    timed = {"own": "a.mp4", "own_start": 1, "own_length": 0.5}
    assert trim_of(Field("own", FieldKind.VIDEO, "", ""), timed) == (1.0, 0.5)
    assert trim_of(Field("own", FieldKind.VIDEO, "", ""), {"own_start": None}) == (0.0, None)
