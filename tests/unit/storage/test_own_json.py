"""Small files that several processes and threads write at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.storage.locks import locked
from oelala_desktop.storage.own_json import OwnJson
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.secrets import Secrets

ROUNDS = 200


def load(path: Path) -> Preferences:
    preferences = Preferences(path)
    preferences.load()
    return preferences


def test_two_threads_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.json"

    def write(name: str) -> None:
        preferences = load(path)
        for number in range(ROUNDS):
            preferences.update({f"{name}{number}": number})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, "ab"))
    after = load(path)
    assert all(after.get(f"{name}{number}") == number for name in "ab" for number in range(ROUNDS))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.json", "p.json.lock"]


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from oelala_desktop.storage.preferences import Preferences\n"
        "p = Preferences(Path(sys.argv[1])); p.load()\n"
        "for n in range(50): p.update({sys.argv[2] + str(n): n})"
    )
    path = tmp_path / "p.json"
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "ab"]
    assert [process.wait(60) for process in running] == [0, 0]
    after = load(path)
    assert all(after.get(f"{name}{number}") == number for name in "ab" for number in range(50))


def test_what_another_process_wrote_stays_and_is_seen(tmp_path: Path) -> None:
    ours, theirs = load(tmp_path / "p.json"), load(tmp_path / "p.json")
    theirs.update({"servers": {"studio": {"url": "http://studio"}}})
    ours.update({"appearance": "dark"})
    assert ours.get("servers") == {"studio": {"url": "http://studio"}}
    theirs.edit("servers", lambda rows: {**rows, "other": {}})
    ours.edit("servers", lambda rows: {**rows, "third": {}})
    assert load(tmp_path / "p.json").get("servers").keys() == {"studio", "other", "third"}


def test_a_value_that_no_file_can_hold_keeps_no_other_from_being_saved(tmp_path: Path) -> None:
    preferences = load(tmp_path / "p.json")
    with pytest.raises(CannotSave, match="cannot hold what is set for output_folder"):
        preferences.update({"output_folder": "\udc80", "appearance": "dark"})
    assert load(tmp_path / "p.json").get("appearance") == "dark"


def test_a_second_damaged_file_is_kept_beside_the_first(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    notices = []
    for content in ("{1", "{2"):
        path.write_text(content)
        preferences = load(path)
        preferences.update({"a": 1})
        notices += preferences.notices
    assert [(tmp_path / name).read_text() for name in ("p.damaged", "p.damaged-2")] == ["{1", "{2"]
    assert [str(tmp_path / name) in notices[at] for at, name in enumerate(("p.damaged", "p.damaged-2"))] == [True, True]


def test_a_file_damaged_while_we_run_is_set_aside_at_the_next_change(tmp_path: Path) -> None:
    preferences = load(tmp_path / "p.json")
    preferences.update({"a": 1})
    (tmp_path / "p.json").write_text("{")
    preferences.update({"b": 2})
    assert (tmp_path / "p.damaged").read_text() == "{"
    assert load(tmp_path / "p.json").get("b") == 2


def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.symlink_to(path)
    preferences = load(path)
    assert "cannot be read" in preferences.notices[0]
    with pytest.raises(CannotSave):
        preferences.update({"a": 1})
    assert path.is_symlink() and not (tmp_path / "p.damaged").exists()


def test_who_holds_the_lock_for_too_long_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "p.json.lock"
    with locked(path), pytest.raises(CannotSave, match="Another Oelala holds"), locked(path, patience=0):
        pass


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from oelala_desktop.storage.locks import locked\n"
        "with locked(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.lock")], check=False, timeout=60)
    with locked(tmp_path / "x.lock", patience=0):
        pass


def test_damaged_secrets_are_kept_aside_and_still_nobody_s(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"http://a": {"Authorization": 3}, "http://b": {"Authorization": "Bearer b"}}')
    path.chmod(0o600)
    secrets = Secrets(path, use_keyring=False)
    secrets.load()
    assert (secrets.get("http://a"), secrets.get("http://b")) == ({}, {"Authorization": "Bearer b"})
    secrets.set("http://c", {"Authorization": "Bearer c"})
    assert secrets.get("http://b") == {"Authorization": "Bearer b"}
    assert len(secrets.notices) == 1 and "Bearer" not in secrets.notices[0]
    path.write_text("{")
    assert secrets.get("http://b") == {}
    if os.name == "posix":
        assert [stat.S_IMODE(p.stat().st_mode) & 0o077 for p in sorted(tmp_path.glob("secrets.[jd]*"))][:1] == [0]


def test_two_threads_keep_every_secret(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets.json", use_keyring=False)

    def write(name: str) -> None:
        for number in range(50):
            secrets.set(f"http://{name}{number}", {"Authorization": name})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, "ab"))
    assert len(OwnJson(tmp_path / "secrets.json", "secrets").read()) == 100
