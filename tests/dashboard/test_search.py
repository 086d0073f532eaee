"""Searching what callers said: what is found, what is never, and where the words do not go."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from dashboard import Desk
from dashboard.catalogue import Catalogue
from dashboard.search import excerpts, folded, score, terms_of, text_of
from oncall.waiting import Clocks
from reports.model import ActKind, Note, Verdict
from reports.services.correcting import correct
from reports.services.spoken_notes import announce_spoken_note
from reports.spoken_notes import SpokenState
from tests.dashboard.conftest import Browser, Clock, QueueInMemory
from tests.dashboard.stories import Stories, segment
from tests.dashboard.test_inbox import references, row
from tests.reader import READER

SPOKEN_NUMBER = "612 555 0137"


def search(browser: Browser, words: str, address: str = "/search") -> str:
    answer = browser.sends(address, from_page="/", q=words)
    assert answer.status_code == 303
    return browser.get(answer.location).text


# --- What is found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lavandería", ["4821"]),
        ("LAVANDERIA", ["4821"]),
        ("lavand", ["4821"]),
        ("camionetas blancas", ["4821"]),
        ("blancas camionetas", ["4821"]),
        ('"camionetas blancas"', ["4821"]),
        ('"blancas camionetas"', []),
        ("“camionetas blancas”", ["4821"]),
        ("orchard", ["4821", "4300"]),
        ("orchard panad", ["4300"]),
        ("bakery", ["4300"]),  # machine's English
        ("video", []),  # struck out: nobody said it
        ("3107", ["3107"]),
        ("tallgrass-market", ["3107"]),
        ("somali", ["7718"]),
        ("spanish", ["4821", "4300"]),
        ("nowhere", []),
        ('"', []),
    ],
)
def test_words_find_the_reports_that_have_all_of_them(
    ana: Browser, stories: Stories, words: str, found: list[str]
) -> None:
    stories.whole_morning()
    stories.spanish_with_everything("4300")
    assert set(references(search(ana, words))) == set(found)


def test_what_was_found_is_marked_with_the_words_around_it(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page = search(ana, "blancas")
    assert "tres camionetas <mark>blancas</mark> sin placas" in page
    assert "<mark>lavandería,</mark>" not in page
    assert 'value="blancas"' in page, "the words can be mended"


def test_text_messages_and_corrections_are_found(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.hmong_needs_a_listener("5590")
    assert references(search(ana, "sawmill")) == []
    clock.passes(seconds=1)
    correct(
        stories.store,
        QueueInMemory(),
        recording_sid="RE5590where",
        text="By the old sawmill",
        of=None,
        who="ana",
        at=clock(),
    )
    clock.passes(seconds=1)
    assert references(search(ana, "sawmill")) == ["5590"]


def test_what_organizers_noted_is_found_and_nobody_takes_it_for_the_callers_words(
    ana: Browser, stories: Stories
) -> None:
    stories.whole_morning()
    assert references(search(ana, "sister")) == []
    ana.sends("/r/4821/notes", from_page="/r/4821", note="Her sister is safe, at the church.")
    page = search(ana, "sister")
    assert references(page) == ["4821"]
    assert "Note by Ana Fuentes: Her sister is safe" in row(page, "4821")
    assert references(search(ana, "sister blancas")) == ["4821"], "said and noted, together"
    assert "Note by" not in row(search(ana, "blancas"), "4821")


def test_a_spoken_note_is_found_once_it_is_written_out(
    ana: Browser, desk: Desk, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    announce_spoken_note(
        desk.store,
        desk.queue,
        recording_sid="RE0123456789",
        reference="4821",
        who="ana",
        language="en",
        seconds=4,
        at=clock(),
    )
    assert references(search(ana, "sawmill")) == []
    with desk.store.begin() as records:
        (spoken,) = records.spoken_notes.of_report("4821")
        note_id = records.add_note(Note("4821", "They wait at the sawmill.", "ana", clock()), ())
        records.spoken_notes.save(replace(spoken, note_id=note_id, state=SpokenState.WRITTEN))
    assert references(search(ana, "sawmill")) == ["4821"]


def test_a_note_that_was_withdrawn_is_found_no_more(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    ana.sends("/r/4821/notes", from_page="/r/4821", note="Her sister is safe.")
    page = search(ana, "sister")
    assert references(page) == ["4821"]
    with stories.store.read() as records:
        (note,) = records.notes_of("4821")
    ana.sends(f"/r/4821/notes/{note.note_id}/withdraw", from_page="/r/4821")
    assert references(search(ana, "sister")) == []


def test_a_number_in_a_note_is_neither_found_nor_shown(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    ana.sends("/r/4821/notes", from_page="/r/4821", note=f"Her sister: {SPOKEN_NUMBER}, at home.")
    for words in (SPOKEN_NUMBER, "6125550137", "0137"):
        assert references(search(ana, words)) == [], words
    page = search(ana, "sister")
    assert "sister</mark>: •••, at home" in page.replace(":</mark>", "</mark>:")
    assert "0137" not in page


def test_a_number_that_the_caller_said_is_covered_in_a_note_of_it_too(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, keys={"when": "1", "callback": "1"})
    said = f"Two vans on Lake. Call me after six at {SPOKEN_NUMBER}."
    stories.recording("1001", "what", heard=[segment(said, 0.0, 6.0)])
    ana.sends("/r/1001/notes", from_page="/r/1001", note="The number is 555 0137, says Luz.")
    page = search(ana, "luz")
    shown = ana.get("/r/1001").text
    assert references(page) == ["1001"]
    assert ("0137" in page) == ("555 0137, says" in shown), "as the page of the report shows it"


def test_what_was_noted_of_many_reports_is_read_in_turn(
    desk: Desk, stories: Stories, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.catalogue.AT_ONCE", 2)
    stories.whole_morning()
    later: list[Callable[[], None]] = []
    catalogue = Catalogue(desk.store, READER, Clocks, desk.language_name, later.append)

    def looks() -> int:
        with desk.store.read() as records:
            catalogue.catch_up(records, clock(), thoroughly=True)
            catalogue.catch_up_notes(records)
        return sum("sawmill" in text.words for _, text in catalogue.texts())

    looks()
    later.pop()()
    with desk.store.begin() as records:
        for entry in catalogue.entries():
            records.add_note(Note(entry.reference, "By the sawmill.", "ana", clock()), ())
    assert looks() == 2
    assert looks() == 4
    later.pop()()
    assert looks() == 6


def test_what_has_more_of_it_stands_first_and_then_what_is_newer(
    ana: Browser, stories: Stories
) -> None:
    for reference, said in (
        ("1001", "A van."),
        ("1002", "A van, then another van, and a third van."),
        ("1003", "I saw a van."),
    ):
        stories.call(reference, 1005 - int(reference), keys={"when": "1"})
        stories.recording(reference, "what", heard=[segment(said, 0, 4)])
    assert references(search(ana, "van")) == ["1002", "1003", "1001"]


def test_a_plate_is_found_with_and_without_its_dash(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording(
        "1001", "what", heard=[segment("A black SUV, license plate K L M 4 7 2.", 0, 5)]
    )
    assert references(search(ana, "klm472")) == ["1001"]


def test_filters_narrow_what_was_found(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    stories.spanish_with_everything("4300")
    stories.act("4821", ActKind.VERDICT, Verdict.UNVERIFIED, Verdict.CONFIRMED, minutes_ago=0)
    page = search(ana, "orchard")
    link = re.search(r'<a id="filter-verdict-confirmed" href="([^"]+)"', page)
    assert link is not None
    assert references(ana.get(html.unescape(link[1])).text) == ["4821"]
    assert references(search(ana, "orchard", "/search?verdict=false_alarm")) == []


def test_limited_and_closed_ones_are_found_too(ana: Browser, stories: Stories) -> None:
    stories.limited_prank("9001")
    assert references(search(ana, "ha ha")) == ["9001"]


def test_nothing_found_says_what_to_try(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page = search(ana, "aeroplane")
    assert "No report has all of these words" in page
    assert "only how one begins" in page


# --- What is not


def test_a_covered_number_is_neither_found_nor_shown(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1", "callback": "1"})
    said = f"Two vans on Lake. Call me after six at {SPOKEN_NUMBER}."
    stories.recording("1001", "what", heard=[segment(said, 0.0, 6.0)])
    for words in (SPOKEN_NUMBER, "6125550137", "0137", "555", f'"{SPOKEN_NUMBER}"'):
        assert references(search(ana, words)) == [], words
    page = search(ana, "call me")
    assert "•••" in row(page, "1001")
    assert "0137" not in page


def test_the_words_stand_in_no_address_no_log_and_not_to_be_read_in_the_cookie(
    ana: Browser, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    stories.spanish_happening_now("4821")
    with caplog.at_level(logging.DEBUG):
        answer = ana.sends("/search", from_page="/", q="lavandería")
        page = ana.get(answer.location)
    assert references(page.text) == ["4821"]
    assert answer.location == "/search"
    assert "lavand" not in caplog.text
    assert "lavand" not in answer.headers["Set-Cookie"]
    assert ana.get("/search?q=market").text.count('value="lavandería"') == 1, "no words by GET"


def test_logging_out_forgets_what_was_looked_for(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    search(ana, "lavandería")
    ana.sends("/logout", from_page="/")
    ana.logs_in()
    assert "lavand" not in ana.get("/search").text


def test_whoever_is_not_logged_in_finds_nothing(stranger: Browser) -> None:
    assert stranger.get("/search").location.startswith("/login")


# --- How words are compared


@pytest.mark.parametrize(
    ("written", "looked_for"),
    [
        ("Nguyễn Đình Chiểu", "nguyen dinh"),
        ("مَدْرَسَة", "مدرسة"),
        ("إلى المدرسة", "الى المدرسه"),
        ("Straße", "strasse"),
        ("လမ်းမကြီးပေါ်မှာ", "ကြီး"),
        ("O’Brien's", "o'brien"),
    ],
)
def test_every_script_is_served_alike(written: str, looked_for: str) -> None:
    line = folded(written)
    assert all(term.needle in line for term in terms_of(looked_for))


def test_two_vowels_of_one_burmese_letter_are_two_words() -> None:
    assert folded("ကိ") != folded("ကု")


def test_a_phrase_does_not_run_from_one_recording_into_the_next(stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", heard=[segment("By the river bank.", 0, 2)])
    stories.recording("1001", "what", heard=[segment("Street closed.", 0, 2)])
    with stories.store.read() as records:
        dossier = records.dossier("1001")
    assert dossier is not None
    text = text_of(dossier, READER, "English")
    assert score(text, terms_of('"river bank"'))
    assert not score(text, terms_of('"bank street"'))


def test_an_excerpt_is_cut_at_words_and_says_so() -> None:
    said = "First there was nothing at all to see. " * 6 + "Then vans came. " + "And so on. " * 20
    (passage,) = excerpts([said], terms_of("vans"))
    shown = "".join(piece.text for piece in passage.pieces)
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 160
    assert [piece.text for piece in passage.pieces if piece.is_found] == ["vans"]
