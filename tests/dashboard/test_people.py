"""The pages of people: who they are, how each is reached, and who may see that."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from dashboard import Desk, add_organizer
from dashboard.people_page import covered, reach_lines
from reports.model import Role
from reports.people import Person, QuietHours, Reach
from reports.pin_tries import PinTries
from reports.services.people import pin_hash
from tests.dashboard.conftest import PASSWORD, QUICK, Browser
from tests.dashboard.stories import MORNING

NUMBER = "612-555-0110"


@pytest.fixture
def sam(app: Flask, desk: Desk) -> Browser:
    add_organizer(desk.store, "sam", "Sam Berg", PASSWORD, MORNING, QUICK, Role.ORGANIZER)
    browser = Browser(app.test_client())
    assert browser.logs_in("sam").status_code == 303
    return browser


def adds(browser: Browser, handle: str = "ana", **form: Any) -> Any:
    filled = {"handle": handle, "name": "Ana F", "username": handle, **form}
    return browser.sends("/people", from_page="/people/new", **filled)


def gives(browser: Browser, address: str = NUMBER, channel: str = "sms", **form: Any) -> Any:
    return browser.sends(
        "/people/ana/reaches",
        from_page="/people/ana",
        channel=channel,
        address=address,
        **form,
    )


def person(desk: Desk, person_id: str = "ana") -> Person:
    with desk.store.read() as records:
        found = records.people.person(person_id)
    assert found is not None
    return found


def reaches(desk: Desk) -> list[Reach]:
    with desk.store.read() as records:
        return list(records.people.reaches())


def test_nobody_is_there_and_one_puts_oneself_in(ana: Browser, desk: Desk) -> None:
    page = ana.get("/people").text
    assert "Nobody is here yet" in page
    assert "ONCALL" in page
    form = ana.get("/people/new?me=1").text
    assert 'name="handle" value="ana"' in form
    assert 'value="Ana Fuentes"' in form
    assert '<option value="ana" selected>' in form
    adds(ana, languages=["so"], more_languages="fr, AR", observes="1", areas="Phillips, West Bank")
    kept = person(desk)
    assert kept.languages == ("so", "fr", "ar")
    assert kept.areas == ("Phillips", "West Bank")
    assert (kept.observes, kept.is_emergency, kept.username) == (True, False, "ana")
    page = ana.get("/people").text
    assert "Somali, fr, ar" in page
    assert "Cannot be reached" in page
    assert "Last changed by Ana Fuentes" in ana.get("/people/ana").text


def test_what_cannot_be_kept_stands_in_the_form_again(ana: Browser, desk: Desk) -> None:
    answer = adds(ana, handle="Ana Fuentes!", username="", languages=["so"], more_languages="fr")
    assert answer.status_code == 400
    assert "A handle has 1 to 32 letters" in answer.text
    assert 'name="handle" value="Ana Fuentes!"' in answer.text
    assert re.search(r'value="so" checked', answer.text)
    assert 'value="fr"' in answer.text
    adds(ana)
    answer = ana.sends("/people/ana", from_page="/people/ana", name=" ", areas="Phillips")
    assert answer.status_code == 400
    assert "Write a name or an alias" in answer.text
    assert 'value="Phillips"' in answer.text
    assert person(desk).name == "Ana F"


def test_a_person_is_changed_leaves_and_comes_back(ana: Browser, sam: Browser, desk: Desk) -> None:
    adds(ana)
    sam.sends("/people/ana", from_page="/people/ana", name="Ana", is_emergency="1")
    assert (person(desk).name, person(desk).changed_by) == ("Ana", "sam")
    assert "Last changed by Sam Berg" in ana.get("/people/ana").text
    assert "emergency contact" in ana.get("/people").text
    sam.sends("/people/ana/left", from_page="/people/ana")
    assert "They are told nothing" in sam.get("/people/ana").text
    assert re.search(r'id="gone".*Ana', sam.get("/people").text, re.DOTALL)
    sam.sends("/people/ana/back", from_page="/people/ana")
    assert person(desk).left_at is None
    assert ana.get("/people/nobody").status_code == 404
    assert ana.sends("/people/nobody/left", from_page="/people").status_code == 404


def test_an_address_is_shown_to_that_person_and_its_end_to_others(
    ana: Browser, sam: Browser, desk: Desk
) -> None:
    adds(ana)
    assert gives(sam).status_code == 303
    gives(sam, "Ana@Example.org", "email", quiet_begin="22:00", quiet_end="06:30")
    gives(sam, "ntfy://ntfy.example.org/secret", "apprise")
    own, others = ana.get("/people/ana").text, sam.get("/people/ana").text
    for address in ("+16125550110", "Ana@example.org", "ntfy://ntfy.example.org/secret"):
        assert address in own
        assert address not in others
    for shown in ("…10", "…@example.org", "ntfy://…"):
        assert shown in others
    assert [reach.quiet for reach in reaches(desk)] == [None, QuietHours.parse("22:00-06:30"), None]
    assert "Cannot be reached" not in sam.get("/people").text


def test_whoever_administers_the_line_sees_addresses(desk: Desk, ana: Browser) -> None:
    adds(ana)
    gives(ana)
    (line,) = reach_lines(reaches(desk), desk.sealer, is_whole=True)
    assert line.shown == "+16125550110"
    (line,) = reach_lines(reaches(desk), desk.sealer, is_whole=False)
    assert line.shown == "…10"


@pytest.mark.parametrize(
    ("channel", "address"),
    [("console", "ana"), ("sms", ""), ("email", ""), ("apprise", ""), ("pigeon", "ana")],
)
def test_of_what_has_no_harmless_end_nothing_is_shown(channel: str, address: str) -> None:
    assert covered(channel, address) == ""


def test_an_address_that_reaches_nobody_is_not_kept_and_not_said_again(
    ana: Browser, desk: Desk
) -> None:
    adds(ana)
    answer = gives(ana, "612-555-01", quiet_begin="22:00", quiet_end="06:00")
    assert answer.status_code == 400
    assert "That is no telephone number" in answer.text
    assert "612-555-01" not in answer.text
    assert 'value="22:00"' in answer.text
    assert "number of this line" in gives(ana, "612-555-0100").text
    assert "Write both times" in gives(ana, quiet_begin="22:00").text
    gives(ana)
    assert "reached there already" in gives(ana, "+1 612 555 0110").text
    assert len(reaches(desk)) == 1


def test_quiet_hours_are_changed_and_an_address_is_forgotten(ana: Browser, desk: Desk) -> None:
    adds(ana)
    gives(ana)
    reach = f"/people/ana/reaches/{reaches(desk)[0].reach_id}"
    ana.sends(f"{reach}/quiet", from_page="/people/ana", quiet_begin="23:00", quiet_end="05:00")
    assert reaches(desk)[0].quiet == QuietHours.parse("23:00-05:00")
    bad = ana.sends(f"{reach}/quiet", from_page="/people/ana", quiet_begin="x", quiet_end="05:00")
    assert bad.status_code == 400
    ana.sends(f"{reach}/gone", from_page="/people/ana")
    assert reaches(desk) == []
    ana.sends(f"{reach}/gone", from_page="/people/ana")
    assert "taken that away already" in ana.get("/people/ana").text


def test_digits_are_set_and_never_seen_again(ana: Browser, desk: Desk) -> None:
    adds(ana)
    bad = ana.sends("/people/ana/pin", from_page="/people/ana", pin="123456")
    assert bad.status_code == 400
    assert "first that anybody tries" in bad.text
    assert "123456" not in bad.text
    ana.sends("/people/ana/pin", from_page="/people/ana", pin="480213")
    assert person(desk).pin_hash == pin_hash(desk.sealer, "ana", "480213")
    page = ana.get("/people/ana").text
    assert "6 digits are set" in page
    assert "480213" not in page
    ana.sends("/people/ana/pin", from_page="/people/ana", none="1")
    assert person(desk).pin_hash is None


def test_an_account_is_offered_to_one_person(ana: Browser, sam: Browser, desk: Desk) -> None:
    adds(ana)
    assert '<option value="ana"' not in ana.get("/people/new").text
    assert '<option value="sam"' in ana.get("/people/new").text
    assert "somebody else’s among the people" in adds(ana, handle="other", username="ana").text
    assert '<option value="ana" selected>' in ana.get("/people/ana").text


def test_whoever_only_reviews_changes_nothing_but_what_is_their_own(
    app: Flask, ana: Browser, desk: Desk
) -> None:
    adds(ana)
    add_organizer(desk.store, "ren", "Ren", PASSWORD, MORNING, QUICK, Role.REVIEWER)
    ren = Browser(app.test_client())
    ren.logs_in("ren")
    assert gives(ren).status_code == 403
    assert adds(ren, "kim").status_code == 403
    assert reaches(desk) == []
    assert adds(ren, "ren").status_code == 303
    assert ren.sends("/people/ren/pin", from_page="/people/ren", pin="730162").status_code == 303
    assert person(desk, "ren").pin_hash


def test_digits_of_others_are_set_by_whoever_administers_the_line(
    ana: Browser, sam: Browser, desk: Desk
) -> None:
    adds(ana)
    digits = {"from_page": "/people/ana", "pin": "730162"}
    assert sam.sends("/people/ana/pin", **digits).status_code == 403
    assert person(desk).pin_hash is None


def test_whoever_is_shut_out_by_wrong_digits_reads_so_and_sets_new_ones(
    ana: Browser, desk: Desk
) -> None:
    adds(ana)
    ana.sends("/people/ana/pin", from_page="/people/ana", pin="480213")
    with desk.store.begin() as records:
        until = desk.clock() + timedelta(minutes=20)
        records.people.put_pin_tries(PinTries("ana", 5, desk.clock(), until))
    assert "none are taken until" in ana.get("/people/ana").text
    ana.sends("/people/ana/pin", from_page="/people/ana", pin="730162")
    assert "none are taken until" not in ana.get("/people/ana").text
