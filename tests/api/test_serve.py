"""The life of `oelala serve`."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.api.serving import serve, submit, wait_for
from tests.sketch.holdable import sketch_of
from tests.warm import run_warm


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    return run_warm(["serve", *arguments], {**os.environ, "OELALA_HOME": str(home)}, home)


def test_no_qt_is_imported() -> None:
    code = (
        "import sys, asyncio, importlib\n"
        "for name in ('oelala_desktop.cli.serve', 'oelala_desktop.api.app'): importlib.import_module(name)\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('PySide6', 'qasync', 'shiboken6')]\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_fastapi_is_imported_only_when_it_starts() -> None:
    code = (
        "import sys, oelala_desktop.api.server\n"
        "heavy = {'fastapi', 'starlette', 'uvicorn', 'pydantic', 'python_multipart'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0_and_nothing_else_on_stdout(tmp_path: Path, kind: signal.Signals) -> None:
    with serve(tmp_path / "home") as served:
        assert httpx.get(f"{served.url}/health").json()["engine"]["state"] == "online"
        with httpx.stream("GET", f"{served.url}/events") as stream:
            assert next(stream.iter_lines())
            served.process.send_signal(kind)
            assert served.process.wait(40) == 0
        assert served.process.stdout.read() == ""
        assert "Traceback" not in served.complaints


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run(tmp_path, "--port", str(port), "--engine", "sketch")
    assert ended.returncode == 1 and ended.stdout == ""
    assert f"Port {port} is taken" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "token is needed"),
        (["--host", "::"], "token is needed"),
        (["--host", "example.org"], "token is needed"),
        (["--token-file", "/nonexistent"], "cannot be read"),
        (["--token-file", "EMPTY"], "one word"),
        (["--engine", "ftp://x"], "ftp"),
        (["--port", "70000"], "no port"),
        (["--port", "x"], "invalid"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "empty").write_text("\n")
    arguments = [str(tmp_path / "empty") if word == "EMPTY" else word for word in arguments]
    ended = run(tmp_path / "home", *arguments)
    assert ended.returncode == 2 and ended.stdout == "", ended.stderr
    assert words in ended.stderr and "Traceback" not in ended.stderr


def test_a_token_that_others_can_read_is_none_where_others_can_connect(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secret-7f3a\n")
    file.chmod(0o644)
    for host in ("0.0.0.0", "::", "example.org"):
        ended = run(tmp_path / "home", "--host", host, "--token-file", str(file))
        assert ended.returncode == 2 and ended.stdout == "", ended.stderr
        assert f"chmod 600 {file}" in ended.stderr and "secret-7f3a" not in ended.stderr
    with serve(tmp_path / "home", "--token-file", str(file)) as served:  # only this machine can connect
        assert httpx.get(f"{served.url}/health").status_code == 401
        assert f"chmod 600 {file}" in served.complaints


def test_the_token_of_the_settings_is_asked_for_without_another(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "secrets.json").write_text('{"local API": {"token": "kept-51c2"}}')
    (home / "secrets.json").chmod(0o600)
    with serve(home) as served:
        assert httpx.get(f"{served.url}/health").status_code == 401
        headers = {"Authorization": "Bearer kept-51c2"}
        assert httpx.get(f"{served.url}/health", headers=headers).status_code == 200
        assert "kept-51c2" not in served.complaints


def test_an_engine_that_does_not_answer_is_told_and_tried_on(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with serve(tmp_path / "home", engine=address) as served:
            health = httpx.get(f"{served.url}/health").json()
            assert health["engine"]["state"] in ("offline", "connecting") and not health["comfyui"]
            assert served.complaints.strip()
            assert httpx.get(f"{served.url}/loras").status_code == 503
            with served.client() as client:
                answer = client.post("/tools/text-to-video/jobs", json={"prompt": "x"})
                assert answer.status_code == 503, answer.text
                assert client.get("/jobs").json() == {"jobs": []}


def test_auto_serves_with_sketch_when_nothing_else_answers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "preferences.json").write_text('{"engine_url": "http://127.0.0.1:9"}')
    with serve(home, engine="auto") as served:
        assert httpx.get(f"{served.url}/health").json()["engine"]["kind"] == "sketch"
        assert "Sketch" in served.complaints


def test_a_running_job_is_left_and_taken_up_at_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with sketch_of(home) as brake:
        brake.hold()
        with serve(home) as served, served.client() as client:
            sent = submit(client)
            assert wait_for(client, sent["job_id"], "running")["state"] == "running"
            served.process.terminate()
            assert served.process.wait(40) == 0
        brake.release()
        with serve(home) as served, served.client() as client:
            assert wait_for(client, sent["job_id"])["state"] == "done"
    assert len(list((home / "output").iterdir())) == 1


def test_sketch_does_not_stand_in_for_an_ai_preset(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "preferences.json").write_text('{"engine_url": "http://127.0.0.1:9"}')
    with serve(home, engine="auto") as served, served.client() as client:
        answer = client.post("/tools/text-to-video/jobs", json={"preset": "wan22-14b", "prompt": "a harbour"})
        assert answer.status_code == 503, answer.text
        assert "http://127.0.0.1:9" in answer.json()["detail"]
        assert client.get("/jobs").json() == {"jobs": []}
        made = client.post("/tools/text-to-video/jobs", json={"prompt": "a harbour", "num_frames": 5})
        assert made.status_code == 202, made.text
        assert wait_for(client, made.json()["job_id"])["state"] == "done"
