"""The tree of errors: its map, its exit codes, what each carries."""

from __future__ import annotations

import inspect

import pytest

from oelala_desktop.domain import errors

CLASSES = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.OelalaError) and kind.__module__ == errors.__name__
}
CODES = {
    "OelalaError": 1,
    "Unreadable": 1,
    "InvalidInput": 2,
    "EngineError": 1,
    "EngineUnreachable": 3,
    "NotRunnable": 2,
    "CannotSave": 1,
    "NotFound": 2,
}


def test_the_map_names_every_error() -> None:
    assert errors.__doc__ is not None
    words = {word for line in errors.__doc__.splitlines() for word in line.strip("│├└─ ").split()[:1]}
    assert set(CLASSES) <= words


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_exit_codes(name: str, code: int) -> None:
    assert CLASSES[name].exit_code == code


@pytest.mark.parametrize("kind", [errors.InvalidField, errors.InvalidMedia, errors.InvalidPreset])
def test_what_is_wrong_with_the_input_exits_with_2(kind: type[errors.OelalaError]) -> None:
    assert kind.exit_code == 2


def test_what_each_carries() -> None:
    assert errors.InvalidField("steps", "Wrong.").field == "steps"
    assert errors.EngineUnreachable("No.", kind="tls").kind == "tls"
    assert errors.EngineRejected("No.").fields == {}
    assert errors.EngineRejected("No.", fields={"vae": "No."}).fields == {"vae": "No."}
    assert errors.NotRunnable("No.", missing=("a",)).missing == ("a",)
    assert errors.CannotSave("Full.", detail="raw").detail == "raw"
    assert str(errors.CannotSave("Full.")) == "Full."


@pytest.mark.parametrize(
    ("status", "final"),
    [(None, False), (400, True), (404, True), (408, False), (429, False), (500, False), (200, False)],
)
def test_which_answers_stay_the_same(status: int | None, final: bool) -> None:
    assert errors.EngineAnswer("No.", status=status).is_final is final
