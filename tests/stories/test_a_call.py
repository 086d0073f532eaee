"""Calls as callers make them, from ring to the organizer's phone."""

from __future__ import annotations

import pytest

from reports.model import CallState, KeySource, RecordingState, WordsSource
from simulator.spoken import SpokenCall, line_sound, spoken_call
from tests.stories.conftest import NOTHING_SAID, Line

EN = spoken_call("en-lake-bloomington")
ES = spoken_call("es-cedar-riverside")
STREET = line_sound("street-noise")


@pytest.mark.parametrize(
    ("key", "language", "spoken", "name"), [("1", "en", EN, "English"), ("2", "es", ES, "Spanish")]
)
def test_a_caller_reports_and_the_organizer_is_told(
    line: Line, key: str, language: str, spoken: SpokenCall, name: str
) -> None:
    line.speech.outcomes = ["corner of Lake and Bloomington", "five men in vests"]
    call = line.caller.dials().presses(key).presses("1")
    call.says(EN.where.path, then="#").presses("4#").presses("1")
    call.says(EN.what.path, then="#").presses("1").waits()
    line.works()

    assert call.is_over
    assert not line.network.failures
    reference = line.dossier.report.reference
    assert ", ".join(reference) in call.heard.text
    assert line.dossier.call.language == language
    assert line.dossier.call.state is CallState.COMPLETED
    assert line.fields.happening_now.value is True
    assert line.fields.officers.value == 4
    assert line.fields.officers.source == KeySource("officers", "4")
    assert line.fields.still_there.value is True
    assert line.fields.callback_allowed.value is True
    assert line.fields.place.value == "corner of Lake and Bloomington"
    assert isinstance(line.fields.place.source, WordsSource)
    assert line.fields.account.value == "five men in vests"
    assert line.speech.languages == [language, language]
    alert, update = (text.body for text in line.texts)
    assert alert.startswith("UNVERIFIED · happening now · " + name)
    assert f"ref {reference} · {line.settings.public_url}/r/{reference}" in alert
    assert 'update · "corner of Lake and Bloomington"' in update
    assert "4 officers · still there" in update
    assert not line.network.recordings, "the provider's copies are deleted"


def test_the_first_alert_does_not_wait_for_the_call_to_end(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#")
    line.works()
    assert not call.is_over
    assert [text.body.split(" · ")[:3] for text in line.texts] == [
        ["UNVERIFIED", "happening now", "English"]
    ]


def test_what_the_alert_says_leaves_no_number_in_it(line: Line) -> None:
    line.speech.outcomes = ["Lake Street, my number is 612 555 0142, come quick"]
    call = line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#")
    call.presses("4#").presses("1").hangs_up()
    line.works()
    assert len(line.texts) == 2
    for text in line.texts:
        # Not '0142' alone, which may stand in a port or a reference.
        assert "555 0142" not in text.body
        assert "5550142" not in text.body
    assert "[number]" in line.texts[1].body


def test_a_caller_who_hangs_up_while_saying_where_is_heard(line: Line) -> None:
    line.speech.outcomes = ["Lake and"]
    line.caller.dials().presses("1").presses("1").hangs_up_while_saying(EN.where.path, after=2.0)
    line.works()
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert line.dossier.call.state is CallState.COMPLETED
    assert line.fields.place.value == "Lake and"
    assert len(line.texts) == 2


def test_a_caller_who_hangs_up_while_saying_what_they_see_is_heard(line: Line) -> None:
    line.speech.outcomes = ["Lake Street", "they are taking"]
    call = line.caller.dials().presses("2").presses("1").says(ES.where.path, then="#")
    call.presses("*#").presses("2").hangs_up_while_saying(ES.what.path, after=3.0)
    line.works()
    assert line.states() == {
        "where": RecordingState.TRANSCRIBED,
        "what": RecordingState.TRANSCRIBED,
    }
    assert line.fields.account.value == "they are taking"
    assert line.fields.officers.value is None
    assert line.fields.officers.source == KeySource("officers", "*")
    assert line.fields.still_there.value is False
    assert line.fields.callback_allowed.source is None


def test_a_caller_who_presses_nothing_is_recorded_in_whatever_language(line: Line) -> None:
    call = line.caller.dials().waits().waits()
    assert "Después del tono" in call.heard
    assert "After the tone" in call.heard
    call.says(ES.what.path)
    line.works()
    assert line.dossier.call.language is None
    assert line.speech.languages == [None]
    assert line.states() == {"what": RecordingState.TRANSCRIBED}
    assert ", ".join(line.dossier.report.reference) in call.heard.text
    assert "language not known" in line.texts[0].body


def test_a_caller_who_can_press_no_key_after_the_language_still_reports(line: Line) -> None:
    call = line.caller.dials().presses("1").waits().waits().says(EN.where.path)
    call.waits().waits().waits().waits().says(EN.what.path).waits().waits().waits()
    line.works()
    assert call.is_over
    assert set(line.states()) == {"where", "what"}
    assert line.fields.happening_now.value is None
    assert "when not said" in line.texts[0].body


def test_a_wrong_key_is_corrected_once_and_then_passed_over(line: Line) -> None:
    call = line.caller.dials().presses("7")
    assert "Sorry, that key does nothing here" in call.heard
    call.presses("1").presses("9")
    assert call.heard.text.count("that key does nothing here") == 2
    call.presses("8")
    assert call.listens_to == "voice"
    call.hangs_up_while_saying(EN.where.path)
    line.works()
    assert line.fields.happening_now.value is None
    assert line.fields.happening_now.source is None


def test_silence_after_keys_is_still_a_report(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").waits()
    call.presses("3#").presses("1").waits().waits().waits().waits()
    line.works()
    assert call.is_over
    assert line.dossier.recordings == ()
    (alert,) = line.texts
    assert "3 officers · still there" in alert.body


def test_noise_where_words_were_asked_for_is_told_as_such(line: Line) -> None:
    line.speech.outcomes = [NOTHING_SAID]
    call = line.caller.dials().presses("1").presses("1").says(STREET.path)
    call.presses("3#").presses("1").hangs_up()
    line.works()
    assert line.states() == {"where": RecordingState.NO_SPEECH}
    assert "place: nothing was said" in line.texts[-1].body


def test_a_caller_who_never_says_or_presses_anything_leaves_no_report(line: Line) -> None:
    call = line.caller.dials().waits().waits().waits().waits()
    line.works()
    assert call.is_over
    assert "Nothing was recorded" in call.heard
    assert line.dossiers == []
    assert line.texts == ()


def test_a_caller_who_hangs_up_in_the_greeting_leaves_no_report(line: Line) -> None:
    call = line.caller.dials(hangs_up_after=2.0)
    line.works()
    assert call.is_over
    assert line.dossiers == []
    with line.adapters.store.read() as records:
        kept = records.call(call.sid)
    assert kept is not None
    assert kept.state is CallState.ABANDONED


def test_a_withheld_number_is_no_number(line: Line) -> None:
    line.network.caller(None).dials().presses("1").presses("1").says(EN.where.path).hangs_up()
    line.works()
    assert line.dossier.call.caller_number is None
    assert line.dossier.call.caller_hash is None


def test_the_same_caller_is_recognised_and_their_number_is_sealed(line: Line) -> None:
    for _ in range(2):
        line.caller.dials().presses("1").presses("1").says(EN.where.path).hangs_up()
    line.works()
    first, second = line.dossiers
    assert first.call.caller_hash == second.call.caller_hash
    assert first.call.caller_hash is not None
    assert first.call.caller_number is not None
    # Not fewer digits: the name of the key stands there in the open, and is drawn by chance.
    assert b"6125550142" not in first.call.caller_number
    assert first.report.reference != second.report.reference
