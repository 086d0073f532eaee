"""What an organizer does with several reports at once, and takes back at once.

Each report gets an act of its own, as if it had been done one by one; all have the same instant, by
which they are found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reports.model import Act, ActKind, Handling, Report, Verdict, advance
from reports.ports import Records, ReportStore

MOST = 500
"""Reports that are done with at once: others wait until that is written."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """References of reports, in the order in which they were named."""

    done: tuple[str, ...]
    left: tuple[str, ...]
    """Nothing was to be done, or somebody did something else since."""


def handle_several(
    store: ReportStore, *, references: Sequence[str], to: Handling, who: str, at: datetime
) -> Outcome:
    """Says how far reports have come. Only what is new is acknowledged: nothing goes back by it."""

    def change(report: Report) -> Report | None:
        if report.handling is to or (
            to is Handling.ACKNOWLEDGED and report.handling is not Handling.NEW
        ):
            return None
        return replace(report, handling=advance(report.handling, to), changed_at=at)

    with store.begin() as records:
        done = []
        for reference in _once(references):
            report = records.report(reference)
            changed = None if report is None else change(report)
            if report is not None and changed is not None:
                records.save_report(changed)
                act = Act(reference, at, who, ActKind.HANDLING, report.handling, to)
                records.add_act(act)
                done.append(reference)
    return _outcome(references, done)


def judge_several(
    store: ReportStore, *, references: Sequence[str], verdict: Verdict, who: str, at: datetime
) -> Outcome:
    """A named person says of reports what is true of them."""
    with store.begin() as records:
        done = []
        for reference in _once(references):
            report = records.report(reference)
            if report is None or report.verdict is verdict:
                continue
            records.save_report(
                replace(report, verdict=advance(report.verdict, verdict), changed_at=at)
            )
            records.add_act(Act(reference, at, who, ActKind.VERDICT, report.verdict, verdict))
            done.append(reference)
    return _outcome(references, done)


def undo_several(store: ReportStore, *, done_at: datetime, who: str, at: datetime) -> Outcome:
    """Puts back as they were the reports that somebody changed at an instant, but for those of
    which anybody said something else since. Undone twice, nothing changes."""
    with store.begin() as records:
        acts = [act for act in records.acts_by(who, done_at) if act.kind in _UNDOABLE][:MOST]
        last = _last_of(records, acts)
        done = []
        for act in acts:
            report = records.report(act.reference)
            if report is None or last[act.reference, act.kind] != act:
                continue
            records.save_report(_put_back(report, act, at))
            records.add_act(Act(act.reference, at, who, act.kind, act.after, act.before))
            done.append(act.reference)
    return _outcome([act.reference for act in acts], done)


_UNDOABLE = frozenset({ActKind.HANDLING, ActKind.VERDICT})


def _put_back(report: Report, act: Act, at: datetime) -> Report:
    if act.kind is ActKind.HANDLING:
        before = advance(report.handling, Handling(act.before))
        return replace(report, handling=before, changed_at=at)
    return replace(report, verdict=advance(report.verdict, Verdict(act.before)), changed_at=at)


def _last_of(records: Records, acts: Sequence[Act]) -> dict[tuple[str, ActKind], Act]:
    """Of each report the last act of a kind."""
    every = records.acts_of([act.reference for act in acts])
    return {(act.reference, act.kind): act for act in every}


def _once(references: Sequence[str]) -> Sequence[str]:
    return list(dict.fromkeys(references))[:MOST]


def _outcome(references: Sequence[str], done: Sequence[str]) -> Outcome:
    return Outcome(tuple(done), tuple(each for each in _once(references) if each not in done))
