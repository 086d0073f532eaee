"""What is set at the desk while the line runs: written down with who and when, and undone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from reports.ports import ReportStore
from reports.settings import Change, standing

log = logging.getLogger(__name__)


def set_all(
    store: ReportStore, *, values: Mapping[str, str | None], who: str, at: datetime
) -> tuple[int, ...]:
    """Ids of the changes that this made, in one transaction; what is said to be as it is makes
    none. The values were found good before: see `oncall.ruling.Rulebook.read`."""
    with store.begin() as records:
        now = standing(records.settings.changes())
        changed = {
            name: value
            for name, value in values.items()
            if (now[name].value if name in now else None) != value
        }
        ids = [
            records.settings.add_change(Change(name, value, at, who))
            for name, value in changed.items()
        ]
    for name in changed:
        log.info("%s set %s", who, name)
    return tuple(ids)


def undo(store: ReportStore, *, change_ids: Iterable[int], who: str, at: datetime) -> int:
    """From then on what stood before counts again. Returns how many were undone by this."""
    with store.begin() as records:
        undone = [each for each in change_ids if records.settings.undo_change(each, at, who)]
    for change_id in undone:
        log.info("%s undid change %d of the settings", who, change_id)
    return len(undone)
