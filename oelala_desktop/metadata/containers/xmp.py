"""XMP packets (ISO 16684-1): only the few properties that carry what made a picture.

The XML is searched, not parsed: an XML parser would meet entity bombs for the sake of two properties.
"""

from __future__ import annotations

import html
import re

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.contents import Contents

_SEGMENT = b"http://ns.adobe.com/xap/1.0/\0"
_NAMES = rb"(?:oelala_params|prompt|workflow|parameters|UserComment|original_t2i_prompt)"
_ELEMENT = re.compile(
    rb"<[A-Za-z]\w{0,20}:(" + _NAMES + rb")(?:\s[^<>]{0,200})?>(.*?)</[A-Za-z]\w{0,20}:\1>", re.DOTALL
)
_ATTRIBUTE = re.compile(rb"\s[A-Za-z]\w{0,20}:(" + _NAMES + rb")\s*=\s*(\"[^\"]*\"|'[^']*')")
_MARKUP = re.compile(rb"<[^<>]{0,300}>")
#: a packet larger than this is no packet of texts
_PACKET = 2 * limits.MIB
_PROPERTIES = 16


def take_segment(contents: Contents, data: bytes) -> None:
    """Keep what an APP1 segment holds if it is a standard XMP packet."""
    if data.startswith(_SEGMENT):
        take(contents, data[len(_SEGMENT) :])


def take(contents: Contents, packet: bytes) -> None:
    """Keep the known properties of a packet, written as elements or as attributes."""
    if len(packet) > _PACKET:
        return
    for pattern in (_ELEMENT, _ATTRIBUTE):
        for count, match in enumerate(pattern.finditer(packet)):
            if count >= _PROPERTIES:
                break
            _keep(contents, match[1].decode("ascii"), match[2], quoted=pattern is _ATTRIBUTE)


def _keep(contents: Contents, name: str, value: bytes, *, quoted: bool) -> None:
    text = value[1:-1] if quoted else _MARKUP.sub(b"", value)
    key = "parameters" if name == "UserComment" else name
    contents.keep(key, html.unescape(text.decode("utf-8", "replace")).strip())
