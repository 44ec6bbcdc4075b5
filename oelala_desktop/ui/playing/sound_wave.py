"""The waveform of what a player plays, worked out beside the window."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path

from shiboken6 import isValid

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.ui.actions import ActionRunner
from oelala_desktop.ui.widgets.video_player import VideoPlayer

#: as many as there are bars on a stage 2,400 pixels wide
_COUNT = 600
_KEPT = 64  # files that somebody may go back to


def draw_waves(player: VideoPlayer, actions: ActionRunner) -> None:
    """From now on each file with sound that is opened in `player` gets its waveform."""
    player.sound_found.connect(lambda path: actions.start(_draw(player, path), owner=player))


async def _draw(player: VideoPlayer, path: Path) -> None:
    peaks = await asyncio.to_thread(_peaks_of, path)
    if isValid(player) and player.path == path:
        player.set_peaks(peaks)


def _peaks_of(path: Path) -> tuple[float, ...]:
    """None where they cannot be told: the sound may be heard all the same."""
    try:
        status = path.stat()
        return _peaks(path, status.st_size, status.st_mtime_ns)
    except (OelalaError, OSError):
        return ()


@lru_cache(maxsize=_KEPT)
def _peaks(path: Path, _size: int, _mtime_ns: int) -> tuple[float, ...]:
    from oelala_desktop.services.inputs.waveform import peaks  # with the first sound

    return peaks(path, _COUNT)
