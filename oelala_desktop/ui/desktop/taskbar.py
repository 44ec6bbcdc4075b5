"""How far the running job is, on the program's entry in the taskbar or dock: the LauncherEntry signal that docks of
Linux desktops understand."""

from __future__ import annotations

from oelala_desktop.ui.desktop.session_bus import SessionBus

_PATH = "/com/canonical/unity/launcherentry/oelala"
_NAME = "com.canonical.Unity.LauncherEntry"
_ENTRY = "application://oelala.desktop"


class TaskbarProgress:
    """Whoever calls `show` keeps the pace; what is shown already is not sent again."""

    def __init__(self, bus: SessionBus) -> None:
        self._bus = bus
        self._shown: float | None = None

    def show(self, fraction: float | None) -> None:
        """`fraction` is 0 to 1, None when nothing runs."""
        if fraction == self._shown:
            return
        self._shown = fraction
        state = {"progress": float(fraction or 0.0), "progress-visible": fraction is not None}
        self._bus.announce(_PATH, _NAME, "Update", _ENTRY, state)
