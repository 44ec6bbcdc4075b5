"""What a code of the rule book says, in English. A sentence is made at the edge, from a code and its values; what is
stored and compared is those two. Another language is another table with the same keys.

Where a template begins with "{key}: " its field is named first; a form that shows it at the field leaves that out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]
Table = Mapping[str, "str | Callable[[Values], str]"]
_KEY = "{key}: "
_MOST_LISTED = 5


def say(code: str, values: Values, table: Table | None = None) -> str:
    """The whole sentence; `values["text"]` where the code is not known (a later version's, or a server's own words)."""
    named, sentence = _made(code, values, table)
    return f"{values.get('key')}: {sentence}" if named else sentence


def say_at_field(code: str, values: Values, table: Table | None = None) -> str:
    """The same without the name of the field that it is shown at."""
    return _made(code, values, table)[1]


def _made(code: str, values: Values, table: Table | None) -> tuple[bool, str]:
    template = (ENGLISH if table is None else table).get(code)
    if template is None:
        return False, str(values.get("text") or code)
    try:
        text = template(values) if callable(template) else template
        named = text.startswith(_KEY)
        text = text.removeprefix(_KEY)
        return named, text if callable(template) else text.format_map(values)
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
    ):  # stored by another version, or by a damaged disk
        return False, str(values.get("text") or code)


def shown(value: object) -> str:
    """A value as it was given, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def bounds(low: float | None, high: float | None) -> str:
    """ "1 to 40", or what there is of it."""
    if low is None:
        return f"what is allowed (at most {high:g})"
    if high is None:
        return f"what is allowed (at least {low:g})"
    if low == high:
        return f"{low:g}"
    return f"{low:g} to {high:g}"


def joined(names: Sequence[str]) -> str:
    """ "a, b and c" """
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _did_you_mean(values: Values) -> str:
    return f" Did you mean {values['near']}?" if values.get("near") else ""


def _not_among(values: Values) -> str:
    return f"{{key}}: {values['given']} is not one of {', '.join(values['choices'])}.{_did_you_mean(values)}"


def _unknown(values: Values) -> str:
    known = _did_you_mean(values) or f" Known settings: {', '.join(values['known'])}."
    return f"{values['key']} is not a setting of {values['tool']}.{known}"


def _nothing_named(values: Values) -> str:
    listed: Sequence[str] = values["choices"]
    if values.get("near"):
        hint = f" The nearest is {values['near']}."
    elif listed:
        hint = f" It has: {', '.join(listed[:_MOST_LISTED])}{' …' if len(listed) > _MOST_LISTED else ''}."
    else:
        hint = " It has none at all."
    return f"{{key}}: this server has nothing named {values['given']}.{hint}"


def _off_rule(values: Values) -> str:
    near = [str(count) for count in values["nearest"]]
    rule = rule_words(values["step"], values["offset"])
    verb = "are" if len(near) > 1 else "is"
    return f"{{key}}: {values['given']} is not {rule}; the nearest {verb} {joined(near)}."


def rule_words(step: int, offset: int) -> str:
    """ "4k + 1" """
    return f"{step}k + {offset}" if offset else f"a multiple of {step}"


def _lacks(values: Values) -> str:
    names = "; ".join(values["lacking"])
    return f"This server cannot run {values['preset']}. It lacks: {names}."


def _too_many(values: Values) -> str:
    given = "1 was given" if values["count"] == 1 else f"{values['count']} were given"
    return f"{{key}}: {given}; {values['preset']} takes {bounds(values['least'], values['most'])}."


def _wide(values: Values) -> str:
    frames = f" with {values['frames']} frames" if values["frames"] > 1 else ""
    most = f" with {values['most_frames']} frames" if values["most_frames"] > 1 else ""
    return (
        f"{values['width']} × {values['height']}{frames} is more than this preset has managed on {values['engine']} "
        f"so far ({values['most_width']} × {values['most_height']}{most}); it may run out of memory."
    )


def with_article(noun: str) -> str:
    """ "a picture", "an end picture" """
    return f"{'an' if noun[:1].casefold() in set('aeiou') else 'a'} {noun}"


def _missing(values: Values) -> str:
    if values.get("many"):
        return f"{values['label'].capitalize()} are missing: give them with {values['key']}."
    return f"{with_article(values['label']).capitalize()} is missing: give one with {values['key']}."


def _too_large(values: Values) -> str:
    remedy = "Scale it down, or raise that limit."
    if values.get("smaller"):
        remedy = f"Take a shorter part, let it be made smaller ({values['smaller']}), or raise that limit."
    return f"{how_large(values)} (--max-upload-size). {remedy}"


def how_large(values: Values) -> str:
    """What is too large for a server, without a full stop."""
    return (
        f"{values['name']} is too large for this server: {values['size'] / 10**6:.1f} MB would go up, and ComfyUI "
        f"there takes {values['limit'] / 10**6:.1f} MB"
    )


def _part_lacking(values: Values) -> str:
    pack = f" It comes with {values['pack']}: {values['address']}." if values.get("pack") else ""
    return f"{{key}}: this server lacks node {values['node']}.{pack}"


def _none_has(values: Values) -> str:
    presets: Sequence[str] = values["presets"]
    server = "the built-in Sketch engine" if values.get("sketch") else "this server"
    one = len(presets) == 1
    cannot = "cannot run it" if one else "can run none of them"
    return f"Only {joined(presets)} {'has' if one else 'have'} {joined(values['keys'])}, and {server} {cannot}."


def _never_together(values: Values) -> str:
    having = "; ".join(f"{key} is one of {joined(presets)}" for key, presets in values["having"].items())
    return f"No preset of {values['tool']} has {joined(list(values['having']))} together: {having}."


def _uncaptioned(values: Values) -> str:
    count, of = values["count"], values["of"]
    have = "has" if count == 1 else "have"
    learnt = "the trigger word alone" if values["trigger"] else "no words at all"
    return f"{count} of {of} pictures {have} no caption; what is in them is learnt with {learnt}."


ENGLISH: Table = {
    # a value by itself
    "not_a_number": "{key}: expected a number, not {given}.",
    "not_whole": "{key}: expected a whole number, not {given}.",
    "outside": lambda v: f"{{key}}: {v['given']:g} is outside {bounds(v['low'], v['high'])}.",
    "not_among": _not_among,
    "not_text": "{key}: expected text, not {given}.",
    "nul": "{key}: the text holds a NUL character.",
    "too_long": lambda v: f"{{key}}: the text has {v['count']} characters; at most {v['most']:g} fit.",
    "not_unicode": "{key}: the text is not valid Unicode.",
    "nested": "{key}: choices stand within choices more than {most} deep.",
    "in_circle": lambda v: f"{{key}}: the wildcards {joined(v['names'])} name each other in a circle.",
    "too_many_lines": "{key}: more than {most} lines of wildcards go into one text.",
    "wildcard_missing": lambda v: (
        f"{{key}}: there is no wildcard {v['name']} (no {v['name']}.txt in {v['folder']}).{_did_you_mean(v)} "
        "Write \\__ for two underscores that are meant as such."
    ),
    "wildcard_outside": "{key}: {name} leads out of {folder}, where wildcards lie.",
    "wildcard_empty": "{key}: the wildcard {name} has no line.",
    "wildcard_unreadable": "{key}: the wildcard {name} cannot be read: {why}.",
    "choice_missing": "{key}: a choice is missing.",
    "not_on_or_off": "{key}: expected on or off, not {given}.",
    "no_point": '{key}: expected a place like {{"x": 0.5, "y": 0.5}}, each from 0 to 1, not {given}.',
    "seed_outside": "{key}: a seed is −1 (random) or between 0 and 18446744073709551615.",
    "loras_no_json": '{key}: expected JSON like [{{"high": "name.safetensors", "strength": 1.5}}].',
    "loras_no_list": "{key}: expected a list of at most 64 LoRAs.",
    "lora_no_object": "{key}: entry {index} is not an object with high, low, strength and enabled.",
    "lora_unknown": "{key}: entry {index} has the unknown key {given}.",
    "lora_no_file": "{key}: entry {index} names no file.",
    "lora_bad_name": "{key}: entry {index} names its file wrongly.",
    "files_no_list": "{key}: expected a list of files.",
    "one_file": "{key}: {count} files were given; it takes one.",
    "no_file": "{key} takes no file.",
    "other_kind": "{key}: of another kind.",
    "split_form": "{key}: “{given}” is not of the form cuda:0,8gb.",
    "split_device": lambda v: f"{{key}}: this server has no device {v['given']}; it has {', '.join(v['devices'])}.",
    "split_cpu_alone": "{key}: the processor alone fails while sampling; name a GPU too, or leave it empty.",
    # a wish as a whole
    "unknown": _unknown,
    "never_together": _never_together,
    "takes_no": "{tool} takes no {label}.",
    "preset_takes_no": "{preset} takes no {label}; choose another preset.",
    "cannot_extend": "{preset} cannot extend a video; choose 1 clip or another preset.",
    "cannot_end": "{preset} cannot end on a picture; choose another preset.",
    "input_missing": _missing,
    "too_many": _too_many,
    "preset_no_name": "{key}: expected the name of a preset.",
    "nothing_said": "Say what you want to see first.",
    "switch_beyond": "{key}: {given} must be less than the {steps} steps.",
    "off_rule": _off_rule,
    "contradicts": "{key}: {given} contradicts duration, which gives {computed}; give one of them.",
    "goes_by_frames": "{key}: {preset} counts frames; give num_frames instead.",
    "as_given": "{key}: {preset} takes the length of what is given; leave it out.",
    "no_duration": lambda v: (
        f"{{key}}: {v['given']} at {v['rate']:g} frames per second are {v['seconds']:g} s; "
        f"between {v['low']:g} and {v['high']:g} s can be set here."
    ),
    "lora_low_only": "{key}: entry {index} names only a low noise file, and {preset} has one pass.",
    "too_quick": lambda v: (
        f"{{key}}: that comes to {v['rate']:g} frames a second; at most {v['most']:g} can be made. Choose fewer."
    ),
    "too_wide": lambda v: (
        f"{{key}}: that comes to {v['width']} × {v['height']} pixels; at most {v['most']:g} to a side can be made."
    ),
    "no_margin": "{key}: what is given has that shape already; choose another.",
    "beyond_end": lambda v: f"{{key}}: {v['name']} is {v['length']:g} s long; {v['given']:g} s is beyond its end.",
    "too_large": _too_large,
    "one_line": "{key}: it must be on one line.",
    "no_file_name": '{key}: a file cannot be called so everywhere; leave out / \\ : * ? " < > | and dots at its ends.',
    # what an engine lacks
    "no_preset": "{tool} has no preset yet. It needs an AI model on ComfyUI; “oelala presets --add” takes a workflow.",
    "nothing_named": _nothing_named,
    "part_lacking": _part_lacking,
    "lacks": _lacks,
    "needs_engine": "{preset} needs {engine}: {why}.",
    "needs_ai": "{tool} needs an AI model, and the built-in Sketch engine runs none.",
    "none_has": _none_has,
    "none_runs": "This server can run no preset of {tool}. “oelala doctor” lists what each of them lacks.",
    # what goes with a plan that can be met
    "managed": _wide,
    "pair_half": "The {missing} noise model is missing: both passes need one.",
    "pair_task": "These are weights for {kind}; they run here without an error but give a useless picture.",
    "pair_size": "The high noise model is {high} and the low noise one {low}.",
    "pair_quantised": "The two models are quantised differently; that costs memory and can shift colours.",
    "pair_swapped": "High and low noise models look swapped.",
    "lora_half": "{name} is made for the {side} noise pass and goes into both: its {other} noise half was not found. "
    "Choose another file, or none, for the low pass.",
    "left_out": lambda v: (
        f"{v['key']} is left out: {v['node']} has failed on {v['server']}{' (' + v['why'] + ')' if v['why'] else ''}."
    ),
    "uncaptioned": _uncaptioned,
    "small_picture": "{name} is only {width} × {height}; the result will be soft.",
}
