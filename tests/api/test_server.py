"""ApiServer inside a process that has other things to do, as the window has."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from oelala_desktop.api.events import KEPT, EventLog, Listener
from oelala_desktop.api.pace import Pace
from oelala_desktop.api.page_cache import PageCache
from oelala_desktop.api.server import ApiServer
from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.errors import InvalidInput
from oelala_desktop.domain.events import (
    EngineChanged,
    EngineState,
    JobChanged,
    LibraryChanged,
    MediaAdded,
    NoticePosted,
    QueuePaused,
)
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.services.settings.known import MEDIA_FOLDERS
from oelala_desktop.storage.paths import Paths
from tests.api.serving import PICTURE, Stream
from tests.waiting import Signal, turn, until


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(Paths(tmp_path, tmp_path / "output")) as opened:
        yield opened


async def test_it_starts_stops_and_starts_again(services: Services) -> None:
    server = ApiServer(services, port=0)
    assert server.url is None and server.reason
    for _ in range(2):
        assert await server.start()
        assert server.url and server.url.startswith("http://127.0.0.1:")
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{server.url}/health")).status_code == 200
        await server.stop()
        await server.stop()
        assert server.url is None


async def test_a_taken_port_is_a_notice_and_no_crash(services: Services) -> None:
    heard: list[NoticePosted] = []
    services.bus.subscribe(NoticePosted, heard.append)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = ApiServer(services, port=port)
        assert not await server.start()
        assert str(port) in server.reason and [event.text for event in heard] == [server.reason]
        await server.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_beyond_this_machine_a_token_is_needed(services: Services, host: str) -> None:
    with pytest.raises(InvalidInput, match="token"):
        ApiServer(services, host)
    assert ApiServer(services, host, token="secret")


async def test_with_a_token_it_answers_to_configured_names_alone(services: Services) -> None:
    server = ApiServer(services, "0.0.0.0", 0, "secret", names=["studio.lan"])
    assert await server.start() and server.url
    port = server.url.rpartition(":")[2]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for name, status in (("studio.lan", 200), ("127.0.0.1", 200), ("evil.example", 421), ("studio.lan.evil", 421)):
            headers = {"Host": f"{name}:{port}", "Authorization": "Bearer secret"}
            assert (await client.get("/health", headers=headers)).status_code == status, name
        assert (await client.get("/health", headers={"Host": f"studio.lan:{port}"})).status_code == 401
    await server.stop()


async def test_what_the_window_sends_is_seen_here_and_the_other_way_round(services: Services, tmp_path: Path) -> None:
    services.current.start("sketch")
    engine = services.current.engine
    await engine.wait_online()
    server = ApiServer(services, port=0)
    assert await server.start() and server.url
    heard: list[str] = []
    values = {"image": str(PICTURE), "duration": 1, "fps": 8}
    async with httpx.AsyncClient(base_url=server.url) as client:
        (job,) = await services.jobs.submit(Wish("image-to-video", values, tmp_path / "output"), engine)
        rows = (await client.get("/jobs")).json()["jobs"]
        assert [row["job_id"] for row in rows] == [job.id]
        services.bus.subscribe(JobChanged, lambda event: heard.append(event.job.id))
        answer = await client.post("/tools/text-to-video/jobs", json={"duration": 1, "fps": 8})
        assert answer.json()["job_id"] in heard
        await services.jobs.wait_for([job.id, answer.json()["job_id"]])
    await server.stop()


async def test_the_output_folder_moves_while_it_serves(services: Services, tmp_path: Path) -> None:
    old, new = services.paths.output, tmp_path / "elsewhere"
    for folder, name in ((old, "old.png"), (new, "new.png")):
        folder.mkdir()
        Image.new("RGB", (8, 8)).save(folder / name)
    changes = Signal()
    services.bus.subscribe(LibraryChanged, changes.tell)
    await services.library.start()
    server = ApiServer(services, port=0)
    assert await server.start() and server.url
    async with httpx.AsyncClient(base_url=server.url) as client:

        async def are_listed(names: list[str]) -> bool:
            rows = (await client.get("/list-comfyui-media?sort=name")).json()["media"]
            return [row["filename"] for row in rows] == names

        async def served() -> list[int]:
            answers = [await client.get(f"/comfyui-output/{name}") for name in ("old.png", "new.png")]
            return [answer.status_code for answer in answers]

        await changes.until(lambda: are_listed(["old.png"]), "the one picture")
        assert await served() == [200, 404]
        async with client.stream("GET", "/events") as response:
            lines = response.aiter_lines()
            await anext(lines)
            services.move_output(str(new))
            services.bus.publish(MediaAdded(str(new / "new.png"), None))
            told = await anext(aiter(line async for line in lines if "new.png" in line))
        assert '"url":"/comfyui-output/new.png"' in told
        assert await served() == [404, 200]
        await services.settings.flush()
        services.library.rescan()
        await changes.until(lambda: are_listed(["new.png", "old.png"]), "both pictures")
    services.move_output("")
    assert services.paths.output == old and services.settings.get(MEDIA_FOLDERS) == [str(new)]
    await server.stop()


async def test_streams_end_when_it_stops(services: Services) -> None:
    server = ApiServer(services, port=0)
    assert await server.start() and server.url
    async with httpx.AsyncClient(base_url=server.url) as client, client.stream("GET", "/events") as response:
        lines = response.aiter_lines()
        assert (await anext(lines)).startswith(":")
        services.bus.publish(QueuePaused(True))
        async with asyncio.timeout(40):
            await server.stop()
            rest = [line async for line in lines]
    assert any('"paused":true' in line for line in rest)


async def test_only_so_many_streams_at_a_time(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oelala_desktop.api.events.LISTENERS", 1)
    server = ApiServer(services, port=0)
    assert await server.start() and server.url
    async with httpx.AsyncClient(base_url=server.url) as client, client.stream("GET", "/events") as response:
        await anext(response.aiter_lines())
        answer = await client.get("/events?seconds=0")
        assert answer.status_code == 503 and "streams" in answer.json()["detail"]
    await server.stop()


async def test_the_place_of_a_reader_that_hung_up_is_free_at_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oelala_desktop.api.events.LISTENERS", 1)
    monkeypatch.setattr("oelala_desktop.api.routes.events._KEEP_ALIVE", 3600.0)
    server = ApiServer(services, port=0)
    assert await server.start() and server.url
    async with httpx.AsyncClient(base_url=server.url) as client:

        async def is_free() -> bool:
            return (await client.get("/events?seconds=0")).status_code != 503

        for _ in range(3):
            async with client.stream("GET", "/events") as response:
                await anext(response.aiter_lines())
                assert not await is_free()
            await until(is_free, "the reader's place free")
    await server.stop()


async def test_a_reader_that_falls_behind_is_dropped() -> None:
    listener = Listener([])
    for number in range(5000):
        listener.put(b"%d" % number)
    assert listener.lost
    assert await listener.take(0.01) == b""


async def test_the_last_thousand_are_kept(services: Services) -> None:
    log = EventLog(services.bus, services.jobs, services.paths)
    state = EngineState("sketch", "", "Sketch", "online")
    for _ in range(KEPT + 50):
        services.bus.publish(EngineChanged(state))
    run = (await log.listen("x").take(1)).decode().split("-")[0].removeprefix("id: ")
    assert (await log.listen(f"{run}-{KEPT}").take(1)).count(b"event: engine") == 50
    assert (await log.listen(f"{run}-50").take(1)).count(b"event: engine") == KEPT
    assert b"event: reset" in await log.listen(f"{run}-49").take(1)
    log.close()


async def test_one_request_begins_in_each_turn_of_the_loop() -> None:
    pace, loop = Pace(), asyncio.get_running_loop()
    turns, order = 0, []

    def count() -> None:
        nonlocal turns
        turns += 1
        loop.call_soon(count)

    async def request(number: int) -> None:
        await pace.turn()
        order.append((turns, number))

    loop.call_soon(count)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(request(number)) for number in range(10)]
        await turn()
        tasks[4].cancel()
    assert [number for _, number in order] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert len({turn for turn, _ in order}) == len(order)


async def test_a_page_is_made_once_for_all_who_ask_and_anew_after_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Bus()
    cache, made = PageCache(bus), []

    async def make() -> bytes:
        made.append(1)
        await turn()
        return b"%d" % len(made)

    async def broken() -> bytes:
        await turn()
        raise InvalidInput("no")

    assert set(await asyncio.gather(*(cache.get(b"a", make) for _ in range(20)))) == {b"1"}
    bus.publish(LibraryChanged(added=(1,)))
    assert await cache.get(b"a", make) == b"2"
    assert await cache.get(b"a", make) == b"2"
    with monkeypatch.context() as older:
        older.setattr("oelala_desktop.api.page_cache._AGE", 0.0)
        assert await cache.get(b"a", make) == b"3"
    failed = await asyncio.gather(*(cache.get(b"b", broken) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in failed] == [InvalidInput] * 3
    assert await cache.get(b"b", make) == b"4"


def test_a_stream_is_read_as_browsers_read_it() -> None:
    response = httpx.Response(200, text=': hello\nretry: 1\n\nid: a-1\nevent: queue\ndata: {"paused":true}\n\n')
    assert list(Stream(response)) == [{"id": "a-1", "event": "queue", "data": {"paused": True}}]
