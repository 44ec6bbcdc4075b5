"""Choices in prompts: what is one, what it draws to, and that no text and no wildcard takes long or ends badly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.tool import MAX_PROMPT
from oelala_desktop.domain.wording import MOST_LINES, MOST_NESTED, draw, has_choices, lines_in, literal, with_choices

WILDCARDS = {
    "colour": ("red", "blue"),
    "hair_colour": ("{dark|light} brown",),
    "animals/birds": ("heron",),
    "two": ("__colour__ and __animals/birds__",),
    "a": ("__b__",),
    "b": ("then __a__",),
}


def lines(name: str) -> Sequence[str]:
    return WILDCARDS[name]


def drawn(text: str, seed: int = 0, key: str = "prompt") -> str:
    return draw(key, text, seed, lines)


def all_of(text: str, seeds: int = 60) -> set[str]:
    return {drawn(text, seed) for seed in range(seeds)}


def refusal(text: str, wildcards: dict[str, tuple[str, ...]] | None = None) -> tuple[str, str]:
    with pytest.raises(Obstructed) as caught:
        draw("negative_prompt", text, 1, (wildcards or WILDCARDS).__getitem__)
    return caught.value.field, caught.value.obstacle.code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {red|blue} boat", {"a red boat", "a blue boat"}),
        ("a{ red|} boat", {"a red boat", "a boat"}),
        ("{a|{b|c}}", {"a", "b", "c"}),
        ("{2$$a|b}", {"a, b", "b, a"}),
        ("{2$$ and $$a|b}", {"a and b", "b and a"}),
        ("{1-2$$a|b}", {"a", "b", "a, b", "b, a"}),
        ("{2-1$$a|b}", {"a", "b", "a, b", "b, a"}),
        ("{0-1$$a|b}", {"", "a", "b"}),
        ("{-1$$a|b}", {"a", "b"}),
        ("{2-$$a|b}", {"a, b", "b, a"}),
        ("{9$$ a | b }", {"a, b", "b, a"}),
        ("{2$$ a || b }", {"a", "b", "a, b", "b, a"}),  # what is empty is not joined
        ("{2$$|$$a|b}", {"a|b", "b|a"}),
        (r"{2$$ \| $$a|b}", {"a | b", "b | a"}),
        ("{1$$only}", {"only"}),
        ("{name$$a|b}", {"name$$a", "b"}),
        ("{x {a|b}}", {"{x a}", "{x b}"}),
        ("{ {a|b}", {"{ a", "{ b"}),
        ("{a|b}}", {"a}", "b}"}),
        ("{x|{y|z}", {"{x|y", "{x|z"}),
        (r"{a\|b|c\}}", {"a|b", "c}"}),
        ("__colour__", {"red", "blue"}),
        ("__hair_colour__ hair", {"dark brown hair", "light brown hair"}),
        ("__two__", {"red and heron", "blue and heron"}),
        ("{__colour__|green}", {"red", "blue", "green"}),
    ],
)
def test_what_a_choice_draws_to(text: str, expected: set[str]) -> None:
    assert has_choices(text)
    assert all_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("{a}", "{a}"),
        ("{a|b", "{a|b"),
        ("a|b}", "a|b}"),
        ("}a|b{", "}a|b{"),
        ("{$$a}", "{$$a}"),
        (r"\{a\|b\}", "{a|b}"),
        (r"\{a|b}", "{a|b}"),
        (r"\__colour__", "__colour__"),
        ("_____ a__ __ b", "_____ a__ __ b"),
        ('{"a": "x|y", "b": "__colour__"}', '{"a": "x|y", "b": "__colour__"}'),
        ('["{a|b}"]', '["{a|b}"]'),
        (r'{"a": "\\{x|y\\}"}', r'{"a": "\\{x|y\\}"}'),
    ],
)
def test_what_is_no_choice(text: str, expected: str) -> None:
    assert not has_choices(text)
    assert all_of(text, 4) == {expected}


def test_a_seed_draws_the_same_again_and_each_text_its_own() -> None:
    text = "{" + "|".join(map(str, range(1000))) + "}"
    assert [drawn(text, seed) for seed in (0, 1, 2**64 - 1)] == ["147", "821", "396"]  # in every version
    assert drawn(text, 1) != drawn(text, 1, "negative_prompt")
    assert len(set(drawn(f"{text} {text}").split())) == 2


def test_each_option_comes_as_often_as_another() -> None:
    counts = Counter(drawn("{a|b|c}", seed) for seed in range(3000))
    assert all(900 < count < 1100 for count in counts.values())


def test_a_wildcard_that_is_not_there_is_told_drawn_or_not() -> None:
    for seed in range(8):
        with pytest.raises(KeyError):
            drawn("{a|b|c|d|__gone__}", seed)


def test_wildcards_in_a_circle() -> None:
    with pytest.raises(Obstructed) as caught:
        drawn("__a__")
    assert caught.value.message == "prompt: the wildcards a, b and a name each other in a circle."


def test_bounds() -> None:
    field = "negative_prompt"
    deep = "{x|" * (MOST_NESTED + 1) + "y" + "}" * (MOST_NESTED + 1)
    assert refusal(deep) == (field, "nested")
    assert all_of(deep[3:-1], 4)
    assert refusal("__l__", {"l": ("x" * (MAX_PROMPT + 1),)}) == (field, "too_long")
    assert refusal("{2$$" + "j" * 15_000 + "$$a|b|c}{9$$" + "j" * 3000 + "$$a|b|c|d}") == (field, "too_long")
    assert refusal("a {__l__|__l__}", {"l": ("re\0d",)}) == (field, "nul")
    many = {f"l{n}": (f"__l{n + 1}__ __l{n + 1}__",) for n in range(20)} | {"l20": ("x",)}
    assert refusal("__l0__", many) == (field, "too_many_lines")
    chain = {f"l{n}": (f"__l{n + 1}__",) for n in range(MOST_LINES)}
    assert refusal("__l0__", chain) == (field, "nested")


@pytest.mark.parametrize(
    "text",
    [
        "{" * 9_990 + "a|b" + "}" * 9_990,
        "{" * 20_000,
        "}" * 20_000,
        "{|" * 10_000,
        "{}" * 10_000,
        "{1$$" * 5000,
        "{" + "|" * 19_998 + "}",
        "__-" * 6666,
        "_" * 20_000,
        "{" + " " * 19_000 + "$$}",
        "[" * 20_000,
        "\\" * 20_000,
    ],
    ids=lambda text: text[:6],
)
def test_texts_of_nothing_but_signs(text: str) -> None:
    assert len(drawn(text)) <= len(text)
    assert drawn(literal(text)) == text


SIGNS = st.text(st.sampled_from('{}|$-_\\ 12ab,"[]:'), max_size=40)


@given(SIGNS, st.integers(0, 2**64 - 1))
def test_any_text_draws_or_is_told_why_not(text: str, seed: int) -> None:
    def none(name: str) -> Sequence[str]:
        return (name,)

    first = draw("prompt", text, seed, none)
    assert draw("prompt", text, seed, none) == first
    if not has_choices(text):
        assert draw("prompt", text, seed + 1, none) == first


@given(SIGNS)
def test_what_is_made_literal_draws_to_itself(text: str) -> None:
    made = literal(text)
    assert not has_choices(made)
    assert drawn(made) == text


@pytest.mark.parametrize("text", [r'{"a": "\\{x|y\\}"}', r'["\\__colour__"]'])
def test_json_is_literal_as_it_is(text: str) -> None:
    assert literal(text) == text == drawn(text)


def test_who_types_choices_means_them_unless_they_say_otherwise() -> None:
    assert with_choices({"prompt": "{a|b}"}) == {"prompt": "{a|b}", "choices": True}
    assert with_choices({"negative_prompt": r"\{"}) == {"negative_prompt": r"\{", "choices": True}
    for values in ({"prompt": "a"}, {"prompt": 3}, {}, {"title": "{a|b}"}, {"prompt": "{a|b}", "choices": False}):
        assert with_choices(values) == values


def test_lines_that_say_something() -> None:
    assert lines_in("one\n\n  # no\r\n two \n#") == ["one", "two"]
    assert lines_in("") == []
