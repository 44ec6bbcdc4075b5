"""A job as the interface shows it, in answers and in events alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from oelala_desktop.domain.job import Job, JobState, Progress


def job_row(job: Job, progress: Progress | None, output: Path) -> dict[str, Any]:
    """`output` is the folder whose files /comfyui-output serves. Local paths stay here: clients get addresses."""
    row = job.as_dict()
    row |= progress_row(progress)
    if job.state is JobState.DONE:
        row["progress"] = 1.0
    row["status_url"] = f"/jobs/{job.id}"
    for shown, made in zip(row["outputs"], job.outputs, strict=True):
        path = Path(made.path)
        del shown["path"]
        shown["filename"] = path.name
        shown["url"] = output_url(path, output) if made.is_visual else None
    return row


def progress_row(progress: Progress | None) -> dict[str, Any]:
    p = progress or Progress()
    row = {"progress": round(p.fraction, 4), "node": p.node, "pass": p.pass_, "step": p.step, "steps": p.steps}
    return row | {"eta_s": None if p.eta is None else round(p.eta, 1), "loss": p.loss}


def output_url(path: Path, output: Path) -> str | None:
    """Where a file that lies directly in the output folder is served; None for one elsewhere."""
    return f"/comfyui-output/{quote(path.name, safe='')}" if path.parent == output else None
