"""What stands between us and a server: certificates, sign-in pages, proxies that refuse sockets or large pictures. Each
has a sentence of its own, and what can be done without it is done."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from oelala_desktop.domain.errors import EngineUnreachable, NotRunnable
from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.services.health.doctor import Finding, check_health

from .hostile import Hostile, hostile_server
from .rig import App, running_app

ONE = {"clip_count": 1}


def certificates(folder: Path, *, days: int = 2, name: str = "DNS:studio.example") -> dict[str, str]:
    """An authority and a certificate by it for `name`, which no address here has."""
    if shutil.which("openssl") is None:
        pytest.skip("making certificates needs the openssl command")
    (folder / "extra").write_text(f"subjectAltName={name}\nextendedKeyUsage=serverAuth\n")
    key = ["-newkey", "rsa:2048", "-nodes"]
    usage = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
    for command in (
        ["req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "9", "-subj", "/CN=Tests", *usage],
        ["req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=studio.example"],
        ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
         str(days), "-out", "server.pem", "-extfile", "extra"],
    ):  # fmt: skip
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    return {"ssl_certfile": str(folder / "server.pem"), "ssl_keyfile": str(folder / "server.key")}


async def refused(app: App, url: str, ca: Path) -> EngineUnreachable:
    await app.services.servers.add("theirs", url, ca_file=str(ca))
    with pytest.raises(EngineUnreachable) as caught:
        await app.services.engines.named("theirs").connect()
    return caught.value


async def doctor(app: App, name: str) -> list[Finding]:
    services = app.services
    return await check_health(services.paths, services.engines, services.registry, services.store, name)


async def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    """Its authority is given: what is wrong is the name alone."""
    tls = certificates(tmp_path)
    async with (
        running_app(tmp_path / "home", "sketch", connect=False) as app,
        hostile_server(tmp_path / "server", **tls) as hostile,
    ):
        error = await refused(app, hostile.url, tmp_path / "ca.pem")
        assert error.kind == "tls_name"
        assert "is for another name" in error.message and hostile.url in error.message
        assert any("made for" in finding.fix for finding in await doctor(app, "theirs"))


async def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    tls = certificates(tmp_path, days=-1, name="IP:127.0.0.1")
    async with (
        running_app(tmp_path / "home", "sketch", connect=False) as app,
        hostile_server(tmp_path / "server", **tls) as hostile,
    ):
        error = await refused(app, hostile.url, tmp_path / "ca.pem")
        assert (error.kind, "has expired" in error.message) == ("tls_date", True)


async def test_http_to_an_https_port(tmp_path: Path) -> None:
    """The server hangs up without a word; a handshake tells why."""
    tls = certificates(tmp_path)
    async with (
        running_app(tmp_path / "home", "sketch", connect=False) as app,
        hostile_server(tmp_path / "server", **tls) as hostile,
    ):
        wrong = hostile.url.replace("https", "http")
        with pytest.raises(EngineUnreachable, match="give its address with https://") as caught:
            await app.services.engines.named(wrong).connect()
        assert caught.value.kind == "wants_tls"


async def test_a_door_that_closes_while_a_job_runs(tmp_path: Path, hostile: Hostile) -> None:
    """The session ends and every answer is a page to sign in on; the job goes on when it is opened again."""
    refused = asyncio.Event()
    pages = 0

    async def page(request: Request) -> Response:
        nonlocal pages
        pages += 1
        if pages == 3:
            refused.set()
        return HTMLResponse("<!doctype html><form>Log in <input type='password'></form>")

    async def close(request: Request) -> Response:
        hostile.answers["GET /"] = page
        return await page(request)

    hostile.answers["GET /history"] = close
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.submit(**ONE)
        async with asyncio.timeout(60):
            await refused.wait()
        hostile.answers.clear()
        job = await app.end_of(job)
        assert job.state is JobState.DONE, job.error


@pytest.mark.parametrize("status", [400, 404])
async def test_without_a_socket_the_job_ends_and_it_is_said_once(tmp_path: Path, hostile: Hostile, status: int) -> None:
    hostile.no_socket = status
    async with running_app(tmp_path / "home", hostile.url) as app:
        first = await app.end_of(await app.submit(**ONE))
        second = await app.end_of(await app.submit(**ONE, seed=8))
        assert {first.state, second.state} == {JobState.DONE}
        told = [notice for notice in app.notices if "WebSocket" in notice]
        assert len(told) == 1 and f"(status {status})" in told[0] and "jobs run and end as ever" in told[0]
        note = next(finding for finding in await doctor(app, hostile.url) if "WebSocket" in finding.what)
        assert note.level == "note" and "Upgrade" in note.fix


async def test_a_picture_beyond_the_server_s_own_limit_is_not_queued(tmp_path: Path, hostile: Hostile) -> None:
    hostile.say("/features", json.dumps({"max_upload_size": 2000}))
    async with running_app(tmp_path / "home", hostile.url) as app:
        with pytest.raises(Obstructed, match=r"start\.png is too large for this server: .* MB .*max-upload-size"):
            await app.submit(**ONE)
        assert await app.services.jobs.recent() == []
    assert "POST /upload/image" not in hostile.seen


async def test_a_picture_that_a_proxy_refuses(tmp_path: Path, hostile: Hostile) -> None:
    page = "<html><h1>413 Request Entity Too Large</h1><center>nginx/1.24.0</center></html>"

    async def refuse(request: Request) -> Response:
        await request.body()
        return HTMLResponse(page, 413)

    hostile.answers["POST /upload/image"] = refuse
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.end_of(await app.submit(**ONE))
    assert job.state is JobState.FAILED and job.error is not None
    assert "too large" in job.error.message and "nginx refuses it (client_max_body_size" in job.error.message
    assert "the limit lies with the server or a proxy before it" in job.error.message
    assert job.error.detail == page
    assert hostile.seen.count("POST /upload/image") == 1


async def test_a_pack_that_failed_to_import(tmp_path: Path, hostile: Hostile) -> None:
    """It is there: cloning it once more would not help."""
    where = "/srv/ComfyUI/custom_nodes/ComfyUI-GGUF"
    log = (
        f"Cannot import {where} module for custom nodes: No module named 'gguf'\n 0.0 seconds (IMPORT FAILED): {where}"
    )

    async def raw(request: Request) -> Response:
        return JSONResponse({"entries": [{"t": "now", "m": log}], "size": {"cols": 80, "rows": 24}})

    hostile.answers["/internal/logs/raw"] = raw
    hostile.say("/system_stats", json.dumps({"system": {"comfyui_version": "0.8.0"}, "devices": []}))
    words = "node pack ComfyUI-GGUF (it is there, but failed to import: No module named 'gguf')"
    async with running_app(tmp_path / "home", hostile.url) as app:
        with pytest.raises(NotRunnable) as caught:
            await app.submit(**{**ONE, "preset": "wan22-14b-distorch2"})
        assert words in caught.value.message
        lacks = next(f for f in await doctor(app, hostile.url) if "wan22-14b-distorch2 lacks" in f.what)
        assert words in lacks.what and "requirements.txt" in lacks.fix
        assert "city96/ComfyUI-GGUF" not in lacks.fix


async def test_a_server_that_does_not_show_its_log(tmp_path: Path, hostile: Hostile) -> None:
    async def no(request: Request) -> Response:
        return PlainTextResponse("no", 403)

    hostile.answers["/internal/"] = hostile.answers["/features"] = no
    async with running_app(tmp_path / "home", hostile.url) as app:
        assert (await app.end_of(await app.submit(**ONE))).state is JobState.DONE
