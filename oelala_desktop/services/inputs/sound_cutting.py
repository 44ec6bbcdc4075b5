"""How a part of a sound is written: the file as it is, FLAC of exactly its samples, or Opus where it must be small."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.files.decoding import VIDEOS, decoding

from .hearing import between, frames_of, placed, zero_of
from .opening import has_plain_tags, kind_of, name_of, opened
from .sound_facts import length_of
from .streams import codec_of, is_cover, seen, sound_in
from .writing import copy_file, disk_faults

if TYPE_CHECKING:
    from av.container import InputContainer

#: of more than sixteen bits where the sound has them
_LOSSLESS = ("pcm_", "flac", "alac", "wavpack", "tta")
_SIXTEEN = frozenset({"u8", "u8p", "s16", "s16p"})
_OPUS_RATE = 48_000
#: bits a second of Opus, and the part of the bytes allowed that goes into them
_LEAST, _MOST, _FILLED, _TRIES = 6_000, 256_000, 0.93, 4
#: seconds before the part at which reading begins, where times are exact to the sample
_EARLIER = 2


def write_sound(source: Path, part: Path, begin: Fraction, span: Fraction | None, at_most: int | None) -> str:
    """The kind of file that was written. In this process. Raises as `cut_sound` does."""
    name = name_of(source)
    with disk_faults(), decoding(name):
        with opened(source, "sound") as opened_source:
            stream = sound_in(opened_source, name)
            is_film = any(not is_cover(video) for video in opened_source.streams.video)
            length = length_of(opened_source, stream, name)
            # ComfyUI's loader fails on 8 bits, and on tags in another encoding
            is_taken = has_plain_tags(opened_source) and codec_of(stream) != "pcm_u8"
        if begin >= length:
            raise Unreadable(f"{name} is {float(length):.1f} s long; nothing of it comes after {float(begin):g} s.")
        left = length - begin
        is_whole = not begin and (span is None or span >= left)
        if is_whole and is_taken and not is_film and _fits(source, at_most):
            copy_file(source, part)
            kind = kind_of(source)
            return "m4a" if kind in VIDEOS and VIDEOS[kind] == "mov" else kind
        taken = left if span is None else min(span, left)
        _encode(source, part, begin, taken, None)
        if at_most is None or _fits(part, at_most):
            return "flac"
        bits = at_most * 8 * _FILLED / float(taken)
        for _ in range(_TRIES):
            if bits < _LEAST:
                break
            _encode(source, part, begin, taken, min(_MOST, int(bits)))
            if _fits(part, at_most):
                return "opus"
            bits *= 0.9 * at_most / part.stat().st_size
        raise Unreadable(f"{name} cannot be made as small as {at_most / 10**6:g} MB; take a shorter part of it.")


def _fits(path: Path, at_most: int | None) -> bool:
    return at_most is None or path.stat().st_size <= at_most


def _encode(source: Path, part: Path, begin: Fraction, taken: Fraction, bit_rate: int | None) -> None:
    """FLAC, or Opus of a bit rate. More than two channels are mixed down to two."""
    import av

    name, container = name_of(source), "flac" if bit_rate is None else "ogg"
    with opened(source, "sound") as given, av.open(str(part), "w", format=container) as out:
        stream = sound_in(given, name)
        context = stream.codec_context
        rate = context.sample_rate if bit_rate is None else _OPUS_RATE
        layout = "mono" if context.channels == 1 else "stereo"
        made: Any = out.add_stream("flac" if bit_rate is None else "libopus", rate=rate, layout=layout)
        if bit_rate is None:
            made.codec_context.format = _depth(codec_of(stream), context.format.name)
        else:
            made.bit_rate, made.options = bit_rate, {"vbr": "constrained"}
        resampler = av.AudioResampler(made.codec_context.format.name, layout, rate)
        for piece in itertools.chain(_samples(given, stream, name, begin, taken), [None]):
            for frame in resampler.resample(piece):
                frame.pts = None
                out.mux(made.encode(frame))
        out.mux(made.encode(None))


def _depth(codec: str, sample_format: str) -> str:
    return "s32" if codec.startswith(_LOSSLESS) and sample_format not in _SIXTEEN else "s16"


def _samples(source: InputContainer, stream: Any, name: str, begin: Fraction, taken: Fraction) -> Any:
    zero, rate = zero_of(source, stream), stream.codec_context.sample_rate
    if begin > _EARLIER and stream.time_base == Fraction(1, rate):
        source.seek(int((zero + begin - _EARLIER) * rate), stream=stream)
    heard = placed(frames_of(seen(source, stream, name)), zero)
    return between(heard, round(begin * rate), round(taken * rate))
