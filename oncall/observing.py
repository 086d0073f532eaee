"""Requests to observe: who can be asked, and the words that go out. Pure; the words themselves
stand in `prompts/<language>/observers.toml`.

Every message to an observer ends in one sentence: observe, keep your distance, do not interfere. It
is put there here, after all that a person wrote, and nothing sends a message another way.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from oncall.briefs import BadTells, Carries
from oncall.contacts import VOICE, Contact
from oncall.roster import Roster
from reports.observing import Dispatch, Said
from reports.people import Person, Reach, address_context
from reports.services.answers import plain
from reports.services.observing import Replied, ReplyWords

LONGEST: Final = 480
"""Characters of a message without its last sentence: three text messages."""
READS: Final = (
    *("by_text", "by_link", "coming", "when", "not_coming", "here", "done", "found", "how"),
    *("over", "goes_on", "place", "nothing"),
)
FILE: Final = "observers.toml"
HEEDS_STOP: Final = frozenset({"sms"})
"""Channels on which STOP counts, as `Channel.heeds_stop` has it."""


class BadObserverWords(BadTells):
    """`observers.toml` cannot be used. `str()` lists everything that is missing."""


@dataclass(frozen=True, slots=True)
class ObserverWords:
    """What observers read, by language, and what they write, in all of them."""

    reads: Mapping[str, Mapping[str, str]]
    """'safety' among them."""
    writes: ReplyWords
    first: str
    """The language of those for whose own there are no words."""

    def language(self, codes: Iterable[str]) -> str:
        """The first of somebody's languages that there are words for."""
        return next((code for code in codes if code in self.reads), self.first)

    def safety(self, codes: Iterable[str]) -> str:
        return self.reads[self.language(codes)]["safety"]

    def say(self, replied: Replied) -> str:
        """What somebody is answered, with the sentence that stands in all that they are sent."""
        code = self.language(replied.languages)
        said = self.reads[code][replied.text].format(minutes=replied.minutes)
        # What stands in an answer to a webhook loses its ends of lines.
        return with_safety(said, self.reads[code]["safety"], apart=" ")

    def request(
        self,
        words: str,
        codes: Iterable[str],
        carries: Carries,
        place: str | None,
        link: str | None,
    ) -> str:
        """A request as it goes out to one person. `words`: as whoever sends it left them; `place`:
        as the gazetteer names it; `link`: by which they answer, None: by text."""
        code = self.language(codes)
        reads = self.reads[code]
        if carries is Carries.NOTHING or (carries is Carries.PLACE and place is None):
            # Others may read along, and the link is a key.
            return with_safety(reads["nothing"], reads["safety"])
        said = words if carries is Carries.ALL else reads["place"].format(place=place)
        how = reads["by_text"] if link is None else reads["by_link"].format(link=link)
        return with_safety(f"{said.strip()}\n{how}", reads["safety"])

    def room(self, longest_link: int) -> int:
        """Characters that whoever writes a request has, so that it fits whoever it goes to."""
        hows = (
            len(how)
            for reads in self.reads.values()
            for how in (reads["by_text"], reads["by_link"].format(link="_" * longest_link))
        )
        return LONGEST - max(hows) - 1


def with_safety(said: str, safety: str, apart: str = "\n") -> str:
    """The words, no longer than they may be, and the sentence after them."""
    said = said.strip()
    kept = said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…"
    return f"{kept}{apart}{safety}" if kept else safety


def load_observer_words(prompts: Path, first: str) -> ObserverWords:
    """Reads the file of each language that has one; `first`, that of the organizers, must.

    Raises:
        BadObserverWords
    """
    tables: dict[str, dict[str, Any]] = {}
    wrong: list[str] = []
    for path in sorted(prompts.glob(f"*/{FILE}")):
        try:
            tables[path.parent.name] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            wrong.append(f"{path}: {error}")
            continue
        wrong += [f"{path}: {each}" for each in _missing(tables[path.parent.name])]
    if first not in tables and not wrong:
        wrong.append(f"{prompts / first / FILE}: is missing")
    if wrong:
        raise BadObserverWords("\n".join(wrong))
    written = [table["writes"] for table in tables.values()]
    return ObserverWords(
        {code: {**table["reads"], "safety": table["safety"]} for code, table in tables.items()},
        ReplyWords(
            {said: _all_of(written, said) for said in Said},
            _all_of(written, "minutes"),
            _all_of(written, "around"),
        ),
        first,
    )


def _missing(table: Mapping[str, Any]) -> Iterator[str]:
    if not table.get("safety"):
        yield "safety is missing"
    reads, writes = table.get("reads", {}), table.get("writes", {})
    yield from (f"[reads] {name} is missing" for name in READS if not reads.get(name))
    wanted = (*Said, "minutes", "around")
    yield from (f"[writes] {name} is missing" for name in wanted if not writes.get(name))


def _all_of(written: Iterable[Mapping[str, Sequence[str]]], name: str) -> frozenset[str]:
    return frozenset(plain(each) for table in written for each in table[name])


# --- Who can be asked -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Observer:
    """Somebody who observes, and how asking them stands."""

    person: Person
    fits_area: bool
    """They go where it is, or anywhere."""
    fits_language: bool
    """They understand a language of its callers, or none is known of either."""
    channels: tuple[str, ...]
    """By which they would be asked now, each once."""
    is_quiet: bool
    """What could reach them is not to be used at this hour."""
    has_opted_out: bool
    """They wrote STOP from what could reach them."""
    is_asked: bool
    """They are asked already, of the same, and that is not over."""

    @property
    def can_be_asked(self) -> bool:
        return bool(self.channels) and not self.is_asked

    @property
    def fits(self) -> bool:
        return self.fits_area and self.fits_language


def observers(
    roster: Roster,
    channels: Collection[str],
    *,
    areas: Iterable[str],
    languages: Iterable[str],
    opted_out: Collection[str],
    asked: Iterable[Dispatch],
    at: datetime,
) -> tuple[Observer, ...]:
    """Everybody who observes and has not left: those who fit and can be asked first, then by name.

    `channels`: those that there are here; `areas`: names of where it is, from the part of town to
    the city; `languages`: of its callers; `opted_out`: keyed addresses from which somebody wrote
    STOP; `asked`: the requests about the same.
    """
    where, spoken = list(areas), {code.partition("-")[0] for code in languages}
    busy = {ask.person_id for each in asked if each.is_open(at) for ask in each.asks}
    found = []
    for person in roster.here(at):
        if not person.observes:
            continue
        reaches = [each for each in roster.reaches if each.person_id == person.person_id]
        usable = [each for each in reaches if each.channel in channels and each.channel != VOICE]
        heard = [each for each in usable if not _is_stopped(each, opted_out)]
        now = [each for each in heard if not _is_quiet(each, roster, at)]
        own = {code.partition("-")[0] for code in person.languages}
        found.append(
            Observer(
                person,
                fits_area=not person.areas
                or any(same_area(a, b) for a in person.areas for b in where),
                fits_language=not spoken or not own or bool(spoken & own),
                channels=tuple(dict.fromkeys(each.channel for each in now)),
                is_quiet=bool(heard) and not now,
                has_opted_out=bool(usable) and not heard,
                is_asked=person.person_id in busy,
            )
        )
    found.sort(
        key=lambda each: (not (each.fits and each.can_be_asked), each.person.name.casefold())
    )
    return tuple(found)


def contacts_of(
    person_id: str,
    roster: Roster,
    channels: Collection[str],
    opted_out: Collection[str],
    at: datetime,
) -> tuple[Contact, ...]:
    """By what somebody is asked now."""
    return tuple(
        dict.fromkeys(
            Contact(
                each.channel,
                each.address,
                address_context(each.reach_id),
                each.address_hash,
                each.person_id,
            )
            for each in roster.reaches
            if each.person_id == person_id
            and each.channel in channels
            and each.channel != VOICE
            and not _is_quiet(each, roster, at)
            and not _is_stopped(each, opted_out)
        )
    )


def same_area(one: str, other: str) -> bool:
    """Whether two names that people wrote may well be of one place.

    >>> same_area("south Minneapolis", "Minneapolis"), same_area("Phillips West", "Phillips")
    (True, True)
    >>> same_area("St. Paul", "Saint Paul"), same_area("Park", "Parkway")
    (True, False)
    """
    ours, theirs = _name(one), _name(other)
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def _name(area: str) -> frozenset[str]:
    return frozenset("saint" if word == "st" else word for word in plain(area).split())


def _is_quiet(reach: Reach, roster: Roster, at: datetime) -> bool:
    return reach.quiet is not None and reach.quiet.hold(at, roster.zone)


def _is_stopped(reach: Reach, opted_out: Collection[str]) -> bool:
    return reach.channel in HEEDS_STOP and reach.address_hash in opted_out
