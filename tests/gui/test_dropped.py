"""What browsers and file managers put into a drag or the clipboard: the best of it is taken, nothing in silence."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.widgets import dropped

BOAT = "https://pictures.example.org/full/boat.jpg"
FOUND = "https://search.example.org/imgres?imgurl=https%3A%2F%2Fpictures.example.org%2Ffull%2Fboat.jpg&w=900"
PAGE = "https://blog.example.org/article-12"


def picture(side: int = 64) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    return image


def data_address() -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture().save(buffer, "PNG")  # type: ignore[call-overload]
    return f"data:image/png;base64,{base64.b64encode(bytes(buffer.data().data())).decode()}"


def mime_of(**kinds: str | bytes) -> QMimeData:
    """By short names of what browsers write."""
    names = {
        "uris": "text/uri-list", "html": "text/html", "text": "text/plain", "moz": "text/x-moz-url",
        "copied": "x-special/gnome-copied-files",
    }  # fmt: skip
    mime = QMimeData()
    for short, content in kinds.items():
        mime.setData(names[short], QByteArray(content.encode() if isinstance(content, str) else content))
    return mime


@pytest.mark.parametrize(
    "kinds",
    [
        {"uris": BOAT, "html": f'<img src="{BOAT}">', "text": BOAT, "moz": f"{BOAT}\nboat.jpg"},
        {"uris": PAGE, "html": f'<a href="{PAGE}"><img alt="boat" src="{BOAT}"></a>', "text": PAGE},
        {"html": f'<meta charset="utf-8"><img src="{BOAT}" alt="x"/>'},
        {"html": f'<meta charset="utf-8"><img src="{BOAT}" alt="x"/>'.encode("utf-16-le")},
        {"html": f'<img src="{BOAT}">'.encode("utf-16")},
        {"moz": f"{BOAT}\nboat".encode("utf-16-le")},
        {"moz": f"{BOAT}\nboat"},
        {"text": f"  {BOAT} \n"},
        {"uris": FOUND, "html": '<img src="https://thumbs.example.org/t?q=1">', "text": FOUND},
        {"uris": FOUND.replace("imgurl", "mediaurl")},
        {"uris": PAGE, "html": f'<a href="{FOUND}"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></a>'},
        {"uris": BOAT, "html": f'<a href="{BOAT}"><img src="https://pictures.example.org/small/boat.jpg"></a>'},
        {"uris": "https://pictures.example.org/a", "html": '<img src="/full/boat.jpg">'},
        {"html": '<img src="//pictures.example.org/full/boat.jpg">'},
        {"uris": "smb://nas/a.png", "text": BOAT},
        {"text": BOAT.replace("https:", "HTTPS:")},
        {"uris": "https://search.example.org/url?sa=i&url=https%3A%2F%2Fpictures.example.org%2Ffull%2Fboat.jpg"},
        {"html": f'<img src="https://a.example/b.jpg" srcset="{BOAT} 4x, https://a.example/b.jpg 1x">'},
        {"html": f'<img src="https://a.example/b.jpg" srcset="https://a.example/c.jpg 236w, {BOAT} 736w">'},
    ],
)
def test_the_picture_itself_is_fetched(qapp: QApplication, kinds: dict[str, str]) -> None:
    assert dropped.read(mime_of(**kinds)) == dropped.Dropped(url=BOAT)


@pytest.mark.parametrize("kind", ["uris", "text", "html"])
def test_a_picture_that_is_its_own_address_is_decoded(qapp: QApplication, kind: str) -> None:
    address = data_address()
    mime = mime_of(**{kind: f'<img src="{address}">' if kind == "html" else address})
    found = dropped.read(mime)
    assert found is not None and found.image is not None and found.image.width() == 64
    hovering = dropped.read(mime, pixels=False)
    assert hovering is not None and hovering.image is not None and hovering.image.isNull()
    assert kind == "html" or not dropped.is_text(mime)


@pytest.mark.parametrize(
    ("kinds", "files"),
    [
        ({"uris": "file:///home/x/IMG_0001.JPG"}, ["/home/x/IMG_0001.JPG"]),
        ({"uris": "file:///home/x/pic.jfif"}, ["/home/x/pic.jfif"]),
        ({"uris": "file:///home/x/photo.jpg_large"}, ["/home/x/photo.jpg_large"]),
        ({"uris": "file:///home/x/Mill%20b/Stra%C3%9Fe%20%231.png"}, ["/home/x/Mill b/Straße #1.png"]),
        ({"uris": "# note\r\nfile:///x/a.png\r\nfile:///x/b.webp\r\n"}, ["/x/a.png", "/x/b.webp"]),
        ({"uris": "file://localhost/home/x/a.png"}, ["/home/x/a.png"]),
        ({"text": "/home/x/Pictures/a.png"}, ["/home/x/Pictures/a.png"]),
        ({"text": '"/home/x/my a.png"\n/home/x/b.jpg\n'}, ["/home/x/my a.png", "/home/x/b.jpg"]),
        ({"text": "file:///home/x/a.png"}, ["/home/x/a.png"]),
        ({"text": "file:///home/x/my a.png"}, ["/home/x/my a.png"]),
        ({"text": "/home/x/my\\ a.png"}, ["/home/x/my a.png"]),
        ({"uris": "file://127.0.0.1/home/x/a.png"}, ["/home/x/a.png"]),
        ({"uris": "file:///home/x/a.pjpeg"}, ["/home/x/a.pjpeg"]),
        ({"copied": "copy\nfile:///home/x/a.png\nfile:///home/x/b.png"}, ["/home/x/a.png", "/home/x/b.png"]),
        ({"uris": "file:///x/a.png", "text": "/x/a.png", "html": f'<img src="{BOAT}">'}, ["/x/a.png"]),
    ],
)
def test_files_in_whatever_form(qapp: QApplication, kinds: dict[str, str], files: list[str]) -> None:
    assert dropped.read(mime_of(**kinds)) == dropped.Dropped(files=tuple(map(Path, files)))


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"uris": "smb://nas/pictures/a.png"}, "nas is another machine or device"),
        ({"uris": "mtp://phone/a.png"}, "phone is another machine"),
        ({"uris": "blob:https://a.example/0a"}, "starts with blob:"),
        ({"uris": "file:///home/x/clip.mp4"}, "clip.mp4 is not a picture"),
        ({"uris": "file:///home/x/IMG_0001.HEIC"}, "IMG_0001.HEIC is not a picture"),
        ({"uris": "data:image/png;base64,AAAA"}, "cannot be read"),
        ({"text": "/home/x/IMG_0001.HEIC"}, "IMG_0001.HEIC is not a picture"),
        ({"text": "/home/x/clip.mp4"}, "clip.mp4 is not a picture"),
        ({"text": "smb://nas/my pictures/a.png"}, "nas is another machine or device"),
        ({"uris": "google-drive://somebody/a"}, "starts with google-drive:"),
        ({"html": '<img src="a/b.jpg">'}, "cannot be read"),
        ({"html": '<img src="file:///home/x/a.png">'}, "cannot be read"),
    ],
)
def test_what_cannot_be_taken_is_said(qapp: QApplication, kinds: dict[str, str], words: str) -> None:
    found = dropped.read(mime_of(**kinds))
    assert found is not None and words in found.refusal


def test_pixels_beside_something_useless_are_taken(qapp: QApplication) -> None:
    for address in ("file:///home/x/page.html", "smb://nas/a.png", PAGE):
        mime = mime_of(uris=address)
        mime.setImageData(picture())
        found = dropped.read(mime)
        assert found is not None and found.image is not None and found.image.width() == 64


def test_a_part_of_an_address_names_nothing_without_its_page(qapp: QApplication) -> None:
    for part in ("boat.jpg", "/full/boat.jpg", "../boat.jpg?w=900"):
        alone = dropped.read(mime_of(html=f'<img src="{part}">'))
        assert alone is not None and alone.refusal and not (alone.url or alone.files or alone.image)
        found = dropped.read(mime_of(html=f'<img data-src="{part}" src="{data_address()}">'))
        assert found is not None and found.image is not None and found.image.width() == 64


def test_words_are_no_picture(qapp: QApplication) -> None:
    for text in (
        "a lake at dawn: calm",
        "/imagine a boat",
        "use /home/x/a.png now",
        "note: a boat",
        "16:9",
        "boat:1.2",
        "C:\\boats",
    ):
        assert dropped.read(mime_of(text=text)) is None


def test_a_picture_that_is_its_own_address_in_several_lines_or_in_capitals(qapp: QApplication) -> None:
    address = data_address()
    for text in (f"{address[:60]}\n{address[60:]}\n", address.replace("data:", "DATA:")):
        found = dropped.read(mime_of(text=text))
        assert found is not None and found.image is not None and found.image.width() == 64


def test_the_bytes_of_a_picture(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setData("image/x-unheard-of", QByteArray(b"1"))
    mime.setData("image/png", QByteArray(base64.b64decode(data_address().partition(",")[2])))
    found = dropped.read(mime)
    assert found is not None and found.image is not None and found.image.width() == 64
