"""Where everything lies. `OELALA_HOME=DIR` puts all that the app writes under DIR; else the system's own places."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Paths:
    """`data` holds databases, job pictures, presets of the user's own and logs; `output` the results, and the user may
    move it."""

    data: Path
    output: Path

    @property
    def jobs_database(self) -> Path:
        return self.data / "jobs.sqlite3"

    @property
    def media_database(self) -> Path:
        return self.data / "media.sqlite3"

    @property
    def inputs(self) -> Path:
        return self.data / "inputs"

    @property
    def own_presets(self) -> Path:
        return self.data / "workflows"

    @property
    def templates(self) -> Path:
        """What servers offer, kept; may be deleted at any time."""
        return self.data / "templates"

    @property
    def wildcards(self) -> Path:
        """Lists for prompts, unless the user has them elsewhere."""
        return self.data / "wildcards"

    @property
    def improved(self) -> Path:
        """Prompts that language models wrote."""
        return self.data / "improved"

    @property
    def preferences(self) -> Path:
        return self.data / "preferences.json"

    @property
    def named_sets(self) -> Path:
        """Prompts and settings that were saved by name."""
        return self.data / "saved.json"

    @property
    def caption_drafts(self) -> Path:
        """Captions that were typed and are not saved yet."""
        return self.data / "captions.json"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets.json"

    @property
    def sketch_record(self) -> Path:
        return self.data / "sketch.json"

    @property
    def presence(self) -> Path:
        return self.data / "run"

    @property
    def machine(self) -> Path:
        return self.data / "machine.json"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    def create(self) -> None:
        """Raises CannotSave when the home folder cannot be made."""
        try:
            for folder in (self.data, self.inputs, self.own_presets):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotSave(
                f"The folder {self.data} cannot be used: {error.strerror}. Set OELALA_HOME to one that can."
            ) from error


def find_paths() -> Paths:
    home = os.environ.get("OELALA_HOME")
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(root, root / "output")
    import platformdirs  # 10 ms that a start with a home of its own need not pay before its first paint

    data = Path(platformdirs.user_data_dir("oelala", appauthor=False))
    return Paths(data, Path(platformdirs.user_videos_dir()) / "Oelala")


def shipped(name: str) -> Path:
    """A folder that comes with the program (`workflows`, `resources`): inside the package once installed, beside it
    in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
