"""Sounds given to a server: loaded, trimmed, saved, put to a video."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.contract.films import film, look, sound_file
from tests.contract.graphs import Graph, node
from tests.contract.workbench import INFO, Workbench, saving, saving_sound


def loading(name: str) -> Graph:
    return {"load": node("LoadAudio", "Load", audio=name)}


def trimmed(name: str, start: float, duration: float) -> Graph:
    trim = node("TrimAudioDuration", "Trim", audio=["load", 0], start_index=start, duration=duration)
    return {**loading(name), "trim": trim}


@pytest.fixture
async def name(bench: Workbench) -> str:
    """Two seconds in stereo."""
    return await bench.give(sound_file(), ".flac")


async def test_a_sound_comes_back_as_it_was(bench: Workbench, name: str) -> None:
    (file,) = await bench.files(saving_sound(loading(name), "load"))
    seen, given = look(await bench.fetch(file)), look(sound_file())
    assert file["filename"].endswith("_00001.flac") and file["type"] == "output"
    assert (seen.codecs, seen.sound_rate) == (("flac",), 48000)
    assert seen.samples == pytest.approx(given.samples, abs=2e-4)
    assert json.loads(seen.tags["prompt"])["load"]["class_type"] == "LoadAudio"
    assert json.loads(seen.tags["oelala_params"]) == INFO["oelala_params"]


@pytest.mark.parametrize(
    ("kind", "codec", "rate", "channels", "suffix"),
    [
        ("flac", "flac", 96000, 2, ".flac"),
        ("wav", "pcm_s16le", 22050, 1, ".wav"),
        ("wav", "pcm_s32le", 44100, 2, ".wav"),
        ("wav", "pcm_f32le", 44100, 2, ".wav"),
        ("mp3", "libmp3lame", 44100, 2, ".mp3"),
        ("ogg", "libopus", 48000, 2, ".ogg"),
        ("ipod", "aac", 44100, 2, ".m4a"),
    ],
)
async def test_kinds_of_sounds(bench: Workbench, kind: str, codec: str, rate: int, channels: int, suffix: str) -> None:
    name = await bench.give(sound_file(1.0, rate, channels, kind, codec), suffix)
    seen = await bench.see(saving_sound(loading(name), "load"))
    assert (seen.sound_rate, len(seen.samples)) == (rate, channels)
    assert seen.sound_seconds == pytest.approx(1.0, abs=0.06)
    assert seen.loudness(0.8, 1.0) == pytest.approx(0.2, abs=0.03)


async def test_the_sound_of_a_video(bench: Workbench) -> None:
    seen = await bench.see(saving_sound(loading(await bench.give(film(), ".mp4")), "load"))
    assert seen.sound_seconds == pytest.approx(2.0, abs=0.03)


@pytest.mark.parametrize(
    ("start", "duration", "seconds", "loudest"),
    [(0.5, 1.0, 1.0, 0.25), (-0.5, 60.0, 0.5, 0.3), (1.5, 9.0, 0.5, 0.3), (0.0, 0.5, 0.5, 0.15), (-9.0, 1.0, 1.0, 0.2)],
)
async def test_a_sound_is_trimmed(
    bench: Workbench, name: str, start: float, duration: float, seconds: float, loudest: float
) -> None:
    seen = await bench.see(saving_sound(trimmed(name, start, duration), "trim"))
    assert seen.sound_seconds == seconds
    assert seen.loudness(0.0, seconds) == pytest.approx(loudest, abs=0.01)


@pytest.mark.parametrize(("start", "duration"), [(5.0, 1.0), (0.0, 0.0)])
async def test_nothing_of_a_sound_is_no_sound(bench: Workbench, name: str, start: float, duration: float) -> None:
    assert await bench.fails(saving_sound(trimmed(name, start, duration), "trim")) == "TrimAudioDuration"


@pytest.mark.parametrize(
    ("kind", "inputs", "suffix", "codec", "rate"),
    [
        ("SaveAudioMP3", {"quality": "V0"}, "mp3", "mp3", 44100),
        ("SaveAudioMP3", {"quality": "128k"}, "mp3", "mp3", 44100),
        ("SaveAudioOpus", {"quality": "96k"}, "opus", "opus", 48000),
        ("SaveAudioAdvanced", {"format": "flac"}, "flac", "flac", 44100),
        ("SaveAudioAdvanced", {"format": "mp3", "format.quality": "320k"}, "mp3", "mp3", 44100),
        ("SaveAudioAdvanced", {"format": "opus", "format.quality": "64k"}, "opus", "opus", 48000),
    ],
)
async def test_savers(bench: Workbench, kind: str, inputs: dict[str, Any], suffix: str, codec: str, rate: int) -> None:
    name = await bench.give(sound_file(2.0, 44100), ".flac")
    (file,) = await bench.files(saving_sound(loading(name), "load", kind=kind, **inputs))
    seen = look(await bench.fetch(file))
    assert file["filename"].endswith(f"_00001.{suffix}")
    assert (seen.codecs, seen.sound_rate) == ((codec,), rate)
    assert seen.sound_seconds == pytest.approx(2.0, abs=0.03)
    assert seen.loudness(0.2, 0.4) < seen.loudness(1.2, 1.4)


async def test_a_preview_of_a_sound(bench: Workbench, name: str) -> None:
    (file,) = await bench.files({**loading(name), "saver": node("PreviewAudio", "Preview", audio=["load", 0])})
    assert file["type"] == "temp" and file["filename"].endswith(".flac")


async def test_numbers_go_on(bench: Workbench, name: str) -> None:
    prefix = f"oelala/{uuid.uuid4().hex}"
    names = []
    for duration in (1.0, 1.5):
        graph = saving_sound(trimmed(name, 0.0, duration), "trim")
        graph["saver"]["inputs"]["filename_prefix"] = prefix
        (file,) = await bench.files(graph)
        names.append(file["filename"].rpartition("_")[2])
    assert names == ["00001.flac", "00002.flac"]


async def test_an_mp3_of_too_high_a_rate_fails(bench: Workbench) -> None:
    name = await bench.give(sound_file(0.5, 96000), ".flac")
    assert await bench.fails(saving_sound(loading(name), "load", kind="SaveAudioMP3", quality="V0")) == "SaveAudioMP3"


async def test_a_video_without_sound_has_none_to_load_or_save(bench: Workbench) -> None:
    name = await bench.give(film(8, sound=None), ".mp4")
    assert await bench.fails(saving_sound(loading(name), "load")) == "LoadAudio"
    load = {"load": node("LoadVideo", "Load", file=name)}
    parts = {**load, "parts": node("GetVideoComponents", "Parts", video=["load", 0])}
    assert await bench.fails(saving_sound(parts, "parts", 1)) == "SaveAudio"
    trim = node("TrimAudioDuration", "Trim", audio=["parts", 1], start_index=0.0, duration=1.0)
    assert await bench.fails(saving_sound({**parts, "trim": trim}, "trim")) == "SaveAudio"


async def test_a_sound_that_is_none_fails(bench: Workbench) -> None:
    assert await bench.fails(saving_sound(loading(await bench.give(b"no sound", ".wav")), "load")) == "LoadAudio"


@pytest.mark.parametrize(("frames", "seconds"), [(24, 1.0), (96, 2.0)], ids=["longer", "shorter"])
@pytest.mark.parametrize("rate", [44100, 96000, 8000])
async def test_a_sound_is_put_to_frames_and_ends_with_them(
    bench: Workbench, frames: int, seconds: float, rate: int
) -> None:
    name = await bench.give(sound_file(2.0, rate), ".flac")
    graph = {
        **loading(name),
        "frames": node("EmptyImage", "Frames", width=64, height=48, batch_size=frames, color=0x204060),
        "video": node("CreateVideo", "Video", images=["frames", 0], fps=24.0, audio=["load", 0]),
    }
    seen = await bench.see(saving(graph, "video"))
    assert len(seen.pictures) == frames
    assert (seen.codecs, seen.sound_rate) == (("h264", "aac"), rate)
    assert seen.sound_seconds == pytest.approx(seconds, abs=0.13 if rate == 8000 else 0.03)
    assert seen.loudness(0.2, 0.4) < seen.loudness(0.7, 0.9)
