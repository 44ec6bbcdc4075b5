"""Writing video files with PyAV."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

from oelala_desktop.sketch.decode import Shot
from oelala_desktop.sketch.frames import Frames, rgb
from oelala_desktop.sketch.sound import Sound
from oelala_desktop.sketch.soundtrack import Track

#: the unit of time of films whose frames do not come at one rate
CLOCK = Fraction(1, 90000)


@dataclass(frozen=True)
class Recipe:
    """How a film is encoded: FFmpeg's names of container and encoder, pixel format, the encoder's options, and whether
    the file says that its colours are BT.709/sRGB, as ComfyUI's own saver does."""

    container: str
    encoder: str
    pix_fmt: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=dict)
    tagged: bool = True

    @property
    def sound_encoder(self) -> str:
        return "libopus" if self.container == "webm" else "aac"


#: x264 at visually lossless quality; veryfast because the frames here are made faster than slower presets encode
H264_OPTIONS = {"preset": "veryfast", "crf": "19"}
H264 = Recipe("mp4", "libx264", options=H264_OPTIONS)


def evenly(frames: Iterable[Frames], rate: Fraction) -> Iterator[Shot]:
    """Pictures that follow one another at one rate."""
    for index, picture in enumerate(frames):
        yield Shot(index / rate, 1 / rate, picture)


def tags(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Container tags for a job's metadata: each value as JSON."""
    return {key: json.dumps(value) for key, value in metadata.items()}


def write_film(
    path: Path,
    shots: Iterable[Shot],
    rate: Fraction,
    metadata: Mapping[str, str],
    recipe: Recipe,
    *,
    sound: Sound | None = None,
    timed: bool = False,
) -> None:
    """Encode pictures [height, width, 3 or 4], all as large as the first, with their sound, which ends with them.

    `timed` keeps each picture's own time; otherwise they are taken to come at `rate`. Readers of webm and mkv see the
    tags' names in upper case. Raises ValueError where there is no picture, for pictures of different sizes, and for odd
    sizes, which H.264 with 4:2:0 cannot hold.
    """
    pending = iter(shots)
    first = next(pending, None)
    if first is None:
        raise ValueError("There are no frames.")
    height, width = first.picture.shape[:2]
    if recipe.encoder == "libx264" and (width % 2 or height % 2):
        raise ValueError(f"H.264 video needs an even width and height; these frames are {width}×{height} pixels.")
    clock = CLOCK if timed else 1 / rate
    with av.open(str(path), "w", format=recipe.container, options=_options(recipe.container)) as container:
        container.metadata.update(metadata)
        stream = container.add_stream(recipe.encoder, rate=rate, options=dict(recipe.options))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, recipe.pix_fmt
        stream.bit_rate = 0
        stream.codec_context.time_base = clock
        if timed:
            stream.codec_context.max_b_frames = 0  # with them, mp4 gives a frame the length of another
        if recipe.tagged:
            _tag(stream.codec_context)
        track = None if sound is None else Track(container, sound, recipe.sound_encoder)
        open_encoder(stream)
        lengths: dict[int, int] = {}
        convert = VideoReformatter()  # one for all: making its tables takes longer than converting a frame
        for shot in itertools.chain([first], pending):
            if shot.picture.shape[:2] != (height, width):
                raise ValueError("The frames of the video are not all of one size.")
            at, end = (round(second / clock) for second in (shot.at, shot.at + shot.length))
            lengths[at] = end - at
            _mux(container, stream, _frame(shot.picture, recipe, convert, at, clock), lengths)
            if track is not None:
                track.play_until(shot.at + shot.length)
        _mux(container, stream, None, lengths)
        if track is not None:
            track.close()


def _frame(picture: Frames, recipe: Recipe, convert: VideoReformatter, at: int, clock: Fraction) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb(picture)), format="rgb24")
    frame = convert.reformat(frame, format=recipe.pix_fmt, dst_colorspace=Colorspace.ITU709 if recipe.tagged else None)
    if recipe.tagged:
        _tag(frame)
    frame.pts, frame.time_base = at, clock
    return frame


def _tag(target: av.VideoFrame | av.VideoCodecContext) -> None:
    target.color_primaries = ColorPrimaries.BT709
    target.color_trc = ColorTrc.IEC61966_2_1
    target.colorspace = Colorspace.ITU709
    target.color_range = ColorRange.MPEG


def _mux(
    container: av.container.OutputContainer,
    stream: av.VideoStream,
    frame: av.VideoFrame | None,
    lengths: dict[int, int],
) -> None:
    for packet in stream.encode(frame):
        if packet.pts is not None:
            packet.duration = lengths.pop(packet.pts, packet.duration or 0)
        container.mux(packet)


def open_encoder(stream: av.VideoStream) -> None:
    """Open a stream's encoder and leave the calling thread scheduled as it was.

    SVT-AV1 gives the thread that opens it a real-time priority where it may (root, audio workstations); whatever that
    thread starts later would inherit it and starve the desktop.
    """
    if not hasattr(os, "sched_getscheduler"):
        stream.codec_context.open(strict=False)
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        stream.codec_context.open(strict=False)
    finally:
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, policy, priority)


def remux(source: Path, path: Path, container: str, metadata: Mapping[str, str]) -> None:
    """Copy a file's pictures and sounds as they are into another with these tags added to its own.

    Raises ValueError for what the container cannot hold.
    """
    try:
        with av.open(str(source), metadata_errors="replace") as given:
            _copy(given, path, container, {**given.metadata, **metadata})
    except av.FFmpegError as error:
        raise ValueError(f"{source.name} cannot be copied as it is into a file of kind {container}.") from error


def _copy(given: av.container.InputContainer, path: Path, container: str, metadata: Mapping[str, str]) -> None:
    with av.open(str(path), "w", format=container, options=_options(container)) as made:
        made.metadata.update(metadata)
        streams = [
            stream for stream in (*given.streams.video, *given.streams.audio) if stream.codec_context is not None
        ]
        copies = {stream.index: made.add_stream_from_template(stream, opaque=True) for stream in streams}
        for packet in given.demux(streams):
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                made.mux(packet)


def _options(container: str) -> dict[str, str]:
    """Tags of any name, and the index in front, where that must be asked for."""
    return {"movflags": "use_metadata_tags+faststart"} if container == "mp4" else {}
