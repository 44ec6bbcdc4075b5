"""The model files that a workflow loads: every choice of a loader that is a file, whatever the loader."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from oelala_desktop.domain.editor.document import Document
from oelala_desktop.domain.models import noise_pass
from oelala_desktop.domain.spelling import base_name

from .surface import Spot, Surface

_FILE = re.compile(r"\.(safetensors|sft|gguf|ckpt|pth?|bin|onnx|pkl|engine|torchscript)$", re.IGNORECASE)
#: name of input -> (folder of models, key of the product's setting)
_FOLDERS: Mapping[str, tuple[str, str | None]] = {
    "unet_name": ("diffusion_models", None),
    "ckpt_name": ("checkpoints", "checkpoint"),
    "vae_name": ("vae", "vae"),
    "clip_name": ("text_encoders", "text_encoder"),
    "clip_name1": ("text_encoders", None),
    "clip_name2": ("text_encoders", None),
    "clip_name3": ("text_encoders", None),
    "clip_name4": ("text_encoders", None),
    "text_encoder": ("text_encoders", "text_encoder"),
    "lora_name": ("loras", None),
    "control_net_name": ("controlnet", None),
    "style_model_name": ("style_models", None),
    "audio_encoder_name": ("audio_encoders", None),
    "upscale_model": ("upscale_models", None),
}
#: class of loader -> folder, where the input's name says too little
_BY_CLASS = {
    "CLIPVisionLoader": "clip_vision",
    "UpscaleModelLoader": "upscale_models",
    "LatentUpscaleModelLoader": "latent_upscale_models",
    "ModelPatchLoader": "model_patches",
    "AudioEncoderLoader": "audio_encoders",
    "LoadBackgroundRemovalModel": "background_removal",
    "WanVideoModelLoader": "diffusion_models",
    "WanVideoVAELoader": "vae",
    "LoadWanVideoT5TextEncoder": "text_encoders",
    "WanVideoLoraSelect": "loras",
    "WanVideoLoraSelectMulti": "loras",
    "WanVideoTextEncodeCached": "text_encoders",
}
_LONGEST, _LONGEST_URL = 255, 2_000  # characters of a file's name, and of an address


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file can be had ("" where nobody says), and where it belongs."""

    folder: str
    url: str


def sources_of(document: Document | None) -> dict[str, Source]:
    """By file name, those that can be had somewhere."""
    found: dict[str, Source] = {}
    for name, source in told_files(document) if document else ():
        if source.url:
            found.setdefault(name, source)
    return found


def told_files(document: Document) -> Iterator[tuple[str, Source]]:
    """(file name, its source), of what the nodes of the editor's file say of the files that they want: rows of {name,
    directory, url} in their properties."""
    for canvas in (document.canvas, *document.subgraphs.values()):
        for node in canvas.nodes.values():
            rows = node.properties.get("models")
            for row in rows if isinstance(rows, list) else ():
                name, folder, url = (
                    map(row.get, ("name", "directory", "url")) if isinstance(row, Mapping) else (None,) * 3
                )
                base = _base(name) if isinstance(name, str) else ""
                if 0 < len(base) <= _LONGEST and isinstance(folder, str):
                    yield base, Source(_plain(folder), _address(url))


def _address(url: object) -> str:
    """An https address that can be shown; nothing else is kept."""
    if not isinstance(url, str) or len(url) > _LONGEST_URL or not (url.isascii() and url.isprintable()):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme == "https" and parts.hostname and " " not in url else ""


def model_rows(surface: Surface, sources: Mapping[str, Source]) -> list[dict[str, Any]]:
    """Rows of a preset's `models`, one for each file and kind of loader."""
    taken: set[str] = set()
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for spot in surface.spots():
        value = surface.value(spot)
        base = _base(value) if isinstance(value, str) else ""
        if not 0 < len(base) <= _LONGEST or not _is_model(surface, spot, base):
            continue
        same = (surface.type(spot.node), spot.input, str(value))
        if same in rows:
            rows[same]["into"].append(surface.target(spot))
            continue
        folder, key = _place(surface, spot, sources.get(base))
        path = str(value).replace("\\", "/")
        row = rows[same] = {
            "into": [surface.target(spot)],
            "folder": folder,
            "file": base,
            "prefer": [glob.escape(name) for name in dict.fromkeys((path, base)) if name],
        }
        if base in sources:
            row["source"] = sources[base].url
        if key is not None and key not in taken:
            taken.add(key)
            row["key"] = key
    return list(rows.values())


def _is_model(surface: Surface, spot: Spot, base: str) -> bool:
    known = surface.described(spot)
    if known is not None and (known.upload or known.choices is None):
        return False
    if _FILE.search(base):
        return True
    loads = spot.input in _FOLDERS or surface.type(spot.node) in _BY_CLASS
    if known is None or not (loads and spot.input.endswith("_name")) or base == "None":
        return False
    return not known.choices or any(map(_FILE.search, known.choices))


def _place(surface: Surface, spot: Spot, source: Source | None) -> tuple[str, str | None]:
    """The folder as the file says, else by loader, else the one whose list is that of the loader; and the setting."""
    type_, value = surface.type(spot.node), str(surface.value(spot))
    folder, key = _FOLDERS.get(spot.input, ("", None))
    if type_ in _BY_CLASS:
        folder, key = _BY_CLASS[type_], None
    if folder == "diffusion_models":
        key = "unet_low_noise" if noise_pass(value) == "low" else "unet_high_noise"
    if source is not None and source.folder:
        return source.folder, key
    known = surface.described(spot)
    if not folder and known is not None and known.choices and surface.catalog is not None:
        lists = surface.catalog.folders.items()
        folder = next((name for name, files in lists if files and set(files) == set(known.choices)), "")
    return folder or "models", key


def _base(path: str) -> str:
    base = base_name(path)
    return "" if "\x00" in base else base


def _plain(folder: str) -> str:
    return "/".join(part for part in folder.replace("\\", "/").split("/") if part not in ("", ".", ".."))[:100]
