"""Organizers write on a report for each other, and mention each other."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from dashboard import Desk, add_organizer
from reports.services.notes import LONGEST_NOTE
from tests.dashboard.conftest import API_TOKEN, PASSWORD, QUICK, Browser, Clock
from tests.dashboard.stories import MORNING, Stories
from tests.dashboard.test_report import part, words_of


@pytest.fixture
def ben(app: Flask, desk: Desk) -> Browser:
    add_organizer(desk.store, "ben", "Ben Ode", PASSWORD, MORNING, QUICK)
    browser = Browser(app.test_client())
    assert browser.logs_in("ben").status_code == 303
    return browser


def writes(who: Browser, note: str, reference: str = "4821") -> None:
    answer = who.acts(reference, "notes", note=note)
    assert answer.location == f"/r/{reference}#desk-notes"


def notes(who: Browser, reference: str = "4821") -> str:
    return part(who.get(f"/r/{reference}").text, "desk-notes")


def test_a_note_stands_on_the_page_with_who_wrote_it_and_when(
    ana: Browser, ben: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "The laundry opens at 7. I called its owner.")
    page = ben.get("/r/4821").text
    assert "Ana Fuentes , 6:41 AM The laundry opens at 7." in part(page, "desk-notes")
    assert "Ana Fuentes wrote a note" in part(page, "timeline")
    assert "Ana Fuentes wrote a note on it" in part(page, "custody")
    assert "laundry" not in part(page, "timeline") + part(page, "custody")


def test_the_writer_is_told_that_it_is_kept(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "Seen.")
    assert "Your note is kept, with your name." in ana.get("/r/4821").text
    writes(ana, "  ")
    page = ana.get("/r/4821").text
    assert "the note was empty" in page
    assert part(page, "timeline").count("wrote a note") == 1


def test_what_is_no_note_is_not_kept(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    assert ana.acts("4821", "notes", note="a" * (LONGEST_NOTE + 1)).status_code == 400
    assert ana.sends("/r/9999/notes", from_page="/r/4821", note="Hello").status_code == 404


def test_a_note_is_text_and_nothing_else(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in ana.get("/r/4821").text


def test_who_wrote_a_note_withdraws_it_and_it_stays_as_withdrawn(
    ana: Browser, ben: Browser, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "It is the other laundry.")
    clock.passes(minutes=4)
    note = re.search(r"/r/4821/notes/(\d+)/withdraw", ana.get("/r/4821").text)
    assert note is not None
    assert "/withdraw" not in ben.get("/r/4821").text
    assert ben.acts("4821", f"notes/{note[1]}/withdraw").status_code == 403
    assert ana.acts("4821", f"notes/{note[1]}/withdraw").status_code == 303
    page = ben.get("/r/4821").text
    assert "Ana Fuentes , 6:41 AM withdrawn 6:45 AM What it said" in part(page, "desk-notes")
    assert "<s>It is the other laundry.</s>" in page
    assert "Ana Fuentes withdrew a note" in part(page, "timeline")
    assert "Ana Fuentes withdrew a note on it" in part(page, "custody")
    assert "/withdraw" not in ana.get("/r/4821").text
    assert ana.acts("4821", "notes/99/withdraw").status_code == 404


def test_a_number_in_a_note_is_covered_like_any_other(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "Call 612 555 0137 first. @ana")
    assert "Call ••• first." in notes(ana)
    assert "0137" not in ana.get("/r/4821").text


def test_a_new_note_shows_on_an_open_page(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    before = ana.get("/r/4821/part")
    assert before.headers["ETag"]
    writes(ana, "News.")
    after = ana.get("/r/4821/part", If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert "News." in after.text


# --- Mentions


def test_who_is_mentioned_is_told_so_where_they_begin(
    ana: Browser, ben: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    stories.english_earlier("3107")
    assert "Mentioned in" not in ben.get("/").text
    writes(ana, "@ben can you go?")
    assert "Mentioned in 1 report<" in ben.get("/").text
    writes(ana, "@Ben too", "3107")
    writes(ana, "@ben again", "3107")
    inbox = ben.get("/").text
    assert "Mentioned in 2 reports" in inbox
    assert 'href="/mentions"' in inbox
    assert "Mentioned in" not in ana.get("/").text
    page = ana.get("/r/4821").text
    assert re.search(r'class="mention">@ben<span class="visually-hidden"> \(Ben Ode\)', page)


def test_they_are_listed_as_new_once(ana: Browser, ben: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "@ben can you go?")
    assert "Nobody has mentioned you." in ana.get("/mentions").text
    page = ben.get("/mentions").text
    assert "Report 4821 New Ana Fuentes , 6:41 AM @ben (Ben Ode) can you go?" in words_of(page)
    assert re.search(r'href="/r/4821#note-\d+"', page)
    assert "Report 4821 Ana Fuentes" in words_of(ben.get("/mentions").text)
    assert "Mentioned in" not in ben.get("/").text


def test_who_opens_the_report_has_seen_it_and_who_leaves_it_open_has_not(
    ana: Browser, ben: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    stories.english_earlier("3107")
    writes(ana, "@ben one")
    writes(ana, "@ben two", "3107")
    ben.get("/r/3107/part")
    assert "Mentioned in 2 reports" in ben.get("/").text
    ben.get("/r/3107")
    assert "Mentioned in 1 report<" in ben.get("/").text


def test_a_withdrawn_note_calls_nobody_any_more(
    ana: Browser, ben: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "@ben can you go?")
    note = re.search(r"notes/(\d+)/withdraw", ana.get("/r/4821").text)
    assert note is not None
    ana.acts("4821", f"notes/{note[1]}/withdraw")
    assert "Mentioned in" not in ben.get("/").text
    assert "Nobody has mentioned you." in ben.get("/mentions").text


# --- What leaves


def test_notes_stay_among_organizers(ana: Browser, app: Flask, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    writes(ana, "Marigold is the word.")
    assert "Notes stay among organizers" in notes(ana)
    for kind in ("brief", "packet", "research"):
        leaves = ana.get(f"/r/4821/export/{kind}")
        assert leaves.status_code == 200
        assert "Marigold" not in leaves.text
    answer = app.test_client().get(
        "/api/reports/4821", headers={"Authorization": f"Bearer {API_TOKEN}"}
    )
    assert answer.status_code == 200
    assert "Marigold" not in answer.text
