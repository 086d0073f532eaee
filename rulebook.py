"""The settings of the environment with what was set at the desk, read anew while the line runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from config import Settings, read_setting
from oncall.ruling import Rules
from reports.ports import ReportStore, StoreBusy
from reports.settings import Change, Setting, standing
from reports.wording import Wording, as_of, concerns, name_of, wording

log = logging.getLogger(__name__)

STANDS = timedelta(seconds=1)
"""How long what was read is good for: a page of two hundred reports asks two hundred times."""


def rules_of(settings: Settings) -> Rules:
    return Rules(
        languages_off=frozenset(settings.languages_off),
        language_order=settings.language_order,
        questions_off=frozenset(settings.questions_off),
        carries=settings.channels_carry,
        clocks=settings.clocks,
        limits=settings.limits,
        keep_callers=timedelta(days=settings.retain_caller_days),
    )


def merged(settings: Settings, values: Mapping[str, str | None]) -> Settings:
    """With what the desk set, each by its name. What cannot be read (any more) is as the
    environment has it, and the log says so: no line may stand still for it."""
    read: dict[str, object] = {}
    for name, text in values.items():
        if name not in set(Setting) or text is None:
            continue
        try:
            read[name] = read_setting(name, text)
        except ValueError:
            log.error("what is set at the desk for %s cannot be read; as the server has it", name)
    return settings.model_copy(update=read)


@dataclass
class DeskRulebook:
    """`oncall.ruling.Rulebook`."""

    settings: Settings
    store: ReportStore
    clock: Callable[[], datetime]
    _known: Settings | None = field(default=None, init=False)
    _heard: Sequence[Change] = field(default=(), init=False)
    """The changes of what callers hear."""
    _broken: frozenset[str] = field(default=frozenset(), init=False)
    _edition: tuple[int, int] | None = field(default=None, init=False)
    _read_at: datetime | None = field(default=None, init=False)

    def now(self) -> Rules:
        return rules_of(self.settings_now())

    def settings_now(self) -> Settings:
        at = self.clock()
        known, read_at = self._known, self._read_at
        if known is not None and read_at is not None and abs(at - read_at) < STANDS:
            return known
        try:
            with self.store.read() as records:
                edition = records.settings.edition()
                if known is not None and edition == self._edition:
                    self._read_at = at
                    return known
                changes = records.settings.changes()
        except (SQLAlchemyError, StoreBusy) as error:
            log.error("what is set at the desk could not be read: %s", type(error).__name__)
            return known or self.settings
        values = {name: change.value for name, change in standing(changes).items()}
        self._heard = [change for change in changes if concerns(change.name)]
        self._known, self._edition, self._read_at = merged(self.settings, values), edition, at
        return self._known

    def wording(self, began: datetime | None = None) -> Wording:
        off = self.settings_now().questions_off
        changes = self._heard
        if began is not None:
            # Whatever read the table for this call, however long ago that may be, has read these.
            changes = as_of(changes, began - STANDS)
            values = {name: change.value for name, change in standing(changes).items()}
            off = merged(self.settings, values).questions_off
        found = wording(changes, off)
        self._tell_of({name_of(*place) for place in found.unsayable})
        return found

    def _tell_of(self, broken: set[str]) -> None:
        """Once of each: every step of every call asks."""
        for name in sorted(broken - self._broken):
            log.error("%s as set at the desk cannot be said; as the file has it", name)
        self._broken |= broken

    def as_set_up(self) -> Rules:
        return rules_of(self.settings)

    def read(self, name: Setting, text: str) -> object:
        return read_setting(name, text)

    def forget(self) -> None:
        self._read_at = None
