"""Every page and panel in every state, to be looked at: python -m tests.gui.screenshots DIR [NAME…].

Writes `<page>-<state>-<dark|light>-<100|200>.png`. A page more is a line more in SHOTS. Tool pages and panels stand on
`seeded.Seeded`; the pages of My Media are the living window over 0, 5 and 5,000 files."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from oelala_desktop.services.settings.known import PAGE, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from oelala_desktop.ui.main_window import MainWindow
    from oelala_desktop.ui.templates.page import TemplatesPage
    from tests.gui.seeded import Seeded

_CHILD = "OELALA_SCREENSHOT_CHILD"
MODES, SCALES = ("dark", "light"), ("100", "200")
FULL = 5000
MEDIA = ("media-all", "media-images", "media-videos", "media-favorites", "media-prompts")


class Shot(NamedTuple):
    """`files` None: `act` is given a Seeded. Otherwise the living window over so many files, `act` awaited if it can
    be."""

    page: str
    state: str
    act: Callable[..., object]
    files: int | None = None
    height: int = 900

    @property
    def name(self) -> str:
        return f"{self.page}-{self.state}"


# seeded states


def _unfolded(seeded: Seeded) -> None:
    seeded.fill()
    form = seeded.page.form
    form.open_folds(form.cards.foldable())


def _page(page_id: str) -> Callable[[Seeded], None]:
    return lambda seeded: seeded.shell.show_page(page_id)


def _panel(name: str) -> Callable[[Seeded], None]:
    def act(seeded: Seeded) -> None:
        seeded.running()
        seeded.shell.open_panel(name)

    return act


def _notices(seeded: Seeded) -> None:
    seeded.done()
    seeded.shell.toasts.post("harbour_00042.mp4 is finished.", "ok", action="Open")
    seeded.shell.toasts.post("4 files moved to the trash.", action="Undo")
    seeded.shell.sidebar.set_narrow(True)


# living states


def _media(page_id: str) -> Callable[[MainWindow], Awaitable[None]]:
    async def act(window: MainWindow) -> None:
        window.shell.show_page(page_id)
        await _settled(window)

    return act


async def _settled(window: MainWindow) -> None:
    """The list is there, and a picture in every cell or row that can be seen."""
    from oelala_desktop.ui.gallery.media_page import MediaPage
    from oelala_desktop.ui.widgets.thumbnail import PlaceholderImage
    from tests.gui.living import turned, until

    page = window.shell.page(window.shell.page_id)
    if isinstance(page, MediaPage):
        await until(lambda: page.feed.is_loaded, "the list")
        await until(lambda: all(key in page.grid.pixmaps for key in _visible(page.grid)), "thumbnails")
    else:
        shown = lambda: [p for p in page.findChildren(PlaceholderImage) if not p.visibleRegion().isEmpty()]  # noqa: E731
        await until(lambda: page.empty.isVisible() or shown(), "the prompts")
        await until(lambda: not any(picture.pixmap.isNull() for picture in shown()), "their pictures")
    await turned()


def _visible(grid: object) -> Iterator[str]:
    from oelala_desktop.ui.gallery.grid import MediaGrid

    assert isinstance(grid, MediaGrid)
    top = grid.verticalScrollBar().value()
    first, end = grid.layout_.visible(top, top + grid.viewport().height())
    return (key for key in map(grid.provider.key, range(first, end)) if key is not None)


def _with_grid(act: Callable[..., object]) -> Callable[[MainWindow], Awaitable[None]]:
    """On the page of all media; `act` gets the page."""
    from tests.gui.living import turned

    async def do(window: MainWindow) -> None:
        window.shell.show_page("media-all")
        await _settled(window)
        page = window.shell.page("media-all")
        done = act(page)
        if isinstance(done, Awaitable):
            await done
        await turned()

    return do


def _selected(page: object) -> None:
    _grid(page).set_selection([_key(page, at) for at in (1, 2, 8)])


def _grid(page: object) -> object:
    return page.grid  # type: ignore[attr-defined]


def _key(page: object, at: int) -> str:
    return page.grid.provider.key(at)  # type: ignore[attr-defined]


def _video_key(page: object) -> str:
    provider = page.feed.provider  # type: ignore[attr-defined]
    return next(str(i) for i in provider.ids if (m := provider.media(str(i))) and m.kind == "video" and m.has_prompt)


async def _popup(page: object) -> None:
    from oelala_desktop.ui.widgets.thumbnail import PlaceholderImage
    from tests.gui.living import until

    key = _video_key(page)
    page.grid.select_only(key)  # type: ignore[attr-defined]
    page.show_prompt(key)  # type: ignore[attr-defined]
    popup = page.shelf.popup  # type: ignore[attr-defined]
    await until(lambda: popup.isVisible() and not popup.findChild(PlaceholderImage).pixmap.isNull(), "the popup")


async def _listed(page: object) -> None:
    from tests.gui.living import until

    page.toolbar.view.button("list").click()  # type: ignore[attr-defined]
    grid = page.grid  # type: ignore[attr-defined]
    await until(lambda: all(key in grid.pixmaps for key in _visible(grid)), "thumbnails")


async def _scanning(page: object) -> None:
    from tests.gui.living import until

    scan = page.shelf.scan  # type: ignore[attr-defined]
    await until(lambda: scan.set_progress(1240, FULL, False) or scan.isVisible(), "how far it is, after the real one")


def _broken(page: object) -> None:
    page.shelf.show_error("The media index is closed.")  # type: ignore[attr-defined]


def _viewing(panel: bool) -> Callable[[object], object]:
    async def act(page: object) -> None:
        from oelala_desktop.ui.gallery.viewer import Viewer
        from tests.gui.living import until
        from tests.gui.reach import has_button

        page.open(_video_key(page))  # type: ignore[attr-defined]
        viewer = page.window().findChild(Viewer)  # type: ignore[attr-defined]
        await until(lambda: viewer.player.frames > 0, "a frame of it")
        if viewer.panel.isHidden() is panel:
            viewer.toggle_panel()
        await until(lambda: not panel or has_button(viewer.panel, "Copy prompt"), "its prompt")

    return act


async def _picker(window: MainWindow) -> None:
    from oelala_desktop.ui.gallery.picker import MediaPicker, open_picker
    from tests.gui.living import until

    window.shell.show_page("image-to-video")
    open_picker(window.studio, lambda _path: None)
    await until(lambda: window.shell.findChild(MediaPicker), "the picker")
    grid = window.shell.findChild(MediaPicker).grid
    await until(lambda: next(_visible(grid), None) and all(k in grid.pixmaps for k in _visible(grid)), "thumbnails")


def _templates(act: Callable[[TemplatesPage], object]) -> Callable[[MainWindow], Awaitable[None]]:
    """On the page of templates, over forty that are made up."""
    from tests.gui.living import turned, until

    async def do(window: MainWindow) -> None:
        from oelala_desktop.ui.templates.page import TemplatesPage
        from tests.gui.templates_rig import OfferedTemplates, forty

        services = window.studio.services
        services.templates = made = OfferedTemplates(services.bus, services.paths.data, forty())  # type: ignore[assignment]
        made.tell()
        window.shell.show_page("templates")
        page = window.shell.page("templates")
        assert isinstance(page, TemplatesPage)
        grid, model = page.catalogue.grid, page.catalogue.model
        act(page)
        shown = lambda: [card for card in map(model.card, grid.on_screen()) if card.picture]  # noqa: E731
        await until(lambda: not grid.isVisible() or all(card.key in grid.pictures for card in shown()), "pictures")
        await turned()

    return do


SHOTS: tuple[Shot, ...] = (
    Shot("image-to-video", "empty", lambda s: s.idle()),
    Shot("image-to-video", "ready", lambda s: s.fill()),
    Shot("image-to-video", "busy", lambda s: s.running()),
    Shot("image-to-video", "done", lambda s: s.done()),
    Shot("image-to-video", "failed", lambda s: s.failed()),
    Shot("image-to-video", "unfolded", _unfolded, height=2100),
    Shot("text-to-video", "ready", _page("text-to-video")),
    Shot("text-to-image", "ready", _page("text-to-image")),
    Shot("soon", "empty", _page("train-lora")),
    Shot("settings", "ready", _page("settings")),
    Shot("queue", "busy", lambda s: s.open_queue()),
    Shot("engine", "ready", _panel("engine")),
    Shot("activity", "done", _panel("activity")),
    Shot("shortcuts", "ready", lambda s: s.shell.open_shortcuts()),
    Shot("palette", "ready", lambda s: s.shell.open_palette()),
    Shot("notices", "done", _notices),
    *(Shot(page, str(files), _media(page), files) for files in (0, 5, FULL) for page in MEDIA),
    Shot("media-all", "selected", _with_grid(_selected), FULL),
    Shot("media-all", "popup", _with_grid(_popup), FULL),
    Shot("media-all", "list", _with_grid(_listed), FULL),
    Shot("media-all", "busy", _with_grid(_scanning), FULL),
    Shot("media-all", "filters", _with_grid(lambda page: page.toolbar.open_filters()), FULL),
    Shot("media-all", "failed", _with_grid(_broken), FULL),
    Shot("viewer", "done", _with_grid(_viewing(False)), FULL),
    Shot("viewer", "prompt", _with_grid(_viewing(True)), FULL),
    Shot("picker", "ready", _picker, FULL),
    Shot("templates", "ready", _templates(lambda _page: None), 0),
    Shot("templates", "open", _templates(lambda page: page.open_template("harbour")), 0),
    Shot("templates", "presets", _templates(lambda page: page.show_tab("presets")), 0),
)


# drawing


def make_homes(folder: Path) -> None:
    """The homes of the living states. The newest files are of today."""
    from tests.benchmarks.corpus import NEWEST, make_corpus

    for count in sorted({shot.files for shot in SHOTS if shot.files is not None}):
        output = folder / str(count) / "output"
        output.mkdir(parents=True)
        for path in make_corpus(output, count) if count else ():
            moment = path.stat().st_mtime + time.time() - 3600 - NEWEST
            os.utime(path, (moment, moment))


def draw(directory: Path, homes: Path, mode: str, scale: str, wanted: list[str]) -> None:
    """All shots of one palette at one scale, in this process."""
    from PySide6.QtWidgets import QApplication

    from oelala_desktop.ui.process.garbage import GarbageCollector
    from oelala_desktop.ui.style import motion
    from oelala_desktop.ui.style.appearance import Theme

    app = QApplication([])
    GarbageCollector(app)
    app.setProperty(motion.REDUCED, True)
    app.setQuitOnLastWindowClosed(False)
    Theme(app, mode)  # type: ignore[arg-type]
    shots = [shot for shot in SHOTS if not wanted or shot.name in wanted or shot.page in wanted]
    target = lambda shot: str(directory / f"{shot.name}-{mode}-{scale}.png")  # noqa: E731
    for shot in (shot for shot in shots if shot.files is None):
        _draw_seeded(app, shot, target(shot))
    living = sorted((shot for shot in shots if shot.files is not None), key=lambda shot: shot.files or 0)
    for files, group in groupby(living, key=lambda shot: shot.files):
        for shot in group:
            _draw_living(app, homes / str(files), shot, target(shot))


def _draw_seeded(app: QApplication, shot: Shot, target: str) -> None:
    from tests.gui.seeded import Seeded

    seeded = Seeded()
    seeded.shell.resize(1440, shot.height)
    seeded.shell.show()
    app.processEvents()
    shot.act(seeded)
    for _ in range(3):  # what is laid out may ask for another layout
        app.processEvents()
    seeded.shell.grab().save(target)
    seeded.shell.close()
    seeded.shell.deleteLater()


def _draw_living(app: QApplication, home: Path, shot: Shot, target: str) -> None:
    from tests.gui.living import live, until

    async def scenario(window: MainWindow) -> None:
        library = window.studio.services.library
        window.shell.resize(1440, shot.height)
        await library.start()
        stats = await library.stats()
        if stats.videos + stats.images < (shot.files or 0) * 0.9:
            await _indexed(window, shot.files or 0)
        await until(lambda: window.shell.isVisible(), "the window")
        made = shot.act(window)
        if isinstance(made, Awaitable):
            await made
        window.shell.grab().save(target)
        window.studio.services.settings.set(PAGE, "image-to-video")
        window.studio.services.settings.set(VIEW, "grid")

    live(app, home, scenario, engine="http://127.0.0.1:9", seconds=300)


async def _indexed(window: MainWindow, files: int) -> None:
    from oelala_desktop.domain.events import LibraryChanged
    from oelala_desktop.domain.media import MediaQuery

    library = window.studio.services.library
    changed = asyncio.Event()
    end = window.studio.services.bus.subscribe(LibraryChanged, lambda _event: changed.set())
    while (await library.stats()).videos + (await library.stats()).images < files * 0.9:
        await changed.wait()
        changed.clear()
    end()
    ids = await library.ids(MediaQuery())
    await library.set_favorite(ids[1::7][:60], True)


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    if _CHILD in os.environ:
        homes, mode, scale = os.environ[_CHILD].split("|")
        draw(directory, Path(homes), mode, scale, sys.argv[2:])
        return
    with tempfile.TemporaryDirectory() as homes:
        make_homes(Path(homes))
        for mode in MODES:
            for scale in SCALES:
                environ = os.environ | {
                    _CHILD: f"{homes}|{mode}|{scale}",
                    "QT_QPA_PLATFORM": "offscreen",
                    "QT_SCALE_FACTOR": str(int(scale) / 100),
                }
                command = [sys.executable, "-m", "tests.gui.screenshots", *sys.argv[1:]]
                subprocess.run(command, env=environ, check=True)


if __name__ == "__main__":
    main()
