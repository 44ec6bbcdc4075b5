"""The commands of a player, and those of what shows one over the whole window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from oelala_desktop.ui.commands.carrier import Commands

if TYPE_CHECKING:
    from oelala_desktop.ui.widgets.video_player import VideoPlayer


def player_commands(player: VideoPlayer, loop: Callable[[], object]) -> Commands:
    """Its own; one that takes no focus leaves its keys to what shows it."""

    def able() -> bool:
        return player.can_play and player.focusPolicy() != Qt.FocusPolicy.NoFocus

    commands = Commands(player, "player")
    commands.add("play", player.toggle, able)
    commands.add("frame-back", partial(player.step, -1), able)
    commands.add("frame-on", partial(player.step, 1), able)
    commands.add("loop", loop, able)
    commands.add("mute", player.toggle_mute, lambda: able() and player.has_sound)
    commands.read.connect(partial(_tell, player, commands))
    return commands


def add_player_commands(commands: Commands, player: VideoPlayer) -> None:
    """Those of `player` to what shows it."""
    commands.add("play", player.toggle, lambda: player.can_play)
    commands.add("mute", player.toggle_mute, lambda: player.has_sound)
    commands.add("still-back", partial(player.step, -1), lambda: player.can_play)
    commands.add("still-on", partial(player.step, 1), lambda: player.can_play)
    commands.read.connect(partial(_tell, player, commands))


def _tell(player: VideoPlayer, commands: Commands) -> None:
    states = {"play": player.is_playing, "mute": player.loudness.muted, "loop": player.is_looping}
    for row_id, on in states.items():
        if row_id in commands:
            commands.set_on(row_id, on)
