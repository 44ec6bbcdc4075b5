"""Pictures decoded off the window's thread. A QImage may be made in any thread; a QPixmap may not."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

_CAP_MIB = 256  # memory that one picture may take while it is decoded


async def load_image(path: Path, longest: int = 1024) -> tuple[QImage | None, tuple[int, int]]:
    """(the upright picture scaled to at most `longest` pixels, its own size), (None, (0, 0)) if it cannot be read."""
    return await asyncio.to_thread(_load, path, longest)


def _load(path: Path, longest: int) -> tuple[QImage | None, tuple[int, int]]:
    reader = QImageReader(str(path))
    return _read(reader, longest)


async def decode_image(data: bytes, longest: int = 2048) -> QImage | None:
    """An encoded picture (a preview, a thumbnail), or None."""
    return await asyncio.to_thread(_decode, data, longest)


def _decode(data: bytes, longest: int) -> QImage | None:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return _read(QImageReader(buffer), longest)[0]


def _read(reader: QImageReader, longest: int) -> tuple[QImage | None, tuple[int, int]]:
    QImageReader.setAllocationLimit(_CAP_MIB)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > longest:
        scale = longest / max(size.width(), size.height())
        reader.setScaledSize(QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale))))
    turned = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
    image = reader.read()
    if image.isNull():
        return None, (0, 0)
    own = (size.height(), size.width()) if turned else (size.width(), size.height())
    return image, own if size.isValid() else (image.width(), image.height())
