"""What a LoRA is trained on, and what becomes of it, as plain rules."""

from __future__ import annotations

import re

from .obstacle import obstructed

#: how many pictures, and bytes of them in all, are taken
MOST_PICTURES = 2000
MOST_BYTES = 4 * 2**30
MOST_CAPTION = 10_000  # characters
#: what a trainer reads of a folder
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
CAPTION_SUFFIX = ".txt"
#: a folder in a folder of pictures whose pictures are shown so many times for each one: "10_harbour"
_REPEATED = re.compile(r"([1-9][0-9]{0,2})_.*")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_LOSS = re.compile(r"\bTraining LoRA\b.*?\|\s*(\d+)/(\d+)\s*\[.*?\bloss=([0-9.]+(?:e[+-]?\d+)?)", re.IGNORECASE)
#: classes of nodes that train
TRAINERS = frozenset({"TrainLoraNode"})
_POINTS = 400  # of a curve: more cannot be seen

#: (step, loss) in the order of the steps
Losses = tuple[tuple[int, float], ...]


def captioned(trigger: str, caption: str) -> str:
    """The caption with the trigger word before it, unless it begins with that already."""
    word, text = trigger.strip(), caption.strip()
    if not word or text == word or re.match(rf"{re.escape(word)}\W", text):
        return text
    return f"{word}, {text}" if text else word


def repeats(folder: str) -> int:
    """How often the pictures of a folder of that name inside a folder of pictures are shown; 0 where its name does
    not say it."""
    found = _REPEATED.fullmatch(folder)
    return int(found[1]) if found else 0


def one_line(text: str) -> None:
    """Raises InvalidField."""
    if "\n" in text or "\r" in text:
        raise obstructed("trigger", "one_line")


def file_stem(text: str) -> None:
    """What a file can be called everywhere. Raises InvalidField."""
    if _FORBIDDEN.search(text) or text.strip(". ") != text:
        raise obstructed("lora_name", "no_file_name")


def loss_in(line: str) -> tuple[int, float] | None:
    """The step and the loss that a line of a server's log tells of a training; None where it tells none."""
    found = _LOSS.search(line)
    return (int(found[1]), float(found[3])) if found else None


def with_loss(losses: Losses, point: tuple[int, float]) -> Losses:
    """The curve with one more point; every other one goes when there are more than can be seen."""
    if losses and point[0] <= losses[-1][0]:
        return losses
    longer = (*losses, point)
    return longer if len(longer) <= _POINTS else (*longer[:-1:2], point)
