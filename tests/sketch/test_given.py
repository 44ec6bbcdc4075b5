"""Files as they come from elsewhere, which Sketch takes although some of them make a real server fail."""

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from oelala_desktop.sketch.sound import Sound, read_sound
from oelala_desktop.sketch.soundtrack import write_sound
from oelala_desktop.sketch.video import Clip, Film, film, length_of
from oelala_desktop.sketch.window import Window
from tests.contract import films


def quiet() -> None:
    """Nobody interrupts."""


def kept(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def clip_of(path: Path, start: float = 0.0, length: float = 0.0) -> Clip:
    part = film(path).part(start, length, strict=False)
    assert isinstance(part, Film)
    return part.clip(quiet)


def copied(content: bytes, kind: str, title: str = "", **options: str) -> bytes:
    """The pictures of a film in another file."""
    out = io.BytesIO()
    with av.open(io.BytesIO(content)) as given, av.open(out, "w", format=kind, options=options) as made:
        made.metadata["title"] = title
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    return out.getvalue()


def test_tags_in_another_encoding_cost_nothing_but_themselves(tmp_path: Path) -> None:
    path = kept(tmp_path, "tags.mp4", copied(films.film(4), "mp4", "XXXX").replace(b"XXXX", b"\xe9t\xe9 "))
    assert film(path).tags["title"] == "\ufffdt\ufffd "
    assert len(clip_of(path).frames) == 4


def test_a_sound_of_eight_bits(tmp_path: Path) -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(1)
        made.setframerate(8000)
        made.writeframes(bytes([128, 255, 0, 128] * 1000))
    sound = read_sound(kept(tmp_path, "eight.wav", out.getvalue()), quiet)
    assert sound is not None and sound.waveform.shape == (1, 1, 4000)
    assert sound.waveform[0, 0, :4] == pytest.approx([0, 0.992, -1, 0], abs=1e-3)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_channel_is_saved(tmp_path: Path, channels: int) -> None:
    wave_form = np.stack([np.full(4800, (number + 1) / 10, np.float32) for number in range(channels)])
    path = tmp_path / "made.flac"
    write_sound(path, Sound(wave_form[None], 48000), "flac", "", {}, quiet)
    back = read_sound(path, quiet)
    assert back is not None and back.waveform[0] == pytest.approx(wave_form, abs=1e-4)


def test_channels_that_have_no_layout_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 channels cannot be saved"):
        write_sound(tmp_path / "made.flac", Sound(np.zeros((1, 3, 100), np.float32), 48000), "flac", "", {}, quiet)


def test_a_recording_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    recorded = films.film(24, container="webm", codec="libvpx-vp9", sound_codec="libopus")
    path = kept(tmp_path, "live.webm", copied(recorded, "webm", live="1"))
    with av.open(str(path)) as container:
        assert container.duration is None
    assert length_of(path) == pytest.approx(1.0, abs=0.05)
    assert [films.number_of(frame) for frame in clip_of(path, -0.5).frames] == list(range(12, 24))


def test_a_sound_and_its_window(tmp_path: Path) -> None:
    path = kept(tmp_path, "film.mp4", films.film(48))
    whole, part = read_sound(path, quiet), read_sound(path, quiet, Window(0.5, 1.0))
    assert whole is not None and part is not None
    assert part.waveform.shape[2] == 48000
    assert float(np.abs(part.waveform).max()) == pytest.approx(0.25, abs=0.02)


def test_a_file_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    content = films.film(48, container="matroska")
    frames = clip_of(kept(tmp_path, "cut.mkv", content[: len(content) // 2])).frames
    assert 0 < len(frames) < 48
    assert [films.number_of(frame) for frame in frames] == list(range(len(frames)))
