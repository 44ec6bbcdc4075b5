"""Media files made from nothing, with metadata in them: the tests, the fuzzer and the benchmarks all use these."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from tests.metadata import graphs

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def dumps(value: Any) -> bytes:
    """JSON as ComfyUI writes it: ASCII, bare NaN allowed."""
    return json.dumps(value).encode("ascii")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_text(key: str, text: bytes) -> bytes:
    return png_chunk(b"tEXt", key.encode("latin-1") + b"\0" + text)


def png_packed_text(key: str, text: bytes) -> bytes:
    return png_chunk(b"zTXt", key.encode("latin-1") + b"\0\0" + zlib.compress(text))


def png_utf8_text(key: str, text: bytes, *, packed: bool = False) -> bytes:
    body = zlib.compress(text) if packed else text
    return png_chunk(b"iTXt", key.encode("latin-1") + b"\0" + bytes([packed, 0]) + b"\0\0" + body)


def png(before: bytes = b"", after: bytes = b"", width: int = 64, height: int = 48, seed: int = 0) -> bytes:
    """A grey PNG with a gradient; `before` and `after` are chunks around the pixels."""
    rows = b"".join(b"\0" + bytes((x + y + seed) & 255 for x in range(width)) for y in range(height))
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = png_chunk(b"IDAT", zlib.compress(rows))
    return PNG_SIGNATURE + head + before + pixels + after + png_chunk(b"IEND", b"")


def png_with(texts: Mapping[str, Any]) -> bytes:
    """A PNG with one tEXt chunk a text; what is not bytes is written as JSON."""
    chunks = (png_text(k, v if isinstance(v, bytes) else dumps(v)) for k, v in texts.items())
    return png(b"".join(chunks))


def editor_graph(rng: random.Random, size: int) -> dict[str, Any]:
    """Something of the size and kind of ComfyUI's `workflow` block."""
    nodes: list[dict[str, Any]] = []
    while len(nodes) * 400 < size:
        nodes.append(
            {
                "id": len(nodes) + 1, "type": "Note", "pos": [rng.random() * 900, rng.random() * 900],
                "size": [210, 80], "flags": {}, "order": len(nodes), "mode": 0, "inputs": [], "outputs": [],
                "properties": {"Node name for S&R": "Note", "ver": "0.3.40"}, "color": "#432", "bgcolor": "#653",
                "widgets_values": ["the harbour at low tide, boats on the sand"],
            }
        )  # fmt: skip
    return {"id": "f00d", "revision": 0, "last_node_id": len(nodes), "nodes": nodes, "links": [], "version": 0.4}


def png_with_graph(rng: random.Random) -> bytes:
    """A PNG with 10–60 KB of text: a prompt, and mostly the editor's graph beside it."""
    total = rng.randrange(10_000, 56_000)
    share = rng.choice((0.3, 0.45, 0.6)) if rng.random() < 0.85 else 1.0
    texts: dict[str, Any] = {"prompt": graphs.grown(rng, int(total * share) - 4_000)}
    if share < 1.0:
        texts["workflow"] = editor_graph(rng, int(total * (1 - share)))
    return png_with(texts)
