"""What a text message says, and what it never does."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall import briefs
from oncall.briefs import LONGEST_PLACE, Tells, load_tells, without_numbers
from reports.fields.location import Location
from reports.fields.settled import write
from reports.model import (
    Answer,
    Dossier,
    NotificationKind,
    RecordingState,
    Segment,
    Settlement,
    Transcript,
    Verdict,
    Word,
)
from tests.oncall.test_escalation import AT, a_dossier
from tests.reader import READER

TELLS = load_tells(Path("prompts"), "en")
URL = "https://line.example.org"


def brief(dossier: Dossier, kind: NotificationKind, tells: Tells, public_url: str) -> str:
    return briefs.brief(dossier, kind, tells, public_url, READER.read(dossier))


def with_keys(dossier: Dossier, **digits: str) -> Dossier:
    answers = tuple(Answer(question, pressed, AT) for question, pressed in digits.items())
    return replace(dossier, call=replace(dossier.call, answers=answers))


def with_place(dossier: Dossier, place: str) -> Dossier:
    words = tuple(Word(f" {word}", 0.0, 1.0, 0.9) for word in place.split())
    segment = Segment(place, 0.0, 1.0, words, -0.1, 0.0, 1.0)
    transcript = Transcript("RE1", "en", 0.9, (segment,), "engine", "model", AT)
    return replace(dossier, transcripts=(transcript,))


def test_an_alert_says_what_the_keys_said() -> None:
    dossier = with_keys(
        a_dossier(state=RecordingState.ANNOUNCED, language="es"),
        when="1",
        officers="4",
        still_there="1",
    )
    assert brief(dossier, NotificationKind.ALERT, TELLS, URL) == (
        "UNVERIFIED · happening now · Spanish · 4 officers · still there · ref 4821 · "
        "https://line.example.org/r/4821"
    )


def called(dossier: Dossier, minutes: float) -> Dossier:
    """The same, of a call that began so long before its report was filed."""
    started_at = dossier.report.filed_at - timedelta(minutes=minutes)
    return replace(dossier, call=replace(dossier.call, started_at=started_at))


@pytest.mark.parametrize(
    ("minutes", "said"), [(9, None), (10, "called 10 min ago"), (61.9, "called 61 min ago")]
)
def test_a_call_that_is_long_over_is_not_told_as_if_it_were_now(
    minutes: float, said: str | None
) -> None:
    told = brief(called(a_dossier(over=True), minutes), NotificationKind.ALERT, TELLS, URL)
    assert ("ago" in told) is (said is not None)
    if said is not None:
        assert f"UNVERIFIED · when not said · {said} · " in told


def test_in_the_organizers_own_language() -> None:
    dossier = with_keys(a_dossier(over=True, language="es"), when="2", officers="1")
    told = brief(dossier, NotificationKind.ALERT, load_tells(Path("prompts"), "es"), URL)
    assert told.startswith("SIN VERIFICAR · ya pasó · español · 1 agente · ref. 4821")


def test_what_was_not_asked_is_left_out_and_what_is_not_known_is_said() -> None:
    unasked = brief(a_dossier(over=True), NotificationKind.ALERT, TELLS, URL)
    assert "officers" not in unasked
    assert "when not said" in unasked
    unknown = brief(
        with_keys(a_dossier(over=True), officers="*", still_there="2"),
        NotificationKind.ALERT,
        TELLS,
        URL,
    )
    assert "number of officers not known · they have left" in unknown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RecordingState.NO_SPEECH, "place: nothing was said"),
        (RecordingState.NEEDS_LISTENER, "place: please listen"),
        (RecordingState.FAILED, "place: no audio could be had"),
    ],
)
def test_a_place_without_words_says_why(state: RecordingState, said: str) -> None:
    assert said in brief(a_dossier(state=state), NotificationKind.UPDATE, TELLS, URL)


def test_once_confirmed_it_is_not_called_unverified() -> None:
    dossier = a_dossier(over=True)
    confirmed = replace(dossier, report=replace(dossier.report, verdict=Verdict.CONFIRMED))
    assert "UNVERIFIED" not in brief(confirmed, NotificationKind.ALERT, TELLS, URL)


def test_a_long_story_about_the_place_is_cut() -> None:
    dossier = with_place(a_dossier(state=RecordingState.TRANSCRIBED), "by the mercado " * 40)
    told = brief(dossier, NotificationKind.UPDATE, TELLS, URL)
    assert "…" in told
    assert len(told) < LONGEST_PLACE + 160


@settings(deadline=None)  # the first may have to wait for the gazetteer
@given(st.from_regex(r"[2-9]\d\d[ .-]?555[ .-]?01\d\d", fullmatch=True), st.text(max_size=30))
def test_no_telephone_number_leaves_in_a_text(number: str, around: str) -> None:
    place = f"{around} {number} {around}"
    hidden = without_numbers(place, "[number]")
    assert number not in hidden
    told = brief(
        with_place(a_dossier(state=RecordingState.TRANSCRIBED), place),
        NotificationKind.UPDATE,
        TELLS,
        URL,
    )
    assert number not in told


@pytest.mark.parametrize("place", ["38th Street and 4th Avenue", "2700 East Lake", "35 W and 46"])
def test_addresses_are_not_taken_for_telephone_numbers(place: str) -> None:
    assert without_numbers(place, "[number]") == place


def test_what_was_understood_of_the_words_stands_in_the_update() -> None:
    words = "Lake and Bloomington, they took two people, I see five agents, they are still here"
    dossier = with_place(a_dossier(state=RecordingState.TRANSCRIBED), words)
    told = brief(dossier, NotificationKind.UPDATE, TELLS, URL)
    assert told.startswith("UNVERIFIED · P1 · ")
    assert "at E Lake St & Bloomington Ave" in told
    assert "5 officers · 2 people taken · still there" in told


def test_a_plate_never_stands_in_a_text() -> None:
    words = "Lake and Bloomington, a gray Tahoe, Minnesota plate K L V four one two"
    dossier = with_place(a_dossier(state=RecordingState.TRANSCRIBED), words)
    told = brief(dossier, NotificationKind.UPDATE, TELLS, URL)
    assert "KLV" not in told
    assert "K L V" not in told


def test_what_a_person_set_is_told_instead_of_what_was_pressed_and_said() -> None:
    words = "38th and Cedar, they took two people, I see five agents, they are still here"
    dossier = with_place(a_dossier(state=RecordingState.TRANSCRIBED), words)
    dossier = with_keys(dossier, officers="3")
    corner = {
        "words": "lake and bloomington",
        "streets": ["E Lake St", "Bloomington Ave"],
        "number": None,
        "landmark": None,
        "area": None,
        "city": "Minneapolis",
        "candidates": [
            {
                "name": "E Lake St & Bloomington Ave",
                "city": "Minneapolis",
                "point": {"lat": 44.9484, "lon": -93.2524},
                "near": "",
            }
        ],
        "middle": None,
    }
    values = {
        "location": corner,
        "officers": {"low": 4, "high": 4, "is_about": False},
        "still_there": False,
        "detained": None,
    }
    settled = tuple(Settlement("4821", name, value, "ana", AT) for name, value in values.items())
    told = brief(replace(dossier, settled=settled), NotificationKind.UPDATE, TELLS, URL)
    assert "at E Lake St & Bloomington Ave" in told
    assert "4 officers · they have left" in told
    assert not re.search("38th|Cedar|5 officers|3 officers|taken|P1", told)


def test_a_place_that_is_in_no_list_is_told_in_the_words_of_who_set_it() -> None:
    dossier = with_place(a_dossier(state=RecordingState.TRANSCRIBED), "by the, uh, mercado")
    kept = write("location", Location("behind the blue barn, 612 555 0142"))
    settled = (Settlement("4821", "location", kept, "ana", AT),)
    told = brief(replace(dossier, settled=settled), NotificationKind.UPDATE, TELLS, URL)
    assert "at behind the blue barn, [number]" in told
    assert "mercado" not in told
    assert "555" not in told


@pytest.mark.parametrize(
    "said",
    [
        "Lake and Bloomington, call six one two five five five oh one three seven",
        "Lake and Bloomington, call five five five oh one three seven",
        "Lake and Bloomington, call 612 555 oh one three seven",
    ],
)
def test_a_number_in_words_goes_into_no_text(said: str) -> None:
    """Its shape does not tell it: what names the place is told alone."""
    dossier = with_place(a_dossier(state=RecordingState.TRANSCRIBED), said)
    told = brief(dossier, NotificationKind.UPDATE, TELLS, URL)
    assert "Lake" in told
    assert "three seven" not in told
