"""A start picture of another aspect than the frame: where a place in it is chosen, only that part goes up."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from oelala_desktop.domain.crop import Window
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.inputs.pictures import crop_picture
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.inputs.taking import facts_of, keep_all, take_all
from tests.unit.domain.made_presets import CATALOG
from tests.unit.domain.samples import shipped
from tests.unit.domain.wishing import met

RED, BLUE = (200, 10, 10), (10, 10, 200)


@pytest.fixture
def store(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path / "inputs")


def halves(path: Path, **how: Any) -> Path:
    """Red at the left, blue at the right; twice as wide as high."""
    picture = Image.new("RGB", (640, 320), RED)
    picture.paste(BLUE, (320, 0, 640, 320))
    picture.save(path, **how)
    return path


def kept(store: InputStore, preset: Preset, values: dict[str, Any]) -> dict[str, Image.Image]:
    looked = take_all(store, preset, values)
    plan = met(preset, values, facts_of(looked), CATALOG)
    rows = keep_all(store, plan, looked, CATALOG)
    return {row.key: Image.open(row.path).convert("RGB") for row in rows}


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
@pytest.mark.parametrize(("place", "colour"), [(0.0, RED), (1.0, BLUE)])
def test_that_part_alone_is_sent(
    store: InputStore, tmp_path: Path, suffix: str, place: float, colour: tuple[int, ...]
) -> None:
    picture = halves(tmp_path / f"halves.{suffix}")
    values = {"image": str(picture), "aspect_ratio": "1:1", "crop": {"x": place, "y": 0.5}}
    sent = kept(store, shipped("image-to-video.sketch"), values)["image"]
    assert sent.size == (320, 320)
    for x, y in ((4, 4), (315, 315), (160, 160)):
        found = sent.getpixel((x, y))
        assert isinstance(found, tuple)
        assert max(abs(a - b) for a, b in zip(found, colour, strict=True)) < 12


def test_of_what_gets_a_new_frame_nothing_is_cut_off(store: InputStore, tmp_path: Path) -> None:
    values = {"image": str(halves(tmp_path / "halves.png")), "aspect_ratio": "1:1", "crop": {"x": 0.0, "y": 0.5}}
    assert kept(store, shipped("reframe.sketch"), values)["image"].size == (640, 320)


@pytest.mark.parametrize("crop", [None, {"x": 0.5, "y": 0.5}])
def test_the_middle_is_left_to_the_server(store: InputStore, tmp_path: Path, crop: object) -> None:
    values = {"image": str(halves(tmp_path / "a.png")), "aspect_ratio": "1:1", "crop": crop}
    assert kept(store, shipped("image-to-video.sketch"), values)["image"].size == (640, 320)


def test_what_is_known_of_the_picture_stays_known(store: InputStore, tmp_path: Path) -> None:
    taken = store.take(halves(tmp_path / "a.jpg", quality=90), FieldKind.PICTURE, "image").kept
    assert taken is not None
    from oelala_desktop.domain.crop import Window

    part = store.cropped(taken, Window(0, 0, 320, 320))
    assert (part.given.width, part.given.height) == (320, 320)
    assert (part.original, part.prompt, part.file_bytes) == (taken.original, taken.prompt, taken.file_bytes)
    assert store.cropped(part, Window(0, 0, 320, 320)) is part


@pytest.mark.parametrize(("kind", "most"), [("PNG", 0), ("WEBP", 0), ("JPEG", 6)])
def test_nobody_sees_that_a_part_was_saved_again(kind: str, most: int) -> None:
    out = BytesIO()
    picture = Image.effect_noise((96, 80), 60).convert("RGB")
    picture.save(out, kind, **({"lossless": True} if kind == "WEBP" else {"quality": 97, "subsampling": 0}))
    with Image.open(BytesIO(out.getvalue())) as before:
        wanted = before.convert("RGB").crop((8, 16, 72, 64))
    with Image.open(BytesIO(crop_picture(out.getvalue(), Window(8, 16, 64, 48), "a"))) as made:
        assert (made.format, made.size) == (kind, (64, 48))
        differences = ImageChops.difference(made.convert("RGB"), wanted).getextrema()
    assert max(high for _, high in differences) <= most
