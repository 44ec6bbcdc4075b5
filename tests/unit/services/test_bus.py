"""The bus: who hears what, in which order, and who is not disturbed by whom."""

from __future__ import annotations

import logging

import pytest

from oelala_desktop.domain.events import JobRemoved, QueuePaused
from oelala_desktop.services.loop.bus import Bus


def test_handlers_of_that_kind_alone_hear_it_in_the_order_in_which_they_came() -> None:
    bus, heard = Bus(), list[object]()
    bus.subscribe(JobRemoved, lambda event: heard.append(("first", event.job_id)))
    bus.subscribe(QueuePaused, heard.append)
    bus.subscribe(JobRemoved, lambda event: heard.append(("second", event.job_id)))
    bus.publish(JobRemoved("a"))
    assert heard == [("first", "a"), ("second", "a")]


def test_whoever_ends_hears_no_more_and_may_end_twice() -> None:
    bus, heard = Bus(), list[object]()
    end = bus.subscribe(JobRemoved, heard.append)
    bus.subscribe(JobRemoved, lambda event: heard.append("other"))
    end()
    end()
    bus.publish(JobRemoved("a"))
    assert heard == ["other"]


def test_whoever_ends_while_it_is_told_still_hears_this_one() -> None:
    bus, heard = Bus(), list[object]()
    bus.subscribe(JobRemoved, lambda event: end())
    end = bus.subscribe(JobRemoved, heard.append)
    bus.publish(JobRemoved("a"))
    bus.publish(JobRemoved("b"))
    assert heard == [JobRemoved("a")]


def test_one_that_fails_is_noted_and_keeps_it_from_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(), list[object]()
    bus.subscribe(JobRemoved, lambda event: 1 / 0)
    bus.subscribe(JobRemoved, heard.append)
    bus.publish(JobRemoved("a"))
    assert heard == [JobRemoved("a")]
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "a listener failed on JobRemoved")
    assert record.exc_info is not None and record.exc_info[0] is ZeroDivisionError
