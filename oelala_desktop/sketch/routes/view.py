"""Files out: `/view`."""

from __future__ import annotations

import io
import mimetypes
import os
import re
from pathlib import Path, PurePath
from typing import Any

from PIL import Image
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes.loading import readable_formats
from oelala_desktop.sketch.routes.replies import empty, engine_of

#: bytes sent at a time: small chunks make a local download several times slower
CHUNK = 1024 * 1024
UNSAFE = frozenset({"text/html", "text/html-sandboxed", "application/xhtml+xml", "text/javascript", "text/css"})


class _File(FileResponse):
    chunk_size = CHUNK


def view(request: Request) -> Response:
    """One file of a folder: whole, by range, re-encoded as a preview, or one channel of it."""
    query = request.query_params
    path = locate(engine_of(request).folders, dict(query))
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


def locate(folders: Folders, query: dict[str, str]) -> Path | int:
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
    Route("/view", view, methods=["GET"]),
]
