"""Whatever order, repetition and loss of messages: the tracker agrees with an oracle that keeps all it was told."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.tracker import CEILING, Phase, Tracker

OURS, THEIRS = "ours", "theirs"
NODES = ("1", "2", "3", "4")
WEIGHT = {"1": 1.0, "2": 40.0, "3": 60.0, "4": 10.0}
GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {}},
    "2": {"class_type": "KSampler", "inputs": {"steps": 4}},
    "3": {"class_type": "KSampler", "inputs": {"steps": 6}},
    "4": {"class_type": "SaveVideo", "inputs": {}},
}
ENDS = {
    m.Succeeded: Phase.SUCCEEDED,
    m.Failed: Phase.FAILED,
    m.Interrupted: Phase.INTERRUPTED,
}
nodes = st.sampled_from((*NODES, "elsewhere"))
numbers = st.sampled_from((-3.0, 0.0, 1.0, 2.0, 3.0, 4.0, 1e9))
states = st.dictionaries(nodes, st.tuples(numbers, numbers, st.sampled_from(("pending", "running", "finished"))))
mine = st.one_of(
    st.just(m.Started(OURS)),
    st.lists(nodes, max_size=3).map(lambda ids: m.Cached(OURS, tuple(ids))),
    nodes.map(lambda node: m.Executing(OURS, node)),
    st.tuples(nodes, numbers, numbers).map(lambda row: m.NodeProgress(OURS, *row)),
    states.map(lambda rows: m.NodeStates(OURS, rows)),
    nodes.map(lambda node: m.Executed(OURS, node, {"node": node})),
    st.just(m.Preview(b"x", prompt_id=OURS)),
)
ends = st.sampled_from(
    (
        m.Succeeded(OURS),
        m.Failed(OURS, "2", "KSampler", "ValueError", "boom", ""),
        m.Interrupted(OURS, "2"),
        m.Executing(OURS, None),
    )
)
foreign = st.sampled_from(
    (
        m.Started(THEIRS),
        m.Executing(None, "2"),
        m.Executing(THEIRS, None),
        m.Succeeded(THEIRS),
        m.NodeProgress(THEIRS, "2", 4, 4),
        m.Status(3),
        m.Preview(b"x"),
        m.Ignored("damaged"),
    )
)


def told(message: m.Message) -> dict[str, float]:
    """How far each node is, by that message alone."""
    match message:
        case m.Cached(nodes=ids):
            rows = dict.fromkeys(ids, 1.0)
        case m.Executed(node=node):
            rows = {node: 1.0}
        case m.NodeProgress(node=node, value=value, maximum=maximum) if maximum > 0:
            rows = {node: min(1.0, max(0.0, value / maximum))}
        case m.NodeStates(nodes=nodes):
            rows = {}
            for node, (value, maximum, state) in nodes.items():
                if state == "finished":
                    rows[node] = 1.0
                elif state == "running" and maximum > 0:
                    rows[node] = min(1.0, max(0.0, value / maximum))
        case _:
            rows = {}
    return {node: share for node, share in rows.items() if node in WEIGHT}


class Orders(RuleBasedStateMachine):
    """The oracle: the best that was ever said of each node, and the first end that was said."""

    @initialize()
    def begin(self) -> None:
        self.tracker = Tracker(OURS, GRAPH)
        self.best = dict.fromkeys(NODES, 0.0)
        self.end: m.Message | None = None
        self.fractions = [0.0]
        self.heard: list[m.Message] = []

    def hear(self, message: m.Message) -> None:
        before = (self.tracker.phase, self.tracker.progress)
        changed = self.tracker.apply(message)
        assert changed == (before != (self.tracker.phase, self.tracker.progress))
        if getattr(message, "prompt_id", None) == OURS and self.end is None:
            self.best |= {node: max(share, self.best[node]) for node, share in told(message).items()}
            if type(message) in ENDS or (isinstance(message, m.Executing) and message.node is None):
                self.end = message
        self.fractions.append(self.tracker.progress.fraction)

    @rule(message=mine)
    def said(self, message: m.Message) -> None:
        self.heard.append(message)
        self.hear(message)

    @rule(message=foreign)
    def said_of_others(self, message: m.Message) -> None:
        assert not self.tracker.apply(message)

    @rule(data=st.data())
    def repeated(self, data: st.DataObject) -> None:
        if self.heard:
            self.hear(data.draw(st.sampled_from(self.heard)))

    @rule(message=ends)
    def ended(self, message: m.Message) -> None:
        self.hear(message)

    @invariant()
    def agrees_with_the_oracle(self) -> None:
        if not hasattr(self, "tracker"):
            return
        done = sum(WEIGHT[node] * share for node, share in self.best.items()) / sum(WEIGHT.values())
        succeeded = isinstance(self.end, m.Succeeded)
        expected = CEILING if succeeded else min(CEILING, done)
        assert abs(self.tracker.progress.fraction - expected) < 1e-9
        assert self.fractions == sorted(self.fractions)
        assert self.fractions[-1] < 1
        assert self.tracker.phase.is_over == (self.end is not None)
        if self.end is not None:
            assert self.tracker.phase is ENDS.get(type(self.end), Phase.ENDED)


TestOrders = Orders.TestCase
TestOrders.settings = settings(max_examples=150, stateful_step_count=40)


def test_any_order_of_one_job_ends_alike() -> None:
    """Every rotation and reversal of a job's messages before its end gives the same bar."""
    job: list[m.Message] = [
        m.Started(OURS),
        m.Cached(OURS, ("1",)),
        m.Executing(OURS, "2"),
        m.NodeProgress(OURS, "2", 2, 4),
        m.NodeProgress(OURS, "2", 4, 4),
        m.Executing(OURS, "3"),
        m.NodeStates(OURS, {"2": (4, 4, "finished"), "3": (3, 6, "running")}),
        m.Executed(OURS, "4", {"images": []}),
    ]
    seen = set()
    for turn in range(len(job)):
        for order in (job[turn:] + job[:turn], (job[turn:] + job[:turn])[::-1]):
            tracker = Tracker(OURS, GRAPH)
            for message in order + order[:3]:
                tracker.apply(message)
            seen.add((tracker.phase, round(tracker.progress.fraction, 9)))
    assert len(seen) == 1
