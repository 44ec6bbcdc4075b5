"""Quitting that is asked for from outside, and before the window can ask anything back: SIGTERM, Ctrl-C, closing it
while it starts."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier


class Ending:
    """`asked` says whether it was asked for so far."""

    def __init__(self) -> None:
        self.asked = False
        self._stop: Callable[[], None] = lambda: None
        self._undo: Callable[[], None] = lambda: None
        self._previous = {kind: signal.signal(kind, self._heard) for kind in (signal.SIGTERM, signal.SIGINT)}
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # one that came during the imports comes now

    def _heard(self, *_: object) -> None:
        self.ask()

    def ask(self) -> bool:
        """As a guard of the window's closing: it ends instead of being hidden with nobody to bring it back."""
        self.asked = True
        self._stop()
        return False

    def tell(self, stop: Callable[[], None]) -> None:
        """Calls `stop` when it is asked for, at once if it was before. Python runs its handlers only between its own
        instructions, so a socket wakes the event loop."""
        import socket  # milliseconds that the first paint need not wait for

        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda *_: ours.recv(64))

        def undo() -> None:
            signal.set_wakeup_fd(before)
            notifier.setEnabled(False)
            ours.close()
            theirs.close()

        self._stop, self._undo = stop, undo
        if self.asked:
            stop()

    def forget(self) -> None:
        """Signals are handled as before."""
        for kind, handler in self._previous.items():
            signal.signal(kind, handler)
        self._stop = lambda: None
        undo, self._undo = self._undo, lambda: None
        undo()
