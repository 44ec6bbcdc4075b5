"""What a server has for users of an editor: templates, workflows that they saved, and nodes in place of others."""

from __future__ import annotations

import io
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from oelala_desktop.comfy.engine import ComfyEngine
from oelala_desktop.domain.address import Address, parse_address
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.editor.document import is_document
from oelala_desktop.domain.errors import EngineAnswer
from oelala_desktop.domain.template import TemplateList
from oelala_desktop.domain.workflow import read_workflow
from tests.contract.workbench import Workbench


@pytest.fixture
async def port(url: str) -> AsyncIterator[ComfyEngine]:
    async def locate() -> Address:
        return parse_address(url)

    engine = ComfyEngine(locate)
    await engine.reach()
    yield engine
    await engine.close()


@pytest.fixture
async def shelf(port: ComfyEngine) -> TemplateList:
    try:
        return await port.templates()
    except EngineAnswer as error:
        pytest.skip(f"this server has none: {error}")


async def catalog_of(port: ComfyEngine) -> Catalog:
    lists = await port.lists()
    assert isinstance(lists, Catalog)
    return lists


async def test_the_list_tells_of_each_what_a_page_shows(shelf: TemplateList) -> None:
    assert shelf.templates and shelf.mark
    assert len({template.name for template in shelf.templates}) == len(shelf.templates)
    assert all(
        template.title and template.output in ("video", "image", "audio", "3d", "") for template in shelf.templates
    )
    assert any(template.output == "video" and template.is_open for template in shelf.templates)
    assert any(not template.is_open for template in shelf.templates)


async def test_a_template_is_a_workflow_of_the_editor_and_becomes_a_graph(
    port: ComfyEngine, shelf: TemplateList
) -> None:
    catalog = await catalog_of(port)
    template = next(one for one in shelf.templates if one.is_open)
    content = await port.template(template.name)
    assert is_document(content)
    flow = read_workflow(content, catalog)
    assert flow.graph and flow.document is not None


async def test_a_picture_of_a_template_can_be_opened(port: ComfyEngine, shelf: TemplateList) -> None:
    template = next(one for one in shelf.templates if one.pictures)
    for number in range(1, template.pictures + 1):
        with Image.open(io.BytesIO(await port.template_picture(template, number))) as image:
            assert image.width > 0
    with pytest.raises(EngineAnswer):
        await port.template_picture(template, template.pictures + 1)


@pytest.mark.parametrize("name", ["no_such_template", "../system_stats", "a/b", "..", "", "no_pack:none"])
async def test_what_is_no_template_is_not_asked_out_of_its_place(port: ComfyEngine, name: str) -> None:
    with pytest.raises(EngineAnswer) as told:
        await port.template(name)
    assert told.value.status == 404


async def test_templates_without_a_model_run(bench: Workbench, port: ComfyEngine, is_sketch: bool, start: str) -> None:
    if not is_sketch:
        pytest.skip("those of a real server need models")
    catalog = await catalog_of(port)
    for name in ("sketch_text_to_video", "sketch_image_to_video", "sketch_scene_in_a_subgraph", "sketch_missing_model"):
        graph = read_workflow(await port.template(name), catalog).graph
        for node in graph.values():
            if node["class_type"] == "LoadImage":
                node["inputs"]["image"] = start
            if "filename_prefix" in node["inputs"]:
                node["inputs"]["filename_prefix"] = f"oelala/test_{uuid.uuid4().hex}"
        assert await bench.files(graph)


async def test_a_workflow_is_saved_listed_and_read_again(port: ComfyEngine) -> None:
    name, content = f"oelala_test_{uuid.uuid4().hex}", {"nodes": [], "links": [], "note": "żółw"}
    path = await port.save_workflow(name, content)
    assert path == f"{name}.json"
    assert path in await port.saved_workflows()
    assert await port.saved_workflow(path) == content


async def test_what_is_saved_under_a_name_stays(port: ComfyEngine) -> None:
    name = f"oelala_test_{uuid.uuid4().hex}"
    first = await port.save_workflow(name, {"nodes": [], "links": [], "which": 1})
    second = await port.save_workflow(name, {"nodes": [], "links": [], "which": 2})
    assert second == f"{name}_2.json"
    assert (await port.saved_workflow(first))["which"] == 1


@pytest.mark.parametrize("path", ["../x.json", "/etc/x.json", "a/../../x.json", "x", "a//x.json", "no_such.json"])
async def test_no_saved_workflow_is_read_out_of_its_place(port: ComfyEngine, path: str) -> None:
    with pytest.raises(EngineAnswer) as told:
        await port.saved_workflow(path)
    assert told.value.status == 404


async def test_the_wire_of_userdata(raw: httpx.AsyncClient) -> None:
    name = f"oelala_test_{uuid.uuid4().hex}.json"
    place = f"/userdata/workflows%2F{name}"
    assert (await raw.get(place)).status_code == 404
    answer = await raw.post(f"{place}?overwrite=false", content=b'{"a": 1}')
    assert answer.status_code == 200
    assert answer.json().replace("\\", "/") == f"workflows/{name}"
    assert (await raw.post(f"{place}?overwrite=false", content=b"{}")).status_code == 409
    assert (await raw.get(place)).json() == {"a": 1}
    assert (await raw.post(place, content=b'{"a": 2}')).status_code == 200
    assert (await raw.get(f"/api{place}")).json() == {"a": 2}
    assert (await raw.get(f"/userdata/workflows/{name}")).status_code == 404
    assert (await raw.get("/userdata")).status_code == 400
    assert (await raw.get("/userdata?dir=no_such_folder_of_ours")).status_code in (200, 404)
    assert name in (await raw.get("/userdata?dir=workflows&recurse=true")).json()
    assert (await raw.post("/userdata/workflows", content=b"{}")).status_code == 400, "a folder lies there"


@pytest.mark.parametrize(
    "name", ["..%2Fx.json", "workflows%2F..%2F..%2Fx.json", "%2Fetc%2Fx.json", "..%2f..%2finput%2Fx"]
)
async def test_userdata_is_not_left(raw: httpx.AsyncClient, name: str, tmp_path: Path) -> None:
    answer = await raw.post(f"/userdata/{name}", content=b"{}")
    assert answer.status_code == 403
    assert (await raw.get(f"/userdata/{name}")).status_code == 403


async def test_nodes_that_stand_for_others_are_told_by_class(raw: httpx.AsyncClient, port: ComfyEngine) -> None:
    answer = await raw.get("/node_replacements")
    catalog = await catalog_of(port)
    if answer.status_code == 404:
        assert catalog.replacements == {}
        pytest.skip("this server has none")
    told = answer.json()
    assert all(row["new_node_id"] for rows in told.values() for row in rows)
    assert set(catalog.replacements) == set(told)


async def test_a_node_of_an_old_name_runs_under_its_new_one(
    bench: Workbench, port: ComfyEngine, is_sketch: bool
) -> None:
    if not is_sketch:
        pytest.skip("the class is Sketch's")
    catalog = await catalog_of(port)
    graph = {
        "1": {"class_type": "SketchTitle", "inputs": {"title": "Still here", "seed": 3}},
        "2": {
            "class_type": "SaveImage",
            "inputs": {"images": ["1", 0], "filename_prefix": f"oelala/test_{uuid.uuid4().hex}"},
        },
    }
    flow = read_workflow(graph, catalog)
    assert flow.lacking == ()
    assert flow.graph["1"]["inputs"] == {"text": "Still here", "seed": 3, "width": 832, "height": 480}
    assert await bench.files(flow.graph)
