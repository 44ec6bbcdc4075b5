"""The order and shapes of a job's messages, as a real server sends them."""

import contextlib
import json
import struct
import time
import uuid
from typing import Any

from tests.sketch.client import Client, Listener, camera_graph, image_graph, kinds, long_graph, messages


def unique() -> str:
    return f"m/{uuid.uuid4().hex}"


def test_a_job_from_queueing_to_its_end(client: Client) -> None:
    client.http.post("/free", json={"free_memory": True})
    prompt_id, frames = client.run(image_graph(unique()))
    assert kinds(frames) == [
        "status",
        "status",
        "execution_start",
        "execution_cached",
        *["progress_state", "executing", "progress_state"] * 2,
        *["progress_state", "executing", "executed", "progress_state"],
        "execution_success",
        "status",
        "executing",
    ]
    counts = [message["data"]["status"]["exec_info"]["queue_remaining"] for message in messages(frames, "status")]
    assert counts == [1, 1, 0]
    executing = messages(frames, "executing")
    assert executing[0]["data"] == {"node": "1", "display_node": "1", "prompt_id": prompt_id}
    assert executing[-1]["data"] == {"node": None, "prompt_id": prompt_id}
    start = messages(frames, "execution_start")[0]["data"]
    assert set(start) == {"prompt_id", "timestamp"}
    assert abs(start["timestamp"] / 1000 - time.time()) < 60


def test_progress_state_names_every_node_so_far(client: Client) -> None:
    client.http.post("/free", json={"free_memory": True})
    prompt_id, frames = client.run(image_graph(unique()))
    states = [message["data"] for message in messages(frames, "progress_state")]
    assert states[0]["nodes"] == {
        "1": {
            "value": 0.0,
            "max": 1.0,
            "state": "running",
            "node_id": "1",
            "prompt_id": prompt_id,
            "display_node_id": "1",
            "parent_node_id": None,
            "real_node_id": "1",
        }
    }
    assert list(states[-1]["nodes"]) == ["1", "2", "3"]
    assert {node["state"] for node in states[-1]["nodes"].values()} == {"finished"}


def test_executed_carries_the_file(client: Client) -> None:
    prefix = unique()
    _, frames = client.run(camera_graph(prefix))
    (executed,) = messages(frames, "executed")
    assert executed["data"]["node"] == executed["data"]["display_node"] == "5"
    saved = {"filename": f"{prefix[2:]}_00001_.mp4", "subfolder": "m", "type": "output"}
    assert executed["data"]["output"] == {"images": [saved], "animated": [True]}


def test_progress_ends_at_its_maximum(client: Client) -> None:
    prompt_id, frames = client.run(camera_graph(unique(), seed=77))
    progress = [message["data"] for message in messages(frames, "progress")]
    assert [step["value"] for step in progress] == list(range(1, 10))
    assert progress[-1] == {"value": 9, "max": 9, "prompt_id": prompt_id, "node": "3"}


def test_a_cached_repeat_reports_the_old_file(client: Client) -> None:
    graph = image_graph(unique())
    _, first = client.run(graph)
    _, again = client.run(graph)
    assert kinds(again) == [
        "status",
        "status",
        "execution_start",
        "execution_cached",
        "executed",
        "progress_state",
        "execution_success",
        "status",
        "executing",
    ]
    assert messages(again, "execution_cached")[0]["data"]["nodes"] == ["1", "2", "3"]
    old, new = messages(first, "executed")[0]["data"], messages(again, "executed")[0]["data"]
    assert old["output"] == new["output"]


def test_a_new_prefix_reuses_all_but_the_saver(client: Client) -> None:
    client.run(image_graph(unique()))
    _, again = client.run(image_graph(unique()))
    assert messages(again, "execution_cached")[0]["data"]["nodes"] == ["1", "2"]
    assert [message["data"]["node"] for message in messages(again, "executing")] == ["3", None]


def test_previews_are_off_by_default(client: Client) -> None:
    for body in ({}, {"extra_data": {"preview_method": "none"}}):
        _, frames = client.run(camera_graph(unique(), seed=int(time.time_ns())), **body)
        assert not [frame for frame in frames if isinstance(frame, bytes)]


def test_previews_without_flags_are_type_1_after_progress(client: Client) -> None:
    graph = camera_graph(unique(), seed=11, width=640, height=360)
    _, frames = client.run(graph, extra_data={"preview_method": "auto"})
    previews = [frame for frame in frames if isinstance(frame, bytes)]
    assert len(previews) == 9
    assert all(frame[:10] == struct.pack(">II", 1, 1) + b"\xff\xd8" for frame in previews)
    order = kinds(frames)
    assert order[order.index("binary 1") - 1] == "progress"


def test_previews_with_flags_are_type_4_before_progress(client: Client) -> None:
    graph = camera_graph(unique(), seed=12)
    prompt_id, frames = client.run(graph, flags=True, extra_data={"preview_method": "auto"})
    previews = [frame for frame in frames if isinstance(frame, bytes)]
    assert len(previews) == 9
    kind, length = struct.unpack(">II", previews[0][:8])
    assert kind == 4
    assert json.loads(previews[0][8 : 8 + length]) == {
        "node_id": "3",
        "prompt_id": prompt_id,
        "display_node_id": "3",
        "parent_node_id": None,
        "real_node_id": "3",
        "image_type": "image/jpeg",
    }
    assert previews[0][8 + length :][:2] == b"\xff\xd8"
    order = kinds(frames)
    assert order[order.index("binary 4") + 1] == "progress"


def test_a_socket_is_told_its_id_and_answers_flags_only_first(client: Client) -> None:
    with client.listen("first", flags=True) as listener:
        assert listener.receive() == {
            "type": "status",
            "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "first"},
        }
        flags: Any = listener.receive()
        assert flags["type"] == "feature_flags"
        assert flags["data"]["supports_preview_metadata"] is True
        assert flags["data"]["max_upload_size"] == 104857600
        listener.socket.send("no json")
        listener.socket.send(json.dumps({"type": "feature_flags", "data": {}}))
        client.run(image_graph(unique()))
        assert listener.receive()["type"] == "status"


def test_a_client_that_comes_back_hears_the_running_node_without_its_prompt(client: Client) -> None:
    name = uuid.uuid4().hex
    with client.listen(name) as listener:
        prompt_id, _ = client.submit(long_graph(unique()), client_id=name)
        listener.next("progress")
    with client.listen(name) as listener:
        first: Any = listener.receive()
        assert first["data"] == {"status": {"exec_info": {"queue_remaining": 1}}, "sid": name}
        assert listener.receive() == {"type": "executing", "data": {"node": "3"}}
        assert listener.next("progress")["data"]["prompt_id"] == prompt_id
        client.http.post("/interrupt", json={"prompt_id": prompt_id})
        listener.until_end(prompt_id)


def test_the_newer_socket_of_an_id_falls_silent_when_the_older_one_closes(client: Client) -> None:
    name = uuid.uuid4().hex
    with client.listen(name) as newer_outlives:
        newer_outlives.next("status")
        with client.listen(name) as newer:
            newer.next("status")
            newer_outlives.socket.close()
            deadline = time.monotonic() + 20
            while heard_of_a_job(client, newer):  # until the server has seen that the other is closed
                assert time.monotonic() < deadline


def heard_of_a_job(client: Client, listener: Listener) -> int:
    """How many messages reached it while a job ran that is not its own."""
    client.run(image_graph(unique()))
    heard = 0
    with contextlib.suppress(TimeoutError):
        while listener.receive(patience=0.3):
            heard += 1
    return heard


def test_others_hear_only_status_and_ownerless_progress(client: Client) -> None:
    with client.listen("bystander") as bystander:
        bystander.next("status")
        prompt_id, _ = client.run(image_graph(unique()))
        assert {bystander.receive()["type"] for _ in range(3)} == {"status"}
        prompt_id, answer = client.submit(camera_graph(unique(), seed=5))
        assert answer.status_code == 200
        progress = bystander.next("progress")
        assert progress["data"]["prompt_id"] == prompt_id


def test_an_error_in_a_node(client: Client) -> None:
    client.upload("text.png", b"this is no picture", overwrite="true")
    graph = image_graph(unique())
    graph["1"]["inputs"]["image"] = "text.png"
    prompt_id, frames = client.run(graph)
    assert kinds(frames)[-3:] == ["execution_error", "status", "executing"]
    error = messages(frames, "execution_error")[0]["data"]
    assert (error["node_id"], error["node_type"], error["executed"]) == ("1", "LoadImage", [])
    assert error["exception_type"] == "PIL.UnidentifiedImageError"
    assert error["exception_message"].endswith("\n")
    assert error["traceback"] and error["current_inputs"] == {"image": ["text.png"]}
    status = client.history(prompt_id)[prompt_id]["status"]
    assert (status["status_str"], status["completed"]) == ("error", False)
    assert [name for name, _ in status["messages"]] == ["execution_start", "execution_cached", "execution_error"]


def test_a_prefix_that_leads_out_is_an_error(client: Client) -> None:
    _, frames = client.run(image_graph("../../escape"))
    error = messages(frames, "execution_error")[0]["data"]
    assert error["node_id"] == "3"
    assert "output folder" in error["exception_message"]


def test_too_many_frames_are_refused_by_name(client: Client) -> None:
    _, frames = client.run(camera_graph(unique(), frames=16384, width=1920, height=1072))
    error = messages(frames, "execution_error")[0]["data"]
    assert error["exception_type"] == "MemoryError"
    assert "GiB" in error["exception_message"]
