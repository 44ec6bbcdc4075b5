"""What a LoRA is trained on and what a log tells of it; and a graph that fits the version of its server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.adopt import adopt
from oelala_desktop.domain.errors import InvalidField, InvalidPreset
from oelala_desktop.domain.eta import amount_of_work
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.job import Output, Progress
from oelala_desktop.domain.passes import parts_of, sampling_steps
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.renewal import renewed
from oelala_desktop.domain.savers import saves_models, untold_files
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.domain.training import captioned, loss_in, repeats, with_loss
from tests.unit.domain.made_presets import MADE, made
from tests.unit.domain.samples import build, by_title, shipped, some_job
from tests.unit.node_table import CLASSES, EVERYTHING

TRAIN = TOOLS["train-lora"]
#: as tqdm writes it over itself
LINE = "\rTraining LoRA:  {percent}%|███  | {step}/{steps} [00:08<00:12,  1.21s/it, loss={loss}]"


@pytest.mark.parametrize(
    ("trigger", "caption", "trained"),
    [
        ("hrbr", "a harbour", "hrbr, a harbour"),
        ("hrbr", "hrbr, a harbour", "hrbr, a harbour"),
        ("hrbr", "hrbr at dawn", "hrbr at dawn"),
        ("hrbr", "hrbrs at dawn", "hrbr, hrbrs at dawn"),
        ("hrbr", " \n", "hrbr"),
        ("hrbr", "hrbr", "hrbr"),
        (" ", " a harbour\n", "a harbour"),
        ("", "", ""),
        ("h.r (1)", "h.r (1) at dawn", "h.r (1) at dawn"),
    ],
)
def test_the_trigger_word_stands_before_every_caption_once(trigger: str, caption: str, trained: str) -> None:
    assert captioned(trigger, caption) == trained
    assert captioned(trigger, trained) == trained


@pytest.mark.parametrize(
    ("folder", "times"),
    [("10_harbour", 10), ("1_x", 1), ("0_x", 0), ("harbour", 0), ("10", 0), ("10x_y", 0), ("1000_x", 0)],
)
def test_a_folder_s_name_says_how_often_its_pictures_are_shown(folder: str, times: int) -> None:
    assert repeats(folder) == times


@pytest.mark.parametrize(
    ("line", "point"),
    [
        (LINE.format(percent=40, step=4, steps=10, loss="0.1234"), (4, 0.1234)),
        (LINE.format(percent=100, step=1000, steps=1000, loss="12.0"), (1000, 12.0)),
        (LINE.format(percent=1, step=1, steps=100, loss="1.5e-05"), (1, 1.5e-05)),
        (LINE.format(percent=40, step=4, steps=10, loss="nan"), None),
        ("Training LoRA:   0%|     | 0/10 [00:00<?, ?it/s]", None),
        (" 40%|████ | 4/10 [00:08<00:12,  1.21s/it]", None),
        ("Loaded 3 images from somewhere.", None),
    ],
)
def test_what_a_line_of_a_log_tells_of_a_training(line: str, point: tuple[int, float] | None) -> None:
    assert loss_in(line) == point


def test_a_curve_of_any_length_keeps_its_ends_and_few_points() -> None:
    losses: tuple[tuple[int, float], ...] = ()
    for step in range(1, 5001):
        losses = with_loss(losses, (step, 1 / step))
    assert losses[0] == (1, 1.0) and losses[-1] == (5000, 1 / 5000)
    assert 100 < len(losses) <= 400
    assert list(losses) == sorted(losses)
    assert with_loss(losses, (4999, 7.0)) is losses, "a line that comes late, or twice, changes nothing"
    assert Progress(losses=losses).loss == 1 / 5000 and Progress().loss is None


@pytest.mark.parametrize("preset", ["sdxl", "sd15", "z-image"])
def test_an_older_server_gets_what_it_knows(preset: str) -> None:
    new = CLASSES["TrainLoraNode"]
    newer = {"quantized_backward", "checkpoint_depth", "offloading", "bypass_mode"}
    inputs = {name: kind for name, kind in new.inputs.items() if name not in newer}
    old = replace(new, inputs=inputs, outputs=("MODEL", "LORA_MODEL", "LOSS_MAP", "INT"))
    before = replace(EVERYTHING, classes={**CLASSES, "TrainLoraNode": old})
    for catalog, slots, known in ((EVERYTHING, [0, 1], newer), (before, [1, 2], set())):
        graph = build(f"train-lora.{preset}", catalog=catalog)
        train = by_title(graph, "Train")
        assert newer & train.keys() == known
        assert [by_title(graph, "Save LoRA")["lora"][1], by_title(graph, "Loss curve")["loss"][1]] == slots
        assert set(new.inputs) - newer <= train.keys()


def test_pictures_are_cut_square_unless_they_are_to_keep_their_shape() -> None:
    square = build("train-lora.sd15", {"train_size": 768})
    assert [by_title(square, "Crop")[side] for side in ("width", "height")] == [768, 768]
    assert by_title(square, "Scale")["shorter_edge"] == 768
    plain = build("train-lora.sd15", {"square": False})
    titles = {row["_meta"]["title"]: number for number, row in plain.items()}
    assert "Crop" not in titles and by_title(plain, "Encode")["images"] == [titles["Scale"], 0]


def test_the_prefix_of_what_is_trained_is_the_job_s_own_and_its_file_foreseen() -> None:
    graph = build("train-lora.sdxl")
    (file,) = untold_files(graph, "oelala/x")
    assert (file.path, file.type) == ("oelala/x_00001_.safetensors", "output")
    assert saves_models(graph) and not saves_models(build("text-to-image.sdxl"))
    assert untold_files(build("text-to-image.sdxl"), "oelala/x") == ()
    job = some_job(graph=graph, prefix="oelala/x", seed=1234)
    again = renewed(job, "j2", 7, 0.0, 1.0)
    assert [file.path for file in untold_files(again.graph, again.prefix)] == ["oelala/j2_00001_.safetensors"]


def test_a_setting_of_a_training_is_checked() -> None:
    assert TRAIN.check({"steps": 5000})["steps"] == 5000
    assert TOOLS["text-to-image"].vocabulary["steps"].maximum == 40
    for key, value, words in (
        ("steps", 1, "outside 2 to 100000"),
        ("trigger", "a\nb", "on one line"),
        ("lora_name", "a/b", "cannot be called so"),
        ("lora_name", "a.", "cannot be called so"),
        ("dataset", 7, "list of files"),
        ("prompt", "a boat", "not a setting of Train LoRA"),
    ):
        with pytest.raises(InvalidField, match=words):
            TRAIN.check({key: value})


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("pictures", "pictures"),
        (["a.png", "b.png"], ["a.png", "b.png"]),
        ('["a.png"]', ["a.png"]),
        ("", None),
        ([], None),
    ],
)
def test_a_dataset_is_a_folder_or_files(given: Any, taken: Any) -> None:
    field = TRAIN.vocabulary["dataset"]
    assert field.check(given) == taken
    assert field.holds(given) and not field.holds(7) and not field.holds([7])


@pytest.mark.parametrize(
    ("trigger", "words"),
    [("", "learnt with no words at all."), ("hrbr", "learnt with the trigger word alone.")],
)
def test_pictures_without_captions_are_told(trigger: str, words: str) -> None:
    preset = shipped("train-lora.sdxl")
    given = Given("pictures", "dataset", size=5, count=12, uncaptioned=3)
    wish = {"dataset": "pictures", "trigger": trigger}
    found = plan(TRAIN, (preset,), wish, {"dataset": (given,)}, EVERYTHING)
    assert isinstance(found, Plan)
    assert [str(said) for said in found.advice] == [f"3 of 12 pictures have no caption; what is in them is {words}"]
    assert (found.request.width, found.request.num_frames) == (0, 1)
    missing = plan(TRAIN, (preset,), {}, {}, EVERYTHING)
    assert not isinstance(missing, Plan)
    assert missing.sentence == "Pictures with captions are missing: give them with dataset."


def test_what_stands_for_a_training_is_the_lora() -> None:
    curve = Output("/o/a_curve.png", "image", 840, 520, 1, None, "curve")
    lora = Output("/o/a.safetensors", "model", None, None, None, None)
    job = some_job(outputs=(lora, curve), values={"steps": 10, "train_size": 512, "batch_size": 2})
    assert job.main_output == lora and not lora.is_visual
    assert amount_of_work(job) == 512 * 512 * 2 * job.num_frames * 10
    named = replace(job, values={**job.values, "batch_size": "large"})  # a preset's own
    assert amount_of_work(named) == 512 * 512 * job.num_frames * 10
    assert [part.kind for part in parts_of(build("train-lora.sdxl"))] == ["train", "rest"]
    assert sampling_steps({"class_type": "TrainLoraNode", "inputs": {"steps": 300}}) == 300


def test_a_workflow_that_trains_is_one_of_that_page() -> None:
    adoption = adopt(dict(shipped("train-lora.sdxl").template))
    assert [tool.id for tool in adoption.tools] == ["train-lora"]
    found = {exposure.key: exposure for exposure in adoption.exposures}
    assert found["dataset"].into == ("Pictures with captions.folder",)
    assert "Save LoRA.prefix" in found["filename"].into


def test_an_output_by_its_type_needs_a_link() -> None:
    assert shipped("train-lora.sdxl").outputs == {"Save LoRA.lora": "LORA_MODEL", "Loss curve.loss": "LOSS_MAP"}
    name = sorted(MADE)[0]
    target = next(target for targets in made(name).into.values() for target in targets)
    with pytest.raises(InvalidPreset, match="nothing leads to"):
        made(name, outputs={target: "IMAGE"})
