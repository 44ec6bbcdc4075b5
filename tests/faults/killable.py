"""The command line, in a process that kills itself at a chosen write: `killable.py POINTS DIE COMMAND…`.

DIE is "commit 3 before", "replace 1 after", … or "-". With "-" the points that were passed are written to the file
POINTS. What counts: database commits that have something to commit, renames into place, and flushes to the disk.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any

passed: list[str] = []
counts: Counter[str] = Counter()
die_at = "-"


def at(kind: str, side: str) -> None:
    counts[kind, side] += 1
    point = f"{kind} {counts[kind, side]} {side}"
    passed.append(point)
    if point == die_at:
        os.kill(os.getpid(), signal.SIGKILL)


class Connection(sqlite3.Connection):
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        busy = self.in_transaction
        if busy:
            at("commit", "before")
        result = super().__exit__(kind, error, trace)
        if busy:
            at("commit", "after")
        return bool(result)


def watched(kind: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def inner(*args: Any, **kwargs: Any) -> Any:
        at(kind, "before")
        result = call(*args, **kwargs)
        at(kind, "after")
        return result

    return inner


def main() -> int:
    global die_at
    points, die_at, *command = sys.argv[1:]
    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **kwargs: connect(*args, factory=Connection, **kwargs)  # type: ignore[assignment]
    os.replace = watched("replace", os.replace)
    os.fsync = watched("fsync", os.fsync)

    from oelala_desktop.cli.run import run

    code = run(command)
    if die_at == "-":
        with open(points, "w") as file:
            file.write("\n".join(passed))
    return code


if __name__ == "__main__":
    sys.exit(main())
