"""The tools that a workflow fits, by what goes in and what comes out."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidPreset

from .served import Graph, adopted, beside, film, node, still


def tools(graph: Graph) -> list[str]:
    return [tool.id for tool in adopted(graph).tools]


PICTURE = node("LoadImage", image="a.png")
SOUND = node("LoadAudio", audio="a.flac")
VIDEO = node("LoadVideo", file="a.mp4")
MASK = node("MaskOf", image="a.png")


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (film(), ["text-to-video"]),
        (beside(film(), SOUND), ["text-to-video"]),
        (beside(film(), PICTURE), ["image-to-video"]),
        (beside(film(), PICTURE, VIDEO), ["video-to-video"]),
        (still(), ["text-to-image"]),
        (beside(still(), MASK), ["other"]),
        (beside(still(), PICTURE), ["image-to-image", "reframe", "face-swap", "upscaler"]),
        (beside(still(), VIDEO), ["other"]),
        (beside(still(), PICTURE, SOUND), ["other"]),
    ],
)
def test_what_goes_in_and_comes_out(graph: Graph, expected: list[str]) -> None:
    assert tools(graph) == expected


def test_what_nothing_is_said_to_is_an_upscaler_first() -> None:
    graph = {"1": PICTURE, "2": node("SaveImage", images=["1", 0], filename_prefix="x")}
    assert tools(graph) == ["upscaler", "image-to-image", "reframe", "face-swap"]


@pytest.mark.parametrize(
    "saver",
    [
        node("SaveAudio", audio=["6", 0], filename_prefix="x"),
        node("SaveGLB", mesh=["6", 0], filename_prefix="x"),
        node("SaveText", text=["6", 0], filename_prefix="x"),
    ],
)
def test_what_makes_sounds_spaces_or_texts_has_no_page(saver: dict[str, Any]) -> None:
    assert tools(still() | {"7": saver}) == ["other"]


def test_what_only_shows_counts_where_nothing_is_saved() -> None:
    assert tools(still() | {"7": node("PreviewImage", images=["6", 0])}) == ["text-to-image"]
    shown = film() | {"9": node("PreviewImage", images=["6", 0])}
    assert tools(shown) == ["text-to-video"]
    with pytest.raises(InvalidPreset, match="saves nothing"):
        adopted(still() | {"7": node("PreviewAny", source=["2", 0])})


def test_what_of_it_can_be_heard() -> None:
    graph = film() | {"s": SOUND}
    assert not adopted(graph).sound
    graph["7"]["inputs"]["audio"] = ["s", 0]
    assert adopted(graph).sound
    assert not adopted(beside(still(), SOUND)).sound
