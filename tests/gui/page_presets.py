"""Presets as a user would write them, one or two for each tool whose page takes a picture or a video, that run on
Sketch; and files to give them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

from tests.contract.films import film
from tests.contract.graphs import Graph, node

#: of the given video
WIDE, HIGH, RATE, FRAMES = 96, 64, 24, 24


def _still(last: str, **nodes: Any) -> Graph:
    return {
        "1": node("LoadImage", "Picture", image="x.png"),
        **nodes,
        "9": node("SaveImage", "Save", images=[last, 0], filename_prefix="x"),
    }


def _film(last: str, **nodes: Any) -> Graph:
    return {
        "1": node("LoadVideo", "Video", file="x.mp4"),
        "2": node("GetVideoComponents", "Frames", video=["1", 0]),
        **nodes,
        "8": node("CreateVideo", "Made", images=[last, 0], fps=["2", 2], audio=["2", 1]),
        "9": node("SaveVideo", "Save", video=["8", 0], filename_prefix="x", format="mp4", codec="h264"),
    }


_FILENAME = '[fields.filename]\ninto = ["Save.filename_prefix"]\n'
_IMAGE = '[fields.image]\ninto = ["Picture.image"]\n'
_VIDEO = '[fields.video]\ninto = ["Video.file"]\n'
_AS_VIDEO = 'output = "video"\nrate = "video"\nframes = {step = 1, offset = 0, as = "video"}\n'
_SCALED = {"upscale_method": "lanczos", "scale_by": 2.0}
_FACTOR = '[fields.factor]\ninto = ["Larger.scale_by"]\n'
_PAD = {"left": 8, "top": 8, "right": 8, "bottom": 8, "feathering": 0}
_SIDES = "".join(f'[fields.pad_{side}]\ninto = ["Wider.{side}"]\n' for side in ("left", "top", "right", "bottom"))

PRESETS: dict[str, tuple[str, Graph]] = {
    "upscaler/still": (
        'name = "Large stills"\norder = 10\nsize = {class = "factor", factor = 2, multiple = 1}\n'
        + _IMAGE
        + _FACTOR
        + _FILENAME,
        _still("3", **{"3": node("ImageScaleBy", "Larger", image=["1", 0], **_SCALED)}),
    ),
    "upscaler/film": (
        'name = "Large films"\norder = 20\ntips = ["Leave it empty."]\n'
        'size = {class = "factor", factor = 2, multiple = 2, of = "video"}\n'
        + _AS_VIDEO
        + _VIDEO
        + _FACTOR
        + _FILENAME,
        _film("3", **{"3": node("ImageScaleBy", "Larger", image=["2", 0], **_SCALED)}),
    ),
    "reframe/still": (
        'name = "Wide stills"\norder = 10\nsize = {class = "frame", multiple = 2, megapixels = 4}\n'
        + _IMAGE
        + '[fields.aspect_ratio]\ndefault = "16:9"\n'
        + _SIDES
        + _FILENAME,
        _still("3", **{"3": node("ImagePadForOutpaint", "Wider", image=["1", 0], **_PAD)}),
    ),
    "reframe/film": (
        'name = "Wide films"\norder = 20\nsize = {class = "frame", multiple = 2, megapixels = 4, of = "video"}\n'
        + _AS_VIDEO
        + _VIDEO
        + '[fields.aspect_ratio]\ndefault = "16:9"\n'
        + _SIDES
        + _FILENAME,
        _film("3", **{"3": node("ImagePadForOutpaint", "Wider", image=["2", 0], **_PAD)}),
    ),
}


_PROMPT = '[fields.prompt]\ninto = ["Words.text"]\n'
_WORDS = {"7": node("SketchTitleCard", "Words", text="", seed=0, width=64, height=64)}
_AS_GIVEN = 'size = {class = "given", of = "video"}\nsound = true\n' + _AS_VIDEO
_MOVE = {
    "3": node("LoadImage", "Who", image="x.png"),
    "4": node("MoveAsInVideo", "Moved", images=["2", 0], picture=["3", 0]),
}
PRESETS |= {
    "video-to-video/edit": (
        'name = "Change by words"\ndescription = "Say what should change."\norder = 10\n'
        + _AS_GIVEN
        + _VIDEO
        + _PROMPT
        + _FILENAME,
        _film("3", **_WORDS, **{"3": node("ImageScaleBy", "Same", image=["2", 0], **_SCALED | {"scale_by": 1.0})}),
    ),
    "video-to-video/lightly": (
        'name = "Same again"\ndescription = "The same shot, cleaner."\norder = 30\n' + _AS_GIVEN + _VIDEO + _FILENAME,
        _film("2"),
    ),
    "video-to-video/move": (
        'name = "Dance along"\ndescription = "A picture does its moves."\norder = 20\n'
        + _AS_GIVEN
        + _VIDEO
        + '[fields.image]\nlabel = "Character"\nneeded = true\ninto = ["Who.image"]\n'
        + _FILENAME,
        _film("4", **_MOVE),
    ),
}


_FACE = '[fields.face]\nkind = "picture"\nlabel = "Face"\nneeded = true\ninto = ["Face.image"]\n'
_LOADED = {"5": node("LoadImage", "Face", image="x.png")}
PRESETS |= {
    "face-swap/still": (
        'name = "Faces in stills"\norder = 1\nsize = {class = "given", of = "image", multiple = 1}\n'
        + _IMAGE.replace("into", 'label = "Scene"\ninto')
        + _FACE
        + _FILENAME,
        _still("6", **_LOADED, **{"6": node("ImageBatch", "Both", image1=["1", 0], image2=["5", 0])}),
    ),
    "face-swap/film": (
        'name = "Faces in films"\norder = 2\nsize = {class = "given", of = "video", multiple = 2}\n'
        + _AS_VIDEO
        + _VIDEO.replace("into", 'label = "Scene"\ninto')
        + _FACE
        + _FILENAME,
        _film("6", **_LOADED, **{"6": node("ImageBatch", "Both", image1=["2", 0], image2=["5", 0])}),
    ),
}


def write_presets(home: Path, *wanted: str) -> None:
    """Puts those (all, if none is named) among the presets of the user's own in that home folder."""
    for name in wanted or PRESETS:
        table, graph = PRESETS[name]
        path = home / "workflows" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".toml").write_text(table, "utf-8")
        path.with_suffix(".json").write_text(json.dumps(graph), "utf-8")


def make_files(folder: Path) -> tuple[Path, Path]:
    """A picture and a video with sound."""
    folder.mkdir(parents=True, exist_ok=True)
    picture, video = folder / "tower.png", folder / "walk.mp4"
    Image.new("RGB", (96, 128), (40, 120, 200)).save(picture)
    video.write_bytes(film(FRAMES))
    return picture, video
