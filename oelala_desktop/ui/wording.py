"""The words and numbers that people read. Units are metric, spaces before them do not break."""

from __future__ import annotations

from collections.abc import Sequence

NBSP = "\u00a0"
_KB = 1000


def size(width: int, height: int) -> str:
    return f"{width}{NBSP}×{NBSP}{height}"


def frames(count: int) -> str:
    return f"{count}{NBSP}frame" + ("" if count == 1 else "s")


def seconds(value: float) -> str:
    """A length of video: "5.1 s", "12 s" for whole numbers of ten and more."""
    text = f"{value:.1f}"
    return f"{text[:-2] if text.endswith('.0') else text}{NBSP}s"


def file_size(count: int) -> str:
    """Bytes in decimal units: "812 B", "96 KB", "4.2 MB"."""
    if count < _KB:
        return f"{count}{NBSP}B"
    value, unit = count / _KB, "KB"
    for larger in ("MB", "GB", "TB"):
        if value < _KB:
            break
        value, unit = value / _KB, larger
    return f"{value:.1f}{NBSP}{unit}" if unit != "KB" and value < 100 else f"{value:.0f}{NBSP}{unit}"


def span(value: float) -> str:
    """A time to wait or time taken, in seconds: "40 s", "3 min 12 s", "2 h 5 min"."""
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole}{NBSP}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}{NBSP}min" + (f"{NBSP}{rest}{NBSP}s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{NBSP}h" + (f"{NBSP}{minutes}{NBSP}min" if minutes else "")


def percent(fraction: float) -> str:
    """Never 100 % before it is true, so it is cut and not rounded."""
    return f"{int(max(0.0, min(1.0, fraction)) * 100 + 1e-9)}{NBSP}%"


def remaining(value: float | None) -> str:
    """ "about 2 min 10 s left", in steps of ten seconds past a minute, for a guess is not exact."""
    if value is None:
        return ""
    rough = value if value < 60 else round(value / 10) * 10
    return f"about{NBSP}{span(rough)} left"


def count(number: int) -> str:
    return f"{number:,}"


def some_of(names: Sequence[str], most: int = 3) -> str:
    """ "a.png, b.png, c.png and 2 more"."""
    more = f" and {count(len(names) - most)} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def number(value: float) -> str:
    """Shortest true form: 1.0 stays "1.0" only where asked; here 1.5 → "1.5", 6.0 → "6"."""
    return f"{value:g}"


def clock(value: float) -> str:
    """Position in a video: "2.3", or "1:02" past a minute."""
    if value < 60:
        return f"{value:.1f}"
    minutes, rest = divmod(int(value), 60)
    return f"{minutes}:{rest:02d}"


def tooltip(text: str) -> str:
    """Text for setToolTip that is shown as it stands, wrapped, with room around it, whatever characters it has."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<p style="margin: 6px 8px">{safe}</p>' if text else ""


def day_and_time(moment: float) -> str:
    """A time of the clock here: "21 Nov 2026, 14:02". `moment` in seconds since the epoch."""
    import datetime as dt  # nothing has a day in what is painted first

    try:
        there = dt.datetime.fromtimestamp(moment)
    except (OverflowError, OSError, ValueError):
        return ""
    return f"{there.day}{NBSP}{there:%b %Y, %H:%M}"
