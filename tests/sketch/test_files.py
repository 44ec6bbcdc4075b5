"""Uploads and downloads."""

import io
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.sketch.client import Client, camera_graph, image_graph, png


@pytest.fixture
def saved(client: Client) -> dict[str, str]:
    """A saved picture's `/view` query."""
    info = {"workflow": {"id": "w"}, "oelala_params": {"prompt": "é日本"}}
    prompt_id, _ = client.run(image_graph(f"f/{uuid.uuid4().hex}"), extra_data={"extra_pnginfo": info})
    found: dict[str, str] = client.history(prompt_id)[prompt_id]["outputs"]["3"]["images"][0]
    return found


def test_uploads_with_a_taken_name(client: Client) -> None:
    name = f"{uuid.uuid4().hex}.png"
    assert client.upload(name, png(seed=1)).json() == {"name": name, "subfolder": "", "type": "input"}
    assert client.upload(name, png(seed=1)).json()["name"] == name
    assert client.upload(name, png(seed=2)).json()["name"] == name.replace(".png", " (1).png")
    assert client.upload(name, png(seed=3), overwrite="true").json()["name"] == name
    assert client.http.get("/view", params={"filename": name, "type": "input"}).content == png(seed=3)


def test_uploads_at_once_are_as_many_files(client: Client) -> None:
    """Each over a connection of its own, as two programs send them."""
    name = f"{uuid.uuid4().hex}.png"
    contents = [png(seed=1) + bytes([number]) * 200_000 for number in range(16)]

    def upload(content: bytes) -> str:
        answer = httpx.post(client.http.base_url.join("/upload/image"), files={"image": (name, content)}, timeout=60)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["name"])

    with ThreadPoolExecutor(16) as pool:
        names = list(pool.map(upload, contents))
    found = [client.http.get("/view", params={"filename": n, "type": "input"}).content for n in names]
    assert found == contents


def test_the_same_upload_at_once_is_one_whole_file(client: Client) -> None:
    name, content = f"{uuid.uuid4().hex}.png", png(seed=1) + bytes(300_000)
    fields = {"overwrite": "true", "type": "input"}

    def upload(_: int) -> tuple[int, str]:
        url = client.http.base_url.join("/upload/image")
        answer = httpx.post(url, files={"image": (name, content)}, data=fields, timeout=60)
        return answer.status_code, answer.json().get("name", "") if answer.status_code == 200 else ""

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(upload, range(16))) == {(200, name)}
    assert client.http.get("/view", params={"filename": name, "type": "input"}).content == content


def test_uploads_into_folders(client: Client) -> None:
    answer = client.upload("a.png", png(), subfolder="sub/déep", type="temp")
    assert answer.json() == {"name": "a.png", "subfolder": "sub/déep", "type": "temp"}
    query = {"filename": "a.png", "subfolder": "sub/déep", "type": "temp"}
    assert client.http.get("/view", params=query).content == png()
    for fields in ({"subfolder": "../.."}, {"subfolder": "/etc"}):
        assert client.upload("a.png", png(), **fields).status_code == 400
    assert client.upload("../../a.png", png()).status_code == 400
    assert client.upload("a.png", png(), type="bogus").status_code == 500
    assert client.http.post("/upload/image", data={"image": "no file"}).status_code == 400


def test_an_upload_need_not_be_a_picture(client: Client) -> None:
    assert client.upload("notes.txt", b"words").json()["name"] == "notes.txt"
    assert "start.png" in client.http.get("/object_info/LoadImage").text
    assert "notes.txt" not in client.http.get("/object_info/LoadImage").text


def test_a_download_with_ranges_and_etag(client: Client, saved: dict[str, str]) -> None:
    whole = client.http.get("/view", params=saved)
    assert whole.status_code == 200 and whole.headers["content-type"] == "image/png"
    assert whole.headers["content-disposition"] == f'filename="{saved["filename"]}"'
    assert whole.headers["accept-ranges"] == "bytes"
    etag = whole.headers["etag"]
    assert client.http.get("/view", params=saved, headers={"If-None-Match": etag}).status_code == 304
    part = client.http.get("/view", params=saved, headers={"Range": "bytes=0-99"})
    assert part.status_code == 206 and part.content == whole.content[:100]
    assert part.headers["content-range"] == f"bytes 0-99/{len(whole.content)}"
    tail = client.http.get("/view", params=saved, headers={"Range": "bytes=-50"})
    assert tail.content == whole.content[-50:]
    assert client.http.get("/view", params=saved, headers={"Range": "bytes=99999999-"}).status_code == 416
    head = client.http.head("/view", params=saved)
    assert head.status_code == 200 and head.headers["content-length"] == str(len(whole.content))
    assert client.http.get("/api/view", params=saved).content == whole.content


def test_pictures_carry_the_graph_and_every_extra_key(client: Client, saved: dict[str, str]) -> None:
    with Image.open(io.BytesIO(client.http.get("/view", params=saved).content), formats=["PNG"]) as image:
        text = image.text  # type: ignore[attr-defined]
    assert list(text) == ["prompt", "workflow", "oelala_params"]
    assert json.loads(text["prompt"])["3"]["class_type"] == "SaveImage"
    assert json.loads(text["oelala_params"]) == {"prompt": "é日本"}


def test_previews_of_pictures(client: Client, saved: dict[str, str]) -> None:
    for wanted, kind in (("webp;90", "webp"), ("jpeg;50", "jpeg"), ("png;1", "webp")):
        answer = client.http.get("/view", params={**saved, "preview": wanted})
        assert answer.headers["content-type"] == f"image/{kind}"
    for channel in ("rgb", "a", "rgba"):
        answer = client.http.get("/view", params={**saved, "channel": channel})
        assert answer.headers["content-type"] == "image/png"


def test_a_film_has_no_preview(client: Client) -> None:
    prompt_id, _ = client.run(camera_graph(f"f/{uuid.uuid4().hex}"))
    query = client.history(prompt_id)[prompt_id]["outputs"]["5"]["images"][0]
    assert client.http.get("/view", params=query).headers["content-type"] == "video/mp4"
    assert client.http.get("/view", params={**query, "preview": "webp;90"}).status_code == 500


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 404),
        ({"filename": ""}, 400),
        ({"filename": "../x.png"}, 400),
        ({"filename": "/etc/hostname"}, 400),
        ({"filename": "x.png", "subfolder": "../.."}, 403),
        ({"filename": "hostname", "subfolder": "/etc"}, 403),
        ({"filename": "x.png", "type": "zzz"}, 400),
        ({"filename": "x.png"}, 404),
        ({"filename": "start.png [input]"}, 200),
        ({"filename": "start.png", "type": "input"}, 200),
        ({"filename": "x\0.png"}, 400),
    ],
)
def test_what_may_be_viewed(client: Client, query: dict[str, str], status: int) -> None:
    assert client.http.get("/view", params=query).status_code == status


def test_counters_and_patterns(client: Client, base: Path) -> None:
    stem = uuid.uuid4().hex
    for count in (1, 2):
        prompt_id, _ = client.run(image_graph(f"{stem}-%width%x%height%/%year%", width=40 + 2 * count))
        images = client.history(prompt_id)[prompt_id]["outputs"]["3"]["images"]
        assert images[0]["subfolder"] == f"{stem}-{40 + 2 * count}x48"
        assert images[0]["filename"].endswith("_00001_.png") and "%" not in images[0]["filename"]
    _, _ = client.run(image_graph(f"{stem}/a"))
    client.http.post("/free", json={"free_memory": True})
    _, _ = client.run(image_graph(f"{stem}/a"))
    names = sorted(path.name for path in (base / "output" / stem).iterdir())
    assert names == ["a_00001_.png", "a_00002_.png"]


def test_what_the_server_says_of_itself(client: Client) -> None:
    stats = client.http.get("/system_stats").json()
    assert stats["system"]["sketch"] == "Sketch – no AI model"
    assert stats["system"]["comfyui_version"] and stats["devices"][0]["type"] == "cpu"
    assert client.http.get("/api/features").json()["supports_preview_metadata"] is True
    assert client.http.get("/embeddings").json() == []
    assert "loras" in client.http.get("/models").json()
    assert client.http.get("/models/loras").json() == []
    assert client.http.get("/models/clip").status_code == 404
    assert client.http.get("/object_info/NoSuch").json() == {}
    catalog = client.http.get("/object_info").json()
    assert {"LoadImage", "SaveVideo", "VHS_VideoCombine", "SketchCameraMove"} <= set(catalog)
    for name, entry in catalog.items():
        assert entry["name"] == name
        assert {"input", "input_order", "output", "output_is_list", "output_name", "output_node"} <= set(entry)


def test_files_go_with_their_history_but_not_while_others_name_them(client: Client, base: Path) -> None:
    graph = image_graph(f"f/{uuid.uuid4().hex}")
    first, _ = client.run(graph)
    again, _ = client.run(graph)
    file = client.history(first)[first]["outputs"]["3"]["images"][0]
    assert client.history(again)[again]["outputs"]["3"]["images"] == [file]
    client.http.post("/history", json={"delete": [first]})
    assert client.http.get("/view", params=file).status_code == 200
    client.http.post("/history", json={"delete": [again]})
    assert client.http.get("/view", params=file).status_code == 404
    fresh, _ = client.run(graph)
    made = client.history(fresh)[fresh]["outputs"]["3"]["images"][0]
    assert client.http.get("/view", params=made).status_code == 200


def test_every_node_of_its_own_says_what_it_does_and_that_it_is_no_ai(client: Client) -> None:
    catalog = client.http.get("/object_info").json()
    own = {name: row for name, row in catalog.items() if row["python_module"] == "oelala_desktop.sketch"}
    assert len(own) >= 9 and set(own) == {name for name in catalog if name.startswith("Sketch")}
    for name, row in own.items():
        assert row["description"].endswith("No AI model is involved."), name
        assert row["display_name"].startswith("Sketch ") and row["category"] == "sketch"
