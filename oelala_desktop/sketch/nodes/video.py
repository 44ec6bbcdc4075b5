"""CreateVideo, SaveVideo, GetVideoComponents: ComfyUI's own video nodes."""

import time
from collections.abc import Iterator

from oelala_desktop.sketch.encode import Video, of_frames, remux, tags, write_h264
from oelala_desktop.sketch.folders import save_target
from oelala_desktop.sketch.frames import Frames
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, combo, number

QUIET = 0.25
"""Seconds between two progress messages of a saver. ComfyUI's own saver sends none; a short job sees none."""


def create_video(work: Work, inputs: Values) -> Result:
    return Result((of_frames(inputs["images"], inputs["fps"]),))


def get_video_components(work: Work, inputs: Values) -> Result:
    video: Video = inputs["video"]
    return Result((video.load(work.check), None, float(video.rate)))


def save_video(work: Work, inputs: Values) -> Result:
    """Write an mp4. A video that is an H.264 mp4 already is copied with its sound, not encoded again."""
    video: Video = inputs["video"]
    target = save_target(work.folders.output, inputs["filename_prefix"], video.width, video.height)
    name = f"{target.stem}_{target.counter:05}_.mp4"
    path = target.folder / name
    part = path.with_name(path.name + ".part")
    written = tags({key: value for key, value in work.metadata.items() if key != "prompt"})
    if "prompt" in work.metadata:
        written |= tags({"prompt": work.metadata["prompt"]})
    try:
        if video.file is not None and video.file.suffix.lower() == ".mp4":
            remux(video.file, part, written)
        else:
            frames = video.load(work.check)
            size = (video.width, video.height)
            write_h264(part, watched(work, frames), size, video.rate, written)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    saved = {"filename": name, "subfolder": target.subfolder, "type": "output"}
    return Result(ui={"images": [saved], "animated": [True]})


def watched(work: Work, frames: Frames) -> Iterator[Frames]:
    """The frames one by one, stopping when the job is interrupted and reporting now and then."""
    reported = time.monotonic()
    for index, picture in enumerate(frames):
        if time.monotonic() - reported >= QUIET:
            work.progress(index, len(frames))
            reported = time.monotonic()
        else:
            work.check()
        yield picture


_VIDEO = "comfy_extras.nodes_video"

NODES = (
    NodeClass(
        "CreateVideo",
        create_video,
        required={
            "images": Input("IMAGE", {"tooltip": "The images to create a video from."}),
            "fps": number(30.0, 1.0, 120.0, step=1.0),
        },
        optional={"audio": Input("AUDIO", {"tooltip": "The audio to add to the video."})},
        outputs=("VIDEO",),
        display_name="Create Video",
        category="image/video",
        description="Create a video from images.",
        module=_VIDEO,
        modern=True,
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
            "format": combo("auto", "mp4", tooltip="The format to save the video as.", default="auto"),
            "codec": combo("auto", "h264", tooltip="The codec to use for the video.", default="auto"),
        },
        display_name="Save Video",
        category="image/video",
        description="Saves the video to the output folder.",
        module=_VIDEO,
        output_node=True,
        takes_metadata=True,
        modern=True,
    ),
    NodeClass(
        "GetVideoComponents",
        get_video_components,
        required={"video": Input("VIDEO", {"tooltip": "The video to extract components from."})},
        outputs=("IMAGE", "AUDIO", "FLOAT"),
        output_names=("images", "audio", "fps"),
        display_name="Get Video Components",
        category="image/video",
        description="Extracts all components from a video: frames, audio, and framerate.",
        module=_VIDEO,
        modern=True,
    ),
)
