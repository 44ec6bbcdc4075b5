"""What browsers put into a drag or the clipboard: addresses in several forms, and a piece of the page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote_to_bytes, urljoin, urlsplit

from PySide6.QtCore import QMimeData

#: a picture as its own address; characters
_LONGEST_DATA = 40_000_000
#: where pages of search results name the picture itself
_NAMED_BY = ("imgurl", "mediaurl", "murl", "img_url", "image_url")


def text_of(mime: QMimeData, kind: str) -> str:
    """Browsers write UTF-8, or UTF-16 of this machine."""
    data = bytes(mime.data(kind).data())
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]
    return data.decode(
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le" if wide else "utf-8", "replace"
    )


def addresses(mime: QMimeData) -> list[str]:
    """All that are named as such, whatever their scheme, in the order of how much they tell."""
    found = [url.toString() for url in mime.urls() if url.scheme()]
    found += text_of(mime, "text/x-moz-url").splitlines()[:1]
    found += text_of(mime, "x-special/gnome-copied-files").splitlines()[1:]
    found += [line.strip() for line in mime.text().splitlines() if len(line.split()) == 1 and _scheme(line)]
    return list(dict.fromkeys(address.strip("\0 ") for address in found if _scheme(address)))


def _scheme(address: str) -> str:
    try:
        return urlsplit(address.strip()).scheme if ":" in address[:12] else ""
    except ValueError:
        return ""


def named_picture(address: str) -> str:
    """The picture that the address of a search result leads to, or empty."""
    try:
        query = parse_qs(urlsplit(address).query)
    except ValueError:
        return ""
    named = (query[key][0] for key in _NAMED_BY if key in query)
    return next((url for url in named if url.startswith(("http://", "https://"))), "")


def path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def data_of(address: str) -> bytes:
    """What an address of the kind data: holds; empty if it holds nothing that can be read."""
    head, comma, body = address[:_LONGEST_DATA].partition(",")
    if not comma or not head.startswith("data:image/"):
        return b""
    raw = unquote_to_bytes(body)
    if not head.endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return b""


def pictures_of(html: str, base: str = "") -> tuple[list[str], list[str]]:
    """(addresses of pictures, addresses of links) of a piece of a page whose own address is `base`."""
    parser = _Piece()
    parser.feed(html)
    return list(_whole(parser.pictures, base)), list(_whole(parser.links, base))


def _whole(found: list[str], base: str) -> Iterator[str]:
    """Without those that name no place: parts of an address are of no use where that of the page is not known."""
    for address in dict.fromkeys(found):
        if address.startswith("data:"):
            yield address
            continue
        try:
            whole = urljoin(base or "https:", address)
            scheme, place, *_ = urlsplit(whole)
        except ValueError:
            continue
        if scheme in ("http", "https") and place:
            yield whole


class _Piece(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value.strip() for name, value in attrs if value}
        if tag == "img":
            # what a page loads late is named besides a stand-in
            found = [values.get(name, "") for name in ("data-full", "data-original", "data-src", "src")]
            self.pictures += filter(None, [*found, *_last_of(values.get("srcset", ""))])
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])


def _last_of(srcset: str) -> list[str]:
    """The last of a set is as a rule the largest."""
    parts = [part.split()[0] for part in srcset.split(", ") if part.split()]
    return parts[-1:]
