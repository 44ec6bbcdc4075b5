"""Where a job's results would lie on a server that has forgotten the job: the savers' unique prefix and the counter
that ComfyUI's savers begin with."""

from __future__ import annotations

from oelala_desktop.comfy.answers import ServerFile
from oelala_desktop.domain.job import Job

#: class of saver -> what it puts behind its prefix for the first file
_FIRST_FILES = {
    "SaveImage": "_00001_.png",
    "SaveVideo": "_00001_.mp4",
    "SaveWEBM": "_00001_.webm",
    "SaveAnimatedWEBP": "_00001_.webp",
    "VHS_VideoCombine": "_00001.mp4",
}


def result_candidates(job: Job) -> tuple[ServerFile, ...]:
    """One file for each saver of the graph; empty if a saver is of an unknown class."""
    found = []
    for node, row in job.graph.items():
        prefix = row.get("inputs", {}).get("filename_prefix")
        if not isinstance(prefix, str) or not prefix.startswith(job.prefix):
            continue
        ending = _FIRST_FILES.get(str(row.get("class_type")))
        if ending is None:
            return ()
        subfolder, _, stem = prefix.rpartition("/")
        found.append(ServerFile(stem + ending, subfolder, "output", node))
    return tuple(found)
