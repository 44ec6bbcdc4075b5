"""An engine with templates, and the room that reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.domain.template import Template, TemplateList
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.templates.catalogue import Templates
from oelala_desktop.sketch import templates as sketch
from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes import CATALOG
from tests.clock import SetClock

from .fake_engine import FakeEngine

REF = EngineRef("comfyui", "http://box:8188", "Box")
OTHER = EngineRef("comfyui", "http://shed:8188", "Shed")
FILM, STILL, PAID = "sketch_image_to_video", "sketch_missing_model", "api_sketch_example"
DATE = "2026-11-01"
LISTED = TemplateList(
    (
        Template(FILM, "A film", date=DATE, uses=5, pictures=2),
        Template(PAID, "A paid one", date=DATE, uses=50, is_open=False),
        Template(STILL, "A still", date=DATE, uses=9, pictures=0),
    ),
    "1",
)


def catalog_of_sketch(base: Path) -> Catalog:
    (base / "input").mkdir()
    return parse_catalog({name: node.describe(Folders(base)) for name, node in CATALOG.items()})


def workflow(name: str) -> dict[str, Any]:
    found = sketch.workflow(name)
    assert found is not None
    return found


def offering(catalog: Catalog) -> FakeEngine:
    """An engine that has these nodes and offers three templates."""
    port = FakeEngine()
    port.listed, port.shelf = catalog, LISTED
    port.workflows = {name: workflow(name) for name in (FILM, PAID, STILL)}
    return port


class Room:
    """`engine` is the one in force."""

    def __init__(self, folder: Path, bus: Bus, scope: TaskScope, clock: SetClock) -> None:
        self._given = (bus, scope, clock)
        self._folder = folder
        self.engine: Engine

    def engine_of(self, port: FakeEngine, ref: EngineRef = REF) -> Engine:
        self.engine = Engine(ref, port, *self._given)
        return self.engine

    def templates(self) -> Templates:
        """As after a new start: with nothing but what is on the disk."""
        bus, scope, clock = self._given
        return Templates(self._folder, lambda: self.engine, bus, scope, clock)
