"""One answer for each error that we can explain: a sentence, the field where there is one, and a status."""

from __future__ import annotations

from typing import Any

from oelala_desktop.domain.errors import (
    CannotSave,
    EngineError,
    EngineUnreachable,
    InvalidField,
    InvalidInput,
    NotFound,
    NotRunnable,
    OelalaError,
    Unreadable,
)


class TooLarge(InvalidInput):
    """A body or a file beyond the limit."""


class NotMedia(InvalidInput):
    """A body of a kind that the route does not take."""


class TooManyListeners(OelalaError):
    pass


#: the first class that an error is an instance of decides
_STATUS: tuple[tuple[type[OelalaError], int], ...] = (
    (TooLarge, 413),
    (NotMedia, 415),
    (InvalidInput, 422),
    (NotRunnable, 422),
    (NotFound, 404),
    (Unreadable, 415),
    (EngineUnreachable, 503),
    (EngineError, 502),
    (CannotSave, 507),
    (OelalaError, 503),
)


def status_of(error: OelalaError) -> int:
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem(error: OelalaError) -> dict[str, Any]:
    """The JSON of an error: `detail`, with `field` or `missing` where the error has them."""
    out: dict[str, Any] = {"detail": error.message}
    if isinstance(error, InvalidField):
        out["field"] = error.field
    if isinstance(error, NotRunnable):
        out |= {"field": "preset", "missing": list(error.missing)}
    return out
