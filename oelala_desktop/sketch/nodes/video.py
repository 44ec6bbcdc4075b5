"""LoadVideo, `Video Slice`, GetVideoComponents, CreateVideo and SaveVideo: ComfyUI's own video nodes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, TypeVar

from oelala_desktop.sketch.encode import H264_OPTIONS, Recipe, evenly, remux, tags, write_film
from oelala_desktop.sketch.folders import Folders, save_target
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, choice, number
from oelala_desktop.sketch.nodes.inputs import VIDEOS, find, missing, stamp
from oelala_desktop.sketch.video import Clip, Film, Video, film

#: seconds between two progress messages of a saver. ComfyUI's own saver sends none; a short job sees none.
QUIET = 0.25
CONTAINERS = {"mp4": "mp4", "mkv": "matroska", "webm": "webm"}
CODECS = {"h264": ("libx264", H264_OPTIONS), "av1": ("libsvtav1", {"preset": "8"})}

Picture = TypeVar("Picture")


def load_video(work: Work, inputs: Values) -> Result:
    return Result((film(find(work.folders, inputs["file"])),))


def video_slice(work: Work, inputs: Values) -> Result:
    video: Video = inputs["video"]
    start, length = inputs["start_time"], inputs["duration"]
    part = video.part(start, length, strict=inputs["strict_duration"])
    if part is None:
        facts = f"Source duration: {video.seconds()}\nStart time: {start}\nTarget duration: {length}"
        raise ValueError(f"Failed to slice video:\n{facts}")
    return Result((part,))


def get_video_components(work: Work, inputs: Values) -> Result:
    video: Video = inputs["video"]
    clip = video.clip(work.check)
    return Result((clip.frames, clip.sound, float(clip.rate), clip.depth, clip.color_space))


def create_video(work: Work, inputs: Values) -> Result:
    """A video of the frames at `fps` (kept to a thousandth, as ComfyUI does)."""
    rate = Fraction(round(inputs["fps"] * 1000), 1000)
    return Result((Clip(inputs["images"], rate, inputs.get("audio"), inputs.get("bit_depth", 8)),))


def save_video(work: Work, inputs: Values) -> Result:
    """Write a video with its sound. A whole file that is of the wanted kind already is copied, not encoded again."""
    video: Video = inputs["video"]
    wanted = inputs["format"]
    kind = "mp4" if wanted == "auto" else wanted
    codec = str(inputs.get("format.codec", inputs.get("codec", "auto")))
    target = save_target(work.folders.output, inputs["filename_prefix"], *video.size)
    path = target.folder / f"{target.stem}_{target.counter:05}_.{kind}"
    part = path.with_name(path.name + ".part")
    written = tags({key: value for key, value in work.metadata.items() if key != "prompt"})
    if "prompt" in work.metadata:
        written |= tags({"prompt": work.metadata["prompt"]})
    try:
        if isinstance(video, Film) and _may_be_copied(video, wanted, codec):
            remux(video.path, part, CONTAINERS[kind], written)
        else:
            recipe = _recipe(kind, codec, video.depth)
            if isinstance(video, Film):
                sound = video.sound(work.check)
                shots = watched(work, video.shots(work.check), round(video.seconds() * video.rate))
                write_film(part, shots, video.rate, {**video.tags, **written}, recipe, sound=sound, timed=True)
            else:
                shots = evenly(watched(work, video.frames, len(video.frames)), video.rate)
                write_film(part, shots, video.rate, written, recipe, sound=video.sound)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    saved = {"filename": path.name, "subfolder": target.subfolder, "type": "output"}
    return Result(ui={"images": [saved], "animated": [True]})


def _may_be_copied(video: Film, wanted: str, codec: str) -> bool:
    fits = wanted == "auto" or CONTAINERS[wanted] in video.containers
    if wanted == "webm" and video.codec not in ("av1", "vp8", "vp9"):
        fits = False
    return video.is_whole and fits and codec in ("auto", video.codec)


def _recipe(kind: str, codec: str, depth: int) -> Recipe:
    if codec == "auto":
        codec = "av1" if kind == "webm" else "h264"
    if kind == "webm" and codec != "av1":
        raise ValueError("WebM output requires the AV1 codec")
    encoder, options = CODECS[codec]
    return Recipe(CONTAINERS[kind], encoder, "yuv420p10le" if depth >= 10 else "yuv420p", options)


def watched(work: Work, pictures: Iterable[Picture], total: int) -> Iterator[Picture]:
    """The pictures one by one, stopping when the job is interrupted and reporting now and then."""
    reported = time.monotonic()
    for index, picture in enumerate(pictures):
        if time.monotonic() - reported >= QUIET:
            work.progress(min(index, total), total)
            reported = time.monotonic()
        else:
            work.check()
        yield picture


def _missing_video(folders: Folders, inputs: Values) -> str | None:
    return missing(folders, "video", inputs["file"])


def _video_stamp(folders: Folders, inputs: Values) -> str:
    return stamp(folders, inputs["file"])


def _codec(*names: str, **more: Any) -> Input:
    return choice({name: {} for name in names}, tooltip="The codec to use for the video.", **more)


_ANY = ("auto", *CODECS)
_FORMATS = {kind: {"codec": _codec(*_ANY)} for kind in ("auto", "mp4", "mkv")}
_FORMATS["webm"] = {"codec": _codec("auto", "av1")}
_SHARED: dict[str, Any] = {"category": "video", "module": "comfy_extras.nodes_video", "modern": True}

NODES = (
    NodeClass(
        "LoadVideo",
        load_video,
        required={
            "file": Input(
                "COMBO", {"multiselect": False, "video_upload": True}, lambda folders: folders.listing(VIDEOS)
            )
        },
        outputs=("VIDEO",),
        display_name="Load Video",
        checked=("file",),
        check=_missing_video,
        fingerprint=_video_stamp,
        **_SHARED,
    ),
    NodeClass(
        "Video Slice",
        video_slice,
        required={
            "video": Input("VIDEO", {}),
            "start_time": number(0.0, -1e5, 1e5, step=0.001, tooltip="Start time in seconds"),
            "duration": number(0.0, 0.0, step=0.001, tooltip="Duration in seconds, or 0 for unlimited duration"),
            "strict_duration": Input("BOOLEAN", {"default": False}),
        },
        outputs=("VIDEO",),
        display_name="Trim Video",
        **_SHARED,
    ),
    NodeClass(
        "GetVideoComponents",
        get_video_components,
        required={"video": Input("VIDEO", {"tooltip": "The video to extract components from."})},
        outputs=("IMAGE", "AUDIO", "FLOAT", "INT", "COMBO"),
        output_names=("images", "audio", "fps", "bit_depth", "color_space"),
        display_name="Get Video Components",
        description="Extracts video frames, audio, frame rate, bit depth, and color space.",
        **_SHARED,
    ),
    NodeClass(
        "CreateVideo",
        create_video,
        required={
            "images": Input("IMAGE", {"tooltip": "The images to create a video from."}),
            "fps": number(30.0, 1.0, 120.0, step=1.0),
        },
        optional={
            "audio": Input("AUDIO", {"tooltip": "The audio to add to the video."}),
            "bit_depth": Input("INT", {"default": 8, "min": 8, "max": 10, "step": 2, "display": "number"}),
        },
        outputs=("VIDEO",),
        display_name="Create Video",
        description="Create a video from images.",
        **_SHARED,
    ),
    NodeClass(
        "SaveVideo",
        save_video,
        required={
            "video": Input("VIDEO", {"tooltip": "The video to save."}),
            "filename_prefix": Input(
                "STRING",
                {"tooltip": "The prefix for the file name.", "default": "video/ComfyUI", "multiline": False},
            ),
            "format": choice(_FORMATS, tooltip="The format to save the video as."),
        },
        optional={"codec": _codec(*_ANY, hidden=True)},
        display_name="Save Video",
        description="Saves the video to the output folder.",
        outputs=("VIDEO",),
        output_names=("video",),
        passes="video",
        output_node=True,
        takes_metadata=True,
        **_SHARED,
    ),
)
