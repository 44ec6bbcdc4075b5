"""Drawing the frames of a camera's path over a still, without ever showing an edge of the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from oelala_desktop.sketch.frames import Frames, rgb
from oelala_desktop.sketch.path import Pose
from oelala_desktop.sketch.resize import cover_crop, resize_picture

Matrix = npt.NDArray[np.float64]

#: focal length in frame widths: how flat the perspective of an orbit is
FOCAL = 3.0
#: how much of an elongated picture is kept, in frame sizes along its long side
LONGEST = 1.8
#: the most detail that is kept of a large picture, against the frame's resolution
DETAIL = 1.6
#: how much finer than the frame's pixels the drawing source is sampled
GRID = 2.0
#: radius in source pixels and amount of the sharpening that makes up for bilinear sampling
CRISP = (1.0, 0.4)
#: cv2 addresses a source with 16-bit coordinates; longer sides than this cannot be warped
SIDE_LIMIT = 30_000


def spare_room(picture: Frames, width: int, height: int) -> tuple[float, float]:
    """The part of the picture that is kept, in frame sizes: (1, 1) when it has the frame's aspect."""
    have_h, have_w = picture.shape[:2]
    ratio = (have_w / have_h) / (width / height)
    return min(LONGEST, max(1.0, ratio)), min(LONGEST, max(1.0, 1 / ratio))


class Camera:
    """A still and a frame size, ready to be looked at through poses.

    The picture is brought once to the detail that the closest zoom can show, by area averaging where it is
    larger; more would alias where the view is wide. That is then laid out on a grid twice as fine as the
    frame's pixels, between whose points bilinear sampling loses next to nothing: a coarser grid would make the
    picture sharper and softer in turns as it slides across the frame's pixels, which is seen as shimmer.
    """

    def __init__(self, picture: Frames, width: int, height: int, poses: Sequence[Pose]) -> None:
        self._size = (width, height)
        self._poses = poses
        self._spare = spare_room(picture, width, height)
        picture = np.ascontiguousarray(rgb(picture))
        self._moving = any(pose != Pose() for pose in poses)
        self._exact = picture if picture.shape[:2] == (height, width) else None
        self._still = self._exact
        if self._still is None and not self._moving:
            self._still = resize_picture(cover_crop(picture, width, height), width, height)
        if self._moving:
            self._flat = all(pose.yaw == 0 for pose in poses)
            self._source = self._prepare(picture)

    def draw(self, made: Frames) -> Iterator[int]:
        """Each pose as a picture, into `made` [poses, height, width, 3]; the picture itself, where it fits, until the
        camera moves. Yields how many are drawn, after each."""
        untouched = self._still is not None
        for index, pose in enumerate(self._poses):
            # Once the camera has moved, the still does not come back: it is a shade crisper than the frames
            # that are sampled from the source, and would be seen as a flash at the end of a move.
            untouched = untouched and pose == Pose()
            if untouched and self._still is not None:
                made[index] = self._still
            else:
                self._look(pose, made[index])
            yield index + 1

    def _prepare(self, picture: Frames) -> Frames:
        width, height = self._size
        closest = max(pose.zoom * self._cover(self._extent(pose)) for pose in self._poses)
        across, down = width * self._spare[0], height * self._spare[1]
        kept = cover_crop(picture, round(across), round(down))
        detail = min(max(closest, 1.0), DETAIL)
        if kept.shape[1] > across * detail:
            kept = resize_picture(kept, round(across * detail), round(down * detail), "area")
        grid = min(GRID, SIDE_LIMIT / max(across, down))
        source = resize_picture(kept, round(across * grid), round(down * grid))
        return source if self._exact is None else _crisp(source)

    def _look(self, pose: Pose, made: Frames) -> None:
        matrix = self._matrix(pose)
        flags, border = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
        if self._flat:
            cv2.warpAffine(self._source, matrix[:2], self._size, dst=made, flags=flags, borderMode=border)
        else:
            cv2.warpPerspective(self._source, matrix, self._size, dst=made, flags=flags, borderMode=border)

    def _turn(self, pose: Pose) -> Matrix:
        """From the frame to the picture's plane, both centred, in frame pixels, before zoom and travel.

        A pinhole camera turned by roll and yaw looks at the plane; its centre keeps looking at the middle.
        """
        focal = FOCAL * self._size[0]
        cos_r, sin_r = math.cos(pose.roll), math.sin(pose.roll)
        cos_y, sin_y = math.cos(pose.yaw), math.sin(pose.yaw)
        roll = np.array([[cos_r, -sin_r, 0], [sin_r, cos_r, 0], [0, 0, 1]])
        yaw = np.array([[cos_y, 0, sin_y], [0, 1, 0], [-sin_y, 0, cos_y]])
        lens = np.diag([1 / focal, 1 / focal, 1.0])
        plane = np.diag([focal, focal, 1.0])
        turned = plane @ yaw @ roll @ lens
        middle = np.array([[1, 0, -focal * math.tan(pose.yaw)], [0, 1, 0], [0, 0, 1]])
        made: Matrix = middle @ turned
        return made

    def _extent(self, pose: Pose) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the turned view on the picture's plane, in frame pixels from its middle."""
        half_w, half_h = self._size[0] / 2, self._size[1] / 2
        corners = np.array(
            [[-half_w, half_w, half_w, -half_w], [-half_h, -half_h, half_h, half_h], [1.0, 1.0, 1.0, 1.0]]
        )
        seen = self._turn(pose) @ corners
        x, y = seen[0] / seen[2], seen[1] / seen[2]
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def _cover(self, extent: tuple[float, float, float, float]) -> float:
        """The zoom at which a turned view fills the frame with picture."""
        left, top, right, bottom = extent
        return max(max(-left, right) / (self._size[0] / 2), max(-top, bottom) / (self._size[1] / 2))

    def _matrix(self, pose: Pose) -> Matrix:
        """From a frame's pixel to the source's pixel (both counted from the middle of the first pixel)."""
        width, height = self._size
        across, down = width * self._spare[0], height * self._spare[1]
        left, top, right, bottom = extent = self._extent(pose)
        zoom = pose.zoom * self._cover(extent)
        x = _travel(pose.x, across / 2 + left / zoom, across / 2 - right / zoom)
        y = _travel(pose.y, down / 2 + top / zoom, down / 2 - bottom / zoom)
        scale_x, scale_y = self._source.shape[1] / across, self._source.shape[0] / down
        centre = np.array([[1, 0, 0.5 - width / 2], [0, 1, 0.5 - height / 2], [0, 0, 1]])
        place = np.array(
            [
                [scale_x / zoom, 0, scale_x * (x + across / 2) - 0.5],
                [0, scale_y / zoom, scale_y * (y + down / 2) - 0.5],
                [0, 0, 1],
            ]
        )
        whole = place @ self._turn(pose) @ centre
        made: Matrix = whole / whole[2, 2]
        return made


def _crisp(source: Frames) -> Frames:
    """The source sharpened by as much as bilinear sampling will soften it.

    Wanted where the untouched picture itself is a frame, so that the second frame is as crisp as the first.
    """
    soft = cv2.GaussianBlur(source, (0, 0), CRISP[0])
    return np.asarray(cv2.addWeighted(source, 1 + CRISP[1], soft, -CRISP[1], 0), np.uint8)


def _travel(part: float, room_before: float, room_after: float) -> float:
    """A signed part of the room to either side, in frame pixels."""
    return part * max(0.0, room_after if part > 0 else room_before)
