"""Choosing a camera move from a prompt's own words, or from the seed when it names none."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from enum import Enum

from oelala_desktop.sketch.clauses import clauses

KINDS = (
    "zoom_in", "zoom_out", "pan_left", "pan_right", "tilt_up", "tilt_down",
    "orbit_left", "orbit_right", "roll_left", "roll_right", "crane_up", "crane_down",
)  # fmt: skip
#: what the seed may draw: rolls and cranes look odd where nobody asked for them
DRAWN = ("zoom_in", "zoom_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "orbit_left", "orbit_right")

MAX_PHASES = 8


@dataclass(frozen=True)
class Move:
    """One movement. `strength` 1 is the usual amount; it scales how far the camera goes."""

    kind: str
    strength: float = 1.0


@dataclass(frozen=True)
class Phase:
    """Movements that happen together. No moves means that the camera stands still."""

    moves: tuple[Move, ...] = ()


_SEQUENCE = re.compile(
    r"\b(?:and\s+then|then|followed\s+by|after\s+that|afterwards|and\s+finally|finally|before)\b|→|->", re.I
)
_SLOW = re.compile(
    r"\b(?:slow(?:ly)?|gentl[ey]|subtl[ey]|slight(?:ly)?|soft(?:ly)?|gradual(?:ly)?|calm(?:ly)?)\b", re.I
)
_FAST = re.compile(
    r"\b(?:fast|quick(?:ly)?|rapid(?:ly)?|dramatic(?:ally)?|sudden(?:ly)?|whip|crash|swift(?:ly)?)\b", re.I
)
_CAMERA = re.compile(r"\b(?:camera|shot|view|frame|lens|viewpoint|dolly|cinematic)\b", re.I)
_DIRECTION = {
    word: side
    for side, words in {
        "left": ("left", "leftward", "leftwards", "counterclockwise", "counter-clockwise", "anticlockwise"),
        "right": ("right", "rightward", "rightwards", "clockwise"),
        "up": ("up", "upward", "upwards"),
        "down": ("down", "downward", "downwards"),
        "in": ("in", "inward", "inwards", "forward", "forwards", "closer", "into", "toward", "towards"),
        "out": ("out", "outward", "outwards", "back", "backward", "backwards", "away"),
    }.items()
    for word in words
}
_DIRECTIONS = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _DIRECTION), key=len, reverse=True)) + r")\b", re.I)
_STATIC = re.compile(
    r"\b(?:static|stationary|motionless|locked[- ]?(?:off|down)|tripod)\b(?!\s+(?:electricity|noise|charge))"
    r"|\b(?:still|fixed|steady)\s+(?:camera|shot|frame|view)\b"
    r"|\b(?:camera|shot|frame|view)\s+(?:is\s+|stays?\s+|remains?\s+|holds?\s+)*(?:still|fixed|put)\b",
    re.I,
)
_ANY_MOTION = re.compile(r"\b(?:camera\s+(?:movement|motion|moves?)|movement|motion|moving\s+camera)\b", re.I)


_ACROSS = (
    (re.compile(r"\b(?:from\s+)?left\s+to\s+right\b", re.I), "right"),
    (re.compile(r"\b(?:from\s+)?right\s+to\s+left\b", re.I), "left"),
    (re.compile(r"\b(?:from\s+)?(?:top\s+to\s+bottom|up\s+to\s+down)\b", re.I), "down"),
    (re.compile(r"\b(?:from\s+)?(?:bottom\s+to\s+top|down\s+to\s+up)\b", re.I), "up"),
)
_FILLER = re.compile(r"\b(?:an?|the|very|camera|shot|move|movement|to)\b|\W+", re.I)


class _Trust(Enum):
    """How surely a word means the camera."""

    ALWAYS = "zoom: whoever writes it means the camera"
    DIRECTED = "pan: a camera move with a direction, else perhaps a pan on a stove"
    BESIDE_CAMERA = "roll, move: a camera move only where the camera is spoken of, or where nothing else is said"


@dataclass(frozen=True)
class _Verb:
    """A word for a movement: what it means in each direction, and without one (None: nothing)."""

    pattern: re.Pattern[str]
    by_direction: dict[str, str]
    bare: str | None
    trust: _Trust


def _verb(pattern: str, by_direction: dict[str, str], bare: str | None, trust: _Trust = _Trust.DIRECTED) -> _Verb:
    return _Verb(re.compile(pattern, re.I), by_direction, bare, trust)


_SIDES = {"left": "pan_left", "right": "pan_right"}
_HEIGHTS = {"up": "tilt_up", "down": "tilt_down"}
_DEPTHS = {"in": "zoom_in", "out": "zoom_out"}
_TURNS = {"left": "orbit_left", "right": "orbit_right"}
_VERBS = (
    _verb(r"\bzoom(?:s|ing|ed)?\b", _DEPTHS, "zoom_in", _Trust.ALWAYS),
    _verb(r"\bdoll(?:y|ies|ying)\b", {**_DEPTHS, **_SIDES}, "zoom_in", _Trust.ALWAYS),
    _verb(r"\bpush(?:es|ing)?(?=[\s-]+(?:in|forward|closer|toward|towards)\b)", {}, "zoom_in", _Trust.ALWAYS),
    _verb(r"\bpull(?:s|ing)?(?=[\s-]+(?:out|back|away)\b)", {}, "zoom_out", _Trust.ALWAYS),
    _verb(
        r"\b(?:moves?|moving|glid(?:es?|ing)|drift(?:s|ing)?|fl(?:y|ies|ying))\b",
        {**_DEPTHS, **_SIDES, **_HEIGHTS},
        None,
        _Trust.BESIDE_CAMERA,
    ),
    _verb(r"\bpan(?:s|ning|ned)?\b", {**_SIDES, **_HEIGHTS}, "pan_right"),
    _verb(r"\b(?:truck|track|slid(?:e|ing)|slider)(?:s|ing)?\b", {**_SIDES, **_DEPTHS}, "pan_right"),
    _verb(r"\btilt(?:s|ing)?\b", {**_HEIGHTS, "left": "roll_left", "right": "roll_right"}, "tilt_up"),
    _verb(r"\b(?:crane|pedestal|boom|jib)(?:s|ing)?\b", {"up": "crane_up", "down": "crane_down"}, "crane_up"),
    _verb(r"(?<!in )\b(?:orbit|arc)(?:s|ing)?\b", _TURNS, "orbit_right"),
    _verb(r"(?<!in )\borbit(?:s|ing)?\s+(?:around|the|shot|camera)\b", _TURNS, "orbit_right", _Trust.ALWAYS),
    _verb(
        r"\b(?:roll(?:s|ing)?|rotat(?:e|es|ing|ion)|spin(?:s|ning)?)\b",
        {"left": "roll_left", "right": "roll_right"},
        "roll_right",
        _Trust.BESIDE_CAMERA,
    ),
)


def plan(prompt: str, seed: int) -> tuple[Phase, ...]:
    """The phases of a camera's path: what the prompt asks for, in its order, or one drawn from the seed.

    Movements that the prompt forbids ("no zoom") are neither made nor drawn; forbidding all motion, or asking
    for a static camera, gives one phase without moves.
    """
    for across, side in _ACROSS:
        prompt = across.sub(side, prompt)
    phases: list[Phase] = []
    forbidden: set[str] = set()
    for part in _SEQUENCE.split(prompt):
        wanted, refused, stands = _read_part(part)
        forbidden |= refused
        if wanted or stands:
            phases.append(Phase(tuple(wanted)))
    return tuple(phases[:MAX_PHASES]) or (_draw(seed, forbidden),)


def _read_part(part: str) -> tuple[list[Move], set[str], bool]:
    """The moves of one phase, the kinds it forbids, and whether it asks to stand still."""
    moves: dict[str, Move] = {}
    forbidden: set[str] = set()
    stands = False
    about_camera = _CAMERA.search(part) is not None
    for asked, refused in clauses(part):
        stands = stands or _STATIC.search(asked) is not None
        for move in _read_clause(asked, about_camera):
            moves.setdefault(move.kind, move)
        for text in refused:
            stands = stands or _ANY_MOTION.search(text) is not None
            for move in _read_clause(text, about_camera=True):
                family = move.kind.split("_")[0]
                forbidden |= {kind for kind in KINDS if kind.split("_")[0] == family}
    return _consistent([move for move in moves.values() if move.kind not in forbidden]), forbidden, stands


def _read_clause(clause: str, about_camera: bool) -> list[Move]:
    pace = (0.55 if _SLOW.search(clause) else 1.0) * (1.6 if _FAST.search(clause) else 1.0)
    found: list[Move] = []
    for verb in _VERBS:
        match = verb.pattern.search(clause)
        if match is None:
            continue
        kinds = [
            verb.by_direction[_DIRECTION[word.lower()]]
            for word in _DIRECTIONS.findall(clause[match.end() : match.end() + 40])
            if _DIRECTION[word.lower()] in verb.by_direction
        ]
        sure = about_camera or verb.trust is _Trust.ALWAYS or _says_nothing_else(clause, match)
        if not sure and not (kinds and verb.trust is _Trust.DIRECTED):
            continue
        kinds = kinds or ([verb.bare] if verb.bare else [])
        found += [Move(kind, pace) for kind in dict.fromkeys(kinds)]
    return found


def _says_nothing_else(clause: str, verb: re.Match[str]) -> bool:
    """Whether a clause holds only the verb, a direction and how fast: "slow roll left"."""
    rest = clause[: verb.start()] + " " + clause[verb.end() :]
    for words in (_SLOW, _FAST, _DIRECTIONS, _FILLER):
        rest = words.sub("", rest)
    return not rest


def _consistent(moves: list[Move]) -> list[Move]:
    """Without the later of two opposite movements, which would only cancel out."""
    opposite = {
        "in": "out", "out": "in", "left": "right", "right": "left", "up": "down", "down": "up",
    }  # fmt: skip
    kept: list[Move] = []
    for move in moves:
        family, side = move.kind.split("_")
        if all(other.kind != f"{family}_{opposite[side]}" for other in kept):
            kept.append(move)
    return kept


def _draw(seed: int, forbidden: set[str]) -> Phase:
    """One gentle move from the seed, now and then two that go together."""
    chance = random.Random(seed)
    allowed = [kind for kind in DRAWN if kind not in forbidden]
    if not allowed:
        return Phase()
    first = Move(chance.choice(allowed), chance.uniform(0.7, 1.0))
    if first.kind.startswith("zoom") or chance.random() < 0.5 or "zoom_in" not in allowed:
        return Phase((first,))
    return Phase((first, replace(Move("zoom_in"), strength=chance.uniform(0.3, 0.6))))
