"""A file that is looked at for long, and what is done meanwhile."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.field import FieldKind
from oelala_desktop.services.inputs.store import InputStore, Taken
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.widgets.drop_target import DropTarget
from tests import own_preset
from tests.gui.inputs_rig import FIELDS, drop, files_of, give, named, names, open_page, press
from tests.gui.living import live, stop_sketch, until


class Slow(InputStore):
    """Has looked at a file called `slow…` only when it is told to go on."""

    go_on = threading.Event()
    begun = threading.Event()
    over = threading.Event()

    def take(self, path: Path, kind: FieldKind, key: str, *, preview: bool = False) -> Taken:
        taken = super().take(path, kind, key, preview=preview)
        if path.name.startswith("slow"):
            self.begun.set()
            self.go_on.wait(60)
            self.over.set()
        return taken


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    own_preset.write_preset(tmp_path)
    yield tmp_path
    stop_sketch(tmp_path)


def test_what_is_taken_away_meanwhile_stays_away(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    files = files_of(own_preset.make_inputs(tmp_path))
    slow = tmp_path / f"slow{files['video'][0].suffix}"
    shutil.copyfile(files["video"][0], slow)

    async def scenario(window: MainWindow) -> None:
        store = window.studio.services.inputs
        window.studio.services.inputs = Slow(store.folder, store.most_bytes)
        page = await open_page(window)
        await give(page, files, "video")
        drop(named(page.form, FIELDS["video"], DropTarget), slow)
        await until(Slow.begun.is_set, "the look at the second video")
        press(page, "Remove scene")
        assert names(page, "video") == []
        Slow.go_on.set()
        await until(Slow.over.is_set, "the end of that look")
        await give(page, files, "sound")  # what came before it has been told by then
        assert names(page, "video") == []

    live(qapp, home, scenario)
