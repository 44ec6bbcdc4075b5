"""One file after the other over the whole window: video or picture, and beside it what made it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.media import MediaItem
from oelala_desktop.services.settings.known import VIEWER_PROMPT
from oelala_desktop.ui import wording
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.gallery.library_provider import LibraryProvider, id_of
from oelala_desktop.ui.gallery.media_actions import MediaActions
from oelala_desktop.ui.gallery.media_facts import caption, facts_of, job_of
from oelala_desktop.ui.gallery.media_menu import LEADING, MediaCommands, Target
from oelala_desktop.ui.gallery.overlay import Overlay
from oelala_desktop.ui.gallery.viewer_panel import ViewerPanel
from oelala_desktop.ui.playing.frames import play_frames
from oelala_desktop.ui.playing.full_screen import FullScreen
from oelala_desktop.ui.playing.images import decode_image, load_image
from oelala_desktop.ui.playing.on_disk import GONE, missing
from oelala_desktop.ui.playing.sound_wave import draw_waves
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.player_commands import add_player_commands
from oelala_desktop.ui.widgets.video_player import VideoPlayer

_LONGEST = 2560  # pixels of a picture on screen
_KEPT = 5  # decoded pictures: this one and its neighbours


class Viewer(Overlay):
    """Goes through the list of `provider` as it is at the time. `moved` tells which file is in view now."""

    moved = Signal(str)  # key
    closed = Signal()

    def __init__(self, studio: Studio, provider: LibraryProvider, acts: MediaActions, window: QWidget) -> None:
        super().__init__(window, "viewer")
        self._studio = studio
        self._library = studio.services.library
        self._provider = provider
        self._acts = acts
        self._key = ""
        self._at = 0
        self._item: MediaItem | None = None
        self._damaged = False  # nothing of it can be shown
        self._pictures: OrderedDict[str, QImage] = OrderedDict()
        self._playing: asyncio.Task[None] | None = None
        self._sound: Path | None = None  # the sound that came beside the file in view
        self.player = VideoPlayer(framed=False, loudness=studio.loudness)
        draw_waves(self.player, studio.actions)
        self.player.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.player.failed.connect(self._play_otherwise)
        self.player.full_screen_requested.connect(self._full_screen)
        self.panel = ViewerPanel()
        self.panel.setVisible(bool(studio.services.settings.get(VIEWER_PROMPT)))
        self._build()
        self._add_commands()
        acts.taken_out.connect(self._taken_out)

    def _build(self) -> None:
        def button(row_id: str, text: str = "") -> IconButton:
            made = IconButton(ROWS[row_id].icon, keys.hint(row_id, text), "glass")
            made.clicked.connect(lambda: self.commands[row_id].trigger())
            return made

        self._beside = IconButton(ROWS["beside"].icon, keys.hint("beside"), "glass")
        self._beside.clicked.connect(self._toggle_sound)
        self._beside.setCheckable(True)
        self._beside.hide()
        self._heart = button("favorite")
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 14, 14, 14)
        bar.setSpacing(4)
        bar.addStretch(1)
        bar.addWidget(self._beside)
        bar.addWidget(self._heart)
        bar.addWidget(button("prompt", "Prompt and settings"))
        bar.addWidget(button("delete"))
        self._more = IconButton("ellipsis", "More", "glass")
        self._more.clicked.connect(self._open_menu)
        bar.addWidget(self._more)
        bar.addWidget(button("leave-viewer"))
        stage = QHBoxLayout()
        stage.setContentsMargins(8, 0, 8, 8)
        stage.setSpacing(8)
        stage.addWidget(button("previous"))
        stage.addWidget(self.player, 1)
        stage.addWidget(button("next"))
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addLayout(bar)
        left.addLayout(stage, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        self.panel.reuse_requested.connect(self._reuse)
        self.panel.start_picture_requested.connect(self._use_as_start)

    @property
    def key(self) -> str:
        return self._key

    def open_at(self, key: str) -> None:
        self.cover_window()
        self.show_key(key)

    # going through the list

    def go(self, by: int) -> None:
        at = self._provider.index_of(self._key)
        goal = (self._at if at < 0 else at) + by
        if 0 <= goal < self._provider.count():
            key = self._provider.key(goal)
            if key is not None:
                self.show_key(key)

    def show_key(self, key: str) -> None:
        self._key = key
        self._at = max(0, self._provider.index_of(key))
        self._stop()
        self.moved.emit(key)
        self._studio.actions.start(self._show(key), failed=self._gone, owner=self)

    def _gone(self, error: OelalaError) -> bool:
        self._studio.notify(error.message, "warning")
        return True

    async def _show(self, key: str) -> None:
        item = self._provider.media(key) or await self._library.get(id_of(key))
        if key != self._key:
            return
        self._take(item)
        await self._show_item(item, key)
        await self._load_facts(item, key)
        await self._look_for_sound(item, key)
        for neighbour in (self._at + 1, self._at - 1):
            await self._preload(neighbour, key)

    async def _show_item(self, item: MediaItem, key: str) -> None:
        await (self._show_video(item, key) if item.kind == "video" else self._show_picture(item, key))

    def _take(self, item: MediaItem) -> None:
        self._item, self._sound = item, None
        self._beside.hide()
        self._beside.setChecked(False)
        self._set_damaged(False)
        self._heart.set_icon("heart", filled=item.favorite)
        self.setAccessibleName(item.name)
        self.setAccessibleDescription(caption(item))
        self.update()

    async def _show_video(self, item: MediaItem, key: str) -> None:
        poster = self._pictures.get(key) or await self._poster(item)
        if poster is None:
            await self._say_damaged(item, key)
        elif key == self._key:
            length, sound = item.duration or 0.0, item.has_sound
            self.player.open_file(Path(item.path), fps=item.fps or 16.0, length=length, has_sound=sound)
            self.player.show_image(poster, length=item.duration or 0.0)

    async def _show_picture(self, item: MediaItem, key: str) -> None:
        image = self._pictures.get(key)
        if image is None:
            poster = await self._poster(item, 256)
            if key == self._key and poster is not None:
                self.player.show_still(poster, QSize(item.width or 0, item.height or 0))
            image = await self._picture(item)
        if image is None:
            await self._say_damaged(item, key)
        elif key == self._key:
            self._keep(key, image)
            self.player.show_still(image)

    async def _say_damaged(self, item: MediaItem, key: str) -> None:
        gone = await missing([Path(item.path)])
        if key == self._key:
            self._set_damaged(True)
            self.player.show_words(GONE if gone else f"{item.name} is damaged, or too large to be shown.")

    def _set_damaged(self, damaged: bool) -> None:
        """What cannot be shown cannot be a start picture."""
        self._damaged = damaged
        self.panel.offer_start_picture(not damaged)

    async def _picture(self, item: MediaItem) -> QImage | None:
        poster = await self._poster(item)
        if poster is None:
            return None  # what our decoders refuse is given to no other
        image, _ = await load_image(Path(item.path), _LONGEST)
        return image or poster

    async def _poster(self, item: MediaItem, size: int = 1024) -> QImage | None:
        data = await self._library.thumbnail(item.id, size)
        return await decode_image(data) if data else None

    async def _preload(self, index: int, key: str) -> None:
        """The neighbour's picture, or its first frame, while this one is looked at."""
        neighbour = self._provider.key(index) if 0 <= index < self._provider.count() else None
        if neighbour is None or neighbour in self._pictures or key != self._key:
            return
        item = self._provider.media(neighbour) or await self._library.get(id_of(neighbour))
        image = await (self._poster(item) if item.kind == "video" else self._picture(item))
        if image is not None:
            self._keep(neighbour, image)

    def _keep(self, key: str, image: QImage) -> None:
        self._pictures[key] = image
        self._pictures.move_to_end(key)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)

    async def _load_facts(self, item: MediaItem, key: str) -> None:
        if self.panel.isHidden():
            return
        info = await self._library.info(item.id)
        facts = facts_of(item, info, await job_of(item, self._studio.services.jobs))
        if key == self._key:
            self.panel.set_facts(facts)

    # playing

    def _play_otherwise(self, _why: str) -> None:
        """The system's player gave no frame (AV1 on many machines): they are decoded here."""
        if self._beside.isChecked():
            self.player.show_words("This system cannot play the sound.")
            return
        if self._item is None or self._item.kind != "video":
            return
        self.player.stop()
        self._playing = self._studio.actions.start(self._play_frames(self._item), owner=self)

    async def _play_frames(self, item: MediaItem) -> None:
        path, length = Path(item.path), item.duration or 0.0
        if await missing([path]):
            self.player.show_words(GONE)
        else:
            sight = self.player.sight
            await play_frames(
                path, lambda image, at: self.player.show_image(image, length=length, at=at), lambda: sight.seen
            )

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None
        self.player.stop()

    def _full_screen(self) -> None:
        item = self._item
        if item is not None and item.kind == "video":
            path, fps, length = Path(item.path), item.fps or 16.0, item.duration or 0.0
            FullScreen(path, fps=fps, length=length, parent=self.window(), beside=self.player)

    async def _look_for_sound(self, item: MediaItem, key: str) -> None:
        """The job that made the file may have saved a sound beside it."""
        job = await job_of(item, self._studio.services.jobs)
        sounds = [Path(output.path) for output in job.outputs if output.is_sound] if job else []
        gone = await missing(sounds)
        there = [path for path in sounds if path not in gone]
        if key == self._key and there:
            self._sound = there[0]
            self._beside.show()

    def _toggle_sound(self) -> None:
        """From the file to the sound beside it, and back."""
        if self._item is None or self._sound is None:
            self._beside.setChecked(False)
            return
        self._stop()
        if self._beside.isChecked():
            self.player.open_file(self._sound, has_sound=True)
        else:
            self._studio.actions.start(self._show_item(self._item, self._key), owner=self)

    # acts

    def _show_heart(self, on: bool) -> None:
        if isValid(self):  # the mark was set, though Esc may have been quicker
            self._heart.set_icon("heart", filled=on)

    def _taken_out(self, ids: list[int]) -> None:
        if self._key and id_of(self._key) in ids:
            count = self._provider.count()
            following = self._provider.key(min(self._at, count - 1)) if count else None
            if following is None:
                self.close()
            else:
                self.show_key(following)

    def _open_menu(self) -> None:
        if self._item is not None:
            self._more.open_menu(self.commands.fill(theme.make_menu(self), self.for_file.groups))

    def _reuse(self) -> None:
        if self._item is not None:
            self._acts.reuse(self._item.id)
            self.close()

    def _use_as_start(self) -> None:
        """A picture itself; of a video the frame in view."""
        if self._item is None:
            return
        if self._item.kind == "image":
            self._acts.use_as_start_picture(self._item)
        else:
            self._acts.use_frame(self.player.current_image())
        self.close()

    def toggle_panel(self) -> None:
        opened = self.panel.isHidden()
        self.panel.setVisible(opened)
        self._studio.services.settings.set(VIEWER_PROMPT, opened)
        if opened and self._item is not None:
            self._studio.actions.start(self._load_facts(self._item, self._key), owner=self)

    # keys and the window

    def _add_commands(self) -> None:
        commands = self.commands
        commands.add("previous", partial(self.go, -1))
        commands.add("next", partial(self.go, 1))
        commands.add("prompt", self.toggle_panel, lambda: self._item is not None)
        commands.add("beside", self._beside.click, lambda: self._sound is not None)
        add_player_commands(commands, self.player)
        favorite = partial(self._acts.favorite, then=self._show_heart)
        self.for_file = MediaCommands(commands, self._acts, self._target, favorite=favorite)
        commands.add("start-shown", self._use_as_start, self._shows_frames)
        for row_id in ("reuse", *LEADING):
            commands[row_id].triggered.connect(self.close)

    def _shows_frames(self) -> bool:
        return self._item is not None and self._item.kind == "video" and not self._damaged

    def _target(self) -> Target:
        return Target(self._provider.media(self._key) or self._item, (), not self._damaged)

    def hideEvent(self, _event: object) -> None:
        self._stop()
        self.closed.emit()

    # looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panel.setFixedWidth(min(400, max(280, self.width() // 3)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        painter.fillRect(self.rect(), QColor(t.stage))
        if self._item is None:
            return
        room = self._heart.x() - 32.0
        counter = f"{wording.count(self._at + 1)} of {wording.count(self._provider.count())}"
        lines = (
            (self._item.name, theme.font(theme.CONTROL, 600), t.on_stage, 12.0),
            (f"{caption(self._item)} · {counter}", theme.font(theme.CAPTION), t.on_stage2, 32.0),
        )
        for text, font, tone, top in lines:
            painter.setFont(font)
            painter.setPen(QColor(tone))
            shown = painting.elided(font, text, room)
            painter.drawText(QRectF(20, top, room, 20), Qt.AlignmentFlag.AlignVCenter, shown)
