"""The editor's graph, read when the graph that ran is missing."""

from __future__ import annotations

from typing import Any

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, graphs


def drawn(
    id_: int, kind: str, widgets: Any = None, inputs: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    sockets = [{"name": name, "type": "*", "link": link} for name, link in (inputs or {}).items()]
    return {"id": id_, "type": kind, "mode": 0, "inputs": sockets, "outputs": [], "widgets_values": widgets, **more}


def two_pass() -> dict[str, Any]:
    nodes = [
        drawn(1, "UNETLoader", ["high.safetensors", "default"]),
        drawn(2, "UNETLoader", ["low.safetensors", "default"]),
        drawn(3, "LoraLoaderModelOnly", ["speed.safetensors", 0.9], {"model": 1}),
        drawn(5, "ModelSamplingSD3", [8.0], {"model": 2}),
        drawn(6, "ModelSamplingSD3", [5.0], {"model": 3}),
        drawn(9, "CLIPTextEncode", ["a harbour"], {"clip": None}),
        drawn(10, "CLIPTextEncode", ["blurry"], {"clip": None}),
        drawn(12, "WanImageToVideo", [832, 480, 81, 1], {"positive": 4, "negative": 5}),
        drawn(13, "KSamplerAdvanced", ["enable", 11, "randomize", 20, 3.5, "euler", "simple", 0, 10, "enable"],
              {"model": 6, "positive": 7, "negative": 8, "latent_image": 9}),
        drawn(14, "KSamplerAdvanced", ["disable", 0, "fixed", 20, 3.5, "euler", "simple", 10, 10000, "disable"],
              {"model": 10, "positive": 11, "negative": 12, "latent_image": 13}),
        drawn(15, "VAEDecode", [], {"samples": 14}),
        drawn(16, "VHS_VideoCombine", {"frame_rate": 16, "format": "video/h264-mp4"}, {"images": 15}),
        drawn(17, "Note", ["remember the tide"]),
    ]  # fmt: skip
    links = [
        [1, 1, 0, 3, 0, "MODEL"], [2, 3, 0, 5, 0, "MODEL"], [3, 2, 0, 6, 0, "MODEL"], [4, 9, 0, 12, 0, "CONDITIONING"],
        [5, 10, 0, 12, 1, "CONDITIONING"], [6, 5, 0, 13, 0, "MODEL"], [7, 12, 0, 13, 1, "CONDITIONING"],
        [8, 12, 1, 13, 2, "CONDITIONING"], [9, 12, 2, 13, 3, "LATENT"], [10, 6, 0, 14, 0, "MODEL"],
        [11, 12, 0, 14, 1, "CONDITIONING"], [12, 12, 1, 14, 2, "CONDITIONING"], [13, 13, 0, 14, 3, "LATENT"],
        [14, 14, 0, 15, 0, "LATENT"], [15, 15, 0, 16, 0, "IMAGE"],
    ]  # fmt: skip
    return {"nodes": nodes, "links": links, "version": 0.4}


def by_id(graph: dict[str, Any], id_: int) -> dict[str, Any]:
    return next(node for node in graph["nodes"] if node["id"] == id_)


def info(graph: dict[str, Any], **others: Any) -> GenerationInfo:
    return read_bytes(corpus.png_with({"workflow": graph, **others}), "a.png").info


def test_two_passes() -> None:
    found = info(two_pass())
    assert (found.source, found.prompt, found.negative_prompt) == ("workflow", "a harbour", "blurry")
    assert (found.seed, found.steps, found.cfg, found.sampler, found.scheduler) == (11, 20, 3.5, "euler", "simple")
    assert (found.shift, found.switch_step, found.fps) == (8.0, 10, 16.0)
    assert (found.width, found.height, found.num_frames) == (832, 480, 81)
    assert found.models == (UsedModel("high.safetensors", "high"), UsedModel("low.safetensors", "low"))
    assert found.loras == (UsedLora("speed.safetensors", 0.9, "high"),)
    assert set(found.sources.values()) == {"workflow"}


def test_the_graph_that_ran_is_preferred() -> None:
    assert info(two_pass(), prompt=graphs.one_pass()).prompt == "a mountain lake, morning light"


def test_bypassed_and_muted_nodes_are_not_used() -> None:
    graph = two_pass()
    lora = by_id(graph, 3)
    lora["mode"] = 4
    lora["inputs"][0]["type"] = "MODEL"
    lora["outputs"] = [{"name": "MODEL", "type": "MODEL", "links": [2]}]
    found = info(graph)
    assert found.loras == () and found.models[0].name == "high.safetensors"
    lora["mode"] = 2
    assert [model.name for model in info(graph).models] == ["low.safetensors"]


def test_reroutes_primitives_and_named_channels() -> None:
    graph = two_pass()
    graph["nodes"] += [
        drawn(20, "Reroute", None, {"": 21}),
        drawn(21, "PrimitiveNode", [99, "fixed"]),
        drawn(22, "SetNode", ["prompt"], {"CONDITIONING": 23}),
        drawn(23, "GetNode", ["prompt"]),
    ]
    by_id(graph, 13)["inputs"].append(
        {"name": "noise_seed", "type": "INT", "link": 22, "widget": {"name": "noise_seed"}}
    )
    graph["links"] += [
        [21, 1, 0, 20, 0, "MODEL"], [22, 21, 0, 13, 4, "INT"], [23, 9, 0, 22, 0, "CONDITIONING"],
        [24, 23, 0, 12, 0, "CONDITIONING"],
    ]  # fmt: skip
    graph["links"][0] = [1, 20, 0, 3, 0, "MODEL"]
    by_id(graph, 12)["inputs"][0]["link"] = 24
    found = info(graph)
    assert (found.seed, found.prompt, found.models[0].name) == (99, "a harbour", "high.safetensors")


def test_widgets_named_by_the_file() -> None:
    graph = two_pass()
    sampler = by_id(graph, 13)
    sampler["type"] = "KSamplerAdvancedByNobody"
    names = ("add_noise", "noise_seed", "steps", "cfg", "sampler_name", "scheduler", "start_at_step", "end_at_step")
    sampler["inputs"] += [{"name": name, "type": "*", "link": None, "widget": {"name": name}} for name in names]
    assert (info(graph).seed, info(graph).steps, info(graph).switch_step) == (11, 20, 10)


def test_power_lora_loader() -> None:
    graph = two_pass()
    lora = by_id(graph, 3)
    lora["type"] = "Power Lora Loader (rgthree)"
    lora["widgets_values"] = [{}, {"type": "PowerLoraLoaderHeaderWidget"}, {"on": True, "lora": "a", "strength": 0.5},
                              {"on": False, "lora": "b", "strength": 1}, {}, ""]  # fmt: skip
    assert info(graph).loras == (UsedLora("a", 0.5, "high"),)


def test_subgraphs() -> None:
    """Both encoders live in a subgraph; one text is a widget of the outer node, one is inside."""
    graph = two_pass()
    inner = {
        "id": "aaaa-bbbb", "name": "Words",
        "inputs": [{"id": "i", "name": "text", "type": "STRING", "linkIds": [1]}],
        "outputs": [{"id": "o", "name": "CONDITIONING", "type": "CONDITIONING", "linkIds": [2]},
                    {"id": "p", "name": "negative", "type": "CONDITIONING", "linkIds": [3]}],
        "nodes": [drawn(1, "CLIPTextEncode", [""], {"clip": None, "text": 1}), drawn(2, "CLIPTextEncode", ["fog"], {})],
        "links": [
            {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 1, "target_slot": 1, "type": "STRING"},
            {"id": 2, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "CONDITIONING"},
            {"id": 3, "origin_id": 2, "origin_slot": 0, "target_id": -20, "target_slot": 1, "type": "CONDITIONING"},
        ],
    }  # fmt: skip
    outer = drawn(40, "aaaa-bbbb", ["boats at dawn"])
    outer["inputs"] = [{"name": "text", "type": "STRING", "link": None, "widget": {"name": "text"}}]
    graph["nodes"].append(outer)
    graph["links"] += [[41, 40, 0, 12, 0, "CONDITIONING"], [42, 40, 1, 12, 1, "CONDITIONING"]]
    by_id(graph, 12)["inputs"][0]["link"], by_id(graph, 12)["inputs"][1]["link"] = 41, 42
    graph["definitions"] = {"subgraphs": [inner]}
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == ("boats at dawn", "fog")


def test_a_subgraph_inside_itself_ends() -> None:
    loop = {"id": "s", "inputs": [], "outputs": [{"name": "x"}], "nodes": [drawn(1, "s")],
            "links": [{"id": 1, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0}]}  # fmt: skip
    graph = {"nodes": [drawn(1, "s"), drawn(2, "KSampler", [1, "fixed", 2], {"positive": 1})],
             "links": [[1, 1, 0, 2, 0, "X"]], "definitions": {"subgraphs": [loop]}}  # fmt: skip
    assert info(graph).steps == 2


def test_a_graph_in_api_form_under_the_wrong_name() -> None:
    found = info(graphs.one_pass())
    assert (found.source, found.seed) == ("workflow", 7)


def test_junk_is_tolerated() -> None:
    for junk in ({"nodes": 1}, {"nodes": [1, None, {}]}, {"nodes": [{"id": 1}], "links": [1, [], {}]}, {"nodes": {}}):
        assert info(junk).source == "workflow"
    graph = two_pass()
    graph["links"] = [[1, None, [], {}, 0, 0], "x", [1, 2], *graph["links"]]
    graph["definitions"] = {"subgraphs": [None, {"id": 3}, {"id": "x"}]}
    assert info(graph).prompt == "a harbour"
