"""How many frames a model makes: step × k + offset of them. Wan 4k+1, LTX 8k+1, MiniMax H3 17k+5. All arithmetic on
counts is exact (integers), so what is shown is what is used."""

from __future__ import annotations

from dataclasses import dataclass

_VAST = 10**9  # frames; no wish is longer


@dataclass(frozen=True, slots=True)
class FrameRule:
    """`least` and `most` are on the rule. `given` names the input whose length is taken instead of a duration, `pace`
    the setting that says how many times as fast that is played."""

    step: int = 4
    offset: int = 1
    least: int = 5
    most: int = 361  # 15 s at 24 frames a second
    given: str = ""
    pace: str = ""

    def allows(self, count: int) -> bool:
        return count >= self.offset and (count - self.offset) % self.step == 0

    def below(self, count: int) -> int:
        """The largest count of the rule that is not above `count`, within its bounds."""
        return self._within((count - self.offset) // self.step)

    def nearest(self, count: int) -> tuple[int, ...]:
        """The one or two counts next to one that is not allowed, within the bounds."""
        low = (count - self.offset) // self.step
        return tuple(dict.fromkeys((self._within(low), self._within(low + 1))))

    def frames_of(self, seconds: float, rate: float) -> int:
        """Steps nearest to the duration, within the bounds."""
        wanted = min(max(0.0, seconds * rate), _VAST)
        return self._within(round((wanted if self.offset <= 1 else wanted - self.offset) / self.step))

    def seconds_of(self, count: int, rate: float) -> float:
        """The duration that `frames_of` makes `count` of, which is on the rule."""
        return (count if self.offset > 1 else count - self.offset) / rate

    def _within(self, steps: int) -> int:
        return self.offset + self.step * min(max(steps, self._steps(self.least)), self._steps(self.most))

    def _steps(self, count: int) -> int:
        return (count - self.offset) // self.step

    def fault(self) -> str:
        """What contradicts itself in it; "" where nothing does."""
        if self.least < 1:
            return "least is below 1"
        if self.least > self.most:
            return "least is above most"
        for name, count in (("least", self.least), ("most", self.most)):
            if not self.allows(count):
                return f"{name} = {count} is not on its own rule"
        return ""


#: what holds where a preset says nothing
WAN = FrameRule()
