"""The tracker, one message after another. What holds for all orders is in test_tracker_orders."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.tracker import Phase, Tracker
from oelala_desktop.domain.job import Progress
from oelala_desktop.domain.passes import node_weight

P = "p1"


def sampler(**inputs: Any) -> dict[str, Any]:
    return {"class_type": "KSamplerAdvanced", "inputs": inputs}


GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {}, "_meta": {"title": "Start picture"}},
    "2": sampler(steps=6, start_at_step=0, end_at_step=3) | {"_meta": {"title": "High noise pass"}},
    "3": sampler(steps=6, start_at_step=3, end_at_step=10000) | {"_meta": {"title": "Low noise pass"}},
    "4": {"class_type": "SaveVideo", "inputs": {}, "_meta": {"title": "Save video"}},
}
TOTAL = 1 + 30 + 30 + 10


@pytest.fixture
def tracker() -> Tracker:
    return Tracker(P, GRAPH)


@pytest.mark.parametrize(
    ("kind", "tenths"),
    [
        ("SketchCameraMove", 30),
        ("SaveVideo", 10),
        ("VHS_VideoCombine", 10),
        ("VAEDecode", 8),
        ("UNETLoader", 4),
        ("CheckpointLoaderSimple", 4),
        ("SketchTitleCard", 3),
        ("CLIPTextEncode", 2),
        ("Anything", 1),
    ],
)
def test_the_bar_gives_each_kind_of_node_its_share_of_a_sampling_step(kind: str, tenths: int) -> None:
    tracker = Tracker(P, {"1": {"class_type": kind, "inputs": {}}, "2": sampler(steps=10)})
    tracker.apply(m.Cached(P, ("1",)))
    assert tracker.progress.fraction == pytest.approx(tenths / (tenths + 100))
    assert node_weight({"class_type": kind}) == tenths


def test_every_sampling_step_counts_ten() -> None:
    assert node_weight(sampler(steps=4)) == 40


def test_a_whole_job(tracker: Tracker) -> None:
    assert tracker.progress == Progress()
    assert tracker.apply(m.Started(P))
    assert tracker.phase is Phase.RUNNING
    assert tracker.apply(m.Cached(P, ("1",)))
    assert tracker.progress.fraction == pytest.approx(1 / TOTAL)
    assert tracker.apply(m.Executing(P, "2"))
    assert tracker.progress.node == "High noise pass"
    assert tracker.apply(m.NodeProgress(P, "2", 1, 3))
    progress = tracker.progress
    assert (progress.node, progress.pass_, progress.step, progress.steps) == ("High noise pass", "high", 1, 3)
    assert progress.fraction == pytest.approx(11 / TOTAL)
    assert tracker.apply(m.NodeStates(P, {"2": (3, 3, "finished"), "3": (2, 3, "running"), "4": (0, 1, "pending")}))
    assert (tracker.progress.pass_, tracker.progress.step) == ("low", 2)
    assert tracker.progress.fraction == pytest.approx(51 / TOTAL)
    assert tracker.apply(m.Executed(P, "4", {"images": [{"filename": "a"}]}))
    assert tracker.apply(m.Succeeded(P))
    assert (tracker.phase, tracker.progress.fraction) == (Phase.SUCCEEDED, 0.99)
    assert tracker.phase.is_over


@pytest.mark.parametrize(
    "message",
    [
        m.Started("other"),
        m.Executing(None, "2"),
        m.Status(1),
        m.Ignored("x"),
        m.Preview(b"x"),
        m.NodeText("2", "t"),
        m.Features({}),
        m.NodeProgress("other", "2", 1, 2),
        m.Succeeded("other"),
    ],
)
def test_messages_of_others_change_nothing(tracker: Tracker, message: m.Message) -> None:
    assert not tracker.apply(message)
    assert (tracker.phase, tracker.progress) == (Phase.WAITING, Progress())


@pytest.mark.parametrize(
    "message",
    [
        m.NodeProgress(P, "2", 1, 0),
        m.NodeProgress(P, "2", 1, -5),
        m.NodeProgress(P, "77", 1, 2),
        m.NodeStates(P, {"77": (1, 2, "running")}),
    ],
)
def test_progress_that_means_nothing_moves_no_bar(tracker: Tracker, message: m.Message) -> None:
    tracker.apply(message)
    assert tracker.progress == Progress()


def test_negative_and_endless_progress_stay_within_bounds(tracker: Tracker) -> None:
    tracker.apply(m.NodeProgress(P, "2", -5, 10))
    assert (tracker.progress.fraction, tracker.progress.step) == (0.0, 0)
    tracker.apply(m.NodeProgress(P, "2", 1e300, 10))
    assert (tracker.progress.fraction, tracker.progress.step) == (pytest.approx(30 / TOTAL), 10)


def test_the_bar_never_falls_and_late_news_is_none(tracker: Tracker) -> None:
    tracker.apply(m.NodeProgress(P, "2", 3, 3))
    tracker.apply(m.Executing(P, "3"))
    before = tracker.progress
    assert not tracker.apply(m.NodeProgress(P, "2", 1, 3))
    assert not tracker.apply(m.NodeProgress(P, "2", 3, 3))
    assert not tracker.apply(m.Executing(P, "2"))
    assert tracker.progress == before


def test_one_step_is_no_count(tracker: Tracker) -> None:
    tracker.apply(m.NodeProgress(P, "4", 1, 1))
    assert (tracker.progress.step, tracker.progress.fraction) == (None, pytest.approx(10 / TOTAL))
    tracker.apply(m.NodeProgress(P, "2", 1, 2))
    assert (tracker.progress.step, tracker.progress.steps) == (1, 2)


def test_what_follows_an_end_is_no_news(tracker: Tracker) -> None:
    assert tracker.apply(m.Interrupted(P, "2"))
    for message in (m.Succeeded(P), m.Started(P), m.Executing(P, None), m.Executed(P, "4", {})):
        assert not tracker.apply(message)
    assert tracker.phase is Phase.INTERRUPTED


def test_an_end_without_a_reason(tracker: Tracker) -> None:
    assert tracker.apply(m.Executing(P, None))
    assert tracker.phase is Phase.ENDED


def test_a_failure_is_an_end(tracker: Tracker) -> None:
    tracker.apply(m.Failed(P, "2", "KSampler", "ValueError", "boom", "trace"))
    assert tracker.phase is Phase.FAILED


@pytest.mark.parametrize(
    "message",
    [
        m.Preview(b"x", prompt_id=P),
        m.Cached(P, ()),
        m.Executing(P, "2"),
        m.NodeStates(P, {"2": (3, 3, "finished")}),
        m.Executed(P, "4", None),
    ],
)
def test_whatever_is_said_of_it_before_its_end_says_that_it_runs(tracker: Tracker, message: m.Message) -> None:
    assert tracker.apply(message)
    assert tracker.phase is Phase.RUNNING


def test_the_same_again_is_no_news(tracker: Tracker) -> None:
    tracker.apply(m.NodeProgress(P, "2", 2, 3))
    for message in (m.Started(P), m.Executing(P, "2"), m.NodeProgress(P, "2", 2, 3), m.Cached(P, ())):
        assert not tracker.apply(message)
    assert (tracker.progress.step, tracker.progress.steps) == (2, 3)


def test_a_new_node_has_no_steps_yet(tracker: Tracker) -> None:
    tracker.apply(m.NodeProgress(P, "2", 2, 3))
    assert tracker.apply(m.Executing(P, "3"))
    assert (tracker.progress.node, tracker.progress.step) == ("Low noise pass", None)


def test_a_running_node_is_named_though_it_cannot_say_how_far_it_is(tracker: Tracker) -> None:
    tracker.apply(m.NodeStates(P, {"2": (0, 0, "running")}))
    assert (tracker.progress.node, tracker.progress.fraction) == ("High noise pass", 0.0)


def test_nothing_but_an_end_fills_the_bar() -> None:
    tracker = Tracker(P, GRAPH)
    tracker.apply(m.Cached(P, tuple(GRAPH)))
    assert (tracker.phase, tracker.progress.fraction) == (Phase.RUNNING, 0.99)


def test_an_empty_graph() -> None:
    tracker = Tracker(P, {})
    tracker.apply(m.Cached(P, ("1",)))
    assert tracker.progress.fraction == 0.0
