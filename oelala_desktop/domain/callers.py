"""Who may ask a server on this machine. One that listens on 127.0.0.1 is reached by every page that the user has open
in a browser, so:

- `Host` must be one of our own names with our port: a foreign name that resolves to 127.0.0.1 (DNS rebinding) makes
  the browser take us for that site.
- An `Origin` must be ours and `Sec-Fetch-Site` must not say that another site asks: forms and images need no
  permission to be sent anywhere. `null` is the origin of sandboxed frames and files.

Programs send neither of the last two, and pass."""

from __future__ import annotations

from collections.abc import Iterable

Headers = Iterable[tuple[bytes, bytes]]

#: under these a port of this machine is ours, however it is listened on
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
FOREIGN_PAGE = "Requests from web pages of other sites are refused."
_OWN_SITE = (b"none", b"same-origin")
#: where a server may listen, but nobody's name: browsers send no `Sec-Fetch-Site` to it
_ANYWHERE = frozenset({"0.0.0.0", "[::]"})


class OwnNames:
    """`names` are the hosts (without port, IPv6 in brackets) under which this port is ours."""

    def __init__(self, names: Iterable[str], port: int) -> None:
        names = frozenset(names) - _ANYWHERE
        hosts = {f"{name}:{port}" for name in names} | (names if port == 80 else set())
        self._hosts = frozenset(host.encode("ascii") for host in hosts)
        self._origins = frozenset(b"http://" + host for host in self._hosts)
        example = min(hosts, key=lambda host: (not host.startswith("127."), host), default="")
        self.wrong_host = f"This is not a name of this program; ask http://{example} instead."

    def refuse(self, headers: Headers) -> tuple[int, str] | None:
        """The status and the sentence for a request that may not pass; None for one that may. Names of headers are
        in lower case, as ASGI has them."""
        hosts = []
        is_foreign = False
        for name, value in headers:
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                is_foreign |= value not in self._origins
            elif name == b"sec-fetch-site":
                is_foreign |= value not in _OWN_SITE
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return 421, self.wrong_host
        return (403, FOREIGN_PAGE) if is_foreign else None


def bracketed(address: str) -> str:
    """A name or address as it stands before the port of a `Host`."""
    bare = address.strip("[]")
    return f"[{bare}]" if ":" in bare else bare
