"""What is kept of templates: by server, bounded, and believed only as far as it has the right form."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from oelala_desktop.domain.template import Template, TemplateFacts, TemplateList, TemplateModel
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.storage import template_files
from oelala_desktop.storage.template_files import KeptFacts, TemplateFiles

LISTED = TemplateList((Template("one", "One", tags=("a", "b"), uses=3), Template("two", "Two", is_open=False)), "mark")
MODEL = TemplateModel("a.safetensors", "vae", "https://example.com/a", 5, "misplaced", "loras", (("Loader", "name"),))
FACTS = TemplateFacts((TOOLS["image-to-video"],), ("Picture",), (MODEL,), True, ("Lost",), "")


@pytest.fixture
def files(tmp_path: Path) -> TemplateFiles:
    return TemplateFiles(tmp_path / "templates")


def test_what_is_kept_comes_back_as_it_was(files: TemplateFiles) -> None:
    files.keep_list("here", LISTED)
    files.keep_facts("here", {"one": KeptFacts("s", "b", FACTS)})
    files.keep_workflow("here", "one", "s", {"nodes": [1]})
    assert files.list("here") == LISTED
    assert files.facts("here") == {"one": KeptFacts("s", "b", FACTS)}
    assert files.workflow("here", "one", "s") == {"nodes": [1]} == files.workflow("here", "one", None)
    assert files.workflow("here", "one", "other") is None


def test_servers_and_templates_do_not_mix(files: TemplateFiles) -> None:
    files.keep_list("here", LISTED)
    files.keep_workflow("here", "one", "s", {"nodes": [1]})
    assert files.list("there") == TemplateList()
    assert files.facts("there") == {}
    assert files.workflow("there", "one", "s") is None is files.workflow("here", "two", "s")


@pytest.mark.parametrize(("kind", "is_kept"), [("jpg", True), ("", True), ("x/../../y", False), ("a.b", False)])
def test_no_picture_lies_out_of_its_place(files: TemplateFiles, kind: str, is_kept: bool) -> None:
    files.keep_list("here", TemplateList((Template("one", "One", picture_type=kind), *LISTED.templates[1:])))
    assert [template.name for template in files.list("here").templates] == ["one", "two"][not is_kept :]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("tools", ["none"]), ("tools", 5), ("takes", [5]), ("models", [{}]), ("models", None), ("has_sound", 1)),
        *(("lacking", "x"), ("fault", None), ("models", [{"file": 5}])),
    ],
)
def test_facts_of_another_form_are_none(files: TemplateFiles, tmp_path: Path, key: str, value: Any) -> None:
    files.keep_facts("here", {"one": KeptFacts("s", "b", FACTS), "two": KeptFacts("s", "b", FACTS)})
    (path,) = tmp_path.glob("templates/*/facts.json")
    told = orjson.loads(path.read_bytes())
    told["templates"]["one"]["facts"][key] = value
    path.write_bytes(orjson.dumps(told))
    assert list(files.facts("here")) == ["two"]


def test_a_row_of_another_form_is_left_out_of_the_list(files: TemplateFiles, tmp_path: Path) -> None:
    files.keep_list("here", LISTED)
    (path,) = tmp_path.glob("templates/*/list.json")
    for key, value in (("name", 5), ("uses", "3"), ("uses", True), ("tags", "a"), ("is_open", 1), ("pictures", None)):
        told = orjson.loads(path.read_bytes())
        told["templates"][0][key] = value
        path.write_bytes(orjson.dumps(told))
        assert files.list("here").templates == LISTED.templates[1:]
        files.keep_list("here", LISTED)


@pytest.mark.skipif(os.name == "nt", reason="pipes of this kind are of Unix")
def test_what_is_no_file_keeps_nobody_waiting(files: TemplateFiles, tmp_path: Path) -> None:
    files.keep_list("here", LISTED)
    (path,) = tmp_path.glob("templates/*/list.json")
    path.unlink()
    os.mkfifo(path)
    assert files.list("here") == TemplateList()


def test_what_cannot_be_kept_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "templates").write_text("a file where the folder should be")
    files = TemplateFiles(tmp_path / "templates")
    files.keep_list("here", LISTED)
    files.keep_workflow("here", "one", "s", {"n": 2**80})
    files.sweep("here")
    assert files.list("here") == TemplateList()


def test_the_servers_asked_for_longest_ago_go(files: TemplateFiles, tmp_path: Path) -> None:
    for age, name in enumerate(("oldest", "older", "old", "new", "newest")):
        files.keep_list(name, LISTED)
        (path,) = {*tmp_path.glob("templates/*/list.json")} - {p for p, _ in _aged(tmp_path)}
        os.utime(path, (1_000 + age, 1_000 + age))
    files.sweep("oldest")
    kept = [name for name in ("oldest", "older", "old", "new", "newest") if files.list(name) == LISTED]
    assert kept == ["oldest", "old", "new", "newest"]


def _aged(folder: Path) -> list[tuple[Path, float]]:
    found = [(path, path.stat().st_mtime) for path in folder.glob("templates/*/list.json")]
    return [(path, age) for path, age in found if age < 2_000]


def test_the_oldest_pictures_go_when_there_are_too_many(files: TemplateFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_files, "_MOST_PICTURES", 1_000)
    paths = [files.picture(server, "one", number, "s", "webp") for server in ("a", "b") for number in (1, 2, 3)]
    for age, path in enumerate(paths):
        files.keep_picture(path, b"x" * 200)
        os.utime(path, (1_000 + age, 1_000 + age))
    files.sweep("a")
    assert [path.exists() for path in paths] == [False, False, False, True, True, True]
    files.sweep("a")
    assert sum(path.exists() for path in paths) == 3


def test_a_picture_is_another_for_another_workflow(files: TemplateFiles) -> None:
    places = {
        files.picture(server, name, number, stamp, "webp")
        for server in ("a", "b")
        for name in ("one", "../../one")
        for number in (1, 2)
        for stamp in ("s", "t")
    }
    assert len(places) == 16
    assert all(".." not in place.parts for place in places)
