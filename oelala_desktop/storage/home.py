"""A home is one machine's: processes of two would not see each other's locks, and would do each other's work again."""

from __future__ import annotations

import logging
import platform
import sys
import uuid
import zlib
from pathlib import Path

import orjson

from oelala_desktop.domain.errors import CannotSave

from .plain_file import put_aside, read_plain
from .whole_file import write_whole

log = logging.getLogger(__name__)
_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_MULTICAST = 1 << 40  # this bit is set in a number that was drawn because no card's address was found


def this_machine() -> str:
    """The same at every start, and in every namespace, of this machine."""
    for path in _IDS:
        try:
            found = path.read_text("ascii").strip()
        except (OSError, ValueError):
            continue
        if len(found) >= 32:
            return found
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            pass
    card = uuid.getnode()
    return platform.node() if card & _MULTICAST else f"{card:012x}"


def check_home(record: Path, machine: str = "", name: str = "") -> None:
    """Writes down that the home of `record` is this machine's, if nothing is written there, or nothing that can be
    read. Raises CannotSave when it is another's."""
    machine, name = machine or this_machine(), name or platform.node()
    try:
        if kept := put_aside(record):
            log.warning("%s was no file; what lay there is %s now", record, kept)
        written = _read(read_plain(record))
    except FileNotFoundError:
        written = None
    except OSError as error:
        raise CannotSave(f"{record} cannot be read: {error.strerror}.") from error
    if written is None:
        _write(record, machine, name)
    elif written[0] != machine:
        raise CannotSave(
            f"The folder {record.parent} is in use by Oelala on another machine, {written[1]}; two that share it would "
            f"do each job twice. Set OELALA_HOME to a folder of this machine or, if it has moved here for good, delete "
            f"{record} and start again."
        )


def _read(content: bytes) -> tuple[str, str] | None:
    try:
        data = orjson.loads(content)
        machine, name = str(data["machine"]), str(data["name"])
        return (machine, name) if data["check"] == _check(machine, name) else None
    except (ValueError, TypeError, KeyError):
        return None


def _check(machine: str, name: str) -> int:
    return zlib.crc32(f"{machine}\n{name}".encode())


def _write(record: Path, machine: str, name: str) -> None:
    try:
        write_whole(record, orjson.dumps({"machine": machine, "name": name, "check": _check(machine, name)}))
    except OSError as error:
        raise CannotSave(f"The folder {record.parent} cannot be used: {error.strerror}.") from error
