"""Killed at any moment of a job that came in here: after the next start the same job ends, once, and nothing is left
lying about."""

import itertools
import os
import random
import signal
from pathlib import Path

import pytest

from oelala_desktop.api.upload_folder import sweep_uploads
from oelala_desktop.storage.presence import Presence
from tests.api.serving import Stream, serve, submit, wait_for

_MOMENTS = 3
_LONGEST = 24  # events that such a job may be told by


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_same_job_ends_once_after_a_kill(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A moment is the number of events that were told of the job; they are spread over its life, with a seed."""
    count = 25 if request.config.getoption("--all") else _MOMENTS
    dice = random.Random(20)
    home, sent = tmp_path / "home", ""
    for number in range(count + 1):
        with serve(home) as served, served.client() as client:
            if sent:
                job = wait_for(client, sent)
                assert job["state"] == "done", (number, job)
                assert [row["job_id"] for row in client.get("/jobs").json()["jobs"]].count(sent) == 1
                lying = [path.name for path in (home / "output").iterdir()]
                assert len(lying) == number and job["outputs"][0]["filename"] in lying, (number, lying)
                assert not list((home / "uploads").iterdir())
            if number == count:
                return
            told = int((number + dice.random()) / count * _LONGEST)
            with client.stream("GET", "/events") as stream:
                events = iter(Stream(stream))
                sent = submit(client, duration="2", fps="8", prompt=f"pan left {number}")["job_id"]
                for event in itertools.islice(events, told):
                    if event["data"].get("state") == "done":
                        break
            os.kill(served.process.pid, signal.SIGKILL)
            served.process.wait(40)


def test_uploads_of_a_dead_process_are_swept_and_those_of_a_living_one_stay(tmp_path: Path) -> None:
    presence = Presence(tmp_path / "run")
    presence.enter()
    living, dead = (tmp_path / "uploads" / name for name in (f"{presence.me.lock}-00aa", "p123-00aa"))
    of_an_earlier_version = tmp_path / "uploads" / "999999999-1.00-00aa"
    for folder in (living, dead, of_an_earlier_version):
        (folder / "file").mkdir(parents=True)
    sweep_uploads(tmp_path / "uploads", Presence(tmp_path / "run"))
    assert living.exists() and not dead.exists() and not of_an_earlier_version.exists()
    presence.leave()
    sweep_uploads(tmp_path / "nowhere", presence)
