"""A server process that we start ourselves: Sketch. It lives in its own session, outlives us, is written down in a
small file, and the next start takes it up again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import orjson

from oelala_desktop.domain.address import Address
from oelala_desktop.domain.errors import CannotSave, EngineError, EngineUnreachable

from .client import ComfyClient

_PROBE_TIME = 3.0  # seconds for one on this machine to say who it is; one that is ending may never
_START_TIME = 30.0  # seconds until it must have said where it listens


class SketchProcess:
    """`record` is the file that names the running process; processes of one home share it."""

    def __init__(self, record: Path) -> None:
        self._record = record

    async def address(self) -> Address:
        """Where Sketch answers; starts it if it does not. Raises EngineUnreachable when it cannot be started."""
        found = await self.running()
        if found:
            return found
        async with _Lock(self._record.with_suffix(".lock")):
            return await self.running() or await self._start()

    async def running(self) -> Address | None:
        """Where a Sketch of this home answers now, or None."""
        try:
            record = orjson.loads(await asyncio.to_thread(_read_record, self._record))
            address = Address(str(record["url"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        client = ComfyClient(address, "probe")
        try:
            async with asyncio.timeout(_PROBE_TIME):
                facts = await client.facts()
            return address if facts.sketch else None
        except (EngineError, TimeoutError):
            return None
        finally:
            await client.close()

    async def _start(self) -> Address:
        process = await asyncio.to_thread(_spawn)
        try:
            async with asyncio.timeout(_START_TIME):
                line = await asyncio.to_thread(_first_line, process)
        except TimeoutError:
            process.kill()
            line = ""
        url = line.strip().rpartition(" ")[2]
        if not url.startswith("http://"):
            raise EngineUnreachable("The built-in Sketch engine did not start. Run “oelala doctor” for the reason.")
        record = orjson.dumps({"pid": process.pid, "url": url})
        try:
            await asyncio.to_thread(_write_record, self._record, record)
        except OSError as error:
            process.kill()
            raise CannotSave(f"{self._record} cannot be written: {error.strerror}.") from error
        # its end is not ours to wait for: it outlives this process
        process.returncode = 0
        return Address(url)


def _read_record(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""  # a pipe would keep its reader waiting


def _write_record(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def _spawn() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "oelala_desktop.sketch", "--port", "0"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "OELALA_TOKEN"))}
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=os.name == "posix",
        creationflags=flags,
    )


def _first_line(process: subprocess.Popen[bytes]) -> str:
    stream = process.stdout
    if stream is None:
        return ""
    with stream:
        return stream.readline().decode("utf-8", "replace")


class _Lock:
    """Keeps two processes of one home from starting two Sketches. The system itself lets go of it when its holder
    dies, however that happens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._is_over = False

    async def __aenter__(self) -> None:
        deadline = time.monotonic() + _START_TIME
        try:
            while not await asyncio.to_thread(self._take):
                if time.monotonic() > deadline:
                    raise EngineUnreachable(
                        "Another Oelala has been starting the Sketch engine for too long; try again."
                    )
                await asyncio.sleep(0.1)
        except BaseException:
            self._let_go()
            raise

    def _take(self) -> bool:
        try:
            if self._path.exists() and not self._path.is_file():
                raise CannotSave(f"{self._path} is no file; remove it.")
            file = self._path.open("ab")
        except OSError as error:
            raise CannotSave(f"{self._path} cannot be written: {error.strerror}.") from error
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        self._file = file
        if self._is_over:  # nobody waits for it any more
            self._let_go()
        return True

    async def __aexit__(self, *_: object) -> None:
        self._let_go()

    def _let_go(self) -> None:
        self._is_over = True
        file, self._file = self._file, None
        if file is not None:
            file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
