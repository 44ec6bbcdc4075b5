"""The model files that a workflow loads."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.adopting.files import sources_of
from oelala_desktop.domain.editor.document import read_document
from oelala_desktop.domain.preset_file import parse_preset
from tests.unit.domain.editor.drawing import Drawing
from tests.unit.domain.samples import settled

from .served import adopted, beside, node, server, still


def rows(*nodes: dict[str, Any], catalog: Any = None) -> dict[str, dict[str, Any]]:
    """By target, of these nodes beside a checkpoint's."""
    found = adopted(beside(still(), *nodes), catalog).models
    return {row["into"][0]: dict(row) for row in found}


def test_a_choice_that_is_a_file_is_a_model_whatever_the_loader() -> None:
    found = rows(node("StyleLoader", style="s.safetensors"), node("UNETLoader", unet_name="u.safetensors"))
    assert list(found) == ["CheckpointLoaderSimple.ckpt_name", "StyleLoader.style", "UNETLoader.unet_name"]
    assert "StyleLoader.style" not in rows(node("StyleLoader", style="none"))
    assert "Words.value" not in rows(node("Words", value="my.safetensors"))  # a text, and no choice
    assert "LoadImage.image" not in rows(node("LoadImage", image="a.safetensors"))  # an upload


def test_a_name_without_an_ending_is_one_where_files_are_chosen() -> None:
    assert "ODDLoader.vae_name" in rows(node("ODDLoader", odd_name="one", vae_name="taesd"))
    assert "ODDLoader.odd_name" not in rows(node("ODDLoader", odd_name="one", vae_name="v.safetensors"))
    assert "ODDLoader.vae_name" not in rows(node("ODDLoader", odd_name="one", vae_name="None"))
    assert "Unknown.vae_name" not in rows(node("Unknown", vae_name="taesd"))


def test_every_model_has_a_setting() -> None:
    found = rows(node("StyleLoader", style="s.safetensors"), node("UNETLoader", "Main", unet_name="u.safetensors"))
    keys = {target: (row["key"], row.get("label")) for target, row in found.items()}
    assert keys == {
        "CheckpointLoaderSimple.ckpt_name": ("checkpoint", None),
        "StyleLoader.style": ("styleloader_style", "StyleLoader: style"),
        "Main.unet_name": ("unet_high_noise", "Model"),
    }
    two = rows(node("UNETLoader", unet_name="a_high_noise.gguf"), node("UNETLoader", unet_name="a_low_noise.gguf"))
    assert [row["key"] for row in two.values()][1:] == ["unet_high_noise", "unet_low_noise"]
    assert not any("label" in row for row in two.values())


def test_loaders_of_one_file_share_a_setting() -> None:
    found = adopted(
        beside(still(), node("StyleLoader", style="s.safetensors"), node("StyleLoader", style="s.safetensors"))
    )
    assert [row["into"] for row in found.models][1] == ["StyleLoader.style", "StyleLoader 2.style"]


def test_the_folder_is_that_of_the_same_list() -> None:
    catalog = server({"styles": ("s.safetensors", "none"), "empty": ()})
    assert rows(node("StyleLoader", style="s.safetensors"), catalog=catalog)["StyleLoader.style"]["folder"] == "styles"
    assert rows(node("StyleLoader", style="s.safetensors"))["StyleLoader.style"]["folder"] == "models"
    control = rows(node("ControlNetLoader", control_net_name="c.safetensors"))
    assert control["ControlNetLoader.control_net_name"]["folder"] == "controlnet"


def noted(*models: object) -> Drawing:
    draw = Drawing()
    draw.add(
        "CheckpointLoaderSimple", "sub\\any.safetensors", makes=("MODEL",), row={"properties": {"models": list(models)}}
    )
    draw.add("Save")
    return draw


def test_what_the_file_says_of_its_models_is_told() -> None:
    told = {"name": "sub/any.safetensors", "directory": "../check\\points/./big", "url": "https://a.b/any.safetensors"}
    inner = noted(told | {"name": "inside.pt"})
    found = sources_of(read_document(noted(told, told | {"url": "https://other"}).saved(sub=inner)))
    assert {name: (one.folder, one.url) for name, one in found.items()} == {
        "any.safetensors": ("check/points/big", "https://a.b/any.safetensors"),
        "inside.pt": ("check/points/big", "https://a.b/any.safetensors"),
    }
    assert sources_of(None) == {}


@pytest.mark.parametrize(
    "row", [3, {}, {"name": "a", "directory": "b"}, {"name": "a", "directory": "b", "url": "http://a"}, {"name": 1}]
)
def test_what_it_says_in_another_form_is_not(row: object) -> None:
    assert sources_of(read_document(noted(row).saved())) == {}


def test_and_goes_into_the_preset() -> None:
    url = "https://a.b/any.safetensors"
    draw = noted({"name": "any.safetensors", "directory": "my_checkpoints", "url": url})
    draw.nodes[1]["inputs"] = [{"name": "images", "type": "IMAGE", "link": draw.link(1, 0, 2, 0)}]
    draw.nodes[1]["type"], draw.nodes[1]["widgets_values"] = "SaveImage", ["x"]
    (row,) = adopted(draw.saved()).models
    assert row == {
        "into": ["CheckpointLoaderSimple.ckpt_name"],
        "folder": "my_checkpoints",
        "file": "any.safetensors",
        "prefer": ["sub/any.safetensors", "any.safetensors"],
        "source": url,
        "key": "checkpoint",
    }


@pytest.mark.parametrize(("listed", "name"), [("sub/any.pt", "sub\\any.pt"), ("sub\\any.pt", "sub/any.pt")])
def test_a_name_fits_the_separator_of_the_server(listed: str, name: str) -> None:
    graph = still()
    graph["1"]["inputs"]["ckpt_name"] = name
    adoption = adopted(graph)
    preset = parse_preset("mine", adoption.tools[0], preset_table(adoption, "M", adoption.suggested), adoption.graph)
    there = server(
        CheckpointLoaderSimple={"input": {"required": {"ckpt_name": [[listed, "b.pt"]]}}, "output": ["MODEL"]}
    )
    after = preset.graph(settled(preset, {}, catalog=there), files={}, prefix="x", catalog=there)
    assert after["1"]["inputs"]["ckpt_name"] == listed
