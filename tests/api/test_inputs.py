"""Inputs of any kind, as parts of a form and as ids of media, for a preset of the user's own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests import own_preset
from tests.api.serving import Served, serve, submit, wait_for
from tests.own_preset import check_result, make_inputs, write_preset

ROUTE = "/tools/video-to-video/jobs"
Part = tuple[str, tuple[str, bytes]]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A home with the preset among its own."""
    home = tmp_path_factory.mktemp("inputs") / "home"
    write_preset(home)
    with serve(home) as running:
        yield running


@pytest.fixture
def client(studio: Served) -> Iterator[httpx.Client]:
    with studio.client() as opened:
        yield opened


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    made = make_inputs(tmp_path_factory.mktemp("given"))
    return {key: [Path(p) for p in ([value] if isinstance(value, str) else value)] for key, value in made.items()}


def parts(inputs: dict[str, list[Path]], *keys: str) -> list[Part]:
    return [(key, (path.name, path.read_bytes())) for key in keys or inputs for path in inputs[key]]


def texts(**fields: object) -> dict[str, tuple[None, str]]:
    """Fields of a multipart form without a file."""
    return {key: (None, str(value)) for key, value in fields.items()}


def refused(answer: httpx.Response, field: str | None, words: str, status: int = 422) -> None:
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"], answer.text
    assert answer.json().get("field") == field


def result(client: httpx.Client, answer: httpx.Response) -> bytes:
    assert answer.status_code == 202, answer.text
    job = wait_for(client, answer.json()["job_id"])
    assert job["state"] == "done", job["error"]
    return client.get(job["outputs"][0]["url"]).content


def test_every_kind_of_input_comes_as_a_part_of_its_key(
    client: httpx.Client, studio: Served, inputs: dict[str, list[Path]]
) -> None:
    fields = {"num_frames": "39", "video_start": "0.5", "video_length": "1", "sound_start": "1"}
    answer = client.post(ROUTE, data=fields, files=parts(inputs))
    assert (answer.json()["num_frames"], answer.json()["width"]) == (39, 96), answer.text
    assert not list((studio.home / "uploads").iterdir()), "what is kept lies elsewhere"
    check_result(result(client, answer), frames=39, numbers=range(12, 36))


def test_what_is_in_my_media_is_given_by_its_id(client: httpx.Client, inputs: dict[str, list[Path]]) -> None:
    video = client.post(ROUTE, data={"num_frames": "22"}, files=parts(inputs))
    result(client, video)
    pictures = [client.post("/tools/text-to-image/jobs", json={"prompt": str(n)}) for n in range(2)]
    for answer in pictures:
        result(client, answer)
    media = client.get("/list-comfyui-media").json()["media"]
    urls = {kind: [row["url"] for row in media if row["type"] == kind] for kind in ("video", "image")}
    wish: dict[str, Any] = {"video": urls["video"][0], "num_frames": 22, "sound": urls["video"][0]}
    images = [int(url.rpartition("/")[2]) for url in urls["image"][:2]]
    assert result(client, client.post(ROUTE, json=wish | {"images": images}))
    mixed = [*parts(inputs, "images")[:1], *((key, (None, str(value))) for key, value in wish.items())]
    answer = client.post(ROUTE, files=[*mixed, ("images", (None, urls["image"][0]))])
    assert result(client, answer)
    answer = client.post("/wan22/image-to-video", files=texts(image=urls["image"][0], duration=1, fps=8))
    assert result(client, answer)


@pytest.mark.parametrize("value", ["/etc/hostname", "17/../18", "0", "-1", "/media/", "http://x/media/1", str(10**20)])
def test_nothing_but_an_id_stands_for_a_file(client: httpx.Client, value: str) -> None:
    words = "in a multipart form, or the id of one in My Media"
    refused(client.post(ROUTE, json={"video": value}), "video", words)
    refused(client.post(ROUTE, files=texts(video=value)), "video", words)
    refused(client.post(ROUTE, json={"images": [value]}), "images", words)
    refused(client.post(ROUTE, files=texts(images=f'["{value}"]')), "images", words)
    refused(client.post("/wan22/image-to-video", files=texts(file=value)), "file", words)


@pytest.mark.parametrize("value", [True, 1.5, {"id": 1}, [["x"]]])
def test_odd_values_for_a_file(client: httpx.Client, value: object) -> None:
    refused(client.post(ROUTE, json={"video": value}), "video", "the id of one in My Media")


def test_an_id_that_nobody_has(client: httpx.Client) -> None:
    refused(client.post(ROUTE, json={"video": 987654321}), "video", "there is no /media/987654321")
    refused(client.post(ROUTE, json={"images": list(range(1, 40))}), "images", "more than 16")


def test_what_is_missing_or_too_much_is_named_by_its_key(client: httpx.Client, inputs: dict[str, list[Path]]) -> None:
    refused(client.post(ROUTE, files=parts(inputs, "images")), "video", "A scene is missing: give one with video")
    refused(client.post(ROUTE, files=parts(inputs, "video")), "images", "Inlays are missing")
    refused(client.post(ROUTE, files=[*parts(inputs, "video", "images"), *parts(inputs, "images")]), "images", "4 were")
    refused(client.post(ROUTE, files=[*parts(inputs, "video"), *parts(inputs, "video")]), "video", "given twice")
    refused(client.post("/tools/image-to-video/jobs", files=texts(prompt="x")), "image", "give one with image")
    refused(client.post("/wan22/image-to-video", files=texts(prompt="x")), "file", "give one with file")
    both = {"file": ("a.png", b"x"), "image": ("b.png", b"x")}
    refused(client.post("/wan22/image-to-video", files=both), None, "neither a picture", 415)


def test_the_seed_s_name_and_the_key_are_one_input(client: httpx.Client, inputs: dict[str, list[Path]]) -> None:
    picture = inputs["images"][0].read_bytes()
    both = {"file": ("a.png", picture), "image": ("b.png", picture)}
    refused(client.post("/wan22/image-to-video", files=both), "image", "given twice, once as file")
    for route, name in (("/wan22/image-to-video", "image"), ("/tools/image-to-video/jobs", "file")):
        answer = client.post(route, data={"duration": "1", "fps": "8"}, files={name: ("a.png", picture)})
        assert result(client, answer)


def test_each_kind_of_file_is_looked_at(client: httpx.Client, inputs: dict[str, list[Path]]) -> None:
    given = parts(inputs, "video", "images", "mask")
    refused(client.post(ROUTE, files=[*given, ("sound", ("a.wav", b"no sound" * 99))]), None, "neither a sound", 415)
    refused(client.post(ROUTE, files=[*given, ("sound", ("a.png", inputs["mask"][0].read_bytes()))]), "sound", "a.png")
    refused(client.post(ROUTE, files=[*given[1:], ("video", ("a.flac", inputs["sound"][0].read_bytes()))]), None,
            "neither a picture nor a video", 415)  # fmt: skip
    refused(client.post(ROUTE, files=[*given, ("sound", ("a.wav", b""))]), "sound", "empty")
    cut = inputs["video"][0].read_bytes()[:2000]
    refused(client.post(ROUTE, files=[*given[1:], ("video", ("a.mp4", cut))]), "video", "a.mp4")


def test_a_part_that_is_not_there_is_refused(client: httpx.Client, inputs: dict[str, list[Path]]) -> None:
    given = parts(inputs)
    refused(client.post(ROUTE, data={"video_start": "2.5"}, files=given), "video_start", "beyond its end")
    refused(client.post(ROUTE, data={"video_length": "-1"}, files=given), "video_length", "outside")
    refused(client.post(ROUTE, data={"num_frames": "40"}, files=given), "num_frames", "39 and 56")


def test_files_that_nothing_takes(client: httpx.Client, inputs: dict[str, list[Path]]) -> None:
    (video,) = parts(inputs, "video")
    refused(client.post("/tools/text-to-video/jobs", files=[video]), "video", "Text to Video takes no video")
    refused(client.post("/tools/text-to-video/jobs", files=[("file", video[1])]), "file", "takes no picture")
    refused(client.post(ROUTE, files=[video, ("steps", ("a", b"6"))]), "steps", "steps takes no file")
    refused(client.post(ROUTE, files=[video, ("preset", ("a", b"inlay"))]), "preset", "preset takes no file")
    refused(client.post(ROUTE, files=[("vidio", video[1])]), "vidio", "Did you mean video?")
    many = [("images", (f"{n}.png", b"x")) for n in range(17)]
    refused(client.post(ROUTE, files=many), None, "more than 16 files")


def own_input(home: Path, tool: str = "image-to-image") -> None:
    """Two presets, of which one names its picture as no other does."""
    folder = home / "workflows" / tool
    folder.mkdir(parents=True)
    table = 'name = "Mirror"\n[fields.face]\nkind = "picture"\nneeded = true\ninto = ["Face.image"]\n'
    table += '[size]\nclass = "given"\n[fields.filename]\ninto = ["Save.filename_prefix"]\n'
    (folder / "mirror.toml").write_text(table)
    graph = '{"1": {"class_type": "LoadImage", "inputs": {"image": "x.png"}, "_meta": {"title": "Face"}}, "2": '
    graph += '{"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}, '
    (folder / "mirror.json").write_text(graph + '"_meta": {"title": "Save"}}}')
    for suffix in ("toml", "json"):
        (folder / f"other.{suffix}").write_text((folder / f"mirror.{suffix}").read_text().replace("face", "person"))


def test_an_input_of_the_preset_s_own_may_come_before_its_name(tmp_path: Path) -> None:
    own_input(tmp_path / "home")
    out = io.BytesIO()
    Image.new("RGB", (96, 64), own_preset.RED).save(out, "PNG")
    face, name = ("face", ("a.png", out.getvalue())), ("preset", (None, "mirror"))
    with serve(tmp_path / "home") as served, served.client() as client:
        route = "/tools/image-to-image/jobs"
        for form in ([face, name], [name, face]):
            assert result(client, client.post(route, files=form))
        other = ("preset", (None, "other"))
        refused(client.post(route, files=[face, other]), "face", "face is not a setting")
        refused(client.post(route, files=[other, face]), "face", "face is not a setting")
        assert result(client, client.post(route, files=[face]))  # the one preset that has it is taken
        person = ("person", face[1])
        refused(client.post(route, files=[face, person]), "face", "No preset of Image to Image has face and person")
        refused(client.post(route, files=[face, face, name]), "face", "face: 2 files were given; it takes one")
        refused(client.post(route, files=[("face", (None, "/etc/hostname")), name]), "face", "My Media")
        refused(client.post(route, json={"face": "/etc/hostname"}), "face", "My Media")
        refused(client.post(route, json={"face": "/etc/hostname", "preset": "mirror"}), "face", "My Media")
        refused(client.post(route, files=[name]), "face", "A face is missing")
        page = client.get("/list-comfyui-media").json()["media"]
        assert result(client, client.post(route, json={"face": page[0]["url"], "preset": "mirror"}))


def test_the_path_of_a_file_cannot_be_named_for_the_only_preset_of_a_tool(tmp_path: Path) -> None:
    own_input(tmp_path / "home", "other")
    for file in (tmp_path / "home" / "workflows" / "other").glob("other.*"):
        file.unlink()
    with serve(tmp_path / "home") as served, served.client() as client:
        refused(client.post("/tools/other/jobs", json={"face": "/etc/hostname"}), "face", "My Media")
        refused(client.post("/tools/other/jobs", files=texts(face="/etc/hostname")), "face", "My Media")


def test_presets_say_what_they_take(client: httpx.Client) -> None:
    row = client.get("/api/presets/video-to-video.inlay").json()
    assert [(given["key"], given["kind"], given["needed"], given["maximum"]) for given in row["inputs"]] == [
        ("video", "video", True, 1), ("images", "pictures", True, 2), ("mask", "mask", False, 1),
        ("sound", "sound", False, 1),
    ]  # fmt: skip
    assert row["frames"] == {"step": 17, "offset": 5, "least": 22, "most": 345, "as": None}
    assert (row["rate"], row["sound"]) == ({"choices": [24], "as": None}, True)
    parameters = {parameter["key"]: parameter for parameter in row["parameters"]}
    assert {"video_start", "video_length", "video_smaller", "sound_start"} <= set(parameters)
    images = parameters["images"]
    assert (images["needed"], images["minimum"], images["maximum"]) == (True, 2, 2)
    assert images["choices"] == [], "what was sent to the engine before is not what may be given"


def test_an_engine_s_own_preset_is_not_in_the_way_of_a_wish(client: httpx.Client) -> None:
    """Nothing of what was sent before has stopped it."""
    assert wait_for(client, submit(client)["job_id"])["state"] == "done"


def test_prompts_draw_only_where_that_is_asked_for(client: httpx.Client) -> None:
    route, text = "/tools/text-to-image/jobs", "a {calm|calm} sea"
    drawn = client.post(route, json={"prompt": text, "choices": True})
    plain = client.post(route, json={"prompt": text})
    form = client.post(route, files=texts(prompt=text, choices="true"))
    prompts = [client.get(f"/jobs/{answer.json()['job_id']}").json()["prompt"] for answer in (drawn, plain, form)]
    assert prompts == ["a calm sea", text, "a calm sea"]
    refused(client.post(route, json={"prompt": "__../jobs__", "choices": True}), "prompt", "leads out of")
    refused(client.post(route, json={"prompt": "__gone__", "choices": True}), "prompt", "there is no wildcard gone")
