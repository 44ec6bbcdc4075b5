"""Which process drives a job: pid and start time together, since pids are used again."""

from __future__ import annotations

import os

import psutil

from oelala_desktop.domain.job import Owner

#: seconds by which two readings of one process's start may differ (the clock may have been set meanwhile)
_TOLERANCE = 3.0


def this_process() -> Owner:
    return Owner(os.getpid(), float(psutil.Process().create_time()))


def is_alive(owner: Owner) -> bool:
    try:
        process = psutil.Process(owner.pid)
        same = abs(float(process.create_time()) - owner.started) < _TOLERANCE
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
