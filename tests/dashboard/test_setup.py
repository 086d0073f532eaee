"""The guided set-up: each step as far as it really is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from dashboard import Check, Desk, SpokenLanguage, add_organizer, install
from dashboard.setup_page import (
    Gap,
    Seen,
    Standing,
    Step,
    TestCall,
    is_done,
    is_finished,
    steps_of,
)
from reports.model import Role
from reports.people import Person, Reach, address_context
from reports.settings import Trial, TrialState
from tests.dashboard.conftest import PASSWORD, QUICK, SPOKEN, Browser, Clock
from tests.dashboard.stories import MORNING, Stories

NOTHING = Seen(
    factor_required=False,
    has_factor=False,
    others=0,
    invited=0,
    person_id=None,
    reaches=0,
    trial=None,
    gaps=(Gap(None, None),),
    told=("English",),
    lacking=(("so", "Soomaali"),),
    checks=(),
    checked_at=None,
    call=TestCall(),
)
WELL = Check("PUBLIC_URL", True, "reached")
ILL = Check("voice webhook", False, "is not set", "set it in the provider's console")
ALL = replace(
    NOTHING,
    has_factor=True,
    others=1,
    person_id="ana",
    reaches=1,
    trial=TrialState.DELIVERED,
    gaps=(),
    lacking=(),
    checks=(WELL,),
    checked_at=MORNING,
    call=TestCall("4821", told=True, transcribed=True, taken_up_by="ana"),
)


def at_a_desk(desk: Desk) -> Browser:
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, desk)
    browser = Browser(app.test_client())
    assert browser.logs_in().status_code == 303
    return browser


# --- Pure


def test_the_first_that_is_not_done_is_next() -> None:
    lines = steps_of(NOTHING)
    assert [line.standing for line in lines] == [Standing.NEXT] + [Standing.LATER] * 6
    assert not is_finished(lines)


def test_all_is_done_when_all_is_there() -> None:
    lines = steps_of(ALL)
    assert {line.standing for line in lines} == {Standing.DONE}
    assert is_finished(lines)


@pytest.mark.parametrize(
    ("step", "lacks"),
    [
        (Step.FACTOR, replace(ALL, has_factor=False)),
        (Step.OTHERS, replace(ALL, others=0, invited=3)),
        (Step.REACHED, replace(ALL, trial=TrialState.SENDING)),
        (Step.REACHED, replace(ALL, reaches=0)),
        (Step.ON_CALL, replace(ALL, gaps=NOTHING.gaps)),
        (Step.LANGUAGES, replace(ALL, lacking=NOTHING.lacking)),
        (Step.LANGUAGES, replace(ALL, told=())),
        (Step.PROVIDER, replace(ALL, checks=(WELL, ILL))),
        (Step.PROVIDER, replace(ALL, checks=(), checked_at=None, call=TestCall())),
        (Step.TEST_CALL, replace(ALL, call=TestCall("4821", told=True, transcribed=True))),
    ],
)
def test_nothing_is_done_that_is_not_there(step: Step, lacks: Seen) -> None:
    assert is_done(step, ALL)
    assert not is_done(step, lacks)


def test_what_nobody_is_told_without_cannot_be_passed_over() -> None:
    lines = steps_of(replace(NOTHING, passed=frozenset(Step), factor_required=True))
    passed = {line.step for line in lines if line.standing is Standing.PASSED}
    assert passed == {Step.OTHERS, Step.ON_CALL, Step.LANGUAGES}
    assert lines[0].standing is Standing.NEXT


def test_a_call_that_came_in_says_that_the_provider_finds_the_line() -> None:
    assert is_done(Step.PROVIDER, replace(NOTHING, call=TestCall("4821")))
    assert not is_done(Step.PROVIDER, replace(NOTHING, call=TestCall("4821"), checks=(ILL,)))


# --- The pages


def test_a_line_without_reports_leads_to_the_setup(ana: Browser, stories: Stories) -> None:
    page = ana.get("/").text
    assert "The line is not set up yet" in page
    assert "Set the line up, step by step" in page
    stories.english_earlier()
    page = ana.get("/").text
    assert "The line is not set up yet" not in page


def test_whoever_may_not_set_up_is_not_led_there(app: Flask, desk: Desk) -> None:
    add_organizer(desk.store, "kim", "Kim", PASSWORD, MORNING, QUICK, Role.ORGANIZER)
    kim = Browser(app.test_client())
    kim.logs_in("kim")
    assert "/setup" not in kim.get("/").text
    assert "/setup" not in kim.get("/settings").text
    assert kim.get("/setup").status_code == 403


def test_an_optional_step_is_passed_over_and_taken_up_again(ana: Browser, desk: Desk) -> None:
    ana.sends("/setup/others/pass", from_page="/setup")
    assert "Passed over" in ana.get("/setup").text
    assert "1 of 7 steps done" in ana.get("/settings").text
    assert "Go on with it" in ana.get("/settings").text
    ana.sends("/setup/others/take-up", from_page="/setup")
    assert "Passed over" not in ana.get("/setup").text
    assert ana.sends("/setup/test_call/pass", from_page="/setup").status_code == 400
    assert ana.sends("/setup/lunch/pass", from_page="/setup").status_code == 404


def test_one_gives_a_number_and_the_step_is_done_when_a_test_arrived(
    ana: Browser, desk: Desk, clock: Clock
) -> None:
    assert "You are not among the people" in ana.get("/setup").text
    with desk.store.begin() as records:
        records.people.put_person(Person("ana", "Ana", clock(), "ana", username="ana"))
    assert "give your number" in ana.get("/setup").text
    sealed = desk.sealer.seal(b"+16125550111", address_context("r1"))
    with desk.store.begin() as records:
        records.people.add_reach(Reach("r1", "ana", "sms", sealed, "hash"))
    page = ana.get("/setup").text
    assert "Send me a test" in page
    answer = ana.sends("/people/ana/reaches/r1/test", from_page="/setup", back="setup")
    assert answer.location.endswith("/setup#reached")
    assert "About to be sent" in ana.get("/setup").text
    with desk.store.begin() as records:
        trial = records.settings.last_trials()["r1"]
        records.settings.save_trial(replace(trial, state=TrialState.DELIVERED))
    page = ana.get("/setup").text
    assert "A test message arrived" in page


def test_the_line_is_looked_over_and_what_was_found_grows_old(desk: Desk, clock: Clock) -> None:
    ana = at_a_desk(replace(desk, checks=lambda: [WELL, ILL]))
    assert "Look now" in ana.get("/setup").text
    ana.sends("/setup/check", from_page="/setup")
    page = at_a_desk(replace(desk, checks=list)).get("/setup").text
    assert "voice webhook" in page, "by whichever process"
    assert page.index("voice webhook") < page.index("PUBLIC_URL"), "what is to be mended is first"
    assert "set it in the provider&#39;s console" in page
    clock.passes(minutes=61)
    assert "voice webhook" not in ana.get("/setup").text


def test_a_page_that_is_open_while_the_clock_goes_hears_nothing_new(
    ana: Browser, clock: Clock
) -> None:
    etag = ana.get("/setup/part").headers["ETag"]
    clock.passes(minutes=7)
    assert ana.get("/setup/part", If_None_Match=etag).status_code == 304


def test_languages_that_lack_prompts_are_named(desk: Desk) -> None:
    page = at_a_desk(desk).get("/setup").text
    assert "On, but prompts are missing:" in page
    assert "Soomaali" in page
    only: list[SpokenLanguage] = [SPOKEN[0]]
    page = at_a_desk(replace(desk, spoken=only)).get("/setup").text
    assert "On, but prompts are missing:" not in page


def test_the_open_page_hears_of_what_changed(ana: Browser, stories: Stories) -> None:
    first = ana.get("/setup/part")
    etag = first.headers["ETag"]
    assert ana.get("/setup/part", If_None_Match=etag).status_code == 304
    stories.english_earlier()
    after = ana.get("/setup/part", If_None_Match=etag)
    assert after.status_code == 200
    assert "Taken up: Ana Fuentes" in after.text


# --- Test messages


@pytest.fixture
def sam(app: Flask, desk: Desk, clock: Clock) -> Browser:
    """Who only reviews, and is among the people with a telephone."""
    add_organizer(desk.store, "sam", "Sam Berg", PASSWORD, MORNING, QUICK, Role.REVIEWER)
    with desk.store.begin() as records:
        for handle, number in (("sam", b"+16125550112"), ("eli", b"+16125550113")):
            records.people.put_person(Person(handle, handle, clock(), "ana", username=handle))
            sealed = desk.sealer.seal(number, address_context(f"r-{handle}"))
            records.people.add_reach(Reach(f"r-{handle}", handle, "sms", sealed, handle))
    browser = Browser(app.test_client())
    assert browser.logs_in("sam").status_code == 303
    return browser


def trials(desk: Desk) -> list[Trial]:
    with desk.store.read() as records:
        return list(records.settings.trials_since(MORNING))


def test_everybody_tests_their_own_telephone_and_not_that_of_others(
    sam: Browser, desk: Desk
) -> None:
    assert 'href="/people/sam/tests"' in sam.get("/people/sam").text
    assert "/people/eli/tests" not in sam.get("/people/eli").text
    sam.sends("/people/sam/reaches/r-sam/test", from_page="/people/sam/tests")
    assert [each.who for each in trials(desk)] == ["sam"]
    answer = sam.sends("/people/eli/reaches/r-eli/test", from_page="/people/sam/tests")
    assert answer.status_code == 403
    assert sam.get("/people/eli/tests").status_code == 403
    assert len(trials(desk)) == 1


def test_a_way_that_was_taken_away_is_tested_no_more(
    ana: Browser, sam: Browser, desk: Desk
) -> None:
    ana.sends("/people/eli/reaches/r-sam/test", from_page="/people/eli/tests")
    assert "Nothing was sent" in ana.get("/people/eli/tests").text
    assert trials(desk) == []
    assert ana.get("/people/nobody/tests").status_code == 404


def test_why_it_failed_is_shown_to_them_and_to_admins(
    ana: Browser, sam: Browser, desk: Desk, clock: Clock
) -> None:
    sam.sends("/people/sam/reaches/r-sam/test", from_page="/people/sam/tests")
    failed = replace(trials(desk)[0], state=TrialState.FAILED, reason="not delivered (code 30003)")
    with desk.store.begin() as records:
        records.settings.save_trial(failed)
    assert "Failed: not delivered (code 30003)" in sam.get("/people/sam/tests").text
    page = ana.get("/settings/channels").text
    assert "Last failed" in page
    assert "not delivered (code 30003)" in page
    assert "Not set up on this server" in page, "there is no mail server"
