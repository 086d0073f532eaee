"""Whatever somebody presses at the desk by telephone, they hear something, or are let go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk_script import (
    LONGEST_TRAIL,
    MISSES,
    PINS,
    VERDICTS,
    AskVerdict,
    AtHand,
    CallBack,
    Deed,
    EnterPin,
    Hear,
    Judge,
    Leave,
    Menu,
    Ordinary,
    Place,
    RecordNote,
    SayJudged,
    Step,
    TakeUp,
    Undo,
    after_call,
    after_hearing,
    after_judged,
    after_key,
    after_note,
    after_pin,
    after_verdict,
    arriving,
    waiting_of,
)
from oncall.briefs import DESK, load_tells
from reports.fields.priority import Priority
from reports.model import Call, Dossier, Handling, Report, Verdict
from reports.roles import ByPhone, may_by_phone
from reports.services.answers import Outcome

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
ALL = AtHand(frozenset(ByPhone), has_sound=True, gives_number=True)
HERE = Place(("4821",), 0)
TELLS = load_tells(Path("prompts"), "en")
SAID = frozenset(DESK) | frozenset(Outcome)


# --- The order ------------------------------------------------------------------------------------


def dossier(
    reference: str,
    minute: int,
    *,
    handling: Handling = Handling.NEW,
    verdict: Verdict = Verdict.UNVERIFIED,
    check_passed: bool | None = None,
) -> Dossier:
    filed = AT + timedelta(minutes=minute)
    report = Report(reference, f"CA{reference}", filed, filed, handling, verdict)
    call = Call(f"CA{reference}", filed, check_passed=check_passed)
    return Dossier(report, call, (), (), (), ())


def ranks(**priorities: Priority) -> dict[str, Priority]:
    return {name[1:]: priority for name, priority in priorities.items()}


def test_new_ones_first_the_most_urgent_and_newest_before_others() -> None:
    those = [
        dossier("1", 1),
        dossier("2", 2),
        dossier("3", 3),
        dossier("4", 4, handling=Handling.ACKNOWLEDGED),
        dossier("5", 5, verdict=Verdict.FALSE_ALARM),
        dossier("6", 6, handling=Handling.CLOSED),
        dossier("7", 7, check_passed=False),
    ]
    of = ranks(r1=Priority.P2, r2=Priority.P2, r3=Priority.P3, r4=Priority.P1, r7=Priority.P1)
    found = waiting_of(those, lambda each: of[each.report.reference])
    assert found.order == ("2", "1", "3", "7", "4")
    assert (found.waiting, found.urgent) == (4, 3)


# --- The keys -------------------------------------------------------------------------------------


def test_one_is_asked_three_times_and_goes_on_as_a_caller() -> None:
    assert after_pin(1, given=True, is_asked=True) == EnterPin(2, ("not_the_pin",))
    assert after_pin(PINS, given=True, is_asked=True) == Ordinary()
    assert after_pin(1, given=False, is_asked=True) == Ordinary()
    assert after_pin(1, given=True, is_asked=False) == Ordinary()


@pytest.mark.parametrize(
    ("key", "leads_to"),
    [
        ("1", TakeUp(HERE)),
        ("2", Menu(Place(("4821", "3107"), 1), reads=True)),
        ("3", Hear(HERE, 0)),
        ("4", AskVerdict(HERE)),
        ("5", CallBack(HERE)),
        ("6", RecordNote(HERE)),
        ("8", Menu(HERE, ("first",))),
        ("9", Menu(HERE, reads=True)),
        ("0", Leave()),
        ("*", Menu(HERE, all_keys=True)),
        ("#", Menu(HERE)),
    ],
)
def test_each_key_does_one_thing(key: str, leads_to: Step | Deed) -> None:
    at = replace(HERE, misses=1)
    assert after_key(at, key, ("4821", "3107"), ALL) == leads_to


@pytest.mark.parametrize("key", ["", "7", "42", "A"])
def test_what_is_no_key_is_answered_by_the_keys_twice_and_then_by_a_goodbye(key: str) -> None:
    place = HERE
    for _ in range(MISSES):
        step = after_key(place, key, (), ALL)
        assert isinstance(step, Menu)
        assert step.all_keys
        place = step.place
    assert after_key(place, key, (), ALL) == Leave()


def test_what_came_meanwhile_is_next_and_what_was_heard_is_not_heard_again() -> None:
    step = after_key(HERE, "2", ("9999", "4821", "3107"), ALL)
    assert isinstance(step, Menu)
    assert step.place.reference == "9999"
    back = after_key(step.place, "8", (), ALL)
    assert isinstance(back, Menu)
    assert back.place.reference == "4821"
    again = after_key(back.place, "2", ("5555",), ALL)
    assert isinstance(again, Menu)
    assert again.place.reference == "9999"
    assert after_key(step.place, "2", ("9999", "4821"), ALL) == Menu(step.place, ("last",))


def test_the_trail_stays_short_enough_for_an_address() -> None:
    place = Place(tuple(str(1000 + each) for each in range(LONGEST_TRAIL)), LONGEST_TRAIL - 1)
    step = after_key(place, "2", ("9999",), ALL)
    assert isinstance(step, Menu)
    assert len(step.place.trail) == LONGEST_TRAIL
    assert step.place.reference == "9999"


@pytest.mark.parametrize(("key", "verdict"), VERDICTS.items())
def test_a_verdict_is_said_and_taken_back(key: str, verdict: Verdict) -> None:
    assert after_verdict(HERE, key) == Judge(HERE, verdict)
    assert after_judged(HERE, Verdict.UNVERIFIED, "0", (), ALL) == Undo(HERE, Verdict.UNVERIFIED)
    assert after_judged(HERE, Verdict.UNVERIFIED, "", (), ALL) == Menu(HERE)
    assert after_judged(HERE, Verdict.UNVERIFIED, "6", (), ALL) == RecordNote(HERE)


def test_recordings_are_played_one_after_the_other_until_a_key() -> None:
    assert after_hearing(HERE, 0, 2, "", (), ALL) == Hear(HERE, 1)
    assert after_hearing(HERE, 1, 2, "", (), ALL) == Menu(HERE, ("heard_all",))
    assert after_hearing(HERE, 0, 2, "#", (), ALL) == Menu(HERE)
    assert after_hearing(HERE, 0, 2, "1", (), ALL) == TakeUp(HERE)


@pytest.mark.parametrize("key", ["1", "3", "4", "5", "6"])
def test_what_somebody_may_not_do_is_said_and_not_offered(key: str) -> None:
    nothing = replace(ALL, may=frozenset())
    assert after_key(HERE, key, (), nothing) == Menu(HERE, ("not_yours",))
    assert not nothing.offers(key)
    assert ALL.offers(key)


def test_what_is_not_there_is_not_offered() -> None:
    bare = AtHand(frozenset(ByPhone), has_sound=False, gives_number=False)
    assert after_key(HERE, "3", (), bare) == Menu(HERE, ("no_recording",))
    assert after_key(HERE, "5", (), bare) == Menu(HERE, ("no_number",))
    assert not bare.offers("3")
    assert not bare.offers("5")


# --- Whatever is done -----------------------------------------------------------------------------

KEYS = st.one_of(st.sampled_from([*"0123456789*#", ""]), st.text(max_size=3))
ORDERS = st.lists(st.sampled_from(["4821", "3107", "5533"]), unique=True)
AT_HANDS = st.builds(AtHand, st.frozensets(st.sampled_from(ByPhone)), st.booleans(), st.booleans())


def comes_next(at: Step | Deed, key: str, order: list[str], at_hand: AtHand) -> Step | Deed:
    match at:
        case EnterPin(turn):
            return after_pin(turn, given=bool(key), is_asked=True)
        case Menu(place):
            return after_key(place, key, order, at_hand)
        case Hear(place, index):
            return after_hearing(place, index, 2, key, order, at_hand)
        case AskVerdict(place):
            return after_verdict(place, key)
        case SayJudged(place, undo_to):
            return after_judged(place, undo_to, key, order, at_hand)
        case RecordNote(place):
            return after_note(place, spoke=bool(key))
        case TakeUp(place):
            return Menu(place, (Outcome.YOU_HAVE,))
        case Judge(place, verdict):
            return SayJudged(place, verdict)
        case Undo(place):
            return Menu(place, ("undone",))
        case CallBack(place):
            return after_call(place, reached=bool(key))
        case Ordinary() | Leave():
            return at


def says_something(step: Step | Deed) -> bool:
    """All names are known; and every step but these says words of its own."""
    before = getattr(step, "before", ())
    return set(before) <= SAID and all(name in TELLS.desk or name in TELLS.call for name in before)


@given(ORDERS, st.lists(st.tuples(KEYS, ORDERS, AT_HANDS), max_size=40))
def test_no_keys_raise_and_every_step_has_its_words(
    first: list[str], pressed: list[tuple[str, list[str], AtHand]]
) -> None:
    step: Step | Deed = arriving(first)
    for key, order, at_hand in pressed:
        assert says_something(step)
        place = getattr(step, "place", HERE)
        assert 0 <= place.at < len(place.trail)
        step = comes_next(step, key, order, at_hand)


@given(st.lists(st.tuples(KEYS, ORDERS, AT_HANDS), max_size=20))
def test_whoever_falls_silent_is_let_go(pressed: list[tuple[str, list[str], AtHand]]) -> None:
    step: Step | Deed = arriving(["4821"])
    for key, order, at_hand in pressed:
        step = comes_next(step, key, order, at_hand)
    for _ in range(10):
        step = comes_next(step, "", [], ALL)
    assert step == Leave()


def test_roles_may_by_phone_what_they_may_on_the_pages() -> None:
    assert may_by_phone(None) == {ByPhone.HEAR, ByPhone.TAKE_UP}
