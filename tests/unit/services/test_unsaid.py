"""What nobody says of a value of the services', or asks of them, is nothing, but for what is listed here."""

from __future__ import annotations

from types import ModuleType

import pytest

from oelala_desktop.services.engines import engine, servers
from oelala_desktop.services.files import confined, decoding, splicing
from oelala_desktop.services.health import doctor, log_ring
from oelala_desktop.services.inputs import (
    cutting,
    encoding,
    hearing,
    kept,
    looking,
    masks,
    pictures,
    sound_facts,
    sounds,
    store,
    strip,
    turning,
    url_import,
    videos,
    waveform,
)
from oelala_desktop.services.library import folders, indexing, library, reading, renaming, scanning, watching
from oelala_desktop.services.loop import tasks
from oelala_desktop.services.queue import collecting, driver, fetching, jobs, order
from oelala_desktop.services.settings import known
from oelala_desktop.services.thumbnails import making, sizes
from oelala_desktop.services.thumbnails import store as thumbnails
from tests.unit.domain.test_unsaid import unasked, unsaid

MODULES = (
    engine, servers, splicing, doctor, log_ring, cutting, encoding, hearing, kept, looking, pictures, sounds, store,
    strip, turning, url_import, videos, folders, indexing, reading, renaming, collecting, fetching, jobs, order, known,
    thumbnails,
)  # fmt: skip
FUNCTIONS = (
    engine, servers, confined, decoding, doctor, cutting, kept, masks, pictures, sound_facts, sounds, store, strip,
    url_import, videos, waveform, library, scanning, watching, tasks, collecting, driver, jobs, order, known, making,
    sizes, thumbnails,
)  # fmt: skip
ASKED: dict[str, dict[str, object]] = {
    "Confined.__init__": {"rest": 60.0, "patience": 30.0},  # seconds
    "Engine.catalog_soon": {"seconds": 20.0},
    "KnownDamage.__init__": {"most": 10_000},
    "Library.__init__": {"delete_delay": 10.0},
    "Library.prompts": {"limit": 100},
    "Library.thumbnail": {"size": 256},
    "Library.cached_thumbnails": {"size": 256},
    "Library.export": {"with_metadata": True},
    "Queue.recent": {"limit": 200},
    "Supervisor.__init__": {"pause": 1.0},
    "frame_at": {"height": 512},
    "probe_sound": {"key": "sound"},
    "probe_video": {"key": "video"},
    "read_mask": {"key": "mask", "max_bytes": 20 * 10**6},
    "read_picture": {"key": "image", "max_bytes": 20 * 10**6},
}
SAID: dict[str, dict[str, object]] = {
    "Waits": {"first": 0.5, "longest": 15.0, "needed": 1.5, "steady": 5.0, "lists_hold": 3.0},  # seconds
    "Cut": {"kind": "mp4"},
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_is_not_said_is_nothing(module: ModuleType) -> None:
    for name, found in unsaid(module):
        assert {key: value for key, value in found.items() if value} == SAID.get(name, {}), name


@pytest.mark.parametrize("module", FUNCTIONS, ids=lambda module: module.__name__)
def test_what_is_not_asked_for_is_nothing(module: ModuleType) -> None:
    for name, plain in unasked(module):
        assert {key: value for key, value in plain.items() if value} == ASKED.get(name, {}), name
