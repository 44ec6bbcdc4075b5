"""Names that must lead nowhere, and the parts of files that may be asked for."""

import os
import socket
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from oelala_desktop.api.safe_open import is_plain_name, open_media
from oelala_desktop.domain.errors import NotFound
from tests.api.serving import Served
from tests.security.asking import ask, own

NAMES = [
    "..%2f..%2fsecret.png",
    "../secret.png",
    "..%5c..%5csecret.png",
    "%2e%2e/secret.png",
    "%2e%2e%2fsecret.png",
    "..%252fsecret.png",
    "....//secret.png",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "C:%5cWindows%5cwin.ini",
    "c:secret.png",
    "good.png:stream",
    "good.png%00.txt",
    "%00good.png",
    "good.png%0a",
    "good.png%1f",
    "good.png%7f",
    "good.png.",
    "good.png%20",
    "CON",
    "con.png",
    "NUL.png",
    "com1.png",
    "LPT9.mp4",
    "COM%C2%B9.png",
    "a" * 252 + ".png",
    "link.png",
    "folder.png",
    "folder.png/good.png",
    "pipe.png",
    "page.html",
    "fake.png",
    "picture.svg",
    "script.js",
    "good.html",
    "absent.png",
    ".",
    "..",
    "%ff%fe.png",
    "good%c0%ae.png",
    "*.png",
    "good.pn?",
    "%E2%80%A8good.png",
    "",
]


@pytest.fixture(scope="module")
def output(served: Served) -> Path:
    folder = served.home / "output"
    folder.mkdir(exist_ok=True)
    secret = served.home / "secret.png"
    for path in (folder / "good.png", secret, folder / "good.html", folder / "CON", folder / "con.png"):
        Image.new("RGB", (80, 60), (1, 2, 3)).save(path, "PNG")
    (folder / "a b ü.png").write_bytes(secret.read_bytes())
    (folder / "link.png").symlink_to(secret)
    (folder / "folder.png").mkdir(exist_ok=True)
    (folder / "folder.png" / "good.png").write_bytes(secret.read_bytes())
    if not (folder / "pipe.png").exists():
        os.mkfifo(folder / "pipe.png")
    for name in ("page.html", "fake.png", "picture.svg", "script.js"):
        (folder / name).write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_or_to_what_is_no_media(served: Served, output: Path, name: str) -> None:
    for method in ("GET", "HEAD"):
        answer = ask(served, method, f"/comfyui-output/{name}", [own(served)])
        assert answer.status == 404, (name, answer)
        assert b"PNG" not in answer.body and b"root:" not in answer.body


@pytest.mark.parametrize("name", ["good.png", "a b ü.png"])
def test_a_plain_name_leads_to_its_file(served: Served, output: Path, name: str) -> None:
    answer = ask(served, "GET", f"/comfyui-output/{quote(name)}", [own(served)])
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert answer.body == (output / name).read_bytes()
    head = ask(served, "HEAD", f"/comfyui-output/{quote(name)}", [own(served)])
    assert head.body == b"" and head.headers["content-length"] == answer.headers["content-length"]


@pytest.mark.parametrize(
    ("header", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=5-", 206, 5, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=-99999999", 206, 0, None),
        ("bytes=10-99999999", 206, 10, None),
        ("BYTES = 1-1", 206, 1, 1),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=0-1,4-5", 200, 0, None),
        ("bytes=9-5", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=a-b", 200, 0, None),
        ("bytes=--5", 200, 0, None),
        ("items=0-5", 200, 0, None),
        ("bytes=" + "9" * 400 + "-", 200, 0, None),
        ("bytes=\u0663-", 200, 0, None),
    ],
)
def test_parts(served: Served, output: Path, header: str, status: int, first: int, last: int | None) -> None:
    whole = (output / "good.png").read_bytes()
    value = header.encode("utf-8").decode("latin-1")
    answer = ask(served, "GET", "/comfyui-output/good.png", [own(served), ("Range", value)])
    assert answer.status == status
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(whole)}" and answer.body == b""
        return
    wanted = whole[first:] if last is None else whole[first : last + 1]
    assert answer.body == wanted and answer.headers["content-length"] == str(len(wanted))
    if status == 206:
        start = first if first >= 0 else len(whole) + first
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(whole)}"


def test_conditions(served: Served, output: Path) -> None:
    path = "/comfyui-output/good.png"
    first = ask(served, "GET", path, [own(served)])
    tag, date = first.headers["etag"], first.headers["last-modified"]
    for value in (tag, f'"x", W/{tag}', "*"):
        again = ask(served, "GET", path, [own(served), ("If-None-Match", value)])
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask(served, "GET", path, [own(served), ("If-None-Match", '"x"')]).status == 200
    for value, status in ((tag, 206), (date, 206), ('"x"', 200), (f"W/{tag}", 200)):
        part = [own(served), ("Range", "bytes=0-1"), ("If-Range", value)]
        assert ask(served, "GET", path, part).status == status, value


def test_the_bytes_say_the_type_and_the_suffix_only_that_it_may_be_asked_for(served: Served, output: Path) -> None:
    for name in ("photo.jfif", "photo.png", "photo.mp4"):
        Image.new("RGB", (80, 60), (1, 2, 3)).save(output / name, "JPEG")
        answer = ask(served, "GET", f"/comfyui-output/{name}", [own(served)])
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg"), name
    for name in ("photo.svg", "photo.html", "photo"):
        Image.new("RGB", (80, 60), (1, 2, 3)).save(output / name, "JPEG")
        assert ask(served, "GET", f"/comfyui-output/{name}", [own(served)]).status == 404, name


def test_a_time_beyond_all_calendars(served: Served, output: Path) -> None:
    for seconds in (3 * 10**11, -(10**11)):
        far = output / "far.png"
        far.write_bytes((output / "good.png").read_bytes())
        os.utime(far, (seconds, seconds))  # as near as the file system comes to it
        answer = ask(served, "GET", "/comfyui-output/far.png", [own(served)])
        assert answer.status == 200 and answer.headers["last-modified"].endswith(" GMT")


def test_a_client_that_hangs_up_leaves_nothing_open(served: Served, output: Path) -> None:
    big = output / "big.png"
    big.write_bytes((output / "good.png").read_bytes() + bytes(30_000_000))
    handles = Path(f"/proc/{served.process.pid}/fd")
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(
                f"GET /comfyui-output/big.png HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n\r\n".encode()
            )
            assert connection.recv(1000)
    whole = ask(served, "GET", "/comfyui-output/big.png", [own(served)])
    assert len(whole.body) == big.stat().st_size
    if handles.exists():
        assert not [link for link in handles.iterdir() if link.exists() and os.path.realpath(link) == str(big)]


def test_a_file_exchanged_for_a_link_is_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.png"
    inside.mkdir()
    Image.new("RGB", (8, 8)).save(outside)
    (inside / "a.png").symlink_to(outside)
    with pytest.raises(NotFound):
        open_media(inside, "a.png")
    with pytest.raises(NotFound):
        open_media(tmp_path / "nowhere", "a.png")
    assert not is_plain_name("x" * 256) and not is_plain_name("\udc80.png") and is_plain_name("console.png")
