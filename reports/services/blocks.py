"""What organizers do about pranks: they block a caller for a time, or let a limited call through.

Nobody sees a number for it: a caller is known by the report they made.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from reports.model import Act, ActKind, Admission, Block, RecordingState
from reports.ports import Job, JobQueue, ReportStore, Urgency
from reports.services.review import NoSuchReport

BLOCK_DAYS: Final = 7
"""How long a block holds unless somebody says otherwise."""
LONGEST_BLOCK_DAYS: Final = 90
LONGEST_REASON: Final = 200


class NoNumber(LookupError):
    """The call had no number, or it is forgotten: there is nobody to block."""


class ReasonMissing(ValueError):
    """Nobody is blocked without a reason that others can read."""


def block_caller(
    store: ReportStore,
    *,
    reference: str,
    reason: str,
    who: str,
    at: datetime,
    days: int = BLOCK_DAYS,
) -> Block:
    """Blocks whoever made the call of a report: from now on they reach a recorder and wake nobody.

    Raises:
        NoSuchReport
        NoNumber
        ReasonMissing
    """
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing(reference)
    with store.begin() as records:
        report = records.report(reference)
        call = None if report is None else records.call(report.call_sid)
        if report is None or call is None:
            raise NoSuchReport(reference)
        if call.caller_hash is None:
            raise NoNumber(reference)
        block = Block(
            block_id=uuid.uuid4().hex,
            caller_hash=call.caller_hash,
            reference=reference,
            reason=reason,
            who=who,
            at=at,
            expires_at=at + timedelta(days=min(max(days, 1), LONGEST_BLOCK_DAYS)),
        )
        records.add_block(block)
        records.add_act(Act(reference, at, who, ActKind.BLOCKED, "", block.expires_at.isoformat()))
        records.touch(call.call_sid, at)
    return block


def undo_block(store: ReportStore, *, block_id: str, who: str, at: datetime) -> Block | None:
    """Takes a block back. Undoing what no longer holds changes nothing; None: there is none."""
    with store.begin() as records:
        block = records.block(block_id)
        if block is None or not block.holds(at):
            return block
        undone = replace(block, undone_by=who, undone_at=at)
        records.save_block(undone)
        records.add_act(
            Act(block.reference, at, who, ActKind.UNBLOCKED, block.expires_at.isoformat(), "")
        )
        report = records.report(block.reference)
        if report is not None:
            records.touch(report.call_sid, at)
    return undone


def admit_after_all(
    store: ReportStore, queue: JobQueue, *, reference: str, who: str, at: datetime
) -> bool:
    """A person has a limited or blocked call told of like any other. False: it was already.

    Raises:
        NoSuchReport
    """
    with store.begin() as records:
        report = records.report(reference)
        call = None if report is None else records.call(report.call_sid)
        if report is None or call is None:
            raise NoSuchReport(reference)
        if call.admission.alerts:
            return False
        records.save_call(replace(call, admission=Admission.NORMAL))
        records.add_act(Act(reference, at, who, ActKind.ADMITTED, call.admission, Admission.NORMAL))
        records.touch(call.call_sid, at)
        recorded = records.recordings_of(call.call_sid)
    queue.put(Job.ALERT_ON_CALL, reference)
    for recording in recorded:
        # These waited for the sweeper.
        if recording.state is RecordingState.ANNOUNCED:
            queue.put(Job.FETCH_RECORDING, recording.recording_sid)
        if recording.state is RecordingState.STORED:
            queue.put(Job.TRANSCRIBE_RECORDING, recording.recording_sid, Urgency.URGENT)
    return True
