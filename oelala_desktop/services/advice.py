"""What can be queued as it is, but may not come out as wished, and what the server would not take: said before anything
is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from oelala_desktop.domain.errors import InvalidPicture
from oelala_desktop.domain.models import noise_pass, pair_warnings
from oelala_desktop.domain.preset import Preset, Request
from oelala_desktop.storage.jobs import JobStore

from .engine import Engine
from .eta import place_key
from .inability import left_out
from .pictures import Picture

_FORM = 1024  # bytes of a form around a picture


async def advice(
    store: JobStore,
    engine: Engine,
    preset: Preset,
    request: Request,
    pictures: Iterable[Picture],
    unable: Mapping[str, str] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Sentences on pictures, models and memory, most telling first; empty when there is nothing to say. `unable` are
    node classes that are there but fail (class -> why)."""
    said = [picture.warning for picture in pictures if picture.warning]
    size = request.width, request.height, max(1, request.num_frames)
    return (
        *_models(preset, request),
        *_loras(preset, request),
        *_parts(preset, request, engine, unable),
        *await memory_advice(store, engine, request.preset, size),
        *said,
    )


def check_upload(pictures: Mapping[str, Picture], limit: int | None) -> None:
    """Raises InvalidPicture for a picture that goes beyond what the server takes in one request (bytes, None where it
    does not say)."""
    for key, picture in pictures.items():
        size = len(picture.content)
        if limit is not None and size + _FORM > limit:
            raise InvalidPicture(
                key,
                f"{picture.path.name} is too large for this server: {size / 10**6:.1f} MB would go up, and ComfyUI "
                f"there takes {limit / 10**6:.1f} MB (--max-upload-size). Scale it down, or raise that limit.",
            )


def _parts(preset: Preset, request: Request, engine: Engine, unable: Mapping[str, str]) -> tuple[str, ...]:
    """What the preset has, and this server too, but cannot run."""
    wanted = [part for part in preset.optional if preset.fields[part.key].default or request.values.get(part.key)]
    missing = [part for part in wanted if part.class_type in unable]
    return tuple(left_out(part, engine.name, unable[part.class_type]) for part in missing)


def _models(preset: Preset, request: Request) -> tuple[str, ...]:
    keys = {model.key for model in preset.models}
    if not {"unet_high_noise", "unet_low_noise"} <= keys:
        return ()
    high, low = (str(request.values.get(key) or "") for key in ("unet_high_noise", "unet_low_noise"))
    return pair_warnings(high, low, task=preset.tool.task)


def _loras(preset: Preset, request: Request) -> Iterator[str]:
    """A half of a LoRA that goes into both passes, as its other half is not there."""
    if preset.loras is None or preset.loras.low is None:
        return
    for row in request.values.get("lora_configs") or ():
        high = str(row.get("high") or "")
        side = noise_pass(high) if row.get("enabled", True) and row.get("low", high) == high else None
        if side is not None:
            other = "low" if side == "high" else "high"
            yield (
                f"{high} is made for the {side} noise pass and goes into both: its {other} noise half was not found. "
                "Choose another file, or none, for the low pass."
            )


async def memory_advice(store: JobStore, engine: Engine, preset_id: str, size: tuple[int, int, int]) -> tuple[str, ...]:
    """What is larger than all that has come through there may run out of memory. `size` is width and height in pixels
    and the number of frames."""
    largest = None if engine.is_sketch else await store.largest(place_key(engine.ref), preset_id)
    if largest is None or _volume(size) <= _volume(largest):
        return ()
    return (
        f"{_words(size)} is more than this preset has managed on {engine.name} so far ({_words(largest)}); "
        "it may run out of memory.",
    )


def _volume(size: tuple[int, int, int]) -> int:
    width, height, frames = size
    return width * height * frames


def _words(size: tuple[int, int, int]) -> str:
    width, height, frames = size
    return f"{width} × {height}" + (f" with {frames} frames" if frames > 1 else "")
