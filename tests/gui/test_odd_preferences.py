"""A window over preferences that hold odd things: it opens, says so once, and works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.shell.remembered import last_page, read_remembered, restore
from oelala_desktop.ui.shell.shell import Shell
from tests.gui.living import live, page_of

NO_ENGINE = "http://127.0.0.1:9"
ODD: tuple[Any, ...] = (None, 3, 1.5, True, "", "ü%", "\u0000", [], [[1]], {}, {"a": [1]}, [None])


@pytest.mark.parametrize("key", ["geometry", "sidebar_narrow", "folded_groups", "page", "appearance"])
def test_the_first_paint_bears_anything(qapp: QApplication, key: str) -> None:
    for value in ODD:
        shell = Shell()
        restore(shell, {key: value})
        assert last_page({key: value})
        shell.close()
        shell.deleteLater()


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 50_000, "\x00", "[1]"])
def test_what_is_no_object_is_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "p.json").write_text(content)
    assert read_remembered(tmp_path / "p.json") == {}


def test_a_window_with_odd_values_everywhere(qapp: QApplication, tmp_path: Path) -> None:
    odd = {
        "engine_url": "http://a b",
        "page": ["settings"],
        "api_port": "many",
        "media.density": {},
        "media.sort": 3,
        "picture_megabytes": -1,
        "form.image-to-video": {"steps": {"a": 1}, "lora_configs": 7, "prompt": "boats", "of_my_own": [[]]},
        "form.text-to-video": [],
        "folds.image-to-video": 3,
        "preset.image-to-video": ["x"],
        "servers": {"studio": 3, "attic": {"url": "http://attic:8188"}},
    }
    (tmp_path / "preferences.json").write_text(json.dumps(odd))
    broken = tmp_path / "workflows" / "image-to-video" / "mine.toml"
    broken.parent.mkdir(parents=True)
    broken.write_text('name = "Mine"\norder = inf\n')
    broken.with_suffix(".json").write_text("{}")

    async def act(window: MainWindow) -> None:
        said = [notice.text for notice in window.studio.notices]
        assert len(said) == 2, said
        assert any("preferences.damaged" in text and "servers: studio" in text for text in said)
        assert any("“order” must be a number" in text for text in said)
        for tool in ("image-to-video", "text-to-video"):
            page_of(window, tool)
        assert page_of(window).form.values()["prompt"] == "boats"
        for page_id in ("media-all", "settings"):
            window.shell.show_page(page_id)
        assert [server.name for server in window.studio.services.servers.all()] == ["attic"]
        page_of(window).form.set_values({"prompt": "reeds"})
        page_of(window).edited()

    async def again(window: MainWindow) -> None:
        assert [n.text for n in window.studio.notices if "preferences" in n.text] == []
        assert page_of(window).form.values()["prompt"] == "reeds"

    live(qapp, tmp_path, act, engine=NO_ENGINE)
    assert json.loads((tmp_path / "preferences.damaged").read_text()) == odd
    live(qapp, tmp_path, again, engine=NO_ENGINE)
