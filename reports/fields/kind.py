"""What sort of call it is: a suggestion for sorting, and no more. A person dismisses; nothing is
hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.first_hand import SAID_TO_BE_SEEN, FirstHand
from reports.fields.marked import marked, spoken
from reports.fields.said import Passage, Stop


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
for words that say it is no enforcement, `ours` for what such a line is asked about, `fear` of going
out, which asks for help where nothing else is asked, `whether` of what was heard is true."""
GREETING: Final = "greeting"
"""The lexicon's kind for words that say nothing: 'hello', 'can you hear me'."""
OFFICIALS: Final = frozenset(["officers", "agency", "look"])
"""The lexicon's kinds that speak of officials."""
SIGNS: Final = ("officers", "agency", "look", "activity", "presence", "equipment", "vehicle")
"""These and what speaks of enforcement only beside them."""
ORDINARY: Final = frozenset(["driving", "parked", "leaving", "entering"])
"""Activities that are anybody's."""
SPEAKS: Final = 4
"""Words of a call from which on one that says nothing of ours is of something else."""
ASKED: Final = 3
"""Words of a question at the least: 'hello?' asks nothing."""
UNSURE: Final = "unsure"
"""The value of what says of nobody who they are: 'no sé si es la migra'."""
SOUGHT: Final = frozenset(["lawyer"])
"""Needs that who only passes on what they heard does not have."""
AT_ONCE: Final = 6
"""Words before a question at the most that is what they call for."""
SEVERAL: Final = 3
"""Phrases that ask or need from which on that is what the call is for, whatever else it tells."""
GUESSED: Final = 0.5
"""How sure, that it is not for us, where only nothing speaks of what is."""
UNSAID: Final = 0.55
"""How sure, where a report says neither: who was told of something mostly says so."""
STRONG: Final = 2
"""Signs of different kinds, one of them of officials: fewer may be of anything."""


@dataclass(frozen=True, slots=True)
class _Sign:
    passage: Passage
    first: int
    last: int


def kind_said(
    passages: Sequence[Passage],
    *,
    knows: Finding[FirstHand] | None = None,
    placed: bool = False,
    taken: bool = False,
) -> Finding[Kind] | None:
    """What the words sound like; None where they do not say, or there are none to go by.

    `knows`: what they say of whether they saw it; `placed`: they name a place; `taken`: they say
    that somebody was taken or is held.
    """
    if not passages:
        return None
    whole = max(passages, key=lambda passage: len(passage.tokens))

    def finding(kind: Kind, by: _Sign | None, confidence: float) -> Finding[Kind]:
        by = by or _Sign(whole, 0, len(whole.tokens))
        return Finding(kind, by.passage, by.first, by.last, confidence)

    if all(_says_nothing(passage) for passage in passages):
        return finding(Kind.SILENT, None, 0.7)
    found: dict[str, _Sign] = {}
    times: Counter[str] = Counter()
    for passage in passages:
        # 'I can't tell if I need a lawyer' asks for one all the same.
        for mark in spoken(passage, KIND):
            found.setdefault(mark.value, _Sign(passage, mark.first, mark.last))
            times[mark.value] += 1
    signs: dict[str, _Sign] = {}
    asks_of_officials = acts = False
    for passage in passages:
        asking = _asking(passage)
        for mark in marked(passage, *SIGNS):
            if mark.value == UNSURE:
                continue
            if mark.first in asking:
                asks_of_officials |= mark.kind in OFFICIALS or mark.kind == "activity"
                continue
            signs.setdefault(mark.kind, _Sign(passage, mark.first, mark.last))
            acts |= mark.kind == "activity" and mark.value not in ORDINARY
    # Who only says where they are may ask or need something there.
    saw = knows is not None and knows.value is FirstHand.SAW and knows.confidence >= SAID_TO_BE_SEEN
    told = knows if knows is not None and knows.value is FirstHand.TOLD else None
    official = taken or not OFFICIALS.isdisjoint(signs)
    happens = taken or acts or bool({"presence", "vehicle"} & signs.keys())
    strong = official and (happens or len(signs) >= STRONG)
    if "event_not" in found:
        return finding(Kind.REPORT, found["event_not"], 0.6)
    if "prank" in found and told is None and not (strong and saw):
        return finding(Kind.PRANK, found["prank"], 0.7)
    if "crash" in found and not _federal(passages):
        return finding(Kind.NOT_FOR_US, found["crash"], 0.6)
    if "not_for_us" in found and (not official or times["not_for_us"] >= SEVERAL):
        several = times["not_for_us"] > 1
        others = times["question"] + times["help"]
        passed_on = told is not None and not several
        if (
            (times["not_for_us"] > others or not others)
            and not passed_on
            and (
                several
                or not (acts or "ours" in found or (placed and (saw or "presence" in signs)))
            )
        ):
            return finding(Kind.NOT_FOR_US, found["not_for_us"], 0.75 if several else 0.65)
    if "family" in found:
        return finding(Kind.HELP, found["family"], 0.8)
    if "help" in found and not (strong and saw and times["help"] < SEVERAL):
        return finding(Kind.HELP, found["help"], 0.75)
    needs = {mark.value for passage in passages for mark in marked(passage, "need")}
    if "family" in needs and told is None and not (strong and saw):
        return finding(Kind.HELP, found.get("help"), 0.6)
    at_once = needs - {"family", "lawyer"}
    wants = _question(passages) is not None or "fear" in found
    if at_once and told is None and wants and not (official and happens):
        return finding(Kind.HELP, found.get("fear"), 0.6)
    # 'Is it true?' of what one was told asks no more than whether it is.
    asked = found.get("question") or _question(passages)
    if asked is None and told is None:
        asked = found.get("whether")
    hearsay = told is not None and (official or "activity" in signs)
    if (
        asked is not None
        and not (saw and (happens or times["question"] <= 1))
        and (asked.first < AT_ONCE or not hearsay or times["question"] > 1)
        and not (official and happens and told is None and times["question"] < SEVERAL)
    ):
        of_ours = official or asks_of_officials or "ours" in found
        if "question" in found or "whether" in found or of_ours:
            return finding(Kind.QUESTION, asked, 0.7 if "question" in found else 0.6)
        if not acts and "presence" not in signs:
            return finding(Kind.NOT_FOR_US, asked, GUESSED)
    if "fear" in found and not (strong and saw):
        return finding(Kind.HELP, found["fear"], 0.6)
    if told is not None and not needs.isdisjoint(SOUGHT):
        return finding(Kind.HELP, found.get("help"), 0.6)
    if told is not None:
        return Finding(Kind.RUMOUR, told.passage, told.first, told.last, 0.75)
    seen = {
        mark.kind for passage in passages for mark in marked(passage, "people", "present", *SIGNS)
    }
    if official or acts or (seen and placed) or len(seen) > 1:
        return finding(Kind.REPORT, next(iter(signs.values()), None), 0.8 if strong else 0.6)
    if "ours" in found or {"presence", "activity"} & seen or len(whole.tokens) < SPEAKS:
        return None
    return finding(Kind.NOT_FOR_US, None, GUESSED)


def _asking(passage: Passage) -> set[int]:
    """The words of sentences that ask: what they name need not be there."""
    found: set[int] = set()
    first = 0
    for at, token in enumerate(passage.tokens):
        if token.stop >= Stop.SENTENCE:
            if token.stop is Stop.QUESTION:
                found.update(range(first, at + 1))
            first = at + 1
    return found


def _question(passages: Sequence[Passage]) -> _Sign | None:
    """The first sentence that asks something, whatever it is, but to be called."""
    for passage in passages:
        first = 0
        for at, token in enumerate(passage.tokens):
            if token.stop < Stop.SENTENCE:
                continue
            if token.stop is Stop.QUESTION and at + 1 - first >= ASKED:
                greets = _greeted(passage)
                asked_for = [
                    *passage.of("call_me"),
                    *(mark for mark in passage.of(KIND) if mark.value in ("help", "whether")),
                ]
                if not all(each in greets for each in range(first, at + 1)) and not any(
                    first <= mark.first <= at for mark in asked_for
                ):
                    return _Sign(passage, first, at + 1)
            first = at + 1
    return None


def says_it_is_none(passage: Passage) -> bool:
    """Whether they say that it is no enforcement."""
    return any(mark.value == "event_not" for mark in spoken(passage, KIND))


def _federal(passages: Sequence[Passage]) -> bool:
    """Whether others than the local police are spoken of."""
    return any(
        mark.value not in ("police", "sheriff", "unsure")
        for passage in passages
        for mark in marked(passage, "agency")
    )


def _says_nothing(passage: Passage) -> bool:
    """But greetings, if anything."""
    greets = _greeted(passage)
    return all(at in greets for at in range(len(passage.tokens)))


def _greeted(passage: Passage) -> set[int]:
    return {at for mark in passage.of(GREETING) for at in range(mark.first, mark.last)}


def settled_first_hand(
    said: Finding[FirstHand] | None, kind: Finding[Kind] | None
) -> Finding[FirstHand] | None:
    """What is said of it, in the light of the kind of call: a report of which nobody says that they
    were told of it was seen, and who asks or needs something was told of no event."""
    if kind is None:
        return said
    if said is None:
        if kind.value is not Kind.REPORT:
            return None
        return Finding(FirstHand.SAW, kind.passage, kind.first, kind.last, UNSAID)
    asks = kind.value in (Kind.HELP, Kind.QUESTION, Kind.NOT_FOR_US)
    return None if asks and said.value is not FirstHand.SAW else said
