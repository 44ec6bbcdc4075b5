"""Steps of one wish, and going on from a video, over the API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.api.serving import wait_for

ROUTE = "/tools/text-to-image/jobs"
TINY = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1", "preset": "sketch"}
STEP: dict[str, Any] = {"tool": "image-to-video", "settings": TINY}


def rows_of(client: httpx.Client, answer: httpx.Response) -> list[dict[str, Any]]:
    """The jobs of a submission, once they are done."""
    assert answer.status_code == 202, answer.text
    rows = [wait_for(client, row["job_id"]) for row in answer.json()["jobs"]]
    assert [row["state"] for row in rows] == ["done"] * len(rows), rows
    return rows


def refused(answer: httpx.Response, field: str, words: str) -> None:
    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.text
    assert words in answer.json()["detail"]


def test_each_step_is_a_job_that_names_the_one_before_it(client: httpx.Client) -> None:
    answer = client.post(ROUTE, json={"prompt": "a pier", "preset": "sketch", "then": [STEP, STEP]})
    first, second, third = rows_of(client, answer)
    assert [row["after"] for row in (first, second, third)] == [None, first["job_id"], second["job_id"]]
    assert [row["chain"] for row in (first, second, third)] == [
        {"id": first["job_id"], "number": number, "count": 3} for number in (1, 2, 3)
    ]
    assert [row["outputs"][0]["kind"] for row in (first, second, third)] == ["image", "video", "video"]
    listed = {row["job_id"]: row for row in client.get("/jobs").json()["jobs"]}
    assert listed[third["job_id"]]["chain"]["number"] == 3


def test_the_steps_of_a_form_are_json(client: httpx.Client) -> None:
    fields = {"prompt": "a pier", "then": json.dumps([{**STEP, "settings": {**TINY, "image": "@result"}}])}
    answer = client.post(ROUTE, files={key: (None, value) for key, value in fields.items()})
    assert len(rows_of(client, answer)) == 2


def test_a_video_of_my_media_is_gone_on_from(client: httpx.Client) -> None:
    made = client.post(ROUTE, json={"prompt": "a pier", "preset": "sketch", "then": [STEP]})
    video = rows_of(client, made)[1]["outputs"][0]
    media = client.get("/list-comfyui-media").json()["media"]
    url = next(row["url"] for row in media if row["filename"] == video["filename"])
    answer = client.post("/tools/image-to-video/jobs", json={**TINY, "continue": url, "prompt": "on"})
    assert answer.status_code == 202, answer.text
    outputs = wait_for(client, answer.json()["job_id"])["outputs"]
    assert [(row.get("role"), row["frames"]) for row in outputs] == [(None, 5), ("joined", 9)]
    assert (outputs[1]["width"], outputs[1]["height"]) == (video["width"], video["height"])


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("[", "not JSON"),
        ({"tool": "image-to-video"}, "a list of steps is expected"),
        (["image-to-video"], "a step is {"),
        ([{"tool": 7}], "a step is {"),
        ([{"tool": "image-to-video", "settings": []}], "a step is {"),
        ([{"tool": "image-to-video", "prompt": "zoom in"}], "a step is {"),
        ([{"tool": "image-to-vide"}], "Did you mean image-to-video"),
        ([{"tool": "text-to-video"}], "Step 2, Text to Video: Text to Video takes no file"),
        ([{"tool": "image-to-video", "settings": {"image": "/etc/hostname"}}], "the id of one in My Media"),
        ([STEP, {"tool": "image-to-video", "settings": {"steps": 0}}], "Step 3, Image to Video: steps"),
        ([{"tool": "image-to-video", "settings": {"then": [STEP]}}], "no steps of its own"),
        ([STEP] * 8, "at most 8 steps"),
    ],
)
def test_steps_that_cannot_be(client: httpx.Client, then: object, words: str) -> None:
    refused(client.post(ROUTE, json={"prompt": "a pier", "then": then}), "then", words)


def test_what_cannot_be_continued(client: httpx.Client) -> None:
    route = "/tools/image-to-video/jobs"
    refused(client.post(route, json={"continue": 987654321}), "continue", "there is no /media/987654321")
    refused(client.post(route, json={"continue": "/etc/hostname"}), "continue", "the id of one in My Media")
    refused(client.post(route, json={"image": "@result"}), "image", "the id of one in My Media")


def test_the_first_interface_has_no_steps(client: httpx.Client) -> None:
    for name in ("then", "continue"):
        answer = client.post("/wan22/image-to-video", files={name: (None, "[]")})
        refused(answer, name, f"{name} is not a setting of Image to Video")
