"""The fields of pictures, videos, sounds and masks in their states, each on a card, for the gallery of widgets."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.card import Surface
from oelala_desktop.ui.widgets.mask_image import Brush
from oelala_desktop.ui.widgets.mask_painter import MaskPainter
from oelala_desktop.ui.widgets.mask_source import MaskSource
from oelala_desktop.ui.widgets.media_source import MediaSource
from oelala_desktop.ui.widgets.pictures_row import PicturesRow
from tests.gui.scenery import PALETTES, mountains

WIDTHS = (400, 560)


def peaks(count: int = 400, seed: int = 1) -> list[float]:
    """As of speech: loud and quiet in turn."""
    rng = random.Random(seed)
    return [
        (0.25 + 0.6 * abs(math.sin(at / 29)) * abs(math.sin(at / 7 + 1))) * rng.uniform(0.5, 1.0) for at in range(count)
    ]


def frames(count: int = 12) -> list[QImage]:
    whole = mountains(640 + 8 * count, 360, 7)
    return [whole.copy(8 * at, 0, 640, 360).scaledToHeight(144) for at in range(count)]


def video() -> MediaSource:
    source = MediaSource(dropped.VIDEO)
    source.set_media("ridge_walk.mp4", ["1280 × 720", "24 fps"], keeps_sound=True)
    source.strip.set_video(12.4, 24, 298)
    source.strip.set_frames(frames())
    source.strip.set_peaks(peaks())
    source.strip.set_range(3.2, 5.0)
    source.strip.set_position(6.1)
    return source


def whole_video() -> MediaSource:
    source = MediaSource(dropped.VIDEO)
    source.set_media("a_rather_long_name_of_a_video_taken_at_the_lake_in_the_evening.mov", ["3840 × 2160", "59.94 fps"])
    source.strip.set_video(94.2, 59.94, 5646)
    source.strip.set_frames(frames(40))
    source.strip.set_peaks([])
    source.set_error("This video has 1.2 GB; the server takes at most 500 MB. Use a shorter part of it.")
    source.offer_smaller(True)
    return source


def video_awaited() -> MediaSource:
    source = MediaSource(dropped.VIDEO)
    source.set_media("ridge_walk.mp4", ["1280 × 720", "24 fps"], keeps_sound=True)
    source.strip.set_video(12.4, 24, 298)
    return source


def refused_video() -> MediaSource:
    source = MediaSource(dropped.VIDEO)
    source.set_error("holiday.mp4 ends in mid-stream: its index is missing. Copy it again from where it came from.")
    return source


def sound() -> MediaSource:
    source = MediaSource(dropped.SOUND)
    source.set_media("narration_take_3.wav", ["48 kHz", "stereo"])
    source.strip.set_video(21.7, 0, 0)
    source.strip.set_frames([])
    source.strip.set_peaks(peaks(seed=3))
    source.strip.set_range(1.5, 8.0)
    return source


def row_of(count: int, most: int, least: int = 0) -> PicturesRow:
    row = PicturesRow("Reference pictures")
    row.set_most(most, least)
    tones = list(PALETTES)
    row.set_pictures([(mountains(320, 200, at, tones[at % len(tones)]), f"lake_{at}.png") for at in range(count)])
    return row


def row_refused() -> PicturesRow:
    row = row_of(2, 3)
    row.set_error("boat.heic is not a picture. JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF can be used.")
    return row


def ellipse(width: int, height: int) -> QImage:
    """A mask with one spot."""
    mask = QImage(width, height, QImage.Format.Format_Grayscale8)
    mask.fill(0)
    painter = QPainter(mask)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawEllipse(width // 4, height // 4, width // 3, height // 2)
    painter.end()
    return mask


def mask_source(picture: bool, mask: bool, error: str = "") -> MaskSource:
    source = MaskSource()
    source.set_picture(mountains(1536, 1024) if picture else None)
    source.set_mask(ellipse(1536, 1024) if mask else None, "painted" if mask else "")
    source.set_transparent(picture)
    source.set_error(error)
    return source


def mask_painter() -> MaskPainter:
    """With strokes hard and soft, and one of the eraser."""
    painter = MaskPainter()
    painter.set_picture(mountains(1536, 1024))
    mask = painter.canvas.area
    for places, brush in (
        ([(300, 300), (520, 420), (700, 380)], Brush(140, 0.8)),
        ([(900, 500), (1200, 760)], Brush(180, 0.0)),
        ([(860, 740), (1240, 520)], Brush(50, 0.0, True)),
    ):
        for start, end in pairwise(places):
            mask.stroke(QPointF(*start), QPointF(*end), brush)
        mask.finish()
    painter.canvas.setFixedHeight(320)
    painter.setMinimumHeight(460)
    return painter


EXAMPLES: dict[str, Callable[[], QWidget]] = {
    "video": video,
    "video-empty": lambda: MediaSource(dropped.VIDEO),
    "video-too-large": whole_video,
    "video-awaited": video_awaited,
    "video-refused": refused_video,
    "sound": sound,
    "sound-empty": lambda: MediaSource(dropped.SOUND),
    "pictures": lambda: row_of(2, 3),
    "pictures-empty": lambda: row_of(0, 9, 2),
    "pictures-many": lambda: row_of(8, 9),
    "pictures-full": lambda: row_of(3, 3),
    "pictures-refused": row_refused,
    "mask": lambda: mask_source(True, True),
    "mask-empty": lambda: mask_source(False, False),
    "mask-not-painted": lambda: mask_source(True, False),
    "mask-refused": lambda: mask_source(True, True, "This mask has 640 × 480 pixels, the picture 1536 × 1024."),
    "mask-painter": mask_painter,
}


def on_a_card(widget: QWidget, width: int) -> QWidget:
    """On the ground of a page."""
    ground = QWidget()
    ground.setAutoFillBackground(True)
    ground.setPalette(theme.palette(theme.tokens()))
    outer = QVBoxLayout(ground)
    card = Surface()
    outer.addWidget(card)
    inner = QVBoxLayout(card)
    inner.setContentsMargins(12, 12, 12, 12)
    inner.addWidget(widget)
    ground.resize(width + 24, outer.totalHeightForWidth(width + 24))
    return ground


def grab_examples(save: Callable[[str, QWidget], object], wanted: list[str]) -> None:
    for name, make in EXAMPLES.items():
        for width in WIDTHS:
            if wanted and name not in wanted:
                continue
            shown = on_a_card(make(), width)
            shown.show()
            QApplication.processEvents()
            layout = shown.layout()
            assert layout is not None
            shown.resize(shown.width(), layout.totalHeightForWidth(shown.width()))  # tabs may have gone below
            QApplication.processEvents()
            save(f"{name}-{width}", shown)
            shown.close()
            shown.deleteLater()
