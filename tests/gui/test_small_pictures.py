"""Pictures shown small and cropped are as sharp as their place, whatever their shape."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.ui.gallery.prompts_page import PromptsPage
from oelala_desktop.ui.widgets.thumbnail import PlaceholderImage
from tests.gui.living import until
from tests.gui.media_rig import PARAMS, Gallery, gallery, put
from tests.metadata import corpus


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def panorama(folder: Path) -> None:
    """So wide that one measured by its longer side would be a few pixels high."""
    text = corpus.png_text("oelala_params", corpus.dumps(PARAMS | {"prompt": "a ridge at dawn"}))
    put(folder / "ridge.png", corpus.png(text, width=2100, height=300), 0)


def shown_in(widget: QWidget) -> PlaceholderImage:
    found = widget.findChild(PlaceholderImage)
    assert isinstance(found, PlaceholderImage)
    return found


def is_sharp(place: PlaceholderImage, ratio: float = 2.0) -> bool:
    shown: QSize = place.pixmap.size()
    return shown.height() >= place.height() * ratio and shown.width() >= place.width() * ratio


def test_in_the_popup(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.page.show_prompt(g.key("ridge.png"))
        await until(lambda: g.page.shelf.popup.isVisible(), "the popup")
        assert is_sharp(shown_in(g.page.shelf.popup))

    gallery(qapp, home, act, make=panorama, ready=1)


def test_beside_a_prompt(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.shell.show_page("media-prompts")
        page = g.shell.page("media-prompts")
        assert isinstance(page, PromptsPage)
        await until(lambda: page.rows and not shown_in(page.rows[0]).pixmap.isNull(), "the picture of a prompt")
        assert is_sharp(shown_in(page.rows[0]))

    gallery(qapp, home, act, make=panorama, ready=1)
