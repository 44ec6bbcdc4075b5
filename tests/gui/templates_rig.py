"""The page Templates in the living window, over a list that a test makes up."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import TemplateRead, TemplatesChanged
from oelala_desktop.domain.template import Template, TemplateFacts, TemplateModel
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.templates.page import TemplatesPage
from tests.gui.living import live, turned
from tests.gui.media_rig import NO_ENGINE
from tests.gui.reach import press

GB = 10**9
THERE = TemplateModel("harbour_vae.safetensors", "vae", "", GB, "there")
GONE = TemplateModel(
    "harbour_low.safetensors", "diffusion_models", "https://example.org/low.safetensors", 12 * GB, "missing"
)
ASTRAY = TemplateModel("boats.safetensors", "loras", "", GB // 2, "misplaced", found="checkpoints")
HARBOUR = Template(
    "harbour",
    "Harbour 2: Image to Video",
    "Boats leave at dawn, slowly.",
    "video",
    ("Image to Video",),
    ("Harbour 2",),
    "2026-03-01",
    21648,
    13 * GB,
    needs_version="0.3",
)
LAKE = Template("lake", "Lake", "A still lake.", "image", ("Text to Image",), ("Lake",), "2026-05-01", 900, 6 * GB)
SONG = Template("song", "Song", "Words to music.", "audio", ("Text to Music",), (), "2025-01-01", 10, pictures=0)
CLOUD = Template("cloud", "Cloud", "Made elsewhere.", "video", ("API",), ("Cloud 9",), "2026-08-01", 70, is_open=False)
FACTS = {
    "harbour": TemplateFacts(
        (TOOLS["image-to-video"],), ("Picture", "Prompt", "1–20 s"), (THERE, GONE, ASTRAY), has_sound=True
    ),
    "lake": TemplateFacts((TOOLS["text-to-image"],), ("Prompt", "Size"), (THERE,)),
    "song": TemplateFacts(fault="No tool has a page for sounds.", lacking=("SingAlong", "HumAlong")),
}


def forty() -> tuple[Template, ...]:
    """The four, and as many more as fill a page."""
    more = (replace(LAKE, name=f"lake-{at}", title=f"Lake {at}", uses=800 - at) for at in range(36))
    return (HARBOUR, LAKE, SONG, CLOUD, *more)


def moving_picture(frames: int = 6) -> bytes:
    """An animation that runs from black to white."""
    shades = [Image.new("RGB", (64, 36), (40 * at,) * 3) for at in range(frames)]
    buffer = io.BytesIO()
    shades[0].save(buffer, "WEBP", save_all=True, append_images=shades[1:], duration=40, loop=0, lossless=True)
    return buffer.getvalue()


class OfferedTemplates:
    """What the services give of templates, without a server."""

    def __init__(self, bus: Bus, folder: Path, templates: Sequence[Template] = (HARBOUR, LAKE, SONG, CLOUD)) -> None:
        self._bus = bus
        self._picture = folder / "moving.webp"
        self._picture.write_bytes(moving_picture())
        self.templates = tuple(templates)
        self.known = dict(FACTS)
        self.server = "studio-pc"
        self.is_offline = False
        self.reason = ""
        self.asked: list[str] = []  # whose picture
        self.refreshed = 0
        self.is_broken = False  # whether no picture comes

    def find(self, name: str) -> Template | None:
        return next((template for template in self.templates if template.name == name), None)

    def facts(self, name: str) -> TemplateFacts | None:
        return self.known.get(name)

    async def saved(self) -> tuple[str, ...]:
        return ()

    def tell(self, name: str = "") -> None:
        """Of the list, or of one of them."""
        self._bus.publish(TemplateRead(name) if name else TemplatesChanged())

    async def look(self, name: str) -> TemplateFacts:
        return self.known[name]

    async def refresh(self) -> None:
        self.refreshed += 1

    async def picture(self, name: str, number: int = 1) -> Path:
        self.asked.append(name)
        if self.is_broken:
            raise NotFound(f"The template {name} has no picture {number}.")
        return self._picture

    async def workflow(self, name: str) -> dict[str, Any]:
        return {"nodes": [], "links": [], "name": name}

    async def adoption(self, name: str) -> Adoption:
        raise NotFound(f"{self.server} has no template named {name}.")

    async def keep(self) -> None:
        """At the end."""


class Shown:
    """`page` in `window`, over `offered`."""

    def __init__(self, window: MainWindow, offered: OfferedTemplates, page: TemplatesPage) -> None:
        self.window, self.offered, self.page = window, offered, page
        self.grid = page.catalogue.grid

    def titles(self) -> list[str]:
        model = self.grid.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def spoken(self, title: str) -> str:
        """What a screen reader says of the card."""
        model = self.grid.model()
        index = model.index(self.titles().index(title), 0)
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole)).replace("\u00a0", " ")

    def click(self, title: str) -> None:
        index = self.grid.model().index(self.titles().index(title), 0)
        self.grid.scrollTo(index)
        QTest.mouseClick(
            self.grid.viewport(),
            Qt.MouseButton.LeftButton,
            pos=self.grid.card_rect(self.grid.visualRect(index)).center(),
        )


def templates(
    qapp: QApplication,
    home: Path,
    act: Callable[[Shown], Awaitable[None]],
    offered: Callable[[OfferedTemplates], object] = lambda _offered: None,
) -> None:
    """Opens the page as a user does. `offered` changes what there is before."""

    async def scenario(window: MainWindow) -> None:
        services = window.studio.services
        made = OfferedTemplates(services.bus, home)
        offered(made)
        services.templates = made  # type: ignore[assignment]
        made.tell()
        window.shell.resize(1440, 900)
        press(window.shell, "Templates")
        page = window.shell.page("templates")
        assert isinstance(page, TemplatesPage)
        await turned()
        await act(Shown(window, made, page))

    live(qapp, home, scenario, engine=NO_ENGINE)
