"""The parts of a running Sketch in one place, and the thread that works the queue off."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping

from oelala_desktop.sketch.executor import Executor
from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.hub import Hub
from oelala_desktop.sketch.nodes.definition import NodeClass
from oelala_desktop.sketch.protocol import Protocol
from oelala_desktop.sketch.queue import JobQueue


class Engine:
    """Folders, queue, executor and sockets, wired together. `start` and `stop` bracket the worker thread."""

    def __init__(self, folders: Folders, catalog: Mapping[str, NodeClass], protocol: Protocol | None = None) -> None:
        self.protocol = protocol or Protocol()
        self.folders = folders
        self.catalog = catalog
        self.hub = Hub()
        self.queue = JobQueue(self._queue_changed)
        self.executor = Executor(catalog, folders, self.hub)
        self.numbers = itertools.count()
        # A daemon: a node that hangs in native code must not keep the process alive.
        self._worker = threading.Thread(target=self._work, name="sketch-worker", daemon=True)

    def start(self) -> None:
        self._worker.start()

    def stop(self, patience: float = 2.0) -> None:
        """Interrupt what runs and wait up to `patience` seconds for the worker to end."""
        self.queue.close()
        self.executor.interrupt.request()
        self._worker.join(patience)

    def _queue_changed(self, remaining: int) -> None:
        self.hub.send("status", {"status": {"exec_info": {"queue_remaining": remaining}}}, None)

    def _work(self) -> None:
        while (job := self.queue.take()) is not None:
            outcome = self.executor.run(job)
            self.queue.finish(job, outcome)
            if self.executor.client is not None:
                ended = {"node": None, "prompt_id": job.prompt_id}
                self.hub.send("executing", ended, self.executor.client)
