"""What a process logs: in memory and in a file, without secrets, and never in anybody's way."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.events import EngineChanged, EngineState, JobChanged, NoticePosted, QueuePaused
from oelala_desktop.domain.job import JobError, JobState
from oelala_desktop.services.health import log_file
from oelala_desktop.services.health.journal import Journal
from oelala_desktop.services.health.log_file import ProcessLog
from oelala_desktop.services.health.log_ring import LogRing
from oelala_desktop.services.loop.bus import Bus
from tests.unit.domain.samples import some_job

log = logging.getLogger("oelala_desktop.tests")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[ProcessLog]:
    made = ProcessLog(tmp_path / "logs")
    made.start()
    yield made
    made.close()


def test_a_file_of_its_owner_alone(kept: ProcessLog) -> None:
    kept.write("window")
    kept.write("window")
    kept.redaction.hide("hunter22")
    log.info("the password is hunter22")
    try:
        raise ValueError("token=abcdefgh")
    except ValueError:
        log.exception("it failed")
    kept.close()
    file = kept.folder / "window.log"
    text = file.read_text("utf-8")
    assert "INFO oelala_desktop.tests: the password is •••" in text and text.count("it failed") == 1
    assert "ValueError" in text and "abcdefgh" not in text and "hunter22" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_files_take_turns(kept: ProcessLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oelala_desktop.services.health.log_file._SIZE", 1000)
    kept.write("window")
    for _ in range(100):
        log.info("x" * 100)
    kept.close()
    assert sorted(path.name for path in kept.folder.iterdir()) == ["window.log", "window.log.1", "window.log.2"]
    assert all(path.stat().st_size <= 1000 for path in kept.folder.iterdir())


def test_a_disk_that_takes_nothing(kept: ProcessLog, capsys: pytest.CaptureFixture[str]) -> None:
    kept.folder.write_text("a file where the folder should be")
    kept.write("window")
    log.warning("once")
    log.warning("twice")
    kept.close()
    assert [entry.text for entry in kept.ring.since(0)] == ["once", "twice"]
    assert capsys.readouterr().err.splitlines() == [
        f"WARNING oelala_desktop.tests: {word}" for word in ("once", "twice")
    ]


def test_what_libraries_chatter_is_left_out(kept: ProcessLog) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET http://127.0.0.1:8188/prompt")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    log.debug("too fine")
    assert kept.ring.since(0) == []


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    made = ProcessLog(tmp_path)
    made.start()
    made.write("serve")
    made.close()
    made.close()
    assert logging.getLogger().handlers == before


def test_only_what_is_new() -> None:
    ring = LogRing()
    logger = logging.Logger("x")
    logger.addHandler(ring)
    logger.info("one")
    logger.warning("two\nlines")
    assert [(entry.number, entry.level) for entry in ring.since(0)] == [(1, logging.INFO), (2, logging.WARNING)]
    assert [entry.text for entry in ring.since(1)] == ["two\nlines"]
    assert ring.since(2) == ring.since(9) == []
    assert ring.last(0) == [] and ring.last(1) == ["lines"] and len(ring.last(9)) == 3
    for number in range(2500):
        logger.info("%d", number)
    assert ring.since(0)[0].text == "500" and len(ring.since(2)) == 2000
    ring.hide("x")
    logger.info("x stays: a secret of one letter would hide everything")
    assert ring.last(1)[0].endswith("x stays: a secret of one letter would hide everything")
    logger.info("%d %d", 1)  # a record that cannot be formatted harms nobody
    assert len(ring.since(0)) == 2000


def test_what_happens_is_told_once_and_not_on_stderr(kept: ProcessLog, capsys: pytest.CaptureFixture[str]) -> None:
    bus = Bus()
    Journal(bus)
    job = some_job(values={"prompt": "a private thought"})
    failed = replace(job, state=JobState.FAILED, error=JobError("No model of that name."), finished_at=1.0)
    engine = EngineState("comfyui", "http://127.0.0.1:8188", "studio", "offline", "It does not answer.")
    for event in (JobChanged(job), JobChanged(job), JobChanged(failed), EngineChanged(engine), EngineChanged(engine)):
        bus.publish(event)
    bus.publish(NoticePosted("warning", "The port is taken."))
    bus.publish(QueuePaused(True))
    entries = kept.ring.since(0)
    assert [entry.level for entry in entries] == [20, 40, 30, 30, 20]
    assert "No model of that name." in entries[1].text and "It does not answer." in entries[2].text
    assert "private" not in "".join(entry.text for entry in entries)
    assert capsys.readouterr().err == ""


def test_a_folder_of_its_owner_alone_and_as_much_as_is_kept(kept: ProcessLog) -> None:
    kept.write("serve")
    log.warning("once")
    kept.close()
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700
    assert [path.name for path in kept.folder.iterdir()] == ["serve.log"]
    assert (log_file._SIZE, log_file._OLDER) == (1_000_000, 2)


def test_only_warnings_are_said_and_none_of_the_journal(
    kept: ProcessLog, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.redaction.hide("hunter22")
    log.info("quiet")
    log.warning("the password is hunter22")
    logging.getLogger("oelala_desktop.services.health.journal").warning("of the journal")
    assert capsys.readouterr().err == "WARNING oelala_desktop.tests: the password is •••\n"
    monkeypatch.setattr(sys, "stderr", None)
    log.warning("nobody hears it")
    assert [entry.text for entry in kept.ring.since(1)][-2:] == ["of the journal", "nobody hears it"]


def test_which_libraries_are_quiet(kept: ProcessLog) -> None:
    for name in ("httpx", "httpcore", "websockets", "asyncio", "watchfiles"):
        assert logging.getLogger(name).level == logging.WARNING
    assert logging.getLogger("oelala_desktop").level == logging.INFO


def test_what_is_in_the_place_of_the_file_is_put_aside(kept: ProcessLog) -> None:
    os.makedirs(kept.folder)
    os.mkfifo(kept.folder / "window.log")
    kept.write("window")
    log.warning("once")
    kept.close()
    assert "once" in (kept.folder / "window.log").read_text("utf-8")


def test_a_second_file_is_not_begun(kept: ProcessLog) -> None:
    kept.write("window")
    kept.write("serve")
    log.warning("once")
    kept.close()
    assert [path.name for path in kept.folder.iterdir()] == ["window.log"]
    before = logging.getLogger().handlers[:]
    log.warning("twice")
    assert logging.getLogger().handlers == before
    assert "twice" not in (kept.folder / "window.log").read_text("utf-8")
