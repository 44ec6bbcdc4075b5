"""Two files side by side over the whole window: videos in step, and below them what differs in how they were made."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.media import MediaItem
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.gallery.differences import Difference, differences
from oelala_desktop.ui.gallery.media_facts import caption, facts_of, job_of
from oelala_desktop.ui.gallery.overlay import Overlay
from oelala_desktop.ui.playing.images import decode_image, load_image
from oelala_desktop.ui.playing.sound_wave import draw_waves
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.player_commands import add_player_commands
from oelala_desktop.ui.widgets.scroll import Column, ScrollColumn
from oelala_desktop.ui.widgets.video_player import VideoPlayer

_LONGEST = 2560  # pixels of a picture on screen
_TABLE = 220  # pixels of height of what differs, at most
_APART = 2.5  # frames that two videos may be apart before the second is set right


class Comparer(Overlay):
    """The left one leads: it has the controls and is heard, and the right one follows it. Gone once closed."""

    def __init__(self, studio: Studio, items: tuple[MediaItem, MediaItem], window: QWidget) -> None:
        super().__init__(window, "compare")
        self._studio = studio
        self._items = items
        self.players = tuple(
            VideoPlayer(framed=False, can_fill_screen=False, loudness=studio.loudness) for _ in range(2)
        )
        self.table = QGridLayout()
        self.setAccessibleName("Compare two files")
        leader, follower = self.players
        leader.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        follower.follow(leader, frames=_APART)
        draw_waves(leader, studio.actions)
        add_player_commands(self.commands, leader)
        self._build()

    def _build(self) -> None:
        close = IconButton("x", keys.hint("leave-viewer"), "glass")
        close.clicked.connect(self.close)
        title = Label("Compare", size=theme.SECTION, weight=600)
        title.setForegroundRole(title.palette().ColorRole.HighlightedText)
        bar = QHBoxLayout()
        bar.setContentsMargins(20, 14, 8, 10)
        bar.addWidget(title, 1)
        bar.addWidget(close)
        pair = QHBoxLayout()
        pair.setContentsMargins(8, 0, 8, 0)
        pair.setSpacing(8)
        for item, player in zip(self._items, self.players, strict=True):
            player.setAccessibleName(item.name)
            side = QVBoxLayout()
            side.setSpacing(4)
            words = ElidedLabel(f"{item.name} · {caption(item)}", size=theme.CAPTION)
            words.setForegroundRole(words.palette().ColorRole.HighlightedText)
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            side.addWidget(player, 1)
            side.addWidget(words)
            pair.addLayout(side, 1)
        self._differing = ScrollColumn()
        self._differing.setFixedHeight(0)  # until there is something to tell
        self._differing.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._differing.column.setContentsMargins(20, 8, 20, 12)
        self.table.setHorizontalSpacing(24)
        self.table.setVerticalSpacing(8)
        self.table.setColumnStretch(1, 1)
        self.table.setColumnStretch(2, 1)
        self._differing.column.addLayout(self.table)
        self._differing.column.addStretch(1)
        foot = QWidget()
        foot.setAutoFillBackground(True)
        below = QVBoxLayout(foot)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self._differing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addLayout(pair, 1)
        column.addWidget(foot)

    def open(self) -> None:
        self.cover_window()
        self._studio.actions.start(self._load(), owner=self)

    async def _load(self) -> None:
        library, jobs = self._studio.services.library, self._studio.services.jobs
        await asyncio.gather(*(self._show(*pair) for pair in zip(self._items, self.players, strict=True)))
        facts = [facts_of(item, await library.info(item.id), await job_of(item, jobs)) for item in self._items]
        self._tell(differences(*facts))

    async def _show(self, item: MediaItem, player: VideoPlayer) -> None:
        if item.kind == "video":
            data = await self._studio.services.library.thumbnail(item.id, 1024)
            poster = await decode_image(data) if data else None
            if poster is None:
                player.show_words(f"{item.name} is damaged, or too large to be shown.")
            else:
                player.open_file(Path(item.path), fps=item.fps or 16.0, length=item.duration or 0.0)
                player.show_image(poster, length=item.duration or 0.0)
            return
        image, _ = await load_image(Path(item.path), _LONGEST)
        player.show_still(image or QImage())

    def _tell(self, rows: list[Difference]) -> None:
        if not rows:
            self.table.addWidget(Label("Both were made with the same settings.", tone="text2"), 0, 0, 1, 3)
        for at, row in enumerate(rows):
            texts = (row.label, "muted"), (row.left, "text"), (row.right, "text")
            for column, (text, tone) in enumerate(texts):
                words = Label(text, tone=tone, wrap=column > 0)
                words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self.table.addWidget(words, at, column, Qt.AlignmentFlag.AlignTop)
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """As high as what it tells, once the labels know how they wrap."""
        content = self._differing.widget()
        wanted = content.wanted_height(self.width() - 16) if isinstance(content, Column) else _TABLE
        self._differing.setFixedHeight(min(_TABLE, wanted))

    def hideEvent(self, _event: object) -> None:
        for player in self.players:
            player.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(theme.tokens().stage))
