"""`oelala servers`: ComfyUI servers by name. Secrets are read from files, never from the command line, which others on
the machine can see."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.errors import InvalidInput, NotFound

from .output import print_json
from .saying import say


async def servers(options: argparse.Namespace) -> int:
    """Lists, adds or removes. Raises InvalidInput, NotFound or CannotSave."""
    async with Services() as services:
        if options.action == "add":
            token = await asyncio.to_thread(_read, options.token_file) if options.token_file else ""
            lines = await asyncio.to_thread(_read, options.headers_file) if options.headers_file else ""
            ca_file = _absolute(options.ca) if options.ca else ""
            added = await services.servers.add(
                options.name, options.url, ca_file=ca_file, token=token.strip(), headers=_headers(lines)
            )
            say(f"{added.name} is {added.url}. Use it with --engine {added.name!r}.")
        elif options.action == "remove":
            if services.servers.find(options.name) is None:
                raise NotFound(f"There is no server named {options.name}.")
            await services.servers.remove(options.name)
            say(f"{options.name} is forgotten.")
        else:
            _list(services, options.json)
    return 0


def _list(services: Services, as_json: bool) -> None:
    known = services.servers.all()
    if not known and not as_json:
        say("No server has a name yet. “oelala servers add NAME URL” gives one.")
    for server in known:
        if as_json:
            row = {"name": server.name, "url": server.url, "ca_file": server.ca_file or None}
            print_json(row | {"headers": list(server.headers)})
        else:
            extras = [f"CA {server.ca_file}" if server.ca_file else "", *(f"{name}: …" for name in server.headers)]
            print(f"{server.name:20} {server.url}  {'  '.join(filter(None, extras))}".rstrip())


def _absolute(name: str) -> str:
    """The address of the file whatever folder later runs start in."""
    return str(Path(name).expanduser().absolute())


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).expanduser().read_text("utf-8")
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 text.") from error


def _headers(lines: str) -> dict[str, str]:
    """ "Name: value", one a line."""
    found = {}
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        name, colon, value = line.partition(":")
        if not colon:
            raise InvalidInput("Each line of the headers file is “Name: value”.")
        found[name.strip()] = value.strip()
    return found
