"""Sender: carries out what it takes to give a job to its engine. When, and what follows, is for its life to say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from oelala_desktop.domain import endings
from oelala_desktop.domain.engine import Submitted, Unknown, order_of
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineError
from oelala_desktop.domain.job import Job, JobInput
from oelala_desktop.domain.life.facts import Claimed, CouldNotSave, InputRefused, NoAnswer, NoRoom, Prepared
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.inputs.dataset_file import files_of
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.plain_file import is_odd

from .eta import expected_seconds

log = logging.getLogger(__name__)


class Sender:
    """`keys_of` maps "Title.input" to settings keys for a job's preset, so that a refusal is shown at its field. For
    `line_wait` seconds a submission waits for the line to open."""

    def __init__(
        self, engine: Engine, store: JobStore, keys_of: Callable[[Job], dict[str, str]], line_wait: float
    ) -> None:
        self._line_wait = line_wait
        self._engine = engine
        self._store = store
        self._keys_of = keys_of

    async def is_room(self, job: Job, room: int) -> bool:
        """Whether the server may have one more job of this home, whichever of its processes the others are of."""
        try:
            return await self._store.on_server_of_others(job) < room
        except CannotSave as error:
            log.info("the queue of others: %s", error)
            return True

    async def prepare(self, job: Job) -> Prepared | NoAnswer | InputRefused | CouldNotSave:
        try:
            names, expected = await asyncio.gather(self.send_inputs(job), expected_seconds(self._store, job))
            await self._engine.wait_listening(self._line_wait)
        except CannotSave as error:
            return CouldNotSave(error.message)
        except EngineError as error:
            log.info("job %s waits: %s", job.id, error)
            is_final = isinstance(error, EngineAnswer) and error.is_final
            if not is_final and not await self._engine.is_well():
                return NoAnswer()
            return InputRefused(endings.from_error(error, "upload"), is_final)
        return Prepared(names, self._engine.port.handle_for(job.id), expected)

    async def send_inputs(self, job: Job) -> dict[str, str]:
        """The names under which the engine knows the inputs, by ours."""
        names: dict[str, str] = {}
        for given in {one.upload_name: one for one in job.inputs}.values():  # two may be the same
            if await asyncio.to_thread(is_odd, Path(given.path)):
                raise EngineAnswer(f"What was kept for this job is gone: {given.path}.", status=410)
            names[given.upload_name] = await self._send(given)
        return names

    async def _send(self, given: JobInput) -> str:
        if given.kind != "dataset":
            return await self._engine.port.send(given)
        files = await asyncio.to_thread(lambda: tuple(files_of(Path(given.path))))
        if not files:
            raise EngineAnswer(f"What was kept for this job cannot be read: {given.path}.", status=410)
        return await self._engine.port.send_folder(given.upload_name, files)

    async def claim(self, row: Job, room: int, order: asyncio.Lock) -> Claimed | NoRoom | CouldNotSave:
        """Two processes, or two jobs, never take the same place."""
        try:
            async with order:
                if await self._store.claim(row, room):
                    return Claimed()
        except CannotSave as error:
            return CouldNotSave(error.message)
        log.info("job %s waits: another process was quicker", row.id)
        return NoRoom()

    async def submit(self, job: Job, names: Mapping[str, str]) -> Submitted:
        answer = await self._engine.port.submit(order_of(job, job.handle, self._keys_of(job), names))
        if isinstance(answer, Unknown):
            log.warning("submitting %s: %s", job.id, answer.why)
        return answer
