"""An organizer asks a language model of the group's own what it makes of a report: it stands beside
what the line understood, marked as the model's, and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask

from dashboard import install
from dashboard.covering import Covering
from dashboard.desk import Desk
from dashboard.second_opinion import LINES, beside
from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.said import Passage
from reports.fields.second import FIELDS, NoOpinion, believed
from reports.services.settling import settle
from tests.dashboard.conftest import Browser
from tests.dashboard.stories import Stories, segment
from tests.reader import READER


def nothing_more() -> None:
    """Nothing happens while it reads."""


@dataclass
class Parrot:
    """Answers what a test has it say."""

    answers: list[dict[str, str]] = field(default_factory=list)
    is_away: bool = False
    meanwhile: Callable[[], object] = nothing_more

    name = "parrot-1"

    def read(self, passages: Sequence[Passage]) -> Sequence[tuple[str, Finding[str]]]:
        self.meanwhile()
        if self.is_away:
            raise NoOpinion("it could not be asked: nothing answers at its address")
        return list(believed(self.answers, passages))

    def says(self, field: str, value: str, words: str) -> None:
        self.answers.append({"field": field, "value": value, "words": words})


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


def six_at_lake(stories: Stories, keys: dict[str, str] | None = None) -> None:
    stories.call("4821", 3, language="en", keys=keys or {"when": "1"})
    stories.recording("4821", "where", heard=[segment("At Lake and Bloomington", 0, 4)])
    said = "There are six agents, two of them hide behind a dumpster"
    stories.recording("4821", "what", heard=[segment(said, 0, 7)])


def line(page: str, name: str) -> str:
    """What stands in the line of a field, as text."""
    found = re.search(rf'class="fact understood {name}">(.*?)</dd>', page, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def test_it_stands_in_the_line_of_its_field_marked_as_the_models(
    opinionated: Browser, stories: Stories, parrot: Parrot
) -> None:
    six_at_lake(stories)
    parrot.says("officers", "6", "six agents")
    parrot.says("activity", "hiding", "two of them hide")
    page = opinionated.acts("4821", "opinion").text
    officers = line(page, "officers")
    assert officers.index("six agents") < officers.index("parrot-1 says: 6 agrees six agents")
    assert "Hear it : Officers 0:01–0:02" in officers
    assert "parrot-1 says: hiding only the model says so two of them hide" in line(
        page, "activities"
    )
    assert "a language model" in page


def test_one_that_says_otherwise_is_marked_and_stands_below_the_key(
    opinionated: Browser, stories: Stories, parrot: Parrot
) -> None:
    six_at_lake(stories, {"when": "1", "officers": "6"})
    parrot.says("officers", "2", "two of them")
    before = opinionated.get("/r/4821").text
    page = opinionated.acts("4821", "opinion").text
    assert "parrot-1 says: 2 differs" in line(page, "officers")
    assert line(page, "officers").startswith(line(before, "officers"))


@pytest.mark.parametrize(
    ("by_person", "model", "said"),
    [(Count(6, 6), "6", "agrees"), (Count(4, 4), "6", "differs"), (None, "6", "differs")],
)
def test_what_one_of_us_set_stands_above_it_and_is_what_it_is_held_against(
    opinionated: Browser,
    stories: Stories,
    desk: Desk,
    parrot: Parrot,
    by_person: Count | None,
    model: str,
    said: str,
) -> None:
    six_at_lake(stories)
    settle(
        desk.store,
        desk.queue,
        reference="4821",
        field="officers",
        value=by_person,
        why="",
        seen=None,
        who="ana",
        at=desk.clock(),
    )
    parrot.says("officers", model, "six agents")
    officers = line(opinionated.acts("4821", "opinion").text, "officers")
    assert officers.index("Set by Ana Fuentes") < officers.index(f"parrot-1 says: {model} {said}")


def test_it_is_kept_nowhere(opinionated: Browser, stories: Stories, parrot: Parrot) -> None:
    six_at_lake(stories)
    parrot.says("needs", "carrots", "behind a dumpster")

    def elsewhere() -> list[str]:
        pages = [opinionated.get(path).text for path in ("/", "/exports")]
        return [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]

    before = elsewhere()
    shown = opinionated.acts("4821", "opinion").text
    assert "carrots" in shown
    assert 'data-address="/r/4821"' in shown
    assert "carrots" not in opinionated.get("/r/4821").text
    assert "carrots" not in opinionated.get("/r/4821/export/brief").text
    assert "carrots" not in opinionated.get("/r/4821/export/packet").text
    assert elsewhere() == before
    assert opinionated.get("/r/4821/opinion").headers["Location"] == "/r/4821"


def test_the_script_of_the_page_leaves_it_where_it_is(
    opinionated: Browser, stories: Stories, parrot: Parrot
) -> None:
    six_at_lake(stories)
    parrot.says("officers", "6", "six agents")
    versions = [
        re.findall(r'data-v="[^"]*"|data-etag="[^"]*"', page)
        for page in (opinionated.get("/r/4821").text, opinionated.acts("4821", "opinion").text)
    ]
    assert versions[0] == versions[1]


def test_a_number_that_was_spoken_is_covered_in_what_it_says(
    opinionated: Browser, stories: Stories, parrot: Parrot
) -> None:
    stories.call("4821", 3, language="en", keys={"when": "1"})
    said = "There are six agents, call my cousin at 612-555-0142"
    stories.recording("4821", "what", heard=[segment(said, 0, 7)])
    parrot.says("needs", "call 612-555-0142", "my cousin at 612-555-0142")
    page = opinionated.acts("4821", "opinion").text
    assert "parrot-1 says: call" in line(page, "needs")
    assert "555-0142" not in page


def test_one_that_is_away_says_so(opinionated: Browser, stories: Stories, parrot: Parrot) -> None:
    six_at_lake(stories)
    parrot.is_away = True
    page = opinionated.acts("4821", "opinion").text
    assert "parrot-1 gave no opinion:</strong> it could not be asked" in page
    assert "six agents" in line(page, "officers")


def test_one_that_found_nothing_says_so(
    opinionated: Browser, stories: Stories, parrot: Parrot
) -> None:
    six_at_lake(stories)
    parrot.says("equipment", "a tank", "a tank")
    page = opinionated.acts("4821", "opinion").text
    assert "parrot-1 found nothing that it could show" in page
    assert "a tank" not in page


def test_an_opinion_on_words_that_were_put_right_meanwhile_is_not_shown(
    opinionated: Browser, stories: Stories, parrot: Parrot
) -> None:
    six_at_lake(stories)
    parrot.says("officers", "6", "six agents")
    parrot.meanwhile = lambda: stories.recording(
        "4821", "more", heard=[segment("They have rifles", 0, 2)]
    )
    page = opinionated.acts("4821", "opinion").text
    assert "has been written out anew meanwhile" in page
    assert "parrot-1 says" not in page


def test_where_nobody_is_to_be_asked_nobody_is_offered(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    assert "second opinion" not in ana.get("/r/4821").text
    assert ana.acts("4821", "opinion").status_code == 404


def test_no_more_are_asked_at_once_than_leave_room_for_callers(
    opinionated: Browser, desk: Desk, stories: Stories, parrot: Parrot
) -> None:
    six_at_lake(stories)
    pages: list[str] = []

    def another_asks() -> None:
        pages.append(opinionated.acts("4821", "opinion").text)

    parrot.meanwhile = another_asks
    another_asks()
    assert ["it is being asked already" in page for page in pages] == [True, False, False]


@pytest.mark.parametrize(
    ("said", "field", "value", "agrees"),
    [
        ("There are four or five agents", "officers", "5", True),
        ("There are four or five agents", "officers", "6 agents", False),
        ("There are four or five agents", "officers", "several", None),
        ("They are still here", "still_present", "yes", True),
        ("They are still here", "still_present", "gone", False),
        ("They are still here", "still_present", "perhaps", None),
        ("I saw it, they are at Lake and Bloomington", "first_hand", "saw it", True),
        ("They are at Lake and Bloomington", "location", "Lake St and Bloomington", True),
        ("They are at Lake and Bloomington", "location", "Lake Street", None),
        ("They are at Lake and Bloomington", "location", "Powderhorn Park", False),
        ("It says Border Patrol on the vest", "agency", "Border Patrol", True),
        ("It says Border Patrol on the vest", "agency", "somebody", None),
        ("They have a gray Tahoe", "vehicles", "gray Chevrolet Tahoe SUV", True),
        ("They have a gray Tahoe", "vehicles", "a car", None),
    ],
)
def test_it_is_said_whether_it_agrees_where_that_can_be_said(
    stories: Stories, said: str, field: str, value: str, agrees: bool | None
) -> None:
    stories.call("4821", 3, language="en", keys={"when": "1"})
    stories.recording("4821", "what", heard=[segment(said, 0, 7)])
    with stories.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    passages = READER.told(dossier).passages
    opinions = believed([{"field": field, "value": value, "words": said}], passages)
    lines = {each.name: each for each in beside(READER.read(dossier), opinions, Covering())}
    found = lines[LINES.get(field, field)]
    assert found.taken
    assert [each.agrees for each in found.opinions] == [agrees]


def test_all_that_it_is_asked_for_has_a_line(stories: Stories) -> None:
    six_at_lake(stories)
    with stories.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    passages = READER.told(dossier).passages
    opinions = believed(
        [{"field": each, "value": each, "words": "six agents"} for each in FIELDS], passages
    )
    lines = beside(READER.read(dossier), opinions, Covering())
    assert sum(len(each.opinions) for each in lines) == len(FIELDS)
