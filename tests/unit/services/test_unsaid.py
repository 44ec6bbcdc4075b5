"""What nobody says of a value of the services' is nothing, but for what is listed here."""

from __future__ import annotations

from types import ModuleType

import pytest

from oelala_desktop.services.engines import engine, servers
from oelala_desktop.services.files import splicing
from oelala_desktop.services.health import doctor, log_ring
from oelala_desktop.services.inputs import (
    cutting,
    encoding,
    hearing,
    kept,
    looking,
    pictures,
    sounds,
    store,
    strip,
    turning,
    url_import,
    videos,
)
from oelala_desktop.services.library import folders, indexing, reading, renaming
from oelala_desktop.services.queue import collecting, fetching, jobs, order
from oelala_desktop.services.settings import known
from oelala_desktop.services.thumbnails import store as thumbnails
from tests.unit.domain.test_unsaid import unsaid

MODULES = (
    engine, servers, splicing, doctor, log_ring, cutting, encoding, hearing, kept, looking, pictures, sounds, store,
    strip, turning, url_import, videos, folders, indexing, reading, renaming, collecting, fetching, jobs, order, known,
    thumbnails,
)  # fmt: skip
SAID: dict[str, dict[str, object]] = {
    "Waits": {"first": 0.5, "longest": 15.0, "needed": 1.5, "steady": 5.0, "lists_hold": 3.0},  # seconds
    "Cut": {"kind": "mp4"},
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_is_not_said_is_nothing(module: ModuleType) -> None:
    for name, found in unsaid(module):
        assert {key: value for key, value in found.items() if value} == SAID.get(name, {}), name
