"""A server's messages in the port's words."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.following import Following
from oelala_desktop.domain.engine import Ceased, Counted, Previewed, Progressed, Started
from oelala_desktop.domain.job import Progress

GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {}, "_meta": {"title": "Start"}},
    "2": {"class_type": "KSampler", "inputs": {"steps": 4}, "_meta": {"title": "Sampler"}},
}


@pytest.fixture
def following() -> Following:
    made = Following()
    made.follow("ours", GRAPH)
    return made


def said(following: Following, *messages: m.Message) -> list[Any]:
    return [event for message in messages for event in following.take(message)]


def test_the_way_of_a_job(following: Following) -> None:
    assert not following.runs("ours")
    events = said(following, m.Started("ours"), m.NodeProgress("ours", "2", 2, 4), m.Succeeded("ours"))
    assert [type(event) for event in events] == [Started, Progressed, Ceased]
    assert events[1].progress.node == "Sampler" and events[1].progress.step == 2
    assert events[2].succeeded and events[2].progress.fraction == pytest.approx(0.99)


def test_what_says_nothing_new_is_the_same_progress(following: Following) -> None:
    first, second = said(following, m.NodeProgress("ours", "2", 2, 4), m.NodeProgress("ours", "2", 2, 4))
    assert following.runs("ours")
    assert second.progress is first.progress


@pytest.mark.parametrize(
    "end", [m.Failed("ours", "2", "", "", "", ""), m.Interrupted("ours", "2"), m.Executing("ours", None)]
)
def test_an_end_of_another_kind(following: Following, end: m.Message) -> None:
    (event,) = said(following, end)
    assert event == Ceased("ours", Progress(), False)
    assert not following.runs("ours")
    assert said(following, m.Started("ours")) == [Progressed("ours", Progress())]


def test_others_and_those_that_are_left_are_passed_over(following: Following) -> None:
    assert said(following, m.Started("theirs"), m.Executing(None, None), m.Ignored("odd")) == []
    following.leave("ours")
    following.leave("ours")
    assert said(following, m.Started("ours")) == []
    assert following.handles == frozenset()


def test_what_is_of_the_server_itself(following: Following) -> None:
    assert said(following, m.Status(3)) == [Counted(3)]
    assert said(following, m.Preview(b"x")) == [Previewed(None, b"x", "image/jpeg")]
    preview, progressed = said(following, m.Preview(b"x", "image/png", "ours"))
    assert (preview, progressed.handle) == (Previewed("ours", b"x", "image/png"), "ours")


def test_who_waits_for_the_first_word_hears_it() -> None:
    following = Following()
    seen = following.follow("ours", GRAPH)
    assert not seen.is_set()
    said(following, m.Started("ours"))
    assert seen.is_set()
    again = following.follow("ours", GRAPH)
    following.see("nobody")
    assert not again.is_set()
    following.see("ours")
    assert again.is_set()


LINE = "\rTraining LoRA:  40%|████      | {step}/10 [00:01<00:02,  1.21s/it, loss={loss}]"


def test_a_log_tells_of_what_is_trained_and_of_nothing_else(following: Following) -> None:
    graph = {**GRAPH, "3": {"class_type": "TrainLoraNode", "inputs": {"steps": 10}, "_meta": {"title": "Train"}}}
    following.follow("trained", graph)
    log = m.Logged((LINE.format(step=1, loss=0.5), "Loaded 3 images.", LINE.format(step=2, loss=0.25)))
    assert said(following, m.Executing("trained", "1"), log)[1:] == [] and not following.trains
    said(following, m.Executing("trained", "3"))
    assert following.trains
    (event,) = said(following, log)
    assert event.handle == "trained" and event.progress.losses == ((1, 0.5), (2, 0.25))
    assert said(following, log) == [], "what was told before is no news"
    assert said(following, m.NodeProgress("trained", "3", 3, 10))[0].progress.losses == event.progress.losses
    said(following, m.Succeeded("trained"))
    assert not following.trains
    assert said(following, m.Logged((LINE.format(step=9, loss=0.1),))) == []
