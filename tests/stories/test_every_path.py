"""Every path that a call can take besides reporting, in each language that a voice speaks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.languages import Language, load_prompts
from reports.model import CallState, RecordingState
from reports.questions import ADDITION, FAMILY, PERSON, TEXT_ME
from simulator import WrongMoment
from simulator.caller import PhoneCall
from simulator.spoken import spoken_call
from tests.stories.conftest import HOTLINE, ORGANIZER, Line

CALL = spoken_call("en-lake-bloomington")
OFFERED = load_prompts(Path("prompts")).offered
ENGLISH = next(language for language in OFFERED if language.code == "en")
EVERY = pytest.mark.parametrize("spoken", OFFERED, ids=[each.code for each in OFFERED])


def chooses(call: PhoneCall, language: Language) -> PhoneCall:
    for key in language.keys:
        call.presses(key)
    return call


@EVERY
def test_a_report_in_every_language_that_a_voice_speaks(line: Line, spoken: Language) -> None:
    line.speech.outcomes = ["a place", "what they saw"]
    call = chooses(line.caller.dials(), spoken).presses("1").says(CALL.where.path, then="#")
    call.presses("4#").presses("1").says(CALL.what.path, then="#").presses("1").waits()
    line.works()
    assert call.is_over
    assert not line.network.failures
    for prompt in ("safety", "when", "where", "officers", "still_there", "what", "callback"):
        assert spoken.words[prompt] in call.heard
    for prompt in ("thanks", "your_reference", "after_report", "goodbye"):
        assert spoken.words[prompt] in call.heard
    assert line.dossier.call.language == spoken.code
    assert line.fields.officers.value == 4
    assert line.fields.place.value == "a place"
    assert line.speech.languages == [spoken.code, spoken.code]


@EVERY
def test_a_family_is_taken_up_without_a_question_too_many(line: Line, spoken: Language) -> None:
    call = chooses(line.caller.dials(), spoken).presses("3").says(CALL.what.path, then="#")
    call.presses("1").waits()
    line.works()
    assert call.is_over
    assert spoken.words["family"] in call.heard
    assert line.states() == {FAMILY: RecordingState.TRANSCRIBED}
    assert "family member taken" in line.texts[0].body
    assert line.fields.account.value == "something", "what they said stands first on the page"
    assert line.fields.callback_allowed.value is True


@EVERY
def test_who_only_wants_to_know_their_rights_makes_no_report(line: Line, spoken: Language) -> None:
    call = chooses(line.caller.dials(), spoken).presses("4").presses("5").waits()
    line.works()
    assert call.is_over
    assert spoken.words["rights"] in call.heard
    assert spoken.words["others"] in call.heard
    assert spoken.words["goodbye_without_report"] in call.heard
    assert line.dossiers == []
    assert line.texts == ()


def test_who_heard_their_rights_may_report_after_all(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("4").presses("1")
    call.hangs_up_while_saying(CALL.where.path)
    line.works()
    assert line.fields.happening_now.value is True
    assert line.states() == {"where": RecordingState.TRANSCRIBED}


# --- Adding -------------------------------------------------------------------------------------


@EVERY
def test_what_somebody_adds_belongs_to_the_first_report_and_is_told(
    line: Line, spoken: Language
) -> None:
    line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#").hangs_up()
    line.works()
    reference = line.dossier.report.reference
    before = len(line.texts)
    line.speech.outcomes = ["they are leaving now"]
    call = chooses(line.network.caller("+16125550187").dials(), spoken).presses("6")
    assert spoken.words["add_to"] in call.heard
    call.presses(f"{reference}#").says(CALL.what.path, then="#").waits()
    line.works()
    assert call.is_over
    assert ", ".join(reference) in call.heard.text
    assert line.states() == {
        "where": RecordingState.TRANSCRIBED,
        ADDITION: RecordingState.TRANSCRIBED,
    }
    assert [transcript.text for transcript in line.dossier.transcripts][-1] == (
        "they are leaving now"
    )
    added = line.texts[before:]
    assert len(added) == 1
    assert "somebody added to it" in added[0].body
    assert f"ref {reference}" in added[0].body
    assert not line.network.recordings


def test_who_adds_to_a_report_that_there_is_not_is_heard_all_the_same(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("6").presses("1111#")
    assert ENGLISH.words["no_such_report"] in call.heard
    call.presses("2222#").says(CALL.what.path, then="#").waits()
    line.works()
    assert line.states() == {ADDITION: RecordingState.TRANSCRIBED}
    assert line.dossier.report.reference not in ("1111", "2222")
    assert len(line.texts) >= 1


# --- Heard back ---------------------------------------------------------------------------------


@EVERY
def test_a_caller_hears_what_they_said_and_says_it_again(line: Line, spoken: Language) -> None:
    line.speech.outcomes = ["the wrong street", "Lake Street"]
    call = chooses(line.caller.dials(), spoken).presses("1").says(CALL.where.path, then="*")
    assert any("/voice/playback/" in event for event in map(str, call.heard))
    assert spoken.words["keep_or_again"] in call.heard
    call.presses("2").says(CALL.where.path, then="#").presses("4#").hangs_up()
    line.works()
    assert not line.network.failures
    assert len(line.dossier.recordings) == 2
    assert line.fields.place.value == "Lake Street"


def test_what_is_heard_back_and_not_said_again_is_kept(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="*").waits()
    assert ENGLISH.words["officers"] in call.heard
    line.works()
    assert line.states() == {"where": RecordingState.TRANSCRIBED}


# --- A person -----------------------------------------------------------------------------------


@EVERY
def test_zero_connects_the_caller_with_whoever_takes_the_call(line: Line, spoken: Language) -> None:
    line.network.caller(ORGANIZER).answers("1", talks=90.0)
    call = chooses(line.caller.dials(), spoken).presses("0")
    assert call.listens_to == "somebody"
    line.network.waits_until_quiet()
    assert line.dossier.bridges[0].until is None
    call.waits()
    line.works()
    assert call.is_over
    assert line.dossier.bridges[0].until is not None
    assert len(line.texts) == 1
    assert line.dossier.call.answer(PERSON) is not None


@EVERY
def test_a_voicemail_never_swallows_a_caller(line: Line, spoken: Language) -> None:
    line.network.caller(ORGANIZER).has_a_machine_answer()
    call = chooses(line.caller.dials(), spoken).presses("0")
    assert spoken.words["calling_person"] in call.heard
    assert spoken.words["nobody_free"] in call.heard
    assert call.listens_to == "keys"
    line.works()
    assert line.dossier.bridges == ()
    assert "asked for a volunteer" in line.texts[0].body


def test_nobody_who_answers_is_no_dead_end(line: Line) -> None:
    line.network.caller(ORGANIZER).does_not_answer()
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="0")
    assert ENGLISH.words["calling_person"] in call.heard
    assert ENGLISH.words["nobody_free"] in call.heard
    call.presses("4#").presses("1").hangs_up()
    line.works()
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert line.fields.officers.value == 4
    assert line.fields.happening_now.value is True


def test_who_talks_already_is_not_rung_for_another(line: Line) -> None:
    line.network.caller(ORGANIZER).answers("1", talks=600.0)
    first = line.caller.dials().presses("1").presses("0")
    assert first.listens_to == "somebody"
    second = line.network.caller("+16125550187").dials().presses("1").presses("0")
    assert ENGLISH.words["nobody_free"] in second.heard
    assert ENGLISH.words["calling_person"] not in second.heard
    first.hangs_up()
    line.network.waits_until_quiet()
    third = line.network.caller("+16125550188").dials().presses("1").presses("0")
    assert third.listens_to == "somebody"


@pytest.mark.line(quiet_hours="00:00-23:59")
def test_in_quiet_hours_nobody_is_rung_and_the_organizers_are_told(line: Line) -> None:
    line.network.caller(ORGANIZER).answers("1")
    call = line.caller.dials().presses("2").presses("0")
    assert call.listens_to == "keys"
    line.works()
    assert "asked for a volunteer" in line.texts[0].body
    assert not [each for each in line.network.calls if each.direction == "outbound-dial"]


def test_what_people_hear_before_they_are_connected_names_the_language(line: Line) -> None:
    line.network.caller(ORGANIZER).answers("1")
    line.caller.dials().presses("2").presses("0").hangs_up()
    (leg,) = [call for call in line.network.calls if call.direction == "outbound-dial"]
    heard = line.network.exchange.legs[leg.sid].conversation
    assert "Witness Line call, Spanish. Press 1 to take it." in heard


# --- The reference as a text, and the next call -------------------------------------------------


@EVERY
def test_who_wants_the_reference_as_a_text_presses_one_key(line: Line, spoken: Language) -> None:
    call = chooses(line.caller.dials(), spoken).presses("1").says(CALL.where.path, then="#")
    call.presses("4#").presses("1").says(CALL.what.path, then="#").presses("2").presses("1")
    line.works()
    assert call.is_over
    assert line.dossier.call.answer(TEXT_ME) is not None
    (text,) = line.caller.inbox
    reference = line.dossier.report.reference
    assert text.body == spoken.texts["report"].format(reference=reference)


@pytest.mark.line(caller_links="https://group.example.org/rights, https://group.example.org")
def test_the_groups_own_pages_stand_below_the_reference(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("3").says(CALL.where.path, then="#")
    call.presses("2").presses("1")
    line.works()
    (text,) = line.caller.inbox
    assert text.body.endswith("\nhttps://group.example.org/rights\nhttps://group.example.org")


def test_nobody_is_texted_who_did_not_ask(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#")
    call.presses("4#").presses("1").says(CALL.what.path, then="#").presses("1").waits()
    line.works()
    assert call.is_over
    assert line.caller.inbox == ()


def test_a_returning_caller_is_offered_their_language_first(line: Line) -> None:
    line.caller.dials().presses("2").presses("1").says(CALL.where.path, then="#").hangs_up()
    line.works()
    again = line.caller.dials()
    spanish = next(language for language in OFFERED if language.code == "es")
    said = again.heard.text
    assert said.index(spanish.words["choose_language"]) < said.index(
        ENGLISH.words["choose_language"]
    )
    again.waits().waits()
    assert spanish.words["when"] in again.heard
    line.clock.ahead += timedelta(days=31)
    later = line.caller.dials().heard.text
    assert later.index(ENGLISH.words["choose_language"]) < later.index(
        spanish.words["choose_language"]
    )


# --- Whatever is done ---------------------------------------------------------------------------

DOINGS = st.lists(
    st.one_of(
        st.sampled_from(["0", "1", "2", "3", "4", "5", "6", "9", "*", "#", "4821#"]),
        st.just("waits"),
        st.just("says"),
        st.just("says and hangs up"),
        st.just("hangs up"),
    ),
    max_size=30,
)


@pytest.mark.timeout(300)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(DOINGS)
def test_every_recorded_second_ends_in_a_report(line: Line, doings: list[str]) -> None:
    call = line.caller.dials()
    spoke = 0
    for doing in doings:
        if call.is_over:
            break
        try:
            match doing:
                case "waits":
                    call.waits()
                case "says":
                    call.says(CALL.where.path, then="#")
                    spoke += 1
                case "says and hangs up":
                    call.hangs_up_while_saying(CALL.where.path)
                    spoke += 1
                case "hangs up":
                    call.hangs_up()
                case keys:
                    call.presses(keys)
        except WrongMoment:
            continue  # nothing recorded at that moment: nobody could speak
    patience = 60
    while not call.is_over and patience:
        call.waits()
        patience -= 1
    assert call.is_over, "the call did not end"
    assert not line.network.failures
    line.works()
    with line.adapters.store.read() as records:
        kept = records.call(call.sid)
        report = records.report_of_call(call.sid)
        recorded = records.recordings_of(call.sid)
    assert kept is not None
    assert kept.state is not CallState.IN_PROGRESS
    assert len(recorded) == spoke
    assert (report is not None) >= bool(spoke)
    assert all(one.state is RecordingState.TRANSCRIBED for one in recorded)
    assert HOTLINE not in call.heard


# --- Another group's script ---------------------------------------------------------------------

WILDFIRE = Path("examples/wildfire").absolute()


@pytest.mark.line(prompts=WILDFIRE)
@pytest.mark.parametrize("code", ["en", "es"])
def test_another_group_asks_other_things_with_the_same_code(line: Line, code: str) -> None:
    spoken = next(each for each in load_prompts(WILDFIRE).offered if each.code == code)
    line.speech.outcomes = ["on the ridge", "smoke and flames"]
    call = chooses(line.caller.dials(), spoken).presses("1").says(CALL.where.path, then="#")
    assert spoken.words["when"] in call.heard
    assert ENGLISH.words["officers"] not in call.heard
    call.says(CALL.what.path, then="#").presses("1").waits()
    line.works()
    assert call.is_over
    assert not line.network.failures
    assert line.fields.happening_now.value is True
    assert line.fields.place.value == "on the ridge"
    assert line.fields.account.value == "smoke and flames"
    assert len(line.texts) == 2
