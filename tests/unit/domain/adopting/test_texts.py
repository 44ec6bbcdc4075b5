"""Which texts of a workflow are prompts, and of which side."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.adopting.texts import negatives, positives

from .served import Graph, beside, kept, node, offered, still, surface


def texts(graph: Graph) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    found = surface(graph)
    return tuple([(spot.node, spot.input) for spot in side(found)] for side in (positives, negatives))  # type: ignore[return-value]


def through(*nodes: dict[str, Any]) -> Graph:
    """The prompt's text is linked to the first of these, which are called a, b, c…"""
    graph = still() | {"abcdefgh"[number]: row for number, row in enumerate(nodes)}
    graph["2"]["inputs"]["text"] = ["a", 0]
    return graph


def test_each_side_has_its_own() -> None:
    assert texts(still()) == ([("2", "text")], [("3", "text")])
    assert kept(still())["negative_prompt"] == ("Not this.text",)


def test_one_text_for_both_sides_is_the_prompt() -> None:
    assert texts(still(negative=["2", 0])) == ([("2", "text")], [])


def test_an_encoder_of_both_sides() -> None:
    graph = still(positive=["2", 0], negative=["2", 1])
    graph["2"] = node("BothTexts", prompt="a lake", negative_prompt="blurry", clip=["1", 1])
    assert texts(graph) == ([("2", "prompt")], [("2", "negative_prompt")])


def test_a_conditioning_of_nothing_has_no_text() -> None:
    graph = still(negative=["z", 0]) | {"z": node("ConditioningZeroOut", conditioning=["2", 0])}
    assert texts(graph) == ([("2", "text")], [])


def test_a_conditioning_is_followed_through_what_changes_it() -> None:
    graph = still(positive=["g", 0], negative=["v", 0])
    graph["g"] = node("FluxGuidance", conditioning=["2", 0], guidance=3.5)
    graph["v"] = node("Between", value=["3", 0], vae=["1", 2])
    assert texts(graph) == ([("2", "text")], [("3", "text")])
    del graph["2"]
    assert texts(graph)[0] == []


def test_the_one_side_of_a_guider_is_the_positive() -> None:
    graph = still()
    graph["g"] = node("Guider", model=["1", 0], conditioning=["2", 0])
    graph["5"] = node("Custom", noise=["n", 0], guider=["g", 0], latent_image=["4", 0])
    graph["n"] = node("RandomNoise", noise_seed=5)
    assert texts(graph) == ([("2", "text")], [])


def test_texts_that_a_sampler_is_given_itself() -> None:
    graph = {
        "1": node("AnySampler", positive_prompt="a lake", text_negative="blurry", negative=["2", 0]),
        "2": node("Unknown", text="a text"),
        "3": node("SaveImage", images=["1", 0], filename_prefix="x"),
    }
    assert texts(graph) == ([("1", "positive_prompt")], [("2", "text"), ("1", "text_negative")])


def test_a_prompt_behind_strings_and_switches() -> None:
    graph = through(
        node("ComfySwitchNode", switch=False, on_true=["b", 0], on_false=["c", 0]),
        node("TextGenerate", clip=["1", 1], prompt=["c", 0], system_prompt="You write prompts."),
        node("StringConcatenate", string_a=["d", 0], string_b=", in oil", delimiter=" "),
        node("Words", value="a lake"),
    )
    assert texts(graph)[0] == [("d", "value"), ("c", "string_b")]
    assert kept(graph)["prompt"] == ("Words.value",)


def test_what_directs_a_language_model_is_offered_and_not_kept() -> None:
    told = node("TextGenerate", clip=["1", 1], prompt="a lake", system_prompt="You write prompts.")
    assert kept(through(told))["prompt"] == ("TextGenerate.prompt",)
    more = offered(
        through(
            node("StringConcatenate", string_a=["b", 0], string_b=["c", 0], delimiter=""),
            node("Words", value="a lake"),
            node("Words", "Instructions", value="Be brief."),
        )
    )
    assert more["prompt"].value == "a lake"
    assert (more["instructions"].kept, more["instructions"].kind) == (False, "text")


def test_a_form_that_others_are_put_into_is_not_the_prompt() -> None:
    graph = through(node("StringReplace", string="a %s", find="%s", replace=["b", 0]), node("Words", value="a lake"))
    found = offered(graph)
    assert found["prompt"].into == ("Words.value",)
    (form,) = (one for one in found.values() if one.into == ("StringReplace.string",))
    assert (form.kept, form.label) == (False, "String")
    assert not any(one.kept for one in found.values() if one.into[0] == "StringReplace.find")


def test_an_empty_text_is_seldom_the_prompt() -> None:
    graph = through(
        node("StringConcatenate", string_a=["b", 0], string_b=["c", 0], delimiter=""),
        node("Words", value=""),
        node("Words", value="a lake"),
    )
    assert texts(graph)[0] == [("c", "value"), ("b", "value")]
    graph["b"] = node("Words", "My prompt", value="Be brief")
    assert texts(graph)[0] == [("b", "value"), ("c", "value")]


def test_several_prompts_are_several_fields() -> None:
    graph = beside(still(), still()["5"] | {"_meta": {"title": "Second"}})
    graph["beside0"]["inputs"] |= {"positive": ["b", 0]}
    graph["b"] = node("CLIPTextEncode", "What comes then", text="a boat", clip=["1", 1])
    found = offered(graph)
    assert found["prompt"].into == ("CLIPTextEncode.text",)
    assert found["what_comes_then"].into == ("What comes then.text",)
    assert (found["what_comes_then"].kind, found["what_comes_then"].kept) == ("text", True)
    graph["b"]["inputs"]["text"] = "a lake"  # what says the same is one
    assert kept(graph)["prompt"] == ("CLIPTextEncode.text", "What comes then.text")


def test_there_are_so_many_prompts_at_most() -> None:
    graph = still()
    for number in range(20):
        graph[f"e{number}"] = node("CLIPTextEncode", f"Text {number}", text=f"a {number}", clip=["1", 1])
        graph |= beside(graph, still(positive=[f"e{number}", 0])["5"] | {"_meta": {"title": f"S {number}"}})
        graph[f"s{number}"] = graph.pop("beside0")
        graph["7"]["inputs"][f"s{number}"] = [f"s{number}", 0]
    assert sum((one.kept and one.kind == "text") or key == "prompt" for key, one in offered(graph).items()) == 12


def test_of_what_samples_nothing_the_prompt_is_what_it_is_told() -> None:
    graph = {
        "1": node("CheckpointLoaderSimple", ckpt_name="any.safetensors"),
        "2": node("TextGenerate", clip=["1", 1], prompt="Describe a lake.", system_prompt="Be brief."),
        "3": node("SaveText", text=["2", 0], filename_prefix="x"),
    }
    assert texts(graph) == ([("2", "prompt")], [])


@pytest.mark.parametrize("name", ["delimiter", "find", "system_prompt", "filename_prefix"])
def test_what_directs_a_node_is_no_prompt(name: str) -> None:
    graph = still()
    graph["2"] = node("Unknown", **{name: "words"})
    assert texts(graph)[0] == []
