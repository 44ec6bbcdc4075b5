"""A TCP proxy between app and server that understands just enough HTTP and WebSocket to name every point of a job, and
to do harm at exactly that point."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.waiting import Signal

Hook = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Point:
    """`name` is "POST /prompt" or "ws progress"; the `number`-th of that name; `side` "before" the server, or the app,
    gets it, or "after" the server had it."""

    name: str
    number: int
    side: str

    def __str__(self) -> str:
        return f"{self.side} {self.name} {self.number}"

    @property
    def is_message(self) -> bool:
        return self.name.startswith("ws ")


@dataclass
class Fault:
    """What happens at a point: pass, cut, delay, swallow, drop, repeat, reorder, half (of an answer is delivered, and
    nothing follows). `hook` runs first."""

    kind: str = "pass"
    seconds: float = 0.0
    hook: Hook | None = None


Script = Callable[[Point], Fault | None]


class Cut(Exception):
    """Both ends of this connection are to be closed now."""


class Proxy:
    """`script` is asked at every point. `silent` holds everything back, `refusing` closes every connection at once, on
    old connections and new ones alike. `news` tells of every change of what is counted here."""

    def __init__(self, upstream: str) -> None:
        host, _, port = upstream.removeprefix("http://").partition(":")
        self.upstream = host, int(port)
        self.upstream_url = upstream
        self.script: Script = lambda point: None
        self.points: list[Point] = []
        self.accepted: list[str] = []  # prompt ids that the server took
        self.sockets = 0  # WebSockets opened so far
        self.attempts = 0  # connections opened so far
        self.held_back = 0  # times that silence met a word of the app's or the server's
        self.news = Signal()
        self.hurry = asyncio.Event()  # once it is set, nothing is delayed any more
        self.url = ""
        self._silent = False
        self._refusing = False
        self._age = 0
        self._counts: Counter[tuple[str, str]] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def silent(self) -> bool:
        return self._silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self._silent = silent
        self.news.tell()

    @property
    def refusing(self) -> bool:
        return self._refusing

    @refusing.setter
    def refusing(self, refusing: bool) -> None:
        self._refusing = refusing
        self.news.tell()

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut_all()

    async def cut_all(self) -> None:
        """Breaks every open connection."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def forget(self) -> None:
        """What a router does that loses its tables: connections open now swallow everything, new ones work."""
        self._age += 1

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.attempts += 1
        self.news.tell()
        upstream: asyncio.StreamWriter | None = None
        try:
            if self.refusing:
                return
            await self._pass_silence()
            up_reader, upstream = await asyncio.open_connection(*self.upstream)
            await self._serve(reader, writer, up_reader, upstream)
        except (OSError, asyncio.IncompleteReadError, Cut):
            pass
        except asyncio.CancelledError:
            # cut_all, or the end of the test; a server's callback must not raise it
            pass
        finally:
            self._tasks.discard(task)
            for end in (writer, upstream):
                if end is not None:
                    with contextlib.suppress(OSError):
                        end.transport.abort()

    async def _pass_silence(self) -> None:
        if self.silent:
            self.held_back += 1
            self.news.tell()
            await self.news.until(lambda: self.refusing or not self.silent, "the end of the silence", None)
            if self.silent:
                raise Cut

    def _point(self, name: str, side: str) -> Point:
        self._counts[name, side] += 1
        point = Point(name, self._counts[name, side], side)
        self.points.append(point)
        self.news.tell()
        return point

    async def _fault(self, name: str, side: str, age: int) -> Fault:
        """Runs what can run at once; the rest is the caller's."""
        await self._pass_silence()
        if age < self._age:
            await _forever()
        if self.refusing:
            raise Cut
        fault = self.script(self._point(name, side)) or Fault()
        if fault.hook is not None:
            await fault.hook()
            if age < self._age:
                await _forever()
        if fault.kind == "delay":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.hurry.wait(), fault.seconds)
        return fault

    # HTTP

    async def _serve(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        upstream: asyncio.StreamWriter,
    ) -> None:
        age = self._age
        while True:
            head, body = await _read_message(reader, None)
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
            name = f"{method} {_route(target)}"
            fault = await self._fault(name, "before", age)
            if fault.kind == "cut":
                raise Cut
            if fault.kind == "swallow":
                await _forever()
            own = re.sub(
                rb"\r\nhost: [^\r]*",
                b"\r\nHost: %s:%d" % (self.upstream[0].encode(), self.upstream[1]),
                head,
                count=1,
                flags=re.IGNORECASE,
            )
            for _ in range(2 if fault.kind == "repeat" else 1):
                upstream.write(own + body)
                await upstream.drain()
                answer, content = await _read_message(up_reader, method)
            status = int(answer.split(b" ", 2)[1])
            if name == "POST /prompt" and status == 200:
                self.accepted.append(str(json.loads(body)["prompt_id"]))
                self.news.tell()
            fault = await self._fault(name, "after", age)
            if fault.kind == "cut":
                raise Cut
            if fault.kind == "swallow":
                await _forever()
            whole = answer + content
            writer.write(whole[: len(whole) // 2] if fault.kind == "half" else whole)
            await writer.drain()
            if fault.kind == "half":
                await _forever()
            if status == 101:
                self.sockets += 1
                await self._relay_socket(reader, writer, up_reader, upstream, age)
                return

    # WebSocket

    async def _relay_socket(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        upstream: asyncio.StreamWriter,
        age: int,
    ) -> None:
        async with asyncio.TaskGroup() as group:
            upward = group.create_task(self._upward(reader, upstream))
            try:
                await self._downward(up_reader, writer, age)
            except (OSError, asyncio.IncompleteReadError, Cut):
                pass
            finally:
                upward.cancel()

    async def _upward(self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                await self._pass_silence()
                upstream.write(piece)
                await upstream.drain()
        upstream.transport.abort()

    async def _downward(self, up_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, age: int) -> None:
        held = b""
        async for raw, name in _frames(up_reader):
            if not name:
                writer.write(raw)
                continue
            fault = await self._fault(name, "before", age)
            if fault.kind == "cut":
                raise Cut
            if fault.kind == "swallow":
                # half-open: nothing more comes on this connection, and nothing says so
                async for _ in _frames(up_reader):
                    pass
                await _forever()
            if fault.kind == "reorder":
                held = raw
                continue
            if fault.kind != "drop":
                writer.write(raw + (raw if fault.kind == "repeat" else b"") + held)
                await writer.drain()
            held = b""
            fault = await self._fault(name, "after", age)
            if fault.kind == "cut":
                raise Cut


async def _forever() -> None:
    await asyncio.get_running_loop().create_future()


def _route(target: str) -> str:
    """The path without what differs from job to job."""
    path = target.partition("?")[0]
    return re.sub(r"/[0-9a-f]{8}-[0-9a-f-]{27}", "/ID", path)


async def _read_message(reader: asyncio.StreamReader, method: str | None) -> tuple[bytes, bytes]:
    """Head and body of a request (`method` None) or of the answer to one."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    status = int(head.split(b" ", 2)[1]) if method is not None else 0
    if method == "HEAD" or status in (101, 204, 304):
        return head, b""
    if b"transfer-encoding: chunked" in lower:
        return head, await _read_chunks(reader)
    match = re.search(rb"\r\ncontent-length: *(\d+)", lower)
    return head, await reader.readexactly(int(match[1])) if match else b""


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    out = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        out += line + await reader.readexactly(size + 2)
        if size == 0:
            return out


async def _frames(reader: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, str]]:
    """A server's frames, raw, each with its name; "" for control frames."""
    while True:
        head = await reader.readexactly(2)
        size = head[1] & 0x7F
        more = b""
        if size >= 126:
            more = await reader.readexactly(2 if size == 126 else 8)
            size = int.from_bytes(more, "big")
        content = await reader.readexactly(size)
        yield head + more + content, _name(head[0] & 0x0F, content)


def _name(opcode: int, content: bytes) -> str:
    if opcode == 2:
        return "ws preview"
    if opcode != 1:
        return ""
    message: Any = json.loads(content)
    node = message["data"].get("node", "") if message["type"] == "executing" else ""
    return f"ws {message['type']}" + (" end" if node is None else "")
