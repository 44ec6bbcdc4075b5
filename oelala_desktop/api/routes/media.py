"""Pictures and videos: the listing, the files, the thumbnails."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.routing import APIRoute
from starlette.responses import Response

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.file_answer import FileAnswer
from oelala_desktop.api.page_cache import PageCache
from oelala_desktop.api.safe_open import open_known, open_media
from oelala_desktop.api.schemas import MediaListing
from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.media import MediaItem, MediaQuery

_Answers = dict[int | str, dict[str, Any]]
_FILE: _Answers = {
    200: {
        "description": "The file.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/*", "video/*")},
    },
    206: {
        "description": "The part that was asked for.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/*", "video/*")},
    },
    304: {"description": "The client has it already."},
    416: {"description": "The file has nothing there."},
}
_THUMBNAIL: _Answers = {
    200: {"description": "JPEG.", "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "The client has it already."},
}
#: characters; the longest of ours holds a name of 255 digits and letters by turns, each number written with 12 digits
_CURSOR = 8000
#: characters of one text in the listing; /extract-metadata has all of it
_MOST_TEXT = 20_000
MediaId = Annotated[int, InPath(ge=1, le=2**63 - 1, description="As in the `url` of the listing.")]


def router(context: Context) -> APIRouter:
    routes = routes_about("media")
    _listing(routes, context)
    _files(routes, context)
    return routes


def _listing(routes: APIRouter, context: Context) -> None:
    async def list_media(
        type: Annotated[Literal["video", "image", "all"], Query(description="Only these.")] = "all",
        include_metadata: Annotated[bool, Query(description="With what made each; {} where nothing tells.")] = False,
        hide_start_images: Annotated[
            bool, Query(description="Without the pictures that videos were made from.")
        ] = False,
        sort: Annotated[
            Literal["date", "name", "size", "duration", "favorites"],
            Query(description="Newest, largest, longest first; names from A to Z."),
        ] = "date",
        order: Annotated[Literal["asc", "desc"] | None, Query(description="The other direction.")] = None,
        q: Annotated[str, Query(max_length=1000, description="Words in the prompt or the name.")] = "",
        favorites: Annotated[bool | None, Query(description="Only favourites, or only the others.")] = None,
        cursor: Annotated[str | None, Query(max_length=_CURSOR, description="`next_cursor` of the last page.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 200,
    ) -> JsonAnswer:
        query = MediaQuery(
            kind=None if type == "all" else type,
            text=q,
            favorite=favorites,
            hide_start_images=hide_start_images,
            sort=sort,
            descending=(order == "desc") if order else sort != "name",
            cursor=cursor,
            limit=limit,
        )
        return JsonAnswer(await _page(context, query, include_metadata))

    routes.add_api_route(
        "/list-comfyui-media",
        list_media,
        response_model=MediaListing,
        responses=errors(422),
        summary="All media, page by page",
        route_class_override=_kept_for_a_moment(PageCache(context.services.bus)),
    )


def _kept_for_a_moment(pages: PageCache) -> type[APIRoute]:
    """A route that looks for the whole query among the pages just made, before it is even understood."""

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def content(request: Request) -> bytes:
                return bytes((await handler(request)).body)

            async def kept(request: Request) -> Response:
                return JsonAnswer(await pages.get(request.scope["query_string"], lambda: content(request)))

            return kept

    return Route


async def _page(context: Context, query: MediaQuery, include_metadata: bool) -> bytes:
    library = context.services.library
    page = await library.page(query)
    stats = await library.stats()
    rows = [_row(item) for item in page.items]
    if include_metadata:
        infos = await library.infos([item.id for item in page.items])
        for row, item in zip(rows, page.items, strict=True):
            info = infos.get(item.id)
            row["metadata"] = _shortened(info.as_dict()) if info and info.source else {}
    shown = {"videos": stats.videos, "images": stats.images}
    return orjson.dumps({"media": rows, "stats": shown, "next_cursor": page.next_cursor})


def _shortened(texts: dict[str, Any]) -> dict[str, Any]:
    """Hostile files bear prompts of megabytes, and a page has up to a thousand of them."""
    return {key: text[:_MOST_TEXT] if isinstance(text, str) else text for key, text in texts.items()}


def _row(item: MediaItem) -> dict[str, Any]:
    return {
        "filename": item.name,
        "type": item.kind,
        "size": item.size,
        "mtime": item.modified,
        "modified": datetime.fromtimestamp(item.modified, UTC).isoformat(timespec="seconds"),
        "url": f"/media/{item.id}",
        "thumbnail_url": f"/thumbnails/{item.id}",
        "is_start_image": item.is_start_image,
        "favorite": item.favorite,
        "has_sound": item.has_sound,
    }


def _files(routes: APIRouter, context: Context) -> None:
    paths = context.services.paths

    async def output_file(
        filename: Annotated[str, InPath(description="A file that lies directly in the output folder.")],
        request: Request,
    ) -> Response:
        # not what the route's pattern took, which overlooks a line feed at the end
        name = request.scope["path"].removeprefix("/comfyui-output/")
        return FileAnswer(await asyncio.to_thread(open_media, paths.output, name), request)

    async def media_file(media_id: MediaId, request: Request) -> Response:
        path = Path((await context.services.library.get(media_id)).path)
        return FileAnswer(await asyncio.to_thread(open_known, path), request)

    async def thumbnail(
        media_id: MediaId,
        request: Request,
        size: Annotated[int, Query(ge=16, le=1024, description="Pixels of the longer side.")] = 256,
    ) -> Response:
        content = await context.services.library.thumbnail(media_id, size)
        if content is None:
            raise NotFound("There is no thumbnail of it.")
        tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(None, 304, headers)
        return Response(content, 200, headers, "image/jpeg")

    for method in ("GET", "HEAD"):
        for path, endpoint, answers in (
            ("/comfyui-output/{filename:path}", output_file, {**_FILE, **errors(404)}),
            ("/media/{media_id}", media_file, {**_FILE, **errors(404, 422)}),
            ("/thumbnails/{media_id}", thumbnail, {**_THUMBNAIL, **errors(404, 422)}),
        ):
            routes.add_api_route(
                path,
                endpoint,
                methods=[method],
                name=endpoint.__name__ + ("_head" if method == "HEAD" else ""),
                response_class=Response,
                responses=answers,
                summary={"output_file": "A result by name", "media_file": "A file"}.get(
                    endpoint.__name__, "A thumbnail"
                ),
            )
