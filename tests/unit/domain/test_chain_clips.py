"""Clips chained on the last frame: simulated frame by frame, so that a doubled or lost joint shows."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain import graph as edits
from tests.unit.domain.samples import SHIPPED, build, by_title, shipped
from tests.unit.node_table import faults_of

EXTENDABLE = [name for name in SHIPPED if shipped(name).clips]
FRAMES = 5


def template() -> edits.Graph:
    """Start picture → sampler → savers, beside a model that does not depend on the picture."""

    def node(class_type: str, title: str, **inputs: Any) -> dict[str, Any]:
        return {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}

    return {
        "1": node("LoadImage", "Start", image="start.png"),
        "2": node("Model", "Model"),
        "3": node("Animate", "Animate", image=["1", 0], model=["2", 0], seed=2**64 - 1),
        "4": node("Video", "Video", images=["3", 0]),
        "5": node("SaveVideo", "Save", video=["4", 0], filename_prefix="oelala/x"),
        "6": node("KSamplerAdvanced", "Other", image=["3", 0], noise_seed=["2", 0]),
    }


def frames_of(graph: edits.Graph, node_id: str) -> list[str]:
    """The frames that a node gives, by name: what an executor would do with these classes."""
    row = graph[node_id]
    inputs = row["inputs"]

    def given(name: str) -> list[str]:
        return frames_of(graph, inputs[name][0])

    match row["class_type"]:
        case "LoadImage":
            return ["start"]
        case "Animate":
            first = given("image")
            assert len(first) == 1
            return first + [f"seed {inputs['seed']} frame {i}" for i in range(1, FRAMES)]
        case "ImageFromBatch":
            return given("image")[inputs["batch_index"] : inputs["batch_index"] + inputs["length"]]
        case "Video":
            return given("images")
        case "SaveVideo":
            return given("video")
    raise AssertionError(row["class_type"])


def saved(graph: edits.Graph) -> dict[str, list[str]]:
    return {
        row["inputs"]["filename_prefix"]: frames_of(graph, i)
        for i, row in graph.items()
        if row["class_type"] == "SaveVideo"
    }


@pytest.mark.parametrize("clips", [2, 3, 5])
def test_every_clip_from_the_last_frame_of_the_one_before(clips: int) -> None:
    graph = template()
    last = edits.chain_clips(graph, "Start", "Animate", clips, FRAMES)
    videos = saved(graph)
    assert list(videos) == [f"oelala/x_clip{k}" for k in range(1, clips + 1)]
    seeds = [(2**64 - 1 + k) % 2**64 for k in range(clips)]
    whole = ["start"] + [f"seed {seed} frame {i}" for seed in seeds for i in range(1, FRAMES)]
    for k in range(clips):
        assert videos[f"oelala/x_clip{k + 1}"] == whole[k * (FRAMES - 1) : (k + 1) * (FRAMES - 1) + 1]
    assert graph[last["3"]]["_meta"]["title"] == f"Animate (clip {clips})"
    frames = [row["_meta"]["title"] for row in graph.values() if row["class_type"] == "ImageFromBatch"]
    assert frames == [f"Last frame of clip {k}" for k in range(1, clips)]
    assert sum(row["class_type"] == "Model" for row in graph.values()) == 1
    assert not any(row["class_type"] == "ImageBatch" for row in graph.values()), "the server would hold all clips"


@pytest.mark.parametrize("preset", EXTENDABLE)
@pytest.mark.parametrize("end", [False, True])
def test_shipped_presets_extend_into_sound_graphs(preset: str, end: bool) -> None:
    if end and shipped(preset).end_picture is None:
        return
    values = {"clip_count": 3, "seed": 5} | ({"end_image": "end.png"} if end else {})
    graph = build(preset, values)
    assert faults_of(graph) == []
    prefixes = [row["inputs"]["filename_prefix"] for row in graph.values() if "filename_prefix" in row["inputs"]]
    assert sorted(prefixes) == ["oelala/x_clip1", "oelala/x_clip2", "oelala/x_clip3"]
    ended = [row for row in graph.values() if "end_image" in row["inputs"]]
    assert len(ended) == int(end)
    assert not ended or ended[0]["_meta"]["title"].endswith("(clip 3)")
    sampler = "Sampler" if preset.endswith("5b") else "Camera move" if preset.endswith("sketch") else "High noise pass"
    key = "noise_seed" if sampler == "High noise pass" else "seed"
    titles = [sampler, f"{sampler} (clip 2)", f"{sampler} (clip 3)"]
    assert [by_title(graph, title)[key] for title in titles] == [5, 6, 7]
