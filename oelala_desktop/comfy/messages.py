"""ComfyUI's WebSocket frames, decoded: `decode(frame) -> Message`. Pure, and total: no frame raises.

Text frames are {"type", "data"}. Binary frames start with a big-endian u32: 1 preview (u32 format, image), 3 text
(u32 length, node id, text), 4 preview with metadata (u32 length, JSON, image). VHS sends its animated previews as
type 1 with the picture at offset 32. Whatever is unknown or damaged becomes Ignored, which says why.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

MAX_JSON = 16 * 2**20  # bytes of one text frame or one embedded JSON
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Status:
    """`remaining` counts the running job too."""

    remaining: int
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class Features:
    flags: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Started:
    prompt_id: str


@dataclass(frozen=True, slots=True)
class Cached:
    prompt_id: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Executing:
    """`node` None is the end signal; `prompt_id` None is the repeat after a reconnect, which belongs to nobody."""

    prompt_id: str | None
    node: str | None


@dataclass(frozen=True, slots=True)
class NodeProgress:
    """One node's own progress."""

    prompt_id: str
    node: str
    value: float
    maximum: float


@dataclass(frozen=True, slots=True)
class NodeStates:
    """Every node that is no longer pending: id -> (value, maximum, state)."""

    prompt_id: str
    nodes: Mapping[str, tuple[float, float, str]]


@dataclass(frozen=True, slots=True)
class Executed:
    prompt_id: str
    node: str
    output: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Succeeded:
    prompt_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    prompt_id: str
    node: str
    node_type: str
    exception_type: str
    message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    prompt_id: str
    node: str


@dataclass(frozen=True, slots=True)
class Preview:
    """An encoded picture. `prompt_id` and `node` are None where the server does not say whose it is."""

    image: bytes = field(repr=False)
    mime: str = "image/jpeg"
    prompt_id: str | None = None
    node: str | None = None


@dataclass(frozen=True, slots=True)
class NodeText:
    node: str
    text: str


@dataclass(frozen=True, slots=True)
class Logged:
    """Lines of the server's log, as they came: one that is written over itself has a piece for each time."""

    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """`why` is for the log."""

    why: str


Message = (
    Status
    | Features
    | Started
    | Cached
    | Executing
    | NodeProgress
    | NodeStates
    | Executed
    | Succeeded
    | Failed
    | Interrupted
    | Preview
    | NodeText
    | Logged
    | Ignored
)


def decode(frame: str | bytes) -> Message:
    """The frame's meaning. Text and JSON beyond MAX_JSON are refused; a picture is as large as the socket allows."""
    if isinstance(frame, str):
        return _decode_text(frame)
    return _decode_binary(frame)


def _decode_text(frame: str) -> Message:
    if len(frame) > MAX_JSON:
        return Ignored("text frame too long")
    try:
        message = orjson.loads(frame)
    except orjson.JSONDecodeError:
        return Ignored("not JSON")
    if not isinstance(message, dict) or not isinstance(message.get("data"), dict):
        return Ignored("not a message")
    kind = message.get("type")
    return decode_event(kind, message["data"]) if isinstance(kind, str) else Ignored("a message without a type")


def decode_event(kind: str, data: dict[str, Any]) -> Message:
    """One event of a text frame; the rows of a history's status.messages have the same form."""
    read = _READERS.get(kind)
    if read is None:
        return Ignored(f"unknown type {kind[:40]}")
    try:
        return read(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        return Ignored(f"malformed {kind}: {error!r}"[:200])


def _id(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("id")
    return value


def _optional_id(value: object) -> str | None:
    return None if value is None else _id(value)


def _finite(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("not finite")
    return number


def _status(data: dict[str, Any]) -> Message:
    sid = data.get("sid")
    return Status(int(data["status"]["exec_info"]["queue_remaining"]), sid if isinstance(sid, str) else None)


def _cached(data: dict[str, Any]) -> Message:
    return Cached(_id(data["prompt_id"]), tuple(_id(n) for n in data.get("nodes") or ()))


def _executing(data: dict[str, Any]) -> Message:
    return Executing(_optional_id(data.get("prompt_id")), _optional_id(data["node"]))


def _progress(data: dict[str, Any]) -> Message:
    return NodeProgress(
        _id(data["prompt_id"]), str(data.get("node") or ""), _finite(data["value"]), _finite(data["max"])
    )


def _progress_state(data: dict[str, Any]) -> Message:
    nodes = {
        str(node): (_finite(row["value"]), _finite(row["max"]), str(row["state"]))
        for node, row in data["nodes"].items()
    }
    return NodeStates(_id(data["prompt_id"]), nodes)


def _executed(data: dict[str, Any]) -> Message:
    output = data.get("output")
    return Executed(_id(data["prompt_id"]), _id(data["node"]), output if isinstance(output, dict) else None)


def _logged(data: dict[str, Any]) -> Message:
    return Logged(tuple(row["m"] for row in data["entries"] if isinstance(row["m"], str)))


def _failed(data: dict[str, Any]) -> Message:
    trace = data.get("traceback") or []
    return Failed(
        prompt_id=_id(data["prompt_id"]),
        node=str(data.get("node_id") or ""),
        node_type=str(data.get("node_type") or ""),
        exception_type=str(data.get("exception_type") or ""),
        message=str(data.get("exception_message") or "").strip(),
        traceback="".join(map(str, trace)) if isinstance(trace, list) else str(trace),
    )


_READERS: Mapping[str, Callable[[dict[str, Any]], Message]] = {
    "status": _status,
    "feature_flags": Features,
    "execution_start": lambda data: Started(_id(data["prompt_id"])),
    "execution_cached": _cached,
    "executing": _executing,
    "progress": _progress,
    "progress_state": _progress_state,
    "executed": _executed,
    "logs": _logged,
    "execution_success": lambda data: Succeeded(_id(data["prompt_id"])),
    "execution_error": _failed,
    "execution_interrupted": lambda data: Interrupted(_id(data["prompt_id"]), str(data.get("node_id") or "")),
}


def _decode_binary(frame: bytes) -> Message:
    if len(frame) < 8:
        return Ignored("binary frame too short")
    kind, number = struct.unpack_from(">II", frame)
    if kind == 1:
        return _picture(frame, (8, 32))
    if kind not in (3, 4):
        return Ignored(f"unknown binary type {kind}")
    if number > MAX_JSON or 8 + number > len(frame):
        return Ignored("binary frame cut short")
    if kind == 3:
        text = frame[8 + number :].decode("utf-8", "replace")
        return NodeText(frame[8 : 8 + number].decode("utf-8", "replace"), text)
    return _described_picture(frame, 8 + number)


def _described_picture(frame: bytes, start: int) -> Message:
    try:
        about = orjson.loads(frame[8:start])
    except orjson.JSONDecodeError:
        return Ignored("preview metadata is not JSON")
    if not isinstance(about, dict):
        return Ignored("preview metadata is not an object")
    preview = _picture(frame, (start,))
    if not isinstance(preview, Preview):
        return preview
    prompt_id, node = about.get("prompt_id"), about.get("node_id")
    return Preview(
        preview.image,
        preview.mime,
        prompt_id if isinstance(prompt_id, str) else None,
        node if isinstance(node, str) else None,
    )


def _picture(frame: bytes, offsets: tuple[int, ...]) -> Message:
    for offset in offsets:
        for magic, mime in ((_JPEG, "image/jpeg"), (_PNG, "image/png")):
            if frame.startswith(magic, offset):
                return Preview(frame[offset:], mime)
    return Ignored("preview holds no JPEG or PNG")
