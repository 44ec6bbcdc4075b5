"""Which camera move a prompt asks for."""

import pytest

from oelala_desktop.sketch.camera import DRAWN, plan


def kinds(prompt: str, seed: int = 5) -> list[list[str]]:
    return [[move.kind for move in phase.moves] for phase in plan(prompt, seed)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("zoom in", "zoom_in"),
        ("Zoom Out!", "zoom_out"),
        ("zoom into the eye", "zoom_in"),
        ("a castle, slow push-in", "zoom_in"),
        ("push in on her face", "zoom_in"),
        ("pull back to reveal the city", "zoom_out"),
        ("dolly out", "zoom_out"),
        ("dolly left", "pan_left"),
        ("camera moves forward", "zoom_in"),
        ("the camera slowly pans left", "pan_left"),
        ("pan from left to right", "pan_right"),
        ("camera tracks right", "pan_right"),
        ("tilt up at the tower", "tilt_up"),
        ("pan down", "tilt_down"),
        ("crane up over the forest", "crane_up"),
        ("camera orbits around the statue", "orbit_right"),
        ("arc shot left", "orbit_left"),
        ("rotate clockwise", "roll_right"),
        ("camera rolls left", "roll_left"),
    ],
)
def test_a_named_move(prompt: str, expected: str) -> None:
    assert kinds(prompt) == [[expected]]


@pytest.mark.parametrize(
    "prompt",
    [
        "static camera",
        "the camera stays still",
        "a lake, static shot",
        "no camera movement, she smiles",
        "without any camera motion",
        "locked-off, tripod",
    ],
)
def test_standing_still(prompt: str) -> None:
    assert kinds(prompt) == [[]]


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a frying pan on the stove",
        "rolling hills at sunset",
        "still life with fruit",
        "a satellite in orbit around earth",
        "tilted head, smiling woman",
        "a man moves forward",
        "a bird flies away",
        "a dog rolls over",
        "static electricity",
        "a woman turns left and smiles",
    ],
)
def test_words_that_are_no_camera_move_leave_it_to_the_seed(prompt: str) -> None:
    drawn = {tuple(kinds(prompt, seed)[0]) for seed in range(40)}
    assert len(drawn) > 6
    assert {kind for move in drawn for kind in move} <= set(DRAWN)


def test_moves_together_and_one_after_the_other() -> None:
    assert kinds("tilt up and zoom in") == [["tilt_up", "zoom_in"]] or kinds("tilt up and zoom in") == [
        ["zoom_in", "tilt_up"]
    ]
    assert kinds("slow zoom in, then pan left") == [["zoom_in"], ["pan_left"]]
    assert kinds("zoom in then zoom out, finally static camera") == [["zoom_in"], ["zoom_out"], []]
    assert kinds("zoom in and zoom out") == [["zoom_in"]]


def test_what_is_forbidden_is_neither_made_nor_drawn() -> None:
    assert kinds("no zoom, pan right") == [["pan_right"]]
    assert kinds("zoom in without panning") == [["zoom_in"]]
    for prompt in ("no zoom", "don't zoom", "avoid zooming"):
        for seed in range(40):
            assert not any("zoom" in kind for kind in kinds(prompt, seed)[0])


def test_words_for_speed() -> None:
    slow, plain, fast = (plan(prompt, 0)[0].moves[0] for prompt in ("slow pan left", "pan left", "fast pan left"))
    assert slow.strength < plain.strength == 1 < fast.strength


def test_the_seed_alone_decides_what_is_drawn() -> None:
    assert [plan("", seed) for seed in range(20)] == [plan("", seed) for seed in range(20)]
    assert plan("", 2**64 - 1)


def test_long_prompts_are_bounded() -> None:
    assert len(plan("zoom in then " * 500, 1)) <= 8
