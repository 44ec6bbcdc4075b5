"""A window in a state that people meet, for screenshots and for walks over every widget."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QImage

from oelala_desktop.domain.events import EngineState
from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.job import JobError
from oelala_desktop.domain.passes import parts_of
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui.engine.panel import EnginePanel
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.form.input_editors import Shown
from oelala_desktop.ui.gallery.items import GridItem, ListProvider, Section
from oelala_desktop.ui.gallery.media_shelf import MediaShelf
from oelala_desktop.ui.jobs.book import JobBook
from oelala_desktop.ui.jobs.model import JobsModel
from oelala_desktop.ui.navigation import PAGES
from oelala_desktop.ui.notices.model import Notice, NoticesModel
from oelala_desktop.ui.notices.panel import ActivityPanel
from oelala_desktop.ui.presets.card import PresetChoice
from oelala_desktop.ui.queue.panel import QueuePanel
from oelala_desktop.ui.settings.page import SettingsPage
from oelala_desktop.ui.settings.view import SECTIONS
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.tool.job_stage import facts_before
from oelala_desktop.ui.tool.page import ToolPage
from oelala_desktop.ui.tool.soon_page import SoonPage
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.prompt_popup import ShownFacts
from tests.gui import seeded_queue
from tests.gui.scenery import PALETTES, blurred, mountains
from tests.gui.seeded_queue import MEMORY, PROMPT
from tests.gui.seeded_queue import make_job as make_job

HIGH = "wan/wan2.2_i2v_high_noise_14B_Q6_K.gguf"
LOW = "wan/wan2.2_i2v_low_noise_14B_Q6_K.gguf"
LORAS = ("camera/camera_orbit_high.safetensors", "camera/camera_orbit_low.safetensors", "speed/lightx2v.safetensors")
SOON = "train-lora"  # a page as it is while its tool has no preset
FACTS = "720 × 480 · 81 frames · 16 fps · 5.1 s · 4.2 MB · seed 1482093377 · took 3 min 12 s"
NOTICES = (
    Notice("harbour_00042.mp4 is finished.", "ok", "14:02", "job:1"),
    Notice(MEMORY, "error", "13:47", "job:2"),
    Notice("studio-pc is back.", "info", "13:40"),
)
SETTINGS = {
    "output_folder": "/home/me/Videos/Oelala",
    "media_folders": ["/home/me/ComfyUI/output", "/home/me/Pictures/Storyboards"],
}


def give(form: ToolForm, key: str, name: str, width: int, height: int, image: QImage | None = None) -> None:
    """Shows a picture of that name and size as an input."""
    path = f"/pictures/{name}"
    form.given.know(key, path, Shown(Given(name, "picture", width, height), image or mountains(300, 200)))
    form.give(key, path)


class Seeded:
    """The shell with everything in it; the methods bring it into the states of the drawings."""

    def __init__(self) -> None:
        self.shell = Shell()
        self.book = JobBook(self.shell)
        self.picture = mountains(1024, 683, 3)
        for page_id, page in PAGES.items():
            tool = TOOLS.get(page_id)
            if page_id.startswith("media-"):
                self.shell.add_page(page_id, self.make_media)
            elif page_id == "settings":
                self.shell.add_page(page_id, self.make_settings)
            elif tool is not None and page_id != SOON:
                self.shell.add_page(page_id, lambda tool=tool: self.make_tool(tool))
            else:
                self.shell.add_page(page_id, lambda page=page: SoonPage(page.title, page.icon))
        self.shell.sidebar.set_badges({SOON: "soon", "media-prompts": "NEW"})
        self.shell.topbar.set_engine("RTX 4090 · studio-pc", "online")
        self._add_panels()
        self.shell.show_page("image-to-video")
        seeded_queue.fill(self.book, seeded_queue.past(), None)

    @property
    def page(self) -> ToolPage:
        page = self.shell.page("image-to-video")
        assert isinstance(page, ToolPage)
        return page

    @property
    def media(self) -> MediaShelf:
        page = self.shell.page("media-all")
        assert isinstance(page, MediaShelf)
        return page

    def make_tool(self, tool: object) -> ToolPage:
        made = ToolPage(tool)  # type: ignore[arg-type]
        form = made.form
        unused = ("guidance", "checkpoint", "vae", "text_encoder")
        form.set_fields([field for field in form.tool.first_fields if field.key not in unused])
        form.set_presets(
            (
                PresetChoice("wan22-14b-distorch2", "DisTorch2 dual pass", "Two passes, experts split over devices."),
                PresetChoice(
                    "wan22-14b",
                    "Wan 2.2 14B",
                    "ComfyUI's own nodes.",
                    ("wan2.2_vae.safetensors (models/vae)",),
                    ("Download wan2.2_vae.safetensors into ComfyUI/models/vae/",),
                ),
            ),
            "wan22-14b-distorch2",
        )
        for key in ("unet_high_noise", "unet_low_noise"):
            form.set_choices(key, [Choice(name, name) for name in (HIGH, LOW)])
        form.set_choices("lora_configs", [Choice(name, name) for name in LORAS])
        form.set_choices("sampler", [Choice(n, n) for n in ("uni_pc", "euler", "dpmpp_2m", "lcm")])
        form.set_choices("scheduler", [Choice(n, n) for n in ("normal", "simple", "beta")])
        self.show_queue(made, tool.id)  # type: ignore[attr-defined]
        return made

    def show_queue(self, page: ToolPage, tool: str) -> None:
        """The book's jobs in the page's filmstrip."""
        page.queue.strip.show_jobs(JobsModel(self.book, partial(self.book.strip_ids, tool), page))
        self.book.arranged.connect(lambda: page.queue.set_counts(self.book.counts(tool)))
        self.book.changed.connect(lambda _ids: page.queue.set_counts(self.book.counts(tool)))
        page.queue.set_counts(self.book.counts(tool))

    def make_media(self) -> MediaShelf:
        view = MediaShelf()
        names = list(PALETTES)
        items = [
            GridItem(
                f"m{at}",
                f"lake_dawn_{at:05}.mp4",
                "video",
                ("5.1 s", "5.1 s", "3.1 s")[at % 3],
                at == 9,
                at % 4 != 2,
                at % 5 == 1,
            )
            for at in range(214)
        ]
        provider = ListProvider(items, (Section("Today", 16), Section("Yesterday", 61), Section("July 2026", 137)))
        view.grid.set_provider(provider)
        view.grid.pixmaps_wanted.connect(
            lambda keys: [
                view.grid.set_image(key, mountains(220, 250, int(key[1:]) + 40, names[int(key[1:]) % len(names)]))
                for key in keys
            ]
        )
        view.toolbar.set_counts(1, 214, 20316)
        return view

    def make_settings(self) -> SettingsPage:
        page = SettingsPage(SECTIONS)
        page.set_values(SETTINGS)
        page.show_note("engine_url", "http://192.168.1.20:8188", "text2")
        page.show_note("api", "Answers at http://127.0.0.1:7998", "muted")
        return page

    def _add_panels(self) -> None:
        self.queue = QueuePanel()
        self.queue.show_jobs(JobsModel(self.book, self.book.panel_ids, self.queue))
        self.book.arranged.connect(lambda: self.queue.set_counts(self.book.counts()))
        self.engine = EnginePanel()
        self.activity = ActivityPanel(NoticesModel(self.shell, NOTICES))
        self.shell.add_panel("queue", "Queue", self.queue)
        self.shell.add_panel("engine", "Engine", self.engine)
        self.shell.add_panel("activity", "Activity", self.activity)
        state = EngineState(
            "comfyui",
            "http://192.168.1.20:8188",
            "studio-pc",
            "online",
            version="0.3.68",
            device="cuda:0 RTX 4090",
            queue_remaining=1,
        )
        self.engine.set_engine(state, (("Free memory", "18.2 of 24 GB"),))
        self.engine.set_address("http://192.168.1.20:8188", token_known=True)

    # states

    def fill(self) -> None:
        form = self.page.form
        form.set_values(
            {
                "prompt": PROMPT,
                "unet_high_noise": HIGH,
                "unet_low_noise": LOW,
                "lora_configs": [
                    {"high": LORAS[0], "low": LORAS[1], "strength": 1.5, "enabled": True},
                    {"high": LORAS[2], "strength": 0.8, "enabled": True},
                ],
            }
        )
        give(form, "image", "harbour.jpg", 1024, 683, self.picture)
        form.given.note("image", "Prompt filled from this picture")

    def idle(self) -> None:
        form = self.page.form
        form.set_values({})
        form.set_value("image", None)
        form.set_generate_reason("Choose a picture first.")
        self.page.output.show_empty()

    def running(self, waiting: int = 4, *, paused: bool = False) -> None:
        self.fill()
        job = seeded_queue.running()
        seeded_queue.fill(self.book, [job, *seeded_queue.waiting(waiting)], paused=paused)
        output = self.page.output
        output.show_running(facts_before(job), parts=parts_of(job.graph))
        output.set_preview(blurred(mountains(848, 480, 3)))
        output.set_progress(seeded_queue.RUNNING)
        self.page.queue.strip.set_shown(job.id)
        self.shell.topbar.set_queue(1, waiting, 0.31, paused)

    def done(self) -> None:
        self.fill()
        self.page.output.show_image(mountains(720, 480, 3), FACTS, length=5.1, title=PROMPT)
        player = self.page.output.player
        assert player is not None
        player.show_image(mountains(720, 480, 3), length=5.1, at=2.3)
        self.shell.topbar.set_queue(0, 0)

    def failed(self) -> None:
        self.fill()
        self.page.output.show_failed(
            JobError(
                "The server ran out of memory while sampling. Fewer frames or a lower resolution help.",
                node="KSampler (high noise)",
                detail="torch.OutOfMemoryError: CUDA out of memory.\n  File …/samplers.py, line 114",
            ),
            facts_before(seeded_queue.running()),
        )

    def open_queue(self) -> None:
        self.running()
        self.shell.open_panel("queue")

    def popup(self) -> None:
        self.shell.show_page("media-all")
        grid = self.media.grid
        grid.select_only("m7")
        generation = GenerationInfo(
            source="oelala",
            prompt="Two herons lift off a still lake at dawn, camera follows low over the water, mist, soft light",
            negative_prompt="low quality, blurry, unstable camera, flickering, jitter",
            seed=1482093377,
            steps=6,
            switch_step=3,
            cfg=1.0,
            shift=5.0,
            sampler="uni_pc",
            scheduler="normal",
            width=480,
            height=848,
            num_frames=81,
            fps=16.0,
            duration=5.1,
            models=(UsedModel(HIGH, "high"), UsedModel(LOW, "low")),
            loras=(UsedLora("camera_orbit.safetensors", 1.5, "high"), UsedLora("lightx2v.safetensors", 0.8)),
            engine="ComfyUI on studio-pc",
        )
        facts = ShownFacts("m7", "lake_dawn_00042.mp4", "Video · 5.1 s · 480 × 848 · 4.2 MB", generation, 192.0)
        self.media.show_prompt("m7", facts, mountains(220, 250, 47, "dawn"))
