"""Settings that only some of a tool's presets have, in a wish that names no preset."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import InvalidField, NotRunnable
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.plan import choose, own_fields
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.samples import shipped
from tests.unit.domain.wishing import met, planned, refused
from tests.unit.node_table import EVERYTHING, without

V2V = TOOLS["video-to-video"]
RERENDER, ANIMATE, SKETCH = (shipped(f"video-to-video.{name}") for name in ("wan22-rerender", "wan-animate2", "sketch"))
PRESETS = (RERENDER, ANIMATE, SKETCH)
FACES = tuple(shipped(f"face-swap.{name}") for name in ("qwen-image-21", "scail2"))
ON_SKETCH = replace(Catalog({}), sketch=True)


def test_a_wish_may_name_what_any_of_the_presets_has() -> None:
    assert {"speed", "backwards", "motion"} <= own_fields(PRESETS).keys()
    assert own_fields(PRESETS).keys().isdisjoint(V2V.keys)
    assert own_fields([SKETCH]) == SKETCH.fields
    assert met(PRESETS, {"video": "a.mp4", "speed": "2"}, {}, None).given["speed"] == 2


@pytest.mark.parametrize(("values", "taken"), [({}, RERENDER), ({"speed": 2}, SKETCH), ({"motion": "waves"}, ANIMATE)])
def test_one_that_lacks_it_is_not_taken(values: dict[str, Any], taken: object) -> None:
    for catalog in (None, EVERYTHING):
        assert choose(V2V, PRESETS, values, catalog) is taken


def test_it_counts_for_more_than_what_is_given_as_a_file() -> None:
    bare = replace(SKETCH, fields={key: field for key, field in SKETCH.fields.items() if key != "video"})
    assert choose(V2V, (RERENDER, bare), {"video": "a.mp4", "speed": 2}, None) is bare


def test_where_none_that_runs_has_it_those_that_have_it_are_named() -> None:
    found = planned(PRESETS, {"video": "a.mp4", "speed": 2}, {}, without("SketchReplay"))
    assert isinstance(found, Obstacle) and isinstance(found.error, NotRunnable)
    assert found.sentence == "Only Sketch has speed, and this server cannot run it."
    assert [line.split(":")[0] for line in found.error.missing] == ["sketch"]
    found = planned(PRESETS, {"video": "a.mp4", "motion": "waves"}, {}, ON_SKETCH)
    assert isinstance(found, Obstacle)
    assert found.sentence == f"Only {ANIMATE.name} has motion, and the built-in Sketch engine cannot run it."


def test_several_that_cannot_be_run() -> None:
    other = replace(SKETCH, id="video-to-video.other", name="Other")
    found = planned((*PRESETS, other), {"speed": 2}, {}, Catalog({}))
    assert isinstance(found, Obstacle)
    assert found.sentence == "Only Sketch and Other have speed, and this server can run none of them."


def test_settings_that_no_preset_has_all_of() -> None:
    found = planned(PRESETS, {"video": "a.mp4", "speed": 2, "motion": "waves"})
    assert isinstance(found, Obstacle) and isinstance(found.error, InvalidField)
    assert found.field in ("speed", "motion")
    assert found.sentence.startswith("No preset of Video to Video has ")
    assert "speed is one of Sketch" in found.sentence and f"motion is one of {ANIMATE.name}" in found.sentence


def test_what_none_has_is_told_with_the_nearest_of_all() -> None:
    field, code, values = refused(PRESETS, {"video": "a.mp4", "spead": 2})
    assert (field, code, values["near"]) == ("spead", "unknown", "speed")


def test_a_face_on_an_engine_that_runs_no_model() -> None:
    found = planned(FACES, {"image": "a.png", "face": "b.png"}, {}, ON_SKETCH)
    assert isinstance(found, Obstacle)
    assert found.sentence == "Face Swap needs an AI model, and the built-in Sketch engine runs none."


def test_of_two_of_one_name_that_one_counts_that_takes_it() -> None:
    worded = replace(SKETCH.fields["speed"], kind=FieldKind.LINE, minimum=None, maximum=None, default="")
    other = replace(SKETCH, id="video-to-video.other", fields={**SKETCH.fields, "speed": worded})
    for presets in ((SKETCH, other), (other, SKETCH)):
        assert choose(V2V, presets, {"speed": "quick"}, None) is other
        assert met(presets, {"video": "a.mp4", "speed": "quick"}, {}, None).given["speed"] == "quick"
        assert met(presets, {"video": "a.mp4", "speed": 2}, {}, None).preset is SKETCH
    assert refused((SKETCH, SKETCH), {"speed": "quick"}, {}, None)[:2] == ("speed", "not_a_number")
