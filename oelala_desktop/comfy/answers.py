"""ComfyUI's JSON answers as values of ours: server facts, queue, history, output files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import EngineAnswer

from .messages import Cached, Failed, Interrupted, Message, decode_event

#: the first version with own prompt ids and progress_state
MINIMUM_VERSION = (0, 3, 45)
#: the first version that reads which prompt it is to interrupt
_INTERRUPTS_BY_ID = (0, 3, 57)


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """`device` is the first device's name in words; `memory` are its bytes, 0 where they are not told; `sketch` marks
    our own engine."""

    version: str
    device: str
    devices: tuple[str, ...]
    sketch: bool = False
    memory: int = 0

    @property
    def is_too_old(self) -> bool:
        return not self.sketch and self._numbers < MINIMUM_VERSION

    @property
    def interrupts_by_id(self) -> bool:
        return self._numbers >= _INTERRUPTS_BY_ID

    @property
    def _numbers(self) -> tuple[int, ...]:
        """Empty for a version that is not known."""
        return tuple(int(n) for n in re.findall(r"\d+", self.version)[:3])


@dataclass(frozen=True, slots=True)
class QueueState:
    """Prompt ids: the one running, then those waiting in the order in which they will run."""

    running: tuple[str, ...]
    pending: tuple[str, ...]

    def copies(self, prompt_id: str) -> int:
        """How often it is there: more than once when a submission was repeated though the first had come through."""
        return (self.running + self.pending).count(prompt_id)

    def ahead_of(self, prompt_id: str, ours: frozenset[str]) -> int | None:
        """How many jobs of others come before ours; None if it does not wait."""
        if prompt_id not in self.pending:
            return None
        before = self.running + self.pending[: self.pending.index(prompt_id)]
        return sum(1 for other in before if other not in ours)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """`ending`: success, error or interrupted. `failure` for an error, where the server told it."""

    ending: str
    files: tuple[ServerFile, ...]
    failure: Failed | None = None
    interrupted: Interrupted | None = None
    seconds: float | None = None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def parse_facts(answer: Any) -> ServerFacts:
    """From /system_stats. Raises EngineAnswer if that is no ComfyUI."""
    if not isinstance(answer, dict) or not isinstance(answer.get("system"), dict):
        raise EngineAnswer("The answer to /system_stats is not ComfyUI's.")
    system = answer["system"]
    rows = [d for d in _list(answer.get("devices")) if isinstance(d, dict)]
    names = tuple(_device_name(str(d.get("name") or "")) for d in rows)
    return ServerFacts(
        version=str(system.get("comfyui_version") or ""),
        device=names[0] if names else "",
        devices=names,
        sketch=bool(system.get("sketch")),
        memory=_memory(rows[0]) if rows else 0,
    )


def _memory(device: dict[str, Any]) -> int:
    """A processor tells that of the whole machine, which is none of its own."""
    told = device.get("vram_total")
    return told if isinstance(told, int) and 0 < told < 2**60 and device.get("type") != "cpu" else 0


def _device_name(raw: str) -> str:
    """ "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync" as "RTX 4090"."""
    name = re.sub(r"^\w+:\d+\s+", "", raw.split(" : ")[0])
    return re.sub(r"^(NVIDIA )?(GeForce )?", "", name).strip() or raw


def parse_queue(answer: Any) -> QueueState:
    if not isinstance(answer, dict):
        raise EngineAnswer("The answer to /queue is not ComfyUI's.")

    def ids(key: str) -> tuple[str, ...]:
        rows = [r for r in _list(answer.get(key)) if isinstance(r, list) and len(r) > 1]
        rows.sort(key=lambda r: r[0] if isinstance(r[0], int | float) else 0)
        return tuple(str(r[1]) for r in rows)

    return QueueState(ids("queue_running"), ids("queue_pending"))


def parse_history(answer: Any, prompt_id: str) -> HistoryEntry | None:
    """The entry of one prompt, None if the server has none (yet, or any more)."""
    if not isinstance(answer, dict):
        raise EngineAnswer("The answer to /history is not ComfyUI's.")
    entry = answer.get(prompt_id)
    if not isinstance(entry, dict):
        return None
    told = entry.get("status")
    status: dict[str, Any] = told if isinstance(told, dict) else {}
    events = _events(status.get("messages"))
    failure = next((e for e in events if isinstance(e, Failed)), None)
    interrupted = next((e for e in events if isinstance(e, Interrupted)), None)
    ending = "success" if status.get("status_str") == "success" else "interrupted" if interrupted else "error"
    since = _stamp(status, "execution_start")
    repeated = {node for e in events if isinstance(e, Cached) for node in e.nodes}
    files = tuple(replace(f, since=since, repeated=f.node in repeated) for f in output_files(entry.get("outputs")))
    return HistoryEntry(ending, files, failure, interrupted, _seconds(status))


def _events(rows: Any) -> list[Message]:
    pairs = [r for r in _list(rows) if isinstance(r, list) and len(r) == 2]
    return [decode_event(str(kind), data) for kind, data in pairs if isinstance(data, dict)]


def _stamp(status: Mapping[str, Any], event: str) -> float | None:
    """When that event was, in seconds since the epoch by the server's clock."""
    for row in _list(status.get("messages")):
        if isinstance(row, list) and len(row) == 2 and row[0] == event and isinstance(row[1], dict):
            stamp = row[1].get("timestamp")
            return stamp / 1000 if isinstance(stamp, int | float) else None
    return None


def _seconds(status: Mapping[str, Any]) -> float | None:
    """How long the server ran it, from its own time stamps (milliseconds)."""
    stamps = [
        data["timestamp"]
        for _, data in (r for r in _list(status.get("messages")) if isinstance(r, list) and len(r) == 2)
        if isinstance(data, dict) and isinstance(data.get("timestamp"), int)
    ]
    return (max(stamps) - min(stamps)) / 1000 if len(stamps) > 1 else None


def output_files(outputs: Any) -> tuple[ServerFile, ...]:
    """Every saved file once, whatever key its node reports it under (core savers: images, VHS: gifs, sounds: audio).
    Temporary ones (previews) only if nothing else was made; what was given to the job (type `input`) never."""
    found: dict[tuple[str, str, str], ServerFile] = {}
    for node, row in outputs.items() if isinstance(outputs, dict) else ():
        for rows in row.values() if isinstance(row, dict) else ():
            for item in _list(rows):
                if isinstance(item, dict) and isinstance(item.get("filename"), str) and item["filename"]:
                    kind, sub = str(item.get("type") or "output"), str(item.get("subfolder") or "")
                    file = ServerFile(item["filename"], sub, kind, str(node))
                    found.setdefault((file.filename, sub, kind), file)
    saved = tuple(f for f in found.values() if f.type == "output")
    return saved or tuple(f for f in found.values() if f.type == "temp")
