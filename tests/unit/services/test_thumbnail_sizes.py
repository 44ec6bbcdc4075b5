"""The sizes in which thumbnails are made."""

from __future__ import annotations

import pytest

from oelala_desktop.services.thumbnails.sizes import COVERING, SIZES, nearest_size


def test_sizes_double_and_those_that_cover_have_some_between() -> None:
    assert SIZES == (128, 256, 512, 1024)
    assert COVERING == (128, 256, 384, 512, 768, 1024)


@pytest.mark.parametrize("size", [1, 127, 128, 129, 256, 257, 384, 385, 512, 513, 768, 769, 1024, 1025, 9000])
def test_a_size_is_rounded_up_to_the_next_one(size: int) -> None:
    for sizes, covering in ((SIZES, False), (COVERING, True)):
        above = [known for known in sizes if known >= size]
        assert nearest_size(size, covering=covering) == (min(above) if above else 1024)
    assert (nearest_size(300), nearest_size(300, covering=True)) == (512, 384)
