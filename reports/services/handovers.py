"""What one shift writes for the next: it is signed, kept as it is, and read by each who follows."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final

from reports.model import Handover, HandoverReading, Verdict
from reports.ports import Records, ReportStore

LONGEST: Final = 20_000
"""Characters."""
MOST_NAMED: Final = 500
"""Reports and incidents that are looked up."""
NUMBER: Final = re.compile(
    r"(?<!\d)(?:\+\d(?:[\s().-]*\d){7,}|\(?\d{3}\)?[\s.-]*\d{3}[\s.-]*\d{4}|\d{3}-\d{4})(?!\d)"
)
"""A telephone number, as people write it. Two references beside each other are none."""
NAMED: Final = re.compile(r"(?<![\w#+-])(?:#\d{1,6}|\d{4,12})(?![\w-])")
"""'#3', an incident, or '4821', a report."""


class NothingWritten(ValueError):
    """There is nothing to keep, or it is too long."""


class PrivateInside(ValueError):
    """It has something of a caller in it. `str()`: 'number' or 'plate'. Nothing was kept."""


class NoSuchHandover(LookupError):
    """There is none of that id."""


def hand_over(
    store: ReportStore,
    *,
    words: str,
    plates: Collection[str],
    unverified: str,
    who: str,
    at: datetime,
) -> Handover:
    """Keeps what somebody signs. `plates`: those that callers told, as capital letters and digits;
    `unverified`: the word that stands before each report and incident that nobody confirmed: it is
    put back where it was taken away.

    Raises:
        NothingWritten, PrivateInside.
    """
    words = "\n".join(line.rstrip() for line in words.strip().splitlines())
    if not words or len(words) > LONGEST:
        raise NothingWritten
    refuse_private(words, plates)
    with store.begin() as records:
        handover = Handover(at, who, marked(words, unconfirmed(records, words), unverified))
        handover_id = records.add_handover(handover)
    return Handover(at, who, handover.words, handover_id)


def refuse_private(words: str, plates: Collection[str]) -> None:
    """
    Raises:
        PrivateInside
    """
    if NUMBER.search(words):
        raise PrivateInside("number")
    bare = re.sub(r"[\s-]", "", words).upper()
    if any(plate in bare for plate in plates):
        raise PrivateInside("plate")


def read_over(store: ReportStore, *, handover_id: int, who: str, at: datetime) -> None:
    """Somebody has read it; said again, nothing changes.

    Raises:
        NoSuchHandover
    """
    with store.begin() as records:
        if records.handover(handover_id) is None:
            raise NoSuchHandover(handover_id)
        records.add_handover_reading(HandoverReading(handover_id, who, at))


def unconfirmed(records: Records, words: str) -> frozenset[str]:
    """Those that are named, as they are named, and that nobody confirmed."""
    named = list(dict.fromkeys(NAMED.findall(words)))[:MOST_NAMED]
    reports = records.dossiers_of([each for each in named if not each.startswith("#")])
    dockets = [records.docket(int(each[1:])) for each in named if each.startswith("#")]
    return frozenset(
        {
            *(each.report.reference for each in reports if _is_open(each.verdict)),
            *(
                f"#{docket.incident.incident_id}"
                for docket in dockets
                if docket is not None and _is_open(docket.incident.verdict)
            ),
        }
    )


def _is_open(verdict: Verdict) -> bool:
    return verdict is not Verdict.CONFIRMED


def marked(words: str, names: Collection[str], mark: str) -> str:
    """With a mark before each of these names that has none.

    >>> marked("4821, and UNVERIFIED #3", {"4821", "#3"}, "UNVERIFIED")
    'UNVERIFIED 4821, and UNVERIFIED #3'
    """

    def one(found: re.Match[str]) -> str:
        name = found[0]
        has = words[: found.start()].rstrip(" ").endswith(mark)
        return name if has or name not in names else f"{mark} {name}"

    return NAMED.sub(one, words)
