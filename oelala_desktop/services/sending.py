"""Sender: uploads a job's inputs and submits it, exactly once, whatever becomes of the answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from oelala_desktop.comfy.refusal import explain_refusal
from oelala_desktop.comfy.tracker import Tracker
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineError
from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import Job, JobError, JobInput, JobState
from oelala_desktop.storage.plain_file import NotAFile, is_odd

from . import failures
from .board import Board, Flight
from .engine import jittered
from .eta import expected_seconds
from .tasks import TaskScope

log = logging.getLogger(__name__)

TRIES = 6  # times that a server which is otherwise well may refuse to take a job without giving a reason
FAULTS = 3  # times that sending a job may fail through a fault of our own
_FIRST_LOOK = 0.5  # seconds after a submission until the server is asked how many are before it
_FOR_SOCKET = 1.5  # seconds that a submission waits for the socket to open
_NEW_UPLOADS = 2  # times that inputs go up again to a server that has lost them
_AFTER_NEWS = 2.0  # seconds that the answer to a submission may lag behind the first word on its job

Answer = tuple[int, dict[str, Any]]


class Sender:
    """`keys_of` maps "Title.input" to settings keys for a job's preset, so that a refusal is shown at its field."""

    def __init__(self, board: Board, scope: TaskScope, keys_of: Callable[[Job], dict[str, str]]) -> None:
        self._board = board
        self._scope = scope
        self._keys_of = keys_of
        self._uploaded: dict[str, str] = {}  # name of ours -> the server's, of what it has got since it started

    async def is_room(self, job: Job) -> bool:
        """Whether the server may have one more job of this home, whichever of its processes the others are of."""
        board = self._board
        try:
            return await board.store.on_server_of_others(job) < board.room()
        except CannotSave as error:
            log.info("the queue of others: %s", error)
            return True

    async def send(self, job: Job) -> bool:
        """False if it goes back to waiting, because nothing answers, the disk is full or the place is taken.

        The row says `sent` before the POST leaves: whatever happens then, the server is asked for this id first."""
        board = self._board
        flight = board.take_off(replace(job, sent_at=None))
        flight.sending = True
        try:
            graph = await self._upload(job)
            flight.job = job.with_state(JobState.SENT, graph=graph, sent_at=None)
            flight.tracker = Tracker(job.id, graph)
            flight.expected = await expected_seconds(board.store, job)
            flight.heard, flight.due = time.monotonic(), 0.0
            await board.engine.wait_listening(_FOR_SOCKET)
            room = board.room() + 1  # this very job is counted as there already
            if not await board.store.claim(flight.job, room):
                log.info("job %s waits: another process was quicker", job.id)
                board.back_to_waiting(flight)
                return False
            board.bus.publish(JobChanged(flight.job))
            await self._submit(flight)
        except CannotSave as error:
            board.complain(error.message, job.id)
            board.back_to_waiting(flight)
            return False
        except EngineError as error:
            return await self._refused_upload(flight, error)
        except Exception:
            await self._stumbled(flight)
            raise
        finally:
            flight.sending = False
        return True

    async def _stumbled(self, flight: Flight) -> None:
        """Through a fault of our own: it is tried again, and then no more, so that the others get their turn."""
        board = self._board
        if flight.job.state is not JobState.QUEUED:
            flight.due = time.monotonic()  # the server may have it all the same
        elif board.one_more_try(flight.job.id) < FAULTS:
            board.back_to_waiting(flight)
        else:
            error = JobError("The job could not be sent, through a fault of Oelala's own; its log has more.", "bug")
            await board.finish(flight, JobState.FAILED, error=error)

    async def _upload(self, job: Job) -> dict[str, dict[str, Any]]:
        """The graph with the names under which the server knows the inputs. Each goes to a server once."""
        names = {}
        for given in {given.upload_name: given for given in job.inputs}.values():  # two may be the same
            known = self._uploaded.get(given.upload_name)
            names[given.upload_name] = known or await self._upload_one(given)
            self._uploaded[given.upload_name] = names[given.upload_name]
        graph = {node: dict(row) for node, row in job.graph.items()}
        for row in graph.values():
            inputs = row.get("inputs", {})
            sent = {key: names[value] for key, value in inputs.items() if isinstance(value, str) and value in names}
            if sent:
                row["inputs"] = {**inputs, **sent}
        return graph

    async def _upload_one(self, given: JobInput) -> str:
        path = Path(given.path)
        try:
            if await asyncio.to_thread(is_odd, path):
                raise NotAFile(path)
            return await self._board.engine.client.upload(given.upload_name, path)
        except OSError as error:
            # a status of its own: asking again would not bring it back
            raise EngineAnswer(f"What was kept for this job is gone: {given.path}.", status=410) from error

    async def _refused_upload(self, flight: Flight, error: EngineError) -> bool:
        """A server that is unwell altogether is waited for; one that takes everything but this file, or breaks off in
        the middle of it each time, is not."""
        board = self._board
        is_final = isinstance(error, EngineAnswer) and error.is_final
        ill = not is_final and not await board.engine.is_well()
        if ill or (not is_final and board.one_more_try(flight.job.id) < TRIES):
            log.info("job %s waits: %s", flight.job.id, error)
            board.back_to_waiting(flight)
            return False
        await board.finish(flight, JobState.FAILED, error=failures.from_error(error, "upload"))
        return True

    async def _submit(self, flight: Flight) -> None:
        job = flight.job
        extra = {"extra_pnginfo": {"oelala_params": dict(job.params)}, "preview_method": "auto"}
        try:
            answer = await self._post(flight, extra)
        except EngineError as error:
            if isinstance(error, EngineAnswer) and error.is_final:
                await self._board.finish(flight, JobState.FAILED, error=failures.from_error(error, "rejected"))
                return
            # neither yes nor no (a cut line, a gateway's error): the server is asked whether it has the job
            log.warning("submitting %s: %s", job.id, error)
            flight.due = time.monotonic()
            return
        if answer is not None and (answer[0] != 200 or answer[1].get("node_errors")):
            await self._rejected(flight, *answer)
            return
        now = time.monotonic()
        flight.job = replace(flight.job, sent_at=time.time())
        flight.heard, flight.due = now, now + _FIRST_LOOK
        await self._board.insist(lambda: self._board.store.save(flight.job), job.id)

    async def _post(self, flight: Flight, extra: dict[str, Any]) -> Answer | None:
        """The answer; None when the server is at work on the job while its answer stays away. Raises EngineError."""

        async def post() -> Answer | EngineError:
            try:
                return await self._board.engine.client.submit(flight.job.id, flight.job.graph, extra)
            except EngineError as error:
                return error

        posting = self._scope.start(post(), f"post {flight.job.id}")
        seen = self._scope.start(flight.seen.wait(), f"see {flight.job.id}")
        try:
            await asyncio.wait({posting, seen}, return_when=asyncio.FIRST_COMPLETED)
            if not posting.done():
                await asyncio.wait({posting}, timeout=_AFTER_NEWS)
            if not posting.done():
                return None
            outcome = posting.result()
        finally:
            posting.cancel()
            seen.cancel()
        if isinstance(outcome, EngineError):
            raise outcome
        return outcome

    async def _rejected(self, flight: Flight, status: int, answer: dict[str, Any]) -> None:
        refusal = failures.from_error(explain_refusal(answer, flight.job.graph, self._keys_of(flight.job)), "rejected")
        if status == 200:
            # it runs, but some outputs were dropped: what would come is not what was asked for
            flight.refusal, flight.cancelling = refusal, True
            return
        if self._has_lost_an_input(answer, flight.job) and self._board.one_more_try(flight.job.id) <= _NEW_UPLOADS:
            # started anew since the upload, with a folder of its own: everything goes once more
            self._uploaded.clear()
            await self.send_again(flight)
            return
        await self._board.finish(flight, JobState.FAILED, error=refusal)

    def _has_lost_an_input(self, answer: dict[str, Any], job: Job) -> bool:
        """Whether the server refuses for want of a file that it took before."""
        refused = answer.get("node_errors")
        if not isinstance(refused, dict):
            return False
        said = "".join(str(refused[node]) for node in refused if node in job.graph)
        return any(self._uploaded.get(given.upload_name, given.upload_name) in said for given in job.inputs)

    async def send_again(self, flight: Flight) -> None:
        """The server never had it, or was ours and died: the same id goes out once more."""
        board = self._board
        if board.one_more_try(flight.job.id) >= TRIES and await board.engine.is_well():
            error = JobError("The server answers, but does not take this job. Its own log tells more.", "rejected")
            await board.finish(flight, JobState.FAILED, error=error)
            return
        job = flight.job.with_state(JobState.QUEUED, sent_at=None, started_at=None)
        await board.store.save(job)
        flight.job = job
        board.back_to_waiting(flight)
        board.bus.publish(JobChanged(job))
        board.more.set()

    def pause(self) -> float:
        """Seconds between two attempts to send."""
        return jittered(1.0)
