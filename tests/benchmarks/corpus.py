"""A media folder made from a seed: pictures and videos as the programs in use write them, for benchmarks and for
screenshots. The same arguments give the same files."""

from __future__ import annotations

import copy
import io
import json
import math
import os
import random
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from tests.metadata import corpus as chunks
from tests.metadata import files as containers
from tests.metadata import graphs

#: the newest file's time: a day in spring
NEWEST = 1_775_000_000.0
FRAMES, RATE = 17, 16
_SHAPES = ((16, 9), (16, 9), (3, 2), (1, 1), (9, 16), (4, 3))
_PLACES = (
    "a fishing harbour", "a mountain lake", "a pine forest", "an old stone bridge", "a desert road", "a lighthouse",
    "a terraced vineyard", "a frozen river", "a night market", "a chalk cliff", "a field of poppies", "a canal town",
)  # fmt: skip
_LIGHTS = ("at dawn", "at dusk", "in morning fog", "under a full moon", "after the rain", "in low winter sun")
_DETAILS = (
    "boats on still water", "gulls in the wind", "a lone walker with a lantern", "smoke from a chimney",
    "long shadows on the grass", "reflections that break in the waves", "snow on the roofs", "a kite high above",
)  # fmt: skip
_CAMERAS = (
    "slow zoom in",
    "pan left",
    "the camera rises",
    "a gentle dolly forward",
    "static shot",
    "orbit to the right",
)
_MODELS = ("sd_xl_base_1.0.safetensors", "flux1-dev-fp8.safetensors", "landscape_v3.safetensors")


def sentence(rng: random.Random) -> str:
    """A prompt, mostly one that no other file has."""
    parts = [f"{rng.choice(_PLACES)} {rng.choice(_LIGHTS)}", *rng.sample(_DETAILS, 2), rng.choice(_CAMERAS)]
    return f"{', '.join(parts)}, {rng.choice(('35 mm', '50 mm', '85 mm'))} lens, grain {rng.randrange(40)}"


def scene(rng: random.Random, width: int, height: int) -> Image.Image:
    """Sky, sun, hills and water in the colours of one hour."""
    hue = rng.random() * math.tau
    tint = np.array([0.5 + 0.35 * math.cos(hue + k * 2.1) for k in range(3)])
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    sky = (1 - y)[..., None] * tint * 0.8 + y[..., None] * (0.45 + 0.5 * tint[::-1])
    sun = np.hypot((x - rng.uniform(0.2, 0.8)) * width / height, y - rng.uniform(0.15, 0.4))
    picture = sky + np.exp(-((sun / 0.11) ** 4))[..., None] * 0.5 + np.exp(-sun * 3.5)[..., None] * 0.25
    for layer in range(4):
        ridge = 0.45 + 0.11 * layer
        for octave in range(1, 6):
            ridge = ridge + 0.06 / octave * np.sin(x * octave * rng.uniform(3, 8) + rng.uniform(0, 6))
        shade = tint * (0.55 - 0.12 * layer) + 0.05
        picture = np.where((y > ridge)[..., None], shade + 0.12 * (y - ridge)[..., None], picture)
    water = y > 0.86
    glitter = 0.06 * np.sin(y * 260 + 5 * np.sin(x * 30))
    picture = np.where(water[..., None], sky[::-1] * 0.7 + glitter[..., None], picture)
    return Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))


def _size(shape: tuple[int, int], side: int) -> tuple[int, int]:
    longer = max(shape)
    return tuple(max(16, round(side * part / longer / 16) * 16) for part in shape)  # type: ignore[return-value]


@lru_cache(maxsize=256)
def _still(seed: int, side: int, kind: str) -> bytes:
    rng = random.Random(seed)
    picture = scene(rng, *_size(rng.choice(_SHAPES), side))
    out = io.BytesIO()
    options: dict[str, Any] = {"PNG": {"compress_level": 4}, "JPEG": {"quality": 88}, "WEBP": {"quality": 82}}[kind]
    picture.save(out, kind, **options)
    return out.getvalue()


#: room for one tag in a video's template, so that files can differ without being encoded anew
_ROOM = 14_000


@lru_cache(maxsize=256)
def _clip(seed: int, side: int, layout: str, key: str) -> bytes:
    """A video whose tag `key` is all blanks; `layout` is "front" or "end", where the index lies."""
    rng = random.Random(seed)
    width, height = _size(rng.choice(_SHAPES), side)
    picture = np.asarray(scene(rng, width + 64, height))
    flags = [] if key == "comment" else ["use_metadata_tags"]
    flags += ["faststart"] if layout == "front" else []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"  # putting the index in front needs a file
        with av.open(str(path), "w", options={"movflags": "+".join(flags)} if flags else {}) as container:
            container.metadata[key] = " " * _ROOM
            stream = container.add_stream("libx264", rate=RATE, options={"crf": "26", "preset": "veryfast"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for index in range(FRAMES):
                view = np.ascontiguousarray(picture[:, index * 3 : index * 3 + width])
                container.mux(stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")))
            container.mux(stream.encode())
        return path.read_bytes()


def tagged_video(seed: int, side: int, layout: str, key: str, text: bytes) -> bytes:
    """A video of 1.1 seconds, its longer side `side` pixels, with one tag."""
    return _clip(seed, side, layout, key).replace(b" " * _ROOM, text.ljust(_ROOM)[:_ROOM], 1)


def _png(data: bytes, texts: dict[str, Any]) -> bytes:
    """Puts texts behind the header, where ComfyUI's savers have them."""
    at = 8 + 25
    put = b"".join(chunks.png_text(key, chunks.dumps(value)) for key, value in texts.items())
    return data[:at] + put + data[at:]


def _jpeg(data: bytes, parameters: str) -> bytes:
    comment = b"UNICODE\0" + parameters.encode("utf-16-be")
    return data[:2] + containers.segment(0xE1, b"Exif\0\0" + containers.exif({}, comment, ">")) + data[2:]


def _webp(data: bytes, texts: dict[str, Any], size: tuple[int, int]) -> bytes:
    """As ComfyUI's animated saver does it: `key:{…}` in the camera's fields."""
    tags = {0x0110 - n: f"{key}:".encode() + chunks.dumps(value) for n, (key, value) in enumerate(texts.items())}
    head = bytes([0x08, 0, 0, 0]) + (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little")
    body = b"WEBP" + containers.riff(b"VP8X", head) + data[12:] + containers.riff(b"EXIF", containers.exif(tags))
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def video_graph(rng: random.Random, prompt: str, picture: str, size: int = 0) -> dict[str, Any]:
    graph = copy.deepcopy(graphs.two_pass(rng.randrange(2**64)))
    graph["9"]["inputs"]["text"] = prompt
    graph["11"]["inputs"]["image"] = picture
    graph["12"]["inputs"] |= {"length": rng.choice((49, 81, 81, 113))}
    return graphs.grown(rng, size, graph) if size else graph


def still_graph(rng: random.Random, prompt: str, size: int = 0) -> dict[str, Any]:
    graph = copy.deepcopy(graphs.one_pass())
    graph["4"]["inputs"]["ckpt_name"] = rng.choice(_MODELS)
    graph["6"]["inputs"]["text"] = prompt
    graph["3"]["inputs"]["seed"] = rng.randrange(2**64)
    return graphs.grown(rng, size, graph) if size else graph


def parameters(rng: random.Random, prompt: str) -> str:
    return (
        f"{prompt}\nNegative prompt: blurry, low quality\nSteps: {rng.randrange(18, 40)}, Sampler: DPM++ 2M Karras,"
        f" CFG scale: 7, Seed: {rng.randrange(2**32)}, Size: 832x480, Model: landscape_v3"
    )


def _ours(rng: random.Random, prompt: str) -> dict[str, Any]:
    sketch = rng.random() < 0.3
    seconds = rng.choice((3, 5, 5, 7))
    return dict(chunks.PARAMS) | {
        "prompt": prompt, "seed": str(rng.randrange(2**63)), "duration": seconds, "num_frames": seconds * 16 + 1,
        "engine": "Sketch – no AI model" if sketch else "ComfyUI 0.8.0", "job_id": f"{rng.randrange(2**32):08x}",
        "lora_configs": [] if sketch else chunks.PARAMS["lora_configs"],
    }  # fmt: skip


def _write(path: Path, index: int, seed: int, side: int, scenes: int) -> str:
    """One file; returns its name. Every tenth is of ours, a quarter of the rest are videos."""
    rng = random.Random(f"{seed}/{index}")
    prompt, look = sentence(rng), seed * 1000 + index % scenes
    match index % 20:
        case 0 | 5 | 10:  # ComfyUI's own saver, the index in front
            name, text = f"ComfyUI_{index:05}_.mp4", video_graph(rng, prompt, f"start_{index - 1:05}.png")
            data = tagged_video(look, side, "front", "prompt", chunks.dumps(text))
        case 3 | 13:  # the node pack's saver of before 2026: one comment, the index at the end
            graph = video_graph(rng, prompt, f"start_{index:05}.png")
            name, wrapped = f"take_{index:05}.mp4", chunks.dumps({"prompt": json.dumps(graph)})
            data = tagged_video(look, side, "end", "comment", wrapped)
        case 7 | 17:
            name = f"oelala_20260331_{index:06}.mp4"
            data = tagged_video(look, side, "front", "oelala_params", chunks.dumps(_ours(rng, prompt)))
        case 2:
            name, data = f"IMG_{index:05}.jpg", _jpeg(_still(look, side, "JPEG"), parameters(rng, prompt))
        case 12:
            still = _still(look, side, "WEBP")
            with Image.open(io.BytesIO(still)) as opened:
                size = opened.size
            name, data = f"poster_{index:05}.webp", _webp(still, {"prompt": still_graph(rng, prompt)}, size)
        case 4 | 9 | 19:  # what the next video begins with
            name = f"start_{index:05}.png"
            data = _png(_still(look, side, "PNG"), {"prompt": still_graph(rng, prompt)})
        case _:
            graph = still_graph(rng, prompt, rng.randrange(1_000, 9_000))
            name, texts = f"ComfyUI_{index:05}_.png", {"prompt": graph, "workflow": chunks.editor_graph(graph)}
            data = _png(_still(look, side, "PNG"), texts)
    path.joinpath(name).write_bytes(data)
    return name


def make_corpus(folder: Path, count: int, seed: int = 1, *, side: int = 384, scenes: int = 40) -> list[Path]:
    """`count` files in `folder` and a folder in it, newest last, minutes to hours apart. `side` is the longer side in
    pixels, `scenes` how many different pictures are drawn (the texts differ in every file)."""
    made = []
    rng = random.Random(seed)
    moment = NEWEST
    (folder / "2026").mkdir(parents=True, exist_ok=True)
    for index in reversed(range(count)):
        place = folder / "2026" if index % 40 >= 20 else folder
        path = place / _write(place, index, seed, side, scenes)
        os.utime(path, (moment, moment))
        moment -= rng.uniform(20, 9_000)
        made.append(path)
    return made[::-1]


def make_pictures(folder: Path, count: int, seed: int = 1, *, different: int = 500) -> list[Path]:
    """PNGs of few pixels with 10–60 KB of text, all of one folder: what an index of many files has to read. So many of
    them are `different`, the others repeat them."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = (chunks.png_from_editor, chunks.png_from_client, chunks.png_of_ours)
    contents = [makers[n % 3](random.Random(f"{seed}/{n}")) for n in range(min(count, different))]
    made = []
    for index in range(count):
        path = folder / f"ComfyUI_{index:06}_.png"
        path.write_bytes(contents[index % different])
        os.utime(path, (NEWEST - index * 60, NEWEST - index * 60))
        made.append(path)
    return made


def make_listing(folder: Path, each: int, seed: int = 1) -> list[Path]:
    """As many videos as pictures, of half the size that video models make, with graphs of the usual size."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for index in range(each):
        rng = random.Random(f"{seed}/{index}")
        prompt, look = sentence(rng), seed * 1000 + index % 12
        graph = still_graph(rng, prompt, rng.randrange(1_000, 9_000))
        still = _png(_still(look, 480, "PNG"), {"prompt": graph, "workflow": chunks.editor_graph(graph)})
        layout, key = rng.choice((("front", "prompt"), ("end", "comment")))
        tag: Any = video_graph(rng, sentence(rng), "harbour.png")
        text = chunks.dumps(tag if key == "prompt" else {"prompt": json.dumps(tag)})
        for name, data in (
            (f"still_{index:05}.png", still),
            (f"take_{index:05}.mp4", tagged_video(look, 480, layout, key, text)),
        ):
            path = folder / name
            path.write_bytes(data)
            os.utime(path, (NEWEST - index * 600, NEWEST - index * 600))
            made.append(path)
    return made
