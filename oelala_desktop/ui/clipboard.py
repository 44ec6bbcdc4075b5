"""Workflows on the clipboard, to be pasted into ComfyUI's editor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtGui import QGuiApplication


async def copy_workflow(workflow: Mapping[str, Any]) -> None:
    """Made text on a thread: it may have megabytes."""
    text = await asyncio.to_thread(partial(json.dumps, workflow, indent=2, ensure_ascii=False))
    QGuiApplication.clipboard().setText(text)
