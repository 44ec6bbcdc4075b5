"""A name as somebody gave it, and the one among those there are that is meant."""

from __future__ import annotations

import re


def normalised(name: str) -> str:
    """A model name for comparing: one separator, one case."""
    return re.sub(r"[\\/]+", "/", name).casefold()


def base_name(path: str) -> str:
    """What a path ends in, whichever separator stands before it."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def match_name(name: str, choices: tuple[str, ...]) -> str | None:
    """The server's own spelling of `name`: exact, else alike but for case and separators, else a unique file name."""
    if name in choices:
        return name
    wanted = normalised(name)
    same = [c for c in choices if normalised(c) == wanted]
    if same:
        return same[0]
    by_file = [c for c in choices if base_name(normalised(c)) == base_name(wanted)]
    return by_file[0] if len(by_file) == 1 else None


def nearest(name: str, choices: tuple[str, ...] | list[str]) -> str | None:
    """The choice spelled most like `name`, or None if none comes close."""
    by_fold = {normalised(c): c for c in choices}
    import difflib  # only when something was misspelt; the window's first paint does not need it

    found = difflib.get_close_matches(normalised(name), list(by_fold), n=1, cutoff=0.5)
    return by_fold[found[0]] if found else None
