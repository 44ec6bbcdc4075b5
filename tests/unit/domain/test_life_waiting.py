"""A job that waits here: after another one, held while it is edited, or changed together with one that failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oelala_desktop.domain.engine import Ended, Failure
from oelala_desktop.domain.job import JobError, JobState
from oelala_desktop.domain.life import Stage
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life.facts import (
    CancelWished,
    Chosen,
    Edited,
    Held,
    LetGo,
    Moved,
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


@pytest.mark.parametrize(("before", "state"), [(S.FAILED, S.FAILED), (S.LOST, S.FAILED), (S.CANCELLED, S.CANCELLED)])
def test_a_chain_ends_with_the_job_before_it(before: JobState, state: JobState) -> None:
    life = Life(after="j0").tell(PredecessorEnded(before)).write()
    assert life.job.state is state
    assert (life.job.error is not None) is (state is S.FAILED)


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
