"""Many jobs at one command: all checked first, told beforehand, made once, and gone on with after a stop."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.metadata import read
from tests.cli.program import HARBOUR, Event, Program, Result
from tests.sketch.holdable import Brake
from tests.waiting import until_sync

TINY = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1"}
CSV = """\
image,prompt,steps
pictures/a.jpg,"zoom {in|out}, slowly",4
pictures/b.jpg,pan left,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A batch file and its pictures, which are not where the program runs."""
    folder = tmp_path / "batch"
    (folder / "pictures").mkdir(parents=True)
    for name in "ab":
        shutil.copy(HARBOUR, folder / "pictures" / f"{name}.jpg")
    (folder / "rows.csv").write_text(CSV)
    return folder


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A home in which nothing is ever made."""
    program = Program(tmp_path_factory.mktemp("many") / "home")
    yield program
    assert program.jobs() == [] and program.files() == []
    program.stop_sketch()


def many(program: Program, *arguments: str | Path, tool: str = "image-to-video", **settings: object) -> Result:
    return program.generate(tool, *arguments, **TINY, **settings)


def events(ran: Result, name: str) -> list[Event]:
    return [line for line in ran.lines if line["event"] == name]


# Rows of a file


def test_rows_are_made_as_foreseen_and_only_once(fresh: Program, folder: Path) -> None:
    batch = ("--batch", folder / "rows.csv")
    foreseen = many(fresh, *batch, "--dry-run")
    assert foreseen.code == 0, foreseen
    assert foreseen.sentence == "2 jobs would be made on Sketch. Nothing was made."
    assert fresh.jobs() == []
    told = [(row["row"], row["seed"], row["prompt"], row["width"], row["num_frames"]) for row in foreseen.lines]
    assert [row[0] for row in told] == ["line 2", "line 3"]
    assert told[0][2] in ("zoom in, slowly", "zoom out, slowly")

    ran = many(fresh, *batch)
    assert ran.code == 0, ran
    where = {line["job_id"]: line["row"] for line in events(ran, "row")}
    made = events(ran, "finished")
    assert sorted((where[j["job_id"]], j["seed"], j["prompt"], j["width"], j["num_frames"]) for j in made) == told
    params = [read(Path(job["outputs"][0]["path"])).oelala_params or {} for job in made]
    assert {row["image"]: row.get("prompt_choices") for row in params} == {
        "a.jpg": "zoom {in|out}, slowly",
        "b.jpg": None,
    }

    again = many(fresh, *batch)
    assert again.code == 0, again
    assert [(line["event"], line["row"]) for line in again.lines] == [("made", "line 2"), ("made", "line 3")]
    assert len(fresh.jobs()) == 2

    (folder / "rows.csv").write_text(f"# not a column\n{CSV}".partition("\n")[2].replace("pan left", "pan right"))
    changed = many(fresh, *batch)
    assert [line["row"] for line in events(changed, "row")] == ["line 3"]
    fresh_ones = many(fresh, *batch, "--again")
    assert len(events(fresh_ones, "queued")) == 2
    assert {line["seed"] for line in events(fresh_ones, "queued")}.isdisjoint({job["seed"] for job in made})


def test_a_batch_that_was_killed_goes_on(fresh: Program, brake: Brake, folder: Path) -> None:
    lines = [json.dumps({"image": f"pictures/{name}.jpg", "prompt": name, **TINY}) for name in "abab"]
    (folder / "rows.jsonl").write_text("\n".join(lines))
    command = ("generate", "image-to-video", "--batch", folder / "rows.jsonl", "--engine", "sketch", "--json")
    with fresh.started(*command) as run:
        run.until("progress")
        run.kill()
    before = {job["job_id"] for job in fresh.jobs()}
    assert len(before) == 4
    brake.release()
    ran = fresh.run(*command)
    assert ran.code == 0, ran
    assert events(ran, "row") == []  # all are under way
    assert {job["job_id"] for job in fresh.jobs() if job["state"] == "done"} == before
    assert len(fresh.files()) == 4


def test_what_was_cancelled_is_made_again(fresh: Program, brake: Brake, folder: Path) -> None:
    command = ("generate", "image-to-video", "--batch", folder / "rows.csv", "--engine", "sketch", "--json")
    pairs = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}")]
    with fresh.started(*command, *pairs) as run:
        run.until("progress")
        assert run.interrupt().code == 130
    brake.release()
    ran = fresh.run(*command, *pairs)
    assert ran.code == 0, ran
    assert len(events(ran, "queued")) == 2
    assert sorted(job["state"] for job in fresh.jobs()) == ["cancelled", "cancelled", "done", "done"]


def test_every_fault_is_told_with_its_line_and_nothing_is_made(untouched: Program, folder: Path) -> None:
    rows = [
        {"image": "pictures/a.jpg"},
        {"image": "gone.jpg"},
        "no row",
        {"image": "pictures/a.jpg", "cfg": 99},
        {"image": "pictures/a.jpg", "prompt": "{a|__gone__}"},
        {"image": "pictures/a.jpg", "steps": 4, "seed": "x"},
        {"image": "pictures/a.jpg", "preset": "skecth"},
    ]
    (folder / "rows.jsonl").write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    ran = many(untouched, "--batch", folder / "rows.jsonl")
    assert (ran.code, ran.out) == (2, "")
    said = ran.err.splitlines()
    beginnings = [
        "line 2: gone.jpg is not there",
        "line 3: this is not JSON",
        "line 4: cfg: 99 is outside",
        "line 5: prompt: there is no wildcard gone",
        "line 6: seed: expected a whole number",
        "line 7: ",
    ]
    assert len(said) == len(beginnings), ran
    assert all(line.startswith(beginning) for line, beginning in zip(said, beginnings, strict=True)), ran


def test_what_only_the_engine_knows_stops_all_rows(untouched: Program, folder: Path) -> None:
    (folder / "rows.csv").write_text("image,preset\npictures/a.jpg,sketch\npictures/a.jpg,wan22-14b\n")
    for more in ([], ["--dry-run"]):
        ran = many(untouched, "--batch", folder / "rows.csv", *more)
        assert (ran.code, ran.out) == (2, ""), ran
        assert ran.sentence.startswith("line 3: "), ran


def test_a_tool_that_the_engine_has_nothing_for_says_so_before_it_asks_for_inputs(
    untouched: Program, folder: Path
) -> None:
    ran = untouched.generate("face-swap", "--image", folder / "pictures", "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    assert "a.jpg: Face Swap needs an AI model" in ran.err and "b.jpg: Face Swap needs an AI model" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--batch", "rows.csv", "--grid", "steps=1,2"], "--batch and --grid do not go together"),
        (["--batch", "rows.csv", "--prompts", "x"], "--batch and --prompts do not go together"),
        (["--batch", "gone.csv"], "cannot be read"),
        (["--batch", ""], "cannot be read"),
        (["--prompts", ""], "cannot be read"),
        (["--settings", ""], "cannot be read"),
        (["--batch", "empty.csv"], "empty.csv has no row."),
        (["--batch", "typo.csv"], "header: stepz is not a setting of Image to Video. Did you mean steps?"),
        (["--prompts", "p.txt", "--captions"], "--prompts and --captions do not go together"),
        (["--prompts", "empty.csv"], "empty.csv has no prompt."),
        (["--captions"], "--captions goes with --image"),
        (["--grid", "steps"], "--grid steps: expected KEY=V1,V2."),
        (["--grid", "steps=2", "--set", "variations=2"], "--grid makes one job a cell"),
        (["--grid", "steps=2", "--image", "pictures"], "--grid and several pictures do not go together"),
        (["--grid", f"seed={','.join(map(str, range(401)))}"], "would have 401 cells; one has 400 at most"),
        (["--grid", "stepz=1,2", "--image", "pictures/a.jpg"], "Did you mean steps?"),
    ],
)
def test_what_does_not_go(untouched: Program, folder: Path, arguments: list[str], words: str) -> None:
    (folder / "empty.csv").touch()
    (folder / "typo.csv").write_text("image,stepz\npictures/a.jpg,4\n")
    (folder / "p.txt").write_text("one\n")
    named = {path.name: str(path) for path in folder.iterdir()} | {"gone.csv": str(folder / "gone.csv")}
    given = [named.get(word, str(folder / word) if word.startswith("pictures/") else word) for word in arguments]
    ran = many(untouched, *given)
    assert (ran.code, ran.out) == (2, ""), ran
    assert words in ran.err


# Pictures and prompts


def test_a_folder_of_pictures_by_prompts(untouched: Program, folder: Path) -> None:
    (folder / "p.txt").write_text("# two\none\n\ntwo\n")
    ran = many(untouched, "--image", folder / "pictures", "--prompts", folder / "p.txt", "--dry-run")
    assert ran.code == 0, ran
    assert [row["row"] for row in ran.lines] == [f"{name}.jpg, “{text}”" for name in "ab" for text in ("one", "two")]
    assert [row["prompt"] for row in ran.lines] == ["one", "two"] * 2
    assert len({row["seed"] for row in ran.lines}) == 4


def test_captions_beside_pictures(untouched: Program, folder: Path) -> None:
    (folder / "pictures" / "a.txt").write_text("a calm harbour\n")
    pictures = [word for name in "ab" for word in ("--image", folder / "pictures" / f"{name}.jpg")]
    ran = many(untouched, *pictures, "--captions", "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentence == "b.jpg: no caption lies beside it (b.txt), and no --prompt stands for it."
    ran = many(untouched, *pictures, "--captions", "--prompt", "else", "--dry-run")
    assert [row["prompt"] for row in ran.lines] == ["a calm harbour", "else"]


def test_prompts_alone(untouched: Program, folder: Path) -> None:
    (folder / "p.txt").write_text("one\n{two|two}\n")
    ran = untouched.generate("text-to-image", "--prompts", folder / "p.txt", "--dry-run", variations=2)
    assert [(row["row"], row["prompt"]) for row in ran.lines] == [
        (f"“{line}”, variation {n}", line.strip("{}").partition("|")[0])
        for line in ("one", "{two|two}")
        for n in (1, 2)
    ]


def test_one_wish_is_foreseen_too(untouched: Program) -> None:
    ran = many(untouched, "--image", HARBOUR, "--prompt", "{a|a}", "--dry-run")
    assert (ran.code, [row["prompt"] for row in ran.lines]) == (0, ["a"])
    assert ran.sentence.endswith("Seeds are drawn anew when it is made; --set seed=N keeps one.")


# Grids


def test_a_grid_and_its_sheet(fresh: Program) -> None:
    grid = ("--image", HARBOUR, "--grid", "prompt=zoom in,pan left", "--grid", "fps=8,12,16")
    ran = fresh.generate("image-to-video", *grid, num_frames=5, aspect_ratio="1:1")
    assert ran.code == 0, ran
    assert len({line["seed"] for line in events(ran, "queued")}) == 1
    last = ran.last
    assert (last["event"], last["cells"], last["failed"]) == ("sheet", 6, 0)
    params = read(Path(last["path"])).oelala_params or {}
    assert params["grid"] == {"prompt": ["zoom in", "pan left"], "fps": ["8", "12", "16"]}
    assert {row["file"] for row in params["parts"]} == set(fresh.files()) - {Path(last["path"]).name}
    with Image.open(last["path"]) as sheet:
        assert sheet.width > 3 * 200 and sheet.height > 2 * 200

    more = fresh.generate("image-to-video", *grid[:-1], "fps=8,12,16,24", num_frames=5, aspect_ratio="1:1")
    assert (len(events(more, "made")), len(events(more, "queued")), more.last["cells"]) == (6, 2, 8)
    again = fresh.generate("image-to-video", *grid, num_frames=5, aspect_ratio="1:1")
    assert again.last["path"] == last["path"]
    assert len(fresh.jobs()) == 8


def test_without_json_paths_stand_on_stdout_and_the_sheet_last(fresh: Program) -> None:
    pairs = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}")]
    grid = ("--image", HARBOUR, "--grid", "seed=1,2")
    ran = fresh.run("generate", "image-to-video", *grid, *pairs, "--engine", "sketch")
    assert ran.code == 0, ran
    *parts, sheet = (Path(line).name for line in ran.out.splitlines())
    assert sorted([*parts, sheet]) == fresh.files() and sheet.startswith("oelala_grid_")
    again = fresh.run("generate", "image-to-video", *grid, *pairs, "--engine", "sketch")
    assert again.out == ran.out
    assert again.sentence == "2 of 2 jobs were made already; --again makes all once more."


def test_a_cell_that_came_to_nothing_is_told_and_tried_again(fresh: Program, brake: Brake) -> None:
    pairs = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}")]
    command = ("generate", "image-to-video", "--image", HARBOUR, "--grid", "seed=1,2", *pairs)
    command = (*command, "--engine", "sketch", "--json")
    with fresh.started(*command) as run:
        run.until("progress")
        queued = {line["seed"]: line["job_id"] for line in run.lines if line["event"] == "queued"}
        assert fresh.run("jobs", "--cancel", queued[2]).code == 0
        brake.release()
        ended = run.end()
    sheet = ended.lines[-1]
    assert (ended.code, sheet["event"], sheet["cells"], sheet["failed"]) == (1, "sheet", 2, 1)
    assert ended.err.strip().endswith("1 of 2 jobs came to no result; the same command tries that again.")
    parts = (read(Path(sheet["path"])).oelala_params or {})["parts"]
    assert [(row["cell"]["seed"], row["state"]) for row in parts] == [("1", "done"), ("2", "cancelled")]
    again = fresh.run(*command)
    assert (again.code, again.last["failed"], len(events(again, "queued"))) == (0, 0, 1)
    assert again.last["path"] != sheet["path"]


def test_what_another_process_makes_is_waited_for(fresh: Program, brake: Brake, folder: Path) -> None:
    pairs = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}")]
    command = ("generate", "image-to-video", "--batch", folder / "rows.csv", *pairs, "--engine", "sketch", "--json")
    with fresh.started(*command) as first:
        first.until("progress")
        with fresh.started(*command) as second:
            said = fresh.home / "stderr.txt"
            until_sync(lambda: said.exists() and "2 jobs in the hands of" in said.read_text(), "the second's word")
            brake.release()
            codes = [run.end().code for run in (first, second)]
    assert codes == [0, 0]
    assert len(fresh.jobs()) == len(fresh.files()) == 2
