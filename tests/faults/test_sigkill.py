"""The app is killed at random moments; nothing is lost, doubled or left behind. `--kills 200` for more than a few."""

from __future__ import annotations

from pathlib import Path

import pytest

from .kill import run_kills


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_sigkill_at_random_moments(
    tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    kills = int(pytestconfig.getoption("--kills"))
    count = await run_kills(kills, 1, tmp_path)
    with capsys.disabled():
        print(f"\n{count}")
    assert not count.faults
    assert count.kills > kills // 2
