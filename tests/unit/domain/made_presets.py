"""Presets that no shipped one is like: other frame rules, rates, sizes and inputs."""

from __future__ import annotations

import copy
from typing import Any

from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.node_table import EVERYTHING

Table = dict[str, Any]


def node(title: str, class_type: str, **inputs: Any) -> Table:
    return {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}


def kind_of_video(fps: float, **extra: Table) -> Table:
    """A graph that makes a video: the nodes of `extra`, then sampler, video and saver."""
    return {
        **extra,
        "20": node("Latent", "EmptyLatentVideo", width=512, height=512, length=25, batch_size=1),
        "21": node("Sampler", "Sampler", latent=["20", 0], seed=1, prompt="", blur=0.25),
        "22": node("Polish", "Sampler", latent=["21", 0], seed=1, prompt="", blur=0.5),
        "23": node("Video", "CreateVideo", images=["22", 0], fps=fps),
        "24": node("Save", "SaveVideo", video=["23", 0], filename_prefix="p"),
    }


SIZES = {"width": {"into": ["Latent.width"]}, "height": {"into": ["Latent.height"]}}
COMMON = {
    **SIZES,
    "num_frames": {"into": ["Latent.length"]},
    "seed": {"into": ["Sampler.seed", "Polish.seed"]},
    "prompt": {"into": ["Sampler.prompt"], "maximum": 40},
    "filename": {"into": ["Save.filename_prefix"]},
}
BLUR = {
    "kind": "number",
    "label": "Blur",
    "minimum": 0,
    "maximum": 1,
    "keeps": True,
    "into": ["Sampler.blur", "Polish.blur"],
}

#: LTX: 8k + 1 frames at 24 or 25 a second; its picture need not be there
LTX_GRAPH = kind_of_video(
    24.0,
    **{
        "1": node("Start", "LoadImage", image="x.png"),
        "2": node("Prepare", "Prepare", image=["1", 0]),
        "3": node("Guide", "Guide", image=["2", 0], strength=1.0),
    },
)
LTX_GRAPH["21"]["inputs"]["guide"] = ["3", 0]
LTX: Table = {
    "name": "LTX",
    "size": {"multiple": 32},
    "frames": {"step": 8, "offset": 1, "least": 9, "most": 257},
    "fields": {
        **COMMON,
        "image": {"into": ["Start.image"], "needed": False, "nodes": ["Prepare", "Guide"]},
        "fps": {"default": 24, "choices": ["24", "25"], "into": ["Video.fps"]},
        "blur": BLUR,
    },
}

#: MiniMax H3: 17k + 5 frames at 24; up to three pictures, a mask, a sound and a video
H3_GRAPH = kind_of_video(
    24.0,
    **{
        "1": node("First", "LoadImage", image="x.png"),
        "2": node("Second", "LoadImage", image="x.png"),
        "3": node("Third", "LoadImage", image="x.png"),
        "4": node("Scale 1", "Scale", image=["1", 0]),
        "5": node("Scale 2", "Scale", image=["2", 0]),
        "6": node("Scale 3", "Scale", image=["3", 0]),
        "7": node("Mask", "LoadImageMask", image="m.png", channel="red"),
        "8": node("Sound", "LoadAudio", audio="s.wav"),
        "9": node("Motion", "LoadVideo", file="v.mp4"),
        "10": node("Motion frames", "GetVideoComponents", video=["9", 0]),
    },
)
H3_GRAPH["21"]["inputs"] |= {"one": ["4", 0], "two": ["5", 0], "three": ["6", 0], "mask": ["7", 0], "sound": ["8", 0]}
H3_GRAPH["21"]["inputs"] |= {"motion": ["10", 0]}
H3: Table = {
    "name": "H3",
    "rate": 24,
    "sound": True,
    "frames": {"step": 17, "offset": 5, "least": 22, "most": 362},
    "fields": {
        **COMMON,
        "images": {
            "into": ["First.image", "Second.image", "Third.image"],
            "nodes": ["Scale 1", "Scale 2", "Scale 3"],
            "needed": True,
            "minimum": 1,
        },
        "mask": {"into": ["Mask.image"]},
        "sound": {"into": ["Sound.audio"]},
        "video": {"into": ["Motion.file"], "nodes": ["Motion frames"]},
    },
}

#: as long, as quick and as large as the given video
GIVEN_GRAPH = kind_of_video(
    0.0,
    **{
        "1": node("Clip", "LoadVideo", file="v.mp4"),
        "2": node("Frames", "GetVideoComponents", video=["1", 0]),
        "3": node("Face", "LoadImage", image="x.png"),
    },
)
GIVEN_GRAPH["21"]["inputs"] |= {"frames": ["2", 0], "face": ["3", 0]}
GIVEN_GRAPH["23"]["inputs"] |= {"fps": ["2", 2], "audio": ["2", 1]}
GIVEN: Table = {
    "name": "As given",
    "rate": "video",
    "size": {"class": "given", "of": "video"},
    "frames": {"as": "video"},
    "fields": {**COMMON, "video": {"into": ["Clip.file"]}, "image": {"into": ["Face.image"]}},
}

#: as long as a sound, at a rate of its own
SUNG: Table = {
    "name": "Sung",
    "rate": 25,
    "size": {"class": "megapixels", "megapixels": 0.5},
    "frames": {"as": "sound", "step": 8, "offset": 1, "most": 497},
    "fields": {**COMMON, "sound": {"into": ["Sound.audio"], "needed": True}},
}
SUNG_GRAPH = kind_of_video(25.0, **{"1": node("Sound", "LoadAudio", audio="s.wav")})
SUNG_GRAPH["21"]["inputs"]["sound"] = ["1", 0]

STILL_GRAPH: Table = {
    "1": node("Picture", "LoadImage", image="x.png"),
    "2": node("Resize", "Resize", image=["1", 0], width=64, height=64, factor=2.0),
    "3": node("Save", "SaveImage", images=["2", 0], filename_prefix="p"),
}
STILL = {
    "image": {"into": ["Picture.image"]},
    "width": {"into": ["Resize.width"]},
    "height": {"into": ["Resize.height"]},
    "filename": {"into": ["Save.filename_prefix"]},
}
AREA: Table = {
    "name": "Area",
    "size": {"class": "megapixels", "multiple": 8},
    "fields": {**STILL, "megapixels": {"kind": "number", "minimum": 0.25, "maximum": 4}},
}
FACTOR: Table = {
    "name": "Larger",
    "size": {"class": "factor", "factor": 2, "multiple": 2},
    "fields": {**STILL, "factor": {"kind": "number", "maximum": 8, "into": ["Resize.factor"]}},
}

FRAME_GRAPH: Table = {
    **STILL_GRAPH,
    "2": node("Resize", "Resize", image=["1", 0], left=1, top=1, right=1, bottom=1),
}
FRAME: Table = {
    "name": "Wider",
    "size": {"class": "frame", "multiple": 2, "megapixels": 4},
    "fields": {
        "image": STILL["image"],
        "filename": STILL["filename"],
        **{f"pad_{side}": {"into": [f"Resize.{side}"]} for side in ("left", "top", "right", "bottom")},
    },
}
REFRAME_ID = "reframe.wider"

#: table and graph of each
TABLES: dict[str, tuple[Table, Table]] = {
    "image-to-video.ltx": (LTX, LTX_GRAPH),
    "image-to-video.h3": (H3, H3_GRAPH),
    "video-to-video.given": (GIVEN, GIVEN_GRAPH),
    "video-to-video.sung": (SUNG, SUNG_GRAPH),
    "image-to-image.area": (AREA, STILL_GRAPH),
    "upscaler.larger": (FACTOR, STILL_GRAPH),
    REFRAME_ID: (FRAME, FRAME_GRAPH),
}
MADE = tuple(TABLES)
_CLASSES = {n["class_type"] for _, graph in TABLES.values() for n in graph.values()} | {"Video Slice"}
#: a server with all that the shipped presets and these want
CATALOG = Catalog({**{name: NodeClass(name, {}) for name in _CLASSES}, **EVERYTHING.classes})


def made(preset_id: str, **changes: Any) -> Preset:
    """One of them, with other entries in its table."""
    table, graph = copy.deepcopy(TABLES[preset_id])
    tool, _, name = preset_id.partition(".")
    return parse_preset(name, TOOLS[tool], table | changes, graph)


def with_fields(preset_id: str, *without: str, **rows: Any) -> Preset:
    """One of them, with more fields, and without some."""
    fields = copy.deepcopy(TABLES[preset_id][0]["fields"]) | rows
    return made(preset_id, fields={key: row for key, row in fields.items() if key not in without})
