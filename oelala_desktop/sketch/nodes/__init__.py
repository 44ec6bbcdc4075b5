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
    saving,
    scaling,
    sketching,
    video,
)
from oelala_desktop.sketch.nodes.definition import NodeClass

CATALOG: Mapping[str, NodeClass] = {
    node.name: node
    for family in (loading, scaling, batches, masks, compositing, saving, video, audio, animation, combine, sketching)
    for node in family.NODES
}
