"""Floods and pranks as organizers see them: kept apart, never hidden, and nobody's number shown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard import Desk
from reports.model import Admission, Attestation, FloodMode, NotificationState, Verdict
from reports.ports import Job
from reports.pressure import Limits
from reports.services.calls import receive_call
from reports.services.review import judge
from tests.dashboard.conftest import Browser, Clock, QueueInMemory
from tests.dashboard.stories import CALLER, PRANKSTER, Stories
from tests.dashboard.test_inbox import references, row


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# --- The list


def test_what_limited_callers_said_has_a_list_of_its_own(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    stories.limited_prank("9001")
    stories.call("9002", 3, keys={"when": "1"}, admission=Admission.BLOCKED)
    assert references(ana.get("/").text) == ["4821"]
    assert references(ana.get("/?show=now").text) == ["4821"]
    assert references(ana.get("/?show=limited").text) == ["9002", "9001"]
    assert set(references(ana.get("/?show=all").text)) == {"4821", "9001", "9002"}
    assert "2 more of limited callers" in ana.get("/").text
    assert "Blocked" in row(ana.get("/?show=all").text, "9002")
    assert "Alert: none, the call was limited" in row(ana.get("/?show=all").text, "9001")


def test_a_thousand_pranks_push_no_report_off_the_page(
    ana: Browser, stories: Stories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.PAGE", 3)
    stories.spanish_happening_now("4821", minutes_ago=60)
    for place in range(8):
        stories.limited_prank(f"{9000 + place}")
    page = ana.get("/").text
    assert references(page) == ["4821"]
    assert "Show older" not in page
    assert "Show older" in ana.get("/?show=limited").text


def test_a_list_that_holds_nothing_but_pranks_does_not_say_that_nobody_called(
    ana: Browser, stories: Stories
) -> None:
    stories.limited_prank()
    page = ana.get("/").text
    assert "No report yet" not in page
    assert "1 more of limited callers" in page


def test_who_failed_the_check_stands_lower_and_is_still_there(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, keys={"when": "1", "still_there": "1"}, check_passed=False)
    stories.call("1002", 9, keys={"when": "2"}, check_passed=True)
    stories.call("1003", 8, keys={})
    page = ana.get("/").text
    assert references(page) == ["1003", "1002", "1001"]
    assert "Check failed" in row(page, "1001")
    assert "Check failed" not in row(page, "1002")
    assert "pressed others or none" in ana.get("/r/1001").text


# --- One report


def test_the_on_call_people_can_be_alerted_after_all(
    ana: Browser, stories: Stories, queue: QueueInMemory
) -> None:
    stories.limited_prank("9001")
    page = ana.get("/r/9001").text
    assert "Too many calls had come from there: nobody was told of this by itself." in words(page)
    ana.acts("9001", "admission")
    assert (Job.ALERT_ON_CALL, "9001") in queue.asked
    page = words(ana.get("/r/9001").text)
    assert "nobody was told of this" not in page
    assert "Ana Fuentes had the on-call people alerted" in page
    assert references(ana.get("/").text) == ["9001"]
    asked = len(queue.asked)
    ana.acts("9001", "admission")
    assert len(queue.asked) == asked, "once"


@pytest.mark.parametrize(
    ("said", "plainly"),
    [
        (Attestation.FULL, "says that the number is really theirs"),
        (Attestation.PARTIAL, "not whether the number is theirs"),
        (Attestation.GATEWAY, "came in from another network"),
        (Attestation.FAILED, "may be somebody else"),
        (None, "say nothing about the number"),
    ],
)
def test_what_the_telephone_companies_say_is_told_in_plain_words(
    ana: Browser, stories: Stories, said: Attestation | None, plainly: str
) -> None:
    stories.call("1001", 1, keys={"when": "1"}, attestation=said)
    assert plainly in ana.get("/r/1001").text


def test_the_same_caller_is_known_by_their_other_reports_and_nothing_else(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821", minutes_ago=30)
    stories.english_earlier("3107", minutes_ago=20)
    stories.limited_prank("9001")
    page = ana.get("/r/3107").text
    assert "Same caller as ref 4821" in words(page)
    assert 'href="/r/4821"' in page
    assert CALLER[-7:] not in page
    assert "Same caller" not in ana.get("/r/9001").text


# --- Blocking


def test_a_caller_is_blocked_from_a_report_and_the_block_undone(
    ana: Browser, stories: Stories, desk: Desk, clock: Clock
) -> None:
    stories.limited_prank("9001")
    ana.acts("9001", "block", reason="laughs and\n hangs up", days="30")
    page = words(ana.get("/r/9001").text)
    assert "Ana Fuentes blocked the caller until Wed 1 Apr" in page
    assert "laughs and hangs up" in page
    assert "Undo the block" in page

    clock.passes(minutes=1)
    call = receive_call(
        desk.store, desk.sealer, call_sid="CA1", caller=PRANKSTER, at=clock.now, limits=Limits()
    )
    assert call.admission is Admission.BLOCKED

    listed = ana.get("/blocklist").text
    assert "laughs and hangs up" in listed
    assert PRANKSTER[-7:] not in listed
    block_id = re.search(r'id="block-(\w+)"', listed)
    assert block_id is not None
    ana.sends(f"/blocklist/{block_id[1]}/undo", from_page="/blocklist")
    listed = words(ana.get("/blocklist").text)
    assert "Nobody is blocked" in listed
    assert "Undone by Ana Fuentes" in listed
    assert "Ana Fuentes undid the block" in words(ana.get("/r/9001").text)
    call = receive_call(
        desk.store, desk.sealer, call_sid="CA2", caller=PRANKSTER, at=clock.now, limits=Limits()
    )
    assert call.admission is Admission.NORMAL


def test_a_block_ends_by_itself(ana: Browser, stories: Stories, clock: Clock, desk: Desk) -> None:
    stories.limited_prank("9001")
    ana.acts("9001", "block", reason="pranks")
    clock.passes(days=7, seconds=1)
    ana.logs_in()
    assert "Nobody is blocked" in ana.get("/blocklist").text
    assert "Block this caller" in ana.get("/r/9001").text
    call = receive_call(
        desk.store, desk.sealer, call_sid="CA1", caller=PRANKSTER, at=clock.now, limits=Limits()
    )
    assert call.admission is Admission.NORMAL


def test_nobody_is_blocked_without_a_reason(ana: Browser, stories: Stories) -> None:
    stories.limited_prank("9001")
    ana.acts("9001", "block", reason="  ")
    assert "Nobody is blocked" in ana.get("/blocklist").text


def test_a_withheld_number_cannot_be_blocked(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"}, number=None)
    page = ana.get("/r/1001").text
    assert "the caller cannot be blocked" in page
    assert "Block this caller" not in page
    assert ana.acts("1001", "block", reason="pranks").status_code == 403


def test_what_is_not_there_cannot_be_blocked_or_undone(ana: Browser, stories: Stories) -> None:
    stories.limited_prank("9001")
    assert ana.sends("/r/0000/block", from_page="/r/9001", reason="x").status_code == 404
    assert ana.sends("/blocklist/none/undo", from_page="/r/9001").status_code == 404


def test_that_a_report_of_theirs_was_confirmed_is_said_before_anybody_blocks_them(
    ana: Browser, stories: Stories, clock: Clock, desk: Desk
) -> None:
    stories.spanish_happening_now("4821", minutes_ago=30)
    stories.english_earlier("3107")
    judge(desk.store, reference="4821", verdict=Verdict.CONFIRMED, who="ana", at=clock.now)
    assert "A report of this caller was confirmed" in ana.get("/r/3107").text


# --- Flood mode


def calls_come(desk: Desk, clock: Clock, how_many: int) -> None:
    for place in range(how_many):
        receive_call(
            desk.store,
            desk.sealer,
            call_sid=f"CAflood{clock.now.timestamp():.0f}{place}",
            caller=f"+161255501{place:02d}",
            at=clock.now,
            limits=desk.limits,
        )


def test_a_flood_says_itself_and_for_how_long(ana: Browser, desk: Desk, clock: Clock) -> None:
    assert "Flood mode: automatic, now off" in ana.get("/").text
    calls_come(desk, clock, desk.limits.flood_calls + 1)
    page = words(ana.get("/").text)
    assert "Flood mode is on Since 6:41 AM , by itself: 40 calls or more in five minutes." in page
    assert "Callers hear a short script" in page


def test_flood_mode_is_switched_by_hand_and_that_says_by_whom(
    ana: Browser, desk: Desk, clock: Clock
) -> None:
    ana.sends("/flood", from_page="/", mode="on")
    page = words(ana.get("/").text)
    assert "Flood mode is on Since 6:41 AM , switched by Ana Fuentes" in page
    assert "Back to automatic" in page
    call = receive_call(
        desk.store, desk.sealer, call_sid="CA1", caller=PRANKSTER, at=clock.now, limits=desk.limits
    )
    assert call.admission is Admission.FLOOD

    ana.sends("/flood", from_page="/", mode="off")
    assert "Flood mode is kept off" in ana.get("/").text
    calls_come(desk, clock, desk.limits.flood_calls + 1)
    assert "Flood mode is kept off" in ana.get("/").text

    ana.sends("/flood", from_page="/", mode="auto")
    page = words(ana.get("/").text)
    assert "Flood mode is on" in page, "so many call"
    assert "switched by Ana Fuentes to automatic" in page


def test_a_mode_that_there_is_not_is_refused(ana: Browser, desk: Desk) -> None:
    assert ana.sends("/flood", from_page="/", mode="deluge").status_code == 400
    with desk.store.read() as records:
        assert records.flood() is None


def test_switching_to_what_it_is_changes_nothing(ana: Browser, desk: Desk) -> None:
    ana.sends("/flood", from_page="/", mode="auto")
    with desk.store.read() as records:
        assert records.flood() is None
    ana.sends("/flood", from_page="/", mode="off")
    ana.sends("/flood", from_page="/", mode="off")
    with desk.store.read() as records:
        last = records.flood()
    assert last is not None
    assert (last.mode, last.who) == (FloodMode.OFF, "ana")


# --- The API


def test_the_api_says_how_calls_were_let_in_and_whose_reports_belong_together(
    ana: Browser, stories: Stories, desk: Desk
) -> None:
    stories.spanish_happening_now("4821", minutes_ago=30)
    stories.english_earlier("3107", minutes_ago=20)
    stories.limited_prank("9001")
    stories.told("9001", NotificationState.DELIVERED)
    bearer = {"Authorization": f"Bearer {desk.api_token}"}
    one = ana.client.get("/api/reports/4821", headers=bearer).get_json()
    assert one["same_caller"] == ["3107"]
    assert one["call"]["admission"] == "normal"
    listed = ana.client.get("/api/reports", headers=bearer)
    reports = {report["reference"]: report for report in listed.get_json()["reports"]}
    assert reports["3107"]["same_caller"] == ["4821"]
    assert reports["9001"]["same_caller"] == []
    assert reports["9001"]["call"]["admission"] == "limited"
    assert desk.sealer.fingerprint(CALLER) not in listed.text


def test_a_report_whose_caller_is_forgotten_stands_alone(
    ana: Browser, stories: Stories, desk: Desk
) -> None:
    stories.spanish_happening_now("4821", minutes_ago=30)
    stories.english_earlier("3107", minutes_ago=20)
    with desk.store.begin() as records:
        call = records.call("CA4821")
        assert call is not None
        records.save_call(replace(call, caller_hash=None))
    page = ana.get("/r/4821").text
    assert "Same caller" not in page
    assert "is forgotten by now" in page
