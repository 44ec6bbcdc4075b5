"""Pictures decoded for the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.ui.playing.images import load_image
from tests.unit.services.test_colours import profile
from tests.unit.services.test_pictures import near, save


@pytest.mark.parametrize("kind", ["a.png", "a.jpg", "a.webp"])
@pytest.mark.parametrize(("profiled", "colour"), [(True, (215, 93, 31)), (False, (200, 100, 50))])
async def test_colours_are_shown_as_they_are_meant(
    tmp_path: Path, kind: str, profiled: bool, colour: tuple[int, int, int]
) -> None:
    options = {"icc_profile": profile()} if profiled else {}
    image, size = await load_image(save(tmp_path, kind, Image.new("RGB", (80, 60), (200, 100, 50)), **options))
    assert image is not None and size == (80, 60)
    shown = image.pixelColor(40, 30)
    assert near((shown.red(), shown.green(), shown.blue()), colour, 7)
