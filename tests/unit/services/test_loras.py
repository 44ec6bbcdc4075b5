"""A trained LoRA goes among a server's own only where that folder is known to be of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.engines.loras import put_lora
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from tests.unit.services.fake_engine import FakeEngine

NAME = "Harbour style"


def engine_at(url: str, port: FakeEngine, scope: TaskScope) -> Engine:
    return Engine(EngineRef("comfyui", url, f"ComfyUI at {url}"), port, Bus(), scope)


@pytest.fixture
def port(tmp_path: Path) -> FakeEngine:
    """Its folder has one LoRA, which it lists."""
    folder = tmp_path / "loras"
    (folder / "wan").mkdir(parents=True)
    (folder / "wan" / "style.safetensors").write_bytes(b"style")
    port = FakeEngine()
    port.folders = (str(tmp_path / "gone"), str(folder))
    port.models = {"loras": ("wan\\style.safetensors",)}
    return port


@pytest.fixture
def lora(tmp_path: Path) -> Path:
    path = tmp_path / "oelala_20261129_0113865d_x.safetensors"
    path.write_bytes(b"weights")
    return path


async def test_it_is_put_there_once(port: FakeEngine, lora: Path, tmp_path: Path) -> None:
    async with TaskScope("test") as scope:
        engine = engine_at("http://127.0.0.1:8188", port, scope)
        assert await put_lora(engine, lora, NAME) == f"{NAME}.safetensors"
        assert (tmp_path / "loras" / f"{NAME}.safetensors").read_bytes() == b"weights"
        assert port.calls.count("new_lists") == 1, "so that it can be chosen"
        assert await put_lora(engine, lora, NAME) == f"{NAME}.safetensors"
        lora.write_bytes(b"others!")
        assert await put_lora(engine, lora, NAME) == f"{NAME} 2.safetensors"
        assert sorted(path.name for path in (tmp_path / "loras").iterdir()) == [
            f"{NAME} 2.safetensors", f"{NAME}.safetensors", "wan",
        ]  # fmt: skip


@pytest.mark.parametrize("case", ["elsewhere", "untold", "another of that name", "gone"])
async def test_where_the_folder_is_not_known_it_says_where_to_put_it(
    port: FakeEngine, lora: Path, tmp_path: Path, case: str
) -> None:
    if case == "untold":
        port.folders = ()
    elif case == "another of that name":  # of a container, or behind a tunnel
        port.models = {"loras": ("theirs.safetensors",)}
    elif case == "gone":
        port.folders = port.folders[:1]
    async with TaskScope("test") as scope:
        url = "http://192.0.2.7:8188" if case == "elsewhere" else "http://localhost:8188"
        with pytest.raises(CannotSave) as error:
            await put_lora(engine_at(url, port, scope), lora, NAME)
    assert error.value.message == (
        f"Put {lora.name} into the folder models/loras of ComfyUI at {url}; it is there to choose after that."
    )
    assert [path.name for path in (tmp_path / "loras").iterdir()] == ["wan"]


async def test_a_server_without_loras_has_its_folder_empty(port: FakeEngine, lora: Path, tmp_path: Path) -> None:
    port.models, port.folders = {}, (str(tmp_path / "loras" / "wan"), str(tmp_path / "empty"))
    (tmp_path / "empty").mkdir()
    async with TaskScope("test") as scope:
        await put_lora(engine_at("http://[::1]:8188", port, scope), lora, NAME)
    assert [path.name for path in (tmp_path / "empty").iterdir()] == [f"{NAME}.safetensors"]


async def test_a_folder_that_takes_nothing(port: FakeEngine, lora: Path) -> None:
    lora.unlink()
    async with TaskScope("test") as scope:
        with pytest.raises(CannotSave, match=r"does not take it: No such file or directory\. Put "):
            await put_lora(engine_at("http://127.0.0.1:8188", port, scope), lora, NAME)
