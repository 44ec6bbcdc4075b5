"""`python -m oelala_desktop.sketch`: run the built-in engine as a server of its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from oelala_desktop.sketch import PROTOCOL_VERSION
from oelala_desktop.sketch.protocol import Protocol
from oelala_desktop.sketch.server import Settings, serve


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop or idle; 0 at a normal end, 1 when the address is taken."""
    parser = argparse.ArgumentParser(prog="oelala_desktop.sketch", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--idle-exit", type=float, default=60.0, metavar="SECONDS", help="0 = never")
    parser.add_argument("--base-dir", type=Path, default=None, help="where input, output and temp lie")
    parser.add_argument(
        "--protocol", default=PROTOCOL_VERSION, metavar="VERSION", help="behave as this release of ComfyUI"
    )
    given = parser.parse_args(arguments)
    settings = Settings(given.host, given.port, given.idle_exit, given.base_dir, Protocol(given.protocol))
    try:
        serve(settings, lambda address: print(f"sketch listening on {address}", flush=True))
    except OSError as error:
        print(f"Sketch cannot listen on {given.host}:{given.port}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
