"""Facts, lists, uploads and files of a server."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import av
import httpx
import pytest
from PIL import Image

from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import EngineAnswer
from tests.contract.conftest import picture
from tests.contract.files import written
from tests.contract.graphs import clip, still
from tests.contract.listener import Listener


async def make(client: ComfyClient, listener: Listener, graph: dict[str, object]) -> ServerFile:
    prompt_id = str(uuid.uuid4())
    status, answer = await client.submit(prompt_id, graph, {})
    assert status == 200, answer
    await listener.end_of(prompt_id)
    entry = await client.history(prompt_id)
    assert entry is not None
    return entry.files[0]


async def test_facts(client: ComfyClient, is_sketch: bool) -> None:
    facts = await client.facts()
    assert facts.sketch is is_sketch
    assert not facts.is_too_old
    assert facts.version
    assert facts.device


async def test_what_is_asked_oddly_is_answered_alike(raw: httpx.AsyncClient, start: str) -> None:
    for body in ("[]", '"x"', "[1]"):
        answer = await raw.post("/prompt", content=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "no_prompt"), body
    for body in ("5", "null", '["prompt"]'):
        assert (await raw.post("/prompt", content=body)).status_code == 500, body
    for path in ("/system_stats/", "/api/system_stats/", "/queue/", "/models/"):
        assert (await raw.get(path)).status_code == 404, path
    view = {"filename": start, "type": "input"}
    size = len((await raw.get("/view", params=view)).content)
    for wanted in ("bytes=0-1,3-4", "bytes=5-2", "junk", "bytes=abc", "bytes=-", "bytes=", "items=0-3"):
        answer = await raw.get("/view", params=view, headers={"Range": wanted})
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}"), wanted
    for wanted, length in (("bytes=0-3", 4), ("bytes=-5", 5), (f"bytes={size - 2}-", 2)):
        answer = await raw.get("/view", params=view, headers={"Range": wanted})
        assert (answer.status_code, len(answer.content)) == (206, length), wanted
    folder = f"oelala_none_{start}"
    answer = await raw.post("/upload/image", files={"image": (f"{folder}/x.png", b"x")})
    assert answer.status_code == 500
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": 5}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }
    answer = await raw.post("/prompt", json={"prompt": graph})
    (error,) = answer.json()["node_errors"]["1"]["errors"]
    assert (answer.status_code, error["type"]) == (400, "exception_during_inner_validation")
    assert error["extra_info"]["input_name"] == "images"


async def test_the_lists_of_nodes(client: ComfyClient, start: str) -> None:
    catalog = await client.catalog()
    assert {"LoadImage", "ImageScale", "RepeatImageBatch", "CreateVideo", "SaveVideo"} <= set(catalog.classes)
    assert start in (catalog.choices("LoadImage", "image") or ())
    assert "lanczos" in (catalog.choices("ImageScale", "upscale_method") or ())
    assert "mp4" in (catalog.choices("SaveVideo", "format") or ())
    assert catalog.choices("SaveImage", "filename_prefix") is None
    assert catalog.classes["SaveImage"].is_output
    amount = catalog.classes["RepeatImageBatch"].inputs["amount"]
    assert (amount.type, amount.required, amount.minimum, amount.maximum) == ("INT", True, 1.0, 4096.0)


async def test_choices_come_in_three_styles(raw: httpx.AsyncClient) -> None:
    info = (await raw.get("/object_info")).json()
    styles = set()
    for row in info.values():
        for section in ("required", "optional"):
            for spec in (row["input"].get(section) or {}).values():
                if isinstance(spec[0], list):
                    styles.add("list with options" if len(spec) > 1 else "list alone")
                elif spec[0] == "COMBO" and "options" in spec[1]:
                    styles.add("COMBO")
    assert styles == {"list alone", "list with options", "COMBO"}


async def test_one_class_alone(raw: httpx.AsyncClient) -> None:
    assert list((await raw.get("/object_info/SaveImage")).json()) == ["SaveImage"]
    assert (await raw.get("/object_info/NoSuchNode")).json() == {}
    assert (await raw.get("/api/object_info/SaveImage")).status_code == 200


async def test_an_upload_is_overwritten_by_its_own_name(
    client: ComfyClient, raw: httpx.AsyncClient, tmp_path: Path
) -> None:
    name = f"oelala_test_{uuid.uuid4().hex}.png"
    assert await client.upload(name, written(tmp_path, picture(seed=1))) == name
    assert await client.upload(name, written(tmp_path, picture(seed=2))) == name
    answer = await raw.get("/view", params={"filename": name, "type": "input"})
    assert answer.content == picture(seed=2)


async def test_a_clash_is_renamed_and_the_same_content_is_not(raw: httpx.AsyncClient) -> None:
    stem = f"oelala_test_{uuid.uuid4().hex}"

    async def upload(seed: int) -> str:
        files = {"image": (f"{stem}.png", picture(seed=seed))}
        return str((await raw.post("/upload/image", files=files)).json()["name"])

    assert await upload(1) == f"{stem}.png"
    assert await upload(1) == f"{stem}.png"
    assert await upload(2) == f"{stem} (1).png"


async def test_an_upload_into_a_subfolder_is_used_by_its_whole_name(
    client: ComfyClient, raw: httpx.AsyncClient, listener: Listener, prefix: str
) -> None:
    name = f"oelala_test_{uuid.uuid4().hex}.png"
    files = {"image": (name, picture())}
    answer = (await raw.post("/upload/image", files=files, data={"subfolder": "oelala"})).json()
    assert answer == {"name": name, "subfolder": "oelala", "type": "input"}
    file = await make(client, listener, still(prefix, f"oelala/{name}"))
    assert file.type == "output"


async def test_a_video_is_fetched_whole(client: ComfyClient, listener: Listener, start: str, prefix: str) -> None:
    file = await make(client, listener, clip(prefix, start, frames=9))
    folder, _, stem = prefix.partition("/")
    assert (file.filename, file.subfolder, file.type) == (f"{stem}_00001_.mp4", folder, "output")
    target = io.BytesIO()
    size = await client.download(file, target, "here.mp4")
    assert size == len(target.getvalue())
    with av.open(io.BytesIO(target.getvalue())) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.codec_context.name) == (96, 64, "h264")
        assert sum(1 for _ in container.decode(stream)) == 9


async def test_what_is_there_and_what_is_not(client: ComfyClient, listener: Listener, start: str, prefix: str) -> None:
    file = await make(client, listener, still(prefix, start))
    gone = ServerFile("gone.png", file.subfolder, file.type)
    assert await client.exists(file)
    assert not await client.exists(gone)
    with pytest.raises(EngineAnswer, match=r"does not give out gone\.png \(status 404\)"):
        await client.download(gone, io.BytesIO(), "x")


async def test_ranges_tags_and_heads(
    client: ComfyClient, raw: httpx.AsyncClient, listener: Listener, start: str, prefix: str
) -> None:
    file = await make(client, listener, still(prefix, start))
    query = {"filename": file.filename, "subfolder": file.subfolder, "type": file.type}
    whole = await raw.get("/view", params=query)
    head = await raw.head("/view", params=query)
    part = await raw.get("/view", params=query, headers={"Range": "bytes=1-3"})
    same = await raw.get("/view", params=query, headers={"If-None-Match": whole.headers["etag"]})
    assert whole.content.startswith(b"\x89PNG")
    assert (head.status_code, int(head.headers["content-length"]), head.content) == (200, len(whole.content), b"")
    assert (part.status_code, part.content) == (206, b"PNG")
    assert part.headers["content-range"] == f"bytes 1-3/{len(whole.content)}"
    assert (same.status_code, same.content) == (304, b"")


async def test_a_small_preview_of_a_picture(
    client: ComfyClient, raw: httpx.AsyncClient, listener: Listener, start: str, prefix: str
) -> None:
    file = await make(client, listener, still(prefix, start))
    query = {"filename": file.filename, "subfolder": file.subfolder, "type": file.type, "preview": "webp;90"}
    answer = await raw.get("/view", params=query)
    with Image.open(io.BytesIO(answer.content), formats=("WEBP",)) as shown:
        assert shown.size == (96, 64)


@pytest.mark.parametrize(
    ("name", "subfolder"),
    [
        ("../secret.png", ""),
        ("/etc/passwd", ""),
        ("..\\secret.png", ""),
        ("a/../../b.png", ""),
        ("passwd", "../../../../etc"),
        ("passwd", "/etc"),
    ],
)
async def test_no_file_outside_is_given_out(raw: httpx.AsyncClient, name: str, subfolder: str) -> None:
    answer = await raw.get("/view", params={"filename": name, "subfolder": subfolder, "type": "output"})
    assert answer.status_code in (400, 403, 404)
    assert b"root:" not in answer.content


async def test_memory_can_be_freed(client: ComfyClient) -> None:
    await client.free_memory()
    assert (await client.facts()).version
