"""The shortcuts as people read them, for the sheet that F1 opens."""

from __future__ import annotations

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Everywhere",
        (
            ("Ctrl+K", "Find a command or a page"),
            ("Ctrl+1…9", "Go to a page"),
            ("Ctrl+B", "Fold the sidebar"),
            ("Ctrl+J", "Open the queue"),
            ("Esc", "Close what is on top"),
            ("F1", "This list"),
        ),
    ),
    (
        "Making",
        (
            ("Ctrl+Enter", "Generate"),
            ("Ctrl+V", "Paste a picture or an address"),
            ("Space", "Play or pause"),
            ("←", "One frame back"),
            ("→", "One frame on"),
            ("L", "Play in a loop"),
            ("M", "Mute, here and in the viewer"),
        ),
    ),
    (
        "My Media",
        (
            ("Enter", "Open"),
            ("Space", "Select"),
            ("F", "Favorite"),
            ("P", "Show the prompt"),
            ("C", "Copy the prompt"),
            ("S", "Play the sound that came beside a file"),
            ("Ctrl+A", "Select all that the filter shows"),
            ("Delete", "Move to the trash"),
            ("+", "Larger thumbnails"),
            ("-", "Smaller thumbnails"),
        ),
    ),
)
