"""Checking a graph before it is queued, with ComfyUI's error types and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.graph import Graph
from oelala_desktop.sketch.input_check import Problem, check_inputs, problem
from oelala_desktop.sketch.nodes.definition import NodeClass

#: what looking at a malformed node raises: a link to nowhere, a node without inputs, a slot that is no number
BROKEN = (KeyError, IndexError, TypeError, AttributeError)


@dataclass
class Verdict:
    """Which outputs may run; the error that refuses the whole prompt, if any; and each node's errors."""

    outputs: list[str] = field(default_factory=list)
    error: Problem | None = None
    node_errors: dict[str, Any] = field(default_factory=dict)


def validate(
    graph: Graph, catalog: Mapping[str, NodeClass], folders: Folders, targets: list[str] | None = None
) -> Verdict:
    """Check a graph and convert its values in place (`"64"` becomes 64 where an INT is due).

    `targets` limits the run to these outputs. A graph that is no mapping of mappings raises TypeError, KeyError
    or AttributeError, which the server answers with 500 as ComfyUI does.
    """
    outputs: list[str] = []
    for node_id in graph:
        node = graph[node_id]
        if "class_type" not in node:
            text = "A node of this prompt has no class_type property."
            return Verdict(error=problem("invalid_prompt", text, f"Node ID '#{node_id}'"))
        node_class = catalog.get(node["class_type"])
        if node_class is None:
            text = f"Sketch has no node class {node['class_type']}."
            return Verdict(error=problem("invalid_prompt", text, f"Node ID '#{node_id}'"))
        if node_class.output_node and (targets is None or node_id in targets):
            outputs.append(node_id)
    if not outputs:
        return Verdict(error=problem("prompt_no_outputs", "Prompt has no outputs", ""))
    return _judge(graph, outputs, _Check(graph, catalog, folders))


def _judge(graph: Graph, outputs: list[str], check: _Check) -> Verdict:
    verdict = Verdict()
    reasons: list[Problem] = []
    for output in outputs:
        reached = check.walk(output)
        bad = [node_id for node_id in reached if check.problems[node_id]]
        if not bad:
            verdict.outputs.append(output)
            continue
        reasons += check.problems[output]
        for node_id in bad:
            blank = {
                "errors": check.problems[node_id],
                "dependent_outputs": [],
                "class_type": graph[node_id]["class_type"],
            }
            verdict.node_errors.setdefault(node_id, blank)["dependent_outputs"].append(output)
    if not verdict.outputs:
        details = "\n".join(f"{reason['message']}: {reason['details']}" for reason in reasons)
        text = "Prompt outputs failed validation"
        verdict.error = problem("prompt_outputs_failed_validation", text, details)
    return verdict


@dataclass(frozen=True)
class _Step:
    """One node on the way from an output towards its sources; `via` is the input and link that led here."""

    node_id: str
    via: tuple[str, list[Any]] | None
    leaving: bool = False


class _Check:
    """One graph under examination; each node is looked at once and its problems are remembered."""

    def __init__(self, graph: Graph, catalog: Mapping[str, NodeClass], folders: Folders) -> None:
        self._graph = graph
        self._catalog = catalog
        self._folders = folders
        self.problems: dict[str, list[Problem]] = {}
        self._links: dict[str, list[tuple[str, list[Any]]]] = {}

    def walk(self, output: str) -> list[str]:
        """Examine an output and all before it; the nodes reached. A stack of our own bears any depth."""
        reached: list[str] = []
        open_nodes: set[str] = set()
        done: set[str] = set()
        stack = [_Step(output, None)]
        while stack:
            step = stack.pop()
            if step.leaving:
                open_nodes.discard(step.node_id)
                done.add(step.node_id)
            elif step.node_id in open_nodes:
                self._add_cycle(step)
            elif step.node_id not in done:
                reached.append(step.node_id)
                self._examine(step)
                open_nodes.add(step.node_id)
                stack.append(_Step(step.node_id, None, leaving=True))
                stack += [_Step(link[0], (name, link)) for name, link in reversed(self._links[step.node_id])]
        return reached

    def _examine(self, step: _Step) -> None:
        if step.node_id in self.problems:
            return
        node_class = self._catalog[self._graph[step.node_id]["class_type"]]
        self._links[step.node_id] = []
        try:
            found = check_inputs(self._graph, step.node_id, node_class, self._catalog, self._folders)
        except BROKEN as error:
            self.problems[step.node_id] = [self._exception(step, error)]
            return
        self.problems[step.node_id] = found.problems
        self._links[step.node_id] = found.links

    def _exception(self, step: _Step, error: Exception) -> Problem:
        """The two shapes for a node that cannot be looked at: an output itself, or one behind a link."""
        name = type(error).__name__
        if step.via is None:
            text = "Exception when validating node"
            return problem("exception_during_validation", text, str(error), exception_type=name, traceback=[])
        return self._inner(step.via, str(error), name)

    def _inner(self, via: tuple[str, list[Any]], text: str, exception_type: str) -> Problem:
        return problem(
            "exception_during_inner_validation",
            "Exception when validating inner node",
            text,
            input_name=via[0],
            input_config=None,
            exception_message=text,
            exception_type=exception_type,
            traceback=[],
            linked_node=via[1],
        )

    def _add_cycle(self, step: _Step) -> None:
        if step.via is not None and not self.problems[step.node_id]:
            text = f"The links of this prompt lead from node {step.node_id} back to itself."
            self.problems[step.node_id] = [self._inner(step.via, text, "RecursionError")]
