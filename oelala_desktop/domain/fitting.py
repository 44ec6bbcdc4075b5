"""What a preset's graph has to change for the version of a server, told by its catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import graph as edits
from .catalog import Catalog

#: what inputs were called before: class, name -> the former one
_FORMER = {("FrameInterpolate", "interp_model"): "model"}


def fit_version(graph: edits.Graph, outputs: Mapping[str, str], newer: Iterable[str], catalog: Catalog) -> None:
    """`outputs` are inputs ("Title.input") with the type of what they take of the node that leads to them: its number
    there changed between versions. `newer` are inputs that older servers lack; there they are left out. Inputs that
    were called otherwise before have there the name that they had."""
    known = edits.by_title(graph)
    for target, kind in outputs.items():
        title, name = edits.split_target(target)
        link = graph[edits.find_node(graph, title, known)]["inputs"][name]
        source = catalog.classes.get(str(graph[link[0]]["class_type"]))
        if source is not None and kind in source.outputs:
            link[1] = source.outputs.index(kind)
    for target in newer:
        title, name = edits.split_target(target)
        node = graph[edits.find_node(graph, title, known)]
        found = catalog.classes.get(str(node["class_type"]))
        if found is not None and name not in found.inputs:
            del node["inputs"][name]
    for node in graph.values():
        found, inputs = catalog.classes.get(str(node["class_type"])), node["inputs"]
        for name in [n for n in inputs if found is not None and n not in found.inputs]:
            former = _FORMER.get((str(node["class_type"]), name))
            if found is not None and former in found.inputs:
                inputs[former] = inputs.pop(name)
