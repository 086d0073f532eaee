"""Filters of the list: in the address, together, with how many reports each leaves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from dashboard.catalogue import Catalogue
from dashboard.desk import Desk
from oncall.waiting import Clocks
from reports.model import ActKind, Admission, Handling, RecordingState, Verdict
from reports.services.correcting import correct
from tests.dashboard.conftest import Browser, Clock, QueueInMemory
from tests.dashboard.stories import Stories, segment
from tests.dashboard.test_inbox import references
from tests.reader import READER


def chips(page: str) -> dict[str, tuple[int, str]]:
    """What the bar says: words -> how many, and where the link leads."""
    found = re.findall(
        r'<a id="filter-[^"]+" href="([^"]+)"[^>]*>(.*?) <span class="count">(\d+)', page
    )
    return {words: (int(count), href.replace("&amp;", "&")) for href, words, count in found}


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("/?now=1", ["4821", "7718", "6644", "5590"]),
        ("/?language=es", ["4821"]),
        ("/?verdict=confirmed", ["7718"]),
        ("/?mine=1", ["7718", "3107"]),
        ("/?mine=1&now=1", ["7718"]),
        ("/?mine=1&verdict=unverified", ["3107"]),
        ("/?listener=1", ["5590"]),
        ("/?priority=P3", ["3107", "5590"]),
        ("/?show=all&verdict=false_alarm", ["2296"]),
        ("/?language=es&verdict=confirmed", []),
    ],
)
def test_filters_stand_in_the_address_and_go_together(
    ana: Browser, stories: Stories, address: str, left: list[str]
) -> None:
    stories.whole_morning()
    assert set(references(ana.get(address).text)) == set(left)


def test_each_filter_says_how_many_reports_it_leaves_and_leads_to_them(
    ana: Browser, stories: Stories
) -> None:
    stories.whole_morning()
    bar = chips(ana.get("/").text)
    assert bar["Mine"][0] == 2
    assert bar["Needs a listener"][0] == 1
    assert bar["Spanish"][0] == 1
    assert "False alarm" not in bar, "what leaves nothing is not offered"
    for count, href in bar.values():
        assert len(references(ana.get(href).text)) == count
    count, href = chips(ana.get(bar["Mine"][1]).text)["Unverified"]
    assert references(ana.get(href).text) == ["3107"]
    assert count == 1


def test_a_filter_that_is_on_is_taken_off_by_a_press(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    page = ana.get("/?language=es&now=1").text
    assert 'aria-current="true"' in page
    assert chips(page)["Spanish"][1] == "/?now=1"
    assert "Take all filters off" in page


def test_what_others_took_up_is_not_mine(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    stories.act(
        "4821", ActKind.HANDLING, Handling.NEW, Handling.ACKNOWLEDGED, minutes_ago=1, who="ben"
    )
    page = ana.get("/").text
    assert "Mine" not in chips(page)
    assert references(ana.get("/?mine=1").text) == []
    assert "You have taken up none of these" in ana.get("/?mine=1").text


def test_a_recording_that_somebody_wrote_down_needs_no_listener(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.hmong_needs_a_listener("5590")
    assert references(ana.get("/?listener=1").text) == ["5590"]
    correct(
        stories.store,
        QueueInMemory(),
        recording_sid="RE5590where",
        text="By the old mill",
        of=None,
        who="ana",
        at=clock(),
    )
    page = ana.get("/?listener=1").text
    assert references(page) == []
    assert "No recording waits for a listener" in page


def test_limited_callers_are_listed_where_they_are_asked_for(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    stories.limited_prank("9001")
    stories.call("9100", 1, keys={"when": "1"}, admission=Admission.FLOOD)
    bar = chips(ana.get("/").text)
    assert (bar["Limited or blocked"][0], bar["Flood"][0]) == (1, 1)
    assert references(ana.get("/?let_in=limited").text) == ["9001"]
    assert references(ana.get("/?let_in=flood").text) == ["9100"]


@pytest.mark.parametrize("address", ["/?verdict=maybe", "/?priority=P9", "/?let_in=backdoor"])
def test_a_filter_that_there_is_not_is_refused(ana: Browser, address: str) -> None:
    assert ana.get(address).status_code == 400


def test_filters_stay_when_pages_are_turned(
    ana: Browser, stories: Stories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.PAGE", 1)
    stories.whole_morning()
    page = ana.get("/?now=1").text
    older = re.search(r'href="([^"]+)">Show older', page)
    assert older is not None
    assert references(ana.get(older[1].replace("&amp;", "&")).text) == ["7718"]


def test_an_open_page_is_told_when_its_own_list_changed(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    first = ana.get("/inbox?language=es")
    assert references(first.text) == ["4821"]
    stories.call("1001", 1, language="es", keys={"when": "1"})
    clock.passes(seconds=2)
    again = ana.get("/inbox?language=es", If_None_Match=first.headers["ETag"])
    assert set(references(again.text)) == {"4821", "1001"}


# --- More reports than a request may wait for


def test_what_is_not_read_yet_is_said_and_read_in_the_background(
    desk: Desk, stories: Stories, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.catalogue.AT_ONCE", 2)
    monkeypatch.setattr("dashboard.catalogue.BATCH", 2)
    stories.whole_morning()
    later: list[Callable[[], None]] = []
    catalogue = Catalogue(desk.store, READER, Clocks, desk.language_name, later.append)
    with desk.store.read() as records:
        catalogue.catch_up(records, clock.now, thoroughly=False)
    assert {entry.reference for entry in catalogue.entries()} == {"4821", "6644"}, "the newest"
    assert (catalogue.progress().read, catalogue.progress().total) == (2, 6)
    with desk.store.read() as records:
        catalogue.catch_up(records, clock.now, thoroughly=True)
    assert len(later) == 1, "two do not read the same"
    assert catalogue.progress().read == 2, "and nobody waits for what it will read"
    later.pop()()
    assert len(catalogue.entries()) == 6
    assert catalogue.progress().is_done


def test_after_a_start_reports_are_read_before_anybody_asks(
    desk: Desk, stories: Stories, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.catalogue.AT_ONCE", 2)
    stories.whole_morning()
    later: list[Callable[[], None]] = []
    catalogue = Catalogue(desk.store, READER, Clocks, desk.language_name, later.append)
    catalogue.read_ahead()
    assert catalogue.entries() == []
    with desk.store.read() as records:
        catalogue.catch_up(records, clock.now, thoroughly=False)
    newest = {entry.reference for entry in catalogue.entries()}
    assert newest == {"4821", "6644"}, "who looks at once need not wait for the background"
    later.pop()()
    assert not later, "two do not read the same"
    assert catalogue.progress().is_done
    assert len(catalogue.entries()) == 6


def test_of_the_oldest_no_words_are_kept_where_memory_would_not_do(
    desk: Desk, stories: Stories, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.catalogue.LARGEST", 1000)
    for number in range(30):
        stories.call(f"{2000 + number}", number, keys={"when": "1"})
        stories.recording(
            f"{2000 + number}", "where", heard=[segment("Corner of the market hall.", 0, 2)]
        )
    catalogue = Catalogue(desk.store, READER, Clocks, desk.language_name)
    with desk.store.read() as records:
        catalogue.catch_up(records, clock.now, thoroughly=False)
    kept = {entry.reference for entry, _ in catalogue.texts()}
    assert "2000" in kept
    assert "2029" not in kept
    assert len(catalogue.entries()) == 30, "they are listed all the same"


def test_a_verdict_moves_a_report_to_another_filter(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", state=RecordingState.STORED)
    assert references(ana.get("/?verdict=unverified").text) == ["1001"]
    stories.act("1001", ActKind.VERDICT, Verdict.UNVERIFIED, Verdict.FALSE_ALARM, minutes_ago=0)
    assert references(ana.get("/?verdict=unverified").text) == []
    assert references(ana.get("/?verdict=false_alarm").text) == ["1001"]
