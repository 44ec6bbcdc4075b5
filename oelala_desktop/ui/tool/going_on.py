"""A result goes on from where it is looked at: as the start picture of a video, or as what another tool is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtGui import QImage

from oelala_desktop.domain.advising import of_inputs
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS, Tool
from oelala_desktop.services.queue.continuing import alike
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.jobs.words import file_name
from oelala_desktop.ui.playing.frames import first_frame, last_frame
from oelala_desktop.ui.playing.images import keep_image
from oelala_desktop.ui.studio import GoOn, Studio
from oelala_desktop.ui.tool.editing import Editing
from oelala_desktop.ui.tool.intake import Intake

#: what each act comes to: the tool for a picture, that for a video, and settings of its own
_ACTS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "continue": ("", "image-to-video", {}),
    "upscale": ("upscaler", "upscaler", {}),
    "smoother": ("", "upscaler", {"smooth": 2, "factor": 1.0}),
    "edit": ("image-to-image", "video-to-video", {}),
    "reframe": ("reframe", "reframe", {}),
}
#: the picture that a video ends on, and the video
Continued = tuple[str, Path]
_PICTURED = (FieldKind.PICTURE, FieldKind.PICTURES)
#: settings in which a video that is continued is followed
_LIKE_IT = ("resolution", "fps", "aspect_ratio")


def tool_for(wish: GoOn) -> Tool | None:
    """The tool whose page goes on with it; None where there is none for such a file."""
    picture, video, _ = _ACTS[wish.act]
    return TOOLS.get(video if wish.kind == "video" else picture)


class _View(Protocol):
    """As ToolView has them."""

    tool: Tool
    preset: Preset | None
    form: ToolForm
    intake: Intake
    editing: Editing

    def choose_preset(self, short_id: str) -> None: ...
    def edited(self) -> None: ...


class GoingOn:
    def __init__(self, view: _View, studio: Studio) -> None:
        self._view = view
        self._studio = studio
        self._inputs = studio.services.inputs
        self.continued: Continued | None = None
        self._told = False

    # with a result of this page

    def acts_on(self, path: Path, kind: str, shown: Callable[[], QImage | None]) -> dict[str, Callable[[], object]]:
        """What can be done with a result of that kind, by the names of its commands; `shown` is the frame in view."""
        found: dict[str, Callable[[], object]] = {}
        if kind not in ("image", "video"):
            return found
        for act in _ACTS:
            wish = GoOn(act, path, kind)
            if tool_for(wish) is not None:
                found[act] = lambda wish=wish: self._studio.going_on_requested.emit(wish)  # type: ignore[misc]
        if kind == "image":
            found["use_shown"] = lambda: self._start_with(path)
        elif kind == "video":
            found |= {
                "use_first_frame": lambda: self._use_frame(path, first_frame(path)),
                "use_last_frame": lambda: self._use_frame(path, last_frame(path)),
                "use_shown": lambda: self._use_frame(path, _at_once(shown())),
            }
        return found

    def _start_with(self, path: Path) -> None:
        key = self._view.intake.start
        if key is not None:
            self._view.intake.take(key, path)
        else:
            self._studio.start_picture_requested.emit(str(path))

    def _use_frame(self, path: Path, frame: Coroutine[Any, Any, QImage | None]) -> None:
        """A frame of the video becomes the start picture, here or on a page that takes one."""
        key = self._view.intake.start

        async def take() -> None:
            image = await frame
            if image is None or image.isNull():
                self._studio.notify(f"{path.name} has no frame that can be read.", "warning")
            elif key is not None:
                self._view.intake.take_image(key, image)
            else:
                taken = await keep_image(image, self._inputs, "frame.png")
                self._studio.start_picture_requested.emit(str(taken.path))

        self._studio.actions.start(take())

    # with a result of any page, here

    def take(self, wish: GoOn) -> None:
        """Uses the file with a preset that takes such a one and runs; tells so where there is none."""
        kinds = (FieldKind.VIDEO,) if wish.kind == "video" and wish.act != "continue" else _PICTURED
        values = dict(_ACTS[wish.act][2])
        preset = self._preset_for(kinds, values)
        if preset is None:
            self._studio.notify(without_preset(self._studio, self._view.tool, wish), "warning")
            return
        if self._view.preset is None or self._view.preset.id != preset.id:
            self._view.choose_preset(preset.short_id)
        form = self._view.form
        if values:
            form.set_values(form.values() | values)
        key = form.given.first(*kinds)
        if key is None:
            return
        if wish.act == "continue":
            self._studio.actions.start(self._continue(key, wish.path))
        else:
            self._view.intake.take(key, wish.path, fill=False)
        self._view.edited()

    def _preset_for(self, kinds: tuple[FieldKind, ...], values: Mapping[str, Any]) -> Preset | None:
        """The one on the page if it does, else the first that takes such a file, has these settings, and runs."""
        catalog = self._studio.services.current.engine.catalog
        presets = list(self._studio.services.registry.presets(self._view.tool))
        presets.sort(key=lambda one: self._view.preset is None or one.id != self._view.preset.id)
        for preset in presets:
            takes = any(field.kind in kinds for field in preset.inputs) and values.keys() <= preset.fields.keys()
            if takes and not (catalog is not None and preset.missing(catalog)):
                return preset
        return None

    # on from the end of a video

    async def _continue(self, key: str, video: Path) -> None:
        """Its last frame is the start picture, and what is chosen of size and rate is as it has them."""
        kept = await asyncio.to_thread(self._inputs.last_frame, video, key)
        given = (await asyncio.to_thread(self._inputs.take, video, FieldKind.VIDEO, key)).given
        form, preset = self._view.form, self._view.preset
        if preset is None or key not in form.fields:
            return
        values = {name: value for name, value in form.values().items() if name not in _LIKE_IT}
        facts = {**form.given.facts(), key: (kept.given,)}
        catalog = self._studio.services.current.engine.catalog
        found = plan(preset.tool, (preset,), {**values, key: str(kept.path)}, facts, catalog)
        if isinstance(found, Plan):
            like = alike(found, facts, catalog, given).given
            form.set_values(values | {name: like[name] for name in _LIKE_IT if name in like})
        self.continued = str(kept.path), video
        self._view.intake.take(key, kept.path, fill=False)
        self._view.edited()

    def continuing(self, wish: Wish) -> Wish:
        """The wish of the page, which continues a video as long as that one's last frame is its start picture."""
        key = self._view.intake.start
        if self.continued is None or key is None or wish.values.get(key) != self.continued[0]:
            self.continued = None
            return wish
        values = {name: value for name, value in wish.values.items() if name != key}
        return replace(wish, values=values, continues=self.continued[1])

    def look(self) -> None:
        """The badge stands wherever what is made is joined to a video, also on a form that was made anew."""
        key = self._view.intake.start
        video = self._followed(key) if key is not None else ""
        if key is None or not (video or self._told):
            return
        given = self._view.form.given
        said = [str(one) for one in of_inputs({key: given.facts().get(key, ())})]
        given.note(key, " ".join([*said, f"Goes on from {video}; the two are joined"] if video else said))
        self._told = bool(video)

    def _followed(self, key: str) -> str:
        """The name of the video to which it is joined: that of the page, or of the job that is edited."""
        picture, job = self._view.form.values().get(key), self._view.editing.job
        if self.continued is not None and picture == self.continued[0]:
            return self.continued[1].name
        if job is not None and job.continues is not None and picture == job.values.get(key):
            return file_name(job.continues)
        return ""


def without_preset(studio: Studio, tool: Tool, wish: GoOn) -> str:
    noun = "picture" if wish.kind == "image" or wish.act == "continue" else "video"
    name = studio.services.current.engine.state.name or "the engine"
    return f"{tool.name} has no preset here that takes a {noun} and runs on {name}."


async def _at_once(image: QImage | None) -> QImage | None:
    return image
