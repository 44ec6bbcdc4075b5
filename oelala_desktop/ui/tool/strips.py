"""What a video or a sound looks like along its length, found out after its facts are shown."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.services.inputs.strip import frame_at, frame_strip
from oelala_desktop.services.inputs.waveform import peaks
from oelala_desktop.ui.form.input_editors import Shown
from oelala_desktop.ui.playing.images import image_of

if TYPE_CHECKING:
    from oelala_desktop.ui.form.form import ToolForm

log = logging.getLogger(__name__)
#: enough for the widest strip, on a screen of two dots a pixel
_FRAMES, _HEIGHT, _PEAKS = 12, 112, 400


async def load_strip(form: ToolForm, key: str, name: str, shown: Shown) -> None:
    """Frames first, then peaks. What cannot be drawn stays empty: what is wrong with the file is said when it is
    used."""
    path, given = Path(name), shown.given
    try:
        if given.frames:
            frames = await asyncio.to_thread(lambda: tuple(map(image_of, frame_strip(path, _FRAMES, _HEIGHT))))
            first = image_of(await asyncio.to_thread(frame_at, path, 0.0)) if "place" in form.fields else frames[0]
            shown = shown._replace(strip=frames, image=first)
            _tell(form, key, name, shown)
        found = await asyncio.to_thread(peaks, path, _PEAKS) if given.has_sound else ()
        _tell(form, key, name, shown._replace(peaks=found))
    except OelalaError as error:
        log.info("no strip of %s: %s", path.name, error)


def _tell(form: ToolForm, key: str, name: str, shown: Shown) -> None:
    if name in form.given.shown(key):
        form.given.know(key, name, shown)
        form.show_again()
