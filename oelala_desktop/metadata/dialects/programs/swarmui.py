"""SwarmUI: `parameters` is JSON with `sui_image_params`; LoRAs and their weights are two lists."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from oelala_desktop.metadata.dialects.programs.texts import Settings, Texts, items, loras, model

NAME = "swarmui"


def read(texts: Texts) -> dict[str, Any] | None:
    """The fields; None if SwarmUI did not write them."""
    found = next((o["sui_image_params"] for o in texts.objects if type(o.get("sui_image_params")) is dict), None)
    if found is None:
        return None
    settings = Settings(found)
    names = items(settings.get("loras"))
    weights = items(settings.get("loraweights"))[: len(names)]
    return {
        "prompt": settings.text("prompt"), "negative_prompt": settings.text("negativeprompt"),
        "seed": settings.integer("seed"), "steps": settings.integer("steps"), "cfg": settings.number("cfgscale"),
        "sampler": settings.text("sampler", "comfyuisampler", "autowebuisampler"),
        "scheduler": settings.text("scheduler", "comfyuischeduler"), "shift": settings.number("sigmashift"),
        "width": settings.integer("width"), "height": settings.integer("height"),
        "num_frames": settings.integer("text2videoframes", "videoframes"),
        "fps": settings.number("text2videofps", "videofps"),
        "models": model(settings.get("model")), "loras": loras(zip_longest(names, weights)),
    }  # fmt: skip
