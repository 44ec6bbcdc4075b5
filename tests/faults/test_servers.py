"""Other servers: by name, over TLS with an authority of one's own, behind a path prefix, with a token; what the doctor
says of each that cannot be reached; and that secrets stay where they are kept."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import ssl
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import EngineUnreachable, InvalidField
from oelala_desktop.domain.job import JobState
from oelala_desktop.metadata import read
from oelala_desktop.services.health.doctor import check_health
from tests.ports import free_port
from tests.warm import run_warm

from .hostile import Hostile, hostile_server
from .rig import SETTINGS, App, Server, faults_in, picture, running_app

ONE = {"clip_count": 1}
CANARY = "c4nary-f1tz-w4xbill-0815"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate authority of our own and a certificate by it for 127.0.0.1."""
    if shutil.which("openssl") is None:
        pytest.skip("making certificates needs the openssl command")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "extra").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    key = ["-newkey", "rsa:2048", "-nodes"]
    usage = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
    for command in (
        ["req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Tests", *usage],
        ["req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1"],
        ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-out", "server.pem", "-extfile", "extra"],
    ):  # fmt: skip
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    ssl.create_default_context(cafile=str(folder / "ca.pem"))
    return {name: str(folder / file) for name, file in
            (("ca", "ca.pem"), ("ssl_certfile", "server.pem"), ("ssl_keyfile", "server.key"))}  # fmt: skip


def tls(authority: dict[str, str]) -> dict[str, str]:
    return {name: path for name, path in authority.items() if name.startswith("ssl_")}


async def doctor(app: App, name: str) -> tuple[str, str]:
    """What it says of that engine, and what to do."""
    services = app.services
    findings = await check_health(services.paths, services.engines, services.registry, services.store, name)
    found = [finding for finding in findings if " folder " not in finding.what]
    return found[0].what, found[0].fix


async def test_a_named_server_with_tls_prefix_and_token(tmp_path: Path, authority: dict[str, str]) -> None:
    async with hostile_server(tmp_path / "server", prefix="/studio/comfy", **tls(authority)) as hostile:
        hostile.token = CANARY
        async with running_app(tmp_path / "home", "sketch", connect=False) as app:
            await app.services.servers.add("Big one", hostile.url, ca_file=authority["ca"], token=CANARY)
        # by its name, in another run
        async with running_app(tmp_path / "home", "big ONE") as app:
            assert app.engine.ref.name == "Big one"
            job = await app.end_of(await app.submit(**ONE))
            assert job.state is JobState.DONE
            assert app.bars[job.id]
            what, _ = await doctor(app, "Big one")
            assert what.startswith("Big one")
            await app.services.servers.remove("Big one")
            assert app.services.servers.all() == ()
        assert CANARY not in (tmp_path / "home" / "secrets.json").read_text()
    assert not faults_in(tmp_path / "home", [job], files=1)


async def test_a_job_left_on_a_server_with_a_token_is_taken_up(tmp_path: Path, hostile: Hostile) -> None:
    """The row knows the address alone; the way in comes from the server's preset."""
    hostile.token = CANARY
    async with running_app(tmp_path / "home", "sketch", connect=False) as app:
        await app.services.servers.add("theirs", hostile.url, headers={"Authorization": f"Bearer {CANARY}"})
    async with running_app(tmp_path / "home", "theirs") as app:
        await app.submit(**ONE)
    async with running_app(tmp_path / "home", "sketch", connect=False) as app:
        await app.services.begin()
        job = await app.end_of((await app.services.jobs.recent())[0])
        assert job.state is JobState.DONE


@pytest.mark.parametrize("name", ["", "sketch", "Auto", "a/b", "host:8188"])
async def test_names_that_would_be_taken_for_something_else(tmp_path: Path, name: str) -> None:
    async with running_app(tmp_path / "home", "sketch", connect=False) as app:
        with pytest.raises(InvalidField):
            await app.services.servers.add(name, "http://127.0.0.1:1")


@pytest.mark.parametrize("token", ["line\nbreak", "smörgås", "\x00"])
async def test_tokens_that_no_header_can_carry(tmp_path: Path, token: str) -> None:
    async with running_app(tmp_path / "home", "sketch", connect=False) as app:
        with pytest.raises(InvalidField):
            await app.services.servers.add("one", "http://127.0.0.1:1", token=token)


async def test_the_doctor_knows_each_cause(
    tmp_path: Path, authority: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_app(tmp_path / "home", "sketch", connect=False) as app:
        what, fix = await doctor(app, f"http://127.0.0.1:{free_port()}")
        assert "Nothing answers at" in what and "Start ComfyUI" in fix
        real = socket.getaddrinfo

        def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
            if host in ("nowhere.invalid", b"nowhere.invalid"):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return real(host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        what, fix = await doctor(app, "http://nowhere.invalid:8188")
        assert "name in" in what and "spelling" in fix
        async with hostile_server(tmp_path / "tls", **tls(authority)) as hostile:
            what, fix = await doctor(app, hostile.url)
            assert "certificate" in what and "certificate" in fix
            assert "oelala servers add" in fix and "--ca" in fix
            gone = tmp_path / "none.pem"
            gone.write_bytes(Path(authority["ca"]).read_bytes())
            await app.services.servers.add("wrong", hostile.url, ca_file=str(gone))
            gone.unlink()
            what, _ = await doctor(app, "wrong")
            assert "none.pem cannot be read" in what
            await app.services.servers.add("right", hostile.url, ca_file=authority["ca"])
            await app.services.servers.remove("wrong")
            what, _ = await doctor(app, "right")
            assert "answers (" in what
        async with hostile_server(tmp_path / "plain", prefix="/here") as hostile:
            what, fix = await doctor(app, hostile.url.removesuffix("/here"))
            assert "is not ComfyUI" in what and "address and path" in fix
            what, fix = await doctor(app, hostile.url.replace("http:", "https:"))
            assert "speaks http, not https" in what and "http://" in fix
            hostile.token = "x"
            what, fix = await doctor(app, hostile.url)
            assert "401" in what and "oelala servers add" in fix and "--token-file" in fix
            hostile.token = ""
            old = {"system": {"comfyui_version": "0.3.10"}, "devices": []}
            hostile.say("/system_stats", json.dumps(old))
            what, fix = await doctor(app, hostile.url)
            assert "0.3.10" in what and "0.3.45" in what and "Update ComfyUI" in fix
            hostile.say("/system_stats", "<html>Welcome</html>", kind="text/html")
            what, _ = await doctor(app, hostile.url)
            assert "is not ComfyUI" in what
            hostile.ill = 502
            what, fix = await doctor(app, hostile.url)
            assert "502" in what and fix


async def test_a_sketch_at_an_address_does_not_pass_for_comfyui(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        state = app.engine.state
        assert (state.kind, state.name) == ("sketch", f"Sketch at 127.0.0.1:{server.port}")
        what, _ = await doctor(app, server.url)
        assert what.startswith(f"Sketch at 127.0.0.1:{server.port} answers (")
        job = await app.end_of(await app.submit(**ONE))
    assert job.engine.name == f"Sketch at 127.0.0.1:{server.port}"
    assert read(Path(job.outputs[0].path)).info.engine == "Sketch – no AI model"


async def test_the_doctor_finds_models_in_the_wrong_folder(tmp_path: Path) -> None:
    """A ComfyUI with a model list of its own in each folder."""
    nodes = {
        name: {"input": {"required": {key: [[]]}}}
        for name, key in (("UNETLoader", "unet_name"), ("VAELoader", "vae_name"), ("CLIPLoader", "clip_name"))
    }
    folders = {
        "checkpoints": ["wan_2.1_vae.safetensors", "sub/Wan2.2_I2V_high_noise_14B_fp16.safetensors"],
        "loras": ["wan2.2_i2v_low_noise_14B_lora.safetensors"],
        "vae": [],
        "text_encoders": [],
    }
    async with (
        running_app(tmp_path / "home", "sketch", connect=False) as app,
        hostile_server(tmp_path / "server") as hostile,
    ):
        hostile.say("/system_stats", json.dumps({"system": {"comfyui_version": "0.8.0"}, "devices": []}))
        hostile.say("/object_info", json.dumps(nodes))
        for folder, names in folders.items():
            hostile.say(f"/models/{folder}", json.dumps(names))
        hostile.say("/models", json.dumps([*folders, "../etc"]))
        services = app.services
        findings = await check_health(services.paths, services.engines, services.registry, services.store, hostile.url)
        fixes = next(f.fix for f in findings if f.what.startswith("image-to-video.wan22-14b lacks")).splitlines()
    assert "wan_2.1_vae.safetensors lies in models/checkpoints; move it to models/vae." in fixes
    high = "sub/Wan2.2_I2V_high_noise_14B_fp16.safetensors"
    assert f"{high} lies in models/checkpoints; move it to models/diffusion_models." in fixes
    assert any(fix.startswith("Download wan2.2_i2v_low_noise_14B") for fix in fixes)


@pytest.mark.exhaustive
async def test_a_silent_port_is_a_cause_of_its_own(tmp_path: Path) -> None:
    """Something accepts the connection and says nothing; the wait has an end."""
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        async with running_app(tmp_path / "home", "sketch", connect=False) as app:
            engine = app.services.engines.named(f"http://127.0.0.1:{listener.getsockname()[1]}")
            with pytest.raises(EngineUnreachable) as caught:
                await engine.connect()
            assert caught.value.kind == "timeout"
    finally:
        listener.close()


async def _run(home: Path, *command: str, **more: str) -> tuple[int | None, str]:
    ran = await asyncio.to_thread(run_warm, command, {**os.environ, "OELALA_HOME": str(home), **more}, home)
    return ran.returncode, ran.stdout + ran.stderr


def _generate(home: Path, engine: str) -> list[str]:
    command = ["generate", "image-to-video", "--image", str(picture(home / "given")), "--engine", engine, "--json"]
    for key, value in {**SETTINGS, **ONE}.items():
        command += ["--set", f"{key}={value}"]
    return command


async def test_secrets_stay_where_they_are_kept(tmp_path: Path, hostile: Hostile, caplog: Any) -> None:
    """A canary as token: in the requests, in its 0600 file, and in no log, database, export, result or output."""
    home = tmp_path / "home"
    hostile.token = CANARY
    caplog.set_level("DEBUG")
    async with running_app(home, "sketch", connect=False) as app:
        await app.services.servers.add("theirs", hostile.url, token=CANARY)
        assert CANARY not in repr(app.services.servers.all())
        assert CANARY not in repr(await app.services.servers.address(hostile.url))
    code, said = await _run(home, *_generate(home, "theirs"))
    assert code == 0, said
    said += (await _run(home, "jobs", "--json"))[1]
    said += (await _run(home, "doctor", "--engine", "theirs"))[1]
    async with running_app(home, "theirs") as app:
        job = await app.end_of(await app.submit(**ONE, seed=11))
        said += repr(job) + repr(app.engine.state)
        hostile.token = "another"
        with pytest.raises(EngineUnreachable) as caught:
            await app.engine.connect()
        said += repr(caught.value) + caught.value.detail
    # the server in this process is not ours to judge; it prints what it is sent
    said += "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn"))
    assert CANARY not in said
    kept = home / "secrets.json"
    assert CANARY in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    leaks = [p.name for p in home.rglob("*") if p.is_file() and p != kept and CANARY.encode() in p.read_bytes()]
    assert leaks == []


async def test_a_token_from_the_environment(tmp_path: Path, hostile: Hostile) -> None:
    home = tmp_path / "home"
    hostile.token = CANARY
    code, said = await _run(home, *_generate(home, hostile.url))
    assert code == 3
    assert "401" in said
    code, said = await _run(home, *_generate(home, hostile.url), OELALA_TOKEN=CANARY)
    assert code == 0, said
    assert CANARY not in said
    assert not [p for p in home.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]


async def test_a_token_from_the_environment_wins_and_goes_nowhere_else(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a stored one, but only to the server that this run names."""
    monkeypatch.setenv("OELALA_TOKEN", CANARY)
    async with running_app(tmp_path / "home", "sketch", connect=False) as app:
        servers, engines = app.services.servers, app.services.engines
        other = f"http://127.0.0.1:{free_port()}"
        await servers.add("theirs", hostile.url, headers={"authorization": "Bearer stored", "X-Studio": "7"})
        assert dict((await servers.address(hostile.url)).headers) == {"authorization": "Bearer stored", "X-Studio": "7"}
        hostile.token = CANARY
        engine, _ = await engines.choose("theirs")  # as --engine does
        assert engine.is_online
        assert dict((await servers.address(hostile.url)).headers) == {
            "X-Studio": "7",
            "Authorization": f"Bearer {CANARY}",
        }
        assert dict((await servers.address(other)).headers) == {}
        assert engines.named(other).ref.url == other  # naming it within the run entrusts nothing to it
        assert dict((await servers.address(other)).headers) == {}
