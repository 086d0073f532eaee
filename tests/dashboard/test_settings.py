"""What is set at the desk: shown with who changed it last, kept by the server's rules, undone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config import Settings
from dashboard import Desk, add_organizer, install
from oncall.briefs import Carries
from oncall.ruling import Rules, written
from reports.model import Role
from reports.settings import Change, Setting, last_hand, standing
from rulebook import DeskRulebook, merged
from tests.dashboard.conftest import PASSWORD, QUICK, SET_UP, Browser, Clock
from tests.dashboard.stories import MORNING, Stories

AREAS = ("languages", "questions", "channels", "clocks", "flood", "retention")
AS_USUAL = {"calls": "40", "caller": "10", "withheld": "60"}


def logged_in(app: Flask, desk: Desk, role: Role) -> Browser:
    add_organizer(desk.store, role.value, f"A {role}", PASSWORD, MORNING, QUICK, role)
    browser = Browser(app.test_client())
    assert browser.logs_in(username=role.value).status_code == 303
    return browser


def known(browser: Browser, area: str) -> str:
    found = re.search(r'name="known" value="([^"]+)"', browser.get(f"/settings/{area}").text)
    assert found is not None
    return found[1]


def sets(browser: Browser, area: str, **form: Any) -> TestResponse:
    page = f"/settings/{area}"
    return browser.sends(page, from_page=page, **{"known": known(browser, area), **form})


def undoes(browser: Browser, area: str) -> TestResponse:
    """By the first button that undoes anything."""
    page = browser.get(f"/settings/{area}").text
    (change, *_) = re.findall(r'name="change" value="(\d+)"', page)
    return browser.sends(
        f"/settings/{area}/undo", from_page=f"/settings/{area}", change=str(change)
    )


# --- Who sees what


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_only_reads_or_reviews_sees_nothing_of_settings(
    app: Flask, desk: Desk, role: Role
) -> None:
    somebody = logged_in(app, desk, role)
    assert 'href="/settings"' not in somebody.get("/").text
    assert 'href="/setup"' not in somebody.get("/").text
    for path in ("/settings", "/settings/script", "/setup", *(f"/settings/{a}" for a in AREAS)):
        assert somebody.get(path).status_code == 403, path


def test_an_organizer_looks_and_an_admin_changes(app: Flask, desk: Desk) -> None:
    organizer = logged_in(app, desk, Role.ORGANIZER)
    assert 'href="/settings"' in organizer.get("/").text
    page = organizer.get("/settings/clocks").text
    assert "Admins change this" in page
    assert 'id="keep"' not in page
    answer = organizer.sends("/settings/clocks", from_page="/settings/clocks", known="0")
    assert answer.status_code == 403


def test_each_area_says_what_holds_and_that_the_server_was_set_up_so(ana: Browser) -> None:
    page = ana.get("/settings").text
    for words in (
        "Nobody yet: alerts go to the numbers of the setting ONCALL",
        "40 calls in five minutes are a flood",
        "30 days",
        "P1 3 min, P2 5 min, families 30 min",
        "no quiet hours",
        "Nobody is blocked",
    ):
        assert words in page, words
    assert "As the server was set up" in page
    for area in AREAS:
        assert f'href="/settings/{area}"' in page


def test_who_changed_it_last_and_when_stands_beside_it(ana: Browser, clock: Clock) -> None:
    clock.passes(hours=3)
    sets(ana, "flood", **{**AS_USUAL, "calls": "55"})
    page = ana.get("/settings").text
    assert "55 calls in five minutes are a flood" in page
    assert "Changed last by Ana Fuentes" in page
    assert "55" in ana.get("/settings/flood").text


def test_who_is_served_by_another_process_sees_at_once_what_was_set(
    ana: Browser, desk: Desk
) -> None:
    app = Flask("another process")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, replace(desk, rulebook=DeskRulebook(SET_UP, desk.store, desk.clock)))
    other = Browser(app.test_client())
    other.logs_in()
    assert "40 calls in five minutes" in other.get("/settings").text
    sets(ana, "flood", **{**AS_USUAL, "calls": "55"})
    assert "55 calls in five minutes" in other.get("/settings").text
    assert re.search(r'id="calls"[^>]* value="55"', other.get("/settings/flood").text)


# --- Languages


def test_a_language_is_switched_off_and_back_on_by_one_press(ana: Browser, desk: Desk) -> None:
    answer = sets(ana, "languages", told=["en"])
    assert answer.status_code == 303
    assert desk.rulebook.now().languages_off == {"so"}
    page = ana.get("/settings/languages").text
    assert "It holds from now on" in page
    undoes(ana, "languages")
    assert desk.rulebook.now().languages_off == frozenset()
    assert "undone by Ana Fuentes" in ana.get("/settings/languages").text


def test_their_places_are_kept_in_order(ana: Browser, desk: Desk) -> None:
    sets(ana, "languages", told=["en", "so"], **{"place-so": "1", "place-en": "2"})
    assert desk.rulebook.now().language_order == ("so", "en")


def test_never_is_no_language_left(ana: Browser, desk: Desk) -> None:
    answer = sets(ana, "languages", told=[])
    assert answer.status_code == 400
    assert "Leave at least one language on" in answer.text
    answer = sets(ana, "languages", told=["so"], **{"place-so": "1"})
    assert answer.status_code == 400
    assert "None of the languages left on can be heard yet" in answer.text
    assert re.search(r'id="place-so"[^>]* value="1"', answer.text), "what was sent is not lost"
    answer = sets(ana, "languages", told=["en"], **{"place-en": "first"})
    assert "Write places as whole numbers" in answer.text
    assert 'value="first"' in answer.text
    assert desk.rulebook.now() == desk.rulebook.as_set_up()


# --- The others


def test_a_channel_carries_what_is_chosen_and_the_console_nothing(ana: Browser, desk: Desk) -> None:
    chosen = {
        "carries-sms": "place",
        "carries-voice": "all",
        "carries-email": "nothing",
        "carries-push": "place",
    }
    sets(ana, "channels", **chosen, **{"carries-apprise": "nothing", "carries-console": "all"})
    carries = desk.rulebook.now().carries
    assert carries["sms"] is Carries.PLACE
    assert carries["email"] is Carries.NOTHING
    assert carries["console"] is Carries.NOTHING
    answer = sets(ana, "channels", **{**chosen, "carries-sms": "everything"})
    assert answer.status_code == 400
    assert "write channel=all, place or nothing" in answer.text


def test_clocks_and_quiet_hours_hold_at_once(ana: Browser, desk: Desk) -> None:
    minutes = {f"within-{name}": "7" for name in ("P1", "P2", "P3", "family")}
    sets(ana, "clocks", **minutes, quiet_begin="22:30", quiet_end="06:00")
    clocks = desk.clocks
    assert clocks.within["P1"] == timedelta(minutes=7)
    assert not clocks.within["P4"], "left empty: no clock"
    assert str(clocks.quiet) == "22:30-06:00"
    answer = sets(ana, "clocks", **minutes, quiet_begin="22:30", quiet_end="")
    assert answer.status_code == 400
    assert "Write both times" in answer.text
    answer = sets(ana, "clocks", **{**minutes, "within-P1": "soon"})
    assert 'value="soon"' in answer.text
    assert "Write whole minutes" in answer.text
    assert str(desk.clocks.quiet) == "22:30-06:00"


@pytest.mark.parametrize(
    ("field", "text"), [("calls", "1"), ("caller", "0"), ("withheld", "many"), ("calls", "")]
)
def test_a_number_that_cannot_be_is_said_and_kept_in_the_form(
    ana: Browser, desk: Desk, field: str, text: str
) -> None:
    answer = sets(ana, "flood", **{**AS_USUAL, field: text, "check": "yes"})
    assert answer.status_code == 400
    assert "Nothing was kept." in answer.text
    assert re.search(rf'id="{field}"[^>]* value="{text}"[^>]*aria-invalid', answer.text)
    assert desk.limits == desk.rulebook.as_set_up().limits


def test_all_of_an_area_goes_back_to_the_servers(ana: Browser, desk: Desk) -> None:
    sets(ana, "flood", **{**AS_USUAL, "calls": "55", "caller": "3", "check": "yes"})
    assert (desk.limits.flood_calls, desk.limits.caller_an_hour, desk.limits.check) == (55, 3, True)
    ana.sends("/settings/flood/as-set-up", from_page="/settings/flood")
    assert desk.limits == desk.rulebook.as_set_up().limits
    undoes(ana, "flood")
    assert desk.limits != desk.rulebook.as_set_up().limits


def test_who_presses_on_what_another_changed_is_told_to_look_again(
    ana: Browser, desk: Desk
) -> None:
    before = known(ana, "flood")
    sets(ana, "flood", **{**AS_USUAL, "calls": "55"})
    sets(ana, "flood", **{**AS_USUAL, "calls": "66", "known": before})
    assert "somebody has changed this meanwhile" in ana.get("/settings/flood").text
    assert desk.limits.flood_calls == 55


def test_flood_mode_is_switched_from_its_page(ana: Browser, desk: Desk) -> None:
    ana.sends("/settings/flood/mode", from_page="/settings/flood", mode="on")
    page = ana.get("/settings/flood").text
    assert "Flood mode is on" in page
    assert "Ana Fuentes" in page
    bad = ana.sends("/settings/flood/mode", from_page="/settings/flood", mode="loud")
    assert bad.status_code == 400
    assert "On now" in ana.get("/settings").text


# --- How long callers are known


def test_fewer_days_say_what_would_be_forgotten_and_hold_only_when_confirmed(
    ana: Browser, desk: Desk, stories: Stories
) -> None:
    stories.english_earlier("3107", minutes_ago=9 * 24 * 60)
    stories.english_earlier("3108", minutes_ago=3 * 24 * 60)
    answer = sets(ana, "retention", days="7")
    assert answer.status_code == 200
    assert "Forget callers after 7 days?" in answer.text
    assert "1 call or text could not be tied to its caller any more" in answer.text
    assert desk.rulebook.now().keep_callers == timedelta(days=30)
    sets(ana, "retention", days="7", confirmed="yes")
    assert desk.rulebook.now().keep_callers == timedelta(days=7)
    with desk.store.begin() as records:
        at = desk.clock()
        much = records.count_callers(at - timedelta(days=7), at)
        assert much == 1
        assert records.forget_callers(at - timedelta(days=7), at) >= much
        assert records.count_callers(at - timedelta(days=7), at) == 0


def test_more_days_hold_at_once_and_undoing_them_is_asked_about(ana: Browser, desk: Desk) -> None:
    sets(ana, "retention", days="90")
    assert desk.rulebook.now().keep_callers == timedelta(days=90)
    asked = undoes(ana, "retention")
    assert "Forget callers after 30 days?" in asked.text
    assert desk.rulebook.now().keep_callers == timedelta(days=90)
    page = ana.get("/settings/retention").text
    (change, *_) = re.findall(r'name="change" value="(\d+)"', page)
    ana.sends(
        "/settings/retention/undo", from_page="/settings/retention", change=change, confirmed="yes"
    )
    assert desk.rulebook.now().keep_callers == timedelta(days=30)


@pytest.mark.parametrize("days", ["0", "a week", "99999", ""])
def test_days_that_cannot_be(ana: Browser, desk: Desk, days: str) -> None:
    answer = sets(ana, "retention", days=days)
    assert answer.status_code == 400
    assert "Write whole days from 1 to 3650" in answer.text
    assert desk.rulebook.now() == desk.rulebook.as_set_up()


def test_there_is_no_other_area(ana: Browser) -> None:
    assert ana.get("/settings/secrets").status_code == 404


# --- What callers are asked


def test_the_call_is_shown_as_it_is_heard(ana: Browser) -> None:
    page = ana.get("/settings/script?language=so").text
    assert "Hadda ma dhacaysaa?" in page
    assert "Not recorded yet" in page
    assert "4 missing" in page
    assert "Read by a computer’s voice" in ana.get("/settings/script").text
    assert ana.get("/settings/script?language=tlh").status_code == 404


# --- Pure


def test_of_each_setting_the_last_that_nobody_undid_counts() -> None:
    later = MORNING + timedelta(hours=1)
    changes = [
        Change("flood_calls", "50", MORNING, "ana", change_id=1),
        Change("flood_calls", "60", later, "sam", later, "kim", change_id=2),
        Change("flood_check", "true", MORNING, "sam", change_id=3),
    ]
    assert {name: one.value for name, one in standing(changes).items()} == {
        "flood_calls": "50",
        "flood_check": "true",
    }
    assert last_hand(changes)["flood_calls"] == ("kim", later)


def test_what_cannot_be_read_any_more_is_as_the_server_has_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = merged(SET_UP, {"flood_calls": "1", "retain_caller_days": "5", "setup:others": "yes"})
    assert now.flood_calls == SET_UP.flood_calls
    assert now.retain_caller_days == 5
    assert "flood_calls" in caplog.text


def test_what_is_written_is_read_back_the_same(desk: Desk) -> None:
    rules = Rules(languages_off=frozenset({"so", "am"}), language_order=("es", "en"))
    for name, text in written(rules).items():
        desk.rulebook.read(name, text)
    values: dict[str, str | None] = {str(name): text for name, text in written(rules).items()}
    again = DeskRulebook(merged(SET_UP, values), desk.store, desk.clock).as_set_up()
    assert written(again) == written(rules)


def test_every_setting_of_the_desk_is_one_of_the_environments() -> None:
    assert set(Setting) <= Settings.model_fields.keys()
