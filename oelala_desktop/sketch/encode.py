"""Writing and reading video files with PyAV."""

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np

from oelala_desktop.sketch.frames import Frames, gather, rgb

H264_OPTIONS = {"preset": "veryfast", "crf": "19"}
"""x264 at visually lossless quality; veryfast because the frames here are made faster than slower presets encode."""

WEBM: dict[str, tuple[Literal["libvpx-vp9", "libsvtav1"], str, dict[str, str]]] = {
    "vp9": ("libvpx-vp9", "yuv420p", {"deadline": "good", "cpu-used": "5", "row-mt": "1"}),
    "av1": ("libsvtav1", "yuv420p10le", {"preset": "8"}),
}
"""Encoder, pixel format and options for each codec of a webm."""


@dataclass(frozen=True)
class Video:
    """A VIDEO between nodes: frames with their rate, or a file that is read only when somebody asks."""

    rate: Fraction
    width: int
    height: int
    frames: Frames | None = None
    file: Path | None = None

    def load(self, check: Callable[[], None]) -> Frames:
        """The frames as RGB; reads the file if need be. Raises ValueError or MemoryError with a reason."""
        if self.frames is not None:
            return self.frames
        if self.file is None:
            raise ValueError("This video has neither frames nor a file.")
        return read_frames(self.file, check)


def of_frames(frames: Frames, rate: float) -> Video:
    """A video of ready frames at `rate` frames a second (kept to a thousandth, as ComfyUI does)."""
    return Video(Fraction(round(rate * 1000), 1000), frames.shape[2], frames.shape[1], frames=frames)


def of_file(path: Path) -> Video:
    """A video that lies in a file. Raises ValueError when the file holds no video."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise ValueError(f"{path.name} holds no video.")
            stream = container.streams.video[0]
            rate = stream.average_rate or stream.guessed_rate or Fraction(1)
            return Video(Fraction(rate), stream.codec_context.width, stream.codec_context.height, file=path)
    except av.FFmpegError as error:
        raise ValueError(f"{path.name} cannot be read as a video.") from error


def read_frames(path: Path, check: Callable[[], None]) -> Frames:
    """Every frame of a file as RGB. Raises ValueError when it holds none, MemoryError where it has no room."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            # a long film is refused before all of it is decoded, where the container says how long it is
            return gather(_pictures(container.decode(stream), check), stream.frames)
    except av.FFmpegError as error:
        raise ValueError(f"{path.name} cannot be read as a video.") from error


def _pictures(frames: Iterable[av.VideoFrame], check: Callable[[], None]) -> Iterator[Frames]:
    for frame in frames:
        check()
        yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def tags(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Container tags for a job's metadata: each value as JSON."""
    return {key: json.dumps(value) for key, value in metadata.items()}


def write_h264(
    path: Path,
    frames: Iterable[Frames],
    size: tuple[int, int],
    rate: Fraction,
    metadata: Mapping[str, str],
    *,
    options: Mapping[str, str] = H264_OPTIONS,
    pix_fmt: str = "yuv420p",
) -> None:
    """Encode RGB frames [height, width, 3] as H.264 in mp4 with tags of any name, index in front.

    `size` is width, height in pixels. Raises ValueError for odd sizes, which 4:2:0 cannot hold.
    """
    width, height = size
    if width % 2 or height % 2:
        raise ValueError(f"H.264 video needs an even width and height; these frames are {width}×{height} pixels.")
    flags = {"movflags": "use_metadata_tags+faststart"}
    with av.open(str(path), "w", format="mp4", options=flags) as container:
        container.metadata.update(metadata)
        stream = container.add_stream("libx264", rate=rate, options=dict(options))
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb(picture)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_webm(
    path: Path,
    frames: Iterable[Frames],
    size: tuple[int, int],
    rate: Fraction,
    metadata: Mapping[str, str],
    *,
    codec: str,
    crf: int,
) -> None:
    """Encode RGB frames as VP9 or AV1 (`vp9`, `av1`) in webm. Readers see the tags' names in upper case."""
    encoder, pix_fmt, options = WEBM[codec]
    with av.open(str(path), "w", format="webm") as container:
        container.metadata.update(metadata)
        stream = container.add_stream(encoder, rate=rate, options={**options, "crf": str(crf)})
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        stream.bit_rate = 0
        open_encoder(stream)
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb(picture)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


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


def remux(source: Path, path: Path, metadata: Mapping[str, str]) -> None:
    """Copy a file's streams, sound too, into an mp4 with these tags added to its own."""
    flags = {"movflags": "use_metadata_tags+faststart"}
    with av.open(str(source)) as given, av.open(str(path), "w", format="mp4", options=flags) as made:
        made.metadata.update({**given.metadata, **metadata})
        copies = {
            stream.index: made.add_stream_from_template(stream)
            for stream in (*given.streams.video, *given.streams.audio)
        }
        for packet in given.demux():
            if packet.dts is not None and packet.stream.index in copies:
                packet.stream = copies[packet.stream.index]
                made.mux(packet)
