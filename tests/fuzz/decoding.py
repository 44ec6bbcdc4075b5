"""Seeded mutations of media files, each given to every place that decodes or rewrites one: the thumbnail, the start
picture, the embedding of what made it, the inputs of a job (probed, cut, drawn along their length, taken for a mask).

    python tests/fuzz/decoding.py -n 100000 [--seed S]

Promised: nothing but a sentence of ours is ever raised, no step takes over two seconds, and neither this process nor
its helpers grow by more than 300 MiB and one picture of 50 megapixels over what they take idle. Exit code 1 if that
breaks; the files that broke it are written beside the report.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.files.confined import confined, patient
from oelala_desktop.services.files.decoding import MOST_PIXELS
from oelala_desktop.services.inputs.masks import read_mask
from oelala_desktop.services.inputs.pictures import read_picture
from oelala_desktop.services.inputs.sounds import cut_sound, probe_sound
from oelala_desktop.services.inputs.strip import frame_strip
from oelala_desktop.services.inputs.videos import cut_video, probe_video
from oelala_desktop.services.inputs.waveform import peaks
from oelala_desktop.services.thumbnails.making import make_thumbnail
from tests.fuzz.media import mutated
from tests.fuzz.media import samples as files_of_every_dialect
from tests.unit.services.inputs.making import VPX, sound, video

MIB = 1024**2
#: four bytes a pixel
GROWTH = 300 + MOST_PIXELS * 4 / MIB
SECONDS = 2.0


def beside(path: Path) -> Path:
    return path.with_name("cut")


STEPS: dict[str, Callable[[Path], object]] = {
    "thumb": lambda path: make_thumbnail(path, 256),
    "picture": read_picture,
    "video": probe_video,
    "sound": probe_sound,
    "peaks": lambda path: peaks(path, 50),
    "strip": lambda path: frame_strip(path, 5, 48),
    "cut video": lambda path: cut_video(path, beside(path), 0.3, 0.4),
    "smaller": lambda path: cut_video(path, beside(path), 0.1, 0.3, at_most=5000),
    "cut sound": lambda path: cut_sound(path, beside(path), 0.3, 0.4),
    "mask": read_mask,
    # it comes last as it writes to the file
    "embed": lambda path: embed(path, {"prompt": "a lighthouse"}, {"1": {"class_type": "X", "inputs": {}}}),
}


def samples() -> list[bytes]:
    """Those of the readers, and moving pictures and sounds that are large enough to be inputs."""
    found = files_of_every_dialect()
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        made = [
            video(at / "a.mp4", 24, sound="aac"), video(at / "b.mp4", 24, sound="aac", rotation=90),
            video(at / "c.mp4", 12, times=[n * n * 10 for n in range(12)]), video(at / "a.mkv", 24, sound="libopus"),
            video(at / "d.mp4", 24, muxing={"movflags": "frag_keyframe+empty_moov"}),
            video(at / "e.mp4", 24, codec="libx265", options={"x265-params": "log-level=none"}),
            video(at / "a.webm", codec="libvpx-vp9", options=VPX), video(at / "b.webm", codec="libvpx", options=VPX),
            video(at / "f.mp4", 24, codec="mpeg4", options={}), video(at / "b.mkv", 6, codec="ffv1", options={}),
            sound(at / "a.wav", 1.0, "pcm_s16le"), sound(at / "a.mp3", 1.0, "libmp3lame"),
            sound(at / "a.flac", 1.0, "flac"), sound(at / "a.opus", 1.0, "libopus"), sound(at / "a.m4a", 1.0, "aac"),
            sound(at / "a.aac", 1.0, "aac"),
        ]  # fmt: skip
        return found + [path.read_bytes() for path in made]


class Outcome(NamedTuple):
    """`grown` and `helpers` in MiB over idle; `slowest` is the step that took longest, and how many seconds."""

    files: int
    escaped: Counter[str]
    refused: int
    grown: float
    helpers: float
    slowest: tuple[float, str]

    @property
    def kept(self) -> bool:
        return not self.escaped and self.slowest[0] <= SECONDS and max(self.grown, self.helpers) <= GROWTH


def decode_all_ways(path: Path) -> tuple[int, dict[str, BaseException], tuple[float, str]]:
    """How many steps answered with a sentence, what escaped from the others, and the slowest step."""
    refused, escaped, slowest = 0, {}, (0.0, "")
    for step, work in STEPS.items():
        start = time.perf_counter()
        try:
            work(path)
        except OelalaError:
            refused += 1
        except Exception as error:  # noqa: BLE001 - to be counted
            escaped[step] = error
        slowest = max(slowest, (time.perf_counter() - start, step))
    return refused, escaped, slowest


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def run(count: int, seed: int, keep: Path | None = None) -> Outcome:
    """Decode `count` mutations. Those from which something escapes are written to `keep`."""
    rng = random.Random(seed)
    whole = samples()
    escaped: Counter[str] = Counter()
    refused, slowest = 0, (0.0, "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz"
        for data in whole:
            path.write_bytes(data)
            decode_all_ways(path)
        for helpers in (confined, patient):
            helpers.close()
        before = _peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN)
        for number in range(count):
            path.write_bytes(mutated(rng, rng.choice(whole)))
            data = path.read_bytes()
            sentences, faults, slow = decode_all_ways(path)
            refused, slowest = refused + sentences, max(slowest, slow)
            if keep is not None and slow[0] > SECONDS:
                (keep / f"decoding_slow_{seed}_{number}.bin").write_bytes(data)
            for step, error in faults.items():
                escaped[f"{step}: {type(error).__name__}"] += 1
                if keep is not None:
                    (keep / f"decoding_{step}_{seed}_{number}.bin").write_bytes(data)
                    traceback.print_exception(error)
        for helpers in (confined, patient):
            helpers.close()
    grown = _peak(resource.RUSAGE_SELF) - before[0], _peak(resource.RUSAGE_CHILDREN) - before[1]
    return Outcome(count, escaped, refused, *grown, slowest)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=100_000, help="how many files")
    parser.add_argument("--seed", type=int, default=1)
    chosen: Any = parser.parse_args(arguments)
    start = time.perf_counter()
    found = run(chosen.n, chosen.seed, Path.cwd())
    print(
        f"files {found.files}, escaped {found.escaped.total()} {dict(found.escaped) or ''}, sentences {found.refused}, "
        f"grown {found.grown:.0f} MiB, helpers {found.helpers:.0f} MiB (at most {GROWTH:.0f}), "
        f"slowest {found.slowest[0]:.2f} s ({found.slowest[1]}), "
        f"{time.perf_counter() - start:.0f} s in all, seed {chosen.seed}"
    )
    return 0 if found.kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
