"""ComfyEngine: a ComfyUI server behind the engine port. Sketch speaks the same wire, so it stands behind it too."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from oelala_desktop.domain.address import Address
from oelala_desktop.domain.endings import from_error
from oelala_desktop.domain.engine import (
    Abilities,
    Absent,
    Ended,
    EngineEvent,
    FolderFile,
    Listening,
    Lists,
    Order,
    Reach,
    Refused,
    Running,
    ServerFile,
    Standing,
    Submitted,
    Taken,
    Unknown,
    Untold,
    Waiting,
    Words,
)
from oelala_desktop.domain.engine_kinds import COMFYUI, SKETCH
from oelala_desktop.domain.errors import EngineAnswer, EngineError, EngineUnreachable
from oelala_desktop.domain.job import JobInput
from oelala_desktop.domain.savers import only_shows, savers_of, untold_files
from oelala_desktop.domain.template import Template, TemplateList

from .answers import QueueState, ServerFacts
from .client import ComfyClient
from .failures import failure_of
from .following import Following
from .internals import broken_packs, hear_log, model_folders
from .lora_metadata import read_lora_metadata
from .probing import find_files
from .reasons import NO_SOCKET
from .refusal import explain_refusal, names_a_file
from .replacements import parse_replacements
from .shelf import Shelf, read_replacements

log = logging.getLogger(__name__)

_AFTER_NEWS = 2.0  # seconds that the answer to a submission may lag behind the first word on its job
Locate = Callable[[], Awaitable[Address]]
Answer = tuple[int, dict[str, Any]]


class ComfyEngine:
    """`locate` gives the address for each attempt (Sketch's changes when it is started anew). `is_ours`: it is started
    by us, for us alone."""

    def __init__(self, locate: Locate, *, is_ours: bool = False) -> None:
        self._locate = locate
        self._client: ComfyClient | None = None
        self._client_id = uuid.uuid4().hex
        self._facts: ServerFacts | None = None
        self._is_ours = is_ours
        self._following = Following()
        self._uploaded: dict[str, str] = {}  # name of ours -> the server's, of what it has got since it started
        self._hears_log = False
        self._mark = ""  # of the lists that were read last

    @property
    def _there(self) -> ComfyClient:
        if self._client is None:
            raise EngineUnreachable("There was no connection to this engine yet.")
        return self._client

    # Who answers

    @property
    def abilities(self) -> Abilities:
        facts, client = self._facts, self._client
        return Abilities(
            is_ai=not (facts.sketch if facts else self._is_ours),
            is_ours=self._is_ours,
            interrupts_one=facts is not None and facts.interrupts_by_id,
            upload_limit=client.upload_limit if client else None,
        )

    async def reach(self) -> Reach:
        address = await self._locate()
        if self._client is None or self._client.address != address:
            if self._client is not None:
                await self._client.close()
            self._client = ComfyClient(address, self._client_id)
        facts = self._facts = await self._client.facts()
        kind = SKETCH if facts.sketch else COMFYUI
        words = _words(facts, address.url)
        return Reach(kind, address.url, facts.version, facts.devices, self.abilities, words, facts.memory)

    async def is_well(self) -> bool:
        try:
            await self._there.facts()
        except EngineError:
            return False
        return True

    async def lists(self) -> Lists:
        client = self._there
        catalog, broken, replacements, _ = await asyncio.gather(
            client.catalog(), broken_packs(client), read_replacements(client), client.learn_upload_limit()
        )
        abilities = self.abilities
        return replace(
            catalog,
            sketch=not abilities.is_ai,
            broken=broken,
            upload_limit=abilities.upload_limit,
            replacements=parse_replacements(replacements),
        )

    async def new_lists(self) -> Lists | None:
        mark = await self._mark_now()
        if mark and mark == self._mark:
            return None
        lists = await self.lists()
        self._mark = mark
        return lists

    async def _mark_now(self) -> str:
        try:
            return await self._there.mark()
        except EngineAnswer as error:
            log.info("no mark of the lists of %s: %s", self._there.address.url, error)
            return ""

    async def model_files(self) -> Mapping[str, tuple[str, ...]]:
        return await self._there.model_lists()

    async def model_folders(self, kind: str) -> tuple[str, ...]:
        return await model_folders(self._there, kind)

    async def lora_metadata(self, name: str) -> Mapping[str, Any]:
        return await read_lora_metadata(self._there, name)

    # What lies there for its users

    async def templates(self) -> TemplateList:
        return await Shelf(self._there).templates()

    async def template(self, name: str) -> dict[str, Any]:
        return await Shelf(self._there).workflow(name)

    async def template_picture(self, template: Template, number: int) -> bytes:
        return await Shelf(self._there).picture(template, number)

    async def saved_workflows(self) -> tuple[str, ...]:
        return await Shelf(self._there).saved()

    async def saved_workflow(self, path: str) -> dict[str, Any]:
        return await Shelf(self._there).saved_workflow(path)

    async def save_workflow(self, name: str, content: Mapping[str, Any]) -> str:
        return await Shelf(self._there).save(name, content)

    # What it tells by itself

    async def events(self) -> AsyncGenerator[EngineEvent]:
        is_open = False
        try:
            async with aclosing(self._there.listen()) as messages:
                async for message in messages:
                    is_open = True
                    if message is None:
                        self._hears_log = False
                        yield Listening()
                        continue
                    await self._hear_log()
                    for event in self._following.take(message):
                        yield event
        except EngineUnreachable as error:
            if not is_open and error.kind == "timeout":
                raise EngineUnreachable(_no_line(self._there.address.url), kind="no_socket") from error
            raise

    async def _hear_log(self) -> None:
        """While something is trained: how well that goes stands in the log alone."""
        wanted = self._following.trains
        if wanted != self._hears_log:
            self._hears_log = wanted
            await hear_log(self._there, wanted=wanted)

    async def renew_line(self) -> None:
        await self._there.close_socket()

    def follow(self, order: Order) -> None:
        self._following.follow(order.handle, order.graph)

    def leave(self, handle: str) -> None:
        self._following.leave(handle)

    # Jobs

    def handle_for(self, job_id: str) -> str:
        return job_id

    async def send(self, given: JobInput) -> str:
        name = self._uploaded.get(given.upload_name)
        if name is None:
            name = self._uploaded[given.upload_name] = await self._upload(given)
        return name

    async def _upload(self, given: JobInput) -> str:
        try:
            return await self._there.upload(given.upload_name, Path(given.path))
        except OSError as error:
            # a status of its own: asking again would not bring it back
            raise EngineAnswer(f"What was kept for this job is gone: {given.path}.", status=410) from error

    async def send_folder(self, name: str, files: Sequence[FolderFile]) -> str:
        if name not in self._uploaded:
            for file in files:
                await self._send_into(name, file)
            self._uploaded[name] = name
        return name

    async def _send_into(self, folder: str, file: FolderFile) -> None:
        """What an earlier run, or one that was cut off, has brought is there: the folder's name says what is in it."""
        inside, _, plain = f"{folder}/{file.name}".rpartition("/")
        try:
            size = (await asyncio.to_thread(Path(file.path).stat)).st_size if file.path else len(file.content)
            if not await self._there.has_given(plain, inside, size):
                await self._there.upload(plain, Path(file.path) if file.path else file.content, inside)
        except OSError as error:
            raise EngineAnswer(f"What was kept for this job is gone: {file.path}.", status=410) from error

    async def submit(self, order: Order) -> Submitted:
        try:
            answer = await self._post(order)
        except EngineAnswer as error:
            return Refused(from_error(error, "rejected")) if error.is_final else Unknown(error.message)
        except EngineError as error:
            # neither yes nor no: a cut line, a gateway's error
            return Unknown(error.message)
        if answer is None:
            return Taken(order.handle)
        status, body = answer
        if status == 200 and not body.get("node_errors"):
            return Taken(order.handle)
        refusal = from_error(explain_refusal(body, order.graph, order.keys), "rejected")
        if status == 200:
            # it runs, but some outputs were dropped
            return Taken(order.handle, refusal)
        lost = names_a_file(body, order.graph, self._sent_with(order))
        if lost:
            # started anew since the upload, with a folder of its own: everything goes once more
            self._uploaded.clear()
        return Refused(refusal, lost)

    def _sent_with(self, order: Order) -> set[str]:
        """The files that the graph names and the server took."""
        values = (value for row in order.graph.values() for value in row.get("inputs", {}).values())
        return {value for value in values if isinstance(value, str)} & set(self._uploaded.values())

    async def _post(self, order: Order) -> Answer | None:
        """The answer; None when the server is at work on the job while its answer stays away. Raises EngineError."""
        extra = {"extra_pnginfo": {"oelala_params": dict(order.params)}, "preview_method": "auto"}
        is_seen = self._following.follow(order.handle, order.graph)

        async def post() -> Answer | EngineError:
            try:
                return await self._there.submit(order.handle, order.graph, extra)
            except EngineError as error:
                return error

        async with asyncio.TaskGroup() as group:
            posting = group.create_task(post())
            seen = group.create_task(is_seen.wait())
            await asyncio.wait({posting, seen}, return_when=asyncio.FIRST_COMPLETED)
            if not posting.done():
                await asyncio.wait({posting}, timeout=_AFTER_NEWS)
            outcome = posting.result() if posting.done() else None
            posting.cancel()
            seen.cancel()
        if isinstance(outcome, EngineError):
            raise outcome
        return outcome

    async def find(self, order: Order) -> Taken | Absent:
        known = replace(order, handle=self.handle_for(order.id))
        async for _, standing in self.ask([known]):
            if isinstance(standing, Untold):
                raise EngineAnswer(standing.error.message, detail=standing.error.detail)
            if isinstance(standing, Absent):
                return standing
        return Taken(known.handle)

    async def ask(self, orders: Sequence[Order]) -> AsyncGenerator[tuple[Order, Standing]]:
        trouble: EngineError | None = None
        try:
            queue = await self._there.queue()
        except EngineError as error:
            if not await self.is_well():
                raise
            queue, trouble = QueueState((), ()), error
        for order in orders:
            try:
                standing = await self._standing(order, queue, trouble)
            except EngineError as error:
                if not await self.is_well():
                    raise
                standing = Untold(from_error(error, ""))
            yield order, standing

    async def _standing(self, order: Order, queue: QueueState, trouble: EngineError | None) -> Standing:
        """`trouble` is why the queue is not known; then only the history can tell. Raises EngineError."""
        handle = order.handle
        if handle in queue.running or handle in queue.pending:
            self._following.see(handle)
            if queue.copies(handle) > 1:
                # an answer was lost and the first submission came late: one of them goes
                with suppress(EngineError):  # then with the next look
                    await self._there.unqueue(handle)
            ahead = queue.ahead_of(handle, self._following.handles)
            return Running() if ahead is None else Waiting(ahead)
        entry = await self._there.history(handle)
        if entry is not None:
            self._following.see(handle)
            failure = None if entry.ending == "success" else failure_of(entry, order.graph)
            if failure is not None and only_shows(order.graph, failure.node):
                # what was trained may be there all the same
                files = await self.leftovers(order)
                return Ended(files, None if files else failure, entry.seconds)
            files = (*entry.files, *untold_files(order.graph, order.prefix)) if failure is None else ()
            return Ended(files, failure, entry.seconds)
        if trouble is None:
            return Absent()
        if self._following.runs(handle):
            return Running()
        raise trouble

    async def leftovers(self, order: Order) -> tuple[ServerFile, ...]:
        return await find_files(savers_of(order.graph, order.prefix), self._there.exists)

    async def fetch(self, file: ServerFile, sink: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        return await self._there.download(file, sink, folder, oldest=oldest)

    async def cancel(self, handle: str) -> None:
        await self._there.cancel(handle)

    async def release(self, handle: str) -> None:
        """Another's history is left alone."""
        if self._is_ours:
            await self._there.forget(handle)

    async def free(self) -> None:
        await self._there.free_memory()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None


def _words(facts: ServerFacts, url: str) -> Words:
    no_line = _no_line(url)
    if facts.sketch:
        return Words("Sketch", "Sketch – no AI model", "", no_line)
    name = f"ComfyUI {facts.version}"
    return Words("ComfyUI", name, name, no_line)


def _no_line(url: str) -> str:
    return NO_SOCKET.format(url=url, why=" (it does not answer in time)")
