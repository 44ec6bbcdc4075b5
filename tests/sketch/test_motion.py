"""The frames of a camera move: where they begin, what they show, how smoothly they run."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from oelala_desktop.sketch.camera import plan
from oelala_desktop.sketch.frames import Frames
from oelala_desktop.sketch.motion import Camera, spare_room
from oelala_desktop.sketch.path import Path, Pose
from oelala_desktop.sketch.resize import cover_crop

WIDTH, HEIGHT, COUNT = 160, 96, 33
EVERY = ("zoom in", "zoom out", "pan left", "pan right", "tilt up", "tilt down", "orbit left", "roll right", "crane up")
EVERY_AND_MORE = (
    *EVERY,
    "fast zoom in and pan left",
    "slow zoom in, then pan left, then zoom out",
    "roll left, tilt up",
)


def texture(width: int, height: int, seed: int = 1) -> Frames:
    """A picture with detail of every size, as photographs have."""
    chance = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for size in (2, 4, 8, 16, 32):
        noise = chance.standard_normal((height // size + 2, width // size + 2, 3)).astype(np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * size**0.7
    total -= total.min()
    return np.asarray(total / total.max() * 255, np.uint8)


def clip(prompt: str, picture: Frames, *, seed: int = 1, strength: float = 1.0, count: int = COUNT) -> Frames:
    path = Path(plan(prompt, seed), strength, spare_room(picture, WIDTH, HEIGHT), seed)
    made = np.zeros((count, HEIGHT, WIDTH, 3), np.uint8)
    assert list(Camera(picture, WIDTH, HEIGHT, path.poses(count)).draw(made)) == list(range(1, count + 1))
    return made


def shift(before: Frames, after: Frames) -> tuple[float, float]:
    """How far the picture moved to the right and down, in pixels."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float64) for frame in (before, after)]
    window = cv2.createHanningWindow((WIDTH, HEIGHT), cv2.CV_64F)
    (x, y), _ = cv2.phaseCorrelate(grey[0], grey[1], window)
    return x, y


@pytest.mark.parametrize("prompt", EVERY_AND_MORE)
def test_frame_0_is_the_picture_itself(prompt: str) -> None:
    picture = texture(WIDTH, HEIGHT)
    assert np.array_equal(clip(prompt, picture)[0], picture)


@pytest.mark.parametrize("size", [(480, 288), (900, 200), (200, 900), (37, 23)])
def test_frame_0_is_the_cover_crop_of_any_other_picture(size: tuple[int, int]) -> None:
    picture = texture(*size)
    expected = cv2.resize(cover_crop(picture, WIDTH, HEIGHT), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    first = clip("zoom in", picture)[0]
    assert np.abs(first.astype(int) - expected).mean() < 6
    # Either crop begins at a whole pixel of the picture.
    assert max(map(abs, shift(np.asarray(expected, np.uint8), first))) < 0.1 + 0.5 * max(1, WIDTH / size[0])


@pytest.mark.parametrize("prompt", EVERY_AND_MORE)
@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (640, 200), (96, 400)])
@pytest.mark.parametrize("strength", [0.5, 1.0, 3.0])
def test_no_edge_is_ever_seen(prompt: str, size: tuple[int, int], strength: float) -> None:
    """The corners of every view lie inside the picture that the camera keeps."""
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    spare = spare_room(picture, WIDTH, HEIGHT)
    poses = Path(plan(prompt, 1), strength, spare, 1).poses(COUNT)
    camera = Camera(picture, WIDTH, HEIGHT, poses)
    height, width = camera._source.shape[:2]
    corners = np.array([[-0.5, WIDTH - 0.5, WIDTH - 0.5, -0.5], [-0.5, -0.5, HEIGHT - 0.5, HEIGHT - 0.5], [1.0] * 4])
    for pose in poses:
        seen = camera._matrix(pose) @ corners
        x, y = seen[0] / seen[2], seen[1] / seen[2]
        assert x.min() >= -0.5 - 1e-6 and x.max() <= width - 0.5 + 1e-6
        assert y.min() >= -0.5 - 1e-6 and y.max() <= height - 0.5 + 1e-6


@pytest.mark.parametrize("prompt", EVERY)
def test_every_frame_moves(prompt: str) -> None:
    frames = clip(prompt, texture(WIDTH, HEIGHT)).astype(np.int16)
    assert np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3)).min() > 0


@pytest.mark.parametrize(
    ("prompt", "axis", "sign"), [("pan left", 0, 1), ("pan right", 0, -1), ("tilt up", 1, 1), ("tilt down", 1, -1)]
)
def test_pans_and_tilts_go_where_they_say(prompt: str, axis: int, sign: int) -> None:
    """Turning the camera left moves what it sees to the right."""
    frames = clip(prompt, texture(WIDTH, HEIGHT))
    moves = [shift(frames[index], frames[index + 1])[axis] * sign for index in range(COUNT // 2, COUNT - 4)]
    assert min(moves) > 0


def test_zooms_go_where_they_say() -> None:
    """A square in the middle grows or, from the wind-up on, shrinks."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[28:68, 60:100] = 255
    grown = clip("zoom in", picture).mean(axis=(1, 2, 3))
    assert (np.diff(grown) >= 0).all() and grown[-1] > grown[0] * 1.4
    shrunk = clip("zoom out", picture).mean(axis=(1, 2, 3))
    assert (np.diff(shrunk)[14:] <= 0).all() and shrunk[-1] < shrunk.max() / 1.2


@pytest.mark.parametrize("prompt", ["pan right", "pan left", "tilt up", "orbit left"])
@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (WIDTH * 3, HEIGHT * 3)])
def test_nothing_shimmers(prompt: str, size: tuple[int, int]) -> None:
    """Neither the change from frame to frame nor the sharpness of the frames jumps about."""
    frames = clip(prompt, texture(*size), count=49)
    change = np.abs(np.diff(frames.astype(np.int16), axis=0)).mean(axis=(1, 2, 3))
    assert np.abs(np.diff(change[1:], 2)).max() < 0.25 * change.mean()
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)[16:-16, 16:-16] for frame in frames]
    sharpness = np.array([np.abs(cv2.Laplacian(frame, cv2.CV_32F)).mean() for frame in grey])
    assert np.abs(np.diff(sharpness)).max() < 0.09 * sharpness.mean()


def test_movement_is_finer_than_a_pixel() -> None:
    """A slow pan over many frames advances in each by a fraction of a pixel, all about as much."""
    frames = clip("slow pan right", texture(WIDTH, HEIGHT), count=201)
    steps = np.array([-shift(frames[index], frames[index + 10])[0] for index in range(110, 160, 10)])
    assert (steps > 0.1).all() and steps.max() < 2 * steps.min()


def test_standing_still_repeats_the_picture() -> None:
    frames = clip("static camera", texture(WIDTH, HEIGHT))
    assert (frames == frames[0]).all()
    assert clip("static camera", texture(401, 300)).shape == (COUNT, HEIGHT, WIDTH, 3)


def test_a_seed_gives_the_same_frames_again() -> None:
    picture = texture(WIDTH, HEIGHT)
    assert np.array_equal(clip("", picture, seed=9), clip("", picture, seed=9))
    assert not np.array_equal(clip("zoom in", picture, seed=1), clip("zoom in", picture, seed=2))


def test_one_frame_is_the_picture() -> None:
    picture = texture(WIDTH, HEIGHT)
    assert np.array_equal(clip("zoom in", picture, count=1)[0], picture)


def test_phases_join_without_a_jump() -> None:
    path = Path(plan("zoom in, then pan left, then zoom out, then tilt up", 3), 1.0, (1.0, 1.0), 3)
    poses = path.poses(401)
    assert poses[0] == Pose()
    for before, after in pairwise(poses):
        assert abs(after.zoom - before.zoom) < 0.02
        assert abs(after.x - before.x) < 0.04 and abs(after.y - before.y) < 0.04
