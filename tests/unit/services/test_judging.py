"""What a file that a server names is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import EngineAnswer
from oelala_desktop.services.queue.judging import bears_prefix, is_enough, judge, own_files, rank, suffix_of
from tests.contract.films import film, sound_file
from tests.unit.domain.samples import some_job

ID, OTHER = "01234567-89ab-cdef-0123-456789abcdef", "f1234567-89ab-cdef-0123-456789abcdef"
JOB = some_job(id=ID, prefix=f"oelala/{ID}")


def named(name: str, *, repeated: bool = False) -> ServerFile:
    folder, _, file = name.rpartition("/")
    return ServerFile(file, folder, "output", repeated=repeated)


# By its name


def test_a_suffix_is_as_the_server_wrote_it_in_lower_case() -> None:
    assert [suffix_of(named(name)) for name in ("oelala/a.b.PNG", "a", "a.b/c")] == [".png", "", ""]


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (".png .jpg .webp .gif .bmp .tiff .avif .mp4 .mov .webm .mkv .jpeg .jpe .jfif .apng .tif .m4v .MP4", 0),
        (".flac .mp3 .opus .ogg .wav .m4a .oga .wave", 1),
        (".txt .json .latent .exe .glb .mp .pngx", 2),
    ],
)
def test_pictures_and_videos_come_before_sounds_and_these_before_the_rest(names: str, place: int) -> None:
    assert {rank(named(f"a{name}")) for name in names.split()} == {place}


def test_what_bears_the_name_that_only_this_job_gave_is_its() -> None:
    assert bears_prefix(JOB, named(f"oelala/{ID}_00001_.png"))
    assert bears_prefix(JOB, ServerFile(f"{ID}_00001_.png", "\\oelala", "output"))
    assert not bears_prefix(JOB, named(f"{ID}_00001_.png"))
    assert not bears_prefix(JOB, named(f"x/oelala/{ID}_00001_.png"))


def test_of_what_a_server_names_only_what_may_be_its_is_its() -> None:
    mine, plain, sound = named(f"oelala/{ID}_1_.mp4"), named("other.png"), named("a.flac")
    again = named(f"oelala/{ID}_2_.mp4", repeated=True)
    files = (
        sound,
        named(f"oelala/{OTHER}_1_.mp4"),
        named(f"oelala/{OTHER}.mp4"),
        plain,
        named("kept.png", repeated=True),
        mine,
        again,
    )
    assert own_files(JOB, files) == (plain, mine, again, sound)


@pytest.mark.parametrize(
    "name",
    [f"oelala/{OTHER}x_1.mp4", f"x/oelala/{OTHER}_1.mp4", "oelala/not-an-id_1.mp4", f"oelala/{OTHER.upper()}_1.mp4"],
)
def test_a_name_that_is_no_jobs_may_be_its(name: str) -> None:
    assert own_files(JOB, (named(name),)) == (named(name),)


def test_its_own_id_without_its_prefix_may_be_its() -> None:
    job = some_job(id=ID, prefix="mine/x")
    assert own_files(job, (named(f"oelala/{ID}_1.mp4"),)) == (named(f"oelala/{ID}_1.mp4"),)


def test_what_came_is_enough_if_it_was_asked_for() -> None:
    pictures = {"1": {"class_type": "SaveImage", "inputs": {}}}
    job, other = some_job(graph=pictures), some_job(graph={"1": {"class_type": "Unknown", "inputs": {}}})
    assert is_enough(job, {"image": 1}) and is_enough(job, {"video": 1})
    assert not is_enough(job, {"audio": 2, "file": 1}) and not is_enough(job, {})
    assert is_enough(other, {"audio": 1}) and is_enough(other, {"file": 1})
    assert not is_enough(other, {"file": 0}) and not is_enough(other, {})


# By its bytes


def of(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp"), ("GIF", ".gif"), ("BMP", ".bmp"), ("TIFF", ".tiff"),
        ("AVIF", ".avif"),
    ],
)  # fmt: skip
def test_a_picture_has_our_suffix_whatever_it_is_called(tmp_path: Path, kind: str, suffix: str) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(of(kind))
    assert judge(path, named("a.exe")) == judge(path, named("a.mp4")) == ("visual", suffix)


@pytest.mark.parametrize("container", ["mp4", "mov", "webm", "matroska"])
def test_so_has_a_video(tmp_path: Path, container: str) -> None:
    codecs = {"codec": "libvpx", "sound_codec": "libopus"} if container == "webm" else {}
    path = tmp_path / "x.part"
    path.write_bytes(film(4, sound=None, container=container, **codecs))
    suffix = ".mkv" if container == "matroska" else f".{container}"
    assert judge(path, named("a")) == ("visual", suffix)


@pytest.mark.parametrize(
    ("kind", "codec", "suffix"),
    [
        ("flac", "flac", ".flac"),
        ("mp3", "libmp3lame", ".mp3"),
        ("wav", "pcm_s16le", ".wav"),
        ("ipod", "aac", ".m4a"),
        ("opus", "libopus", ".opus"),
    ],
)
def test_so_has_a_sound(tmp_path: Path, kind: str, codec: str, suffix: str) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(sound_file(0.5, 48_000, kind=kind, codec=codec))
    assert judge(path, named("a.png")) == ("audio", suffix)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        *((f"a{suffix}", suffix) for suffix in (".txt", ".json", ".csv", ".srt", ".vtt", ".latent")),
        *((f"a{suffix}", suffix) for suffix in (".exr", ".hdr", ".glb", ".gltf", ".obj", ".ply", ".stl")),
        ("a.TXT", ".txt"),
        ("a.html", ".bin"),
        ("a.exe", ".bin"),
        ("a", ".bin"),
    ],
)
def test_data_keeps_a_suffix_that_no_system_would_run(tmp_path: Path, name: str, suffix: str) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(b"some data")
    assert judge(path, named(name)) == ("file", suffix)


def test_weights_are_known_by_their_name(tmp_path: Path) -> None:
    """Whether they are whole is for whoever takes them."""
    path = tmp_path / "x.part"
    path.write_bytes(b"some data")
    assert judge(path, named("a.safetensors")) == ("model", ".safetensors")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.png", "The server sent something that is neither a picture nor a video."),
        ("a.m4v", "The server sent something that is neither a picture nor a video."),
        ("a.oga", "The server sent something that is no sound."),
        ("a.mp3", "The server sent something that is no sound."),
    ],
)
def test_what_claims_to_be_one_and_is_none_is_refused(tmp_path: Path, name: str, said: str) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(b"some data")
    with pytest.raises(EngineAnswer) as raised:
        judge(path, named(name))
    assert raised.value.message == said


@pytest.mark.parametrize(
    ("page", "is_page"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b" \n<html lang='en'>", True),
        (b"<!-- a word -->\n<HEAD>", True),
        (b"<!--" + b"x" * 200 + b"--><body>", True),
        (b"<!--" + b"x" * 201 + b"--><body>", False),
        (b"<!--\n-->\n<body>", True),
        (b"<htmlx>", False),
        (b"<svg>", False),
        (b"text <html>", False),
    ],
)
def test_a_web_page_is_no_file(tmp_path: Path, page: bytes, is_page: bool) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(page)
    if not is_page:
        assert judge(path, named("oelala/a.txt")) == ("file", ".txt")
        return
    with pytest.raises(EngineAnswer) as raised:
        judge(path, named("oelala/a.txt"))
    assert raised.value.message == "The server sent a web page instead of a.txt."


def test_what_lies_far_behind_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(b" " * 4096 + b"<html>")
    assert judge(path, named("a.txt")) == ("file", ".txt")
    path.write_bytes(b" " * 4090 + b"<html>")
    with pytest.raises(EngineAnswer):
        judge(path, named("a.txt"))
