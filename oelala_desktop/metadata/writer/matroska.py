"""Text into webm and mkv: tags, through a remux that copies every packet."""

from __future__ import annotations

from pathlib import Path

import av
import av.error

from oelala_desktop.domain.errors import Unreadable

_FORMATS = {"webm": "webm", "mkv": "matroska"}


def write(path: Path, texts: dict[str, bytes], part: Path, format_: str) -> None:
    """Raises Unreadable when FFmpeg cannot take the streams over."""
    try:
        with av.open(path) as old, av.open(part, "w", format=_FORMATS[format_]) as new:
            new.metadata.update({k: v for k, v in old.metadata.items() if k.lower() not in texts})
            new.metadata.update({key: text.decode("ascii") for key, text in texts.items()})
            streams = {stream.index: new.add_stream_from_template(stream) for stream in old.streams}
            for stream in old.streams:
                streams[stream.index].metadata.update(stream.metadata)
            for packet in old.demux():
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    new.mux(packet)
    except (av.error.FFmpegError, ValueError) as error:
        raise Unreadable(f"{path.name} is a damaged video: {error}.") from error
