"""`python -m oelala_desktop` and the `oelala` command."""

from __future__ import annotations

import sys


def main() -> int:
    from oelala_desktop.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
