"""The commands and their options."""

from __future__ import annotations

import argparse

from oelala_desktop import __version__
from oelala_desktop.domain.tool import TOOLS

COMMANDS = (
    "try", "generate", "serve", "jobs", "presets", "templates", "convert", "models", "doctor", "metadata", "servers",
    "mcp", "improve",
)  # fmt: skip


def build_window_parser() -> argparse.ArgumentParser:
    """For a start without a command: the window, with files for its drop zone."""
    parser = argparse.ArgumentParser(prog="oelala", add_help=False)
    parser.add_argument("files", metavar="FILE", nargs="*")
    _engine(parser)
    parser.set_defaults(command="window")
    return parser


def build_parser() -> argparse.ArgumentParser:
    """For everything that begins with a command; the window has a parser of its own."""
    parser = argparse.ArgumentParser(
        prog="oelala",
        description="Turn pictures and prompts into video with ComfyUI and Wan 2.2.",
        usage="oelala [FILE …] [--engine E]   (the window)\n       oelala COMMAND …",
        epilog="OELALA_HOME=DIR puts everything that Oelala writes under DIR.",
    )
    parser.add_argument("--version", action="version", version=f"oelala {__version__}")
    commands = parser.add_subparsers(prog="oelala", dest="command", metavar="COMMAND")

    first = commands.add_parser("try", help="make a first video from an example picture")
    _engine(first)

    make = commands.add_parser("generate", help="make a video or a picture")
    make.add_argument("tool", metavar="TOOL", help=f"one of {', '.join(TOOLS)}")
    make.add_argument(
        "--image",
        metavar="FILE",
        action="append",
        default=[],
        help="the start picture; several, or a folder of them, make one job each",
    )
    make.add_argument("--end-image", metavar="FILE", help="the picture to end on")
    make.add_argument(
        "--input",
        metavar="KEY=FILE",
        action="append",
        default=[],
        dest="inputs",
        help="any input of the preset: video, sound, mask, or images as often as there are pictures, in their order",
    )
    make.add_argument("--prompt", metavar="TEXT", help="what should happen, or be in the picture")
    make.add_argument("--preset", metavar="NAME", help="without it, the first that the engine can run")
    make.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        dest="settings",
        help="any other setting, as often as needed: duration=3, resolution=720p, steps, cfg, seed, …",
    )
    make.add_argument(
        "--settings", metavar="FILE.json", dest="settings_file", help="settings as the window exports them"
    )
    make.add_argument("--saved", metavar="NAME", help="settings or prompts saved under that name in the window")
    make.add_argument(
        "--batch", metavar="FILE", help="one job for each row of a CSV file (settings are its header) or of JSON lines"
    )
    make.add_argument("--prompts", metavar="FILE", help="a prompt a line: one job for each, of each picture")
    make.add_argument("--captions", action="store_true", help="NAME.txt beside a picture is its prompt")
    make.add_argument(
        "--grid",
        metavar="KEY=V1,V2",
        action="append",
        default=[],
        help="one job for each value, of several for each combination, and a contact sheet of all",
    )
    make.add_argument("--dry-run", action="store_true", help="tell what would be made, and make nothing")
    make.add_argument("--again", action="store_true", help="of many jobs, make also those that were made already")
    make.add_argument(
        "--continue",
        metavar="FILE|ID",
        dest="continues",
        help="go on from the end of a video (a file, the id of a job or of a file in My Media), and join the two",
    )
    make.add_argument("--out", metavar="DIR", help="the folder for the results")
    make.add_argument("--json", action="store_true", help="one JSON object a line instead of a bar")
    _engine(make)
    make.add_argument(
        "--then",
        metavar="TOOL",
        nargs=argparse.REMAINDER,
        help="behind all else: a tool that goes on from the result, its own settings behind it; once for each step",
    )

    improve = commands.add_parser("improve", help="have a language model of the engine write a better prompt")
    improve.add_argument("prompt", metavar="PROMPT", help="what it is to be made of")
    improve.add_argument(
        "--for",
        metavar="PRESET",
        dest="preset",
        default="image-to-video",
        help="a tool, or TOOL.PRESET (image-to-video)",
    )
    improve.add_argument("--image", metavar="FILE", help="the start picture, for models that look at it")
    improve.add_argument("--json", action="store_true", help="as one JSON object")
    _engine(improve)

    serve = commands.add_parser("serve", help="the local interface for programs and browsers, without a window")
    serve.add_argument("--host", default="127.0.0.1", metavar="H", help="where (127.0.0.1); others need a token")
    serve.add_argument("--port", type=_port, metavar="N", help="0 picks a free one (7998)")
    serve.add_argument(
        "--token-file", metavar="F", help="every request must carry this file's token (the settings' one)"
    )
    serve.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="a further host name to answer to, beyond loopback"
    )
    _engine(serve)

    mcp = commands.add_parser(
        "mcp", help="the same as tools for assistants, over standard input and output (extra mcp)"
    )
    _engine(mcp)

    jobs = commands.add_parser("jobs", help="list jobs, or finish what was left unfinished")
    what = jobs.add_mutually_exclusive_group()
    what.add_argument("--wait", action="store_true", help="take up what is unfinished and wait for it")
    what.add_argument("--retry", metavar="ID", help="make the same once more; the id's first letters will do")
    what.add_argument("--cancel", metavar="ID", help="end that job and no other")
    what.add_argument("--cancel-waiting", action="store_true", help="end all jobs that have not begun")
    what.add_argument(
        "--damaged", action="store_true", help="list jobs that could not be read; --json shows all of them"
    )
    jobs.add_argument("--clear", action="store_true", help="with --damaged, list them a last time and forget them")
    jobs.add_argument("--new-seed", action="store_true", help="with --retry, draw another seed")
    jobs.add_argument("--json", action="store_true", help="one JSON object a line")
    jobs.add_argument("--limit", type=int, default=50, metavar="N", help="at most N jobs (50)")

    presets = commands.add_parser("presets", help="list presets and what the engine lacks for them")
    presets.add_argument("--json", action="store_true", help="one JSON object a line")
    presets.add_argument(
        "--add", metavar="FILE", help="make a preset of a workflow, or of one that a picture or a video carries"
    )
    presets.add_argument("--tool", metavar="TOOL", help="with --add, where the workflow fits more than one tool")
    presets.add_argument("--name", metavar="NAME", help="with --add, what it is called (the file's name)")
    _engine(presets)

    templates = commands.add_parser("templates", help="list the workflows that the engine offers, or take one")
    templates.add_argument("query", metavar="QUERY", nargs="*", help="words that those listed must have")
    templates.add_argument("--add", metavar="NAME", help="make a preset of that one")
    templates.add_argument("--saved", action="store_true", help="of the workflows that users saved on that server")
    templates.add_argument("--tool", metavar="TOOL", help="with --add, where it fits more than one tool")
    templates.add_argument(
        "--name", metavar="NAME", help="with --add, what the preset is called (the template's title)"
    )
    templates.add_argument("--json", action="store_true", help="one JSON object a line")
    _engine(templates)

    convert = commands.add_parser("convert", help="a workflow of ComfyUI's editor as the graph that a server runs")
    convert.add_argument("file", metavar="FILE", help="a workflow, or a picture or a video that carries one")
    convert.add_argument(
        "--nodes", metavar="object_info.json", help="go by these node definitions instead of an engine's"
    )
    _engine(convert)

    models = commands.add_parser("models", help="list the models and LoRAs of the engine, pairs first")
    models.add_argument("--json", action="store_true", help="one JSON object a line")
    _engine(models)

    doctor = commands.add_parser("doctor", help="what is reachable, missing or misplaced, and how to fix it")
    doctor.add_argument("--json", action="store_true", help="one JSON object a line")
    _engine(doctor)

    metadata = commands.add_parser("metadata", help="what made a file")
    metadata.add_argument("files", metavar="FILE", nargs="+")
    metadata.add_argument("--json", action="store_true", help="one JSON object a line")
    _servers(commands.add_parser("servers", help="ComfyUI servers by name, with their token or authority"))
    return parser


def _servers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(action="list")
    actions = parser.add_subparsers(dest="action", metavar="add|remove")
    add = actions.add_parser("add", help="add a server, or change the one of that name")
    add.add_argument("name", metavar="NAME")
    add.add_argument("url", metavar="URL")
    add.add_argument("--ca", metavar="FILE.pem", help="its own certificate authority")
    add.add_argument("--token-file", metavar="FILE", help="a bearer token (- reads standard input)")
    add.add_argument("--headers-file", metavar="FILE", help="any headers, “Name: value” a line")
    actions.add_parser("remove", help="forget a server").add_argument("name", metavar="NAME")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port; one lies between 0 and 65535")
    return port


def _engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        default="auto",
        metavar="auto|sketch|URL|NAME",
        help="auto: your ComfyUI if it answers, else the built-in Sketch; NAME: see “oelala servers”",
    )
