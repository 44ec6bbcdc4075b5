"""Files of weights: whole ones are told from damaged ones, and told what made them."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import job_of_weights
from oelala_desktop.metadata.weights import embed_in_weights

TENSOR = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def weights(header: Any = None, data: bytes = b"12345678") -> bytes:
    plain = header if isinstance(header, bytes) else json.dumps(header or {"a.weight": TENSOR}).encode()
    return struct.pack("<Q", len(plain)) + plain + data


def written(folder: Path, content: bytes) -> Path:
    path = folder / "lora.safetensors"
    path.write_bytes(content)
    return path


def test_what_made_it_is_told_and_the_tensors_stay(tmp_path: Path) -> None:
    path = written(tmp_path, weights({"__metadata__": {"format": "pt"}, "a.weight": TENSOR}))
    assert job_of_weights(path) is None
    embed_in_weights(path, {"job_id": "j1", "trigger": "é"})
    embed_in_weights(path, {"job_id": "j2", "trigger": "é"})
    assert job_of_weights(path) == "j2"
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    assert length % 8 == 0 and content[8 + length :] == b"12345678"
    assert header["a.weight"] == TENSOR and header["__metadata__"]["format"] == "pt"
    assert json.loads(header["__metadata__"]["oelala_params"]) == {"job_id": "j2", "trigger": "é"}
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (weights()[:-1], r"incomplete: it lacks 1 bytes"),
        (weights() + b"x", r"has 1 bytes too many"),
        (weights()[:20], r"no file of weights, or it is cut short"),
        (b"1234", r"no file of weights"),
        (b"<!doctype html><title>Log in</title>" * 9, r"no file of weights"),
        (weights(b"{broken"), r"list of tensors cannot be read"),
        (weights(b"[1, 2]"), r"list of tensors cannot be read"),
        (weights({"a": {"dtype": "F32"}}), r"list of tensors cannot be read"),
        (weights({"a": {"data_offsets": [0, "x"]}}), r"list of tensors cannot be read"),
        (weights({"__metadata__": {}}), r"has no weights in it"),
        (weights(b"[" * 100_000), r"list of tensors cannot be read"),
    ],
)
def test_what_is_no_whole_file(tmp_path: Path, content: bytes, words: str) -> None:
    path = written(tmp_path, content)
    for ask in (job_of_weights, lambda path: embed_in_weights(path, {})):
        with pytest.raises(Unreadable, match=words):
            ask(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("texts", [7, {"oelala_params": "no JSON"}, {"oelala_params": "[1]"}, {"oelala_params": "{}"}])
def test_metadata_of_another_kind_names_no_job(tmp_path: Path, texts: Any) -> None:
    assert job_of_weights(written(tmp_path, weights({"__metadata__": texts, "a": TENSOR}))) is None
