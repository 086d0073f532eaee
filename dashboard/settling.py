"""The forms in which a person says what a field of a report is, and what comes of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard.understood import ORDER, ByPerson, by_person
from reports.fields.settled import FORMS, SEVERAL, in_force, last_of_each
from reports.fields.typed import CHOICES, MOST_VEHICLES, BadValue, Given, as_typed
from reports.fields.understood import Understanding
from reports.model import Dossier, Settlement

SETTLEABLE: Final = tuple(name for name in ORDER if name in FORMS)


@dataclass(frozen=True, slots=True)
class Past:
    """A settlement of a field, for its history."""

    by: ByPerson | None
    """None: it cannot be read any more."""
    who: str
    at: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody sent that could not be kept: it stands in the form again, nothing is lost."""

    field: str
    given: Given
    bad: BadValue | None = None
    """What is wrong with it."""
    meanwhile: Past | None = None
    """What somebody else settled since the page was made."""


@dataclass(frozen=True, slots=True)
class FieldForm:
    """The form of one field, as it is filled."""

    name: str
    control: str
    """'choice', 'several', or the field's own name where it has inputs of its own."""
    choices: tuple[str, ...]
    given: Given
    seen: int | None
    """The id of the field's last settlement."""
    is_settled: bool
    history: tuple[Past, ...]
    """The last first."""
    attempt: Attempt | None

    def text(self, name: str) -> str:
        """What stands in an input."""
        return next(iter(self.given.get(name, ())), "")

    def has(self, name: str, value: str) -> bool:
        return value in self.given.get(name, ())

    def wrong_at(self, name: str) -> bool:
        bad = None if self.attempt is None else self.attempt.bad
        return bad is not None and bad.at == name

    @property
    def rows(self) -> range:
        """Of vehicles: one more than are filled."""
        filled = [int(name.partition("-")[0]) for name in self.given if name[:1].isdigit()]
        return range(min(max(filled, default=-1) + 2, MOST_VEHICLES))


def form_of(
    field: str,
    dossier: Dossier,
    found: Understanding,
    zone: ZoneInfo,
    names: Mapping[str, str],
    attempt: Attempt | None = None,
) -> FieldForm:
    """`names`: what organizers are called, by username; `attempt`: at this field or another."""
    mine = attempt if attempt is not None and attempt.field == field else None
    last = last_of_each(dossier.settled).get(field)
    return FieldForm(
        name=field,
        control="several" if field in SEVERAL and field in CHOICES else _control(field),
        choices=tuple(str(each) for each in CHOICES.get(field, ())),
        given=MappingProxyType(as_typed(field, known_of(field, found), zone))
        if mine is None
        else mine.given,
        seen=None if last is None else last.settlement_id,
        is_settled=last is not None and not last.withdrawn,
        history=tuple(reversed(list(_history(field, dossier, names)))),
        attempt=mine,
    )


def _control(field: str) -> str:
    if field in CHOICES:
        return "choice"
    return {"officers": "count", "detained": "count"}.get(field, field)


def known_of(field: str, found: Understanding) -> Any:
    """The value that a field has now; of one with several all."""
    if field in SEVERAL:
        return tuple(each.value for each in getattr(found, field))
    return found.of(field).value


def past_of(settlement: Settlement, names: Mapping[str, str]) -> Past:
    settled = in_force([settlement]).get(settlement.field)
    return Past(
        by=None if settled is None else by_person(settled, names),
        who=names.get(settlement.who, settlement.who),
        at=settlement.at,
        withdrawn=settlement.withdrawn,
    )


def _history(field: str, dossier: Dossier, names: Mapping[str, str]) -> Iterator[Past]:
    return (past_of(each, names) for each in dossier.settled if each.field == field)
