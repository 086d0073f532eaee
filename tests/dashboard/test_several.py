"""Several reports at once: acknowledged, closed, judged, and put back."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from reports.model import ActKind, Handling, Verdict
from reports.services.review import handle, judge
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import MORNING, Stories
from tests.dashboard.test_inbox import references


def presses(browser: Browser, do: str, *selected: str, at: str = "/") -> str:
    """Selects reports of the list, presses a button, and reads the page that comes."""
    answer = browser.sends("/several", from_page=at, r=list(selected), do=do, next=at)
    assert answer.status_code == 303
    return browser.get(answer.location).text


def undoes(browser: Browser, page: str) -> str:
    at = re.search(r'name="at" value="([^"]+)"', page)
    assert at is not None, "the page offers no undo"
    answer = browser.sends("/several/undo", from_page="/", at=html.unescape(at[1]))
    return browser.get(answer.location).text


def told(page: str) -> str:
    found = re.search(r'<div id="told".*?</div>\s*(<form|</div>)', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def states(stories: Stories, *wanted: str) -> list[tuple[Handling, Verdict]]:
    with stories.store.read() as records:
        found = [records.report(reference) for reference in wanted]
    return [(each.handling, each.verdict) for each in found if each is not None]


def test_several_are_acknowledged_and_only_those_that_are_new(
    ana: Browser, stories: Stories
) -> None:
    stories.whole_morning()
    page = presses(ana, "handling:acknowledged", "4821", "5590", "7718")
    assert "Acknowledged: 4821, 5590." in told(page)
    assert "there was nothing to do: 7718." in told(page)
    assert states(stories, "4821", "5590", "7718") == [
        (Handling.ACKNOWLEDGED, Verdict.UNVERIFIED),
        (Handling.ACKNOWLEDGED, Verdict.UNVERIFIED),
        (Handling.IN_REVIEW, Verdict.CONFIRMED),
    ]


def test_undo_puts_each_back_as_it_was(ana: Browser, stories: Stories, clock: Clock) -> None:
    stories.whole_morning()
    before = states(stories, "4821", "3107", "7718")
    page = presses(ana, "handling:closed", "4821", "3107", "7718")
    assert not {"4821", "3107", "7718"} & set(references(page))
    clock.passes(seconds=5)
    page = undoes(ana, page)
    assert "Put back as before: 4821, 3107, 7718." in told(page)
    assert states(stories, "4821", "3107", "7718") == before
    with stories.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    kinds = [(act.who, act.before, act.after) for act in dossier.acts]
    assert kinds == [("ana", "new", "closed"), ("ana", "closed", "new")], "and both are noted"


def test_verdicts_are_put_back_too(ana: Browser, stories: Stories, clock: Clock) -> None:
    stories.whole_morning()
    before = states(stories, "4821", "7718")
    page = presses(ana, "verdict:false_alarm", "4821", "7718")
    assert "False alarm: 4821, 7718." in told(page)
    clock.passes(seconds=5)
    undoes(ana, page)
    assert states(stories, "4821", "7718") == before


def test_what_somebody_changed_since_is_left_and_named(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.whole_morning()
    page = presses(ana, "handling:closed", "4821", "3107")
    # There and back: it is as ana left it, but ben has looked at it.
    for to in (Handling.IN_REVIEW, Handling.CLOSED):
        clock.passes(seconds=5)
        handle(stories.store, reference="4821", to=to, who="ben", at=clock.now)
    page = undoes(ana, page)
    assert "Put back as before: 3107." in told(page)
    assert "because somebody changed them since: 4821." in told(page)
    assert states(stories, "4821")[0][0] is Handling.CLOSED


def test_a_verdict_that_was_given_since_keeps_nobody_from_undoing_the_handling(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    page = presses(ana, "handling:closed", "4821")
    clock.passes(seconds=5)
    judge(stories.store, reference="4821", verdict=Verdict.CONFIRMED, who="ben", at=clock.now)
    undoes(ana, page)
    assert states(stories, "4821") == [(Handling.NEW, Verdict.CONFIRMED)]


def test_nobody_undoes_what_another_did_or_twice(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    stories.act("4821", ActKind.HANDLING, Handling.NEW, Handling.CLOSED, minutes_ago=5, who="ben")
    at = (MORNING - timedelta(minutes=5)).isoformat()
    ana.sends("/several/undo", from_page="/", at=at)
    assert states(stories, "4821")[0][0] is Handling.CLOSED
    page = presses(ana, "verdict:confirmed", "4821", at="/?show=all")
    clock.passes(seconds=1)
    undoes(ana, page)
    clock.passes(seconds=1)
    assert "Nothing was changed." in told(undoes(ana, page))


def test_the_list_with_its_filters_is_where_one_comes_back_to(
    ana: Browser, stories: Stories
) -> None:
    stories.whole_morning()
    page = ana.get("/?language=es&show=all").text
    address = re.search(r'name="next" value="([^"]+)"', page)
    assert address is not None
    assert html.unescape(address[1]) == "/?show=all&language=es"
    answer = ana.sends("/several", from_page="/", do="handling:closed", r="4821", next=address[1])
    assert answer.location.startswith("/?show=all")
    away = ana.sends(
        "/several", from_page="/", do="handling:closed", r="4821", next="//evil.example.org"
    )
    assert away.location == "/"


def test_without_a_selection_nothing_happens_and_it_is_said(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    assert "select reports first" in told(presses(ana, "handling:closed"))


def test_what_there_is_not_is_refused(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    for do in ("handling:burnt", "verdict:maybe", "handling:new", "delete:", ""):
        assert ana.sends("/several", from_page="/", r="4821", do=do).status_code == 400
    assert ana.sends("/several/undo", from_page="/", at="yesterday").status_code == 400
    assert "Left as they were" in told(presses(ana, "handling:closed", "nobody"))
