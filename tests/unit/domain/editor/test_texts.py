"""Dynamic prompts: what an editor makes of braces and comments before it sends a text."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.editor.widgets import settled_text

from .drawing import Drawing, inputs_of


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("a lake", "a lake"),
        ("a {red|green|blue} boat", "a red boat"),
        ("a {red {light|dark}|green} boat", "a red light boat"),
        ("{ {a|b} | c }", " a "),
        ("{only}", "only"),
        ("{}", "{}"),
        ("a {} b", "a  b"),
        ("{|a}", ""),
        ("a | b", "a | b"),
        ("a } b", "a } b"),
        ("an open {brace|other", "an open brace"),
        (r"\{as it is\} \| {\{|b}", "{as it is} | {"),
        (r"\\{a|b}", r"\\a"),
        (r"a \n b", r"a \n b"),
        ("ends with \\", "ends with \\"),
        ("a lake // by night\r\nwith boats", "a lake \r\nwith boats"),
        ("a /* small\n */lake", "a lake"),
        ("/* a */ b /* c", " b /* c"),
        ("a */ /*/ b", "a */ /*/ b"),
        ("/*/ a */b/", "b/"),
        ("// a */ b /* c\nd", "\nd"),
        ("http://a.b", "http:"),
        ('{"a": [1, 2], "b": "x|y"}', '{"a": [1, 2], "b": "x|y"}'),
        ('["{a|b}"]', '["{a|b}"]'),
        ('"{a|b}"', '"a"'),
        ("{a: 1}", "a: 1"),
    ],
)
def test_the_first_of_each_choice_is_taken(text: str, settled: str) -> None:
    assert settled_text(text) == settled


@pytest.mark.parametrize("text", ["{" * 99_999, "/*" * 49_999, "[" * 99_999 + "{", "{a|b}" * 19_999, "\\" * 99_999])
def test_and_of_long_texts_soon(text: str) -> None:
    assert len(settled_text(text)) <= len(text)


def test_a_text_of_that_length_is_data() -> None:
    assert settled_text("{a|b}" * 20_000) == "a" * 20_000
    assert settled_text("{a|b}" * 20_000 + "c") == "{a|b}" * 20_000 + "c"


def test_only_texts_that_are_dynamic_are_settled() -> None:
    draw = Drawing()
    encode, words = draw.add("Encode", "a {red|green} boat"), draw.add("Words", "a {red|green} boat")
    assert inputs_of(draw.saved(), encode)["text"] == "a red boat"
    assert inputs_of(draw.saved(), words)["text"] == "a {red|green} boat"
    number = draw.add("Encode", 5)
    assert inputs_of(draw.saved(), number)["text"] == 5
