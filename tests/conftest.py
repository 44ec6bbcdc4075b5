"""What every suite shares: options, a home folder of its own, and property tests that draw the same cases each time."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

for _name, _examples in (("sample", 40), ("all", 100)):
    settings.register_profile(
        _name,
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=_examples,
        suppress_health_check=[HealthCheck.too_slow],
    )

# Hundreds of processes import the same files: they are compiled once, even where the user wants no bytecode kept.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--comfy", metavar="URL", help="run tests/contract against this ComfyUI instead of Sketch")
    parser.addoption("--all", action="store_true", help="every point of the exhaustive suites, not a sample of them")
    parser.addoption("--kills", type=int, default=8, metavar="N", help="SIGKILLs of the app in tests/faults (8)")
    parser.addoption(
        "--schedules", type=int, default=150, metavar="N", help="schedules of a job's life in tests/unit/domain (150)"
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("all" if config.getoption("--all") else "sample")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite mostly waits, so it takes two workers for each core; what is asked for by path takes none."""
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    return min(8, 2 * (os.cpu_count() or 1)) if whole else 0


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are made here, and none is garbage: they are not looked through, now or after any test."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test sees the user's own home folder, settings or proxy; whoever needs a home sets one of its own."""
    home = tmp_path_factory.mktemp("home")
    patch = pytest.MonkeyPatch()
    patch.setenv("OELALA_HOME", str(home))
    for name in _PROXIES:
        patch.delenv(name, raising=False)
        patch.delenv(name.upper(), raising=False)
    for name in [name for name in os.environ if name.startswith("OELALA_") and name != "OELALA_HOME"]:
        patch.delenv(name)
    yield home
    patch.undo()


@pytest.fixture(autouse=True)
def ordinary_schedule() -> Iterator[None]:
    """Encoders may ask for a real-time priority, which every later test and its processes would inherit."""
    yield
    if hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        pytest.fail("this test left its process with a real-time priority")
