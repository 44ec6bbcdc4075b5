"""What is found in a workflow of the user's own, rule by rule: under which names, and up to which edges."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.adopt import adopt
from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.field import FieldKind

from .samples import SHIPPED, shipped
from .test_adopt import Graph, beside, found, made, node, still, workflow


def saver() -> Graph:
    """All that makes a workflow one."""
    return {"6": node("SaveImage", filename_prefix="x", images=["5", 0])}


def others(graph: Graph) -> dict[str, Any]:
    """What is offered beside the settings that the product knows: target -> value."""
    return {e.into[0]: e.value for e in adopt(graph).exposures if e.kind}


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("seed", "seed", 5),
        ("seed", "noise_seed", 2**63 + 5),
        ("steps", "steps", 7),
        ("cfg", "cfg", 2.5),
        ("guidance", "guidance", 3),
        ("sampler", "sampler_name", "euler"),
        ("scheduler", "scheduler", "simple"),
        ("shift", "shift", 8.0),
        ("filename", "filename_prefix", "x/y"),
    ],
)
def test_a_setting_is_known_by_the_names_of_its_inputs(key: str, name: str, value: object) -> None:
    graph = beside(saver(), node("Some", "Any node", **{name: value}))
    assert found(adopt(graph))[key][-1] == f"Any node.{name}"


@pytest.mark.parametrize(("key", "name", "other"), [("steps", "steps", 7), ("sampler", "sampler_name", "heun")])
def test_nodes_of_one_value_share_a_setting_and_others_have_their_own(key: str, name: str, other: object) -> None:
    graph = beside(still(), still()["4"] | {"_meta": {"title": "Second"}}, node("Some", "Third", **{name: other}))
    kept = {e.key: (e.label, e.into, e.value) for e in adopt(graph).exposures if e.kept}
    label = {"steps": "Steps", "sampler": "Sampler"}[key]
    assert kept[key] == (label, (f"KSampler.{name}", f"Second.{name}"), still()["4"]["inputs"][name])
    assert kept[f"{key}_third"] == (f"{label} – Third", (f"Third.{name}",), other)
    fields = made(adopt(graph)).fields
    assert fields[key].keeps and fields[f"{key}_third"].keeps and fields[f"{key}_third"].default == other


@pytest.mark.parametrize("name", ["fps", "frame_rate"])
def test_a_rate_makes_it_a_video(name: str) -> None:
    graph = still()
    graph["6"] = node("SaveSomething", images=["5", 0], filename_prefix="x", **{name: 24})
    adoption = adopt(graph)
    assert [tool.id for tool in adoption.tools] == ["text-to-video"]
    assert found(adoption)["fps"] == (f"SaveSomething.{name}",)


@pytest.mark.parametrize("name", ["SaveVideo", "SaveWEBM", "SaveAnimatedWEBP", "SaveAnimatedPNG", "VHS_VideoCombine"])
def test_what_saves_a_video_makes_one(name: str) -> None:
    graph = still()
    graph["6"] = node(name, images=["5", 0], filename_prefix="x")
    assert [tool.id for tool in adopt(graph).tools] == ["text-to-video"]


@pytest.mark.parametrize("name", ["text", "prompt", "positive_prompt", "value", "string"])
def test_a_prompt_is_the_text_of_any_node_that_has_one(name: str) -> None:
    graph = still()
    graph["2"] = node("Words", **{name: "a lake"})
    assert found(adopt(graph))["prompt"] == (f"Words.{name}",)


@pytest.mark.parametrize("name", ["conditioning", "conditioning_to", "any_01", "input", "text", "prompt"])
def test_and_is_looked_for_through_inputs_that_lead_to_one(name: str) -> None:
    graph = still()
    graph["7"] = node("Between", other=["1", 0], **{name: ["2", 0]})
    graph["4"]["inputs"]["positive"] = ["7", 0]
    assert found(adopt(graph))["prompt"] == ("CLIPTextEncode.text",)


@pytest.mark.parametrize("name", ["string_a", "text", "anything"])
def test_and_through_texts_that_it_is_made_of(name: str) -> None:
    graph = still()
    graph["7"] = node("Joined", **{name: ["8", 0], "value": ["8", 0]})
    graph["8"] = node("Words", value="a lake")
    graph["2"]["inputs"]["text"] = ["7", 0]
    assert found(adopt(graph))["prompt"] == ("Words.value",)


@pytest.mark.parametrize(
    ("class_type", "name", "folder", "key", "label"),
    [
        ("Any", "unet_name", "diffusion_models", "unet_high_noise", "Model"),
        ("Any", "ckpt_name", "checkpoints", "checkpoint", None),
        ("Any", "vae_name", "vae", "vae", None),
        ("Any", "clip_name", "text_encoders", "text_encoder", None),
        ("Any", "clip_name1", "text_encoders", "any_clip_name1", "Any: clip name1"),
        ("Any", "lora_name", "loras", "any_lora_name", "Any: lora name"),
        ("Any", "control_net_name", "controlnet", "any_control_net_name", "Any: control net name"),
        ("CLIPVisionLoader", "clip_name", "clip_vision", "clipvisionloader_clip_name", "CLIPVisionLoader: clip name"),
        ("Any", "whatever", "models", "any_whatever", "Any: whatever"),
    ],
)
def test_a_model_lies_in_the_folder_of_its_kind(
    class_type: str, name: str, folder: str, key: str, label: str | None
) -> None:
    adoption = adopt(beside(saver(), node(class_type, **{name: "sub\\[a].safetensors"})))
    (row,) = adoption.models
    wanted = {"into": [f"{class_type}.{name}"], "folder": folder, "file": "[a].safetensors", "key": key}
    prefer = {"prefer": ["sub/[[]a].safetensors", "[[]a].safetensors"]}
    assert row == wanted | prefer | ({"label": label} if label else {})
    assert f"{class_type}.{name}" not in {t for e in adoption.exposures for t in e.into}  # chosen among models
    assert made(adoption).fields[key].kind is FieldKind.MODEL


@pytest.mark.parametrize(("length", "is_model"), [(251, True), (252, False), (0, False)])
def test_a_model_has_the_name_of_a_file(length: int, is_model: bool) -> None:
    name = f"{'x' * length}.pth" if length else ""
    assert len(adopt(beside(saver(), node("Any", ckpt_name=name))).models) == is_model
    assert adopt(beside(saver(), node("Any", ckpt_name=f"\0{name}"))).models == (), "no file is called so"


def test_a_setting_that_no_fitting_tool_has_is_offered_as_the_node_s_own() -> None:
    graph = still()
    graph["3"]["inputs"]["length"] = 5
    assert "num_frames" not in {e.key for e in adopt(graph).exposures}
    assert others(graph)["EmptyLatentImage.length"] == 5


def test_nothing_is_offered_twice() -> None:
    targets = [target for e in adopt(workflow()).exposures for target in e.into]
    assert len(targets) == len(set(targets))


@pytest.mark.parametrize(
    ("name", "is_offered"),
    [("x", True), ("x" * 100, True), ("x" * 101, False), ("", False), ("a.b", True)],
)
def test_an_input_is_offered_if_it_can_be_named(name: str, is_offered: bool) -> None:
    graph = beside(still(), node("Odd", **{name: 1}))
    assert (f"Odd.{name.replace('.', ':')}" in others(graph)) is is_offered


@pytest.mark.parametrize(
    ("value", "is_offered"),
    [
        *((2**63 - 1, True), (2**63, False), (1 - 2**63, True), (-(2**63), False)),
        *(("x" * 20_000, True), ("x" * 20_001, False), ("a\0b", False), (["1", 0], False), (None, False)),
    ],
)
def test_a_value_is_offered_if_a_table_can_hold_it(value: object, is_offered: bool) -> None:
    assert ("Odd.x" in others(beside(still(), node("Odd", x=value)))) is is_offered


def test_what_cannot_be_shown_in_a_form_is_left_out() -> None:
    many = [node("Odd", f"Node {n}", x=1) for n in range(600)]
    assert sum(target.endswith(".x") for target in others(beside(saver(), *many))) == 500


def test_so_many_settings_are_suggested() -> None:
    adoption = adopt(beside(saver(), *(node("Some", f"Node {n}", steps=n + 1) for n in range(300))))
    steps = [e for e in adoption.exposures if e.into[0].endswith(".steps")]
    assert (len(steps), sum(e.kept for e in steps)) == (300, 200)


@pytest.mark.parametrize("count", [300, 301])
def test_so_many_models_are_taken(count: int) -> None:
    graph = beside(saver(), *(node("VAELoader", vae_name=f"{n}.pt") for n in range(count)))
    if count == 300:
        assert len(adopt(graph).models) == 300
    else:
        with pytest.raises(InvalidPreset, match="loads 301 models; at most 300 are taken"):
            adopt(graph)


def test_the_length_of_a_sound_goes_with_that_of_the_pictures() -> None:
    sound = node("EmptyLatentAudio", frames_number=81, frame_rate=16, batch_size=1)
    kept = found(adopt(beside(workflow(), sound)))
    assert kept["num_frames"] == ("WanImageToVideo.length", "EmptyLatentAudio.frames_number")
    assert kept["fps"] == ("CreateVideo.fps", "EmptyLatentAudio.frame_rate")


def test_a_wrapper_s_models_are_known_by_their_loaders() -> None:
    wrapped = [node("WanVideoModelLoader", model=f"Wan\\2_2\\x_{side}.safetensors") for side in ("HIGH", "LOW")]
    rows = adopt(beside(saver(), *wrapped)).models
    assert [(row["key"], row["folder"], row["file"]) for row in rows] == [
        ("unet_high_noise", "diffusion_models", "x_HIGH.safetensors"),
        ("unet_low_noise", "diffusion_models", "x_LOW.safetensors"),
    ]


@pytest.mark.parametrize(("count", "is_known"), [(81, True), (80, True), (1, True), (0, False), (10_001, False)])
def test_any_number_of_frames_is_kept(count: int, is_known: bool) -> None:
    graph = workflow()
    graph["10"]["inputs"]["length"] = count
    assert ("num_frames" in found(adopt(graph))) is is_known


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("seed", "seed", -1),
        ("seed", "seed", 5.0),
        ("sampler", "sampler_name", ""),
        ("sampler", "sampler_name", "x" * 101),
        ("sampler", "sampler_name", "a\0b"),
        ("sampler", "sampler_name", 3),
        ("steps", "steps", 2.5),
        ("steps", "steps", "many"),
        ("cfg", "cfg", True),
        ("cfg", "cfg", 2.0**63),
        ("filename", "filename_prefix", 3),
    ],
)
def test_a_value_that_a_setting_cannot_have_is_none(key: str, name: str, value: object) -> None:
    graph = beside(saver(), node("Some", "Any node", **{name: value}))
    assert f"Any node.{name}" not in found(adopt(graph)).get(key, ())


@pytest.mark.parametrize(("name", "value"), [("seed", 0), ("seed", 2**64 - 1), ("sampler_name", "x" * 100)])
def test_and_up_to_its_edges_it_is_one(name: str, value: object) -> None:
    graph = beside(saver(), node("Some", "Any node", **{name: value}))
    assert any(f"Any node.{name}" in targets for targets in found(adopt(graph)).values())


@pytest.mark.parametrize(("first", "second", "is_switch"), [(10, 10, True), (10, 9, False), (0, 0, False)])
def test_two_passes_that_meet_have_a_switch_step(first: int, second: int, is_switch: bool) -> None:
    graph = workflow()
    graph["13"]["inputs"]["end_at_step"], graph["12"]["inputs"]["start_at_step"] = first, second
    graph["13"]["inputs"]["start_at_step"] = -1  # which is the first pass is told by where they start
    assert ("switch_step" in found(adopt(graph))) is is_switch
    del graph["13"]
    graph["12"]["inputs"]["latent_image"] = ["10", 2]
    assert "switch_step" not in found(adopt(graph))
    assert adopt(graph).loras == {"high": "KSamplerAdvanced.model"}


def test_a_step_of_no_number_has_nothing_to_switch() -> None:
    graph = workflow()
    for sampler in ("12", "13"):
        graph[sampler]["inputs"]["steps"] = ["5", 0]
    assert "switch_step" not in found(adopt(graph))


def test_a_start_picture_is_what_starts_a_clip_and_else_the_first() -> None:
    graph = workflow()
    assert found(adopt(graph))["image"] == ("Start.picture.image",)
    graph["10"]["inputs"]["reference"] = ["8", 0]
    kept = found(adopt(graph))
    assert (kept["image"], kept["other_picture"]) == (("Start.picture.image",), ("Other picture.image",))
    del graph["10"]["inputs"]["start_image"]
    assert found(adopt(graph))["image"] == ("Other picture.image",)
    assert adopt(graph).clips == {}  # nothing says that a clip starts with it


def test_settings_of_one_name_are_numbered() -> None:
    graph = beside(still(), *(node("Blend", title, x=1) for title in ("A b", "A_b", "A-b")))
    keys = [e.key for e in adopt(graph).exposures if e.kind and e.key.startswith("a_b")]
    assert keys == ["a_b_x", "a_b_x_2", "a_b_x_3"]


def test_a_flag_of_a_switch_may_be_called_otherwise() -> None:
    graph = workflow() | {
        "20": node("Words", "Typed", value="a boat"),
        "21": node("Words", "Other", value="a pier"),
        "23": node("Switch", boolean=True, on_false=["20", 0], on_true=["21", 0]),
    }
    graph["6"]["inputs"]["text"] = ["23", 0]
    assert found(adopt(graph))["prompt"] == ("Other.value",)
    del graph["23"]["inputs"]["on_true"]
    graph["23"]["inputs"]["boolean"] = "who knows"
    assert found(adopt(graph))["prompt"] == ("Typed.value",)


def test_a_workflow_without_a_sampler_has_no_place_for_loras() -> None:
    graph = {"1": node("LoadImage", image="a.png"), "2": node("SaveImage", images=["1", 0], filename_prefix="x")}
    preset = made(adopt(graph))
    assert (preset.tool.id, preset.loras, preset.clips) == ("upscaler", None, None)  # nothing is said to it


@pytest.mark.parametrize("name", ["vae_name", "unet_name", "ckpt_name"])
@pytest.mark.parametrize("value", [["5", 0], 3, None, True])
def test_a_model_that_is_named_elsewhere_is_none_of_the_node_s(name: str, value: object) -> None:
    assert adopt(beside(saver(), node("Loader", **{name: value}))).models == ()


def table(graph: Graph, *kept: str) -> dict[str, Any]:
    """The fields of a preset with these settings."""
    adoption = adopt(graph)
    fields: dict[str, Any] = preset_table(adoption, "Mine", [e for e in adoption.exposures if e.key in kept])["fields"]
    return fields


@pytest.mark.parametrize(
    ("name", "value", "row"),
    [
        ("steps", 1, {}),
        ("steps", 40, {}),
        ("steps", 41, {"maximum": 41}),
        ("cfg", 1, {}),
        ("cfg", 0.9, {"minimum": 0.9}),
        ("cfg", 10.5, {"maximum": 10.5}),
        ("fps", 24, {}),
        ("fps", 25, {"choices": ["8", "12", "16", "24", "25"]}),
        ("sampler_name", "of_a_pack", {}),  # lists that servers extend need no more room
    ],
)
def test_a_value_beyond_our_bounds_widens_them(name: str, value: object, row: dict[str, Any]) -> None:
    graph: Graph = {"1": node("Any", "Any", **{name: value}), "6": node("SaveVideo", filename_prefix="x", any=["1", 0])}
    key = {"sampler_name": "sampler"}.get(name, name)
    assert table(graph, key)[key] == {"into": [f"Any.{name}"], "keeps": True} | row


def test_what_every_preset_of_one_s_own_says() -> None:
    found = preset_table(adopt(workflow()), "Mine", ())
    assert (found["name"], found["description"], found["adopted"]) == ("Mine", "A workflow of your own.", True)
    assert max(shipped(name).order for name in SHIPPED if not shipped(name).sketch) < found["order"]
    models = {model["key"] for model in found["models"]}
    assert found["fields"].keys() - models == {"filename"}, "what it cannot do without is there whatever is wished"
    assert "clips" not in found and "size" not in found
    picture = table(workflow(), "image")["image"]
    assert picture == {"into": ["Start.picture.image"], "needed": True, "label": "Start.picture"}, "it is no default"


@pytest.mark.parametrize(("title", "label"), [("input", "Picture"), ("Load face", "Face"), ("my cat", "My cat")])
def test_a_picture_is_called_as_its_node_is_but_not_what_all_are(title: str, label: str) -> None:
    graph = {
        "4": node("LoadImage", title, image="x.png"),
        "5": node("ImageScaleBy", image=["4", 0], upscale_method="lanczos", scale_by=2.0),
        **saver(),
    }
    assert next(e.label for e in adopt(graph).exposures if e.key == "image") == label
