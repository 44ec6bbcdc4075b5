"""The allocation text of the DisTorch2 loaders."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.memory_split import check_allocations, fit_allocations
from oelala_desktop.domain.tool import DEFAULT_ALLOCATIONS

TWO_GPUS = ("cpu", "cuda:0", "cuda:1")


@pytest.mark.parametrize(
    "text", ["", DEFAULT_ALLOCATIONS, "cuda:0,8gb", "cuda:0, 512 mb ; cpu , *", "cuda:1,50%;cpu,*", "cuda:0,1.5G;"]
)
def test_right_texts(text: str) -> None:
    check_allocations(text, TWO_GPUS)
    check_allocations(text, ())


@pytest.mark.parametrize(
    ("text", "devices", "words"),
    [
        ("cuda:0", TWO_GPUS, "“cuda:0” is not of the form cuda:0,8gb"),
        ("cuda:0,lots", TWO_GPUS, "not of the form"),
        ("8gb,cuda:0", TWO_GPUS, "not of the form"),
        ("cuda:2,8gb", TWO_GPUS, "no device cuda:2; it has cpu, cuda:0, cuda:1"),
        ("cpu,*", TWO_GPUS, "the processor alone fails"),
        ("cpu,4gb;cpu,*", (), "the processor alone fails"),
    ],
)
def test_wrong_texts(text: str, devices: tuple[str, ...], words: str) -> None:
    with pytest.raises(InvalidField, match=words) as caught:
        check_allocations(text, devices)
    assert caught.value.field == "expert_mode_allocations"


@pytest.mark.parametrize(
    ("devices", "fitted"),
    [
        (TWO_GPUS, DEFAULT_ALLOCATIONS),
        ((), DEFAULT_ALLOCATIONS),
        (("cpu", "cuda:0"), "cuda:0,8gb;cpu,*"),
        (("cpu", "mps"), "mps,8gb;cpu,*"),
        (("cpu",), ""),
    ],
)
def test_the_default_fits_the_server(devices: tuple[str, ...], fitted: str) -> None:
    assert fit_allocations(DEFAULT_ALLOCATIONS, devices) == fitted
    check_allocations(fitted, devices)
