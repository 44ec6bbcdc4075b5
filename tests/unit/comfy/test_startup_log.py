"""What ComfyUI's log says of packs that it could not import."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.comfy.startup_log import import_failures

LOG = [
    "Traceback (most recent call last):\n  File \"nodes.py\", line 1\nModuleNotFoundError: No module named 'gguf'\n\n",
    "Cannot import /opt/ComfyUI/custom_nodes/ComfyUI-GGUF module for custom nodes: No module named 'gguf'\n",
    "\nImport times for custom nodes:\n   0.0 seconds: /opt/ComfyUI/custom_nodes/websocket_image_save.py\n",
    "   0.1 seconds (IMPORT FAILED): /opt/ComfyUI/custom_nodes/ComfyUI-GGUF\n",
    "   0.0 seconds (IMPORT FAILED): C:\\ComfyUI\\custom_nodes\\ComfyUI_KJNodes-main\n",
]


def test_packs_that_failed_and_why() -> None:
    found = import_failures({"entries": [{"t": "", "m": line} for line in LOG], "size": {}})
    assert found == {"ComfyUI-GGUF": "No module named 'gguf'", "ComfyUI_KJNodes-main": ""}


@pytest.mark.parametrize("answer", [None, [], {}, {"entries": 3}, {"entries": [None, {}, {"m": 5}, {"m": "hello"}]}])
def test_what_is_no_such_log(answer: Any) -> None:
    assert import_failures(answer) == {}
