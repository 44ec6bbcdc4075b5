"""What made a file: prompts to copy and every setting, as popup and viewer show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from oelala_desktop.domain.generation import GenerationInfo, UsedLora
from oelala_desktop.domain.models import display_name
from oelala_desktop.ui import wording
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.scroll import Column

_LONGEST = 20_000  # characters of a prompt that are shown
NBSP = wording.NBSP


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """What the popup shows of a file: `caption` is "Video · 5.1 s · 480 × 848 · 4.2 MB"; `took` in seconds."""

    key: str
    name: str
    caption: str
    generation: GenerationInfo = field(default_factory=GenerationInfo)
    took: float | None = None


def _sampling(info: GenerationInfo) -> str:
    """Zero is a value and is shown; only what is absent is left out."""
    parts = []
    if info.steps is not None:
        split = f" ({info.switch_step}{NBSP}+{NBSP}{info.steps - info.switch_step})" if info.switch_step else ""
        parts.append(f"{info.steps}{split}")
    if info.cfg is not None:
        parts.append(f"CFG{NBSP}{info.cfg:.1f}")
    if info.shift is not None:
        parts.append(f"shift{NBSP}{info.shift:g}")
    return "   ".join(parts)


def _lora(lora: UsedLora) -> str:
    return f"{display_name(lora.name)} {round(lora.strength * 100)}{NBSP}%"


def _by_pass(named: Sequence[tuple[str, str | None]]) -> list[str]:
    """A name once, with the passes it served: "wan2.2 i2v 14B Q6_K (high + low)"."""
    passes: dict[str, list[str]] = {}
    for name, pass_ in named:
        passes.setdefault(name, []).extend([pass_] if pass_ else [])
    return [f"{name} ({' + '.join(served)})" if served else name for name, served in passes.items()]


def _size(info: GenerationInfo) -> str:
    parts = []
    if info.width is not None and info.height is not None:
        parts.append(wording.size(info.width, info.height))
    if info.num_frames is not None:
        parts.append(wording.frames(info.num_frames))
    if info.fps is not None:
        parts.append(f"{info.fps:g}{NBSP}fps")
    length = info.num_frames / info.fps if info.num_frames and info.fps else info.duration
    if length is not None and info.num_frames != 1:
        parts.append(wording.seconds(length))
    return " · ".join(parts)


def fact_rows(facts: ShownFacts) -> list[tuple[str, str]]:
    """(label, value) of every setting that is known, in the order of the popup."""
    info = facts.generation
    took = f"took {wording.span(facts.took)}" if facts.took is not None else ""
    made = " · ".join(part for part in (info.engine, took) if part)
    first = info.original_t2i_prompt if info.original_t2i_prompt != info.prompt else ""
    rows = [
        ("Model", "\n".join(_by_pass([(display_name(m.name), m.pass_) for m in info.models]))),
        ("Steps", _sampling(info)),
        ("Sampler", " · ".join(part for part in (info.sampler, info.scheduler) if part)),
        ("Seed", "" if info.seed is None else str(info.seed)),
        ("LoRA", "\n".join(_by_pass([(_lora(x), x.pass_) for x in info.loras]))),
        ("Size", _size(info)),
        ("Made by", made),
        ("First prompt", first or ""),
    ]
    return [(label, value) for label, value in rows if value]


UNKNOWN = "This file does not say how it was made."


def says_how(facts: ShownFacts) -> bool:
    """Whether there is any setting or prompt to use again."""
    info = facts.generation
    return info.prompt is not None or info.negative_prompt is not None or bool(fact_rows(facts))


class FactsPane(Column):
    """Made anew for every file."""

    def __init__(self, facts: ShownFacts) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        info = facts.generation
        if info.prompt is not None:
            column.addLayout(self._block("Prompt", info.prompt, "text"))
        if info.negative_prompt is not None:
            column.addLayout(self._block("Negative", info.negative_prompt, "text2"))
        rows = fact_rows(facts)
        if not says_how(facts):
            column.addWidget(Label(UNKNOWN, tone="text2", wrap=True))
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 80)
        grid.setColumnStretch(1, 1)
        for at, (label, value) in enumerate(rows):
            grid.addWidget(Label(label, tone="muted"), at, 0, Qt.AlignmentFlag.AlignTop)
            shown = Label(value, wrap=True)
            shown.setAccessibleDescription(label)  # heard alone, a value would not say what it is of
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(shown, at, 1)
        column.addLayout(grid)

    def _block(self, title: str, text: str, tone: str) -> QVBoxLayout:
        copy = Button("Copy", icon="copy", height=28)
        copy.setAccessibleName(f"Copy {title.lower()} prompt" if title == "Negative" else "Copy prompt")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        head = QHBoxLayout()
        head.addWidget(Label(title, weight=600), 1)
        head.addWidget(copy)
        shown = Label(text[:_LONGEST] or "Empty", tone=tone if text else "muted", wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(shown)
        column.addSpacing(4)
        return column
