"""Where the camera is over time: the poses that a plan of moves leads through."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from oelala_desktop.sketch.camera import Move, Phase

#: how much closer a zoom of strength 1 comes: the middle 76 % of the picture then fill the frame
ZOOM = 0.32
#: how far, in frame sizes, a pan of strength 1 travels at least; the zoom that it needs for that is added
ROOM = 0.10
YAW = math.radians(10)
ROLL = math.radians(7)
#: how much of the room to one side a pan uses, so that it never touches the picture's edge
FAR = 0.95
#: the part of a phase in which the zoom that only makes room is done
LEAD = 0.5
#: the part of a phase in which the camera comes closer before it pulls out of the untouched framing
WIND_UP = 0.35


@dataclass(frozen=True)
class Pose:
    """One view of the picture. The zero pose is the centred cover crop, untouched.

    `x` and `y`, −1 to 1, are fractions of the room that there is to each side, so that no pose can show an
    edge. `zoom` ≥ 1 multiplies the zoom that `roll` and `yaw` (radians) need to keep the frame filled.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    roll: float = 0.0
    yaw: float = 0.0


@dataclass(frozen=True)
class Leg:
    """The way from one pose to the next. `peak` is a zoom to pass through first; `lead` hurries the zoom."""

    start: Pose
    end: Pose
    peak: float | None = None
    lead: bool = False

    def at(self, t: float) -> Pose:
        """The pose at t, 0 to 1."""
        part = ease(t)
        if self.peak is not None:
            zoom = self._over_peak(t)
        else:
            zoom = mix(self.start.zoom, self.end.zoom, ease(t / LEAD) if self.lead else part)
        return Pose(
            zoom,
            mix(self.start.x, self.end.x, part),
            mix(self.start.y, self.end.y, part),
            mix(self.start.roll, self.end.roll, part),
            mix(self.start.yaw, self.end.yaw, part),
        )

    def _over_peak(self, t: float) -> float:
        peak = self.peak or 1.0
        if t < WIND_UP:
            return mix(self.start.zoom, peak, ease(t / WIND_UP))
        return mix(peak, self.end.zoom, ease((t - WIND_UP) / (1 - WIND_UP)))


def ease(t: float) -> float:
    """From 0 to 1 with no speed at either end."""
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def mix(start: float, end: float, part: float) -> float:
    return start + (end - start) * part


class Path:
    """The poses of a whole clip. Phases take equal time; each begins where the one before it ended.

    `strength` scales every move. `spare_x` and `spare_y` are the picture's size in frame sizes (≥ 1): an
    elongated picture has room to pan in without a zoom. The seed lets zooms aim a little off the middle, so
    that variations of one prompt differ.
    """

    def __init__(self, phases: Sequence[Phase], strength: float, spare: tuple[float, float], seed: int) -> None:
        chance = random.Random(seed ^ 0x5EED)
        self._aim = (chance.uniform(-0.3, 0.3), chance.uniform(-0.3, 0.3))
        self._strength = strength
        self._spare = spare
        legs: list[Leg] = []
        pose = Pose()
        for phase in phases:
            legs.append(self._leg(pose, phase))
            pose = legs[-1].end
        self._legs = legs

    def at(self, t: float) -> Pose:
        """The pose at t, 0 to 1 over the whole clip. At 0 it is the untouched framing."""
        place = min(1.0, max(0.0, t)) * len(self._legs)
        index = min(int(place), len(self._legs) - 1)
        return self._legs[index].at(place - index)

    def poses(self, count: int) -> list[Pose]:
        """One pose for each of `count` frames, from the first to the last."""
        return [self.at(index / (count - 1)) if count > 1 else self.at(0.0) for index in range(count)]

    def _leg(self, start: Pose, phase: Phase) -> Leg:
        end, peak = start, None
        for move in phase.moves:
            end, peak = self._apply(end, peak, move)
        names = {move.kind.split("_")[0] for move in phase.moves}
        if names & {"pan", "tilt", "crane", "orbit"}:
            # Room that is there already, or that a zoom in the same phase makes, is used first.
            roomy = max(end.zoom, peak or 1.0, self._room_zoom(phase))
            if peak is None and roomy > end.zoom:
                return Leg(start, replace(end, zoom=roomy), lead="zoom" not in names)
        if names == {"zoom"} and end.zoom > start.zoom:
            end = replace(end, x=start.x or self._aim[0], y=start.y or self._aim[1])
        return Leg(start, end, peak)

    def _apply(self, pose: Pose, peak: float | None, move: Move) -> tuple[Pose, float | None]:
        amount = move.strength * self._strength
        family, side = move.kind.split("_")
        sign = -1.0 if side in ("left", "up") else 1.0
        closer = 1 + ZOOM * amount
        if move.kind == "zoom_in":
            return replace(pose, zoom=pose.zoom * closer), peak
        if move.kind == "zoom_out":
            if pose.zoom >= 1 + ZOOM * amount / 2:
                return replace(pose, zoom=max(1.0, pose.zoom / closer)), peak
            # The untouched framing has nothing round it to pull out into: come closer quickly, then pull out.
            return pose, pose.zoom * (1 + ZOOM * amount * 0.8)
        if family == "pan":
            return replace(pose, x=sign * FAR), peak
        if family in ("tilt", "crane"):
            return replace(pose, y=sign * FAR), peak
        if family == "orbit":
            return replace(pose, yaw=_bounded(pose.yaw + sign * YAW * amount), x=sign * FAR / 2), peak
        return replace(pose, roll=_bounded(pose.roll + sign * ROLL * amount)), peak

    def _room_zoom(self, phase: Phase) -> float:
        """The zoom at which a phase's pans have the room that they ask for."""
        needed = 1.0
        for move in phase.moves:
            family = move.kind.split("_")[0]
            travel = 2 * ROOM * move.strength * self._strength
            if family in ("pan", "orbit"):
                needed = max(needed, 1 / max(0.4, self._spare[0] - travel))
            elif family in ("tilt", "crane"):
                needed = max(needed, 1 / max(0.4, self._spare[1] - travel))
        return needed


def _bounded(angle: float) -> float:
    """An angle kept where the picture still fills the frame without an absurd zoom."""
    return min(math.radians(30), max(-math.radians(30), angle))
