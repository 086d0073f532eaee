"""What organizers do with a report. Every act is kept with who and when; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reports.fields import callback_allowed
from reports.fields.settled import in_force
from reports.model import (
    SPOKEN,
    Act,
    ActKind,
    Call,
    Handling,
    Report,
    Settlement,
    Verdict,
    advance,
)
from reports.ports import ReportStore, Sealer
from reports.services.calls import number_context


class NoSuchReport(LookupError):
    """There is no report of that reference."""


class NumberNotGiven(PermissionError):
    """The caller did not allow a call back, as they pressed or as somebody who listened says; or
    they withheld the number."""


def handle(store: ReportStore, *, reference: str, to: Handling, who: str, at: datetime) -> Report:
    """Says how far a report has come. Saying what is said already changes nothing.

    Raises:
        NoSuchReport
    """
    with store.begin() as records:
        report = records.report(reference)
        if report is None:
            raise NoSuchReport(reference)
        if report.handling is to:
            return report
        changed = replace(report, handling=advance(report.handling, to), changed_at=at)
        records.save_report(changed)
        records.add_act(Act(reference, at, who, ActKind.HANDLING, report.handling, to))
    return changed


def judge(
    store: ReportStore, *, reference: str, verdict: Verdict, who: str, at: datetime
) -> Report:
    """A named person says what is true of a report. Saying it again changes nothing.

    Raises:
        NoSuchReport
    """
    with store.begin() as records:
        report = records.report(reference)
        if report is None:
            raise NoSuchReport(reference)
        if report.verdict is verdict:
            return report
        changed = replace(report, verdict=advance(report.verdict, verdict), changed_at=at)
        records.save_report(changed)
        records.add_act(Act(reference, at, who, ActKind.VERDICT, report.verdict, verdict))
    return changed


def note_spoken_shown(store: ReportStore, *, reference: str, who: str, at: datetime) -> None:
    """Writes down that somebody is shown the telephone numbers that were spoken, or written, in the
    message. Whether the caller may be called they are told with it.

    Raises:
        NoSuchReport
    """
    with store.begin() as records:
        report = records.report(reference)
        if report is None:
            raise NoSuchReport(reference)
        records.add_act(Act(reference, at, who, ActKind.NUMBER_SHOWN, "", SPOKEN))
        records.touch(report.call_sid, at)


def gives_number(call: Call, settlements: Sequence[Settlement]) -> bool:
    """Whether the caller may be called back: they allowed it, nobody who listened says otherwise,
    and their number is known."""
    settled = in_force(settlements).get("callback")
    denied = settled is not None and settled.value is False
    return call.caller_number is not None and not denied and callback_allowed(call).value is True


def show_number(
    store: ReportStore, sealer: Sealer, *, reference: str, who: str, at: datetime
) -> str:
    """The caller's number, for one who means to call back. That it was shown is written down first.

    Raises:
        NoSuchReport
        NumberNotGiven
    """
    with store.begin() as records:
        report = records.report(reference)
        call = None if report is None else records.call(report.call_sid)
        if report is None or call is None:
            raise NoSuchReport(reference)
        settlements = records.settlements_of([reference])
        if call.caller_number is None or not gives_number(call, settlements):
            raise NumberNotGiven(reference)
        records.add_act(Act(reference, at, who, ActKind.NUMBER_SHOWN, "", ""))
        records.touch(call.call_sid, at)
    return sealer.unseal(call.caller_number, number_context(call.call_sid)).decode()
