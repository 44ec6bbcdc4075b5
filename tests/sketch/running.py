"""Nodes run in this process, one graph at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from oelala_desktop.sketch.executor import Executor, Job
from oelala_desktop.sketch.folders import open_folders
from oelala_desktop.sketch.nodes import CATALOG
from tests.sketch.test_executor import Recorder, node

Graph = dict[str, dict[str, Any]]


def shown(folder: Path, graph: Graph, frames: str, **pictures: np.ndarray) -> np.ndarray:
    """The frames [n, height, width, 3] that the first output of the node `frames` has; each of `pictures` is NAME.png
    among the inputs."""
    outcome, made = run(folder, graph | {"show": node("PreviewImage", images=[frames, 0])}, "show", pictures)
    assert outcome.success, outcome.messages[-1]
    return made


def run(folder: Path, graph: Graph, output: str, pictures: Mapping[str, np.ndarray]) -> tuple[Any, np.ndarray]:
    with open_folders(folder) as folders:
        for name, pixels in pictures.items():
            Image.fromarray(pixels).save(folders.input / f"{name}.png")
        outcome = Executor(CATALOG, folders, Recorder()).run(Job(0, "p", graph, {}, [output]))
        files = outcome.outputs.get(output, {}).get("images", [])
        made = [np.asarray(Image.open(folders.temp / file["filename"])) for file in files]
        return outcome, np.stack(made) if made else np.zeros((0, 0, 0, 3), np.uint8)


def loaded(*names: str) -> Graph:
    """A loader for each of these pictures, under its name."""
    return {name: node("LoadImage", image=f"{name}.png") for name in names}


def noise(height: int, width: int, seed: int = 1) -> np.ndarray:
    """A picture in which every pixel is another."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def plain(colour: tuple[int, int, int], height: int = 24, width: int = 40) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)
