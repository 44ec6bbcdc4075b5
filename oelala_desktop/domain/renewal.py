"""The same job once more: another id, its own file names, and the same seed or a new one; or without a part that its
server cannot run."""

from __future__ import annotations

import copy
from dataclasses import replace

from .field import MAX_SEED
from .graph import base_title, bypass_node, copy_graph
from .job import Job, JobState
from .preset import OptionalPart
from .savers import prefix_input


def renewed(job: Job, job_id: str, seed: int, now: float, position: float) -> Job:
    """A fresh queued job like `job`. Seeds in the graph that count on from the old one count on from the new."""
    prefix = f"oelala/{job_id}"
    graph = copy.deepcopy(dict(job.graph))
    for node in graph.values():
        inputs = node["inputs"]
        naming = prefix_input(str(node.get("class_type")))
        name = inputs.get(naming)
        if isinstance(name, str) and name.startswith(job.prefix):
            inputs[naming] = prefix + name[len(job.prefix) :]
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
        handle="",
        after=job.after if job.awaits else "",  # what it takes of that one is not here yet
        outputs=(),
        error=None,
        retried_as=None,
        sent_at=None,
        started_at=None,
        finished_at=None,
        retry_of=job.id,
        hidden=False,
        unknown={},
    )


def without_part(job: Job, part: OptionalPart) -> Job | None:
    """The job with that part's nodes taken out, in every clip, and its setting off; None if it has none of them."""
    graph = copy_graph(job.graph)
    nodes = [node for node in graph if base_title(graph, node) in part.nodes]
    if not nodes or any(part.through not in graph[node]["inputs"] for node in nodes):
        return None
    for node in nodes:
        bypass_node(graph, node, part.through)
    off = {part.key: False}
    return replace(job, graph=graph, values={**job.values, **off}, params={**job.params, **off})
