"""The client in docs/api.md does what it says."""

import re
import subprocess
import sys
from pathlib import Path

from oelala_desktop.metadata import probe
from tests.api.serving import PICTURE, Served

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


def client_source() -> str:
    (source,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    return str(source)


def test_it_has_at_most_a_hundred_lines() -> None:
    assert len(client_source().splitlines()) <= 100


def test_it_sends_follows_and_saves(served: Served, tmp_path: Path) -> None:
    script, video = tmp_path / "client.py", tmp_path / "video.mp4"
    script.write_text(client_source(), "utf-8")
    command = [sys.executable, str(script), str(PICTURE), "slow zoom in", str(video), served.url]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    assert probe(video).kind == "video"


def test_it_says_what_went_wrong(served: Served, tmp_path: Path) -> None:
    script = tmp_path / "client.py"
    script.write_text(client_source(), "utf-8")
    command = [sys.executable, str(script), str(PICTURE), "x" * 30_000, str(tmp_path / "v"), served.url]
    ended = subprocess.run(command, timeout=60, capture_output=True, text=True)
    assert ended.returncode == 1 and ended.stderr.strip().startswith("prompt: the text has 30000 characters")
