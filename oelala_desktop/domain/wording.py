"""Choices in a prompt: `{a|b}` takes one, `{2-3$$a|b|c}` some of them, `__name__` a line of the wildcard of that name.
Pure: lines come in, and what is drawn follows from the seed alone, in every version of Python."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .obstacle import obstructed
from .tool import MAX_PROMPT

#: settings whose texts may have choices
WORDED = ("prompt", "negative_prompt")
#: what results call the text as it was typed, beside the one that was drawn
TYPED = "_choices"
JOINER = ", "
#: choices within choices, lines within lines
MOST_NESTED = 32
#: lines that one text may take
MOST_LINES = 2000

#: the lines of the wildcard of that name; raises Obstructed
Lines = Callable[[str], Sequence[str]]

_TOKEN = re.compile(
    r"""
      \\(?P<literal>[{}|]|__)
    | (?P<open>\{ (?:
        \s* (?: (?P<low>[0-9]{1,4}) (?: (?P<to>-) (?P<high>[0-9]{1,4})? )? | -(?P<most>[0-9]{1,4}) ) \s* \$\$
        (?: (?P<joiner> \s*\|\s* | (?: \\[{}|] | [^{}|\\$] | \$(?!\$) | \\(?![{}|]) )* ) \$\$ )?
      )? )
    | (?P<close>\})
    | (?P<bar>\|)
    | __ (?P<name> (?!_) [\w./\\~-]{0,200}? [^\W_] ) __
    """,
    re.VERBOSE,
)
_ALL = 9999
_ESCAPED = re.compile(r"\\([{}|])")
_SIGNS = re.compile(r"[{}|]|__")


@dataclass(frozen=True, slots=True)
class _Line:
    name: str


@dataclass(frozen=True, slots=True)
class _Choice:
    """From `low` to `high` of the options are taken; with `joiner` None exactly one, as it stands."""

    low: int = 1
    high: int = 1
    joiner: str | None = None
    options: list[list[_Part]] = field(default_factory=lambda: [[]])


_Part = str | _Line | _Choice


def has_choices(text: str) -> bool:
    """Whether drawing it may come to different texts."""
    return any(is_sign or match["name"] for match, is_sign in _marked(text))


def lines_in(text: str) -> list[str]:
    """Those that say something: neither empty nor a remark, which begins with #."""
    rows = (row.strip() for row in text.splitlines())
    return [row for row in rows if row and not row.startswith("#")]


def with_choices(values: Mapping[str, object]) -> dict[str, object]:
    """The settings of somebody who may write choices: what draws to anything but itself is to be drawn, unless they say
    otherwise."""
    texts = [text for key in WORDED if isinstance(text := values.get(key), str)]
    return {**({} if all(literal(text) == text for text in texts) else {"choices": True}), **values}


def draw(key: str, text: str, seed: int, lines: Lines) -> str:
    """What the text of the setting `key` comes to with that seed; what parses as JSON stays as it is. Raises Obstructed
    for a wildcard that is not there, for some that name each other in a circle, and for what is nested or long beyond
    measure."""
    parts = _parsed(key, text)
    for name in dict.fromkeys(_names(parts)):
        lines(name)  # a name that is wrong is told whether or not it is drawn
    drawn = _Drawing(key, seed, lines).text(parts)
    if len(drawn) > MAX_PROMPT:
        raise obstructed(key, "too_long", count=len(drawn), most=MAX_PROMPT)
    if "\0" in drawn:  # no more than where it is typed
        raise obstructed(key, "nul")
    return drawn


def literal(text: str) -> str:
    """A text that draws to this one with any seed: itself where nothing in it is a sign."""
    if not has_choices(text) and not any(match["literal"] for match in _TOKEN.finditer(text)):
        return text
    return text if _is_json(text) else _SIGNS.sub(r"\\\g<0>", text)


# reading


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _marked(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    """The signs of the text, with whether each brace and bar is one of a choice. No sign for JSON."""
    found = list(_TOKEN.finditer(text))
    if not found or _is_json(text):
        return
    owner: dict[int, int] = {}  # of a bar or a closing brace, the one that opened
    choices: set[int] = set()
    with_bar: set[int] = set()
    opened: list[int] = []
    for number, match in enumerate(found):
        if match["open"]:
            opened.append(number)
        elif match["bar"] and opened:
            owner[number] = opened[-1]
            with_bar.add(opened[-1])
        elif match["close"] and opened:
            first = owner[number] = opened.pop()
            if first in with_bar or len(found[first]["open"]) > 1:
                choices.add(first)
    for number, match in enumerate(found):
        yield match, owner.get(number, number) in choices


def _parsed(key: str, text: str) -> list[_Part]:
    parts: list[_Part] = []
    open_: list[_Choice] = []
    at = 0
    for match, is_sign in _marked(text):
        now = open_[-1].options[-1] if open_ else parts
        if not (is_sign or match["literal"] or match["name"]):
            continue
        now.append(text[at : match.start()])
        at = match.end()
        if match["literal"]:
            now.append(match["literal"])
        elif match["name"]:
            now.append(_Line(match["name"]))
        elif match["bar"]:
            open_[-1].options.append([])
        elif match["close"]:
            open_.pop()
        else:
            now.append(made := _choice(match))
            open_.append(made)
            if len(open_) > MOST_NESTED:
                raise obstructed(key, "nested", most=MOST_NESTED)
    parts.append(text[at:])
    return parts


def _choice(opening: re.Match[str]) -> _Choice:
    if len(opening["open"]) == 1:
        return _Choice()
    low = int(opening["low"] or 1)
    is_exact = opening["low"] and not opening["to"]
    high = low if is_exact else int(opening["most"] or opening["high"] or _ALL)
    joiner = JOINER if opening["joiner"] is None else _ESCAPED.sub(r"\1", opening["joiner"])
    return _Choice(min(low, high), max(low, high), joiner)


def _names(parts: Sequence[_Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, _Line):
            yield part.name
        elif isinstance(part, _Choice):
            for option in part.options:
                yield from _names(option)


# drawing


class _Drawing:
    def __init__(self, key: str, seed: int, lines: Lines) -> None:
        self._key = key
        self._lines = lines
        self._left = MOST_LINES
        self._length = 0
        self._within: list[str] = []  # wildcards whose lines are being drawn
        self._draws = self._numbers(seed)
        self._depth = 0

    def _numbers(self, seed: int) -> Iterator[int]:
        count = 0
        while True:
            digest = hashlib.sha256(f"{self._key} {seed} {count}".encode()).digest()
            yield int.from_bytes(digest[:16])
            count += 1

    def _below(self, limit: int) -> int:
        return next(self._draws) % limit

    def text(self, parts: Sequence[_Part]) -> str:
        self._depth += 1
        if self._depth > 2 * MOST_NESTED:
            raise obstructed(self._key, "nested", most=MOST_NESTED)
        drawn = "".join(map(self._part, parts))
        self._depth -= 1
        return drawn

    def _part(self, part: _Part) -> str:
        if isinstance(part, str):
            return self._counted(part)
        return self._line(part.name) if isinstance(part, _Line) else self._some(part)

    def _counted(self, text: str) -> str:
        self._count(len(text))
        return text

    def _count(self, characters: int) -> None:
        """What is dropped again counts as well: it takes as long."""
        self._length += characters
        if self._length > 2 * MAX_PROMPT:
            raise obstructed(self._key, "too_long", count=self._length, most=MAX_PROMPT)

    def _some(self, choice: _Choice) -> str:
        options = list(choice.options)
        if choice.joiner is None:
            return self.text(options[self._below(len(options))])
        low, high = min(choice.low, len(options)), min(choice.high, len(options))
        wanted = low + self._below(high - low + 1)
        taken = [options.pop(self._below(len(options))) for _ in range(wanted)]
        drawn = [text for option in taken if (text := self.text(option).strip())]
        self._count(len(choice.joiner) * len(drawn))
        return choice.joiner.join(drawn)

    def _line(self, name: str) -> str:
        if name in self._within:
            circle = [*self._within[self._within.index(name) :], name]
            raise obstructed(self._key, "in_circle", names=circle)
        self._left -= 1
        if self._left < 0:
            raise obstructed(self._key, "too_many_lines", most=MOST_LINES)
        lines = self._lines(name)
        line = lines[self._below(len(lines))]
        if len(line) > MAX_PROMPT:
            raise obstructed(self._key, "too_long", count=len(line), most=MAX_PROMPT)
        self._within.append(name)
        drawn = self.text(_parsed(self._key, line))
        self._within.pop()
        return drawn
