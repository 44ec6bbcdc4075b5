"""A job that waits here: after another one, held while it is edited, or changed together with one that failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import Ended, Failure
from oelala_desktop.domain.job import Awaited, JobError, JobState, Link
from oelala_desktop.domain.life import Stage
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import (
    CancelWished,
    Chosen,
    Edited,
    Filled,
    Held,
    LetGo,
    Moved,
    NotFilled,
    NotRemade,
    NotWritten,
    PredecessorEnded,
    Remade,
    Written,
)
from oelala_desktop.domain.life.sending import REMAKING

from .lives import Life

S = JobState
NODE = Failure(JobError("“Quick” failed.", "node"), "1", "no module")


# A chain


def test_it_waits_until_the_job_before_it_is_done() -> None:
    life = Life(after="j0")
    assert not life.flight.is_ready
    assert life.tell(Chosen()).stage is Stage.HERE
    assert life.tell(PredecessorEnded(S.DONE)).flight.is_ready
    assert life.tell(Chosen()).stage is Stage.PREPARING
    assert life.job.after == "j0"


def test_a_chain_follows_the_job_that_was_made_anew() -> None:
    life = Life(after="j0").tell(PredecessorEnded(S.FAILED, "j0b"))
    assert (life.job.after, life.asked(do.Write).row.after, life.flight.is_ready) == ("j0b", "j0b", False)
    assert life.tell(PredecessorEnded(S.DONE)).flight.is_ready


@pytest.mark.parametrize("before", [S.FAILED, S.LOST])
def test_a_chain_waits_after_one_that_came_to_nothing_for_what_is_made_of_it_later(before: JobState) -> None:
    life = Life(after="j0").tell(PredecessorEnded(before))
    assert (life.done, life.stage, life.flight.is_ready) == ([], Stage.HERE, False)
    assert life.tell(PredecessorEnded(before, "j0b")).job.after == "j0b"
    assert life.tell(PredecessorEnded(S.DONE)).flight.is_ready


def test_a_chain_is_cancelled_with_the_job_before_it() -> None:
    life = Life(after="j0").tell(PredecessorEnded(S.CANCELLED)).write()
    assert (life.job.state, life.job.error) == (S.CANCELLED, None)


def test_a_job_that_is_not_known_any_more_is_not_waited_for() -> None:
    life = Life(after="j0").tell(PredecessorEnded(None)).write()
    assert (life.job.state, life.job.error) == (S.FAILED, endings.NOTHING_BEFORE)
    life = Life(after="j0", link=Link("j0", 2, 2)).tell(PredecessorEnded(None))
    assert life.flight.is_ready, "it has taken what it needs of that"


# What it takes of the one before


def awaiting() -> Life:
    return Life(after="j0", awaits=Awaited("image", "@result", {}), link=Link("j0", 2, 2))


def made(life: Life) -> Filled:
    """What its being filled comes to."""
    of = life.asked(do.Fill).job
    return Filled(of, replace(of, awaits=None, graph={"1": {}}))


def test_it_goes_when_the_disk_has_what_it_takes_of_the_one_before() -> None:
    life = awaiting().tell(PredecessorEnded(S.DONE))
    assert not life.flight.is_ready and not life.tell(PredecessorEnded(S.DONE)).done, "once at a time"
    filled = Filled(life.job, replace(life.job, awaits=None, graph={"1": {}}))
    life.tell(filled)
    assert (life.asked(do.Write).row, life.flight.is_ready) == (filled.job, False)
    life.write()
    assert (life.job, life.asked(do.Tell).job, life.flight.is_ready) == (filled.job, filled.job, True)
    assert life.tell(Chosen()).stage is Stage.PREPARING


def test_it_is_never_sent_without_it() -> None:
    life = Life(awaits=Awaited("image", "@result", {}))
    assert not life.flight.is_ready and life.tell(Chosen()).stage is Stage.HERE


def test_its_place_may_change_meanwhile() -> None:
    life = awaiting().tell(PredecessorEnded(S.DONE))
    filled = made(life)
    life.tell(Moved(7.5), filled)
    assert life.asked(do.Write).row.position == 7.5
    assert life.write().flight.is_ready


def test_one_that_cannot_be_made_of_it_has_failed_by_that() -> None:
    life = awaiting().tell(PredecessorEnded(S.DONE))
    life.tell(NotFilled(life.job, NODE.error)).write()
    assert (life.job.state, life.job.error, life.job.awaits is not None) == (S.FAILED, NODE.error, True)


def test_a_try_that_came_to_nothing_is_made_again_when_it_is_told_again() -> None:
    life = awaiting().tell(PredecessorEnded(S.DONE))
    life.tell(NotFilled(life.job))
    assert (life.done, life.stage) == ([], Stage.HERE)
    assert life.tell(PredecessorEnded(S.DONE)).asks(do.Fill)
    life.tell(made(life))
    row = life.asked(do.Write).row
    life.tell(NotWritten(row, "full"))
    assert (life.asked(do.Complain).text, life.flight.is_ready, life.job.awaits is not None) == ("full", False, True)
    assert life.tell(PredecessorEnded(S.DONE)).asks(do.Fill)


def test_what_is_edited_is_made_of_it_when_that_is_over() -> None:
    life = awaiting().tell(Held("editor"), PredecessorEnded(S.DONE))
    assert life.done == []
    changed = replace(life.job, title="another")
    life.tell(Edited("editor", changed)).write().tell(PredecessorEnded(S.DONE))
    assert life.asked(do.Fill).job == changed


def test_what_was_edited_meanwhile_is_not_written_over() -> None:
    life = awaiting().tell(PredecessorEnded(S.DONE))
    late = made(life)
    life.tell(Held("editor"), Edited("editor", replace(life.job, title="another"))).write()
    life.tell(late)
    assert (life.done, life.job.title, life.job.awaits is not None) == ([], "another", True)
    assert life.tell(PredecessorEnded(S.DONE)).asks(do.Fill)


def test_what_is_edited_so_that_it_needs_nothing_of_it_goes_by_itself() -> None:
    life = awaiting().tell(Held("editor"))
    life.tell(Edited("editor", replace(life.job, awaits=None, after=""))).write()
    assert life.flight.is_ready


def test_what_is_cancelled_meanwhile_ends() -> None:
    life = awaiting().tell(PredecessorEnded(S.DONE))
    late = made(life)
    life.tell(CancelWished(), late).write()
    assert life.job.state is S.CANCELLED
    life = awaiting().tell(PredecessorEnded(S.DONE))
    late = made(life)
    life.tell(CancelWished())
    life.tell(NotWritten(life.asked(do.Write).row, "full"), late)
    assert (life.stage, life.done) == (Stage.HERE, [])
    assert life.tell(PredecessorEnded(S.DONE)).asks(do.Fill)


def test_what_waits_after_nothing_minds_no_end() -> None:
    assert Life().tell(PredecessorEnded(S.FAILED)).flight.is_ready


# Held while it is edited


def test_what_is_held_keeps_its_place_and_is_not_sent() -> None:
    life = Life().tell(Held("editor"), Chosen())
    assert (life.stage, life.flight.is_ready, life.job.position) == (Stage.HERE, False, 1.0)
    assert life.tell(LetGo("editor")).flight.is_ready


def test_two_holds_end_one_by_one() -> None:
    life = Life().tell(Held("editor"), Held("another"), LetGo("another"))
    assert not life.flight.is_ready
    assert life.tell(LetGo("editor")).flight.is_ready


def test_it_goes_back_changed_when_the_disk_has_that() -> None:
    life = Life().tell(Held("editor"))
    changed = replace(life.job, title="another")
    life.tell(Edited("editor", changed))
    assert (life.asked(do.Write).row, life.flight.is_ready, life.job.title) == (changed, False, "")
    life.write()
    assert (life.job, life.asked(do.Tell).job, life.flight.is_ready) == (changed, changed, True)


def test_a_disk_that_refuses_leaves_it_as_it_was() -> None:
    life = Life().tell(Held("editor"))
    changed = replace(life.job, title="another")
    life.tell(Edited("editor", changed), NotWritten(changed, "full"))
    assert (life.job.title, life.flight.is_ready, life.asked(do.Complain).text) == ("", True, "full")


def test_the_disk_s_word_on_an_older_row_says_nothing_of_the_new_one() -> None:
    life = Life(after="j0").tell(PredecessorEnded(S.FAILED, "j0b"))
    older = life.asked(do.Write).row
    life.tell(Held("editor"), Edited("editor", replace(life.job, title="another")))
    assert life.tell(Written(older)).job.title == ""
    assert life.tell(NotWritten(older, "full")).asked(do.Complain).text == "full"
    assert life.write().job.title == "another"


def test_a_program_that_ends_meanwhile_leaves_it_unchanged_and_free() -> None:
    life = Life().tell(Held("editor")).killed()
    assert life.flight.is_ready


def test_only_who_holds_it_changes_it() -> None:
    life = Life()
    assert life.tell(Edited("nobody", replace(life.job, title="x"))).done == []


def test_what_is_held_can_be_cancelled() -> None:
    assert Life().tell(Held("editor"), CancelWished()).write().job.state is S.CANCELLED
    life = Life().tell(Held("editor"))
    changed = replace(life.job, title="another")
    life.tell(Edited("editor", changed), CancelWished())
    assert life.done == []  # one after the other
    assert life.tell(Written(changed)).write().job.state is S.CANCELLED


def test_what_is_being_sent_is_not_held() -> None:
    assert Life().tell(Chosen(), Held("editor")).flight.held == frozenset()


def test_its_place_may_change_at_any_time() -> None:
    assert Life().tell(Moved(7.5)).job.position == 7.5
    assert Life().running().tell(Moved(7.5)).job.position == 7.5


def test_a_place_that_changes_while_its_edit_is_written_is_written_too() -> None:
    life = Life().tell(Held("editor"))
    changed = replace(life.job, title="another")
    life.tell(Edited("editor", changed), Moved(7.5), Written(changed))
    assert (life.job.title, life.job.position) == ("another", 7.5)
    assert life.asked(do.Write).row == life.job
    assert life.asked(do.Tell).job == life.job


# Made again without a part


def test_a_job_that_can_be_made_without_what_failed_is_made_again() -> None:
    life = Life().running().tell(Ended((), NODE))
    assert (life.stage, life.asked(do.TryWithout).failure) == (Stage.REMAKING, NODE)
    fresh, waiting = replace(Life().job, id="j2", retry_of="j1"), replace(Life().job, id="j3")
    said = JobError("It is made again.", "optional")
    life.tell(Remade(said, fresh, (waiting,)))
    write = life.asked(do.Write)
    assert (write.must, write.row.state, write.row.retried_as, write.beside) == (True, S.FAILED, "j2", (fresh, waiting))
    assert not life.asks(do.Admit)
    life.write()
    assert life.asked(do.Admit).jobs == (fresh, waiting)
    assert life.asked(do.Announce).job.error == said
    assert [action.job.id for action in life.done if isinstance(action, do.Tell)] == ["j2", "j3"]


def test_what_was_cancelled_meanwhile_has_no_successor() -> None:
    life = Life().running().tell(Ended((), NODE), CancelWished())
    fresh, waiting = replace(Life().job, id="j2", retry_of="j1"), replace(Life().job, id="j3")
    life.tell(Remade(JobError("It is made again.", "optional"), fresh, (waiting,)))
    write = life.asked(do.Write)
    assert (write.row.state, write.row.retried_as, write.beside) == (S.CANCELLED, None, (waiting,))
    life.write()
    assert life.job.state is S.CANCELLED
    assert life.asked(do.Admit).jobs == (waiting,)


def test_one_that_cannot_has_failed() -> None:
    life = Life().running().tell(Ended((), NODE), CancelWished(), NotRemade(NODE.error)).write()
    assert (life.job.state, life.job.error) == (S.FAILED, NODE.error)


@pytest.mark.parametrize("failure", [replace(NODE, node=""), replace(NODE, error=JobError("x", "memory"))])
def test_only_a_part_of_the_graph_can_be_left_out(failure: Failure) -> None:
    assert Life().running().tell(Ended((), failure)).stage is Stage.CLOSING


def test_a_cancelled_job_is_not_made_again() -> None:
    assert Life().running().tell(CancelWished(), Ended((), NODE)).stage is Stage.CLOSING


def test_waiting_ones_are_not_sent_in_their_old_form_meanwhile() -> None:
    life = Life().tell(Held(REMAKING))
    changed = replace(life.job, title="without")
    life.tell(CancelWished())
    assert life.done == []
    life.tell(LetGo(REMAKING, changed))
    assert life.write().job.title == "without"
    assert life.job.state is S.CANCELLED
