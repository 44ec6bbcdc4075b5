"""Every error a user can meet. The tree below is the map; each message is a sentence to act on.

OelalaError                 anything we can explain; carries the exit code of the command line
├── InvalidInput            what was asked for cannot be done as asked (exit 2)
│   ├── InvalidField        one settings key is wrong; names it
│   │   └── InvalidMedia    a file given as input cannot be used; names it
│   └── InvalidPreset       a preset's own files contradict each other or the ComfyUI node set
├── EngineError             the engine did not do what we need
│   ├── EngineUnreachable   nothing answers there (exit 3)
│   ├── EngineRejected      the engine refused the job before running it; names nodes and fields
│   └── EngineAnswer        an answer that is no ComfyUI answer, or is beyond our limits
│       └── NotThisJobs     a file that the server names as this job's and that is not
├── NotRunnable             the engine lacks node classes or model files that the preset needs
├── CannotSave              the output folder or the home folder does not take our file
├── NotFound                no job, preset, tool or file of that name
└── Unreadable              a file whose metadata cannot be read

Third-party exceptions are translated once, at the edge, with `from`.
"""

from __future__ import annotations


class OelalaError(Exception):
    """Something that we can explain. `str(error)` is one or more whole sentences for a person."""

    exit_code = 1

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        #: raw text for the one who wants to know more (a traceback, a server's own words); may be empty
        self.detail = detail


class InvalidInput(OelalaError):
    exit_code = 2


class InvalidField(InvalidInput):
    """`field` is the settings key (`steps`, `lora_configs`, …) that is wrong."""

    def __init__(self, field: str, message: str, *, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.field = field


class InvalidMedia(InvalidField):
    """A file that cannot be used; `field` is the input that it was given as."""


class InvalidPreset(InvalidInput):
    """A preset whose .toml and .json do not fit each other."""


class EngineError(OelalaError):
    pass


class EngineUnreachable(EngineError):
    """Nothing usable answers at the address. `kind` is one of refused, name, tls, tls_name, tls_date, not_tls,
    wants_tls, auth, sign_in, timeout, not_comfyui, too_old, closed, no_socket; the doctor has a line for each."""

    exit_code = 3

    def __init__(self, message: str, *, kind: str = "refused", detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.kind = kind


class EngineRejected(EngineError):
    """The engine refused the graph. `fields` maps settings keys to what is wrong with them."""

    def __init__(self, message: str, *, fields: dict[str, str] | None = None, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.fields = fields or {}


class EngineAnswer(EngineError):
    """An answer that breaks the protocol or our limits (size, type, time). `status` is its HTTP status, if that is
    what is wrong with it."""

    def __init__(self, message: str, *, detail: str = "", status: int | None = None) -> None:
        super().__init__(message, detail=detail)
        self.status = status

    @property
    def is_final(self) -> bool:
        """Whether asking the same again will bring the same: the fault is in what was asked."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in (408, 425, 429)


class NotThisJobs(EngineAnswer):
    """A file that another job made, or that lay there before: never this job's result."""


class NotRunnable(OelalaError):
    """The connected engine cannot run the preset; `missing` has one line per missing thing."""

    exit_code = 2

    def __init__(self, message: str, *, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing


class CannotSave(OelalaError):
    """A folder that does not take our file: full, read-only or gone."""

    @classmethod
    def of_result(cls, folder: str, error: OSError) -> CannotSave:
        """For a result that cannot be written into that folder now."""
        reason = error.strerror or str(error)
        return cls(f"Cannot save into {folder}: {reason}. The result waits on the server until there is room.")


class NotFound(OelalaError):
    exit_code = 2


class Unreadable(OelalaError):
    """A file that is damaged, empty, too large or of no known kind."""
