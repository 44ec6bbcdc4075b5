"""Runs graphs on the server under test and looks at what comes of them."""

from __future__ import annotations

import io
import tempfile
import uuid
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from oelala_desktop.comfy.client import ComfyClient
from tests.contract.films import Seen, look
from tests.contract.graphs import Graph, node
from tests.contract.listener import Listener

INFO = {"workflow": {"id": "w", "nodes": []}, "oelala_params": {"prompt": "é日本"}}


class Workbench:
    """One client with its listener and the wire beside it."""

    def __init__(self, client: ComfyClient, listener: Listener, raw: httpx.AsyncClient) -> None:
        self.client, self.listener, self.raw = client, listener, raw

    async def give(self, content: bytes, suffix: str) -> str:
        """Upload a file of that kind; the server's name for it."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            return await self.client.upload(f"oelala_test_{uuid.uuid4().hex}{suffix}", Path(file.name))

    async def give_picture(self, pixels: np.ndarray) -> str:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        return await self.give(out.getvalue(), ".png")

    async def _run(self, graph: Graph) -> dict[str, Any]:
        prompt_id = str(uuid.uuid4())
        status, answer = await self.client.submit(prompt_id, graph, {"extra_pnginfo": INFO})
        assert status == 200, answer
        await self.listener.end_of(prompt_id)
        entry: dict[str, Any] = (await self.raw.get(f"/history/{prompt_id}")).json()[prompt_id]
        return entry

    async def outputs(self, graph: Graph) -> dict[str, Any]:
        """What each saver of the graph shows. Fails where the job failed."""
        entry = await self._run(graph)
        assert entry["status"]["status_str"] == "success", entry["status"]["messages"][-1]
        shown: dict[str, Any] = entry["outputs"]
        return shown

    async def files(self, graph: Graph) -> list[dict[str, str]]:
        """What the graph's one saver saved."""
        (shown,) = (await self.outputs(graph)).values()
        return [file for key, files in shown.items() if key != "animated" for file in files]

    async def fails(self, graph: Graph) -> str:
        """The class of the node at which the job failed."""
        entry = await self._run(graph)
        (error,) = [content for kind, content in entry["status"]["messages"] if kind == "execution_error"]
        return str(error["node_type"])

    async def refused(self, graph: Graph) -> list[tuple[str, str]]:
        """Kind and details of each error that the graph is refused for."""
        status, answer = await self.client.submit(str(uuid.uuid4()), graph, {})
        assert status == 400, answer
        return [(error["type"], error["details"]) for row in answer["node_errors"].values() for error in row["errors"]]

    async def fetch(self, file: dict[str, str]) -> bytes:
        answer = await self.raw.get("/view", params={key: file[key] for key in ("filename", "subfolder", "type")})
        assert answer.status_code == 200
        return answer.content

    async def see(self, graph: Graph) -> Seen:
        """What is in the one video or sound that the graph saves."""
        (file,) = await self.files(graph)
        return look(await self.fetch(file))

    async def see_pictures(self, graph: Graph, source: str, slot: int = 0) -> list[np.ndarray]:
        """The pictures that a node's output holds."""
        saver = node("SaveImage", "Save", images=[source, slot], filename_prefix=f"oelala/{uuid.uuid4().hex}")
        pictures = []
        for file in await self.files({**graph, "saver": saver}):
            with Image.open(io.BytesIO(await self.fetch(file)), formats=("PNG",)) as image:
                pictures.append(np.asarray(image.convert("RGB")))
        return pictures


def saving(graph: Graph, source: str, slot: int = 0, **inputs: Any) -> Graph:
    """The graph with a saver of the video that a node gives."""
    options = {"filename_prefix": f"oelala/{uuid.uuid4().hex}", "format": "auto", "codec": "auto"}
    return {**graph, "saver": node("SaveVideo", "Save", video=[source, slot], **(options | inputs))}


def saving_sound(graph: Graph, source: str, slot: int = 0, kind: str = "SaveAudio", **inputs: Any) -> Graph:
    saver = node(kind, "Save", audio=[source, slot], filename_prefix=f"oelala/{uuid.uuid4().hex}", **inputs)
    return {**graph, "saver": saver}


def taken_apart(graph: Graph, source: str) -> Graph:
    """The graph with the video of a node taken apart (`parts`) and made into one again (`video`)."""
    return {
        **graph,
        "parts": node("GetVideoComponents", "Parts", video=[source, 0]),
        "video": node("CreateVideo", "Video", images=["parts", 0], fps=["parts", 2], audio=["parts", 1]),
    }
