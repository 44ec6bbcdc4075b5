"""ComfyUI servers that the user has given names: address, certificate authority, and the headers that let us in. The
headers' values are secrets and never stand in the preferences."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from oelala_desktop.domain.address import Address, authority_fault, parse_address
from oelala_desktop.domain.engine_kinds import SKETCH
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.services.settings.known import SERVERS
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.secrets import Secrets

#: a bearer token for the one server that this run names: a simple way for the command line
TOKEN_VARIABLE = "OELALA_TOKEN"
_RESERVED = ("auto", SKETCH)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class Server:
    """`headers` are names only."""

    name: str
    url: str
    ca_file: str = ""
    headers: tuple[str, ...] = ()


class Servers:
    """`hide` is told every secret that is used, so that no log shows it."""

    def __init__(
        self, preferences: Preferences, secrets: Secrets, hide: Callable[[str], None] = lambda _secret: None
    ) -> None:
        self._preferences = preferences
        self._secrets = secrets
        self._hide = hide
        self.token_for = ""  # the address that --engine names in this run

    def all(self) -> tuple[Server, ...]:
        """In order of their names."""
        rows = self._preferences.get(SERVERS.key)
        found = [_server(name, row) for name, row in rows.items()] if isinstance(rows, dict) else []
        return tuple(sorted((server for server in found if server), key=lambda server: server.name.casefold()))

    def find(self, name: str) -> Server | None:
        wanted = name.strip().casefold()
        return next((server for server in self.all() if server.name.casefold() == wanted), None)

    async def add(
        self, name: str, url: str, *, ca_file: str = "", token: str = "", headers: Mapping[str, str] | None = None
    ) -> Server:
        """Adds a server, or changes the one of that name. `token` is sent as a bearer token.

        Raises InvalidField for a name, an address, an authority or a header that cannot be, CannotSave when the disk
        refuses."""
        name = name.strip()
        if not name or name.casefold() in _RESERVED or "/" in name or ":" in name:
            raise InvalidField("engine", f"“{name}” cannot be the name of a server.")
        address = parse_address(url, ca_file=ca_file)
        await asyncio.to_thread(_check_authority, ca_file)
        secret = _checked({**(headers or {}), **({"Authorization": _bearer(token)} if token else {})})
        server = Server(name, address.url, ca_file, tuple(sorted(secret)))
        row = {"url": server.url, "ca_file": ca_file, "headers": list(server.headers)}
        await asyncio.to_thread(self._secrets.set, server.url, secret)
        await asyncio.to_thread(self._edit, lambda rows: _without(rows, name) | {name: row})
        return server

    async def remove(self, name: str) -> None:
        """Forgets a server and its secrets. Does nothing if there is none of that name."""
        server = self.find(name)
        if server is None:
            return
        await asyncio.to_thread(self._edit, lambda rows: _without(rows, server.name))
        if all(s.url != server.url for s in self.all()):
            await asyncio.to_thread(self._secrets.set, server.url, {})

    def _edit(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Blocking. The rows are those on the disk: another process may have added some."""
        self._preferences.edit("servers", lambda rows: change(rows if isinstance(rows, dict) else {}))

    async def set_token(self, url: str, token: str) -> None:
        """For an address without a name: a bearer token, or a whole Authorization header; empty forgets it."""
        address = parse_address(url)
        secret = _checked({"Authorization": _bearer(token)}) if token else {}
        await asyncio.to_thread(self._secrets.set, address.url, secret)

    async def address(self, url: str) -> Address:
        """How to reach the server at `url`: with its own authority and its secret headers."""
        known = next((s for s in self.all() if s.url == url), None)
        headers = await asyncio.to_thread(self._secrets.get, url)
        token = os.environ.get(TOKEN_VARIABLE, "")
        if token and url == self.token_for:
            headers = {name: value for name, value in headers.items() if name.casefold() != "authorization"}
            headers |= _checked({"Authorization": _bearer(token)})
        for value in headers.values():
            self._hide(value.rpartition(" ")[2])
        return parse_address(url, headers=headers, ca_file=known.ca_file if known else "")


def _check_authority(ca_file: str) -> None:
    """Better known now than at the first connection. Blocking."""
    try:
        if ca_file:
            ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # of which a file that holds no certificate is one too
        raise InvalidField(
            "engine", f"The authority's file {ca_file} cannot be used: {authority_fault(error)}."
        ) from error


def _bearer(token: str) -> str:
    token = token.strip()
    return token if " " in token else f"Bearer {token}"


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise InvalidField("engine", f"“{name}” cannot be the name of a header.")
        if not (value.isascii() and value.isprintable()):
            raise InvalidField("engine", f"The value of {name} has characters that a header cannot carry.")
    return dict(headers)


def _without(rows: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: row for other, row in rows.items() if other.casefold() != name.casefold()}


def _server(name: str, row: Any) -> Server | None:
    if not isinstance(row, dict) or not isinstance(row.get("url"), str):
        return None
    headers = row.get("headers")
    names = tuple(map(str, headers)) if isinstance(headers, list) else ()
    return Server(name, row["url"], str(row.get("ca_file") or ""), names)
