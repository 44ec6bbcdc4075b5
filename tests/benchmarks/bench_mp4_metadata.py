"""Prompt and all settings out of mp4 files, both layouts, against opening them with PyAV."""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from oelala_desktop.metadata import read
from tests.metadata import corpus, graphs

ROUNDS = 7


def opened(path: Path) -> dict[str, str]:
    """The yardstick: PyAV opens the file and hands out the tags, nothing parsed."""
    with av.open(path) as container:
        return dict(container.metadata)


def landscape(width: int, height: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Soft hills of all sizes: decoding costs what filmed or generated frames cost, not what flat colour does."""
    rng = np.random.default_rng(21)
    hills = np.zeros((height, width), np.float32)
    for size in (4, 8, 16, 32, 64, 128):
        coarse = rng.standard_normal((height // size + 2, width // size + 2)).astype(np.float32)
        rows = np.arange(height, dtype=np.float32)[:, None] / size
        columns = np.arange(width, dtype=np.float32)[None, :] / size
        y, x = rows.astype(int), columns.astype(int)
        down, right = rows - y, columns - x
        above = coarse[y, x] * (1 - right) + coarse[y, x + 1] * right
        below = coarse[y + 1, x] * (1 - right) + coarse[y + 1, x + 1] * right
        hills += (above * (1 - down) + below * down) * size
    return (hills - hills.min()) / np.ptp(hills) * 255


#: what the 14B and the 5B presets make by default
SIZES = ((848, 480, 81, 16), (1280, 704, 49, 24))


def clip(path: Path, width: int, height: int, frames: int, rate: int) -> Path:
    """A slow pan, encoded as ComfyUI does."""
    scene = landscape(width + 2 * frames, height + frames)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "19"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            seen = scene[index : index + height, 2 * index : 2 * index + width]
            frame = np.stack([seen, seen * 0.8, 255 - seen], -1).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return path


def tagged(source: Path, target: Path, tags: dict[str, str], *, keyed: bool) -> None:
    """The same frames in an mp4 with tags, as ComfyUI's savers mux them."""
    options = {"movflags": "use_metadata_tags"} if keyed else {}
    with av.open(source) as old, av.open(target, "w", options=options) as new:
        new.metadata.update(tags)
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux():
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)


def made(sources: list[Path], layout: str, count: int) -> list[Path]:
    """`keyed`: SaveVideo and today's VHS, one tag a block. `comment`: VHS before 2026, all blocks in one text."""
    rng = random.Random(21)
    paths = []
    for index in range(count):
        graph = graphs.grown(rng, rng.randrange(1_000, 16_000))
        drawn = corpus.editor_graph(graph)
        tags = {"prompt": json.dumps(graph), "workflow": json.dumps(drawn)}
        if layout == "comment":
            tags = {"comment": json.dumps({"prompt": json.dumps(graph), "workflow": drawn})}
        path = sources[0].with_name(f"{layout}_{index:04}.mp4")
        tagged(sources[index % 2], path, tags, keyed=layout == "keyed")
        assert read(path).info.prompt == graphs.POSITIVE
        paths.append(path)
    return paths


def files_a_second(work: Any, paths: list[Path]) -> float:
    start = time.perf_counter()
    for path in paths:
        work(path)
    return len(paths) / (time.perf_counter() - start)


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """A row a layout."""
    with tempfile.TemporaryDirectory() as folder:
        sources = [clip(Path(folder) / f"clip_{size[0]}.mp4", *size) for size in SIZES]
        for layout in ("keyed", "comment"):
            paths = made(sources, layout, 200 if full else 40)
            few = paths[:20]
            ours, base = [], []
            for _ in range(ROUNDS):
                ours.append(files_a_second(read, paths))
                base.append(files_a_second(opened, few))
            ratio = statistics.median(ours) / statistics.median(base)
            yield {
                "name": "mp4-metadata", "value": round(statistics.median(ours)), "unit": "files/s",
                "yardstick": f"PyAV open, {layout} layout", "ratio": round(ratio, 1), "goal": 20, "met": ratio >= 20,
            }  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(line)
