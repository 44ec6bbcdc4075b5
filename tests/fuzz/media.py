"""Seeded mutations of media files of every container and dialect, each read in this process.

    python tests/fuzz/media.py -n 50000 [--seed S]

Promised: nothing but Unreadable is ever raised, no file takes over a second or 256 MiB. Exit code 1 if that breaks;
the mutation that broke it is written beside the report.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
import traceback
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import check_complete, read, read_bytes, sniff
from tests.metadata import corpus, files, graphs
from tests.metadata.test_blocks import A1111, PARAMS
from tests.metadata.test_programs import DRAW, FOOOCUS, NOVEL, RUINED, SWARM, WAN2GP
from tests.metadata.test_samplers import ltx, two_branches
from tests.metadata.test_workflow import two_pass

SECONDS, MIB = 1.0, 256


class Outcome(NamedTuple):
    """`peak_mib` is how far the process grew over what it had before the first file."""

    files: int
    crashes: int
    slow: int
    slowest: float
    peak_mib: float

    @property
    def kept(self) -> bool:
        return not self.crashes and not self.slow and self.peak_mib <= MIB


def samples() -> list[bytes]:
    """One whole file for each pair of container and dialect."""
    graph, drawn = json.dumps(graphs.two_pass()), json.dumps(two_pass())
    bundle = json.dumps({"prompt": graph, "workflow": two_pass()})
    blocks = [{"prompt": graph, "workflow": drawn}, {"oelala_params": json.dumps(PARAMS)}, {"workflow": drawn},
              {"prompt": json.dumps(graphs.one_pass())}]  # fmt: skip
    found = [files.saved("BMP"), files.saved("AVIF"), files.saved("TIFF")]
    for texts in blocks:
        raw = {key: text.encode() for key, text in texts.items()}
        pieces = b"".join(corpus.png_packed_text(k, v) for k, v in raw.items())
        exif = files.exif({0x0110 - i: f"{k}:{v}".encode() for i, (k, v) in enumerate(texts.items())})
        found += [
            corpus.png_with(raw), corpus.png(pieces), files.animated_png({k: json.loads(v) for k, v in texts.items()}),
            corpus.png(after=b"".join(corpus.png_utf8_text(k, v, packed=True) for k, v in raw.items())),
            files.jpeg(files.segment(0xE1, b"Exif\0\0" + exif)), files.webp(files.riff(b"EXIF", exif), animated=True),
            files.saved("GIF", comment=next(f"{k}:{v}" for k, v in texts.items()).encode()),
            *(files.video(kind, texts) for kind in files.VIDEO_CODECS),
        ]  # fmt: skip
    for order in "<>":
        exif = files.exif({}, b"UNICODE\0" + A1111.encode("utf-16-be"), order)
        found += [files.jpeg(files.segment(0xE1, b"Exif\0\0" + exif)), files.webp(files.riff(b"EXIF", exif))]
    for program in (SWARM, FOOOCUS, RUINED, DRAW, WAN2GP, NOVEL):
        text = json.dumps(program)
        exif = files.exif({}, b"UNICODE\0" + text.encode("utf-16-le"))
        found += [files.saved("AVIF", exif=exif), corpus.png_with({"parameters": text.encode()}),
                  files.video("mkv", {"comment": text})]  # fmt: skip
    found += [corpus.png_with({"prompt": made}) for made in (ltx(), two_branches())]
    packet = f"<r><c:prompt>{graph}</c:prompt><d c:parameters='{A1111}'/></r>".encode()
    found += [
        corpus.png_with({"parameters": A1111.encode()}), files.webp(files.riff(b"XMP ", packet)),
        files.video("mp4", {"comment": bundle}, keyed=False), files.video("mov", {"comment": bundle}, keyed=False),
        files.video("mp4", {"prompt": graph}, movflags="faststart"),
        files.video("mp4", {"prompt": graph}, movflags="frag_keyframe+empty_moov"),
    ]  # fmt: skip
    return found


def flip_bytes(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        data[rng.randrange(len(data))] = rng.randrange(256)


def cut(rng: random.Random, data: bytearray) -> None:
    del data[rng.randrange(len(data)) :]


def drop_slice(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.randrange(1, 200)]


def repeat_slice(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    piece = data[start : start + rng.randrange(1, 400)]
    data[start:start] = piece * rng.choice((1, 2, 50, 400))


def swap_slices(rng: random.Random, data: bytearray) -> None:
    length = rng.randrange(1, 200)
    one, other = rng.randrange(len(data)), rng.randrange(len(data))
    data[one : one + length], data[other : other + length] = data[other : other + length], data[one : one + length]


def absurd_number(rng: random.Random, data: bytearray) -> None:
    """A size or count field that lies."""
    at = rng.randrange(len(data))
    value = rng.choice(
        (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1", b"\x01\xff\xff\xff\xff\xff\xff\xff")
    )
    data[at : at + len(value)] = value


_HOSTILE = (
    b"NaN", b"Infinity", b"1e999", b"9" * 5000, b'"\\ud800"', b"[" * 3000, b'{"a":' * 3000, b"null", b"\0", b"\xff\xfe",
    b'["13", 0]', b'["12", 1]', b"-1", b'""', b"{}", b"[[]]", b'"' + b"\\\\" * 500 + b'"', b"true", b'["5", "x"]',
)  # fmt: skip


def hostile_value(rng: random.Random, data: bytearray) -> None:
    """Something unexpected where JSON has a value."""
    at = data.find(b": ", rng.randrange(len(data)))
    if at >= 0:
        end = at + 2 + rng.choice((0, 1, 4, 12))
        data[at + 2 : end] = rng.choice(_HOSTILE)


def mend_png(_: random.Random, data: bytearray) -> None:
    """Nothing reads the checksums of chunks; set the first text's length right so that the change is seen."""
    at = data.find(b"tEXt")
    end = data.find(b"IDAT", at)
    if at > 4 and end > at:
        data[at - 4 : at] = max(0, end - 8 - at - 4).to_bytes(4, "big")


def bomb(rng: random.Random, data: bytearray) -> None:
    """A text that inflates to more than it should."""
    at = data.find(b"IDAT")
    if at > 4 and data[:4] == b"\x89PNG":
        text = rng.choice((b" ", b"[", b'{"1":', b"[],", b"{},", b"9")) * rng.choice((10_000, 1_000_000, 4_000_000))
        data[at - 4 : at - 4] = corpus.png_chunk(b"zTXt", b"prompt\0\0" + zlib.compress(text, 1))


MUTATIONS: tuple[Callable[[random.Random, bytearray], None], ...] = (
    flip_bytes, flip_bytes, cut, drop_slice, repeat_slice, swap_slices, absurd_number, absurd_number, hostile_value,
    hostile_value, hostile_value,
)  # fmt: skip


def mutated(rng: random.Random, data: bytes) -> bytes:
    """One to three mutations of a file."""
    copy = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        if copy:
            rng.choice(MUTATIONS)(rng, copy)
    if rng.random() < 0.3:
        mend_png(rng, copy)
    if rng.random() < 0.004:
        bomb(rng, copy)
    return bytes(copy)


def read_all_ways(data: bytes, path: Path) -> None:
    """In memory, and now and then through the file system with the check for completeness."""
    sniff(data[:64])
    try:
        found = read_bytes(data, "fuzz")
    except Unreadable:
        return
    json.dumps(found.info.as_dict()).encode()
    if len(data) % 16 == 0:
        path.write_bytes(data)
        for work in (read, check_complete):
            try:
                work(path)
            except Unreadable:
                continue


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(count: int, seed: int, keep: Path | None = None) -> Outcome:
    """Read `count` mutations. Those that break a promise are written to `keep`."""
    rng = random.Random(seed)
    whole = samples()
    crashes = slow = 0
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz"
        for data in whole:
            read_all_ways(data, path)
        before = peak_mib()
        for number in range(count):
            data = mutated(rng, rng.choice(whole))
            start = time.perf_counter()
            broken = ""
            try:
                read_all_ways(data, path)
            except BaseException:
                crashes += 1
                broken = traceback.format_exc()
                if isinstance(sys.exc_info()[1], KeyboardInterrupt):
                    raise
            taken = time.perf_counter() - start
            slowest = max(slowest, taken)
            if taken > SECONDS:
                slow += 1
            if (broken or taken > SECONDS) and keep is not None:
                (keep / f"fuzz_{seed}_{number}.bin").write_bytes(data)
                print(f"file {number}: {taken:.2f} s\n{broken}", file=sys.stderr)
        return Outcome(count, crashes, slow, slowest, peak_mib() - before)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=50_000, help="how many files")
    parser.add_argument("--seed", type=int, default=1)
    chosen: Any = parser.parse_args(arguments)
    start = time.perf_counter()
    found = run(chosen.n, chosen.seed, Path.cwd())
    print(
        f"files {found.files}, crashes {found.crashes}, over 1 s {found.slow} (slowest {found.slowest:.2f} s), "
        f"peak {found.peak_mib:.0f} MiB above the start, {time.perf_counter() - start:.0f} s in all, seed {chosen.seed}"
    )
    return 0 if found.kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
