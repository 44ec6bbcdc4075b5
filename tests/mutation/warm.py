"""A process that has imported everything but the product, and forks for each run of tests: `python warm.py COPY`.

Reads a request a line and answers each with a line, both JSON. It stands alone, since what tests import is the copy's.

    {"tests": [ids in their order] or null for all, "files": [...], "first": whether the first failure ends it,
     "seconds": limit, "scratch": folder, "watch": [globs whose lines are wanted] or null}
    {"outcome": "passed" | "failed" | "died" | "timeout", "by": id, "seconds": {id: s}, "failed": [ids],
     "lines": {id: {path: [line]}}}
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import shutil
import sys
import time
import traceback
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from _pytest.config import default_plugins

LIBRARIES = (
    "xdist.plugin", "pytest_asyncio.plugin", "pytest_timeout", "anyio.pytest_plugin", "_hypothesis_pytestplugin",
    "_pytest.unittest", "_pytest.doctest", "_pytest.junitxml", "_pytest.pastebin", "_pytest.assertion.rewrite",
    "hypothesis", "hypothesis.strategies", "hypothesis.internal.conjecture.engine", "coverage", "asyncio", "sqlite3",
    "numpy", "cv2", "PIL.Image", "av", "httpx", "websockets.asyncio.client", "fastapi", "uvicorn", "orjson",
    "platformdirs", "watchfiles", "tomli_w", "tomllib", "uuid",
)  # fmt: skip
#: the window's plugins cost a second each and no test here needs them
PLUGINS = ("no:cacheprovider", "no:pytest-qt", "no:xvfb", "no:schemathesis")
#: bytes of addresses, as some mutants never stop collecting
ROOM = 12 * 2**30


class Watch:
    """What each test executes, by coverage.py; also in the helper processes that decode files."""

    def __init__(self, globs: list[str], scratch: Path) -> None:
        import coverage

        self._data = scratch / "lines"
        options: dict[str, Any] = {"include": globs, "config_file": False}
        hook = scratch / "hook"
        hook.mkdir(exist_ok=True)
        hook.joinpath("sitecustomize.py").write_text(
            "import atexit, os, sys\n"
            "if 'confined' in ' '.join(sys.orig_argv):\n"
            "    import coverage\n"
            f"    c = coverage.Coverage({str(self._data)!r}, data_suffix=True, context=os.environ['WATCHED_TEST'],"
            f" **{options!r})\n"
            "    c.start()\n"
            "    atexit.register(lambda: (c.stop(), c.save()))\n"
        )
        sys.path.insert(0, str(hook))
        self._coverage = coverage.Coverage(str(self._data), **options)
        self._coverage.start()

    def test(self, name: str) -> None:
        os.environ["WATCHED_TEST"] = name
        self._coverage.switch_context(name)

    def over(self) -> None:
        """Helpers end here, so that none of them works for two tests."""
        module = sys.modules.get("oelala_desktop.services.files.confined")
        if module is not None:
            module.confined.close()
            module.patient.close()

    def lines(self, below: str) -> dict[str, dict[str, list[int]]]:
        self._coverage.stop()
        self._coverage.save()
        self._coverage.combine(keep=False)
        data = self._coverage.get_data()
        found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for path in data.measured_files():
            name = os.path.relpath(path, below)
            for line, tests in data.contexts_by_lineno(path).items():
                for test in filter(None, tests):
                    found[test][name].append(line)
        return found


class Run:
    """The plugin that chooses the tests, and notes what they come to."""

    def __init__(self, tests: list[str] | None, watch: Watch | None) -> None:
        self._order = {name: n for n, name in enumerate(tests)} if tests is not None else None
        self._watch = watch
        self.failed: list[str] = []
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_sessionstart(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile("mutants", settings.get_profile("all"), phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutants")  # the least example of a failure is of no use here

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = self._order
        if order is not None:
            items[:] = sorted((i for i in items if i.nodeid in order), key=lambda item: order[item.nodeid])

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        if self._watch is None:
            return (yield)
        self._watch.test(item.nodeid)
        ran = yield
        self._watch.over()
        self._watch.test("")
        return ran

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed and report.nodeid not in self.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid or "collection")


def run_tests(request: dict[str, Any], copy: Path) -> dict[str, Any]:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (ROOM, resource.getrlimit(resource.RLIMIT_AS)[1]))
    scratch = Path(request["scratch"])
    watch = Watch(request["watch"], scratch) if request["watch"] else None
    plugin = Run(request["tests"], watch)
    options = [
        "-q",
        "--tb=line",
        "-n",
        "0",
        "--assert=plain",
        "-m",
        "not slow",
        "--basetemp",
        str(scratch / "tests"),
        *(["-x"] * request["first"]),
    ]
    for name in PLUGINS:
        options += ["-p", name]
    code = pytest.main([*options, *request["files"]], plugins=[plugin])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and not plugin.failed:
        plugin.failed += request["files"]  # they could not even be imported
    lines = watch.lines(str(copy / "oelala_desktop")) if watch else {}
    outcome, by = ("failed", plugin.failed[0]) if plugin.failed else ("passed", "")
    return {"outcome": outcome, "by": by, "seconds": plugin.seconds, "failed": plugin.failed, "lines": lines}


def _child(request: dict[str, Any], copy: Path, answer: int) -> None:
    os.setsid()
    log = os.open(Path(request["scratch"]) / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    text = json.dumps(run_tests(request, copy)).encode()
    with os.fdopen(answer, "wb") as out:
        out.write(text)


def forked(request: dict[str, Any], copy: Path) -> dict[str, Any]:
    """The tests are run in a child, and nothing of it is left."""
    shutil.rmtree(request["scratch"], ignore_errors=True)
    Path(request["scratch"]).mkdir(parents=True)
    here, there = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(here)
            _child(request, copy, there)
        except BaseException:  # noqa: BLE001 - nothing of the child may go on as its parent
            traceback.print_exc()  # into the log
        finally:
            sys.stderr.flush()
            os._exit(0)
    os.close(there)
    text, is_late = _heard(here, request["seconds"])
    os.close(here)
    for process in [*psutil.Process(child).children(recursive=True), psutil.Process(child)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    os.waitpid(child, 0)
    if is_late:
        return {"outcome": "timeout", "by": "", "seconds": {}, "failed": [], "lines": {}}
    died = {"outcome": "died", "by": "", "seconds": {}, "failed": [], "lines": {}}
    return json.loads(text) if text else died


def _heard(pipe: int, seconds: float) -> tuple[bytes, bool]:
    """All that is said until the other end closes, and whether that did not come in time."""
    end, parts = time.monotonic() + seconds, []
    while select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
        part = os.read(pipe, 2**20)
        if not part:
            return b"".join(parts), False
        parts.append(part)
    return b"", True


def main() -> None:
    copy = Path(sys.argv[1])
    own, checkout = str(Path(__file__).resolve().parent), sys.argv[2]
    sys.path[:] = [str(copy), *(p for p in sys.path if p not in ("", own, checkout, str(copy)))]
    os.environ["PYTHONPATH"] = str(copy)  # for the processes that tests start
    os.chdir(copy)
    for name in (*LIBRARIES, *(f"_pytest.{plugin}" for plugin in default_plugins)):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # pytest collects twice a run, and all this would be looked through each time
    sys.dont_write_bytecode = True
    for line in sys.stdin:
        print(json.dumps(forked(json.loads(line), copy)), flush=True)


if __name__ == "__main__":
    main()
