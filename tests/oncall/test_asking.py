"""Who is asked, and who is asked next, until somebody answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall.contacts import VOICE, Contact, ladder
from oncall.escalation import (
    FEW,
    MANY,
    Due,
    Picture,
    goes_with_others,
    is_exhausted,
    messages_due,
    standing,
)
from oncall.roster import Roster
from oncall.waiting import Clocks
from reports.fields.priority import Priority, Ranked
from reports.fields.reading import Reading
from reports.model import (
    Act,
    ActKind,
    Dossier,
    Handling,
    Incident,
    Notification,
    NotificationKind,
    NotificationState,
    RecordingState,
    Settlement,
    Tier,
    Verdict,
)
from reports.people import Duty, Person, QuietHours, Reach, Shift
from tests.oncall.test_escalation import AT, a_dossier
from tests.reader import READER

CHICAGO = ZoneInfo("America/Chicago")
P1, P2, P4 = (Ranked(each, ()) for each in (Priority.P1, Priority.P2, Priority.P4))
LONG_AGO = AT - timedelta(days=30)
SETTINGS_NUMBER = Contact("sms", b"sealed", "settings", "hash of the settings'")
CHANNELS = ("sms", "email", VOICE)
ALERT, REMINDER = NotificationKind.ALERT, NotificationKind.REMINDER


def person(name: str, *languages: str, **more: object) -> Person:
    return Person(name, name.capitalize(), LONG_AGO, "ana", languages=languages, **more)  # type: ignore[arg-type]


def reach(who: str, channel: str = "sms", quiet: str | None = None) -> Reach:
    hours = None if quiet is None else QuietHours.parse(quiet)
    return Reach(f"{who}-{channel}", who, channel, b"sealed", f"{who} {channel}", hours)


def always_on(who: str, duty: Duty) -> Shift:
    return Shift(
        who,
        duty,
        date(2025, 1, 1),
        time(0),
        time(0),
        LONG_AGO,
        "ana",
        weekdays=frozenset(range(7)),
        shift_id=hash((who, duty)) % 1000,
    )


def a_roster(*, quiet: str | None = None) -> Roster:
    """Ana is on call, Bo stands in for her, Cawo hears Somali, Dee is on no shift, Eli is the one
    to call when nobody else answers; Finn only observes."""
    return Roster(
        CHICAGO,
        people=(
            person("ana", "en", username="ana.f"),
            person("bo", "en"),
            person("cawo", "so"),
            person("dee"),
            person("eli", is_emergency=True),
            person("finn", observes=True),
        ),
        reaches=(
            reach("ana", quiet=quiet),
            reach("ana", VOICE),
            *(reach(name) for name in ("bo", "cawo", "dee", "eli", "finn")),
        ),
        shifts=(
            always_on("ana", Duty.PRIMARY),
            always_on("bo", Duty.BACKUP),
            always_on("cawo", Duty.LISTENER),
        ),
    )


class Told:
    """A report, and what is told of it as time passes."""

    def __init__(
        self,
        roster: Roster,
        rank: Ranked,
        always: Sequence[Contact] = (SETTINGS_NUMBER,),
        language: str | None = "en",
        filed_at: datetime = AT,
    ) -> None:
        dossier = a_dossier(state=RecordingState.ANNOUNCED, language=language)
        report = replace(dossier.report, filed_at=filed_at)
        self.dossier: Dossier = replace(dossier, report=report)
        self.roster, self.rank, self.always = roster, rank, always
        self.at = filed_at
        self.clocks = Clocks(zone=roster.zone)
        self.callers = 1

    @property
    def reading(self) -> Reading:
        return Reading(READER.understanding(self.dossier), self.rank)

    def tells(self) -> list[Due]:
        rungs = ladder(
            self.roster,
            self.always,
            CHANNELS,
            language=self.dossier.call.language,
            priority=self.rank.priority,
            at=self.at,
        )
        people = {each.username: each.person_id for each in self.roster.people if each.username}
        picture = Picture(self.reading, callers=self.callers, people=people)
        due = list(messages_due(self.dossier, picture, rungs, self.clocks, self.at))
        told = tuple(
            Notification(
                f"n{len(self.dossier.notifications) + place}",
                "4821",
                each.kind,
                each.contact.channel,
                b"sealed",
                each.contact.address_hash,
                "",
                self.at,
                self.at,
                person=each.contact.person,
                tier=each.tier,
                about=each.about,
                state=NotificationState.DELIVERED,
            )
            for place, each in enumerate(due)
        )
        self.dossier = replace(self.dossier, notifications=(*self.dossier.notifications, *told))
        return due

    def after(self, **span: float) -> list[Due]:
        self.at += timedelta(**span)
        return self.tells()

    def taken_up_by(self, who: str) -> None:
        report = replace(self.dossier.report, handling=Handling.ACKNOWLEDGED)
        act = Act("4821", self.at, who, ActKind.HANDLING, "new", "acknowledged")
        self.dossier = replace(self.dossier, report=report, acts=(*self.dossier.acts, act))

    def passes_on(self, whom: Callable[[Notification], bool]) -> None:
        told = tuple(
            replace(each, passed_on_at=self.at) if whom(each) else each
            for each in self.dossier.notifications
        )
        self.dossier = replace(self.dossier, notifications=told)


def who(due: Sequence[Due]) -> list[str | None]:
    return [each.contact.person for each in due]


def test_the_primary_is_told_and_those_who_hear_the_language() -> None:
    assert who(Told(a_roster(), P2).tells()) == ["ana"]
    assert who(Told(a_roster(), P2, language="so").tells()) == ["ana", "cawo"]
    assert who(Told(a_roster(), P2, language=None).tells()) == ["ana"]


def test_the_gravest_rings_too() -> None:
    first = Told(a_roster(), P1).tells()
    assert [each.contact.channel for each in first] == ["sms", VOICE]


def test_what_turns_out_to_be_of_the_gravest_rings_whoever_was_asked() -> None:
    told = Told(a_roster(), P2)
    assert [each.contact.channel for each in told.tells()] == ["sms"]
    told.rank = P1
    (rung,) = told.after(seconds=20)
    assert (rung.kind, rung.contact.channel, rung.contact.person) == (ALERT, VOICE, "ana")
    assert told.after(seconds=20) == []
    assert who(told.after(minutes=3)) == ["bo"], "the time runs from the first word"


def test_nobody_is_rung_of_what_was_taken_up_passed_on_or_went_out_with_others() -> None:
    taken, passed, held = (Told(a_roster(), P2) for _ in range(3))
    for told in (taken, passed, held):
        told.tells()
        told.rank = P1
    taken.taken_up_by("ana")
    assert taken.after(seconds=20) == []
    passed.passes_on(lambda each: True)
    assert VOICE not in [each.contact.channel for each in passed.after(seconds=20)]
    lying = tuple(
        replace(each, state=NotificationState.HELD) for each in held.dossier.notifications
    )
    held.dossier = replace(held.dossier, notifications=lying)
    assert held.after(seconds=20) == []


def test_who_can_only_be_rung_is_rung_with_the_others_of_their_tier() -> None:
    roster = a_roster()
    by_telephone = replace(
        roster,
        people=(*roster.people, person("gus")),
        reaches=(*roster.reaches, reach("gus", VOICE)),
        shifts=(*roster.shifts, always_on("gus", Duty.PRIMARY)),
    )
    told = Told(by_telephone, P2)
    assert who(told.tells()) == ["ana"]
    told.rank = P1
    assert sorted(str(each) for each in who(told.after(seconds=20))) == ["ana", "gus"]


def test_nobody_answers_and_others_are_asked_in_turn_until_the_desk_shouts() -> None:
    told = Told(a_roster(), P2)
    told.tells()
    assert told.after(minutes=4, seconds=59) == []
    assert who(told.after(seconds=1)) == ["bo"]
    assert told.after(minutes=4) == []
    assert who(told.after(minutes=1)) == ["cawo", "dee", "eli"]
    assert who(told.after(minutes=5)) == [None]
    assert not is_exhausted(told.dossier)
    last = told.after(minutes=5)
    assert {each.kind for each in last} == {REMINDER}
    assert len(last) == 6
    assert is_exhausted(told.dossier)
    assert told.after(hours=5) == []


def test_somebody_answers_and_nobody_else_is_asked_and_the_others_hear_who() -> None:
    told = Told(a_roster(), P2)
    told.tells()
    told.after(minutes=5)
    told.taken_up_by("bo")
    due = told.after(minutes=1)
    assert [(each.kind, each.contact.person, each.about) for each in due] == [
        (NotificationKind.TAKEN_UP, "ana", "bo")
    ]
    assert told.after(hours=2) == []


def test_whoever_takes_it_up_at_the_desk_is_not_told_that_they_did() -> None:
    told = Told(a_roster(), P2, language="so")
    told.tells()
    told.taken_up_by("ana.f")
    assert who(told.after(seconds=10)) == ["cawo"]


def test_a_person_alone_is_not_told_what_they_did_themselves() -> None:
    told = Told(Roster(CHICAGO), P2)
    assert who(told.tells()) == [None]
    told.taken_up_by("ana")
    assert told.after(seconds=10) == []


def test_whoever_passes_it_on_is_not_waited_for() -> None:
    told = Told(a_roster(), P1)
    told.tells()
    told.at += timedelta(seconds=20)
    told.passes_on(lambda each: each.channel == VOICE)
    assert "bo" in who(told.tells()), "one key at one telephone is an answer to all that rang"


def test_where_two_were_asked_both_must_pass_it_on() -> None:
    told = Told(a_roster(), P2, language="so")
    told.tells()
    told.passes_on(lambda each: each.person == "cawo")
    assert told.after(seconds=5) == []
    told.passes_on(lambda each: True)
    assert who(told.after(seconds=5)) == ["bo"]


def test_a_shift_that_nobody_has_is_covered_by_who_comes_next_at_once() -> None:
    roster = a_roster()
    nobody = replace(roster, shifts=tuple(s for s in roster.shifts if s.duty is Duty.BACKUP))
    assert who(Told(nobody, P2, always=()).tells()) == ["bo"]
    assert who(Told(nobody, P2).tells()) == [None], "those of the settings stand in"


def test_what_has_no_clock_is_told_once() -> None:
    told = Told(a_roster(), P4)
    assert who(told.tells()) == ["ana"]
    assert told.after(days=1) == []


NIGHT = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)  # three at night


@pytest.mark.parametrize(("rank", "woken"), [(P1, True), (P2, True), (P4, False)])
def test_quiet_hours_hold_but_for_what_goes_on_in_ones_own_shift(rank: Ranked, woken: bool) -> None:
    night = Told(a_roster(quiet="22:00-06:30"), rank, filed_at=NIGHT)
    texted = [each for each in night.tells() if each.contact.key == ("sms", "ana sms")]
    assert bool(texted) == woken


def test_quiet_hours_hold_for_whoever_is_not_on_shift() -> None:
    roster = a_roster()
    quiet = tuple(
        replace(each, quiet=QuietHours.parse("22:00-06:30")) if each.person_id == "dee" else each
        for each in roster.reaches
    )
    told = Told(replace(roster, reaches=quiet), P2, filed_at=NIGHT)
    told.tells()
    told.after(minutes=5)
    assert who(told.after(minutes=5)) == ["cawo", "eli"]


def test_a_verdict_is_told_to_those_who_heard_of_it_and_not_to_who_gave_it() -> None:
    told = Told(a_roster(), P2, language="so")
    told.tells()
    act = Act("4821", told.at, "cawo", ActKind.VERDICT, "unverified", "false_alarm")
    report = replace(told.dossier.report, verdict=Verdict.FALSE_ALARM)
    told.dossier = replace(told.dossier, report=report, acts=(act,))
    due = told.after(seconds=1)
    assert [(each.kind, each.about, each.contact.person) for each in due] == [
        (NotificationKind.VERDICT, "false_alarm", "ana")
    ]
    again = Act("4821", told.at, "cawo", ActKind.VERDICT, "false_alarm", "confirmed")
    report = replace(report, verdict=Verdict.CONFIRMED)
    told.dossier = replace(told.dossier, report=report, acts=(act, again))
    assert [each.about for each in told.after(seconds=1)] == ["confirmed"]
    assert told.after(hours=1) == []


def test_that_they_left_is_told_once_to_those_who_had_heard_otherwise() -> None:
    told = Told(a_roster(), P2)
    told.tells()
    gone = Settlement("4821", "still_there", False, "bo", told.at + timedelta(minutes=1))
    told.dossier = replace(told.dossier, settled=(gone,))
    told.taken_up_by("ana")
    due = told.after(minutes=2)
    assert [each.kind for each in due] == [NotificationKind.LEFT]
    assert told.after(hours=1) == []


def test_a_third_caller_changes_the_picture_once() -> None:
    told = Told(a_roster(), P2)
    told.tells()
    told.dossier = replace(told.dossier, incident=Incident(1, AT, AT))
    told.callers = 2
    assert told.after(seconds=1) == []
    told.callers = 3
    assert [each.kind for each in told.after(seconds=1)] == [NotificationKind.CORROBORATED]
    told.callers = 4
    assert told.after(seconds=1) == []


def test_in_a_burst_the_gravest_still_come_one_by_one_where_the_place_is_new() -> None:
    assert not goes_with_others(FEW - 1, Priority.P4, same_place=True)
    assert goes_with_others(FEW, Priority.P2, same_place=False)
    assert not goes_with_others(FEW, Priority.P1, same_place=False)
    assert goes_with_others(FEW, Priority.P1, same_place=True)
    assert goes_with_others(MANY, Priority.P1, same_place=False)


def test_whoever_can_only_be_rung_is_rung_once_more_before_the_desk_shouts() -> None:
    roster = Roster(CHICAGO, people=(person("bo"),), reaches=(reach("bo", VOICE),))
    told = Told(roster, P1)
    told.tells()
    told.passes_on(lambda each: each.person is None)
    (asked,) = told.after(seconds=1)
    assert (asked.kind, asked.contact.channel, asked.contact.person) == (ALERT, VOICE, "bo")
    assert not is_exhausted(told.dossier)
    (again,) = told.after(minutes=4)
    assert (again.kind, again.contact.channel, again.contact.person) == (REMINDER, VOICE, "bo")
    assert is_exhausted(told.dossier)


# --- Whatever happens -----------------------------------------------------------------------------

NAMES = ("ana", "bo", "cawo", "dee", "eli")
QUIET = st.sampled_from([None, "22:00-06:30", "07:00-21:00", "00:00-23:59"])


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    here = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return Roster(
        CHICAGO,
        people=tuple(
            person(
                name,
                *draw(st.lists(st.sampled_from(["en", "so", "es-MX"]), unique=True, max_size=2)),
                is_emergency=draw(st.booleans()),
                observes=draw(st.booleans()),
                left_at=draw(st.sampled_from([None, None, AT + timedelta(minutes=4)])),
            )
            for name in here
        ),
        reaches=tuple(
            reach(name, channel, draw(QUIET))
            for name in here
            for channel in draw(st.lists(st.sampled_from(CHANNELS), unique=True))
        ),
        shifts=tuple(
            always_on(name, duty)
            for name in here
            for duty in draw(st.lists(st.sampled_from(list(Duty)), unique=True, max_size=2))
        ),
    )


@settings(deadline=None, max_examples=150)
@given(
    rosters(),
    st.sampled_from([P1, P2]),
    st.sampled_from(["en", "so", "es", None]),
    st.lists(st.integers(1, 400), min_size=30, max_size=60),
    st.integers(0, 80),
    st.sets(st.integers(0, 60), max_size=5),
    st.integers(0, 80),
)
def test_somebody_is_asked_until_one_answers_or_all_were_and_nobody_twice_by_the_same(
    roster: Roster,
    rank: Ranked,
    language: str | None,
    steps: list[int],
    answered_after: int,
    passed_on_after: set[int],
    gravest_after: int,
) -> None:
    told = Told(roster, rank, language=language)
    told.tells()
    for place, seconds in enumerate(steps):
        if place == answered_after:
            told.taken_up_by("ana")
        if place == gravest_after:
            told.rank = P1
        if place in passed_on_after:
            told.passes_on(lambda each: each.notification_id[-1] in "02468")
        told.after(seconds=seconds)
        alerts = [each for each in told.dossier.notifications if each.kind is ALERT]
        assert alerts, "there is always somebody to ask: the settings name one"
        if told.dossier.report.handling is not Handling.NEW:
            assert told.after(seconds=0) == []
            continue
        now = standing(told.dossier, told.reading, told.clocks)
        assert now is not None
        has_time = now.next_at is not None and told.at < now.next_at
        assert has_time or is_exhausted(told.dossier)
    times = Counter(
        (each.kind, each.about, each.channel, each.recipient_hash)
        for each in told.dossier.notifications
    )
    assert set(times.values()) <= {1}
    if is_exhausted(told.dossier):
        asked = {(each.channel, each.recipient_hash) for each in told.dossier.notifications}
        assert SETTINGS_NUMBER.key in asked
        for each in roster.here(told.at):
            for way in roster.reaches:
                if each.is_emergency and way.person_id == each.person_id and way.channel != VOICE:
                    assert (way.channel, way.address_hash) in asked


def test_what_was_held_is_told_of_by_the_message_that_carries_it_alone() -> None:
    told = Told(a_roster(), P2)
    told.tells()
    held = tuple(replace(each, state=NotificationState.HELD) for each in told.dossier.notifications)
    told.dossier = replace(told.dossier, notifications=held)
    told.taken_up_by("bo")
    assert told.after(minutes=1) == []
    assert {each.tier for each in told.dossier.notifications} == {Tier.FIRST}
