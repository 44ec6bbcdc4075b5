"""The tools that a workflow fits, by what goes in and what comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from oelala_desktop.domain.savers import VIDEOS, saves_models
from oelala_desktop.domain.tool import OTHER, TOOLS, Tool

from .given import Input
from .surface import Surface

_MOVING = ("fps", "frame_rate", "video")
_STILL = ("images", "image", "mask")
_SPATIAL = re.compile(r"GLB|3D|Splat|Mesh|Voxel|PointCloud")


def output_of(surface: Surface) -> str:
    """ "model" for what is trained, "video", "image", or "other" for sounds, 3D and texts. What is only shown
    counts where nothing is saved."""
    if saves_models(surface.graph):
        return "model"
    outputs = [node for node in surface.alive if surface.is_output(node)]
    saving = [node for node in outputs if "filename_prefix" in surface.inputs(node)]
    if any(_SPATIAL.search(surface.type(node)) for node in outputs):
        return "other"
    if any(surface.type(node) in VIDEOS or _given(surface, node, _MOVING) for node in saving):
        return "video"
    stills = [node for node in saving or outputs if _given(surface, node, _STILL)]
    return "image" if stills else "other"


def _given(surface: Surface, node: str, names: tuple[str, ...]) -> bool:
    return any(name in surface.inputs(node) for name in names)


def tools_of(output: str, inputs: Iterable[Input], has_prompt: bool) -> tuple[Tool, ...]:
    """The likeliest first."""
    kinds = [one.kind for one in inputs]
    if output == "model" and "dataset" in kinds:
        return (TOOLS["train-lora"],)
    if output == "video":
        if "video" in kinds:
            return (TOOLS["video-to-video"],)
        return (TOOLS["image-to-video"],) if "picture" in kinds else _plain("text-to-video", kinds)
    if output == "image" and not {"video", "sound"} & set(kinds):
        if "picture" not in kinds:
            return _plain("text-to-image", kinds)
        usual: Sequence[str] = ("image-to-image", "reframe", "face-swap", "upscaler")
        return tuple(TOOLS[name] for name in (usual if has_prompt else ("upscaler", *usual[:3])))
    return (OTHER,)


def _plain(name: str, kinds: Sequence[str]) -> tuple[Tool, ...]:
    return (TOOLS[name],) if not kinds or name == "text-to-video" else (OTHER,)
