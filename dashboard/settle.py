"""A person sets a field of a report, takes it back, or undoes what they just did. What cannot be
kept stands in the form again, with what is wrong or what somebody else set meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.parts import View, add_pages, names_of
from dashboard.settling import Attempt, known_of, past_of
from reports.fields.settled import FORMS, SEVERAL
from reports.fields.typed import BadValue, Given, Lookup, typed, why_typed
from reports.model import Dossier
from reports.services.settling import (
    NothingSettled,
    SettledMeanwhile,
    settle,
    undo,
    withdraw,
)

TYPED_IN: Final = "en"
"""The language of the pages, in which people type places."""
NOTHING: Final = "nothing"
"""The button that says that there is nothing."""
OWN_INPUTS: Final = frozenset({"csrf_token", "seen", NOTHING})

Show = Callable[[str, Attempt | None], str]
"""Renders a report's page."""


class Settle:
    """The views."""

    def __init__(self, desk: Desk, show: Show) -> None:
        self._desk = desk
        self._show = show

    def settle_field(self, reference: str, field: str) -> ResponseReturnValue:
        dossier = self._found(reference, field)
        given = _given()
        try:
            why = why_typed(given)
            value = (
                _nothing(field) if request.form.get(NOTHING) else self._typed(field, given, dossier)
            )
        except BadValue as bad:
            return self._show(reference, Attempt(field, given, bad)), 400
        try:
            added = settle(
                self._desk.store,
                self._desk.queue,
                reference=reference,
                field=field,
                value=value,
                why=why,
                **self._by_whom(),
            )
        except SettledMeanwhile as meanwhile:
            with self._desk.store.read() as records:
                past = past_of(meanwhile.last, names_of(records))
            return self._show(reference, Attempt(field, given, meanwhile=past)), 409
        return _back(reference, field, "field_same" if added is None else "field_set", added)

    def take_back_field(self, reference: str, field: str) -> ResponseReturnValue:
        self._found(reference, field)
        try:
            added = withdraw(self._desk.store, reference=reference, field=field, **self._by_whom())
        except (SettledMeanwhile, NothingSettled):
            return _back(reference, field, "field_meanwhile")
        return _back(reference, field, "field_taken_back", added)

    def undo_field(self, reference: str, field: str) -> ResponseReturnValue:
        self._found(reference, field)
        try:
            undo(self._desk.store, reference=reference, field=field, **self._by_whom())
        except (SettledMeanwhile, NothingSettled):
            return _back(reference, field, "field_meanwhile")
        return _back(reference, field, "field_undone")

    def plain_report(self, reference: str, field: str) -> ResponseReturnValue:
        """Whoever comes back to the address of a form finds the report."""
        return redirect(url_for(".report", reference=reference, _anchor=f"field-{field}"))

    def _typed(self, field: str, given: Given, dossier: Dossier) -> Any:
        reader = self._desk.reader
        lookup = Lookup(reader.names, reader.lexicon(TYPED_IN), self._desk.zone, self._desk.clock())
        known = known_of(field, reader.understanding(dossier)) if field in SEVERAL else ()
        return typed(field, given, lookup, known)

    def _found(self, reference: str, field: str) -> Dossier:
        with self._desk.store.read() as records:
            dossier = records.dossier(reference)
        if dossier is None or field not in FORMS:
            abort(404)
        return dossier

    def _by_whom(self) -> Mapping[str, Any]:
        return {
            "seen": request.form.get("seen", type=int),
            "who": g.organizer.username,
            "at": self._desk.clock(),
        }


def add_settle(blueprint: Blueprint, desk: Desk, show: Show) -> None:
    here = Settle(desk, show)
    path = "/r/<reference>/fields/<field>"
    acts: Mapping[str, View] = {
        path: here.settle_field,
        f"{path}/back": here.take_back_field,
        f"{path}/undo": here.undo_field,
    }
    add_pages(blueprint, {path: here.plain_report}, acts)


def _nothing(field: str) -> Any:
    return () if field in SEVERAL else None


def _given() -> Given:
    return {name: tuple(texts) for name, texts in request.form.lists() if name not in OWN_INPUTS}


def _back(reference: str, field: str, what: str, added: int | None = None) -> ResponseReturnValue:
    flash(field if added is None else f"{field} {added}", what)
    return redirect(url_for(".report", reference=reference, _anchor=f"field-{field}"), 303)
