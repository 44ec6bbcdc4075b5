"""Going on from a file: the end of a video as the start picture of the next, and what a step takes of the result before
it. Blocking, but for `alike`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.chain import LAST
from oelala_desktop.domain.errors import InvalidField, InvalidMedia
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.inputs import Given, Inputs, names_in
from oelala_desktop.domain.job import Awaited, Job, JobInput
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.tool import find_tool
from oelala_desktop.services.inputs.store import InputStore

from .wishes import Wish

KEY = "continue"


def continued(store: InputStore, wish: Wish) -> Wish:
    """The wish with the last frame of the video that it continues as its start picture. Raises InvalidField,
    InvalidMedia or CannotSave."""
    assert wish.continues is not None
    tool = find_tool(wish.tool)
    if tool.output != "video" or "image" not in tool.keys or "video" in tool.needs:
        raise InvalidField(KEY, f"continue: {tool.name} cannot go on from a video; Image to Video can.")
    if names_in(wish.values.get("image")):
        raise InvalidField(KEY, "continue: the start picture is the last frame of the video; give one of the two.")
    kept = store.last_frame(wish.continues, KEY)
    return replace(wish, values={**wish.values, "image": str(kept.path)})


def kept_whole(store: InputStore, video: Path) -> tuple[Given, JobInput]:
    """The facts of a video, and the copy of it that outlives it. Raises InvalidMedia or CannotSave."""
    taken = store.take(video, FieldKind.VIDEO, KEY)
    kept = store.whole(taken, KEY)
    return taken.given, JobInput(KEY, str(kept.path), kept.upload_name, kept.original, "video")


def alike(settled: Plan, inputs: Inputs, catalog: Catalog | None, video: Given) -> Plan:
    """The plan with what was left open of size and rate chosen like the video, so that the two can be joined as they
    are; where no choice comes to that, as it was."""
    preset, given = settled.preset, dict(settled.given)
    choices: list[dict[str, Any]] = [{}]
    rate = preset.fields.get("fps")
    if rate is not None and "fps" not in given and str(round(video.rate)) in rate.choices:
        choices = [{"fps": round(video.rate)}]
    sizes = preset.fields.get("resolution")
    if sizes is not None and "resolution" not in given:
        choices = [{**choice, "resolution": size} for choice in choices for size in ("", *sizes.choices)]
    plans = []
    for choice in choices:
        values = given | {key: value for key, value in choice.items() if value != ""}
        made = plan(preset.tool, (preset,), values, inputs, catalog)
        if isinstance(made, Plan):
            plans.append(made)
    fit = [made for made in plans if (made.request.width, made.request.height) == (video.width, video.height)]
    return next(iter((*fit, *plans)), settled)


def taken_for(store: InputStore, awaits: Awaited, before: Job) -> Path:
    """The file that a job takes of the one before it. Raises InvalidMedia where that made none that can be taken, or
    CannotSave."""
    made = before.main_output
    if made is None or not made.is_visual:
        raise InvalidMedia(awaits.key, "The job before this one made no picture and no video that it could go by.")
    if awaits.take == LAST and made.kind == "video":
        return store.last_frame(Path(made.path), awaits.key).path
    return Path(made.path)
