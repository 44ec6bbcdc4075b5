"""Renaming and exporting."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from oelala_desktop.domain.errors import CannotSave, InvalidField, NotFound
from oelala_desktop.metadata import read
from tests.library.conftest import EVERYTHING, Shelf, picture, put
from tests.metadata import corpus, files, graphs

TAGS = {"prompt": corpus.dumps(graphs.two_pass()).decode()}


async def test_renaming(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1))
    put(shelf.output / "b.png", picture(2))
    library = await shelf.start()
    item = await shelf.item("a.png")
    renamed = await library.rename(item.id, "  pier at noon.png ")
    assert (renamed.id, renamed.name) == (item.id, "pier at noon.png")
    assert Path(renamed.path).read_bytes() == picture(1) and not Path(item.path).exists()
    assert (await library.rename(item.id, "v1.2")).name == "v1.2.png"
    assert (await library.rename(item.id, "v1.2")).name == "v1.2.png"
    with pytest.raises(InvalidField, match="already"):
        await library.rename(item.id, "b")
    for bad in ("", "  ", "..", "x/y", "x\\y", "a\0b", "a\tb", ".secret", "n" * 300, ".png", "x\ud800"):
        with pytest.raises(InvalidField, match="name"):
            await library.rename(item.id, bad)
    assert sorted(path.name for path in shelf.output.iterdir()) == ["b.png", "v1.2.png"]
    await shelf.rescan()
    assert (await shelf.item("v1.2.png")).id == item.id
    Path(shelf.output / "v1.2.png").unlink()
    with pytest.raises(NotFound):
        await library.rename(item.id, "late")


async def test_exporting_byte_for_byte(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf.output / "a.png", picture(1, prompt=graphs.one_pass()))
    put(shelf.output / "sub" / "a.png", picture(2))
    put(shelf.output / "v.mp4", files.video("mp4", TAGS))
    library = await shelf.start()
    ids = [item.id for item in (await library.page(EVERYTHING)).items]
    target = tmp_path / "new" / "folder"
    result = await library.export(ids, target)
    assert sorted(path.name for path in target.iterdir()) == ["a.png", "a_2.png", "v.mp4"]
    assert sorted(result.copied) == sorted(str(path) for path in target.iterdir())
    assert {(target / n).read_bytes() for n in ("a.png", "a_2.png")} == {
        (shelf.output / "a.png").read_bytes(), picture(2),
    }  # fmt: skip
    assert result.unstripped == () and result.failed == {}
    again = await library.export(ids[:1], target)
    assert Path(again.copied[0]).name in ("a_3.png", "v_2.mp4")


async def test_exporting_without_metadata(shelf: Shelf, tmp_path: Path) -> None:
    turned = files.exif({0x0112: b"", 0x010F: b"prompt:{}"}, b"UNICODE\0" + "steps".encode("utf-16-le"))
    made = {
        "still.png": picture(1, prompt=graphs.one_pass()),
        "animated.png": files.animated_png({"prompt": graphs.one_pass()}),
        "photo.jpg": files.jpeg(files.segment(0xE1, b"Exif\0\0" + turned) + files.segment(0xFE, b"a comment")),
        "poster.webp": files.webp(files.riff(b"EXIF", files.exif({0x0110: b"prompt:" + TAGS["prompt"].encode()}))),
        "loop.gif": _gif(),
        "v.mp4": files.video("mp4", TAGS),
        "v.mov": files.video("mov", TAGS),
        "v.webm": files.video("webm", TAGS),
        "v.mkv": files.video("mkv", TAGS),
        "flat.bmp": files.saved("BMP"),
        "scan.tiff": files.saved("TIFF"),
    }
    for name, data in made.items():
        put(shelf.output / name, data)
    library = await shelf.start()
    target = tmp_path / "bare"
    result = await library.export(await library.ids(EVERYTHING), target, with_metadata=False)
    assert result.failed == {} and result.unstripped == ("scan.tiff",)
    assert sorted(path.name for path in target.iterdir()) == sorted(made)
    for name in made:
        found = read(target / name)
        assert found.info.source is None, name
        assert b"fishing boat" not in (target / name).read_bytes()
        assert _pixels(target / name) == _pixels(shelf.output / name), name
        assert (found.width, found.height, found.frames) == (lambda f: (f.width, f.height, f.frames))(
            read(shelf.output / name)
        ), name
    assert b"a comment" not in (target / "photo.jpg").read_bytes()


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm", "mkv"])
async def test_sound_is_exported_packet_by_packet(shelf: Shelf, tmp_path: Path, kind: str) -> None:
    original = put(shelf.output / f"v.{kind}", files.video(kind, TAGS, tone=440))
    library = await shelf.start()
    item = await shelf.item(original.name)
    for with_metadata in (True, False):
        target = tmp_path / str(with_metadata)
        assert (await library.export([item.id], target, with_metadata)).failed == {}
        assert files.sound_packets(target / original.name) == files.sound_packets(original)
        assert read(target / original.name).has_sound
    assert (tmp_path / "True" / original.name).read_bytes() == original.read_bytes()


async def test_the_orientation_of_a_photograph_stays(shelf: Shelf, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "made at home"
    put(shelf.output / "p.jpg", files.saved("JPEG", exif=exif))
    library = await shelf.start()
    await library.export([(await shelf.item("p.jpg")).id], tmp_path / "out", with_metadata=False)
    with Image.open(tmp_path / "out" / "p.jpg") as opened:
        assert dict(opened.getexif()) == {0x0112: 6}


async def test_exporting_names_as_long_as_a_file_system_takes(shelf: Shelf, tmp_path: Path) -> None:
    long = "ab" + "猫" * 83 + ".png"  # 255 bytes
    put(shelf.output / long, picture(1))
    put(shelf.output / "a.png", picture(2))
    library = await shelf.start()
    ids = await library.ids(EVERYTHING)
    for with_metadata in (True, False, True):
        result = await library.export(ids, tmp_path / "out", with_metadata)
        assert len(result.copied) == 2 and not result.failed
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {long, "ab" + "猫" * 82 + "_2.png", "ab" + "猫" * 82 + "_3.png"} | {"a.png", "a_2.png", "a_3.png"}


async def test_what_cannot_be_exported(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf.output / "a.png", picture(1))
    put(shelf.output / "b.png", picture(2))
    library = await shelf.start()
    ids = [(await shelf.item(name)).id for name in ("a.png", "b.png")]
    (shelf.output / "a.png").unlink()
    result = await library.export(ids, tmp_path / "out")
    assert list(result.failed) == ["a.png"] and "could not be copied" in result.failed["a.png"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.png"]
    blocked = put(tmp_path / "blocked", b"a file")
    with pytest.raises(CannotSave, match="blocked"):
        await library.export(ids, blocked / "inside")


def _gif() -> bytes:
    frames = [files.picture().rotate(90 * number) for number in range(3)]
    out = io.BytesIO()
    options = {"save_all": True, "append_images": frames[1:], "loop": 0, "comment": b"prompt: a fishing boat"}
    frames[0].save(out, "GIF", **options)
    return out.getvalue()


def _pixels(path: Path) -> list[bytes]:
    if path.suffix in (".mp4", ".mov", ".webm", ".mkv"):
        with av.open(str(path)) as opened:
            return [np.asarray(frame.to_ndarray(format="rgb24")).tobytes() for frame in opened.decode(video=0)]
    with Image.open(path) as opened:
        frames = []
        for number in range(getattr(opened, "n_frames", 1)):
            opened.seek(number)
            frames.append(opened.convert("RGB").tobytes())
        return frames
