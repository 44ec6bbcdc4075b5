"""Presets from disk: those that come with the program, the user's own, and those that are broken."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.domain.errors import NotFound, NotRunnable
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.plan import choose
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.presets.registry import ToolRegistry
from tests.unit.domain.samples import SHIPPED, WORKFLOWS
from tests.unit.node_table import CLASSES, EVERYTHING, MODELS, offering, without

I2V = TOOLS["image-to-video"]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one preset of the user's own, whose name has a dot."""
    folder = tmp_path / "workflows"
    (folder / "image-to-video").mkdir(parents=True)
    for ending in ("toml", "json"):
        shutil.copy(WORKFLOWS / "image-to-video" / f"sketch.{ending}", folder / "image-to-video" / f"my.own.{ending}")
    return folder


def load(*folders: Path) -> ToolRegistry:
    registry = ToolRegistry(*folders)
    registry.load()
    return registry


def test_all_that_come_with_the_program_are_sound() -> None:
    registry = load(WORKFLOWS)
    assert registry.faults == ()
    assert sorted(p.id for p in registry.presets()) == SHIPPED
    assert [p.short_id for p in registry.presets(I2V)] == [
        "wan22-14b-distorch2",
        "wan22-14b",
        "wan22-14b-fast",
        "wan22-5b",
        "minimax-h3",
        "minimax-h3-fast",
        "ltx25",
        "ltx25-ends",
        "ltx23",
        "fasth3",
        "sketch",
    ]
    assert {t.id for t in registry.live_tools()} == {name.split(".")[0] for name in SHIPPED}


@pytest.mark.parametrize(
    ("name", "tool", "found"),
    [
        ("sketch", I2V, "image-to-video.sketch"),
        ("image-to-video.sketch", I2V, "image-to-video.sketch"),
        ("image-to-video.sketch", None, "image-to-video.sketch"),
        ("my.own", I2V, "image-to-video.my.own"),
        ("image-to-video.my.own", None, "image-to-video.my.own"),
    ],
)
def test_finding(own: Path, name: str, tool: object, found: str) -> None:
    assert load(WORKFLOWS, own).find(name, tool).id == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "tool", "words"),
    [
        ("skecth", I2V, r"no preset of Image to Video named skecth\. Did you mean sketch\?"),
        ("text-to-video.sketch", I2V, r"no preset of Image to Video named text-to-video\.sketch"),
        ("sketch", None, r"no preset named sketch"),
        ("zzzz", TOOLS["other"], r"Presets: none\."),
    ],
)
def test_not_finding(name: str, tool: object, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        load(WORKFLOWS).find(name, tool)  # type: ignore[arg-type]


def test_the_first_that_the_engine_can_run_is_taken() -> None:
    presets = load(WORKFLOWS).require(I2V)

    def taken(catalog: Catalog, values: Mapping[str, object] = MappingProxyType({})) -> str:
        found = choose(I2V, presets, values, catalog)
        return found.short_id if isinstance(found, Preset) else found.code

    assert taken(EVERYTHING) == "wan22-14b-distorch2"
    assert taken(without("VHS_VideoCombine")) == "wan22-14b"
    mix = offering("UNETLoader", "unet_name", "cameraFP8H", "cameraFP8L")
    chosen = {"unet_high_noise": "cameraFP8H", "unet_low_noise": "cameraFP8L"}
    without_packs = Catalog({k: v for k, v in mix.classes.items() if k != "VHS_VideoCombine"})
    assert taken(without_packs, chosen) == "wan22-14b"
    sketch = {"LoadImage", "SketchCameraMove", "SketchCrossFade", "CreateVideo", "SaveVideo"}
    assert taken(Catalog({k: CLASSES[k] for k in sketch})) == "sketch"
    none = choose(I2V, presets, {}, Catalog({}))
    assert isinstance(none, Obstacle) and isinstance(none.error, NotRunnable)
    assert [line.split(":")[0] for line in none.error.missing][:2] == ["wan22-14b-distorch2", "wan22-14b"]


@pytest.mark.parametrize(
    ("absent", "taken"),
    [
        (("no such",), "wan22-14b"),
        (("wan",), "minimax-h3"),
        (("wan", "minimax"), "ltx25"),
        (("wan", "minimax", "ltx-2.5"), "ltx23"),
    ],
)
def test_the_families_of_models_come_in_their_order(absent: tuple[str, ...], taken: str) -> None:
    there = [name for name in MODELS["UNET"] or () if not name.startswith(absent)]
    listed = offering("UNETLoader", "unet_name", *there)
    found = choose(I2V, load(WORKFLOWS).require(I2V), {}, replace(listed, classes=_without_packs(listed)))
    assert isinstance(found, Preset) and found.short_id == taken


def _without_packs(catalog: Catalog) -> dict[str, NodeClass]:
    return {name: row for name, row in catalog.classes.items() if name != "VHS_VideoCombine"}


def test_a_tool_without_presets_says_so() -> None:
    with pytest.raises(NotFound, match="Other has no preset yet"):
        load(WORKFLOWS).require(TOOLS["other"])


def test_an_own_preset_of_the_same_id_replaces_the_shipped_one(own: Path) -> None:
    for ending in ("toml", "json"):
        (own / "image-to-video" / f"my.own.{ending}").rename(own / "image-to-video" / f"sketch.{ending}")
    table = own / "image-to-video" / "sketch.toml"
    table.write_text(table.read_text("utf-8").replace('name = "Sketch"', 'name = "Mine"'), "utf-8")
    assert load(WORKFLOWS, own).find("image-to-video.sketch").name == "Mine"


BROKEN = {
    "no graph": ("toml", None, r"my\.own\.toml: my\.own\.json is missing; a preset has both"),
    "not TOML": ("toml", "name = ", r"my\.own\.toml: "),
    "not text": ("toml", b"\xff\xfe", r"my\.own\.toml: "),
    "not JSON": ("json", "{", r"my\.own\.toml: "),
    "deep JSON": ("json", "[" * 100_000, r"my\.own\.toml: "),
    "editor's format": ("json", json.dumps({"nodes": [], "links": []}), "not a workflow in API format"),
    "a list": ("json", "[]", "not a workflow in API format"),
    "too large": ("json", " " * (4 * 2**20 + 1), "larger than 4 MiB"),
    "infinite order": ("toml", 'name = "X"\norder = inf\n', "“order” must be a number"),
    "wrong default": ("toml", 'name = "X"\n[fields.steps]\ndefault = 99\n', "its default is wrong"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_preset_is_a_sentence_and_the_others_are_there(own: Path, case: str) -> None:
    ending, content, words = BROKEN[case]
    if content is None:
        (own / "image-to-video" / "my.own.json").unlink()
    elif isinstance(content, bytes):
        (own / "image-to-video" / f"my.own.{ending}").write_bytes(content)
    else:
        (own / "image-to-video" / f"my.own.{ending}").write_text(content)
    registry = load(WORKFLOWS, own)
    assert len(registry.presets()) == len(SHIPPED)
    assert len(registry.faults) == 1
    assert re.search(words, registry.faults[0])


def test_a_node_that_is_not_there_is_told_with_its_file(own: Path) -> None:
    path = own / "image-to-video" / "my.own.toml"
    path.write_text(path.read_text("utf-8").replace("Start picture.image", "Strat picture.image"), "utf-8")
    registry = load(WORKFLOWS, own)
    (fault,) = registry.faults
    assert fault.startswith(f"{path}: ") and "“Strat picture”" in fault
    for name, tool in (("my.own", I2V), ("image-to-video.my.own", None)):
        with pytest.raises(NotFound) as caught:
            registry.find(name, tool)
        assert caught.value.message == f"The preset {name} cannot be used. {fault}"


def test_a_folder_that_is_no_tool(own: Path) -> None:
    (own / "image-to-video").rename(own / "image2video")
    assert "there is no tool named image2video" in load(own).faults[0]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert load(tmp_path / "none").presets() == ()


def test_what_is_not_found_names_all_there_are() -> None:
    registry = load(WORKFLOWS)
    for name, tool, words in (
        ("skecth", TOOLS["text-to-image"], "There is no preset of Text to Image named skecth. Did you mean sketch?"),
        ("zzzz", TOOLS["other"], "There is no preset of Other named zzzz. Presets: none."),
        ("image-to-video.skecth", None, "no preset named image-to-video.skecth. Did you mean image-to-video.sketch?"),
    ):
        with pytest.raises(NotFound) as caught:
            registry.find(name, tool)
        assert words in caught.value.message and "Presets: " in caught.value.message
    with pytest.raises(NotFound, match=r"Presets: none\.$"):
        load().find("x")
    assert "text-to-image.sketch" not in _message(registry, "zzzz", I2V) and "wan22-5b" in _message(registry, "z", I2V)


def _message(registry: ToolRegistry, name: str, tool: object) -> str:
    with pytest.raises(NotFound) as caught:
        registry.find(name, tool)  # type: ignore[arg-type]
    return caught.value.message


def test_tool_by_tool_as_the_window_shows_them() -> None:
    registry = load(WORKFLOWS)
    tools = [tool.id for tool in TOOLS.values() if registry.presets(tool)]
    assert [tool.id for tool in registry.live_tools()] == tools
    assert list(dict.fromkeys(preset.tool.id for preset in registry.by_tool())) == tools
    assert len(registry.by_tool()) == len(registry.presets()) == len(SHIPPED)
    assert registry.require(I2V) == registry.presets(I2V)


def test_one_more_is_offered_in_its_place(own: Path) -> None:
    registry = load(WORKFLOWS)
    mine = load(own).find("my.own", I2V)
    registry.offer(mine)
    assert registry.find("my.own", I2V) is mine and len(registry.presets()) == len(SHIPPED) + 1
    orders = [(preset.order, preset.id) for preset in registry.presets()]
    assert orders == sorted(orders)


@pytest.mark.parametrize(("ending", "over"), [("json", 0), ("json", 1), ("toml", 0), ("toml", 1)])
def test_a_presets_file_has_at_most_four_megabytes(own: Path, ending: str, over: int) -> None:
    path = own / "image-to-video" / f"my.own.{ending}"
    content = path.read_bytes()
    path.write_bytes(content + (b"\n" if ending == "toml" else b" ") * (4 * 2**20 + over - len(content)))
    faults = load(own).faults
    assert len(faults) == over and all("a preset's file is larger than 4 MiB." in fault for fault in faults)


@pytest.mark.parametrize(
    "node", [3, {"inputs": {}}, {"class_type": "X"}, {"class_type": 3, "inputs": {}}, {"class_type": "X", "inputs": []}]
)
def test_every_node_has_a_class_and_inputs(own: Path, node: object) -> None:
    path = own / "image-to-video" / "my.own.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"99": node}))
    (fault,) = load(own).faults
    assert fault.startswith(f"{path}: this is not a workflow in API format")


def test_a_mended_preset_is_no_fault_any_more(own: Path) -> None:
    path = own / "image-to-video" / "my.own.toml"
    content = path.read_text()
    registry = ToolRegistry(own)
    for text, faults, presets in (("name = ", 1, 0), (content, 0, 1)):
        path.write_text(text)
        registry.load()
        assert (len(registry.faults), len(registry.presets())) == (faults, presets)
