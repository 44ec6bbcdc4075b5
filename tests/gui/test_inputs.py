"""Inputs of every kind on a tool's page, with a preset of a user's own: given, trimmed, painted, refused, restored and
made into a video."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.inputs.kept import read_facts
from oelala_desktop.ui.input_editors import InputEditor, MaskEditor, MediaEditor, PicturesEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.pages.tool_page import ToolPage
from oelala_desktop.ui.studio import reuse_of
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.mask_sheet import MaskSheet
from oelala_desktop.ui.widgets.trim_strip import Handle
from tests import own_preset
from tests.gui.living import live, page_of, ready, stop_sketch, until

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
FIELDS = {"video": "Scene", "images": "Inlays", "mask": "Where", "sound": "Music"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("inputs")
    own_preset.write_preset(folder)
    yield folder
    stop_sketch(folder)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    made = own_preset.make_inputs(tmp_path_factory.mktemp("given"))
    return {key: [Path(p) for p in ([value] if isinstance(value, str) else value)] for key, value in made.items()}


def named(root: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    """What is seen and called so."""
    found = [
        widget for widget in root.findChildren(kind) if widget.accessibleName() == name and widget.isVisibleTo(root)
    ]
    assert found, f"{name} is not there"
    return found[0]


def press(page: ToolPage, name: str) -> None:
    QTest.mouseClick(named(page.form, name), LEFT)


def mime_of(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(target: QWidget, *paths: Path) -> None:
    mime = mime_of(*paths)
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    where = QPoint(target.rect().center())
    QApplication.sendEvent(target, QDragEnterEvent(where, actions, mime, LEFT, NONE))
    QApplication.sendEvent(target, QDropEvent(QPointF(where), actions, mime, LEFT, NONE))


def editor(page: ToolPage, key: str) -> InputEditor:
    found = page.form.given.editor(key)
    assert found is not None
    return found


def names(page: ToolPage, key: str) -> list[str]:
    return [given.name for given in page.form.given.facts().get(key, ())]


async def open_page(window: MainWindow) -> ToolPage:
    await ready(window)
    page = page_of(window, own_preset.TOOL)
    await until(lambda: "images" in page.form.fields, "the preset of one's own")
    page.form.set_values({})
    page.intake.look()
    return page


async def give(page: ToolPage, files: dict[str, list[Path]], *keys: str) -> None:
    for key in keys or FIELDS:
        drop(named(page.form, FIELDS[key], DropTarget), *files[key])
        await until(lambda key=key: names(page, key) == [path.name for path in files[key]], f"the {key}")


async def made_by(page: ToolPage) -> Job:
    before = page.stage.job
    await until(page.form.generate.isEnabled, "Generate")
    QTest.mouseClick(page.form.generate, LEFT)
    await until(lambda: page.stage.job is not before, "the job")
    await until(lambda: page.stage.job and page.stage.job.state.is_final, "its end")
    job = page.stage.job
    assert job is not None and job.state is JobState.DONE, job and job.error
    return job


def frames_of(path: str) -> list[np.ndarray]:
    with av.open(path) as source:
        return [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]


def test_a_card_each_in_the_order_of_the_table(qapp: QApplication, home: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        cards = [card for card in page.form.findChildren(Card) if card.findChild(InputEditor)]
        keys = [card.findChild(InputEditor).field.key for card in cards]  # type: ignore[union-attr]
        assert keys == ["video", "images", "mask", "sound"]
        assert not [key for key in page.form._rows if key.endswith(("_start", "_length", "_smaller"))]
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
        limit, engine.client.upload_limit = engine.client.upload_limit, 3000
        await give(page, files, "images", "video")
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        assert "too large for this server" in found.source.error and "video_smaller" not in found.source.error
        press(page, "Make it smaller")
        assert page.form.values()["video_smaller"] is True and not found.source.error
        assert "made smaller" in found.source.facts
        page.form.edit("video", None)
        assert "video_smaller" not in page.form.values()
        engine.client.upload_limit = limit

    live(qapp, home, scenario)


def test_a_restart_brings_all_of_it_back(
    qapp: QApplication, home: Path, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    gone = tmp_path / "gone.png"
    Image.new("RGB", (128, 96), (20, 200, 20)).save(gone)

    async def first(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, {**files, "images": [gone, files["images"][1]]})
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        QTest.keyClick(named(found, "Start of the part", Handle), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert page.form.values()["video_start"] == pytest.approx(1.0)

    async def second(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, own_preset.TOOL)
        for key, paths in {**files, "images": [gone, files["images"][1]]}.items():
            await until(
                lambda key=key, paths=paths: names(page, key) == [path.name for path in paths], f"the {key} again"
            )
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        assert found.source.strip.range() == (1.0, None)
        await until(lambda: page.form.given.shown("video")[str(files["video"][0])].strip, "the frames")
        await until(lambda: page.form.given.shown("sound")[str(files["sound"][0])].peaks, "the peaks")

    live(qapp, home, first)
    gone.unlink()
    live(qapp, home, second)


def test_a_job_gives_back_its_inputs(
    qapp: QApplication, home: Path, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    video = tmp_path / "moved away.mp4"
    video.write_bytes(files["video"][0].read_bytes())

    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, {**files, "video": [video]})
        page.form.edit("duration", 1.0)
        page.form.edit("video_start", 0.5)
        page.form.edit("sound_length", 1.5)
        before = page.form.values()
        job = await made_by(page)
        page.form.set_values({})
        window.studio.reuse_requested.emit(reuse_of(job))
        await until(lambda: names(page, "video") == ["moved away.mp4"], "the video")
        await until(lambda: len(page.form.given.facts()) == 4, "all of it")
        after = page.form.values()
        assert {key: after[key] for key in ("video", "video_start", "sound", "sound_length", "images")} == {
            key: before[key] for key in ("video", "video_start", "sound", "sound_length", "images")
        }
        video.unlink()
        page.form.set_values({})
        page.intake.look()
        window.studio.reuse_requested.emit(reuse_of(job))
        await until(lambda: len(page.form.given.facts()) == 4, "all of it again")
        kept = next(row for row in job.inputs if row.key == "video")
        assert page.form.values()["video"] == kept.path

    live(qapp, home, scenario)


def test_settings_name_the_originals(
    qapp: QApplication, home: Path, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    gone = tmp_path / "gone.png"
    Image.new("RGB", (128, 96), (20, 100, 20)).save(gone)
    file = tmp_path / "settings.json"

    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, {**files, "images": [files["images"][0], gone]})
        gone.unlink()
        page.settings.file("export", str(file))
        await until(file.exists, "the file")
        saved = json.loads(file.read_text("utf-8"))
        assert saved["images"] == [str(files["images"][0]), page.form.values()["images"][1]]
        assert saved["video"] == str(files["video"][0]) and saved["mask"] == str(files["mask"][0])
        page.form.set_values({})
        page.intake.look()
        page.settings.file("import", str(file))
        await until(lambda: len(page.form.given.facts()) == 4, "all of it")
        assert names(page, "images") == ["red.png", "gone.png"]

    live(qapp, home, scenario)


def test_what_is_dropped_on_the_window_goes_to_the_input_of_its_kind(
    qapp: QApplication, home: Path, files: dict[str, list[Path]]
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        window.shell.dropped.emit(mime_of(*files["video"], *files["images"], *files["sound"]))
        await until(lambda: sum(map(len, page.form.given.facts().values())) == 4, "all four")
        assert names(page, "images") == ["red.png", "blue.png"] and set(page.form.given.facts()) == {
            "video",
            "images",
            "sound",
        }
        assert window.shell.page_id == own_preset.TOOL
        page.form.set_values({})
        QGuiApplication.clipboard().setMimeData(mime_of(*files["video"]))
        window.shell.paste_requested.emit(QGuiApplication.clipboard().mimeData())
        await until(lambda: names(page, "video"), "the pasted video")
        QGuiApplication.clipboard().clear()
        page_of(window)  # a page of pictures
        window.shell.dropped.emit(mime_of(*files["video"]))
        assert "scene.mp4 is a video, which this page does not take." in window.studio.notices[0].text

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


def test_a_video_is_fetched_from_an_address(qapp: QApplication, home: Path, files: dict[str, list[Path]]) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, files, "video", "images")
        page.form.edit("duration", 1.0)
        job = await made_by(page)
        page.form.edit("video", None)
        engine = window.studio.services.current.engine.state.url
        sent = next(row.upload_name for row in job.inputs if row.kind == "video")
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        QTest.mouseClick(found.source.tabs.button("url"), LEFT)
        address = named(found, "Scene address")
        QTest.keyClicks(address, f"{engine}/view?filename={sent}&type=input")
        QTest.keyClick(address, Qt.Key.Key_Return)
        await until(lambda: names(page, "video"), "the video")
        assert page.form.given.facts()["video"][0].frames == own_preset.VIDEO_FRAMES
        assert Path(page.form.values()["video"]).parent == home / "inputs"
        address.setText(f"{engine}/view?filename=nothing.mp4&type=input")  # type: ignore[attr-defined]
        QTest.keyClick(address, Qt.Key.Key_Return)
        await until(lambda: found.source.error, "the sentence")
        assert "status 404" in found.source.error and names(page, "video")

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
