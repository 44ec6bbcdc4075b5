"""All benchmarks, or those named: `run.py [NAME…] [--json] [--full]`. Names as in bench_NAME.py, with dashes.

Each module has `run(full) -> Iterator[row]`; a row has name, value, unit, yardstick, ratio, goal, met. With `--json`
one object a line, else a table. Exit code 1 if a goal is not met.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

HERE = Path(__file__).parent
KEYS = ("name", "value", "unit", "yardstick", "ratio", "goal", "met")


def names() -> list[str]:
    return sorted(path.stem.removeprefix("bench_").replace("_", "-") for path in HERE.glob("bench_*.py"))


def rows_of(name: str, full: bool) -> Iterator[dict[str, Any]]:
    module = importlib.import_module(f"tests.benchmarks.bench_{name.replace('-', '_')}")
    for row in module.run(full):
        yield {key: row[key] for key in KEYS}


def line(row: dict[str, Any]) -> str:
    at_most = (row["ratio"] <= row["goal"]) == row["met"]
    goal = f"{'≤' if at_most else '≥'} {row['goal']:g}×"
    mark = "✓" if row["met"] else "✗"
    value = f"{row['value']:.4g} {row['unit']}"
    return f"{mark} {row['name']:28} {value:28} {row['ratio']:>8.2f}×  {goal:9} {row['yardstick']}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names())}")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--full", action="store_true", help="longer, for steadier figures")
    options = parser.parse_args(arguments)
    wanted = [name.replace("_", "-") for name in options.names] or names()
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        parser.error(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(names())}")
    warnings.simplefilter("ignore", ResourceWarning)
    met = True
    for name in wanted:
        for row in rows_of(name, options.full):
            met = met and bool(row["met"])
            print(json.dumps(row, ensure_ascii=False, default=float) if options.json else line(row), flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
