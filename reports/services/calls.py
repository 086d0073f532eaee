"""The call as it goes on: it rings, keys are pressed, it ends; and the report that comes of it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from reports.custody import Deed, report_subject
from reports.model import (
    Answer,
    Attestation,
    Bridge,
    Call,
    CallState,
    Report,
    advance,
    is_rehearsal_sid,
)
from reports.ports import Job, JobQueue, Records, ReportStore, Sealer
from reports.pressure import Limits
from reports.services.observing import note_finding
from reports.services.pressure import admit, digits_to_press

REFERENCE_DIGITS = 4
"""So short that a caller can keep it in mind."""
_CROWDED = 0.5
"""Beyond this share of numbers taken, references grow by a digit: guessing stays quick."""


class RehearsalOver(LookupError):
    """It was deleted, or never begun here: nothing that the telephone company says makes one."""


def receive_call(
    store: ReportStore,
    sealer: Sealer,
    *,
    call_sid: str,
    caller: str | None,
    at: datetime,
    attestation: Attestation | None = None,
    limits: Limits | None = None,
) -> Call:
    """Notes that a call rings and how it is let in; a second notice of the same call finds the
    first, let in as it was.

    `caller` is the number in E.164, None when it was withheld; without `limits` nobody is limited.

    Raises:
        RehearsalOver
    """
    fresh = Call(
        call_sid=call_sid,
        started_at=at,
        caller_number=None
        if caller is None
        else sealer.seal(caller.encode(), number_context(call_sid)),
        caller_hash=None if caller is None else sealer.fingerprint(caller),
        attestation=attestation,
    )
    with store.begin() as records:
        if is_rehearsal_sid(call_sid) and records.call(call_sid) is None:
            raise RehearsalOver
        if limits is not None and records.call(call_sid) is None:
            let_in = admit(records, caller_hash=fresh.caller_hash, at=at, limits=limits)
            fresh = replace(fresh, admission=let_in)
        if records.add_call(fresh):
            return fresh
        known = records.call(call_sid)
        if known is None:
            raise LookupError("a call that could neither be added nor found")
        # A late first notice: a recording's callback had made the row, without a number.
        told = replace(known, started_at=min(known.started_at, at))
        if known.caller_hash is None:
            told = replace(
                told,
                caller_number=fresh.caller_number,
                caller_hash=fresh.caller_hash,
                attestation=attestation,
            )
        if told != known:
            records.save_call(told)
        report = records.report_of_call(call_sid)
        if known.caller_hash is None and report is not None and report.call_sid == call_sid:
            note_finding(records, told, report, at)
        return told


def number_context(call_sid: str) -> str:
    """What the sealed number of a call belongs to."""
    return f"call:{call_sid}:number"


def choose_language(store: ReportStore, *, call_sid: str, language: str, at: datetime) -> Call:
    """Notes the language that the caller chose."""
    with store.begin() as records:
        call = replace(known_call(records, call_sid, at), language=language)
        records.save_call(call)
        records.touch(call_sid, at)
    return call


def note_check(
    store: ReportStore, sealer: Sealer, *, call_sid: str, digits: str, at: datetime
) -> bool:
    """Notes whether the caller pressed what they were told. Either way they go on to the recorder;
    a check that was passed once stays passed."""
    passed = digits == digits_to_press(sealer, call_sid)
    with store.begin() as records:
        call = known_call(records, call_sid, at)
        if call.check_passed is not True:
            records.save_call(replace(call, check_passed=passed))
            records.touch(call_sid, at)
    return passed


def record_answer(
    store: ReportStore,
    queue: JobQueue,
    *,
    call_sid: str,
    question: str,
    digits: str,
    files: bool,
    at: datetime,
) -> None:
    """Notes the keys pressed at a question ('' for none). `files`: they make a report."""
    with store.begin() as records:
        call = known_call(records, call_sid, at)
        before = call.answer(question)
        if before is not None and before.digits and not digits:
            # A webhook that comes late or again must not wipe out what was pressed.
            return
        answer = Answer(question=question, digits=digits, at=at)
        records.put_answer(call_sid, answer)
        report = records.report_of_call(call_sid)
        if report is None and files:
            report = file_report(records, call, at)
        records.touch(call_sid, at)
    if report is not None and (call.tells or not call.is_rehearsal):
        queue.put(Job.ALERT_ON_CALL, report.reference)


def join_report(store: ReportStore, *, call_sid: str, reference: str, at: datetime) -> bool:
    """Has all that is still recorded in a call belong to an earlier report; False: there is none.

    A report is named by whoever has its reference: nothing of it is told to them.
    """
    with store.begin() as records:
        report = records.report(reference)
        if report is None:
            return False
        call = known_call(records, call_sid, at)
        made_by = records.call(report.call_sid)
        if made_by is None or made_by.rehearsed_by != call.rehearsed_by:
            # What somebody rehearses belongs to no report, and no call to what they rehearsed.
            return False
        records.save_call(replace(call, adds_to=reference))
        records.touch(call_sid, at)
    return True


def take_call(store: ReportStore, *, call_sid: str, person_hash: str, at: datetime) -> None:
    """Notes that somebody who was rung took the call."""
    with store.begin() as records:
        known_call(records, call_sid, at)
        records.add_bridge(Bridge(call_sid, person_hash, since=at))
        records.touch(call_sid, at)


def end_talk(store: ReportStore, *, call_sid: str, at: datetime) -> bool:
    """Notes that nobody talks with the caller any more. Returns whether anybody did."""
    with store.begin() as records:
        talked = records.end_bridges(call_sid, at) > 0
        if talked:
            records.touch(call_sid, at)
    return talked


def end_call(
    store: ReportStore,
    queue: JobQueue,
    *,
    call_sid: str,
    at: datetime,
    ended_at: datetime | None = None,
) -> Call:
    """Notes that the call is over, whoever ended it; `ended_at`, where we learn of it late."""
    with store.begin() as records:
        call = known_call(records, call_sid, at)
        records.end_bridges(call_sid, at)
        if call.state is not CallState.IN_PROGRESS:
            return call
        report = records.report_of_call(call_sid)
        call = replace(
            call,
            state=advance(
                call.state, CallState.ABANDONED if report is None else CallState.COMPLETED
            ),
            ended_at=ended_at or at,
        )
        records.save_call(call)
        records.touch(call_sid, at)
    if report is not None and call.tells:
        queue.put(Job.ALERT_ON_CALL, report.reference)
    return call


def reference_of(store: ReportStore, call_sid: str) -> str | None:
    """What the caller is told to keep, None when there is no report."""
    with store.read() as records:
        report = records.report_of_call(call_sid)
    return None if report is None else report.reference


def known_call(records: Records, call_sid: str, at: datetime) -> Call:
    """The call, made from what little is known when its first notice never came or is late."""
    call = records.call(call_sid)
    if call is None:
        if is_rehearsal_sid(call_sid):
            raise RehearsalOver
        call = Call(call_sid=call_sid, started_at=at)
        records.add_call(call)
    return call


def file_report(records: Records, call: Call, at: datetime) -> Report:
    """The call's report; made, under a reference that nobody has, when there was none."""
    known = records.report_of_call(call.call_sid)
    if known is not None:
        return known
    if call.is_rehearsal:
        return _file_rehearsal(records, call, at)
    digits = REFERENCE_DIGITS
    while records.count_reports() > _CROWDED * 9 * 10 ** (digits - 1):
        digits += 1
    while True:
        # No leading zero: people drop it when they say the number back.
        reference = str(10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1)))
        report = Report(reference=reference, call_sid=call.call_sid, filed_at=at, changed_at=at)
        if records.add_report(report):
            break
    _now_completed(records, call)
    note_finding(records, call, report, at)
    return report


def _file_rehearsal(records: Records, call: Call, at: datetime) -> Report:
    """Under a reference that no report ever has: these do not begin with a zero. So what the log
    tells of a rehearsal is never taken for a report's, when it is long deleted."""
    while True:
        reference = "0" + str(1000 + secrets.randbelow(9000))
        report = Report(reference=reference, call_sid=call.call_sid, filed_at=at, changed_at=at)
        if records.add_report(report):
            break
    records.append_custody(
        at, call.rehearsed_by or "", Deed.REHEARSED, report_subject(reference), {}
    )
    _now_completed(records, call)
    return report


def _now_completed(records: Records, call: Call) -> None:
    if call.state is CallState.ABANDONED:
        # Its recording was announced after the call had ended.
        records.save_call(replace(call, state=advance(call.state, CallState.COMPLETED)))
