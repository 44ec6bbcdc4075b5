"""Files in: `/upload/image`, which takes any kind of file, and `/upload/mask`."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO

from anyio import to_thread
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes.loading import readable_formats
from oelala_desktop.sketch.routes.replies import empty, engine_of, json_reply
from oelala_desktop.sketch.routes.view import CHUNK, locate

Fields = dict[str, str]
#: two uploads at once must not find the same name free
_NAMING = threading.Lock()


async def upload_image(request: Request) -> Response:
    """Store a file in the input folder (or `type`'s); a clash with other content gets a new name."""
    return await _upload(request, lambda folders, file, fields: file)


async def upload_mask(request: Request) -> Response:
    """Store a copy of the picture that `original_ref` names, with the transparency of the one that is sent."""
    return await _upload(request, _masked)


async def _upload(request: Request, content: Callable[[Folders, BinaryIO, Fields], BinaryIO | None]) -> Response:
    """Store what `content` makes of the file that was sent."""
    async with request.form(max_files=10, max_fields=20) as form:
        image = form.get("image")
        if not isinstance(image, UploadFile) or not image.filename:
            return empty(400)
        fields = {key: value for key, value in form.items() if isinstance(value, str)}
        sent = (engine_of(request).folders, image.file, fields)
        return await to_thread.run_sync(_store, *sent, image.filename, partial(content, *sent))


def _masked(folders: Folders, sent: BinaryIO, fields: Fields) -> BinaryIO | None:
    """A PNG of the original with its text and the sent picture's transparency; None where there is no original.

    Fails on what is no picture and on another size, as a real server does.
    """
    named = json.loads(fields["original_ref"])
    path = locate(folders, {key: str(value) for key, value in named.items()})
    if isinstance(path, int):
        return None
    with Image.open(path, formats=readable_formats()) as original, Image.open(sent, formats=readable_formats()) as mask:
        text = PngInfo()
        for key, value in getattr(original, "text", {}).items():
            text.add_text(key, value)
        made = original.convert("RGBA")
        made.putalpha(mask.convert("RGBA").getchannel("A"))
    out = io.BytesIO()
    made.save(out, "PNG", compress_level=4, pnginfo=text)
    return out


def _store(
    folders: Folders, file: BinaryIO, fields: Fields, filename: str, content: Callable[[], BinaryIO | None]
) -> Response:
    """Keep `content` as `filename`, with a number behind it where another file than the one sent has that name."""
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
        written = content()
        if written is not None:
            with part.open("wb") as out:
                written.seek(0)
                shutil.copyfileobj(written, out, CHUNK)
        with _NAMING:
            if fields.get("overwrite") not in ("true", "1"):
                target = _free(target, file)
            if written is not None:
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


ROUTES = [
    Route("/upload/image", upload_image, methods=["POST"]),
    Route("/upload/mask", upload_mask, methods=["POST"]),
]
