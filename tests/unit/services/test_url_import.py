"""A file from an address that a page wrote: whatever lies there, or is no address at all."""

from __future__ import annotations

import gzip
import resource
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import InvalidMedia
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.services.url_import import fetch_file
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
