"""Clips that each begin with the last frame of the one before, spliced into one video in which that frame stands once.

Without loss where it can be: the last packet of a clip is left out, if it is the last one shown and so nothing refers
to it (a clip without its first packet would be broken). Else the frames are encoded anew, one at a time. Sound is
copied where all of it is alike. Blocking; memory does not go with the number of clips.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.resampler import AudioResampler
from PIL import Image

from .decoding import FFMPEG_LIMITS, PICTURES, check_size, decoding
from .stripping import CONTAINERS, in_time

_ENCODERS = {
    "mp4": ("libx264", {"preset": "veryfast", "crf": "17"}, "aac"),
    "webm": ("libvpx-vp9", {"deadline": "good", "cpu-used": "5", "row-mt": "1", "crf": "24", "b": "0"}, "libopus"),
}
_DEEP = ("yuv420p10le", "yuv422p10le", "yuv444p10le")
_RATE = 48_000


class Stopped(BaseException):
    """No fault of a clip's: the program ends; the splice is made by the next one."""


@dataclass(frozen=True, slots=True)
class _Clip:
    """`look` is what must be equal for packets to follow one another, `sound` the same of the sound (None: silent).
    `span` is how long it is shown without its last frame; `ends_shown` whether the last packet is the last frame."""

    path: Path
    look: tuple[Any, ...]
    sound: tuple[Any, ...] | None
    span: Fraction
    ends_shown: bool


def splice(clips: Sequence[Path], target: Path, kind: str, stop: threading.Event) -> bool:
    """Writes `target`, of the same `kind` as the clips (mp4, mov, webm, mkv, or an animated picture); whether it was
    done without loss. Raises Unreadable if a clip cannot be decoded, OSError if the disk refuses, Stopped after `stop`
    was set."""
    try:
        with decoding(clips[0].name):
            if kind in PICTURES:
                _splice_pictures(clips, target, PICTURES[kind], stop)
                return False
            looked = [_look(clip) for clip in clips]
            whole = len({clip.look for clip in looked}) == 1 and all(clip.ends_shown for clip in looked[:-1])
            _Splice(looked, target, CONTAINERS[kind], stop).make(whole)
    except Exception as error:
        number = getattr(error.__cause__, "errno", None)
        if isinstance(error.__cause__, av.FFmpegError) and number is not None and 0 < number < 256:
            raise OSError(number, error.__cause__.strerror or "the system refused") from error
        raise
    return whole


def _look(path: Path) -> _Clip:
    """Facts from the packets, of which none is decoded."""
    with decoding(path.name), av.open(str(path), options=FFMPEG_LIMITS) as opened:
        video, sound = opened.streams.video[0], next(iter(opened.streams.audio), None)
        context = video.codec_context
        check_size(path.name, context.width, context.height)
        times = [p.pts for p in opened.demux(video) if p.size and p.pts is not None and video.time_base is not None]
        if not times:
            raise ValueError("no frame has a time")
        look = (context.name, context.width, context.height, context.pix_fmt, context.extradata, video.time_base)
        heard = None
        if sound is not None:
            of = sound.codec_context
            heard = (of.name, of.sample_rate, of.layout.name, of.extradata, sound.time_base)
        span = (max(times) - min(times)) * Fraction(video.time_base or 1)
        return _Clip(path, look, heard, span, times[-1] == max(times))


def _splice_pictures(clips: Sequence[Path], target: Path, kind: str, stop: threading.Event) -> None:
    def frames() -> Iterator[Image.Image]:
        for number, clip in enumerate(clips):
            with Image.open(clip, formats=(kind,)) as opened:
                check_size(clip.name, *opened.size)
                for index in range(1 if number else 0, getattr(opened, "n_frames", 1)):
                    if stop.is_set():
                        raise Stopped
                    opened.seek(index)
                    yield opened.copy()

    rest = frames()
    first = next(rest)
    with Image.open(clips[0], formats=(kind,)) as opened:
        opened.seek(1)
        opened.load()
        shown = opened.info.get("duration", 100)
    first.save(target, kind, save_all=True, append_images=rest, duration=shown, loop=0, quality=90)


class _Splice:
    def __init__(self, clips: Sequence[_Clip], target: Path, container: str, stop: threading.Event) -> None:
        self._clips = clips
        self._target = target
        self._container = container
        self._stop = stop
        self._video: Any = None
        self._sound: Any = None
        self._resampler: AudioResampler | None = None
        self._frames = 0
        self._samples = 0

    def make(self, whole: bool) -> None:
        options = {"movflags": "+faststart"} if self._container in ("mp4", "mov") else {}
        with av.open(str(self._target), "w", format=self._container, options=options) as out:
            self._add_streams(out, whole)
            at = Fraction(0)
            for clip in self._clips:
                is_last = clip is self._clips[-1]
                if self._resampler is not None:
                    self._resampler = self._new_resampler()  # one takes one kind of sound
                with av.open(str(clip.path), options=FFMPEG_LIMITS) as source:
                    until = None if is_last else clip.span
                    for packet in self._copied(source, at, until) if whole else self._encoded(source, at, until):
                        out.mux(packet)
                at += clip.span
            for stream in (self._video if not whole else None, self._sound if self._resampler else None):
                if stream is not None:
                    out.mux(stream.encode(None))

    def _add_streams(self, out: Any, whole: bool) -> None:
        name, options, voice = _ENCODERS["webm" if self._container == "webm" else "mp4"]
        heard = [clip for clip in self._clips if clip.sound is not None]
        with av.open(str(self._clips[0].path), options=FFMPEG_LIMITS) as first:
            stream = first.streams.video[0]
            if whole:
                self._video = out.add_stream_from_template(stream)
            else:
                rate = stream.average_rate or stream.guessed_rate or Fraction(16)
                self._video = made = out.add_stream(name, rate=rate, options=dict(options))
                made.width, made.height = (max(2, side - side % 2) for side in (stream.width, stream.height))
                made.pix_fmt = "yuv420p10le" if stream.pix_fmt in _DEEP else "yuv420p"
                for fact in ("color_range", "colorspace", "color_primaries", "color_trc"):
                    setattr(made.codec_context, fact, getattr(stream.codec_context, fact))
        if heard and len({clip.sound for clip in heard}) == 1:
            with av.open(str(heard[0].path), options=FFMPEG_LIMITS) as first:
                self._sound = out.add_stream_from_template(first.streams.audio[0])
        elif heard:
            self._sound = out.add_stream(voice, rate=_RATE, layout="stereo")
            self._resampler = self._new_resampler()

    def _new_resampler(self) -> AudioResampler:
        return AudioResampler(self._sound.codec_context.format, "stereo", _RATE)

    def _copied(self, source: Any, at: Fraction, until: Fraction | None) -> Iterator[Any]:
        video = source.streams.video[0]
        start: int | None = None
        packet: Any
        for packet in in_time(source.demux(self._wanted(source))):
            self._check()
            if packet.stream.type != "video":
                yield from self._heard(packet, at, until)
                continue
            start = packet.pts if start is None else start
            if until is not None and (packet.pts - start) * video.time_base >= until:
                continue  # the joint frame: the next clip begins with it
            moved = round(at / video.time_base) - start
            packet.pts, packet.dts = packet.pts + moved, packet.dts + moved
            packet.stream = self._video
            yield packet

    def _encoded(self, source: Any, at: Fraction, until: Fraction | None) -> Iterator[Any]:
        skip = at > 0  # the joint frame was the last one of the clip before
        for packet in source.demux(self._wanted(source)):
            self._check()
            if packet.stream.type != "video":
                yield from self._heard(packet, at, until)
                continue
            for frame in packet.decode():
                if skip:
                    skip = False
                    continue
                made = frame.reformat(self._video.width, self._video.height, self._video.pix_fmt)
                made.pts, made.time_base = self._frames, 1 / Fraction(self._video.codec_context.framerate)
                made.pict_type = 0  # the encoder's to choose
                self._frames += 1
                yield from self._video.encode(made)

    def _heard(self, packet: Any, at: Fraction, until: Fraction | None) -> Iterator[Any]:
        """Sound from the clip's beginning up to its joint frame, moved to where the clip stands."""
        if self._resampler is not None:
            for frame in packet.decode():
                yield from self._resampled(frame, at, until)
        elif packet.size and packet.pts is not None:
            base = Fraction(packet.time_base)
            begins = packet.pts * base
            if (begins < 0 and at > 0) or (until is not None and begins >= until):
                return
            packet.pts = packet.dts = packet.pts + round(at / base)
            packet.stream = self._sound
            yield packet

    def _resampled(self, frame: Any, at: Fraction, until: Fraction | None) -> Iterator[Any]:
        begins = Fraction(frame.pts or 0) * Fraction(frame.time_base)
        if begins < 0 or (until is not None and begins >= until) or self._resampler is None:
            return
        for made in self._resampler.resample(frame):
            wanted = max(self._samples, round((at + begins) * _RATE))
            made.pts, made.time_base = wanted, Fraction(1, _RATE)
            self._samples = wanted + made.samples
            yield from self._sound.encode(made)

    def _wanted(self, source: Any) -> list[Any]:
        sound = [source.streams.audio[0]] if self._sound is not None and source.streams.audio else []
        return [source.streams.video[0], *sound]

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped
