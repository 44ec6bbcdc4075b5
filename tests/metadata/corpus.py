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


def editor_graph(graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph in API form as ComfyUI's editor would save it beside it: places, sizes, sockets, links."""
    nodes: list[dict[str, Any]] = []
    links: list[list[Any]] = []
    for order, (node_id, node) in enumerate(graph.items()):
        sockets, widgets = [], []
        for slot, (name, value) in enumerate(node["inputs"].items()):
            if isinstance(value, list) and len(value) == 2 and str(value[0]) in graph:
                links.append([len(links) + 1, int(value[0]), value[1], int(node_id), slot, name.upper()])
                sockets.append({"name": name, "type": name.upper(), "link": len(links)})
            else:
                widgets.append(value)
        nodes.append(
            {
                "id": int(node_id), "type": node["class_type"], "pos": [order % 7 * 240.5, order // 7 * 180.25],
                "size": [210, 80], "flags": {}, "order": order, "mode": 0, "inputs": sockets, "outputs": [],
                "properties": {"Node name for S&R": node["class_type"], "ver": "0.3.40"}, "widgets_values": widgets,
            }
        )  # fmt: skip
    return {"id": "f00d", "revision": 0, "last_node_id": 999, "nodes": nodes, "links": links, "version": 0.4}


#: what our own files carry beside the graph
PARAMS: dict[str, Any] = {
    "prompt": graphs.POSITIVE, "negative_prompt": graphs.NEGATIVE, "original_t2i_prompt": "", "seed": "42", "steps": 20,
    "switch_step": 10, "cfg": 3.5, "sampler": "euler", "scheduler": "simple", "shift": 5.0, "width": 832, "height": 480,
    "num_frames": 81, "fps": 16, "duration": 5, "unet_high_noise": graphs.HIGH, "unet_low_noise": graphs.LOW,
    "lora_configs": [
        {"high": "speed_high.safetensors", "low": "speed_low.safetensors", "strength": 1.0, "enabled": True}
    ],
    "engine": "ComfyUI", "workflow": "image_to_video.wan22-14b", "tool": "image_to_video", "job_id": "6f2c",
    "created_at": "2026-01-01T00:00:00Z", "app_version": "1.0",
}  # fmt: skip


def png_from_editor(rng: random.Random) -> bytes:
    """A PNG with 10–60 KB of text as ComfyUI's SaveImage writes it for a graph drawn in its editor."""
    graph = graphs.grown(rng, rng.randrange(1_000, 16_000))
    return png_with({"prompt": graph, "workflow": editor_graph(graph)})


def png_from_client(rng: random.Random) -> bytes:
    """A PNG with 10–60 KB of text as it is after a client has sent the graph: no editor's graph."""
    return png_with({"prompt": graphs.grown(rng, rng.randrange(6_500, 55_000))})


def png_of_ours(rng: random.Random) -> bytes:
    """The same after we have sent it."""
    return png_with({"prompt": graphs.grown(rng, rng.randrange(6_500, 55_000)), "oelala_params": PARAMS})
