"""Who may log in, as admins look after it, and as each looks after their own."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from dashboard import Desk, add_organizer
from reports.accounts import AccountActKind
from reports.model import Role
from tests.dashboard.conftest import PASSWORD, QUICK, Browser, Clock
from tests.dashboard.stories import MORNING
from tests.dashboard.test_second_factor import sets_up

ACCOUNTS = "/people/accounts"


@pytest.fixture
def sam(app: Flask, desk: Desk) -> Browser:
    add_organizer(desk.store, "sam", "Sam Berg", PASSWORD, MORNING, QUICK, Role.REVIEWER)
    browser = Browser(app.test_client())
    assert browser.logs_in("sam").status_code == 303
    return browser


def invites(ana: Browser, role: str = "reviewer") -> str:
    page = ana.sends(f"{ACCOUNTS}/invitations", from_page=ACCOUNTS, name="Lu Vang", role=role).text
    link = re.search(r"(/join/[\w-]+)", page)
    assert link is not None
    assert "<svg" in page
    return link[1]


def joins(somebody: Browser, link: str, username: str = "lu", password: str = PASSWORD) -> int:
    form = {"username": username, "password": password}
    return somebody.sends(link, from_page=link, **form).status_code


def test_somebody_who_is_invited_makes_an_account_and_is_led_to_a_second_factor(
    ana: Browser, stranger: Browser, desk: Desk
) -> None:
    link = invites(ana)
    assert "Lu Vang" in stranger.get(link).text
    answer = stranger.sends(link, from_page=link, username="Lu ", password=PASSWORD)
    assert answer.location == "/me/second-factor"
    with desk.store.read() as records:
        lu = records.organizer("lu")
    assert lu is not None
    assert (lu.display_name, lu.role) == ("Lu Vang", Role.REVIEWER)


def test_an_invitation_is_good_for_one(ana: Browser, stranger: Browser, app: Flask) -> None:
    link = invites(ana)
    assert joins(stranger, link) == 303
    late = Browser(app.test_client()).get(link)
    assert late.status_code == 404
    assert "This invitation is over" in late.text


def test_an_invitation_is_over_after_three_days(
    ana: Browser, stranger: Browser, clock: Clock
) -> None:
    link = invites(ana)
    clock.passes(days=3)
    assert stranger.get(link).status_code == 404


def test_an_invitation_that_was_taken_back_opens_nothing(ana: Browser, stranger: Browser) -> None:
    link = invites(ana)
    revoke = re.search(r'action="([^"]+/revoke)"', ana.get(ACCOUNTS).text)
    assert revoke is not None
    ana.sends(revoke[1], from_page=ACCOUNTS)
    assert stranger.get(link).status_code == 404
    assert "Lu Vang" in ana.get(ACCOUNTS).text, "that it was made and taken back is told"


def test_the_link_is_shown_once_and_kept_as_a_hash(ana: Browser, desk: Desk) -> None:
    link = invites(ana)
    token = link.rpartition("/")[2]
    assert token not in ana.get(ACCOUNTS).text
    assert ana.get(f"{ACCOUNTS}/invitations").location == ACCOUNTS
    with desk.store.read() as records:
        assert token not in repr(records.invitations())


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [("ana", PASSWORD, "already"), ("lu", "short", "10 characters"), ("l u", PASSWORD, "1 to 32")],
)
def test_a_name_or_password_that_will_not_do_is_told_and_the_link_still_good(
    ana: Browser, stranger: Browser, username: str, password: str, words: str
) -> None:
    link = invites(ana)
    answer = stranger.sends(link, from_page=link, username=username, password=password)
    assert answer.status_code == 400
    assert words in answer.text
    assert joins(stranger, link) == 303


def test_a_role_is_changed_and_counts_at_once(ana: Browser, sam: Browser) -> None:
    assert sam.get("/exports").status_code == 403
    ana.sends(f"{ACCOUNTS}/sam/role", from_page=ACCOUNTS, role="organizer")
    assert sam.get("/exports").status_code == 200
    page = ana.get(ACCOUNTS).text
    assert "changed the role of sam: Reviewer → Organizer" in page


def test_the_last_admin_stays(ana: Browser, sam: Browser) -> None:
    for what, form in (("role", {"role": "viewer"}), ("suspend", {})):
        answer = ana.sends(f"{ACCOUNTS}/ana/{what}", from_page=ACCOUNTS, **form)
        assert answer.status_code == 409
        assert "an admin left" in answer.text
    ana.sends(f"{ACCOUNTS}/sam/role", from_page=ACCOUNTS, role="admin")
    answer = ana.sends(f"{ACCOUNTS}/ana/role", from_page=ACCOUNTS, role="viewer")
    assert answer.status_code == 303


def test_whoever_is_suspended_is_out_at_once_and_told_so(ana: Browser, sam: Browser) -> None:
    ana.sends(f"{ACCOUNTS}/sam/suspend", from_page=ACCOUNTS)
    assert sam.get("/").status_code == 303
    answer = sam.logs_in("sam")
    assert answer.status_code == 403
    assert "suspended" in answer.text
    assert sam.logs_in("sam", "not the password").status_code == 401
    ana.sends(f"{ACCOUNTS}/sam/restore", from_page=ACCOUNTS)
    assert sam.logs_in("sam").status_code == 303


def test_an_admin_resets_a_second_factor_and_it_is_noted(
    ana: Browser, sam: Browser, desk: Desk, clock: Clock
) -> None:
    sets_up(sam, clock)
    ana.sends(f"{ACCOUNTS}/sam/second-factor", from_page=ACCOUNTS)
    assert sam.get("/").status_code == 303
    assert sam.logs_in("sam").location == "/"
    with desk.store.read() as records:
        last = records.last_account_acts()["sam"]
    assert (last.kind, last.who) == (AccountActKind.FACTOR_RESET, "ana")


def test_nobody_else_looks_after_accounts(sam: Browser) -> None:
    assert sam.get(ACCOUNTS).status_code == 403
    assert sam.sends(f"{ACCOUNTS}/sam/role", from_page="/", role="admin").status_code == 403


def test_somebody_ends_a_session_that_they_left_open_elsewhere(ana: Browser, app: Flask) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.logs_in()
    (there,) = re.findall(r'name="session" value="(\w+)"', ana.get("/me").text)
    ana.sends("/me/sessions/end", from_page="/me", session=there)
    assert elsewhere.get("/").status_code == 303
    assert ana.get("/").status_code == 200


def test_somebody_ends_all_others(ana: Browser, app: Flask) -> None:
    others = [Browser(app.test_client()) for _ in range(2)]
    for other in others:
        other.logs_in()
    ana.sends("/me/sessions/others", from_page="/me")
    assert [other.get("/").status_code for other in others] == [303, 303]
    assert ana.get("/me").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(ana: Browser, sam: Browser, desk: Desk) -> None:
    with desk.store.read() as records:
        (anas,) = records.sessions_seen(MORNING, "ana")
    answer = sam.sends("/me/sessions/end", from_page="/me", session=anas.session_hash)
    assert answer.status_code == 404
    assert ana.get("/").status_code == 200


def test_a_password_is_changed_by_who_knows_the_old_one(ana: Browser, app: Flask) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.logs_in()
    new = {"new": "quite another one"}
    wrong = ana.sends("/me/password", from_page="/me", old="not this one", **new)
    assert wrong.status_code == 400
    assert ana.sends("/me/password", from_page="/me", old=PASSWORD, **new).status_code == 303
    assert ana.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303
    assert elsewhere.logs_in().status_code == 401
    assert elsewhere.logs_in(password="quite another one").status_code == 303


def test_the_pages_are_in_the_language_that_somebody_chose(ana: Browser) -> None:
    ana.sends("/me/language", from_page="/me", language="es")
    assert '<html lang="es"' in ana.get("/me").text
    assert ana.sends("/me/language", from_page="/me", language="xx").status_code == 400
