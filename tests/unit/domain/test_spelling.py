"""A name as somebody gave it, and the one among those there are that is meant."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.spelling import base_name, match_name, nearest, normalised


@pytest.mark.parametrize(
    ("name", "choices", "found"),
    [
        ("a.pt", ("A.pt", "a.pt"), "a.pt"),  # the very name before all others
        ("A.PT", ("x", "a.pt"), "a.pt"),
        ("sub/a.pt", ("sub\\A.pt",), "sub\\A.pt"),
        ("sub\\\\a.pt", ("sub/a.pt",), "sub/a.pt"),
        ("sub/a.pt", ("SUB/a.pt", "Sub/a.pt"), "SUB/a.pt"),
        ("a.pt", ("sub/a.pt", "b.pt"), "sub/a.pt"),  # in whatever folder
        ("old/a.pt", ("new\\A.pt",), "new\\A.pt"),
        ("a.pt", ("one/a.pt", "two/a.pt"), None),  # which of the two?
        ("a.pt", ("b.pt",), None),
        ("a.pt", (), None),
    ],
)
def test_a_name_is_matched_by_the_server_s_own_spelling(name: str, choices: tuple[str, ...], found: str | None) -> None:
    assert match_name(name, choices) == found


def test_one_case_and_one_separator() -> None:
    assert normalised("Sub\\/\\A.PT") == normalised("sub/a.pt") == "sub/a.pt"


@pytest.mark.parametrize("path", ["A.pt", "sub/A.pt", "sub\\A.pt", "one/two\\A.pt", "\\one/A.pt"])
def test_what_a_path_ends_in(path: str) -> None:
    assert base_name(path) == "A.pt"
    assert base_name("sub/") == base_name("") == ""


@pytest.mark.parametrize(
    ("name", "choices", "found"),
    [
        ("stepps", ["cfg", "steps", "seed"], "steps"),
        ("STEPS", ["cfg", "Steps"], "Steps"),
        ("Sub\\cam_v1.pt", ["sub/cam_v2.pt", "other.pt"], "sub/cam_v2.pt"),
        ("abcd", ["abxy"], "abxy"),  # half of it alike
        ("abcd", ["axyz"], None),
        ("abcd", [], None),
    ],
)
def test_the_nearest_is_at_least_half_alike(name: str, choices: list[str], found: str | None) -> None:
    assert nearest(name, choices) == nearest(name, tuple(choices)) == found
