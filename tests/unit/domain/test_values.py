"""Every value of the domain is immutable, small, and free of I/O."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import sys
import typing

import pytest

from oelala_desktop import domain
from oelala_desktop.domain import events

MODULES = [importlib.import_module(f"{domain.__name__}.{m.name}") for m in pkgutil.iter_modules(domain.__path__)]
VALUES = [
    kind
    for module in MODULES
    for _, kind in inspect.getmembers(module, dataclasses.is_dataclass)
    if inspect.isclass(kind) and kind.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", VALUES, ids=[f"{k.__module__.rsplit('.', 1)[-1]}.{k.__name__}" for k in VALUES])
def test_values_are_frozen_and_slotted(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)


def test_every_event_is_a_value_of_the_one_file() -> None:
    members = typing.get_args(events.Event)
    assert set(members) <= set(VALUES)
    assert all(member.__module__ == events.__name__ for member in members)


def test_the_domain_reaches_for_nothing() -> None:
    names = ", ".join(module.__name__ for module in MODULES)
    forbidden = ("asyncio", "socket", "sqlite3", "httpx", "PySide6", "av", "PIL", "numpy", "pathlib")
    code = f"import sys, {names}; print([m for m in {forbidden!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=90, check=True)
    assert found.stdout.strip() == "[]"
