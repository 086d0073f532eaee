"""What organizers may know of who called, without ever seeing a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reports.model import Block, Call
from reports.ports import Records

OTHER_REPORTS = 20
"""So many of the same caller's other reports are named, the last ones: enough to see a habit."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a report, known by nothing but what they called about."""

    has_number: bool
    """Neither withheld nor forgotten."""
    is_trusted: bool
    """A person confirmed a report of theirs."""
    same_caller: tuple[str, ...] = ()
    """References of their other reports, the last filed first."""
    block: Block | None = None
    """The one in force that holds longest."""
    made_here: tuple[Block, ...] = ()
    """All that were made from this report."""


def caller_of(records: Records, call: Call, reference: str, at: datetime) -> Caller:
    """What the rows say of the caller of a report."""
    if call.caller_hash is None:
        return Caller(has_number=False, is_trusted=False)
    blocks = records.blocks_of(call.caller_hash)
    return Caller(
        has_number=True,
        is_trusted=records.is_trusted(call.caller_hash),
        same_caller=tuple(records.same_caller([reference], OTHER_REPORTS).get(reference, ())),
        block=max(
            (block for block in blocks if block.holds(at)),
            key=lambda block: block.expires_at,
            default=None,
        ),
        made_here=tuple(block for block in blocks if block.reference == reference),
    )
