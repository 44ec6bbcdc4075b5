"""What a server says of the nodes for videos, sounds and masks, and of the files that are given to them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.films import film, sound_file
from tests.contract.graphs import Graph, node
from tests.contract.workbench import Workbench

ANY = object()
"""A default that is not stated."""

NODES: dict[str, tuple[dict[str, tuple[str, Any]], list[tuple[str, str]]]] = {
    "LoadVideo": ({"file": ("COMBO", ANY)}, [("VIDEO", "VIDEO")]),
    "Video Slice": (
        {
            "video": ("VIDEO", ANY),
            "start_time": ("FLOAT", 0.0),
            "duration": ("FLOAT", 0.0),
            "strict_duration": ("BOOLEAN", False),
        },
        [("VIDEO", "VIDEO")],
    ),
    "GetVideoComponents": (
        {"video": ("VIDEO", ANY)},
        [("IMAGE", "images"), ("AUDIO", "audio"), ("FLOAT", "fps"), ("INT", "bit_depth"), ("COMBO", "color_space")],
    ),
    "CreateVideo": (
        {"images": ("IMAGE", ANY), "fps": ("FLOAT", 30.0), "audio?": ("AUDIO", ANY), "bit_depth?": ("INT", 8)},
        [("VIDEO", "VIDEO")],
    ),
    "LoadAudio": ({"audio": ("COMBO", ANY)}, [("AUDIO", "AUDIO")]),
    "TrimAudioDuration": (
        {"audio": ("AUDIO", ANY), "start_index": ("FLOAT", 0.0), "duration": ("FLOAT", 60.0)},
        [("AUDIO", "AUDIO")],
    ),
    "LoadImageMask": ({"image": ("list", ANY), "channel": ("list", ANY)}, [("MASK", "MASK")]),
    "MaskToImage": ({"mask": ("MASK", ANY)}, [("IMAGE", "IMAGE")]),
    "ImageToMask": ({"image": ("IMAGE", ANY), "channel": ("COMBO", ANY)}, [("MASK", "MASK")]),
    "InvertMask": ({"mask": ("MASK", ANY)}, [("MASK", "MASK")]),
    "ImageCompositeMasked": (
        {
            "destination": ("IMAGE", ANY),
            "source": ("IMAGE", ANY),
            "x": ("INT", 0),
            "y": ("INT", 0),
            "resize_source": ("BOOLEAN", False),
            "mask?": ("MASK", ANY),
        },
        [("IMAGE", "IMAGE")],
    ),
    "ImageFromBatch": (
        {"image": ("IMAGE", ANY), "batch_index": ("INT", 0), "length": ("INT", 1)},
        [("IMAGE", "IMAGE")],
    ),
    "ImageScaleToTotalPixels": (
        {
            "image": ("IMAGE", ANY),
            "upscale_method": ("COMBO", ANY),
            "megapixels": ("FLOAT", 1.0),
            "resolution_steps": ("INT", 1),
        },
        [("IMAGE", "IMAGE")],
    ),
}
SAVERS: dict[str, dict[str, tuple[str, Any]]] = {
    "SaveVideo": {
        "video": ("VIDEO", ANY),
        "filename_prefix": ("STRING", "video/ComfyUI"),
        "format": ("COMFY_DYNAMICCOMBO_V3", ANY),
        "codec?": ("COMFY_DYNAMICCOMBO_V3", ANY),
    },
    "SaveAudio": {"audio": ("AUDIO", ANY), "filename_prefix": ("STRING", "audio/ComfyUI")},
    "SaveAudioMP3": {
        "audio": ("AUDIO", ANY),
        "filename_prefix": ("STRING", "audio/ComfyUI"),
        "quality": ("COMBO", "V0"),
    },
    "SaveAudioOpus": {
        "audio": ("AUDIO", ANY),
        "filename_prefix": ("STRING", "audio/ComfyUI"),
        "quality": ("COMBO", "128k"),
    },
    "SaveAudioAdvanced": {
        "audio": ("AUDIO", ANY),
        "filename_prefix": ("STRING", "audio/ComfyUI"),
        "format": ("COMFY_DYNAMICCOMBO_V3", ANY),
    },
    "PreviewAudio": {"audio": ("AUDIO", ANY)},
}
SAVED = {name: ("AUDIO", "audio") for name in SAVERS} | {"SaveVideo": ("VIDEO", "video")}
BOUNDS = {
    ("Video Slice", "start_time"): (-1e5, 1e5),
    ("Video Slice", "duration"): (0.0, None),
    ("CreateVideo", "fps"): (1.0, 120.0),
    ("CreateVideo", "bit_depth"): (8, 10),
    ("TrimAudioDuration", "duration"): (0.0, None),
    ("ImageFromBatch", "batch_index"): (-16384, 16384),
    ("ImageFromBatch", "length"): (1, 4096),
    ("ImageCompositeMasked", "x"): (0, 16384),
    ("ImageScaleToTotalPixels", "megapixels"): (0.01, 16.0),
    ("ImageScaleToTotalPixels", "resolution_steps"): (1, 256),
}


def inputs_of(entry: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Each input's type and default; the names of those that may be left out end in a question mark."""
    found = {}
    for group, mark in (("required", ""), ("optional", "?")):
        for name, (kind, *options) in (entry["input"].get(group) or {}).items():
            default = options[0].get("default", ANY) if options else ANY
            found[name + mark] = ("list" if isinstance(kind, list) else kind, default)
    return found


@pytest.fixture
async def info(raw: httpx.AsyncClient) -> dict[str, Any]:
    answer: dict[str, Any] = (await raw.get("/object_info")).json()
    return answer


@pytest.mark.parametrize("name", [*NODES, *SAVERS])
async def test_a_node_is_as_it_is_known(info: dict[str, Any], name: str) -> None:
    entry = info[name]
    wanted = NODES[name][0] if name in NODES else SAVERS[name]
    found = inputs_of(entry)
    assert list(found) == list(wanted)
    assert {
        key: (kind, default if wanted[key][1] is not ANY else ANY) for key, (kind, default) in found.items()
    } == wanted
    gives = NODES[name][1] if name in NODES else [SAVED[name]]
    assert list(zip(entry["output"], entry["output_name"], strict=True)) == gives
    assert entry["output_node"] is (name in SAVERS)


@pytest.mark.parametrize(("name", "key"), BOUNDS)
async def test_an_input_has_its_bounds(info: dict[str, Any], name: str, key: str) -> None:
    groups = info[name]["input"]
    _, options = (groups["required"] | (groups.get("optional") or {}))[key]
    assert (options.get("min"), options.get("max")) == BOUNDS[name, key]


async def test_a_choice_says_what_it_brings(info: dict[str, Any]) -> None:
    _, options = info["SaveVideo"]["input"]["required"]["format"]
    brought = {row["key"]: row["inputs"]["required"] for row in options["options"]}
    assert list(brought) == ["auto", "mp4", "mkv", "webm"]
    assert [row["key"] for row in brought["webm"]["codec"][1]["options"]] == ["auto", "av1"]
    assert [row["key"] for row in brought["mp4"]["codec"][1]["options"]] == ["auto", "h264", "av1"]
    _, options = info["SaveAudioAdvanced"]["input"]["required"]["format"]
    assert [(row["key"], list(row["inputs"]["required"])) for row in options["options"]] == [
        ("flac", []),
        ("mp3", ["quality"]),
        ("opus", ["quality"]),
    ]


async def listed(raw: httpx.AsyncClient, name: str, key: str) -> tuple[list[str], dict[str, Any]]:
    kind, options = (await raw.get(f"/object_info/{name}")).json()[name]["input"]["required"][key]
    return (kind if isinstance(kind, list) else options["options"]), options


async def test_loaders_list_the_files_of_their_kind(bench: Workbench, raw: httpx.AsyncClient, start: str) -> None:
    video, sound = await bench.give(film(4), ".mp4"), await bench.give(sound_file(0.2), ".flac")
    given = {video, sound, start}
    for name, key, flag, wanted in (
        ("LoadVideo", "file", "video_upload", {video}),
        ("LoadAudio", "audio", "audio_upload", {video, sound}),
        ("LoadImageMask", "image", "image_upload", {start}),
        ("LoadImage", "image", "image_upload", {start}),
    ):
        names, options = await listed(raw, name, key)
        assert given & set(names) == wanted, name
        assert names == sorted(names) and options[flag] is True


def loading(class_type: str, **inputs: Any) -> Graph:
    saver = {
        "LoadVideo": node("SaveVideo", "Save", video=["load", 0], format="auto", codec="auto"),
        "LoadAudio": node("SaveAudio", "Save", audio=["load", 0]),
        "LoadImageMask": node("SaveImage", "Save", images=["shown", 0]),
    }[class_type]
    saver["inputs"]["filename_prefix"] = "oelala/none"
    graph = {"load": node(class_type, "Load", **inputs), "saver": saver}
    if class_type == "LoadImageMask":
        graph["shown"] = node("MaskToImage", "Shown", mask=["load", 0])
    return graph


@pytest.mark.parametrize(
    ("class_type", "key", "kind", "more"),
    [
        ("LoadVideo", "file", "video", {}),
        ("LoadAudio", "audio", "audio", {}),
        ("LoadImageMask", "image", "image", {"channel": "alpha"}),
    ],
)
async def test_a_missing_file_is_named(
    bench: Workbench, class_type: str, key: str, kind: str, more: dict[str, str]
) -> None:
    errors = await bench.refused(loading(class_type, **{key: "oelala_gone.xyz"}, **more))
    assert errors == [("custom_validation_failed", f"{key} - Invalid {kind} file: oelala_gone.xyz")]


async def test_a_channel_that_is_none_is_refused(bench: Workbench, start: str) -> None:
    errors = await bench.refused(loading("LoadImageMask", image=start, channel="hue"))
    assert errors == [("value_not_in_list", "channel: 'hue' not in ['alpha', 'red', 'green', 'blue']")]


async def test_a_quality_that_is_none_is_refused(bench: Workbench) -> None:
    name = await bench.give(sound_file(0.2), ".flac")
    graph = loading("LoadAudio", audio=name)
    graph["saver"] = node("SaveAudioMP3", "Save", audio=["load", 0], filename_prefix="oelala/none", quality="64k")
    assert await bench.refused(graph) == [("value_not_in_list", "quality: '64k' not in ['V0', '128k', '320k']")]


async def test_files_are_given_and_found_again(bench: Workbench, raw: httpx.AsyncClient) -> None:
    """HEAD says whether a file is there, and how large it is."""
    for content, suffix, kind in ((film(4), ".mp4", "video/mp4"), (sound_file(0.2), ".flac", "audio/flac")):
        name = await bench.give(content, suffix)
        query = {"filename": name, "type": "input"}
        head, got = await raw.head("/view", params=query), await raw.get("/view", params=query)
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(content)))
        assert (got.status_code, got.content, got.headers["content-type"]) == (200, content, kind)
        part = await raw.get("/view", params=query, headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, content[4:8])
    for query in ({"filename": "oelala_gone.mp4"}, {"filename": name, "subfolder": "oelala_none"}):
        for method in ("HEAD", "GET"):
            assert (await raw.request(method, "/view", params={"type": "input", **query})).status_code == 404


async def test_a_file_in_a_subfolder_is_loaded_by_its_whole_name(bench: Workbench, raw: httpx.AsyncClient) -> None:
    name = (await bench.give(film(4), ".mp4")).removesuffix(".mp4")
    files = {"image": (f"{name}_b.mp4", film(6))}
    answer = (await raw.post("/upload/image", files=files, data={"subfolder": "oelala"})).json()
    assert answer == {"name": f"{name}_b.mp4", "subfolder": "oelala", "type": "input"}
    seen = await bench.see(loading("LoadVideo", file=f"oelala/{name}_b.mp4"))
    assert len(seen.pictures) == 6
