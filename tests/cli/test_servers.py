"""`oelala servers`: names, authorities and secrets from the command line."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.warm import run_warm

CANARY = "canary-4711"


def oelala(home: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return run_warm(arguments, {**os.environ, "OELALA_HOME": str(home)}, home, given=stdin)


def test_add_list_remove(tmp_path: Path) -> None:
    added = oelala(
        tmp_path, "servers", "add", "studio", "https://studio.example/comfy/", "--token-file", "-", stdin=CANARY
    )
    assert added.returncode == 0, added.stderr
    listed = oelala(tmp_path, "servers", "--json")
    assert json.loads(listed.stdout) == {
        "name": "studio",
        "url": "https://studio.example/comfy",
        "ca_file": None,
        "headers": ["Authorization"],
    }
    assert CANARY not in listed.stdout + added.stderr + (tmp_path / "preferences.json").read_text()
    assert oelala(tmp_path, "servers", "remove", "studio").returncode == 0
    none = oelala(tmp_path, "servers")
    assert (none.stdout, none.returncode) == ("", 0) and "oelala servers add NAME URL" in none.stderr
    assert oelala(tmp_path, "servers", "remove", "studio").returncode == 2


def test_an_authority_that_is_none_is_refused(tmp_path: Path) -> None:
    words = tmp_path / "words.pem"
    words.write_text("no certificate")
    for name, why in ((str(tmp_path / "nope.pem"), "No such file"), (str(words), "holds no certificate")):
        added = oelala(tmp_path, "servers", "add", "a", "https://x", "--ca", name)
        assert added.returncode == 2
        assert name in added.stderr and why in added.stderr
    assert oelala(tmp_path, "servers").stdout == ""


def test_wrong_input_is_refused(tmp_path: Path) -> None:
    headers = tmp_path / "headers"
    headers.write_text("no colon here\n")
    assert oelala(tmp_path, "servers", "add", "a", "http://x", "--headers-file", str(headers)).returncode == 2
    gone, noise = tmp_path / "gone", tmp_path / "noise"
    noise.write_bytes(b"\xff\xfe")
    for file, why in ((gone, "cannot be read: No such file or directory."), (noise, "is not UTF-8 text.")):
        added = oelala(tmp_path, "servers", "add", "a", "http://x", "--token-file", str(file))
        assert (added.returncode, added.stderr.strip()) == (2, f"{file} {why}")
    assert oelala(tmp_path, "servers", "add", "auto", "http://x").returncode == 2
    assert oelala(tmp_path, "servers", "add", "a", "ftp://x").returncode == 2
