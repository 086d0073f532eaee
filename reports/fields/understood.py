"""What is understood of a report from its keys and its words, with where each value comes from.

Keys go before words. Where the two do not agree, both are shown, and a person settles it: what they
say goes before both, which stay beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from reports.fields.activity import Activity, activities_said
from reports.fields.appearance import Appearance, Claim, agencies_said, appearance_said
from reports.fields.contact import (
    Evidence,
    Need,
    call_when_said,
    callback_said,
    evidence_said,
    needs_said,
    numbers_said,
)
from reports.fields.counts import SURE, Count, may_be_told_of, officers_counted
from reports.fields.detained import detained_counted, one_sought
from reports.fields.equipment import Equipment, equipment_said
from reports.fields.finding import Finding
from reports.fields.first_hand import FirstHand, first_hand_said
from reports.fields.guessing import likely, networks_of, weighed
from reports.fields.happening import happens_there
from reports.fields.headcount import weighed_counts
from reports.fields.heading import Heading, heading_said
from reports.fields.keys import KEY_CONFIDENCE
from reports.fields.kind import (
    GUESSED,
    Kind,
    kind_said,
    says_it_is_none,
    settled_first_hand,
)
from reports.fields.location import Location
from reports.fields.moment import Moment
from reports.fields.names import Names
from reports.fields.presence import SHOWN as PRESENCE_SHOWN
from reports.fields.presence import presence_over, presence_said, presence_shown
from reports.fields.private import Private, private_said
from reports.fields.said import Passage
from reports.fields.settled import SEVERAL, Settled
from reports.fields.time import COARSE, time_said, time_shown
from reports.fields.vehicles import Vehicle, vehicles_said
from reports.fields.whereabouts import NOW_AT, SAID_WITHIN, location_said
from reports.questions import CALLBACK, EARLIER, NO, NOW, OFFICERS, STILL_THERE, WHEN, YES

V_co = TypeVar("V_co", covariant=True)
V = TypeVar("V")
KINDS: Final = MappingProxyType({str(each): each for each in Kind})
ASIDE: Final = (Kind.QUESTION, Kind.NOT_FOR_US)
"""Kinds of calls that tell of nobody who is counted."""
SURE_KIND: Final = 0.8
"""How sure a kind is of which words leave no doubt."""
HANDS: Final = MappingProxyType({str(each): each for each in FirstHand})


@dataclass(frozen=True)
class Told:
    """All that a caller gave: keys by question, and what they said or wrote."""

    at: datetime
    """Of the call, in the zone that the caller lives in."""
    passages: tuple[Passage, ...]
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Pressed(Generic[V_co]):
    """A value that a key stands for."""

    value: V_co
    question: str
    digits: str
    confidence: float = KEY_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Understood(Generic[V_co]):
    """What is known of one field."""

    pressed: Pressed[V_co] | None = None
    said: Finding[V_co] | None = None
    settled: Settled[V_co | None] | None = None

    @property
    def value(self) -> V_co | None:
        """A person's before the key's before the words'."""
        if self.settled is not None:
            return self.settled.value
        if self.pressed is not None:
            return self.pressed.value
        return None if self.said is None else self.said.value

    @property
    def is_settled(self) -> bool:
        """Whether a person says what it is, and not only that the machine is wrong."""
        return self.settled is not None and self.settled.value is not None

    @property
    def standing(self) -> tuple[V_co, ...]:
        """What nobody settled between: the key's and the words'; else what was settled alone."""
        if self.settled is not None:
            return () if self.settled.value is None else (self.settled.value,)
        return tuple(each.value for each in (self.pressed, self.said) if each is not None)


Known = Finding[V] | Settled[V]
"""A value of which no key speaks: from words, or from a person."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """Of a whole report."""

    officers: Understood[Count]
    still_there: Understood[bool]
    first_hand: Understood[FirstHand]
    seen_at: Understood[Moment]
    location: Understood[Location]
    kind: Known[Kind] | None = None
    detained: Known[Count] | None = None
    """How many people were taken, or are held."""
    heading: Known[Heading] | None = None
    callback: Understood[bool] = Understood()
    number: Finding[str] | None = None
    """That was spoken, to be called back on: E.164. Nobody but who reviews it sees it."""
    call_when: Known[str] | None = None
    activities: tuple[Known[Activity], ...] = ()
    agencies: tuple[Known[Claim], ...] = ()
    appearance: tuple[Known[Appearance], ...] = ()
    equipment: tuple[Known[Equipment], ...] = ()
    vehicles: tuple[Known[Vehicle], ...] = ()
    evidence: tuple[Known[Evidence], ...] = ()
    needs: tuple[Known[Need], ...] = ()
    private: tuple[Finding[Private], ...] = ()
    """What is not to leave, where it stands."""
    settled: Mapping[str, Settled[Any]] = field(default_factory=lambda: MappingProxyType({}))
    """By field, what a person settled; of one with several values all of them."""
    heard: Understanding | None = None
    """What keys and words alone say, where a person settled anything."""

    def of(self, name: str) -> Understood[Any]:
        """A field of one value with all its sources, also those that count no more."""
        known = getattr(self if self.heard is None else self.heard, name)
        settled = self.settled.get(name)
        if isinstance(known, Understood):
            return replace(known, settled=settled)
        return Understood(said=known, settled=settled)

    def heard_of(self, name: str) -> tuple[Finding[Any], ...]:
        """The same of a field of several values: what the words say, whatever was settled."""
        found: tuple[Finding[Any], ...] = getattr(self if self.heard is None else self.heard, name)
        return found

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The fields in which the keys say one thing and the words another, and nobody settled it
        yet."""
        agree = {
            "officers": _agree(self.officers, _counts_agree),
            "still_there": _agree(self.still_there, bool.__eq__),
            "callback": _agree(self.callback, bool.__eq__),
        }
        return tuple(name for name, do in agree.items() if not do)


def understand(
    told: Told, names: Names, settled: Mapping[str, Settled[Any]] = MappingProxyType({})
) -> Understanding:
    """`names` are those of the places that the group knows; `settled`: what people settled, by
    field. Never raises, whatever was said."""
    return _settle(_heard(told, names, settled.get("kind")), settled)


def _settle(heard: Understanding, settled: Mapping[str, Settled[Any]]) -> Understanding:
    if not settled:
        return heard
    fields: dict[str, Any] = {}
    for name, each in settled.items():
        known = getattr(heard, name)
        if isinstance(known, Understood):
            fields[name] = replace(known, settled=each)
        elif name in SEVERAL:
            fields[name] = tuple(replace(each, value=value) for value in each.value)
        else:
            fields[name] = None if each.value is None else each
    return replace(heard, **fields, settled=settled, heard=heard)


def by_rules(told: Told, names: Names) -> Mapping[str, Finding[Count] | None]:
    """What rules alone count, by field of `headcount.FIELDS`: what their word is worth is learnt
    from it."""
    understood = _heard(told, names, None, weighs_counts=False)
    detained = understood.detained
    return {
        "officers": understood.officers.said,
        "detained": detained if isinstance(detained, Finding) else None,
    }


def _heard(
    told: Told,
    names: Names,
    settled_kind: Settled[Kind | None] | None,
    *,
    weighs_counts: bool = True,
) -> Understanding:
    """From keys and words. Which of the words are read for what hangs on the kind of call: on what
    a person says that it is, if one does."""
    said = told.passages
    location = location_said(said, names)
    knows = first_hand_said(said)
    detained = detained_counted(said)
    sounds_like = kind_said(
        said, knows=knows, placed=location is not None, taken=detained is not None
    )
    whole = likely(said)
    if WHEN not in told.keys:
        sounds_like = weighed(sounds_like, whole.get("kind", {}), _may_be(sounds_like), said)
    elif sounds_like is not None and sounds_like.confidence <= GUESSED:
        sounds_like = None  # who pressed when it happens speaks of what happens
    kind = _sorted(sounds_like, settled_kind)
    needs = needs_said(said)
    misses = _seeks_help(kind) and any(each.value is Need.FAMILY for each in needs)
    counts = _counted_by_rules(said, kind, detained, misses=misses)
    networks = networks_of(said)
    if weighs_counts and networks is not None:
        counts = weighed_counts(said, counts, whole, networks)
    # 'Stopped on 169 and Canterbury.'
    counts = {
        name: None if _names_street(each, location) else each for name, each in counts.items()
    }
    detained = counts["detained"]
    if settled_kind is None:
        kind = sounds_like = _as_counted(sounds_like, counts["officers"], detained)
    first_hand = settled_first_hand(knows, kind)
    tells = kind is None or kind.value in (Kind.REPORT, Kind.RUMOUR, Kind.HELP)
    if tells:
        # Who pressed 'now' is not taken for one who was told by the sound of it, nor who passes on
        # what others say for one who saw it.
        never = {FirstHand.TOLD} if told.keys.get(WHEN) == NOW else set()
        if kind is not None and kind.value is Kind.RUMOUR:
            never.add(FirstHand.SAW)
        hands = {hand: HANDS[hand] for hand in HANDS if hand not in never}
        first_hand = weighed(first_hand, whole.get("first_hand", {}), hands, said)
    seeks_help = _seeks_help(kind)
    of_family = misses or (seeks_help and detained is not None)
    if location is not None and kind is not None:
        is_there = happens_there(location, kind, said, taken=of_family)
        location = location if is_there else None
    nothing = _tells_nothing(kind) or (seeks_help and not of_family)
    began = None if nothing else time_said(said, told.at)
    # Who pressed 'earlier' tells a story, in whatever tense.
    shows = kind is not None and kind.value is Kind.REPORT and told.keys.get(WHEN) != EARLIER
    there = None if nothing else presence_said(said)
    if there is None and shows:
        there = presence_shown(said, began, told.at)
    if there is None and kind is not None and kind.value is Kind.RUMOUR:
        there = presence_over(said, taken=detained is not None)
    if there is None and of_family and kind is not None:
        # Whose family asks where they are was taken, and who took them went.
        there = Finding(False, kind.passage, kind.first, kind.last, PRESENCE_SHOWN)
    if STILL_THERE not in told.keys and tells and (of_family or not seeks_help):
        there = weighed(there, whole.get("still_there", {}), _may_be_there(told, kind), said)
    if shows and (began is None or began.value.within >= COARSE or _moved_on(began, location)):
        # 'They brought him in last night … they are still here.'
        began = time_shown(there, told.at) or began
    return Understanding(
        officers=Understood(_officers_pressed(told), counts["officers"]),
        still_there=Understood(_choice_pressed(told, STILL_THERE), there),
        first_hand=Understood(said=first_hand),
        seen_at=Understood(said=began),
        location=Understood(said=location),
        kind=sounds_like,
        detained=detained,
        heading=heading_said(said),
        callback=Understood(_choice_pressed(told, CALLBACK), callback_said(said)),
        number=next(iter(numbers_said(said)), None),
        call_when=call_when_said(said),
        activities=activities_said(said),
        agencies=agencies_said(said),
        appearance=appearance_said(said),
        equipment=equipment_said(said),
        vehicles=() if nothing else vehicles_said(said),
        evidence=evidence_said(said),
        needs=needs,
        private=private_said(said, names, location),
    )


def _counted_by_rules(
    said: Sequence[Passage],
    kind: Finding[Kind] | None,
    detained: Finding[Count] | None,
    *,
    misses: bool,
) -> Mapping[str, Finding[Count] | None]:
    """By field. `misses`: whoever calls looks for one of theirs."""
    if _tells_nothing(kind):
        return {"officers": None, "detained": None}
    if detained is None and misses:
        detained = one_sought(said)
    helps = kind is not None and kind.value is Kind.HELP
    tells = not helps or misses or detained is not None
    return {
        "officers": _officers_said(said, kind, detained) if tells else None,
        "detained": detained,
    }


def _may_be(sounds_like: Finding[Kind] | None) -> Mapping[str, Kind]:
    """What may be guessed of the kind: that nothing was said only where no words say anything, that
    it is for somebody else only where none sound like a report, and of who says that theirs were
    taken nothing: a family waits for an answer."""
    if (
        sounds_like is not None
        and sounds_like.value is Kind.HELP
        and sounds_like.confidence >= SURE_KIND
    ):
        return {}
    never = set[Kind]()
    if sounds_like is not None and sounds_like.confidence > GUESSED:
        never.add(Kind.SILENT)
        if sounds_like.value is Kind.REPORT:
            never.add(Kind.NOT_FOR_US)
    return {name: kind for name, kind in KINDS.items() if kind not in never}


def _may_be_there(told: Told, kind: Finding[Kind] | None) -> Mapping[str, bool]:
    """What may be guessed of whether it goes on: nothing that the key for 'when' speaks against,
    and not that it does, of hearsay."""
    pressed = told.keys.get(WHEN)
    goes_on = pressed in (None, NOW) and (kind is None or kind.value is not Kind.RUMOUR)
    allowed = {"true": True} if goes_on else {}
    return allowed if pressed == NOW else {**allowed, "false": False}


def _sorted(
    sounds_like: Finding[Kind] | None, settled: Settled[Kind | None] | None
) -> Finding[Kind] | None:
    """The kind that the other fields are read by."""
    if settled is None or sounds_like is None:
        return sounds_like
    return None if settled.value is None else replace(sounds_like, value=settled.value)


def _seeks_help(kind: Finding[Kind] | None) -> bool:
    return kind is not None and kind.value is Kind.HELP


def _as_counted(
    kind: Finding[Kind] | None, officers: Finding[Count] | None, detained: Finding[Count] | None
) -> Finding[Kind] | None:
    """Who counts officers tells of them, and who was taken is looked for, whatever is asked about
    it: 'There are two agents in the hall. Do I have to talk to them?'."""
    if kind is None or kind.value not in ASIDE or (officers is None and detained is None):
        return kind
    value = Kind.HELP if officers is None else Kind.REPORT
    return replace(kind, value=value, confidence=GUESSED, is_guess=True)


def _moved_on(began: Finding[Moment], location: Finding[Location] | None) -> bool:
    """'At seven they were on Lake. Now they are at 26th.'"""
    return (
        location is not None
        and location.passage is began.passage
        and any(
            began.last < mark.first and 0 <= location.first - mark.last <= SAID_WITHIN
            for mark in began.passage.of(NOW_AT)
        )
    )


def _names_street(count: Finding[Count] | None, location: Finding[Location] | None) -> bool:
    """Whether a number is one of two streets that cross, and no count that stands between them:
    'on Lake, four of them, by Cedar'."""
    return (
        count is not None
        and location is not None
        and len(location.value.streets) == 2
        and count.passage is location.passage
        and location.first <= count.first
        and count.last <= location.last
        and (count.first == location.first or count.last == location.last)
    )


def _tells_nothing(kind: Finding[Kind] | None) -> bool:
    """Whether a call of this kind speaks of nothing that happened."""
    return kind is not None and kind.value in (Kind.QUESTION, Kind.NOT_FOR_US, Kind.PRANK)


def _officers_said(
    said: Sequence[Passage], kind: Finding[Kind] | None, detained: Finding[Count] | None
) -> Finding[Count] | None:
    """Where it was no enforcement, 'ten people' are more likely to be others; of hearsay and of
    who needs help they may be those who were taken."""
    counted = officers_counted(said)
    if counted is None or counted.confidence >= SURE:
        return counted
    if any(map(says_it_is_none, said)):
        return None
    if kind is not None and kind.value is Kind.HELP:
        # 'Four of my guys were taken … four of them.'
        is_same = detained is not None and counted.value == detained.value != Count(1, 1)
        return None if is_same else counted
    if kind is not None and kind.value is Kind.RUMOUR:
        return counted if may_be_told_of(counted, said) else None
    return counted


def _officers_pressed(told: Told) -> Pressed[Count] | None:
    digits = told.keys.get(OFFICERS, "")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return Pressed(Count(int(digits), int(digits)), OFFICERS, digits)


def _choice_pressed(told: Told, question: str) -> Pressed[bool] | None:
    digits = told.keys.get(question, "")
    if digits not in (YES, NO):
        return None
    return Pressed(digits == YES, question, digits)


def _agree(understood: Understood[V], agree: Callable[[V, V], bool]) -> bool:
    pressed, said = understood.pressed, understood.said
    return (
        understood.settled is not None
        or pressed is None
        or said is None
        or agree(pressed.value, said.value)
    )


def _counts_agree(pressed: Count, said: Count) -> bool:
    """'Four or five', and 'about five', do not speak against a five."""
    if pressed.low is None or said.low is None or said.high is None:
        return True
    return said.low <= pressed.low <= said.high or (
        said.is_about and abs(said.low - pressed.low) <= max(1, said.low // 4)
    )
