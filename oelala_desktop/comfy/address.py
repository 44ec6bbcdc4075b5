"""An engine's address: where it is and how to be let in."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import httpx

from oelala_desktop.domain.errors import InvalidField


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

    def ssl_context(self) -> ssl.SSLContext | None:
        """None for plain http. Raises OSError if the CA file cannot be read."""
        if not self.url.startswith("https:"):
            return None
        return ssl.create_default_context(cafile=self.ca_file or None)


def authority_fault(error: OSError) -> str:
    """Why a file of an authority cannot be used, as the end of a sentence."""
    return "it holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror or str(error)


def parse_address(text: str, *, headers: Mapping[str, str] | None = None, ca_file: str = "") -> Address:
    """`text` may lack the scheme. Raises InvalidField (`engine`) for what is no http address."""
    text = text.strip()
    wanted = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(wanted)
        port = parts.port
    except ValueError:
        raise InvalidField("engine", f"“{text}” is not an address like http://127.0.0.1:8188.") from None
    named = parts.hostname and not re.search(r"\s", parts.hostname)
    if parts.scheme not in ("http", "https") or not named or port == 0:
        raise InvalidField("engine", f"“{text}” is not an address like http://127.0.0.1:8188.")
    if parts.username or parts.password:
        raise InvalidField("engine", "Give the password as a token or a header, not inside the address.")
    clean = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    try:
        httpx.URL(clean)
    except httpx.InvalidURL as error:
        raise InvalidField("engine", f"“{text}” is not an address like http://127.0.0.1:8188.") from error
    return Address(clean, dict(headers or {}), ca_file)
