"""Other people's clients against Sketch. They run where they are installed: COMFY_CLIENTS names the bin folder of an
environment with comfy-cli, comfy-api-proxy and comfy-sdk; without it they are looked for beside this Python and on
the PATH."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.sketch.client import camera_graph
from tests.waiting import until

from .rig import Server, lines_of, picture

#: run by the environment that has comfy-sdk: address, picture, graph
_SDK = """
import json, os, sys
os.environ["COMFY_BASE_URL"] = sys.argv[1]
from comfy_sdk import Comfy
client = Comfy()
workflow = client.workflows.from_json(json.load(open(sys.argv[3])))
workflow.set_input("1", "image", client.assets.from_file(sys.argv[2]))
job = client.submit(workflow)
events = [type(event).__name__ for event in job.events()]
outputs = [[output.name, output.to_bytes()[4:8].decode("latin-1")] for output in job.result().get_outputs("5")]
print(json.dumps({"events": events, "outputs": outputs, "status": client.jobs.get(job.id).status}))
"""


def _command(name: str) -> str:
    places = [os.environ.get("COMFY_CLIENTS", ""), str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    found = shutil.which(name, path=os.pathsep.join(filter(None, places)))
    if found is None:
        pytest.skip(f"{name} is not installed here (COMFY_CLIENTS names the bin folder that has it)")
    return found


async def _run(*command: str, home: Path) -> tuple[int | None, str]:
    environment = {**os.environ, "HOME": str(home), "DO_NOT_TRACK": "1", "COMFY_NO_WATCH": "1"}
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT, env=environment)
    async with asyncio.timeout(90):
        out, _ = await process.communicate()
    return process.returncode, out.decode()


def _graph(folder: Path, **inputs: object) -> Path:
    path = folder / "graph.json"
    path.write_text(json.dumps(camera_graph("clients/test", **inputs)))
    return path


async def test_comfy_cli_runs_a_workflow(tmp_path: Path, server: Server) -> None:
    comfy = _command("comfy")
    await _run(comfy, "--skip-prompt", "tracking", "disable", home=tmp_path)
    async with httpx.AsyncClient(base_url=server.url) as http:
        image = {"image": ("start.png", picture(tmp_path).read_bytes())}
        (await http.post("/upload/image", files=image)).raise_for_status()
    where = ["--host", "127.0.0.1", "--port", str(server.port), "--where", "local", "--wait", "--timeout", "30"]
    code, out = await _run(
        comfy, "--skip-prompt", "run", "--workflow", str(_graph(tmp_path)), *where, "--json", home=tmp_path
    )
    rows = lines_of(out)
    assert code == 0, out
    assert rows[-1]["ok"] is True
    assert rows[-1]["data"]["status"] == "completed"
    kinds = {row["type"] for row in rows}
    assert {"queued", "executing", "progress", "executed", "output"} <= kinds
    async with httpx.AsyncClient() as http:
        made = await http.get(rows[-1]["data"]["outputs"][0])
    assert made.content[4:8] == b"ftyp"


async def test_comfy_sdk_through_comfy_api_proxy(tmp_path: Path, server: Server) -> None:
    """Uploads, submits, follows the events, fetches."""
    proxy = _command("comfy-api-proxy")
    python = str(Path(proxy).with_name("python"))
    code, out = await _run(python, "-c", "import comfy_sdk", home=tmp_path)
    if code:
        pytest.skip("comfy-sdk is not installed beside comfy-api-proxy")
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        proxy, "run", "--comfyui", server.url, "--port", str(port), stdout=PIPE, stderr=STDOUT
    )
    try:
        await until(lambda: _open(port), "the proxy's port open")
        graph = _graph(tmp_path, prompt="orbit left", frames=300, width=480, height=272)
        given = str(picture(tmp_path))
        code, out = await _run(python, "-c", _SDK, f"http://127.0.0.1:{port}", given, str(graph), home=tmp_path)
        assert code == 0, out
        told = lines_of(out)[-1]
        assert told["status"] == "succeeded"
        assert len(told["events"]) >= 3, told
        assert [kind for _, kind in told["outputs"]] == ["ftyp"]
    finally:
        process.terminate()
        await process.communicate()


async def _open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
