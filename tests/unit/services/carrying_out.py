"""A carrier with its jobs, and the engine that they are of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.job import EngineRef, Job, JobState
from oelala_desktop.domain.life import Flight, Stage
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.queue.carrying import Carrier
from tests.unit.domain.samples import shipped, some_job

from .fake_engine import FakeEngine

S = JobState
REF = EngineRef("theirs", "http://theirs", "Theirs")
PRESET = "image-to-video.wan22-14b"
SAGE = "PathchSageAttentionKJ"


def preset_of(name: str) -> Preset:
    if name != PRESET:
        raise NotFound(name)
    return shipped(name)


@dataclass
class Desk:
    carrier: Carrier
    engine: Engine
    port: FakeEngine
    folder: Path

    def job(self, job_id: str = "j1", **changes: Any) -> Job:
        graph = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": f"oelala/{job_id}"}}}
        row = {"id": job_id, "engine": REF, "prefix": f"oelala/{job_id}", "graph": graph, "out_dir": str(self.folder)}
        return some_job(**row | changes)

    def out(self, job_id: str = "j1", *, due: float = 0.0, heard: float = 1000.0, **changes: Any) -> Flight:
        row = {"state": S.RUNNING, "handle": f"h-{job_id}", "sent_at": 1.0} | changes
        flight = Flight(self.job(job_id, **row), Stage.OUT, heard=heard, due=due)
        self.carrier.admit(flight)
        return flight

    def flight(self, job_id: str = "j1") -> Flight:
        found = self.carrier.board.find(job_id)
        assert found is not None
        return found
