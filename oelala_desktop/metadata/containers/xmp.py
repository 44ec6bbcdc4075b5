"""XMP packets (ISO 16684-1): only the few properties that carry what made a picture.

The XML is searched, not parsed: an XML parser would meet entity bombs for the sake of two properties.
"""

from __future__ import annotations

import html
import re
from itertools import islice

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.contents import Contents

_SEGMENT = b"http://ns.adobe.com/xap/1.0/\0"
_NAMES = rb"(?:oelala_params|prompt|workflow|parameters|UserComment|original_t2i_prompt|description)"
_OPENING = re.compile(rb"<([A-Za-z]\w{0,20}:" + _NAMES + rb")(?:\s[^<>]{0,200})?>")
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
    for opening in islice(_OPENING.finditer(packet), _PROPERTIES):
        end = packet.find(b"</" + opening[1] + b">", opening.end())
        if end > 0:
            _keep(contents, opening[1], _MARKUP.sub(b"", packet[opening.end() : end]))
    for attribute in islice(_ATTRIBUTE.finditer(packet), _PROPERTIES):
        _keep(contents, attribute[1], attribute[2][1:-1])


def _keep(contents: Contents, name: bytes, text: bytes) -> None:
    key = name.rpartition(b":")[2].decode("ascii")
    # A1111's text lies under EXIF's name when a program has copied it over.
    key = "parameters" if key == "UserComment" else key
    contents.keep(key, html.unescape(text.decode("utf-8", "replace")).strip())
