"""Prompt and all settings out of PNGs with 10–60 KB of text chunks."""

from __future__ import annotations

import logging
import random
import statistics
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.metadata import read
from tests.metadata import corpus

ROUNDS = 7


def baseline(path: Path) -> Any:
    """The yardstick: the least that finds a prompt at all. All text chunks of the first 64 KiB, then one parse."""
    with path.open("rb") as file:
        head = file.read(65536)
    texts: dict[bytes, bytes] = {}
    offset = 8
    while offset + 12 <= len(head):
        length, kind = struct.unpack_from(">I4s", head, offset)
        if kind == b"tEXt":
            key, _, text = head[offset + 8 : offset + 8 + length].partition(b"\0")
            texts[key] = text
        elif kind == b"IEND":
            break
        offset += 12 + length
    return orjson.loads(texts[b"prompt"])


def timed(work: Callable[[Path], Any], paths: list[Path]) -> float:
    """Seconds for all files once."""
    start = time.perf_counter()
    for path in paths:
        work(path)
    return time.perf_counter() - start


def compared(
    ours: Callable[[Path], Any], yardstick: Callable[[Path], Any], paths: list[Path], of_yardstick: list[Path]
) -> tuple[float, float]:
    """Median files a second of both, rounds interleaved."""
    one, other = [], []
    for _ in range(ROUNDS):
        one.append(len(paths) / timed(ours, paths))
        other.append(len(of_yardstick) / timed(yardstick, of_yardstick))
    return statistics.median(one), statistics.median(other)


def row(name: str, value: float, yardstick: str, base: float, goal: float) -> dict[str, Any]:
    ratio = value / base
    return {
        "name": name, "value": round(value), "unit": "files/s", "yardstick": yardstick, "ratio": round(ratio, 2),
        "goal": goal, "met": ratio >= goal,
    }  # fmt: skip


MAKERS = (corpus.png_from_editor, corpus.png_from_client, corpus.png_of_ours)


def corpora(folder: Path, count: int) -> tuple[list[Path], list[Path]]:
    """(all files, those from ComfyUI's editor). A third each: drawn in the editor, whose own graph makes up most of
    the text; sent by a client, so all of it is `prompt`; sent by us, with `oelala_params` beside it."""
    rng = random.Random(20)
    made, of_editor = [], []
    for index in range(count):
        path = folder / f"harbour_{index:05}.png"
        maker = MAKERS[index % 3]
        path.write_bytes(maker(rng))
        made.append(path)
        if maker is corpus.png_from_editor:
            of_editor.append(path)
    return made, of_editor


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    """Two rows: against the bare chunk walk, and against sd-parsers (which understands the editor's files only)."""
    with tempfile.TemporaryDirectory() as folder:
        paths, of_editor = corpora(Path(folder), 2100 if full else 390)
        ours, base = compared(read, baseline, paths, paths)
        yield row("png-metadata", ours, "chunk walk and orjson parse of `prompt` alone", base, 0.7)
        parse = sd_parsers_parse()
        few = of_editor[:60]
        assert all(parse(path) is not None for path in few), "the yardstick must understand the corpus"
        ours, base = compared(read, parse, of_editor, few)
        yield row("png-metadata", ours, "sd-parsers", base, 2.5)


def sd_parsers_parse() -> Callable[[Path], Any]:
    """sd-parsers as its README uses it, without its log."""
    from sd_parsers import ParserManager

    logging.getLogger("sd_parsers").setLevel(logging.CRITICAL)
    return ParserManager().parse


if __name__ == "__main__":
    for line in run():
        print(line)
