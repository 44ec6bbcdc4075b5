"""The commands of a player, and those of what shows one over the whole window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.widgets.loudness import Loudness


class Player(Protocol):
    """As VideoPlayer has them."""

    @property
    def loudness(self) -> Loudness: ...
    @property
    def can_play(self) -> bool: ...
    @property
    def has_sound(self) -> bool: ...
    @property
    def is_playing(self) -> bool: ...
    @property
    def is_looping(self) -> bool: ...
    def toggle(self) -> None: ...
    def toggle_mute(self) -> None: ...
    def step(self, by: int) -> None: ...


def player_commands(host: QWidget, player: Player, loop: Callable[[], object]) -> Commands:
    """Its own; one that takes no focus leaves its keys to what shows it."""

    def able() -> bool:
        return player.can_play and host.focusPolicy() != Qt.FocusPolicy.NoFocus

    commands = Commands(host, "player")
    commands.add("play", player.toggle, able)
    commands.add("frame-back", partial(player.step, -1), able)
    commands.add("frame-on", partial(player.step, 1), able)
    commands.add("loop", loop, able)
    commands.add("mute", player.toggle_mute, lambda: able() and player.has_sound)
    commands.read.connect(partial(_tell, player, commands))
    return commands


def add_player_commands(commands: Commands, player: Player) -> None:
    """Those of `player` to what shows it."""
    commands.add("play", player.toggle, lambda: player.can_play)
    commands.add("mute", player.toggle_mute, lambda: player.has_sound)
    commands.add("still-back", partial(player.step, -1), lambda: player.can_play)
    commands.add("still-on", partial(player.step, 1), lambda: player.can_play)
    commands.read.connect(partial(_tell, player, commands))


def _tell(player: Player, commands: Commands) -> None:
    states = {"play": player.is_playing, "mute": player.loudness.muted, "loop": player.is_looping}
    for row_id, on in states.items():
        if row_id in commands:
            commands.set_on(row_id, on)
