"""Decoding what no header bounds, in a process of its own whose memory has a limit.

A few bytes in an index can make a decoder take gigabytes before it knows of a single pixel; a damaged file can also end
the process that decodes it. Here that costs a helper, and the file gets its sentence. Helpers are few, start when they
are needed, and end by themselves when they have rested or when their parent is gone.
"""

from __future__ import annotations

import atexit
import errno
import importlib
import os
import pickle
import select
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, ParamSpec, TypeVar

from oelala_desktop.domain.errors import Unreadable

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: bytes that a helper may grow by, beside what the decoded pixels themselves take (four copies of four bytes each)
ROOM = 300 * 1024**2
_A_PIXEL = 16
#: seconds for one file, and until a helper that has nothing to do ends
_PATIENCE, _REST = 30.0, 60.0
_LENGTH = struct.Struct(">Q")


class _Helper:
    def __init__(self, rest: float, patience: float) -> None:
        self._patience = patience
        command = [sys.executable, "-c", f"from {__name__} import serve; serve({rest})"]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in a terminal is for us; a helper that it ended would blame its file
        )
        self._ready = False
        self.is_stopped = False

    def ask(self, question: bytes) -> bytes | None:
        """None if the helper ended instead of answering. Raises OSError if it did not start, which is no file's
        fault."""
        assert self._process.stdin is not None and self._process.stdout is not None
        timer = threading.Timer(self._patience, self._process.kill)
        timer.start()
        try:
            if not self._ready and _receive(self._process.stdout) is None:
                self.end()
                raise ChildProcessError(errno.ECHILD, "a process for decoding could not be started")
            self._ready = True
            with suppress(BrokenPipeError):
                _send(self._process.stdin, question)
            return _receive(self._process.stdout)
        finally:
            timer.cancel()

    def has_rested(self) -> bool:
        """Whether it ended of its own accord, before it saw the question."""
        return self._process.wait() == 0

    def stop(self) -> None:
        """From another thread than the one that asks."""
        self.is_stopped = True
        self._process.kill()

    def end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what it did not read any more
                pipe.close()  # type: ignore[union-attr]
        self._process.wait()


class Confined:
    """Gives work to helpers; safe from any thread, one helper a thread that asks at the same time. `patience` is the
    seconds that one file may take."""

    def __init__(self, rest: float = _REST, patience: float = _PATIENCE) -> None:
        self._rest, self._patience = rest, patience
        self._idle: list[_Helper] = []
        self._busy: set[_Helper] = set()
        self._lock = threading.Lock()

    def run(self, name: str, pixels: int, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What `work`, a function of a module, returns for these arguments. `pixels` are those that the file's header
        tells, `name` is what the file is called. Raises what `work` raises (Unreadable, OSError), and Unreadable if it
        needs more memory or time than there is. Blocking."""
        question = pickle.dumps((ROOM + pixels * _A_PIXEL, work, args, kwargs))
        while True:
            helper = self._take()
            try:
                answer = helper.ask(question)
            finally:
                with self._lock:
                    self._busy.discard(helper)
            if answer is not None:
                with self._lock:
                    self._idle.append(helper)
                break
            if helper.is_stopped:
                helper.end()
                raise OSError(errno.ECANCELED, "the program ends")
            rested = helper.has_rested()
            helper.end()
            if not rested:
                raise Unreadable(f"{name} is damaged: it takes more memory or time than such a file may.")
        made, value = pickle.loads(answer)  # from a process of our own
        if not made:
            raise value
        result: _T = value
        return result

    def stop(self) -> None:
        """For the end of the program: helpers at work are ended, and the `run` that waits for one raises OSError."""
        with self._lock:
            for helper in self._busy:
                helper.stop()
        self.close()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for helper in idle:
            helper.end()

    def _take(self) -> _Helper:
        with self._lock:
            helper = self._idle.pop() if self._idle else _Helper(self._rest, self._patience)
            self._busy.add(helper)
            return helper


#: the one that everybody here uses
confined = Confined()
#: the one for what writes whole files, which may take hours
patient = Confined(patience=4 * 3600)
atexit.register(confined.close)
atexit.register(patient.close)


def _environment() -> dict[str, str]:
    # one arena: the limit is on addresses, and every further arena claims 64 MiB of them
    return {**os.environ, "MALLOC_ARENA_MAX": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


def _send(pipe: BinaryIO | Any, content: bytes) -> None:
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: BinaryIO | Any) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    content: bytes = pipe.read(length)
    return content if len(content) == length else None


# the helper's side


def serve(rest: float) -> None:
    """Answers questions from standard input until it is closed, or none has come for `rest` seconds."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand among the answers
    questions = sys.stdin.buffer
    for library in ("av", "PIL.Image"):
        importlib.import_module(library)  # before the limit is reckoned: what they map is not the file's
    start = _addresses()
    _send(answers, b"")  # ready
    while (question := _receive(questions)) is not None:
        _send(answers, _answer(question, start))
        if not _is_asked(questions, rest):
            return


def _is_asked(pipe: BinaryIO, rest: float) -> bool:
    if os.name != "posix":
        return True  # a pipe cannot be waited for there; the helper ends with its parent
    return bool(select.select([pipe], [], [], rest)[0])


def _answer(question: bytes, start: int) -> bytes:
    room, work, args, kwargs = pickle.loads(question)  # from our parent
    try:
        with _Limit(start + room):
            made = pickle.dumps((True, work(*args, **kwargs)))
    except (Unreadable, OSError) as error:
        made = pickle.dumps((False, error.with_traceback(None)))
    return made


class _Limit:
    """The process has at most so many bytes of addresses in the block, where the system can keep a process to that."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __enter__(self) -> None:
        _set_limit(self._most)

    def __exit__(self, *_: object) -> None:
        _set_limit(None)


def _set_limit(most: int | None) -> None:
    if sys.platform == "linux":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (hard if most is None else most, hard))


def _addresses() -> int:
    """Bytes of address space in use."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
