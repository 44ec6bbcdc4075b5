"""Nodes of well-known packs, each with the inputs that it has there."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, graphs
from tests.metadata.graphs import Graph, node


def info(graph: Graph, **others: Any) -> GenerationInfo:
    return read_bytes(corpus.png_with({"prompt": graph, **others}), "a.png").info


def test_a_resolved_template_is_the_prompt_alone() -> None:
    graph = graphs.one_pass()
    template = {"wildcard_text": "a {cat|dog} by {a|b}", "mode": "populate", "seed": 4}
    graph["6"]["inputs"]["text"] = ["w", 0]
    graph["w"] = node("ImpactWildcardProcessor", **template, populated_text="a dog by b")
    assert info(graph).prompt == "a dog by b"
    graph["w"] = node("ImpactWildcardProcessor", **template, populated_text="")
    assert info(graph).prompt == "a {cat|dog} by {a|b}"


def test_an_encoder_that_resolves_its_template() -> None:
    graph = graphs.one_pass()
    graph["6"] = node("ImpactWildcardEncode", model=["4", 0], clip=["4", 1], wildcard_text="{a|b} pier",
                      populated_text="b pier", mode="populate", seed=1)  # fmt: skip
    graph["3"]["inputs"] |= {"model": ["6", 0], "positive": ["6", 2]}
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == ("b pier", "worst quality, ugly")
    assert [model.name for model in found.models] == ["sd_xl_base_1.0.safetensors"]


@pytest.mark.parametrize("empty", ["None", "none", "NONE", "", " "])
def test_an_empty_choice_is_no_lora(empty: str) -> None:
    graph = graphs.one_pass()
    row = {"lora": empty, "strength": 1.0}
    graph |= {
        "a": node("LoraLoaderModelOnly", lora_name=empty, strength_model=1.0, model=["b", 0]),
        "b": node("Power Lora Loader (rgthree)", lora_1=row, lora_2={**row, "lora": "pier.safetensors"}, model=["c", 0]),
        "c": node("WanVideoLoraSelectMulti", lora_0="sea.safetensors", strength_0=0.5, lora_1=empty, strength_1=1.0,
                  prev_lora=["d", 0]),
        "d": node("UNETLoader", unet_name="wan.safetensors"),
    }  # fmt: skip
    graph["3"]["inputs"]["model"] = ["a", 0]
    assert info(graph).loras == (UsedLora("sea.safetensors", 0.5), UsedLora("pier.safetensors", 1.0))


def test_a_lora_applied_twice_is_listed_twice() -> None:
    graph = graphs.one_pass()
    rows = {f"lora_{at}": {"on": True, "lora": "sea.safetensors", "strength": 0.5} for at in (1, 2)}
    graph |= {
        "a": node("LoraLoaderModelOnly", lora_name="sea.safetensors", strength_model=0.5, model=["b", 0]),
        "b": node("Power Lora Loader (rgthree)", **rows, model=["4", 0]),
    }
    graph["3"]["inputs"]["model"] = ["a", 0]
    assert info(graph).loras == 3 * (UsedLora("sea.safetensors", 0.5),)


def test_one_lora_node_behind_two_samplers_applies_its_lora_once() -> None:
    graph = graphs.one_pass()
    graph["a"] = node("LoraLoaderModelOnly", lora_name="sea.safetensors", strength_model=0.5, model=["4", 0])
    graph["3"]["inputs"]["model"] = ["a", 0]
    graph["up"] = node("LatentUpscaleBy", samples=["3", 0], scale_by=1.5)
    graph["30"] = node("KSampler", **{**graph["3"]["inputs"], "latent_image": ["up", 0], "denoise": 0.5})
    graph["8"]["inputs"]["samples"] = ["30", 0]
    assert info(graph).loras == (UsedLora("sea.safetensors", 0.5),)
