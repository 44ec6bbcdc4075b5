"""Uploads that are too much: of bytes, of fields, of depth, of promises."""

import io
import json
import os
import select
import socket
import struct
import zlib
from collections.abc import Callable
from functools import cache

import psutil
import pytest

from oelala_desktop.api.limits import MAX_FILES, MAX_MEDIA
from oelala_desktop.api.upload import harmless_name
from tests.api.serving import Served
from tests.security.asking import Answer, ask, own, read_answer
from tests.waiting import PATIENCE, until_sync

LIMIT = 20_000_000
ROUTES = ("/extract-metadata", "/presets", "/wan22/image-to-video", "/tools/image-to-video/jobs")
BOUNDARY = "frontier"
KIND = ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")


def part(name: str, content: bytes, filename: str | None = None, more: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{more}\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def post(served: Served, path: str, body: bytes, *headers: tuple[str, str]) -> Answer:
    return ask(served, "POST", path, [own(served), *(headers or (KIND,))], body)


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(65 * 64))
    rows = [chunk(b"IHDR", head), *(chunk(*row) for row in chunks), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(rows)


def leftovers(served: Served) -> bool:
    """Whether something stays in the folder of uploads, whatever goes while one looks."""

    def lying() -> list[str]:
        return [name for _, folders, files in os.walk(served.home / "uploads") for name in (*folders, *files)]

    return not until_sync(lambda: not lying(), "an empty folder of uploads")


@pytest.mark.parametrize("path", ROUTES)
def test_a_promised_length_beyond_the_limit_is_refused_before_a_byte_is_read(served: Served, path: str) -> None:
    most = MAX_MEDIA + MAX_FILES * LIMIT if path.startswith("/tools/") else 2 * LIMIT
    for length in (most + LIMIT, 10**12, 10**40):
        headers = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nConnection: close\r\n"
        headers += f"{KIND[0]}: {KIND[1]}\r\nContent-Length: {length}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
            connection.sendall(headers.encode())
            status = int(connection.recv(4000).split(b" ")[1])
        assert status in ((413,) if length < 10**20 else (400, 413))


@pytest.mark.parametrize("path", ROUTES)
def test_a_file_beyond_the_limit_is_refused(served: Served, path: str) -> None:
    answer = post(served, path, form(part("file", b"\x89PNG\r\n\x1a\n" + bytes(LIMIT), "a.png")))
    assert answer.status == 413 and "20 MB" in answer.json()["detail"]
    assert not leftovers(served)


@pytest.mark.parametrize("path", ROUTES)
def test_a_body_without_a_length_is_counted_as_it_comes(served: Served, path: str) -> None:
    """It never ends; the answer comes all the same, and soon."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n{KIND[0]}: {KIND[1]}\r\n"
    first = part("file", b"\x89PNG\r\n\x1a\n", "a.png").rstrip(b"\r\n")
    piece = bytes(256 * 1024)
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(head.encode() + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"%x\r\n%b\r\n" % (len(first), first))
        sent, received = 0, b""
        connection.setblocking(False)
        pending = b""
        while not received:
            readable, writable, _ = select.select([connection], [connection], [], PATIENCE)
            assert readable or writable, "the server neither takes nor answers"
            if readable:
                received = connection.recv(4000)
            elif writable:
                pending = pending or b"%x\r\n%b\r\n" % (len(piece), piece)
                sent += (done := connection.send(pending))
                pending = pending[done:]
    assert b" 413 " in received.split(b"\r\n")[0]
    assert sent < 3 * LIMIT
    assert not leftovers(served)


@pytest.mark.parametrize("path", ["/tools/x/y/jobs", "/tools//jobs", "/jobs", "/tools/image-to-video/jobs/", "/logs"])
def test_only_where_a_job_is_made_of_inputs_is_so_much_taken(served: Served, path: str) -> None:
    headers = [own(served), KIND, ("Content-Length", str(3 * LIMIT))]
    assert ask(served, "POST", path, headers).status == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_much_is_promised_there_and_nothing_of_it_is_kept_in_memory(served: Served, kind: str) -> None:
    """A body of another kind than a form with files ends at the limit of texts, or at once."""
    process = psutil.Process(served.process.pid)
    before = process.memory_info().rss
    head = f"POST /tools/video-to-video/jobs HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nContent-Type: {kind}\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(head.encode() + b"Connection: close\r\nContent-Length: 4000000000\r\n\r\n" + b"[" * 600_000)
        status = int(connection.recv(4000).split(b" ")[1])
    assert status in (413, 415, 422)
    assert process.memory_info().rss - before < 50 * 2**20
    assert not leftovers(served)


def test_a_video_streams_to_the_disk(served: Served) -> None:
    """Three times as much as a picture may have, and none of it is in memory."""
    process = psutil.Process(served.process.pid)
    before = process.memory_info().rss
    most = before
    first = part("video", b"\x00\x00\x00\x18ftypmp42", "a.mp4").rstrip(b"\r\n")
    last = f"\r\n--{BOUNDARY}--\r\n".encode()
    size = 8 * LIMIT
    head = f"POST /tools/video-to-video/jobs HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n{KIND[0]}: {KIND[1]}\r\n"
    head += f"Connection: close\r\nContent-Length: {len(first) + size + len(last)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as connection:
        connection.sendall(head.encode() + first)
        piece = bytes(LIMIT // 10)
        for _ in range(size // len(piece)):
            connection.sendall(piece)
            most = max(most, process.memory_info().rss)
        connection.sendall(last)
        answer = read_answer(connection)
    assert answer.status == 422, answer  # there is no video in it
    assert most - before < 60 * 2**20
    assert not leftovers(served)


BAD_FORMS = [
    form(*(part(f"f{n}", b"x") for n in range(200))),
    form(part("prompt", b"x" * 2_000_000)),
    form(*(part(f"f{n}", b"x" * 20_000) for n in range(60))),
    form(part("file", b"x", "a.png", "X-Long: " + "y" * 100_000 + "\r\n")),
    form(part("file", b"x", "a.png", "".join(f"X-{n}: y\r\n" for n in range(500)))),
    form(part("prompt", b"\xff\xfe")),
    form(part("file", b"x", "a.png"), part("file", b"y", "b.png")),
    form(part("../../evil", b"x", "a.png")),
    form(part("", b"x")),
    part("file", b"never closed", "a.png"),
    b"",
    b"--other\r\n\r\n",
    b"\r\n" * 10_000,
    f"--{BOUNDARY}\r\n\r\n\r\n--{BOUNDARY}--".encode(),
    b"\x00" * 1000,
    form(part("file", b"", "a.png")),
]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("number", range(len(BAD_FORMS)))
def test_a_bad_form_is_refused_in_words(served: Served, path: str, number: int) -> None:
    answer = post(served, path, BAD_FORMS[number])
    assert 400 <= answer.status < 500, answer
    assert answer.json()["detail"]
    assert not leftovers(served)


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 5000,
        "text/html",
        "",
        "application/json; charset=\xff",
    ],
)
def test_other_kinds_of_body(served: Served, kind: str) -> None:
    for path in ROUTES:
        assert 400 <= post(served, path, b"x" * 100, ("Content-Type", kind)).status < 500


def test_json_bodies_have_limits_too(served: Served) -> None:
    kind = ("Content-Type", "application/json")
    for body, statuses in (
        (b"[" * 200_000, (422,)),
        (json.dumps({"prompt": "x" * 300_000}).encode(), (413,)),
        (b'{"prompt": "\\ud800"}', (422,)),
        (b'{"seed": 1e999}', (422,)),
        (b'{"seed": NaN}', (422,)),
        (b'{"lora_configs": [[[[[[]]]]]]}', (422,)),
        (b'{"preset": {}}', (422,)),
        (b'{"preset": ["x"]}', (422,)),
        (b'{"": 1}', (422,)),
        (b"null", (422,)),
        (b"", (422,)),
    ):
        answer = (
            post(served, "/tools/text-to-video/jobs", body, kind)
            if body
            else ask(served, "POST", "/tools/text-to-video/jobs", [own(served), kind, ("Content-Length", "0")])
        )
        assert answer.status in statuses, (body[:40], answer)


@pytest.mark.parametrize(
    "name",
    [
        "../../../evil.png",
        "..\\..\\evil.png",
        "/etc/cron.d/evil",
        "C:\\evil.png",
        "a\x00b.png",
        "x" * 5000,
        ".",
        "..",
        "con",
        "ü%00.png",
        "",
    ],
)
def test_a_file_name_of_the_client_leads_nowhere(served: Served, name: str) -> None:
    before = {path for path in served.home.rglob("*") if "sqlite" not in path.name}
    answer = post(served, "/extract-metadata", form(part("file", png(), name.replace("\x00", "%00"))))
    assert answer.status in (200, 413, 422), answer
    assert {path for path in served.home.rglob("*") if "sqlite" not in path.name} - before <= {served.home / "uploads"}
    assert not list(served.home.parent.rglob("*evil*"))


@cache
def deflated() -> bytes:
    return zlib.compress(bytes(200 * 2**20), 9)


NODE = b'{"class_type":"KSampler","inputs":'
BOMBS: dict[str, Callable[[], bytes]] = {
    "zTXt that inflates a thousandfold": lambda: png((b"zTXt", b"prompt\0\0" + deflated())),
    "sixty of them": lambda: png(*[(b"zTXt", b"prompt\0\0" + deflated()[:250_000])] * 60),
    "iTXt that inflates": lambda: png((b"iTXt", b"workflow\0\1\0\0\0" + deflated())),
    "deep JSON": lambda: png((b"tEXt", b"prompt\0" + b'{"a":' * 300_000 + b"1" + b"}" * 300_000)),
    "many empty objects": lambda: png((b"tEXt", b"prompt\0[" + b"{}," * 2_000_000 + b"{}]")),
    "a huge number": lambda: png((b"tEXt", b'prompt\0{"1":' + NODE + b'{"seed":' + b"9" * 500_000 + b"}}}")),
    "not a number": lambda: png((b"tEXt", b'oelala_params\0{"seed": NaN, "cfg": Infinity}')),
    "a lone surrogate": lambda: png((b"tEXt", b'oelala_params\0{"prompt": "\\ud800"}')),
    "a hundred thousand chunks": lambda: png(*[(b"tEXt", b"a\0b")] * 100_000),
    "a graph in circles": lambda: png((b"tEXt", b'prompt\0{"1":' + NODE + b'{"positive":["1",0],"model":["1",0]}}}')),
    "a chunk longer than the file": lambda: png()[:33] + b"\xff\xff\xff\xfftEXt",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_neither_time_nor_memory(served: Served, name: str) -> None:
    bomb = BOMBS[name]()
    process = psutil.Process(served.process.pid)
    before = process.memory_info().rss
    began = sum(process.cpu_times()[:2])
    answer = post(served, "/extract-metadata", form(part("file", bomb, "a.png")))
    assert answer.status in (200, 415), answer
    assert sum(process.cpu_times()[:2]) - began < 10
    assert process.memory_info().rss - before < 300 * 2**20
    assert ask(served, "GET", "/health", [own(served)]).status == 200


def test_pixels_have_a_limit(served: Served) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    answer = post(served, "/wan22/image-to-video", form(part("file", out.getvalue(), "big.png")))
    assert answer.status == 422 and "megapixels" in answer.json()["detail"]


def test_a_sender_that_hangs_up_leaves_nothing(served: Served) -> None:
    for path in ROUTES:
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n{KIND[0]}: {KIND[1]}\r\n"
            head += "Content-Length: 9000000\r\n\r\n"
            connection.sendall(head.encode() + part("file", b"\x89PNG\r\n\x1a\n" + bytes(1_000_000), "a.png"))
    assert not leftovers(served)
    assert "Traceback" not in served.complaints


def test_an_answer_is_read_to_its_end(served: Served) -> None:
    """The helper itself: a connection that the server closes ends the answer."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(f"GET /health HTTP/1.0\r\nHost: 127.0.0.1:{served.port}\r\n\r\n".encode())
        assert read_answer(connection).json()["status"] == "ok"


def test_a_file_keeps_the_name_that_its_sender_gave_it_as_far_as_a_file_system_takes_it() -> None:
    long = "a very long name of a start picture that has more than forty characters.png"
    assert harmless_name(f"C:\\pictures\\{long}") == long
    for name in ("猫" * 300 + ".png", "x" * 300, "é." * 200, "x" * 250 + ".jpeg", "\udc80" * 90 + "猫" * 70 + ".png"):
        assert len(harmless_name(name).encode()) < 255
    assert harmless_name("猫" * 300 + ".png") == "猫" * 66 + ".png"
    assert harmless_name("/.") == harmless_name("\udc80") == "upload"
