"""Preferences and places on a real disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.storage.paths import Paths, find_paths, shipped
from oelala_desktop.storage.preferences import Preferences


def load(path: Path) -> Preferences:
    preferences = Preferences(path)
    preferences.load()
    return preferences


def test_nothing_yet(tmp_path: Path) -> None:
    assert load(tmp_path / "p.json").get("engine_url", "default") == "default"


def test_set_values_are_on_the_disk_and_others_survive(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('{"of a newer version": [1], "engine_url": "a"}')
    load(path).update({"engine_url": "ü"})
    again = load(path)
    assert (again.get("engine_url"), again.get("of a newer version")) == ("ü", [1])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.json", "p.json.lock"]


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000])
def test_a_damaged_file_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(content)
    assert load(path).get("engine_url") is None
    assert (tmp_path / "p.damaged").read_bytes() == content


def test_a_file_that_holds_no_object(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("[1]")
    assert load(path).get("engine_url") is None
    assert (tmp_path / "p.damaged").read_text() == "[1]"


def test_a_disk_that_refuses_keeps_the_old_values(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "p.json"
    preferences = load(path)
    with pytest.raises(CannotSave, match=r"preferences cannot be saved: No such file"):
        preferences.update({"engine_url": "b"})
    assert preferences.get("engine_url") is None


def test_the_home_folder_holds_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OELALA_HOME", str(tmp_path / "home"))
    paths = find_paths()
    paths.create()
    places = [getattr(paths, name) for name in dir(Paths) if isinstance(getattr(Paths, name), property)]
    assert all(place.is_relative_to(tmp_path / "home") for place in [*places, paths.data, paths.output])
    assert paths.own_presets.is_dir()


def test_without_a_home_folder_the_system_s_places_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OELALA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_VIDEOS_DIR"):
        monkeypatch.delenv(name, raising=False)
    paths = find_paths()
    assert (paths.data.name, paths.output.name) == ("oelala", "Oelala")


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotSave, match="Set OELALA_HOME to one that can"):
        Paths(tmp_path / "file" / "x", tmp_path).create()


def test_what_comes_with_the_program() -> None:
    assert (shipped("workflows") / "image-to-video" / "sketch.toml").is_file()
    assert (shipped("resources") / "examples" / "harbour.jpg").is_file()
