"""What becomes of a wish: the preset that is taken, what stands in the way, and what goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.advising import in_order, left_out
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import InvalidField, NotRunnable
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.obstacle import Obstacle, Obstructed, Said
from oelala_desktop.domain.plan import choose, following_switch, plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.made_presets import CATALOG, made, with_fields
from tests.unit.domain.samples import SHIPPED, shipped
from tests.unit.domain.wishing import met, planned, refused
from tests.unit.node_table import EVERYTHING, offering, without

I2V, T2V, V2V = (TOOLS[name] for name in ("image-to-video", "text-to-video", "video-to-video"))
WAN, SMALL, SKETCH = (shipped(f"image-to-video.{name}") for name in ("wan22-14b", "wan22-5b", "sketch"))
VIDEO = Given("a.mp4", "video", 640, 360, 100, 25.0, 4.0, size=4_000_000)
PICTURE = Given("a.png", "picture", 640, 360, size=1000)


# Which preset


def test_the_first_that_runs_is_taken() -> None:
    presets = [WAN, SMALL, SKETCH]
    only_small = offering("UNETLoader", "unet_name", "wan2.2_ti2v_5B_fp16.safetensors")
    for catalog, taken in ((None, WAN), (EVERYTHING, WAN), (only_small, SMALL), (without("UNETLoader"), SKETCH)):
        assert choose(I2V, presets, {}, catalog) is taken
        assert met(presets, {"image": "a.png"}, {}, catalog).preset is taken
    assert choose(I2V, [SKETCH, WAN], {}, EVERYTHING) is SKETCH
    assert choose(I2V, [SMALL], {}, Catalog({})) is SMALL  # the wished one, whatever it lacks


def test_a_model_that_is_named_is_not_missed() -> None:
    no_vae = offering("VAELoader", "vae_name", "mine.safetensors")
    assert choose(I2V, [WAN, SKETCH], {}, no_vae) is SKETCH
    assert choose(I2V, [WAN, SKETCH], {"vae": "mine.safetensors"}, no_vae) is WAN


def test_one_that_takes_what_is_given_goes_before_one_that_does_not() -> None:
    presets = [SMALL, WAN, SKETCH]
    assert choose(I2V, presets, {"image": "a.png"}, EVERYTHING) is SMALL
    assert choose(I2V, presets, {"image": "a.png", "end_image": ""}, EVERYTHING) is SMALL
    assert choose(I2V, presets, {"image": "a.png", "end_image": "b.png"}, EVERYTHING) is WAN
    assert choose(I2V, presets, {"end_image": "b.png"}, None) is WAN
    assert choose(I2V, presets, {"end_image": "b.png"}, without("SketchCameraMove")) is WAN
    h3 = made("image-to-video.h3")
    assert choose(I2V, [*presets, h3], {"images": ["a.png"]}, CATALOG) is h3
    assert choose(I2V, [*presets, h3], {"images": []}, CATALOG) is SMALL


def test_where_only_one_runs_that_does_not_take_all_it_says_so() -> None:
    small_alone = without("WanImageToVideo")
    wish = {"image": "a.png", "end_image": "b.png"}
    assert refused([WAN, SMALL], wish, {}, small_alone)[:2] == ("end_image", "cannot_end")


def test_no_preset_at_all() -> None:
    assert plan(I2V, (), {}, {}, None) == Obstacle("preset", "no_preset", {"tool": "Image to Video"})


def test_none_that_runs() -> None:
    found = planned([WAN, SMALL, SKETCH], {"image": "a.png"}, {}, Catalog({}))
    assert isinstance(found, Obstacle)
    assert (found.field, found.code, found.values["tool"]) == ("preset", "none_runs", "Image to Video")
    fixes = found.values["fixes"]
    assert [line.split(":")[0] for line in fixes] == ["wan22-14b", "wan22-5b"]  # Sketch is no remedy on this server
    assert isinstance(found.error, NotRunnable)
    assert found.error.missing == tuple(fixes)


def test_a_tool_that_has_nothing_for_sketch_needs_an_ai_model_there() -> None:
    sketch = replace(Catalog({}), sketch=True)
    found = planned([WAN, SMALL], {"image": "a.png"}, {}, sketch)
    assert isinstance(found, Obstacle) and isinstance(found.error, NotRunnable)
    assert found.sentence == "Image to Video needs an AI model, and the built-in Sketch engine runs none."
    assert "ComfyUI" in found.error.missing[0]
    other = replace(SKETCH, sketch=False)  # no model, but nodes that are not there
    assert planned([WAN, other], {"image": "a.png"}, {}, sketch).code == "none_runs"


def test_auto_checks_by_the_ranges_of_the_one_it_takes() -> None:
    """A step is enough for the tool; a preset of two passes needs two."""
    assert refused([WAN, SKETCH], {"image": "a.png", "steps": 1})[:2] == ("steps", "outside")
    assert met([SKETCH, WAN], {"image": "a.png", "steps": 1}).given["steps"] == 1
    assert refused([WAN, SKETCH], {"steps": 99}, {}, Catalog({}))[:2] == ("steps", "outside")  # before all else


# What stands in the way


@pytest.mark.parametrize(
    ("preset", "values", "said"),
    [
        (WAN, {"stpes": 4}, ("stpes", "unknown")),
        (SKETCH, {"image": "a.png", "steps": "x"}, ("steps", "not_whole")),
        (T2V, {"image": "a.png"}, ("image", "takes_no")),
        (WAN, {}, ("image", "input_missing")),
        (WAN, {"image": ""}, ("image", "input_missing")),
        (SMALL, {"image": "a.png", "end_image": "b.png"}, ("end_image", "cannot_end")),
        (WAN, {"image": "a.png", "video": "b.mp4"}, ("video", "preset_takes_no")),
        (WAN, {"image": "a.png", "images": ["b.png"]}, ("images", "preset_takes_no")),
        (shipped("text-to-video.sketch"), {"clip_count": 2}, ("clip_count", "cannot_extend")),
        (WAN, {"image": "a.png", "switch_step": 20}, ("switch_step", "switch_beyond")),
        (SKETCH, {"image": "a.png", "switch_step": 6}, ("switch_step", "switch_beyond")),
        (WAN, {"image": "a.png", "num_frames": 32}, ("num_frames", "off_rule")),
        (WAN, {"image": "a.png", "num_frames": 33, "duration": 5}, ("num_frames", "contradicts")),
        (WAN, {"image": "a.png", "vae": "gone"}, ("vae", "nothing_named")),
        (WAN, {"image": "a.png", "sampler": "gone"}, ("sampler", "nothing_named")),
        (SMALL, {"image": "a.png", "lora_configs": [{"low": "style"}]}, ("lora_configs", "lora_low_only")),
    ],
)
def test_what_stands_in_the_way(preset: Any, values: dict[str, Any], said: tuple[str, str]) -> None:
    preset = shipped("text-to-video.wan22-14b") if preset is T2V else preset
    field, code, _ = refused(preset, values)
    assert (field, code) == said


def test_an_obstacle_is_an_error_that_names_its_field() -> None:
    found = planned(WAN, {"image": "a.png", "steps": 99})
    assert isinstance(found, Obstacle)
    assert isinstance(found.error, Obstructed) and isinstance(found.error, InvalidField)
    assert found.error.obstacle is found
    assert (found.error.field, found.error.message) == ("steps", "steps: 99 is outside 2 to 40.")
    assert (found.sentence, found.at_field) == (found.error.message, "99 is outside 2 to 40.")


def test_an_unknown_key_names_one_that_is_near() -> None:
    _, _, values = refused(WAN, {"stpes": 4})
    assert (values["near"], values["tool"]) == ("steps", "Image to Video")
    own = with_fields("image-to-video.ltx")
    assert refused(own, {"blurr": 4})[2]["near"] == "blur"  # a setting of the preset's own
    assert refused([own, WAN], {"blurr": 4})[2]["near"] == "blur"


def test_the_first_obstacle_is_the_one_that_comes_first() -> None:
    """What is wrong with a value is said before what is missing, and what the engine lacks before what is given."""
    assert refused(WAN, {"steps": 99})[:2] == ("steps", "outside")
    assert refused(WAN, {"clip_count": 2, "num_frames": 32})[:2] == ("image", "input_missing")
    lacking = without("WanImageToVideo")
    assert refused(WAN, {}, {}, lacking)[:2] == ("preset", "lacks")
    assert refused(WAN, {"image": "a.png", "num_frames": 32}, {}, offering("VAELoader", "vae_name"))[1] == "lacks"


def test_what_the_engine_lacks() -> None:
    _, code, values = refused(WAN, {"image": "a.png"}, {}, without("WanImageToVideo", "VAEDecode"))
    assert code == "lacks"
    assert [line.split(" (")[0] for line in values["lacking"]] == ["node VAEDecode", "node WanImageToVideo"]
    assert len(values["fixes"]) == 1  # the same for both
    field, code, values = refused(WAN, {"image": "a.png"}, {}, replace(Catalog({}), sketch=True))
    assert (field, code, values["engine"]) == ("preset", "needs_engine", "ComfyUI")
    assert isinstance(Obstacle("preset", code, values).error, NotRunnable)


def test_a_missing_pair_is_named_where_the_nodes_are_there() -> None:
    _, code, values = refused(WAN, {"image": "a.png"}, {}, offering("UNETLoader", "unet_name"))
    assert code == "lacks" and len(values["lacking"]) == 2


def test_without_a_catalog_the_engine_s_word_is_still_open() -> None:
    found = met(WAN, {"image": "a.png", "vae": "gone", "sampler": "gone", "lora_configs": [{"high": "x"}]}, {}, None)
    used = found.request.values
    assert (used["vae"], used["sampler"], used["unet_high_noise"]) == ("gone", "gone", None)
    assert used["lora_configs"] == [{"high": "x", "strength": 1.5, "enabled": True}]
    assert found.advice == ()


# Values


def test_a_field_that_keeps_its_nodes_values() -> None:
    preset = made("image-to-video.ltx")
    assert "blur" not in met(preset, {}).request.values
    assert met(preset, {"blur": 0}).request.values["blur"] == 0.0


def test_a_seed_is_left_to_be_drawn() -> None:
    found = met(WAN, {"image": "a.png"}).request
    assert (found.seed, found.values["seed"]) == (-1, "-1")
    drawn = found.with_seed(2**63)
    assert (drawn.seed, drawn.params()["seed"]) == (2**63, str(2**63))


def test_a_preset_without_a_seed_has_none_of_its_own() -> None:
    without = with_fields("image-to-video.ltx", "seed")
    assert met(without, {}).request.seed == -1
    assert met(without, {"seed": "5"}).request.seed == 5, "choices in its prompt are drawn by it"


def test_given_are_the_settings_as_they_were_asked_for() -> None:
    found = met(WAN, {"image": "a.png", "steps": "8", "preset": "wan22-14b"})
    assert found.given == {"image": "a.png", "steps": 8}


# Advice


def test_advice_comes_most_telling_first() -> None:
    wish = {
        "image": "a.png",
        "unet_high_noise": "wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors",
        "unet_low_noise": "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors",
        "lora_configs": [{"high": "camera_HIGH.safetensors", "low": "camera_HIGH.safetensors"}],
    }
    small = Given("a.png", "picture", 100, 90, is_small=True)
    said = met(WAN, wish, {"image": (small, PICTURE)}).advice
    assert [one.code for one in said] == ["pair_task", "pair_swapped", "lora_half", "small_picture"]
    assert said[2].values == {"name": r"wan 2.2\camera_HIGH.safetensors", "side": "high", "other": "low"}
    assert said[3].values == {"name": "a.png", "width": 100, "height": 90}
    assert said == in_order(reversed(said))


def test_the_order_of_all_advice() -> None:
    part = shipped("image-to-video.wan22-14b-distorch2").optional[0]
    out = left_out(part, "ComfyUI", "no module")
    assert str(out) == "sage_attention is left out: PathchSageAttentionKJ has failed on ComfyUI (no module)."
    codes = ["small_picture", "managed", "lora_half", "pair_swapped", "pair_half", "new"]
    ordered = [said.code for said in in_order([*(Said(code) for code in codes), out])]
    assert ordered == ["pair_half", "new", "pair_swapped", "lora_half", "left_out", "managed", "small_picture"]


def test_a_lora_that_goes_into_both_passes_as_it_is_meant_to() -> None:
    def said(preset: Preset, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        found = met(preset, {"image": "a.png", "lora_configs": list(rows)}, {}, alone)
        return [dict(one.values) for one in found.advice if one.code == "lora_half"]

    names = ("camera_HIGH.safetensors", "pan_low.safetensors", "style.safetensors")
    alone = offering("LoraLoaderModelOnly", "lora_name", *names)
    assert said(WAN, {"high": names[0]}) == [{"name": names[0], "side": "high", "other": "low"}]
    assert said(WAN, {"high": names[1]}) == [{"name": names[1], "side": "low", "other": "high"}]
    assert said(WAN, {"high": names[0], "low": None}, {"high": names[2]}) == []
    assert said(WAN, {"high": names[0], "enabled": False}) == []
    assert said(SMALL, {"high": names[0]}) == []  # it has one pass


@pytest.mark.parametrize("name", [name for name in SHIPPED if "wan22-14b" not in name])
def test_presets_of_one_model_hear_nothing_of_pairs(name: str) -> None:
    preset = shipped(name)
    wish = {field.key: f"{field.key}.bin" for field in preset.inputs if field.needed}
    assert met(preset, wish).advice == ()


@pytest.mark.parametrize(
    ("switch", "steps", "wished", "found"),
    [(10, 20, 20, 10), (10, 20, 4, 2), (10, 20, 5, 2), (19, 20, 2, 1), (19, 20, 20, 19), (1, 20, 2, 1), (1, 40, 10, 1)],
)
def test_each_pass_keeps_its_share_of_the_steps_and_at_least_one(
    switch: int, steps: int, wished: int, found: int
) -> None:
    fields = {**WAN.fields}
    fields["switch_step"] = replace(fields["switch_step"], default=switch)
    fields["steps"] = replace(fields["steps"], default=steps)
    assert following_switch(replace(WAN, fields=fields), wished) == found
