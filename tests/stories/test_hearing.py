"""What is made of what callers say: in their language, English beside it, put right by people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.model import (
    ActKind,
    Key,
    Level,
    RecordingState,
    Sound,
    Span,
    Transcript,
    TranscriptKind,
    TranslationState,
)
from reports.ports import Detected, Transcribed
from reports.services.correcting import (
    NoSuchVersion,
    NothingWritten,
    NotYet,
    correct,
    hear_as,
)
from simulator.spoken import spoken_call
from tests.stories.conftest import Line, heard

ES = spoken_call("es-cedar-riverside")
SOUND = Sound(Level(-6.0, -24.0), 0.0, -50.0, 26.0, 3.5, (Key(Span(3.4, 3.5), "#"),), ())
SAID = heard("esquina de Cedar y Riverside", "es")


def calls_and_says_where(line: Line) -> str:
    """In Spanish, happening now. Returns the recording's id."""
    call = line.caller.dials().presses("2").presses("1").says(ES.where.path, then="#")
    call.hangs_up()
    line.works()
    return line.dossier.recordings[0].recording_sid


def kinds(line: Line) -> list[TranscriptKind]:
    return [one.kind for one in line.dossier.transcripts]


def counts(line: Line) -> Transcript:
    counting = line.dossier.transcript(line.dossier.recordings[0].recording_sid)
    assert counting is not None
    return counting


def put_right(line: Line, text: str, of: int | None = None) -> bool:
    return correct(
        line.adapters.store,
        line.adapters.queue,
        recording_sid=line.dossier.recordings[0].recording_sid,
        text=text,
        of=of,
        who="ana",
        at=line.clock(),
    )


def test_how_it_sounds_and_which_language_it_sounds_like_is_kept(line: Line) -> None:
    line.speech.outcomes = [replace(SAID, sound=SOUND, detected=Detected("pt", 0.6))]
    calls_and_says_where(line)
    recording = line.dossier.recordings[0]
    assert recording.sound == SOUND
    assert (recording.detected, recording.detected_probability) == ("pt", 0.6)
    assert counts(line).language == "es"


def test_of_two_languages_the_better_one_counts_and_the_other_is_kept_beside_it(
    line: Line,
) -> None:
    rival = heard("they squeeze the seeder", "en").heard
    line.speech.outcomes = [replace(SAID, rival=rival)]
    calls_and_says_where(line)
    assert kinds(line) == [TranscriptKind.RIVAL, TranscriptKind.MACHINE]
    assert line.fields.place.value == "esquina de Cedar y Riverside"


def test_what_is_struck_out_is_kept_and_counts_nowhere(line: Line) -> None:
    assert SAID.heard is not None
    (segment,) = SAID.heard.segments
    invented = replace(segment, text="Gracias por ver", struck="no voice under it")
    line.speech.outcomes = [replace(SAID, heard=replace(SAID.heard, segments=(segment, invented)))]
    calls_and_says_where(line)
    assert counts(line).segments == (segment, invented)
    assert line.fields.place.value == "esquina de Cedar y Riverside"
    assert not any("Gracias" in text.body for text in line.texts)


def test_spanish_is_put_into_english_beside_it_and_never_instead(line: Line) -> None:
    line.speech.outcomes = [SAID]
    line.speech.english = {"es": "corner of Cedar and Riverside"}
    sid = calls_and_says_where(line)
    english = line.dossier.translation(sid)
    assert english is not None
    assert (english.language, english.text) == ("en", "corner of Cedar and Riverside")
    assert line.dossier.recordings[0].translation is TranslationState.MADE
    assert counts(line).kind is TranscriptKind.MACHINE
    assert line.fields.place.value == "esquina de Cedar y Riverside"


def test_english_is_asked_for_again_when_the_queue_was_lost(line: Line) -> None:
    line.speech.outcomes = [SAID]
    line.speech.english = {"es": RuntimeError("out of memory")}
    sid = calls_and_says_where(line)
    assert line.dossier.recordings[0].translation is TranslationState.WANTED
    line.loses_redis_contents()
    line.speech.english = {"es": "corner of Cedar and Riverside"}
    line.time_passes(30)
    assert line.dossier.translation(sid) is not None


def test_a_machine_that_fails_at_english_is_asked_twice_and_then_said_to_have_failed(
    line: Line,
) -> None:
    line.speech.outcomes = [SAID]
    line.speech.english = {"es": RuntimeError("out of memory")}
    sid = calls_and_says_where(line)
    for _ in range(4):
        line.time_passes(30)
    recording = line.dossier.recordings[0]
    assert recording.translation is TranslationState.FAILED
    assert recording.state is RecordingState.TRANSCRIBED
    assert line.dossier.translation(sid) is None


def test_a_correction_counts_from_then_on_and_the_machines_words_stay(line: Line) -> None:
    line.speech.outcomes = [heard("esquina de Sidar y Riverside", "es")]
    calls_and_says_where(line)
    machine = counts(line)
    assert put_right(line, "esquina de Cedar y Riverside", machine.transcript_id)
    assert kinds(line) == [TranscriptKind.MACHINE, TranscriptKind.CORRECTION]
    right = counts(line)
    assert (right.text, right.made_by, right.language) == (
        "esquina de Cedar y Riverside",
        "ana",
        "es",
    )
    before, after = (
        [(word.start, word.end) for word in one.segments[0].words] for one in (machine, right)
    )
    assert before == after, "words keep their times"
    assert line.fields.place.value == "esquina de Cedar y Riverside"
    assert line.fields.place.confidence == 1.0
    assert [act.kind for act in line.dossier.acts] == [ActKind.CORRECTED]


def test_a_correction_that_changes_nothing_is_none(line: Line) -> None:
    line.speech.outcomes = [SAID]
    calls_and_says_where(line)
    of = counts(line).transcript_id
    assert not put_right(line, "  esquina de Cedar  y Riverside\n\n", of)
    assert len(line.dossier.transcripts) == 1


def test_two_people_who_correct_at_once_are_both_kept(line: Line) -> None:
    line.speech.outcomes = [SAID]
    calls_and_says_where(line)
    of = counts(line).transcript_id
    put_right(line, "one", of)
    put_right(line, "two", of)
    assert [one.text for one in line.dossier.transcripts[1:]] == ["one", "two"]


def test_what_no_machine_could_write_is_written_down_by_a_person(line: Line) -> None:
    line.speech.outcomes = [Transcribed(RecordingState.NEEDS_LISTENER, 4.0, reason="no machine")]
    calls_and_says_where(line)
    assert line.fields.place.value is None
    assert put_right(line, "Cedar & Riverside")
    recording = line.dossier.recordings[0]
    assert (recording.state, recording.reason) == (RecordingState.TRANSCRIBED, None)
    assert line.fields.place.value == "Cedar & Riverside"
    assert counts(line).segments[0].end == pytest.approx(4.0)


def test_a_correction_without_words_or_of_nothing_is_refused(line: Line) -> None:
    line.speech.outcomes = [SAID]
    calls_and_says_where(line)
    with pytest.raises(NothingWritten):
        put_right(line, " \n ")
    with pytest.raises(NothingWritten):
        put_right(line, "la " * 10_000)
    with pytest.raises(NoSuchVersion):
        put_right(line, "Cedar", 999)
    assert len(line.dossier.transcripts) == 1


def test_a_recording_in_another_language_than_chosen_is_written_out_anew(line: Line) -> None:
    line.speech.outcomes = [heard("they squeeze the seeder", "es"), heard("on Cedar", "en")]
    sid = calls_and_says_where(line)
    hear_as(
        line.adapters.store,
        line.adapters.queue,
        recording_sid=sid,
        language="en",
        who="ana",
        at=line.clock(),
    )
    assert line.dossier.recordings[0].state is RecordingState.STORED
    with pytest.raises(NotYet):
        put_right(line, "on Cedar")
    line.works()
    assert line.speech.languages == ["es", "en"]
    assert line.fields.place.value == "on Cedar"
    assert len(line.dossier.transcripts) == 2, "the first one is still there"
    (act,) = line.dossier.acts
    assert (act.kind, act.before, act.after) == (ActKind.HEARD_AS, "", "en")
