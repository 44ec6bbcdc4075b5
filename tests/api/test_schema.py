"""Our own OpenAPI document, put to the test by schemathesis with all of its checks, over a real socket."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.api.serving import serve, submit

CONFIG = Path(__file__).with_name("schemathesis.toml")

#: deleting a job that is not over cancels it; a cancelled job stays in the list, so reading it afterwards is no mistake
#: (that one which was over is gone then, test_routes shows)
_NOT_OURS = "use_after_free"
#: what of it is left out in the runs of every day
_SKIPPED = "phases.coverage.enabled = false\n"


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_every_answer_is_documented_and_none_is_a_server_error(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    whole = request.config.getoption("--all")
    examples = 60 if whole else 3
    config = tmp_path / CONFIG.name
    everything, skipping, rest = CONFIG.read_text().partition(_SKIPPED)
    assert skipping
    config.write_text(everything + ("" if whole else skipping) + rest)
    with serve(tmp_path / "home") as served, served.client() as client:
        submit(client)
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{served.url}/openapi.json",
            "--checks", "all", "--exclude-checks", _NOT_OURS, "--max-examples", str(examples), "--seed", "7",
            "--continue-on-failure", "--request-timeout", "20", "--no-color",
        ]  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=1500)
        report = re.sub(r"curl .{400,}", "curl …", run.stdout)
        assert run.returncode == 0, report[-6000:] + run.stderr[-2000:]
        assert re.search(r"Tested: (\d+)", report), report[-2000:]
        assert served.process.returncode is None
        assert "Traceback" not in served.complaints


def test_the_document_tells_every_route_with_words_and_examples(tmp_path: Path) -> None:
    with serve(tmp_path / "home") as served:
        document = httpx.get(f"{served.url}/openapi.json").json()
    expected = {
        "/": {"get"},
        "/health": {"get"},
        "/logs": {"get"},
        "/loras": {"get"},
        "/unet-models": {"get"},
        "/extract-metadata": {"post"},
        "/wan22/image-to-video": {"post"},
        "/tools/{tool}/jobs": {"post"},
        "/jobs": {"get", "delete"},
        "/queue": {"post"},
        "/jobs/{job_id}": {"get", "delete"},
        "/jobs/{job_id}/retry": {"post"},
        "/events": {"get"},
        "/list-comfyui-media": {"get"},
        "/comfyui-output/{filename}": {"get", "head"},
        "/media/{media_id}": {"get", "head"},
        "/thumbnails/{media_id}": {"get", "head"},
        "/templates": {"get"},
        "/templates/{name}/presets": {"post"},
        "/presets": {"post"},
        "/api/presets": {"get"},
        "/api/presets/{preset_id}": {"get"},
    }
    assert {path: set(methods) for path, methods in document["paths"].items()} == expected
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert {"401", "403", "413", "421"} <= set(operation["responses"]), (method, path)
            assert all(parameter.get("description") for parameter in operation.get("parameters", ())), (method, path)
    form = document["paths"]["/wan22/image-to-video"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert {"file", "end_file", "prompt", "lora_configs", "seed", "preset", "clip_count"} <= set(form["properties"])
