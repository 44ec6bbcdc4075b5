"""Two pictures of one job, on their way to a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.domain.job import JobState

from .proxy import Proxy
from .rig import picture, running_app


@pytest.mark.parametrize(("same", "uploads"), [(True, 1), (False, 2)], ids=["the same", "others of the same name"])
async def test_each_picture_goes_up_once(tmp_path: Path, proxy: Proxy, same: bool, uploads: int) -> None:
    home = tmp_path / "home"
    start = picture(home / "given")
    end = tmp_path / "other" / start.name
    end.parent.mkdir()
    if same:
        end.write_bytes(start.read_bytes())
    else:
        Image.linear_gradient("L").convert("RGB").save(end)
    async with running_app(home, proxy.url) as app:
        job = await app.end_of(await app.submit(end_image=str(end), clip_count=1))
        assert job.state is JobState.DONE, job.error
    assert [str(p) for p in proxy.points if "upload" in p.name and p.side == "after"] == [
        f"after POST /upload/image {number}" for number in range(1, uploads + 1)
    ]
    used = {node["inputs"]["image"] for node in job.graph.values() if node["class_type"] == "LoadImage"}
    assert len(used) == uploads
