"""Which picture a video begins with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.job import Job, JobInput
from oelala_desktop.domain.media import GenerationInfo
from oelala_desktop.metadata import FileMetadata
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.files.provenance import (
    claims_of,
    claims_of_job,
    first_pictures,
    is_companion,
    is_sketch,
    mentions,
)
from oelala_desktop.storage.media_writing import Claim
from tests.unit.domain.samples import some_job

from .fake_engine import picture

DIGEST = "0123456789abcdef01234567"
UPLOAD = f"oelala_{DIGEST}.png"


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def found(graph: Any = None, params: Any = None, **changes: Any) -> FileMetadata:
    blocks: dict[str, Any] = {}
    if graph is not None:
        blocks["prompt"] = graph if isinstance(graph, str | bytes) else json.dumps(graph)
    if params is not None:
        blocks["oelala_params"] = json.dumps(params)
    row: dict[str, Any] = {
        "kind": "video", "format": "mp4", "width": 64, "height": 64, "frames": 5, "fps": 8.0, "duration": 1.0,
        "info": GenerationInfo(), "blocks": blocks,
    }  # fmt: skip
    return FileMetadata(**row | changes)


def starting_with(name: Any, **more: Any) -> dict[str, Any]:
    return {"1": node("LoadImage", image=name), "2": node("WanImageToVideo", start_image=["1", 0]), **more}


# Read off a graph


@pytest.mark.parametrize(
    "key", ["start_image", "first_frame", "first_image", "start_frame", "init_image", "image_start"]
)
def test_a_first_frame_is_told_by_its_input(key: str) -> None:
    graph = {"1": node("LoadImage", image="a.png"), "2": node("AnyNode", **{key: ["1", 0]})}
    assert first_pictures(graph) == ["a.png"]


def test_a_plain_image_is_one_only_where_it_is_known_to_be() -> None:
    graph = {"1": node("LoadImage", image="a.png"), "2": node("AnyNode", image=["1", 0])}
    assert first_pictures(graph) == []
    graph["2"] = node("SketchCameraMove", image=["1", 0])
    assert first_pictures(graph) == ["a.png"]


@pytest.mark.parametrize("key", ["image", "images", "pixels", "input", "samples"])
def test_it_may_pass_through_nodes_that_change_it(key: str) -> None:
    graph = {
        "1": node("LoadImageOutput", image="a.png [output]"),
        "2": node("Scale", other="x", **{key: ["1", 0]}),
        "3": node("Crop", image=["2", 0]),
        "4": node("Video", start_image=["3", 1]),
    }
    assert first_pictures(graph) == ["a.png"]


def test_as_many_nodes_as_a_graph_may_have_in_a_row() -> None:
    def chain(length: int) -> dict[str, Any]:
        links = {str(n): node("Scale", image=[str(n - 1), 0]) for n in range(1, length + 1)}
        return {"0": node("LoadImage", image="a.png"), **links, "end": node("V", start_image=[str(length), 0])}

    assert first_pictures(chain(23)) == ["a.png"]
    assert first_pictures(chain(24)) == []
    assert first_pictures({"1": node("Scale", image=["1", 0]), "2": node("V", start_image=["1", 0])}) == []


@pytest.mark.parametrize(
    "link", ["a.png", None, [], [None, 0], [["1"], 0], ["9", 0], {"1": 0}, ["3", 0], ["4", 0], ["5", 0]]
)
def test_what_leads_to_no_picture_is_none(link: Any) -> None:
    graph = {
        "1": node("LoadImage", image="a.png"),
        "2": node("V", start_image=link),
        "3": node("LoadImage", image=["1", 0]),
        "4": "no node",
        "5": {"class_type": 3, "inputs": "none"},
    }
    assert first_pictures(graph) == []


def test_a_link_may_be_a_number() -> None:
    assert first_pictures({"1": node("LoadImage", image="a.png"), "2": node("V", start_image=[1, 0])}) == ["a.png"]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("sub/a.png", "a.png"),
        ("sub\\deep\\a.png", "a.png"),
        ("a.png [input]", "a.png"),
        ("a.png[temp]", "a.png"),
        ("a.png [other]", "a.png [other]"),
        ("a [input].png", "a [input].png"),
    ],
)
def test_names_are_plain(name: str, plain: str) -> None:
    assert first_pictures(starting_with(name)) == [plain]
    assert first_pictures(starting_with("sub/")) == []


def test_each_is_named_once_in_order() -> None:
    graph = starting_with(
        "a.png",
        **{
            "3": node("LoadImage", image="b.png"),
            "4": node("V", start_image=["3", 0], init_image=["1", 0]),
            "5": node("V", first_image=["3", 0]),
        },
    )
    assert first_pictures(graph) == ["a.png", "b.png"]


# What a file claims


def test_a_still_claims_nothing_a_moving_picture_does() -> None:
    graph = starting_with("a.png")
    assert claims_of("v.png", found(graph, kind="image", frames=1)) == ()
    assert claims_of("v.png", found(graph, kind="image", frames=None)) == ()
    assert claims_of("v.webp", found(graph, kind="image", frames=2)) == (Claim("name", "a.png"),)
    assert claims_of("v.mp4", found(graph, frames=None)) == (Claim("name", "a.png"),)


def test_a_picture_that_we_sent_is_known_by_its_content() -> None:
    graph = starting_with(f"sub/{UPLOAD}")
    params = {"image": "boat.png", "image_bytes": 1234}
    assert claims_of("v.mp4", found(graph, params)) == (Claim("digest", "boat.png", DIGEST, 1234),)
    for unfit in ({}, {"image": ""}, {"image": 3}, None):
        assert claims_of("v.mp4", found(graph, unfit)) == (Claim("digest", UPLOAD, DIGEST, None),)
    other = starting_with(f"oelala_{DIGEST}0.png")
    assert claims_of("v.mp4", found(other)) == (Claim("name", f"oelala_{DIGEST}0.png"),)


@pytest.mark.parametrize(
    ("size", "known"),
    [(0, None), (-1, None), (1, 1), (2**63 - 1, 2**63 - 1), (2**63, None), (True, None), ("5", None), (5.0, None)],
)
def test_sizes_are_whole_numbers_that_a_file_can_have(size: Any, known: int | None) -> None:
    (claim,) = claims_of("v.mp4", found(starting_with(UPLOAD), {"image_bytes": size}))
    assert claim.size == known


def test_the_picture_beside_it_is_one() -> None:
    combine = {"9": node("VHS_VideoCombine")}
    assert claims_of("v.mp4", found(combine)) == (Claim("companion", "v.png"),)
    assert claims_of("v-audio.mp4", found(combine)) == (Claim("companion", "v.png"),)
    assert claims_of("v-audio.mp4", found(combine, companion="v-audio.png")) == (Claim("companion", "v-audio.png"),)
    both = starting_with("a.png") | combine
    assert claims_of("v.mp4", found(both)) == (Claim("name", "a.png"), Claim("companion", "v.png"))


def test_what_is_no_graph_claims_nothing() -> None:
    assert claims_of("v.mp4", found()) == ()
    assert claims_of("v.mp4", found("LoadImage, but no graph")) == ()
    assert claims_of("v.mp4", found({"1": node("V", start_image="a.png")})) == ()


def test_words_are_looked_for_in_what_is_there() -> None:
    assert mentions(found(b"a LoadImage b"), b"LoadImage") and not mentions(found(b"a"), b"LoadImage")
    assert mentions(found("a LoadImage b"), b"LoadImage") and not mentions(found(""), b"LoadImage")
    assert not mentions(found(), b"None")
    assert mentions(found(blocks={"prompt": {"LoadImage": 1}}), b"LoadImage")
    assert not mentions(found(blocks={"prompt": 0}), b"0")


# Of a job


def job(*inputs: JobInput, **params: Any) -> Job:
    return some_job(inputs=inputs, params=params)


def test_a_job_knows_what_it_was_given() -> None:
    mask = JobInput("mask", "/m", f"oelala_{'f' * 24}.png", "mask.png")
    start = JobInput("image", "/kept", UPLOAD, "C:\\pictures\\boat.png")
    assert claims_of_job(job(mask, start, image_bytes=9)) == (Claim("digest", "boat.png", DIGEST, 9),)
    unnamed = JobInput("image", "/kept", UPLOAD, "")
    assert claims_of_job(job(unnamed)) == (Claim("digest", UPLOAD, DIGEST, None),)
    assert claims_of_job(job(mask)) == ()
    assert claims_of_job(job(JobInput("image", "/kept", "other.png", "boat.png"))) == ()
    assert claims_of_job(job()) == ()


# Files


def test_a_picture_of_the_node_pack_is_told_by_its_graph(tmp_path: Path) -> None:
    path = tmp_path / "v.png"
    path.write_bytes(picture())
    assert not is_companion(path)
    embed(path, {}, {"1": node("VHS_VideoCombine")})
    assert is_companion(path)
    assert not is_companion(tmp_path / "gone.png")


def test_a_small_graph_of_sketchs_is_its() -> None:
    graph = json.dumps({"1": node("SketchCameraMove")})
    assert is_sketch(found(graph))
    assert is_sketch(found(graph + " " * (16_383 - len(graph))))
    assert not is_sketch(found(graph + " " * (16_384 - len(graph))))
    assert not is_sketch(found({"1": node("Other")}))
    assert not is_sketch(found())
