"""What other programs write, in the containers that they write it into."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, files

WORDS, AGAINST = "a heron in the reeds", "fog, blurry"


def of_png(**blocks: Any) -> GenerationInfo:
    return read_bytes(corpus.png_with({key.replace("_at_", " "): value for key, value in blocks.items()}), "a.png").info


def of_jpeg(comment: str) -> GenerationInfo:
    block = files.exif({}, b"UNICODE\0" + comment.encode("utf-16-be"))
    return read_bytes(files.jpeg(files.segment(0xE1, b"Exif\0\0" + block)), "a.jpg").info


def basics(found: GenerationInfo) -> tuple[Any, ...]:
    return found.source, found.prompt, found.negative_prompt, found.seed, found.steps, found.cfg


SWARM = {"sui_image_params": {
    "prompt": WORDS, "negativeprompt": AGAINST, "model": "reeds_v2", "seed": 42, "steps": 20, "cfgscale": 4.5,
    "width": 1024, "height": 768, "sampler": "euler", "scheduler": "karras", "loras": ["ink", "grain"],
    "loraweights": ["0.5"]}}  # fmt: skip
FOOOCUS = {
    "prompt": WORDS, "negative_prompt": AGAINST, "seed": "42", "steps": 20, "guidance_scale": 4.5, "sampler": "euler",
    "scheduler": "karras", "base_model": "reeds_v2", "resolution": "(1024, 768)", "metadata_scheme": "fooocus",
    "loras": [["ink", 0.5, "00ff"], ["grain", 1.0, "00fe"]]}  # fmt: skip
FOOOCUS_LOG = {
    "Prompt": WORDS, "Negative Prompt": AGAINST, "Seed": 42, "Steps": 20, "Guidance Scale": 4.5, "Sampler": "euler",
    "Scheduler": "karras", "Base Model": "reeds_v2", "Resolution": "(1024, 768)", "Performance": "Speed",
    "LoRA 1": "ink : 0.5", "LoRA 2": "grain : 1.0"}  # fmt: skip
RUINED = {
    "Prompt": WORDS, "Negative": AGAINST, "seed": 42, "steps": 20, "cfg": 4.5, "sampler_name": "euler",
    "scheduler": "karras", "base_model_name": "reeds_v2", "width": 1024, "height": 768, "software": "RuinedFooocus",
    "loras": "ink: 0.5, grain: 1.0"}  # fmt: skip
DRAW = {
    "c": WORDS, "uc": AGAINST, "seed": 42, "steps": 20, "scale": 4.5, "sampler": "euler", "size": "1024x768",
    "model": "reeds_v2", "lora": [{"model": "ink", "weight": 0.5}, {"model": "grain", "weight": 1.0}]}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values"),
    [("swarmui", SWARM), ("fooocus", FOOOCUS), ("fooocus", FOOOCUS_LOG), ("fooocus", RUINED), ("drawthings", DRAW)],
    ids=["swarmui", "fooocus", "fooocus log", "ruined", "drawthings"],
)
def test_one_object_with_everything(name: str, values: dict[str, Any]) -> None:
    text = json.dumps(values)
    for found in (of_png(parameters=text.encode()), of_jpeg(text)):
        assert basics(found) == (name, WORDS, AGAINST, 42, 20, 4.5)
        assert (found.width, found.height, found.sampler) == (1024, 768, "euler")
        assert found.models == (UsedModel("reeds_v2"),)
        assert found.loras == (UsedLora("ink", 0.5), UsedLora("grain", 1.0))
        assert set(found.sources.values()) == {name}


def test_invokeai() -> None:
    flat = {
        "positive_prompt": WORDS, "negative_prompt": AGAINST, "seed": 42, "steps": 20, "cfg_scale": 4.5, "width": 512,
        "height": 640, "scheduler": "dpmpp_2m_k", "model": {"name": "reeds", "base": "sdxl"},
        "loras": [{"model": {"name": "ink"}, "weight": 0.5}, {"lora": {"model_name": "grain"}, "weight": 0.75}],
    }  # fmt: skip
    found = of_png(invokeai_metadata=json.dumps(flat).encode())
    assert basics(found) == ("invokeai", WORDS, AGAINST, 42, 20, 4.5)
    assert (found.sampler, found.width, found.height) == ("dpmpp_2m_k", 512, 640)
    assert found.models == (UsedModel("reeds"),)
    assert found.loras == (UsedLora("ink", 0.5), UsedLora("grain", 0.75))


def test_invokeai_of_old() -> None:
    nested = {"model_weights": "reeds", "image": {
        "prompt": [{"prompt": f"{WORDS} [fog] [blurry]", "weight": 1}], "seed": 42, "steps": 20, "cfg_scale": 4.5,
        "sampler": "k_lms", "width": 512, "height": 640}}  # fmt: skip
    line = f'"{WORDS} [{AGAINST}]" -s 20 -S 42 -W 512 -H 640 -C 4.5 -A k_lms'
    for blocks in ({"sd-metadata": json.dumps(nested).encode()}, {"Dream": line.encode()}):
        found = read_bytes(corpus.png_with(blocks), "a.png").info
        assert basics(found) == ("invokeai", WORDS, AGAINST, 42, 20, 4.5)
        assert (found.sampler, found.width, found.height) == ("k_lms", 512, 640)


NOVEL = {"prompt": WORDS, "uc": AGAINST, "seed": 42, "steps": 20, "scale": 4.5, "sampler": "k_euler", "width": 832,
         "height": 1216, "noise_schedule": "karras"}  # fmt: skip


def test_novelai() -> None:
    comment = json.dumps(NOVEL)
    blocks = {"Software": b"NovelAI", "Source": b"Diffusion V4", "Description": WORDS.encode(), "Comment": comment}
    wrapped = {"Software": "NovelAI", "Source": "Diffusion V4", "Description": WORDS, "Comment": comment}
    for found in (of_png(**blocks), of_jpeg(json.dumps(wrapped))):
        assert basics(found) == ("novelai", WORDS, AGAINST, 42, 20, 4.5)
        assert (found.sampler, found.scheduler, found.width) == ("k_euler", "karras", 832)
        assert found.models == (UsedModel("Diffusion V4"),)


def test_novelai_with_characters() -> None:
    divided = {"caption": {"base_caption": WORDS, "char_captions": [{"char_caption": "a gull"}, {"x": 1}, 3]}}
    found = of_png(Comment=json.dumps(NOVEL | {"v4_prompt": divided, "v4_negative_prompt": []}).encode())
    assert (found.prompt, found.negative_prompt) == (f"{WORDS}\na gull", AGAINST)


def test_midjourney() -> None:
    typed = f"{WORDS} --no fog --ar 3:2 --seed 42 --v 7"
    description = f"{typed} Job ID: 00000000-0000-4000-8000-000000000000".encode()
    found = of_png(Description=description, Author=b"somebody")
    assert (found.source, found.prompt, found.negative_prompt, found.seed) == ("midjourney", typed, "fog", 42)
    # a description alone is nobody's prompt
    assert of_png(Description=WORDS.encode()).source is None


def test_draw_things_in_xmp() -> None:
    inner = json.dumps(DRAW).replace('"', "&quot;")
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description><xmp:CreatorTool>Draw Things</xmp:CreatorTool>'
        f"<dc:description><rdf:Alt><rdf:li>{WORDS}</rdf:li></rdf:Alt></dc:description>"
        f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{inner}</rdf:li></rdf:Alt></exif:UserComment>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    png = corpus.png(corpus.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet))
    webp = files.webp(files.riff(b"XMP ", packet))
    for data in (png, webp):
        assert basics(read_bytes(data, "a").info) == ("drawthings", WORDS, AGAINST, 42, 20, 4.5)


WAN2GP = {
    "type": "WanGP v9 by somebody", "prompt": WORDS, "negative_prompt": AGAINST, "seed": 42, "num_inference_steps": 20,
    "guidance_scale": 4.5, "flow_shift": 5, "resolution": "832x480", "video_length": 81, "sample_solver": "unipc",
    "model_filename": "wan.safetensors", "guidance_phases": 2,
    "activated_loras": ["high.safetensors", "low.safetensors", "both.safetensors"],
    "loras_multipliers": "1;0 0;0.8 0.5,1",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_wan2gp(kind: str) -> None:
    data = files.video(kind, {"comment": json.dumps(WAN2GP)}, keyed=False)
    found = read_bytes(data, f"a.{kind}").info
    assert basics(found) == ("wan2gp", WORDS, AGAINST, 42, 20, 4.5)
    assert (found.shift, found.width, found.height, found.num_frames) == (5.0, 832, 480, 81)
    assert found.loras == (
        UsedLora("high.safetensors", 1.0, "high"), UsedLora("low.safetensors", 0.8, "low"),
        UsedLora("both.safetensors", 0.5, "high"), UsedLora("both.safetensors", 0.5, "low"),
    )  # fmt: skip
    assert (found.fps, found.sources["fps"]) == (16.0, "file")


A1111 = f"{WORDS}\nNegative prompt: {AGAINST}\nSteps: 20, Sampler: Euler a, CFG scale: 4.5, Seed: 42, Size: 64x48"


@pytest.mark.parametrize("text", [A1111, A1111.replace("\n", " "), A1111.replace("\n", "\\n")], ids=["3", "1", "n"])
def test_a1111_in_lines_or_one_wherever_it_lies(text: str) -> None:
    made = [
        corpus.png_with({"parameters": text.encode()}),
        files.video("mp4", {"comment": text}, keyed=False),
        files.video("mp4", {"description": text}, keyed=False),
        files.video("mkv", {"description": text}),
        files.jpeg(files.segment(0xFE, text.encode())),
        files.webp(files.riff(b"EXIF", files.exif({0x010E: text.encode()}))),
    ]
    for data in made:
        found = read_bytes(data, "a").info
        assert basics(found) == ("a1111", WORDS, AGAINST, 42, 20, 4.5)
        assert (found.sampler, found.width, found.height) == ("Euler a", 64, 48)


def test_a1111_strengths_by_name_and_models_that_only_civitai_names() -> None:
    tags = "<lora:a:0.5> <lora:b:te=0.2:unet=0.9> <lora:c:unet=0.3:te=0.7> <lora:d:0.8:lbw=X> <lora:e>"
    line = "Steps: 20, Sampler: Euler a, Seed: 42, Size: 64x48"
    found = of_png(parameters=f"{tags}\n{line}".encode())
    assert [(lora.name, lora.strength) for lora in found.loras] == [
        ("a", 0.5), ("b", 0.9), ("c", 0.3), ("d", 0.8), ("e", 1.0),
    ]  # fmt: skip
    listed = [{"type": "checkpoint", "modelName": "Reeds, XL"}, {"type": "lora", "weight": 0.6, "modelName": "Ink"}]
    text = f"{WORDS}\n{line}, Civitai resources: {json.dumps(listed)}, Version: 1"
    read = read_bytes(corpus.png_with({"parameters": text.encode()}), "a.png")
    assert read.info.models == (UsedModel("Reeds, XL"),) and read.info.loras == (UsedLora("Ink", 0.6),)
    assert read.parameters["Version"] == "1"


@pytest.mark.parametrize(
    "text",
    ["{}", "[]", '{"prompt": "a heron"}', '{"sui_image_params": 3}', '{"sui_image_params": {"loras": {}, "seed": []}}',
     '{"c": "x", "v2": 3}', '{"software": "RuinedFooocus", "loras": [[]]}', '{"uc": 1, "v4_prompt": {"caption": 1}}',
     '{"type": "WanGP", "loras_multipliers": ";"}',
     '{"type": "WanGP", "activated_loras": [[], {}, 1, "x"], "guidance_phases": 2}',
     '{"metadata_scheme": "fooocus", "lora_combined_1": 3, "resolution": 5}', '{"base_model": {}, "performance": []}'],
)  # fmt: skip
@pytest.mark.parametrize("key", ["parameters", "Comment", "invokeai_metadata", "sd-metadata"])
def test_objects_with_anything_in_them(text: str, key: str) -> None:
    assert read_bytes(corpus.png_with({key: text.encode()}), "a.png").info.seed is None


def test_loras_that_civitai_lists_by_kind_or_by_address() -> None:
    listed = [
        {"air": "urn:air:sdxl:checkpoint:civitai:1@2", "modelName": "Reeds"},
        {"air": "urn:air:sdxl:lora:civitai:3@4", "modelName": "Ink", "weight": 0.6},
        {"type": "LoCon", "modelName": "Grain", "weight": 0.5}, {"type": "dora", "modelName": "Dew", "weight": 0.4},
        {"type": "embed", "modelName": "Words"},
    ]  # fmt: skip
    text = f"{WORDS}\nSteps: 20, Sampler: Euler, Seed: 42, Civitai resources: {json.dumps(listed)}"
    found = of_png(parameters=text.encode())
    assert found.models == (UsedModel("Reeds"),)
    assert found.loras == (UsedLora("Ink", 0.6), UsedLora("Grain", 0.5), UsedLora("Dew", 0.4))


def test_draw_things_goes_before_its_own_description() -> None:
    described = f"{WORDS}\nSteps: 20, Sampler: Euler, Guidance Scale: 4.5, Seed: 42, Size: 832x1216, Model: reeds_v2"
    found = of_png(Description=described.encode(), parameters=json.dumps(DRAW).encode())
    assert basics(found) == ("drawthings", WORDS, AGAINST, 42, 20, 4.5)


def test_the_first_of_novelai_and_a_command_without_quotes() -> None:
    first = json.dumps({key: NOVEL[key] for key in ("uc", "seed", "steps", "scale", "sampler")})
    found = of_png(Software=b"NovelAI", Description=WORDS.encode(), Comment=first.encode())
    assert basics(found) == ("novelai", WORDS, AGAINST, 42, 20, 4.5)
    line = f"{WORDS} [{AGAINST}] -s20 -S42 -W512 -H640 -C4.5 -Ak_lms"
    assert basics(of_png(Dream=line.encode())) == ("invokeai", WORDS, AGAINST, 42, 20, 4.5)
    assert of_png(Dream=b"of a boat").source is None
