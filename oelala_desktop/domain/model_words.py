"""The words of a model's file name, and which of them mark a pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_PASSES = {
    "high": "high", "highnoise": "high", "hn": "high", "h": "high",
    "low": "low", "lownoise": "low", "ln": "low", "l": "low",
}  # fmt: skip
#: high and low before these say nothing of a pass
_COMPOUNDS = frozenset(
    (
        "light", "lights", "key", "contrast", "angle", "angles", "poly", "polygon", "res", "resolution",
        "def", "definition", "heel", "heels", "fashion", "fps", "vram", "memory", "saturation", "exposure", "rise",
        "waist", "fidelity", "frequency", "fantasy", "tech",
    )
)  # fmt: skip
#: before these they do only where the other half is there; "lighting" is how some write lightning
_DOUBTFUL = frozenset(("lighting", "detail", "details", "detailed", "quality", "motion", "speed", "end"))
#: networks whose sizes are letters: clip_l, vit_h
_SIZED = frozenset(
    ("clip", "vit", "vith", "vitl", "vision", "sam", "hiera", "dino", "dinov", "siglip", "yolo", "yolov")
)
#: also doubled, and numbered by a browser: "x (1).safetensors"
_EXTENSION = re.compile(r"(?: ?\(\d+\))?(\.(safetensors|gguf|ckpt|pt|pth|bin|sft))+$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_SPLIT = re.compile(r"[^0-9A-Za-z.]+|(?<!\d)\.|\.(?!\d)")
_QUANT_HEAD = re.compile(r"I?Q\d(_[A-Z0-9]+)*", re.IGNORECASE)
_QUANT_TAIL = re.compile(r"K|S|M|L|XS|XXS|NL|0|1", re.IGNORECASE)
#: a marker inside a word, or a letter at its end: A14BHIGH, FP8H
_GLUED = re.compile(r"highnoise|high|lownoise|low|(?<=\d)[hl]n?$|(?-i:(?<=[0-9A-WYZ])[HL]N?$)", re.IGNORECASE)


def parts_of(path: str) -> list[str]:
    """Folders and file name, whichever separator, without the extension, be it doubled."""
    return re.split(r"[\\/]", _EXTENSION.sub("", path))


def extension_of(path: str) -> str:
    return path.rpartition(".")[2].casefold()


def words_of(text: str) -> list[str]:
    """Dots between digits ("2.2") and the parts of a quantisation ("Q3_K_L", whose L says nothing of the pass) stay
    together."""
    out: list[str] = []
    for word in filter(None, _SPLIT.split(_CAMEL.sub(" ", text))):
        if out and _QUANT_HEAD.fullmatch(out[-1]) and _QUANT_TAIL.fullmatch(word):
            out[-1] += f"_{word}"
        else:
            out.append(word)
    return out


def marks(words: Sequence[str]) -> dict[int, str]:
    """The words that mark a pass by themselves: their places -> "high" or "low"."""
    lower = [word.lower() for word in words]
    sized = any(word.rstrip("0123456789.") in _SIZED for word in lower)
    found = {}
    for at, word in enumerate(lower):
        after = lower[at + 1] if at + 1 < len(lower) else ""
        if word in ("high", "low") and (after in _COMPOUNDS or after in _DOUBTFUL):
            continue
        if word in _PASSES and not (sized and len(word) == 1):
            found[at] = _PASSES[word]
    return found


def without_marks(words: Sequence[str]) -> list[str]:
    marked = marks(words)
    return [word for at, word in enumerate(words) if at not in marked and word.lower() != "noise"]


def doubtful_marks(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """For each marker that counts only where the other half is there: the pass, and the words with a NUL in its
    place."""
    lower = [word.lower() for word in words]
    if any(word.rstrip("0123456789.") in _SIZED for word in lower):
        return
    for at, word in enumerate(words):
        for match in _GLUED.finditer(word):
            rest = word[match.end() :].lower() or (lower[at + 1] if at + 1 < len(lower) else "")
            if rest in _COMPOUNDS:
                continue
            side = "high" if match[0][0] in "hH" else "low"
            left = f"{word[: match.start()]}\0{word[match.end() :]}"
            yield side, [*words[:at], left, *(w for w in words[at + 1 :] if w.lower() != "noise")]
