"""ApiServer: the interface on the loop of this process, beside the window or alone."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import ipaddress
import logging
import re
import socket
from collections.abc import Generator, Iterable
from functools import partial
from typing import Any

import psutil

from oelala_desktop.domain.address import is_loopback
from oelala_desktop.domain.callers import LOOPBACK_NAMES, bracketed
from oelala_desktop.domain.errors import InvalidInput
from oelala_desktop.domain.events import NoticePosted
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.known import API_PORT

from .context import ApiServices, Context
from .events import EventLog
from .limits import MAX_FILES, MAX_MEDIA, MAX_TEXT, OVERHEAD
from .security import Gate, Policy
from .upload_folder import sweep_uploads

log = logging.getLogger(__name__)

_TAKES_MEDIA = re.compile(r"/tools/[^/]+/jobs")
_AT_ONCE = 16  # connections taken in one turn of the loop; a few turns pass before one can be closed again
_WAITING = 1024  # connections that the system holds until they are taken
_GRACE = 2  # seconds that open answers get when it stops


class ApiServer:
    """`url` is where it listens, None while it does not; `reason` says why not, as a sentence. `names` are further
    host names under which it may be asked when it listens beyond this machine.

    Raises InvalidInput for a token that no header can carry, and for an address beyond loopback without one."""

    def __init__(
        self,
        services: ApiServices,
        host: str = "127.0.0.1",
        port: int = API_PORT.default,
        token: str | None = None,
        *,
        names: Iterable[str] = (),
    ) -> None:
        self.url: str | None = None
        self.reason = "It is off."
        self._services = services
        self._host = host
        self._port = port
        self._token = checked_token(token)
        self._names = tuple(names)
        self._scope: TaskScope | None = None
        self._context: Context | None = None
        self._server: Any = None
        self._serving: asyncio.Task[None] | None = None
        if self._token is None and not is_loopback(host):
            raise InvalidInput(
                f"{host} can be reached from other machines, so a token is needed: put one into a file that only you "
                "can read and give it with --token-file."
            )

    async def start(self) -> bool:
        """Whether it listens now; if not, `reason` says why and a notice was posted."""
        try:
            listener = await asyncio.to_thread(_bind, self._host, self._port)
        except OSError as error:
            self.reason = _why_not(self._host, self._port, error)
            self._services.bus.publish(NoticePosted("warning", self.reason))
            return False
        address, port = listener.getsockname()[:2]
        self.url = f"http://{f'[{address}]' if ':' in address else address}:{port}"
        self.reason = ""
        context = self._context = self._make_context()
        await asyncio.to_thread(sweep_uploads, self._services.paths.data / "uploads", self._services.presence)
        self._server = await asyncio.to_thread(self._make_server, context, address, port)
        self._scope = TaskScope("api")
        self._serving = self._scope.start(self._server.serve(sockets=[listener]), "serve")
        await self._server.ready.wait()
        return True

    async def stop(self) -> None:
        """Ends streams, lets open answers finish for two seconds, closes. Twice does no harm."""
        if self._context is not None:
            self._context.stopping.set()
            self._context.events.close()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await asyncio.wait([self._serving], timeout=_GRACE + 2)
        if self._scope is not None:
            await self._scope.close()
        self._context = self._server = self._serving = self._scope = None
        self.url, self.reason = None, "It is off."

    def _make_context(self) -> Context:
        services = self._services
        if self._token is not None:
            services.log.redaction.hide(self._token)
        events = EventLog(services.bus, services.jobs, services.paths)
        return Context(services, events, services.log.ring)

    def _make_server(self, context: Context, address: str, port: int) -> Any:
        """Blocking for a quarter of a second at the first time: FastAPI is imported here."""
        app = importlib.import_module("oelala_desktop.api.app").create_app(context)
        logging.getLogger("python_multipart").setLevel(logging.ERROR)  # a bad form is its sender's affair
        policy = Policy(self._own_names(address), port, self._token)
        logging.getLogger("uvicorn.error").addFilter(_of_interest)
        uvicorn = importlib.import_module("uvicorn")
        connections = importlib.import_module("oelala_desktop.api.connections")
        config = uvicorn.Config(
            Gate(app, policy, self._max_body),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
            http=partial(connections.Connection, connections.Crowd()),
            backlog=_AT_ONCE,
        )
        return _quiet(uvicorn.Server)(config)

    def _max_body(self, path: str) -> int:
        """A form with two pictures; with videos, sounds and more pictures where any tool's inputs are taken."""
        picture = self._services.jobs.inputs.most_bytes()
        files = MAX_MEDIA + MAX_FILES * picture if _TAKES_MEDIA.fullmatch(path) else 2 * picture
        return files + MAX_TEXT + OVERHEAD

    def _own_names(self, address: str) -> set[str]:
        names = set(LOOPBACK_NAMES)
        if not is_loopback(self._host):
            names |= {bracketed(name) for name in (self._host, address, *self._names)}
            if ipaddress.ip_address(address).is_unspecified:
                # whoever types one of our numbers means us; a foreign name is never among them
                names |= {bracketed(row.address.partition("%")[0]) for row in _interface_addresses()}
        return names


def _interface_addresses() -> list[Any]:
    kinds = (socket.AF_INET, socket.AF_INET6)
    return [row for rows in psutil.net_if_addrs().values() for row in rows if row.family in kinds]


_OF_NO_INTEREST = ("Unsupported upgrade request", "No supported WebSocket library", "Invalid HTTP request received")


def _of_interest(record: logging.LogRecord) -> bool:
    """Not what uvicorn says of a client's faults, as often as they come, nor that the user should install something."""
    return not str(record.msg).startswith(_OF_NO_INTEREST)


def _quiet(base: type[Any]) -> type[Any]:
    """uvicorn's server without its hands on the process' signals, which belong to whoever started us. `ready` is set
    when it takes connections."""

    class Server(base):  # type: ignore[misc]
        def __init__(self, config: object) -> None:
            super().__init__(config)
            self.ready = asyncio.Event()

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            for listener in sockets or ():
                listener.listen(_WAITING)
            self.ready.set()

    return Server


def checked_token(token: str | None) -> str | None:
    """Raises InvalidInput for one that is empty or that no header can carry."""
    if token is None:
        return None
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidInput("The token must be one word of printable ASCII characters, without spaces.")
    return token


def _bind(host: str, port: int) -> socket.socket:
    """Blocking (a name is looked up). Raises OSError."""
    bare = host.strip("[]")
    found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    found.sort(key=lambda row: row[0] != socket.AF_INET)
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_WAITING)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program (another Oelala, perhaps), so the local interface is off. "
            "Choose another port."
        )
    if isinstance(error, socket.gaierror):
        return f"There is no address named {host}, so the local interface is off."
    return f"Cannot listen on {host}, port {port}: {error.strerror or error}. The local interface is off."
