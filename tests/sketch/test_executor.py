"""The executor by itself: order, laziness, cache, interrupts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.sketch.executor import Executor, Job, Outcome
from oelala_desktop.sketch.folders import Folders, open_folders
from oelala_desktop.sketch.graph import Signatures, order
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work
from oelala_desktop.sketch.schedule import schedule
from oelala_desktop.sketch.validation import validate


class Recorder:
    """An outlet that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any], str | None]] = []

    def send(self, event: str, content: dict[str, Any], client: str | None) -> None:
        self.sent.append((event, content, client))

    def send_preview(self, jpeg: bytes, metadata: dict[str, Any] | None, client: str | None) -> None:
        self.sent.append(("preview", metadata or {}, client))

    def wants_metadata(self, client: str | None) -> bool:
        return False


class Rig:
    """A catalogue of toy nodes that say when they run."""

    def __init__(self, folders: Folders) -> None:
        self.ran: list[str] = []
        self.outlet = Recorder()
        self.folders = folders
        self.during: Callable[[Work], None] = lambda work: None
        self.stamp = "1"
        text = {"text": Input("STRING")}
        two = {"a": Input("STRING"), "b": Input("STRING")}
        self.catalog = {
            node.name: node
            for node in (
                NodeClass("Source", self._source, required=text, outputs=("STRING",)),
                NodeClass(
                    "File",
                    self._source,
                    required=text,
                    outputs=("STRING",),
                    fingerprint=lambda folders, inputs: self.stamp,
                ),
                NodeClass("Join", self._join, required=two, outputs=("STRING",)),
                NodeClass("Show", self._show, required=text, output_node=True),
            )
        }
        self.executor = Executor(self.catalog, folders, self.outlet)

    def _source(self, work: Work, inputs: Values) -> Result:
        self.ran.append(f"source {inputs['text']}")
        self.during(work)
        return Result((inputs["text"],))

    def _join(self, work: Work, inputs: Values) -> Result:
        self.ran.append("join")
        return Result((inputs["a"] + inputs["b"],))

    def _show(self, work: Work, inputs: Values) -> Result:
        self.ran.append(f"show {inputs['text']}")
        return Result(ui={"text": [inputs["text"]]})

    def run(self, graph: dict[str, Any], outputs: list[str], **extra: Any) -> Outcome:
        self.ran.clear()
        return self.executor.run(Job(0, "p", graph, extra, outputs))


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with open_folders(tmp_path) as folders:
        yield Rig(folders)


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def diamond() -> dict[str, Any]:
    return {
        "1": node("Source", text="x"),
        "2": node("Join", a=["1", 0], b=["1", 0]),
        "3": node("Join", a=["2", 0], b=["1", 0]),
        "4": node("Show", text=["3", 0]),
        "5": node("Source", text="unused"),
    }


def test_each_node_runs_once_and_only_if_needed(rig: Rig) -> None:
    outcome = rig.run(diamond(), ["4"])
    assert rig.ran == ["source x", "join", "join", "show xxx"]
    assert outcome.success and outcome.outputs == {"4": {"text": ["xxx"]}}


def test_nothing_runs_again_that_has_not_changed(rig: Rig) -> None:
    rig.run(diamond(), ["4"])
    assert rig.run(diamond(), ["4"]).outputs == {"4": {"text": ["xxx"]}}
    assert rig.ran == []
    changed = diamond()
    changed["3"]["inputs"]["b"] = "y"
    rig.run(changed, ["4"])
    assert rig.ran == ["join", "show xxy"]


def test_only_the_last_graph_is_kept(rig: Rig) -> None:
    rig.run(diamond(), ["4"])
    rig.run({"1": node("Show", text="z")}, ["1"])
    rig.run(diamond(), ["4"])
    assert len(rig.ran) == 4


def test_ids_do_not_matter_but_what_is_linked_does(rig: Rig) -> None:
    rig.run({"1": node("Source", text="x"), "2": node("Show", text=["1", 0])}, ["2"])
    rig.run({"a": node("Source", text="x"), "b": node("Show", text=["a", 0])}, ["b"])
    assert rig.ran == []


def test_a_changed_file_is_read_again(rig: Rig) -> None:
    graph = {"1": node("File", text="f"), "2": node("Show", text=["1", 0])}
    rig.run(graph, ["2"])
    rig.stamp = "2"
    rig.run(graph, ["2"])
    assert rig.ran == ["source f", "show f"]


def test_a_failure_keeps_what_was_done(rig: Rig) -> None:
    def fail(work: Work) -> None:
        raise ValueError("broken")

    graph = {"1": node("Source", text="x"), "2": node("Source", text="y")}
    graph["3"] = node("Join", a=["1", 0], b=["2", 0])
    graph["4"] = node("Show", text=["3", 0])
    rig.during = lambda work: fail(work) if len(rig.ran) == 2 else None
    outcome = rig.run(graph, ["4"])
    assert not outcome.success and outcome.status()["status_str"] == "error"
    event, content = outcome.messages[-1]
    assert event == "execution_error"
    assert (content["node_id"], content["exception_type"], content["exception_message"]) == (
        "1",
        "ValueError",
        "broken\n",
    )
    assert content["executed"] == ["2"]
    rig.during = lambda work: None
    assert rig.run(graph, ["4"]).success
    assert rig.ran == ["source x", "join", "show xy"]


def test_an_interrupt_acts_at_the_next_check_and_only_once(rig: Rig) -> None:
    def stop(work: Work) -> None:
        rig.executor.interrupt.request()
        work.progress(1, 2)

    rig.during = stop
    outcome = rig.run(diamond(), ["4"], client_id="c")
    assert [name for name, _ in outcome.messages][-1] == "execution_interrupted"
    assert rig.ran == ["source x"]
    rig.during = lambda work: None
    assert rig.run(diamond(), ["4"]).success


def test_a_stale_interrupt_is_forgotten(rig: Rig) -> None:
    rig.executor.interrupt.request()
    assert rig.run(diamond(), ["4"]).success


def test_without_a_client_only_progress_is_told_to_all(rig: Rig) -> None:
    rig.run(diamond(), ["4"])
    assert {event for event, _, _ in rig.outlet.sent} == {"progress_state"}
    assert {client for _, _, client in rig.outlet.sent} == {None}


def test_long_chains_need_no_deep_stack(rig: Rig) -> None:
    graph = {"0": node("Source", text="x")}
    for index in range(1, 5000):
        graph[str(index)] = node("Join", a=[str(index - 1), 0], b="")
    graph["end"] = node("Show", text=["4999", 0])
    assert validate(graph, rig.catalog, rig.folders).outputs == ["end"]
    assert len(order(graph, ["end"], rig.catalog, set())) == 5001
    assert schedule(graph, ["end"], rig.catalog, set()) == [*map(str, range(5000)), "end"]
    assert len(Signatures(graph, rig.catalog, rig.folders).of("end")) == 64


def test_an_input_that_nobody_declared_is_no_link(rig: Rig) -> None:
    graph = {"1": node("Show", text="x", extra=["nowhere", 0])}
    assert validate(graph, rig.catalog, rig.folders).outputs == ["1"]
    assert rig.run(graph, ["1"]).success
