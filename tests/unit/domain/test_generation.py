"""The one shape of what made a file."""

from __future__ import annotations

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel


def test_absent_is_null_and_zero_is_a_value() -> None:
    info = GenerationInfo(
        source="oelala",
        seed=0,
        cfg=0.0,
        models=(UsedModel("m", "high"),),
        loras=(UsedLora("l", 0.0, None),),
        sources={"seed": "oelala"},
    )
    row = info.as_dict()
    assert (row["seed"], row["cfg"], row["steps"]) == (0, 0.0, None)
    assert row["models"] == [{"name": "m", "pass": "high"}]
    assert row["loras"] == [{"name": "l", "strength": 0.0, "pass": None}]
    assert row["sources"] == {"seed": "oelala"}
    assert list(row) == [
        *("source", "prompt", "negative_prompt", "original_t2i_prompt", "seed", "steps", "cfg", "sampler", "scheduler"),
        *("shift", "switch_step", "width", "height", "num_frames", "fps", "duration", "models", "loras", "engine"),
        *("workflow", "sources"),
    ]


def test_there_and_back() -> None:
    info = GenerationInfo(
        source="prompt", seed=2**64 - 1, models=(UsedModel("m", "low"),), loras=(UsedLora("l", 0.5, "high"),)
    )
    assert GenerationInfo.from_dict(info.as_dict()) == info
    assert GenerationInfo.from_dict(GenerationInfo().as_dict()) == GenerationInfo()


def test_keys_of_a_newer_version_are_passed_over() -> None:
    row = {
        "seed": 3,
        "mood": "calm",
        "models": [{"name": "m", "pass_": "high"}],
        "loras": [{"name": "l", "strength": 1}],
    }
    info = GenerationInfo.from_dict(row)
    assert (info.seed, info.models[0].pass_, info.loras[0].pass_) == (3, "high", None)
    odd = GenerationInfo.from_dict({"models": [{"name": "m", "pass": 3}], "loras": []})
    assert odd.models == (UsedModel("m", None),), "a pass is said in words"
