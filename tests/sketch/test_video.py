"""Films: what is in the files that the savers write."""

import io
import json
import uuid
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.sketch.client import Client, camera_graph, messages, png

INFO = {"workflow": {"id": "w", "nodes": []}, "oelala_params": {"prompt": "é日本", "seed": 2**64 - 1}}


def unique() -> str:
    return f"v/{uuid.uuid4().hex}"


def fetch(client: Client, prompt_id: str, node_id: str, key: str = "images") -> bytes:
    entry = client.history(prompt_id)[prompt_id]
    assert entry["status"]["completed"], entry["status"]
    return client.http.get("/view", params=entry["outputs"][node_id][key][0]).content


def decode(film: bytes) -> tuple[np.ndarray, Any, dict[str, str]]:
    with av.open(io.BytesIO(film)) as container:
        stream = container.streams.video[0]
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(stream)])
        about = (stream.codec_context.name, stream.pix_fmt, stream.average_rate)
        return frames, about, dict(container.metadata)


def vhs_graph(prefix: str, **inputs: Any) -> dict[str, Any]:
    graph = camera_graph(prefix, frames=5)
    del graph["4"]
    combine = {"images": ["3", 0], "frame_rate": 16, "loop_count": 0, "filename_prefix": prefix}
    options = {"format": "video/h264-mp4", "pix_fmt": "yuv420p", "crf": 19, "save_metadata": True}
    switches = {"pingpong": False, "save_output": True}
    graph["5"] = {"class_type": "VHS_VideoCombine", "inputs": {**combine, **options, **switches, **inputs}}
    return graph


def test_a_film_has_its_frames_size_rate_and_tags(client: Client) -> None:
    graph = camera_graph(unique(), frames=17, width=128, height=72)
    prompt_id, _ = client.run(graph, extra_data={"extra_pnginfo": INFO})
    film = fetch(client, prompt_id, "5")
    frames, about, tags = decode(film)
    assert frames.shape == (17, 72, 128, 3)
    assert about == ("h264", "yuv420p", Fraction(16))
    assert json.loads(tags["prompt"]) == graph
    assert json.loads(tags["workflow"]) == INFO["workflow"]
    assert json.loads(tags["oelala_params"]) == INFO["oelala_params"]
    assert film.index(b"moov") < film.index(b"mdat")
    assert np.abs(np.diff(frames.astype(int), axis=0)).mean(axis=(1, 2, 3)).min() > 0.05


def test_vhs_writes_a_film_and_a_picture(client: Client, base: Path) -> None:
    prefix = unique()
    prompt_id, frames = client.run(vhs_graph(prefix), extra_data={"extra_pnginfo": INFO})
    (executed,) = messages(frames, "executed")
    name = f"{prefix[2:]}_00001"
    assert executed["data"]["output"]["gifs"] == [
        {
            "filename": f"{name}.mp4",
            "subfolder": "v",
            "type": "output",
            "format": "video/h264-mp4",
            "frame_rate": 16.0,
            "workflow": f"{name}.png",
            "fullpath": str(base.resolve() / "output" / "v" / f"{name}.mp4"),
        }
    ]
    progress = [m["data"]["value"] for m in messages(frames, "progress") if m["data"]["node"] == "5"]
    assert progress == [1, 2, 3, 4, 5]
    pictures, about, tags = decode(fetch(client, prompt_id, "5", "gifs"))
    assert pictures.shape == (5, 48, 64, 3) and about[2] == 16
    assert json.loads(tags["prompt"])["5"]["class_type"] == "VHS_VideoCombine"
    query = {"filename": f"{name}.png", "subfolder": "v"}
    with Image.open(io.BytesIO(client.http.get("/view", params=query).content), formats=["PNG"]) as image:
        assert image.size == (64, 48)
        assert json.loads(image.text["oelala_params"]) == INFO["oelala_params"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kind", "suffix"), [("image/gif", "gif"), ("image/webp", "webp")])
def test_vhs_animations(client: Client, kind: str, suffix: str) -> None:
    prompt_id, _ = client.run(vhs_graph(unique(), format=kind, pingpong=True, save_output=False))
    content = fetch(client, prompt_id, "5", "gifs")
    with Image.open(io.BytesIO(content), formats=[suffix.upper()]) as image:
        assert image.n_frames == 8  # type: ignore[attr-defined]


def test_odd_sizes(client: Client) -> None:
    """H.264 holds only even sizes: ComfyUI's saver fails on others, VHS pads them."""
    _, frames = client.run(camera_graph(unique(), width=65, height=49))
    (error,) = messages(frames, "execution_error")
    assert "even" in error["data"]["exception_message"]
    prompt_id, _ = client.run({**vhs_graph(unique()), "3": camera_graph("x", width=65, height=49)["3"]})
    assert decode(fetch(client, prompt_id, "5", "gifs"))[0].shape[1:3] == (50, 66)


def test_a_film_can_be_loaded_taken_apart_and_saved(client: Client) -> None:
    prompt_id, _ = client.run(camera_graph(unique(), frames=6))
    film = fetch(client, prompt_id, "5")
    name = f"{uuid.uuid4().hex}.mp4"
    client.upload(name, film)
    graph = {
        "1": {"class_type": "LoadVideo", "inputs": {"file": name}},
        "2": {"class_type": "GetVideoComponents", "inputs": {"video": ["1", 0]}},
        "3": {"class_type": "ImageFromBatch", "inputs": {"image": ["2", 0], "batch_index": 5, "length": 9}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": unique()}},
        "5": {"class_type": "CreateVideo", "inputs": {"images": ["2", 0], "fps": ["2", 2]}},
        "6": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["5", 0], "filename_prefix": unique(), "format": "mp4", "codec": "h264"},
        },
        "7": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["1", 0], "filename_prefix": unique(), "format": "auto", "codec": "auto"},
        },
    }
    prompt_id, _ = client.run(graph)
    outputs = client.history(prompt_id)[prompt_id]["outputs"]
    assert len(outputs["4"]["images"]) == 1
    frames, about, _ = decode(fetch(client, prompt_id, "6"))
    assert len(frames) == 6 and about[2] == 16
    copied, _, tags = decode(fetch(client, prompt_id, "7"))
    assert np.array_equal(copied, decode(film)[0])
    assert json.loads(tags["prompt"])["1"]["class_type"] == "LoadVideo"


def test_a_film_that_is_none(client: Client) -> None:
    client.upload("broken.mp4", b"no film")
    graph = {
        "1": {"class_type": "LoadVideo", "inputs": {"file": "broken.mp4"}},
        "2": {"class_type": "GetVideoComponents", "inputs": {"video": ["1", 0]}},
        "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}},
    }
    _, frames = client.run(graph)
    (error,) = messages(frames, "execution_error")
    assert error["data"]["node_id"] == "1" and "broken.mp4" in error["data"]["exception_message"]


def test_a_clip_that_fades_to_its_end_picture(client: Client) -> None:
    end = png(64, 48, seed=9)
    client.upload("end.png", end, overwrite="true")
    graph = camera_graph(unique())
    graph["6"] = {"class_type": "LoadImage", "inputs": {"image": "end.png"}}
    graph["7"] = {"class_type": "SketchCrossFade", "inputs": {"image": ["3", 0], "end_image": ["6", 0]}}
    graph["4"]["inputs"]["images"] = ["7", 0]
    graph["8"] = {"class_type": "ImageFromBatch", "inputs": {"image": ["7", 0], "batch_index": 8, "length": 1}}
    graph["9"] = {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": unique()}}
    prompt_id, _ = client.run(graph)
    assert len(decode(fetch(client, prompt_id, "5"))[0]) == 9
    with Image.open(io.BytesIO(fetch(client, prompt_id, "9")), formats=["PNG"]) as last:
        shown = np.asarray(last)
    with Image.open(io.BytesIO(end), formats=["PNG"]) as wanted:
        assert np.array_equal(shown, np.asarray(wanted))


def test_a_title_card(client: Client) -> None:
    card = {"text": "A long prompt " * 60, "seed": 3, "width": 320, "height": 180}
    graph = {
        "1": {"class_type": "SketchTitleCard", "inputs": card},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }
    prompt_id, _ = client.run(graph)
    first = fetch(client, prompt_id, "2")
    with Image.open(io.BytesIO(first), formats=["PNG"]) as image:
        assert image.size == (320, 180) and image.mode == "RGB"
    card["seed"] = 4
    prompt_id, _ = client.run(graph)
    assert fetch(client, prompt_id, "2") != first


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_webm(client: Client, codec: str) -> None:
    inputs = {"images": ["3", 0], "filename_prefix": unique(), "codec": codec, "fps": 16.0, "crf": 32.0}
    graph = camera_graph("x") | {"5": {"class_type": "SaveWEBM", "inputs": inputs}}
    del graph["4"]
    prompt_id, _ = client.run(graph, extra_data={"extra_pnginfo": INFO})
    film = fetch(client, prompt_id, "5")
    frames, _, tags = decode(film)
    assert frames.shape == (9, 48, 64, 3) and film[:4] == b"\x1a\x45\xdf\xa3"
    assert json.loads(tags["OELALA_PARAMS"]) == INFO["oelala_params"]
    assert json.loads(tags["PROMPT"])["5"]["class_type"] == "SaveWEBM"


def test_animated_webp(client: Client) -> None:
    options = {"fps": 8.0, "lossless": False, "quality": 80, "method": "default"}
    inputs = {"images": ["3", 0], "filename_prefix": unique(), **options}
    graph = camera_graph("x") | {"5": {"class_type": "SaveAnimatedWEBP", "inputs": inputs}}
    del graph["4"]
    prompt_id, _ = client.run(graph, extra_data={"extra_pnginfo": INFO})
    with Image.open(io.BytesIO(fetch(client, prompt_id, "5")), formats=["WEBP"]) as image:
        assert image.n_frames == 9  # type: ignore[attr-defined]
        exif = image.getexif()
    assert json.loads(exif[0x0110].removeprefix("prompt:"))["5"]["class_type"] == "SaveAnimatedWEBP"
    assert exif[0x010F] == f"workflow:{json.dumps(INFO['workflow'])}"
