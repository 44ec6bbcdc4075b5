"""One entry of a list to choose from."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """`group` is a heading it stands under; `note` is small text at the right; `why_not` disables it."""

    value: str
    label: str
    group: str = ""
    note: str = ""
    why_not: str = ""
