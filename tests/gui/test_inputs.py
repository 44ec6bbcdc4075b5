"""Inputs of every kind on a tool's page: given, trimmed, painted, refused and made into a video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.services.inputs.kept import read_facts
from oelala_desktop.ui.form.input_editors import InputEditor, MaskEditor, MediaEditor, PicturesEditor
from oelala_desktop.ui.form.row import FieldRow
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.mask_sheet import MaskSheet
from oelala_desktop.ui.widgets.trim_strip import Handle
from tests import own_preset
from tests.gui.inputs_rig import (
    FIELDS,
    LEFT,
    drop,
    editor,
    files_of,
    frames_of,
    give,
    made_by,
    named,
    names,
    open_page,
    press,
)
from tests.gui.living import live, stop_sketch, until


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("inputs")
    own_preset.write_preset(folder)
    yield folder
    stop_sketch(folder)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    return files_of(own_preset.make_inputs(tmp_path_factory.mktemp("given")))


def test_a_card_each_in_the_order_of_the_table(qapp: QApplication, home: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        cards = [card for card in page.form.findChildren(Card) if card.findChild(InputEditor)]
        keys = [card.findChild(InputEditor).field.key for card in cards]  # type: ignore[union-attr]
        assert keys == ["video", "images", "mask", "sound"]
        rows = {row.key for row in page.form.findChildren(FieldRow)}
        assert not [key for key in rows if key.endswith(("_start", "_length", "_smaller"))]  # the strips set these
        assert not page.form.generate.isEnabled() and "Choose a scene first" in page.form.generate.toolTip()

    live(qapp, home, scenario)


def test_from_the_page_to_a_video_with_all_that_was_given(
    qapp: QApplication, home: Path, files: dict[str, list[Path]]
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, files)
        page.form.edit("duration", 2.0)
        handle = named(editor(page, "video"), "Start of the part", Handle)
        for _ in range(12):
            QTest.keyClick(handle, Qt.Key.Key_Right)
        assert page.form.values()["video_start"] == pytest.approx(0.5)
        frames = page.form.frame_size()[2]
        assert (frames - own_preset.OFFSET) % own_preset.STEP == 0
        said = " ".join(label.text() for label in page.form.findChildren(Label) if label.isVisibleTo(page.form))
        assert "as the given scene" in said and "24\u00a0fps" in said and "with sound" in said
        job = await made_by(page)
        assert [(row.key, row.kind) for row in job.inputs] == [
            ("video", "video"),
            ("images", "picture"),
            ("images", "picture"),
            ("mask", "mask"),
            ("sound", "sound"),
        ]
        shown = frames_of(job.outputs[0].path)
        assert len(shown) == frames == job.num_frames
        height, width, _ = shown[0].shape
        right = shown[0][height // 2, width * 3 // 4].astype(int)
        assert right[0] - right[2] > 60  # the first picture is red, where the mask is
        with av.open(job.outputs[0].path) as source:
            assert len(source.streams.audio) == 1

    live(qapp, home, scenario)


def test_pictures_change_their_order_and_go(qapp: QApplication, home: Path, files: dict[str, list[Path]]) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, files, "video", "images")
        found = editor(page, "images")
        assert isinstance(found, PicturesEditor)
        QTest.keyClick(found.source.shelf.cells[0], Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        assert names(page, "images") == ["blue.png", "red.png"]
        page.form.files_dropped.emit("images", [files["images"][0]])  # two are the most
        await until(lambda: found.source.error, "the sentence")
        assert "2 pictures are the most" in found.source.error and len(names(page, "images")) == 2
        QTest.mouseClick(found.source.shelf.cells[0].remove, LEFT)
        assert names(page, "images") == ["red.png"]
        assert "takes 2." in found.source.error  # said at the field, not only at Generate

    live(qapp, home, scenario)


def test_a_painted_mask_goes_into_the_job(qapp: QApplication, home: Path, files: dict[str, list[Path]]) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, files, "video", "images")
        await until(lambda: named(page.form, "Paint").isEnabled(), "a frame to paint on")
        press(page, "Paint")
        await until(lambda: window.shell.findChild(MaskSheet), "the painter")
        sheet = window.shell.findChild(MaskSheet)
        assert isinstance(sheet, MaskSheet)
        canvas = sheet.painter.canvas
        middle = canvas.rect().center()
        QTest.mousePress(canvas, LEFT, pos=middle)
        QTest.mouseMove(canvas, middle + QPoint(30, 10))
        QTest.mouseRelease(canvas, LEFT, pos=middle + QPoint(30, 10))
        QTest.mouseClick(named(sheet, "Done"), LEFT)
        await until(lambda: names(page, "mask") == ["mask.png"], "the mask")
        kept = Path(page.form.values()["mask"])
        assert kept.parent == home / "inputs" and read_facts(kept) is not None
        painted = np.asarray(Image.open(kept))
        video = page.form.given.facts()["video"][0]
        assert painted.shape == (video.height, video.width) and painted.max() == 255 and painted.min() == 0
        press(page, "Invert")
        await until(lambda: page.form.values()["mask"] != str(kept), "the other way round")
        turned = np.asarray(Image.open(page.form.values()["mask"]))
        assert (turned == 255 - painted).all()
        page.form.edit("duration", 1.0)
        job = await made_by(page)
        mask = next(row for row in job.inputs if row.kind == "mask")
        assert mask.path == page.form.values()["mask"]

    live(qapp, home, scenario)


def test_each_bad_input_is_refused_at_its_field(
    qapp: QApplication, home: Path, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    bad = {key: tmp_path / name for key, name in (("video", "a.mp4"), ("images", "b.png"), ("sound", "c.wav"))}
    for path in bad.values():
        path.write_text("nothing of the kind")
    bad["mask"] = tmp_path / "d.png"
    bad["mask"].write_text("no mask")

    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        for key, path in bad.items():
            drop(named(page.form, FIELDS[key], DropTarget), path)
            source = editor(page, key).source  # type: ignore[attr-defined]
            await until(lambda source=source: source.error, f"the sentence at {key}")
            assert path.name in source.error and not page.form.values().get(key)
        await give(page, files, "images")  # and one that is sound still comes in
        await give(page, files, "video")
        page.form.edit("video_start", 50.0)
        assert "beyond its end" in editor(page, "video").source.error  # type: ignore[attr-defined]
        page.form.edit("video_start", 0.5)
        assert not editor(page, "video").source.error  # type: ignore[attr-defined]
        drop(named(page.form, FIELDS["video"], DropTarget), files["sound"][0])
        assert "is not a video" in editor(page, "video").source.error  # type: ignore[attr-defined]

    live(qapp, home, scenario)


def test_what_is_too_large_can_be_made_smaller(qapp: QApplication, home: Path, files: dict[str, list[Path]]) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        engine = window.studio.services.current.engine
        known = engine.catalog
        assert known is not None
        engine.lists = replace(known, upload_limit=3000)
        await give(page, files, "images", "video")
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        assert "too large for this server" in found.source.error and "video_smaller" not in found.source.error
        press(page, "Make it smaller")
        assert page.form.values()["video_smaller"] is True and not found.source.error
        assert "made smaller" in found.source.facts
        page.form.edit("video", None)
        assert "video_smaller" not in page.form.values()
        engine.lists = known

    live(qapp, home, scenario)


def test_what_is_transparent_becomes_the_mask(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    cut = Image.new("RGBA", (128, 96), (200, 30, 30, 255))
    cut.paste((0, 0, 0, 0), (0, 0, 64, 96))
    cut.save(tmp_path / "cut out.png")

    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        drop(named(page.form, FIELDS["images"], DropTarget), tmp_path / "cut out.png")
        await until(lambda: names(page, "images"), "the picture")
        press(page, "From the picture's transparency")
        await until(lambda: page.form.values().get("mask"), "the mask")
        mask = np.asarray(Image.open(page.form.values()["mask"]))
        assert mask[48, 20] == 255 and mask[48, 100] == 0
        found = editor(page, "mask")
        assert isinstance(found, MaskEditor)
        press(page, "Remove where")
        assert "mask" not in page.form.values()

    live(qapp, home, scenario)


def test_dragging_the_part_sets_it(qapp: QApplication, home: Path, files: dict[str, list[Path]]) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, files)
        strip = editor(page, "video").source.strip  # type: ignore[attr-defined]
        QTest.mousePress(strip, LEFT, pos=QPoint(5, 20))
        QTest.mouseMove(strip, QPoint(strip.width() // 2, 20))
        assert page.form.values()["video_start"] == pytest.approx(strip.range()[0]) and strip.range()[0] > 0.5
        QTest.mouseRelease(strip, LEFT, pos=QPoint(strip.width() // 2, 20))
        assert page.form.values()["video_start"] == pytest.approx(strip.range()[0])

    live(qapp, home, scenario)
