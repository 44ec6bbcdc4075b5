"""An engine's address: where it is and how to be let in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from .errors import InvalidField

_LONGEST = 2000  # characters
_NUMBERS = re.compile(r"\d+\.\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Address:
    """`url` has no trailing slash and may have a path prefix. `headers` go with every call (they may be secret);
    `ca_file` is a PEM file of one's own certificate authority."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str = ""

    @property
    def socket_url(self) -> str:
        return "ws" + self.url.removeprefix("http") + "/ws"

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


def parse_address(text: str, *, headers: Mapping[str, str] | None = None, ca_file: str = "") -> Address:
    """`text` may lack the scheme. Raises InvalidField (`engine`) for what is no http address."""
    text = text.strip()
    wanted = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(wanted)
        port = parts.port
        _check_host(parts.hostname or "")
    except ValueError:
        raise InvalidField("engine", f"“{text}” is not an address like http://127.0.0.1:8188.") from None
    if parts.scheme not in ("http", "https") or port == 0 or not text.isprintable() or len(text) > _LONGEST:
        raise InvalidField("engine", f"“{text}” is not an address like http://127.0.0.1:8188.")
    if parts.username or parts.password:
        raise InvalidField("engine", "Give the password as a token or a header, not inside the address.")
    clean = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    return Address(clean, dict(headers or {}), ca_file)


def _check_host(host: str) -> None:
    """Raises ValueError for what can be no host."""
    if not host or re.search(r"\s", host):
        raise ValueError("no host")
    if ":" in host:
        ipaddress.IPv6Address(host.partition("%")[0])
    elif _NUMBERS.fullmatch(host):
        ipaddress.IPv4Address(host)
    else:
        host.encode("idna")


def authority_fault(error: OSError) -> str:
    """Why a file of an authority cannot be used, as the end of a sentence."""
    if type(error).__module__ == "ssl":  # its errors are OSErrors too; the module itself is not needed here
        return "it holds no certificate in PEM form"
    return error.strerror or str(error)


def is_loopback(host: str) -> bool:
    """Whether only this machine is reached at that name or address (IPv6 with or without its brackets)."""
    bare = host.strip("[]")
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare.casefold() == "localhost"
