"""Calls let in, blocked, counted and forgotten, on every database that the line is tried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from keeping.sealing import Keyring, generate_key
from reports.model import (
    ActKind,
    Admission,
    Answer,
    Attestation,
    Call,
    FloodMode,
    NotificationKind,
    Report,
    Verdict,
)
from reports.ports import Job, Urgency
from reports.pressure import Limits
from reports.questions import CALLBACK, NO, YES
from reports.services.blocks import (
    NoNumber,
    ReasonMissing,
    admit_after_all,
    block_caller,
    undo_block,
)
from reports.services.calls import file_report, note_check, receive_call
from reports.services.pressure import (
    digits_to_press,
    forget_callers,
    switch_flood,
    watch_flood,
)
from reports.services.review import NoSuchReport, judge
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
PRANKSTER, WITNESS = "+16125550142", "+16125550143"
LIMITS = Limits(caller_an_hour=3, withheld_an_hour=5, flood_calls=8)
SEALER = Keyring.parse(generate_key())
MONTH = timedelta(days=30)


class Queue:
    def __init__(self) -> None:
        self.asked: list[tuple[Job, str]] = []

    def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
        self.asked.append((job, subject))
        return True


class Line:
    """A line that is called."""

    def __init__(self, store: SqlReportStore) -> None:
        self.store = store
        self.now = AT
        self.calls = 0

    def rings(self, caller: str | None = WITNESS, **more: object) -> Call:
        self.calls += 1
        return receive_call(
            self.store,
            SEALER,
            call_sid=f"CA{self.calls:04d}",
            caller=caller,
            at=self.now,
            limits=LIMITS,
            **more,  # type: ignore[arg-type]
        )

    def reports(self, caller: str | None = WITNESS) -> Report:
        call = self.rings(caller)
        with self.store.begin() as records:
            return file_report(records, call, self.now)

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def line(store: SqlReportStore) -> Line:
    return Line(store)


def admissions(line: Line, caller: str | None, times: int) -> list[Admission]:
    return [line.rings(caller).admission for _ in range(times)]


# --- Letting in


def test_who_calls_again_and_again_is_limited_and_nobody_else(line: Line) -> None:
    normal, limited = Admission.NORMAL, Admission.LIMITED
    assert admissions(line, PRANKSTER, 5) == [normal] * 3 + [limited] * 2
    assert line.rings(WITNESS).admission is normal
    line.passes(minutes=61)
    assert line.rings(PRANKSTER).admission is normal


def test_withheld_numbers_share_a_gentler_limit(line: Line) -> None:
    normal, limited = Admission.NORMAL, Admission.LIMITED
    assert admissions(line, None, 7) == [normal] * 5 + [limited] * 2
    assert line.rings(WITNESS).admission is normal


def test_the_second_notice_of_a_call_neither_counts_nor_changes_how_it_was_let_in(
    line: Line,
) -> None:
    admissions(line, PRANKSTER, 2)
    again = {"call_sid": "CA0002", "caller": PRANKSTER, "at": line.now, "limits": LIMITS}
    for _ in range(5):
        call = receive_call(line.store, SEALER, **again)  # type: ignore[arg-type]
        assert call.admission is Admission.NORMAL
    assert line.rings(PRANKSTER).admission is Admission.NORMAL


def test_whom_a_person_confirmed_is_never_limited(line: Line) -> None:
    report = line.reports(WITNESS)
    judge(line.store, reference=report.reference, verdict=Verdict.CONFIRMED, who="ana", at=line.now)
    assert set(admissions(line, WITNESS, 20)) == {Admission.NORMAL}
    switch_flood(line.store, mode=FloodMode.ON, who="ana", at=line.now, limits=LIMITS)
    assert line.rings(WITNESS).admission is Admission.NORMAL
    assert line.rings(PRANKSTER).admission is Admission.FLOOD


def test_a_false_alarm_is_no_good_history(line: Line) -> None:
    report = line.reports(WITNESS)
    judge(
        line.store,
        reference=report.reference,
        verdict=Verdict.FALSE_ALARM,
        who="ana",
        at=line.now,
    )
    assert admissions(line, WITNESS, 3)[-1] is Admission.LIMITED


def test_what_the_telephone_companies_say_is_kept_and_refuses_nobody(line: Line) -> None:
    for said in (*Attestation, None):
        call = line.rings(f"+161255501{line.calls:02d}", attestation=said)
        assert (call.attestation, call.admission) == (said, Admission.NORMAL)
        with line.store.read() as records:
            assert records.call(call.call_sid) == call


# --- Floods


def test_many_callers_flood_the_line_until_few_call(line: Line) -> None:
    for place in range(LIMITS.flood_calls):
        assert line.rings(f"+161255501{place:02d}").admission is Admission.NORMAL
    assert line.rings("+16125550150").admission is Admission.FLOOD
    line.passes(minutes=4)
    assert watch_flood(line.store, at=line.now, limits=LIMITS), "they still count"
    for place in range(60, 60 + LIMITS.calm_calls):
        assert line.rings(f"+161255501{place:02d}").admission is Admission.FLOOD
    line.passes(minutes=4)
    assert watch_flood(line.store, at=line.now, limits=LIMITS), "half of them hold it up"
    line.passes(minutes=5, seconds=1)
    assert not watch_flood(line.store, at=line.now, limits=LIMITS)
    assert line.rings("+16125550151").admission is Admission.NORMAL
    with line.store.read() as records:
        last = records.flood()
    assert last is not None
    assert (last.mode, last.is_on, last.who) == (FloodMode.AUTO, False, None)


def test_one_telephone_that_rings_all_day_floods_nobody_elses_call(line: Line) -> None:
    admissions(line, PRANKSTER, 10 * LIMITS.flood_calls)
    assert line.rings(WITNESS).admission is Admission.NORMAL


def test_a_person_switches_it_and_that_is_noted(line: Line) -> None:
    switch_flood(line.store, mode=FloodMode.ON, who="ana", at=line.now, limits=LIMITS)
    assert line.rings().admission is Admission.FLOOD
    line.passes(hours=5)
    assert watch_flood(line.store, at=line.now, limits=LIMITS), "nobody else ends it"
    switch_flood(line.store, mode=FloodMode.OFF, who="kim", at=line.now, limits=LIMITS)
    assert {line.rings(f"+161255501{n:02d}").admission for n in range(20)} == {Admission.NORMAL}
    with line.store.read() as records:
        last = records.flood()
    assert last is not None
    assert (last.mode, last.who, last.at) == (FloodMode.OFF, "kim", line.now)


# --- Blocks


def test_a_blocked_caller_is_let_in_as_such_until_it_is_over(line: Line) -> None:
    report = line.reports(PRANKSTER)
    block = block_caller(
        line.store, reference=report.reference, reason=" sings\n", who="ana", at=line.now, days=2
    )
    assert block.reason == "sings"
    assert line.rings(PRANKSTER).admission is Admission.BLOCKED
    assert line.rings(WITNESS).admission is Admission.NORMAL
    line.passes(days=2)
    assert line.rings(PRANKSTER).admission is Admission.NORMAL


def test_a_block_is_undone_once_and_both_acts_have_a_name(line: Line) -> None:
    report = line.reports(PRANKSTER)
    block = block_caller(
        line.store, reference=report.reference, reason="sings", who="ana", at=line.now
    )
    assert block.expires_at - block.at == timedelta(days=7)
    line.passes(minutes=1)
    for who in ("kim", "lee"):
        undone = undo_block(line.store, block_id=block.block_id, who=who, at=line.now)
        assert undone is not None
        assert (undone.undone_by, undone.undone_at) == ("kim", line.now)
    assert undo_block(line.store, block_id="none", who="kim", at=line.now) is None
    assert line.rings(PRANKSTER).admission is Admission.NORMAL
    with line.store.read() as records:
        dossier = records.dossier(report.reference)
        assert records.blocks() == [undone]
    assert dossier is not None
    assert [(act.kind, act.who) for act in dossier.acts] == [
        (ActKind.BLOCKED, "ana"),
        (ActKind.UNBLOCKED, "kim"),
    ]


def test_who_has_no_number_or_no_reason_is_not_blocked(line: Line) -> None:
    withheld = line.reports(None).reference
    known = line.reports(PRANKSTER).reference
    with pytest.raises(NoNumber):
        block_caller(line.store, reference=withheld, reason="sings", who="ana", at=line.now)
    with pytest.raises(ReasonMissing):
        block_caller(line.store, reference=known, reason=" ", who="ana", at=line.now)
    with pytest.raises(NoSuchReport):
        block_caller(line.store, reference="0000", reason="sings", who="ana", at=line.now)
    with line.store.read() as records:
        assert records.blocks() == []


# --- What comes of limited calls


def limited_report(line: Line) -> str:
    admissions(line, PRANKSTER, LIMITS.caller_an_hour)
    return line.reports(PRANKSTER).reference


def test_a_limited_report_is_asked_for_by_nobody_until_a_person_says_so(line: Line) -> None:
    reference, queue = limited_report(line), Queue()
    open_since = AT - timedelta(days=1)
    with line.store.read() as records:
        assert records.untold(NotificationKind.ALERT, open_since) == []
        assert [d.report.reference for d in records.dossiers(limited=True)] == [reference]
        assert records.dossiers(limited=False) == []
        assert len(records.dossiers()) == 1
        assert records.count_limited() == 1
    assert admit_after_all(line.store, queue, reference=reference, who="ana", at=line.now)
    assert queue.asked == [(Job.ALERT_ON_CALL, reference)]
    assert not admit_after_all(line.store, queue, reference=reference, who="kim", at=line.now)
    with line.store.read() as records:
        assert records.untold(NotificationKind.ALERT, open_since) == [reference]
        assert records.dossiers(limited=True) == []
        assert records.count_limited() == 0
        dossier = records.dossier(reference)
    assert dossier is not None
    assert [(act.who, act.before, act.after) for act in dossier.acts] == [
        ("ana", "limited", "normal")
    ]


def test_the_same_callers_reports_are_found_the_last_first(line: Line) -> None:
    filed = []
    for _ in range(4):
        filed.append(line.reports(PRANKSTER).reference)
        line.passes(minutes=1)
    alone, withheld = line.reports(WITNESS).reference, line.reports(None).reference
    line.reports(None)
    first, *_, last = filed
    with line.store.read() as records:
        others = records.same_caller([first, last, alone, withheld], limit=2)
    assert others == {first: [filed[3], filed[2]], last: [filed[2], filed[1]]}


# --- The digits


def test_passing_and_failing_the_digits_are_both_only_noted(line: Line) -> None:
    for pressed, passed in (("000", False), ("", False), (None, True)):
        call = line.rings(f"+161255501{line.calls:02d}")
        digits = digits_to_press(SEALER, call.call_sid) if pressed is None else pressed
        outcome = note_check(line.store, SEALER, call_sid=call.call_sid, digits=digits, at=line.now)
        assert outcome is passed
        with line.store.read() as records:
            assert records.call(call.call_sid) == replace(call, check_passed=passed)


def test_a_check_that_was_passed_stays_passed_when_the_webhook_comes_again(line: Line) -> None:
    call = line.rings()
    right = digits_to_press(SEALER, call.call_sid)
    for digits in (right, ""):
        note_check(line.store, SEALER, call_sid=call.call_sid, digits=digits, at=line.now)
    with line.store.read() as records:
        held = records.call(call.call_sid)
    assert held is not None
    assert held.check_passed is True


def test_two_calls_have_digits_of_their_own() -> None:
    assert len({digits_to_press(SEALER, f"CA{place}") for place in range(100)}) > 50


# --- Forgetting


def kept(line: Line, call_sid: str) -> tuple[bool, bool]:
    """Whether the hash and the number of a call are still there."""
    with line.store.read() as records:
        call = records.call(call_sid)
    assert call is not None
    return call.caller_hash is not None, call.caller_number is not None


def test_who_called_a_month_ago_is_forgotten_but_for_a_call_back_that_they_granted(
    line: Line,
) -> None:
    granted, refused, unasked = (line.rings(f"+161255501{n}").call_sid for n in (50, 51, 52))
    with line.store.begin() as records:
        records.put_answer(granted, Answer(CALLBACK, YES, line.now))
        records.put_answer(refused, Answer(CALLBACK, NO, line.now))
    line.passes(days=29)
    recent = line.rings("+16125550153").call_sid
    assert forget_callers(line.store, at=line.now, keep=MONTH) == 0
    line.passes(days=1, seconds=1)
    assert forget_callers(line.store, at=line.now, keep=MONTH) > 0
    assert kept(line, granted) == (False, True)
    assert kept(line, refused) == (False, False)
    assert kept(line, unasked) == (False, False)
    assert kept(line, recent) == (True, True)
    assert forget_callers(line.store, at=line.now, keep=MONTH) == 0, "nothing is left to do"


def test_a_block_in_force_is_not_forgotten_and_one_long_over_is(line: Line) -> None:
    report = line.reports(PRANKSTER)
    block = block_caller(
        line.store, reference=report.reference, reason="sings", who="ana", at=line.now, days=40
    )
    line.passes(days=35)
    forget_callers(line.store, at=line.now, keep=MONTH)
    assert kept(line, report.call_sid) == (True, True)
    assert line.rings(PRANKSTER).admission is Admission.BLOCKED
    line.passes(days=6)
    forget_callers(line.store, at=line.now, keep=MONTH)
    assert kept(line, report.call_sid) == (False, False)
    with line.store.read() as records:
        assert records.block(block.block_id) == block, "it ended a day ago"
    line.passes(days=31)
    forget_callers(line.store, at=line.now, keep=MONTH)
    with line.store.read() as records:
        assert records.block(block.block_id) == replace(block, caller_hash=None)
