"""Settings, each where its value really stands; of one value one field, of others their own."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from tests.unit.domain.samples import settled

from .served import Graph, adopted, beside, film, kept, node, offered, server, still


def made(graph: Graph) -> Preset:
    adoption = adopted(graph)
    table = preset_table(adoption, "Mine", adoption.suggested)
    return parse_preset("mine", adoption.tools[0], table, adoption.graph)


def sent(graph: Graph, **values: Any) -> Graph:
    preset = made(graph)
    return preset.graph(settled(preset, values, catalog=None), files={}, prefix="x", catalog=None)


def test_untouched_all_is_sent_as_it_is() -> None:
    passes = [still(cfg=1.0, sampler_name="heun", steps=4)["5"], still(cfg=3.5)["5"]]
    for graph in (still(), film(), still(cfg=3), still(denoise=0.5), beside(still(), *passes)):
        adoption = adopted(graph)
        after = sent(graph)
        for row in after.values():
            row["inputs"] |= {"seed": 5} if "seed" in row["inputs"] else {}
        assert after == adoption.graph


def test_a_field_goes_where_the_value_stands() -> None:
    graph = still(steps=["a", 0], cfg=["b", 0], seed=["c", 0])
    graph |= {"a": node("Int", value=20), "b": node("Float", value=4.0), "c": node("Int", value=5)}
    found = kept(graph)
    assert [found[key] for key in ("steps", "cfg", "seed")] == [("Int.value",), ("Float.value",), ("Int 2.value",)]
    assert sent(graph, steps=8)["a"]["inputs"]["value"] == 8


def test_values_behind_sums_are_fields_of_their_own() -> None:
    graph = still(steps=["a", 0])
    graph |= {
        "a": node("Math", expression="a * 2", **{"values.a": ["b", 0]}),
        "b": node("Int", "Half the steps", value=10),
    }
    found = offered(graph)
    assert "steps" not in found
    half = found["half_the_steps"]
    assert (half.kept, half.kind, half.row) == (True, "integer", {"minimum": 0, "maximum": 100, "step": 5})
    assert not any(one.kept for one in found.values() if one.into == ("Math.expression",))


def test_the_side_that_a_switch_takes_is_the_setting() -> None:
    graph = still(steps=["s", 0])
    graph |= {
        "s": node("ComfySwitchNode", "Fast", switch=True, on_true=["a", 0], on_false=["b", 0]),
        "a": node("Int", "Few", value=4),
        "b": node("Int", "Many", value=20),
    }
    found = offered(graph)
    assert found["steps"].into == ("Few.value",)
    assert not found["many"].kept
    assert (found["fast_switch"].kept, found["fast_switch"].kind) == (True, "switch")  # somebody gave it a name
    del graph["s"]["_meta"]
    assert not offered(graph)["comfyswitchnode_switch"].kept


def test_different_values_stay_different() -> None:
    second = still(steps=4, cfg=1.0, seed=5)["5"] | {"_meta": {"title": "Second"}}
    found = offered(beside(still(), second, still()["5"]))
    assert found["steps"].into == ("KSampler.steps", "KSampler 2.steps")
    assert found["steps_second"].into == ("Second.steps",)
    assert found["cfg_second"].label == "CFG – Second"
    assert len(found["seed"].into) == 3  # each job has one seed


def test_a_value_is_of_one_setting_alone() -> None:
    graph = still(steps=["a", 0], seed=["a", 0]) | {"a": node("Int", value=20)}
    found = kept(graph)
    assert found["seed"] == ("Int.value",) and "steps" not in found


def test_what_can_be_heard_and_what_says_more_are_in_the_table() -> None:
    graph = film() | {"s": node("LoadAudio", audio="a.flac")}
    graph["7"]["inputs"]["audio"] = ["s", 0]
    graph["4"]["inputs"]["reference"] = ["p", 0]
    graph |= {"p": node("LoadImage", image="a.png")}
    graph |= {"e": node("CLIPTextEncode", "Then", text="a boat", clip=["1", 1])}
    graph |= {"g": node("FluxGuidance", conditioning=["2", 0], guidance=3.5, more=["e", 0])}
    preset = made(graph)
    assert preset.sound and not made(film()).sound
    second = still(positive=["e", 0])["5"]
    assert made(beside(still(), second) | {"e": graph["e"]}).fields["then"].group == "prompt"


def test_what_one_node_hides_is_not_set_by_the_other() -> None:
    graph = beside(still(), still(cfg=["m", 0])["5"] | {"_meta": {"title": "Second"}})
    graph["m"] = node("SizeOf", image=["6", 0])
    found = kept(graph)
    assert "cfg" not in found and found["cfg_ksampler"] == ("KSampler.cfg",)
    assert found["steps"] == ("KSampler.steps", "Second.steps")


def test_size_and_length_are_plain_numbers_with_the_server_s_bounds() -> None:
    fields = made(film()).fields
    assert not fields.keys() & {"aspect_ratio", "resolution", "duration"}
    width = fields["width"]
    assert (width.kind, width.default, width.minimum, width.maximum, width.step) == (
        FieldKind.INTEGER,
        832,
        16,
        16384,
        8,
    )
    assert sent(film(), width=640, num_frames=33)["4"]["inputs"] | {"positive": 0, "negative": 0} == {
        "positive": 0,
        "negative": 0,
        "width": 640,
        "height": 480,
        "length": 33,
    }


def test_what_makes_no_video_has_frames_of_its_own() -> None:
    graph = film() | {"8": node("SaveImage", images=["6", 0], filename_prefix="x")}
    found = kept(graph)
    assert "num_frames" not in found and found["frames_frames"] == ("Frames.length",)
    assert kept(film())["num_frames"] == ("Frames.length",)


def test_a_size_that_is_taken_from_a_picture_is_said_where_that_is_scaled() -> None:
    graph = still() | {
        "p": node("LoadImage", image="a.png"),
        "s": node("Scale", image=["p", 0], width=640, height=480),
        "z": node("SizeOf", image=["s", 0]),
    }
    graph["4"]["inputs"] |= {"width": ["z", 0], "height": ["z", 1]}
    assert kept(graph)["width"] == ("Scale.width",)
    graph["s"] = node("Resize", image=["p", 0], kind="to size", **{"kind.width": 640, "kind.height": 480})
    assert kept(graph)["width"] == ("Resize.kind:width",)
    assert (
        sent(graph | {"p": node("LoadImage", image="a.png")}, image="a.png", width=320)["s"]["inputs"]["kind.width"]
        == 320
    )
    graph["z"]["inputs"]["image"] = ["p", 0]  # nothing says it
    assert "width" not in kept(graph)


def test_what_a_size_is_rounded_to_is_not_kept() -> None:
    graph = still() | {
        "r": node("Round", value=["m", 0], multiple=16),
        "m": node("Math", expression="a", **{"values.a": 640}),
    }
    graph["4"]["inputs"]["width"] = ["r", 0]
    found = offered(graph)
    assert not found["round_multiple"].kept
    assert any(one.kept for one in found.values() if one.into == ("Math.values:a",))


def test_a_part_of_the_noise_is_kept_and_all_of_it_offered() -> None:
    assert not offered(still())["denoise"].kept
    one = offered(still(denoise=0.5))["denoise"]
    assert (one.kept, one.kind, one.row) == (True, "number", {"minimum": 0.0, "maximum": 1.0, "step": 0.01})


def test_without_passes_that_meet_there_is_no_switch_step() -> None:
    steps = [still(start_at_step=n, end_at_step=m)["5"] for n, m in ((0, 10), (10, 20))]
    assert len(offered(beside(still(), *steps))) and "switch_step" not in kept(beside(still(), *steps))  # three passes


def test_what_only_displays_is_not_offered_and_a_choice_with_what_it_brings() -> None:
    graph = beside(still(), node("Resize", kind="to size", image=["6", 0], **{"kind.width": 64, "kind.height": 64}))
    graph["9"] = node("PreviewAny", source=["2", 0], preview="shown before")
    targets = {target for one in offered(graph).values() for target in one.into}
    assert "PreviewAny.preview" not in targets
    assert {"Resize.kind", "Resize.kind:width"} <= targets


def test_whatever_else_has_a_value_is_offered() -> None:
    one = offered(still())["emptylatentimage_batch_size"]
    assert (one.kept, one.kind, one.label) == (False, "integer", "EmptyLatentImage: batch size")


@pytest.mark.parametrize(
    ("low", "high", "step", "row"),
    [
        (0, 100, 5, {"minimum": 0, "maximum": 100, "step": 5}),
        (30, 10, 0, {}),
        (-1e12, 1e12, 0.1, {"step": 1}),
        (None, None, None, {}),
    ],
)
def test_bounds_are_the_server_s_where_the_value_lies_in_them(low: Any, high: Any, step: Any, row: Any) -> None:
    catalog = server(Odd={"input": {"required": {"x": ["INT", {"min": low, "max": high, "step": step}]}}, "output": []})
    assert offered(beside(still(), node("Odd", x=20)), catalog)["odd_x"].row == row


def test_passes_are_where_rows_of_loras_go() -> None:
    assert adopted(still()).loras == {"high": "KSampler.model"}
    graph = still()
    graph["5"] = node("Custom", noise=["n", 0], guider=["g", 0], latent_image=["4", 0])
    graph |= {"n": node("RandomNoise", noise_seed=7), "g": node("Guider", model=["1", 0], conditioning=["2", 0])}
    assert adopted(graph).loras == {"high": "Guider.model"}
    assert kept(graph)["seed"] == ("RandomNoise.noise_seed",)
