"""What is said of a job, in what order, to whom."""

from __future__ import annotations

import io
import uuid

import pytest
from PIL import Image

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.comfy.tracker import Phase, Tracker
from tests.contract.conftest import Cleanup
from tests.contract.graphs import clip, node, slow, still
from tests.contract.listener import Listener
from tests.sketch.holdable import Brake

AUTO = {"preview_method": "auto"}


async def test_the_order_of_a_job(client: ComfyClient, listener: Listener, start: str, prefix: str) -> None:
    prompt_id, graph = str(uuid.uuid4()), clip(prefix, start)
    status, answer = await client.submit(prompt_id, graph, {})
    assert (status, answer["prompt_id"], answer["node_errors"]) == (200, prompt_id, {})
    heard = await listener.end_of(prompt_id)
    kinds = [type(x) for x in heard]
    assert kinds[:2] == [m.Started, m.Cached]
    assert kinds[-2] is m.Succeeded
    assert heard[-1] == m.Executing(prompt_id, None)
    begun = [x.node for x in heard if isinstance(x, m.Executing) and x.node]
    assert sorted(begun + list(heard[1].nodes)) == sorted(graph)  # type: ignore[union-attr]
    assert begun[-1] == "5"
    made = [x for x in heard if isinstance(x, m.Executed)]
    assert [x.node for x in made if x.output] == ["5"]
    states = [x for x in heard if isinstance(x, m.NodeStates)]
    assert states
    assert all(state in ("running", "finished", "error") for x in states for _, _, state in x.nodes.values())
    assert not [x for x in listener.heard if isinstance(x, m.Ignored) and "malformed" in x.why]


async def test_what_is_soon_to_be_seen_runs_first(
    client: ComfyClient, listener: Listener, start: str, prefix: str
) -> None:
    """Two ways from one picture, the longer one written down first; then two pictures, the one further off first."""

    def scale(source: str, width: int) -> dict[str, object]:
        return node(
            "ImageScale", "Scale", image=[source, 0], upscale_method="area", width=width, height=64, crop="disabled"
        )

    def save(source: str) -> dict[str, object]:
        return node("SaveImage", "Save", images=[source, 0], filename_prefix=prefix)

    def load() -> dict[str, object]:
        return node("LoadImage", "Load", image=start)

    two_ways = {"9": save("3"), "3": scale("2", 72), "2": scale("1", 80), "5": save("1"), "1": load()}
    assert await order_of(client, listener, two_ways) == ["5", "2", "3", "9"]
    two_pictures = {
        **{"9": save("8"), "8": scale("7", 88), "7": scale("6", 96), "6": scale("1", 104), "1": load()},
        **{"4": save("3"), "3": scale("2", 112), "2": load()},
    }
    begun = await order_of(client, listener, two_pictures)
    assert [node_id for node_id in begun if node_id not in "12"] == ["3", "4", "6", "7", "8", "9"]


async def order_of(client: ComfyClient, listener: Listener, graph: dict[str, object]) -> list[str]:
    """Nodes in the order in which they ran; the first loader may be cached, and says nothing then."""
    prompt_id = str(uuid.uuid4())
    status, _ = await client.submit(prompt_id, graph, {})
    assert status == 200
    heard = await listener.end_of(prompt_id)
    return [x.node for x in heard if isinstance(x, m.Executing) and x.node and x.node != "1"]


async def test_the_tracker_follows_a_real_job(client: ComfyClient, listener: Listener, start: str, prefix: str) -> None:
    prompt_id, graph = str(uuid.uuid4()), clip(prefix, start)
    tracker, fractions = Tracker(prompt_id, graph), [0.0]
    await client.submit(prompt_id, graph, {})
    await listener.end_of(prompt_id)
    for message in listener.heard:
        tracker.apply(message)
        fractions.append(tracker.progress.fraction)
    assert tracker.phase is Phase.SUCCEEDED
    assert fractions == sorted(fractions)
    assert 0 < fractions[-1] < 1


async def test_a_cached_repeat_says_so_and_makes_no_new_file(
    client: ComfyClient, listener: Listener, start: str, prefix: str
) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    graph = still(prefix, start)
    await client.submit(first, graph, {})
    await listener.end_of(first)
    await client.submit(second, graph, {})
    heard = await listener.end_of(second)
    cached = next(x for x in heard if isinstance(x, m.Cached))
    assert sorted(cached.nodes) == sorted(graph)
    entries = [await client.history(prompt_id) for prompt_id in (first, second)]
    assert entries[0] is not None
    assert entries[1] is not None
    assert entries[1].files == entries[0].files
    assert len(entries[0].files) == 1


async def test_a_prefix_of_its_own_makes_a_file_of_its_own(
    client: ComfyClient, listener: Listener, start: str, prefix: str
) -> None:
    names = set()
    for suffix in ("a", "b"):
        prompt_id = str(uuid.uuid4())
        await client.submit(prompt_id, still(f"{prefix}_{suffix}", start), {})
        heard = await listener.end_of(prompt_id)
        assert any(isinstance(x, m.Cached) and "3" not in x.nodes for x in heard)
        entry = await client.history(prompt_id)
        assert entry is not None
        names |= {file.filename for file in entry.files}
    assert len(names) == 2


async def test_previews_say_whose_they_are(
    client: ComfyClient, listener: Listener, start: str, prefix: str, has_slow_node: bool, tidy: Cleanup
) -> None:
    prompt_id = str(uuid.uuid4())
    tidy(prompt_id)
    await client.submit(prompt_id, slow(prefix, 1, rig=has_slow_node, image=start, seconds=1), AUTO)
    await listener.end_of(prompt_id)
    previews = [x for x in listener.heard if isinstance(x, m.Preview)]
    assert previews
    assert {x.prompt_id for x in previews} == {prompt_id}
    assert all(x.node for x in previews)
    for preview in previews[:3]:
        with Image.open(io.BytesIO(preview.image), formats=("JPEG", "PNG")) as shown:
            assert max(shown.size) <= 512
            assert preview.mime == f"image/{(shown.format or '').lower()}"


async def test_previews_are_off_unless_asked_for(
    client: ComfyClient, listener: Listener, start: str, prefix: str, is_sketch: bool, tidy: Cleanup
) -> None:
    if not is_sketch:
        pytest.skip("a test node sends its previews whether or not they were asked for")
    prompt_id = str(uuid.uuid4())
    tidy(prompt_id)
    await client.submit(prompt_id, slow(prefix, 2, rig=False, image=start, seconds=0.5), {})
    await listener.end_of(prompt_id)
    assert not [x for x in listener.heard if isinstance(x, m.Preview)]


async def test_a_job_of_others_is_not_told_to_us_but_for_the_queue(
    client: ComfyClient, other: ComfyClient, listener: Listener, start: str, prefix: str
) -> None:
    theirs, ours = str(uuid.uuid4()), str(uuid.uuid4())
    await other.submit(theirs, still(f"{prefix}_theirs", start), {})
    await client.submit(ours, still(f"{prefix}_ours", start), {})
    await listener.end_of(ours)
    assert listener.of(theirs) == []
    assert [x for x in listener.heard if isinstance(x, m.Status)]


async def test_after_a_reconnect_with_the_same_id_the_news_comes_there(
    client: ComfyClient, start: str, prefix: str, has_slow_node: bool, tidy: Cleanup, brake: Brake
) -> None:
    prompt_id = str(uuid.uuid4())
    tidy(prompt_id)
    brake.hold()
    async with Listener(client) as first:
        await client.submit(prompt_id, slow(prefix, 3, rig=has_slow_node, image=start, seconds=4), AUTO)
        await first.start_of(prompt_id)
    async with Listener(client) as second:
        brake.release()
        heard = await second.end_of(prompt_id)
        repeats = [x for x in second.heard if isinstance(x, m.Executing) and x.prompt_id is None]
    assert m.Succeeded(prompt_id) in heard
    assert m.Started(prompt_id) not in heard
    assert all(x.node for x in repeats)
