"""The pages of handovers: from one shift to the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.alerts import untold_reports
from dashboard.desk import Desk
from dashboard.handover import (
    USUAL,
    Draft,
    Note,
    draft_of,
    notes_of,
    plates_of,
    to_be_read,
)
from dashboard.inbox import flood_notice, local_day
from dashboard.incident_page import card_of
from dashboard.parts import View, add_pages, ids_of, names_of
from reports.model import Dossier, Handling
from reports.ports import Records
from reports.services.handovers import (
    LONGEST,
    NoSuchHandover,
    NothingWritten,
    PrivateInside,
    hand_over,
    marked,
    read_over,
    unconfirmed,
)

LISTED: Final = 30
"""Earlier handovers on the page."""
WINDOW: Final = timedelta(days=7)
"""Open reports that were filed before it are no news to anybody."""
MOST_REPORTS: Final = 300
MOST_INCIDENTS: Final = 100
MOST_CHANGED: Final = 300


class Handovers:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handover(self) -> str:
        return self._page(self._drafted())

    def _page(self, words: str, wrong: str = "") -> str:
        """`wrong`: why it could not be kept."""
        with self._desk.store.read() as records:
            notes = self._notes(records, LISTED)
        return render_template(
            "handover.html",
            written=words,
            wrong=wrong,
            notes=notes,
            longest=LONGEST,
            today=self._today(),
        )

    def handover_note(self, handover_id: str) -> str:
        (wanted,) = ids_of([handover_id])
        with self._desk.store.read() as records:
            found = records.handover(wanted)
            if found is None:
                abort(404)
            readings = records.handover_readings([wanted])
            names = names_of(records)
        (note,) = notes_of([found], readings, names, g.organizer.username)
        return render_template("handover_note.html", note=note, today=self._today())

    def write_handover(self) -> ResponseReturnValue:
        words = request.form.get("words", "")
        with self._desk.store.read() as records:
            plates = plates_of([*self._loose(records), *self._inside(records)], self._desk)
        try:
            kept = hand_over(
                self._desk.store,
                words=words,
                plates=plates,
                unverified=_mark(),
                who=g.organizer.username,
                at=self._desk.clock(),
            )
        except NothingWritten:
            return self._page(words, "long" if words.strip() else "empty"), 409
        except PrivateInside as private:
            return self._page(words, str(private)), 409
        flash(str(kept.handover_id), "handed_over")
        return redirect(url_for(".handover_note", handover_id=kept.handover_id), 303)

    def read_handover(self, handover_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([handover_id])
        try:
            read_over(
                self._desk.store,
                handover_id=wanted,
                who=g.organizer.username,
                at=self._desk.clock(),
            )
        except NoSuchHandover:
            abort(404)
        return redirect(url_for(".inbox"), 303)

    # What there is to hand over

    def _drafted(self) -> str:
        """The words of a draft, with what nobody confirmed marked as such."""
        with self._desk.store.read() as records:
            draft = self._draft(records)
            words = render_template("handover_draft.txt", draft=draft, today=self._today())
            return marked(words, unconfirmed(records, words), _mark()).strip() + "\n"

    def _draft(self, records: Records) -> Draft:
        now = self._desk.clock()
        names = names_of(records)
        last = next(iter(records.handovers(1)), None)
        since = now - USUAL if last is None else last.at
        dockets = records.dockets(since=now - WINDOW, limit=MOST_INCIDENTS)
        members = [each for docket in dockets for each in docket.references]
        dossiers = {each.report.reference: each for each in records.dossiers_of(members)}
        cards = [card_of(each, dossiers, self._desk, names) for each in dockets]
        return draft_of(
            cards=[card for card in cards if card is not None],
            loose=self._loose(records),
            inside=[each for each in dossiers.values() if _is_open(each)],
            changed=records.dossiers(since=since, limit=MOST_CHANGED),
            untold=untold_reports(records),
            flood=flood_notice(records.flood(), names),
            limited=records.count_limited(),
            since=since,
            desk=self._desk,
            names=names,
        )

    def _loose(self, records: Records) -> list[Dossier]:
        """Open reports that are in no incident."""
        filed = records.filed_since(self._desk.clock() - WINDOW, MOST_REPORTS)
        inside = records.incident_of([each for each, _ in filed])
        return list(records.dossiers_of([each for each, _ in filed if each not in inside]))

    def _inside(self, records: Records) -> list[Dossier]:
        dockets = records.dockets(since=self._desk.clock() - WINDOW, limit=MOST_INCIDENTS)
        return list(records.dossiers_of([ref for each in dockets for ref in each.references]))

    def _notes(self, records: Records, limit: int) -> tuple[Note, ...]:
        return _notes(records, limit, names_of(records), g.organizer.username)

    def _today(self) -> str:
        return local_day(self._desk.clock(), self._desk)


def unread_handover(records: Records, names: Mapping[str, str], desk: Desk) -> Note | None:
    """What the inbox tells who is logged in of the last handover."""
    return to_be_read(_notes(records, 1, names, g.organizer.username), desk.clock())


def _notes(records: Records, limit: int, names: Mapping[str, str], reader: str) -> tuple[Note, ...]:
    handovers = records.handovers(limit)
    readings = records.handover_readings([each.handover_id or 0 for each in handovers])
    return notes_of(handovers, readings, names, reader)


def _is_open(dossier: Dossier) -> bool:
    return dossier.report.handling is not Handling.CLOSED


def _mark() -> str:
    """What stands before all that nobody confirmed."""
    return render_template("handover_mark.txt").strip()


def add_handovers(blueprint: Blueprint, desk: Desk) -> None:
    here = Handovers(desk)
    shown: Mapping[str, View] = {
        "/handover": here.handover,
        "/handover/<handover_id>": here.handover_note,
    }
    done: Mapping[str, View] = {
        "/handover": here.write_handover,
        "/handover/<handover_id>/read": here.read_handover,
    }
    add_pages(blueprint, shown, done)
