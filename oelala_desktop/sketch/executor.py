"""Running one job's graph, node by node, with the messages that ComfyUI sends along the way."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.frames import PreviewSource, ease, memory_of
from oelala_desktop.sketch.graph import Graph, Signatures, links, order, sources
from oelala_desktop.sketch.nodes.definition import NodeClass, Result
from oelala_desktop.sketch.progress import Interrupt, Interrupted, Outlet, Progress
from oelala_desktop.sketch.schedule import schedule

Message = tuple[str, dict[str, Any]]

#: bytes of results that are kept for the next job although no node of this one needs them any more
KEPT = 256 * 1024**2


@dataclass(frozen=True)
class Job:
    """One accepted prompt, as the queue holds it. `number` orders the queue; smaller runs first."""

    number: float
    prompt_id: str
    graph: Graph
    extra: dict[str, Any]
    outputs: list[str]

    def as_list(self) -> list[Any]:
        """The 5-tuple that `/queue` and `/history` show."""
        return [self.number, self.prompt_id, self.graph, self.extra, self.outputs]


@dataclass
class Outcome:
    """How a job ended, in the parts that its history entry is made of."""

    success: bool = True
    outputs: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)

    def status(self) -> dict[str, Any]:
        return {
            "status_str": "success" if self.success else "error",
            "completed": self.success,
            "messages": [list(message) for message in self.messages],
        }


class Executor:
    """Runs jobs one after the other and keeps the last graph's results for the next one.

    `client` and `node` name who posted the running job and which node runs; the socket of a client that comes
    back is told the node.
    """

    def __init__(self, catalog: Mapping[str, NodeClass], folders: Folders, outlet: Outlet) -> None:
        self.catalog = catalog
        self.folders = folders
        self.outlet = outlet
        self.interrupt = Interrupt()
        self.client: str | None = None
        self.node: str | None = None
        self.results: dict[str, Result] = {}

    def forget(self) -> None:
        """Drop every kept result (what `/free` asks for). Safe from any thread: a running job keeps its own."""
        self.results = {}

    def run(self, job: Job) -> Outcome:
        """Run a job to its end. Never raises: a node's failure and an interrupt are outcomes."""
        self.interrupt.clear()
        self.client = job.extra.get("client_id")
        try:
            return _Run(self, job).run()
        finally:
            self.node = None


class _Run:
    """One job on its way."""

    def __init__(self, executor: Executor, job: Job) -> None:
        self._executor = executor
        self._job = job
        self._outcome = Outcome()
        previews = job.extra.get("preview_method") in ("auto", "latent2rgb", "taesd")
        self._progress = Progress(job.prompt_id, executor.client, executor.outlet, previews=previews)
        self._kept = executor.results
        self._results: dict[str, Result] = {}
        self._executed: list[str] = []
        self._keys: dict[str, str] = {}
        self._needs: dict[str, int] = {}

    def run(self) -> Outcome:
        executor, job = self._executor, self._job
        self._tell("execution_start", {"prompt_id": job.prompt_id})
        signatures = Signatures(job.graph, executor.catalog, executor.folders)
        # Only what the outputs need was checked; the rest of a graph may point nowhere or in circles.
        needed = set(order(job.graph, job.outputs, executor.catalog, set()))
        keys = {node_id: signatures.of(node_id) for node_id in job.graph if node_id in needed}
        # Only what this graph can use stays: frames are large, and ComfyUI forgets in the same way.
        wanted = set(keys.values())
        for stale in [key for key in self._kept if key not in wanted]:
            del self._kept[stale]
        self._results = {
            node_id: self._kept[key]
            for node_id, key in keys.items()
            if key in self._kept and self._still_there(self._kept[key])
        }
        cached = set(self._results)
        self._tell("execution_cached", {"nodes": list(self._results), "prompt_id": job.prompt_id})
        self._keys = keys
        steps = schedule(job.graph, job.outputs, executor.catalog, cached)
        self._needs = Counter(source for node_id in steps if node_id not in cached for source in self._sources(node_id))
        self._free(set(self._results) - set(self._needs))
        self._outcome.success = all(self._take_step(node_id, node_id in cached) for node_id in steps)
        if self._outcome.success:
            self._tell("execution_success", {"prompt_id": job.prompt_id})
        self._needs.clear()
        self._free(set(self._results))
        return self._outcome

    def _take_step(self, node_id: str, cached: bool) -> bool:
        if cached:
            self._repeat(node_id)
        elif self._run_node(node_id, self._keys[node_id]):
            self._spend(node_id)
        else:
            return False
        return True

    def _sources(self, node_id: str) -> set[str]:
        return set(sources(self._job.graph, node_id, self._executor.catalog))

    def _spend(self, node_id: str) -> None:
        """The node has run: what it alone still needed, and what it made for nobody, may go."""
        spent = set() if self._needs.get(node_id) else {node_id}
        for source in self._sources(node_id):
            self._needs[source] -= 1
            if not self._needs[source]:
                spent.add(source)
        self._free(spent)

    def _free(self, spent: set[str]) -> None:
        """Of results that nothing in this job needs any more, the first made go until the rest is small enough to be
        kept for the next one."""
        if not any(_size(self._results[node_id]) for node_id in spent if node_id in self._results):
            return
        sizes = {node_id: _size(result) for node_id, result in self._results.items() if not self._needs.get(node_id)}
        total = sum(sizes.values())
        for node_id, size in sizes.items():
            if total > KEPT and size:
                total -= size
                self._drop(node_id)

    def _drop(self, node_id: str) -> None:
        del self._results[node_id]
        self._kept.pop(self._keys[node_id], None)

    def take(self, node_id: str, name: str) -> bool:
        """Whether the result linked to a running node's input is that node's alone. It is forgotten then, here and for
        later jobs, since the node will change it."""
        source, slot = links(self._job.graph, node_id, self._executor.catalog)[name]
        value = self._results[source].values[slot]
        others = [
            other
            for other, result in self._results.items()
            if other != source and any(_share(made, value) for made in result.values)
        ]
        if self._needs.get(source, 0) > 1 or others or not value.flags.writeable:
            return False
        self._drop(source)
        return True

    def _still_there(self, result: Result) -> bool:
        """Whether the files that a result names have not been discarded since."""
        files = files_of({"": result.ui or {}})
        return all(self._executor.folders.saved(file) is not None for file in files)

    def _repeat(self, node_id: str) -> None:
        """An output whose result is known: report the old result, make nothing new."""
        self._show(node_id, self._results[node_id].ui, even_if_empty=True)
        self._progress.finish(node_id)

    def _run_node(self, node_id: str, key: str) -> bool:
        """Run one node; False when it failed or was interrupted, which has then been reported."""
        executor, job = self._executor, self._job
        node_class = executor.catalog[job.graph[node_id]["class_type"]]
        self._progress.start(node_id)
        values = self._values(node_id)
        executor.node = node_id
        if executor.client is not None:
            content = {"node": node_id, "display_node": node_id, "prompt_id": job.prompt_id}
            executor.outlet.send("executing", content, executor.client)
        try:
            executor.interrupt.check()
            result = node_class.run(NodeWork(executor, job, node_id, self._progress, self.take), values)
        except Interrupted:
            self._report_interrupt(node_id)
            return False
        except Exception as error:  # noqa: BLE001 - whatever a node fails with is the job's error, not the server's
            self._report_error(node_id, values, error)
            return False
        self._results[node_id] = result
        self._kept[key] = result
        if result.ui is not None:
            self._show(node_id, result.ui)
        self._progress.finish(node_id)
        self._executed.append(node_id)
        return True

    def _values(self, node_id: str) -> dict[str, Any]:
        """The node's inputs with links replaced by what the linked nodes made."""
        found = links(self._job.graph, node_id, self._executor.catalog)
        linked = {name: self._results[source].values[slot] for name, (source, slot) in found.items()}
        return {**self._job.graph[node_id]["inputs"], **linked}

    def _show(self, node_id: str, ui: dict[str, Any] | None, *, even_if_empty: bool = False) -> None:
        if ui is not None:
            self._outcome.outputs[node_id] = ui
            self._outcome.meta[node_id] = {
                "node_id": node_id,
                "display_node": node_id,
                "parent_node": None,
                "real_node_id": node_id,
            }
        if self._executor.client is not None and (ui is not None or even_if_empty):
            content = {
                "node": node_id,
                "display_node": node_id,
                "output": ui,
                "prompt_id": self._job.prompt_id,
            }
            self._executor.outlet.send("executed", content, self._executor.client)

    def _report_interrupt(self, node_id: str) -> None:
        self._tell("execution_interrupted", self._where(node_id), broadcast=True)

    def _report_error(self, node_id: str, values: dict[str, Any], error: Exception) -> None:
        kind = type(error)
        prefix = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        content = {
            **self._where(node_id),
            "exception_message": f"{error}\n",
            "exception_type": prefix + kind.__qualname__,
            "traceback": traceback.format_tb(error.__traceback__),
            "current_inputs": {name: [_readable(value)] for name, value in values.items()},
            "current_outputs": list(self._job.graph),
        }
        self._tell("execution_error", content)

    def _where(self, node_id: str) -> dict[str, Any]:
        return {
            "prompt_id": self._job.prompt_id,
            "node_id": node_id,
            "node_type": self._job.graph[node_id]["class_type"],
            "executed": list(self._executed),
        }

    def _tell(self, event: str, content: dict[str, Any], *, broadcast: bool = False) -> None:
        """Write a message into the job's history and send it: to its client, or to all if it has none."""
        content = {**content, "timestamp": time.time_ns() // 1_000_000}
        self._outcome.messages.append((event, content))
        if self._executor.client is not None or broadcast:
            self._executor.outlet.send(event, content, self._executor.client)


class NodeWork:
    """What one running node sees of the engine (the `Work` of `nodes.definition`)."""

    def __init__(
        self, executor: Executor, job: Job, node_id: str, progress: Progress, take: Callable[[str, str], bool]
    ) -> None:
        self._executor = executor
        self._job = job
        self._node_id = node_id
        self._progress = progress
        self._take = take

    @property
    def folders(self) -> Folders:
        return self._executor.folders

    @property
    def metadata(self) -> dict[str, Any]:
        extra = self._job.extra.get("extra_pnginfo")
        return {"prompt": self._job.graph, **(extra if isinstance(extra, dict) else {})}

    def check(self) -> None:
        ease()
        self._executor.interrupt.check()

    def progress(self, value: int, total: int, preview: PreviewSource | None = None) -> None:
        self.check()
        self._progress.update(self._node_id, value, total, preview)

    def take(self, name: str) -> bool:
        return self._take(self._node_id, name)


def _size(result: Result) -> int:
    return sum(array.nbytes for value in result.values for array in memory_of(value))


def _share(one: Any, other: Any) -> bool:
    return any(array is another for array in memory_of(one) for another in memory_of(other))


def files_of(outputs: dict[str, Any]) -> list[dict[str, Any]]:
    """The files among what nodes showed: entries with a name, a subfolder and a type."""
    items = [item for ui in outputs.values() for shown in ui.values() if isinstance(shown, list) for item in shown]
    return [item for item in items if isinstance(item, dict) and {"filename", "subfolder", "type"} <= set(item)]


def _readable(value: Any) -> Any:
    """A value short enough for an error message; arrays say their shape."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    shape = getattr(value, "shape", None)
    return f"{type(value).__name__}{tuple(shape) if shape is not None else ''}"
