"""A wish: what is asked for, by whatever face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oelala_desktop.domain.chain import Step


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for. `values` are settings as in the settings JSON (`preset` may be among them); `then` what is
    to be done with the result, step by step; `continues` a video whose last frame is the start picture, and to which
    the result is joined."""

    tool: str
    values: Mapping[str, Any]
    out_dir: Path
    title: str = ""
    mark: str = ""  # by which the job is found again
    then: tuple[Step, ...] = ()
    continues: Path | None = None
