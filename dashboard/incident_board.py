"""Incidents in columns by what is said to be true of them, and which of them are shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dashboard.incident_page import Card
from reports.model import Verdict


class View(StrEnum):
    LIST = "list"
    BOARD = "board"


class Column(StrEnum):
    TO_CHECK = "to_check"
    CONFIRMED = "confirmed"
    SETTLED = "settled"
    """It was no alarm, no enforcement, or nobody could find out."""


COLUMN_OF: Final[Mapping[Verdict, Column]] = MappingProxyType(
    {
        Verdict.UNVERIFIED: Column.TO_CHECK,
        Verdict.CONFIRMED: Column.CONFIRMED,
        Verdict.FALSE_ALARM: Column.SETTLED,
        Verdict.NOT_ENFORCEMENT: Column.SETTLED,
        Verdict.UNABLE_TO_VERIFY: Column.SETTLED,
    }
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which incidents are shown; by default all."""

    now: bool = False
    """Those that may go on."""
    column: Column | None = None
    area: str = ""

    @property
    def is_any(self) -> bool:
        return self != Narrowing()

    def keeps(self, card: Card) -> bool:
        return (
            (not self.now or may_go_on(card))
            and (self.column is None or column_of(card) is self.column)
            and (not self.area or card.area == self.area)
        )


def may_go_on(card: Card) -> bool:
    """Nobody says that they are gone, or that it was nothing. Who does not know may be wrong."""
    settled = column_of(card) is Column.SETTLED
    return not card.is_closed and not settled and card.glance.still_there is not False


def column_of(card: Card) -> Column:
    return COLUMN_OF[card.incident.verdict]


def board(cards: Iterable[Card]) -> Mapping[Column, tuple[Card, ...]]:
    """Each column with the most urgent and last heard first."""
    ordered = sorted(cards, key=lambda card: (card.priority, -card.glance.last_heard.timestamp()))
    return {
        column: tuple(card for card in ordered if column_of(card) is column) for column in Column
    }
