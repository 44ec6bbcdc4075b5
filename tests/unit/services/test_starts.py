"""Which pictures are start pictures: what a video claims, and what holds of it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.services.library.folders import look
from oelala_desktop.services.library.reading import Found, read_entry
from oelala_desktop.services.library.starts import _digest, _holds, settle_starts
from oelala_desktop.storage.favorites import Marks
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_starts import Candidate, Claimed, StartStore
from oelala_desktop.storage.media_writing import Changes, Claim, Stamp
from tests.metadata import corpus, files, graphs


class Desk:
    def __init__(self, home: Path) -> None:
        self.home = home / "media"
        self.store = MediaStore(home / "media.sqlite3")
        self.starts = StartStore(self.store.file)
        self.numbers: dict[str, int] = {}

    async def put(self, name: str, content: bytes, *claims: Claim) -> Changes:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        stamp = look(str(path))
        assert isinstance(stamp, Stamp)
        entry = read_entry(Found(str(path.parent), path.name, stamp), Marks())
        changes = await self.store.save([replace(entry, claims=claims) if claims else entry])
        item = await self.store.by_path(str(path))
        assert item is not None
        self.numbers[name] = item.id
        return changes

    async def settled(self, changes: Changes) -> list[str]:
        """Of which pictures it changed whether they are start pictures."""
        turned = await settle_starts(self.starts, changes.touched, changes.sizes)
        return sorted(name for name, number in self.numbers.items() if number in turned)

    async def are_starts(self) -> list[str]:
        items = await self.store.many(list(self.numbers.values()))
        return sorted(
            name for name, number in self.numbers.items() for i in items if i.id == number and i.is_start_image
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.store.open()
    yield made
    await made.store.close()


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


FILM = files.video("mp4")


async def test_a_picture_is_known_by_its_content(desk: Desk) -> None:
    content = corpus.png(seed=1)
    await desk.put("any name.png", content)
    await desk.put("boat.png", corpus.png(seed=2))
    changes = await desk.put("v.mp4", FILM, Claim("digest", "boat.png", digest_of(content), len(content)))
    assert await desk.settled(changes) == ["any name.png"]
    assert await desk.are_starts() == ["any name.png"]
    assert await desk.settled(changes) == [], "it is so already"


async def test_a_picture_is_known_by_its_name_where_only_that_is_told(desk: Desk) -> None:
    await desk.put("here/boat.png", corpus.png(seed=1))
    await desk.put("there/boat.png", corpus.png(seed=2))
    changes = await desk.put("here/v.mp4", FILM, Claim("name", "boat.png"))
    assert await desk.settled(changes) == ["here/boat.png"], "one far away has only the same name"


async def test_the_only_one_of_a_name_may_lie_anywhere(desk: Desk) -> None:
    await desk.put("there/boat.png", corpus.png(seed=1))
    assert await desk.settled(await desk.put("here/v.mp4", FILM, Claim("name", "boat.png"))) == ["there/boat.png"]


async def test_a_companion_lies_beside_its_video(desk: Desk) -> None:
    saved = corpus.png_with({"prompt": graphs.one_pass() | {"9": graphs.node("VHS_VideoCombine")}})
    await desk.put("here/v.png", saved)
    await desk.put("there/v.png", saved)
    await desk.put("here/w.png", corpus.png(seed=1))
    changes = await desk.put("here/v.mp4", FILM, Claim("companion", "v.png"))
    assert await desk.settled(changes) == ["here/v.png"]
    assert await desk.settled(await desk.put("here/w.mp4", FILM, Claim("companion", "w.png"))) == [], (
        "not by that saver"
    )


async def test_when_the_last_video_goes_it_is_a_picture_again(desk: Desk) -> None:
    content = corpus.png(seed=1)
    await desk.put("boat.png", content)
    await desk.settled(await desk.put("v.mp4", FILM, Claim("digest", "boat.png", digest_of(content), len(content))))
    gone = await desk.store.remove([desk.numbers["v.mp4"]])
    assert await desk.settled(gone) == ["boat.png"] and await desk.are_starts() == []


def candidate(folder: str = "/m/a", namesakes: int = 2) -> Candidate:
    facts = {f: None for f in Candidate.__dataclass_fields__}
    return Candidate(**facts | {"folder": folder, "file": "boat.png", "namesakes": namesakes, "claims": ()})  # type: ignore[arg-type]


def claimed(rule: str, folder: str = "/m/a", file: str = "boat.png", digest: str | None = None) -> Claimed:
    facts = {f: None for f in Claimed.__dataclass_fields__}
    return Claimed(**facts | {"rule": rule, "folder": folder, "file": file, "digest": digest})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claim", "picture", "digest", "holds"),
    [
        (claimed("digest", digest="d"), candidate(), "d", True),
        (claimed("digest", digest="d"), candidate(), "e", False),
        (claimed("digest", digest=None), candidate(), None, False),
        (claimed("name"), candidate(), None, True),
        (claimed("name", "/m"), candidate(), None, True),
        (claimed("name", "/m/a/b"), candidate(), None, True),
        (claimed("name", "/m/b"), candidate(), None, False),
        (claimed("name", "/m/b"), candidate(namesakes=1), None, True),
        (claimed("name", file="other.png"), candidate(namesakes=1), None, False),
        (claimed("companion"), candidate(namesakes=1), "d", False),
    ],
)
def test_which_claims_hold(claim: Claimed, picture: Candidate, digest: str | None, holds: bool) -> None:
    assert _holds(claim, picture, digest) is holds


def test_a_picture_is_known_as_it_was_sent_too(tmp_path: Path) -> None:
    path = tmp_path / "a.bmp"
    Image.new("RGB", (80, 80), (1, 2, 3)).save(path)
    plain = digest_of(path.read_bytes())
    assert _digest(str(path), frozenset({plain})) == plain
    sent = _digest(str(path), frozenset({"another"}))
    assert sent is not None and sent != plain and len(sent) == 24
    (tmp_path / "b.png").write_bytes(b"no picture")
    assert _digest(str(tmp_path / "b.png"), frozenset()) == digest_of(b"no picture")
    assert _digest(str(tmp_path / "gone.png"), frozenset()) is None
