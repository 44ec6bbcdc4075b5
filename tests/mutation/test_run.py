"""The mutants that are made of a source, which are drawn, and what is said of those that were tried."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.copied import PACKAGE, ROOT
from tests.mutation.mutants import mutants_of
from tests.mutation.sample import drawn, population, shares, together, wilson

PLACE = "domain/x.py"


def changed(source: str) -> set[str]:
    """What becomes of the source, a line each."""
    return {mutant.applied(source.encode()).decode() for mutant in mutants_of(PLACE, source.encode())}


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("a < b", {"(a <= b)"}),
        ("a is not b", {"(a is b)"}),
        ("a + b", {"(a - b)"}),
        ("a and b", {"(a or b)"}),
        ("not a", {"a"}),
        ("a if b else c", {"a if False else c", "a if True else c"}),
        ("[a for a in b if a]", {"[a for a in b if False]", "[a for a in b if True]"}),
        ("lambda: a[b:c]", {"lambda: a[:c]", "lambda: a[b:]"}),
        ("f'ü{a + b}'", {"f'ü{a - b}'"}),
        ("n(7)", {"n(8)", "n(6)", "pass"}),
        ("n('key')", {"n('another')", "pass"}),
        ("n(True)", {"n(False)", "pass"}),
    ],
)
def test_of_an_expression(source: str, mutants: set[str]) -> None:
    assert changed(source) == mutants


@pytest.mark.parametrize(
    ("body", "mutants"),
    [
        ("return a(b)", {"return None"}),
        ("return", {"pass"}),
        ("raise A", {"pass"}),
        ("self.a = b", {"pass"}),
        ("a += b", {"a -= b", "pass"}),
        ("await a()", {"pass"}),
        (
            "try: pass\n    except (A, B): pass",
            {"try: pass\n    except ((A,)): pass", "try: pass\n    except ((B,)): pass"},
        ),
        ("with suppress(A): pass", {"with (suppress()): pass"}),
        ("if a: pass", {"if True: pass", "if False: pass"}),
        ("while a: pass", {"while False: pass"}),
    ],
)
def test_of_a_statement(body: str, mutants: set[str]) -> None:
    head = "async def f(self):\n    "
    assert {source.removeprefix(head) for source in changed(head + body)} <= mutants


def test_a_truth_is_denied_and_a_default_is_changed() -> None:
    assert changed("def f(a=True) -> bool: return g(a)") == {
        "def f(a=False) -> bool: return g(a)",
        "def f(a=True) -> bool: return (not g(a))",
        "def f(a=True) -> bool: return None",
    }


@pytest.mark.parametrize(
    "source",
    [
        '"""What it is."""',
        "import a",
        "if TYPE_CHECKING:\n    a = 1",
        "__all__ = ['a']",
        "class A:\n    __slots__ = ('a',)",
        "a: Literal['b']",
        "a = TypeVar('a')",
        "assert a == 1",
        "log.info('a %s', 1)",
        "@dataclass(frozen=True)\nclass A: ...",
        "A = B | C",
        "A = B[str, 'C']",
    ],
)
def test_what_nobody_is_promised_is_left_alone(source: str) -> None:
    assert changed(source) == set()


def test_of_sentences_one_in_a_function_is_enough() -> None:
    assert len(changed("def f():\n    x = 'One sentence.'\n    y = 'And one.'\n    z = 'A third.'")) == 1


def test_every_mutant_of_the_product_is_a_program() -> None:
    found = drawn(population("*"), 300, seed=1)
    for mutant in (mutant for mutants in found.values() for mutant in mutants):
        ast.parse(mutant.applied((ROOT / PACKAGE / mutant.path).read_bytes()), str(mutant))


def test_each_group_has_its_floor_and_the_rest_goes_by_size() -> None:
    assert shares({"domain": 6000, "services": 8000, "life": 600, "tracker": 50}, 400) == {
        "domain": 130, "services": 154, "life": 66, "tracker": 50,
    }  # fmt: skip
    assert shares({"life": 600, "tracker": 50}, 0) == {"life": 600, "tracker": 50}


def test_the_same_seed_draws_the_same() -> None:
    mutants = population("domain/life/*")
    assert drawn(mutants, 20, 1) == drawn(mutants, 20, 1) != drawn(mutants, 20, 2)


def test_the_interval_is_wilson_s() -> None:
    share = wilson(0.9, 100)
    assert (round(share.low, 3), round(share.high, 3)) == (0.826, 0.945)


def test_groups_weigh_what_they_are_in_the_whole() -> None:
    killed, tried, sizes = {"a": 50, "b": 100}, {"a": 100, "b": 100}, {"a": 100, "b": 900}
    assert together(killed, tried, sizes).share == pytest.approx(0.95)
    assert together({"a": 9}, {"a": 10}, sizes) == wilson(0.9, 10)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_small_run(tmp_path: Path) -> None:
    script = Path(__file__).with_name("run.py")
    command = [sys.executable, str(script), "-n", "2", "--only", "domain/frame_rule.py", "--goal", "0"]
    command += ["--tests", "tests/unit/domain/test_frame_rule.py", "--keep", str(tmp_path)]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=800, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert "of 2 killed" in ran.stdout and "together: " in ran.stdout
