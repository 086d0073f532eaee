"""What is said at the desk by telephone, given where somebody stands and the key they press. Pure.

Whoever calls from the number of somebody who has a PIN is asked for it, and goes on as any caller
who gives none. Inside, one report is at hand at a time: new ones first, the most urgent and newest
before others, then those that somebody has taken up and nobody judged.

Where somebody stands is handed from request to request in the signed address (`ivr.desk_door`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from oncall.contacts import WAKING
from oncall.waiting import is_waiting
from reports.fields.priority import Priority
from reports.model import Dossier, Handling, Verdict
from reports.roles import ByPhone

PINS: Final = 3
"""How often the PIN may be tried in one call."""
MISSES: Final = 2
"""So many keys that mean nothing, or silences, in a row are answered by the keys there are."""
LONGEST_TRAIL: Final = 100
"""Reports that are kept in mind as heard: the trail stands in an address."""

TAKE: Final = "1"
NEXT: Final = "2"
HEAR: Final = "3"
JUDGE: Final = "4"
CALL_BACK: Final = "5"
NOTE: Final = "6"
BEFORE: Final = "8"
AGAIN: Final = "9"
END: Final = "0"
HELP: Final = "*"
BACK: Final = "#"
UNDO: Final = "0"
VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {
        "1": Verdict.CONFIRMED,
        "2": Verdict.FALSE_ALARM,
        "3": Verdict.NOT_ENFORCEMENT,
        "4": Verdict.UNABLE_TO_VERIFY,
    }
)
ASKS_FOR: Final[Mapping[str, ByPhone]] = MappingProxyType(
    {
        TAKE: ByPhone.TAKE_UP,
        HEAR: ByPhone.HEAR,
        JUDGE: ByPhone.JUDGE,
        CALL_BACK: ByPhone.CALL_BACK,
        NOTE: ByPhone.NOTE,
    }
)
"""What somebody must be allowed who presses a key; of the others nothing."""
_PLACE: Final = {priority: place for place, priority in enumerate(Priority)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands."""

    trail: tuple[str, ...]
    """References of the reports that they heard of, in order."""
    at: int
    """Which of these is at hand."""
    misses: int = 0
    """Keys that meant nothing, and silences, since the last that meant something."""

    @property
    def reference(self) -> str:
        return self.trail[self.at]


@dataclass(frozen=True, slots=True)
class AtHand:
    """What the report at hand allows, and they may."""

    may: frozenset[ByPhone]
    has_sound: bool
    """There is something to hear."""
    gives_number: bool
    """The caller may be called back."""

    def offers(self, key: str) -> bool:
        """Whether that key leads somewhere."""
        needed = ASKS_FOR.get(key)
        if needed is not None and needed not in self.may:
            return False
        return (key != HEAR or self.has_sound) and (key != CALL_BACK or self.gives_number)


# --- What is said, and then waited for ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnterPin:
    turn: int
    before: tuple[str, ...] = ()
    """Names of words to be said first; likewise below."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """The call goes on as anybody's."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The report at hand, and the keys."""

    place: Place
    before: tuple[str, ...] = ()
    reads: bool = False
    """The report is read out."""
    all_keys: bool = False
    """Every key is said; else only the one that has them said."""


@dataclass(frozen=True, slots=True)
class Hear:
    """One of what there is to hear of the report."""

    place: Place
    index: int


@dataclass(frozen=True, slots=True)
class AskVerdict:
    place: Place
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SayJudged:
    """What is said of the report now; a key has it be what it was."""

    place: Place
    undo_to: Verdict


@dataclass(frozen=True, slots=True)
class RecordNote:
    place: Place


@dataclass(frozen=True, slots=True)
class Leave:
    before: tuple[str, ...] = ()


Step = EnterPin | Ordinary | Menu | Hear | AskVerdict | SayJudged | RecordNote | Leave


# --- What is to be done first ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakeUp:
    place: Place


@dataclass(frozen=True, slots=True)
class Judge:
    place: Place
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Undo:
    """They take back what they said: it is what it was."""

    place: Place
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CallBack:
    place: Place


Deed = TakeUp | Judge | Undo | CallBack


# --- The order ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """What there is to do."""

    order: tuple[str, ...]
    """References: what waits, then what was taken up and not judged."""
    waiting: int
    urgent: int
    """Of these."""


def waiting_of(dossiers: Iterable[Dossier], priority: Callable[[Dossier], Priority]) -> Waiting:
    """Closed reports, and those of which somebody said what is true, are left out."""
    left = [
        each
        for each in dossiers
        if each.report.handling is not Handling.CLOSED and each.verdict is Verdict.UNVERIFIED
    ]
    ordered = sorted(
        left,
        key=lambda each: (
            not is_waiting(each),
            # Pressed other digits than they heard.
            each.call.check_passed is False,
            _PLACE[priority(each)],
            -each.report.filed_at.timestamp(),
        ),
    )
    new = [each for each in ordered if is_waiting(each)]
    return Waiting(
        order=tuple(each.report.reference for each in ordered),
        waiting=len(new),
        urgent=sum(priority(each) in WAKING for each in new),
    )


# --- From one to the next -------------------------------------------------------------------------


def after_pin(turn: int, *, given: bool, is_asked: bool) -> Step:
    """After a PIN that was not right. `given`: something was pressed; `is_asked`: the door is not
    shut meanwhile. Nobody is told that it is."""
    if not given or not is_asked or turn >= PINS:
        return Ordinary()
    return EnterPin(turn + 1, ("not_the_pin",))


def arriving(order: Sequence[str]) -> Step:
    """After the right PIN."""
    if not order:
        return Leave(("none",))
    return Menu(Place((order[0],), 0), ("waiting",), reads=True, all_keys=True)


def after_key(place: Place, key: str, order: Sequence[str], at_hand: AtHand) -> Step | Deed:
    """What a key leads to at a report."""
    needed = ASKS_FOR.get(key)
    heeded = replace(place, misses=0)
    if needed is not None and needed not in at_hand.may:
        return Menu(heeded, ("not_yours",))
    match key:
        case _ if key == TAKE:
            return TakeUp(heeded)
        case _ if key == NEXT:
            return _next(heeded, order)
        case _ if key == HEAR:
            return Hear(heeded, 0) if at_hand.has_sound else Menu(heeded, ("no_recording",))
        case _ if key == JUDGE:
            return AskVerdict(heeded)
        case _ if key == CALL_BACK:
            return CallBack(heeded) if at_hand.gives_number else Menu(heeded, ("no_number",))
        case _ if key == NOTE:
            return RecordNote(heeded)
        case _ if key == BEFORE:
            if heeded.at == 0:
                return Menu(heeded, ("first",))
            return Menu(replace(heeded, at=heeded.at - 1), reads=True)
        case _ if key == AGAIN:
            return Menu(heeded, reads=True)
        case _ if key == HELP:
            return Menu(heeded, all_keys=True)
        case _ if key == BACK:
            return Menu(heeded)
        case _ if key == END:
            return Leave()
    return _missed(place, key)


def after_hearing(
    place: Place, index: int, count: int, key: str, order: Sequence[str], at_hand: AtHand
) -> Step | Deed:
    """Any key stops what is played, and does what it does anywhere; without one the next of the
    `count` is played."""
    if key:
        return after_key(place, key, order, at_hand)
    if index + 1 < count:
        return Hear(place, index + 1)
    return Menu(place, ("heard_all",))


def after_verdict(place: Place, key: str) -> Step | Deed:
    if key in VERDICTS:
        return Judge(replace(place, misses=0), VERDICTS[key])
    if key == BACK:
        return Menu(replace(place, misses=0))
    missed = replace(place, misses=place.misses + 1)
    if missed.misses > MISSES:
        return Leave()
    return AskVerdict(missed, ("wrong_key",) if key else ())


def after_judged(
    place: Place, undo_to: Verdict, key: str, order: Sequence[str], at_hand: AtHand
) -> Step | Deed:
    """Somebody is told what they said, and may take it back; every other key does what it does."""
    if key == UNDO:
        return Undo(place, undo_to)
    return after_key(place, key, order, at_hand) if key else Menu(place)


def after_note(place: Place, *, spoke: bool) -> Step:
    return Menu(place, ("note_kept" if spoke else "nothing_heard",))


def after_call(place: Place, *, reached: bool) -> Step:
    return Menu(place, ("call_over" if reached else "not_reached",))


def _next(place: Place, order: Sequence[str]) -> Step:
    if place.at + 1 < len(place.trail):
        return Menu(replace(place, at=place.at + 1), reads=True)
    new = next((each for each in order if each not in place.trail), None)
    if new is None:
        return Menu(place, ("last",))
    trail = (*place.trail, new)[-LONGEST_TRAIL:]
    return Menu(Place(trail, len(trail) - 1), reads=True)


def _missed(place: Place, key: str) -> Step:
    missed = replace(place, misses=place.misses + 1)
    if missed.misses > MISSES:
        return Leave()
    return Menu(missed, ("wrong_key",) if key else (), all_keys=True)
