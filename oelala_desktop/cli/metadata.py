"""`oelala metadata FILE…`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from oelala_desktop.metadata import report

from .output import print_json
from .saying import say


def show_metadata(options: argparse.Namespace) -> int:
    """1 if a file among them could not be read; the others are shown all the same."""
    bad = 0
    for name in options.files:
        row = report(Path(name)) if name else {"file": name, "error": "An empty name names no file."}
        bad += "error" in row
        if options.json:
            print_json(row)
        else:
            _print(row)
    return 1 if bad else 0


def _print(row: dict[str, Any]) -> None:
    if "error" in row:
        say(str(row["error"]))
        return
    print(row["file"])
    facts = {
        k: v
        for k, v in row.items()
        if k not in ("file", "has_sound", "sources") and v is not None and v not in ([], {})
    }
    if not facts:
        print("  holds nothing about what made it")
    for key, value in facts.items():
        print(f"  {key.replace('_', ' '):22}{_words(value)}")


def _words(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    rows = []
    for item in value:
        strength = f" {item['strength']:.0%}" if "strength" in item else ""
        rows.append(f"{item['name']}{strength}{' (' + item['pass'] + ')' if item.get('pass') else ''}")
    return ", ".join(rows)
