"""The tools and the vocabulary of settings that they share. Data: nothing here knows a preset or a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .errors import NotFound
from .field import Field, FieldKind
from .frame_rule import WAN
from .geometry import ASPECTS, RESOLUTIONS
from .inputs import companions
from .memory_split import parse_allocations
from .obstacle import obstructed
from .spelling import nearest
from .training import file_stem, one_line

DEFAULT_NEGATIVE = (
    "low quality, blurry, out of focus, unstable camera, artifacts, distortion, overexposed, underexposed, "
    "flickering, jitter, ghosting, deformed"
)
DEFAULT_ALLOCATIONS = "cuda:0,0.25gb;cuda:1,8gb;cpu,*"
FRAME_RATES = ("8", "12", "16", "24")
MAX_PROMPT = 20_000  # characters, unless a preset says less

_K = FieldKind
_INPUTS = (
    Field("image", _K.PICTURE, "Picture", "picture", help="The first frame of the video."),
    Field("end_image", _K.PICTURE, "End picture", "picture", help="The video ends on it."),
    Field("images", _K.PICTURES, "Pictures", "picture", minimum=0, maximum=8, help="In their order."),
    Field("video", _K.VIDEO, "Video", "picture", help="The video to go by."),
    Field("sound", _K.SOUND, "Sound", "picture", help="The sound to go by."),
    Field("mask", _K.MASK, "Mask", "picture", help="White is where something may change."),
    Field(
        "dataset",
        _K.DATASET,
        "Pictures with captions",
        "picture",
        help="A folder of pictures to learn from (PNG, JPEG, WebP), the caption of each in a text of the same name.",
    ),
)
_FIELDS = (
    *(field for given in _INPUTS for field in (given, *companions(given))),
    Field("prompt", _K.TEXT, "Prompt", "prompt", default="", maximum=MAX_PROMPT, help="What should happen."),
    Field(
        "negative_prompt",
        _K.TEXT,
        "Negative prompt",
        "prompt",
        default=DEFAULT_NEGATIVE,
        maximum=MAX_PROMPT,
        help="What to keep out.",
    ),
    Field(
        "choices",
        _K.SWITCH,
        "Choices",
        "prompt",
        default=False,
        help="The seed draws {a|b}, {2-3$$a|b|c} and __name__ (a line of a wildcard) in both prompts.",
    ),
    Field("resolution", _K.CHOICE, "Resolution", "size", default="480p", choices=tuple(RESOLUTIONS)),
    Field("aspect_ratio", _K.CHOICE, "Aspect", "size", default="auto", choices=("auto", *ASPECTS)),
    Field("duration", _K.NUMBER, "Duration", "size", default=5.0, minimum=1, maximum=15, step=1, unit="s"),
    Field("num_frames", _K.INTEGER, "Frames", "size", minimum=WAN.least, maximum=WAN.most, step=WAN.step),
    Field("fps", _K.INTEGER, "Rate", "size", default=16, choices=FRAME_RATES),
    Field(
        "factor",
        _K.NUMBER,
        "Larger",
        "size",
        default=2.0,
        minimum=1,
        maximum=8,
        step=0.5,
        unit="×",
        help="So many times as wide and as high.",
    ),
    Field(
        "smooth",
        _K.INTEGER,
        "Smoother motion",
        "size",
        default=1,
        choices=("1", "2", "3", "4", "8", "16"),
        unit="×",
        help="So many frames for each one: 1 leaves them as they are.",
    ),
    Field("place", _K.POINT, "Place", "size", help="Where what is given lies in the new frame; the middle by itself."),
    Field(
        "clip_count",
        _K.INTEGER,
        "Extend",
        "size",
        default=1,
        minimum=1,
        maximum=5,
        step=1,
        unit="clips",
        help="Clips chained on the last frame of the one before.",
    ),
    Field("unet_high_noise", _K.MODEL, "High noise model", "model"),
    Field("unet_low_noise", _K.MODEL, "Low noise model", "model"),
    Field("checkpoint", _K.MODEL, "Checkpoint", "model"),
    Field("vae", _K.MODEL, "VAE", "model"),
    Field("text_encoder", _K.MODEL, "Text encoder", "model"),
    Field("lora_configs", _K.LORAS, "LoRA", "lora", default=()),
    Field("steps", _K.INTEGER, "Steps", "sampling", default=6, minimum=1, maximum=40, step=1),
    Field(
        "switch_step",
        _K.INTEGER,
        "Switch step",
        "sampling",
        default=3,
        minimum=1,
        maximum=39,
        step=1,
        help="The step at which the low noise model takes over.",
    ),
    Field("cfg", _K.NUMBER, "CFG", "sampling", default=1.0, minimum=1, maximum=10, step=0.5),
    Field("guidance", _K.NUMBER, "Guidance", "sampling", default=3.5, minimum=0, maximum=30, step=0.5),
    Field(
        "strength",
        _K.NUMBER,
        "Strength",
        "sampling",
        default=0.6,
        minimum=0.05,
        maximum=1,
        step=0.05,
        help="How much of what is given may change.",
    ),
    Field("sampler", _K.CHOICE, "Sampler", "sampling", default="uni_pc", open_choices=True),
    Field("scheduler", _K.CHOICE, "Scheduler", "sampling", default="normal", open_choices=True),
    Field("shift", _K.NUMBER, "Shift", "sampling", default=5.0, minimum=0, maximum=100, step=0.5),
    Field("seed", _K.SEED, "Seed", "sampling", default=-1, minimum=-1, help="−1 draws one for each job."),
    Field(
        "variations",
        _K.INTEGER,
        "Variations",
        "sampling",
        default=1,
        minimum=1,
        maximum=16,
        step=1,
        help="That many jobs, each with a seed of its own.",
    ),
    Field(
        "trigger",
        _K.LINE,
        "Trigger word",
        "training",
        default="",
        maximum=100,
        rule=one_line,
        help="Put before every caption: the word that calls up in a prompt what was learnt.",
    ),
    Field(
        "lora_name",
        _K.LINE,
        "Name",
        "training",
        default="",
        maximum=60,
        rule=file_stem,
        help="What the file is called.",
    ),
    Field(
        "train_size",
        _K.INTEGER,
        "Picture size",
        "training",
        default=1024,
        minimum=256,
        maximum=2048,
        step=64,
        unit="px",
        help="The shorter side of every picture while it is learnt from.",
    ),
    Field("square", _K.SWITCH, "Cut square", "training", default=True, help="Takes the middle of every picture."),
    Field(
        "learning_rate",
        _K.NUMBER,
        "Learning rate",
        "training",
        default=0.0005,
        minimum=1e-7,
        maximum=1,
        step=0.0001,
    ),
    Field("rank", _K.INTEGER, "Rank", "training", default=8, minimum=1, maximum=128, step=1),
    Field("batch_size", _K.INTEGER, "Batch size", "training", default=1, minimum=1, maximum=64, step=1),
    Field("algorithm", _K.CHOICE, "Algorithm", "training", default="LoRA", open_choices=True),
    Field("optimizer", _K.CHOICE, "Optimizer", "training", default="AdamW", open_choices=True),
    Field("loss_function", _K.CHOICE, "Loss function", "training", default="MSE", open_choices=True),
    Field("sage_attention", _K.SWITCH, "SageAttention", "memory", default=False, help="Faster attention."),
    Field(
        "expert_mode_allocations",
        _K.LINE,
        "Memory split",
        "memory",
        default=DEFAULT_ALLOCATIONS,
        maximum=500,
        rule=parse_allocations,
        help="How much of each model lies on which device.",
    ),
)
#: every settings key of the product, by key
VOCABULARY: Mapping[str, Field] = {f.key: f for f in _FIELDS}


@dataclass(frozen=True, slots=True)
class Tool:
    """One page of the window, in a `group` of its sidebar; without one it has no page. `output` is "video", "image",
    "model" or "file"; `task` names the weights it wants for warnings; `needs` are the inputs that must be there where a
    preset has them and does not say otherwise; `own` are fields in place of the shared ones of their keys."""

    id: str
    name: str
    group: str
    output: str
    task: str
    keys: tuple[str, ...]
    needs: tuple[str, ...] = ()
    own: tuple[Field, ...] = ()

    @property
    def has_page(self) -> bool:
        return bool(self.group)

    @property
    def needs_picture(self) -> bool:
        return "image" in self.needs

    @property
    def takes_either(self) -> bool:
        """Whether it goes by a picture or a video, as its presets do."""
        return {"image", "video"} <= set(self.needs)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(self.vocabulary[key] for key in self.keys)

    @property
    def vocabulary(self) -> Mapping[str, Field]:
        """Every settings key of the product, as this tool has it."""
        return {**VOCABULARY, **{field.key: field for field in self.own}} if self.own else VOCABULARY

    @property
    def first_fields(self) -> tuple[Field, ...]:
        """What a page shows until its preset is known: no more inputs than most presets take."""
        usual = (*self.needs, "end_image") if self.output == "video" and self.needs_picture else self.needs[:1]
        return tuple(field for field in self.fields if field.key not in _GIVEN or field.key in usual)

    def known(self, extra: Mapping[str, Field] | None = None) -> dict[str, Field]:
        """Every setting that may be given, by key; `extra` are a preset's own fields."""
        known = {f.key: f for f in self.fields} | dict(extra or {})
        return known | {f.key: f for field in (extra or {}).values() for f in companions(field) if f.key not in known}

    def check(self, values: Mapping[str, object], extra: Mapping[str, Field] | None = None) -> dict[str, object]:
        """All `values` checked, whether or not a preset uses them; `extra` are a preset's own fields.

        Raises InvalidField for the first unknown key (naming the nearest known one) or wrong value."""
        known = self.known(extra)
        out: dict[str, object] = {}
        for key, value in values.items():
            if key == "preset":
                continue
            if key in VOCABULARY and VOCABULARY[key].is_input and key not in known:
                raise obstructed(key, "takes_no", tool=self.name, label=VOCABULARY[key].label.lower())
            if key not in known:
                near = nearest(key, list(known))
                raise obstructed(key, "unknown", tool=self.name, near=near, known=list(known))
            out[key] = known[key].check(value)
        return out


_GIVEN = frozenset(f.key for given in _INPUTS for f in (given, *companions(given)))
#: settings of single tools; a preset that gives one a kind has its own of that name
_TRAINING = (
    "trigger",
    "lora_name",
    "train_size",
    "square",
    "learning_rate",
    "rank",
    "batch_size",
    "algorithm",
    "optimizer",
    "loss_function",
)
PARTICULAR = ("strength", "factor", "smooth", "place", "dataset", *_TRAINING)
_SHARED = tuple(k for k in VOCABULARY if k not in _GIVEN and k not in PARTICULAR)
_STILL = tuple(k for k in _SHARED if k not in ("duration", "num_frames", "fps", "clip_count"))
#: inputs of the tools that go by pictures alone; a still has no sound
_PICTURED = tuple(k for k in VOCABULARY if k in ("image", "crop", "images", "mask"))
_ALL = tuple(k for k in VOCABULARY if k not in PARTICULAR)
#: of the tools that go by a picture or a video, and make the same
_EITHER = tuple(k for k in _ALL if k not in ("end_image", "clip_count"))
_MODELS = ("checkpoint", "vae", "text_encoder")
_TRAINED = ("dataset", *_TRAINING[:2], *_MODELS, "steps", *_TRAINING[2:], "seed")
_TRAIN_OWN = (
    Field("steps", _K.INTEGER, "Steps", "training", default=1000, minimum=2, maximum=100_000, step=50),
    replace(VOCABULARY["seed"], group="training", help="−1 draws one."),
)
_VIDEO, _IMAGE = "Video Tools", "Image Tools"

#: in the sidebar's order; a tool without presets shows as "soon"
TOOLS: Mapping[str, Tool] = {
    tool.id: tool
    for tool in (
        Tool("text-to-video", "Text to Video", _VIDEO, "video", "t2v", _SHARED),
        Tool("image-to-video", "Image to Video", _VIDEO, "video", "i2v", _ALL, ("image",)),
        Tool("video-to-video", "Video to Video", _VIDEO, "video", "v2v", (*_ALL, "strength"), ("video",)),
        Tool("text-to-image", "Text to Image", _IMAGE, "image", "t2i", _STILL),
        Tool("image-to-image", "Image to Image", _IMAGE, "image", "i2i", (*_PICTURED, *_STILL, "strength"), ("image",)),
        Tool("reframe", "Reframe", _IMAGE, "image", "i2i", (*_EITHER, "place"), ("image", "video")),
        Tool("face-swap", "Face Swap", _IMAGE, "image", "i2i", _EITHER, ("image", "video")),
        Tool("upscaler", "Upscaler", _IMAGE, "image", "i2i", (*_EITHER, "factor", "smooth"), ("image", "video")),
        Tool("train-lora", "Train LoRA", "Training", "model", "train", _TRAINED, ("dataset",), _TRAIN_OWN),
        Tool("improve", "Improve", "", "file", "other", ("image", "crop", "prompt", "seed")),
        Tool("other", "Other", "", "file", "other", _ALL),
    )
}
#: ids of those that the window has a page for
PAGED = frozenset(tool.id for tool in TOOLS.values() if tool.has_page)
#: of workflows that make sounds, 3D or texts: command line and API run them
OTHER = TOOLS["other"]


def find_tool(name: str) -> Tool:
    """The tool of that id. Raises NotFound with the nearest id."""
    if name in TOOLS:
        return TOOLS[name]
    near = nearest(name, list(TOOLS))
    hint = f" Did you mean {near}?" if near else ""
    raise NotFound(f"There is no tool named {name}.{hint} Tools: {', '.join(TOOLS)}.")
