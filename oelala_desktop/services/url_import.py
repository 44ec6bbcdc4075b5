"""A picture from an address on the web, fetched for a user who dropped it. Addresses of this machine and of the private
network are refused after resolution, on every redirect, but for the connected engine's own /view."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from oelala_desktop.domain.bodies import IDENTITY, Body, refuse_encoding
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, InvalidMedia

_LIMIT = 20 * 10**6  # bytes
_TIME = 30.0  # seconds
_REDIRECTS = 3
_PIECE = 65_536  # bytes taken at once
_LONGEST = 60  # characters of an address that a sentence holds
#: where the last 32 bits are the IPv4 address that a gateway or this machine goes on to: NAT64, and the old ::1.2.3.4
_HOLDING_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


async def fetch_picture(url: str, folder: Path, *, engine_url: str = "") -> Path:
    """Downloads into `folder`; the caller reads it as a picture. Raises InvalidMedia with a sentence."""
    try:
        async with asyncio.timeout(_TIME):
            content, final = await _follow(url, engine_url)
    except TimeoutError:
        raise InvalidMedia("image", f"{_host(url)} took longer than {_TIME:.0f} s.") from None
    except EngineAnswer as error:
        raise InvalidMedia("image", error.message) from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # an address is often what a page wrote
        reason = str(error).rstrip(".") or "the connection broke off"
        raise InvalidMedia("image", f"{_host(url)} could not be read: {reason}.") from error
    name = unquote(urlsplit(final).path.rsplit("/", 1)[-1])[:60]
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name).strip(".") or "picture"
    path = folder / f"{hashlib.sha256(content).hexdigest()[:12]}_{safe}"
    try:
        await asyncio.to_thread(_write, path, content)
    except OSError as error:
        raise CannotSave(f"The picture cannot be kept in {folder}: {error.strerror}.") from error
    return path


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


async def _follow(url: str, engine_url: str) -> tuple[bytes, str]:
    for _ in range(_REDIRECTS + 1):
        address = await _checked_address(url, engine_url)
        answer = await _get(url, address)
        if isinstance(answer, bytes):
            return answer, url
        url = str(httpx.URL(url).join(answer))
    raise InvalidMedia("image", f"{_host(url)} redirects more than {_REDIRECTS} times.")


async def _checked_address(url: str, engine_url: str) -> str | None:
    """The one address to connect to, so that a name cannot resolve to another one after the check. None: no pin
    (the engine's own)."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise InvalidMedia("image", f"“{url[:_LONGEST]}” is not an address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidMedia("image", "Only http and https addresses of pictures can be used.")
    if engine_url and url.startswith(f"{engine_url}/view?"):
        return None
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise InvalidMedia("image", f"The name {_host(url)} is not known.") from error
    addresses = [str(row[4][0]) for row in found]
    for text in addresses:
        if not _is_public(ipaddress.ip_address(text.split("%")[0])):
            raise InvalidMedia("image", f"{_host(url)} lies in a private network; drop the file itself.")
    return addresses[0]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.sixtofour
        if any(address in network for network in _HOLDING_IPV4):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.is_site_local or (inner is not None and not _is_public(inner)):
            return False
    return address.is_global and not address.is_multicast


async def _get(url: str, address: str | None) -> bytes | str:
    """The body, or where a redirect points."""
    target = httpx.URL(url)
    headers, extensions = {"Host": target.netloc.decode(), **IDENTITY}, {}
    if address:
        extensions["sni_hostname"] = target.host
        target = target.copy_with(host=address)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=10.0) as client,
        client.stream("GET", target, headers=headers, extensions=extensions) as response,
    ):
        if response.is_redirect:
            return str(response.headers.get("location", ""))
        if response.status_code != 200:
            raise InvalidMedia("image", f"{_host(url)} answered with status {response.status_code}.")
        refuse_encoding(response.headers.get("content-encoding"))
        body = Body(_LIMIT, f"The picture has more than {_LIMIT / 10**6:g} MB.")
        async for chunk in response.aiter_raw(_PIECE):
            body.take(chunk)
        return body.whole()


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url)[:_LONGEST]
    except ValueError:
        return url[:_LONGEST]
