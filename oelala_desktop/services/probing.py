"""Where a job's results would lie on a server that has forgotten the job: the savers' unique prefix and the counter
that ComfyUI's savers begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from oelala_desktop.comfy.answers import ServerFile
from oelala_desktop.domain.job import Job

#: class of saver -> what it puts behind its prefix for the first file
_FIRST_FILES = {
    "SaveImage": "_00001_.png",
    "SaveVideo": "_00001_.mp4",
    "SaveWEBM": "_00001_.webm",
    "SaveAnimatedWEBP": "_00001_.webp",
    "SaveAnimatedPNG": "_00001_.png",
}
#: savers of what is no picture: it may come beside the result, but is not what was asked for
_OTHER_FIRST_FILES = {
    "SaveAudio": "_00001_.flac",
    "SaveAudioMP3": "_00001_.mp3",
    "SaveAudioOpus": "_00001_.opus",
    "SaveLatent": "_00001_.latent",
}
_VHS_SUFFIXES = {"image/gif": "gif", "image/webp": "webp", "video/webm": "webm", "video/ProRes": "mov"}


def result_candidates(job: Job) -> tuple[ServerFile, ...]:
    """The first file of each saver of the graph; empty if a saver is of an unknown class."""
    found = []
    for node, row in job.graph.items():
        inputs = row.get("inputs", {})
        prefix = inputs.get("filename_prefix")
        if not isinstance(prefix, str) or not prefix.startswith(job.prefix):
            continue
        ending = _ending(str(row.get("class_type")), str(inputs.get("format")))
        if ending is None:
            return ()
        subfolder, _, stem = prefix.rpartition("/")
        found.append(ServerFile(stem + ending, subfolder, "output", node))
    return tuple(found)


def _ending(saver: str, wanted: str) -> str | None:
    if saver == "VHS_VideoCombine":
        return f"_00001.{_VHS_SUFFIXES.get(wanted, 'webm' if 'webm' in wanted else 'mp4')}"
    return _FIRST_FILES.get(saver) or _OTHER_FIRST_FILES.get(saver)


def saves_pictures(job: Job) -> bool:
    """Whether the graph has a saver that is known to make pictures or videos."""
    classes = {row.get("class_type") for row in job.graph.values()}
    return bool(classes & {*_FIRST_FILES, "VHS_VideoCombine"})


def more_of(file: ServerFile, limit: int) -> Iterator[ServerFile]:
    """The names of a picture saver's second, third … file; none for a video."""
    match = re.fullmatch(r"(.*_)00001(_\.png)", file.filename)
    if match:
        for number in range(2, limit + 1):
            yield replace(file, filename=f"{match[1]}{number:05}{match[2]}")
