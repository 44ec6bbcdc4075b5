"""ComfyUI over HTTP and WebSocket: one long-lived client for one server. Every call has a time and a size limit, and
answers with values or with an EngineError; third-party exceptions end here."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import orjson
import websockets
from websockets.asyncio.client import ClientConnection

from oelala_desktop.domain.address import Address, authority_fault
from oelala_desktop.domain.bodies import IDENTITY
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import EngineAnswer, EngineError, EngineUnreachable

from .address import ssl_context
from .answers import (
    MINIMUM_VERSION,
    HistoryEntry,
    QueueState,
    ServerFacts,
    parse_facts,
    parse_history,
    parse_queue,
)
from .body import read_body, refuse_compression
from .catalog import parse_catalog
from .handshake import speaks_tls
from .listening import greet, messages_of, open_socket
from .mark import mark_of
from .messages import Message
from .patience import ask_patiently, attended
from .reasons import why_unreachable
from .replies import KEPT_HEADERS, bad_status, parse, too_large, wants_tls
from .transfer import Transfer
from .upload_form import UploadForm

ANSWER_LIMIT = 64 * 2**20  # bytes of one JSON answer
_TOO_LARGE = "An answer is larger than {} MiB; it was given up."
_KEPT = httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=20.0)
_UPLOAD_TIME = 300.0  # seconds that an upload may take,
_SLOWEST_UPLOAD = 64 * 1024  # and one more for so many bytes
_OLD_LINE = (
    8.0  # seconds without an answer after which open connections are tried before something is entrusted to them
)
ANSWER_TIME = 30.0  # seconds for one JSON answer, the body included
_EXTRA_TIME = 5.0  # seconds for what is nice to know
_FOLDER = re.compile(r"\w+")  # a name of a folder of models that can stand in a path as it is
_QUIET = 1.6  # seconds without a byte of a file after which its connection is doubted


class ComfyClient:
    """`client_id` names our WebSocket; the same id must never have two sockets open."""

    def __init__(self, address: Address, client_id: str) -> None:
        self.address = address
        self.client_id = client_id
        try:
            self._ssl = ssl_context(address)
        except OSError as error:
            message = f"The certificate file {address.ca_file} cannot be read: {authority_fault(error)}."
            raise EngineUnreachable(message, kind="tls") from error
        self._http = self._open(_KEPT)
        # for questions asked anew because an open connection seems to be dead
        self._fresh = self._open(httpx.Limits(max_connections=8, max_keepalive_connections=0))
        self._retired: list[httpx.AsyncClient] = []
        self._answered = time.monotonic()
        self._reached = False  # something there has spoken http
        self.upload_limit: int | None = None  # bytes of a request that the server takes, where it says so
        self._stalls: dict[str, int] = {}
        self._socket: ClientConnection | None = None
        self._interrupts_by_id = False

    def _open(self, limits: httpx.Limits) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.address.url,
            headers={**self.address.headers, **IDENTITY},
            verify=self._ssl or False,
            timeout=httpx.Timeout(20.0, connect=5.0),
            limits=limits,
            trust_env=False,
            follow_redirects=False,
        )

    async def close(self) -> None:
        await self.close_socket()
        for http in (self._http, self._fresh, *self._retired):
            await http.aclose()

    async def close_socket(self) -> None:
        """Ends the messages of the connection that is open now."""
        if self._socket is not None:
            await self._socket.close()

    # Server facts

    async def facts(self) -> ServerFacts:
        """Raises EngineUnreachable of kind not_comfyui for another kind of server, too_old for an old one."""
        try:
            facts = parse_facts(await self._get("/system_stats"))
        except EngineAnswer as error:
            raise EngineUnreachable(
                f"Something answers at {self.address.url}, but it is not ComfyUI.", kind="not_comfyui"
            ) from error
        except EngineUnreachable as error:
            await self._suspect_tls(error)
            raise
        self._interrupts_by_id = facts.interrupts_by_id
        if facts.is_too_old:
            version = facts.version or "of unknown version"
            needed = ".".join(map(str, MINIMUM_VERSION))
            raise EngineUnreachable(
                f"ComfyUI {version} at {self.address.url} is too old; update it to {needed} or newer.", kind="too_old"
            )
        return facts

    async def _suspect_tls(self, error: EngineUnreachable) -> None:
        """Raises EngineUnreachable of kind wants_tls if what hung up on http speaks https."""
        url = self.address.url
        if self._reached or error.kind != "closed" or not url.startswith("http:"):
            return
        self._reached = True  # tried once; whoever hangs up later has spoken http before
        if await speaks_tls(url):
            raise wants_tls(url) from error

    async def learn_upload_limit(self) -> None:
        """Older servers, and some proxies, do not say it."""
        features = await self.told("/features")
        limit = features.get("max_upload_size") if isinstance(features, dict) else None
        self.upload_limit = limit if type(limit) is int and limit > 0 else None

    async def catalog(self) -> Catalog:
        info = await self._json("GET", "/object_info")
        if not isinstance(info, dict):
            raise EngineAnswer("The answer to /object_info is not ComfyUI's.")
        return await asyncio.to_thread(parse_catalog, info)

    async def model_lists(self) -> dict[str, tuple[str, ...]]:
        """File names in every folder of models, by folder."""
        folders = await self._get("/models")
        lists = {}
        for folder in filter(_FOLDER.fullmatch, map(str, folders if isinstance(folders, list) else ())):
            names = await self._get(f"/models/{folder}")
            lists[folder] = tuple(map(str, names)) if isinstance(names, list) else ()
        return lists

    async def mark(self) -> str:
        """Of what `catalog` would answer, for much less; empty if there is none to be had. Raises EngineError."""
        return await mark_of(self._get, await self.model_lists())

    # Jobs

    async def upload(self, name: str, source: Path | bytes, subfolder: str = "") -> str:
        """Puts a file, or what is in it, into the server's input folder; `name` and `subfolder` are ASCII. Returns the
        name to use in its loader. Raises OSError when the file cannot be read."""
        if time.monotonic() - self._answered > _OLD_LINE:
            await self._get("/system_stats")
        form = await asyncio.to_thread(UploadForm, name, source, subfolder)
        try:
            limit = _UPLOAD_TIME + form.size / _SLOWEST_UPLOAD
            response = await self._request(
                "POST", "/upload/image", content=form.content, headers=form.headers, timeout=limit
            )
        finally:
            form.close()
        if response.status_code == 413:
            raise too_large(response, self.address.url, form.size, self.upload_limit)
        answer = self._content(response)
        if not isinstance(answer, dict) or not isinstance(answer.get("name"), str):
            raise EngineAnswer("The server took the file but did not say under which name.")
        subfolder = str(answer.get("subfolder") or "")
        return f"{subfolder}/{answer['name']}" if subfolder else str(answer["name"])

    async def submit(
        self, prompt_id: str, graph: Mapping[str, Any], extra_data: Mapping[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """POST /prompt. Returns (HTTP status, the JSON body); what it means is the caller's to read."""
        body = {
            "prompt": graph,
            "client_id": self.client_id,
            "prompt_id": prompt_id,
            "extra_data": dict(extra_data),
        }
        response = await self._request(
            "POST", "/prompt", content=orjson.dumps(body), headers={"Content-Type": "application/json"}
        )
        if response.status_code not in (200, 400):
            raise bad_status(response, self.address.url)
        answer = parse(response, self.address.url) if response.content else {}
        return response.status_code, answer if isinstance(answer, dict) else {}

    async def queue(self) -> QueueState:
        return parse_queue(await self._get("/queue"))

    async def history(self, prompt_id: str) -> HistoryEntry | None:
        return parse_history(await self._get(f"/history/{prompt_id}"), prompt_id)

    async def cancel(self, prompt_id: str) -> None:
        """Ends the prompt, whether it waits or runs. Never touches another's: a server of before 0.3.57, or of unknown
        version, would interrupt whatever runs, so there ours must be what ran a moment ago."""
        answer = await self._request("POST", f"/api/jobs/{prompt_id}/cancel")
        if answer.status_code == 200 and answer.content.lstrip().startswith(b"{"):
            return
        await self.unqueue(prompt_id)
        if self._interrupts_by_id or prompt_id in (await self.queue()).running:
            await self._json("POST", "/interrupt", content=orjson.dumps({"prompt_id": prompt_id}))

    async def unqueue(self, prompt_id: str) -> None:
        """Takes the prompt out of the queue once; one that runs is left alone."""
        await self._json("POST", "/queue", content=orjson.dumps({"delete": [prompt_id]}))

    async def forget(self, prompt_id: str) -> None:
        """Removes the prompt from the history (Sketch then drops its copy of the results)."""
        await self._json("POST", "/history", content=orjson.dumps({"delete": [prompt_id]}))

    async def free_memory(self) -> None:
        await self._json("POST", "/free", content=orjson.dumps({"unload_models": True, "free_memory": True}))

    # Files

    async def exists(self, file: ServerFile) -> bool:
        """Raises EngineError when the server says neither yes nor no."""
        response = await self._asked("HEAD", "/view", params=_view(file))
        if response.status_code not in (200, 206, 400, 404):
            # something before the server that lets no HEAD through: the head of a GET says as much
            response = await self._asked("GET", "/view", params=_view(file), headers={"Range": "bytes=0-0"}, body=False)
        if response.status_code not in (200, 206, 400, 404):
            raise bad_status(response, self.address.url)
        return response.status_code < 400

    async def has_given(self, name: str, subfolder: str, size: int) -> bool:
        """Whether that lies in its input folder, so large. Raises EngineError when it says neither yes nor no."""
        response = await self._asked("HEAD", "/view", params=_view(ServerFile(name, subfolder, "input")))
        return response.status_code == 200 and response.headers.get("content-length") == str(size)

    async def download(self, file: ServerFile, target: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        """Writes the file into `target`, which lies in `folder`; returns its size in bytes.

        Raises EngineAnswer when it is too large or no file, NotThisJobs when it was written before `oldest`,
        EngineUnreachable when it is cut short, all too slow or its connection is dead, CannotSave when the disk
        refuses."""
        transfer = Transfer(file.shown, target, folder, oldest)
        return await attended(self._receive(file, transfer), self._dead_line(transfer))

    async def _receive(self, file: ServerFile, transfer: Transfer) -> int:
        try:
            async with self._http.stream("GET", "/view", params=_view(file)) as response:
                if response.status_code != 200:
                    raise bad_status(response, self.address.url, f"The server does not give out {file.shown}")
                refuse_compression(response)
                size = await transfer.receive(response)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        except httpx.InvalidURL as error:
            raise EngineAnswer(f"No server can be asked for a name as long as {file.shown}.", status=414) from error
        self._stalls.pop(transfer.filename, None)
        return size

    async def _dead_line(self, transfer: Transfer) -> EngineError:
        """Returns when no byte comes while the server answers others at once; with every time more is borne."""
        while True:
            await asyncio.sleep(_QUIET / 4)
            if transfer.quiet_for < _QUIET:
                continue
            size = transfer.size
            try:
                await self._get("/system_stats")
            except EngineError:
                continue
            stalls = self._stalls.get(transfer.filename, 0)
            await asyncio.sleep(min(20.0, 0.4 * 2**stalls))
            if transfer.size == size:
                self._stalls[transfer.filename] = stalls + 1
                self._renew()
                return EngineUnreachable(f"No more comes of {transfer.filename}.", kind="closed")

    # Messages

    async def messages(self, on_open: Callable[[], None] | None = None) -> AsyncIterator[Message]:
        """The messages of one connection, until it breaks (then EngineUnreachable) or the caller stops."""
        async with aclosing(self.listen()) as messages:
            async for message in messages:
                if message is not None:
                    yield message
                elif on_open:
                    on_open()

    async def listen(self) -> AsyncGenerator[Message | None]:
        """None once the connection is open, then its messages, until it breaks (then EngineUnreachable)."""
        try:
            socket = await open_socket(self.address, self.client_id, self._ssl)
        except (OSError, websockets.WebSocketException, TimeoutError) as error:
            raise self._unreachable(error) from error
        self._socket = socket
        try:
            await greet(socket)
            yield None
            async with aclosing(messages_of(socket)) as messages:
                async for message in messages:
                    yield message
        except (OSError, websockets.WebSocketException) as error:
            raise self._unreachable(error) from error
        finally:
            self._socket = None
            await socket.close()
        raise EngineUnreachable(f"{self.address.url} closed the connection.", kind="closed")

    # Plumbing

    async def content(self, path: str, limit: int) -> httpx.Response:
        """What a GET brings, of at most `limit` bytes. Raises EngineError, as for any status but 200."""
        response = await self._asked("GET", path, limit=limit)
        if response.status_code != 200:
            raise bad_status(response, self.address.url)
        return response

    async def told(self, path: str) -> Any:
        """What a GET brings in little time; None where that is nothing."""
        try:
            return await self._json("GET", path, timeout=_EXTRA_TIME)
        except EngineError:
            return None

    async def call(self, method: str, path: str, content: bytes) -> httpx.Response:
        """Whatever status it brings. Raises EngineError."""
        return await self._request(method, path, content=content, headers={"Content-Type": "application/json"})

    async def _get(self, path: str) -> Any:
        return self._content(await self._asked("GET", path))

    async def _json(self, method: str, path: str, **kwargs: Any) -> Any:
        return self._content(await self._request(method, path, **kwargs))

    def _content(self, response: httpx.Response) -> Any:
        if response.status_code != 200:
            raise bad_status(response, self.address.url)
        return parse(response, self.address.url) if response.content.strip() else None

    async def _asked(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A question that changes nothing, asked anew on another connection while no answer comes."""
        return await ask_patiently(
            lambda: self._request(method, path, **kwargs),
            lambda: self._request(method, path, http=self._fresh, **kwargs),
            self._renew,
        )

    def _renew(self) -> None:
        """The connections held open are dead, or as good as that: nothing more is sent on them."""
        self._retired.append(self._http)
        self._http = self._open(_KEPT)

    async def _request(
        self,
        method: str,
        path: str,
        timeout: float = ANSWER_TIME,
        http: httpx.AsyncClient | None = None,
        body: bool = True,
        limit: int | None = None,
        **kwargs: Any,
    ) -> httpx.Response:
        """One call with its whole `body`, or with its head alone, within `timeout` seconds and `limit` bytes."""
        client, limit = http or self._http, limit or ANSWER_LIMIT
        try:
            async with asyncio.timeout(timeout):
                request = client.build_request(method, path, **kwargs)
                response = await client.send(request, stream=True)
                try:
                    content = await read_body(response, limit, _TOO_LARGE.format(limit // 2**20)) if body else b""
                finally:
                    await response.aclose()
        except (httpx.HTTPError, TimeoutError, httpx.InvalidURL) as error:
            raise self._unreachable(error) from error
        except RuntimeError as error:
            if not client.is_closed:
                raise
            raise EngineUnreachable(f"The connection to {self.address.url} was given up.", kind="closed") from error
        self._answered = time.monotonic()
        self._reached = True
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        return httpx.Response(response.status_code, headers=headers, content=content, request=request)

    def _unreachable(self, error: Exception) -> EngineUnreachable:
        kind, words = why_unreachable(error)
        return EngineUnreachable(f"{words.format(url=self.address.url)}", kind=kind, detail=repr(error)[:500])


def _view(file: ServerFile) -> dict[str, str]:
    return {"filename": file.filename, "subfolder": file.subfolder, "type": file.type}
