"""What stands in the way is said once."""

from __future__ import annotations

from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.complaints import Complaints
from tests.clock import SetClock

from .telling import Told


def test_the_same_of_the_same_job_is_said_again_only_after_two_minutes(bus: Bus, told: Told, clock: SetClock) -> None:
    complaints = Complaints(bus, clock)
    complaints.say("The disk is full.", "j1")
    complaints.say("The disk is full.", "j1")
    clock.move(119.9)
    complaints.say("The disk is full.", "j1")
    assert told.notices == [("error", "The disk is full.", "j1")]
    clock.move(0.1)
    complaints.say("The disk is full.", "j1")
    assert told.notices == [("error", "The disk is full.", "j1")] * 2
    complaints.say("The disk is full.", "j1")
    assert len(told.all) == 2


def test_another_text_or_job_is_another_matter(bus: Bus, told: Told, clock: SetClock) -> None:
    complaints = Complaints(bus, clock)
    complaints.say("The disk is full.")
    complaints.say("The disk is full.", "j1")
    complaints.say("The line is bad.", "j1")
    assert told.notices == [
        ("error", "The disk is full.", None),
        ("error", "The disk is full.", "j1"),
        ("error", "The line is bad.", "j1"),
    ]
