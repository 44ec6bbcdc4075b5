"""The routes of the product page, over a real socket, with Sketch behind them."""

import io
import json

import httpx
import pytest
from PIL import Image

from oelala_desktop import __version__
from tests.api.serving import PICTURE, Served, Stream, submit, wait_for


def picture(width: int = 320, height: int = 240, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (40, 90, 160)).save(out, kind)
    return out.getvalue()


def test_health_tells_the_engine(client: httpx.Client) -> None:
    row = client.get("/health").json()
    assert set(row) == {"status", "version", "engine", "comfyui", "legacy", "paused", "uptime_s"}
    assert row["engine"] | {"queue": 0} == {"name": "Sketch", "kind": "sketch", "state": "online", "queue": 0}
    assert (row["status"], row["version"], row["comfyui"], row["legacy"]) == ("ok", __version__, False, False)
    assert client.get("/").json()["name"] == "Oelala Desktop"


def test_whether_it_is_there_can_be_asked_without_a_body(client: httpx.Client) -> None:
    for path in ("/", "/health"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"") and int(answer.headers["content-length"]) > 2


def test_model_lists_have_their_shape(client: httpx.Client) -> None:
    assert set(client.get("/loras").json()) == {"loras", "high_noise", "low_noise", "general", "by_category"}
    assert set(client.get("/unet-models").json()) == {"models", "high_noise", "low_noise", "pairs"}


def test_presets_say_what_they_need(client: httpx.Client) -> None:
    every = client.get("/api/presets").json()
    assert every["total"] == len(every["presets"]) > 5
    assert "image-to-video" in every["categories"]
    some = client.get("/api/presets", params={"category": "image-to-video"}).json()
    assert {row["category"] for row in some["presets"]} == {"image-to-video"}
    sketch = client.get("/api/presets/image-to-video.sketch").json()
    assert sketch["runnable"] and sketch["missing"] == []
    wan = next(row for row in some["presets"] if "distorch2" in row["id"])
    assert not wan["runnable"] and all(part["fix"] for part in wan["missing"])
    answer = client.get("/api/presets/image-to-video.nope")
    assert answer.status_code == 404 and "no preset" in answer.json()["detail"]


def test_a_job_runs_to_its_file(client: httpx.Client, served: Served) -> None:
    sent = submit(client, seed="18446744073709551615")
    assert set(sent) == {"job_id", "status", "status_url", "seed", "width", "height", "num_frames", "warnings"}
    assert sent["seed"] == 2**64 - 1 and sent["num_frames"] == 9
    job = wait_for(client, sent["job_id"])
    assert job["state"] == "done" and job["progress"] == 1.0 and job["prompt"] == "slow zoom in"
    (output,) = job["outputs"]
    video = client.get(output["url"])
    assert video.status_code == 200 and video.headers["content-type"] == "video/mp4"
    assert video.content == (served.home / "output" / output["filename"]).read_bytes()
    assert str(served.home) not in json.dumps(job)
    assert not list((served.home / "uploads").iterdir())


def test_the_same_settings_go_as_json_where_no_picture_is_needed(client: httpx.Client) -> None:
    answer = client.post("/tools/text-to-video/jobs", json={"prompt": "pan left", "duration": 1, "fps": 8})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["status_url"]
    assert wait_for(client, answer.json()["job_id"])["tool"] == "text-to-video"


def test_variations_are_jobs_of_their_own(client: httpx.Client) -> None:
    sent = submit(client, variations="3", seed="7")
    assert [row["seed"] for row in sent["jobs"]] == [7, 8, 9]
    for row in sent["jobs"]:
        assert wait_for(client, row["job_id"])["state"] == "done"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"steps": "99"}, "steps", "1 to 40"),
        ({"steps": ""}, "steps", "whole number"),
        ({"stepps": "9"}, "stepps", "Did you mean steps"),
        ({"resolution": "481p"}, "resolution", "480p"),
        ({"seed": str(2**64)}, "seed", "18446744073709551615"),
        ({"lora_configs": "[1]"}, "lora_configs", "entry 1"),
        ({"lora_configs": "{"}, "lora_configs", "JSON"),
        ({"prompt": "x" * 20_001}, "prompt", "20001"),
        ({"preset": "nope"}, "preset", "no preset"),
        ({"preset": "wan22-14b"}, "preset", "needs ComfyUI"),
        ({"image": "/etc/hostname"}, "image", "as file"),
        ({"end_image": "/etc/hostname"}, "end_image", "as end_file"),
        ({"num_frames": "10"}, "num_frames", "4k + 1"),
    ],
)
def test_a_wrong_value_is_named(client: httpx.Client, fields: dict[str, str], field: str, words: str) -> None:
    answer = client.post("/wan22/image-to-video", data=fields, files={"file": ("a.png", picture(), "image/png")})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (picture(10, 10), 422, "10 × 10"),
        (picture()[:300], 422, "damaged"),
        (b"", 422, "empty"),
        (b"<html></html>" * 50, 415, "neither a picture nor a video"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "neither a picture nor a video"),
    ],
)
def test_a_picture_that_cannot_be_used(client: httpx.Client, content: bytes, status: int, words: str) -> None:
    answer = client.post("/wan22/image-to-video", files={"file": ("x.png", content, "image/png")})
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
    assert status == 415 or answer.json()["field"] == "file"


def test_a_missing_picture_and_an_unknown_tool(client: httpx.Client) -> None:
    answer = client.post("/wan22/image-to-video", files={"prompt": (None, "x")})
    assert (answer.status_code, answer.json()["field"]) == (422, "file")
    answer = client.post("/tools/image-to-vidio/jobs", json={})
    assert answer.status_code == 404 and "image-to-video" in answer.json()["detail"]
    assert client.post("/tools/face-swap/jobs", files={"file": ("a.png", picture())}).status_code == 422


def test_cancel_retry_and_clearing_away(client: httpx.Client, served: Served) -> None:
    long = submit(client, duration="15", fps="24", resolution="1080p")
    answer = client.delete(long["status_url"])
    assert answer.status_code == 200
    assert wait_for(client, long["job_id"])["state"] == "cancelled"
    again = client.post(f"{long['status_url']}/retry", params={"new_seed": True})
    assert again.status_code == 202
    row = again.json()
    assert row["retry_of"] == long["job_id"] and row["seed"] != long["seed"]
    client.delete(f"/jobs/{row['job_id']}")
    wait_for(client, row["job_id"])

    done = wait_for(client, submit(client)["job_id"])
    file = served.home / "output" / done["outputs"][0]["filename"]
    assert client.delete(f"/jobs/{done['job_id']}").status_code == 200
    assert client.get(f"/jobs/{done['job_id']}").status_code == 404
    assert done["job_id"] not in {job["job_id"] for job in client.get("/jobs").json()["jobs"]}
    assert file.exists()


def test_all_that_waits_is_cancelled_and_what_runs_goes_on(client: httpx.Client) -> None:
    running = submit(client, duration="15", fps="24", resolution="1080p")
    waiting = submit(client, variations="3")
    ended = client.delete("/jobs")
    assert ended.status_code == 200
    assert set(ended.json()["cancelled"]) >= {job["job_id"] for job in waiting["jobs"]}
    assert {wait_for(client, job["job_id"])["state"] for job in waiting["jobs"]} == {"cancelled"}
    assert client.delete("/jobs").json() == {"cancelled": []}
    client.delete(running["status_url"])
    wait_for(client, running["job_id"])


def test_metadata_of_a_result_and_of_a_plain_picture(client: httpx.Client) -> None:
    job = wait_for(client, submit(client, seed="42")["job_id"])
    video = client.get(job["outputs"][0]["url"]).content
    found = client.post("/extract-metadata", files={"file": ("a.mp4", video)}).json()
    assert (found["source"], found["seed"], found["prompt"]) == ("oelala", 42, "slow zoom in")
    assert client.post("/extract-metadata", files={"file": ("a.png", picture())}).json() == {}
    assert client.post("/extract-metadata", files={"file": ("a.txt", b"hello")}).status_code == 415
    assert client.post("/extract-metadata", json={}).status_code == 415
    assert client.post("/extract-metadata", data={"x": "1"}, files={"file": picture()}).status_code == 422


def test_events_tell_a_job_and_can_be_resumed(client: httpx.Client) -> None:
    with client.stream("GET", "/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        sent = submit(client)
        heard = []
        for event in Stream(response):
            heard.append(event)
            if (
                event["event"] == "job"
                and event["data"]["job_id"] == sent["job_id"]
                and event["data"]["state"] == "done"
            ):
                break
    mine = [e for e in heard if e["data"].get("job_id") == sent["job_id"]]
    states = [e["data"]["state"] for e in mine if e["event"] == "job"]
    assert states[0] == "queued" and states[-1] == "done"
    assert len({e["id"] for e in heard}) == len(heard)
    assert all(0 <= e["data"]["progress"] <= 1 for e in mine if e["event"] == "progress")
    with client.stream("GET", "/events?seconds=0.1", headers={"Last-Event-ID": mine[0]["id"]}) as response:
        replayed = list(Stream(response))
    after = heard[heard.index(mine[0]) + 1 :]
    assert [e["id"] for e in replayed][: len(after)] == [e["id"] for e in after]


@pytest.mark.parametrize("last", ["other-3", "x", "-1", "9" * 90])
def test_an_unknown_last_event_is_answered_with_reset(client: httpx.Client, last: str) -> None:
    with client.stream("GET", "/events?seconds=0", headers={"Last-Event-ID": last}) as response:
        assert response.status_code == 200
    with client.stream("GET", "/events?seconds=0.05", headers={"Last-Event-ID": last}) as response:
        assert next(iter(Stream(response)))["event"] == "reset"


def test_logs_are_lines(client: httpx.Client) -> None:
    assert all(isinstance(line, str) for line in client.get("/logs?lines=5").json()["lines"])
    assert client.get("/logs?lines=0").json()["field"] == "lines"


def test_what_is_not_there(client: httpx.Client) -> None:
    assert client.get("/nothing").json() == {"detail": "Not Found."}
    answer = client.put("/jobs/x")
    assert answer.status_code == 405 and answer.headers["allow"] == "DELETE, GET"
    assert client.get("/jobs/x").status_code == 404


def test_several_pictures_at_once_do_not_mix(client: httpx.Client) -> None:
    one = client.post(
        "/wan22/image-to-video",
        data={"duration": "1", "fps": "8"},
        files={"file": ("start.png", picture(640, 480)), "end_file": ("end.jpg", PICTURE.read_bytes())},
    )
    assert one.status_code == 202, one.text
    assert (one.json()["width"], one.json()["height"]) == (640, 480)
    assert wait_for(client, one.json()["job_id"])["state"] == "done"


def test_a_small_picture_is_taken_with_a_warning(client: httpx.Client) -> None:
    files = {"file": ("small.png", picture(200, 100), "image/png")}
    answer = client.post("/wan22/image-to-video", data={"num_frames": "5", "fps": "8"}, files=files)
    assert answer.status_code == 202, answer.text
    (warning,) = answer.json()["warnings"]
    assert "is only 200 × 100" in warning
    wait_for(client, answer.json()["job_id"])
