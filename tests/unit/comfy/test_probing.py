"""What a server that has forgotten a job still has of it, told by the names alone."""

from __future__ import annotations

import pytest

from oelala_desktop.comfy.probing import find_files
from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.savers import savers_of


async def found(savers: tuple[str, ...], *there: str) -> list[str]:
    """Names of what is found where these lie; `savers` are classes, behind a colon what follows the prefix."""
    graph = {}
    for node, words in enumerate(savers):
        saver, _, more = words.partition(":")
        graph[str(node)] = {"class_type": saver, "inputs": {"filename_prefix": f"oelala/j1{more}"}}

    async def exists(file: ServerFile) -> bool:
        return file.path in {f"oelala/{name}" for name in there}

    return [file.filename for file in await find_files(savers_of(graph, "oelala/j1"), exists)]


@pytest.mark.parametrize(
    ("savers", "there"),
    [
        (("SaveVideo",), ["j1_00001_.mp4"]),
        (("SaveVideo", "SaveAudio"), ["j1_00001_.mp4", "j1_00002_.flac"]),
        (("SaveVideo", "SaveAudio"), ["j1_00001_.flac", "j1_00002_.mp4"]),
        (("SaveVideo", "SaveAudio"), ["j1_00001_.mp4"]),  # a sound is not what was asked for
        (("SaveImage", "SaveVideo"), ["j1_00001_.png", "j1_00002_.png", "j1_00003_.mp4"]),
        (("SaveImage", "SaveImage"), ["j1_00001_.png", "j1_00002_.png"]),
        (("SaveAudio",), ["j1_00001_.flac"]),
        (("SaveVideo:_clip1", "SaveVideo:_clip2"), ["j1_clip1_00001_.mp4", "j1_clip2_00001_.mp4"]),
    ],
)
async def test_the_savers_of_a_prefix_count_together(savers: tuple[str, ...], there: list[str]) -> None:
    """As ComfyUI does: whoever saves next takes the next number, whatever its suffix."""
    assert await found(savers, *there) == there


@pytest.mark.parametrize(
    ("savers", "there"),
    [
        (("SaveVideo",), []),
        (("SaveVideo", "SaveAudio"), ["j1_00001_.flac"]),
        (("SaveVideo:_clip1", "SaveVideo:_clip2"), ["j1_clip1_00001_.mp4"]),
        (("SaveImage", "SaveImage"), ["j1_00001_.png"]),
        (("SaveHologram",), ["j1_00001_.png"]),
    ],
)
async def test_without_all_that_was_asked_for_there_is_no_result(savers: tuple[str, ...], there: list[str]) -> None:
    assert await found(savers, *there) == []
