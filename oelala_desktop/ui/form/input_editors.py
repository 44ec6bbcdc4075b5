"""The editors of what is given as files. They show what they are told, and tell what comes in and what is wished;
whoever takes files in looks at them and answers with values. All but that of a picture are made of widgets that are
imported when a preset has such a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from oelala_desktop.domain import crop, framing
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.framing import Frame
from oelala_desktop.domain.inputs import LENGTH, SMALLER, START, Given, names_in
from oelala_desktop.ui import wording
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.picture_source import PictureSource

if TYPE_CHECKING:
    from oelala_desktop.services.inputs.dataset_file import TrainingPicture
    from oelala_desktop.ui.widgets.crop_stage import CropStage
    from oelala_desktop.ui.widgets.mask_source import MaskSource
    from oelala_desktop.ui.widgets.source import Source

_SLOT = 100  # pixels of height of a picture at the side of a video
_FACTS = 66  # pixels at the side of a picture for its name and sizes
#: what a field takes when something is dropped on it
KINDS: Mapping[FieldKind, dropped.Kind] = {
    FieldKind.PICTURE: dropped.PICTURE,
    FieldKind.PICTURES: dropped.PICTURE,
    FieldKind.VIDEO: dropped.VIDEO,
    FieldKind.SOUND: dropped.SOUND,
    FieldKind.MASK: dropped.PICTURE,
    FieldKind.DATASET: dropped.DATASET,
}


class Shown(NamedTuple):
    """A given file as a form shows it. `image` is a preview, null where there is nothing to see (yet); `strip` and
    `peaks` are None while they are awaited; `mask` is the path of a mask of what is transparent in it, `pictures`
    what is in a folder."""

    given: Given
    image: QImage
    strip: tuple[QImage, ...] | None = None
    peaks: tuple[float, ...] | None = None
    mask: str = ""
    pictures: tuple[TrainingPicture, ...] = ()


class InputEditor(Editor):
    """Its value is a path, or a list of them. `edited` is sent when one is taken away, or for another order."""

    files_dropped = Signal(list)  # list[Path]
    image_pasted = Signal(QImage)
    url_dropped = Signal(str)
    media_requested = Signal()
    part_edited = Signal(str, object)  # a setting that comes with the input, and its value
    mask_wished = Signal(str)  # "paint", "transparency" or "invert"
    preset_wished = Signal()
    instead_wished = Signal()  # the other preset that is offered

    def take_either(self) -> None:
        """A picture or a video may come in here."""

    def set_value(self, value: Any) -> None:
        """Files are shown by `show_given`, which knows them."""

    def show_given(self, values: Mapping[str, Any], shown: Mapping[str, Shown], *, keeps_sound: bool = False) -> None:
        """What `values` have of this field, where it is among `shown` (by path). `keeps_sound` says whether the sound
        of a video will be heard in what is made of it."""
        raise NotImplementedError

    def set_error(self, sentence: str) -> None:
        raise NotImplementedError

    def set_note(self, text: str) -> None:
        """Words on what was given, where there is a place for them."""

    def set_busy(self, text: str) -> None:
        """What is under way; "" when it is over."""

    def offer_smaller(self, offered: bool) -> None:
        """For one that is larger than the server takes."""

    def offer_preset(self, offered: bool) -> None:
        """For one that carries the workflow it was made with."""

    def offer_instead(self, name: str) -> None:
        """Another preset, which takes what was refused; "" when there is none."""

    def paste(self) -> bool:
        raise NotImplementedError

    def browse(self) -> None:
        raise NotImplementedError

    def _names(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return names_in(values.get(self.field.key))


class _SourceEditor(InputEditor):
    def _hold_source(self, source: Source) -> None:
        self._source = source
        self._column.addWidget(source)
        source.files_dropped.connect(self.files_dropped)
        source.image_pasted.connect(self.image_pasted)
        source.url_dropped.connect(self.url_dropped)
        source.media_requested.connect(self.media_requested)
        source.instead_wished.connect(self.instead_wished)

    def set_error(self, sentence: str) -> None:
        self._source.set_error(sentence)
        self._source.offer_instead("")

    def offer_instead(self, name: str) -> None:
        self._source.offer_instead(name)

    def take_either(self) -> None:
        self._source.set_kind(dropped.EITHER)

    def set_busy(self, text: str) -> None:
        self._source.set_caption(text)

    def paste(self) -> bool:
        return self._source.paste()

    def browse(self) -> None:
        self._source.browse()


class PictureEditor(_SourceEditor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.source = PictureSource(field.label, titled=True)
        self._hold_source(self.source)
        self._slot: SlotEditor | None = None
        self._is_round = False
        self._shown: tuple[str, Shown] | None = None
        self.source.removed.connect(lambda: self.edited.emit(None))
        self.source.place_moved.connect(self._move)
        self.source.preset_wished.connect(self.preset_wished)

    def _move(self, x: float, y: float) -> None:
        self.part_edited.emit(framing.KEY if self._is_round else crop.KEY, {"x": x, "y": y})

    def set_round(self, frame: Frame | None, place: tuple[float, float], aspect: str) -> None:
        """The new frame round the picture; None where that is what is given."""
        self._is_round = frame is not None
        self.source.set_round(frame, place, aspect)

    def set_frame(self, frame: tuple[int, int] | None, values: Mapping[str, Any], aspect: str) -> None:
        """What of the picture is seen in a frame of that size; None where it is as the picture."""
        self.source.set_frame(frame, crop.place_of(values), aspect)

    def set_beside(self, row: QWidget, slot: SlotEditor) -> None:
        """A picture that need not be given, at the side of this one."""
        self._slot = slot
        self.source.set_beside(row)

    @property
    def high(self) -> int:
        """Of the picture, in pixels."""
        return self.source.zone.high

    def set_high(self, pixels: int) -> None:
        self.source.zone.set_high(pixels)
        if self._slot is not None:
            self._slot.set_high(pixels - _FACTS)

    def show_given(self, values: Mapping[str, Any], shown: Mapping[str, Shown], *, keeps_sound: bool = False) -> None:
        name = next(iter(self._names(values)), "")
        now = (name, shown[name]) if name in shown else None
        if now != self._shown or now is None:
            self._shown = now
            given = now[1].given if now else None
            self.source.set_note("")
            self.source.offer_preset(False)
            size = (given.width, given.height) if given else (0, 0)
            image = now[1].image if now else None
            self.source.set_picture(image, given.name if given else "", _facts(given), size)

    def set_note(self, text: str) -> None:
        self.source.set_note(text)

    def offer_preset(self, offered: bool) -> None:
        self.source.offer_preset(offered)


class SlotEditor(InputEditor):
    """Of a picture that need not be given, as small as it is rare."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        from oelala_desktop.ui.widgets.picture_slot import PictureSlot

        self.slot = slot = PictureSlot(field.label, needed=field.needed)
        self._hold(slot)
        self._shown: Shown | None = None
        slot.files_dropped.connect(self.files_dropped)
        slot.image_pasted.connect(self.image_pasted)
        slot.url_dropped.connect(self.url_dropped)
        slot.media_requested.connect(self.media_requested)
        slot.removed.connect(lambda: self.edited.emit(None))

    def show_given(self, values: Mapping[str, Any], shown: Mapping[str, Shown], *, keeps_sound: bool = False) -> None:
        now = shown.get(next(iter(self._names(values)), ""))
        if now != self._shown or now is None:
            self._shown = now
            self.slot.set_picture(now.image if now else None, now.given.name if now else "")

    def set_high(self, pixels: int) -> None:
        self.slot.set_high(pixels)

    def set_error(self, sentence: str) -> None:
        self.slot.set_error(sentence)

    def paste(self) -> bool:
        return self.slot.paste()

    def browse(self) -> None:
        self.slot.browse()


class PicturesEditor(_SourceEditor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        from oelala_desktop.ui.widgets.pictures_row import PicturesRow

        self.source = PicturesRow(field.label)
        self.source.set_most(int(field.maximum or 0), int(field.minimum or 0))
        self._hold_source(self.source)
        self._paths: tuple[str, ...] = ()
        self._shown: list[Shown | None] = []
        self.source.removed.connect(lambda at: self._tell(self._paths[:at] + self._paths[at + 1 :]))
        self.source.moved.connect(self._move)

    def _move(self, at: int, to: int) -> None:
        paths = list(self._paths)
        paths.insert(to, paths.pop(at))
        self._tell(paths)

    def _tell(self, paths: Sequence[str]) -> None:
        self.edited.emit(list(paths))

    def show_given(self, values: Mapping[str, Any], shown: Mapping[str, Shown], *, keeps_sound: bool = False) -> None:
        paths = self._names(values)
        now = [shown.get(path) for path in paths]
        if (paths, now) != (self._paths, self._shown):
            self._paths, self._shown = paths, now
            self.source.set_pictures([(one.image, one.given.name) if one else (QImage(), "") for one in now])


class MediaEditor(_SourceEditor):
    """Of a video or a sound."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        from oelala_desktop.ui.widgets.media_source import MediaSource

        self.source = MediaSource(KINDS[field.kind], field.label)
        self._hold_source(self.source)
        self._shown: tuple[Shown, bool, bool] | None = None
        self._stage: CropStage | None = None
        self.source.removed.connect(lambda: self.edited.emit(None))
        self.source.smaller_wished.connect(lambda: self.part_edited.emit(self.field.key + SMALLER, True))
        self.source.range_changed.connect(self._trim)

    def set_beside(self, row: QWidget, slot: SlotEditor) -> None:
        """A picture that goes with it, at the side of this one."""
        self.source.set_beside(row)
        slot.set_high(_SLOT)

    def _trim(self, start: float, length: float | None) -> None:
        self.part_edited.emit(self.field.key + START, start)
        self.part_edited.emit(self.field.key + LENGTH, length)

    def offer_smaller(self, offered: bool) -> None:
        self.source.offer_smaller(offered)

    def set_round(self, frame: Frame | None, place: tuple[float, float], aspect: str) -> None:
        """The new frame round the video's first frame."""
        one = self._shown[0] if self._shown is not None else None
        if frame is None or one is None or one.image.isNull():
            return
        stage = self.source.set_round(frame, one.image, (one.given.width, one.given.height), place, aspect)
        if stage is not self._stage:
            self._stage = stage
            stage.place_moved.connect(lambda x, y: self.part_edited.emit(framing.KEY, {"x": x, "y": y}))

    def show_given(self, values: Mapping[str, Any], shown: Mapping[str, Shown], *, keeps_sound: bool = False) -> None:
        key = self.field.key
        one = shown.get(next(iter(self._names(values)), ""))
        smaller = bool(values.get(key + SMALLER))
        before, self._shown = self._shown, (one, smaller, keeps_sound) if one else None
        if one is None:
            self.source.set_media("")
            return
        if before is None or before[0].given != one.given:
            self._begin(one.given)
        if before is None or (before[0].given, *before[1:]) != (one.given, smaller, keeps_sound):
            facts = [*_facts(one.given), *(["made smaller"] if smaller else [])]
            self.source.set_media(one.given.name, facts, keeps_sound=keeps_sound and one.given.has_sound)
        self._show_strip(one, before[0] if before else None)
        self.source.strip.set_range(float(values.get(key + START) or 0), values.get(key + LENGTH))

    def _begin(self, given: Given) -> None:
        strip = self.source.strip
        strip.set_video(given.length, given.rate, given.frames)
        if given.kind == "sound":
            strip.set_frames([])
        if not given.has_sound:
            strip.set_peaks([])

    def _show_strip(self, one: Shown, before: Shown | None) -> None:
        new = before is None or before.given != one.given
        if one.strip is not None and (new or before is None or before.strip is not one.strip):
            self.source.strip.set_frames(one.strip)
        if one.peaks is not None and (new or before is None or before.peaks is not one.peaks):
            self.source.strip.set_peaks(one.peaks)


class MaskEditor(InputEditor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        from oelala_desktop.ui.widgets.mask_source import MaskSource

        self.source: MaskSource = MaskSource(field.label)
        self._column.addWidget(self.source)
        self._shown: Shown | None = None
        self._under: Shown | None = None
        source = self.source
        source.files_dropped.connect(self.files_dropped)
        source.image_pasted.connect(self.image_pasted)
        source.url_dropped.connect(self.url_dropped)
        source.removed.connect(lambda: self.edited.emit(None))
        source.paint_wished.connect(lambda: self.mask_wished.emit("paint"))
        source.transparency_wished.connect(lambda: self.mask_wished.emit("transparency"))
        source.invert_wished.connect(lambda: self.mask_wished.emit("invert"))

    def show_given(self, values: Mapping[str, Any], shown: Mapping[str, Shown], *, keeps_sound: bool = False) -> None:
        one = shown.get(next(iter(self._names(values)), ""))
        if one is not self._shown or one is None:
            self._shown = one
            self.source.set_mask(one.image if one else None, one.given.name if one else "")

    def set_under(self, under: Shown | None, wanted: str) -> None:
        """What the mask is laid over; `wanted` is what it is called."""
        if under is not self._under or under is None:
            self._under = under
            image = under.image if under is not None and not under.image.isNull() else None
            self.source.set_picture(image, wanted)
            self.source.set_transparent(under is not None and bool(under.mask))

    def set_error(self, sentence: str) -> None:
        self.source.set_error(sentence)

    def paste(self) -> bool:
        return self.source.paste()

    def browse(self) -> None:
        self.source.preview.browse()


def _facts(given: Given | None) -> list[str]:
    if given is None:
        return []
    out = [wording.size(given.width, given.height)] if given.width else []
    return [*out, f"{given.rate:.4g}{wording.NBSP}fps"] if given.rate else out
