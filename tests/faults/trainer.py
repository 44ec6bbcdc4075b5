"""ComfyUI's training nodes as far as a client sees them, to run on a server of the tests: they read what was uploaded,
count their steps, and save a file of weights. Nothing is learnt."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, combo

MODEL = "v1-5-pruned-emaonly-fp16.safetensors"
PRESET = "sd15"
TENSORS = b"12345678"


def weights(data: bytes = TENSORS) -> bytes:
    header = json.dumps({"unet.a.lora_up.weight": {"dtype": "F32", "shape": [2], "data_offsets": [0, len(TENSORS)]}})
    return struct.pack("<Q", len(header)) + header.encode() + data


class Trainer:
    """`older`: as TrainLoraNode was before 0.33. `save` writes the file of weights; `seen` are the captions by picture,
    as they were read; `gate` holds the training behind its last step until it is set."""

    def __init__(self, *, older: bool = False) -> None:
        self.seen: dict[str, str] = {}
        self.trained: list[Values] = []
        self.content: bytes | None = weights()
        self.draws = True
        self.gate = threading.Event()
        self.gate.set()
        self.classes = self._classes(older)

    def _read(self, work: Work, inputs: Values) -> Result:
        folder = work.folders.input / inputs["folder"]
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".png", ".jpg", ".webp"):
                caption = path.with_suffix(".txt")
                Image.open(path).load()
                self.seen[str(path.relative_to(folder))] = caption.read_text("utf-8") if caption.exists() else ""
        return Result((list(self.seen), list(self.seen.values())))

    def _train(self, work: Work, inputs: Values) -> Result:
        self.trained.append(inputs)
        for step in range(1, inputs["steps"] + 1):
            work.progress(step, inputs["steps"])
        self.gate.wait(60)
        return Result(("model", "lora", "loss", inputs["steps"])[4 - self._outputs :])

    def _save(self, work: Work, inputs: Values) -> Result:
        assert inputs["lora"] == "lora"
        path = work.folders.output / f"{inputs['prefix']}_00001_.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.content is not None:
            path.write_bytes(self.content)
        return Result()

    def _draw(self, work: Work, inputs: Values) -> Result:
        assert inputs["loss"] == "loss"
        if not self.draws:
            raise ZeroDivisionError("float division by zero")
        name = f"curve_{len(self.trained)}.png"
        Image.new("RGB", (84, 52), "white").save(work.folders.temp / name)
        return Result(ui={"images": [{"filename": name, "subfolder": "", "type": "temp"}]})

    def _classes(self, older: bool) -> list[NodeClass]:
        outputs = ("MODEL", "LORA_MODEL", "LOSS_MAP", "INT")[0 if older else 1 :]
        self._outputs = len(outputs)
        whole, any_ = Input("INT", {}), Input("*")
        newer = (
            {}
            if older
            else dict.fromkeys(("quantized_backward", "checkpoint_depth", "offloading", "bypass_mode"), any_)
        )
        train = dict.fromkeys(
            ("model", "latents", "positive", "gradient_checkpointing", "existing_lora", "bucket_mode"), any_
        )
        train |= dict.fromkeys(("batch_size", "grad_accumulation_steps", "steps", "rank", "seed"), whole)
        train |= {"learning_rate": Input("FLOAT", {}), "optimizer": combo("AdamW"), "loss_function": combo("MSE")}
        train |= {"training_dtype": combo("bf16"), "lora_dtype": combo("bf16"), "algorithm": combo("LoRA")}

        def passing(name: str, outputs: tuple[str, ...], **required: Input) -> NodeClass:
            return NodeClass(name, lambda work, inputs: Result(outputs), required=required, outputs=outputs)

        return [
            passing("CheckpointLoaderSimple", ("MODEL", "CLIP", "VAE"), ckpt_name=Input([MODEL])),
            NodeClass(
                "LoadImageTextDataSetFromFolder", self._read, required={"folder": Input("COMBO", {}, _subfolders)},
                outputs=("IMAGE", "STRING"),
            ),
            passing("ResizeImagesByShorterEdge", ("IMAGE",), images=any_, shorter_edge=whole),
            passing("CenterCropImages", ("IMAGE",), images=any_, width=whole, height=whole),
            passing("MakeTrainingDataset", ("LATENT", "CONDITIONING"), images=any_, vae=any_, clip=any_, texts=any_),
            NodeClass("TrainLoraNode", self._train, required=train | newer, outputs=outputs),
            NodeClass("SaveLoRA", self._save, required={"lora": any_, "prefix": Input("STRING")}, output_node=True),
            NodeClass(
                "LossGraphNode", self._draw, required={"loss": any_, "filename_prefix": Input("STRING")},
                output_node=True,
            ),
        ]  # fmt: skip


def _subfolders(folders: Folders) -> list[str]:
    return sorted(path.name for path in folders.input.iterdir() if path.is_dir())


def pictures(folder: Path, count: int = 3) -> Path:
    """The first two have captions."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.new("RGB", (80, 64), (40 * number, 20, 200)).save(folder / f"harbour {number}.png")
        if number < 2:
            (folder / f"harbour {number}.txt").write_text(f"a harbour, view {number}\n", "utf-8")
    return folder


def told(step: int, steps: int, loss: float) -> str:
    """A line of the server's log, as its progress bar writes it over itself."""
    line = f"\rTraining LoRA:  40%|████      | {step}/{steps} [00:01<00:02,  1.21s/it, loss={loss:.4f}]"
    entries: list[dict[str, Any]] = [{"t": "2026-11-29T10:00:00", "m": line}]
    return json.dumps({"type": "logs", "data": {"entries": entries, "size": None}})


Telling = Callable[[str | bytes], list[str | bytes]]


def with_log(steps: int) -> Telling:
    """Has a line of the log come behind each step that is told."""

    def frames(frame: str | bytes) -> list[str | bytes]:
        message = json.loads(frame) if isinstance(frame, str) else {}
        if message.get("type") != "progress":
            return [frame]
        step = message["data"]["value"]
        return [frame, told(step, steps, 1 / step)]

    return frames
