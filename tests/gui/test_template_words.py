"""What is said of templates and presets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oelala_desktop.domain.template import TemplateFacts, TemplateModel
from oelala_desktop.domain.template_search import Standing
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.ui.templates import words
from oelala_desktop.ui.templates.card import card_of
from tests.gui.templates_rig import ASTRAY, GB, GONE, HARBOUR, LAKE, SONG, THERE
from tests.own_preset import NAME, TOOL, write_preset
from tests.unit.domain.samples import WORKFLOWS


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("standing", "text", "tone"),
    [
        (Standing("ready"), "Ready", "ok"),
        (Standing("missing", 1), "1 file missing", "warning_text"),
        (Standing("missing", 3, 12_400_000_000), "3 files missing · 12.4 GB", "warning_text"),
        (Standing("nodes", 1), "Needs 1 node more", "error_text"),
        (Standing("nodes", 2), "Needs 2 nodes more", "error_text"),
        (Standing("version", version="0.36"), "Needs ComfyUI 0.36 or newer", "error_text"),
        (Standing("paid"), "Paid service, needs an account", "text2"),
        (Standing("fault"), "Opens in ComfyUI alone", "muted"),
        (Standing("unknown"), "Being looked at …", "muted"),
    ],
)
def test_how_it_stands(standing: Standing, text: str, tone: str) -> None:
    said = words.standing_words(standing)
    assert (plain(said.text), said.tone) == (text, tone)


def test_what_nobody_looks_at() -> None:
    assert words.standing_words(Standing("unknown"), checks=False).text == "Not looked at yet"
    assert card_of(LAKE, None, "", checks=False).foot.text == "Not looked at yet"


@pytest.mark.parametrize(
    ("word", "icon"),
    [
        ("Picture", "image"),
        ("Pictures", "images"),
        ("End picture", "image"),
        ("1–20\u00a0s", "timer"),
        ("24\u00a0fps", "gauge"),
        ("Negative prompt", "message-square-text"),
        ("Something else", "sliders-horizontal"),
    ],
)
def test_icons_of_what_goes_in(word: str, icon: str) -> None:
    assert words.take_icon(word) == icon


@pytest.mark.parametrize(
    ("model", "state", "folder"),
    [
        (THERE, "there", "vae"),
        (GONE, "missing", "diffusion_models"),
        (ASTRAY, "misplaced", "in checkpoints, belongs in loras"),
        (TemplateModel("x", "vae"), "", "vae"),
    ],
)
def test_how_a_file_stands(model: TemplateModel, state: str, folder: str) -> None:
    said, place = words.model_words(model)
    assert (said.text, place) == (state, folder)


def test_sizes_and_uses() -> None:
    assert plain(words.size(HARBOUR, None)) == "13.0 GB"
    assert plain(words.size(HARBOUR, TemplateFacts(models=(replace(GONE, size=20 * GB),)))) == "20.0 GB"
    assert words.size(SONG, TemplateFacts()) == "" and words.uses(replace(SONG, uses=0)) == ""
    assert plain(words.uses(HARBOUR)) == "used 21,648×"
    assert words.output_of("3d").text == "3D" and words.output_of("").text == "Other"


def test_what_presets_take() -> None:
    registry = ToolRegistry(WORKFLOWS)
    registry.load()
    taken = {preset.id: [plain(said.text) for said in words.takes_of(preset)] for preset in registry.every()}
    assert taken["image-to-video.wan22-14b"] == ["Picture", "End picture", "Prompt", "Size", "1–15 s", "LoRA"]
    assert taken["text-to-image.flux-dev"] == ["Prompt", "Size", "LoRA"]
    assert taken["video-to-video.sketch"] == ["Video", "Prompt"]
    assert taken["train-lora.sdxl"][:1] == ["Pictures with captions"]


def test_what_a_written_one_takes(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    write_preset(home)
    registry = ToolRegistry(home / "workflows")
    registry.load()
    said = [plain(word.text) for word in words.takes_of(registry.find(f"{TOOL}.{NAME}"))]
    assert said == ["Scene", "Up to 2 pictures", "Where", "Music", "1–15 s", "24 fps"]
