"""How long the sound of an opened file is."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from oelala_desktop.domain.errors import Unreadable

from .hearing import zero_of
from .streams import seen

if TYPE_CHECKING:
    from av.container import InputContainer

_MOST_PACKETS = 400


def length_of(source: InputContainer, stream: Any, name: str, proven: bool = False) -> Fraction:
    """Seconds from the track's zero to the end of its last packet; `proven`: raises Unreadable if none of the first
    packets can be decoded."""
    base, end, heard = Fraction(stream.time_base), 0, not proven
    zero = zero_of(source, stream)
    for count, packet in enumerate(seen(source, stream, name)):
        if not heard and count < _MOST_PACKETS:
            heard = bool(packet.decode())
        end = max(end, packet.pts + (packet.duration or 0))
    if not heard:
        raise Unreadable(f"{name} has no sound in it that can be decoded.")
    return max(Fraction(0), end * base - zero)
