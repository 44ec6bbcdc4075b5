"""Templates of Sketch's own, as a server with an editor has them: workflows over the nodes that it runs, their list and
their pictures. All are made here, none is a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image

from oelala_desktop.sketch.canvas import Canvas
from oelala_desktop.sketch.titlecard import title_card

_DATE = "2026-11-01"
_SIZE = (480, 272)  # of a picture, in pixels
_QUALITY = 80


@dataclass(frozen=True)
class Example:
    """`row` is what the list says of it beside its name and title; `pictures` are how many there are of it."""

    name: str
    title: str
    make: Callable[[], Canvas]
    row: Mapping[str, Any]
    pictures: int = 1


def _film(canvas: Canvas, images: tuple[int, int]) -> None:
    video = canvas.add("CreateVideo", "Video", images=images, fps=16.0)
    canvas.add("SaveVideo", "Save video", video=(video, 0), filename_prefix="sketch")


def _text_to_video() -> Canvas:
    canvas = Canvas(name="sketch_text_to_video")
    card = canvas.add("SketchTitleCard", "Title card", text="A lighthouse in the morning", width=640, height=352)
    move = canvas.add(
        "SketchCameraMove", "Camera move", image=(card, 0), prompt="slow push in", frames=33, width=640, height=352
    )
    _film(canvas, (move, 0))
    return canvas


def _image_to_video() -> Canvas:
    canvas = Canvas(name="sketch_image_to_video")
    start = canvas.add("LoadImage", "Start picture", image="start.png")
    move = canvas.add(
        "SketchCameraMove", "Camera move", image=(start, 0), prompt="pan to the left", frames=33, width=640, height=352
    )
    _film(canvas, (move, 0))
    return canvas


def _in_a_subgraph() -> Canvas:
    inner = Canvas("5c2d6a2e-6f0b-4a53-9d0c-0f3f5a1b7c11", "Drawn scene")
    card = inner.add("SketchTitleCard", "Title card", width=640, height=352)
    move = inner.add("SketchCameraMove", "Camera move", image=(card, 0), frames=33, width=640, height=352)
    inner.take("words", card, "text")
    inner.take("move", move, "prompt")
    inner.give("frames", (move, 0), "IMAGE")
    canvas = Canvas(name="sketch_scene_in_a_subgraph")
    scene = canvas.use(inner, "Drawn scene", ("IMAGE",), "Boats in the harbour", "slow zoom out")
    _film(canvas, (scene, 0))
    return canvas


def _without_its_model() -> Canvas:
    canvas = Canvas(name="sketch_missing_model")
    wanted = {
        "name": "sketch_camera_style.safetensors",
        "url": "https://example.com/sketch_camera_style.safetensors",
        "directory": "loras",
    }
    card = canvas.add("SketchTitleCard", "Title card", (wanted,), text="A style that is not here")
    canvas.add("SaveImage", "Save picture", images=(card, 0), filename_prefix="sketch")
    return canvas


def _paid() -> Canvas:
    canvas = Canvas(name="api_sketch_example")
    made = canvas.add("ExamplePaidVideoNode", "Made elsewhere", prompt="A city at night", model="example-1")
    canvas.add("SaveVideo", "Save video", video=(made, 0), filename_prefix="sketch")
    return canvas


def _row(kind: str, description: str, tags: tuple[str, ...], uses: int, **more: Any) -> dict[str, Any]:
    outputs = [{"nodeId": 1, "nodeType": "SaveVideo" if kind == "video" else "SaveImage", "mediaType": kind}]
    row = {"description": description, "tags": list(tags), "models": ["Sketch"], "date": _DATE, "usage": uses}
    return {**row, "size": 0, "openSource": True, "io": {"outputs": outputs}, **more}


EXAMPLES = (
    Example(
        "sketch_text_to_video",
        "Sketch: Text to Video",
        _text_to_video,
        _row("video", "Words on a card, and a camera that moves over it. No AI model.", ("Text to Video",), 5),
    ),
    Example(
        "sketch_image_to_video",
        "Sketch: Image to Video",
        _image_to_video,
        _row("video", "A camera move over a picture. No AI model.", ("Image to Video",), 4),
        pictures=2,
    ),
    Example(
        "sketch_scene_in_a_subgraph",
        "Sketch: a Scene in a Subgraph",
        _in_a_subgraph,
        _row("video", "The same from a subgraph that shows its words alone. No AI model.", ("Text to Video",), 3),
    ),
    Example(
        "sketch_missing_model",
        "Sketch: a Model that Is Missing",
        _without_its_model,
        _row("image", "Names a model file that is not here, to show how that is told.", ("Text to Image",), 2)
        | {"size": 100_000_000},
    ),
    Example(
        "api_sketch_example",
        "Sketch: a Paid Service",
        _paid,
        _row("video", "Of a node that Sketch does not have, to show how that is told.", ("API",), 1)
        | {"openSource": False},
    ),
)
_BY_NAME = {example.name: example for example in EXAMPLES}


def index() -> list[dict[str, Any]]:
    """As `/templates/index.json` has it: groups of templates."""
    rows = []
    for example in EXAMPLES:
        shown = {"thumbnailVariant": "compareSlider"} if example.pictures > 1 else {}
        media = {"mediaType": "image", "mediaSubtype": "webp"}
        rows.append({"name": example.name, "title": example.title, **media, **shown, **example.row})
    return [{"moduleName": "default", "title": "Sketch", "type": "video", "templates": rows}]


def workflow(name: str) -> dict[str, Any] | None:
    """None if there is none of that name."""
    example = _BY_NAME.get(name)
    return None if example is None else example.make().workflow()


@cache
def picture(name: str, number: int) -> bytes | None:
    """A WebP; None if there is none of that name and number, which counts from 1."""
    example = _BY_NAME.get(name)
    if example is None or not 1 <= number <= example.pictures:
        return None
    out = io.BytesIO()
    seed = 10 * EXAMPLES.index(example) + number
    Image.fromarray(title_card(example.title, seed, *_SIZE)).save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()
