"""A reviewer says what a field of a report is: everything that is shown and leaves goes by it, what
the caller gave stays beside it, and one press undoes it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dashboard import Desk, add_organizer
from reports.fields.counts import Count
from reports.model import Dossier
from reports.ports import Job
from tests.dashboard.conftest import API_TOKEN, PASSWORD, QUICK, Browser, Clock, QueueInMemory
from tests.dashboard.stories import MORNING, Stories, segment
from tests.dashboard.test_exports import leaves, unzipped
from tests.dashboard.test_incidents import OTHER, seen
from tests.reader import READER


@pytest.fixture
def ben(app: Flask, desk: Desk) -> Browser:
    add_organizer(desk.store, "ben", "Ben Ito", PASSWORD, MORNING, QUICK)
    browser = Browser(app.test_client())
    assert browser.logs_in("ben").status_code == 303
    return browser


@pytest.fixture
def pressed_three_said_five(stories: Stories) -> str:
    seen(stories, "4821", 3, what="There are five agents and a gray Tahoe.", officers="3")
    return "4821"


def sets(
    who: Browser, reference: str, field: str, on: str | None = None, **form: Any
) -> TestResponse:
    """On the page as they see it, or as they saw it earlier (`on`)."""
    page = who.get(f"/r/{reference}").text if on is None else on
    form.update(last_seen(page, field))
    return who.sends(f"/r/{reference}/fields/{field}", from_page=f"/r/{reference}", **form)


def last_seen(page: str, field: str) -> dict[str, str]:
    form = re.search(rf'action="/r/\d+/fields/{field}".*?</form>', page, re.DOTALL)
    assert form is not None, f"there is no form for {field}"
    found = re.search(r'name="seen" value="(\d+)"', form[0])
    return {} if found is None else {"seen": found[1]}


def presses_undo(who: Browser, reference: str, on: str | None = None) -> TestResponse:
    page = who.get(f"/r/{reference}").text if on is None else on
    form = re.search(r'action="([^"]+/undo)">.*?name="seen" value="(\d+)"', page, re.DOTALL)
    assert form is not None, "there is nothing to undo"
    return who.sends(form[1], from_page=f"/r/{reference}", seen=form[2])


def line(page: str, field: str) -> str:
    """A field's line as a person reads it, without its folded form."""
    found = re.search(rf'<div id="field-{field}".*?</dd>', page, re.DOTALL)
    assert found is not None, f"there is no line for {field}"
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def warned(page: str) -> str:
    found = re.search(r'role="alert" id="wrong-.*?</div>', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def dossier_of(desk: Desk, reference: str) -> Dossier:
    with desk.store.read() as records:
        dossier = records.dossier(reference)
    assert dossier is not None
    return dossier


def api(app: Flask, reference: str) -> Any:
    answer = app.test_client().get(
        f"/api/reports/{reference}", headers={"Authorization": f"Bearer {API_TOKEN}"}
    )
    return answer.json


# --- Pressed 3, said five


def test_a_reviewer_settles_what_the_key_and_the_words_do_not_agree_on(
    ana: Browser, pressed_three_said_five: str, queue: QueueInMemory
) -> None:
    reference = pressed_three_said_five
    assert "Does not agree" in line(ana.get(f"/r/{reference}").text, "officers")
    answer = sets(ana, reference, "officers", low="4", why="I counted on the film")
    assert answer.status_code == 303
    assert answer.location.endswith("/r/4821#field-officers")
    said = line(ana.get(f"/r/{reference}").text, "officers")
    assert "4 Set by Ana Fuentes, 6:41 AM : I counted on the film" in said
    assert "The caller pressed 3 From" in said
    assert "From the words: 5 five agents" in said
    assert "Does not agree" not in said
    assert "4 officers, as set" in re.sub(r"<[^>]+>", "", ana.get("/").text)
    assert (Job.ALERT_ON_CALL, reference) in queue.asked


def test_one_press_undoes_it_and_the_conflict_is_open_again(
    ana: Browser, pressed_three_said_five: str
) -> None:
    sets(ana, "4821", "officers", low="4")
    assert presses_undo(ana, "4821").status_code == 303
    page = ana.get("/r/4821").text
    assert "Does not agree" in line(page, "officers")
    assert "Ana Fuentes set “Officers”" in re.sub(r"\s+", " ", page)
    assert "Ana Fuentes took back what was set as “Officers”" in re.sub(r"\s+", " ", page)


def test_undo_after_a_second_setting_gives_the_first_back(
    ana: Browser, ben: Browser, pressed_three_said_five: str
) -> None:
    sets(ana, "4821", "officers", low="4")
    sets(ben, "4821", "officers", low="6")
    presses_undo(ben, "4821")
    assert line(ben.get("/r/4821").text, "officers").startswith("Officers 4 Set by Ben Ito")


def test_what_was_set_can_be_given_back_later(ana: Browser, pressed_three_said_five: str) -> None:
    sets(ana, "4821", "officers", low="4")
    page = ana.get("/r/4821").text
    ana.sends("/r/4821/fields/officers/back", from_page="/r/4821", **last_seen(page, "officers"))
    page = ana.get("/r/4821").text
    assert "as the caller gave it again" in page
    assert "Does not agree" in line(page, "officers")
    presses_undo(ana, "4821", on=page)
    assert "4 Set by Ana Fuentes" in line(ana.get("/r/4821").text, "officers")


def test_who_says_that_the_machine_invented_it_is_believed(
    ana: Browser, app: Flask, stories: Stories
) -> None:
    seen(stories, "4821", 3, what="I see four agents with rifles.")
    assert "weapons" in line(ana.get("/r/4821").text, "equipment")
    sets(ana, "4821", "equipment", nothing="1")
    said = line(ana.get("/r/4821").text, "equipment")
    assert said.startswith("Equipment Nothing Set by Ana Fuentes")
    assert "From the words: weapons" in said, "it stays to be seen"
    understood = api(app, "4821")["understood"]
    assert understood["equipment"] == []
    assert understood["settled"]["equipment"]["instead_of"][0]["value"] == "weapons"


def test_a_field_of_which_nothing_was_understood_can_be_added(
    ana: Browser, stories: Stories
) -> None:
    stories.hmong_needs_a_listener("5590")
    assert 'id="field-kind"' in ana.get("/r/5590").text
    sets(ana, "5590", "activities", value=["force", "detaining"])
    sets(ana, "5590", "vehicles", **{"0-type": "van", "0-colour": "White", "0-plate": "klv 412"})
    page = ana.get("/r/5590").text
    assert line(page, "activities").startswith("Doing using force detaining Set by Ana")
    assert "white van, plate KLV412" in line(page, "vehicles")
    head = page[page.index('id="head"') : page.index("</header>", page.index('id="head"'))]
    assert "P3" in head, "they pressed that they are gone"


# --- A place that the words got wrong


def test_a_place_that_is_set_is_where_the_incident_the_brief_and_the_texts_say_it_is(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    seen(stories, "4001", 12, still_there="1")
    seen(stories, "4002", 6, "At 38th and Cedar.", "There's four agents and a gray Tahoe.", OTHER)
    assert "This may be the same as" not in ana.get("/r/4002").text
    clock.passes(seconds=5)
    sets(ana, "4002", "location", place="lake and bloomington")
    page = ana.get("/r/4002").text
    assert "E Lake St &amp; Bloomington Ave, Minneapolis" in page
    assert "This may be the same as" in page
    brief = ana.get("/r/4002/export/brief").text
    assert "Lake St &amp; Bloomington Ave" in brief
    assert "38th" not in brief, "what was wrong does not leave"
    assert "E Lake St &amp; Bloomington Ave" in ana.get("/").text
    clock.passes(seconds=5)
    presses_undo(ana, "4002", on=page)
    assert "This may be the same as" not in ana.get("/r/4002").text


def test_a_place_that_may_be_several_is_asked_about_and_kept_as_it_was_chosen(
    ana: Browser, pressed_three_said_five: str
) -> None:
    asked = sets(ana, "4821", "location", place="26th and lyndale", why="she said so")
    assert asked.status_code == 400
    assert "Which one is meant?" in warned(asked.text)
    assert 'value="26th and lyndale"' in asked.text, "nothing typed is lost"
    assert 'value="she said so"' in asked.text
    west = "W 26th St & Lyndale Ave, Minneapolis"
    assert f'value="{west}"'.replace("&", "&amp;") in asked.text
    form = {"place": "26th and lyndale", "choice": west, "choice_of": "26th and lyndale"}
    assert sets(ana, "4821", "location", **form).status_code == 303
    assert "W 26th St &amp; Lyndale Ave, Minneapolis" in ana.get("/r/4821").text


# --- What is wrong


def test_a_mistake_is_named_and_what_was_typed_is_still_there(
    ana: Browser, desk: Desk, pressed_three_said_five: str
) -> None:
    wrong = sets(ana, "4821", "officers", low="four", about="on", why="as Ben says")
    assert wrong.status_code == 400
    assert "“four” is not a number. Write it in digits" in warned(wrong.text)
    form = wrong.text[wrong.text.index('id="set-officers"') :]
    form = form[: form.index("</details>")]
    assert 'value="four"' in form
    assert 'value="as Ben says"' in form
    assert re.search(r'id="set-officers-about"[^>]* checked', form)
    assert re.search(r'id="set-officers-low"[^>]*aria-invalid="true"[^>]*autofocus', form)
    assert dossier_of(desk, "4821").settled == ()


def test_markup_in_what_is_typed_is_shown_as_it_is(
    ana: Browser, pressed_three_said_five: str
) -> None:
    wrong = sets(ana, "4821", "officers", low="<b>4", why='"><script>')
    assert "<b>4" not in wrong.text
    assert "&lt;b&gt;4" in wrong.text
    assert "<script>&" not in wrong.text
    assert '"><script>' not in wrong.text


@pytest.mark.parametrize("field", ["number", "private", "nothing_such"])
def test_what_nobody_may_set_is_not_there(
    ana: Browser, pressed_three_said_five: str, field: str
) -> None:
    answer = ana.sends(f"/r/4821/fields/{field}", from_page="/r/4821", value="1")
    assert answer.status_code == 404


def test_who_reloads_the_address_of_a_form_finds_the_report(
    ana: Browser, pressed_three_said_five: str
) -> None:
    answer = ana.get("/r/4821/fields/officers")
    assert answer.location.endswith("/r/4821#field-officers")


# --- Two people at once


def test_on_a_stale_page_both_are_shown_and_nothing_is_overwritten(
    ana: Browser, ben: Browser, desk: Desk, clock: Clock, pressed_three_said_five: str
) -> None:
    stale = ben.get("/r/4821").text
    sets(ana, "4821", "officers", low="4")
    clock.passes(minutes=1)
    answer = sets(ben, "4821", "officers", on=stale, low="6", why="the film")
    assert answer.status_code == 409
    assert "Ana Fuentes set “Officers” at 6:41 AM" in warned(answer.text)
    assert "while this page was open: 4." in warned(answer.text)
    assert 'value="6"' in answer.text, "what Ben typed is still there"
    assert 'value="the film"' in answer.text
    officers = READER.understanding(dossier_of(desk, "4821")).officers
    assert officers.value == Count(4, 4)
    again = sets(ben, "4821", "officers", on=answer.text, low="6")
    assert again.status_code == 303, "now he knows"
    history = ana.get("/r/4821").text
    history = history[history.index("What was set") :]
    assert history.index("Ben Ito: 6") < history.index("Ana Fuentes: 4")


def test_an_undo_that_comes_late_undoes_nothing_of_another(
    ana: Browser, ben: Browser, pressed_three_said_five: str
) -> None:
    sets(ana, "4821", "officers", low="4")
    page = ana.get("/r/4821").text
    sets(ben, "4821", "officers", low="6")
    presses_undo(ana, "4821", on=page)
    page = ana.get("/r/4821").text
    assert "Nothing was done" in page
    assert line(page, "officers").startswith("Officers 6 Set by Ben Ito")


# --- What leaves, and who may call


def test_the_packet_has_who_set_it_but_not_why_and_covers_a_plate_that_was_set(
    ana: Browser, stories: Stories
) -> None:
    seen(stories, "4821", 3, what="A gray Tahoe, plate K L V four one two.")
    form = {"0-type": "suv", "0-plate": "XYZ 789", "why": "Maria Lopez told me"}
    sets(ana, "4821", "vehicles", **form)
    files = unzipped(leaves(ana, "/r/4821/export/packet"))
    told = files["data/reports/4821/fields.json"]
    fields = json.loads(told)["fields"]
    assert fields["vehicles"][0]["value"]["type"] == "suv"
    assert fields["settled"]["vehicles"]["reviewer"] == "Ana Fuentes"
    assert not re.search("XYZ|789|KLV|412|Maria|Lopez", told), "neither the new nor the old one"


def test_the_api_has_the_source_and_the_history(
    ana: Browser, app: Flask, pressed_three_said_five: str
) -> None:
    sets(ana, "4821", "officers", low="4", why="the film")
    document = api(app, "4821")
    sources = document["understood"]["officers"]["sources"]
    assert [each["source"] for each in sources] == ["reviewer", "key", "words"]
    assert document["understood"]["conflicts"] == []
    (row,) = document["settled"]
    assert (row["field"], row["who"], row["why"]) == ("officers", "ana", "the film")
    assert row["value"] == {"low": 4, "high": 4, "is_about": False}
    assert "field_set" in [each["deed"] for each in document["custody"]]
    json.dumps(document)


def test_who_set_that_the_caller_is_not_to_be_called_hides_the_number(
    ana: Browser, app: Flask, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    assert "Show number" in ana.get("/r/4821").text
    sets(ana, "4821", "callback", value="no")
    page = ana.get("/r/4821").text
    assert "Show number" not in page
    assert "set that the caller is not to be called" in page
    assert ana.acts("4821", "number").status_code == 403
    assert api(app, "4821")["callback_allowed"] is False


def test_a_report_is_listed_by_what_was_set(ana: Browser, stories: Stories) -> None:
    seen(stories, "4001", 12, still_there="1")
    seen(stories, "4002", 6, number=OTHER, still_there="2")
    sets(ana, "4001", "still_there", value="no")
    sets(ana, "4002", "still_there", value="yes")
    page = ana.get("/").text
    assert page.index("row-4002") < page.index("row-4001")
    assert "gone, as set" in page
    stories.call("4003", 1, keys={"when": "1"})
    stories.recording("4003", "what", heard=[segment("I see agents.", 0, 2)])
    sets(ana, "4003", "kind", value="prank")
    page = ana.get("/").text
    assert page.index("row-4001") < page.index("row-4003"), "what is no report comes last"


def test_what_was_pressed_and_what_was_said_stand_side_by_side(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, keys={"officers": "3", "still_there": "1"})
    said = [segment("There are five agents.", 0, 2), segment("They are still there.", 2, 4)]
    stories.recording("1001", "what", heard=said)
    page = ana.get("/r/1001").text
    officers = line(page, "officers")
    assert "Pressed 3 key 3 at “Officers” Said 5 five agents Hear it" in officers
    assert "The key counts until one of you listens and sets it." in officers
    still_there = line(page, "still_there")
    assert "Does not agree" not in still_there
    assert "and key 1 at “Still there”" in still_there
