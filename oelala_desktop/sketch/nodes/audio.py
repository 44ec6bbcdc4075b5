"""LoadAudio, TrimAudioDuration and the savers of sounds: ComfyUI's own audio nodes."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path
from typing import Any

from oelala_desktop.sketch.encode import tags
from oelala_desktop.sketch.folders import Folders, save_target
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, choice, combo, number
from oelala_desktop.sketch.nodes.inputs import SOUNDS, VIDEOS, find, missing, stamp
from oelala_desktop.sketch.sound import Sound, read_sound
from oelala_desktop.sketch.soundtrack import write_sound


def load_audio(work: Work, inputs: Values) -> Result:
    """The first sound of a sound or video file. Raises ValueError when it has none."""
    path = find(work.folders, inputs["audio"])
    sound = read_sound(path, work.check)
    if sound is None:
        raise ValueError(f"No audio stream found in the file {path.name}.")
    return Result((sound,))


def trim_audio_duration(work: Work, inputs: Values) -> Result:
    """`duration` seconds from `start_index` on, which counts from the end where it is negative; no sound stays none."""
    sound: Sound | None = inputs["audio"]
    if sound is None or not sound.waveform.shape[2]:
        return Result((sound,))
    whole = sound.waveform.shape[2]
    first = round(inputs["start_index"] * sound.sample_rate)
    first = max(0, min(whole, first + whole if inputs["start_index"] < 0 else first))
    end = min(whole, first + round(inputs["duration"] * sound.sample_rate))
    if first >= end:
        text = "Start time must be less than end time and be within the audio length."
        raise ValueError(f"TrimAudioDuration: {text}")
    return Result((sound.part(first, end),))


def save_audio(kind: str | None, work: Work, inputs: Values) -> Result:
    """Save it as `kind`, or as the input `format` says."""
    return _save(work, inputs, kind or inputs["format"], work.folders.output, "output", inputs["filename_prefix"])


def preview_audio(work: Work, inputs: Values) -> Result:
    # as of pictures: previews of one session must not be served from a client's cache
    return _save(work, inputs, "flac", work.folders.temp, "temp", f"ComfyUI_temp_{secrets.token_hex(3)}")


def _save(work: Work, inputs: Values, kind: str, root: Path, folder: str, prefix: str) -> Result:
    sound: Sound | None = inputs["audio"]
    if sound is None:
        raise ValueError("There is no sound to save: the video that it was taken from may have none.")
    target = save_target(root, prefix, 0, 0, bare=True)
    path = target.folder / f"{target.stem.replace('%batch_num%', '0')}_{target.counter:05}.{kind}"
    part = path.with_name(path.name + ".part")
    try:
        write_sound(part, sound, kind, _quality(inputs), tags(work.metadata), work.check)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Result(ui={"audio": [{"filename": path.name, "subfolder": target.subfolder, "type": folder}]})


def _quality(inputs: Values) -> str:
    return str(inputs.get("quality", inputs.get("format.quality", "V0")))


def _missing_audio(folders: Folders, inputs: Values) -> str | None:
    return missing(folders, "audio", inputs["audio"])


def _audio_stamp(folders: Folders, inputs: Values) -> str:
    return stamp(folders, inputs["audio"])


_SHARED: dict[str, Any] = {"category": "audio", "module": "comfy_extras.nodes_audio", "modern": True}
_SAVER: dict[str, Any] = {**_SHARED, "outputs": ("AUDIO",), "output_names": ("audio",), "passes": "audio"}
_SAVER |= {"output_node": True, "takes_metadata": True}
_SAVED = {
    "audio": Input("AUDIO", {}),
    "filename_prefix": Input("STRING", {"default": "audio/ComfyUI", "multiline": False}),
}
_MP3 = combo("V0", "128k", "320k", default="V0")
_OPUS = combo("64k", "96k", "128k", "192k", "320k", default="128k")
_FURTHEST = 0xFFFFFFFFFFFFFFFF

NODES = (
    NodeClass(
        "LoadAudio",
        load_audio,
        required={
            "audio": Input(
                "COMBO",
                {"multiselect": False, "audio_upload": True},
                lambda folders: folders.listing(SOUNDS | VIDEOS),
            )
        },
        outputs=("AUDIO",),
        display_name="Load Audio",
        checked=("audio",),
        check=_missing_audio,
        fingerprint=_audio_stamp,
        **_SHARED,
    ),
    NodeClass(
        "TrimAudioDuration",
        trim_audio_duration,
        required={
            "audio": Input("AUDIO", {}),
            "start_index": number(0.0, -_FURTHEST, _FURTHEST, step=0.01),
            "duration": number(60.0, 0.0, step=0.01, tooltip="Duration in seconds"),
        },
        outputs=("AUDIO",),
        display_name="Trim Audio Duration",
        description="Trim audio tensor into chosen time range.",
        **_SHARED,
    ),
    NodeClass("SaveAudio", partial(save_audio, "flac"), required=_SAVED, display_name="Save Audio (FLAC)", **_SAVER),
    NodeClass(
        "SaveAudioMP3",
        partial(save_audio, "mp3"),
        required={**_SAVED, "quality": _MP3},
        display_name="Save Audio (MP3)",
        **_SAVER,
    ),
    NodeClass(
        "SaveAudioOpus",
        partial(save_audio, "opus"),
        required={**_SAVED, "quality": _OPUS},
        display_name="Save Audio (Opus)",
        **_SAVER,
    ),
    NodeClass(
        "SaveAudioAdvanced",
        partial(save_audio, None),
        required={**_SAVED, "format": choice({"flac": {}, "mp3": {"quality": _MP3}, "opus": {"quality": _OPUS}})},
        display_name="Save Audio (Advanced)",
        description="Saves the input audio to your ComfyUI output directory.",
        **_SAVER,
    ),
    NodeClass(
        "PreviewAudio",
        preview_audio,
        required={"audio": Input("AUDIO", {})},
        display_name="Preview Audio",
        **_SAVER,
    ),
)
