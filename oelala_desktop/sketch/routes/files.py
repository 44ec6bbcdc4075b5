"""Files in and out: `/upload/image` and `/view`."""

import io
import itertools
import mimetypes
import os
import re
import shutil
import threading
import uuid
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from anyio import to_thread
from PIL import Image
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes.loading import readable_formats
from oelala_desktop.sketch.routes.replies import empty, engine_of, json_reply

CHUNK = 1024 * 1024
"""Bytes sent at a time: small chunks make a local download several times slower."""
_NAMING = threading.Lock()
"""Two uploads at once must not find the same name free."""
UNSAFE = frozenset({"text/html", "text/html-sandboxed", "application/xhtml+xml", "text/javascript", "text/css"})


class _File(FileResponse):
    chunk_size = CHUNK


async def upload_image(request: Request) -> Response:
    """Store a file in the input folder (or `type`'s); a clash with other content gets a new name."""
    async with request.form(max_files=10, max_fields=20) as form:
        image = form.get("image")
        if not isinstance(image, UploadFile) or not image.filename:
            return empty(400)
        fields = {key: value for key, value in form.items() if isinstance(value, str)}
        return await to_thread.run_sync(_store, engine_of(request).folders, image.file, image.filename, fields)


def _store(folders: Folders, file: BinaryIO, filename: str, fields: dict[str, str]) -> Response:
    kind = fields.get("type", "input")
    root = folders.by_kind(kind)
    if root is None:
        # A real server fails on a folder it does not know; its clients are used to 500 here.
        raise ValueError(f"There is no folder of type {kind}.")
    subfolder = fields.get("subfolder", "")
    folder = Path(os.path.normpath(root / os.path.normpath(subfolder)))
    target = Path(os.path.normpath(folder / filename))
    if not target.is_relative_to(root) or target == root:
        return empty(400)
    # a folder in the name itself must be there; a real server fails on one that is not
    folder.mkdir(parents=True, exist_ok=True)
    # Written aside first: a loader must never see half a file.
    part = folder / f".{uuid.uuid4().hex}.part"
    try:
        with part.open("wb") as out:
            file.seek(0)
            shutil.copyfileobj(file, out, CHUNK)
        with _NAMING:
            if fields.get("overwrite") not in ("true", "1"):
                target = _free(target, file)
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return json_reply({"name": _named(filename, target), "subfolder": subfolder, "type": kind})


def _free(target: Path, file: BinaryIO) -> Path:
    """`target`, or with a number behind its name where another file has that."""
    names = itertools.chain([target.name], (f"{target.stem} ({n}){target.suffix}" for n in itertools.count(1)))
    found = (target.with_name(name) for name in names)
    return next(path for path in found if not path.exists() or _same(path, file))


def _named(filename: str, target: Path) -> str:
    """As it was asked for, folders in it and all."""
    return filename[: len(filename) - len(PurePath(filename).name)] + target.name


def _same(path: Path, file: BinaryIO) -> bool:
    file.seek(0)
    with path.open("rb") as have:
        while True:
            one, other = have.read(CHUNK), file.read(CHUNK)
            if one != other:
                return False
            if not one:
                return True


def view(request: Request) -> Response:
    """One file of a folder: whole, by range, re-encoded as a preview, or one channel of it."""
    query = request.query_params
    path = _locate(engine_of(request).folders, dict(query))
    if isinstance(path, int):
        return empty(path)
    headers = {"Content-Disposition": f'filename="{_header_safe(path.name)}"'}
    if "preview" in query:
        return _preview(path, query["preview"], query.get("channel", ""), headers)
    if query.get("channel") in ("rgb", "a"):
        return _channel(path, query["channel"], headers)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = "application/octet-stream" if kind in UNSAFE else kind
    stat = path.stat()
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    headers["ETag"] = etag
    if etag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers, media_type=kind)
    if not _is_one_range(request.headers.get("Range", "bytes=0-")):
        headers["Content-Range"] = f"bytes */{stat.st_size}"
        return Response(status_code=416, headers=headers, media_type=kind)
    return _File(path, headers=headers, media_type=kind, stat_result=stat)


def _is_one_range(wanted: str) -> bool:
    """Whether one stretch of bytes is asked for, from its first to its last; a real server takes nothing else."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
    if match is None or not any(match.groups()):
        return False
    first, last = match.groups()
    return not (first and last) or int(first) <= int(last)


def _locate(folders: Folders, query: dict[str, str]) -> Path | int:
    """The file that a query names, or the status that refuses it."""
    if "filename" not in query:
        return 404
    name, root = folders.annotated(query["filename"])
    if not name or name.startswith("/") or ".." in name or "\0" in name:
        return 400
    root = root or folders.by_kind(query.get("type", "output"))
    if root is None:
        return 400
    subfolder = query.get("subfolder", "")
    folder = Path(os.path.normpath(root / subfolder)) if "\0" not in subfolder else root.parent
    if not folder.is_relative_to(root):
        return 403
    path = folder / PurePath(name).name
    return path if path.is_file() else 404


def _header_safe(name: str) -> str:
    """A file name that may stand in a header: quotes, control characters and all beyond Latin-1 replaced."""
    return "".join(c if c.isprintable() and ord(c) < 256 and c != '"' else "_" for c in name)


def _preview(path: Path, wanted: str, channel: str, headers: dict[str, str]) -> Response:
    """`webp;90` or `jpeg;50`: the picture re-encoded. Fails on what is no picture, as a real server does."""
    kind, *rest = wanted.split(";")
    if kind not in ("webp", "jpeg") or "a" in channel:
        kind = "webp"
    quality = int(rest[-1]) if rest and rest[-1].isdigit() else 90
    with Image.open(path, formats=readable_formats()) as image:
        shown: Image.Image = image
        if kind == "jpeg" or channel == "rgb":
            shown = image.convert("RGB")
        return _encoded(shown, kind, headers, quality=min(quality, 100))


def _channel(path: Path, channel: str, headers: dict[str, str]) -> Response:
    with Image.open(path, formats=readable_formats()) as image:
        if channel == "rgb":
            return _encoded(image.convert("RGB"), "png", headers)
        shown = Image.new("RGBA", image.size)
        shown.putalpha(image.convert("RGBA").getchannel("A"))
        return _encoded(shown, "png", headers)


def _encoded(image: Image.Image, kind: str, headers: dict[str, str], **options: Any) -> Response:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return Response(buffer.getvalue(), headers=headers, media_type=f"image/{kind}")


ROUTES = [
    Route("/upload/image", upload_image, methods=["POST"]),
    Route("/view", view, methods=["GET"]),
]
