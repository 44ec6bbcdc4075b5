"""One handler for everything that can go wrong: a sentence on stderr and the right exit code."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from oelala_desktop.domain.errors import NotRunnable, OelalaError

from .parser import build_parser

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_usage(sys.stderr)
        say("Choose a command; “oelala try” makes a first video.")
        return 2
    try:
        return _dispatch(options)
    except OelalaError as error:
        say(str(error))
        for line in error.missing if isinstance(error, NotRunnable) else ():
            say(f"  {line}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output went away; nothing more can be said to it
        sys.stderr.close()
        return 1


def say(text: str) -> None:
    """A line for the person, on stderr."""
    print(text, file=sys.stderr, flush=True)


def _dispatch(options: argparse.Namespace) -> int:
    if options.command == "metadata":
        from .metadata import show_metadata

        return show_metadata(options)
    if options.command in ("try", "generate"):
        from .generate import generate

        return asyncio.run(generate(options))
    if options.command == "jobs":
        from .jobs import jobs

        return asyncio.run(jobs(options))
    from .listing import doctor, models, presets

    return asyncio.run({"presets": presets, "models": models, "doctor": doctor}[options.command](options))
