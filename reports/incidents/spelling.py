"""Number plates that were spelt over a telephone, and heard by a machine: how alike two are."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from reports.fields.plates import Plate

SOUND_ALIKE: Final = ("BCDEGPTVZ3", "AHJK8", "FSX", "MN", "QUW2", "IY", "59", "O0", "L1")
"""Names of letters and figures, in English or Spanish, that a telephone makes one of."""
_SOUND: Final = {each: group[0] for group in SOUND_ALIKE for each in group}
SHORTEST: Final = 3
"""Characters that say anything at all."""
WHOLE: Final = 5
"""Characters from which on a plate says which car it is."""


class Alike(IntEnum):
    """How alike two plates are, the most alike last."""

    NOT = 0
    PART = 1
    """What one heard of it stands in the other."""
    ONE_OFF = 2
    """All but one character, or all where one or two sound alike."""
    SAME = 3


def sound_of(characters: str) -> str:
    """The same for plates whose characters sound alike."""
    return "".join(_SOUND.get(each, each) for each in characters)


def pieces(plate: Plate) -> Iterator[str]:
    """Plates that are alike have one of these in common."""
    sound = sound_of(plate.characters)
    for at in range(len(sound) - SHORTEST + 1):
        yield sound[at : at + SHORTEST]


def alike(one: Plate, other: Plate) -> Alike:
    """Whichever is first."""
    if one.state and other.state and one.state != other.state:
        return Alike.NOT
    short, long = sorted((one.characters, other.characters), key=lambda each: (len(each), each))
    if len(short) < SHORTEST:
        return Alike.NOT
    if len(short) == len(long) and len(short) >= WHOLE:
        if short == long:
            return Alike.SAME
        off = sum(a != b for a, b in zip(short, long, strict=True))
        if off == 1 or (off == 2 and sound_of(short) == sound_of(long)):
            return Alike.ONE_OFF
        return Alike.NOT
    if len(short) >= WHOLE and len(long) - len(short) == 1 and _one_missing(short, long):
        return Alike.ONE_OFF
    is_part = one.is_partial or other.is_partial or len(short) < WHOLE
    return Alike.PART if is_part and sound_of(short) in sound_of(long) else Alike.NOT


def _one_missing(short: str, long: str) -> bool:
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
