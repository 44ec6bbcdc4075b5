"""A file from an address that a page wrote: whatever lies there, or is no address at all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import ipaddress
import resource
from pathlib import Path

import httpx
import pytest

from oelala_desktop.domain.errors import CannotSave, InvalidMedia
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.services.inputs import url_import
from oelala_desktop.services.inputs.url_import import fetch_file
from tests.contract.answering import answering, http

MOST = 3 * 10**6
BOMB = gzip.compress(gzip.compress(bytes(2**27), 1), 1)  # unpacked: 128 MiB


async def fetch(answer: bytes, folder: Path, kind: FieldKind = FieldKind.PICTURE) -> Path:
    """What a server answers, fetched from its `/view` as the connected engine's."""
    with answering(answer) as url:
        return await fetch_file(f"{url}/view?filename=a.png", folder, kind, "image", MOST, engine_url=url)


def encoded(body: bytes, encoding: str) -> bytes:
    return http("200 OK", body, "image/png").replace(
        b"\r\n\r\n", f"\r\nContent-Encoding: {encoding}\r\n\r\n".encode(), 1
    )


async def test_a_plain_answer_is_kept(tmp_path: Path) -> None:
    assert (await fetch(encoded(b"pixels", "identity"), tmp_path)).read_bytes() == b"pixels"


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate", "br", "zstd", "GZIP"])
async def test_what_is_compressed_is_not_unpacked(tmp_path: Path, encoding: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InvalidMedia, match="not unpacked"):
        await fetch(encoded(BOMB, encoding), tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    assert not list(tmp_path.iterdir())


async def test_more_than_the_limit_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(InvalidMedia, match="more than 3 MB"):
        await fetch(http("200 OK", bytes(MOST + 1)), tmp_path)
    assert not list(tmp_path.iterdir())


async def test_a_video_may_be_larger_and_is_not_held_in_memory(tmp_path: Path) -> None:
    body = bytes(range(256)) * (60 * 2**20 // 256)
    path = await fetch(http("200 OK", body, "video/mp4"), tmp_path, FieldKind.VIDEO)
    assert path.read_bytes() == body and list(tmp_path.iterdir()) == [path]


async def test_a_size_that_is_announced_is_not_waited_for(tmp_path: Path) -> None:
    announced = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000000\r\n\r\n"
    with pytest.raises(InvalidMedia, match="more than 2 GB"):
        await fetch(announced, tmp_path, FieldKind.VIDEO)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url",
    [
        "http://[/",
        "http://]/",
        "http://[::1/x.png",
        "http://[v1.x]/",
        "http://example.com:port/",
        "http://example.com:99999/",
        "http://exa mple.com/",
        "http://\x00/",
        "http://a\nb/",
        "http://\ud800/",
        f"http://{'a' * 300}.example/",
        "http://.../",
        "http://2130706433/",
        "http://0/x.png",
        "https://[::ffff:127.0.0.1]/",
        "http:///x.png",
        "file:///etc/passwd",
        "",
        "[",
    ],
)
async def test_every_odd_address_is_a_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidMedia, match=r"\.$|drop the file"):
        await fetch_file(url, tmp_path, FieldKind.PICTURE, "image", MOST, engine_url="http://127.0.0.1:8188")


@pytest.mark.parametrize(
    "host",
    [
        "[64:ff9b::7f00:1]",  # NAT64
        "[64:ff9b::a00:1]",
        "[2002:7f00:1::]",  # 6to4
        "[2002:c0a8:1::1]",
        "[::127.0.0.1]",
        "[::10.0.0.1]",
        "[fec0::1]",
        "224.0.0.1",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
    ],
)
async def test_no_way_of_writing_it_leads_into_a_private_network(tmp_path: Path, host: str) -> None:
    with pytest.raises(InvalidMedia, match="lies in a private network"):
        await fetch_file(f"http://{host}/x.png", tmp_path, FieldKind.VIDEO, "video", MOST)


async def test_a_name_of_megabytes_is_a_short_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidMedia) as refused:
        await fetch_file(f"http://{'a' * 2**21}/x.png", tmp_path, FieldKind.PICTURE, "image", MOST)
    assert len(refused.value.message) < 120


@pytest.mark.parametrize("place", ["http://[/", "http://127.0.0.1:1/", "//[", "file:///etc/passwd", "http://a b/", ""])
async def test_a_redirect_to_nowhere_is_a_sentence(tmp_path: Path, place: str) -> None:
    answer = http("302 Found").replace(b"\r\n\r\n", f"\r\nLocation: {place}\r\n\r\n".encode(), 1)
    with pytest.raises(InvalidMedia):
        await fetch(answer, tmp_path)


@pytest.mark.parametrize(
    ("text", "is_public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.0.0.1", False), ("192.168.0.1", False),
        ("172.16.0.1", False), ("100.64.0.1", False), ("127.0.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fc00::1", False), ("fec0::1", False), ("ff02::1", False),
        ("2002:5db8:d822::1", True), ("2002:7f00:1::1", False), ("64:ff9b::5db8:d822", True),
        ("64:ff9b::a00:1", False), ("::ffff:10.0.0.1", False),
    ],
)  # fmt: skip
def test_what_lies_in_the_public_network(text: str, is_public: bool) -> None:
    assert url_import._is_public(ipaddress.ip_address(text)) is is_public


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a/b/boat.png?x=1#y", "boat.png"),
        ("http://a/b%20c.png", "b_c.png"),
        ("http://a/", "file"),
        ("http://a", "file"),
        ("http://a/..", "file"),
        ("http://a/.hidden.", "hidden"),
        ("http://a/Gr%C3%BC%C3%9Fe-1_2.mp4", "Grüße-1_2.mp4"),
        ("http://a/a%2Fb%5Cc.png", "a_b_c.png"),
        ("http://a/" + "x" * 57 + ".png", "x" * 56 + ".png"),
        ("http://a/" + "x" * 56 + ".png", "x" * 56 + ".png"),
    ],
)
def test_a_name_is_made_safe_and_short(url: str, name: str) -> None:
    assert url_import._safe_name(url) == name


@pytest.mark.parametrize(
    ("count", "words"),
    [(3 * 10**6, "3 MB"), (2_500_000, "2.5 MB"), (10**9 - 10**6, "999 MB"), (10**9, "1 GB"), (2 * 10**9, "2 GB")],
)
def test_amounts(count: int, words: str) -> None:
    assert url_import._amount(count) == words


@pytest.mark.parametrize(
    ("url", "host"), [("http://A.example:80/b", "a.example"), ("odd", "odd"), ("http://[", "http://[")]
)
def test_the_host_of_a_sentence(url: str, host: str) -> None:
    assert url_import._host(url) == host
    assert len(url_import._host(f"http://{'a' * 100}/")) == len(url_import._host("http://[" + "a" * 99)) == 60


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://a.example/x", "Only http and https addresses can be used."),
        ("http:///x", "Only http and https addresses can be used."),
        ("http://a:b/", "“http://a:b/” is not an address."),
        ("http://name.invalid/x", "The name name.invalid is not known."),
        ("http://127.0.0.1:8189/view?a", "127.0.0.1 lies in a private network; drop the file itself."),
        ("http://127.0.0.1:8188/other?a", "127.0.0.1 lies in a private network; drop the file itself."),
    ],
)
async def test_each_refusal_names_its_reason(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(InvalidMedia) as caught:
        await fetch_file(url, tmp_path, FieldKind.PICTURE, "image", MOST, engine_url="http://127.0.0.1:8188")
    assert (caught.value.message, caught.value.field) == (words, "image")


async def test_the_name_of_what_was_fetched_begins_with_its_content(tmp_path: Path) -> None:
    path = await fetch(http("200 OK", b"pixels"), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / f"{hashlib.sha256(b'pixels').hexdigest()[:12]}_view"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


async def test_exactly_the_limit_is_taken(tmp_path: Path) -> None:
    body = bytes(range(250)) * (MOST // 250)
    assert (await fetch(http("200 OK", body), tmp_path)).read_bytes() == body


async def test_other_answers(tmp_path: Path) -> None:
    with pytest.raises(InvalidMedia, match=r"^127\.0\.0\.1 answered with status 404\.$"):
        await fetch(http("404 Not Found"), tmp_path)
    words = r"^There is more than 3 MB at 127\.0\.0\.1, which is the most that is fetched\.$"
    with pytest.raises(InvalidMedia, match=words):
        await fetch(http("200 OK", bytes(MOST + 1)), tmp_path)
    with pytest.raises(InvalidMedia, match=r"^127\.0\.0\.1 could not be read: .+[^.]\.$"):
        await fetch(b"no answer\r\n\r\n", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("redirects", "arrives"), [(3, True), (4, False)])
async def test_at_most_three_redirects(tmp_path: Path, redirects: int, arrives: bool) -> None:
    left = [redirects]

    def answer() -> bytes:
        left[0] -= 1
        if left[0] < 0:
            return http("200 OK", b"pixels")
        return http("302 Found").replace(b"\r\n\r\n", b"\r\nLocation: ?step=1\r\n\r\n", 1)

    server = await asyncio.start_server(lambda r, w: _answer(r, w, answer()), "127.0.0.1")
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        asked = fetch_file(f"{url}/view?a", tmp_path, FieldKind.PICTURE, "image", MOST, engine_url=url)
        if arrives:
            assert (await asked).read_bytes() == b"pixels"
        else:
            with pytest.raises(InvalidMedia, match=r"^127\.0\.0\.1 redirects more than 3 times\.$"):
                await asked


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: bytes) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(content)
    await writer.drain()
    writer.close()


async def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CannotSave) as caught:
        await fetch(http("200 OK", b"pixels"), tmp_path / "file")
    assert caught.value.message == f"The file cannot be kept in {tmp_path}/file: File exists."


@pytest.mark.parametrize(
    ("kind", "most", "error", "words"),
    [
        (FieldKind.PICTURE, 3 * 10**6, TimeoutError(), "a.example took longer than 30 s."),
        (FieldKind.PICTURE, 20 * 10**6, TimeoutError(), "a.example took longer than 30 s."),
        (FieldKind.MASK, 60 * 10**6, TimeoutError(), "a.example took longer than 90 s."),
        (FieldKind.PICTURE, 60 * 10**6, httpx.ReadTimeout("slow"), "a.example took longer than 10 s."),
        (FieldKind.VIDEO, 3 * 10**6, httpx.ConnectTimeout("slow"), "a.example took longer than 10 s."),
        (FieldKind.PICTURE, 3 * 10**6, httpx.ReadError("cut off."), "a.example could not be read: cut off."),
        (FieldKind.PICTURE, 3 * 10**6, httpx.ReadError(""), "a.example could not be read: the connection broke off."),
    ],
)
async def test_how_long_is_waited_goes_with_what_may_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: FieldKind, most: int, error: Exception, words: str
) -> None:
    async def follow(*_: object) -> object:
        raise error

    monkeypatch.setattr(url_import, "_follow", follow)
    with pytest.raises(InvalidMedia) as caught:
        await fetch_file("http://a.example/x", tmp_path, kind, "key", most)
    assert (caught.value.field, caught.value.message) == ("key", words)


@pytest.mark.parametrize(
    ("kind", "limit", "most"),
    [(FieldKind.PICTURE, 30.0, 5), (FieldKind.MASK, 30.0, 5), (FieldKind.VIDEO, None, 2 * 10**9)],
)
async def test_a_video_takes_as_long_and_as_much_as_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: FieldKind, limit: float | None, most: int
) -> None:
    asked: list[object] = []
    timeout = asyncio.timeout

    async def follow(url: str, engine_url: str, part: Path, limit: int) -> tuple[str, str]:
        asked.append(limit)
        part.write_bytes(b"x")
        return "0123456789abcdef", "http://a.example/b.mp4"

    monkeypatch.setattr(url_import, "_follow", follow)
    monkeypatch.setattr(asyncio, "timeout", lambda seconds: asked.append(seconds) or timeout(seconds))
    path = await fetch_file("http://a.example/x", tmp_path, kind, "key", 5)
    assert asked[:2] == [limit, most] and path == tmp_path / "0123456789ab_b.mp4"


async def test_a_name_is_asked_for_once_and_that_address_is_used(tmp_path: Path) -> None:
    assert await url_import._checked_address("http://93.184.216.34:8080/x", "http://127.0.0.1:8188") == "93.184.216.34"
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(http("200 OK", b"pixels"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    async with server:
        url = f"http://name.invalid:{port}/a.png?b"
        digest = await url_import._get(url, "127.0.0.1", tmp_path / "new" / "part", 6)
    assert digest == hashlib.sha256(b"pixels").hexdigest() and (tmp_path / "new" / "part").read_bytes() == b"pixels"
    assert b"\r\naccept-encoding: identity\r\n" in heads[0].lower(), "nothing is to be unpacked"
    assert (
        heads[0].startswith(b"GET /a.png?b HTTP/1.1\r\n") and f"\r\nHost: name.invalid:{port}\r\n".encode() in heads[0]
    )


@pytest.mark.parametrize(("length", "is_taken"), [(MOST, True), (MOST + 1, False)])
async def test_what_announces_no_size_is_counted_as_it_comes(tmp_path: Path, length: int, is_taken: bool) -> None:
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(length)
    if is_taken:
        path = await fetch(answer, tmp_path)
        assert path.stat().st_size == MOST and path.name.startswith(hashlib.sha256(bytes(length)).hexdigest()[:12])
    else:
        with pytest.raises(InvalidMedia, match="more than 3 MB"):
            await fetch(answer, tmp_path)
        assert not list(tmp_path.iterdir())
