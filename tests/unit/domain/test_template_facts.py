"""What a template's workflow tells beside what a server has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput, Replacement
from oelala_desktop.domain.template import TemplateFacts, TemplateModel
from oelala_desktop.domain.template_facts import Shelves, mark_of_nodes, read_facts

from .adopting.served import film, server

LOADER = NodeClass(
    "UNETLoader",
    {"unet_name": NodeInput("COMBO", True, choices=(r"wan\Here.safetensors",), is_widget=True)},
    ("MODEL",),
)
SAVE = NodeClass(
    "SaveImage",
    {"images": NodeInput("IMAGE", True), "filename_prefix": NodeInput("STRING", True, is_widget=True)},
    is_output=True,
)
CATALOG = Catalog({node.name: node for node in (LOADER, SAVE)})


def workflow(file: str = "wanted.safetensors", **told: Any) -> dict[str, Any]:
    row = {"name": file, "url": f"https://example.com/{file}", "directory": "diffusion_models", **told}
    properties = {"models": [row]}
    return {
        "nodes": [
            {"id": 1, "type": "UNETLoader", "widgets_values": [file], "properties": properties},
            {"id": 2, "type": "SaveImage", "widgets_values": ["x"], "inputs": [{"name": "images", "link": 1}]},
        ],
        "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    }


def only_model(facts: TemplateFacts) -> TemplateModel:
    (model,) = facts.models
    return model


def test_a_file_is_told_once_with_its_loader_and_its_address() -> None:
    assert only_model(read_facts(workflow(), CATALOG)) == TemplateModel(
        "wanted.safetensors",
        "diffusion_models",
        "https://example.com/wanted.safetensors",
        loaders=(("UNETLoader", "unet_name"),),
    )


def test_a_loader_that_wants_it_by_an_input_that_came_with_a_choice() -> None:
    graph = {
        "1": {"class_type": "AnyLoader", "inputs": {"kind": "file", "kind.name": "wanted.safetensors"}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }
    assert only_model(read_facts(graph, CATALOG)).loaders == (("AnyLoader", "kind.name"),)


def test_what_is_told_of_one_file_twice_counts_once() -> None:
    content = workflow()
    rows = content["nodes"][0]["properties"]["models"]
    rows += [rows[0] | {"directory": "loras"}, rows[0] | {"name": "b.pt"}, rows[0] | {"name": "a.pt"}]
    found = read_facts(content, CATALOG).models
    assert [(model.file, model.folder) for model in found] == [
        ("wanted.safetensors", "diffusion_models"),
        ("b.pt", "diffusion_models"),
        ("a.pt", "diffusion_models"),
    ]


BAD_URLS = [
    *("http://example.com/x", "file:///etc/passwd", "javascript:alert(1)", "https://", "https://a b/c", "x" * 9999),
    *("https://example.com/\n", "https://exämple.com/x", "https://[x/y", 5, None),
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_only_an_address_that_can_be_shown_is_kept(url: Any) -> None:
    assert only_model(read_facts(workflow(url=url), CATALOG)).url == ""


@pytest.mark.parametrize(
    "models", [5, "x", [5], [None], [{"name": 5}], [{"name": "", "directory": "vae"}], [{"name": "a", "directory": 5}]]
)
def test_odd_rows_are_passed_over(models: Any) -> None:
    content = workflow()
    content["nodes"][0]["properties"] = {"models": models}
    assert only_model(read_facts(content, CATALOG)).url == ""
    content["nodes"][0]["properties"] = models
    assert only_model(read_facts(content, CATALOG)).url == ""


@pytest.mark.parametrize(
    ("file", "lists", "state", "found"),
    [
        ("here.safetensors", {}, "there", ""),
        ("other/HERE.safetensors", {}, "there", ""),
        ("wanted.safetensors", {}, "missing", ""),
        ("wanted.safetensors", {"loras": (r"sub\wanted.safetensors",)}, "misplaced", "loras"),
        ("wanted.safetensors", {"diffusion_models": ("wanted.safetensors",)}, "there", ""),
    ],
)
def test_how_a_file_stands(file: str, lists: dict[str, tuple[str, ...]], state: str, found: str) -> None:
    model = only_model(Shelves(CATALOG, lists).settled(read_facts(workflow(file), CATALOG)))
    assert (model.state, model.found) == (state, found)


def test_a_file_that_no_loader_of_ours_wants_stands_where_it_lies() -> None:
    model = TemplateModel("a.safetensors", "audio_encoders")
    for lists, state in (({"audio_encoders": ("a.safetensors",)}, "there"), ({"vae": ("a.safetensors",)}, "misplaced")):
        settled = Shelves(CATALOG, lists).settled(TemplateFacts(models=(model,)))
        assert only_model(settled).state == state


def test_what_cannot_be_a_preset_still_tells_what_it_lacks() -> None:
    content = workflow()
    content["nodes"][1] = {"id": 2, "type": "NobodysSaver", "widgets_values": []}
    facts = read_facts(content, CATALOG)
    assert facts.fault and facts.lacking == ("NobodysSaver",)
    assert only_model(facts).file == "wanted.safetensors"


@pytest.mark.parametrize("content", [None, 5, [], {}, {"nodes": 5, "links": 5}, {"nodes": [5], "links": []}, "x"])
def test_what_is_no_workflow_is_a_fault(content: Any) -> None:
    assert read_facts(content, CATALOG).fault


def test_the_mark_is_of_nodes_and_not_of_files() -> None:
    mark = mark_of_nodes(CATALOG)
    more = replace(LOADER, inputs={"unet_name": NodeInput("COMBO", True, choices=("a", "b"), is_widget=True)})
    assert mark_of_nodes(Catalog({**CATALOG.classes, "UNETLoader": more})) == mark
    grown = replace(SAVE, inputs={**SAVE.inputs, "quality": NodeInput("INT", False, is_widget=True)})
    changed = (
        Catalog({**CATALOG.classes, "SaveImage": grown}),
        Catalog({**CATALOG.classes, "Another": replace(SAVE, name="Another")}),
        replace(CATALOG, replacements={"Old": (Replacement("SaveImage"),)}),
    )
    assert len({mark, *map(mark_of_nodes, changed)}) == 4


def test_what_goes_in_is_told_in_words() -> None:
    facts = read_facts(
        film(reference=["p", 0]) | {"p": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}, server()
    )
    assert facts.takes == ("Picture", "Prompt", "Negative prompt", "Size", "Length", "Rate")


def test_a_template_is_ready_when_nothing_is_lacking() -> None:
    there = Shelves(CATALOG, {}).settled(read_facts(workflow("here.safetensors"), CATALOG))
    missing = Shelves(CATALOG, {}).settled(read_facts(workflow(), CATALOG))
    assert there.is_ready and not missing.is_ready
    assert not replace(there, lacking=("A",)).is_ready and not replace(there, fault="It cannot be.").is_ready


def test_lists_are_read_once_for_many_files() -> None:
    shelves = Shelves(CATALOG, {"diffusion_models": ("wanted.safetensors",)})
    for _ in range(2):
        assert only_model(shelves.settled(read_facts(workflow(), CATALOG))).state == "there"
        assert only_model(shelves.settled(read_facts(workflow("gone.safetensors"), CATALOG))).state == "missing"
