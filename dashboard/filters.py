"""Which reports a list holds, in which order, and how many each filter would leave. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from oncall.waiting import Clocks
from reports.fields import family_taken, happening_now, still_there
from reports.fields.priority import FAMILY, Priority, Ranked
from reports.fields.reading import Reader
from reports.model import (
    ActKind,
    Admission,
    Dossier,
    Handling,
    RecordingState,
    TranscriptKind,
    Verdict,
)

ON: Final = "1"
NO_LANGUAGE: Final = "none"
"""Stands for no language in an address."""
CLOSED: Final = 4
"""The rank of what is closed."""


class Show(StrEnum):
    """Which reports are listed; the words stand in the address."""

    OPEN = "open"
    ALL = "all"
    NOW = "now"
    FAMILIES = "families"
    """Those who look for a family member: for whoever gives support, not for observers."""
    LIMITED = "limited"
    """What came of limited and blocked calls. It stands in no other list but `ALL`, so that pranks
    bury nothing, and its number of reports at every list, so that nobody forgets it."""
    REHEARSAL = "rehearsal"
    """What was rehearsed. It stands in no other list, and no filter counts it."""


class LetIn(StrEnum):
    """How calls came in, where that is not as usual."""

    FLOOD = "flood"
    LIMITED = "limited"
    """Blocked ones, too."""


LET_IN: Final[Mapping[Admission, LetIn]] = {
    Admission.FLOOD: LetIn.FLOOD,
    Admission.LIMITED: LetIn.LIMITED,
    Admission.BLOCKED: LetIn.LIMITED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as far as lists are made by it."""

    reference: str
    filed_at: datetime
    changed_at: datetime
    handling: Handling
    verdict: Verdict
    priority: Priority
    rank: int
    """As `_rank` has it."""
    check_failed: bool
    language: str
    """Its code, or `NO_LANGUAGE`."""
    let_in: LetIn | None
    happens_now: bool
    is_family: bool
    """Of the family of somebody who was taken, by key or by words."""
    needs_listener: bool
    """There is a recording that no machine could write out, nor has any person."""
    people: frozenset[str]
    """Who said how far it is: usernames."""
    due: datetime | None
    """When its clock runs out, if it has one and waits."""

    @property
    def order(self) -> tuple[Any, ...]:
        """The most urgent and newest first."""
        return (
            self.rank == CLOSED,
            # Pressed other digits than they heard: below the others, yet in every list.
            self.check_failed,
            _PLACE[self.priority],
            self.rank,
            -self.filed_at.timestamp(),
        )


_PLACE = {priority: place for place, priority in enumerate(Priority)}


def is_family(dossier: Dossier, rank: Ranked) -> bool:
    """Whether it is of the family of somebody who was taken, by key or by words."""
    return family_taken(dossier.call) or FAMILY in rank.grounds


def entry_of(dossier: Dossier, reader: Reader, clocks: Clocks) -> Entry:
    report, call, rank = dossier.report, dossier.call, reader.read(dossier).rank
    wait = clocks.wait_of(dossier, rank)
    corrected = {
        each.recording_sid for each in dossier.transcripts if each.kind is TranscriptKind.CORRECTION
    }
    return Entry(
        reference=report.reference,
        filed_at=report.filed_at,
        changed_at=report.changed_at,
        handling=report.handling,
        verdict=dossier.verdict,
        priority=rank.priority,
        rank=_rank(dossier, reader),
        check_failed=call.check_passed is False,
        language=call.language or NO_LANGUAGE,
        let_in=LET_IN.get(call.admission),
        happens_now=happening_now(call).value is True and report.handling is not Handling.CLOSED,
        is_family=is_family(dossier, rank),
        needs_listener=any(
            each.state is RecordingState.NEEDS_LISTENER and each.recording_sid not in corrected
            for each in dossier.recordings
        ),
        people=frozenset(act.who for act in dossier.acts if act.kind is ActKind.HANDLING),
        due=None if wait is None else wait.due,
    )


def _rank(dossier: Dossier, reader: Reader) -> int:
    """0: open, happening now and still there; 4: closed; the rest in between.

    A caller who never said when counts before one who said 'earlier': it may be happening now. Of
    whether they are still there, what a person settled goes before the key.
    """
    if dossier.report.handling is Handling.CLOSED:
        return CLOSED
    there = still_there(dossier.call).value
    settled = reader.understanding(dossier).still_there.settled if dossier.settled else None
    if settled is not None:
        there = settled.value
    match happening_now(dossier.call).value, there:
        case True, True:
            return 0
        case True, None:
            return 1
        case True, False:
            return 2
        case _, True:
            return 2
        case _:
            return 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to, all at once. As they stand in the address, by name."""

    now: bool = False
    mine: str | None = None
    """The username of who took them up."""
    listener: bool = False
    priority: Priority | None = None
    language: str | None = None
    verdict: Verdict | None = None
    let_in: LetIn | None = None

    @classmethod
    def of(cls, wanted: Mapping[str, str], who: str) -> Filters:
        """`who`: is asking.

        Raises:
            ValueError: there is no such value.
        """

        def one_of(name: str, words: type[Any]) -> Any:
            return words(wanted[name]) if wanted.get(name) else None

        return cls(
            now=wanted.get("now") == ON,
            mine=who if wanted.get("mine") == ON else None,
            listener=wanted.get("listener") == ON,
            priority=one_of("priority", Priority),
            language=wanted.get("language", "")[:35] or None,
            verdict=one_of("verdict", Verdict),
            let_in=one_of("let_in", LetIn),
        )

    @property
    def address(self) -> dict[str, str]:
        """As they stand in an address."""
        flags = {"now": self.now, "mine": self.mine is not None, "listener": self.listener}
        words = {
            name: getattr(self, name) for name in ("priority", "language", "verdict", "let_in")
        }
        return {name: ON for name, is_on in flags.items() if is_on} | {
            name: str(word) for name, word in words.items() if word is not None
        }

    def failed_by(self, entry: Entry) -> list[str]:
        """Names of the filters that a report does not pass."""
        return [
            name
            for name, fails in (
                ("now", self.now and not entry.happens_now),
                ("mine", self.mine is not None and self.mine not in entry.people),
                ("listener", self.listener and not entry.needs_listener),
                ("priority", self.priority not in (None, entry.priority)),
                ("language", self.language not in (None, entry.language)),
                ("verdict", self.verdict not in (None, entry.verdict)),
                ("let_in", self.let_in not in (None, entry.let_in)),
            )
            if fails
        ]


@dataclass(frozen=True, slots=True)
class Query:
    """A list as somebody asks for it."""

    show: Show = Show.OPEN
    filters: Filters = field(default_factory=Filters)
    page: int = 1

    @property
    def address(self) -> dict[str, str]:
        """Its first page."""
        shown = {} if self.show is Show.OPEN else {"show": str(self.show)}
        return shown | self.filters.address

    def without(self, name: str) -> dict[str, str]:
        return {each: value for each, value in self.address.items() if each != name}


@dataclass(frozen=True, slots=True)
class Option:
    """A filter that can be put on, or taken off, with how many reports it leaves."""

    name: str
    value: str
    """As it stands in an address; of `mine` the username whose reports they are."""
    count: int
    is_on: bool
    address: Mapping[str, str]
    """Of the list with it, or without it if it is on."""


@dataclass(frozen=True, slots=True)
class Listing:
    entries: tuple[Entry, ...]
    """In their order; of families first of all those whose clock runs out soonest."""
    options: tuple[Option, ...]
    """Those that leave any, and those that are on."""


def listing(entries: Iterable[Entry], query: Query) -> Listing:
    passed: list[Entry] = []
    counts: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if not _belongs(entry, query.show):
            continue
        failed = query.filters.failed_by(entry)
        if _is_set_aside(entry, query) and "let_in" not in failed:
            failed.append("let_in")
        if not failed:
            passed.append(entry)
        if len(failed) < 2:
            # Each filter counts what the others leave.
            counts.update(pair for pair in _pairs(entry) if not failed or pair[0] == failed[0])
    passed.sort(key=lambda entry: entry.order)
    if query.show is Show.FAMILIES:
        passed.sort(key=lambda entry: math.inf if entry.due is None else entry.due.timestamp())
    return Listing(tuple(passed), tuple(_options(counts, query)))


def _belongs(entry: Entry, show: Show) -> bool:
    match show:
        case Show.ALL:
            return True
        case Show.OPEN:
            return entry.handling is not Handling.CLOSED
        case Show.LIMITED:
            return entry.handling is not Handling.CLOSED and entry.let_in is LetIn.LIMITED
        case Show.NOW:
            return entry.rank <= 2
        case Show.FAMILIES:
            return entry.is_family
        case Show.REHEARSAL:
            return False  # nothing that was rehearsed is an entry


def _is_set_aside(entry: Entry, query: Query) -> bool:
    """Of limited and blocked callers, who stand in lists of their own."""
    if query.show in (Show.ALL, Show.LIMITED) or query.filters.let_in is LetIn.LIMITED:
        return False
    return entry.let_in is LetIn.LIMITED


def _pairs(entry: Entry) -> Iterable[tuple[str, str]]:
    if entry.happens_now:
        yield "now", ON
    for person in entry.people:
        yield "mine", person
    if entry.needs_listener:
        yield "listener", ON
    yield "priority", entry.priority
    yield "language", entry.language
    yield "verdict", entry.verdict
    if entry.let_in is not None:
        yield "let_in", entry.let_in


def _options(counts: Counter[tuple[str, str]], query: Query) -> Iterable[Option]:
    filters = query.filters
    on = filters.address | ({} if filters.mine is None else {"mine": filters.mine})
    counted = [pair for pair, _ in counts.most_common()]
    offered: Mapping[str, Iterable[str]] = {
        "now": [ON],
        "mine": sorted(value for each, value in counted if each == "mine"),
        "listener": [ON],
        "priority": list(Priority),
        "language": [value for each, value in counted if each == "language"],
        "verdict": list(Verdict),
        "let_in": list(LetIn),
    }
    for name, values in offered.items():
        chosen = [on[name]] if name in on else []
        for value in dict.fromkeys([*(str(each) for each in values), *chosen]):
            is_on, count = on.get(name) == value, counts[name, value]
            if is_on or count:
                address = query.without(name)
                if not is_on:
                    address |= {name: ON if name == "mine" else value}
                yield Option(name, value, count, is_on, address)


def own(options: Iterable[Option], who: str) -> list[Option]:
    """Those that somebody is shown: what others took up is theirs to look for."""
    return [option for option in options if option.name != "mine" or option.value == who]
