"""The allocation text of DisTorch2 loaders: "device,amount;device,amount", amounts in gb or * for the rest."""

from __future__ import annotations

import re

from .obstacle import obstructed

_PART = r"([a-z]+(?::\d+)?),(\*|\d+(\.\d+)?(gb|g|mb|m|%)?)"
_KEY = "expert_mode_allocations"


def parse_allocations(text: str) -> list[tuple[str, str]]:
    """(device, amount) in order. Raises InvalidField for a part of another form."""
    out = []
    for raw in filter(None, (p.strip() for p in text.split(";"))):
        match = re.match(rf"^{_PART}$", raw.replace(" ", ""), re.IGNORECASE)
        if match is None:
            raise obstructed(_KEY, "split_form", given=raw)
        out.append((match[1], match[2]))
    return out


def check_allocations(text: str, devices: tuple[str, ...]) -> None:
    """Raises InvalidField for a malformed text, a device the server lacks, or no device but the processor
    (which loads and then fails while sampling). Empty text leaves the split to the loader."""
    parts = parse_allocations(text)
    for device, _ in parts:
        if devices and device not in devices:
            raise obstructed(_KEY, "split_device", given=device, devices=list(devices))
    if parts and all(device == "cpu" for device, _ in parts):
        raise obstructed(_KEY, "split_cpu_alone")


def fit_allocations(text: str, devices: tuple[str, ...]) -> str:
    """The default text for a server with these devices: as it is if all are there, one GPU's share if there is one,
    empty (the loader decides) without any."""
    if not devices or all(device in devices for device, _ in parse_allocations(text)):
        return text
    gpu = next((d for d in devices if d != "cpu"), None)
    return f"{gpu},8gb;cpu,*" if gpu else ""
