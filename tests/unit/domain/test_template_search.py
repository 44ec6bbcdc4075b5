"""Templates are found, filtered and put in order, and each says how it stands with the server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oelala_desktop.domain.template import Template, TemplateFacts, TemplateModel
from oelala_desktop.domain.template_search import Standing, Wanted, has_sound, memory_of, search, standing, tools_of
from oelala_desktop.domain.tool import TOOLS

GB = 10**9
HARBOUR = Template(
    "harbour",
    "Harbour 2: Image to Video",
    "Boats leave at dawn.",
    "video",
    tags=("Image to Video", "Video"),
    models=("Harbour 2",),
    date="2026-03-01",
    uses=50,
    size=40 * GB,
)
LAKE = Template("lake", "Lake", "A still.", "image", ("Text to Image",), ("Lake",), "2026-05-01", 90, 6 * GB)
SONG = Template("song", "Song", "Words to music.", "audio", ("Text to Music",), (), "2025-01-01", 10)
CLOUD = Template("cloud", "Cloud", "Elsewhere.", "video", ("API",), ("Cloud",), "2026-08-01", 70, is_open=False)
ALL = (HARBOUR, LAKE, SONG, CLOUD)
THERE = TemplateModel("a.safetensors", "vae", size=2 * GB, state="there")
GONE = TemplateModel("b.safetensors", "diffusion_models", size=20 * GB, state="missing")
ASTRAY = TemplateModel("c.safetensors", "loras", size=GB, state="misplaced", found="checkpoints")


def names(wanted: Wanted, facts: dict[str, TemplateFacts] | None = None, version: str = "") -> list[str]:
    return [t.name for t in search(ALL, (facts or {}).get, wanted, version)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["lake", "harbour", "song"]),
        ("video HARBOUR", ["harbour"]),
        ("dawn boats", ["harbour"]),
        ("music", ["song"]),
        ("harbour lake", []),
        ("  ", ["lake", "harbour", "song"]),
    ],
)
def test_words_in_any_order(text: str, found: list[str]) -> None:
    assert names(Wanted(text)) == found


def test_the_orders() -> None:
    assert names(Wanted(sort="uses", paid=True)) == ["lake", "cloud", "harbour", "song"]
    assert names(Wanted(sort="date", paid=True)) == ["cloud", "lake", "harbour", "song"]
    assert names(Wanted(sort="size", paid=True)) == ["lake", "harbour", "cloud", "song"]


def test_a_tool_is_guessed_by_tags_until_it_is_known() -> None:
    assert names(Wanted(tool="image-to-video")) == ["harbour"]
    read = TemplateFacts(tools=(TOOLS["video-to-video"],))
    assert names(Wanted(tool="image-to-video"), {"harbour": read}) == []
    assert names(Wanted(tool="video-to-video"), {"harbour": read}) == ["harbour"]
    assert tools_of(HARBOUR, TemplateFacts(fault="It saves nothing.")) == ()


def test_with_sound() -> None:
    assert names(Wanted(sound=True)) == ["song"]
    assert names(Wanted(sound=True), {"harbour": TemplateFacts(has_sound=True)}) == ["harbour", "song"]
    assert has_sound(replace(LAKE, tags=("Lip Sync",)), None)
    assert not has_sound(replace(LAKE, tags=("Lip Sync",)), TemplateFacts())


def test_what_fits_a_gpu() -> None:
    assert names(Wanted(memory=24 * GB)) == ["lake", "song"]
    assert names(Wanted(memory=24 * GB), {"harbour": TemplateFacts(models=(THERE, GONE))}) == [
        "lake",
        "harbour",
        "song",
    ]
    assert memory_of(replace(HARBOUR, memory=30 * GB), TemplateFacts(models=(GONE,))) == 30 * GB
    assert memory_of(SONG, None) == 0


def test_ready_and_without_a_download() -> None:
    facts = {"harbour": TemplateFacts(models=(THERE, GONE)), "lake": TemplateFacts(models=(THERE,))}
    assert names(Wanted(ready=True), facts) == ["lake"]
    assert names(Wanted(no_download=True), facts) == ["lake", "song"]
    assert names(Wanted(ready=True, no_download=True, paid=True), facts) == ["lake"]
    assert names(Wanted(no_download=True, paid=True)) == ["cloud", "song"]
    lacking = {"lake": TemplateFacts(lacking=("X",))}
    assert names(Wanted(ready=True), lacking) == [] and names(Wanted(no_download=True), lacking) == ["lake", "song"]


@pytest.mark.parametrize(
    ("template", "facts", "expected"),
    [
        (CLOUD, TemplateFacts(), Standing("paid")),
        (HARBOUR, None, Standing("unknown")),
        (HARBOUR, TemplateFacts(models=(THERE,)), Standing("ready")),
        (HARBOUR, TemplateFacts(models=(THERE, GONE, ASTRAY)), Standing("missing", 2, 21 * GB)),
        (HARBOUR, TemplateFacts(models=(GONE,), lacking=("A", "B")), Standing("nodes", 2)),
        (HARBOUR, TemplateFacts(fault="It saves nothing."), Standing("fault")),
        (replace(HARBOUR, needs_version="0.36"), TemplateFacts(lacking=("A",)), Standing("version", version="0.36")),
        (replace(HARBOUR, needs_version="0.36"), None, Standing("version", version="0.36")),
        (replace(HARBOUR, needs_version="0.35.2"), None, Standing("unknown")),
        (replace(HARBOUR, needs_version="0.9"), None, Standing("unknown")),
    ],
)
def test_how_it_stands(template: Template, facts: TemplateFacts | None, expected: Standing) -> None:
    assert standing(template, facts, "0.35.2") == expected


def test_a_server_of_unknown_version_stands_in_nobodys_way() -> None:
    assert standing(replace(HARBOUR, needs_version="0.36"), None).kind == "unknown"
