"""Models and LoRAs of the connected engine."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.schemas import Loras, UnetModels
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.models import find_pairs, folder_of, passes_of

_NO_FOLDER = "root"


def router(context: Context) -> APIRouter:
    routes = routes_about("models")

    def catalog() -> Catalog:
        engine = context.services.current.engine
        if engine.catalog is None:
            raise EngineUnreachable(engine.state.reason or f"{engine.ref.name} has not said yet what it has.")
        return engine.catalog

    @routes.get("/loras", response_model=Loras, summary="LoRA files", responses=errors(503))
    async def loras() -> JsonAnswer:
        """`general` are those whose name marks neither pass. Sizes are given where the engine tells them."""
        rows = [_lora(path) for path in catalog().loras]
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            groups.setdefault(row["category"], []).append(row)
        return JsonAnswer({"loras": rows, **_by_pass(rows), "by_category": groups})

    @routes.get(
        "/unet-models", response_model=UnetModels, summary="Diffusion models and their pairs", responses=errors(503)
    )
    async def unet_models() -> JsonAnswer:
        """A pair is a high and a low noise file whose names are equal otherwise."""
        paths = _unet_names(catalog())
        rows = [_model(path) for path in paths]
        pairs = [{"name": p.name, "high": _model(p.high), "low": _model(p.low)} for p in find_pairs(paths)]
        passes = _by_pass(rows)
        passes.pop("general")
        return JsonAnswer({"models": rows, **passes, "pairs": pairs})

    return routes


def _unet_names(catalog: Catalog) -> list[str]:
    """What any loader of any node pack offers as `unet_name`."""
    inputs = (node.inputs.get("unet_name") for node in catalog.classes.values())
    return list(dict.fromkeys(name for found in inputs if found for name in found.choices or ()))


def _stem(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or path


def _model(path: str) -> dict[str, Any]:
    return {"path": path, "name": _stem(path)}


def _lora(path: str) -> dict[str, Any]:
    return {"path": path, "name": _stem(path), "category": folder_of(path) or _NO_FOLDER}


def _by_pass(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    passes = passes_of(row["path"] for row in rows)
    names = {"high_noise": "high", "low_noise": "low", "general": None}
    return {name: [row for row in rows if passes[row["path"]] == side] for name, side in names.items()}
