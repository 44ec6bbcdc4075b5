"""Advice on prompts, by what a tool makes."""

from __future__ import annotations

PROMPT_TIPS: dict[str, tuple[str, ...]] = {
    "video": (
        "Say what moves, where to and how fast. The picture already shows what is there.",
        "Name the camera: slow dolly in, pan left, tilt up, orbit, static shot.",
        "Keep to one action. Two scenes in five seconds become neither.",
        "Light and weather that change make a still come alive: drifting mist, passing clouds.",
        "Write whole, plain sentences. Wan reads language, not lists of tags.",
    ),
    "image": (
        "Begin with the subject, then place, light, lens and mood.",
        "Concrete words work best: “a weathered oak door” rather than “beautiful”.",
        "Put what you do not want into the negative prompt, not here.",
    ),
}
