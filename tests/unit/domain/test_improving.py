"""What a language model is asked, and what is taken of its answer."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.improving import knows_by_itself, own_of, request_for, written_in
from oelala_desktop.domain.tool import MAX_PROMPT
from tests.unit.domain.made_presets import made

LTX_ID, AREA_ID = "image-to-video.ltx", "image-to-image.area"


def test_the_prompt_stands_last_and_the_model_s_own_advice_before_it() -> None:
    asked = request_for(made(LTX_ID, tips=["Name the sounds."]), "a boat\nleaves", with_picture=True)
    assert asked.endswith("\nPrompt:\na boat\nleaves")
    assert "text-to-video" in asked and "Mind: Name the sounds." in asked and "The picture is where it begins" in asked
    still = request_for(made(AREA_ID), "a boat", with_picture=False)
    assert "text-to-image" in still and "picture is where" not in still and "Mind:" not in still


@pytest.mark.parametrize(
    ("answer", "prompt"),
    [
        ("  A boat leaves.\n", "A boat leaves."),
        ("<think>They want a boat.</think>\n\nA boat leaves.", "A boat leaves."),
        ("They want a boat.</think>A boat leaves.", "A boat leaves."),
        ("<think>It never ends", ""),
        ('"A boat leaves."', "A boat leaves."),
        ("“A boat leaves.”", "A boat leaves."),
        ('"A" and "B"', '"A" and "B"'),
        ("**Prompt:** A boat leaves.", "A boat leaves."),
        ("Improved prompt: A boat leaves.", "A boat leaves."),
        ("```text\nA boat leaves.\n```", "A boat leaves."),
        ("A prompt: as it is", "A prompt: as it is"),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_the_prompt_in_an_answer(answer: str, prompt: str) -> None:
    assert written_in(answer) == prompt


def test_an_endless_answer_is_cut() -> None:
    assert len(written_in("word " * 100_000)) == MAX_PROMPT


@pytest.mark.parametrize(
    ("preset", "own"), [("image-to-video.ltx23", "ltx"), ("image-to-video.wan22-14b", ""), ("ltx", ""), ("a.altx", "")]
)
def test_a_family_with_a_writer_of_its_own(preset: str, own: str) -> None:
    assert own_of(preset) == own and knows_by_itself(own) is bool(own)
