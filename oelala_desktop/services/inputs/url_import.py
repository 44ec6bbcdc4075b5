"""A file from an address on the web, fetched for a user who dropped it. Addresses of this machine and of the private
network are refused after resolution, on every redirect, but for the connected engine's own /view."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import socket
import uuid
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import httpx

from oelala_desktop.domain.bodies import IDENTITY, refuse_encoding
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, InvalidMedia
from oelala_desktop.domain.field import TIMED_KINDS, FieldKind

_IDLE = 10.0  # seconds without a byte
_AT_ONCE = 2**20  # bytes that are written in one go


class _Allowance(NamedTuple):
    """`seconds` in all; None where only silence ends it."""

    bytes: int
    seconds: float | None


_LARGE = _Allowance(2 * 10**9, None)
_SECONDS, _EACH = 30.0, 20 * 10**6  # for so many bytes that may come
_REDIRECTS = 3
_LONGEST = 60  # characters of an address that a sentence holds
#: where the last 32 bits are the IPv4 address that a gateway or this machine goes on to: NAT64, and the old ::1.2.3.4
_HOLDING_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


async def fetch_file(
    url: str, folder: Path, kind: FieldKind, key: str, most_bytes: int, *, engine_url: str = ""
) -> Path:
    """Downloads into `folder` what is to be an input of that kind, named `key` in what is raised: at most 2 GB of a
    video or a sound, `most_bytes` of anything else. The caller reads it as what it should be. Raises InvalidMedia with
    a sentence, or CannotSave."""
    small = _Allowance(most_bytes, _SECONDS * max(1.0, most_bytes / _EACH))
    allowed = _LARGE if kind in TIMED_KINDS else small
    part = folder / f"{uuid.uuid4().hex}.part"
    try:
        async with asyncio.timeout(allowed.seconds):
            digest, final = await _follow(url, engine_url, part, allowed.bytes)
        path = folder / f"{digest[:12]}_{_safe_name(final)}"
        await asyncio.to_thread(part.replace, path)
    except (TimeoutError, httpx.TimeoutException) as error:
        waited = allowed.seconds if isinstance(error, TimeoutError) else _IDLE
        raise InvalidMedia(key, f"{_host(url)} took longer than {waited:.0f} s.") from None
    except _Refused as error:
        raise InvalidMedia(key, str(error)) from error
    except EngineAnswer as error:
        raise InvalidMedia(key, error.message) from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # an address is often what a page wrote
        reason = str(error).rstrip(".") or "the connection broke off"
        raise InvalidMedia(key, f"{_host(url)} could not be read: {reason}.") from error
    except OSError as error:
        raise CannotSave(f"The file cannot be kept in {folder}: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return path


class _Refused(Exception):
    """With a sentence on what is wrong with an address or with what lies there."""


def _safe_name(url: str) -> str:
    name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])[-60:]
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name).strip(".") or "file"


async def _follow(url: str, engine_url: str, part: Path, limit: int) -> tuple[str, str]:
    """The digest of what has come into `part`, and the address that it came from."""
    for _ in range(_REDIRECTS + 1):
        address = await _checked_address(url, engine_url)
        found = await _get(url, address, part, limit)
        if not isinstance(found, _Redirect):
            return found, url
        url = str(httpx.URL(url).join(found.place))
    raise _Refused(f"{_host(url)} redirects more than {_REDIRECTS} times.")


async def _checked_address(url: str, engine_url: str) -> str | None:
    """The one address to connect to, so that a name cannot resolve to another one after the check. None: no pin
    (the engine's own)."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _Refused(f"“{url[:_LONGEST]}” is not an address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Refused("Only http and https addresses can be used.")
    if engine_url and url.startswith(f"{engine_url}/view?"):
        return None
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise _Refused(f"The name {_host(url)} is not known.") from error
    addresses = [str(row[4][0]) for row in found]
    for text in addresses:
        if not _is_public(ipaddress.ip_address(text.split("%")[0])):
            raise _Refused(f"{_host(url)} lies in a private network; drop the file itself.")
    return addresses[0]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.sixtofour
        if any(address in network for network in _HOLDING_IPV4):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.is_site_local or (inner is not None and not _is_public(inner)):
            return False
    return address.is_global and not address.is_multicast


class _Redirect(NamedTuple):
    place: str


async def _get(url: str, address: str | None, part: Path, limit: int) -> str | _Redirect:
    """The digest of the body, which goes into `part`; or where a redirect points."""
    target = httpx.URL(url)
    headers, extensions = {"Host": target.netloc.decode(), **IDENTITY}, {}
    if address:
        extensions["sni_hostname"] = target.host
        target = target.copy_with(host=address)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=_IDLE) as client,
        client.stream("GET", target, headers=headers, extensions=extensions) as response,
    ):
        if response.is_redirect:
            return _Redirect(str(response.headers.get("location", "")))
        if response.status_code != 200:
            raise _Refused(f"{_host(url)} answered with status {response.status_code}.")
        refuse_encoding(response.headers.get("content-encoding"))
        too_large = f"There is more than {_amount(limit)} at {_host(url)}, which is the most that is fetched."
        if int(response.headers.get("content-length") or 0) > limit:
            raise _Refused(too_large)
        return await _write(response, part, limit, too_large)


async def _write(response: httpx.Response, part: Path, limit: int, too_large: str) -> str:
    digest, held, size = hashlib.sha256(), bytearray(), 0
    await asyncio.to_thread(part.parent.mkdir, parents=True, exist_ok=True)
    with await asyncio.to_thread(part.open, "wb") as file:
        async for chunk in response.aiter_raw():
            held += chunk
            size += len(chunk)
            if size > limit:
                raise _Refused(too_large)
            if len(held) >= _AT_ONCE:
                await asyncio.to_thread(file.write, held)
                digest.update(held)
                held = bytearray()
        await asyncio.to_thread(file.write, held)
        digest.update(held)
    return digest.hexdigest()


def _amount(count: int) -> str:
    return f"{count / 10**9:g} GB" if count >= 10**9 else f"{count / 10**6:g} MB"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url)[:_LONGEST]
    except ValueError:
        return url[:_LONGEST]
