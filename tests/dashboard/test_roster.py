"""The roster's pages: who is on call, what is missing, and turns that change hands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar
from werkzeug.test import TestResponse

from dashboard import Desk, add_organizer
from reports.people import Duty, Person, Reach, Shift, address_context
from reports.services.people import leave
from tests.dashboard.conftest import PASSWORD, QUICK, Browser, Clock
from tests.dashboard.stories import MORNING

CHICAGO = ZoneInfo("America/Chicago")
TODAY = MORNING.astimezone(CHICAGO).date()
NUMBER = "+16125550110"


def day(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


def plain(answer: TestResponse) -> str:
    """What is to be read, with plain spaces."""
    text = re.sub(r"<head>.*?</head>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("\u202f", " ")).strip()


@pytest.fixture
def people(desk: Desk) -> None:
    """Ana and Sam have accounts, Kaw has none."""
    add_organizer(desk.store, "sam", "Sam Berg", PASSWORD, MORNING, QUICK)
    with desk.store.begin() as records:
        for handle, name, languages, username in (
            ("ana", "Ana F", ("en", "so"), "ana"),
            ("sam", "Sam", ("en",), "sam"),
            ("kaw", "Kaw", (), None),
        ):
            records.people.put_person(
                Person(handle, name, MORNING, "ana", languages=languages, username=username)
            )


@pytest.fixture
def sam(app: Flask, people: None) -> Browser:
    browser = Browser(app.test_client())
    assert browser.logs_in("sam").status_code == 303
    return browser


def puts_in(browser: Browser, **form: str | list[str]) -> TestResponse:
    filled = {
        "person": "ana",
        "duty": "primary",
        "first_on": day(0),
        "begins": "00:00",
        "ends": "00:00",
        **form,
    }
    return browser.sends("/roster/shifts", from_page="/roster/new", **filled)


def shifts(desk: Desk) -> list[Shift]:
    with desk.store.read() as records:
        return list(records.people.shifts())


def card(page: str, heading_id: str) -> str:
    found = re.search(rf'aria-labelledby="{heading_id}".*?</section>', page, re.DOTALL)
    return "" if found is None else found[0]


def test_an_empty_roster_says_what_to_do_first(ana: Browser, desk: Desk) -> None:
    page = ana.get("/roster")
    assert "numbers of the setting ONCALL" in page.text
    assert "/people/new?me=1" in page.text
    with desk.store.begin() as records:
        records.people.put_person(Person("kaw", "Kaw", MORNING, "ana"))
    assert "/roster/new?preset=nights" in ana.get("/roster").text


def test_a_shift_is_put_in_and_seen_and_taken_out_again(
    ana: Browser, people: None, desk: Desk
) -> None:
    form = ana.get("/roster/new?preset=nights").text
    assert 'value="22:00"' in form
    assert form.count(" checked") == 7
    assert re.search(r'<option value="ana" selected>', form), "whoever asks"
    assert puts_in(ana, weekdays=["0", "1", "2", "3", "4", "5", "6"]).status_code == 303
    page = ana.get("/roster")
    assert "The shift is in the roster" in page.text
    assert "Ana F" in card(page.text, "now-heading")
    (shift,) = shifts(desk)
    assert shift.made_by == "ana"
    ana.sends(f"/roster/shifts/{shift.shift_id}/off", from_page="/roster")
    page = ana.get("/roster")
    assert "The shift is taken off" in page.text
    assert "Nobody is in the roster yet" in page.text
    assert "Taken off by Ana Fuentes" in ana.get(f"/roster/shifts/{shift.shift_id}").text
    ana.sends(f"/roster/shifts/{shift.shift_id}/back", from_page="/roster")
    assert "Ana F" in card(ana.get("/roster").text, "now-heading")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"person": ""}, "Choose whose shift it is"),
        ({"begins": "late"}, "Fill in the first day and both times"),
        ({"duty": "boss"}, "Fill in the first day"),
        ({"first_on": "0001-01-01"}, "Fill in the first day"),
        ({"first_on": day(-9)}, "That is over"),
        ({"weekdays": ["2"], "last_on": day(-1)}, "lies before the first"),
    ],
)
def test_what_cannot_be_kept_stands_in_the_form_with_what_to_do(
    ana: Browser, people: None, desk: Desk, form: dict[str, str | list[str]], told: str
) -> None:
    answer = puts_in(ana, **{"ends": "07:45", **form})
    assert answer.status_code == 400
    assert told in answer.text
    assert 'value="07:45"' in answer.text
    assert shifts(desk) == []


def test_a_shift_is_changed_from_its_page(ana: Browser, people: None, desk: Desk) -> None:
    puts_in(ana)
    changed = {"person": "sam", "duty": "backup", "first_on": day(0)}
    where = f"/roster/shifts/{shifts(desk)[0].shift_id}"
    bad = ana.sends(where, from_page=where, **changed, begins="08:00", ends="")
    assert bad.status_code == 400
    ana.sends(where, from_page=where, **changed, begins="00:00", ends="12:00")
    before, after = shifts(desk)
    assert (before.removed_by, after.duty, after.person_id) == ("ana", Duty.BACKUP, "sam")
    ana.sends(where, from_page="/roster", **changed, begins="00:00", ends="13:00")
    assert "no longer in the roster" in ana.get("/roster").text


def test_hours_without_anybody_and_languages_nobody_hears_come_first(
    ana: Browser, people: None
) -> None:
    puts_in(ana, person="sam", begins="06:00", ends="22:00", weekdays=list("0123456"))
    lacks = plain_part(ana.get("/roster").text, "lacks-heading")
    assert "Nobody is first to be told:" in lacks
    assert "10:00 PM – " in lacks
    assert "11 more times" in lacks
    assert "Nobody is backup: all of these two weeks" in lacks
    assert "Nobody on call understands Somali: all of" in lacks
    assert "English: all of" not in lacks
    fill = re.search(r'id="fill" href="([^"]+)"', ana.get("/roster").text)
    assert fill is not None
    form = ana.get(fill[1].replace("&amp;", "&")).text
    assert 'name="begins" value="22:00"' in form
    assert 'name="ends" value="06:00"' in form


def plain_part(page: str, heading_id: str) -> str:
    text = re.sub(r"<[^>]+>", " ", card(page, heading_id)).replace("\u202f", " ")
    return re.sub(r"\s+", " ", text)


def test_ana_cannot_and_sam_takes_it_each_with_one_press(
    ana: Browser, sam: Browser, desk: Desk
) -> None:
    puts_in(ana, first_on=day(1), begins="22:00", ends="06:00")
    turn = f"/roster/turns/{shifts(desk)[0].shift_id}/{day(1)}"
    assert "I take it" not in sam.get("/roster").text
    ana.sends(f"{turn}/open", from_page="/roster")
    page = sam.get("/roster").text
    assert "for Ana F" in card(page, "looking-heading")
    assert f'action="{turn}/taken"' in page
    sam.sends(f"{turn}/taken", from_page="/roster", person="sam")
    page = sam.get("/roster").text
    assert "The turn is taken" in page
    assert "for Ana F" in card(page, "mine-heading")
    assert card(page, "looking-heading") == ""
    cover = re.search(r'name="cover" value="(\d+)"', page)
    assert cover is not None
    ana.sends(f"{turn}/taken", from_page="/roster", person="kaw")
    assert "Sam Berg has changed this turn meanwhile" in ana.get("/roster").text
    sam.sends("/roster/covers/undo", from_page="/roster", cover=cover[1])
    page = sam.get("/roster").text
    assert "Undone." in page
    assert "for Ana F" in card(page, "looking-heading")
    told = ana.get(turn).text
    assert "Sam Berg" in told
    assert "undone by Sam Berg" in told


def test_two_turns_are_swapped_from_the_page_of_one(ana: Browser, sam: Browser, desk: Desk) -> None:
    puts_in(ana, first_on=day(1))
    puts_in(ana, person="sam", first_on=day(2))
    first, second = (shift.shift_id for shift in shifts(desk))
    turn = f"/roster/turns/{first}/{day(1)}"
    assert f'value="{second} {day(2)}"' in ana.get(turn).text
    ana.sends(f"{turn}/swapped", from_page=turn, **{"with": f"{second} {day(2)}"})
    assert "swapped" in ana.get("/roster").text
    assert "for Ana F" in ana.get(turn).text
    assert ana.sends(f"{turn}/swapped", from_page=turn, **{"with": "x"}).status_code == 404


def test_what_is_no_turn_has_no_page(ana: Browser, people: None, desk: Desk) -> None:
    puts_in(ana, first_on=day(1))
    shift = shifts(desk)[0].shift_id
    assert ana.get(f"/roster/turns/{shift}/{day(1)}").status_code == 200
    for path in (
        f"/roster/turns/{shift}/{day(2)}",
        f"/roster/turns/{shift}/tomorrow",
        f"/roster/turns/4711/{day(1)}",
        "/roster/turns/x/2026-01-01",
        "/roster/shifts/4711",
    ):
        assert ana.get(path).status_code == 404, path


def test_who_was_on_call_is_answered_as_the_roster_stood_then(
    ana: Browser, people: None, desk: Desk, clock: Clock
) -> None:
    puts_in(ana, begins="00:00", ends="00:00", weekdays=list("0123456"))
    clock.passes(hours=2)
    ana.sends(f"/roster/shifts/{shifts(desk)[0].shift_id}/off", from_page="/roster")
    clock.passes(hours=2)
    then = (MORNING + timedelta(hours=1)).astimezone(CHICAGO)
    answer = plain(ana.get(f"/roster/then?on={then:%Y-%m-%d}&at={then:%H:%M}"))
    assert "As the roster stood then. Ana F" in answer
    now = clock().astimezone(CHICAGO)
    answer = plain(ana.get(f"/roster/then?on={now:%Y-%m-%d}&at={now:%H:%M}"))
    assert "Nobody." in answer
    assert "as the roster stands now" in plain(ana.get(f"/roster/then?on={day(3)}&at=09:00"))
    assert ana.get("/roster/then?on=&at=x").status_code == 400


def test_who_is_not_among_the_people_is_told_so(
    ana: Browser, sam: Browser, app: Flask, desk: Desk
) -> None:
    add_organizer(desk.store, "clerk", "Clerk", PASSWORD, MORNING, QUICK)
    clerk = Browser(app.test_client())
    clerk.logs_in("clerk")
    puts_in(clerk, first_on=day(1))
    clerk.sends(f"/roster/turns/{shifts(desk)[0].shift_id}/{day(1)}/open", from_page="/roster")
    assert "You are not among the people" in clerk.get("/roster").text
    assert "I take it" not in clerk.get("/roster").text
    assert "I take it" in sam.get("/roster").text
    assert "You are not among the people" not in sam.get("/roster").text


# --- The calendar


def feeds(browser: Browser, person: str = "ana") -> dict[str, str]:
    page = browser.get(f"/people/{person}").text
    return dict(re.findall(r'id="feed-(mine|all)"[^>]* value="http://localhost([^"]+)"', page))


def events(answer: TestResponse) -> dict[str, tuple[datetime, str]]:
    calendar = Calendar.from_ical(answer.data)
    return {
        str(each["uid"]): (each.decoded("dtstart"), str(each["summary"]))
        for each in calendar.walk("VEVENT")
    }


def test_a_calendar_needs_no_login_and_has_ones_own_turns_or_all(
    ana: Browser, sam: Browser, stranger: Browser, desk: Desk, clock: Clock
) -> None:
    reach = Reach(
        "r1",
        "ana",
        "sms",
        desk.sealer.seal(NUMBER.encode(), address_context("r1")),
        desk.sealer.fingerprint(NUMBER),
    )
    with desk.store.begin() as records:
        records.people.add_reach(reach)
    puts_in(ana, begins="22:00", ends="06:00", weekdays=list("0123456"))
    puts_in(ana, person="sam", first_on=day(2), duty="backup")
    mine, all_of_them = feeds(ana)["mine"], feeds(ana)["all"]
    answer = stranger.get(mine)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert b"BEGIN:VTIMEZONE\r\nTZID:America/Chicago" in answer.data
    assert NUMBER.encode() not in answer.data
    found = events(answer)
    assert len(found) == 26 * 7
    assert {summary for _, summary in found.values()} == {"First to be told: Ana F"}
    starts = sorted(start for start, _ in found.values())
    assert {start.time() for start in starts} == {time(22)}, "whatever the clocks do"
    assert starts[0].utcoffset() == timedelta(hours=-6)
    assert len(events(stranger.get(all_of_them))) == len(found) + 1

    shift = shifts(desk)[0].shift_id
    ana.sends(f"/roster/turns/{shift}/{day(1)}/open", from_page="/roster")
    uid = next(uid for uid, (start, _) in found.items() if start.date().isoformat() == day(1))
    assert uid not in events(stranger.get(mine))
    assert events(stranger.get(all_of_them))[uid][1] == "First to be told: nobody yet"
    ana.sends(f"/roster/turns/{shift}/{day(1)}/taken", from_page="/roster", person="sam")
    assert events(stranger.get(feeds(sam, "sam")["mine"]))[uid][1] == "First to be told: Sam"


def test_what_is_over_stays_in_the_calendar_when_its_shift_is_taken_off(
    ana: Browser, people: None, stranger: Browser, desk: Desk, clock: Clock
) -> None:
    puts_in(ana, weekdays=list("0123456"))
    mine = feeds(ana)["mine"]
    clock.passes(days=3)
    ana.logs_in()
    ana.sends(f"/roster/shifts/{shifts(desk)[0].shift_id}/off", from_page="/roster")
    assert [start.date().isoformat() for start, _ in events(stranger.get(mine)).values()] == [
        day(0),
        day(1),
        day(2),
    ]


def test_a_new_address_ends_the_old_ones_and_so_does_leaving(
    ana: Browser, sam: Browser, stranger: Browser, desk: Desk
) -> None:
    assert feeds(sam, "ana") == {}, "an address is shown to nobody else"
    before = feeds(ana)
    ana.sends("/people/ana/feed", from_page="/people/ana")
    after = feeds(ana)
    assert stranger.get(before["mine"]).status_code == 404
    assert stranger.get(before["all"]).status_code == 404
    assert stranger.get(after["mine"]).status_code == 200
    assert stranger.get(after["mine"].replace(".ics", "x.ics")).status_code == 404
    leave(desk.store, person_id="ana", who="sam", at=MORNING.astimezone(UTC))
    assert stranger.get(after["all"]).status_code == 404
