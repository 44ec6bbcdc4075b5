"""Lists of templates, and of nodes in place of others, as anybody may have written them."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.comfy.replacements import parse_replacements
from oelala_desktop.comfy.template_list import is_name, parse_index, parse_packs
from oelala_desktop.domain.catalog import Replacement
from oelala_desktop.domain.template import Template

ODD: list[Any] = [None, 5, "x", [], {}, [None], [5], [[]], {"a": 1}, [{"templates": 5}], [{"templates": [None, 5, []]}]]


def listed(group: str = "Use Cases", **row: Any) -> Template:
    (found,) = parse_index([{"title": group, "templates": [{"name": "one", **row}]}])
    return found


def test_a_row_tells_all_that_a_page_shows() -> None:
    row = {
        "title": "One: Text to Video",
        "description": "A line.\nAnother.",
        "mediaType": "image",
        "mediaSubtype": "webp",
        "thumbnailVariant": "compareSlider",
        "tags": ["Text to Video", "Video", 5],
        "models": ["Wan"],
        "date": "2026-11-01",
        "usage": 12,
        "size": 3 * 10**9,
        "vram": 8 * 10**9,
        "openSource": True,
        "minComfyUIVersion": "0.33.0",
    }
    assert listed(**row) == Template(
        name="one",
        title="One: Text to Video",
        description="A line. Another.",
        output="video",
        tags=("Text to Video", "Video"),
        models=("Wan",),
        date="2026-11-01",
        uses=12,
        size=3 * 10**9,
        memory=8 * 10**9,
        is_open=True,
        pictures=2,
        picture_type="webp",
        needs_version="0.33.0",
    )


def test_an_older_list_tells_of_less() -> None:
    row = {"mediaType": "image", "mediaSubtype": "png", "description": "d"}
    assert listed("Basics", **row) == Template("one", "one", "d", picture_type="png")


@pytest.mark.parametrize(
    ("group", "row", "output"),
    [
        ("Use Cases", {"io": {"outputs": [{"mediaType": "image"}, {"mediaType": "video"}]}}, "video"),
        ("Image", {"io": {"outputs": [{"mediaType": "video"}]}}, "video"),
        ("Video", {}, "video"),
        ("3D Model", {"mediaType": "image"}, "3d"),
        ("Use Cases", {"tags": ["Image to Video"]}, "video"),
        ("Use Cases", {"tags": ["Video to Image"]}, "image"),
        ("Use Cases", {"tags": ["Image Edit"]}, "image"),
        ("Use Cases", {"mediaType": "audio"}, "audio"),
        ("LLM", {"mediaType": "image"}, ""),
        ("Use Cases", {"io": 5, "tags": "Video", "mediaType": ["video"]}, ""),
    ],
)
def test_what_it_makes_is_told_in_several_ways(group: str, row: dict[str, Any], output: str) -> None:
    assert listed(group, **row).output == output


@pytest.mark.parametrize(
    ("row", "is_open"),
    [
        ({"openSource": True, "tags": ["API"]}, True),
        ({"openSource": False}, False),
        ({"tags": ["API"]}, False),
        ({"name": "api_one"}, False),
        ({}, True),
        ({"openSource": "no"}, True),
    ],
)
def test_what_runs_on_paid_nodes_is_marked(row: dict[str, Any], is_open: bool) -> None:
    assert listed(**row).is_open is is_open


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a\\b", "..", ".x", "", " ", "x" * 151, "a\nb", "a:b", "a?b", "a%2Fb", "‮x", 5, None, ["x"]]
)
def test_what_is_no_name_of_a_file_is_left_out(name: Any) -> None:
    assert parse_index([{"templates": [{"name": name}, {"name": "well"}]}]) == (listed(name="well"),)
    assert not isinstance(name, str) or not is_name(name)


def test_the_first_of_a_name_counts() -> None:
    found = parse_index([{"templates": [{"name": "a", "title": "1"}]}, {"templates": [{"name": "a", "title": "2"}]}])
    assert [template.title for template in found] == ["1"]


def test_numbers_that_cannot_be_are_none() -> None:
    for wrong in (-5, "7", True, 2**60, float("nan"), float("inf"), None, [1]):
        found = listed(usage=wrong, size=wrong, vram=wrong)
        assert (found.uses, found.size, found.memory) == (0, 0, 0)
    assert listed(date="2026-13-01x").date == "" == listed(date=20261101).date
    assert listed(mediaSubtype="mp3").pictures == 0 == listed(mediaSubtype="../png").pictures
    assert len(listed(title="t" * 9_999, description="d" * 99_999).description) == 4_000
    assert listed(title="‮\x00\x1b[31mred").title == "[31mred"


@pytest.mark.parametrize("answer", ODD)
def test_a_list_of_another_form_is_empty(answer: Any) -> None:
    assert parse_index(answer) == () == parse_packs(answer)
    assert parse_replacements(answer) == {}


def test_a_list_without_end_is_cut_off() -> None:
    assert len(parse_index([{"templates": [{"name": f"n{number}"} for number in range(9_000)]}])) == 5_000
    assert len(parse_packs({"pack": [f"n{number}" for number in range(9_000)]})) == 5_000


def test_those_of_packs_have_the_name_of_their_pack() -> None:
    found = parse_packs({"a_pack": ["First one", "../x", 5], "b/c": ["x"], "d": "x", "e": None})
    assert found == (Template("a_pack:First one", "First one (a_pack)", tags=("a_pack",), picture_type="jpg"),)


def test_what_stands_for_a_class_is_read_by_its_parts() -> None:
    row = {
        "new_node_id": "New",
        "old_node_id": "Old",
        "old_widget_ids": ["size", "way"],
        "input_mapping": [
            {"new_id": "image", "old_id": "images"},
            {"new_id": "kind", "set_value": "lanczos"},
            {"new_id": 5, "old_id": "x"},
            {"new_id": "x"},
        ],
        "output_mapping": [{"new_idx": 1, "old_idx": 0}, {"new_idx": -1, "old_idx": 2}, {"new_idx": True}],
    }
    bare = {"new_node_id": "Same", "old_widget_ids": None, "input_mapping": None, "output_mapping": None}
    found = parse_replacements({"Old": [row, 5, {"new_node_id": ""}], "Typo": [bare], "None": [], "Odd": "x"})
    assert found == {
        "Old": (Replacement("New", ("size", "way"), {"image": "images"}, {"kind": "lanczos"}, {0: 1}),),
        "Typo": (Replacement("Same"),),
    }
