"""Taking: what a wish gives as files, looked at before it is planned, and kept when it becomes a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oelala_desktop.domain import crop
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.field import TIMED_KINDS, Field, FieldKind
from oelala_desktop.domain.graph_inputs import LOADER, SLICE, InputFile
from oelala_desktop.domain.inputs import LENGTH, SMALLER, START, Given, names_in, trim_of
from oelala_desktop.domain.job import JobInput
from oelala_desktop.domain.plan import FORM, Plan, too_large
from oelala_desktop.domain.preset import Preset

from . import datasets
from .kept import Kept, read_facts
from .store import InputStore, Part, Taken

#: what was looked at, by settings key
Looked = Mapping[str, tuple[Taken, ...]]


def take_all(store: InputStore, preset: Preset, given: Mapping[str, Any]) -> Looked:
    """Raises InvalidMedia or CannotSave. Blocking."""
    out = {}
    for field in preset.inputs:
        names = names_in(given.get(field.key))
        if names:
            many = field.kind is FieldKind.DATASET
            out[field.key] = (
                (datasets.take(store, names, field.key),)
                if many
                else tuple(store.take(Path(name), field.kind, field.key) for name in names)
            )
    return out


def facts_of(looked: Looked) -> dict[str, tuple[Given, ...]]:
    return {key: tuple(taken.given for taken in files) for key, files in looked.items()}


def with_whole_paths(values: Mapping[str, Any], looked: Looked) -> dict[str, Any]:
    """The values with what was given as files named so that it is found from any folder."""
    out = dict(values)
    for key, files in looked.items():
        paths = [str(taken.path.absolute()) for taken in files]
        if key in values:
            out[key] = paths[0] if isinstance(values[key], str) or files[0].given.kind == "dataset" else paths
    return out


def keep_all(store: InputStore, plan: Plan, looked: Looked, catalog: Catalog | None) -> tuple[JobInput, ...]:
    """Every input of the plan as a kept file, cut to the part that is meant. Raises InvalidMedia or CannotSave.
    Blocking."""
    return tuple(
        row for field in plan.preset.inputs if field.key in looked for row in _rows(store, plan, field, looked, catalog)
    )


def keep_for_later(
    store: InputStore, preset: Preset, given: Mapping[str, Any], looked: Looked
) -> tuple[tuple[JobInput, ...], dict[str, Any]]:
    """What is given to a job that cannot be planned to the end yet: kept, and the settings that name the kept files
    (of a video or sound the part that is meant). Raises InvalidMedia or CannotSave. Blocking."""
    values, rows = dict(given), []
    for field in preset.inputs:
        for taken in looked.get(field.key, ()):
            kept = taken.kept
            if kept is None:
                start, length = trim_of(field, given)
                kept = store.part(taken, field.key, start, length, exact=True, at_most=None).kept
            rows.append(JobInput(field.key, str(kept.path), kept.upload_name, kept.original, taken.given.kind))
        if field.key in looked:
            paths = [row.path for row in rows if row.key == field.key]
            values[field.key] = paths[0] if isinstance(given[field.key], str) else paths
            if field.kind in TIMED_KINDS:
                values = {
                    key: value for key, value in values.items() if key not in (field.key + START, field.key + LENGTH)
                }
    return tuple(rows), values


def facts_of_kept(inputs: tuple[JobInput, ...]) -> dict[str, tuple[Given, ...]]:
    """What the kept files are, cut and made smaller as they may be. Blocking."""
    out: dict[str, tuple[Given, ...]] = {}
    for row in inputs:
        kept = read_facts(Path(row.path))
        out[row.key] = (*out.get(row.key, ()), *((kept.given,) if kept else ()))
    return out


def files_of(inputs: tuple[JobInput, ...]) -> dict[str, list[InputFile]]:
    out: dict[str, list[InputFile]] = {}
    for given in inputs:
        out.setdefault(given.key, []).append(InputFile(given.upload_name, given.start, given.length))
    return out


def _rows(store: InputStore, plan: Plan, field: Field, looked: Looked, catalog: Catalog | None) -> Iterator[JobInput]:
    for taken in looked[field.key]:
        part = _part(store, plan, field, taken, catalog)
        if field.kind is FieldKind.MASK:
            part = Part(_fitted(store, plan, part.kept, looked))
        elif field.key == "image":
            part = Part(_cropped(store, plan, part.kept))
        elif field.kind is FieldKind.DATASET:
            part = Part(datasets.with_trigger(store, part.kept, str(plan.request.values.get("trigger") or "")))
        kept = part.kept
        given = kept.original or str(taken.path)
        yield JobInput(field.key, str(kept.path), kept.upload_name, given, taken.given.kind, part.start, part.length)


def _part(store: InputStore, plan: Plan, field: Field, taken: Taken, catalog: Catalog | None) -> Part:
    if field.kind not in TIMED_KINDS:
        assert taken.kept is not None  # all but these are kept when they are looked at
        return Part(taken.kept)
    start, length = trim_of(field, plan.given)
    most = catalog.upload_limit if catalog is not None else None
    limit = most - FORM if most is not None else None
    at_most = limit if plan.given.get(field.key + SMALLER) else None
    part = store.part(
        taken,
        field.key,
        start,
        length,
        exact=not _can_slice(plan.preset, field, catalog),
        at_most=at_most,
    )
    if limit is not None and part.kept.given.size > limit:
        raise too_large(field, part.kept.given, limit + FORM)
    return part


def _can_slice(preset: Preset, field: Field, catalog: Catalog | None) -> bool:
    """Whether the graph can take the part that is meant out of one that begins earlier."""
    has_node = catalog is not None and catalog.has(SLICE)
    return has_node and all(preset.class_at(target) == LOADER for target in field.into)


def _cropped(store: InputStore, plan: Plan, picture: Kept) -> Kept:
    """What is to be seen of a picture, where a place in it was chosen and the frame has another aspect; the server
    takes the middle by itself."""
    place = None if crop.KEY in plan.preset.fields else crop.place_of(plan.given)  # a preset may call its own one so
    width, height = plan.request.width, plan.request.height
    if place is None or not width or not height or plan.request.frame is not None:  # nothing is cut off of that one
        return picture
    return store.cropped(picture, crop.window((picture.given.width, picture.given.height), (width, height), place))


def _fitted(store: InputStore, plan: Plan, mask: Kept, looked: Looked) -> Kept:
    """A mask is as large as what it lies over: the first input that has a size."""
    for field in plan.preset.inputs:
        for taken in looked.get(field.key, ()) if field.kind is not FieldKind.MASK else ():
            if taken.given.width and taken.given.height:
                mask = store.fitted(mask, taken.given.width, taken.given.height)
                return _cropped(store, plan, mask) if field.key == "image" else mask
    return mask
