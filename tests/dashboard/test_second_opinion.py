"""An organizer asks a language model of the group's own what it makes of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask

from dashboard import install
from dashboard.desk import Desk
from reports.fields.finding import Finding
from reports.fields.said import Passage
from reports.fields.second import NoOpinion, believed
from tests.dashboard.conftest import Browser
from tests.dashboard.stories import Stories


class Parrot:
    """Cites the first word that was said."""

    name = "parrot-1"
    is_away = False

    def read(self, passages: Sequence[Passage]) -> Sequence[tuple[str, Finding[str]]]:
        if self.is_away:
            raise NoOpinion("it could not be asked (ConnectionError)")
        first = passages[0].tokens[0].text
        return list(believed([{"field": "location", "value": "here", "words": first}], passages))


@pytest.fixture
def parrot() -> Parrot:
    return Parrot()


@pytest.fixture
def opinionated(desk: Desk, parrot: Parrot) -> Browser:
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, replace(desk, second_reader=parrot))
    browser = Browser(app.test_client())
    assert browser.logs_in().status_code == 303
    return browser


def test_it_is_shown_as_the_models_and_changes_nothing(
    opinionated: Browser, stories: Stories
) -> None:
    stories.whole_morning()
    before = opinionated.get("/r/4821").text
    assert "Ask parrot-1 for a second opinion" in before
    page = opinionated.acts("4821", "opinion").text
    assert "By a language model" in page
    assert '<q dir="auto">Esquina</q>' in page
    assert opinionated.get("/r/4821").text.count("parrot-1") == before.count("parrot-1")


def test_one_that_is_away_says_so(opinionated: Browser, stories: Stories, parrot: Parrot) -> None:
    stories.whole_morning()
    parrot.is_away = True
    page = opinionated.acts("4821", "opinion").text
    assert "parrot-1 gave none" in page
    assert "could not be asked" in page


def test_where_nobody_is_to_be_asked_nobody_is_offered(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    assert "second opinion" not in ana.get("/r/4821").text
    assert ana.acts("4821", "opinion").status_code == 404
