"""Masks given to a server: from transparency or colours, as pictures, and pictures laid over others by them."""

from __future__ import annotations

import io
import json
import uuid

import httpx
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.contract.graphs import Graph, node
from tests.contract.workbench import Workbench

WIDTH, HEIGHT = 40, 24


def colours() -> np.ndarray:
    """Each colour runs its own way, and so does the opacity."""
    across = np.broadcast_to(np.linspace(0, 255, WIDTH), (HEIGHT, WIDTH))
    down = np.broadcast_to(np.linspace(0, 255, HEIGHT)[:, None], (HEIGHT, WIDTH))
    return np.stack([across, down, 255 - across, 255 - down], axis=2).astype(np.uint8)


def flat(*colour: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    return np.full((height, width, len(colour)), colour, np.uint8)


def close(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and int(np.abs(one.astype(int) - other.astype(int)).max()) <= 2


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[..., None], 3, axis=2)


def mask_of(name: str, channel: str) -> Graph:
    return {"mask": node("LoadImageMask", "Mask", image=name, channel=channel)}


@pytest.mark.parametrize("channel", ["alpha", "red", "green", "blue"])
async def test_a_mask_from_a_file(bench: Workbench, channel: str) -> None:
    name = await bench.give_picture(colours())
    graph = {**mask_of(name, channel), "shown": node("MaskToImage", "Shown", mask=["mask", 0])}
    (shown,) = await bench.see_pictures(graph, "shown")
    index = ["red", "green", "blue", "alpha"].index(channel)
    values = colours()[..., index]
    assert close(shown, grey(255 - values if channel == "alpha" else values)), "what is transparent is masked"


async def test_a_picture_without_transparency_masks_nothing(bench: Workbench) -> None:
    name = await bench.give_picture(colours()[..., :3])
    graph = {**mask_of(name, "alpha"), "shown": node("MaskToImage", "Shown", mask=["mask", 0])}
    (shown,) = await bench.see_pictures(graph, "shown")
    assert shown.shape == (64, 64, 3) and not shown.any()


async def test_masks_turn_round_and_colours_become_masks(bench: Workbench) -> None:
    graph = {
        "load": node("LoadImage", "Load", image=await bench.give_picture(colours()[..., :3])),
        "mask": node("ImageToMask", "Mask", image=["load", 0], channel="green"),
        "other": node("InvertMask", "Other", mask=["mask", 0]),
        "shown": node("MaskToImage", "Shown", mask=["other", 0]),
    }
    (shown,) = await bench.see_pictures(graph, "shown")
    assert close(shown, grey(255 - colours()[..., 1]))


async def test_a_picture_without_a_channel_gives_no_mask(bench: Workbench) -> None:
    graph = {
        "load": node("LoadImage", "Load", image=await bench.give_picture(colours())),
        "mask": node("ImageToMask", "Mask", image=["load", 0], channel="alpha"),
        "shown": node("MaskToImage", "Shown", mask=["mask", 0]),
        "saver": node("PreviewImage", "Preview", images=["shown", 0]),
    }
    assert await bench.fails(graph) == "ImageToMask"


async def composite(bench: Workbench, above: np.ndarray, mask: np.ndarray | None, **inputs: object) -> np.ndarray:
    below = flat(10, 200, 30)
    graph: Graph = {
        "below": node("LoadImage", "Below", image=await bench.give_picture(below)),
        "above": node("LoadImage", "Above", image=await bench.give_picture(above)),
        "made": node("ImageCompositeMasked", "Made", destination=["below", 0], source=["above", 0], **inputs),
    }
    if mask is not None:
        graph |= mask_of(await bench.give_picture(grey(mask)), "red")
        graph["made"]["inputs"]["mask"] = ["mask", 0]
    (shown,) = await bench.see_pictures(graph, "made")
    return shown


async def test_a_picture_over_another_by_a_mask(bench: Workbench) -> None:
    mask = np.broadcast_to(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, WIDTH))
    shown = await composite(bench, flat(250, 0, 90), mask, x=0, y=0, resize_source=False)
    weight = mask[..., None] / 255
    assert close(shown, (flat(250, 0, 90) * weight + flat(10, 200, 30) * (1 - weight)).astype(np.uint8))


@pytest.mark.parametrize(("x", "y"), [(0, 0), (30, 18), (40, 24), (100, 100)])
async def test_a_picture_that_reaches_beyond_the_other_is_cut(bench: Workbench, x: int, y: int) -> None:
    shown = await composite(bench, flat(250, 0, 90, width=16, height=12), None, x=x, y=y, resize_source=False)
    wanted = flat(10, 200, 30)
    wanted[y : y + 12, x : x + 16] = (250, 0, 90)
    assert close(shown, wanted)


async def test_a_picture_and_its_mask_are_stretched(bench: Workbench) -> None:
    above = np.concatenate([flat(0, 0, 0, width=8, height=12), flat(240, 240, 240, width=8, height=12)], axis=1)
    half = np.zeros((6, 10), np.uint8)
    half[:3] = 255
    shown = await composite(bench, above, half, x=0, y=0, resize_source=True)
    corners = [tuple(map(int, shown[place])) for place in ((0, 0), (0, -1), (-1, 0))]
    assert corners == [(0, 0, 0), (240, 240, 240), (10, 200, 30)]
    straight = np.asarray(Image.fromarray(above).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))
    assert close(shown[:4], straight[:4])


async def test_a_short_batch_is_repeated_over_a_long_one(bench: Workbench) -> None:
    graph = {
        "below": node("EmptyImage", "Below", width=32, height=16, batch_size=3, color=0),
        "one": node("EmptyImage", "One", width=32, height=16, batch_size=1, color=0xFF0000),
        "two": node("EmptyImage", "Two", width=32, height=16, batch_size=1, color=0x0000FF),
        "both": node("ImageBatch", "Both", image1=["one", 0], image2=["two", 0]),
        "made": node(
            "ImageCompositeMasked", "Made", destination=["below", 0], source=["both", 0], x=16, y=0, resize_source=False
        ),
    }
    shown = await bench.see_pictures(graph, "made")
    assert [tuple(map(int, one[8, 24])) for one in shown] == [(255, 0, 0), (0, 0, 255), (255, 0, 0)]
    assert not any(one[:, :16].any() for one in shown)


@pytest.mark.parametrize(("index", "length", "kept"), [(-1, 1, [2]), (-2, 9, [1, 2]), (9, 1, [2]), (0, 2, [0, 1])])
async def test_frames_are_counted_from_either_end(bench: Workbench, index: int, length: int, kept: list[int]) -> None:
    graph = {
        "a": node("EmptyImage", "A", width=16, height=16, batch_size=1, color=0),
        "b": node("EmptyImage", "B", width=16, height=16, batch_size=1, color=0x640000),
        "c": node("EmptyImage", "C", width=16, height=16, batch_size=1, color=0xC80000),
        "ab": node("ImageBatch", "AB", image1=["a", 0], image2=["b", 0]),
        "abc": node("ImageBatch", "ABC", image1=["ab", 0], image2=["c", 0]),
        "some": node("ImageFromBatch", "Some", image=["abc", 0], batch_index=index, length=length),
    }
    shown = await bench.see_pictures(graph, "some")
    assert [int(one[0, 0, 0]) // 100 for one in shown] == kept


@pytest.mark.parametrize(("megapixels", "steps", "size"), [(0.01, 1, (132, 79)), (0.01, 16, (128, 80))])
async def test_a_picture_of_so_many_pixels(
    bench: Workbench, megapixels: float, steps: int, size: tuple[int, int]
) -> None:
    load = node("LoadImage", "Load", image=await bench.give_picture(colours()[..., :3]))
    options = {"upscale_method": "bilinear", "megapixels": megapixels, "resolution_steps": steps}
    scaled = node("ImageScaleToTotalPixels", "Scaled", image=["load", 0], **options)
    (shown,) = await bench.see_pictures({"load": load, "scaled": scaled}, "scaled")
    assert (shown.shape[1], shown.shape[0]) == size


def png(pixels: np.ndarray, text: str = "") -> bytes:
    out, info = io.BytesIO(), PngInfo()
    if text:
        info.add_text("prompt", text)
    Image.fromarray(pixels).save(out, "PNG", pnginfo=info)
    return out.getvalue()


async def test_a_mask_is_uploaded_as_the_transparency_of_a_picture(bench: Workbench, raw: httpx.AsyncClient) -> None:
    original = await bench.give(png(colours()[..., :3], "kept"), ".png")
    sent = colours()
    name = f"oelala_test_{uuid.uuid4().hex}.png"
    answer = await raw.post(
        "/upload/mask",
        files={"image": (name, png(sent))},
        data={"original_ref": json.dumps({"filename": original, "type": "input"}), "subfolder": "oelala"},
    )
    assert answer.json() == {"name": name, "subfolder": "oelala", "type": "input"}
    got = await raw.get("/view", params={"filename": name, "subfolder": "oelala", "type": "input"})
    with Image.open(io.BytesIO(got.content), formats=("PNG",)) as made:
        assert made.mode == "RGBA" and made.text == {"prompt": "kept"}  # type: ignore[attr-defined]
        assert (np.asarray(made) == sent).all()
    graph = {**mask_of(f"oelala/{name}", "alpha"), "shown": node("MaskToImage", "Shown", mask=["mask", 0])}
    (shown,) = await bench.see_pictures(graph, "shown")
    assert close(shown, grey(255 - sent[..., 3]))


@pytest.mark.parametrize(
    ("reference", "status"),
    [
        ({"filename": "oelala_gone.png", "type": "input"}, 200),
        ({"filename": "../x.png", "type": "input"}, 200),
        ({"filename": "x.png", "type": "input", "subfolder": "../.."}, 200),
        ("no JSON", 500),
        (None, 500),
    ],
)
async def test_a_mask_for_no_picture_is_not_kept(raw: httpx.AsyncClient, reference: object, status: int) -> None:
    """Its name is given all the same."""
    name = f"oelala_test_{uuid.uuid4().hex}.png"
    fields = {} if reference is None else {"original_ref": json.dumps(reference)}
    if reference == "no JSON":
        fields = {"original_ref": "{"}
    answer = await raw.post("/upload/mask", files={"image": (name, png(colours()))}, data=fields)
    assert answer.status_code == status
    assert (await raw.head("/view", params={"filename": name, "type": "input"})).status_code == 404


async def test_a_mask_of_another_size_is_refused(bench: Workbench, raw: httpx.AsyncClient) -> None:
    original = await bench.give(png(colours()[..., :3]), ".png")
    name = f"oelala_test_{uuid.uuid4().hex}.png"
    answer = await raw.post(
        "/upload/mask",
        files={"image": (name, png(colours()[:10]))},
        data={"original_ref": json.dumps({"filename": original, "type": "input"})},
    )
    assert answer.status_code == 500
