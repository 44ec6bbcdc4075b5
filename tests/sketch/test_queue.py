"""Queue, history, interrupt and job lists."""

import uuid

from tests.sketch.client import Client, camera_graph, image_graph, kinds, long_graph, messages
from tests.waiting import until_sync


def unique() -> str:
    return f"q/{uuid.uuid4().hex}"


def test_an_interrupt_by_id_stops_only_that_job(client: Client) -> None:
    name = uuid.uuid4().hex
    client.http.post("/free", json={"free_memory": True})
    with client.listen(name) as listener:
        prompt_id, _ = client.submit(long_graph(unique()), client_id=name)
        listener.next("progress")
        assert client.http.post("/interrupt", json={"prompt_id": "somebody else's"}).status_code == 200
        listener.next("progress")
        assert client.http.post("/interrupt", json={"prompt_id": prompt_id}).status_code == 200
        frames = listener.until_end(prompt_id)
    assert kinds(frames)[-3:] == ["execution_interrupted", "status", "executing"]
    told = messages(frames, "execution_interrupted")[0]["data"]
    assert set(told) == {"prompt_id", "node_id", "node_type", "executed", "timestamp"}
    assert told["executed"] == ["1", "2"]
    entry = client.history(prompt_id)[prompt_id]
    assert entry["status"]["status_str"] == "error"
    assert entry["status"]["messages"][-1][0] == "execution_interrupted"
    assert entry["outputs"] == {}
    job = client.http.get(f"/api/jobs/{prompt_id}").json()
    assert job["status"] == "failed" and "execution_error" not in job


def test_an_interrupt_without_a_body_stops_whatever_runs(client: Client) -> None:
    name = uuid.uuid4().hex
    with client.listen(name) as listener:
        prompt_id, _ = client.submit(long_graph(unique()), client_id=name)
        listener.next("progress")
        assert client.http.post("/interrupt").status_code == 200
    entry = until_sync(lambda: client.history(prompt_id), "its history")[prompt_id]
    assert entry["status"]["messages"][-1][0] == "execution_interrupted"


def test_waiting_jobs_can_be_seen_reordered_and_deleted(client: Client) -> None:
    running, _ = client.submit(long_graph(unique()), client_id="q")
    until_sync(lambda: client.http.get("/queue").json()["queue_running"], "the first job running")
    first, _ = client.submit(image_graph(unique()), client_id="q")
    second, _ = client.submit(image_graph(unique()), client_id="q")
    urgent, answer = client.submit(image_graph(unique()), client_id="q", front=True)
    assert answer.json()["number"] < 0
    numbered, answer = client.submit(image_graph(unique()), client_id="q", number=-500)
    assert answer.json()["number"] == -500.0
    queue = client.http.get("/queue").json()
    assert [len(entry) for entry in queue["queue_running"] + queue["queue_pending"]] == [5] * 5
    assert queue["queue_running"][0][1] == running
    pending = sorted(queue["queue_pending"], key=lambda entry: entry[0])
    assert [entry[1] for entry in pending] == [numbered, urgent, first, second]
    assert client.http.get("/prompt").json() == {"exec_info": {"queue_remaining": 5}}
    assert pending[0][3]["client_id"] == "q" and isinstance(pending[0][3]["create_time"], int)
    assert pending[0][4] == ["3"]

    assert client.http.get(f"/api/jobs/{first}").json()["status"] == "pending"
    for prompt_id in (first, running, "unknown"):
        assert client.http.post("/queue", json={"delete": [prompt_id]}).status_code == 200
    assert client.http.get(f"/api/jobs/{first}").status_code == 404
    assert client.history(first) == {}
    assert client.http.get("/queue").json()["queue_running"][0][1] == running
    jobs = client.http.get("/api/jobs", params={"status": "pending,in_progress"}).json()
    assert {job["id"]: job["status"] for job in jobs["jobs"]} == {
        running: "in_progress",
        second: "pending",
        urgent: "pending",
        numbered: "pending",
    }
    assert jobs["pagination"] == {"offset": 0, "limit": None, "total": 4, "has_more": False}
    client.http.post("/queue", json={"clear": True})
    client.http.post("/interrupt", json={"prompt_id": running})
    until_sync(lambda: client.history(running), "the end of the first job")
    assert client.http.get("/queue").json() == {"queue_running": [], "queue_pending": []}


def test_a_history_entry(client: Client) -> None:
    graph = image_graph(unique())
    info = {"workflow": {"id": "w1"}, "oelala_params": {"seed": 18446744073709551615}}
    prompt_id, _ = client.run(graph, extra_data={"extra_pnginfo": info})
    entry = client.history(prompt_id)[prompt_id]
    number, same_id, prompt, extra, outputs = entry["prompt"]
    assert isinstance(number, int) and same_id == prompt_id and prompt == graph and outputs == ["3"]
    assert extra["extra_pnginfo"] == info and {"client_id", "create_time"} <= set(extra)
    assert list(entry["outputs"]) == ["3"]
    assert entry["status"]["status_str"] == "success" and entry["status"]["completed"] is True
    names = [name for name, _ in entry["status"]["messages"]]
    assert names == ["execution_start", "execution_cached", "execution_success"]
    assert entry["meta"] == {"3": {"node_id": "3", "display_node": "3", "parent_node": None, "real_node_id": "3"}}
    job = client.http.get(f"/api/jobs/{prompt_id}").json()
    assert job["status"] == "completed" and job["workflow_id"] == "w1" and job["outputs_count"] == 1
    assert job["preview_output"]["nodeId"] == "3" and job["preview_output"]["mediaType"] == "images"
    assert job["execution_end_time"] >= job["execution_start_time"]
    assert job["workflow"]["prompt"] == graph


def test_history_is_paged_and_deleted(client: Client) -> None:
    ids = [client.run(image_graph(unique()))[0] for _ in range(3)]
    assert list(client.http.get("/history", params={"max_items": 2}).json()) == ids[1:]
    assert len(client.http.get("/history", params={"max_items": 1, "offset": 0}).json()) == 1
    newest = client.http.get("/api/jobs", params={"limit": 1}).json()
    assert newest["jobs"][0]["id"] == ids[2] and newest["pagination"]["has_more"] is True
    client.http.post("/history", json={"delete": [ids[0]]})
    assert client.history(ids[0]) == {}
    client.http.post("/history", json={"clear": True})
    assert client.http.get("/history").json() == {}


def test_job_lists_refuse_what_they_do_not_know(client: Client) -> None:
    for query in ({"status": "bogus"}, {"sort_by": "x"}, {"sort_order": "x"}, {"limit": "0"}, {"offset": "x"}):
        answer = client.http.get("/api/jobs", params=query)
        assert answer.status_code == 400 and "error" in answer.json()
    assert client.http.get("/jobs").status_code == 404


def test_free_forgets_results(client: Client) -> None:
    client.run(image_graph(unique()))
    assert client.http.post("/free", json={"free_memory": True}).status_code == 200
    _, frames = client.run(image_graph(unique()))
    assert messages(frames, "execution_cached")[0]["data"]["nodes"] == []


def test_own_ids_are_kept_and_others_made(client: Client) -> None:
    prompt_id, answer = client.submit(camera_graph(unique()), prompt_id="12-mine")
    assert answer.json()["prompt_id"] == prompt_id == "12-mine"
    answer = client.http.post("/prompt", json={"prompt": camera_graph(unique())})
    assert uuid.UUID(answer.json()["prompt_id"])
    until_sync(lambda: client.history(answer.json()["prompt_id"]), "its history")
