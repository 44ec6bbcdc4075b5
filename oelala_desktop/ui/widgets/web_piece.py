"""What a piece of a page shows and leads to, as browsers put it into a drag. Python's parser of pages is imported with
it: only what comes from a browser needs that."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


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
            # what a page loads late is named besides a stand-in, and the one shown is the smallest that does
            late = [values.get(name, "") for name in ("data-full", "data-original", "data-src")]
            self.pictures += filter(None, [*late, _largest(values.get("srcset", "")), values.get("src", "")])
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])


def _largest(srcset: str) -> str:
    """The one with the greatest width or density; the last of several alike."""
    parts = [part.split() for part in srcset.split(", ") if part.split()]
    return max(reversed(parts), key=_scale)[0] if parts else ""


def _scale(part: list[str]) -> float:
    try:
        return float(part[1].rstrip("wx,")) if len(part) > 1 else 1.0
    except ValueError:
        return 0.0
