"""How what was given as files gets into a graph, and what goes when it was not given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import graph as edits
from .field import Field, FieldKind

#: the loader whose part a `SLICE` can take
LOADER, SLICE = "LoadVideo", "Video Slice"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file by the name that it has on the server. `start` and `length` (seconds; None for to the end) are the part
    of it that is meant, where the file could not be cut exactly there."""

    name: str
    start: float = 0.0
    length: float | None = None

    @property
    def is_part(self) -> bool:
        return self.start > 0 or self.length is not None


def give_inputs(graph: edits.Graph, fields: Iterable[Field], files: Mapping[str, Sequence[InputFile]]) -> None:
    """Puts each file into its loader. A loader that gets none goes, with the nodes that its field names."""
    gone: dict[str, str] = {}
    for field in fields:
        given = files.get(field.key, ())
        many = field.kind is FieldKind.PICTURES
        for index, target in enumerate(field.into):
            title, name = edits.split_target(target)
            node = edits.find_node(graph, title)
            file = next(iter(given[index:] if many else given), None)
            if file is None:
                gone[node] = ""
                gone |= {edits.find_node(graph, t): field.through for t in field.nodes_from(index if many else 0)}
            else:
                graph[node]["inputs"][name] = file.name
                _take_part(graph, node, file)
    take_out(graph, gone)


def take_out(graph: edits.Graph, gone: Mapping[str, str]) -> None:
    """Takes nodes out, each named with an input: what it was given there goes on to whatever used its first output.
    What another, without such an input, fed is left unconnected there."""
    for node_id, through in gone.items():
        if through in graph[node_id]["inputs"]:
            edits.bypass_node(graph, node_id, through)
    drop_nodes(graph, gone)


def drop_nodes(graph: edits.Graph, gone: Iterable[str]) -> None:
    """Takes nodes out, and every link to them."""
    lost = set(gone)
    for node_id in lost:
        graph.pop(node_id, None)
    for node in graph.values():
        inputs = node["inputs"]
        for name in [n for n, value in inputs.items() if edits.is_link(value) and value[0] in lost]:
            del inputs[name]


def _take_part(graph: edits.Graph, loader: str, file: InputFile) -> None:
    """A node behind the loader that takes the part meant."""
    if not file.is_part or graph[loader]["class_type"] != LOADER:
        return
    users = [
        (node, name)
        for node in graph.values()
        for name, value in node["inputs"].items()
        if edits.is_link(value) and value[0] == loader
    ]
    title = f"Part of {edits.title_of(graph, loader)}"
    # no length means to the end: the node has 0 for that
    inputs = {
        "video": [loader, 0],
        "start_time": file.start,
        "duration": file.length or 0.0,
        "strict_duration": False,
    }
    part = edits.add_node(graph, SLICE, title, inputs)
    for node, name in users:
        node["inputs"][name] = [part, 0]
