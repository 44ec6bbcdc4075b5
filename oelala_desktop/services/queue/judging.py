"""What a file that a server names is: whether it is this job's at all, and, once its bytes are here, whether it is a
picture, a video, a sound, or some other file that is kept as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import EngineAnswer
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.savers import saves_models, saves_pictures
from oelala_desktop.metadata import sniff, sniff_sound

#: a kind by content -> our suffix
VISUAL = {
    "png": ".png",
    "jpeg": ".jpg",
    "webp": ".webp",
    "gif": ".gif",
    "bmp": ".bmp",
    "tiff": ".tiff",
    "avif": ".avif",
    "mp4": ".mp4",
    "mov": ".mov",
    "webm": ".webm",
    "mkv": ".mkv",
}
_SOUNDS = {kind: f".{kind}" for kind in ("flac", "mp3", "opus", "ogg", "wav", "m4a")}
#: names that claim to be one of these
_VISUAL_NAMES = frozenset({*VISUAL.values(), ".jpeg", ".jpe", ".jfif", ".apng", ".tif", ".m4v"})
_SOUND_NAMES = frozenset({*_SOUNDS.values(), ".oga", ".wave"})
#: data that keeps its suffix: nothing that a system would run or show as a page
_DATA_NAMES = frozenset(
    (
        ".txt", ".json", ".csv", ".srt", ".vtt", ".latent", ".exr", ".hdr",
        ".glb", ".gltf", ".obj", ".ply", ".stl",
    )
)  # fmt: skip
_WEIGHTS = ".safetensors"
_A_JOBS = re.compile(r"oelala/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[_.]")
_PAGE = re.compile(rb"\s*(?:<!--.{0,200}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def suffix_of(file: ServerFile) -> str:
    """As the server wrote it, in lower case; "" if there is none."""
    return PurePosixPath(file.path).suffix.lower()


def rank(file: ServerFile) -> int:
    """0 for what claims to be a picture or video, 1 for a sound, 2 for anything else: the order of fetching."""
    suffix = suffix_of(file)
    return 0 if suffix in _VISUAL_NAMES else 1 if suffix in _SOUND_NAMES else 2


def bears_prefix(job: Job, file: ServerFile) -> bool:
    """Whether it has the name that only this job gave to its savers."""
    return file.path.startswith(job.prefix)


def own_files(job: Job, files: tuple[ServerFile, ...]) -> tuple[ServerFile, ...]:
    """Those that may be this job's, pictures and videos first: neither named after another job, nor only repeated from
    an earlier run."""
    return tuple(sorted((file for file in files if _may_be_own(job, file)), key=rank))


def _may_be_own(job: Job, file: ServerFile) -> bool:
    if bears_prefix(job, file):
        return True
    owner = _A_JOBS.match(file.path)
    return not file.repeated and (owner is None or owner[1] == job.id)


def is_enough(job: Job, kinds: Mapping[str, int]) -> bool:
    """Whether what came is what was asked for: what is trained where the graph trains, a picture or video where it
    saves such, else anything. `kinds` counts the outputs by kind."""
    if saves_models(job.graph):
        return bool(kinds.get("model"))
    if saves_pictures(job.graph):
        return bool(kinds.get("video") or kinds.get("image"))
    return any(kinds.values())


def judge(part: Path, file: ServerFile) -> tuple[str, str]:
    """("visual", "audio", "model" or "file", our suffix) of the fetched bytes. Blocking. Raises EngineAnswer for what
    claims to be a picture, a video or a sound and is none, and for a web page in a file's place."""
    with part.open("rb") as opened:
        head = opened.read(4096)
    # before the pictures: the boxes of an m4a are those of an mp4
    sound = sniff_sound(head)
    if sound is not None:
        return "audio", _SOUNDS[sound]
    kind = sniff(head)
    if kind is not None:
        return "visual", VISUAL[kind]
    suffix = suffix_of(file)
    if suffix in _VISUAL_NAMES:
        raise EngineAnswer("The server sent something that is neither a picture nor a video.")
    if suffix in _SOUND_NAMES:
        raise EngineAnswer("The server sent something that is no sound.")
    if _PAGE.match(head):
        raise EngineAnswer(f"The server sent a web page instead of {file.shown}.")
    if suffix == _WEIGHTS:
        return "model", suffix
    return "file", suffix if suffix in _DATA_NAMES else ".bin"
