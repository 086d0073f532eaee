"""A named person says what a field of a report is. Every word of it is kept: what was said before
stays beside it, and so does what keys and words say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reports.fields.settled import FORMS, last_of_each, write
from reports.model import Report, Settlement
from reports.ports import Job, JobQueue, Records, ReportStore
from reports.services.review import NoSuchReport


class NoSuchField(LookupError):
    """There is no field of that name that a person may settle."""


class SettledMeanwhile(RuntimeError):
    """Somebody else settled the field after the page was made that this came from."""

    def __init__(self, last: Settlement) -> None:
        super().__init__(last.field)
        self.last = last


class NothingSettled(LookupError):
    """Nobody settled the field, or it is taken back already."""


def settle(
    store: ReportStore,
    queue: JobQueue,
    *,
    reference: str,
    field: str,
    value: Any,
    why: str,
    seen: int | None,
    who: str,
    at: datetime,
) -> int | None:
    """From now on a field is what a person says, as one of `settled.FORMS` has it; None or none:
    there is nothing. `seen`: the id of the field's last settlement that they knew of. Returns the
    new settlement's id; None: it was settled so already.

    Raises:
        NoSuchReport, NoSuchField, SettledMeanwhile
    """
    kept = write(_known(field), value)
    with store.begin() as records:
        report, last = _last(records, reference, field)
        if last is not None and not last.withdrawn and (last.value, last.why) == (kept, why):
            return None
        _is_seen(last, seen)
        added = records.add_settlement(Settlement(reference, field, kept, who, at, why))
        records.touch(report.call_sid, at)
    queue.put(Job.ALERT_ON_CALL, reference)
    return added


def withdraw(
    store: ReportStore, *, reference: str, field: str, seen: int | None, who: str, at: datetime
) -> int:
    """Keys and words count again. Returns the new settlement's id.

    Raises:
        NoSuchReport, NoSuchField, SettledMeanwhile, NothingSettled
    """
    _known(field)
    with store.begin() as records:
        report, last = _last(records, reference, field)
        _is_seen(last, seen)
        if last is None or last.withdrawn:
            raise NothingSettled(field)
        added = records.add_settlement(Settlement(reference, field, None, who, at, withdrawn=True))
        records.touch(report.call_sid, at)
    return added


def undo(
    store: ReportStore, *, reference: str, field: str, seen: int | None, who: str, at: datetime
) -> None:
    """Back to what the field was before its last settlement: what somebody settled before, or keys
    and words. It is a settlement of whoever undoes it.

    Raises:
        NoSuchReport, NoSuchField, SettledMeanwhile, NothingSettled
    """
    _known(field)
    with store.begin() as records:
        report, last = _last(records, reference, field)
        _is_seen(last, seen)
        if last is None:
            raise NothingSettled(field)
        earlier = [each for each in records.settlements_of([reference]) if each.field == field][:-1]
        before = earlier[-1] if earlier else None
        is_open = before is None or before.withdrawn
        records.add_settlement(
            Settlement(
                reference,
                field,
                None if before is None or is_open else before.value,
                who,
                at,
                "" if before is None or is_open else before.why,
                withdrawn=is_open,
            )
        )
        records.touch(report.call_sid, at)


def _known(field: str) -> str:
    if field not in FORMS:
        raise NoSuchField(field)
    return field


def _last(records: Records, reference: str, field: str) -> tuple[Report, Settlement | None]:
    """Holds the report: of two who press at once the second sees what the first did."""
    report = records.report(reference)
    if report is None:
        raise NoSuchReport(reference)
    settled: Mapping[str, Settlement] = last_of_each(records.settlements_of([reference]))
    return report, settled.get(field)


def _is_seen(last: Settlement | None, seen: int | None) -> None:
    if last is not None and last.settlement_id != seen:
        raise SettledMeanwhile(last)
