"""The node classes that Sketch can run, by name."""

from __future__ import annotations

from collections.abc import Mapping

from oelala_desktop.sketch.nodes import (
    animation,
    audio,
    batches,
    combine,
    compositing,
    loading,
    masks,
    restyling,
    saving,
    scaling,
    sketching,
    surrounding,
    timing,
    video,
)
from oelala_desktop.sketch.nodes.definition import NodeClass

_FAMILIES = (
    loading, scaling, batches, masks, compositing, saving, video, audio, animation, combine,
    sketching, restyling, surrounding, timing,
)  # fmt: skip
CATALOG: Mapping[str, NodeClass] = {node.name: node for family in _FAMILIES for node in family.NODES}
