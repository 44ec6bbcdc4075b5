"""Pictures that thumbnails are made of, and how they are read back."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def opened(jpeg: bytes | None) -> Image.Image:
    assert jpeg is not None
    made = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    made.load()
    return made


def striped(width: int = 640, height: int = 360) -> Image.Image:
    """Red on the left, blue on the right."""
    data = np.zeros((height, width, 3), np.uint8)
    data[:, : width // 2, 0] = 255
    data[:, width // 2 :, 2] = 255
    return Image.fromarray(data)
