"""What this server is and what it can run."""

from __future__ import annotations

import os
import sys
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oelala_desktop import __version__
from oelala_desktop.sketch import LABEL
from oelala_desktop.sketch.routes.replies import empty, engine_of, json_reply

#: bytes of the largest request body that is taken
UPLOAD_LIMIT = 100 * 1024 * 1024

FEATURES: dict[str, Any] = {"supports_preview_metadata": True, "max_upload_size": UPLOAD_LIMIT}

#: folders that a client may ask for; all are empty, since nothing here uses a model
MODEL_FOLDERS = (
    "checkpoints", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "embeddings",
    "controlnet", "upscale_models", "unet_gguf",
)  # fmt: skip


def system_stats(request: Request) -> Response:
    total, free = _memory()
    system = {
        "os": sys.platform,
        "ram_total": total,
        "ram_free": free,
        "comfyui_version": engine_of(request).protocol.version,
        "sketch": LABEL,
        "sketch_version": __version__,
        "required_frontend_version": None,
        "installed_templates_version": __version__,
        "python_version": sys.version,
        "pytorch_version": None,
        "embedded_python": False,
        "argv": ["sketch"],
    }
    memory = {"vram_total": total, "vram_free": free, "torch_vram_total": total, "torch_vram_free": free}
    device = {"name": "cpu", "type": "cpu", "index": None, **memory}
    return json_reply({"system": system, "devices": [device]})


def _memory() -> tuple[int, int]:
    """Bytes of memory in all and free; zeros where the system does not say."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        return page * os.sysconf("SC_PHYS_PAGES"), page * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0, 0


def features(request: Request) -> Response:
    return json_reply(FEATURES)


def object_info(request: Request) -> Response:
    engine = engine_of(request)
    return json_reply({name: node.describe(engine.folders) for name, node in engine.catalog.items()})


def object_info_entry(request: Request) -> Response:
    engine = engine_of(request)
    node = engine.catalog.get(request.path_params["name"])
    return json_reply({} if node is None else {node.name: node.describe(engine.folders)})


def models(request: Request) -> Response:
    return json_reply(list(MODEL_FOLDERS))


def model_folder(request: Request) -> Response:
    return json_reply([]) if request.path_params["folder"] in MODEL_FOLDERS else empty(404)


def embeddings(request: Request) -> Response:
    return json_reply([])


ROUTES = [
    Route("/system_stats", system_stats, methods=["GET"]),
    Route("/features", features, methods=["GET"]),
    Route("/object_info", object_info, methods=["GET"]),
    Route("/object_info/{name}", object_info_entry, methods=["GET"]),
    Route("/models", models, methods=["GET"]),
    Route("/models/{folder}", model_folder, methods=["GET"]),
    Route("/embeddings", embeddings, methods=["GET"]),
]
