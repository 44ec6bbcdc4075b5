"""The shapes of all answers, for OpenAPI. Answers themselves are built by hand and checked against these in tests."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: who may have said what made a file, most trusted first
Source = Literal[
    "oelala", "prompt", "workflow", "a1111", "swarmui", "invokeai", "fooocus", "novelai", "drawthings", "wan2gp",
    "midjourney",
]  # fmt: skip
_EXAMPLE_ID = "8c9b1f6e-3a57-4f0c-9a55-0f0f5f3a1c11"


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": values})


class Problem(BaseModel):
    """What went wrong, as a sentence to act on."""

    model_config = _example(detail="steps: 99 is outside 2 to 40.", field="steps")
    detail: str
    field: str | None = Field(None, description="The field that is wrong, where it is one.")
    missing: list[str] | None = Field(None, description="What the engine lacks for the preset.")


class Root(BaseModel):
    model_config = _example(name="Oelala Desktop", version="1.0.0", links={"health": "/health"})
    name: str
    version: str
    links: dict[str, str]


class EngineInfo(BaseModel):
    """The engine that new jobs go to."""

    name: str
    kind: Literal["comfyui", "sketch"]
    state: Literal["connecting", "online", "offline"]
    queue: int | None = Field(description="Jobs that the server has, of everybody; null while unknown.")


class Health(BaseModel):
    model_config = _example(
        status="ok",
        version="1.0.0",
        engine={"name": "Sketch", "kind": "sketch", "state": "online", "queue": 0},
        comfyui=False,
        legacy=False,
        paused=False,
        uptime_s=12.5,
    )
    status: Literal["ok"]
    version: str
    engine: EngineInfo
    comfyui: bool = Field(description="Whether a ComfyUI server is connected.")
    legacy: bool = Field(description="Always false: the generator that came before ComfyUI is gone.")
    paused: bool = Field(description="Whether the queue is paused: jobs are taken, and none begins.")
    uptime_s: float


class QueueState(BaseModel):
    model_config = _example(paused=False)
    paused: bool


class Lora(BaseModel):
    path: str = Field(description="The name to send in lora_configs.", examples=["wan 2.2/orbit_high.safetensors"])
    name: str
    category: str = Field(description="The folder that it lies in.")
    size_mb: float | None = None


class Loras(BaseModel):
    loras: list[Lora]
    high_noise: list[Lora]
    low_noise: list[Lora]
    general: list[Lora]
    by_category: dict[str, list[Lora]]


class UnetModel(BaseModel):
    path: str = Field(description="The name to send.", examples=["wan2.2_i2v_high_noise_14B_Q6_K.gguf"])
    name: str
    size_gb: float | None = None


class UnetPair(BaseModel):
    name: str = Field(examples=["wan2.2 i2v 14B Q6_K"])
    high: UnetModel
    low: UnetModel


class UnetModels(BaseModel):
    models: list[UnetModel]
    high_noise: list[UnetModel]
    low_noise: list[UnetModel]
    pairs: list[UnetPair]


class UsedModel(BaseModel):
    name: str
    pass_: Literal["high", "low"] | None = Field(None, alias="pass")


class UsedLora(UsedModel):
    strength: float


class Metadata(BaseModel):
    """What made a file; an empty object when nothing in it tells."""

    model_config = _example(source="prompt", prompt="a harbour at dawn", seed=42, steps=6, cfg=1.0)
    source: Source | None = Field(None, description="The most trusted block found.")
    prompt: str | None = None
    negative_prompt: str | None = None
    original_t2i_prompt: str | None = None
    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    shift: float | None = None
    switch_step: int | None = None
    width: int | None = None
    height: int | None = None
    num_frames: int | None = None
    fps: float | None = None
    duration: float | None = None
    models: list[UsedModel] | None = None
    loras: list[UsedLora] | None = None
    engine: str | None = None
    workflow: str | None = None
    sources: dict[str, str] | None = Field(None, description="Field -> the block that it was taken from.")


class JobOutput(BaseModel):
    filename: str
    url: str | None = Field(description="Where the file is served; null if it was put outside the media folders.")
    kind: Literal["video", "image", "audio", "model", "file"] = Field(
        description="model: weights that were trained; file: none of the others; kept, not served."
    )
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    role: str | None = Field(None, description="clip1 …, joined; left out for a single result.")


class JobEngine(BaseModel):
    kind: str
    url: str | None
    name: str


class JobChain(BaseModel):
    id: str = Field(description="The job of the first step.", examples=[_EXAMPLE_ID])
    number: int = Field(ge=1, description="Which step this is.")
    count: int = Field(ge=1)


class Job(BaseModel):
    job_id: str = Field(examples=[_EXAMPLE_ID])
    tool: str
    preset: str
    engine: JobEngine
    state: Literal["queued", "sent", "running", "fetching", "done", "failed", "cancelled", "lost"]
    seed: int
    width: int
    height: int
    num_frames: int
    fps: float | None
    prompt: str | None
    created_at: float = Field(description="Seconds since the epoch.")
    finished_at: float | None
    retry_of: str | None
    retried_as: str | None = Field(None, description="The job that was made of a failed one, and stands for it.")
    after: str | None = Field(None, description="The job that must be done before this one goes.")
    chain: JobChain | None = Field(None, description="Its place among the steps of one wish.")
    error: str | None
    error_node: str | None = Field(None, description="Title of the node that failed.")
    error_detail: str | None = Field(None, description="The server's own words, with their traceback.")
    outputs: list[JobOutput]
    progress: float = Field(ge=0, le=1, description="Of the whole graph; 1 only when the files are here.")
    node: str | None = Field(description="The node that runs now.")
    pass_: Literal["high", "low"] | None = Field(alias="pass")
    step: int | None
    steps: int | None
    eta_s: float | None
    loss: float | None = Field(None, description="Of a training, as far as the server tells it.")
    status_url: str


class Jobs(BaseModel):
    jobs: list[Job] = Field(description="Newest first.")


class CancelledJobs(BaseModel):
    cancelled: list[str] = Field(description="Ids of jobs that waited.", examples=[[_EXAMPLE_ID]])


class SubmittedJob(BaseModel):
    job_id: str = Field(examples=[_EXAMPLE_ID])
    status: str = Field(examples=["queued"])
    status_url: str = Field(examples=[f"/jobs/{_EXAMPLE_ID}"])
    seed: int
    width: int
    height: int
    num_frames: int


class Submitted(SubmittedJob):
    model_config = _example(
        job_id=_EXAMPLE_ID,
        status="queued",
        status_url=f"/jobs/{_EXAMPLE_ID}",
        seed=42,
        width=848,
        height=480,
        num_frames=81,
        warnings=[],
    )
    warnings: list[str] = Field(description="What runs, but may not come out as wished: a sentence each.")
    jobs: list[SubmittedJob] | None = Field(None, description="All of them, when variations or steps were asked for.")


class Parameter(BaseModel):
    key: str
    kind: str
    label: str
    group: str
    needed: bool = Field(description="Whether nothing can be made without it.")
    default: Any
    minimum: float | None = Field(description="Of pictures: how many at least.")
    maximum: float | None = Field(description="Of a text: characters; of pictures: how many at most.")
    step: float | None
    choices: list[str]
    unit: str
    help: str


class MissingPart(BaseModel):
    kind: str
    name: str
    where: str
    fix: str = Field(description="What to do about it.")


class GivenInput(BaseModel):
    key: str = Field(description="The name to send it under.", examples=["video"])
    kind: Literal["picture", "pictures", "video", "sound", "mask", "dataset"]
    label: str
    needed: bool
    minimum: int = Field(description="How many at least.")
    maximum: int


class Frames(BaseModel):
    """How many frames can be made: step × k + offset of them."""

    step: int
    offset: int
    least: int
    most: int
    as_: str | None = Field(alias="as", description="The input that it is as long as.")


class Rate(BaseModel):
    """Frames per second."""

    choices: list[float]
    as_: str | None = Field(alias="as", description="The input whose rate is taken.")


class Preset(BaseModel):
    id: str = Field(examples=["image-to-video.sketch"])
    name: str
    tool: str
    category: str
    description: str
    parameters: list[Parameter]
    inputs: list[GivenInput] = Field(description="What is given as files.")
    frames: Frames | None = Field(description="null for pictures, and where only the workflow knows.")
    rate: Rate | None
    sound: bool = Field(description="Whether what it makes can be heard.")
    runnable: bool | None = Field(description="Whether the connected engine can run it; null while there is none.")
    missing: list[MissingPart]


class Presets(BaseModel):
    presets: list[Preset]
    categories: list[str]
    total: int


class TemplateModel(BaseModel):
    file: str
    folder: str
    url: str = Field(description="Where it can be had, as the workflow says; empty where it does not.")
    size: int = Field(description="Bytes; 0 while unknown.")
    state: Literal["there", "missing", "misplaced", ""] = Field(description="Empty while unknown.")
    found: str = Field(description="The folder in which a misplaced one lies.")


class TemplateFacts(BaseModel):
    """What its workflow tells beside what the engine has."""

    tools: list[str] = Field(description="Those that it fits, the likeliest first.")
    takes: list[str] = Field(description="What goes in, in words.", examples=[["Picture", "Prompt"]])
    models: list[TemplateModel]
    has_sound: bool
    lacking: list[str] = Field(description="Node classes that the engine does not have.")
    fault: str = Field(description="Why no preset can be made of it; empty if one can.")
    ready: bool


class Template(BaseModel):
    name: str = Field(examples=["sketch_text_to_video"])
    title: str
    description: str
    output: Literal["video", "image", "audio", "3d", ""] = Field(description="Empty where the list does not say.")
    tags: list[str]
    models: list[str] = Field(description="Families of models, in words.")
    date: str
    uses: int = Field(description="How often people ran it, as the list says.")
    size: int = Field(description="Bytes of its model files; 0 where the list does not say.")
    memory: int = Field(description="Bytes of a GPU's memory; 0 where the list does not say.")
    pictures: int
    needs_version: str
    open: bool = Field(description="False for what runs on paid nodes of somebody else's.")
    facts: TemplateFacts | None = Field(description="null while its workflow was not read.")


class TemplateListing(BaseModel):
    templates: list[Template]
    total: int = Field(description="How many fit what was asked for.")
    server: str
    offline: bool = Field(description="Whether this is the last list of a server that does not answer.")
    reason: str = Field(description="Why there is none, or an old one; else empty.")
    next_cursor: str | None


class MediaEntry(BaseModel):
    filename: str
    type: Literal["video", "image"]
    size: int = Field(description="Bytes.")
    mtime: float = Field(description="Seconds since the epoch.")
    modified: str = Field(description="The same as ISO 8601, in UTC.")
    url: str
    thumbnail_url: str
    is_start_image: bool
    favorite: bool
    has_sound: bool = Field(description="Whether a video has a sound track.")
    metadata: Metadata | None = None


class MediaStats(BaseModel):
    videos: int
    images: int


class MediaListing(BaseModel):
    media: list[MediaEntry]
    stats: MediaStats = Field(description="Of all that is indexed, whatever the filter.")
    next_cursor: str | None


class Logs(BaseModel):
    lines: list[str]
