"""A little of the fuzzer in every run of the suite; `python tests/fuzz/media.py -n 50000` is the whole of it."""

from __future__ import annotations

import pytest

from tests.fuzz import media


@pytest.mark.parametrize("seed", [1, 2])
def test_mutations(seed: int) -> None:
    found = media.run(400, seed)
    assert found.kept, found
