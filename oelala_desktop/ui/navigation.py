"""What stands in the sidebar, in its order. Badges are no part of this: they follow from presets and news."""

from __future__ import annotations

from typing import NamedTuple


class NavPage(NamedTuple):
    """`title` stands in the sidebar, `heading` in the top bar."""

    id: str
    title: str
    icon: str
    heading: str = ""


class NavGroup(NamedTuple):
    id: str
    title: str
    pages: tuple[NavPage, ...]


GROUPS: tuple[NavGroup, ...] = (
    NavGroup(
        "video",
        "Video Tools",
        (
            NavPage("text-to-video", "Text to Video", "type"),
            NavPage("image-to-video", "Image to Video", "image-play"),
            NavPage("video-to-video", "Video to Video", "film"),
        ),
    ),
    NavGroup(
        "image",
        "Image Tools",
        (
            NavPage("text-to-image", "Text to Image", "image-plus"),
            NavPage("image-to-image", "Image to Image", "images"),
            NavPage("reframe", "Reframe", "crop"),
            NavPage("face-swap", "Face Swap", "scan-face"),
            NavPage("upscaler", "Upscaler", "maximize-2"),
        ),
    ),
    NavGroup(
        "media",
        "My Media",
        (
            NavPage("media-all", "All", "layout-grid", "All media"),
            NavPage("media-images", "Images", "image"),
            NavPage("media-videos", "Videos", "video"),
            NavPage("media-favorites", "Favorites", "heart"),
            NavPage("media-prompts", "Prompts", "message-square-text"),
        ),
    ),
    NavGroup("training", "Training", (NavPage("train-lora", "Train LoRA", "graduation-cap"),)),
)
TEMPLATES = NavPage("templates", "Templates", "layout-template")
SETTINGS = NavPage("settings", "Settings", "settings")
#: below the groups
FOOT = (TEMPLATES, SETTINGS)
START_PAGE = "image-to-video"

#: every page that can be shown, by id, in the order of the shortcuts Ctrl+1 to Ctrl+9
PAGES: dict[str, NavPage] = {page.id: page for pages in (*(group.pages for group in GROUPS), FOOT) for page in pages}


def heading(page_id: str) -> str:
    page = PAGES[page_id]
    return page.heading or page.title
