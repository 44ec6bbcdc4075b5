"""What a model's file name tells: which pass it serves, its partner, its family, its quantisation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_HIGH = frozenset({"high", "highnoise", "h"})
_LOW = frozenset({"low", "lownoise", "l"})
_EXTENSION = re.compile(r"\.(safetensors|gguf|ckpt|pt|pth|bin|sft)$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_SPLIT = re.compile(r"[^0-9A-Za-z.]+|(?<!\d)\.|\.(?!\d)")
_QUANT = re.compile(r"^(q\d(_\w+)*|iq\d\w*|fp8\w*|fp16|bf16|fp32|fp4|nvfp4|int8)$", re.IGNORECASE)
_QUANT_HEAD = re.compile(r"I?Q\d(_[A-Z0-9]+)*", re.IGNORECASE)
_QUANT_TAIL = re.compile(r"K|S|M|L|XS|XXS|NL|0|1", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ModelPair:
    """A high-noise file and the low-noise file that belongs to it; `name` is what their names share."""

    name: str
    high: str
    low: str


def _tokens(path: str) -> list[str]:
    """Words of the path without its extension; dots between digits ("2.2") and the parts of a quantisation ("Q3_K_L",
    whose L says nothing of the pass) stay together."""
    out: list[str] = []
    for token in filter(None, _SPLIT.split(_CAMEL.sub(" ", _EXTENSION.sub("", path)))):
        if out and _QUANT_HEAD.fullmatch(out[-1]) and _QUANT_TAIL.fullmatch(token):
            out[-1] += f"_{token}"
        else:
            out.append(token)
    return out


def _file_name(path: str) -> str:
    return re.split(r"[\\/]", path)[-1]


def noise_pass(path: str) -> str | None:
    """ "high", "low" or None. A word must stand alone: slow_motion, yellow and highlight mark nothing."""
    words = {t.lower() for t in _tokens(path)}
    high, low = bool(words & _HIGH), bool(words & _LOW)
    if high == low:
        return None
    return "high" if high else "low"


def _remaining(path: str) -> list[str]:
    dropped = _HIGH | _LOW | {"noise"}
    return [t for t in _tokens(path) if t.lower() not in dropped]


def display_name(path: str) -> str:
    """The file name in words, pass words left out: what a person calls the model."""
    return " ".join(_remaining(_file_name(path))) or path


def find_pairs(paths: Iterable[str]) -> tuple[ModelPair, ...]:
    """All high/low pairs, in the order of the high files: what remains of both paths is the same."""
    listed = list(paths)
    lows = {tuple(t.lower() for t in _remaining(p)): p for p in reversed(listed) if noise_pass(p) == "low"}
    pairs = []
    for high in (p for p in listed if noise_pass(p) == "high"):
        partner = lows.get(tuple(t.lower() for t in _remaining(high)))
        if partner is not None:
            pairs.append(ModelPair(display_name(high), high, partner))
    return tuple(pairs)


def folder_of(path: str) -> str:
    """The folder part of a server's model name, "" at the root; either separator."""
    parts = re.split(r"[\\/]", path)
    return "/".join(parts[:-1])


def _family(path: str) -> tuple[str | None, str | None]:
    """(task, size): ("i2v"|"t2v"|"ti2v"|None, "5b"|"14b"|None)."""
    words = {t.lower() for t in _tokens(path)}
    words |= {w[1:] for w in words if w.startswith("a")}  # "A14B" is what the model's makers call the 14B
    task = next((w for w in ("ti2v", "i2v", "t2v") if w in words), None)
    size = next((w for w in ("14b", "5b", "1.3b") if w in words), None)
    return task, size


def _quantisation(path: str) -> str | None:
    name = display_name(path).split(" ")
    return next((t.lower() for t in name if _QUANT.match(t)), None)


def pair_warnings(high: str | None, low: str | None, *, task: str) -> tuple[str, ...]:
    """Sentences on a model pair that runs without an error and gives rubbish. `task` is "i2v" or "t2v"."""
    if not high or not low:
        missing = "low" if high else "high"
        return (f"The {missing} noise model is missing: both passes need one.",) if (high or low) else ()
    out = []
    (high_task, high_size), (low_task, low_size) = _family(high), _family(low)
    wrong = "t2v" if task == "i2v" else "i2v"
    if wrong in (high_task, low_task):
        kind = "text to video" if wrong == "t2v" else "image to video"
        out.append(f"These are weights for {kind}; they run here without an error but give a useless picture.")
    if high_size != low_size and high_size and low_size:
        out.append(f"The high noise model is {high_size.upper()} and the low noise one {low_size.upper()}.")
    if _quantisation(high) != _quantisation(low):
        out.append("The two models are quantised differently; that costs memory and can shift colours.")
    if noise_pass(high) == "low" or noise_pass(low) == "high":
        out.append("High and low noise models look swapped.")
    return tuple(out)
