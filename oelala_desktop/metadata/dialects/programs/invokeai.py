"""InvokeAI: `invokeai_metadata` (flat JSON), before version 3 `sd-metadata` (JSON with `image`) and `Dream` (a command
line). What it calls scheduler is what others call sampler, with the schedule in its name."""

from __future__ import annotations

import re
from typing import Any

from oelala_desktop.domain.generation import UsedModel
from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.dialects.programs.texts import Settings, Texts, loras, model

NAME = "invokeai"

_AGAINST = re.compile(r"\[([^\[\]]*)\]")
_OPTION = re.compile(r"\s-(s|S|W|H|C|A)\s*(\S{1,40})")
_OPTIONS = re.compile(r"\s-[sSWHCA]\s*\w")


def read(texts: Texts) -> dict[str, Any] | None:
    """The fields; None if InvokeAI did not write them."""
    found = texts.object("invokeai_metadata")
    if found is not None:
        return _flat(Settings(found))
    found = texts.object("sd-metadata")
    if found is not None and type(found.get("image")) is dict:
        return _nested(Settings(found["image"]), found)
    line = texts.text("dream")
    return _command(line) if line else None


def _flat(settings: Settings) -> dict[str, Any]:
    sampler = settings.text("scheduler")
    rows = settings.get("loras")
    return {
        "prompt": settings.text("positiveprompt"), "negative_prompt": settings.text("negativeprompt"),
        "seed": settings.integer("seed"), "steps": settings.integer("steps"),
        "cfg": settings.number("cfgscale", "guidance"), "sampler": sampler, "scheduler": sampler,
        "width": settings.integer("width"), "height": settings.integer("height"),
        "models": _model(settings.get("model")),
        "loras": loras(_lora(row) for row in rows if type(row) is dict) if type(rows) is list else (),
    }  # fmt: skip


def _model(value: Any) -> tuple[UsedModel, ...]:
    return model(_name(value))


def _name(value: Any) -> Any:
    return value.get("name", value.get("model_name")) if type(value) is dict else value


def _lora(row: dict[str, Any]) -> tuple[Any, Any]:
    return _name(row.get("model", row.get("lora"))), row.get("weight")


def _nested(image: Settings, whole: dict[str, Any]) -> dict[str, Any]:
    prompt = image.get("prompt")
    if type(prompt) is list:
        parts = [part.get("prompt") for part in prompt[:64] if type(part) is dict]
        prompt = " ".join(part for part in parts if type(part) is str)
    positive, against = _sides(jsontext.string(prompt) or "")
    return {
        "prompt": positive, "negative_prompt": against, "seed": image.integer("seed"),
        "steps": image.integer("steps"), "cfg": image.number("cfgscale"), "sampler": image.text("sampler"),
        "width": image.integer("width"), "height": image.integer("height"),
        "models": model(whole.get("model_weights")),
    }  # fmt: skip


def _sides(prompt: str) -> tuple[str | None, str | None]:
    """The words, and those in square brackets, which were to be avoided."""
    against = [part.strip() for part in _AGAINST.findall(prompt)]
    return _AGAINST.sub("", prompt).strip() or None, ", ".join(against) or None


def _command(line: str) -> dict[str, Any] | None:
    """The words, in quotes or not, and the options behind them; None without any."""
    begin = _OPTIONS.search(line, line.rfind('"') + 1)
    if begin is None:
        return None
    prompt, options = line[: begin.start()].strip().removeprefix('"').removesuffix('"'), line[begin.start() :]
    given = dict(_OPTION.findall(f" {options[:2000]}"))
    positive, against = _sides(jsontext.string(prompt) or "")
    return {
        "prompt": positive, "negative_prompt": against, "sampler": given.get("A"),
        "seed": jsontext.integer(given.get("S")), "steps": jsontext.integer(given.get("s")),
        "cfg": jsontext.number(given.get("C")), "width": jsontext.integer(given.get("W")),
        "height": jsontext.integer(given.get("H")),
    }  # fmt: skip
