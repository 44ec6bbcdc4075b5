"""Finding what a server calls a thing."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.spelling import match_name, nearest
from tests.unit.node_table import CLASSES, EVERYTHING, MODELS

NAMES = (
    "wan 2.2\\camera_HIGH.safetensors",
    "style.safetensors",
    "a/same.safetensors",
    "b/same.safetensors",
    "twice.PT",
    "TWICE.pt",
)


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("style.safetensors", "style.safetensors"),
        ("STYLE.safetensors", "style.safetensors"),
        ("wan 2.2/camera_high.safetensors", "wan 2.2\\camera_HIGH.safetensors"),
        ("camera_HIGH.safetensors", "wan 2.2\\camera_HIGH.safetensors"),
        ("elsewhere/style.safetensors", "style.safetensors"),
        ("same.safetensors", None),
        ("A/same.safetensors", "a/same.safetensors"),
        ("none.safetensors", None),
        ("Twice.pt", "twice.PT"),
    ],
)
def test_the_server_s_own_spelling(wish: str, found: str | None) -> None:
    assert match_name(wish, NAMES) == found


def test_nearest() -> None:
    assert nearest("camera_hihg.safetensors", ("wan/x.gguf", "camera_high.safetensors")) == "camera_high.safetensors"
    assert nearest("zzz", NAMES) is None
    assert nearest("a", ()) is None


def test_what_a_server_offers() -> None:
    assert EVERYTHING.has("KSampler")
    assert not EVERYTHING.has("Nothing")
    assert EVERYTHING.choices("VAELoader", "vae_name") == MODELS["VAE"]
    assert EVERYTHING.choices("VAELoader", "nothing") is None
    assert EVERYTHING.choices("CreateVideo", "fps") is None
    assert EVERYTHING.choices("Nothing", "x") is None


def test_loras_come_from_the_loader_or_the_folder() -> None:
    assert EVERYTHING.loras == MODELS["LORA"]
    bare = {k: v for k, v in CLASSES.items() if k != "LoraLoaderModelOnly"}
    assert Catalog(bare, {"loras": ("x",)}).loras == ("x",)
    assert Catalog(bare).loras == ()


def test_a_pack_is_known_by_its_name_or_its_address() -> None:
    catalog = Catalog({}, broken={"ComfyUI-GGUF": "why", "ComfyUI_KJNodes-main": ""})
    assert catalog.why_broken("ComfyUI-GGUF", "https://x.example/y") == "why"
    assert catalog.why_broken("KJ", "https://x.example/kijai/ComfyUI-KJNodes/") == ""
    assert catalog.why_broken("ComfyUI-MultiGPU") is None
    assert catalog.why_broken("https://x.example/y/comfyui_gguf.git") == "why", "an address may end as it is cloned"
