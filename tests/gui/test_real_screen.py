"""The window on a real X server: files dragged from a real file manager, a real tray, and the ways out."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import httpx
import numpy as np
import psutil
import pytest
from PIL import Image, ImageColor

from oelala_desktop.ui.style import theme
from tests.gui.screen import Screen, missing
from tests.sketch.holdable import Brake

pytestmark = [
    pytest.mark.screen,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
]
TITLE = "Oelala Desktop"
QUESTION = "Quit Oelala"
PROMPT = "slow zoom in on a pier"
NAMES = ("a boat é.png", "b.png", "c.png")
SHORT = {"prompt": PROMPT, "duration": 1.0, "fps": 8}
LONG = {"prompt": PROMPT, "duration": 15.0, "fps": 24, "resolution": "1080p"}
WATCHED = ("org.freedesktop.Notifications", "com.canonical.Unity.LauncherEntry", "org.kde.StatusNotifierItem")
AWAKE = ("org.freedesktop.PowerManagement.Inhibit", "org.freedesktop.ScreenSaver")


def needs(*programs: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(bool(missing(*programs)), reason=missing(*programs) or "-")


@pytest.fixture
def sketch(one_sketch: dict[str, object], brake: Brake) -> Iterator[dict[str, object]]:
    """It, as a home's own record of it. What a test leaves there is gone before the next."""
    yield one_sketch
    httpx.post(f"{one_sketch['url']}/queue", json={"clear": True})
    httpx.post(f"{one_sketch['url']}/interrupt")
    brake.release()


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen("2100x1000") as made:
        yield made


@pytest.fixture
def picture(screen: Screen) -> Path:
    return paint(screen.folder / "pier.png")


def paint(path: Path) -> Path:
    Image.linear_gradient("L").resize((480, 320)).convert("RGB").save(path)
    return path


class Window:
    """The program itself, in a home of its own on `screen`."""

    def __init__(self, screen: Screen, sketch: dict[str, object] | None, form: dict[str, object]) -> None:
        self.screen = screen
        self.home = Path(screen.environment["OELALA_HOME"])
        self.home.mkdir()
        self.keep({"api": False, "form.image-to-video": form})
        if sketch is not None:
            (self.home / "sketch.json").write_text(json.dumps(sketch))
        self.process = self.launch()
        screen.window(TITLE)

    def keep(self, preferences: dict[str, object]) -> None:
        (self.home / "preferences.json").write_text(json.dumps(preferences))

    def kept(self) -> dict[str, object]:
        return dict(json.loads((self.home / "preferences.json").read_bytes()))

    def launch(self, *files: Path) -> subprocess.Popen[bytes]:
        return self.screen.start(sys.executable, "-m", "oelala_desktop", "--engine", "sketch", *map(str, files))

    @property
    def id(self) -> str:
        """The X server's name for the window, once it is shown."""
        return self.screen.window(TITLE)

    @property
    def is_shown(self) -> bool:
        return bool(self.screen.windows(TITLE))

    def wait_alive(self) -> None:
        """Until it has its services, or is about to."""
        self.screen.wait_for((self.home / "jobs.sqlite3").exists, "the window's services")

    def field(self) -> tuple[int, int, int, int]:
        """The picture's field on the screen: left, top, right, bottom."""
        x, y = self.screen.place(self.id)
        return x + 286, y + 118, x + 556, y + 274

    def can_generate(self) -> bool:
        """Whether its button is lit."""
        return count(np.asarray(self.screen.shot(self.screen.box(self.id))), theme.DARK.primary) > 5000

    def generate(self) -> None:
        """By its shortcut, once, as soon as the page takes it."""
        self.screen.wait_for(self.can_generate, "Generate")
        self.screen.to_front(self.id)
        self.screen.keys("ctrl+Return")
        self.screen.wait_for(self.states, "a job")

    def close(self) -> None:
        """As its frame's button does; returns when the window has gone or a question has come. Keys that reach no
        window, since the one in front changed just then, are pressed once more."""

        def is_answered() -> bool:
            return not self.is_shown or bool(self.screen.windows(QUESTION))

        for _ in range(4):
            self.screen.to_front(self.id)
            self.screen.keys("alt+F4")
            with contextlib.suppress(AssertionError):
                self.screen.wait_for(is_answered, "an answer to closing the window", 15)
                return
        raise AssertionError("closing the window has no answer: " + self.screen.said(sys.executable))

    def states(self) -> list[str]:
        """Of all jobs, as they stand in the database."""
        file = self.home / "jobs.sqlite3"
        if not file.exists():
            return []
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            return [row[0] for row in database.execute("SELECT state FROM jobs")]
        except sqlite3.OperationalError:  # not made yet
            return []
        finally:
            database.close()

    def code(self) -> int:
        """What it ends with, having complained of nothing and left no process behind."""
        before = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        code = self.process.wait(60)
        assert self.screen.said(sys.executable) == ""
        left = [child for child in before if child.is_running() and "oelala_desktop.sketch" not in child.cmdline()]
        assert left == []
        return code


def count(shot: np.ndarray, colour: str) -> int:
    """Pixels of exactly that colour."""
    return int((shot == ImageColor.getrgb(colour)).all(axis=-1).sum())


def drag(screen: Screen, folder: Path, zone: tuple[int, int, int, int]) -> None:
    """All files of `folder`, from a file manager's window into a field of ours."""
    settings = screen.folder / "home/.config/libfm/libfm.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text("[ui]\nshow_thumbnail=0\n")  # icons are drawn once
    screen.start("pcmanfm", str(folder))
    manager = screen.window(f"^{folder.name}$")
    screen.run("xdotool", "windowsize", "--sync", manager, "560", "420")
    screen.run("xdotool", "windowmove", "--sync", manager, "20", "80")
    screen.to_front(manager)
    x, y = screen.place(manager)
    view = (x + 165, y + 90, x + 540, y + 380)  # right of the places, above the status line
    screen.wait_for(lambda: len(screen.shot(view).getcolors(2**16) or [None] * 99) > 20, "the icons")
    plain = screen.shot(view)
    screen.point(view[2] - 20, view[3] - 20)
    screen.run("xdotool", "click", "1")
    screen.keys("ctrl+a")
    left, top = screen.wait_for(lambda: screen.changed(plain, view, 150), "the selection of all")
    x, y = left + 40, top + 12
    goal = ((zone[0] + zone[2]) // 2, (zone[1] + zone[3]) // 2)
    screen.point(x, y)
    screen.run("xdotool", "mousedown", "1")
    for step in (4, 8, 12, 16, 24):  # past the distance from which on a press is a drag
        screen.point(x + step, y + step // 2)
    for step in range(1, 11):
        screen.point(x + (goal[0] - x) * step // 10, y + (goal[1] - y) * step // 10)

    def is_taken() -> bool:
        """The field's edge says that it takes them, which the file manager was told before."""
        for by in (2, 0):
            screen.point(goal[0] + by, goal[1])
        shot = np.asarray(screen.shot(zone))
        return max(count(shot, tokens.accent) for tokens in (theme.DARK, theme.LIGHT)) > 300

    screen.wait_for(is_taken, "the field to take them")
    screen.run("xdotool", "mouseup", "1")


@needs("pcmanfm")
def test_three_pictures_dragged_from_a_file_manager(screen: Screen, sketch: dict[str, object]) -> None:
    folder = screen.folder / "pictures"
    folder.mkdir()
    for name in NAMES:
        paint(folder / name)
    window = Window(screen, sketch, SHORT)
    screen.run("xdotool", "windowmove", "--sync", window.id, "620", "60")
    window.wait_alive()
    drag(screen, folder, window.field())
    screen.to_front(screen.window("Several pictures"))
    screen.keys("Return")
    screen.wait_for(lambda: window.states() == ["done"] * 3, "three results")
    videos = sorted((window.home / "output").rglob("*.mp4"))
    assert len(videos) == 3
    for video in videos:
        with av.open(str(video)) as container:
            assert sum(1 for _ in container.decode(video=0)) == 9
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)  # copied, not moved
    window.process.terminate()
    assert window.code() == 0


@needs("xfce4-panel", "dbus-monitor", "dbus-send", "dunst")
def test_tray_tells_of_a_job(screen: Screen, sketch: dict[str, object], brake: Brake, picture: Path) -> None:
    brake.hold()
    screen.watch_bus(*WATCHED, *AWAKE)
    screen.start("dunst")
    screen.start_panel()
    window = Window(screen, sketch, {**SHORT, "image": str(picture)})
    item = screen.wait_for(screen.tray_item, "the icon in the tray")
    assert "oelala" in screen.tray_property(item, "Id")
    window.generate()
    screen.run("xdotool", "windowminimize", window.id)
    screen.wait_for(lambda: PROMPT in screen.tray_property(item, "ToolTip"), "what runs in the tooltip")
    brake.release()
    screen.wait_for(lambda: window.states() == ["done"], "the result")
    screen.wait_for(lambda: screen.heard("Notify"), "the notice")
    assert f'string "{PROMPT}"' in screen.said("dbus-monitor")
    screen.wait_for(lambda: PROMPT not in screen.tray_property(item, "ToolTip"), "a tooltip at rest")
    counts = {name: screen.heard(name) for name in ("NewIcon", "NewToolTip", "Update", "Notify")}
    # at its start and at its end; how often between them is up to how fast the job is
    assert min(counts["NewIcon"], counts["NewToolTip"], counts["Update"]) >= 2, counts
    assert counts["Notify"] == 1
    assert screen.heard("Inhibit") == len(AWAKE)  # each was asked once to keep the machine awake; none is here
    shown = re.findall(r'"progress-visible"\s+variant\s+boolean (\w+)', screen.said("dbus-monitor"))
    assert shown[-1] == "false" and set(shown[:-1]) == {"true"}
    screen.click_tray(item)
    screen.wait_for(lambda: window.is_shown, "the window again")
    window.close()
    screen.wait_for(lambda: not window.is_shown, "the window in the tray")
    assert window.process.poll() is None
    screen.click_tray(item)
    screen.wait_for(lambda: window.is_shown, "the window again")
    window.process.terminate()
    assert window.code() == 0


@needs("xfce4-panel", "dbus-send")
def test_a_tray_that_comes_late_and_goes_early(screen: Screen, sketch: dict[str, object]) -> None:
    window = Window(screen, sketch, SHORT)
    window.wait_alive()
    panel = screen.start_panel()
    screen.wait_for(screen.tray_item, "the icon in the tray")
    window.close()
    screen.wait_for(lambda: not window.is_shown, "the window in the tray")
    screen.end(panel)
    screen.wait_for(lambda: window.is_shown, "the window that nothing else could bring back")
    window.process.terminate()
    assert window.code() == 0


@pytest.mark.parametrize("bus", [True, False], ids=["a bus", "no bus"])
def test_without_a_tray_closing_quits(screen: Screen, sketch: dict[str, object], bus: bool) -> None:
    if not bus:
        del screen.environment["DBUS_SESSION_BUS_ADDRESS"]
    window = Window(screen, sketch, SHORT)
    window.wait_alive()
    window.close()
    assert window.code() == 0


def test_without_a_tray_closing_asks_while_a_job_runs(
    screen: Screen, sketch: dict[str, object], brake: Brake, picture: Path
) -> None:
    brake.hold()
    window = Window(screen, sketch, {**SHORT, "image": str(picture)})
    window.generate()
    window.close()
    asked = screen.window(QUESTION)
    assert screen.run("xdotool", "getwindowname", asked).strip() == f"{QUESTION}?"
    assert window.is_shown
    screen.to_front(asked)
    screen.keys("Escape")
    screen.wait_for(lambda: not screen.windows(QUESTION), "the question's end")
    assert window.is_shown and window.process.poll() is None
    window.close()
    screen.to_front(screen.window(QUESTION))
    screen.keys("Tab", "Return")
    assert window.code() == 0
    assert window.states()[0] not in ("done", "failed", "cancelled")


def test_a_second_start_raises_the_first(screen: Screen, sketch: dict[str, object], picture: Path) -> None:
    window = Window(screen, sketch, SHORT)
    second = window.launch(picture)  # while the first is still starting
    assert second.wait(60) == 0
    inputs = window.home / "inputs"

    def given() -> object:
        form = window.kept().get("form.image-to-video")
        return form.get("image") if isinstance(form, dict) else None

    first = screen.wait_for(given, "the picture in the first window's form")
    assert Path(str(first)).parent == inputs
    screen.run("xdotool", "windowminimize", window.id)
    screen.wait_for(lambda: not window.is_shown, "a minimised window")
    other = screen.folder / "other ü.png"
    Image.new("RGB", (320, 240), (20, 90, 60)).save(other)
    assert window.launch(other).wait(60) == 0
    screen.wait_for(lambda: window.is_shown, "the first window")
    screen.wait_for(lambda: screen.run("xdotool", "getactivewindow") == window.id, "the first window in front")
    screen.wait_for(lambda: given() != first, "the other picture")
    window.process.terminate()
    assert window.code() == 0


@pytest.mark.parametrize("moment", ["imports", "first paint", "closed at once", "a job", "a question", "Ctrl-C"])
def test_asked_to_end_from_outside(
    screen: Screen,
    sketch: dict[str, object],
    brake: Brake,
    picture: Path,
    moment: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brake.hold()
    if moment == "imports":
        monkeypatch.setattr(screen, "window", lambda _title: "")
    window = Window(screen, sketch, {**SHORT, "image": str(picture)})
    if moment == "imports":
        library = re.compile(r"libQt6Core")
        maps = Path(f"/proc/{window.process.pid}/maps")
        screen.wait_for(lambda: library.search(maps.read_text()), "the window's libraries")
    if moment in ("a job", "a question"):
        window.generate()
    if moment == "a question":
        window.close()
        screen.window(QUESTION)
    if moment == "closed at once":
        window.close()
        assert window.code() == 0
        return
    window.process.send_signal(signal.SIGINT if moment == "Ctrl-C" else signal.SIGTERM)
    assert window.code() == 0


def test_only_sketch_outlives_the_window(screen: Screen, picture: Path) -> None:
    window = Window(screen, None, {**LONG, "image": str(picture)})
    window.generate()
    screen.wait_for(lambda: set(window.states()) - {"queued", "sent"}, "a job that runs")
    window.process.terminate()
    assert window.code() == 0
    left = [process.cmdline() for process in screen.processes()]
    ours = [command for command in left if "oelala_desktop" in " ".join(command)]
    assert [command[1:3] for command in ours] == [["-m", "oelala_desktop.sketch"]] or ours == []
