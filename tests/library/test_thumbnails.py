"""Small pictures of everything, made in the order in which they are wanted."""

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from oelala_desktop.domain.errors import NotFound, Unreadable
from oelala_desktop.services.library.library import Library
from oelala_desktop.services.thumbnails import store as thumbnails
from oelala_desktop.services.thumbnails.making import make_thumbnail
from oelala_desktop.services.thumbnails.sizes import nearest_size
from oelala_desktop.sketch.encode import open_encoder
from tests.library.conftest import EVERYTHING, Shelf, picture, put
from tests.library.stills import opened, striped
from tests.metadata import files


def clip(path: Path, codec: str, still: Image.Image) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=8)
        stream.width, stream.height, stream.pix_fmt = *still.size, "yuv420p"
        open_encoder(stream)
        for _ in range(4):
            container.mux(stream.encode(av.VideoFrame.from_image(still)))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_pictures(tmp_path: Path, kind: str) -> None:
    path = put(tmp_path / f"a.{kind.lower()}", files.saved(kind, striped()))
    small = opened(make_thumbnail(path, 256))
    assert small.size == (256, 144) and small.mode == "RGB"
    left, right = small.getpixel((20, 70)), small.getpixel((230, 70))
    assert left[0] > 200 > left[2] and right[2] > 200 > right[0]


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("mp4", "libx264"), ("mov", "libx264"), ("mkv", "libx264"), ("webm", "libvpx-vp9"), ("webm", "libsvtav1"),
     ("mp4", "libsvtav1")],
)  # fmt: skip
def test_videos(tmp_path: Path, suffix: str, codec: str) -> None:
    small = opened(make_thumbnail(clip(tmp_path / f"v.{suffix}", codec, striped()), 256))
    assert small.size == (256, 144)
    left, right = small.getpixel((20, 70)), small.getpixel((230, 70))
    assert left[0] > 180 > left[2] and right[2] > 180 > right[0]


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "I;16", "1", "CMYK"])
def test_modes(tmp_path: Path, mode: str) -> None:
    deep = Image.fromarray(np.full((90, 160), 40_000, np.uint16))
    image = deep if mode == "I;16" else striped(160, 90).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    small = opened(make_thumbnail(put(tmp_path / "a.png", files.saved(kind, image)), 128))
    assert small.size == (128, 72)
    assert max(small.convert("RGB").getpixel((20, 40))) > 60


def test_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it turned clockwise
    for kind in ("JPEG", "PNG", "WEBP"):
        path = put(tmp_path / f"a.{kind.lower()}", files.saved(kind, striped(), exif=exif))
        small = opened(make_thumbnail(path, 256))
        assert small.size == (144, 256), kind
        assert small.getpixel((70, 20))[0] > 200 and small.getpixel((70, 230))[2] > 200, kind


def test_a_jpeg_in_many_passes_is_the_same_picture(tmp_path: Path) -> None:
    plain, passes = (put(tmp_path / f"{p}.jpg", files.saved("JPEG", striped(), progressive=p)) for p in (False, True))
    assert make_thumbnail(plain, 256) == make_thumbnail(passes, 256)


def test_half_a_jpeg_has_none(tmp_path: Path) -> None:
    whole = files.saved("JPEG", striped())
    with pytest.raises(Unreadable, match=r"a\.jpg is damaged or cut short"):
        make_thumbnail(put(tmp_path / "a.jpg", whole[: len(whole) // 2]), 256)


def test_small_pictures_are_not_blown_up(tmp_path: Path) -> None:
    assert opened(make_thumbnail(put(tmp_path / "a.png", picture(1)), 256)).size == (64, 48)


@pytest.mark.parametrize("data", [b"", b"no picture", picture(1)[:120], files.video("mp4")[:400], files.jpeg()[:90]])
def test_damaged_files_have_none(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"a\.png .*\.$"):
        make_thumbnail(put(tmp_path / "a.png", data), 256)


def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    Image.new("1", (10_000, 6_000)).save(path)
    with pytest.raises(Unreadable, match=r"huge\.png has 60 megapixels; at most 50"):
        make_thumbnail(path, 256)


def test_sizes_are_rounded_up() -> None:
    assert [nearest_size(size) for size in (1, 128, 129, 256, 400, 1024, 5000)] == [128, 128, 256, 256, 512, 1024, 1024]


async def test_made_once_and_kept(shelf: Shelf) -> None:
    put(shelf.output / "a.png", files.saved("PNG", striped()))
    put(shelf.output / "broken.gif", files.saved("GIF")[:30])
    library = await shelf.start()
    item = await shelf.item("a.png")
    first = await library.thumbnail(item.id)
    assert opened(first).size == (256, 144)
    assert await library.cached_thumbnails([item.id, 4711]) == {item.id: first}
    library = await shelf.again()
    assert await library.cached_thumbnails([item.id]) == {item.id: first}
    assert await library.cached_thumbnails([item.id], 512) == {}
    with pytest.raises(NotFound):
        await library.thumbnail(4711)
    broken = [i.id for i in (await library.page(EVERYTHING)).items if i.name == "broken.gif"]
    for item_id in broken:
        assert await library.thumbnail(item_id) is None
        assert await library.thumbnail(item_id) is None


async def test_what_is_being_written_down_is_not_written_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf.output / "a.png", picture(1))
    library = await shelf.start()
    written: list[int] = []
    write, begun, go = library._pictures.put, asyncio.Event(), asyncio.Event()

    async def held(made: Mapping[int, bytes]) -> None:
        written.extend(made)
        begun.set()
        await go.wait()
        await write(made)

    monkeypatch.setattr(library._pictures, "put", held)
    assert await library.thumbnail((await shelf.item("a.png")).id)
    async with asyncio.timeout(15):
        await begun.wait()
    asyncio.get_running_loop().call_soon(go.set)
    await library._thumbnails.flush()  # asked for while the first writing is held
    assert len(written) == 1


async def test_a_changed_file_gets_another(shelf: Shelf) -> None:
    path = put(shelf.output / "a.png", picture(1))
    library = await shelf.start()
    before = await library.thumbnail((await shelf.item("a.png")).id)
    put(path, files.saved("PNG", striped()), age=10)
    await shelf.rescan()
    after = await library.thumbnail((await shelf.item("a.png")).id)
    assert after != before and opened(after).size == (256, 144)


async def asked_for(library: Library, count: int) -> None:
    """So many questions have got as far as an order."""
    async with asyncio.timeout(15):
        while sum(len(order.waiting) for order in library._thumbnails._orders.values()) != count:
            await library._pictures.get([0])  # behind the questions of all who asked before


async def test_what_left_the_screen_is_not_made(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """One slow maker: what was cancelled before its turn is passed over, the most urgent comes first."""
    for number in range(30):
        put(shelf.output / f"{number:02}.png", picture(number))
    library = await shelf.start()
    ids = {item.name: item.id for item in (await library.page(EVERYTHING)).items}
    gate, made = threading.Event(), []

    def slow(path: Path, size: int) -> bytes:
        gate.wait(10)
        made.append(path.name)
        return make_thumbnail(path, size)

    monkeypatch.setattr(thumbnails, "_make_in_thread", slow)
    library._thumbnails._makers = 1
    asked = [asyncio.ensure_future(library.thumbnail(ids[f"{n:02}.png"], priority=5)) for n in range(20)]  # noqa: TID251
    await asked_for(library, 20)
    urgent = asyncio.ensure_future(library.thumbnail(ids["25.png"], priority=0))  # noqa: TID251
    twice = [asyncio.ensure_future(library.thumbnail(ids["26.png"], priority=1)) for _ in range(3)]  # noqa: TID251
    await asked_for(library, 24)
    for task in asked[:15]:
        task.cancel()
    twice[0].cancel()
    gate.set()
    assert await urgent is not None and all([await task for task in twice[1:]])
    assert all(await asyncio.gather(*asked[15:]))
    await asyncio.gather(*asked, *twice, return_exceptions=True)
    begun = made[0]
    assert made[1:3] == ["25.png", "26.png"]
    assert sorted(made[3:]) == sorted({f"{n:02}.png" for n in range(15, 20)} - {begun})
    assert not library._thumbnails._orders


async def test_a_file_that_cannot_be_decoded_is_tried_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf.output / "broken.gif", files.saved("GIF")[:30])
    library = await shelf.start()
    (item,) = (await library.page(EVERYTHING)).items
    tries = []

    def counted(path: Path, size: int) -> bytes:
        tries.append(size)
        return make_thumbnail(path, size)

    monkeypatch.setattr(thumbnails, "_make_in_thread", counted)
    for size in (256, 256, 1024, 128):
        assert await library.thumbnail(item.id, size) is None
    library = await shelf.again()
    assert await library.thumbnail(item.id, 512) is None
    assert tries == [256]


async def test_a_disk_that_failed_once_is_asked_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf.output / "a.png", picture(1))
    library = await shelf.start()
    item = await shelf.item("a.png")

    def failing(_path: Path, _size: int) -> bytes:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(thumbnails, "_make_in_thread", failing)
        assert await library.thumbnail(item.id) is None
    assert opened(await library.thumbnail(item.id)).size == (64, 48)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "made"), [((2400, 400), (1536, 256)), ((400, 2400), (256, 1536)), ((200, 90), (200, 90))]
)
def test_a_panorama_is_measured_by_its_shorter_side(
    tmp_path: Path, kind: str, size: tuple[int, int], made: tuple[int, int]
) -> None:
    path = put(tmp_path / f"a.{kind.lower()}", files.saved(kind, striped(*size)))
    small = opened(make_thumbnail(path, 256, covering=True))
    assert small.size == pytest.approx(made, abs=1)


def test_no_thumbnail_is_endless(tmp_path: Path) -> None:
    path = put(tmp_path / "a.png", files.saved("PNG", striped(9000, 100)))
    assert opened(make_thumbnail(path, 256, covering=True)).size == pytest.approx((2048, 23), abs=1)


async def test_both_kinds_of_size_are_kept_apart(shelf: Shelf) -> None:
    put(shelf.output / "a.png", files.saved("PNG", striped()))
    library = await shelf.start()
    item = await shelf.item("a.png")
    whole, covering = await library.thumbnail(item.id), await library.thumbnail(item.id, covering=True)
    assert opened(whole).size == (256, 144) and opened(covering).size == (455, 256)
    assert await library.cached_thumbnails([item.id], covering=True) == {item.id: covering}
    assert await library.cached_thumbnails([item.id]) == {item.id: whole}
