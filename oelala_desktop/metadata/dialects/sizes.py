"""Width, height and frames: the way from a latent back to where its size was written, and what a picture's size became
on its way."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.dialects.graph import Graph, Inputs
from oelala_desktop.metadata.dialects.samplers import Pass, latent_link

_FRAME_KEYS = ("length", "num_frames", "frames", "video_frames", "frame_count", "video_length")
_FRAME_NAMES = frozenset(_FRAME_KEYS)
_SOURCES = frozenset(
    {"pixels", "image", "images", "image_embeds", "embeds", "start_image", "latent", "any", "input", ""}
)
#: sizes that go before the one chosen from a list, unless they are zero
_OVERRIDES = ("width_override", "height_override")
#: loaders that make the latent as well; a resolution chosen from a list comes before them
_PAIRS = (("empty_latent_width", "empty_latent_height"), ("latent_width", "latent_height"))
_WRITTEN = re.compile(r"(\d{2,5})\s*[x×]\s*(\d{2,5})")
#: where nodes with a list of sizes keep the one chosen
_CHOICES = ("resolution", "dimensions", "aspect_ratio", "size", "preset", "base_resolution", "ratio")
#: whether the sides are exchanged
_TURNED = ("swap_dimensions", "invert", "swap", "flip", "landscape_portrait_swap")
#: the ways on to the picture that a picture was made from
_PICTURES = ("image", "images", "pixels", "samples", "latent_image", "latent", "video_latent", "av_latent", "input",
             "any", "")  # fmt: skip
#: how a node that keeps the sides' proportion says that it does not
_EXACT = (False, None, "stretch", "crop", "pad", "disabled", "false")
_FACTORS = ("scale_by", "upscale_by", "scale", "rescale_factor")
_FACTOR = re.compile(r"x(\d(?:\.\d)?)")
_STEPS = 64
#: pixels of a side; what is larger is read with more care
_MOST = 2**31

Size = tuple[int, int]


def read(graph: Graph, chain: list[Pass], origin: str | None, fields: dict[str, Any]) -> None:
    """Size and frames of what the passes made; `origin` is the node that made their latent."""
    if not _from_origin(graph, chain[0], origin, fields):
        return
    for earlier, step in pairwise(chain):
        link = step.inputs.get("latent_image")
        if type(link) is list and graph.target(link) != earlier.node_id:
            factor = _enlargement(graph, link, earlier.node_id, fields)
            fields["width"], fields["height"] = round(fields["width"] * factor), round(fields["height"] * factor)


def _from_origin(graph: Graph, first: Pass, origin: str | None, fields: dict[str, Any]) -> bool:
    if origin is not None and _take(graph, graph.inputs(origin), fields):
        return True
    link = [origin, 0] if origin is not None else first.link("image_embeds", "latent_image", "samples")
    if any(_take(graph, graph.inputs(node_id), fields) for node_id in graph.upstream(link, _SOURCES)):
        return True
    return origin is None and _take(graph, first.inputs, fields)


def _enlargement(graph: Graph, link: Any, earlier: str, fields: dict[str, Any]) -> float:
    """By how much a model enlarged the latent before a pass: such a model is a part of the making, not an upscaler
    after it. One that adds frames leaves their number untold."""
    factor = 1.0
    for _ in range(_STEPS):
        node_id = graph.target(link)
        if node_id is None or node_id == earlier:
            break
        inputs = graph.inputs(node_id)
        if "LatentUpsampler" in graph.class_type(node_id):
            name = jsontext.word(graph.literal(inputs.get("upscale_model"), "model_name"))
            if "temporal" in name:
                fields.pop("num_frames", None)
            else:
                match = _FACTOR.search(name)
                factor *= float(match[1]) if match else 2.0
        link = latent_link(inputs)
    return factor


def _take(graph: Graph, inputs: Inputs, fields: dict[str, Any]) -> bool:
    """Size and frames of a node that may be where the latent began; whether the size was there."""
    if "num_frames" not in fields and not _FRAME_NAMES.isdisjoint(inputs):
        for key in _FRAME_KEYS:
            frames = jsontext.integer(graph.literal(inputs.get(key), key))
            if frames and frames > 0:
                fields["num_frames"] = frames
                break
    size = written(graph, inputs)
    if size is not None:
        fields["width"], fields["height"] = size
    return size is not None


def written(graph: Graph, inputs: Inputs) -> Size | None:
    """The size that a node is given, by numbers, by links to them, or chosen from a list."""
    if "width" in inputs and "height" in inputs:
        width, height = inputs["width"], inputs["height"]
        if type(width) is int and type(height) is int and 0 < width < _MOST and 0 < height < _MOST:
            return width, height
        size = _linked(graph, width) or _pair(graph, inputs, ("width", "height"))
        if size is not None:
            return size
    chosen = _chosen(inputs)
    if chosen is not None:
        wide, high = (jsontext.integer(graph.literal(inputs.get(key), key)) for key in _OVERRIDES)
        return wide or chosen[0], high or chosen[1]
    return next((size for pair in _PAIRS if pair[0] in inputs and (size := _pair(graph, inputs, pair))), None)


def _pair(graph: Graph, inputs: Inputs, keys: tuple[str, str]) -> Size | None:
    width = jsontext.integer(graph.literal(inputs[keys[0]], keys[0]))
    height = jsontext.integer(graph.literal(inputs.get(keys[1]), keys[1]))
    return (width, height) if width and height and width > 0 and height > 0 else None


def _linked(graph: Graph, link: Any) -> Size | None:
    """The size of a node that gives both sides: chosen from a list, or measured on a picture."""
    node_id = graph.target(link)
    if node_id is None:
        return None
    inputs = graph.inputs(node_id)
    if "Size" in graph.class_type(node_id) and "width" not in inputs:
        return of_picture(graph, next((inputs[key] for key in _PICTURES if key in inputs), None))
    return _chosen(inputs)


def _chosen(inputs: Inputs) -> Size | None:
    for key in _CHOICES:
        value = inputs.get(key)
        match = _WRITTEN.search(value[:200]) if type(value) is str else None
        if match:
            size = int(match[1]), int(match[2])
            turned = any(inputs.get(name) in (True, "On", "on", "true") for name in _TURNED)
            return size[::-1] if turned else size
    return None


def of_picture(graph: Graph, link: Any) -> Size | None:
    """The size of a picture or latent at the end of a link; None where it comes from a file or is computed."""
    factor = 1.0
    for _ in range(_STEPS):
        node_id = graph.target(link)
        if node_id is None:
            return None
        inputs = graph.inputs(node_id)
        if "width" in inputs and "height" in inputs:
            if inputs.get("keep_proportion", False) not in _EXACT:
                return None
            size = _pair(graph, inputs, ("width", "height"))
        else:
            size = written(graph, inputs)
        if size is not None:
            return round(size[0] * factor), round(size[1] * factor)
        by = next((graph.literal(inputs[key], key) for key in _FACTORS if key in inputs), 1.0)
        by = jsontext.number(by)
        if by is None or not 0 < by < 100 or not 0 < factor < 1000 or "megapixels" in inputs:
            return None
        factor *= 2.0 if "LatentUpsampler" in graph.class_type(node_id) else by
        link = next((inputs[key] for key in _PICTURES if type(inputs.get(key)) is list), None)
    return None
