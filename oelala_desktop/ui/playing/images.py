"""Pictures decoded off the window's thread. A QImage may be made in any thread; a QPixmap may not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColorSpace, QImage, QImageIOHandler, QImageReader

from oelala_desktop.domain.field import FieldKind
from oelala_desktop.services.inputs.pictures import Pixels
from oelala_desktop.services.inputs.store import InputStore, Taken

if TYPE_CHECKING:
    from oelala_desktop.services.inputs.strip import Frame

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


async def decode_images(encoded: Sequence[bytes], longest: int = 2048) -> list[QImage | None]:
    """Several small ones in one go."""
    return await asyncio.to_thread(lambda: [_decode(data, longest) for data in encoded]) if encoded else []


def _decode(data: bytes, longest: int) -> QImage | None:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return _read(QImageReader(buffer), longest)[0]


async def keep_image(image: QImage, inputs: InputStore, name: str, kind: FieldKind = FieldKind.PICTURE) -> Taken:
    """Pixels that are in no file, kept as an input. Raises what `InputStore.take` raises."""
    return await asyncio.to_thread(lambda: inputs.keep_bytes(as_png(image), kind, name))


def as_png(image: QImage) -> bytes:
    """Takes as long as its pixels are many."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def image_of(pixels: Pixels | Frame) -> QImage:
    """What was decoded elsewhere."""
    rows = QImage(pixels.rgb, pixels.width, pixels.height, 3 * pixels.width, QImage.Format.Format_RGB888)
    return rows.copy()  # its own bytes: the others are Python's


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
    space = image.colorSpace()
    if space.isValid() and space.primaries() != QColorSpace.Primaries.SRgb:
        image.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))  # what is painted is taken for it
    own = (size.height(), size.width()) if turned else (size.width(), size.height())
    return image, own if size.isValid() else (image.width(), image.height())
