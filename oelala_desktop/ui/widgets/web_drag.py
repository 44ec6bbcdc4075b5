"""What browsers put into a drag or the clipboard: addresses in several forms, and a piece of the page."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from PySide6.QtCore import QMimeData

#: a picture as its own address; characters
_LONGEST_DATA = 40_000_000
#: where pages of search results name the picture itself
_NAMED_BY = ("imgurl", "mediaurl", "murl", "img_url", "image_url")
#: where they may name a page as well
_LEADS_BY = ("url", "u", "q")
_PICTURE = r"(?i)\.(jpe?g|png|webp|gif|avif|bmp|tiff?)\Z"
#: a text that is an address, with blanks in it or not; the web's have none
_ADDRESS = r"(?i)(?:https?|blob):\S+\Z|data:|file:/|mtp:|(?!https?:)[a-z][a-z0-9+.-]{1,20}://"


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
    found += [line.strip() for line in _lines(mime.text()) if re.match(_ADDRESS, line.strip())]
    return list(dict.fromkeys(_plain(address.strip("\0 ")) for address in found if _scheme(address)))


def _lines(text: str) -> list[str]:
    """A picture as its own address may be broken into lines."""
    return ["".join(text.split())] if text.lstrip()[:5].lower() == "data:" else text.splitlines()


def _plain(address: str) -> str:
    """The scheme in small letters, as it is looked for."""
    scheme, colon, rest = address.partition(":")
    return f"{scheme.lower()}{colon}{rest}"


def _scheme(address: str) -> str:
    try:
        return urlsplit(address.strip()).scheme if ":" in address[:24] else ""
    except ValueError:
        return ""


def named_picture(address: str) -> str:
    """The picture that the address of a search result leads to, or empty."""
    try:
        query = parse_qs(urlsplit(address).query)
    except ValueError:
        return ""
    named = (query[key][0] for key in _NAMED_BY if key in query)
    leads = (query[key][0] for key in _LEADS_BY if key in query and re.search(_PICTURE, path_of(query[key][0])))
    return next((url for url in (*named, *leads) if url.startswith(("http://", "https://"))), "")


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
