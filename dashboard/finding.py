"""The page that searches what callers said and organizers noted.

What is looked for is often a caller's own words, so it stands in no address, history or log: it is
sent in a form, and kept for this session alone, sealed, in the cookie that nobody else can read
(decision 0030). The page itself is an ordinary one, that can be reloaded and come back to.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from dashboard.catalogue import Catalogue, Progress
from dashboard.covering import Covering
from dashboard.desk import Desk
from dashboard.filters import Option, Query, Show, listing
from dashboard.inbox import Row, local_day, row_of
from dashboard.parts import names_of, wanted_list
from dashboard.search import (
    LONGEST_QUERY,
    Passage,
    Term,
    excerpts,
    passages_of,
    score,
    terms_of,
)
from reports.model import Dossier, Note

SOUGHT: Final = "sought"
"""Where the session keeps what is looked for."""
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A report that has what is looked for."""

    row: Row
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Finds:
    """What the page shows."""

    words: str
    """As they were typed."""
    query: Query
    found: tuple[Found, ...]
    count: int
    """On all pages."""
    options: tuple[Option, ...]
    progress: Progress
    unsearched: int
    """Of the oldest reports, whose words are not kept in memory."""
    older: int | None
    newer: int | None
    today: str


class Search:
    def __init__(self, desk: Desk, catalogue: Catalogue) -> None:
        self._desk = desk
        self._catalogue = catalogue

    def search(self) -> ResponseReturnValue:
        return render_template(
            "search.html", finds=self._find(self._sought(), wanted_list(Show.ALL))
        )

    def look_for(self) -> ResponseReturnValue:
        words = " ".join(request.form.get("q", "").split())[:LONGEST_QUERY]
        sealed = self._desk.sealer.seal(words.encode(), self._context())
        session[SOUGHT] = base64.b85encode(sealed).decode()
        # The filters that are on stay on.
        kept: dict[str, Any] = {**wanted_list(Show.ALL).filters.address}
        return redirect(url_for(".search", **kept), 303)

    def _sought(self) -> str:
        try:
            sealed = base64.b85decode(session.get(SOUGHT, ""))
            return self._desk.sealer.unseal(sealed, self._context()).decode()
        except (ValueError, binascii.Error):  # nothing, or sealed by a key that is gone
            return ""

    def _context(self) -> str:
        return f"search:{g.organizer.username}"

    def _find(self, words: str, query: Query) -> Finds:
        desk, now, terms = self._desk, self._desk.clock(), terms_of(words)
        with desk.store.read() as records:
            self._catalogue.catch_up(records, now, thoroughly=False)
            if terms:
                self._catalogue.catch_up_notes(records)
            entries = self._catalogue.entries()
            texts = self._catalogue.texts() if terms else []
            scores = {
                entry.reference: points
                for entry, text in texts
                if (points := score(text, terms)) > 0
            }
            # What is limited is found, too: whoever searches looks for everything.
            listed = listing((each for each in entries if each.reference in scores), query)
            ordered = sorted(
                listed.entries,
                key=lambda entry: (-scores[entry.reference], -entry.filed_at.timestamp()),
            )
            begin = (query.page - 1) * PAGE
            here = [entry.reference for entry in ordered[begin : begin + PAGE]]
            dossiers = self._catalogue.dossiers(records, here)
            names = names_of(records)
            notes = records.notes_on(here) if here else ()
        return Finds(
            words=words,
            query=query,
            found=tuple(
                Found(row_of(each, desk, names), self._passages(each, terms, notes, names))
                for each in dossiers
            ),
            count=len(ordered),
            options=listed.options,
            progress=self._catalogue.progress(),
            unsearched=len(entries) - len(texts) if terms else 0,
            older=query.page + 1 if len(ordered) > begin + PAGE else None,
            newer=query.page - 1 if query.page > 1 else None,
            today=local_day(now, desk),
        )

    def _passages(
        self,
        dossier: Dossier,
        terms: Sequence[Term],
        notes: Sequence[Note],
        names: Mapping[str, str],
    ) -> tuple[Passage, ...]:
        covering = Covering.of_all(dossier, self._desk.reader)
        noted = [
            (names.get(note.who, note.who), covering.text(note.body))
            for note in notes
            if note.reference == dossier.report.reference
        ]
        return excerpts(passages_of(covering.dossier(dossier)), terms, noted)


def add_search(blueprint: Blueprint, desk: Desk, catalogue: Catalogue) -> None:
    """Puts the page on a blueprint."""
    here = Search(desk, catalogue)
    blueprint.add_url_rule("/search", "search", here.search, methods=["GET"])
    blueprint.add_url_rule("/search", "look_for", here.look_for, methods=["POST"])
