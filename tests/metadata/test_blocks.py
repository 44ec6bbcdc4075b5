"""Our own block, A1111's, the editor's graph, and who is believed when several are there."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, files, graphs

PARAMS: dict[str, Any] = {
    "prompt": "a lighthouse in the rain", "negative_prompt": "", "original_t2i_prompt": "a lighthouse",
    "seed": "18446744073709551615",
    "steps": 6, "switch_step": 3, "cfg": 1.0, "sampler": "uni_pc", "scheduler": "normal", "shift": 5, "width": 848,
    "height": 480, "num_frames": 81, "fps": 16, "duration": 5, "unet_high_noise": "h.gguf", "unet_low_noise": "l.gguf",
    "lora_configs": [
        {"high": "a.safetensors", "strength": 1.5, "enabled": True},
        {"high": "b.safetensors", "low": "c.safetensors", "strength": 0, "enabled": True},
        {"high": "d.safetensors", "low": None, "strength": 0.5},
        {"high": "e.safetensors", "strength": 1, "enabled": False},
    ],
    "engine": "Sketch – no AI model", "workflow": "image_to_video.sketch", "tool": "image_to_video", "job_id": "x",
    "app_version": "1.0", "created_at": "2026-01-01T00:00:00Z",
}  # fmt: skip

A1111 = (
    "a harbour, <lora:oldpaint:0.8>, boats <lora:fog>\nsecond line\nNegative prompt: blurry, lowres\nand more\n"
    "Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 123456789, Size: 512x768, Model hash: abc123, "
    'Model: seaside_v2, Clip skip: 2, Lora hashes: "oldpaint: 11aa, fog: 22bb", Version: v1.9.0'
)


def info(**blocks: Any) -> GenerationInfo:
    return read_bytes(corpus.png_with(blocks), "a.png").info


def test_oelala_params() -> None:
    found = info(oelala_params=PARAMS)
    assert found.source == "oelala"
    assert (found.prompt, found.negative_prompt, found.original_t2i_prompt) == (
        "a lighthouse in the rain",
        "",
        "a lighthouse",
    )
    assert found.seed == graphs.BIG_SEED
    assert (found.steps, found.switch_step, found.cfg, found.shift) == (6, 3, 1.0, 5.0)
    assert (found.width, found.height, found.num_frames, found.fps, found.duration) == (848, 480, 81, 16.0, 5.0)
    assert (found.engine, found.workflow) == ("Sketch – no AI model", "image_to_video.sketch")
    assert found.models == (UsedModel("h.gguf", "high"), UsedModel("l.gguf", "low"))
    assert found.loras == (
        UsedLora("a.safetensors", 1.5, "high"), UsedLora("a.safetensors", 1.5, "low"),
        UsedLora("b.safetensors", 0.0, "high"), UsedLora("c.safetensors", 0.0, "low"),
        UsedLora("d.safetensors", 0.5, "high"),
    )  # fmt: skip
    assert set(found.sources.values()) == {"oelala"}


def test_oelala_params_of_one_pass() -> None:
    params = {"checkpoint": "sdxl.safetensors", "lora_configs": [{"high": "a", "strength": 1}], "seed": 5}
    found = info(oelala_params=params)
    assert (found.models, found.loras) == ((UsedModel("sdxl.safetensors"),), (UsedLora("a", 1.0),))


def test_oelala_params_in_text_and_as_lists_in_text() -> None:
    params = {**PARAMS, "lora_configs": '[{"high": "a", "strength": 1}]'}
    found = info(oelala_params=corpus.dumps(corpus.dumps(params).decode()))
    assert [lora.pass_ for lora in found.loras] == ["high", "low"]


@pytest.mark.parametrize(
    "broken",
    [
        {"seed": -1}, {"seed": "x"}, {"lora_configs": 5}, {"lora_configs": [1, None, {}]}, {"unet_high_noise": 3},
        {"prompt": ["x"]}, {"fps": "many"}, {"engine": {"name": "ComfyUI"}}, {"steps": float("nan")},
    ],
)  # fmt: skip
def test_values_of_the_wrong_kind_count_as_absent(broken: dict[str, Any]) -> None:
    assert info(oelala_params={**PARAMS, **broken}).sampler == "uni_pc"


def test_each_field_from_the_most_trusted_block() -> None:
    ours = {"prompt": "ours", "steps": 4}
    found = info(oelala_params=ours, prompt=graphs.two_pass(), parameters=A1111.encode(), workflow={"nodes": []})
    assert (found.source, found.prompt, found.steps, found.seed) == ("oelala", "ours", 4, 42)
    assert found.sources["prompt"] == "oelala" and found.sources["seed"] == "prompt"
    found = info(prompt=graphs.two_pass(), parameters=A1111.encode())
    assert (found.source, found.prompt, found.sources["prompt"]) == ("prompt", graphs.POSITIVE, "prompt")
    bare = {"1": graphs.node("SaveImage", images=["2", 0])}
    found = info(prompt=bare, parameters=A1111.encode())
    assert (found.source, found.steps, found.sources["steps"]) == ("prompt", 28, "a1111")


def test_the_best_block_is_named_even_if_nothing_came_of_it() -> None:
    assert info(oelala_params={}).source == "oelala"
    assert info(prompt={"1": graphs.node("Nothing")}).source == "prompt"
    assert info(workflow={"nodes": []}).source == "workflow"
    assert info().source is None
    assert info(Title=b"a harbour").source is None


def test_no_loras_is_an_answer() -> None:
    found = info(oelala_params={"lora_configs": [], "prompt": "x"}, prompt=graphs.two_pass())
    assert found.loras == () and found.sources["loras"] == "oelala"


def test_original_prompt_in_a_block_of_its_own() -> None:
    found = info(original_t2i_prompt=b'"a lighthouse"', prompt=graphs.two_pass())
    assert (found.original_t2i_prompt, found.prompt) == ("a lighthouse", graphs.POSITIVE)
    assert found.sources["original_t2i_prompt"] == "oelala"


def test_a1111() -> None:
    data = corpus.png_with({"parameters": A1111.encode()})
    read = read_bytes(data, "a.png")
    found = read.info
    assert found.source == "a1111"
    assert found.prompt == "a harbour, <lora:oldpaint:0.8>, boats <lora:fog>\nsecond line"
    assert found.negative_prompt == "blurry, lowres\nand more"
    assert (found.steps, found.cfg, found.seed) == (28, 6.5, 123456789)
    assert (found.sampler, found.scheduler) == ("DPM++ 2M", "Karras")
    assert (found.width, found.height) == (512, 768)
    assert found.models == (UsedModel("seaside_v2"),)
    assert found.loras == (UsedLora("oldpaint", 0.8), UsedLora("fog", 1.0))
    assert read.parameters["Lora hashes"] == "oldpaint: 11aa, fog: 22bb"
    assert read.parameters["Clip skip"] == "2" and read.parameters["Version"] == "v1.9.0"


def test_a1111_newer_schedule_key_and_no_negative() -> None:
    text = "a pier\nSteps: 20, Sampler: Euler a, Schedule type: Beta, CFG scale: 7, Seed: 1, Size: 64x64"
    found = info(parameters=text.encode())
    assert (found.prompt, found.negative_prompt) == ("a pier", None)
    assert (found.sampler, found.scheduler) == ("Euler a", "Beta")


@pytest.mark.parametrize(
    "below",
    ["Template: a {harbour|pier},\nsecond line", "Template: a pier\nNegative Template: {blurry|Steps}", "Note: mine"],
)
def test_a1111_with_lines_after_the_settings(below: str) -> None:
    assert info(parameters=f"{A1111}\n{below}".encode()) == info(parameters=A1111.encode())
    without_prompt = info(parameters=f"{A1111[A1111.index('Steps') :]}\n{below}".encode())
    assert (without_prompt.prompt, without_prompt.negative_prompt, without_prompt.steps) == (None, None, 28)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + A1111.encode("utf-16-be"), b"UNICODE\0" + A1111.encode("utf-16-le"),
        b"UNICODE\0" + A1111.encode("utf-16"), b"ASCII\0\0\0" + A1111.encode(), bytes(8) + A1111.encode(),
        b"JIS\0\0\0\0\0" + A1111.encode("iso2022_jp"), A1111.encode(),
    ],
)  # fmt: skip
def test_a1111_in_user_comment(comment: bytes, order: str) -> None:
    block = files.exif({}, comment, order)
    for data in (files.jpeg(files.segment(0xE1, b"Exif\0\0" + block)), files.webp(files.riff(b"EXIF", block))):
        found = read_bytes(data, "a").info
        assert (found.source, found.cfg, found.seed) == ("a1111", 6.5, 123456789)


def test_user_comment_in_other_scripts() -> None:
    text = "港の朝、小さな船\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x64"
    for comment in (b"UNICODE\0" + text.encode("utf-16-be"), b"JIS\0\0\0\0\0" + text.encode("iso2022_jp")):
        data = files.jpeg(files.segment(0xE1, b"Exif\0\0" + files.exif({}, comment)))
        assert read_bytes(data, "a").info.prompt == "港の朝、小さな船"


def test_json_in_user_comment() -> None:
    comment = b"ASCII\0\0\0" + corpus.dumps({"prompt": graphs.two_pass()})
    data = files.jpeg(files.segment(0xE1, b"Exif\0\0" + files.exif({}, comment)))
    assert read_bytes(data, "a").info.prompt == graphs.POSITIVE


def test_a_comment_is_no_parameters() -> None:
    assert info(parameters=b"taken at the harbour").source is None
    assert info(parameters=b"Steps: taken one at a time").source is None
    assert info(parameters=b"Steps: taken one at a time\nSteps: 3\nand on").source is None
