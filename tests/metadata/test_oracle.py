"""Where sd-parsers knows an answer about a generated picture, ours is the same.

Known to us and not to it: model and LoRA passes, shift, switch step, size, frames, rate, words through nodes with two
sides by slot, zeroed conditionings, the sampler of a guided graph, `oelala_params`, the editor's graph, and every
container but PNG, JPEG and WebP.
"""

from __future__ import annotations

import io
import logging
import random
from typing import Any

import pytest
from sd_parsers import ParserManager

from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, graphs
from tests.metadata.test_blocks import A1111

logging.getLogger("sd_parsers").setLevel(logging.CRITICAL)


def theirs(data: bytes) -> Any:
    return ParserManager().parse(io.BytesIO(data))


def first_sampler(answer: Any) -> Any:
    return min(answer.samplers, key=lambda sampler: int(sampler.parameters.get("start_at_step", 0)))


@pytest.mark.parametrize("seed", range(12))
def test_comfy_graphs(seed: int) -> None:
    rng = random.Random(seed)
    graph = graphs.one_pass()
    words = graphs.WORDS.split()
    graph["6"]["inputs"]["text"] = " ".join(rng.sample(words, 5))
    graph["7"]["inputs"]["text"] = " ".join(rng.sample(words, 3))
    graph["3"]["inputs"] |= {
        "seed": rng.randrange(2**63),
        "steps": rng.randrange(1, 60),
        "cfg": rng.randrange(2, 20) / 2,
    }
    data = corpus.png_with({"prompt": graph, "workflow": corpus.editor_graph(graph)})
    answer, ours = theirs(data), read_bytes(data, "a.png").info
    sampler = first_sampler(answer)
    assert [prompt.value for prompt in sampler.prompts] == [ours.prompt]
    assert [prompt.value for prompt in sampler.negative_prompts] == [ours.negative_prompt]
    assert sampler.name == ours.sampler
    assert sampler.parameters["seed"] == ours.seed
    assert (sampler.parameters["steps"], sampler.parameters["cfg_scale"]) == (ours.steps, ours.cfg)
    assert sampler.parameters["scheduler"] == ours.scheduler
    assert [model.name for model in answer.models] == [model.name for model in ours.models]


def test_a1111() -> None:
    data = corpus.png_with({"parameters": A1111.encode()})
    answer, ours = theirs(data), read_bytes(data, "a.png").info
    sampler = answer.samplers[0]
    assert [prompt.value for prompt in sampler.prompts] == [ours.prompt]
    assert [prompt.value for prompt in sampler.negative_prompts] == [ours.negative_prompt]
    # It keeps the scheduler inside the sampler's name.
    assert sampler.name == f"{ours.sampler} {ours.scheduler}"
    parameters = {key.lower(): value for key, value in sampler.parameters.items()}
    assert int(parameters["seed"]) == ours.seed and int(parameters["steps"]) == ours.steps
    assert [model.name for model in answer.models] == [model.name for model in ours.models]
