"""Which language to hear a recording in: what the caller chose, beside what it sounds like. Pure.

Whisper asked in the wrong language translates or invents, and says nothing of it; asked to find out
by itself it takes an accent for a language. So the caller's own choice counts, unless the sound
speaks loudly against it: then both are tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final

LOUDLY: Final = 0.8
"""Probability from which on another language than the chosen one is tried too, …"""
HARDLY: Final = 0.1
"""… when the chosen one has less than this."""
LIKELY: Final = 0.5
"""Probability from which on an offered language counts as spoken, if none was chosen, …"""
LIKELIEST: Final = 0.7
"""… or its share of all that is given to those that are offered, …"""
PLAUSIBLE: Final = 0.2
"""… which must then be so much in all."""

UNTRUSTED: Final = "no machine here can be trusted with the language"
UNCLEAR: Final = "it is not clear which language this is"


@dataclass(frozen=True, slots=True)
class Choice:
    """In which language to hear; `rival` is one to try beside it. Neither: `reason` says why."""

    language: str | None = None
    rival: str | None = None
    reason: str | None = None
    """A short phrase for people."""


def choose(
    hint: str | None,
    likely: Mapping[str, float],
    *,
    trusted: Set[str],
    offered: Set[str],
    detectable: Set[str],
) -> Choice:
    """`hint`: what the caller chose, None if nothing; `likely`: how likely each language is, by
    the sound; `trusted`: those that a machine here may write out; `offered`: those that the line
    speaks; `detectable`: those that whoever detected them knows well. Against another it says
    nothing: Whisper takes Somali for anything.
    """
    best = max(likely, key=lambda code: likely[code], default=None)
    if hint is not None:
        if hint not in trusted:
            return Choice(reason=UNTRUSTED)
        speaks_against = (
            best is not None
            and best != hint
            and hint in detectable
            and likely[best] >= LOUDLY
            and likely.get(hint, 0.0) < HARDLY
        )
        return Choice(hint, rival=best if speaks_against and best in trusted else None)
    found = _offered(likely, offered) or (best if best and likely[best] >= LOUDLY else None)
    if found is None:
        return Choice(reason=UNCLEAR)
    return Choice(found) if found in trusted else Choice(reason=UNTRUSTED)


def _offered(likely: Mapping[str, float], offered: Set[str]) -> str | None:
    """The one of those offered that is spoken, if it is clear enough."""
    among = {code: likely[code] for code in likely if code in offered}
    if not among:
        return None
    best = max(among, key=lambda code: among[code])
    total = sum(among.values())
    clear = among[best] >= LIKELY or (total >= PLAUSIBLE and among[best] >= LIKELIEST * total)
    return best if clear else None
