"""Workflows of others over the local interface: listed, and made presets of."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from oelala_desktop.sketch import templates as sketch
from tests.api.serving import Served
from tests.waiting import until_sync

ROOT = Path(__file__).parents[2]
NAMES = [example.name for example in sketch.EXAMPLES]


def listed(client: httpx.Client, **query: Any) -> dict[str, Any]:
    answer = client.get("/templates", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_engines_templates_are_listed(client: httpx.Client) -> None:
    found = listed(client)
    assert [row["name"] for row in found["templates"]] == NAMES
    assert (found["total"], found["server"], found["offline"], found["reason"]) == (len(NAMES), "Sketch", False, "")
    assert found["next_cursor"] is None
    assert [row["name"] for row in found["templates"] if not row["open"]] == ["api_sketch_example"]


def test_they_come_by_words_and_page_by_page(client: httpx.Client) -> None:
    assert [row["name"] for row in listed(client, q="subgraph WORDS")["templates"]] == ["sketch_scene_in_a_subgraph"]
    assert listed(client, q="no such words")["templates"] == []
    names: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = listed(client, **query)
        names += [row["name"] for row in page["templates"]]
        assert page["total"] == len(NAMES)
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert names == NAMES
    answer = client.get("/templates", params={"cursor": "none of ours"})
    assert answer.status_code == 422 and answer.json()["field"] == "cursor"


def test_what_they_take_comes_by_itself_and_sorts_by_tool(client: httpx.Client) -> None:
    def all_read() -> dict[str, Any] | None:
        rows = listed(client)["templates"]
        return {row["name"]: row["facts"] for row in rows} if all(row["facts"] for row in rows) else None

    facts = until_sync(all_read, "the facts of all templates")
    assert facts is not None
    assert facts["sketch_image_to_video"]["ready"] is True
    assert facts["api_sketch_example"]["lacking"] == ["ExamplePaidVideoNode"]
    (model,) = facts["sketch_missing_model"]["models"]
    assert (model["state"], model["folder"]) == ("missing", "loras")
    found = listed(client, tool="image-to-video")["templates"]
    assert [row["name"] for row in found] == ["sketch_image_to_video"]


def test_a_template_becomes_a_preset_that_runs(client: httpx.Client) -> None:
    answer = client.post("/templates/sketch_text_to_video/presets", json={"name": "Words that move"})
    assert answer.status_code == 201, answer.text
    preset = answer.json()
    assert (preset["id"], preset["name"], preset["runnable"]) == (
        "text-to-video.words-that-move",
        "Words that move",
        True,
    )
    assert client.get(answer.headers["location"]).json()["id"] == preset["id"]
    sent = client.post("/tools/text-to-video/jobs", json={"preset": preset["id"]})
    assert sent.status_code == 202, sent.text


def test_without_a_wish_it_has_the_templates_title(client: httpx.Client) -> None:
    answer = client.post("/templates/sketch_scene_in_a_subgraph/presets")
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == "Sketch: a Scene in a Subgraph"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"tool": "image-to-image"}, "tool"),
        ({"tool": "no-such-tool"}, "tool"),
        ({"keep": ["no_such_setting"]}, "keep"),
        ({"name": "\x00"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"else": 1}, "else"),
    ],
)
def test_a_wish_that_cannot_be_is_told_by_its_field(client: httpx.Client, wish: dict[str, Any], field: str) -> None:
    answer = client.post("/templates/sketch_text_to_video/presets", json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("name", ["none", "..%2F..%2Fsystem_stats", "%00", "a:b"])
def test_a_template_that_there_is_not_is_none(client: httpx.Client, name: str) -> None:
    assert client.post(f"/templates/{name}/presets").status_code == 404


def workflow(name: str) -> dict[str, Any]:
    found = sketch.workflow(name)
    assert found is not None
    return found


def graph() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "workflows" / "text-to-video" / "sketch.json").read_text())
    return found


def test_any_form_of_a_workflow_becomes_a_preset(client: httpx.Client) -> None:
    for content in (workflow("sketch_image_to_video"), graph(), {"prompt": graph()}, {"workflow": workflow(NAMES[0])}):
        answer = client.post("/presets", json=content)
        assert answer.status_code == 201, answer.text
        assert answer.json()["name"] == "Workflow"


def test_what_stands_beside_a_wrapped_workflow_is_heeded(client: httpx.Client) -> None:
    wrapped = {"workflow": workflow("sketch_image_to_video"), "client_id": "x"}
    answer = client.post("/presets", json=wrapped | {"name": "Slow moves", "keep": ["image", "seed"]})
    assert answer.status_code == 201 and answer.json()["name"] == "Slow moves"
    for key, value in (
        ("keep", "image"),
        ("keep", ["nonsense"]),
        ("name", 5),
        ("name", "x" * 81),
        ("tool", "upscaler"),
    ):
        refused = client.post("/presets", json=wrapped | {key: value})
        assert refused.status_code == 422 and refused.json()["field"] == key, refused.text


def picture() -> bytes:
    told, out = PngInfo(), io.BytesIO()
    told.add_text("workflow", json.dumps(workflow("sketch_image_to_video")))
    Image.new("RGB", (64, 64)).save(out, "PNG", pnginfo=told)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("editor_form.json", json.dumps(workflow("sketch_image_to_video")).encode()),
        ("with_a_mark.json", b"\xef\xbb\xbf" + json.dumps(workflow("sketch_image_to_video")).encode()),
        ("a_picture.png", picture()),
    ],
)
def test_a_file_of_any_form_becomes_a_preset(client: httpx.Client, name: str, content: bytes) -> None:
    answer = client.post("/presets", files={"file": (name, content)}, data={"keep": "image, seed"})
    assert answer.status_code == 201, answer.text
    preset = answer.json()
    assert preset["tool"] == "image-to-video"
    assert preset["name"] == name.partition(".")[0].replace("_", " ")
    assert {"image", "seed"} <= {row["key"] for row in preset["parameters"]}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"hello", b'{"a": 1}', b'{"nodes": [], "links": []}', b"[" * 100_000, b'{"nodes": [{}]}']
)
def test_what_is_no_workflow_is_refused_with_a_sentence(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/presets", files={"file": ("x.json", content)})
    assert answer.status_code == 422 and answer.json()["detail"].endswith(".")
    body = client.post("/presets", content=content, headers={"Content-Type": "application/json"})
    assert body.status_code == 422 and body.json()["detail"].endswith(".")


def test_a_picture_without_a_workflow_is_refused(client: httpx.Client) -> None:
    harbour = ROOT / "resources" / "examples" / "harbour.jpg"
    answer = client.post("/presets", files={"file": ("harbour.jpg", harbour.read_bytes())})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "harbour.jpg carries no workflow of ComfyUI's."


def test_a_workflow_without_end_is_not_taken(client: httpx.Client, served: Served) -> None:
    answer = client.post("/presets", json={"nodes": ["x" * 5_000_000], "links": []})
    assert answer.status_code == 413
    assert not list(served.home.glob("uploads/*"))
    assert client.post("/presets", content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/presets", data={"name": "x"}, files={"other": ("x", b"x")}).status_code == 422
