"""Draws the window in many states to PNGs, to be looked at: python -m tests.gui.gallery_of_widgets DIR [NAME…]."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_CHILD = "OELALA_SCREENSHOT_CHILD"


def _states(seeded: object) -> dict[str, Callable[[], object]]:
    from tests.gui.seeded import Seeded

    assert isinstance(seeded, Seeded)
    shell = seeded.shell

    def unfolded() -> None:
        seeded.running()
        form = seeded.page.form
        form.open_folds(form.cards.foldable() - {"more"})
        form.set_value("steps", 8)
        form.show_field_error("switch_step", "The switch step must be less than the 8 steps.")

    def page(page_id: str) -> Callable[[], None]:
        return lambda: shell.show_page(page_id)

    def panel(name: str) -> Callable[[], None]:
        def act() -> None:
            seeded.running()
            shell.open_panel(name)

        return act

    def toasts() -> None:
        seeded.done()
        shell.toasts.post("harbour_00042.mp4 is finished.", "ok", action="Open")
        shell.toasts.post("4 items moved to the trash.", action="Undo")
        shell.sidebar.set_narrow(True)

    return {
        "idle": seeded.idle,
        "running": seeded.running,
        "done": seeded.done,
        "failed": seeded.failed,
        "unfolded": unfolded,
        "queue": seeded.open_queue,
        "engine": panel("engine"),
        "activity": panel("activity"),
        "popup": seeded.popup,
        "settings": page("settings"),
        "soon": page("train-lora"),
        "text-to-image": page("text-to-image"),
        "shortcuts": shell.open_shortcuts,
        "palette": shell.open_palette,
        "toasts-narrow": toasts,
    }


def _draw(directory: Path, mode: str, suffix: str, wanted: list[str]) -> None:
    from PySide6.QtWidgets import QApplication

    from oelala_desktop.ui.style import motion
    from oelala_desktop.ui.style.appearance import Theme
    from tests.gui.inputs_shown import grab_examples
    from tests.gui.seeded import Seeded

    app = QApplication([])
    app.setProperty(motion.REDUCED, True)
    Theme(app, mode)  # type: ignore[arg-type]
    grab_examples(lambda name, shown: shown.grab().save(str(directory / f"{name}-{mode}{suffix}.png")), wanted)
    for name in _states(Seeded()):
        if wanted and name not in wanted:
            continue
        seeded = Seeded()
        tall = name == "unfolded"
        seeded.shell.resize(1440, 2100 if tall else 900)
        seeded.shell.show()
        app.processEvents()
        _states(seeded)[name]()
        for _ in range(3):  # what is laid out may ask for another layout
            app.processEvents()
        seeded.shell.grab().save(str(directory / f"{name}-{mode}{suffix}.png"))
        seeded.shell.close()
        seeded.shell.deleteLater()


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    if _CHILD in os.environ:
        _draw(directory, *os.environ[_CHILD].split("|"), sys.argv[2:])
        return
    for mode in ("dark", "light"):
        for scale, suffix in (("1", ""), ("2", "@2x")):
            environ = os.environ | {
                _CHILD: f"{mode}|{suffix}",
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": scale,
            }
            subprocess.run(
                [sys.executable, "-m", "tests.gui.gallery_of_widgets", *sys.argv[1:]], env=environ, check=True
            )


if __name__ == "__main__":
    main()
