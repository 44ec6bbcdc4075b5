"""Workflows of others on the command line: listed, read as graphs, made presets of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from oelala_desktop.cli.workflows import print_template
from oelala_desktop.domain.template import Template
from oelala_desktop.sketch import templates as sketch
from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes import CATALOG
from tests.cli.program import HARBOUR, ROOT, Program


def workflow(name: str) -> dict[str, Any]:
    found = sketch.workflow(name)
    assert found is not None
    return found


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    path = tmp_path / "slow_moves.json"
    path.write_text(json.dumps(workflow("sketch_image_to_video")))
    return path


@pytest.fixture(scope="session")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a Sketch says of its nodes, in a file."""
    base = tmp_path_factory.mktemp("nodes")
    (base / "input").mkdir()
    path = base / "object_info.json"
    path.write_text(json.dumps({name: node.describe(Folders(base)) for name, node in CATALOG.items()}))
    return path


def test_templates_are_listed_with_what_they_lack(oelala: Program) -> None:
    ran = oelala.run("templates", "--engine", "sketch")
    assert ran.code == 0, ran
    assert [line.split()[:2] for line in ran.out.splitlines() if line[0] != " "] == [
        ["✓", "sketch_text_to_video"],
        ["✓", "sketch_image_to_video"],
        ["✓", "sketch_scene_in_a_subgraph"],
        ["·", "sketch_missing_model"],
        ["·", "api_sketch_example"],
    ]
    assert "    lacks sketch_camera_style.safetensors in loras: https://example.com/" in ran.out
    assert "    lacks the node ExamplePaidVideoNode" in ran.out
    found = oelala.run("templates", "paid", "service", "--engine", "sketch", "--json")
    assert [(row["name"], row["open"], row["facts"]["ready"]) for row in found.lines] == [
        ("api_sketch_example", False, False)
    ]


def test_one_that_was_not_looked_at_is_not_shown_as_one_that_lacks_something(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_template(Template("a_b", "A B", output="video"), None)
    assert capsys.readouterr().out.split() == ["?", "a_b", "A", "B", "–", "video"]


def test_a_template_is_taken_and_a_film_made_of_it(fresh: Program) -> None:
    made = fresh.run("templates", "--add", "sketch_scene_in_a_subgraph", "--name", "Harbour", "--engine", "sketch")
    assert (made.code, made.out.strip()) == (0, "text-to-video.harbour"), made
    ran = fresh.run("generate", "text-to-video", "--preset", "harbour", "--engine", "sketch", "--json")
    assert ran.code == 0, ran
    assert ran.last["preset"] == "text-to-video.harbour" and ran.last["outputs"][0]["path"].endswith(".mp4")
    film = Path(ran.last["outputs"][0]["path"])
    again = fresh.run("presets", "--add", film, "--name", "Again", "--json")
    assert (again.code, again.last["id"]) == (0, "text-to-video.again"), again


def test_what_is_saved_on_the_server_is_listed_and_taken(fresh: Program) -> None:
    none = fresh.run("templates", "--saved", "none like it", "--engine", "sketch")
    assert (none.code, none.out, none.sentence) == (1, "", "No workflow of that kind is saved on Sketch.")
    url = json.loads((fresh.home / "sketch.json").read_text())["url"]
    content = json.dumps(workflow("sketch_image_to_video")).encode()
    put = httpx.post(f"{url}/userdata/workflows%2Fslow_moves.json", content=content)
    assert put.status_code == 200
    assert fresh.run("templates", "--saved", "moves", "--engine", "sketch").out == "slow_moves.json\n"
    made = fresh.run("templates", "--saved", "--add", "slow_moves", "--engine", "sketch")
    assert (made.code, made.out.strip()) == (0, "image-to-video.slow-moves"), made
    near = fresh.run("templates", "--saved", "--add", "slow_move", "--engine", "sketch")
    assert near.code == 2 and near.sentence.endswith("Did you mean slow_moves.json?")


def test_a_template_that_there_is_not_is_told_with_one_spelt_alike(oelala: Program) -> None:
    ran = oelala.run("templates", "--add", "sketch_text_to_vide", "--engine", "sketch")
    assert ran.code == 2
    assert ran.sentence == "Sketch has no template named sketch_text_to_vide. Did you mean sketch_text_to_video?"


def test_a_workflow_becomes_a_graph_by_saved_definitions(oelala: Program, editor: Path, nodes: Path) -> None:
    ran = oelala.run("convert", editor, "--nodes", nodes)
    assert (ran.code, ran.err) == (0, ""), ran
    graph = json.loads(ran.out)
    assert graph["2"]["inputs"]["image"] == ["1", 0] and graph["2"]["inputs"]["frames"] == 33
    assert json.loads(oelala.run("convert", editor, "--engine", "sketch").out) == graph


def test_a_graph_needs_nobody_to_explain_it(oelala: Program) -> None:
    path = ROOT / "workflows" / "text-to-video" / "sketch.json"
    ran = oelala.run("convert", path, "--engine", "http://127.0.0.1:9")
    assert ran.code == 0 and json.loads(ran.out) == json.loads(path.read_text())


def test_what_the_server_lacks_is_told_beside_the_graph(oelala: Program, tmp_path: Path, nodes: Path) -> None:
    path = tmp_path / "paid.json"
    content = workflow("api_sketch_example")
    content["nodes"][0]["properties"]["cnr_id"] = "example-pack"
    path.write_text(json.dumps(content))
    ran = oelala.run("convert", path, "--nodes", nodes)
    assert ran.code == 0 and json.loads(ran.out)["1"]["class_type"] == "ExamplePaidVideoNode"
    assert ran.sentence == "The server lacks the node ExamplePaidVideoNode of example-pack."


def test_what_cannot_be_converted_is_told_with_its_node(oelala: Program, tmp_path: Path, nodes: Path) -> None:
    content = workflow("sketch_text_to_video")
    content["nodes"][0] |= {"type": "NobodysNode", "title": "Odd one", "inputs": []}
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(content))
    ran = oelala.run("convert", path, "--nodes", nodes)
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentence.startswith("odd.json: The node “Odd one” (1) is of a class that the server lacks")
    for wrong, said in ((HARBOUR, "carries no workflow"), (tmp_path / "gone.json", "cannot be read")):
        ran = oelala.run("convert", wrong, "--nodes", nodes)
        assert ran.code == 2 and said in ran.sentence
    ran = oelala.run("convert", path, "--nodes", path)
    assert ran.code == 2 and "no node definitions" in ran.sentence
    ran = oelala.run("convert", path, "--engine", "http://127.0.0.1:9")
    assert ran.code == 3


@pytest.mark.parametrize("form", ["editor", "marked", "wrapped", "picture"])
def test_a_preset_is_made_of_a_file_of_any_form(fresh: Program, editor: Path, tmp_path: Path, form: str) -> None:
    text = editor.read_text()
    path = tmp_path / f"moves_{form}.json"
    if form == "picture":
        path, told = path.with_suffix(".png"), PngInfo()
        told.add_text("workflow", text)
        Image.new("RGB", (64, 64)).save(path, pnginfo=told)
    else:
        path.write_text(
            {"editor": text, "marked": f"\ufeff{text}", "wrapped": f'{{"workflow": {text}}}'}[form], "utf-8"
        )
    made = fresh.run("presets", "--add", path, "--engine", "sketch", "--json")
    assert made.code == 0 and made.last["id"] == f"image-to-video.moves-{form}", made
