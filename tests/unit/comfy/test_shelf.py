"""Servers that answer oddly when they are asked for templates and workflows."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import pytest

from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.comfy.shelf import Shelf, read_replacements
from oelala_desktop.domain.address import parse_address
from oelala_desktop.domain.errors import EngineAnswer, EngineError, EngineUnreachable
from oelala_desktop.domain.template import Template
from tests.contract.answering import answering, http

Make = Callable[..., Shelf]
ONE = Template("one", "One")
PAGE = b"<!doctype html><title>Hello</title>"
SIGN_IN = b"<html><form>Sign in <input type='password'></form></html>"
ODD = (
    http("200 OK", PAGE, "text/html"),
    http("200 OK", b""),
    http("200 OK", b"null"),
    http("200 OK", b"[[[[" * 30_000),
    http("200 OK", b'"\xed\xa0\x80"'),
    http("204 No Content"),
    http("302 Found"),
    http("404 Not Found", PAGE, "text/html"),
    http("500 Internal Server Error", b"{}"),
)


@pytest.fixture
async def shelf_of() -> AsyncIterator[Make]:
    """What a server has on its shelf that gives one answer to everything but some places."""
    async with AsyncExitStack() as clients:
        with ExitStack() as servers:

            def make(answer: bytes, places: Mapping[str, bytes] | None = None) -> Shelf:
                url = servers.enter_context(answering(answer, places))
                client = ComfyClient(parse_address(url), uuid.uuid4().hex)
                clients.push_async_callback(client.close)
                return Shelf(client)

            yield make
            await clients.aclose()


def said(value: Any) -> bytes:
    return http("200 OK", json.dumps(value).encode())


@pytest.mark.parametrize("answer", ODD)
async def test_an_odd_answer_is_an_error_of_the_engine_and_no_other(shelf_of: Make, answer: bytes) -> None:
    shelf = shelf_of(answer)
    for ask in (shelf.templates(), shelf.workflow("one"), shelf.saved_workflow("one.json")):
        with pytest.raises(EngineError):
            await ask


@pytest.mark.parametrize("answer", ODD)
async def test_no_replacements_are_no_error(shelf_of: Make, answer: bytes) -> None:
    assert not isinstance(await read_replacements(shelf_of(answer)._client), dict)


async def test_a_page_to_sign_in_on_is_told_as_one(shelf_of: Make) -> None:
    with pytest.raises(EngineUnreachable) as told:
        await shelf_of(http("200 OK", SIGN_IN, "text/html")).templates()
    assert told.value.kind == "sign_in"


async def test_an_answer_without_end_is_given_up(shelf_of: Make) -> None:
    shelf = shelf_of(said({"nodes": ["x" * (17 * 2**20)], "links": []}))
    with pytest.raises(EngineAnswer, match="larger than 16 MiB"):
        await shelf.workflow("one")
    with pytest.raises(EngineAnswer, match="larger than 24 MiB"):
        await shelf_of(http("200 OK", b"x" * (25 * 2**20), "image/webp")).picture(ONE, 1)


@pytest.mark.parametrize("content", [5, "x", [1], None, True])
async def test_a_workflow_is_an_object(shelf_of: Make, content: Any) -> None:
    with pytest.raises(EngineAnswer):
        await shelf_of(said(content)).workflow("one")


async def test_saved_workflows_with_odd_paths_are_left_out(shelf_of: Make) -> None:
    rows = ["b.json", "a/c.json", "win\\dows.json", "../x.json", "/x.json", "a//b.json", "x.txt", "‮.json", "", 5, None]
    assert await shelf_of(said([*rows, "x" * 600 + ".json"])).saved() == ("a/c.json", "b.json", "win/dows.json")
    assert await shelf_of(said({"a.json": 1})).saved() == ()
    assert await shelf_of(http("404 Not Found")).saved() == ()


async def test_a_server_that_has_every_name_already_is_not_asked_for_ever(shelf_of: Make) -> None:
    with pytest.raises(EngineAnswer, match="no place"):
        await shelf_of(http("409 Conflict")).save("oelala_one", {})


@pytest.mark.parametrize("odd", [2**70, "\ud800", float("nan")])
async def test_whatever_a_file_held_can_be_saved(shelf_of: Make, odd: Any) -> None:
    assert await shelf_of(http("200 OK")).save("oelala_one", {"nodes": [odd]}) == "oelala_one.json"


async def test_a_server_that_keeps_nothing_says_so(shelf_of: Make) -> None:
    with pytest.raises(EngineAnswer, match="does not keep"):
        await shelf_of(http("400 Bad Request")).save("oelala_one", {})


async def test_only_pictures_that_there_are_are_asked_for(shelf_of: Make) -> None:
    shelf = shelf_of(http("200 OK", b"RIFF", "image/webp"))
    assert await shelf.picture(ONE, 1) == b"RIFF"
    for number in (0, 2, -1):
        with pytest.raises(EngineAnswer):
            await shelf.picture(ONE, number)


NONE = http("404 Not Found")
STATS = {"system": {"comfyui_version": "0.3.50", "installed_templates_version": "0.1.50"}}


async def test_an_older_server_has_those_of_its_packs_alone(shelf_of: Make) -> None:
    places = {
        "/workflow_templates": said({"a_pack": ["First one"]}),
        "/system_stats": said(STATS),
        "/api/workflow_templates/a_pack/First%20one.json": said({"nodes": [], "links": []}),
        "/api/workflow_templates/a_pack/First%20one.jpg": http("200 OK", b"jpeg", "image/jpeg"),
    }
    shelf = shelf_of(NONE, places)
    found = await shelf.templates()
    (template,) = found.templates
    assert (template.name, found.mark) == ("a_pack:First one", "0.3.50 0.1.50")
    assert await shelf.workflow(template.name) == {"nodes": [], "links": []}
    assert await shelf.picture(template, 1) == b"jpeg"


async def test_a_server_whose_packs_are_not_told_has_its_own(shelf_of: Make) -> None:
    index = [{"title": "Video", "templates": [{"name": "one", "mediaSubtype": "webp"}]}]
    places = {
        "/templates/index.json": said(index),
        "/workflow_templates": http("200 OK", PAGE, "text/html"),
        "/system_stats": said(STATS),
        "/templates/one.json": said({"nodes": [], "links": []}),
        "/templates/one-1.webp": http("200 OK", b"webp", "image/webp"),
    }
    shelf = shelf_of(NONE, places)
    (template,) = (await shelf.templates()).templates
    assert template.output == "video"
    assert await shelf.workflow("one") == {"nodes": [], "links": []}
    assert await shelf.picture(template, 1) == b"webp"
