"""`presets`, `models`, `doctor`, `jobs`, `metadata` and `--version`."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path

from oelala_desktop import __version__
from tests.cli.program import HARBOUR, ROOT, Program

TINY = ("--set", "num_frames=5", "--set", "fps=8", "--set", "aspect_ratio=1:1", "--engine", "sketch")


def test_version(oelala: Program) -> None:
    ran = oelala.run("--version")
    assert (ran.code, ran.out.strip()) == (0, f"oelala {__version__}")


def test_presets_and_what_they_lack(oelala: Program) -> None:
    rows = {row["id"]: row for row in oelala.run("presets", "--engine", "sketch", "--json").lines}
    assert {p.parent.name + "." + p.stem for p in (ROOT / "workflows").glob("*/*.toml")} <= set(rows)
    assert rows["image-to-video.sketch"]["runnable"] is True
    tools = [row["tool"] for row in rows.values()]
    assert len([tool for tool, _ in itertools.groupby(tools)]) == len(set(tools))
    assert rows["image-to-video.sketch"]["missing"] == []
    wan = rows["image-to-video.wan22-14b-distorch2"]
    assert wan["runnable"] is False
    assert [(m["kind"], m["name"]) for m in wan["missing"]] == [("engine", "ComfyUI")]
    assert wan["missing"][0]["where"] == "the built-in Sketch engine runs no AI model"
    assert wan["tool"] == "image-to-video"


def test_a_workflow_becomes_a_preset(fresh: Program) -> None:
    workflow = ROOT / "workflows" / "image-to-video" / "sketch.json"
    made = fresh.run("presets", "--add", workflow, "--name", "Slow moves", "--json")
    assert made.code == 0 and made.last["id"] == "image-to-video.slow-moves", made
    again = fresh.run("presets", "--add", workflow, "--name", "Slow moves")
    assert again.out.strip() == "image-to-video.slow-moves-2"
    table = fresh.home / "workflows" / "image-to-video" / "slow-moves-2.toml"
    assert again.sentence == f"“Slow moves” is a preset of Image to Video now; {table} can be edited."
    assert sorted(p.name for p in (fresh.home / "workflows" / "image-to-video").iterdir()) == [
        *("slow-moves-2.json", "slow-moves-2.toml", "slow-moves.json", "slow-moves.toml")
    ]
    ran = fresh.run("generate", "image-to-video", "--image", HARBOUR, "--preset", "slow-moves", *TINY[2:4], "--engine",
                    "sketch", "--json")  # fmt: skip
    assert ran.code == 0 and ran.last["preset"] == "image-to-video.slow-moves", ran
    rows = {row["id"]: row["runnable"] for row in fresh.run("presets", "--engine", "sketch", "--json").lines}
    assert rows["image-to-video.slow-moves"] is True


def test_a_preset_in_one_file_is_added_as_it_is(fresh: Program, tmp_path: Path) -> None:
    whole = tmp_path / "slow_moves.json"
    graph = json.loads((ROOT / "workflows" / "image-to-video" / "sketch.json").read_text("utf-8"))
    table = {"name": "Slow moves", "fields": {"image": {"into": ["Start picture.image"]}}}
    content = {"oelala_preset": 1, "tool": "image-to-video", "table": table, "graph": graph}
    whole.write_text(json.dumps(content), "utf-8")
    made = fresh.run("presets", "--add", whole, "--json")
    assert made.code == 0 and made.last["id"] == "image-to-video.slow-moves", made
    assert made.last["settings"] == ["image", "variations"]
    whole.write_text(json.dumps(content | {"oelala_preset": 2}), "utf-8")
    refused = fresh.run("presets", "--add", whole)
    assert refused.code == 2 and refused.sentence == "slow_moves.json is a preset that a newer Oelala wrote."


def test_what_is_no_workflow_makes_no_preset(fresh: Program, tmp_path: Path) -> None:
    editor = tmp_path / "editor.json"
    editor.write_text('{"nodes": [], "links": []}')
    ran = fresh.run("presets", "--add", editor, "--engine", "sketch")
    assert (ran.code, ran.out) == (2, "") and "no node that does anything" in ran.sentence
    workflow = ROOT / "workflows" / "text-to-image" / "sketch.json"
    ran = fresh.run("presets", "--add", workflow, "--tool", "image-to-video")
    assert ran.code == 2 and "it fits text-to-image" in ran.sentence
    ran = fresh.run("presets", "--add", tmp_path / "gone.json")
    assert ran.code == 2 and "cannot be read" in ran.sentence
    assert not (fresh.home / "workflows" / "image-to-video").exists()


def test_a_broken_preset_of_one_s_own_is_named_and_the_rest_works(fresh: Program) -> None:
    folder = fresh.home / "workflows" / "image-to-video"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("name = ")
    for suffix in ("toml", "json"):
        shutil.copy(ROOT / "workflows" / "image-to-video" / f"sketch.{suffix}", folder / f"mine.{suffix}")
    ran = fresh.run("presets", "--engine", "sketch", "--json")
    assert ran.code == 0, ran
    assert "broken.toml: " in ran.err
    assert "image-to-video.mine" in {row["id"] for row in ran.lines}
    made = fresh.run("generate", "image-to-video", "--image", HARBOUR, "--preset", "mine", *TINY, "--json")
    assert made.code == 0, made
    assert made.last["preset"] == "image-to-video.mine"


def test_a_preset_that_leaves_its_size_to_the_graph_tells_the_true_one(fresh: Program) -> None:
    """Known from the file at the latest."""
    folder = fresh.home / "workflows" / "image-to-video"
    folder.mkdir(parents=True)
    shipped = ROOT / "workflows" / "image-to-video"
    shutil.copy(shipped / "sketch.json", folder / "mine.json")
    table = (shipped / "sketch.toml").read_text("utf-8")
    kept = [
        part for part in table.split("\n\n") if not re.match(r"\[(fields\.(width|height|num_frames|fps)|clips)\]", part)
    ]
    (folder / "mine.toml").write_text("\n\n".join(kept), "utf-8")
    made = fresh.run("generate", "image-to-video", "--image", HARBOUR, "--preset", "mine", "--json")
    assert made.code == 0, made
    output = made.last["outputs"][0]
    assert output["width"] > 0 and output["frames"] > 1
    for row in (made.last, fresh.jobs()[0]):
        assert [row[key] for key in ("width", "height", "num_frames")] == [
            output[k] for k in ("width", "height", "frames")
        ]
        assert row["fps"] == round(output["fps"])


def test_models_of_an_engine_that_has_none(oelala: Program) -> None:
    ran = oelala.run("models", "--engine", "sketch", "--json")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    ran = oelala.run("models", "--engine", "sketch")
    assert (ran.code, ran.out, ran.sentence) == (0, "", "Sketch has no models.")


def test_a_name_that_no_server_has(oelala: Program) -> None:
    ran = oelala.run("models", "--engine", "nosuchserver")
    assert (ran.code, ran.out) == (3, "")
    assert "No server is named nosuchserver either; “oelala servers” lists" in ran.sentence


def test_the_doctor(oelala: Program) -> None:
    ran = oelala.run("doctor", "--engine", "sketch", "--json")
    assert ran.code == 0, ran
    assert {row["level"] for row in ran.lines} <= {"ok", "note"}
    assert any(row["what"] == "image-to-video.sketch can run." for row in ran.lines)


def test_the_doctor_on_an_engine_that_does_not_answer(oelala: Program) -> None:
    ran = oelala.run("doctor", "--engine", "http://127.0.0.1:9", "--json")
    assert ran.code == 1, ran
    bad = [row for row in ran.lines if row["level"] == "problem"]
    assert len(bad) == 1
    assert bad[0]["what"].startswith("Nothing answers at http://127.0.0.1:9")
    assert "Start ComfyUI" in bad[0]["fix"]


def test_jobs(fresh: Program) -> None:
    none = fresh.run("jobs")
    assert (none.code, none.out, none.sentence) == (0, "", "There are no jobs.")
    none = fresh.run("jobs", "--damaged")
    assert (none.code, none.out, none.sentence) == (0, "", "Every job can be read.")
    made = fresh.run("generate", "image-to-video", "--image", HARBOUR, *TINY, "--json")
    row = fresh.jobs()[0]
    assert {"job_id", "tool", "preset", "engine", "state", "seed", "error", "outputs"} <= set(row)
    assert (row["job_id"], row["state"], row["outputs"]) == (
        made.last["job_id"],
        "done",
        made.last["outputs"],
    )
    words = fresh.run("jobs")
    assert words.out.startswith(row["job_id"][:8])
    assert row["outputs"][0]["path"] in words.out


def test_metadata_of_no_name(oelala: Program) -> None:
    ran = oelala.run("metadata", "", "--json")
    assert ran.code == 1 and ran.lines == [{"file": "", "error": "An empty name names no file."}]


def test_metadata_of_good_files_and_a_bad_one(oelala: Program, tmp_path: Path) -> None:
    made = oelala.run("generate", "image-to-video", "--image", HARBOUR, "--prompt", "pan left", *TINY, "--json")
    path = made.last["outputs"][0]["path"]
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    ran = oelala.run("metadata", path, tmp_path / "bad.mp4", HARBOUR, "--json")
    assert ran.code == 1, ran
    good, bad, plain = ran.lines
    assert (good["prompt"], good["source"], good["sources"]["prompt"]) == ("pan left", "oelala", "oelala")
    assert "bad.mp4" in json.dumps(bad)
    assert bad["error"].endswith(".")
    assert plain["source"] is None
    words = oelala.run("metadata", path, HARBOUR)
    assert words.code == 0
    assert "pan left" in words.out
    assert words.out.splitlines()[-2:] == [str(HARBOUR), "  holds nothing about what made it"]
