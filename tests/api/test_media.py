"""The listing and what it leads to, for files that were there before and for results that come."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.api.serving import Served, serve, submit, until_listed, wait_for


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("stocked") / "home"
    output = home / "output"
    output.mkdir(parents=True)
    for number in range(25):
        info = PngInfo()
        if number % 2:
            info.add_text(
                "parameters", f"harbour number{number}\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: {number}"
            )
        Image.new("RGB", (320, 200), (number * 9, 60, 90)).save(output / f"p{number:02}.png", pnginfo=info)
    with serve(home) as running:
        until_listed(running, lambda page: page["stats"]["images"] == 25, "25 pictures")
        yield running


def listing(served: Served, **query: object) -> dict[str, object]:
    answer = httpx.get(f"{served.url}/list-comfyui-media", params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_an_entry_has_its_shape(stocked: Served) -> None:
    page = listing(stocked, sort="name", limit=1)
    (entry,) = page["media"]  # type: ignore[misc]
    assert set(entry) == {
        "filename", "type", "size", "mtime", "modified", "url", "thumbnail_url", "is_start_image", "favorite",
        "has_sound",
    }  # fmt: skip
    assert entry["filename"] == "p00.png" and entry["type"] == "image"
    assert not entry["favorite"] and not entry["has_sound"]
    assert page["stats"] == {"videos": 0, "images": 25}
    content = (stocked.home / "output" / "p00.png").read_bytes()
    file = httpx.get(stocked.url + entry["url"])
    assert file.content == content and file.headers["content-type"] == "image/png"
    part = httpx.get(stocked.url + entry["url"], headers={"Range": "bytes=-5"})
    assert (part.status_code, part.content) == (206, content[-5:])
    small = httpx.get(stocked.url + entry["thumbnail_url"], params={"size": 128})
    assert small.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(small.content), formats=["JPEG"]) as picture:
        assert max(picture.size) == 128
    again = httpx.get(
        stocked.url + entry["thumbnail_url"], params={"size": 128}, headers={"If-None-Match": small.headers["etag"]}
    )
    assert again.status_code == 304


#: names that a file system takes, and what is in the file whatever its suffix says
ODD = {
    b"photo.jfif": "JPEG",
    b"photo.jpe": "JPEG",
    b"jpeg_by_content.png": "JPEG",
    b"png_by_content.mp4": "PNG",
    b"a:b.png": "PNG",
    b"CON.png": "PNG",
    b"#hash%20?.png": "PNG",
    b"line\nfeed.png": "PNG",
    b"dot.bmp": "PNG",
    b"no\xff\xfetext.png": "PNG",
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("odd") / "home"
    (home / "output").mkdir(parents=True)
    for number, (name, kind) in enumerate(ODD.items()):
        path = os.path.join(os.fsencode(home / "output"), name)
        with open(path, "wb") as file:
            Image.new("RGB", (40, 30), (number * 9, 60, 90)).save(file, kind)
    with serve(home) as running:
        until_listed(running, lambda page: page["stats"]["images"] == len(ODD), "all of them")
        yield running


def test_whatever_is_listed_is_served(odd: Served) -> None:
    shown = {entry["filename"]: entry["url"] for entry in listing(odd, sort="name")["media"]}  # type: ignore[attr-defined]
    assert len(shown) == len(ODD)
    for name, kind in ODD.items():
        path = os.path.join(os.fsencode(odd.home / "output"), name)
        answer = httpx.get(odd.url + shown[name.decode("utf-8", "replace")])
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"image/{kind.lower()}"), name
        with open(path, "rb") as file:
            assert answer.content == file.read()


def test_a_listed_file_that_became_something_else_is_not_served(odd: Served) -> None:
    (entry,) = [e for e in listing(odd)["media"] if e["filename"] == "dot.bmp"]  # type: ignore[attr-defined]
    path = odd.home / "output" / "dot.bmp"
    path.unlink()
    path.symlink_to(odd.home / "output" / "photo.jpe")
    assert httpx.get(odd.url + entry["url"]).status_code == 404
    path.unlink()
    path.write_text("<html><script>alert(1)</script></html>")
    assert httpx.get(odd.url + entry["url"]).status_code == 404


def test_pages_follow_each_other(stocked: Served) -> None:
    names, cursor = [], ""
    while True:
        query = {"sort": "name", "limit": 10} | ({"cursor": cursor} if cursor else {})
        page = listing(stocked, **query)
        names += [entry["filename"] for entry in page["media"]]  # type: ignore[attr-defined]
        cursor = page["next_cursor"]  # type: ignore[assignment]
        if not cursor:
            break
    assert names == [f"p{number:02}.png" for number in range(25)]
    backwards = listing(stocked, sort="name", order="desc", limit=3)
    assert [e["filename"] for e in backwards["media"]] == ["p24.png", "p23.png", "p22.png"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["1b" * 125 + ".png", "\x011" * 125 + ".png", "1ΐ" * 83 + ".png"])
def test_a_long_name_makes_no_cursor_that_is_refused(served: Served, name: str) -> None:
    output = served.home / "output"
    output.mkdir(exist_ok=True)
    names = {name, "2" + name[1:]}
    for one in names:
        Image.new("RGB", (8, 8)).save(output / one)
    until_listed(served, lambda page: names <= {entry["filename"] for entry in page["media"]}, "both", limit=1000)
    found, cursor = [], ""
    while True:
        page = listing(served, sort="name", limit=1, **({"cursor": cursor} if cursor else {}))
        found += [entry["filename"] for entry in page["media"]]  # type: ignore[attr-defined]
        cursor = str(page["next_cursor"] or "")
        if not cursor:
            break
    assert names <= set(found)


def test_metadata_search_and_filters(stocked: Served) -> None:
    found = listing(stocked, q="number7", include_metadata=True)["media"]
    (entry,) = found  # type: ignore[misc]
    assert entry["metadata"]["source"] == "a1111" and entry["metadata"]["seed"] == 7
    plain = listing(stocked, q="p02", include_metadata=True)["media"]
    assert plain[0]["metadata"] == {}  # type: ignore[index]
    assert listing(stocked, type="video")["media"] == []
    assert listing(stocked, favorites=True)["media"] == []


def test_the_listing_cuts_prompts_that_no_one_reads(served: Served) -> None:
    output = served.home / "output"
    output.mkdir(exist_ok=True)
    info = PngInfo()
    info.add_text("oelala_params", json.dumps({"prompt": "endless " + "x" * 10**6, "seed": 3}))
    Image.new("RGB", (8, 8)).save(output / "endless.png", pnginfo=info)
    query = {"q": "endless.png", "include_metadata": "true"}
    (entry,) = until_listed(served, lambda page: page["media"], "the picture", **query)
    metadata = entry["metadata"]
    assert metadata["seed"] == 3 and len(metadata["prompt"]) == 20_000 and metadata["prompt"].startswith("endless xx")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"sort": "colour"}, "sort"),
        ({"type": "audio"}, "type"),
        ({"include_metadata": "perhaps"}, "include_metadata"),
    ],
)
def test_a_wrong_question_is_named(stocked: Served, query: dict[str, str], field: str) -> None:
    answer = httpx.get(f"{stocked.url}/list-comfyui-media", params=query)
    assert answer.status_code == 422 and answer.json()["field"] == field


@pytest.mark.parametrize("path", ["/media/999999", "/media/9223372036854775807", "/thumbnails/999999"])
def test_a_number_that_is_none(stocked: Served, path: str) -> None:
    assert httpx.get(stocked.url + path).status_code == 404


def test_a_result_appears_by_itself(stocked: Served) -> None:
    with stocked.client() as client:
        job = wait_for(client, submit(client, prompt="lighthouse pan left")["job_id"])
        name = job["outputs"][0]["filename"]
    query = {"type": "video", "q": "lighthouse", "include_metadata": "true"}
    found = until_listed(stocked, lambda page: page["media"], "the result", **query)
    assert [entry["filename"] for entry in found] == [name]
    assert found[0]["metadata"]["source"] == "oelala"


def test_a_file_that_became_a_link_is_not_sent(stocked: Served) -> None:
    secret = stocked.home / "secret.png"
    Image.new("RGB", (9, 9)).save(secret)
    (entry,) = listing(stocked, q="p24")["media"]  # type: ignore[misc]
    path = Path(stocked.home / "output" / "p24.png")
    path.unlink()
    path.symlink_to(secret)
    assert httpx.get(stocked.url + entry["url"]).status_code == 404
