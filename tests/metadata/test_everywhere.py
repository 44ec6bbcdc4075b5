"""Links that the editor does not draw: "Use Everywhere" nodes."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import UsedLora, UsedModel
from tests.metadata.test_workflow import by_id, drawn, info


def sockets(**typed: tuple[str, int | None]) -> list[dict[str, Any]]:
    return [{"name": name, "type": type_, "link": link} for name, (type_, link) in typed.items()]


def graph() -> dict[str, Any]:
    """A sampler whose model, conditionings and seed come from nowhere that is drawn."""
    nodes = [
        drawn(1, "CheckpointLoaderSimple", ["oak.safetensors"]),
        drawn(2, "LoraLoaderModelOnly", ["ink.safetensors", 0.8]),
        drawn(3, "KSampler", [7, "fixed", 20, 4.5, "euler", "simple", 1.0]),
        drawn(4, "EmptyLatentImage", [640, 960, 1]),
        drawn(5, "CLIPTextEncode", ["a heron"]),
        drawn(6, "CLIPTextEncode", ["fog"]),
        drawn(9, "SaveImage", ["a"]),
    ]
    made = {"nodes": nodes, "links": [[1, 1, 0, 2, 0, "MODEL"], [2, 4, 0, 3, 3, "LATENT"]], "version": 0.4}
    by_id(made, 2)["inputs"] = sockets(model=("MODEL", 1))
    by_id(made, 3)["inputs"] = sockets(
        model=("MODEL", None), positive=("CONDITIONING", None), negative=("CONDITIONING", None),
        latent_image=("LATENT", 2),
    )  # fmt: skip
    return made


def test_links_that_the_editor_saved() -> None:
    made = graph()
    made["extra"] = {"ue_links": [
        {"downstream": 3, "downstream_slot": slot, "upstream": str(node), "upstream_slot": 0, "controller": 50}
        for slot, node in ((0, 2), (1, 5), (2, 6))
    ]}  # fmt: skip
    found = info(made)
    assert (found.prompt, found.negative_prompt, found.width, found.seed) == ("a heron", "fog", 640, 7)
    assert found.models == (UsedModel("oak.safetensors"),) and found.loras == (UsedLora("ink.safetensors", 0.8),)


@pytest.mark.parametrize("saved", [None, {"ue_links": []}, {"ue_links": 5}])
def test_links_that_it_did_not_save(saved: Any) -> None:
    made = graph()
    made["extra"] = saved
    made["links"] += [[3, 2, 0, 50, 0, "MODEL"], [4, 5, 0, 51, 0, "CONDITIONING"], [5, 6, 0, 51, 1, "CONDITIONING"]]
    made["nodes"] += [drawn(50, "Anything Everywhere", []), drawn(51, "Prompts Everywhere", [])]
    by_id(made, 50)["inputs"] = sockets(anything=("MODEL", 3))
    by_id(made, 51)["inputs"] = sockets(one=("CONDITIONING", 4), two=("CONDITIONING", 5))
    found = info(made)
    assert (found.prompt, found.negative_prompt) == ("a heron", "fog")
    assert found.models == (UsedModel("oak.safetensors"),) and found.loras == (UsedLora("ink.safetensors", 0.8),)
    # a node that is off sends nothing
    by_id(made, 50)["mode"] = 4
    assert info(made).models == ()


def test_only_to_inputs_of_a_name() -> None:
    made = graph()
    made["links"] += [[3, 5, 0, 50, 0, "CONDITIONING"], [4, 6, 0, 51, 0, "CONDITIONING"]]
    made["nodes"] += [
        drawn(50, "Anything Everywhere?", [".*", "positive"]), drawn(51, "Anything Everywhere?", [".*", "negative"]),
        drawn(52, "Anything Everywhere?", [".*", "(x+)+"]),
    ]  # fmt: skip
    by_id(made, 50)["inputs"] = sockets(anything=("CONDITIONING", 3))
    by_id(made, 51)["inputs"] = sockets(anything=("CONDITIONING", 4))
    assert (info(made).prompt, info(made).negative_prompt) == ("a heron", "fog")


@pytest.mark.parametrize("junk", [[1], [{}], [{"downstream": [], "downstream_slot": 0, "upstream": {}}], {"a": 1}, "x"])
def test_junk_among_them(junk: Any) -> None:
    made = graph()
    made["extra"] = {"ue_links": junk}
    made["nodes"] += [drawn(50, "Anything Everywhere", 5), drawn(51, "Seed Everywhere", None), drawn(52, "Everywhere?")]
    by_id(made, 50)["inputs"] = [1, {"link": []}, {"link": 99, "type": {}}]
    assert info(made).seed == 7


def test_a_circle_of_undrawn_links() -> None:
    made = graph()
    made["extra"] = {"ue_links": [
        {"downstream": 3, "downstream_slot": 0, "upstream": 2, "upstream_slot": 0},
        {"downstream": 2, "downstream_slot": 0, "upstream": 3, "upstream_slot": 0},
    ]}  # fmt: skip
    by_id(made, 2)["inputs"][0]["link"] = None
    assert info(made).steps == 20


@pytest.mark.parametrize("pack", ["", "easy "])
def test_named_channels_of_both_packs(pack: str) -> None:
    made = graph()
    made["links"] += [[3, 2, 0, 60, 0, "MODEL"], [4, 61, 0, 3, 0, "MODEL"]]
    getter, setter = (f"{pack}{name}" for name in (("getNode", "setNode") if pack else ("GetNode", "SetNode")))
    made["nodes"] += [drawn(60, setter, ["m"], {"MODEL": 3}), drawn(61, getter, ["m"])]
    by_id(made, 3)["inputs"][0]["link"] = 4
    assert info(made).models == (UsedModel("oak.safetensors"),)
    assert info(made).loras == (UsedLora("ink.safetensors", 0.8),)
