"""What the queue says and in which order it stands: no window, no engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect, QRectF

from oelala_desktop.domain.job import Awaited, EngineRef, JobError, JobInput, JobState, Link, Progress
from oelala_desktop.domain.passes import WHOLE, Part
from oelala_desktop.ui.jobs.book import JobBook
from oelala_desktop.ui.jobs.forecast import forecast
from oelala_desktop.ui.jobs.order import (
    STRIP_WAITING,
    Insert,
    Move,
    Remove,
    Section,
    panel_order,
    steps_between,
    strip_order,
)
from oelala_desktop.ui.jobs.words import (
    Counts,
    Standing,
    caption,
    name_of,
    rough,
    seed_words,
    spoken,
    summary,
    title_of,
)
from oelala_desktop.ui.queue import cell_size, row_cell, strip_cell
from oelala_desktop.ui.style import pass_bar, theme
from oelala_desktop.ui.tool.job_stage import said_of
from oelala_desktop.ui.tool.living_queue import came_after, to_follow
from oelala_desktop.ui.widgets.row_drag import place_for
from oelala_desktop.ui.widgets.stage_actions import fitting, reasons_of
from tests.gui import seeded_queue
from tests.gui.seeded_queue import MEMORY, make_job
from tests.unit.domain.samples import build

PARTS = (Part("high", 0.4), Part("low", 0.4), Part("rest", 0.2))


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


# chains


def test_a_step_says_which_it_is_and_what_it_waits_for() -> None:
    link = Link("a", 2, 3)
    step = make_job("b", JobState.QUEUED, link=link, after="a")
    before = make_job("a", JobState.RUNNING, tool="text-to-image", link=Link("a", 1, 3))
    standing = Standing(None, 1, 130.0, before=before)
    assert caption(step, standing) == "2 of 3 · waits for Text to Image"
    assert row_cell.line_words(step, None, caption(step, standing))[0] == "2 of 3 · waits for Text to Image"
    failed = standing._replace(before=replace(before, state=JobState.FAILED))
    assert caption(step, failed) == "2 of 3 · waits for Text to Image, which failed"
    assert plain(caption(step, Standing(None, 1, 130.0))) == "2 of 3 · starts in 2 min"
    assert caption(step, Standing(None, 1, 130.0, unseen=True)) == "2 of 3 · waits for the step before it"
    assert row_cell.size_words(before).endswith(" · step 1 of 3")
    assert "step 1 of 3" in spoken(before, Standing(Progress(0.5)))


def test_the_book_knows_what_a_step_waits_for(qapp: object) -> None:
    book = JobBook()
    waiting = Awaited("image", "@result", {})
    graph = build("image-to-video.wan22-14b")
    first = make_job("a", JobState.RUNNING, graph=graph)
    for job in (first, make_job("b", JobState.QUEUED, after="a", awaits=waiting, graph={})):
        book.keep(job)
    book.arrange()
    assert (book.standing("b").before, book.standing("b").unseen) == (first, False)
    book.keep(make_job("c", JobState.QUEUED, after="gone", awaits=waiting))
    book.arrange()
    assert (book.standing("c").before, book.standing("c").unseen) == (None, True)
    nothing_yet = book.parts("b")
    book.keep(replace(first, state=JobState.DONE))
    book.keep(make_job("b", JobState.QUEUED, after="a", graph=graph))
    book.arrange()
    assert book.standing("b").before is None
    assert book.parts("b") == book.parts("a") != nothing_yet


# order


def test_the_strip_goes_the_way_of_time() -> None:
    over = [
        make_job("late", JobState.DONE, finished_at=3.0),
        make_job("early", JobState.DONE, finished_at=1.0),
        make_job("failed", JobState.FAILED, finished_at=2.0),
        make_job("cancelled", JobState.CANCELLED, finished_at=2.5),
        make_job("gone", JobState.DONE, finished_at=2.6),
        make_job("again", JobState.FAILED, finished_at=2.7, retried_as="run"),
        make_job("other", JobState.DONE, finished_at=2.8, tool="text-to-image"),
    ]
    running = [make_job("run", JobState.RUNNING, tool="text-to-image")]
    waiting = [make_job(f"w{n}", JobState.QUEUED) for n in range(STRIP_WAITING + 5)]
    shown = strip_order(over, running, waiting, tool="image-to-video", gone={"gone"})
    assert shown[:6] == ["early", "failed", "late", "run", "w0", "w1"]
    assert shown[-1] == f"w{STRIP_WAITING - 1}"


def test_the_panel_begins_with_what_matters() -> None:
    over = [
        make_job("old", JobState.DONE, finished_at=1.0),
        make_job("lost", JobState.LOST, finished_at=2.0),
        make_job("ended", JobState.CANCELLED, finished_at=3.0),
    ]
    order = panel_order(over, [make_job("run", JobState.RUNNING)], [make_job("w", JobState.QUEUED)])
    assert order == ["run", "w", "lost", "ended", "old"]


ids = st.lists(st.sampled_from("abcdefgh"), unique=True)


@settings(max_examples=400, deadline=None)
@given(ids, ids)
def test_steps_lead_from_one_order_to_the_other(before: list[str], after: list[str]) -> None:
    now = list(before)
    for step in steps_between(before, after):
        match step:
            case Remove(first, last):
                assert 0 <= first <= last < len(now)
                del now[first : last + 1]
            case Move(row, to):
                assert row != to
                now.insert(to, now.pop(row))
            case Insert(at, new):
                now[at:at] = new
    assert now == after


def test_one_job_that_goes_to_the_end_is_one_step() -> None:
    assert list(steps_between("abcdef", "bcdefa")) == [Move(0, 5)]
    assert list(steps_between("abc", "xyabc")) == [Insert(0, ("x", "y"))]
    assert list(steps_between("abcd", "ad")) == [Remove(1, 2)]


# words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "10 s"), (44, "40 s"), (96, "1 min 40 s"), (149, "2 min"), (3900, "1 h 5 min")]
)
def test_a_guess_is_round(seconds: float, words: str) -> None:
    assert plain(rough(seconds)) == words


@pytest.mark.parametrize(
    ("state", "standing", "words"),
    [
        (JobState.DONE, Standing(), "seed …3377"),
        (JobState.RUNNING, Standing(Progress(0.31, "KSampler", "high", 2, 3, 130.0)), "2 min 10 s left"),
        (JobState.RUNNING, Standing(Progress(0.31, "KSampler", "high", 2, 3)), "High noise 2/3"),
        (JobState.RUNNING, Standing(), "starting"),
        (JobState.FETCHING, Standing(Progress(0.99)), "saving"),
        (JobState.QUEUED, Standing(None, 1, 130.0), "starts in 2 min"),
        (JobState.QUEUED, Standing(None, 2, 310.0), "in 5 min"),
        (JobState.QUEUED, Standing(None, 1, None), "next"),
        (JobState.QUEUED, Standing(None, 2, None), "waiting"),
        (JobState.QUEUED, Standing(None, 2, 310.0, 1), "after 1"),
        (JobState.QUEUED, Standing(None, 1, 130.0, 0, True), "paused"),
        (JobState.SENT, Standing(Progress(ahead=2), 1), "behind 2"),
        (JobState.FAILED, Standing(), "Failed"),
        (JobState.LOST, Standing(), "Lost"),
    ],
)
def test_the_line_under_a_cell(state: JobState, standing: Standing, words: str) -> None:
    assert plain(caption(make_job("1", state), standing)) == words


def test_short_words_for_what_failed() -> None:
    assert caption(make_job("1", JobState.FAILED, error=JobError(MEMORY, "memory")), Standing()) == "Out of memory"
    assert plain(seed_words(12)) == "seed 12"


def test_a_cell_is_told_whole() -> None:
    running, progress = seeded_queue.running(), Progress(0.31, "KSampler", "high", 2, 3, 120.0)
    assert plain(spoken(running, Standing(progress))) == "running, harbour, 31 %, about 2 min left"
    job = replace(seeded_queue.past()[-1], seed=7)
    assert plain(spoken(job, Standing(), favourite=True)) == "finished, harbour, 3.1 s, seed 7, favorite"
    sketch = replace(job, engine=EngineRef("sketch"))
    assert plain(spoken(sketch, Standing())).endswith("made by Sketch")
    waits = seeded_queue.waiting(1)[0]
    assert plain(spoken(waits, Standing(None, 1, 130.0))) == "waiting, harbour, place 1, starts in 2 min"
    failed = make_job("1", JobState.FAILED, "a boat", error=JobError(MEMORY))
    assert spoken(failed, Standing()) == f"failed, a boat, {MEMORY}"


def test_a_job_is_called_by_its_picture_or_its_prompt() -> None:
    assert name_of(make_job("1", JobState.DONE, inputs=seeded_queue.given("C:\\pictures\\a boat é.png"))) == "a boat é"
    assert name_of(make_job("1", JobState.DONE, "x " * 100)).endswith("…")
    assert name_of(make_job("1", JobState.DONE, "", title="")) == "Image to Video"


def test_a_job_with_a_title_of_its_own_is_called_by_that_everywhere() -> None:
    picture = seeded_queue.given("boat.png")
    job = make_job("1", JobState.FAILED, "Rewrite the prompt below", inputs=picture, title="Improve: a\nboat")
    for called in (name_of, title_of, said_of):
        assert called(job) == "Improve: a boat"
    plain_job = replace(job, title="")
    assert title_of(plain_job) == said_of(plain_job) == "Rewrite the prompt below"
    assert name_of(plain_job) == "boat"


def test_a_job_without_a_prompt_is_titled_by_its_tool_and_file() -> None:
    video = (JobInput("video", "/inputs/0c1f.mp4", "0c1f.mp4", "C:\\videos\\walk.mp4", "video"),)
    upscaled = make_job("1", JobState.DONE, "", tool="upscaler", inputs=video)
    assert title_of(upscaled) == "Upscaler · walk.mp4"
    folder = (JobInput("dataset", "/inputs/7e.json", "7e.json", "/pictures/harbour", "dataset"),)
    trained = make_job("1", JobState.DONE, "", tool="train-lora", inputs=folder)
    assert title_of(trained) == "Train LoRA · harbour"
    assert title_of(replace(trained, values={"lora_name": "boats"})) == "Train LoRA · boats"
    assert title_of(replace(upscaled, inputs=())) == "Upscaler"
    assert title_of(replace(upscaled, title="from a script")) == "from a script"
    assert title_of(make_job("1", JobState.DONE, " a\n boat", inputs=video)) == "a boat"
    assert len(title_of(make_job("1", JobState.DONE, "x" * 500), 80)) == 80


def test_the_queue_in_a_line() -> None:
    assert plain(summary(Counts(12, 1, 4, 0, 960.0))) == "12 done · 1 running · 4 waiting · all done in about 16 min"
    assert summary(Counts(12, 1, 4, 1, 960.0, True)) == "Paused · 12 done · 1 running · 4 waiting · 1 failed"
    assert summary(Counts()) == "Nothing made yet"


def test_the_rows_of_the_panel() -> None:
    job, progress = seeded_queue.running(), Progress(0.51, "KSampler", "low", 1, 3, 90.0)
    lines = [plain(words) for words in row_cell.line_words(job, progress, "")]
    assert lines == ["Low noise 1/3 · 51 % · about 1 min 30 s left", "KSampler · 848 × 480 · 81 frames"]
    sent = make_job("1", JobState.SENT)
    assert row_cell.line_words(sent, Progress(0.0, eta=10.0), "")[0] == "Next on the server"
    assert row_cell.line_words(sent, Progress(0.0, ahead=2), "")[0] == "Waiting, behind 2 jobs of others"
    failed = make_job("1", JobState.FAILED, error=JobError(MEMORY))
    assert row_cell.line_words(failed, None, "Failed")[0] == MEMORY
    assert plain(row_cell.line_words(make_job("1", JobState.DONE), None, "")[1]) == "Took 3 min 12 s"


# forecasts


def test_each_engine_does_one_after_the_other() -> None:
    here, there = EngineRef("comfyui", "http://a"), EngineRef("sketch")
    running = [make_job("run", JobState.RUNNING, engine=here)]
    waiting = [
        make_job(key, JobState.QUEUED, engine=engine) for key, engine in (("a", here), ("b", there), ("c", here))
    ]
    told = forecast(running, waiting, lambda _job: 30.0, lambda _job: 100.0)
    assert (told.starts, told.ends) == ({"a": 30.0, "b": 0.0, "c": 130.0}, 230.0)
    blind = forecast(running, waiting, lambda _job: None, lambda _job: 100.0)
    assert (blind.starts, blind.ends) == ({"b": 0.0}, None)
    unknown = forecast(running, waiting, lambda _job: 30.0, lambda job: None if job.id == "a" else 100.0)
    assert (unknown.starts, unknown.ends) == ({"a": 30.0, "b": 0.0}, None)
    assert forecast([], [], lambda _job: None, lambda _job: None).ends is None


def test_what_runs_is_followed() -> None:
    mine, other = make_job("1", JobState.RUNNING), make_job("2", JobState.RUNNING, tool="text-to-image")
    assert to_follow([other, mine], mine.tool, None) is mine
    assert to_follow([other], mine.tool, None) is None
    assert to_follow([mine], mine.tool, mine) is None
    assert to_follow([mine], mine.tool, make_job("3", JobState.DONE)) is mine


def test_what_ended_last_is_shown_where_nothing_runs() -> None:
    shown = make_job("1", JobState.DONE, finished_at=10.0)
    later = make_job("2", JobState.DONE, finished_at=11.0)
    assert came_after(later, shown.tool, shown)
    assert not came_after(shown, shown.tool, later)
    assert not came_after(later, shown.tool, None)
    assert not came_after(later, shown.tool, make_job("1", JobState.FETCHING))
    assert not came_after(later, "text-to-image", shown)
    assert not came_after(replace(later, state=JobState.CANCELLED), shown.tool, shown)
    assert not came_after(make_job("3", JobState.RUNNING), shown.tool, shown)


# the bar


def test_parts_fill_their_room() -> None:
    made = pass_bar.widths(PARTS, 306.0)
    assert sum(made) + 2 * pass_bar.GAP == pytest.approx(306.0)
    assert made[0] == made[1] > made[2] > 0
    tiny = pass_bar.widths((Part("main", 1.0), Part("rest", 0.0)), 103.0)
    assert tiny[1] == pytest.approx(4.0)
    assert pass_bar.widths(WHOLE, 50.0) == [50.0]
    assert min(pass_bar.widths(PARTS, 3.0)) >= 0


@pytest.mark.parametrize(
    ("fraction", "pass_", "at", "done"),
    [
        (0.0, None, 0, 0.0),
        (0.2, "high", 0, 0.5),
        (0.45, "high", 0, 1.0),  # the other model is loaded already: it is not that pass's yet
        (0.38, "low", 1, 0.0),
        (0.6, "low", 1, 0.5),
        (0.9, None, 2, 0.5),
        (1.0, None, 2, 1.0),
    ],
)
def test_a_part_is_filled_while_its_pass_runs(fraction: float, pass_: str | None, at: int, done: float) -> None:
    found = pass_bar.standing(PARTS, Progress(fraction, None, pass_))
    assert (found[0], round(found[1], 6)) == (at, done)


def test_passes_have_their_colours() -> None:
    t = theme.DARK
    assert [pass_bar.tone_of(part, t) for part in (*PARTS, *WHOLE)] == [t.accent, t.pass_low, t.pass_other, t.accent]
    assert pass_bar.names_of(PARTS) == ["High noise", "Low noise", "Decode, save"]
    assert pass_bar.names_of(WHOLE) == [""]


# places


def test_cells_go_with_the_room() -> None:
    assert cell_size.cell_size(500, 584) is cell_size.SMALL
    assert cell_size.cell_size(760, 844) is cell_size.NORMAL
    assert cell_size.cell_size(1700, 1384) is cell_size.LARGE
    assert cell_size.NORMAL.row_height == 126


def test_a_line_parts_what_runs_from_the_rest() -> None:
    assert strip_cell.lead_of(Section.DONE, None) == strip_cell.EDGE
    assert strip_cell.lead_of(Section.RUNNING, Section.DONE) == strip_cell.BORDER
    assert strip_cell.lead_of(Section.WAITING, Section.RUNNING) == strip_cell.BORDER
    assert strip_cell.lead_of(Section.FAILED, Section.DONE) == 0


def test_what_a_press_on_a_cell_does() -> None:
    cell = QRectF(0, 0, 104, 100)
    corner, middle = strip_cell.remove_box(cell).center(), cell.center()
    assert strip_cell.act_at(cell, corner, Section.WAITING) == "cancel"
    assert strip_cell.act_at(cell, corner, Section.FAILED) == "remove"
    assert strip_cell.act_at(cell, middle, Section.FAILED) == "retry"
    assert strip_cell.act_at(cell, corner, Section.DONE) == strip_cell.act_at(cell, middle, Section.WAITING) == ""
    row = QRect(0, 0, 440, row_cell.HEIGHT)
    _, first, more = row_cell.boxes(row)
    assert row_cell.act_at(row, first.center(), Section.RUNNING) == "cancel"
    assert row_cell.act_at(row, first.center(), Section.FAILED) == "retry"
    assert row_cell.act_at(row, more.center(), Section.DONE) == "more"
    assert row_cell.act_at(row, QPointF(200, 40), Section.DONE) == ""


def test_where_a_dragged_row_lands() -> None:
    assert [place_for([10, 30, 50], at) for at in (0, 10, 29, 60)] == [0, 1, 1, 3]
    assert place_for([], 5) == 0


def test_what_has_no_room_goes_into_the_menu() -> None:
    assert fitting([100, 100, 100], 400, 32) == 3
    assert fitting([100, 100, 100], 300, 32) == 2
    assert fitting([100], 20, 32) == 0


def test_what_has_nothing_to_act_on_says_why() -> None:
    assert set(reasons_of("empty").values()) == {"Nothing is shown yet."}
    running = reasons_of("running")
    assert (running["again"], running["save"]) == ("", "There is no result yet.")
    assert reasons_of("failed")["favorite"] == "This job made no result."
    assert not any(reasons_of("done", is_video=True).values())
    assert reasons_of("done")["use_last_frame"] == "Only a video has a last frame."
    assert reasons_of("done", gone="It went.", is_video=True)["folder"] == "It went."
