"""Floods and pranks: how who is let in, and when the line is flooded.

Whatever is decided here, the caller reaches a recorder and a person can find what they said.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from reports.custody import SYSTEM, Deed
from reports.model import Admission, Flood, FloodMode
from reports.ports import Records, ReportStore, Sealer
from reports.pressure import (
    CALLER_WINDOW,
    FLOOD_WINDOW,
    Limits,
    admission,
    check_digits,
    flood_after,
    switched,
)


def admit(records: Records, *, caller_hash: str | None, at: datetime, limits: Limits) -> Admission:
    """How the call that rings is let in; `caller_hash` None: its number is withheld.

    Called before its row is there, in the same transaction: the calls before it are counted. Notes
    it, too, when this call makes the flood.
    """
    flooded = _watch(records, at, limits)
    return admission(
        withheld=caller_hash is None,
        calls=records.calls_of(caller_hash, at - CALLER_WINDOW),
        trusted=caller_hash is not None and records.is_trusted(caller_hash),
        blocked=caller_hash is not None
        and any(block.holds(at) for block in records.blocks_of(caller_hash)),
        flooded=flooded,
        limits=limits,
    )


def digits_to_press(sealer: Sealer, call_sid: str) -> str:
    """What the caller is told to press: nothing has to be kept for it."""
    return check_digits(sealer.fingerprint(f"digits:{call_sid}"))


def watch_flood(store: ReportStore, *, at: datetime, limits: Limits) -> bool:
    """Whether the line is flooded: also when nobody calls any more, which no call can notice."""
    with store.read() as records:
        last = records.flood()
        if flood_after(last, _calls(records, at, limits), at, limits) is None:
            return last is not None and last.is_on
    with store.begin() as records:
        return _watch(records, at, limits)


def switch_flood(
    store: ReportStore, *, mode: FloodMode, who: str, at: datetime, limits: Limits
) -> Flood:
    """A person switches flood mode on, off, or back to automatic. Saying what is said already
    changes nothing."""
    with store.begin() as records:
        last = records.flood()
        if (FloodMode.AUTO if last is None else last.mode) is mode:
            return last or Flood(at, FloodMode.AUTO, False, None, 0)
        change = switched(last, mode, _calls(records, at, limits), who, at, limits)
        records.add_flood(change)
    return change


def _watch(records: Records, at: datetime, limits: Limits) -> bool:
    last = records.flood()
    change = flood_after(last, _calls(records, at, limits), at, limits)
    if change is not None:
        records.add_flood(change)
        return change.is_on
    return last is not None and last.is_on


def _calls(records: Records, at: datetime, limits: Limits) -> int:
    """Of those who were let in: one telephone that rings all day shortens nobody else's script."""
    return records.calls_let_in(at - FLOOD_WINDOW, at_most=limits.flood_calls)


def forget_callers(store: ReportStore, *, at: datetime, keep: timedelta) -> int:
    """Takes from calls older than `keep` what their callers could be recognised by. The number
    stays where the caller granted a call back. Returns how many rows were changed."""
    with store.begin() as records:
        forgotten = records.forget_callers(at - keep, at)
        if forgotten:
            records.append_custody(
                at,
                f"{SYSTEM}sweeper",
                Deed.DELETED,
                "callers:before",
                {"rows": str(forgotten), "before": (at - keep).isoformat()},
            )
    return forgotten
