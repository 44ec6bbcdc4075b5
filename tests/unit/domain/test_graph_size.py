"""How large and long a result will be, as its graph says."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.graph_size import stated_frames, stated_rate, stated_size
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.samples import settled as settle
from tests.unit.node_table import CLASSES


def graph(**changes: Any) -> dict[str, Any]:
    latent = {"width": 704, "height": 448, "length": 30, "batch_size": 1} | changes
    return {
        "1": {"class_type": "EmptyHunyuanLatentVideo", "inputs": latent, "_meta": {"title": "Latent"}},
        "2": {"class_type": "CreateVideo", "inputs": {"images": ["1", 0], "fps": 25.0}, "_meta": {"title": "Video"}},
        "3": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["2", 0], "filename_prefix": "x"},
            "_meta": {"title": "S"},
        },
        "4": {"class_type": "Slow", "inputs": {"fps": 60}, "_meta": {"title": "Not the result"}},
    }


def preset(content: dict[str, Any], **fields: Any) -> Preset:
    table = {"name": "Mine", "fields": {"filename": {"into": ["S.filename_prefix"]}} | fields}
    return parse_preset("mine", TOOLS["text-to-video"], table, content)


def settled(made: Preset) -> tuple[int, int, int, int]:
    classes = {name: CLASSES.get(name, CLASSES["SaveVideo"]) for name in ("EmptyHunyuanLatentVideo", "Slow")}
    request = settle(made, {}, catalog=Catalog(CLASSES | classes), picture=None, seed=1)
    return request.width, request.height, request.num_frames, request.fps


def test_what_a_preset_does_not_set_is_what_its_graph_says() -> None:
    assert settled(preset(graph())) == (704, 448, 30, 25)


def test_what_a_preset_sets_is_what_comes_of_its_settings() -> None:
    into = {
        "width": {"into": ["Latent.width"]},
        "height": {"into": ["Latent.height"]},
        "num_frames": {"into": ["Latent.length"]},
        "fps": {"into": ["Video.fps"]},
    }
    assert settled(preset(graph(), **into)) == (848, 480, 81, 16)
    assert settled(preset(graph(), width=into["width"]))[1] == 448  # only one side is


@pytest.mark.parametrize(
    "changes", [{"width": ["9", 0]}, {"width": True}, {"width": 0}, {"height": -1}, {"height": "x"}]
)
def test_a_size_that_is_not_said(changes: dict[str, Any]) -> None:
    assert stated_size(graph(**changes)) == (0, 0)


def test_two_sizes_are_none() -> None:
    both = graph() | {"5": {"class_type": "L", "inputs": {"width": 64, "height": 64, "length": 9}}}
    assert (stated_size(both), stated_frames(both), stated_rate(both)) == ((0, 0), 0, 25)
    assert stated_frames(graph(length=float("inf"))) == 0
