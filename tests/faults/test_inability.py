"""A node of an optional part that is there but fails, as one does whose Python module is missing: the wish is made
again without it, once, and the server is remembered."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.health.doctor import check_health
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work
from tests.contract.graphs import clip, node
from tests.contract.studio import PLAIN

from .hostile import Hostile, hostile_server
from .rig import App, lines_of, picture, running_app
from .test_servers import _run

SWITCHES = """
[fields.quick]
kind = "switch"
label = "Quick"
default = true
[fields.neat]
kind = "switch"
label = "Neat"
default = true
[[optional]]
key = "quick"
class = "QuickAttention"
nodes = ["Quick"]
through = "image"
[[optional]]
key = "neat"
class = "NeatColours"
nodes = ["Neat"]
through = "image"
"""


class Nodes:
    """Two nodes that pass a picture on, or fail as told; `gate` holds the first until it is set."""

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {"QuickAttention": ModuleNotFoundError("No module named 'quickattention'")}
        self.ran: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.classes = [
            NodeClass(name, self._runs(name), required={"image": Input("IMAGE")}, outputs=("IMAGE",))
            for name in ("QuickAttention", "NeatColours")
        ]

    def _runs(self, name: str) -> Any:
        def run(work: Work, inputs: Values) -> Result:
            self.gate.wait(60)
            self.ran.append(name)
            if name in self.faults:
                raise self.faults[name]
            return Result((inputs["image"],))

        return run


@pytest.fixture
def nodes() -> Nodes:
    return Nodes()


@pytest.fixture
async def server(tmp_path: Path, nodes: Nodes) -> AsyncIterator[Hostile]:
    async with hostile_server(tmp_path / "server", nodes=nodes.classes) as hostile:
        yield hostile


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a preset that has two optional parts."""
    folder = tmp_path / "home" / "workflows" / "image-to-video"
    folder.mkdir(parents=True)
    graph = clip("x")
    graph["6"] = node("QuickAttention", "Quick", image=["2", 0])
    graph["7"] = node("NeatColours", "Neat", image=["6", 0])
    graph["3"]["inputs"]["image"] = ["7", 0]
    (folder / "parts.toml").write_text(PLAIN + SWITCHES)
    (folder / "parts.json").write_text(json.dumps(graph))
    return tmp_path / "home"


async def submit(app: App, **changes: Any) -> list[Job]:
    given = str(picture(app.services.paths.data / "given"))
    values = {"image": given, "preset": "parts", "num_frames": 5, "fps": 8, "seed": 7, **changes}
    wish = Wish("image-to-video", values, app.services.paths.output)
    return await app.services.jobs.submit(wish, app.engine)


async def again(app: App, job: Job) -> Job:
    """What was made of a failed job, at its end."""
    assert job.retried_as is not None
    return await app.end_of(await app.services.jobs.find(job.retried_as))


def classes(job: Job) -> set[str]:
    return {row["class_type"] for row in job.graph.values()}


async def test_the_wish_is_made_again_without_the_part(home: Path, server: Hostile, nodes: Nodes) -> None:
    async with running_app(home, server.url) as app:
        first = await app.end_of((await submit(app))[0])
        assert first.state is JobState.FAILED and first.error is not None
        second = await again(app, first)
        assert second.state is JobState.DONE, second.error
        assert second.retry_of == first.id
        assert "“Quick” failed: No module named 'quickattention'." in first.error.message
        assert f"as {second.id[:8]}" in first.error.message and "(quick)" in first.error.message
        assert "ModuleNotFoundError" in first.error.detail
        assert first.as_dict()["retried_as"] == second.id
        assert "QuickAttention" not in classes(second) and "NeatColours" in classes(second)
        assert (second.values["quick"], second.params["quick"], second.params["neat"]) == (False, False, True)
        assert second.seed == first.seed
        assert nodes.ran == ["QuickAttention", "NeatColours"]
        assert len(await app.services.jobs.recent()) == 2


async def test_it_is_made_again_once_for_each_part(home: Path, server: Hostile, nodes: Nodes) -> None:
    nodes.faults["NeatColours"] = RuntimeError("no colours here")
    async with running_app(home, server.url) as app:
        last = (await app.services.jobs.wait_for_last([(await submit(app))[0].id]))[0]
        assert last.state is JobState.DONE, last.error
        assert classes(last) & {"QuickAttention", "NeatColours"} == set()
        assert len(await app.services.jobs.recent()) == 3
    assert nodes.ran == ["QuickAttention", "NeatColours"]


async def test_however_often_it_was_made_again_the_last_is_found(home: Path, server: Hostile, nodes: Nodes) -> None:
    nodes.faults.clear()
    async with running_app(home, server.url) as app:
        done = await app.end_of((await submit(app))[0])
        chain = [replace(done, id=f"{n}", retried_as=f"{n + 1}", retry_of=f"{n - 1}") for n in range(4)]
        await app.services.store.save(*chain, replace(done, id="4", retry_of="3"))
        assert [job.id for job in await app.services.jobs.wait_for_last(["0", "4"])] == ["4", "4"]


async def test_later_jobs_leave_it_out_and_say_so(home: Path, server: Hostile, nodes: Nodes) -> None:
    """In another run of the program too, and when an old job is run again."""
    async with running_app(home, server.url) as app:
        first = await app.end_of((await submit(app))[0])
        await again(app, first)
    nodes.ran.clear()
    async with running_app(home, server.url) as app:
        (job,) = await submit(app)
        said = f"quick is left out: QuickAttention has failed on {app.engine.name} (No module named 'quickattention')."
        assert said in map(str, job.warnings)
        assert (await app.end_of(job)).state is JobState.DONE
        retried = await app.services.jobs.retry(first.id, app.engine)
        assert said in map(str, retried.warnings)
        assert (await app.end_of(retried)).state is JobState.DONE
        services = app.services
        found = await check_health(services.paths, services.engines, services.registry, services.store, server.url)
        note = next(finding for finding in found if finding.what == said)
        assert note.level == "note" and "--set quick=true" in note.fix
    assert "QuickAttention" not in nodes.ran


async def test_asked_for_by_name_it_is_tried_once_more(home: Path, server: Hostile, nodes: Nodes) -> None:
    """That is how a server that was mended is used again."""
    async with running_app(home, server.url) as app:
        await again(app, await app.end_of((await submit(app))[0]))
        nodes.faults.clear()
        wished = await app.end_of((await submit(app, quick=True, seed=8))[0])
        assert wished.state is JobState.DONE and "QuickAttention" in classes(wished)
        (after,) = await submit(app, seed=9)
        assert "QuickAttention" in classes(after)
        assert not any("left out" in str(warning) for warning in after.warnings)
        await app.end_of(after)


async def test_it_goes_first_and_what_waits_goes_without(home: Path, server: Hostile, nodes: Nodes) -> None:
    nodes.gate.clear()
    async with running_app(home, server.url) as app:
        sent: list[str] = []

        def note(event: JobChanged) -> None:
            if event.job.state is JobState.SENT and event.job.id not in sent:
                sent.append(event.job.id)

        app.services.bus.subscribe(JobChanged, note)
        jobs = await submit(app, variations=4)
        nodes.gate.set()
        ended = await app.services.jobs.wait_for_last([job.id for job in jobs])
        assert [job.state for job in ended] == [JobState.DONE] * 4
        rows = await app.services.jobs.recent()
        failed = [job for job in rows if job.state is JobState.FAILED]
        # those that the server had already fail too; those that waited here do not
        assert jobs[0].id in {job.id for job in failed} and len(failed) <= 2
        assert all("left out" in " ".join(map(str, job.warnings)) for job in ended)
        assert sent.index(ended[0].id) < sent.index(jobs[2].id) < sent.index(jobs[3].id)


async def test_a_part_that_cannot_be_done_without_fails_the_job(home: Path, server: Hostile, nodes: Nodes) -> None:
    nodes.faults = {}

    async with running_app(home, server.url) as app:
        (job,) = await submit(app, scaler="lanczos", quick=False)
        assert "QuickAttention" not in classes(job)
        assert (await app.end_of(job)).state is JobState.DONE
    nodes.faults = {"NeatColours": MemoryError("out of memory")}
    async with running_app(home, server.url) as app:
        job = await app.end_of((await submit(app, seed=9))[0])
        assert job.state is JobState.FAILED and job.error is not None
        assert (job.error.kind, job.retried_as) == ("memory", None)


async def test_the_command_line_follows_the_second_job(home: Path, server: Hostile) -> None:
    command = ["generate", "image-to-video", "--image", str(picture(home / "given")), "--preset", "parts"]
    code, said = await _run(home, *command, "--set", "num_frames=5", "--engine", server.url, "--json")
    assert code == 0, said
    rows = lines_of(said)
    failed = next(row for row in rows if row["event"] == "failed")
    finished = next(row for row in rows if row["event"] == "finished")
    assert failed["retried_as"] == finished["job_id"] and finished["retry_of"] == failed["job_id"]
    assert "Traceback" in failed["error_detail"] or "ModuleNotFoundError" in failed["error_detail"]
    assert [row["job_id"] for row in rows if row["event"] == "queued"] == [failed["job_id"], finished["job_id"]]
