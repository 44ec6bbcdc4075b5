"""The contact sheet of what a grid of jobs made: a result of its own that names its parts. Blocking."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oelala_desktop.domain.batch import labels, mark_of, told
from oelala_desktop.domain.errors import CannotSave, OelalaError
from oelala_desktop.domain.job import Job, JobState, Output
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.files.contact_sheet import Cell, cell_size, draw_sheet
from oelala_desktop.services.inputs.strip import frame_strip
from oelala_desktop.storage.whole_file import part_of

from .making import make_thumbnail

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

_COLUMNS = 6  # of a grid of one axis


@dataclass(frozen=True, slots=True)
class Part:
    """One cell: what it has of each axis, and the job that was made of it."""

    cell: Mapping[str, Any]
    job: Job

    @property
    def path(self) -> str:
        """Of its result; empty where there is none to see."""
        main = self.job.main_output
        return main.path if main is not None and main.is_visual and self.job.state is JobState.DONE else ""


def make_sheet(folder: Path, parts: Sequence[Part], said: Mapping[str, Any]) -> Path:
    """A PNG in `folder`, with one column for each value of the last axis where there are several axes, and `said`
    and its parts as metadata. What failed is shown as such. The same parts have the same sheet. Raises CannotSave."""
    rows = [_row(part) for part in parts]
    path = folder / f"oelala_grid_{mark_of(rows)[:12]}.png"
    if path.is_file():
        return path
    cells = [told(part.cell) for part in parts]
    axes = {key: list({json.dumps(cell[key]): cell[key] for cell in cells}.values()) for key in cells[0]}
    size = cell_size(len(parts))
    sheet = draw_sheet([_cell(part, size) for part in parts], _columns(axes, len(parts)))
    draft = part_of(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sheet.save(draft, "PNG")
        embed(draft, {**said, "grid": axes, "parts": rows})
        draft.replace(path)
    except OSError as error:
        raise CannotSave(f"Cannot save into {folder}: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return path


def _columns(axes: Mapping[str, Sequence[Any]], count: int) -> int:
    return len([*axes.values()][-1]) if len(axes) > 1 else min(count, _COLUMNS)


def _row(part: Part) -> dict[str, Any]:
    file = Path(part.path).name if part.path else None
    return {"cell": told(part.cell), "job_id": part.job.id, "state": part.job.state.value, "file": file}


def _cell(part: Part, size: int) -> Cell:
    lines = tuple(labels(part.cell))
    if not part.path:
        why = part.job.error.message if part.job.error else ""
        return Cell(lines, None, f"{part.job.state.value}: {why}" if why else part.job.state.value)
    assert part.job.main_output is not None
    try:
        return Cell(lines, _picture(part.job.main_output, size))
    except (OelalaError, OSError) as error:
        log.warning("%s is not on the sheet: %s", part.path, error)
        is_gone = isinstance(error, FileNotFoundError)
        return Cell(lines, None, f"{Path(part.path).name} is {'gone' if is_gone else 'not readable'}")


def _picture(output: Output, size: int) -> Image.Image:
    """A picture itself; of a video the frame in its middle, since all may begin with the same."""
    from PIL import Image

    path = Path(output.path)
    if output.kind != "video" or (output.frames or 0) < 2:
        return Image.open(BytesIO(make_thumbnail(path, size))).convert("RGB")
    if not path.is_file():
        raise FileNotFoundError(path)
    (frame,) = frame_strip(path, 1, size)
    image = Image.frombytes("RGB", (frame.width, frame.height), frame.rgb)
    image.thumbnail((size, size))
    return image
