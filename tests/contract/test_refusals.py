"""Every reason to refuse a graph, as the server really says it, and the sentence that we make of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.comfy.refusal import explain_refusal
from tests.contract.conftest import Cleanup
from tests.contract.graphs import Graph, clip, node, still

KEYS = {"Scale.upscale_method": "scaler", "Repeat.amount": "num_frames", "Start picture.image": "image"}


def changed(node_id: str, **inputs: Any) -> Callable[[Graph], None]:
    def change(graph: Graph) -> None:
        graph[node_id]["inputs"] |= inputs

    return change


def lacking(node_id: str, name: str) -> Callable[[Graph], None]:
    def change(graph: Graph) -> None:
        del graph[node_id]["inputs"][name]

    return change


def no_saver(graph: Graph) -> None:
    del graph["5"]


def unknown_class(graph: Graph) -> None:
    graph["3"]["class_type"] = "NoSuchNode"


CASES: dict[str, tuple[Callable[[Graph], None], str, str | None]] = {
    "invalid_prompt": (unknown_class, "lacks a node that the preset needs: ", None),
    "prompt_no_outputs": (no_saver, "found nothing in the graph that saves a result", None),
    "value_not_in_list": (
        changed("2", upscale_method="lancsoz"),
        "no upscale_method named lancsoz (“Scale”). The nearest is lanczos.",
        "scaler",
    ),
    "required_input_missing": (lacking("3", "amount"), "“Repeat” lacks its input amount.", "num_frames"),
    "value_smaller_than_min": (changed("3", amount=0), "amount of “Repeat” is too small: 0.", "num_frames"),
    "value_bigger_than_max": (changed("3", amount=5000), "amount of “Repeat” is too large: 5000.", "num_frames"),
    "invalid_input_type": (changed("3", amount="many"), "amount of “Repeat” cannot be many.", "num_frames"),
    "bad_linked_input": (changed("3", image=["2"]), "“Repeat” is wired wrongly at image.", None),
    "return_type_mismatch": (changed("3", image=["1", 1]), "“Repeat” is wired wrongly at image: image, rec", None),
    "custom_validation_failed": (
        changed("1", image="gone.png"),
        "“Start picture” refused its input: image - Invalid image file: gone.png.",
        "image",
    ),
}


def inner_kinds(answer: dict[str, Any]) -> set[str]:
    rows = (answer.get("node_errors") or {}).values()
    return {item["type"] for row in rows for item in row["errors"]} | {answer["error"]["type"]}


@pytest.mark.parametrize("kind", CASES)
async def test_a_refusal_is_a_sentence(client: ComfyClient, start: str, prefix: str, kind: str) -> None:
    change, words, key = CASES[kind]
    graph = clip(prefix, start)
    change(graph)
    prompt_id = str(uuid.uuid4())
    status, answer = await client.submit(prompt_id, graph, {})
    assert status == 400
    assert kind in inner_kinds(answer) or kind == "invalid_prompt"
    refusal = explain_refusal(answer, graph, KEYS)
    assert words in refusal.message
    assert set(refusal.fields) == ({key} if key else set())
    assert refusal.detail
    assert await client.history(prompt_id) is None
    queue = await client.queue()
    assert prompt_id not in queue.running + queue.pending


async def test_seeds_have_their_bounds(client: ComfyClient, start: str, prefix: str) -> None:
    catalog = await client.catalog()
    seeded = "SketchCameraMove" if catalog.has("SketchCameraMove") else "KSampler"
    spec = catalog.classes[seeded].inputs["seed"]
    assert (spec.minimum, spec.maximum) == (0.0, float(2**64 - 1))


async def test_several_faults_are_told_together(client: ComfyClient, start: str, prefix: str) -> None:
    graph = clip(prefix, "gone.png")
    graph["2"]["inputs"]["upscale_method"] = "none"
    graph["3"]["inputs"]["amount"] = 0
    _, answer = await client.submit(str(uuid.uuid4()), graph, {})
    refusal = explain_refusal(answer, graph, KEYS)
    assert set(refusal.fields) == {"image", "scaler", "num_frames"}


async def test_a_link_to_nowhere_is_refused(client: ComfyClient, start: str, prefix: str) -> None:
    graph = still(prefix, start)
    graph["3"]["inputs"]["images"] = ["77", 0]
    status, answer = await client.submit(str(uuid.uuid4()), graph, {})
    assert status == 400
    assert explain_refusal(answer, graph, {}).message


async def test_an_accepted_graph_may_have_lost_outputs(
    client: ComfyClient, start: str, prefix: str, tidy: Cleanup
) -> None:
    """200 with node_errors: the good saver runs, the other was dropped without a word."""
    graph = still(prefix, start)
    graph["4"] = node("SaveImage", "Second saver", filename_prefix=prefix)
    prompt_id = str(uuid.uuid4())
    tidy(prompt_id)
    status, answer = await client.submit(prompt_id, graph, {})
    assert status == 200
    assert list(answer["node_errors"]) == ["4"]
    assert "“Second saver” lacks its input images." in explain_refusal(answer, graph, {}).message


async def test_what_is_no_json_is_an_error_of_the_server(raw: httpx.AsyncClient) -> None:
    assert (await raw.post("/prompt", content=b"{")).status_code == 500


async def test_a_foreign_origin_is_kept_out(raw: httpx.AsyncClient) -> None:
    assert (await raw.get("/queue", headers={"Origin": "http://evil.example"})).status_code == 403
    assert (await raw.get("/queue")).status_code == 200
