"""What a drag or the clipboard holds that a field for a picture, a video or a sound can take."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from oelala_desktop.ui.widgets import web_drag


class Kind(NamedTuple):
    """What a field takes, known by how names of files end, and the words for it. `formats` are those people know."""

    word: str
    suffixes: tuple[str, ...]
    formats: str
    others: tuple[str, ...] = ()  # endings of files that have one of it within
    unread: tuple[str, ...] = ()  # and of those that are one, of which only their reader can say why it takes them not
    plural: str = ""

    @property
    def words(self) -> str:
        return self.plural or f"{self.word}s"

    @property
    def filters(self) -> list[str]:
        """For a dialog that browses for it."""
        endings = " ".join(f"*{suffix}" for suffix in (*self.suffixes, *self.others))
        return [f"{self.words.capitalize()} ({endings})", "All files (*)"]


# fmt: off
PICTURE = Kind(
    "picture",
    (".jpg", ".jpeg", ".jfif", ".jpe", ".pjpeg", ".pjp", ".png", ".apng", ".webp", ".gif", ".bmp", ".tif", ".tiff",
     ".avif"),
    "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF",
)
VIDEO = Kind(
    "video",
    (".mp4", ".m4v", ".mov", ".webm", ".mkv"),
    "MP4, MOV, WebM, MKV",
    unread=(".avi", ".mpg", ".mpeg", ".ts", ".m2ts", ".mts", ".wmv", ".flv", ".3gp", ".ogv"),
)
SOUND = Kind(
    "sound",
    (".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".aac", ".mka", ".weba"),
    "WAV, MP3, FLAC, OGG, M4A or video",
    others=VIDEO.suffixes,
    unread=(".aif", ".aiff", ".wma", *VIDEO.unread),
)
DATASET = Kind("folder of pictures", (), "PNG, JPEG, WebP, each with its caption as .txt")
# fmt: on
KINDS = (PICTURE, VIDEO, SOUND)
#: of a place that takes the one or the other
EITHER = Kind(
    "picture or video",
    (*PICTURE.suffixes, *VIDEO.suffixes),
    "JPEG, PNG, WebP, GIF, MP4, MOV, WebM, MKV",
    unread=VIDEO.unread,
    plural="pictures or videos",
)
_SEEN_AS_PIXELS = (PICTURE, EITHER)
#: browsers save "photo.jpg_large" and "photo.jpg!d"
_TAIL = r"[^0-9a-z].*"
_PATH = r"(/|~/|[A-Za-z]:[\\/]|\\\\)\S"
#: what no field takes, of which it says so
_OTHERS = (".heic", ".heif", ".jxl", ".jp2", ".svg", ".psd", ".ico", ".pdf", ".mid", ".midi")
_HERE = ("localhost", "127.0.0.1", "[::1]", "::1")
_NO_PIXELS = "The picture in it cannot be read. Save it as a file, and drop that."


class Dropped(NamedTuple):
    """Files, a picture's pixels or an address; `refusal` is a sentence when there is none of them."""

    files: tuple[Path, ...] = ()
    image: QImage | None = None
    url: str = ""
    refusal: str = ""


def looks_like(path: Path, kind: Kind) -> bool:
    """By name alone: a file without an ending may be one, its reader will say."""
    suffix = path.suffix.casefold()
    if kind is DATASET:  # a folder may be called anything; its reader says what it lacks
        return suffix not in (*VIDEO.suffixes, *SOUND.suffixes, ".json")
    return not suffix or f".{re.sub(_TAIL, '', suffix[1:])}" in (*kind.suffixes, *kind.others, *kind.unread)


def kind_of_file(path: Path) -> Kind:
    """By name alone, of one that is a picture or a video."""
    return PICTURE if looks_like(path, PICTURE) else VIDEO


def unknown(files: Sequence[Path]) -> str:
    """A sentence on files that are of no kind."""
    what = f"{files[0].name} and {len(files) - 1} more are" if len(files) > 1 else f"{files[0].name} is"
    return f"{what} no {PICTURE.word}, {VIDEO.word} or {SOUND.word} that can be used."


def refusal(files: Sequence[Path], kind: Kind = PICTURE) -> str:
    """A sentence on files that are none of `kind`."""
    if len(files) == 1:
        return f"{files[0].name} is not a {kind.word}. {kind.formats} can be used."
    return f"{files[0].name} and {len(files) - 1} more are not {kind.words}. {kind.formats} can be used."


def read(mime: QMimeData, *, pixels: bool = True, kind: Kind = PICTURE) -> Dropped | None:
    """The best that `mime` offers: files, then pixels, then an address; None if nothing in it concerns `kind`.

    `pixels` False leaves picture data undecoded, for use while a drag only hovers."""
    named = web_drag.addresses(mime)
    files = list(dict.fromkeys([*_files(named), *_paths(mime.text())]))
    if any(looks_like(path, kind) for path in files):
        return Dropped(files=tuple(files))  # the others among them are named by whoever takes the files
    said = refusal(files, kind) if files else ""
    if kind not in _SEEN_AS_PIXELS:
        return _address(mime, named, said, kind)
    kinds = [name for name in mime.formats() if name.startswith("image/")]
    if mime.hasImage() or kinds:
        image = _image(mime, kinds) if pixels else QImage()
        if not (pixels and image.isNull()):
            return Dropped(image=image)
        said = said or _NO_PIXELS
    return _from_web(mime, named, said, pixels=pixels)


def _address(mime: QMimeData, named: Sequence[str], said: str, kind: Kind) -> Dropped | None:
    """An address that names a file of `kind` before any other, since only its answer tells what it is."""
    from oelala_desktop.ui.widgets.web_piece import pictures_of

    piece = web_drag.text_of(mime, "text/html")
    links = [*named, *pictures_of(piece, next(filter(_is_web, named), ""))[1]]
    web = [address for address in dict.fromkeys(links) if _is_web(address)]
    best = next((address for address in web if _is_of(address, kind)), next(iter(web), ""))
    if best:
        return Dropped(url=best)
    if mime.hasImage() and not said:
        said = f"This is a picture. A {kind.word} is needed here."
    said = said or next((_elsewhere(address, kind) for address in named if not address.startswith("file:")), "")
    return Dropped(refusal=said) if said else None


def _image(mime: QMimeData, kinds: Sequence[str]) -> QImage:
    """Null where none of the kinds can be read."""
    given = mime.imageData() if mime.hasImage() else None
    if isinstance(given, QImage) and not given.isNull():
        return given
    made = (QImage.fromData(mime.data(kind)) for kind in kinds)
    return next((image for image in made if not image.isNull()), QImage())


def _from_web(mime: QMimeData, named: list[str], said: str, *, pixels: bool) -> Dropped | None:
    """The picture of a search result or a link before the one that a page shows small; `said` is why what was found
    before is of no use."""
    from oelala_desktop.ui.widgets.web_piece import pictures_of

    page = next((address for address in named if _is_web(address)), "")
    piece = web_drag.text_of(mime, "text/html")
    shown, links = pictures_of(piece, page)
    targets = [*named, *links]
    large = [*filter(None, map(web_drag.named_picture, targets)), *(a for a in targets if _is_of(a, PICTURE))]
    for address in (*large, *shown, *named):
        if _is_web(address):
            return Dropped(url=address)
        if address.startswith("data:"):
            content = web_drag.data_of(address) if pixels else b""
            image = QImage.fromData(content)
            if not pixels or not image.isNull():
                return Dropped(image=image)
            said = said or _NO_PIXELS
    said = said or next((_elsewhere(address) for address in named if not address.startswith(("data:", "file:"))), "")
    said = said or (_NO_PIXELS if "<img" in piece.lower() else "")
    return Dropped(refusal=said) if said else None


def _files(named: Sequence[str]) -> Iterator[Path]:
    from PySide6.QtCore import QUrl

    for address in named:
        url = QUrl(address)
        if not url.isLocalFile():
            continue
        if url.host() and _is_here(url.host().casefold()):
            url.setHost("")
        yield Path(url.toLocalFile())


def _is_here(host: str) -> bool:
    import socket  # few drags name a machine at all

    return host in (*_HERE, socket.gethostname().casefold())


def _paths(text: str) -> Iterator[Path]:
    """Lines that are paths of pictures or videos, if no line is anything else."""
    lines = [line.strip().strip("\"'") for line in text.splitlines() if line.strip()]
    # terminals put a backslash before a blank
    lines = [line.replace("\\ ", " ") if line.startswith(("/", "~/")) else line for line in lines]
    paths = [
        Path(line).expanduser() if line.startswith("~/") else Path(line) for line in lines if re.match(_PATH, line)
    ]
    if len(paths) == len(lines) and all(path.suffix and _is_media(path) for path in paths):
        yield from paths


def _is_media(path: Path) -> bool:
    return path.suffix.casefold() in _OTHERS or any(looks_like(path, kind) for kind in KINDS)


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def kind_of_address(address: str) -> Kind:
    """By the name of what lies there; a picture where that says nothing."""
    return next((kind for kind in KINDS if _is_of(address, kind)), PICTURE)


def _is_of(address: str, kind: Kind) -> bool:
    name = Path(web_drag.path_of(address)).name if _is_web(address) else ""
    return bool(Path(name).suffix) and looks_like(Path(name), kind)


def _elsewhere(address: str, kind: Kind = PICTURE) -> str:
    scheme, host, word = urlsplit(address).scheme, urlsplit(address).netloc, kind.word
    if scheme in ("smb", "nfs", "sftp", "ftp", "ftps", "dav", "davs", "afp", "mtp", "gphoto2", "ssh"):
        return f"{host or address[:60]} is another machine or device. Copy the {word} here first, and drop the copy."
    return f"A {word} cannot be taken from an address that starts with {scheme}:. Save it as a file, and drop that."


def is_text(mime: QMimeData) -> bool:
    """Whether a field for text may take it. Files and pixels are no text, though a path or a name comes with them."""
    if any(url.isLocalFile() or url.scheme() == "data" for url in mime.urls()):
        return False
    return not mime.text().startswith("data:image/") and (mime.hasText() or not mime.hasImage())


def only_json(mime: QMimeData) -> bool:
    """Whether the drag holds nothing but JSON files: workflows and settings belong to the window, not to a picture
    field."""
    urls = mime.urls()
    return bool(urls) and all(url.isLocalFile() and url.toLocalFile().casefold().endswith(".json") for url in urls)
