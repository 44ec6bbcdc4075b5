"""A wish that is ready to become jobs: planned with all that was given, which is kept for it. Blocking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.domain.inputs import companions
from oelala_desktop.domain.job import Awaited, JobInput
from oelala_desktop.domain.obstacle import Obstacle, Said
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.spelling import base_name
from oelala_desktop.domain.wording import WORDED
from oelala_desktop.metadata import read
from oelala_desktop.services.inputs.kept import read_facts
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.inputs.taking import Looked, facts_of_kept, keep_all

from .wishes import Wish


@dataclass(frozen=True, slots=True)
class Ready:
    """A wish that can be met there, with what it gives as files looked at. `awaits` names the setting that has its
    file later, and what of the result before it that will be."""

    wish: Wish
    plan: Plan
    looked: Looked
    catalog: Catalog | None  # None for an engine without lists
    warnings: tuple[Said, ...]
    said: Mapping[str, object] = field(default_factory=dict)  # what results tell of what was given
    inputs: tuple[JobInput, ...] = ()
    awaits: Awaited | None = None
    continues: JobInput | None = None


def keep(store: InputStore, ready: Ready) -> tuple[tuple[JobInput, ...], dict[str, object]]:
    """The inputs, and what results tell of them. Blocking."""
    kept = keep_all(store, ready.plan, ready.looked, ready.catalog)
    words = {} if "prompt" in ready.plan.preset.fields else _words_of(kept)
    return kept, _said_of_inputs(kept) | words


def planned_again(ready: Ready, kept: tuple[JobInput, ...]) -> Plan:
    """What was made smaller has another size now. Blocking."""
    preset = ready.plan.preset
    parts = {part.key for field in preset.inputs for part in companions(field)}
    values = {key: value for key, value in ready.plan.given.items() if key not in parts}
    found = plan(preset.tool, (preset,), values, facts_of_kept(kept), ready.catalog)
    if isinstance(found, Obstacle):
        return ready.plan
    values = {**ready.plan.request.values, **found.request.values}
    return replace(found, request=replace(found.request, values=values))


def _words_of(inputs: Sequence[JobInput]) -> dict[str, object]:
    """The prompts that the picture or video was made with: what has no words of its own goes on from it, and is found
    by them as it is. Blocking."""
    gone_by = next((given for given in inputs if given.key in ("image", "video")), None)
    if gone_by is None:
        return {}
    try:
        info = read(Path(gone_by.original)).info
    except Unreadable:  # gone since it was kept, or nothing that has metadata
        return {}
    found = {key: getattr(info, key) for key in WORDED}
    return {key: text for key, text in found.items() if text}


def _said_of_inputs(inputs: Sequence[JobInput]) -> dict[str, object]:
    """What was given, by the files' own names without their folders; of the start picture also the size of the file,
    by which it is found again under any name, and the prompt that it was made with itself. Blocking."""
    out: dict[str, object] = {}
    for given in inputs:
        name = base_name(given.original)
        known = out.get(given.key)
        out[given.key] = name if known is None else [*(known if isinstance(known, list) else [known]), name]
    start = next((read_facts(Path(given.path)) for given in inputs if given.key == "image"), None)
    if start is not None:
        out |= {"image_bytes": start.file_bytes} | ({"original_t2i_prompt": start.prompt} if start.prompt else {})
    return out
