"""An organizer without a data connection does the work of the night by telephone alone."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from twilio.request_validator import RequestValidator

from dashboard import add_organizer
from oncall.briefs import load_tells
from reports.custody import Deed
from reports.model import ActKind, Dossier, Handling, NotificationKind, Role, Verdict
from reports.services.people import About, add_person, give_reach, leave, set_pin
from reports.spoken_notes import SpokenNote, SpokenState
from simulator.caller import PhoneCall
from simulator.conversation import Heard, Rang
from simulator.faults import FOREVER, Faults
from simulator.spoken import spoken_call
from tests.stories.conftest import CALLER, HOTLINE, NOTHING_SAID, TOKEN, Line
from tests.stories.test_texts import PICTURE, VOICE_MEMO

PIN = "493817"
ROSA = "+16125550140"
BEN = "+16125550143"
SECOND_CALLER = "+16125550146"
SAYS = load_tells(Path("prompts").absolute(), "en").desk
PLACE = spoken_call("en-lake-bloomington").where.path


def has_person(
    line: Line,
    person_id: str = "rosa",
    number: str = ROSA,
    *,
    role: Role | None = Role.ORGANIZER,
    pin: str | None = PIN,
    channel: str = "sms",
) -> None:
    """Somebody of the group with that number; `role`: of their account, None: without one."""
    store, at = line.adapters.store, line.clock()
    username = None if role is None else person_id
    if role is not None:
        add_organizer(store, person_id, person_id.title(), "a long enough phrase", at, role=role)
    about = About(name=person_id.title(), username=username)
    add_person(store, person_id=person_id, about=about, who="admin", at=at)
    give_reach(
        store,
        line.adapters.sealer,
        person_id=person_id,
        channel=channel,
        address=number,
        quiet=None,
        hotline=HOTLINE,
        who="admin",
        at=at,
    )
    if pin is not None:
        set_pin(store, line.adapters.sealer, person_id=person_id, pin=pin, who="admin", at=at)


def reports(line: Line, number: str = CALLER, when: str = "1") -> str:
    """Somebody reports by keys and hangs up; the reference."""
    line.network.caller(number).dials().presses("1").presses(when).hangs_up()
    line.works()
    return line.dossiers[-1].report.reference


def reports_all(line: Line, callback: str = "1") -> str:
    """Somebody says all that the line asks."""
    line.speech.outcomes = ["Lake and Bloomington", "Two cars, they take somebody."]
    call = line.caller.dials().presses("1").presses("1")
    while not call.is_over:
        if call.listens_to == "voice":
            call.says(PLACE, then="#")
        elif "call you back" in call.heard.prompts[-1].text and callback:
            call.presses(callback)
        else:
            call.waits()
    line.works()
    return line.dossiers[-1].report.reference


def dials_in(line: Line, number: str = ROSA, pin: str = PIN) -> PhoneCall:
    return line.network.caller(number).dials().presses(pin)


def of(line: Line, reference: str) -> Dossier:
    (found,) = [each for each in line.dossiers if each.report.reference == reference]
    return found


def digits(reference: str) -> str:
    return "Reference " + ", ".join(reference) + "."


def spoken_notes(line: Line, reference: str) -> tuple[SpokenNote, ...]:
    with line.adapters.store.read() as records:
        return tuple(records.spoken_notes.of_report(reference))


def notes(line: Line, reference: str) -> list[tuple[str, str]]:
    with line.adapters.store.read() as records:
        return [(note.who, note.body) for note in records.notes_of(reference)]


kept = pytest.mark.line(audio_url="audio")


@kept
def test_the_night_is_worked_by_telephone_alone(line: Line) -> None:
    has_person(line)
    urgent = reports_all(line)
    earlier = reports(line, SECOND_CALLER, when="2")
    assert urgent != earlier

    call = line.network.caller(ROSA).dials()
    assert SAYS["pin"] in call.heard
    assert digits(urgent) not in call.heard, "the number alone opens nothing"
    call.presses(PIN)
    assert "Reports that wait: 2. Urgent: 1." in call.heard
    assert digits(urgent) in call.heard, "the urgent one first, though the other is newer"
    assert digits(earlier) not in call.heard

    call.presses("1")
    assert "You have " + ", ".join(urgent) in call.heard
    assert of(line, urgent).report.handling is Handling.ACKNOWLEDGED

    call.presses("3")
    assert [e for e in call.heard if isinstance(e, Heard) and "/voice/playback/" in e.audio]
    with line.adapters.store.read() as records:
        heard = records.last_custody(Deed.RECORDING_HEARD, "recording", 5)
    assert [entry.who for entry in heard] == ["rosa"]

    call.presses("4")
    assert SAYS["verdicts"] in call.heard
    call.presses("1")
    assert "You said: Confirmed. To undo it, press 0." in call.heard
    assert of(line, urgent).report.verdict is Verdict.CONFIRMED

    line.network.phone(CALLER).answers(talks=40)
    call.presses("5")
    while call.listens_to == "somebody":
        call.waits()
    (rang,) = [event for event in call.heard if isinstance(event, Rang)]
    assert (rang.number, rang.status) == (CALLER, "answered")
    (leg,) = [each for each in line.network.calls if each.direction == "outbound-dial"]
    assert leg.from_ == HOTLINE, "nobody sees the organizer's number"
    assert SAYS["call_over"] in call.heard

    line.speech.outcomes = ["I called her. Her sister is safe."]
    call.presses("6").says(PLACE, then="#")
    assert SAYS["note_kept"] in call.heard

    call.presses("2")
    assert digits(earlier) in call.heard
    call.presses("0")
    assert call.is_over
    assert SAYS["goodbye"] in call.heard

    line.works()
    assert notes(line, urgent) == [("rosa", "I called her. Her sister is safe.")]
    (note,) = spoken_notes(line, urgent)
    assert note.state is SpokenState.WRITTEN
    assert note.playable
    assert line.network.recordings == (), "erased at the provider, like others"
    done = [(act.kind, act.who) for act in of(line, urgent).acts]
    assert done == [
        (ActKind.HANDLING, "rosa"),
        (ActKind.VERDICT, "rosa"),
        (ActKind.NUMBER_SHOWN, "rosa"),
    ]
    line.time_passes(3600)
    assert len(line.dossiers) == 2, "nothing of it is taken for a report"
    assert not line.network.failures
    assert not [each.url for each in line.network.webhooks if PIN in each.url]


# --- The door -------------------------------------------------------------------------------------


def is_asked(line: Line, number: str | None = ROSA, stir_verstat: str | None = None) -> bool:
    call = line.network.caller(number).dials(stir_verstat=stir_verstat)
    heard = SAYS["pin"] in call.heard
    call.hangs_up()
    return heard


@pytest.mark.parametrize("presses", ["#", "", "000000000000000000", "1", "12#12#12#"])
def test_whoever_gives_no_pin_reports_as_any_caller(line: Line, presses: str) -> None:
    has_person(line)
    call = line.network.caller(ROSA).dials()
    assert SAYS["pin"] in call.heard
    for keys in re.findall(r"0{6}|[^#]*#|.+", presses) or [""]:
        call.presses(keys) if keys else call.waits()
    while "for English" not in call.heard:
        call.waits()
    call.presses("1").presses("1").says(PLACE, then="#").hangs_up()
    line.works()
    assert line.dossier.recordings, "reported like anybody"


def test_wrong_pins_count_from_call_to_call_and_shut_the_door_longer_each_time(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    has_person(line)
    with caplog.at_level(logging.DEBUG):
        dials_in(line, pin="111112").presses("222223").presses("333334").hangs_up()
        assert is_asked(line)
        call = dials_in(line, pin="444445").presses("555556")
    assert "for English" in call.heard, "the fifth: it goes on as an ordinary call"
    call.hangs_up()
    assert not is_asked(line), "shut, and nobody is told so"
    line.clock.ahead += timedelta(minutes=61)
    assert is_asked(line)
    for wrong in ("666667", "777778"):
        dials_in(line, pin=wrong).presses("000001").hangs_up()
    dials_in(line, pin="123450").hangs_up()
    line.clock.ahead += timedelta(minutes=61)
    assert not is_asked(line)
    line.clock.ahead += timedelta(minutes=60)
    assert SAYS["none"] in dials_in(line).heard, "whoever has it right comes in"
    dials_in(line, pin="111112").hangs_up()
    assert is_asked(line), "and begins anew"
    for secret in (PIN, "111112", "666667", ROSA):
        assert secret not in caplog.text


def test_only_who_has_a_pin_and_calls_from_their_number_is_asked(line: Line) -> None:
    has_person(line)
    has_person(line, "ben", BEN, pin=None)
    assert is_asked(line)
    assert is_asked(line, stir_verstat="TN-Validation-Passed-C")
    assert not is_asked(line, stir_verstat="TN-Validation-Failed-A")
    assert not is_asked(line, BEN)
    assert not is_asked(line, CALLER)
    assert not is_asked(line, None)


def test_a_number_that_rings_opens_the_door_too(line: Line) -> None:
    has_person(line, channel="voice")
    assert is_asked(line)


def test_who_left_or_is_suspended_is_a_caller_like_any_other(line: Line) -> None:
    has_person(line)
    has_person(line, "ben", BEN)
    leave(line.adapters.store, person_id="rosa", who="admin", at=line.clock())
    suspends(line, "ben")
    assert not is_asked(line)
    assert not is_asked(line, BEN)


def suspends(line: Line, username: str) -> None:
    with line.adapters.store.begin() as records:
        organizer = records.organizer(username)
        assert organizer is not None
        records.put_organizer(replace(organizer, suspended_at=line.clock()))


def test_who_is_suspended_in_the_middle_is_let_go(line: Line) -> None:
    has_person(line)
    reports(line)
    call = dials_in(line)
    suspends(line, "rosa")
    call.presses("4")
    assert call.is_over
    assert SAYS["verdicts"] not in call.heard
    assert SAYS["goodbye"] in call.heard


def test_nobody_gets_in_with_the_ticket_of_another_call(line: Line) -> None:
    has_person(line)
    reports(line)
    dials_in(line).presses("9").hangs_up()
    asked = {each.url for each in line.network.webhooks if "/desk/key" in each.url}
    other = line.network.caller(CALLER).dials()
    for url in (*asked, asked.pop().partition("?")[0]):
        form = {"CallSid": other.sid, "Digits": "1"}
        signed = RequestValidator(TOKEN).compute_signature(url, form)
        answer = requests.post(url, form, headers={"X-Twilio-Signature": signed}, timeout=10)
        assert answer.status_code == 403


# --- At the desk ----------------------------------------------------------------------------------


def test_a_new_report_that_is_urgent_comes_next(line: Line) -> None:
    has_person(line)
    earlier = reports(line, when="2")
    later = reports(line, SECOND_CALLER, when="2")
    call = dials_in(line)
    assert digits(later) in call.heard
    urgent = reports(line, "+16125550147", when="1")
    call.presses("2")
    assert digits(urgent) in call.heard
    call.presses("2")
    assert digits(earlier) in call.heard
    call.presses("2")
    assert SAYS["last"] in call.heard
    before = call.heard.text.count(digits(urgent))
    call.presses("8")
    assert call.heard.text.count(digits(urgent)) == before + 1


def test_wrong_keys_and_silence_are_answered_by_the_keys_and_then_by_a_goodbye(line: Line) -> None:
    has_person(line)
    reports(line)
    call = dials_in(line).presses("7")
    assert SAYS["wrong_key"] in call.heard
    call.waits()
    assert call.heard.text.count(SAYS["key_0"]) == 3
    call.waits()
    assert call.is_over
    assert SAYS["goodbye"] in call.heard


def test_a_verdict_is_undone_by_a_key(line: Line) -> None:
    has_person(line)
    reference = reports(line)
    call = dials_in(line).presses("4").presses("2")
    assert of(line, reference).report.verdict is Verdict.FALSE_ALARM
    call.presses("0")
    assert "Undone. It is: Unverified." in call.heard
    assert of(line, reference).report.verdict is Verdict.UNVERIFIED
    assert not call.is_over


def test_who_may_only_read_hears_and_does_nothing_else(line: Line) -> None:
    has_person(line, role=Role.VIEWER)
    reference = reports_all(line)
    call = dials_in(line)
    assert SAYS["key_3"] in call.heard
    for key in "1456":
        assert SAYS[f"key_{key}"] not in call.heard
        before = call.heard.text.count(SAYS["not_yours"])
        call.presses(key)
        assert call.heard.text.count(SAYS["not_yours"]) == before + 1
    assert of(line, reference).acts == ()


def test_who_has_no_account_takes_up_and_the_others_are_told(line: Line) -> None:
    has_person(line, role=None)
    reference = reports(line)
    dials_in(line).presses("1").presses("4").hangs_up()
    assert [act.who for act in of(line, reference).acts] == ["rosa"]
    second = dials_in(line)
    assert "Rosa has it" in second.heard
    second.presses("1")
    assert "You have " in second.heard


@pytest.mark.line(oncall="+16125550110,+16125550111")
def test_who_was_told_answers_by_this_call_and_the_others_hear_of_it(line: Line) -> None:
    has_person(line)
    reference = reports(line)
    dials_in(line).presses("1").hangs_up()
    line.time_passes(6)
    kinds = [told.kind for told in of(line, reference).notifications]
    assert kinds.count(NotificationKind.TAKEN_UP) == 2


@pytest.mark.parametrize("callback", ["2", ""])
def test_whoever_allowed_no_call_back_is_not_called(line: Line, callback: str) -> None:
    has_person(line)
    reference = reports_all(line, callback)
    call = dials_in(line)
    assert SAYS["key_5"] not in call.heard
    call.presses("5")
    assert SAYS["no_number"] in call.heard
    assert of(line, reference).acts == ()
    assert [each.direction for each in line.network.calls].count("outbound-dial") == 0


def test_a_caller_who_does_not_answer_is_said_and_the_report_is_at_hand_again(line: Line) -> None:
    has_person(line)
    reference = reports_all(line)
    line.network.phone(CALLER).does_not_answer()
    call = dials_in(line).presses("5")
    assert SAYS["not_reached"] in call.heard
    call.presses("1")
    assert of(line, reference).report.handling is Handling.ACKNOWLEDGED


def test_what_was_written_is_read_out_without_its_numbers(line: Line) -> None:
    has_person(line)
    line.caller.texts("A van at the laundry, call 612 555 0137")
    line.works()
    call = dials_in(line).presses("3")
    assert "A van at the laundry, call [number]" in call.heard


LANGUAGES = {
    "en": (
        "1 picture came with it; it is seen on the desk.",
        "2 pictures came with it; they are seen on the desk.",
    ),
    "es": (
        "Llegó 1 imagen con él; se ve en el tablero.",
        "Llegaron 2 imágenes con él; se ven en el tablero.",
    ),
}


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(code, marks=pytest.mark.line(organizer_language=code, audio_url="audio"))
        for code in LANGUAGES
    ],
)
def test_whoever_has_no_screen_hears_that_there_are_pictures(line: Line, language: str) -> None:
    one, two = LANGUAGES[language]
    has_person(line)
    line.caller.texts("A van at the laundry", media=[("image/jpeg", PICTURE)])
    line.works()
    assert one in dials_in(line).hangs_up().heard
    line.caller.texts("And another", media=[("image/jpeg", PICTURE)])
    line.works()
    heard = dials_in(line).hangs_up().heard
    assert two in heard
    assert one not in heard


@kept
def test_what_is_no_picture_or_could_not_be_had_is_not_said_to_be_seen(line: Line) -> None:
    has_person(line)
    line.caller.texts("Listen", media=[("audio/amr", VOICE_MEMO)])
    line.caller.texts("Look", media=[("video/mp4", b"....ftypmp42")])
    line.works()
    call = dials_in(line)
    assert "seen on the desk" not in call.heard


# --- Spoken notes ---------------------------------------------------------------------------------


def leaves_note(line: Line) -> str:
    has_person(line)
    reference = reports(line)
    dials_in(line).presses("6").says(PLACE, then="#").hangs_up()
    return reference


def test_whoever_hangs_up_while_speaking_has_left_a_note(line: Line) -> None:
    has_person(line)
    reference = reports(line)
    call = dials_in(line).presses("6")
    line.speech.outcomes = ["They are gone."]
    call.hangs_up_while_saying(PLACE)
    line.works()
    assert notes(line, reference) == [("rosa", "They are gone.")]
    assert len(line.dossiers) == 1


def test_silence_is_no_note(line: Line) -> None:
    has_person(line)
    reference = reports(line)
    call = dials_in(line).presses("6").waits()
    assert SAYS["nothing_heard"] in call.heard
    line.works()
    assert spoken_notes(line, reference) == ()


def test_a_note_of_which_no_words_are_made_out_is_to_be_heard(line: Line) -> None:
    reference = leaves_note(line)
    line.speech.outcomes = [NOTHING_SAID]
    line.works()
    (note,) = spoken_notes(line, reference)
    assert (note.state, note.reason) == (SpokenState.UNWRITTEN, "no words were made out")
    assert note.playable
    assert notes(line, reference) == []


def test_a_note_on_which_the_machine_fails_is_tried_apart_and_then_to_be_heard(line: Line) -> None:
    reference = leaves_note(line)
    line.speech.outcomes = [RuntimeError("the engine failed")]
    line.works()
    assert [note.state for note in spoken_notes(line, reference)] == [SpokenState.STORED]
    line.apart.outcomes = ["Second try."]
    line.time_passes(4000)
    assert notes(line, reference) == [("rosa", "Second try.")]


def test_a_note_is_fetched_when_the_provider_is_back(line: Line) -> None:
    has_person(line)
    reference = reports(line)
    call = dials_in(line).presses("6")
    line.network.suffers(Faults(media_missing=FOREVER))
    call.says(PLACE, then="#").hangs_up()
    line.works()
    (note,) = spoken_notes(line, reference)
    assert note.state is SpokenState.ANNOUNCED
    line.network.recovers()
    line.speech.outcomes = ["Late, and not lost."]
    line.time_passes(300)
    assert notes(line, reference) == [("rosa", "Late, and not lost.")]


def test_a_note_that_cannot_be_had_says_so_after_an_hour(line: Line) -> None:
    has_person(line)
    reference = reports(line)
    line.network.suffers(Faults(media_missing=FOREVER))
    dials_in(line).presses("6").says(PLACE, then="#").hangs_up()
    for _ in range(2):
        line.time_passes(3700)
    (note,) = spoken_notes(line, reference)
    assert (note.state, note.reason) == (SpokenState.FAILED, "the provider does not have it")
