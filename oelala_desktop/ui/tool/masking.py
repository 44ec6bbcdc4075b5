"""A mask for what is given: painted over it, made of what is transparent in it, or turned round."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.inputs import START, names_in
from oelala_desktop.services.inputs.masks import inverted
from oelala_desktop.services.inputs.store import InputStore, Taken
from oelala_desktop.services.inputs.strip import frame_at
from oelala_desktop.ui.playing.images import as_png, image_of, load_image
from oelala_desktop.ui.widgets.mask_sheet import MaskSheet

if TYPE_CHECKING:
    from oelala_desktop.ui.form.form import ToolForm

_PREVIEW = 2048  # longest side of what is painted over
_WHOLE = 2**16
#: takes the work that keeps a mask
Give = Callable[[Callable[[], Taken]], None]


async def make_mask(how: str, key: str, form: ToolForm, inputs: InputStore, give: Give) -> None:
    """`how` is "paint", "transparency" or "invert". Raises what looking at the files does."""
    mask = next(iter(names_in(form.values().get(key))), "")
    if how == "invert" and mask:
        name = form.given.shown(key)[mask].given.name if mask in form.given.shown(key) else "mask.png"
        give(lambda: inputs.keep_bytes(inverted(Path(mask).read_bytes()), FieldKind.MASK, name))
        return
    under = form.given.under()
    if under is None:
        return
    if how == "transparency" and under[2].mask:
        give(partial(inputs.take, Path(under[2].mask), FieldKind.MASK, key))
    elif how == "paint":
        given = under[2].given
        picture = await _seen(form, under[0], Path(under[1]), given.kind)
        begun = (await load_image(Path(mask), _WHOLE))[0] if mask else None
        sheet = MaskSheet(form.window())
        sheet.closed.connect(sheet.deleteLater)
        sheet.painted.connect(lambda image: give(partial(_kept, inputs, image)))
        sheet.open_mask(picture, begun, QSize(given.width, given.height))


async def _seen(form: ToolForm, key: str, path: Path, kind: str) -> QImage:
    """What is painted over: of a video the first frame of the part that is used."""
    if kind != "video":
        return (await load_image(path, _PREVIEW))[0] or QImage()
    start = float(form.values().get(key + START) or 0)
    return image_of(await asyncio.to_thread(frame_at, path, start))


def _kept(inputs: InputStore, image: QImage) -> Taken:
    return inputs.keep_bytes(as_png(image), FieldKind.MASK, "mask.png")
