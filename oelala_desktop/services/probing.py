"""Where a job's results would lie on a server that has forgotten the job: under the savers' unique prefix, with numbers
from 1 on that all savers of that prefix share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from oelala_desktop.comfy.answers import ServerFile
from oelala_desktop.domain.job import Job

#: class of saver -> what it puts behind its prefix and the number
_ENDINGS = {
    "SaveImage": "_.png",
    "SaveVideo": "_.mp4",
    "SaveWEBM": "_.webm",
    "SaveAnimatedWEBP": "_.webp",
    "SaveAnimatedPNG": "_.png",
}
#: savers of what is no picture: it may come beside the result, but is not what was asked for
_OTHER_ENDINGS = {
    "SaveAudio": "_.flac",
    "SaveAudioMP3": "_.mp3",
    "SaveAudioOpus": "_.opus",
    "SaveLatent": "_.latent",
}
_VHS_SUFFIXES = {"image/gif": "gif", "image/webp": "webp", "video/webm": "webm", "video/ProRes": "mov"}
_MOST_FILES = 256  # of one prefix


@dataclass(frozen=True, slots=True)
class Saver:
    """`is_asked_for`: without a file of it the job came to nothing."""

    node: str
    prefix: str
    ending: str
    saves_many: bool
    is_asked_for: bool

    def file(self, number: int = 1) -> ServerFile:
        subfolder, _, stem = self.prefix.rpartition("/")
        return ServerFile(f"{stem}_{number:05}{self.ending}", subfolder, "output", self.node)


def savers_of(job: Job) -> tuple[Saver, ...]:
    """Those of the graph, what was asked for first; empty if one is of an unknown class."""
    found = []
    for node, row in job.graph.items():
        inputs = row.get("inputs", {})
        prefix, saver = inputs.get("filename_prefix"), str(row.get("class_type"))
        if not isinstance(prefix, str) or not prefix.startswith(job.prefix):
            continue
        ending = _ending(saver, str(inputs.get("format")))
        if ending is None:
            return ()
        is_asked_for = saver not in _OTHER_ENDINGS or not saves_pictures(job)
        found.append(Saver(node, prefix, ending, saver == "SaveImage", is_asked_for))
    return tuple(sorted(found, key=lambda saver: not saver.is_asked_for))


async def find_files(
    savers: Sequence[Saver], exists: Callable[[ServerFile], Awaitable[bool]]
) -> tuple[ServerFile, ...]:
    """What they have saved; nothing where one that was asked for has saved nothing. Raises what `exists` raises."""
    found: list[ServerFile] = []
    for prefix in dict.fromkeys(saver.prefix for saver in savers):
        of_prefix = [saver for saver in savers if saver.prefix == prefix]
        lacking = Counter(saver.ending for saver in of_prefix)
        for number in range(1, _MOST_FILES + 1):
            wanted = {s.ending: s for s in of_prefix if s.saves_many or lacking[s.ending] > 0}
            there = [s.file(number) for s in wanted.values() if await exists(s.file(number))]
            if not there:
                break
            found += there
            lacking.subtract(s.ending for s in wanted.values() if s.file(number) in there)
        if any(saver.is_asked_for and lacking[saver.ending] > 0 for saver in of_prefix):
            return ()
    return tuple(found)


def _ending(saver: str, wanted: str) -> str | None:
    if saver == "VHS_VideoCombine":
        return f".{_VHS_SUFFIXES.get(wanted, 'webm' if 'webm' in wanted else 'mp4')}"
    return _ENDINGS.get(saver) or _OTHER_ENDINGS.get(saver)


def saves_pictures(job: Job) -> bool:
    """Whether the graph has a saver that is known to make pictures or videos."""
    classes = {row.get("class_type") for row in job.graph.values()}
    return bool(classes & {*_ENDINGS, "VHS_VideoCombine"})
