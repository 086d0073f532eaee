"""People who write instead of calling: what they say, what they send, and what they hear back."""

from __future__ import annotations

import pytest
import requests

from reports.fields import report_fields
from reports.model import Admission, AttachmentState, CallerTextState, Handling, Medium
from reports.services.blocks import block_caller
from reports.services.review import handle
from reports.services.texts import ask_for_text
from simulator.faults import FOREVER, Faults
from simulator.postman import Letter
from tests.stories.conftest import CALLER, HOTLINE, ORGANIZER, Line

PICTURE = b"\xff\xd8\xff\xe0 a picture of vans"
VOICE_MEMO = b"#!AMR\n a memo"
OTHER = "+16125550143"


def writes(line: Line, body: str, number: str = CALLER, **more: object) -> list[str]:
    """What came back to that phone since."""
    phone = line.network.caller(number)
    before = len(phone.inbox)
    phone.texts(body, **more)  # type: ignore[arg-type]
    line.works()
    return [text.body for text in phone.inbox[before:]]


def repeats_the_last_webhook(line: Line) -> None:
    """As the provider does when it did not hear our answer."""
    last = [webhook for webhook in line.network.webhooks if webhook.kind == "sms"][-1]
    line.network.exchange.postman.fetch(Letter(last.url, "POST", last.params), "sms")


def test_somebody_writes_and_the_organizer_is_told_at_once(line: Line) -> None:
    (answer,) = writes(line, "ICE at Lake and Bloomington, four officers in vests")
    report = line.dossier.report
    assert line.dossier.call.medium is Medium.TEXT
    assert answer.startswith("Witness Line: we have your message")
    assert report.reference in answer
    assert [text.body for text in line.dossier.texts] == [
        "ICE at Lake and Bloomington, four officers in vests"
    ]
    assert line.fields.account.value == "ICE at Lake and Bloomington, four officers in vests"
    (alert,) = line.texts
    assert alert.body.startswith("UNVERIFIED · text message · ")
    assert "in vests" not in alert.body, "words may name people, and lock screens show them"
    assert "at E Lake St & Bloomington Ave" in alert.body, "the gazetteer's name does not"
    assert f"/r/{report.reference}" in alert.body


def test_whose_number_it_was_stands_nowhere(line: Line) -> None:
    writes(line, "three vans on Franklin, call me at 612 555 0142")
    call = line.dossier.call
    assert call.caller_number is not None
    assert CALLER.encode() not in call.caller_number
    assert call.caller_hash == line.adapters.sealer.fingerprint(CALLER)
    assert "555 0142" not in line.texts[0].body


def test_a_message_that_is_announced_twice_is_one_report_and_one_answer(line: Line) -> None:
    answers = writes(line, "vans at the market")
    repeats_the_last_webhook(line)
    line.works()
    assert len(line.dossier.texts) == 1
    assert len(line.network.inbox(CALLER)) == len(answers) == 1
    assert len(line.texts) == 1


@pytest.mark.parametrize(
    ("body", "begins"),
    [
        ("están llevando a mi hermano en la calle Lake", "Línea de testigos: recibimos"),
        ("They took my neighbor on Chicago Avenue", "Witness Line: we have"),
        ("ICE!", "Witness Line: we have"),
    ],
)
def test_the_answer_is_in_the_language_of_the_words(line: Line, body: str, begins: str) -> None:
    (answer,) = writes(line, body)
    assert answer.startswith(begins)


def test_the_answer_is_in_the_language_of_the_last_call(line: Line) -> None:
    line.caller.dials().presses("2").presses("2").hangs_up()
    line.works()
    line.time_passes(2 * 3600)
    (answer,) = writes(line, "Lake St")
    assert answer.startswith("Línea de testigos: recibimos")


def test_what_is_written_soon_after_is_added_in_silence(line: Line) -> None:
    writes(line, "ICE is here")
    assert writes(line, "Lake and Bloomington") == []
    assert [text.body for text in line.dossier.texts] == ["ICE is here", "Lake and Bloomington"]
    line.time_passes(9)
    assert "update · text message" in line.texts[1].body
    line.time_passes(15 * 60)
    (answer,) = writes(line, "they have left")
    assert answer == f"Witness Line: added to report {line.dossier.report.reference}."
    told = [text.body.split(" · ")[1] for text in line.texts[2:]]
    assert told == ["nobody has taken this up yet"], "nobody is buried in texts"


def test_an_hour_later_it_is_another_report_unless_the_reference_comes_first(line: Line) -> None:
    writes(line, "ICE is here")
    reference = line.dossier.report.reference
    line.time_passes(2 * 3600)
    (answer,) = writes(line, f"{reference} they came back")
    assert answer == f"Witness Line: added to report {reference}."
    assert len(line.dossiers) == 1
    assert "somebody added to it" in line.texts[-1].body, "whoever is on call hears of it"
    line.time_passes(2 * 3600)
    (answer,) = writes(line, "vans on Payne Avenue")
    assert "we have your message" in answer
    assert len(line.dossiers) == 2


def test_a_text_after_a_call_adds_to_its_report(line: Line) -> None:
    line.caller.dials().presses("1").presses("2").hangs_up()
    line.works()
    assert writes(line, "a picture", media=[("image/jpeg", PICTURE)]) != []
    assert line.dossier.call.medium is Medium.VOICE
    assert [text.body for text in line.dossier.texts] == ["a picture"]


def test_who_called_without_a_number_may_add_by_the_reference(line: Line) -> None:
    line.network.caller(None).dials().presses("1").presses("2").hangs_up()
    line.works()
    reference = line.dossier.report.reference
    (answer,) = writes(line, f"#{reference}: they left")
    assert answer == f"Witness Line: added to report {reference}."


def test_a_reference_may_be_written_in_arabic_digits(line: Line) -> None:
    writes(line, "ICE is here")
    reference = line.dossier.report.reference
    line.time_passes(2 * 3600)
    writes(line, reference.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")) + " غادروا")
    assert len(line.dossier.texts) == 2


def test_a_blocked_sender_wakes_nobody_by_adding_to_what_people_were_told(line: Line) -> None:
    line.caller.dials().presses("1").presses("1").hangs_up()
    line.works()
    told = len(line.texts)
    block_caller(
        line.adapters.store,
        reference=line.dossier.report.reference,
        reason="sings",
        who="ana",
        at=line.clock(),
    )
    writes(line, "la la")
    writes(line, "la la la")
    first, second = line.dossiers
    assert first.texts == ()
    assert [text.body for text in second.texts] == ["la la", "la la la"]
    assert second.call.admission is Admission.BLOCKED
    line.time_passes(60)
    assert len(line.texts) == told


def test_what_no_database_takes_loses_no_text(line: Line) -> None:
    writes(line, "vans\0 here")
    assert [text.body for text in line.dossier.texts] == ["vans here"]


def test_the_number_of_a_house_does_not_vanish_in_somebody_elses_report(line: Line) -> None:
    writes(line, "ICE is here")
    reference = line.dossier.report.reference
    (answer,) = writes(line, f"{reference} Lake Street, they are at the door", OTHER)
    assert "we have your message" in answer
    first, second = line.dossiers
    assert len(first.texts) == 1
    assert second.texts[0].mentions == reference
    assert len(line.texts) == 2


def test_nothing_is_added_to_a_closed_report(line: Line) -> None:
    writes(line, "ICE is here")
    handle(
        line.adapters.store,
        reference=line.dossier.report.reference,
        to=Handling.CLOSED,
        who="ana",
        at=line.clock(),
    )
    writes(line, "they came back")
    assert len(line.dossiers) == 2


def test_stop_is_heeded_for_good_until_start(line: Line) -> None:
    assert writes(line, "Stop") == []
    assert line.dossiers == []
    assert writes(line, "START") == []
    writes(line, "stop")
    assert writes(line, "ICE at Lake and Chicago") == [], "but it is a report"
    assert len(line.dossiers) == 1
    line.time_passes(2 * 3600)
    writes(line, "unstop")
    assert len(writes(line, "ICE at Lake and Chicago again")) == 1


def test_yes_is_an_answer_of_those_who_never_said_stop(line: Line) -> None:
    writes(line, "ICE is here")
    writes(line, "yes")
    assert [text.body for text in line.dossier.texts] == ["ICE is here", "yes"]


@pytest.mark.parametrize(("word", "begins"), [("Help", "Witness Line is"), ("ayuda!", "La Línea")])
def test_help_is_answered_and_is_no_report(line: Line, word: str, begins: str) -> None:
    (answer,) = writes(line, word)
    assert answer.startswith(begins)
    assert line.dossiers == []


def test_pictures_and_sounds_are_sealed_and_deleted_at_the_provider(line: Line) -> None:
    writes(line, "", media=[("image/jpeg", PICTURE), ("audio/amr", VOICE_MEMO)])
    picture, memo = sorted(line.dossier.attachments, key=lambda each: each.content_type)[::-1]
    assert (picture.state, memo.state) == (AttachmentState.STORED, AttachmentState.STORED)
    assert line.adapters.audio.get(picture.media_sid) == PICTURE
    assert line.adapters.audio.get(memo.media_sid) == VOICE_MEMO
    assert picture.size == len(PICTURE)
    assert picture.erased_at_provider_at is not None
    assert line.network.media == ()


def test_a_video_is_refused_and_the_report_says_why(line: Line) -> None:
    writes(line, "look", media=[("video/mp4", b"....ftypmp42")])
    (video,) = line.dossier.attachments
    assert video.state is AttachmentState.REFUSED
    assert video.reason == "a video: only pictures and sounds are taken"


def test_what_is_no_picture_is_not_kept(line: Line) -> None:
    writes(line, "look", media=[("image/png", b"<html>sign in</html>")])
    (page,) = line.dossier.attachments
    assert page.state is AttachmentState.REFUSED
    assert page.reason == "what the provider sent is not what it announced"


def test_a_picture_is_never_fetched_from_where_a_form_says(line: Line) -> None:
    writes(line, "look", media=[("image/jpeg", PICTURE)])
    last = [webhook for webhook in line.network.webhooks if webhook.kind == "sms"][-1]
    sid = "MM" + "0" * 32
    forged = {
        **last.params,
        "MessageSid": sid,
        "MediaUrl0": f"http://127.0.0.1:9/Media/ME{'0' * 32}",
    }
    line.network.exchange.postman.fetch(Letter(last.url, "POST", forged), "sms")
    line.works()
    asked = [each for each in line.dossier.attachments if each.message_sid == sid]
    assert [each.reason for each in asked] == ["the provider does not have it"]


def test_a_picture_waits_for_a_provider_that_is_away_and_a_queue_that_is_lost(line: Line) -> None:
    line.network.suffers(Faults(messages_down=FOREVER))
    writes(line, "look", media=[("image/jpeg", PICTURE)])
    line.loses_redis_contents()
    line.network.recovers()
    for _ in range(3):
        line.time_passes(60)
    (picture,) = line.dossier.attachments
    assert picture.state is AttachmentState.STORED


def test_a_stranger_without_the_providers_signature_files_nothing(line: Line) -> None:
    answer = requests.post(
        f"{line.settings.public_url}/sms/incoming",
        data={"MessageSid": "SM" + "0" * 32, "From": CALLER, "Body": "forged"},
        timeout=5,
    )
    assert answer.status_code == 403
    assert line.dossiers == []


# --- The reference by text, after a call ----------------------------------------------------------


def calls(line: Line, number: str | None = CALLER) -> str:
    call = line.network.caller(number).dials().presses("2").presses("2")
    call.hangs_up()
    line.works()
    return call.sid


def test_a_caller_who_asks_gets_the_reference_once(line: Line) -> None:
    sid = calls(line)
    for _ in range(2):
        assert ask_for_text(line.adapters.store, line.adapters.queue, call_sid=sid, at=line.clock())
    line.works()
    line.time_passes(120)
    (text,) = line.network.inbox(CALLER)
    assert text.body.startswith("Línea de testigos: su número de referencia es")
    assert line.dossier.report.reference in text.body
    assert text.from_ == HOTLINE
    assert line.dossier.caller_text is not None
    assert line.dossier.caller_text.state is CallerTextState.SENT


def test_whoever_said_stop_gets_none(line: Line) -> None:
    writes(line, "stop")
    line.network.caller(CALLER)
    sid = calls(line)
    ask_for_text(line.adapters.store, line.adapters.queue, call_sid=sid, at=line.clock())
    line.works()
    assert line.network.inbox(CALLER) == ()
    assert line.dossier.caller_text is not None
    assert line.dossier.caller_text.reason == "whoever has the number asked for no texts"


def test_a_withheld_number_gets_none(line: Line) -> None:
    sid = calls(line, None)
    assert not ask_for_text(line.adapters.store, line.adapters.queue, call_sid=sid, at=line.clock())


def test_it_is_sent_when_the_provider_is_back(line: Line) -> None:
    sid = calls(line)
    line.network.suffers(Faults(messages_down=FOREVER))
    ask_for_text(line.adapters.store, line.adapters.queue, call_sid=sid, at=line.clock())
    line.loses_redis_contents()
    line.time_passes(10)
    line.network.recovers()
    line.time_passes(60)
    assert len(line.network.inbox(CALLER)) == 1


def test_the_organizers_phone_is_nobody_special(line: Line) -> None:
    writes(line, "vans on Lake", ORGANIZER)
    assert report_fields(line.dossier).account.value == "vans on Lake"
