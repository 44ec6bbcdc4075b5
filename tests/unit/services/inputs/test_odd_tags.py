"""Tags in another encoding than UTF-8 are no hindrance here, and do not reach a server whose loader fails on them."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from oelala_desktop.services.inputs.sounds import cut_sound, probe_sound
from oelala_desktop.services.inputs.videos import cut_video, probe_video
from tests.unit.services.inputs.making import frames, sound, video


def retagged(path: Path) -> Path:
    """The same file with a title in Latin-1."""
    whole = path.read_bytes()
    assert whole.count(b"Zg\xc3\xbc") == 1
    path.write_bytes(whole.replace(b"Zg\xc3\xbc", b"Zg\xfcx"))
    with pytest.raises(UnicodeDecodeError):
        av.open(str(path))
    return path


def titled(path: Path) -> Path:
    """With that title, copied packet by packet."""
    made = path.with_name(f"titled{path.suffix}")
    with av.open(str(path)) as source, av.open(str(made), "w") as out:
        out.metadata["title"] = "Zgü"
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    return retagged(made)


def test_a_video(tmp_path: Path) -> None:
    given = titled(video(tmp_path / "walk.mp4", 24, sound="aac"))
    assert probe_video(given).frames == 24
    cut = cut_video(given, tmp_path / "kept.mp4")
    assert cut.copied
    with av.open(str(tmp_path / "kept.mp4")) as kept:
        assert "title" not in kept.metadata and kept.streams.audio
    assert [seen.pixels for seen in frames(tmp_path / "kept.mp4")] == [
        seen.pixels for seen in frames(tmp_path / "walk.mp4")
    ]


def test_a_sound(tmp_path: Path) -> None:
    given = titled(sound(tmp_path / "rain.flac", 1.0, "flac"))
    assert probe_sound(given).length == pytest.approx(1.0)
    assert cut_sound(given, tmp_path / "kept") == "flac"
    with av.open(str(tmp_path / "kept")) as kept:
        assert "title" not in kept.metadata


def test_eight_bits(tmp_path: Path) -> None:
    """ComfyUI's loader knows no such samples."""
    assert cut_sound(sound(tmp_path / "old.wav", 0.5, "pcm_u8"), tmp_path / "kept") == "flac"
    assert cut_sound(sound(tmp_path / "new.wav", 0.5, "pcm_s16le"), tmp_path / "kept2") == "wav"
