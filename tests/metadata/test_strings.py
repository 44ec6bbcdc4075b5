"""Prompts that nodes made out of other texts: what the encoder got, as far as it can be told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, graphs
from tests.metadata.graphs import Graph, node

ANSWER = "Two herons stand in shallow water at first light."
INSTRUCTION = "Write one sentence about: two herons"


def info(graph: Graph) -> GenerationInfo:
    return read_bytes(corpus.png_with({"prompt": graph}), "a.png").info


def prompt(text: Any, **nodes: Any) -> str | None:
    """The prompt of a graph whose encoder is given this."""
    graph = graphs.one_pass() | nodes
    graph["6"]["inputs"]["text"] = text
    return info(graph).prompt


LINK = ["t", 0]
OLLAMA = node("OllamaGenerate", prompt=INSTRUCTION, model="m:7b", keep_alive=60)


@pytest.mark.parametrize(
    "shown",
    [
        node("ShowText|pysssss", text=["m", 0], text_0=ANSWER),
        node("ShowText|pysssss", text=["m", 0], text2=ANSWER),
        node("easy showAnything", text=ANSWER, anything=["m", 0]),
        node("PreviewAny", source=["m", 0], preview_text=ANSWER, preview_markdown=ANSWER),
        node("Display Text (somebody)", input=["m", 0], text={"__value__": [ANSWER]}),
    ],
)
def test_the_answer_that_is_shown_and_not_the_instruction(shown: dict[str, Any]) -> None:
    assert prompt(LINK, t=shown, m=OLLAMA) == ANSWER
    # also where it only hangs beside the link to the encoder
    assert prompt(["m", 0], t=shown, m=OLLAMA) == ANSWER


@pytest.mark.parametrize(
    "model",
    [
        OLLAMA,
        node("Searge_LLM_Node", text=INSTRUCTION, model="m.gguf", max_tokens=4096),
        node("Florence2Run", text_input="", task="more_detailed_caption", image=["i", 0]),
        node("JoyCaption", image=["i", 0], prompt=INSTRUCTION),
        node("SomebodysNode", system_prompt="You are a poet.", prompt=INSTRUCTION),
    ],
)
def test_an_answer_that_nothing_shows_is_unknown(model: dict[str, Any]) -> None:
    assert prompt(["m", 0], m=model) is None
    joined = node("StringConcatenate", string_a=["m", 0], string_b="soft light", delimiter=", ")
    assert INSTRUCTION not in (prompt(["j", 0], m=model, j=joined) or "")


def test_a_line_by_chance_is_unknown_and_a_template_at_least_what_was_typed() -> None:
    assert prompt(LINK, t=node("Text Random Line", text="a heron\na gull", seed=1)) is None
    assert prompt(LINK, t=node("Text Load Line From File", file_path="x", multiline_text="a\nb", index=1)) is None
    template = node("DPRandomGenerator", text="a {heron|gull}", seed=1)
    assert prompt(LINK, t=template) == "a {heron|gull}"
    assert prompt(LINK, t=template, s=node("ShowText|pysssss", text=LINK, text_0="a gull")) == "a gull"


def test_an_answer_that_was_joined_is_whole_where_it_is_shown() -> None:
    joined = node("StringConcatenate", string_a=["m", 0], string_b="soft light", delimiter=" ")
    shown = node("ShowText|pysssss", text=["j", 0], text_0=f"{ANSWER} soft light")
    assert prompt(LINK, t=shown, j=joined, m=OLLAMA) == f"{ANSWER} soft light"
    # shown before it was joined
    early = node("ShowText|pysssss", text=["m", 0], text_0=ANSWER)
    assert prompt(["j", 0], t=early, j=joined, m=OLLAMA) == f"{ANSWER} soft light"


def test_what_was_typed_is_newer_than_what_was_shown() -> None:
    shown = node("ShowText|pysssss", text=["w", 0], text_0="of an earlier run")
    assert prompt(LINK, t=shown, w=node("PrimitiveStringMultiline", value="two herons")) == "two herons"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (node("StringReplace", string="a NAME at dusk", find="NAME", replace="heron"), "a heron at dusk"),
        (node("StringReplace", string=["w", 0], find="herons", replace=["v", 0]), "two boats"),
        (node("Text Find and Replace", text=["w", 0], find="two", replace="three"), "three herons"),
        (node("RegexReplace", string="a  heron ,, dusk", regex_pattern=r"\s*,+\s*", replace=", "), "a  heron, dusk"),
        (node("RegexReplace", string="A heron", regex_pattern="a (h)", replace=r"the \1", case_insensitive=True),
         "the heron"),
        (node("RegexReplace", string="<think>hm</think>a heron", regex_pattern="<think>.*?</think>", replace="",
              dotall=True), "a heron"),
        (node("RegexExtract", string="prompt: a heron;", regex_pattern="prompt: ([^;]*)", mode="First Group",
              group_index=1), "a heron"),
        (node("StringTrim", string="  a heron \n", mode="Both"), "a heron"),
        (node("StringSubstring", string="a heron, dusk", start=0, end=7), "a heron"),
        (node("CaseConverter", string="A Heron", mode="lowercase"), "a heron"),
        (node("StringFunction|pysssss", action="append", tidy_tags="yes", text_a="a heron,", text_b="dusk", text_c=""),
         "a heron, dusk"),
        (node("StringFunction|pysssss", action="replace", tidy_tags="no", text_a="a gull", text_b="gull",
              text_c="heron"), "a heron"),
        (node("StringFormat", f_string="{a} at {b} {c}", **{"values.a": ["w", 0], "values.b": "dusk"}),
         "two herons at dusk {c}"),
        (node("CR Combine Prompt", part1="a heron", part2=["v", 0], separator=", "), "a heron, boats"),
        (node("MultilineStringNode", multi_line_prompt="a heron"), "a heron"),
        (node("Passes On", whatever=["w", 0], mode="x"), "two herons"),
        (node("ComfySwitchNode", switch=["b", 0], on_true=["w", 0], on_false=["v", 0]), "boats"),
        (node("ImpactConditionalBranch", cond=True, tt_value=["w", 0], ff_value=["v", 0]), "two herons"),
        (node("JoinStringMulti", inputcount=2, string_1=["w", 0], string_2=["v", 0], delimiter="\\n"),
         "two herons\nboats"),
        (node("Text Input Switch", text_a=["v", 0], text_b=["w", 0], boolean=["b", 0]), "two herons"),
        (node("Text Input Switch", text_a=["w", 0], text_b=["v", 0], boolean=True), "two herons"),
        (node("CR Text Replace", text="X and Y", find1="X", replace1=["w", 0], find2="Y", replace2="boats", find3="",
              replace3=""), "two herons and boats"),
        (node("easy promptReplace", prompt="X, Y", find1="X", replace1="a", find2="Y", replace2="b"), "a, b"),
        (node("ImpactStringSelector", strings="a pier\na heron\na gull", multiline=False, select=4), "a heron"),
        (node("ImpactStringSelector", strings="#a pier\n#a heron\nat dusk\n", multiline=True, select=1),
         "a heron\nat dusk"),
        (node("easy promptLine", prompt="a pier\na heron\na gull", start_index=1, max_rows=1), "a heron"),
        (node("CustomCombo", choice="a heron", index=1, option1="a pier", option2="a heron"), "a heron"),
        # the editor writes what is linked behind what was typed
        (node("StringConcatenate", string_b="at dusk", delimiter=" ", string_a=["w", 0]), "two herons at dusk"),
        (node("Text Concatenate", delimiter=", ", text_b="dusk", text_c="", text_a=["w", 0]), "two herons, dusk"),
        (node("JoinStringMulti", string_10="dusk", string_2="at", delimiter=" ", string_1=["w", 0]),
         "two herons at dusk"),
    ],
)  # fmt: skip
def test_texts_are_worked_out(made: dict[str, Any], expected: str) -> None:
    others = {
        "w": node("PrimitiveStringMultiline", value="two herons"),
        "v": node("Text Multiline", text="boats"),
        "b": node("PrimitiveBoolean", value=False),
    }
    assert prompt(LINK, t=made, **others) == expected


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a*)*b", "a*a*a*a*a*b", "(", "[" * 400, "(a|aa)+$", "x{1,99999999}"])
def test_patterns_that_take_for_ever_are_not_tried(pattern: str) -> None:
    text = "a" * 30_000
    made = node("RegexReplace", string=text, regex_pattern=pattern, replace="b")
    start = time.thread_time()
    assert prompt(LINK, t=made) == text
    assert time.thread_time() - start < 1


def test_texts_that_double_without_end_stop() -> None:
    doubled = {str(i): node("StringConcatenate", string_a=[f"{i + 1}", 0], string_b=[f"{i + 1}", 0]) for i in range(60)}
    grown = {str(i): node("StringReplace", string=[f"{i + 1}", 0], find="a", replace="aa" * 500) for i in range(60)}
    for chain in (doubled, grown):
        chain = {f"d{key}": value for key, value in chain.items()}
        for entry in chain.values():
            for link in entry["inputs"].values():
                if isinstance(link, list):
                    link[0] = f"d{link[0]}"
        start = time.thread_time()
        prompt(["d0", 0], **chain, d60=node("Text Multiline", text="a" * 1000))
        assert time.thread_time() - start < 1


def test_a_link_with_an_odd_slot_leads_on() -> None:
    for slot in ({}, [1], None, 1.5):
        assert prompt(["w", slot], w=node("Text Multiline", text="two herons")) == "two herons"
        graph = graphs.one_pass()
        graph["3"]["inputs"]["positive"] = ["6", slot]
        assert info(graph).steps == 30


@pytest.mark.parametrize(
    "encoder",
    [
        node("ImpactWildcardEncode", model=["4", 0], clip=["4", 1], wildcard_text="a __bird__ <lora:ink:0.7>",
             populated_text="a heron <lora:ink:0.7>", mode="populate", seed=1),
        node("LoraTagLoader", model=["4", 0], clip=["4", 1], text=["w", 0]),
        node("Power Prompt (rgthree)", opt_model=["4", 0], opt_clip=["4", 1], prompt="a heron <lora:ink:0.7>"),
    ],
)  # fmt: skip
def test_loras_that_the_words_name(encoder: dict[str, Any]) -> None:
    graph = graphs.one_pass() | {"e": encoder, "w": node("Text Multiline", text="a heron <lora:ink:0.7:1>")}
    graph["3"]["inputs"]["model"] = ["e", 0]
    found = info(graph)
    assert found.loras == (UsedLora("ink", 0.7),)
    assert [model.name for model in found.models] == ["sd_xl_base_1.0.safetensors"]


def test_words_beside_a_list_of_loras_name_none() -> None:
    rows = {"__value__": [{"name": "ink", "strength": 0.7, "active": False}]}
    loader = node("Lora Loader (LoraManager)", model=["4", 0], text="<lora:ink:0.7>", loras=rows)
    graph = graphs.one_pass() | {"e": loader}
    graph["3"]["inputs"]["model"] = ["e", 0]
    assert info(graph).loras == ()


@pytest.mark.parametrize(("slot", "expected"), [(0, "a pier"), (1, "a heron"), (3, None), (9, None)])
def test_a_node_that_holds_a_text_for_each_output(slot: int, expected: str | None) -> None:
    held = node("Text String", text="a pier", text_b="a heron", text_c="", text_d="")
    assert (prompt(["t", slot], t=held) or None) == expected


def test_a_picture_that_was_made_elsewhere() -> None:
    graph = {
        "1": node("SomeTextToVideoNode", prompt=["2", 0], negative_prompt="fog", model="video-9", seed=7, mode="pro"),
        "2": node("PrimitiveStringMultiline", value="a heron"),
        "3": node("SaveVideo", video=["1", 0], filename_prefix="a"),
    }
    found = info(graph)
    assert (found.prompt, found.negative_prompt, found.seed) == ("a heron", "fog", 7)
    assert [model.name for model in found.models] == ["video-9"]
