"""Telling how far a node is with a batch of frames."""

from __future__ import annotations

from functools import partial

from oelala_desktop.sketch.frames import Frames
from oelala_desktop.sketch.nodes.definition import Work

#: about how many progress messages a clip sends, each with a preview where one is wanted
REPORTS = 50


def report(work: Work, made: Frames, index: int) -> None:
    """Called when the frame of that number is made: tells of it now and then, and stops when the job is interrupted."""
    count, done = len(made), index + 1
    if done % max(1, count // REPORTS) == 0 or done == count:
        work.progress(done, count, partial(made.__getitem__, index))
    else:
        work.check()
