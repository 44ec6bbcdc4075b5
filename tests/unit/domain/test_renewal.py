"""The same job once more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.job import JobError, JobState, Output
from oelala_desktop.domain.renewal import renewed
from tests.unit.domain.samples import some_job

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
