"""What people write to the line, and what the line writes to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest
import requests
from twilio.request_validator import RequestValidator

from reports.model import (
    Admission,
    Attachment,
    AttachmentState,
    CallerText,
    CallerTextState,
    Dossier,
    Handling,
    Medium,
)
from reports.services.blocks import block_caller
from reports.services.review import handle
from simulator import Faults
from simulator.caller import PhoneCall
from simulator.faults import FOREVER
from simulator.spoken import spoken_call
from tests.stories.conftest import ORGANIZER, TOKEN, Line

EN = spoken_call("en-lake-bloomington")
OTHER = "+16125550143"
PICTURE = ("image/jpeg", b"\xff\xd8\xff\xe0" + b"a picture with its EXIF " * 40)
SOUND = ("audio/amr", b"#!AMR\n" + b"\x00" * 400)
HOUR = 3600


def answers(line: Line, number: str | None = None) -> list[str]:
    """What a sender's phone received."""
    phone = line.caller if number is None else line.network.caller(number)
    return [text.body for text in phone.inbox]


def writes(line: Line, body: str, *media: tuple[str, bytes], number: str | None = None) -> None:
    phone = line.caller if number is None else line.network.caller(number)
    phone.texts(body, media=media)
    line.works()


def words(dossier: Dossier) -> list[str]:
    return [text.body for text in dossier.texts]


def enclosed(line: Line) -> Attachment:
    """The only attachment that there is."""
    (attachment,) = line.dossier.attachments
    return attachment


def whole_call(line: Line, key: str = "1") -> PhoneCall:
    """A call up to its goodbye, while which the text is offered."""
    call = line.caller.dials().presses(key).presses("1").says(EN.where.path, then="#")
    call.presses("4#").presses("1").says(EN.what.path, then="#")
    return call.presses("1")


def text_after(line: Line) -> CallerText:
    (text,) = line.dossier.caller_texts
    return text


# --- A text becomes a report ------------------------------------------------------------------


def test_a_text_becomes_a_report_and_is_told_and_answered_at_once(line: Line) -> None:
    writes(line, "Unmarked vans at Lake and Bloomington\nfour men")
    dossier = line.dossier
    reference = dossier.report.reference
    assert words(dossier) == ["Unmarked vans at Lake and Bloomington\nfour men"]
    assert dossier.call.medium is Medium.TEXT
    assert dossier.recordings == ()
    (alert,) = line.texts
    assert alert.body.startswith("UNVERIFIED · text message · language not known")
    assert f"{line.settings.public_url}/r/{reference}" in alert.body
    assert "Bloomington" not in alert.body, "whoever is named in a text is on no lock screen"
    (answer,) = answers(line)
    assert f"Your reference number is {reference}" in answer
    assert not line.network.failures


def test_the_same_text_twice_is_one_report_and_one_answer(line: Line) -> None:
    form = {
        "MessageSid": "SM" + "0" * 32,
        "From": line.caller.number or "",
        "Body": "Vans here",
        "NumMedia": "0",
    }
    first, second = posts(line, form), posts(line, form)
    line.works()
    assert words(line.dossier) == ["Vans here"]
    assert line.dossier.report.reference in first.text
    assert "<Message>" not in second.text
    assert len(line.texts) == 1


def posts(line: Line, form: Mapping[str, str]) -> requests.Response:
    url = f"{line.settings.public_url}/sms/incoming"
    signature = RequestValidator(TOKEN).compute_signature(url, dict(form))
    answer = requests.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=10)
    assert answer.status_code == 200
    return answer


def test_a_text_without_a_number_is_a_report_all_the_same(line: Line) -> None:
    posts(line, {"MessageSid": "SM" + "1" * 32, "From": "", "Body": "Vans\0 here"})
    line.works()
    assert words(line.dossier) == ["Vans here"]
    assert line.dossier.call.caller_hash is None
    assert len(line.texts) == 1


def test_whom_a_person_blocked_wakes_nobody_by_a_text(line: Line) -> None:
    writes(line, "Ha ha")
    block_caller(
        line.adapters.store,
        reference=line.dossier.report.reference,
        reason="pranks",
        who="ana",
        at=line.clock(),
    )
    writes(line, "Ha ha ha")
    writes(line, "Ho ho")
    first, second = line.dossiers
    assert second.call.admission is Admission.BLOCKED
    assert (words(first), words(second)) == (["Ha ha"], ["Ha ha ha", "Ho ho"])
    assert len(line.texts) == 1


# --- Added to a report ------------------------------------------------------------------------


def test_what_is_written_within_the_hour_is_added_and_answered_only_after_a_while(
    line: Line,
) -> None:
    writes(line, "Vans on Lake Street")
    writes(line, "Six now")
    assert len(answers(line)) == 1, "right after the first, a text is taken without a word"
    line.time_passes(11 * 60)
    writes(line, "They left")
    assert words(line.dossier) == ["Vans on Lake Street", "Six now", "They left"]
    reference = line.dossier.report.reference
    assert answers(line)[1:] == [f"Witness Line: added to report {reference}."]
    assert ["somebody added to it" in text.body for text in line.texts] == [False, True]


def test_after_an_hour_a_text_is_about_something_else(line: Line) -> None:
    writes(line, "Vans on Lake Street")
    line.time_passes(HOUR + 60)
    writes(line, "Vans on Hennepin")
    assert [words(each) for each in line.dossiers] == [
        ["Vans on Lake Street"],
        ["Vans on Hennepin"],
    ]


def test_begun_with_the_reference_a_text_is_added_days_later(line: Line) -> None:
    writes(line, "Vans on Lake Street")
    reference = line.dossier.report.reference
    line.time_passes(48 * HOUR)
    writes(line, f"#{reference}: I have a picture")
    assert len(words(line.dossier)) == 2
    assert answers(line)[-1] == f"Witness Line: added to report {reference}."


def test_begun_with_the_reference_it_is_always_answered(line: Line) -> None:
    writes(line, "Vans on Lake Street")
    writes(line, f"{line.dossier.report.reference} six now")
    assert len(answers(line)) == 2


def test_a_reference_may_be_written_in_arabic_digits(line: Line) -> None:
    writes(line, "Vans on Lake Street")
    reference = line.dossier.report.reference
    line.time_passes(48 * HOUR)
    writes(line, reference.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")) + " غادروا")
    assert len(words(line.dossier)) == 2


def test_a_house_number_does_not_lose_a_report_in_that_of_somebody_else(line: Line) -> None:
    writes(line, "Vans on Lake Street")
    reference = line.dossier.report.reference
    writes(line, f"{reference} Lake Street, vans", number=OTHER)
    first, second = line.dossiers
    assert words(first) == ["Vans on Lake Street"]
    assert words(second) == [f"{reference} Lake Street, vans"]
    assert second.texts[0].mentions == reference
    assert len(line.texts) == 2


def test_nothing_is_added_to_a_report_at_which_nobody_looks_any_more(line: Line) -> None:
    writes(line, "Vans on Lake Street")
    handle(
        line.adapters.store,
        reference=line.dossier.report.reference,
        to=Handling.CLOSED,
        who="ana",
        at=line.clock(),
    )
    writes(line, "They are back")
    assert words(line.dossiers[-1]) == ["They are back"]
    assert len(line.dossiers) == 2


def test_a_caller_adds_to_their_call_by_text(line: Line) -> None:
    whole_call(line).waits()
    line.works()
    told = len(line.texts)
    writes(line, "The plate is ABC 123")
    assert words(line.dossier) == ["The plate is ABC 123"]
    assert line.dossier.call.medium is Medium.VOICE
    assert "somebody added to it" in line.texts[told].body


# --- Languages, STOP, START, HELP -------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "language", "answer"),
    [
        ("1", "en", "we have your message"),
        ("2", "es", "recibimos"),
        ("8", "vi", "chúng tôi đã nhận"),
        (None, None, "we have your"),
    ],
)
def test_a_text_is_answered_in_the_language_of_the_last_call(
    line: Line, key: str | None, language: str | None, answer: str
) -> None:
    if key is not None:
        line.caller.dials().presses(key).presses("1").says(EN.where.path, then="#").hangs_up()
        line.works()
        line.time_passes(2 * HOUR)
    writes(line, "Camionetas")
    assert line.dossiers[-1].call.language == language
    assert answer in answers(line)[-1]


def test_who_says_stop_is_written_to_no_more_until_they_say_start(line: Line) -> None:
    writes(line, "Vans on Lake Street")
    writes(line, "STOP")
    assert len(answers(line)) == 1, "to STOP the provider itself answers"
    assert words(line.dossier) == ["Vans on Lake Street"]
    line.time_passes(HOUR + 60)
    writes(line, "Vans on Hennepin")
    assert words(line.dossiers[-1]) == ["Vans on Hennepin"], "it is a report all the same"
    assert len(answers(line)) == 1
    writes(line, "Start")
    line.time_passes(HOUR + 60)
    writes(line, "Vans again")
    assert len(line.dossiers) == 3
    assert len(answers(line)) == 2
    assert not line.network.failures


def test_a_sentence_that_begins_with_stop_is_a_report(line: Line) -> None:
    writes(line, "Stop them, they take my neighbor")
    assert words(line.dossier) == ["Stop them, they take my neighbor"]
    assert len(answers(line)) == 1


@pytest.mark.parametrize(
    ("word", "answer"), [("HELP", "is run by volunteers"), ("¿Ayuda?", "voluntari")]
)
def test_who_asks_for_help_is_told_what_this_is(line: Line, word: str, answer: str) -> None:
    writes(line, word)
    assert line.dossiers == []
    (told,) = answers(line)
    assert answer in told


# --- Pictures and sounds ----------------------------------------------------------------------


@pytest.mark.parametrize("media", [PICTURE, SOUND])
def test_what_comes_with_a_text_is_fetched_sealed_and_deleted_at_the_provider(
    line: Line, media: tuple[str, bytes]
) -> None:
    writes(line, "", media)
    held = enclosed(line)
    assert held.state is AttachmentState.STORED
    assert held.sha256 == hashlib.sha256(media[1]).hexdigest()
    assert line.adapters.audio.get(held.media_sid) == media[1], "as it came, byte for byte"
    assert held.erased_at_provider_at is not None
    assert line.network.media == ()
    assert len(line.texts) == 1


def test_where_a_form_says_a_picture_is_nobody_looks(line: Line) -> None:
    posts(
        line,
        {
            "MessageSid": "MM" + "2" * 32,
            "From": line.caller.number or "",
            "Body": "look",
            "NumMedia": "2",
            "MediaUrl0": "http://localhost:9/steal",
            "MediaContentType0": "image/jpeg",
            "MediaUrl1": "http://localhost:9/Messages/MM1/Media/ME" + "3" * 32,
            "MediaContentType1": "image/jpeg",
        },
    )
    line.works()
    held = enclosed(line)
    assert held.media_sid == "ME" + "3" * 32
    assert held.reason == "the provider does not have it", "it was asked, and no other"


def test_a_picture_that_is_not_there_yet_is_asked_for_again(line: Line) -> None:
    line.network.suffers(Faults(media_missing=2))
    writes(line, "look", PICTURE)
    assert enclosed(line).state is AttachmentState.ANNOUNCED
    line.time_passes(30)
    line.time_passes(30)
    assert enclosed(line).state is AttachmentState.STORED
    assert line.network.media == ()


def test_a_picture_that_never_comes_is_given_up_aloud_and_the_words_stay(line: Line) -> None:
    line.network.suffers(Faults(media_missing=FOREVER))
    writes(line, "look", PICTURE)
    line.time_passes(2 * HOUR)
    held = enclosed(line)
    assert held.state is AttachmentState.FAILED
    assert held.reason == "the provider does not have it"
    assert words(line.dossier) == ["look"]


@pytest.mark.parametrize(
    ("faults", "media", "reason"),
    [
        pytest.param(
            Faults(media="oversize", oversize_bytes=20 * 2**20),
            PICTURE,
            "larger than 16 MB",
            id="too large",
        ),
        pytest.param(
            Faults(), ("image/png", b"<html>"), "what the provider sent is not", id="no picture"
        ),
        pytest.param(Faults(), ("video/mp4", b"\x00\x00\x00\x18ftypmp42"), "a video", id="a video"),
        pytest.param(
            Faults(), ("text/vcard", b"BEGIN:VCARD"), "only pictures and sounds", id="a contact"
        ),
    ],
)
def test_what_is_not_taken_is_said_and_left_at_the_provider(
    line: Line, faults: Faults, media: tuple[str, bytes], reason: str
) -> None:
    line.network.suffers(faults)
    writes(line, "look", media)
    held = enclosed(line)
    assert held.state is AttachmentState.REFUSED
    assert held.reason is not None
    assert held.reason.startswith(reason)
    assert len(line.network.media) == 1


def test_a_provider_that_is_away_keeps_a_picture_until_it_is_back(line: Line) -> None:
    line.network.suffers(Faults(recordings_down=FOREVER))
    writes(line, "look", PICTURE)
    line.time_passes(HOUR)
    assert enclosed(line).state is AttachmentState.ANNOUNCED
    line.network.suffers(Faults(recordings_down=1))  # the first fetch fails once more
    line.time_passes(400)
    line.time_passes(400)
    line.time_passes(400)
    assert enclosed(line).state is AttachmentState.STORED
    assert line.network.media == ()


def test_when_redis_forgets_all_the_sweeper_fetches_the_picture(line: Line) -> None:
    line.caller.texts("look", media=[PICTURE])
    line.network.waits_until_quiet()
    line.loses_redis_contents()
    line.time_passes(120)
    assert enclosed(line).state is AttachmentState.STORED
    assert len(line.texts) == 1


# --- The reference by text, after a call ------------------------------------------------------


def test_who_presses_the_key_is_sent_their_reference_once(line: Line) -> None:
    whole_call(line, key="2").presses("1")
    line.works()
    line.time_passes(120)
    reference = line.dossier.report.reference
    (text,) = answers(line)
    assert reference in text
    assert "Responda" in text
    assert text_after(line).state is CallerTextState.SENT


def test_who_presses_no_key_is_sent_nothing(line: Line) -> None:
    whole_call(line).waits()
    line.works()
    assert line.dossier.caller_texts == ()
    assert answers(line) == []


def test_a_provider_that_is_away_sends_the_reference_when_it_is_back(line: Line) -> None:
    call = whole_call(line)
    line.works()
    line.network.suffers(Faults(messages_down=3))
    call.presses("1")
    line.works()
    assert text_after(line).state is CallerTextState.PENDING
    for _ in range(5):
        line.time_passes(40)
    assert text_after(line).state is CallerTextState.SENT
    assert len(answers(line)) == 1


def test_who_said_stop_is_sent_no_reference_whatever_they_press(line: Line) -> None:
    writes(line, "STOP")
    whole_call(line).presses("1")
    line.works()
    assert text_after(line).state is CallerTextState.FAILED
    assert text_after(line).reason == "whoever has the number asked for no texts"
    assert answers(line) == []


def test_whom_only_the_provider_knows_to_have_said_stop_is_not_tried_again(line: Line) -> None:
    line.network.suffers(Faults(opted_out=frozenset({line.caller.number or ""})))
    whole_call(line).presses("1")
    line.works()
    line.time_passes(300)
    assert text_after(line).state is CallerTextState.FAILED
    assert text_after(line).attempts == 1
    assert line.network.inbox(ORGANIZER), "others are told as ever"
