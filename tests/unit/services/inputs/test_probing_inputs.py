"""What a given video or sound is, and the one sentence that a bad one gets."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.services.inputs.sounds import SoundFacts, probe_sound
from oelala_desktop.services.inputs.videos import VideoFacts, probe_video

from .making import H264, VPX, sound, video


def test_a_plain_video(tmp_path: Path) -> None:
    found = probe_video(video(tmp_path / "a.mp4", sound="aac"))
    assert found == VideoFacts(128, 64, 36, 24.0, 1.5, True, False, True, "h264")


@pytest.mark.parametrize(
    ("name", "codec", "options", "told"),
    [
        ("a.mkv", "libx264", H264, "h264"),
        ("a.mov", "libx264", H264, "h264"),
        ("a.mp4", "libx265", {"x265-params": "log-level=none:bframes=3"}, "hevc"),
        ("a.webm", "libvpx", {**VPX, "auto-alt-ref": "1", "lag-in-frames": "16", "deadline": "good"}, "vp8"),
        ("a.webm", "libvpx-vp9", VPX, "vp9"),
        ("a.mp4", "mpeg4", {"bf": "2"}, "mpeg4"),
        ("a.mkv", "ffv1", {}, "ffv1"),
    ],
)
def test_frames_are_counted_without_decoding(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], told: str
) -> None:
    found = probe_video(video(tmp_path / name, codec=codec, options=options))
    assert (found.frames, found.rate, found.steady, found.has_sound) == (36, 24.0, True, False)
    assert found.length == pytest.approx(1.5, abs=0.002) and found.codec == told


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(16), Fraction(120)])
def test_rates_are_told_as_they_are(tmp_path: Path, name: str, rate: Fraction) -> None:
    found = probe_video(video(tmp_path / name, rate=rate))
    assert found.steady and found.rate == pytest.approx(float(rate), abs=1e-9)


def test_an_odd_time_base(tmp_path: Path) -> None:
    found = probe_video(video(tmp_path / "a.mp4", rate=25, base=Fraction(1, 90_000)))
    assert (found.rate, found.steady, found.length) == (25.0, True, 1.44)


def test_uneven_frames_are_told_by_their_times(tmp_path: Path) -> None:
    times = [0, 40, 80, 120, 280, 320, 360, 520, 1000, 1040]
    found = probe_video(video(tmp_path / "a.mp4", 10, times=times, rate=25))
    assert not found.steady and found.frames == 10
    assert found.length == pytest.approx(1.08, abs=0.08) and found.rate == pytest.approx(9 / 1.04, abs=0.01)


def test_a_dropped_frame_makes_it_uneven(tmp_path: Path) -> None:
    times = [round(1000 * n / 24) for n in range(40) if n != 17]
    assert not probe_video(video(tmp_path / "a.mkv", 39, times=times)).steady


@pytest.mark.parametrize(
    ("rotation", "mirrored", "size"), [(90, False, (64, 128)), (180, False, (128, 64)), (0, True, (128, 64))]
)
def test_a_turned_video_is_seen_upright(tmp_path: Path, rotation: int, mirrored: bool, size: tuple[int, int]) -> None:
    found = probe_video(video(tmp_path / "a.mp4", rotation=rotation, mirrored=mirrored))
    assert found.rotated and (found.width, found.height) == size


def test_pixels_that_are_not_square(tmp_path: Path) -> None:
    found = probe_video(video(tmp_path / "a.mp4", aspect=Fraction(3, 2)))
    assert (found.width, found.height, found.rotated) == (192, 64, False)


@pytest.mark.parametrize(
    ("name", "codec", "told"),
    [
        ("a.wav", "pcm_s16le", "pcm_s16le"), ("a.flac", "flac", "flac"), ("a.mp3", "libmp3lame", "mp3"),
        ("a.ogg", "libopus", "opus"), ("a.opus", "libopus", "opus"), ("a.m4a", "aac", "aac"), ("a.aac", "aac", "aac"),
        ("a.mkv", "aac", "aac"),
    ],
)  # fmt: skip
def test_sounds(tmp_path: Path, name: str, codec: str, told: str) -> None:
    found = probe_sound(sound(tmp_path / name, 2.0, codec))
    assert (found.rate, found.channels) == (48_000, 2)
    assert found.length == pytest.approx(2.0, abs=0.06) and found.codec.startswith(told)


def test_a_video_is_taken_for_its_sound(tmp_path: Path) -> None:
    found = probe_sound(video(tmp_path / "a.mp4", sound="aac", seconds=3.0))
    assert found == SoundFacts(pytest.approx(3.0, abs=0.05), 48_000, 2, "aac")


def cut_short(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    return path


def patched(path: Path, old: bytes, new: bytes) -> Path:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    return path


KEY = "00112233445566778899aabbccddeeff"
ENCRYPTED = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": KEY, "encryption_kid": KEY}


def folder(at: Path) -> Path:
    (at / "x.mp4").mkdir()
    return at / "x.mp4"


def pipe(at: Path) -> Path:
    os.mkfifo(at / "x.mp4")
    return at / "x.mp4"


def text(at: Path) -> Path:
    (at / "x.mp4").write_text("<html>no video</html>")
    return at / "x.mp4"


def nothing(at: Path) -> Path:
    (at / "x.mp4").touch()
    return at / "x.mp4"


def still(at: Path) -> Path:
    Image.new("RGB", (64, 64)).save(at / "x.mp4", "PNG")
    return at / "x.mp4"


def of_another_codec(at: Path) -> Path:
    return patched(video(at / "x.mp4"), b"avc1", b"zzzz")


def silent_movie_as_sound(at: Path) -> Path:
    return video(at / "x.mp4")


def long_film(at: Path) -> Path:
    return video(at / "x.mp4", 2, times=[0, 4_000_000])


def garbage(at: Path) -> Path:
    (at / "x.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40)
    return at / "x.mp4"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (folder, "is a folder; give a video inside it."),
        pytest.param(pipe, "is not a file.", marks=pytest.mark.skipif(os.name != "posix", reason="no pipes by name")),
        (nothing, "is empty"),
        (lambda at: at / "x.mp4", "is not there"),
        (text, "is not a video"),
        (still, "is a picture; give a video"),
        (lambda at: sound(at / "x.mp3", 1.0, "libmp3lame"), "is a sound; give a video"),
        (lambda at: sound(at / "x.m4a", 1.0, "aac"), "has no video in it."),
        (garbage, "is damaged or cut short."),
        (lambda at: cut_short(video(at / "x.mp4")), "is damaged or cut short."),
        (lambda at: cut_short(video(at / "x.mp4", muxing={"movflags": "faststart"})), "x.mp4 is "),
        (lambda at: cut_short(video(at / "x.mkv")), "x.mkv is "),
        (of_another_codec, "has no video in it that can be decoded"),
        (lambda at: video(at / "x.mp4", 3, size=(62, 128)), "is 62 × 128; it must be at least 64 × 64."),
        (lambda at: video(at / "x.mp4", 1, size=(8192, 6400), options={"preset": "ultrafast"}), "52 megapixels"),
        (long_film, "is longer than an hour"),
        (lambda at: video(at / "x.mp4", muxing=ENCRYPTED), "is encrypted"),
    ],
)  # fmt: skip
def test_each_bad_video_gets_one_sentence(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    path = make(tmp_path)
    with pytest.raises(InvalidField) as caught:
        probe_video(path)
    sentence = caught.value.message
    assert sentence.startswith(path.name) and words in sentence and sentence.endswith((".", ").")), sentence
    assert caught.value.field == "video"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (folder, "is a folder; give a sound inside it."),
        (still, "is a picture; give a sound"),
        (silent_movie_as_sound, "has no sound in it."),
        (lambda at: cut_short(sound(at / "x.wav", 1.0, "pcm_s16le")), "x.wav is "),
        (lambda at: cut_short(sound(at / "x.opus", 1.0, "libopus")), "x.opus is "),
    ],
)
def test_each_bad_sound_gets_one_sentence(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    path = make(tmp_path)
    with pytest.raises(InvalidField) as caught:
        probe_sound(path, "voice")
    assert words in caught.value.message and caught.value.field == "voice"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything may be read")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = video(tmp_path / "x.mp4", 2)
    path.chmod(0)
    with pytest.raises(InvalidField, match="may not be read"):
        probe_video(path)


def test_many_streams_are_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "x.mkv"), "w", format="matroska") as out:
        voices = [out.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in range(70)]
        for voice in voices:
            frame = av.AudioFrame("s16", "mono", 80)
            frame.sample_rate = 8000
            out.mux(voice.encode(frame))
    with pytest.raises(InvalidField, match="has 70 streams; at most 64 are taken"):
        probe_sound(tmp_path / "x.mkv")


def test_nothing_beside_the_file_is_opened(tmp_path: Path) -> None:
    """A playlist or a list of parts could name any file of this machine."""
    video(tmp_path / "part.mp4")
    for head in ("ffconcat version 1.0\nfile part.mp4\n", "#EXTM3U\n#EXTINF:1,\npart.mp4\n"):
        (tmp_path / "x.mp4").write_text(head)
        with pytest.raises(InvalidField, match="is not a video"):
            probe_video(tmp_path / "x.mp4")
