"""The same job once more: another id, its own file names, and the same seed or a new one."""

from __future__ import annotations

import copy
from dataclasses import replace

from .field import MAX_SEED
from .job import Job, JobState


def renewed(job: Job, job_id: str, seed: int, now: float, position: float) -> Job:
    """A fresh queued job like `job`. Seeds in the graph that count on from the old one count on from the new."""
    prefix = f"oelala/{job_id}"
    graph = copy.deepcopy(dict(job.graph))
    for node in graph.values():
        inputs = node["inputs"]
        name = inputs.get("filename_prefix")
        if isinstance(name, str) and name.startswith(job.prefix):
            inputs["filename_prefix"] = prefix + name[len(job.prefix) :]
        for key in ("seed", "noise_seed"):
            if isinstance(inputs.get(key), int):
                inputs[key] = (inputs[key] - job.seed + seed) % (MAX_SEED + 1)
    return replace(
        job,
        id=job_id,
        prefix=prefix,
        graph=graph,
        seed=seed,
        state=JobState.QUEUED,
        values={**job.values, "seed": str(seed)},
        params={**job.params, "seed": str(seed), "job_id": job_id},
        created_at=now,
        position=position,
        outputs=(),
        error=None,
        sent_at=None,
        started_at=None,
        finished_at=None,
        retry_of=job.id,
        hidden=False,
    )
