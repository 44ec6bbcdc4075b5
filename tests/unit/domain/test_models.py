"""What model names tell."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.models import (
    ModelPair,
    display_name,
    family,
    find_pairs,
    folder_of,
    noise_pass,
    pair_warnings,
)

HIGH = "wan2.2_i2v_high_noise_14B_Q6_K.gguf"
LOW = "wan2.2_i2v_low_noise_14B_Q6_K.gguf"


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        (HIGH, "high"),
        (LOW, "low"),
        ("Wan2.2-I2V-A14B-HighNoise-Q6_K.gguf", "high"),
        ("Wan2_2-I2V-A14B-LOW_fp8.safetensors", "low"),
        ("wan22_highnoise.safetensors", "high"),
        ("wan22-LOWNOISE.safetensors", "low"),
        ("Wan22I2VHigh.safetensors", "high"),
        ("Wan22I2V14BLow.safetensors", "low"),
        ("WAN22Highlight.safetensors", None),
        ("camera_H.safetensors", "high"),
        ("camera-L.safetensors", "low"),
        ("wan 2.2/high/model.safetensors", "high"),
        ("wan 2.2\\low\\model.safetensors", "low"),
        ("slow_motion.safetensors", None),
        ("yellow.safetensors", None),
        ("highlight.safetensors", None),
        ("hlow.safetensors", None),
        ("below_zero.safetensors", None),
        ("high_and_low.safetensors", None),
        ("wan2.2_ti2v_5B_fp16.safetensors", None),
        ("wan2.2_i2v_high_noise_14B_Q3_K_L.gguf", "high"),
        ("wan2.2_i2v_14B_Q3_K_L.gguf", None),
        ("", None),
    ],
)
def test_a_word_of_its_own_marks_the_pass(path: str, marked: str | None) -> None:
    assert noise_pass(path) == marked


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (HIGH, "wan2.2 i2v 14B Q6_K"),
        ("wan 2.2/wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors", "wan2.2 i2v 14B fp8 scaled"),
        ("Wan2.2-I2V-A14B-HighNoise-Q4_K_M.gguf", "Wan2.2 I2V A14B Q4_K_M"),
        ("wan2.2_i2v_high_noise_14B_Q3_K_L.gguf", "wan2.2 i2v 14B Q3_K_L"),
        ("model.v2.safetensors", "model v2"),
        ("folder/high.safetensors", "folder/high.safetensors"),
    ],
)
def test_a_model_is_called_by_its_remaining_words(path: str, name: str) -> None:
    assert display_name(path) == name


@pytest.mark.parametrize(
    ("path", "task", "size"),
    [
        ("wan2.2_i2v_high_noise_14B_fp16.safetensors", "i2v", "14b"),
        ("Wan2.2-T2V-A14B-HighNoise.gguf", "t2v", "14b"),
        ("wan2.2_ti2v_5B_fp16.safetensors", "ti2v", "5b"),
        ("wan2.1_t2v_1.3B.safetensors", "t2v", "1.3b"),
        ("t2v/mywani2v_high.safetensors", "i2v", None),
        ("i2v/14b/high.safetensors", "i2v", "14b"),
        ("river_i2v_t2v.safetensors", None, None),
        ("i2v/river_mywant2v_i2v.safetensors", "i2v", None),
        ("river.safetensors", None, None),
    ],
)
def test_a_name_tells_its_task_and_its_size(path: str, task: str | None, size: str | None) -> None:
    assert family(path) == (task, size)


def test_a_pair_in_camel_case() -> None:
    high, low = "Wan22I2VHigh.safetensors", "Wan22I2VLow.safetensors"
    assert find_pairs([low, high]) == (ModelPair("Wan22I2V", high, low),)


def test_a_pair_is_named_after_what_both_share() -> None:
    assert find_pairs([LOW, HIGH]) == (ModelPair("wan2.2 i2v 14B Q6_K", HIGH, LOW),)


def test_only_equal_rests_are_pairs() -> None:
    files = [
        "a_high_Q6_K.gguf",
        "a_low_Q8_0.gguf",
        "b_high.safetensors",
        "B_LOW.safetensors",
        "lonely_high.gguf",
        "slow_motion.safetensors",
    ]
    assert [(p.high, p.low) for p in find_pairs(files)] == [("b_high.safetensors", "B_LOW.safetensors")]


def test_folders_belong_to_the_name() -> None:
    files = ["one/x_high.gguf", "two/x_low.gguf", "two\\x_high.gguf", "HIGH/y.gguf", "LOW/y.gguf"]
    pairs = find_pairs(files)
    assert [(p.high, p.low) for p in pairs] == [
        ("two\\x_high.gguf", "two/x_low.gguf"),
        ("HIGH/y.gguf", "LOW/y.gguf"),
    ]
    assert pairs[1].name == "y"


def test_the_first_of_equal_partners_is_taken() -> None:
    assert find_pairs(["m_high.gguf", "m_low.gguf", "m-low.gguf"])[0].low == "m_low.gguf"


@pytest.mark.parametrize(
    ("path", "folder"), [("a.gguf", ""), ("wan 2.2/a.gguf", "wan 2.2"), ("x\\y\\a.gguf", "x/y"), ("x/y/a.gguf", "x/y")]
)
def test_folder(path: str, folder: str) -> None:
    assert folder_of(path) == folder


@pytest.mark.parametrize(
    ("high", "low", "task", "words"),
    [
        (HIGH, LOW, "i2v", []),
        (None, None, "i2v", []),
        (HIGH, None, "i2v", ["low noise model is missing"]),
        ("", LOW, "i2v", ["high noise model is missing"]),
        (HIGH.replace("i2v", "t2v"), LOW.replace("i2v", "t2v"), "t2v", []),
        (HIGH.replace("i2v", "t2v"), LOW, "i2v", ["text to video"]),
        (HIGH, LOW.replace("i2v", "t2v"), "i2v", ["text to video"]),
        (HIGH, LOW, "t2v", ["image to video"]),
        (HIGH, LOW.replace("14B", "5B"), "i2v", ["14B and the low noise one 5B"]),
        (HIGH.replace("14B", "A14B"), LOW.replace("14B", "5B"), "i2v", ["14B and the low noise one 5B"]),
        (HIGH, LOW.replace("Q6_K", "Q4_K_M"), "i2v", ["quantised differently"]),
        (HIGH, LOW.replace("Q6_K.gguf", "fp8_scaled.safetensors"), "i2v", ["quantised differently"]),
        (LOW, HIGH, "i2v", ["swapped"]),
    ],
)
def test_warnings(high: str | None, low: str | None, task: str, words: list[str]) -> None:
    found = pair_warnings(high, low, task=task)
    assert len(found) == len(words), found
    assert all(word in str(sentence) for word, sentence in zip(words, found, strict=True))


COMPOUNDS = """light lights key contrast angle angles poly polygon res resolution def definition heel heels fashion fps
vram memory saturation exposure rise waist fidelity frequency fantasy tech"""
DOUBTFUL = "lighting detail details detailed quality motion speed end"
SIZED = "clip vit vith vitl vision sam hiera dino dinov siglip yolo yolov"


@pytest.mark.parametrize("word", COMPOUNDS.split())
def test_high_and_low_may_be_said_of_something_else(word: str) -> None:
    assert noise_pass(f"river_high_{word}.safetensors") is None
    assert find_pairs([f"river_high_{word}.safetensors", f"river_low_{word}.safetensors"]) == ()


@pytest.mark.parametrize("word", DOUBTFUL.split())
def test_or_of_something_that_only_the_other_half_makes_clear(word: str) -> None:
    high, low = f"river_high_{word}.safetensors", f"river_low_{word}.safetensors"
    assert noise_pass(high) is None
    assert [(pair.high, pair.low) for pair in find_pairs([high, low])] == [(high, low)]


@pytest.mark.parametrize("word", SIZED.split())
def test_the_sizes_of_some_networks_are_letters(word: str) -> None:
    assert noise_pass(f"{word}2_l.safetensors") is None
    assert find_pairs([f"{word}_h.safetensors", f"{word}_l.safetensors"]) == ()


@pytest.mark.parametrize(("mark", "side"), [("hn", "high"), ("h", "high"), ("ln", "low"), ("l", "low")])
@pytest.mark.parametrize("ending", ["safetensors", "gguf", "ckpt", "pt", "pth", "bin", "sft", "SFT", "gguf.gguf"])
def test_a_pass_may_be_said_by_its_letters(mark: str, side: str, ending: str) -> None:
    assert noise_pass(f"river_{mark}.{ending}") == side
    assert noise_pass(f"river_{mark} (2).{ending}") == side
