"""A port for a server that a test starts, kills and starts again."""

from __future__ import annotations

import itertools
import os
import socket

_numbers = itertools.count(os.getpid() * 61)


def free_port() -> int:
    """One that stays free until then: below those that a system gives to connections, and of this process alone."""
    for number in _numbers:
        port = 10_000 + number % 20_000
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError
