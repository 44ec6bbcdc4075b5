"""The presets for pictures that others leave something to: which is taken, what goes out of its graph, what size."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.plan import Plan, choose, plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.samples import SHIPPED, build, by_title, settle, shipped
from tests.unit.node_table import EVERYTHING, without


def of(tool: str) -> list[Preset]:
    """As the page offers them."""
    presets = [shipped(name) for name in SHIPPED if name.startswith(f"{tool}.")]
    return sorted((preset for preset in presets if not preset.sketch), key=lambda preset: preset.order)


def chosen(tool: str, values: dict[str, Any], catalog: Any = EVERYTHING) -> str:
    found = choose(TOOLS[tool], of(tool), values, catalog)
    assert isinstance(found, Preset)
    return found.short_id


def test_the_order_of_preference() -> None:
    assert [preset.short_id for preset in of("text-to-image")] == [
        "z-image-turbo",
        "krea2-turbo",
        "qwen-image-21",
        "flux2-klein-4b",
        "sdxl",
        "flux-dev",
        "wan22-14b",
    ]


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        ({"image": "a.png"}, "qwen-image-21"),
        ({"image": "a.png", "images": ["b.png"]}, "qwen-image-21"),
        ({"image": "a.png", "mask": "m.png"}, "flux-fill"),
    ],
)
def test_a_mask_is_for_the_preset_that_takes_one(values: dict[str, Any], taken: str) -> None:
    assert chosen("image-to-image", values) == taken


def test_a_server_without_the_newest_nodes_takes_the_next() -> None:
    assert chosen("image-to-image", {"image": "a.png"}, without("TextEncodeQwenImage21")) == "flux2-klein-4b"
    assert chosen("text-to-image", {}, without("ModelSamplingAuraFlow")) == "krea2-turbo"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_klein_sees_as_many_pictures_as_are_given(count: int) -> None:
    more = {"images": ["b.png", "c.png"][:count]} if count else {}
    graph = build("image-to-image.flux2-klein-4b", more)
    guide = by_title(graph, "Guide")
    for side, start in (("positive", "Positive prompt"), ("negative", "Nothing to avoid")):
        seen, link = [], guide[side]
        while graph[link[0]]["class_type"] == "ReferenceLatent":
            node = graph[link[0]]["inputs"]
            encoded = graph[node["latent"][0]]["inputs"]["pixels"][0]
            seen.append(edits.title_of(graph, encoded))
            link = node["conditioning"]
        assert edits.title_of(graph, link[0]) == start
        assert seen[::-1] == ["Fit picture", "Fit second picture", "Fit third picture"][: count + 1]
    assert sum(node["class_type"] == "LoadImage" for node in graph.values()) == count + 1


@pytest.mark.parametrize(("size", "made"), [((848, 480), (848, 480)), ((6000, 4000), (1536, 1024))])
def test_a_strength_leaves_the_size_of_a_picture_unless_it_is_huge(
    size: tuple[int, int], made: tuple[int, int]
) -> None:
    request = settle("image-to-image.sdxl", {"strength": 0.35}, picture=size)
    assert (request.width, request.height) == made
    graph = shipped("image-to-image.sdxl").graph(request, files={}, prefix="p", catalog=EVERYTHING)
    assert by_title(graph, "Sampler")["denoise"] == 0.35


def test_a_face_is_needed_and_what_to_do_with_it_is_said_already() -> None:
    preset, picture = shipped("face-swap.qwen-image-21"), (Given("a.png", "picture", 800, 600),)
    found = plan(preset.tool, (preset,), {"image": "a.png"}, {"image": picture}, EVERYTHING)
    assert isinstance(found, Obstacle) and found.field == "face"
    both = {"image": "a.png", "face": "b.png"}
    done = plan(preset.tool, (preset,), both, {"image": picture, "face": picture}, EVERYTHING)
    assert isinstance(done, Plan) and "second picture" in str(done.request.values["prompt"])
    prompts = by_title(build("face-swap.qwen-image-21"), "Prompts")
    assert prompts["prompt"] == done.request.values["prompt"]
    assert {"images.image_1", "images.image_2"} <= prompts.keys()


@pytest.mark.parametrize("name", ["reframe.flux-fill", "reframe.qwen-image"])
def test_margins_are_painted_where_the_picture_is_not(name: str) -> None:
    preset = shipped(name)
    facts = {"image": (Given("a.png", "picture", 640, 480),)}
    values = {"image": "a.png", "aspect_ratio": "16:9", "place": {"x": 0, "y": 0.5}}
    found = plan(preset.tool, (preset,), values, facts, EVERYTHING)
    assert isinstance(found, Plan) and (found.request.width, found.request.height) == (864, 480)
    graph = preset.graph(found.request.with_seed(1), files={"image": []}, prefix="p", catalog=EVERYTHING)
    margins, inner = by_title(graph, "Margins"), by_title(graph, "Fit picture")
    assert [margins[side] for side in ("left", "top", "right", "bottom")] == [0, 0, 224, 0]
    assert (inner["width"], inner["height"]) == (640, 480)
    same = plan(preset.tool, (preset,), values | {"aspect_ratio": "4:3"}, facts, EVERYTHING)
    assert isinstance(same, Obstacle) and same.code == "no_margin"


@pytest.mark.parametrize(
    ("preset", "place", "others", "taken"),
    [
        ("text-to-image.qwen-image-21", 0, ["qwen_image_2.1_turbo_int8_convrot.safetensors"], None),
        ("text-to-image.qwen-image-21", 0, ["qwen_image_2.1_bf16.safetensors"], "qwen_image_2.1_bf16.safetensors"),
        ("text-to-image.z-image-turbo", 0, ["z_image_bf16.safetensors", "z_image_turbo_int8.safetensors"], 1),
        ("text-to-image.z-image-turbo", 1, ["flux2-vae.safetensors", "qwen_image_vae.safetensors"], None),
        ("text-to-image.z-image-turbo", 2, ["qwen3vl_4b_fp8.safetensors", "qwen_3_4b_fp8_mixed.safetensors"], 1),
        ("text-to-image.krea2-turbo", 1, ["qwen_image_2.1_vae_bf16.safetensors"], None),
        ("text-to-image.flux2-klein-4b", 0, ["flux-2-klein-base-4b.safetensors", "flux-2-klein-9b.safetensors"], None),
        ("image-to-image.qwen-edit-2511", 0, ["qwen_image_edit_2509_fp8.safetensors"], None),
        ("image-to-image.flux-fill", 0, ["flux1-dev.safetensors", "flux1-fill-dev-fp8.safetensors"], 1),
        ("reframe.qwen-image", 0, ["qwen_image_edit_fp8.safetensors", "qwen_image_2512_fp8.safetensors"], None),
        ("upscaler.seedvr2-7b", 0, ["seedvr2_3b_int8_convrot.safetensors"], None),
    ],
)
def test_weights_for_another_task_do_not_stand_in(
    preset: str, place: int, others: list[str], taken: str | int | None
) -> None:
    model = shipped(preset).models[place]
    expected = others[taken] if isinstance(taken, int) else taken
    assert model.best(tuple(others)) == expected
    assert model.best((*others, model.file)) == model.file
