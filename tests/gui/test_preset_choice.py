"""Which preset a page shows, and what it is said to lack."""

from __future__ import annotations

from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.ui.presets.choosing import pick_preset, preset_choice
from tests.unit.domain.samples import WORKFLOWS
from tests.unit.node_table import offering

TOOL = TOOLS["image-to-video"]
MIX = offering("UNETLoader", "unet_name", "cameraV2FP8H.safetensors", "cameraV2FP8L.safetensors")
CHOSEN = {"unet_high_noise": "cameraV2FP8H.safetensors", "unet_low_noise": "cameraV2FP8L.safetensors"}


def test_models_chosen_by_hand_keep_the_preset_and_let_it_run() -> None:
    registry = ToolRegistry(WORKFLOWS)
    registry.load()
    wished = pick_preset(registry, TOOL, MIX, "wan22-14b", CHOSEN)
    assert wished is not None and wished.short_id == "wan22-14b"
    assert preset_choice(wished, MIX, CHOSEN).missing == ()
    lacking = preset_choice(wished, MIX)
    assert len(lacking.missing) == 2 and lacking.note == "needs 2 files"
    other = pick_preset(registry, TOOL, MIX, "wan22-14b")
    assert other is not None and other.short_id != "wan22-14b"
