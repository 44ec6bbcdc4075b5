"""The same job once more."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.graph import title_of
from oelala_desktop.domain.job import Awaited, JobError, JobState, Link, Output
from oelala_desktop.domain.preset import OptionalPart
from oelala_desktop.domain.renewal import renewed, without_part
from tests.unit.domain.samples import build, some_job

SEEDS = st.integers(0, MAX_SEED)


def _graph(seed: int) -> dict[str, object]:
    return {
        "1": {"class_type": "KSampler", "inputs": {"seed": seed}},
        "2": {"class_type": "KSamplerAdvanced", "inputs": {"noise_seed": (seed + 1) % (MAX_SEED + 1)}},
        "3": {"class_type": "SaveVideo", "inputs": {"filename_prefix": "oelala/j1_clip2"}},
        "4": {"class_type": "SaveImage", "inputs": {"filename_prefix": "elsewhere"}},
        "5": {"class_type": "Seeded", "inputs": {"seed": ["1", 0], "filename_prefix": ["1", 0]}},
    }


@given(SEEDS, SEEDS)
def test_seeds_that_count_on_go_on_counting(old: int, new: int) -> None:
    job = some_job(seed=old, graph=_graph(old))
    again = renewed(job, "j2", new, 200.0, 9.0)
    inputs = {k: row["inputs"] for k, row in again.graph.items()}
    assert inputs["1"]["seed"] == new
    assert inputs["2"]["noise_seed"] == (new + 1) % (MAX_SEED + 1)
    assert again.values["seed"] == again.params["seed"] == str(new)


def test_names_are_the_new_job_s_and_the_old_job_is_untouched() -> None:
    failed = some_job(
        seed=7,
        graph=_graph(7),
        state=JobState.FAILED,
        error=JobError("It failed."),
        outputs=(Output("a", "video", 1, 1, 1, 1.0),),
        sent_at=1.0,
        started_at=2.0,
        finished_at=3.0,
        hidden=True,
        handle="theirs-1",
        after="j0",
    )
    again = renewed(failed, "j2", 7, 200.0, 9.0)
    assert again.graph["3"]["inputs"]["filename_prefix"] == "oelala/j2_clip2"
    assert again.graph["4"]["inputs"]["filename_prefix"] == "elsewhere"
    assert again.graph["5"]["inputs"] == {"seed": ["1", 0], "filename_prefix": ["1", 0]}
    assert failed.graph["3"]["inputs"]["filename_prefix"] == "oelala/j1_clip2"
    assert (again.id, again.prefix, again.retry_of, again.params["job_id"]) == ("j2", "oelala/j2", "j1", "j2")
    assert (again.state, again.created_at, again.position) == (JobState.QUEUED, 200.0, 9.0)
    assert (again.error, again.outputs, again.hidden) == (None, (), False)
    assert (again.sent_at, again.started_at, again.finished_at) == (None, None, None)
    assert (again.handle, again.after) == ("", "")


def test_a_step_that_has_not_what_it_goes_by_waits_for_it_still() -> None:
    step = some_job(after="j0", awaits=Awaited("image", "@result", {}), link=Link("j0", 2, 2), graph={})
    again = renewed(step, "j2", 7, 200.0, 9.0)
    assert (again.after, again.awaits, again.link) == ("j0", step.awaits, step.link)
    assert renewed(replace(step, awaits=None), "j2", 7, 200.0, 9.0).after == ""


SAGE = OptionalPart("sage_attention", "PathchSageAttentionKJ", ("SageAttention high", "SageAttention low"), "model")


def test_without_a_part_in_every_clip() -> None:
    graph = build("image-to-video.wan22-14b-distorch2", {"clip_count": 3, "sage_attention": True})
    assert [row["class_type"] for row in graph.values()].count("PathchSageAttentionKJ") > 1
    job = some_job(graph=graph, values={"sage_attention": True}, params={"sage_attention": True, "seed": "7"})
    bare = without_part(job, SAGE)
    assert bare is not None
    assert "PathchSageAttentionKJ" not in {row["class_type"] for row in bare.graph.values()}
    assert (bare.values, bare.params) == ({"sage_attention": False}, {"sage_attention": False, "seed": "7"})
    links = [v for row in bare.graph.values() for v in row["inputs"].values() if isinstance(v, list)]
    assert {link[0] for link in links} <= set(bare.graph)
    plain = build("image-to-video.wan22-14b-distorch2", {"clip_count": 3, "sage_attention": False})
    assert {title_of(bare.graph, node) for node in bare.graph} == {title_of(plain, node) for node in plain}
    assert without_part(bare, SAGE) is None
    assert job.graph is graph and job.values == {"sage_attention": True}


def test_a_part_that_cannot_be_bridged_stays() -> None:
    assert without_part(some_job(graph=_graph(7)), OptionalPart("k", "KSampler", ("KSampler",), "model")) is None
