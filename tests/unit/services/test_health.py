"""What the doctor says: each finding a sentence, with what to do about it."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.engine import Abilities, Reach, Words
from oelala_desktop.domain.errors import EngineAnswer, EngineError, EngineUnreachable
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.health import doctor as health
from oelala_desktop.services.health.doctor import Finding, check_health
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.paths import Paths
from tests.unit.domain.samples import WORKFLOWS
from tests.unit.node_table import EVERYTHING, without

GIB = 2**30
Usage = namedtuple("Usage", "total used free")


def reach(*devices: str, program: str = "") -> Reach:
    return Reach(
        "comfyui", "http://127.0.0.1:8188", "0.3.60", devices, Abilities(), Words("ComfyUI", "ComfyUI", program)
    )


class Server:
    """An engine as the doctor asks it."""

    def __init__(self, name: str, ref: EngineRef, **about: Any) -> None:
        self.name, self.ref = name, ref
        self.is_ai = about.get("is_ai", True)
        self.error: Exception | None = about.get("error")
        self.catalog = about.get("catalog", EVERYTHING)
        self.about = about.get("about", reach("cuda:0 studio", program="ComfyUI 0.3.60"))
        self.trouble = about.get("trouble", "")
        self.lists: Any = about.get("lists", {})
        self.port = self
        self.waited: list[float] = []

    async def connect(self) -> None:
        if self.error:
            raise self.error

    async def socket_of(self, seconds: float) -> str:
        self.waited.append(seconds)
        return self.trouble

    async def model_files(self) -> Any:
        if isinstance(self.lists, Exception):
            raise self.lists
        return self.lists


class Pool:
    default_url = "http://127.0.0.1:8188"

    def __init__(self, comfy: Server, sketch: Server) -> None:
        self._comfy, self._sketch = comfy, sketch
        self.asked: list[str] = []

    def named(self, name: str) -> Server:
        self.asked.append(f"named {name}")
        return self._comfy

    def of_this_run(self, name: str) -> Server:
        self.asked.append(f"this run's {name}")
        return self._comfy

    def for_ref(self, ref: EngineRef) -> Server:
        self.asked.append(f"built in {ref.kind}")
        return self._sketch


COMFY, SKETCH = EngineRef("comfyui", "http://127.0.0.1:8188"), EngineRef("sketch")


class Desk:
    def __init__(self, home: Path, store: JobStore, *folders: Path) -> None:
        self.paths = Paths(home / "data", home / "output")
        self.store = store
        self.registry = ToolRegistry(WORKFLOWS, *folders)
        self.registry.load()

    async def found(self, comfy: Server | None = None, *, engine: str = "comfyui") -> list[Finding]:
        comfy = comfy or Server("ComfyUI", COMFY)
        sketch = Server("Sketch", SKETCH, is_ai=False, about=reach(), catalog=without())
        self.pool = Pool(comfy, sketch)
        pool: Any = self.pool
        return await check_health(self.paths, pool, self.registry, self.store, engine)


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(0, 0, 3 * GIB))
    store = JobStore(tmp_path / "jobs.sqlite3")
    await store.open()
    yield Desk(tmp_path, store)
    await store.close()


@pytest.mark.parametrize(
    ("free", "level", "told"), [(2 * GIB, "ok", "2.0"), (2 * GIB - 1, "problem", "2.0"), (GIB // 2, "problem", "0.5")]
)
async def test_folders_with_room(desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int, level: str, told: str) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(0, 0, free))
    found = await desk.found()
    assert found[:2] == [
        Finding(level, f"The data folder {desk.paths.data} has {told} GiB free."),
        Finding(level, f"The output folder {desk.paths.output} has {told} GiB free."),
    ]
    assert list(desk.paths.data.iterdir()) == [], "the probe is gone"


async def test_a_folder_that_cannot_be_written(desk: Desk) -> None:
    desk.paths.output.write_text("a file")
    found = await desk.found()
    assert found[1] == Finding("problem", f"The output folder {desk.paths.output} cannot be written: File exists.")
    assert found[0].level == "ok"


async def test_presets_that_cannot_be_read(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "own" / "upscale").mkdir(parents=True)
    (tmp_path / "own" / "upscale" / "x.toml").write_text("name = ")
    desk.registry = ToolRegistry(tmp_path / "own")
    desk.registry.load()
    found = await desk.found()
    assert found[2].level == "problem" and "x.toml" in found[2].what
    assert found[2].fix == "Mend the preset's files or remove them."


async def test_jobs_that_could_not_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def damage(store: JobStore) -> str:
        return "One job could not be read."

    monkeypatch.setattr(health, "damage_so_far", damage)
    assert (await desk.found())[2] == Finding("note", "One job could not be read.", health.HOW_TO_LOOK)


@pytest.mark.parametrize(
    ("engine", "asked"),
    [
        ("comfyui", ["this run's comfyui"]),
        ("http://studio:8188", ["this run's http://studio:8188"]),
        ("Auto", ["named http://127.0.0.1:8188", "built in sketch"]),
        ("SKETCH", ["built in sketch"]),
    ],
)
async def test_which_engines_are_asked(desk: Desk, engine: str, asked: list[str]) -> None:
    await desk.found(engine=engine)
    assert desk.pool.asked == asked


@pytest.mark.parametrize(("engine", "level"), [("auto", "note"), ("comfyui", "problem")])
async def test_a_server_that_does_not_answer(desk: Desk, engine: str, level: str) -> None:
    error = EngineUnreachable("Nothing answers there.", kind="refused")
    found = await desk.found(Server("ComfyUI", COMFY, error=error), engine=engine)
    assert found[2].level == level and found[2].what == "Nothing answers there."
    assert found[2].fix.startswith("Start ComfyUI on that machine (python main.py --listen")
    odd = EngineUnreachable("It is odd.", kind="of its own")
    assert (await desk.found(Server("ComfyUI", COMFY, error=odd)))[2].fix == ""


async def test_a_server_that_answers_something_else(desk: Desk) -> None:
    found = await desk.found(Server("ComfyUI", COMFY, error=EngineAnswer("That is no answer.")), engine="auto")
    assert found[2] == Finding("problem", "That is no answer.")
    for lacking in ({"about": None}, {"catalog": None}):
        found = await desk.found(Server("studio", COMFY, **lacking))
        assert found[2:] == [Finding("problem", "studio answers but does not say what it can run.")]


async def test_all_is_well(desk: Desk) -> None:
    server = Server("studio", COMFY)
    found = await desk.found(server)
    count = len(EVERYTHING.classes)
    assert found[2] == Finding("ok", f"studio answers (ComfyUI 0.3.60, cuda:0 studio, {count} node classes).")
    presets = {finding.what for finding in found[3:]}
    assert {"image-to-video.wan22-14b can run.", "text-to-image.sdxl can run."} <= presets
    assert not any("sketch" in what for what in presets) and server.waited == [5.0]
    assert {finding.level for finding in found} == {"ok"}


async def test_sketch_is_asked_for_its_own_presets(desk: Desk) -> None:
    found = await desk.found(engine="sketch")
    assert found[2].what.startswith("Sketch answers (no device named, ")
    assert [f.what for f in found[3:] if f.level == "ok"] and all("sketch" in finding.what for finding in found[3:])


@pytest.mark.parametrize(
    ("devices", "is_ai", "told"),
    [(("cpu",), True, True), (("cpu", "cpu"), True, True), (("cpu", "cuda:0"), True, False), (("cpu",), False, False)],
)
async def test_a_processor_alone(desk: Desk, devices: tuple[str, ...], is_ai: bool, told: bool) -> None:
    server = Server("studio", COMFY, about=reach(*devices), is_ai=is_ai)
    slow = Finding("note", "It runs on the processor alone: a video takes hours.", "Start it without --cpu.")
    found = await desk.found(server)
    assert (slow in found) is told
    assert f" ({', '.join(devices)}, " in found[2].what


async def test_a_socket_that_does_not_open(desk: Desk) -> None:
    found = await desk.found(Server("studio", COMFY, trouble="No socket opens there."))
    assert (found[3].level, found[3].what) == ("note", "No socket opens there.")
    assert found[3].fix.startswith("For nginx: proxy_http_version 1.1;")


def lacking_sdxl() -> Any:
    classes = dict(EVERYTHING.classes)
    loader = classes["CheckpointLoaderSimple"]
    inputs = dict(loader.inputs)
    inputs["ckpt_name"] = inputs["ckpt_name"].__class__(
        **{f: getattr(inputs["ckpt_name"], f) for f in inputs["ckpt_name"].__dataclass_fields__} | {"choices": ()}
    )
    classes["CheckpointLoaderSimple"] = loader.__class__(
        **{f: getattr(loader, f) for f in loader.__dataclass_fields__} | {"inputs": inputs}
    )
    return without().__class__(classes)


async def test_a_preset_that_lacks_a_node(desk: Desk) -> None:
    found = await desk.found(Server("studio", COMFY, catalog=without("CheckpointLoaderSimple")))
    (sdxl,) = [finding for finding in found if finding.what.startswith("text-to-image.sdxl")]
    assert sdxl.level == "note" and sdxl.what.startswith("text-to-image.sdxl lacks node CheckpointLoaderSimple (")
    assert sdxl.fix


async def test_a_model_that_lies_where_no_loader_looks(desk: Desk) -> None:
    name = "sd_xl_base_1.0.safetensors"
    there = Server("studio", COMFY, catalog=lacking_sdxl(), lists={"unet": (name,), "diffusion_models": (name,)})
    (sdxl,) = [f for f in await desk.found(there) if f.what.startswith("text-to-image.sdxl")]
    assert sdxl.level == "note" and sdxl.what.startswith(f"text-to-image.sdxl lacks {name} (models/checkpoints")
    assert f"{name} lies in models/" in sdxl.fix and sdxl.fix.endswith("move it to models/checkpoints.")
    for lists in ({}, EngineError("It does not say.")):
        (sdxl,) = [
            f
            for f in await desk.found(Server("studio", COMFY, catalog=lacking_sdxl(), lists=lists))
            if f.what.startswith("text-to-image.sdxl")
        ]
        assert sdxl.fix.startswith(f"Download {name} from https://")


async def test_parts_that_have_failed_there(desk: Desk) -> None:
    part = next(part for preset in desk.registry.by_tool() for part in preset.optional)
    await desk.store.set_flag(f"unable comfyui http://127.0.0.1:8188 {part.class_type}", "No module named x.")
    flags = await desk.store.flags("")
    assert flags
    found = await desk.found()
    told = [finding for finding in found if part.class_type in finding.what]
    assert [(f.level, "No module named x." in f.what) for f in told] == [("note", True)]
    assert told[0].fix == (
        f"Mend it there (ComfyUI's log has the whole error), then ask for it once: --set {part.key}=true"
    )


def test_every_kind_of_trouble_has_its_way_out() -> None:
    assert set(health._FIXES) == {
        "refused", "name", "tls", "tls_name", "tls_date", "wants_tls", "sign_in", "no_socket", "not_tls", "auth",
        "timeout", "not_comfyui", "too_old", "closed",
    }  # fmt: skip
    assert all(fix.endswith((".", "FILE", "FILE.pem", '"upgrade";')) for fix in health._FIXES.values())
