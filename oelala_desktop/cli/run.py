"""One handler for everything that can go wrong: a sentence on stderr and the right exit code."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from oelala_desktop.domain.errors import InvalidInput, NotRunnable, OelalaError

from .parser import COMMANDS, build_parser, build_window_parser
from .saying import INTERRUPTED, say


def run(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a sign is no reason to fail
    if arguments and (arguments[0] in COMMANDS or arguments[0] in ("-h", "--help", "--version")):
        options = build_parser().parse_args(arguments)
    else:
        options = build_window_parser().parse_args(arguments)
    try:
        return _dispatch(options)
    except OelalaError as error:
        say(str(error))
        for line in dict.fromkeys(error.missing) if isinstance(error, NotRunnable) else ():
            say(f"  {line}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output went away; nothing more can be said to it
        sys.stderr.close()
        return 1


def _may_open_window() -> bool:
    """Qt itself is imported only when a window is really shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _window(options: argparse.Namespace) -> int:
    """The window, or a sentence on what to use without a screen."""
    missing = [name for name in getattr(options, "files", ()) if not Path(name).exists()]
    if missing:
        commands = ", ".join(COMMANDS)
        raise InvalidInput(f"There is no file and no command named {missing[0]}. Commands: {commands}.")
    if not (_may_open_window() or os.environ.get("QT_QPA_PLATFORM")):
        raise InvalidInput(
            "There is no screen for the window here. “oelala generate” and “oelala try” work without one, "
            "and “oelala serve” answers programs and browsers."
        )
    if sys.platform != "win32":  # it waits until the window can hear it: an import that is cut short is an error
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    from oelala_desktop.ui.app import run_window

    return run_window(options)


def _dispatch(options: argparse.Namespace) -> int:
    if options.command == "window" or (options.command == "try" and _may_open_window()):
        return _window(options)
    import asyncio  # a window paints before it needs it

    if options.command == "metadata":
        from .metadata import show_metadata

        return show_metadata(options)
    if options.command in ("try", "generate"):
        from .batch import generate_many
        from .generate import generate
        from .rows import is_many

        many = options.command == "generate" and is_many(options)
        return asyncio.run(generate_many(options) if many else generate(options))
    if options.command == "improve":
        from .improve import improve

        return asyncio.run(improve(options))
    if options.command == "serve":
        from .serve import serve

        return asyncio.run(serve(options))
    if options.command == "mcp":
        from .mcp_tools import serve_mcp

        return asyncio.run(serve_mcp(options))
    if options.command == "jobs":
        from .jobs import jobs

        return asyncio.run(jobs(options))
    if options.command == "servers":
        from .servers import servers

        return asyncio.run(servers(options))
    if options.command in ("templates", "convert"):
        from .workflows import convert, templates

        return asyncio.run({"templates": templates, "convert": convert}[options.command](options))
    from .listing import doctor, models, presets

    return asyncio.run({"presets": presets, "models": models, "doctor": doctor}[options.command](options))
