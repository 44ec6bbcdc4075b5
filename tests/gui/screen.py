"""A screen of its own for a test: X server, window manager and session bus, and the real window on it.

Every program runs in a session of its own, writes to a file, and is gone with its children when the screen is closed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import psutil
from PIL import Image, ImageChops, ImageGrab
from watchfiles import watch

_PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"""
_WATCHER = "org.kde.StatusNotifierWatcher"
_ITEM = "org.kde.StatusNotifierItem"
#: seconds that anything may take on a busy machine
PATIENCE = 60.0

T = TypeVar("T")


def missing(*programs: str) -> str:
    """Why a test of a real screen cannot run here; "" if it can."""
    absent = [name for name in ("Xvfb", "openbox", "xdotool", "dbus-daemon", *programs) if shutil.which(name) is None]
    return f"not installed here: {', '.join(absent)}" if absent else ""


class Screen:
    """`folder` is where the programs of this screen have their homes and their output."""

    def __init__(self, size: str = "1280x900") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="screen"))  # short: a bus address has at most 108 characters
        self._size = size
        self._started: list[subprocess.Popen[bytes]] = []
        #: of the files in the folder, where all that the programs say and keep is; at least ten a second
        self._news = watch(
            self.folder, watch_filter=None, step=10, debounce=50, rust_timeout=100, yield_on_timeout=True
        )
        home = self.folder / "home"
        run = self.folder / "run"
        for place in (home, run):
            place.mkdir(mode=0o700)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "QT_", "DBUS_", "WAYLAND_", "GTK_"))}
        self.environment = kept | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "TMPDIR": str(self.folder),
            "OELALA_HOME": str(self.folder / "oelala"),
            "QT_QPA_PLATFORM": "xcb",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "GIO_USE_VFS": "local",
            "GIO_USE_VOLUME_MONITOR": "unix",
        }

    def __enter__(self) -> Self:
        ours, theirs = os.pipe()
        try:
            self.start(
                "Xvfb", "-displayfd", str(theirs), "-screen", "0", f"{self._size}x24", "-nolisten", "tcp", fd=theirs
            )
            os.close(theirs)
            with os.fdopen(ours) as told:
                self.environment["DISPLAY"] = f":{told.readline().strip()}"
            bus = self.folder / "bus"
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"
            self.start("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={bus}")
            self.wait_for(bus.exists, "the session bus")
            self._manage_windows()
        except BaseException:
            self.close()
            raise
        return self

    def _manage_windows(self) -> None:
        """A window manager that ends as it starts, as it may on a busy machine, is started once more."""
        for _ in range(3):
            manager = self.start("openbox")
            with contextlib.suppress(AssertionError):
                self.wait_for(lambda: self.run("xdotool", "get_num_desktops"), "the window manager", 20)
                return
            self.end(manager)
        raise AssertionError("no window manager: " + self.said("openbox"))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends whatever was started here, children and programs that the bus started too."""
        ours = set(self.processes())
        for process in reversed(self._started):
            self.end(process)
        for process in ours:
            with contextlib.suppress(psutil.Error):
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_for(self, look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
        """The first true answer of `look`, which is asked again when a program has written something, and now and then
        besides for what is only to be seen."""
        deadline = time.monotonic() + seconds
        while not (answer := look()):
            assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
            next(self._news)
        return answer

    def processes(self) -> Iterator[psutil.Process]:
        """All that have our home in their environment, whatever became of their parents."""
        mark = self.environment["OELALA_HOME"]
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("OELALA_HOME") == mark:
                    yield process

    # programs

    def start(self, *command: str, fd: int | None = None) -> subprocess.Popen[bytes]:
        """A program that runs until the screen is closed. What it says goes to `output_of(its name)`."""
        with self.output_of(command[0]).open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
                pass_fds=() if fd is None else (fd,),
            )
        self._started.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """A program with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def output_of(self, program: str) -> Path:
        return self.folder / f"{Path(program).name}.txt"

    def said(self, program: str) -> str:
        return self.output_of(program).read_text("utf-8", "replace")

    def run(self, *command: str) -> str:
        """A program that ends by itself: what it said; "" if it failed, or waited for a window that never answered."""
        try:
            done = subprocess.run(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                timeout=30,
            )
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    # windows, keys and the pointer

    def window(self, title: str, *, seconds: float = PATIENCE) -> str:
        """The id of the visible window with this title, once there is one."""
        return self.wait_for(lambda: self.windows(title), f"a window named {title}", seconds)[-1]

    def windows(self, title: str) -> list[str]:
        return self.run("xdotool", "search", "--onlyvisible", "--name", title).split()

    def to_front(self, window: str) -> None:
        """Returns when it has the keys."""

        def ask() -> bool:
            if self.run("xdotool", "getactivewindow") == window:
                return True  # asked for once more it would lose the keys for a moment
            self.run("xdotool", "windowactivate", "--sync", window)
            return False

        self.wait_for(ask, f"window {window} in front")

    def keys(self, *names: str) -> None:
        self.run("xdotool", "key", "--delay", "60", *names)

    def point(self, x: int, y: int) -> None:
        self.run("xdotool", "mousemove", str(x), str(y))

    def place(self, window: str) -> tuple[int, int]:
        """The left upper corner of a window's inside."""
        left, top, _, _ = self.box(window)
        return left, top

    def box(self, window: str) -> tuple[int, int, int, int]:
        """A window's inside on the screen: left, top, right, bottom."""
        shown = dict(re.findall(r"(\w+)=(-?\d+)", self.run("xdotool", "getwindowgeometry", "--shell", window)))
        left, top = int(shown["X"]), int(shown["Y"])
        return left, top, left + int(shown["WIDTH"]), top + int(shown["HEIGHT"])

    def shot(self, box: tuple[int, int, int, int]) -> Image.Image:
        """A part of the screen: left, top, right, bottom."""
        return ImageGrab.grab(box, xdisplay=self.environment["DISPLAY"])

    def changed(self, before: Image.Image, box: tuple[int, int, int, int], least: int) -> tuple[int, int] | None:
        """The left upper corner of what looks different now in that part of the screen, `least` pixels wide."""
        found = ImageChops.difference(before, self.shot(box)).getbbox()
        return (box[0] + found[0], box[1] + found[1]) if found and found[2] - found[0] >= least else None

    # the tray and notices

    def start_panel(self) -> subprocess.Popen[bytes]:
        """A real panel with a tray in it, and the watcher of tray icons with it."""
        channel = self.folder / "home/.config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
        channel.parent.mkdir(parents=True)
        channel.write_text(_PANEL)
        panel = self.start("xfce4-panel", "--disable-wm-check")
        self.wait_for(lambda: self.has_owner(_WATCHER), "the panel's tray")
        return panel

    def has_owner(self, name: str) -> bool:
        """Whether a program of this name is on the session bus."""
        return "true" in self._ask("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", f"string:{name}")

    def tray_item(self) -> str:
        """The bus name of the first icon in the tray; "" if there is none."""
        words = (f"string:{_WATCHER}", "string:RegisteredStatusNotifierItems")
        answer = self._ask(_WATCHER, "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties.Get", *words)
        found = re.search(r"([\w.:-]+)/StatusNotifierItem", answer)
        return found[1] if found else ""

    def tray_property(self, item: str, name: str) -> str:
        words = (f"string:{_ITEM}", f"string:{name}")
        return self._ask(item, "/StatusNotifierItem", "org.freedesktop.DBus.Properties.Get", *words)

    def click_tray(self, item: str) -> None:
        self._ask(item, "/StatusNotifierItem", f"{_ITEM}.Activate", "int32:10", "int32:10")

    def _ask(self, name: str, path: str, method: str, *words: str) -> str:
        fixed = ("dbus-send", "--session", "--print-reply=literal", "--reply-timeout=20000", f"--dest={name}", path)
        return self.run(*fixed, method, *words)

    def watch_bus(self, *interfaces: str) -> None:
        """From now on `said("dbus-monitor")` holds every message of these interfaces."""
        self.start("dbus-monitor", "--session", *(f"interface='{name}'" for name in interfaces))
        self.wait_for(
            lambda: "NameAcquired" in self.said("dbus-monitor") or "signal" in self.said("dbus-monitor"), "the monitor"
        )

    def heard(self, member: str) -> int:
        """How many messages with this member the monitor has seen."""
        return len(re.findall(rf"member={member}$", self.said("dbus-monitor"), re.MULTILINE))
