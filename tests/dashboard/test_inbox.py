"""The list of reports: in order of urgency, in words, and live."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from dashboard.alerts import Alerting, alerting_of
from dashboard.filters import Query, Show, entry_of, listing
from oncall.waiting import Clocks
from reports.model import (
    ActKind,
    Dossier,
    Handling,
    NotificationKind,
    NotificationState,
    RecordingState,
    Verdict,
)
from reports.services.review import handle
from reports.store import SqlRecords
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import CALLER, Stories, segment
from tests.reader import READER


def references(page: str) -> list[str]:
    return re.findall(r"<li id=row-(\d+) ", page)


def row(page: str, reference: str) -> str:
    """The words of one line, as a person reads them."""
    found = re.search(rf"<li id=row-{reference} .*?(?=<li |</ol>)", page, re.DOTALL)
    assert found is not None, f"no report {reference} in the list"
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


# --- Order


def listed(dossiers: Sequence[Dossier], show: Show) -> list[str]:
    entries = [entry_of(dossier, READER, Clocks()) for dossier in dossiers]
    return [entry.reference for entry in listing(entries, Query(show)).entries]


def test_open_and_happening_now_and_still_there_stands_first_closed_last(stories: Stories) -> None:
    keys_of = {
        "1001": {"when": "2", "still_there": "2"},
        "1002": {"when": "1", "still_there": "2"},
        "1003": {"when": "1"},
        "1004": {"when": "1", "still_there": "1"},
        "1005": {"when": "1", "still_there": "1"},
        "1006": {},
        "1007": {"still_there": "1"},
    }
    for minutes_ago, (reference, keys) in enumerate(keys_of.items(), start=1):
        stories.call(reference, minutes_ago, keys=keys)
    stories.act("1005", ActKind.HANDLING, Handling.NEW, Handling.CLOSED, minutes_ago=0)
    with stories.store.read() as records:
        dossiers = records.dossiers()
    order = listed(dossiers, Show.ALL)
    # Those that somebody says are over stand behind those of which nobody does.
    assert order == ["1004", "1003", "1007", "1006", "1002", "1001", "1005"]


def test_of_two_equally_urgent_the_newer_stands_first(stories: Stories) -> None:
    for reference, minutes_ago in (("1001", 9), ("1002", 2), ("1003", 5)):
        stories.call(reference, minutes_ago, keys={"when": "1"})
    with stories.store.read() as records:
        dossiers = records.dossiers()
    assert listed(list(reversed(dossiers)), Show.OPEN) == ["1002", "1003", "1001"]


def test_a_list_holds_what_its_name_says(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    assert references(ana.get("/").text) == ["4821", "7718", "6644", "5590", "3107"]
    assert references(ana.get("/?show=now").text) == ["4821", "7718", "6644", "5590"]
    assert references(ana.get("/?show=all").text)[-1] == "2296"


# --- Words


def test_a_line_says_what_organizers_ask_for_first(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    said = row(ana.get("/").text, "4821")
    for words in (
        "Happening now",
        "Unverified",
        "New",
        "Esquina de la calle Orchard y la Quinta, en la lavandería.",
        "4 officers",
        "still there",
        "Spanish",
        "6:38 AM",
        "3 min. ago",
    ):
        assert words in said
    # What is as it should be goes without saying.
    for words in ("Alert", "written out"):
        assert words not in said


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (RecordingState.ANNOUNCED, None, "Where: audio is on its way"),
        (RecordingState.STORED, None, "Where: listen: no words yet"),
        (RecordingState.NO_SPEECH, None, "Where: nothing heard"),
        (RecordingState.NEEDS_LISTENER, "too noisy", "Where: needs a listener (too noisy)"),
        (RecordingState.FAILED, "it is gone", "Where: audio could not be had (it is gone)"),
    ],
)
def test_where_there_are_no_words_the_line_says_why(
    ana: Browser, stories: Stories, state: RecordingState, reason: str | None, words: str
) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", state=state, reason=reason)
    assert words in row(ana.get("/").text, "1001")


def test_words_that_were_hardly_heard_are_not_passed_off_as_heard(
    ana: Browser, stories: Stories
) -> None:
    stories.english_earlier("3107")
    assert "Many of these words are unsure: listen." in row(ana.get("/").text, "3107")


def test_a_report_stays_unverified_whatever_is_said_of_it_until_it_is_confirmed(
    ana: Browser, stories: Stories
) -> None:
    stories.whole_morning()
    page = ana.get("/?show=all").text
    assert "Unverified False alarm, says Ana Fuentes" in row(page, "2296")
    confirmed = row(page, "7718")
    assert "Confirmed by Ana Fuentes" in confirmed
    assert "Unverified" not in confirmed


def test_no_number_stands_in_the_list(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    assert CALLER[-7:] not in ana.get("/?show=all").text


def test_a_time_of_another_day_has_its_date(ana: Browser, stories: Stories) -> None:
    stories.closed_false_alarm("2296")
    assert "Sun 1 Mar, 5:41 AM · 1 day ago" in row(ana.get("/?show=all").text, "2296")


# --- Alerts


def test_an_alert_that_reached_nobody_stands_at_the_top_of_every_list(
    ana: Browser, stories: Stories
) -> None:
    stories.whole_morning()
    for path in ("/", "/?show=now", "/?page=9"):
        page = ana.get(path).text
        assert "An alert could not be delivered: call the on-call person" in page
        assert 'href="/r/6644">Report 6644' in page


def test_the_warning_goes_when_somebody_has_taken_the_report_up(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.alert_that_failed("6644")
    handle(stories.store, reference="6644", to=Handling.ACKNOWLEDGED, who="ana", at=clock.now)
    assert "call the on-call person" not in ana.get("/").text


def test_an_update_that_failed_is_no_alarm(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    stories.told("4821", NotificationState.FAILED, kind=NotificationKind.UPDATE)
    assert "call the on-call person" not in ana.get("/").text


def test_the_best_that_became_of_any_alert_counts(stories: Stories) -> None:
    stories.alert_that_failed("6644")
    stories.spanish_happening_now("4821")
    with stories.store.read() as records:
        failed = records.dossier("6644")
        delivered = records.dossier("4821")
    assert failed is not None
    assert delivered is not None
    both = failed.notifications + delivered.notifications
    assert alerting_of(failed.notifications) is Alerting.FAILED
    assert alerting_of(both) is Alerting.DELIVERED
    assert alerting_of(()) is Alerting.NONE


# --- Paging and nothing at all


def test_before_the_first_call_the_page_says_how_to_place_one(ana: Browser) -> None:
    page = ana.get("/").text
    assert "No report yet" in page
    assert "+16125550100" in page
    assert "make call" in page


def test_a_list_without_reports_leads_to_all_of_them(ana: Browser, stories: Stories) -> None:
    stories.closed_false_alarm("2296")
    page = ana.get("/").text
    assert references(page) == []
    assert "See all reports" in page


def test_older_reports_are_a_page_away(
    ana: Browser, stories: Stories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.PAGE", 4)
    stories.whole_morning()
    first = ana.get("/?show=all").text
    assert len(references(first)) == 4
    assert "Show older" in first
    assert "Show newer" not in first
    second = ana.get("/?show=all&page=2").text
    # The most urgent of all stand on the first page, whenever they came.
    assert references(second) == ["3107", "2296"]
    assert "Show older" not in second
    assert "Show newer" in second


# --- Live


def test_a_page_that_has_it_all_is_sent_nothing(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    page = ana.get("/").text
    etag = re.search(r'data-etag="(\w+)"', page)
    assert etag is not None
    again = ana.get("/inbox", If_None_Match=f'"{etag[1]}"')
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == f'"{etag[1]}"'


def test_what_passes_by_itself_is_no_news(ana: Browser, stories: Stories, clock: Clock) -> None:
    stories.whole_morning()
    for reference in re.findall(r"<li id=row-(\d+) ", ana.get("/inbox").text):
        ana.acts(reference, "handling", to="acknowledged")  # so that no clock runs
    clock.passes(minutes=1)
    etag = ana.get("/inbox").headers["ETag"]
    clock.passes(minutes=5)
    assert ana.get("/inbox", If_None_Match=etag).status_code == 304


def test_that_nobody_took_it_up_in_time_is_news(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    first = ana.get("/inbox")
    clock.passes(minutes=6)
    later = ana.get("/inbox", If_None_Match=first.headers["ETag"])
    assert later.status_code == 200
    assert "Overdue" in later.text


def test_only_the_line_that_changed_has_another_version(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.whole_morning()

    def versions(page: str) -> dict[str, str]:
        return dict(re.findall(r"id=row-(\d+) data-v=(\w+)", page))

    first = ana.get("/inbox")
    clock.passes(seconds=2)
    handle(stories.store, reference="3107", to=Handling.IN_REVIEW, who="ana", at=clock.now)
    second = ana.get("/inbox", If_None_Match=first.headers["ETag"])
    assert second.status_code == 200
    before, after = versions(first.text), versions(second.text)
    assert {reference for reference in after if after[reference] != before[reference]} == {"3107"}


def test_a_new_report_comes_with_the_next_asking(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    first = ana.get("/inbox")
    stories.spanish_happening_now("4821")
    clock.passes(seconds=2)
    second = ana.get("/inbox", If_None_Match=first.headers["ETag"])
    assert references(second.text) == ["4821"]


def test_pages_that_ask_again_while_nothing_happens_cost_next_to_nothing(
    ana: Browser, stories: Stories, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories.whole_morning()
    clock.passes(minutes=1)
    read: list[int] = []
    dossiers_of = SqlRecords.dossiers_of

    def counting(self: SqlRecords, asked: Sequence[str]) -> Sequence[Dossier]:
        found = dossiers_of(self, asked)
        read.append(len(found))
        return found

    monkeypatch.setattr(SqlRecords, "dossiers_of", counting)
    for _ in range(4):
        ana.get("/inbox")
        clock.passes(seconds=2.5)
    assert read == [6]
    clock.passes(seconds=15)
    ana.get("/inbox")
    assert sum(read) == 6 + 5, "looked at anew from time to time, whatever the times say"


def test_a_change_that_was_committed_late_is_not_missed(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.whole_morning()
    before_the_look = clock.now
    clock.passes(seconds=10)
    first = ana.get("/inbox")
    handle(stories.store, reference="3107", to=Handling.IN_REVIEW, who="ana", at=before_the_look)
    clock.passes(seconds=2)
    assert ana.get("/inbox", If_None_Match=first.headers["ETag"]).status_code == 200


def test_whoever_has_no_account_any_more_is_called_by_their_username(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", heard=[segment("By the old mill.", 0, 2)])
    stories.act(
        "1001",
        ActKind.VERDICT,
        Verdict.UNVERIFIED,
        Verdict.CONFIRMED,
        minutes_ago=1,
        who="kim",
    )
    assert "Confirmed by kim" in row(ana.get("/").text, "1001")
