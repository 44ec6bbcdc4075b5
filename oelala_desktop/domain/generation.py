"""GenerationInfo: what made a file, in the one shape that every face of the product shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class UsedModel(NamedTuple):
    """A model file as the graph named it. `pass_` is "high", "low" or None where there is one pass."""

    name: str
    pass_: str | None = None


class UsedLora(NamedTuple):
    """A LoRA, its strength (1.0 = 100 %) and the pass it was applied to."""

    name: str
    strength: float
    pass_: str | None = None


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """What made a picture or video. Absent fields are None; zero is a value.

    `source` is the most trusted block found in the file (`oelala`, `prompt`, `workflow`, `a1111`, or the name of the
    program that wrote it: `swarmui`, `invokeai`, `fooocus`, `novelai`, `drawthings`, `wan2gp`, `midjourney`) even if no
    field came of it; `sources` names the block that each present field was taken from, or `file` where a video itself
    tells it. `seed` is exact (up to 2**64-1), `duration` in seconds.
    """

    source: str | None = None
    prompt: str | None = None
    negative_prompt: str | None = None
    original_t2i_prompt: str | None = None
    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    shift: float | None = None
    switch_step: int | None = None
    width: int | None = None
    height: int | None = None
    num_frames: int | None = None
    fps: float | None = None
    duration: float | None = None
    models: tuple[UsedModel, ...] = ()
    loras: tuple[UsedLora, ...] = ()
    engine: str | None = None
    workflow: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of the command line, the API and the popup: `pass` instead of `pass_`."""
        out: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        out["models"] = [{"name": m.name, "pass": m.pass_} for m in self.models]
        out["loras"] = [{"name": x.name, "strength": x.strength, "pass": x.pass_} for x in self.loras]
        out["sources"] = dict(self.sources)
        return out

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> GenerationInfo:
        """Undoes `as_dict`; keys of a newer version are passed over."""
        known = {key: value for key, value in values.items() if key in cls.__dataclass_fields__}
        known["models"] = tuple(UsedModel(m["name"], _pass_of(m)) for m in values.get("models", ()))
        loras = values.get("loras", ())
        known["loras"] = tuple(UsedLora(x["name"], x["strength"], _pass_of(x)) for x in loras)
        return cls(**known)


def _pass_of(used: Mapping[str, Any]) -> str | None:
    found = used.get("pass", used.get("pass_"))
    return found if isinstance(found, str) else None
