"""What each channel is handed of a report, and what never."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oncall.briefs import Carries, Tells, carried, load_tells, spoken
from oncall.composing import USUAL, Composer, parse_carries
from oncall.links import AnswerLinks
from reports.model import Dossier, Notification, NotificationKind, RecordingState
from tests.oncall.test_briefs import TELLS, URL, with_keys, with_place
from tests.oncall.test_channels import FAR_ENDS
from tests.oncall.test_escalation import AT, a_dossier
from tests.reader import READER

LINKS = AnswerLinks("a secret that is long enough for this", URL)
SAID = "corner of Lake and Bloomington, Rosa Perez, plate ABC 123, call 612 555 0142"
ALERT = NotificationKind.ALERT


def a_report() -> Dossier:
    dossier = with_keys(
        a_dossier(state=RecordingState.TRANSCRIBED, over=True), when="1", officers="4"
    )
    return with_place(dossier, SAID)


def a_message(channel: str, kind: NotificationKind = ALERT) -> Notification:
    return Notification("n1", "4821", kind, channel, b"", "", "the brief", AT, AT)


def composer(carries: str = "", *, takes_texts: bool = True, tells: Tells = TELLS) -> Composer:
    return Composer(
        tells=tells,
        reader=READER,
        public_url=URL,
        links=LINKS,
        carries=parse_carries(carries),
        takes_texts=takes_texts,
    )


def test_every_channel_has_what_is_usual() -> None:
    assert set(USUAL) == set(FAR_ENDS)


@pytest.mark.parametrize(
    ("carries", "tells", "not_told"),
    [
        (Carries.ALL, ["4 officers", "ref 4821", f"{URL}/r/4821"], []),
        (
            Carries.PLACE,
            ["UNVERIFIED", "at E Lake St & Bloomington Ave", "ref 4821", f"{URL}/r/4821"],
            ["officers", "happening"],
        ),
        (Carries.NOTHING, [f"{URL}/"], ["4821", "Lake", "officers", "UNVERIFIED", "/r/"]),
    ],
)
def test_a_channel_is_given_what_it_may_carry(
    carries: Carries, tells: list[str], not_told: list[str]
) -> None:
    report = a_report()
    told = carried(carries, report, NotificationKind.UPDATE, TELLS, URL, READER.read(report))
    assert all(each in told for each in tells), told
    assert not [each for each in (*not_told, "Rosa", "Perez", "ABC 123", "0142") if each in told]


def test_where_no_place_is_known_it_says_so() -> None:
    report = a_dossier(over=True)
    told = carried(Carries.PLACE, report, ALERT, TELLS, URL, READER.read(report))
    assert "place not known yet" in told


@pytest.mark.parametrize("carries", Carries)
def test_for_the_ear_there_is_no_address_and_the_reference_by_its_digits(carries: Carries) -> None:
    report = a_report()
    heard = spoken(carries, report, ALERT, TELLS, READER.read(report))
    assert "http" not in heard
    assert "4821" not in heard
    assert "UNVERIFIED" not in heard, "voices spell what is all capitals"
    assert ("Reference 4, 8, 2, 1." in heard) is (carries is not Carries.NOTHING)
    assert ("4 officers." in heard) is (carries is Carries.ALL)
    assert heard.startswith("Unverified.") is (carries is not Carries.NOTHING)


def test_a_text_is_answered_by_a_text_where_those_are_taken() -> None:
    assert composer()(a_message("sms"), a_report()) == (
        "the brief · reply 1 to take it, 2 to pass it on"
    )
    linked = composer(takes_texts=False)(a_message("sms"), a_report())
    assert linked == f"the brief · take it: {LINKS.link('n1')}"


def test_a_mail_is_answered_by_its_link() -> None:
    told = composer()(a_message("email"), a_report())
    assert told.endswith(f" · take it: {LINKS.link('n1')}")
    assert "4 officers" not in told
    assert "the brief" in composer("email=all")(a_message("email"), a_report())


@pytest.mark.parametrize("channel", ["apprise", "console"])
def test_where_others_may_read_along_there_is_no_link_that_acts(channel: str) -> None:
    told = composer()(a_message(channel), a_report())
    assert told == f"Please look at the desk: {URL}/"


def test_what_asks_for_nothing_has_no_way_to_answer() -> None:
    told = composer()(a_message("sms", NotificationKind.UPDATE), a_report())
    assert told == "the brief"
    again = composer()(a_message("sms", NotificationKind.REMINDER), a_report())
    assert "reply 1" in again


def test_a_channel_that_nobody_set_carries_nothing() -> None:
    told = composer()(a_message("pigeon"), a_report())
    assert told == f"Please look at the desk: {URL}/"


def test_in_spanish_too() -> None:
    spanish = load_tells(Path("prompts"), "es")
    told = composer(tells=spanish)(a_message("sms"), a_report())
    assert "responda 1" in told
    heard = spoken(Carries.ALL, a_report(), ALERT, spanish, READER.read(a_report()))
    assert "Referencia 4, 8, 2, 1." in heard


def test_what_channels_carry_is_read() -> None:
    carries = parse_carries("email=all, apprise=place")
    assert carries["email"] is Carries.ALL
    assert carries["apprise"] is Carries.PLACE
    assert carries["sms"] is Carries.ALL
    assert parse_carries("") == USUAL


@pytest.mark.parametrize("text", ["email", "email=some", "pigeon=all", "console=all", "=all"])
def test_what_no_channel_may_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write channel=all|and no more"):
        parse_carries(text)


def test_a_link_is_signed_for_its_message_alone() -> None:
    token = LINKS.token("n1")
    assert LINKS.notification_of(token) == "n1"
    other = replace(LINKS, secret="another secret, also long enough")
    assert other.notification_of(token) is None
    assert LINKS.notification_of("n2" + token.removeprefix("n1")) is None
    assert LINKS.notification_of("n1.ñ") is None
    assert "secret" not in repr(LINKS)
