"""Every way in which a prompt is refused, in the types and shapes of a real server."""

from typing import Any

import pytest

from tests.sketch.client import Client, image_graph


def refused(client: Client, graph: Any, **body: Any) -> dict[str, Any]:
    _, answer = client.submit(graph, **body)
    assert answer.status_code == 400, answer.text
    content: dict[str, Any] = answer.json()
    assert set(content) == {"error", "node_errors"}
    assert set(content["error"]) == {"type", "message", "details", "extra_info"}
    return content


def node_error(client: Client, graph: dict[str, Any], node_id: str) -> dict[str, Any]:
    content = refused(client, graph)
    assert content["error"]["type"] == "prompt_outputs_failed_validation"
    assert list(content["node_errors"]) == [node_id]
    entry = content["node_errors"][node_id]
    assert set(entry) == {"errors", "dependent_outputs", "class_type"}
    assert entry["dependent_outputs"] == ["3"]
    (error,) = entry["errors"]
    assert set(error) == {"type", "message", "details", "extra_info"}
    return error


def graph_with(node_id: str, **inputs: Any) -> dict[str, Any]:
    graph = image_graph("errors/x")
    graph[node_id]["inputs"].update(inputs)
    return graph


WIDTH = ["INT", {"default": 512, "min": 0, "max": 16384, "step": 1}]
METHODS = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]


def test_an_unknown_class(client: Client) -> None:
    graph = image_graph("x") | {"9": {"class_type": "NoSuchNode", "inputs": {}}}
    error = refused(client, graph)["error"]
    assert error["type"] == "invalid_prompt" and error["details"] == "Node ID '#9'"
    assert "NoSuchNode" in error["message"]


def test_a_node_without_a_class(client: Client) -> None:
    error = refused(client, image_graph("x") | {"9": {"inputs": {}}})["error"]
    assert (error["type"], error["details"]) == ("invalid_prompt", "Node ID '#9'")


@pytest.mark.parametrize("targets", [None, ["nope"]])
def test_no_outputs(client: Client, targets: list[str] | None) -> None:
    graph = image_graph("x") if targets else {}
    content = refused(client, graph, partial_execution_targets=targets)
    assert content["error"]["type"] == "prompt_no_outputs"


def test_only_the_targets_run(client: Client) -> None:
    graph = image_graph("errors/a") | {"4": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}}}
    prompt_id, _ = client.run(graph, partial_execution_targets=["4"])
    assert list(client.history(prompt_id)[prompt_id]["outputs"]) == ["4"]


def test_no_prompt(client: Client) -> None:
    answer = client.http.post("/prompt", json={"client_id": "x"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "no_prompt")


@pytest.mark.parametrize("body", [b"{", b"5", b'{"prompt": {"1": 5}}', b'{"prompt": 5}'])
def test_malformed_bodies_are_500(client: Client, body: bytes) -> None:
    answer = client.http.post("/prompt", content=body)
    assert answer.status_code == 500
    assert answer.text.startswith("500 Internal Server Error")
    assert client.http.get("/prompt").status_code == 200


def test_a_value_that_is_not_in_the_list(client: Client) -> None:
    error = node_error(client, graph_with("2", upscale_method="nope"), "2")
    assert error["type"] == "value_not_in_list"
    assert error["details"] == f"upscale_method: 'nope' not in {METHODS}"
    assert error["extra_info"] == {
        "input_name": "upscale_method",
        "input_config": [METHODS, {}],
        "received_value": "nope",
    }


def test_a_missing_input(client: Client) -> None:
    graph = image_graph("x")
    del graph["2"]["inputs"]["width"]
    error = node_error(client, graph, "2")
    assert (error["type"], error["details"]) == ("required_input_missing", "width")
    assert error["extra_info"] == {"input_name": "width"}


@pytest.mark.parametrize("name", ["missing.png", "../escape.png", "/etc/hostname", "start.png [temp]"])
def test_a_picture_that_is_not_there(client: Client, name: str) -> None:
    error = node_error(client, graph_with("1", image=name), "1")
    assert error["type"] == "custom_validation_failed"
    assert error["details"] == f"image - Invalid image file: {name}"
    assert error["extra_info"] == {"input_name": "image"}


@pytest.mark.parametrize(("value", "kind"), [(-5, "value_smaller_than_min"), (99999999, "value_bigger_than_max")])
def test_a_value_out_of_range(client: Client, value: int, kind: str) -> None:
    error = node_error(client, graph_with("2", width=value), "2")
    assert (error["type"], error["details"]) == (kind, "width")
    assert error["extra_info"] == {"input_name": "width", "input_config": WIDTH, "received_value": value}


def test_a_value_of_the_wrong_type(client: Client) -> None:
    error = node_error(client, graph_with("2", width="abc"), "2")
    assert error["type"] == "invalid_input_type"
    assert error["details"].startswith("width, abc, ")
    assert set(error["extra_info"]) == {"input_name", "input_config", "received_value", "exception_message"}


def test_a_number_in_a_string_is_taken(client: Client) -> None:
    prompt_id, _ = client.run(graph_with("2", width="64"))
    entry = client.history(prompt_id)[prompt_id]
    assert entry["prompt"][2]["2"]["inputs"]["width"] == 64


def test_a_link_of_the_wrong_length(client: Client) -> None:
    error = node_error(client, graph_with("3", images=["2"]), "3")
    assert error["type"] == "bad_linked_input"
    assert error["extra_info"]["received_value"] == ["2"]


@pytest.mark.parametrize(("link", "exception"), [(["77", 0], "KeyError"), (["2", 5], "IndexError")])
def test_a_link_to_nowhere(client: Client, link: list[Any], exception: str) -> None:
    error = node_error(client, graph_with("3", images=link), "3")
    assert error["type"] == "exception_during_validation"
    assert error["extra_info"]["exception_type"] == exception
    error = node_error(client, graph_with("2", image=link), "2")
    if exception == "KeyError":
        assert error["type"] == "exception_during_inner_validation"
        assert error["extra_info"]["linked_node"] == ["2", 0]


def test_a_link_of_the_wrong_type(client: Client) -> None:
    error = node_error(client, graph_with("2", image=["1", 1]), "2")
    assert error["type"] == "return_type_mismatch"
    assert error["details"] == "image, received_type(MASK) mismatch input_type(IMAGE)"
    assert error["extra_info"] == {
        "input_name": "image",
        "input_config": ["IMAGE", {}],
        "received_type": "MASK",
        "linked_node": ["1", 1],
    }


def test_links_in_a_circle(client: Client) -> None:
    graph = image_graph("x")
    graph["4"] = {"class_type": "RepeatImageBatch", "inputs": {"image": ["2", 0], "amount": 1}}
    graph["2"]["inputs"]["image"] = ["4", 0]
    content = refused(client, graph)
    errors = [error for entry in content["node_errors"].values() for error in entry["errors"]]
    assert [error["type"] for error in errors] == ["exception_during_inner_validation"]


def test_one_good_and_one_bad_output(client: Client) -> None:
    graph = image_graph("errors/good")
    graph["8"] = {"class_type": "ImageScale", "inputs": {**graph["2"]["inputs"], "upscale_method": "bad"}}
    graph["9"] = {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "errors/bad"}}
    _, answer = client.submit(graph)
    assert answer.status_code == 200
    errors = answer.json()["node_errors"]
    assert list(errors) == ["8"] and errors["8"]["dependent_outputs"] == ["9"]


def test_seeds_reach_up_to_64_bits_and_not_below_zero(client: Client) -> None:
    card = {"class_type": "SketchTitleCard", "inputs": {"text": "x", "width": 64, "height": 48}}
    save = {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "errors/seed"}}
    for seed, status in ((2**64 - 1, 200), (-1, 400), (2**64, 400)):
        card["inputs"]["seed"] = seed  # type: ignore[index]
        _, answer = client.submit({"1": card, "3": save})
        assert answer.status_code == status


def test_foreign_origins_are_refused(client: Client) -> None:
    own = client.address
    for origin, status in ((own, 200), ("http://example.com", 403), ("null", 403), (f"{own}0", 403)):
        assert client.http.get("/prompt", headers={"Origin": origin}).status_code == status
    upgrade = {"Origin": "http://example.com", "Connection": "Upgrade", "Upgrade": "websocket"}
    keys = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    assert client.http.get("/ws", headers=upgrade | keys).status_code == 403


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_past_the_limit_is_refused(client: Client, announced: bool) -> None:
    size = 101 * 2**20
    chunks = (bytes(2**20) for _ in range(101))
    headers = {"Content-Length": str(size)} if announced else {}
    answer = client.http.post("/prompt", content=chunks, headers=headers)
    assert answer.status_code == 413
    assert answer.text == "Maximum request body size 104857600 exceeded."


def test_a_bad_part_beside_a_good_one_does_no_harm(client: Client) -> None:
    """An output before a circle is dropped; the good one runs, and the server lives on."""
    graph = image_graph("errors/beside")
    graph["7"] = {"class_type": "RepeatImageBatch", "inputs": {"image": ["8", 0], "amount": 1}}
    graph["8"] = {"class_type": "RepeatImageBatch", "inputs": {"image": ["7", 0], "amount": 1}}
    graph["9"] = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}
    graph["10"] = {"class_type": "PreviewImage", "inputs": []}
    prompt_id, _ = client.run(graph)
    assert list(client.history(prompt_id)[prompt_id]["outputs"]) == ["3"]
