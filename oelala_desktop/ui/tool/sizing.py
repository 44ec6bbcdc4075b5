"""What comes of a wish as its preset will settle it. Apart from `sizing`, since a form is shown before presets are
known, and without all that makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.domain.measuring import Measures, follows, heard_of, measured, parts_of, seen_size
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.sentences import joined
from oelala_desktop.services.queue.advice import Expected
from oelala_desktop.ui import wording
from oelala_desktop.ui.form.sizing import Sizing, SizingRule
from oelala_desktop.ui.widgets.crop_stage import new_parts


def sizing_of(preset: Preset) -> SizingRule:
    """As the preset will settle it."""

    def rule(values: Mapping[str, Any], inputs: Inputs) -> Sizing:
        try:
            given = parts_of(preset, values, inputs)
        except Obstructed:  # said elsewhere
            given = {}
        found = measured(preset, values, given)
        caption = _caption(preset, values, given, found)
        notes = _notes(preset, values, given, found)
        line = _line(preset, values, found, with_sound=preset.sound and not _is_silent(preset, given))
        return Sizing(found.width, found.height, found.frames, caption, line, found.frame, notes)

    return rule


def _caption(preset: Preset, values: Mapping[str, Any], given: Inputs, found: Measures) -> str:
    if "size" in follows(preset) or "factor" in preset.fields:
        return ""
    by_aspect = "aspect_ratio" in preset.fields and values.get("aspect_ratio") == "auto"
    needed = next((field.label.lower() for field in preset.inputs if field.needed), "")
    if by_aspect and needed and seen_size(preset, given) is None:
        return f"follows the {needed}"
    return wording.size(found.width, found.height) if found.width else ""


def _notes(preset: Preset, values: Mapping[str, Any], given: Inputs, found: Measures) -> dict[str, str]:
    """ "1920 × 1080 → 3840 × 2160" beside the factor, "24 → 48 fps" beside what makes it smoother."""
    notes, before = {}, seen_size(preset, given)
    if "factor" in preset.fields and found.width:
        now = wording.size(found.width, found.height)
        notes["factor"] = f"{wording.size(*before)} → {now}" if before else now
    times = preset.times_in(values)
    if "smooth" in preset.fields and times > 1 and found.rate:
        notes["smooth"] = f"{found.rate / times:.4g} → {found.rate:.4g}{wording.NBSP}fps"
    return notes


def _is_silent(preset: Preset, given: Inputs) -> bool:
    """Whether that of which the sound is taken is here, and has none."""
    files = given.get(heard_of(preset), ())
    return bool(files) and not any(file.has_sound for file in files)


def _line(preset: Preset, values: Mapping[str, Any], found: Measures, *, with_sound: bool) -> str:
    """ "1280 × 720 · 121 frames · 24 fps, as the given video · with sound" """
    followed = follows(preset, values)
    rows = (
        ("size", "", wording.size(found.width, found.height) if found.width and "size" in followed else ""),
        ("frames", "duration", wording.frames(found.frames) if found.frames > 1 else ""),
        ("rate", "fps", f"{found.rate:.4g}{wording.NBSP}fps" if found.rate else ""),
    )
    taken: dict[tuple[str, bool], list[str]] = {}  # by the input, and whether it is known what it comes to
    for what, _, words in rows:
        if what in followed:
            taken.setdefault((followed[what], bool(words)), []).append(words or what)
    said = [_as_given(preset, key, known, words) for (key, known), words in taken.items()]
    said += [new_parts(found.frame)] if found.frame is not None else []
    said += [words for what, key, words in rows if what not in followed and words and key not in preset.fields]
    line = " · ".join([*said, *(["with sound"] if with_sound else [])])
    return line[:1].upper() + line[1:]


def _as_given(preset: Preset, key: str, known: bool, words: list[str]) -> str:
    given = f"as the given {preset.fields[key].label.lower()}"
    return f"{' · '.join(words)}, {given}" if known else f"{joined(words)} {given}"


def expected_words(found: Expected) -> str:
    """ "About 2 min 10 s here; as large has run here before." """
    time = "How long it takes is known after the first" if found.seconds is None else _about(found.seconds)
    return f"{time}; as large has run here before." if found.managed else f"{time}."


def _about(seconds: float) -> str:
    return f"About {wording.span(max(1, seconds))} here"
