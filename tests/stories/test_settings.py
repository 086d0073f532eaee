"""What is set at the desk holds from the next call on; a test message goes the way of an alert."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from reports.people import Person, Reach, address_context
from reports.services.trials import TooMany, ask_for_trial
from reports.settings import Trial, TrialState
from simulator.spoken import spoken_call
from tests.dashboard.conftest import Browser
from tests.stories.conftest import CALLER, Line

ANA = "+16125550111"
PLACE = spoken_call("en-lake-bloomington").where.path


@pytest.fixture
def reach(line: Line) -> str:
    """Ana is among the people, with a telephone."""
    reach_id, sealer = uuid.uuid4().hex, line.adapters.sealer
    with line.adapters.store.begin() as records:
        records.people.put_person(Person("ana", "Ana", line.clock(), "ana", username="ana"))
        records.people.add_reach(_reach(sealer, reach_id, "sms"))
    return reach_id


def _reach(sealer: Any, reach_id: str, channel: str) -> Reach:
    sealed = sealer.seal(ANA.encode(), address_context(reach_id))
    return Reach(reach_id, "ana", channel, sealed, sealer.fingerprint(ANA))


def greeting(line: Line) -> str:
    """What a caller hears who presses nothing yet."""
    call = line.network.caller(CALLER).dials()
    said = call.heard.text
    call.hangs_up()
    return said


def tries(desk: Browser, reach_id: str) -> None:
    page = "/people/ana/tests"
    answer = desk.sends(f"/people/ana/reaches/{reach_id}/test", from_page=page)
    assert answer.status_code == 303


def trial(line: Line, reach_id: str) -> Trial:
    with line.adapters.store.read() as records:
        return records.settings.last_trials()[reach_id]


# --- Settings


def test_the_next_call_is_greeted_in_the_order_that_was_set(line: Line, desk: Browser) -> None:
    before = greeting(line)
    assert before.index("For English") < before.index("español")
    page = "/settings/languages"
    places = {"place-es": "1", "place-en": "2"}
    answer = desk.sends(page, from_page=page, told=["en", "es", "so"], known="0", **places)
    assert answer.status_code == 303
    after = greeting(line)
    assert after.index("español") < after.index("For English")


def test_a_language_that_is_off_is_not_told_of_and_still_served(line: Line, desk: Browser) -> None:
    page = "/settings/languages"
    desk.sends(page, from_page=page, told=["en"], known="0")
    said = greeting(line)
    assert "For English" in said
    assert "español" not in said
    # It stands on a poster.
    call = line.network.caller(CALLER).dials().presses("2").presses("1")
    assert "Después del tono" in call.heard
    call.says(PLACE).hangs_up()
    line.works()
    assert line.dossiers[0].call.language == "es"


def test_a_call_that_is_under_way_keeps_its_language(line: Line, desk: Browser) -> None:
    call = line.network.caller(CALLER).dials().presses("2")
    page = "/settings/languages"
    desk.sends(page, from_page=page, told=["en"], known="0")
    call.presses("1")
    assert "Después del tono" in call.heard
    call.says(PLACE).hangs_up()
    line.works()
    assert line.dossier.call.language == "es"


def test_the_workers_carry_no_more_than_was_set(line: Line, desk: Browser) -> None:
    page = "/settings/channels"
    carries = {
        "carries-sms": "nothing",
        "carries-voice": "all",
        "carries-email": "place",
        "carries-push": "place",
    }
    desk.sends(page, from_page=page, known="0", **carries, **{"carries-apprise": "nothing"})
    line.clock.ahead += timedelta(seconds=2)
    line.network.caller(CALLER).dials().presses("1").presses("1").says(PLACE).hangs_up()
    line.works()
    assert line.texts[0].body.startswith("Please look at the desk")


def test_who_rings_sweeps_and_alerts_goes_by_what_was_set(line: Line, desk: Browser) -> None:
    adapters = line.adapters
    assert adapters.alerter.clocks.within["P2"] == timedelta(minutes=5)
    page = "/settings/clocks"
    minutes = {"within-P1": "2", "within-P2": "9", "within-P3": "", "within-P4": "0"}
    desk.sends(page, from_page=page, known="0", quiet_begin="00:00", quiet_end="23:59", **minutes)
    page = "/settings/flood"
    desk.sends(page, from_page=page, known="0", calls="77", caller="8", withheld="9")
    line.clock.ahead += timedelta(seconds=2)
    assert adapters.alerter.clocks.within["P2"] == timedelta(minutes=9)
    assert adapters.telephone.limits.flood_calls == 77
    noon = line.clock().replace(hour=18, minute=0)
    assert adapters.telephone.people_on_shift(noon) == (), "quiet all day long"


# --- Test messages


def test_a_test_arrives_and_says_that_it_is_no_report(
    line: Line, desk: Browser, reach: str
) -> None:
    tries(desk, reach)
    assert trial(line, reach).state is TrialState.PENDING, "written before anything is sent"
    line.works()
    (text,) = line.network.inbox(ANA)
    assert text.body == (
        "TEST. This is no report and needs no answer. A message of Witness Line reaches you here."
    )
    assert trial(line, reach).state is TrialState.DELIVERED
    assert "Arrived" in desk.get("/people/ana/tests/part").text
    assert line.dossiers == []


def test_a_call_says_that_it_is_a_test_and_rings_off(line: Line, desk: Browser, reach: str) -> None:
    with line.adapters.store.begin() as records:
        records.people.add_reach(_reach(line.adapters.sealer, "by-voice", "voice"))
    line.network.phone(ANA).answers()
    tries(desk, "by-voice")
    line.works()
    assert trial(line, "by-voice").state is TrialState.DELIVERED
    line.network.phone(ANA).does_not_answer()
    tries(desk, "by-voice")
    line.works()
    kept = trial(line, "by-voice")
    assert (kept.state, kept.reason) == (TrialState.FAILED, "not delivered (code no-answer)")


def test_who_wrote_stop_is_sent_nothing_and_reads_why(
    line: Line, desk: Browser, reach: str
) -> None:
    line.network.phone(ANA).texts("STOP")
    line.works()
    before = len(line.network.inbox(ANA))
    tries(desk, reach)
    line.works()
    assert len(line.network.inbox(ANA)) == before
    assert trial(line, reach).reason == "opted out"
    assert "STOP was written from there" in desk.get("/people/ana/tests").text


def test_a_test_outlives_the_queue_and_is_sent_once(line: Line, desk: Browser, reach: str) -> None:
    tries(desk, reach)
    line.loses_redis_contents()
    line.time_passes(10)
    line.time_passes(10)
    assert len(line.network.inbox(ANA)) == 1
    tries(desk, reach)
    line.loses_redis_contents()
    line.clock.ahead += timedelta(minutes=11)
    line.time_passes(0)
    assert len(line.network.inbox(ANA)) == 1, "what waited so long is not sent any more"


def test_what_was_taken_away_meanwhile_is_sent_nothing(
    line: Line, desk: Browser, reach: str
) -> None:
    tries(desk, reach)
    with line.adapters.store.begin() as records:
        records.people.remove_reach(reach)
    line.works()
    assert line.network.inbox(ANA) == ()
    assert trial(line, reach).reason == "that way to reach them was taken away"


def test_no_more_than_three_are_sent_in_a_minute(line: Line, desk: Browser, reach: str) -> None:
    for _ in range(3):
        tries(desk, reach)
    with pytest.raises(TooMany):
        ask_for_trial(
            line.adapters.store,
            line.adapters.queue,
            person_id="ana",
            reach_id=reach,
            who="somebody else",
            at=line.clock(),
        )
    tries(desk, reach)
    assert "Three tests a minute at most" in desk.get("/people/ana/tests").text
    line.works()
    assert len(line.network.inbox(ANA)) == 3


# --- The guided set-up


def test_a_test_call_is_seen_from_dialling_to_taking_up(
    line: Line, desk: Browser, reach: str
) -> None:
    page = desk.get("/setup").text
    assert line.settings.hotline_number in page
    assert "This page waits for it" in page
    line.network.caller(CALLER).dials().presses("1").presses("1").says(PLACE).hangs_up()
    line.works()
    page = desk.get("/setup").text
    (dossier,) = line.dossiers
    assert f"Open report {dossier.report.reference}" in page
    assert "Its report came<" in page
    assert "A call came in, so the provider finds this line" in page
    line.network.phone("+16125550110").texts("1")
    line.works()
    page = desk.get("/setup").text
    assert "Taken up: on call" in page


def test_what_is_wrong_outside_is_said_with_how_to_mend_it(line: Line, desk: Browser) -> None:
    desk.sends("/setup/check", from_page="/setup")
    page = desk.get("/setup").text
    assert "voice webhook" in page
    # Nobody works the queues here, and nothing answers while the line is down.
    assert "To mend it:" in page
    assert "worker alerts" in page
