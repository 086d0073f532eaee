"""What sort of call it is: a suggestion for sorting, and no more. A person dismisses; nothing is
hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.marked import marked
from reports.fields.said import Passage


class Kind(StrEnum):
    REPORT = "report"
    """Somebody saw enforcement, or was there."""
    RUMOUR = "rumour"
    """Hearsay: they were told, or read it."""
    HELP = "help"
    """Seeking help: a family member was taken; a lawyer, a ride, food."""
    QUESTION = "question"
    NOT_FOR_US = "not_for_us"
    """A wrong number, a job, something for sale."""
    PRANK = "prank"
    """Suspected, of no serious intent."""
    SILENT = "silent"
    """Nothing was said."""


KIND: Final = "kind"
"""The lexicon's kind, with values: `family` for a family of whom somebody was taken, `help`,
`question`, `not_for_us`, `prank`, `crash` for what police and others come for too, `event_not`
for words that say it is no enforcement."""
GREETING: Final = "greeting"
"""The lexicon's kind for words that say nothing: 'hello', 'can you hear me'."""
OFFICIALS: Final = frozenset(["officers", "agency", "held", "look"])
"""The lexicon's kinds that speak of officials and of what only they do."""
SIGNS: Final = (*OFFICIALS, "activity", "presence", "equipment", "vehicle")
"""These and what speaks of enforcement only beside them."""
ORDINARY: Final = frozenset(["driving", "parked", "leaving", "entering"])
"""Activities that are anybody's."""
AT_ONCE: Final = 6
"""Words before a question at the most that is what they call for."""
STRONG: Final = 2
"""Signs of different kinds, one of them of officials: fewer may be of anything."""


@dataclass(frozen=True, slots=True)
class _Sign:
    passage: Passage
    first: int
    last: int


def kind_said(
    passages: Sequence[Passage], *, saw: bool = False, told: Finding[object] | None = None
) -> Finding[Kind] | None:
    """What the words sound like; None where they do not say, or there are none to go by.

    `saw`: they say that they saw it; `told`: where they say that they did not, but were told.
    """
    if not passages:
        return None
    found: dict[str, _Sign] = {}
    for passage in passages:
        for mark in marked(passage, KIND):
            found.setdefault(mark.value, _Sign(passage, mark.first, mark.last))
    signs: dict[str, _Sign] = {}
    for passage in passages:
        for mark in marked(passage, *SIGNS):
            signs.setdefault(mark.kind, _Sign(passage, mark.first, mark.last))
    whole = max(passages, key=lambda passage: len(passage.tokens))

    def finding(kind: Kind, by: _Sign | None, confidence: float) -> Finding[Kind]:
        by = by or _Sign(whole, 0, len(whole.tokens))
        return Finding(kind, by.passage, by.first, by.last, confidence)

    strong = len(signs) >= STRONG and not OFFICIALS.isdisjoint(signs)
    if all(_says_nothing(passage) for passage in passages):
        return finding(Kind.SILENT, None, 0.7)
    if "event_not" in found:
        return finding(Kind.NOT_FOR_US, found["event_not"], 0.7)
    if "crash" in found and not _federal(passages):
        return finding(Kind.NOT_FOR_US, found["crash"], 0.6)
    if "prank" in found:
        return finding(Kind.PRANK, found["prank"], 0.7)
    acts = any(
        mark.value not in ORDINARY for passage in passages for mark in marked(passage, "activity")
    )
    if "not_for_us" in found and OFFICIALS.isdisjoint(signs) and not acts:
        return finding(Kind.NOT_FOR_US, found["not_for_us"], 0.75)
    if "family" in found:
        return finding(Kind.HELP, found["family"], 0.8)
    if "help" in found and not (strong and saw):
        return finding(Kind.HELP, found["help"], 0.75)
    hearsay = told is not None and bool(signs.keys() & {*OFFICIALS, "activity"})
    asks = "question" in found and not saw
    if (
        asks
        and (found["question"].first < AT_ONCE or not hearsay)
        and not (strong and told is None)
    ):
        return finding(Kind.QUESTION, found["question"], 0.7)
    if told is not None:
        return Finding(Kind.RUMOUR, told.passage, told.first, told.last, 0.75)
    if signs:
        return finding(Kind.REPORT, next(iter(signs.values())), 0.8 if strong else 0.6)
    # 'There is one guy on the steps': somebody tells what is to be seen, whoever it is.
    seen = [passage.of("present") for passage in passages if passage.of("people", "vehicle")]
    there = next((marks[0] for marks in seen if marks), None)
    return None if there is None else finding(Kind.REPORT, None, 0.5)


def _federal(passages: Sequence[Passage]) -> bool:
    """Whether others than the local police are spoken of."""
    return any(
        mark.value not in ("police", "sheriff", "unsure")
        for passage in passages
        for mark in marked(passage, "agency")
    )


def _says_nothing(passage: Passage) -> bool:
    """But greetings, if anything."""
    greets = {at for mark in passage.of(GREETING) for at in range(mark.first, mark.last)}
    return all(at in greets for at in range(len(passage.tokens)))
