"""Pictures with captions as parts of a form: any number of them, each with its caption beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.serving import Served, serve, wait_for
from tests.faults.hostile import Hostile, hostile_server
from tests.faults.trainer import PRESET, Trainer, pictures

ROUTE = "/tools/train-lora/jobs"
Part = tuple[str, tuple[str, bytes]]


@pytest.fixture
def trainer() -> Trainer:
    return Trainer()


@pytest.fixture
async def studio(tmp_path: Path, trainer: Trainer) -> AsyncIterator[tuple[Hostile, Served]]:
    async with hostile_server(tmp_path / "server", nodes=trainer.classes) as hostile:
        serving = serve(tmp_path / "home", engine=hostile.url)
        served = await asyncio.to_thread(serving.__enter__)
        try:
            yield hostile, served
        finally:
            await asyncio.to_thread(serving.__exit__, None, None, None)


def parts(folder: Path) -> list[Part]:
    return [("dataset", (path.name, path.read_bytes())) for path in sorted(folder.iterdir())]


async def posted(served: Served, **request: Any) -> httpx.Response:
    def post() -> httpx.Response:
        with served.client() as client:
            return client.post(ROUTE, **request)

    return await asyncio.to_thread(post)


async def test_a_form_of_pictures_and_captions(
    studio: tuple[Hostile, Served], trainer: Trainer, tmp_path: Path
) -> None:
    _, served = studio
    fields = {"preset": PRESET, "steps": "3", "trigger": "hrbr", "lora_name": "Harbour"}
    answer = await posted(served, data=fields, files=parts(pictures(tmp_path / "given", 30)))
    assert answer.status_code == 202, answer.text
    assert answer.json()["warnings"] == [
        "28 of 30 pictures have no caption; what is in them is learnt with the trigger word alone."
    ]
    with served.client() as client:
        job = await asyncio.to_thread(wait_for, client, answer.json()["job_id"])
    assert job["state"] == "done", job["error"]
    lora = next(output for output in job["outputs"] if output["kind"] == "model")
    assert lora["filename"].endswith("_Harbour.safetensors") and lora["url"] is None
    assert len(trainer.seen) == 30 and trainer.seen["0002.png"] == "hrbr, a harbour, view 1"
    assert not list((served.home / "uploads").iterdir())


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "Pictures with captions are missing: give them with dataset."),
        ([("dataset", ("a.txt", b"a boat"))], "has no picture in it"),
        ([("dataset", ("a.png", b"no picture"))], "neither a picture nor a video"),
        ([("dataset", ("a.png", b""))], "is empty (0 bytes)"),
    ],
)
async def test_what_is_no_set(studio: tuple[Hostile, Served], files: list[Part], words: str) -> None:
    _, served = studio
    answer = await posted(served, data={"preset": PRESET}, files=files or {"steps": (None, "3")})
    assert answer.status_code in (415, 422) and words in answer.json()["detail"], answer.text


async def test_a_form_has_only_so_many_pictures(studio: tuple[Hostile, Served]) -> None:
    _, served = studio
    files = [("dataset", (f"{number}.txt", b"a")) for number in range(4001)]
    answer = await posted(served, data={"preset": PRESET}, files=files)
    assert answer.status_code == 422 and "more than 4000 files" in answer.json()["detail"]
