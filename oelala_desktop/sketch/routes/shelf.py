"""What lies there for users of an editor: templates, workflows that they saved, and which nodes stand for others."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from oelala_desktop.sketch import templates
from oelala_desktop.sketch.routes.replies import empty, engine_of, json_reply

_PICTURE = re.compile(r"(.+)-(\d)\.webp")

#: a class by its old name, as clients that keep a workflow may still call it
REPLACEMENTS: dict[str, Any] = {
    "SketchTitle": [
        {
            "new_node_id": "SketchTitleCard",
            "old_node_id": "SketchTitle",
            "old_widget_ids": ["title", "seed"],
            "input_mapping": [
                {"new_id": "text", "old_id": "title"},
                {"new_id": "seed", "old_id": "seed"},
                {"new_id": "width", "set_value": 832},
                {"new_id": "height", "set_value": 480},
            ],
            "output_mapping": [{"new_idx": 0, "old_idx": 0}],
        }
    ]
}


def template(request: Request) -> Response:
    """The list, a workflow or a picture, by the name of its file."""
    name = request.path_params["file"]
    if name == "index.json":
        return json_reply(templates.index())
    found = _PICTURE.fullmatch(name)
    if found is not None:
        image = templates.picture(found[1], int(found[2]))
        return empty(404) if image is None else Response(image, media_type="image/webp")
    workflow = templates.workflow(name.removesuffix(".json")) if name.endswith(".json") else None
    return empty(404) if workflow is None else json_reply(workflow)


def pack_templates(request: Request) -> Response:
    """There are no packs here."""
    return json_reply({})


def node_replacements(request: Request) -> Response:
    return json_reply(REPLACEMENTS)


def list_userdata(request: Request) -> Response:
    query = request.query_params
    if not query.get("dir"):
        return empty(400)
    root = _user_path(request, query["dir"])
    if root is None:
        return empty(403)
    if not root.is_dir():
        return empty(404)
    found = root.rglob("*") if query.get("recurse", "").lower() == "true" else root.iterdir()
    return json_reply(sorted(path.relative_to(root).as_posix() for path in found if path.is_file()))


def get_userdata(request: Request) -> Response:
    path = _asked(request)
    if isinstance(path, int):
        return empty(path)
    if not path.is_file():
        return empty(404)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
    kind = "application/json" if path.suffix == ".json" else "application/octet-stream"
    return FileResponse(path, headers=headers, media_type=kind)


async def post_userdata(request: Request) -> Response:
    path = _asked(request)
    if isinstance(path, int):
        return empty(path)
    body = await request.body()
    overwrite = request.query_params.get("overwrite", "true") != "false"
    try:
        is_stored = await to_thread.run_sync(_store, path, body, overwrite)
    except OSError:
        return empty(400)  # a folder lies there, or a file where a folder should
    if not is_stored:
        return Response("File already exists", 409)
    return json_reply(path.relative_to(engine_of(request).folders.user).as_posix())


def _store(path: Path, body: bytes, overwrite: bool) -> bool:
    """False if something lies there that is to stay."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        part.write_bytes(body)
        if overwrite:
            part.replace(path)
            return True
        try:
            os.link(part, path)  # in one step, and only where nothing is
        except FileExistsError:
            return False
        return True
    finally:
        part.unlink(missing_ok=True)


def _asked(request: Request) -> Path | int:
    """The file that a request names in one component of its path, or the status that refuses it."""
    raw = bytes(request.scope.get("raw_path") or b"")
    if b"/" in raw.partition(b"/userdata/")[2]:
        return 404
    path = _user_path(request, request.path_params["file"])
    return 403 if path is None else path


def _user_path(request: Request, name: str) -> Path | None:
    """None where it leads out of the users' folder."""
    root = engine_of(request).folders.user
    if "\0" in name or "\\" in name:
        return None
    path = Path(os.path.normpath(root / name))
    return path if path.is_relative_to(root) and path != root else None


ROUTES = [
    Route("/templates/{file}", template, methods=["GET"]),
    Route("/workflow_templates", pack_templates, methods=["GET"]),
    Route("/node_replacements", node_replacements, methods=["GET"]),
    Route("/userdata", list_userdata, methods=["GET"]),
    Route("/userdata/{file:path}", get_userdata, methods=["GET"]),
    Route("/userdata/{file:path}", post_userdata, methods=["POST"]),
]
