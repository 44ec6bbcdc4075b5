"""The table of commands: what each is called, and its keys, which are written down nowhere else in the window."""

from __future__ import annotations

from typing import NamedTuple

from oelala_desktop.ui.navigation import PAGES, heading


class Place(NamedTuple):
    """Where commands hold: a title for the list of shortcuts. What covers the window has no palette over it."""

    title: str
    has_palette: bool = True


class Row(NamedTuple):
    """A command. Its first place is the one it is listed under.

    `keys` are portable texts of Qt's (Ctrl is ⌘ on a Mac), the first is the one that is shown; `on` is its text while
    what it switches is on; `help` is its line in the list of shortcuts where that says more than `text`."""

    id: str
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    places: tuple[str, ...] = ("window",)
    on: str = ""
    help: str = ""
    #: whether it is done again and again while its key is held
    repeats: bool = True


PLACES = {
    "window": Place("Everywhere"),
    "tool": Place("Making"),
    "player": Place("Playing"),
    "media": Place("My Media"),
    "viewer": Place("One file"),
    "compare": Place("Two files"),
    "full-screen": Place("Full screen", has_palette=False),
    "mask": Place("Painting a mask", has_palette=False),
    "templates": Place("Templates"),
    "presets": Place("Presets"),
}

_MEDIA = ("media", "viewer")
_PLAYED = ("player", "viewer", "compare")

_PAGES = tuple(
    Row(f"page.{page_id}", heading(page_id), page.icon, (f"Ctrl+{at}",) if at < 10 else ())
    for at, (page_id, page) in enumerate(PAGES.items(), 1)
)

_WINDOW = (
    Row("find", "Find a command or a page", "search", ("Ctrl+K",)),
    Row("shortcuts", "Show the shortcuts", "keyboard", ("F1", "?")),
    Row("queue", "Show the queue", "list-video", ("Ctrl+J",), on="Hide the queue"),
    Row("engine", "Show the engine", "server", on="Hide the engine"),
    Row("activity", "Show what happened", "bell", on="Hide what happened"),
    Row("log", "Show the log", "list", on="Hide the log"),
    Row("sidebar", "Fold the sidebar", "panel-left-close", ("Ctrl+B",), on="Unfold the sidebar"),
    Row("next-part", "Go to the next part of the window", "panel-left-open", ("F6",), help="Next part of the window"),
    Row(
        "previous-part",
        "Go to the previous part of the window",
        "panel-left-open",
        ("Shift+F6",),
        help="Previous part of it",
    ),
    Row("close", "Close the panel", "x", ("Esc",), help="Close what is on top"),
    Row(
        "paste",
        "Paste a file, a picture or an address",
        "clipboard-paste",
        ("Ctrl+V", "Shift+Ins"),
        help="Paste a file or an address",
    ),
    Row("clipboard", "New from clipboard", "clipboard-paste"),
    Row("pause", "Pause the queue", "pause", on="Resume the queue"),
    Row("cancel-waiting", "Cancel all waiting jobs", "x"),
    Row("clear-finished", "Clear finished jobs from the queue", "check"),
    Row("connect", "Connect ComfyUI", "plug"),
    Row("reconnect", "Try to reach the engine again", "refresh-cw"),
    Row("free-memory", "Free the server's memory", "memory-stick"),
    Row("toggle-window", "Show the window", "monitor", on="Hide the window"),
    Row("quit", "Quit", "x"),
)

_TOOL = (
    Row("generate", "Generate", "sparkles", ("Ctrl+Enter", "Ctrl+Return"), ("tool",), repeats=False),
    Row("each-line", "Make a job for each line of the prompt", "list", (), ("tool",), repeats=False),
    Row("steps", "Several steps in one go…", "workflow", (), ("tool",)),
    Row("saved-prompts", "Saved prompts…", "bookmark", (), ("tool",)),
    Row("saved-settings", "Saved settings…", "sliders-horizontal", (), ("tool",)),
    Row("export", "Export settings…", "file-up", (), ("tool",)),
    Row("import", "Import settings…", "file-down", (), ("tool",)),
    Row("reset", "Back to the defaults", "undo-2", (), ("tool",)),
    Row("history", "History", "rotate-ccw-clock", (), ("tool",)),
    Row("browse", "Choose a file", "image-plus", (), ("tool",)),
    Row("result.cancel", "Cancel", "x", (), ("tool",)),
    Row("result.save", "Save as", "save", (), ("tool",)),
    Row("result.folder", "Show in folder", "folder-open", (), ("tool",)),
    Row("result.reuse", "Reuse settings", "rotate-ccw", (), ("tool",)),
    Row("result.gallery", "Open in gallery", "layout-grid", (), ("tool",)),
    Row("result.full_screen", "Full screen", "maximize-2", (), ("tool",)),
    Row("result.retry", "Run again", "rotate-ccw", (), ("tool",)),
    Row("result.copy_prompt", "Copy prompt", "copy", (), ("tool",)),
    Row("result.copy_seed", "Copy seed", "copy", (), ("tool",)),
    Row("result.copy_workflow", "Copy workflow", "workflow", (), ("tool",)),
    Row("result.use_first_frame", "Use the first frame as start picture", "image-plus", (), ("tool",)),
    Row("result.use_last_frame", "Use the last frame as start picture", "image-plus", (), ("tool",)),
    Row("result.use_shown", "Use what is shown as start picture", "image-plus", (), ("tool",)),
    Row("result.continue", "Continue…", "step-forward", (), ("tool",)),
    Row("result.upscale", "Upscale…", "maximize-2", (), ("tool",)),
    Row("result.smoother", "Smoother motion…", "gauge", (), ("tool",)),
    Row("result.edit", "Edit…", "wand-sparkles", (), ("tool",)),
    Row("result.reframe", "Reframe…", "crop", (), ("tool",)),
    Row("job.save", "Save the waiting job", "save", (), ("tool",)),
    Row("job.let-go", "Leave the waiting job as it was", "undo-2", (), ("tool",)),
    Row("result.favorite", "Favorite", "heart", (), ("tool",), on="Remove from favorites"),
)

_PLAYER = (
    Row("play", "Play", "play", ("Space",), _PLAYED, on="Pause", help="Play or pause"),
    Row("frame-back", "Previous frame", "step-back", ("Left",), ("player",)),
    Row("frame-on", "Next frame", "step-forward", ("Right",), ("player",)),
    Row("loop", "Play in a loop", "repeat", ("L",), ("player",), on="Play once", help="Play in a loop"),
    Row("mute", "Mute", "volume-2", ("M",), _PLAYED, on="Unmute"),
    Row("leave", "Leave the full screen", "x", ("Esc", "F11"), ("full-screen",)),
)

_GALLERY = (
    Row("open", "Open", "maximize-2", ("Enter", "Return"), ("media",)),
    Row("prompt", "Show the prompt", "message-square-text", ("P",), _MEDIA),
    Row("reuse", "Reuse settings", "rotate-ccw", (), _MEDIA),
    Row("start-picture", "Use as start picture", "image-plus", (), _MEDIA, on="Use first frame as start picture"),
    Row("start-last", "Use last frame as start picture", "image-plus", (), _MEDIA),
    Row("continue", "Continue…", "step-forward", (), _MEDIA),
    Row("upscale", "Upscale…", "maximize-2", (), _MEDIA),
    Row("smoother", "Smoother motion…", "gauge", (), _MEDIA),
    Row("edit", "Edit…", "wand-sparkles", (), _MEDIA),
    Row("reframe", "Reframe…", "crop", (), _MEDIA),
    Row("copy-prompt", "Copy prompt", "copy", ("C",), _MEDIA),
    Row("copy-workflow", "Copy workflow", "workflow", (), _MEDIA),
    Row("make-preset", "Make a preset of its workflow", "bookmark-plus", (), _MEDIA),
    Row("open-in-comfyui", "Open in ComfyUI", "external-link", (), _MEDIA),
    Row("show-in-folder", "Show in folder", "folder-open", (), _MEDIA),
    Row("rename", "Rename…", "pencil", (), _MEDIA),
    Row("compare", "Compare", "blend", (), ("media",)),
    Row("favorite", "Favorite", "heart", ("F",), _MEDIA, on="Remove from favorites"),
    Row("export-files", "Export…", "download", (), _MEDIA),
    Row("export-plain", "Export without metadata…", "download", (), _MEDIA),
    Row("delete", "Move to the trash", "trash", ("Del",), _MEDIA),
    Row("select", "Select", "check", ("Space",), ("media",), on="Deselect"),
    Row("select-all", "Select all", "check", ("Ctrl+A",), ("media",), help="Select all that the filter shows"),
    Row("deselect-all", "Deselect all", "x", ("Esc",), ("media",)),
    Row("larger", "Larger thumbnails", "zoom-in", ("+", "=", "Ctrl++", "Ctrl+="), ("media",)),
    Row("smaller", "Smaller thumbnails", "zoom-out", ("-", "Ctrl+-"), ("media",)),
)

_VIEWER = (
    Row("previous", "Previous", "chevron-left", ("Left",), ("viewer",)),
    Row("next", "Next", "chevron-right", ("Right",), ("viewer",)),
    Row("start-shown", "Use shown frame as start picture", "image-plus", (), ("viewer",)),
    Row("still-back", "Previous frame", "step-back", (",",), ("viewer", "compare")),
    Row("still-on", "Next frame", "step-forward", (".",), ("viewer", "compare")),
    Row("beside", "Sound beside it", "audio-lines", ("S",), ("viewer",), help="Play the sound that came beside it"),
    Row("leave-viewer", "Close", "x", ("Esc",), ("viewer", "compare")),
)

_MASK = (
    Row("undo", "Undo", "undo-2", ("Ctrl+Z",), ("mask",)),
    Row("redo", "Redo", "redo-2", ("Ctrl+Shift+Z", "Ctrl+Y"), ("mask",)),
    Row("brush", "Brush", "brush", ("B",), ("mask",)),
    Row("eraser", "Eraser", "eraser", ("E",), ("mask",)),
    Row("brush-smaller", "Smaller brush", "minus", ("[",), ("mask",)),
    Row("brush-larger", "Larger brush", "plus", ("]",), ("mask",)),
    Row("invert", "Invert", "contrast", ("I",), ("mask",)),
    Row("zoom-in", "Zoom in", "zoom-in", ("+",), ("mask",)),
    Row("zoom-out", "Zoom out", "zoom-out", ("-",), ("mask",)),
    Row("fit", "Fit the picture", "scan", ("0",), ("mask",)),
)

_TEMPLATES = (
    Row("template.use", "Use the template as a preset", "bookmark-plus", (), ("templates",)),
    Row("template.choose", "Choose its settings…", "sliders-horizontal", (), ("templates",)),
    Row("template.open", "Open the template in ComfyUI", "external-link", (), ("templates",)),
    Row("template.copy", "Copy workflow", "workflow", (), ("templates",)),
    Row("close-template", "Close the template", "x", ("Esc",), ("templates",)),
    Row("templates.refresh", "Ask the server for its templates again", "refresh-cw", (), ("templates",)),
    Row("templates.catalogue", "Show the catalogue", "layout-template", (), ("templates",)),
    Row("templates.saved", "Show the workflows that are saved on the server", "save", (), ("templates",)),
    Row("templates.presets", "Show my presets", "layers", (), ("templates",)),
    Row("preset.show", "Show on its page", "play", (), ("presets",)),
    Row("preset.edit", "Edit…", "pencil", (), ("presets",)),
    Row("preset.switch", "Switch on", "eye", ("Space",), ("presets",), on="Switch off", help="Switch off or on"),
    Row("preset.up", "Move up", "arrow-up", ("Alt+Up",), ("presets",)),
    Row("preset.down", "Move down", "arrow-down", ("Alt+Down",), ("presets",)),
    Row("preset.duplicate", "Duplicate", "copy-plus", (), ("presets",)),
    Row("preset.export", "Export…", "download", (), ("presets",)),
    Row("preset.delete", "Delete", "trash", ("Del",), ("presets",)),
)

_LISTS = (_WINDOW, _PAGES, _TOOL, _PLAYER, _GALLERY, _VIEWER, _MASK, _TEMPLATES)
#: every command by its id, in the order in which they are listed
ROWS: dict[str, Row] = {row.id: row for rows in _LISTS for row in rows}
