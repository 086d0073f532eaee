"""An admin changes what callers hear and which questions they are asked, sees what that does before
it is done, and takes it back; organizers look."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from app import script_questions
from dashboard import Desk, ScriptQuestion, install
from dashboard.prompt_page import said_in
from ivr.languages import load_prompts
from reports.model import PromptTake, Role, TakeSource
from reports.services.prompts import choose_take, propose_take
from reports.settings import Change
from reports.wording import name_of
from rulebook import DeskRulebook
from tests.dashboard.conftest import SET_UP, SPOKEN, Browser, Clock
from tests.dashboard.test_prompts import SPEECH, brings, presses, sends
from tests.dashboard.test_settings import known, logged_in, sets, undoes

WHEN = "/prompts/en/when/words"
NEW = "Is it happening right now?"


def changes(browser: Browser, words: str, page: str = WHEN, **form: str) -> TestResponse:
    found = re.search(r'name="known" value="([^"]+)"', browser.get(page).text)
    assert found is not None
    return browser.sends(page, from_page=page, **{"known": found[1], "words": words, **form})


def presses_undo(browser: Browser, page: str = WHEN, **form: str) -> TestResponse:
    found = re.search(r'name="change" value="(\d+)"', browser.get(page).text)
    assert found is not None
    return browser.sends(f"{page}/undo", from_page=page, change=found[1], **form)


def said(desk: Desk, prompt: str = "when", code: str = "en") -> str | None:
    return next(each.text_of(prompt) for each in desk.spoken_now() if each.code == code)


def recording(desk: Desk, clock: Clock, words: str, code: str = "en") -> PromptTake:
    """Somebody says these words, and keeps it."""
    take = propose_take(
        desk.store,
        desk.audio,
        language=code,
        prompt="when",
        words=words,
        sound=words.encode(),
        seconds=2.0,
        source=TakeSource.UPLOAD,
        who="ana",
        at=clock(),
    )
    choose_take(
        desk.store, language=code, prompt="when", take_id=take.take_id, who="ana", at=clock()
    )
    return take


def heard(desk: Desk) -> dict[tuple[str, str], str]:
    with desk.store.read() as records:
        return dict(records.current_takes(said_in(desk.spoken_now())))


# --- Changing words


def test_new_words_hold_and_the_files_stay_beside_them(ana: Browser, desk: Desk) -> None:
    assert changes(ana, NEW).status_code == 303
    page = ana.get(WHEN).text
    assert "Callers hear it from the next call on" in page
    assert said(desk) == NEW
    shown = re.sub(r"<textarea.*?</textarea>", "", page, flags=re.S)
    assert NEW in shown
    assert "In the file on the server" in shown
    assert "Is it happening now?" in shown
    assert NEW in ana.get("/prompts/en").text
    assert "Words changed here" in ana.get("/prompts/en").text
    assert "Not for those that were changed here." in ana.get("/prompts/en").text
    assert "Words of 1 changed here" in ana.get("/prompts").text
    assert NEW in ana.get("/settings/script?language=en").text


def test_lines_and_spaces_become_one_line(ana: Browser, desk: Desk) -> None:
    changes(ana, "  Is it happening\r\n\tnow,   or not?\x07 ")
    assert said(desk) == "Is it happening now, or not?"


def test_who_changed_what_when_and_undid_it_stays_written_down(
    ana: Browser, app: Flask, desk: Desk, clock: Clock
) -> None:
    changes(ana, "First other words?")
    clock.passes(hours=1)
    admin = logged_in(app, desk, Role.ADMIN)
    changes(admin, "Second other words?")
    assert said(desk) == "Second other words?"
    presses_undo(ana)
    assert said(desk) == "First other words?"
    page = ana.get(WHEN).text
    assert "undone by Ana Fuentes" in page
    assert "A admin" in page
    assert page.index("Second other words?", page.index("history-part")) < page.rindex(
        "First other words?"
    )
    presses_undo(ana)
    assert said(desk) == "Is it happening now?"
    assert "As in the file" not in ana.get(WHEN).text.split("history-part")[0], "who did it last"


def test_the_files_words_can_be_used_again_in_one_press(ana: Browser, desk: Desk) -> None:
    changes(ana, "First other words?")
    changes(ana, "Second other words?")
    changes(ana, "", as_filed="yes")
    assert said(desk) == "Is it happening now?"
    assert 'id="as-filed"' not in ana.get(WHEN).text
    presses_undo(ana)
    assert said(desk) == "Second other words?"


def test_what_is_as_it_was_makes_no_change(ana: Browser, desk: Desk) -> None:
    changes(ana, "Is it happening now?")
    assert "it is so already" in ana.get(WHEN).text
    with desk.store.read() as records:
        assert records.settings.changes() == []


@pytest.mark.parametrize(
    ("page", "words", "why"),
    [
        (WHEN, " \n ", "it cannot be empty"),
        (WHEN, "Now? {reference}", "{reference} is nothing that can be filled in here"),
        (WHEN, "Now? {", "Leave out curly braces"),
        (WHEN, "Now? {{}}", "Leave out curly braces"),
        (WHEN, "x" * 4097, "longer than the telephone company takes"),
        ("/prompts/en/text_added/words", "Added.", "{reference} is missing"),
        (
            "/prompts/en/text_added/words",
            "Added to {reference} of {name}.",
            "{name} is nothing that can be filled in here. Only this can: {reference}",
        ),
        (
            "/prompts/en/text_added/words",
            "Added to {reference:>9}.",
            "{reference:>9} is nothing that can be filled in here. Only this can: {reference}",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason_and_not_lost(
    ana: Browser, desk: Desk, page: str, words: str, why: str
) -> None:
    answer = changes(ana, words, page)
    assert answer.status_code == 400
    text = html.unescape(answer.text)
    assert why in text
    assert 'aria-invalid="true"' in text
    if words.strip():
        assert words in text
    with desk.store.read() as records:
        assert records.settings.changes() == []


def test_a_text_message_keeps_what_is_filled_in(ana: Browser, desk: Desk) -> None:
    page = "/prompts/en/text_added/words"
    assert "{reference} must stay in it" in ana.get(page).text
    assert changes(ana, "We added it to {reference}.", page).status_code == 303
    assert said(desk, "text_added") == "We added it to {reference}."
    assert "We added it to {reference}." in ana.get("/prompts/en").text


def test_who_saw_other_words_is_told_to_look_again(ana: Browser, desk: Desk) -> None:
    changes(ana, "First other words?")
    answer = ana.sends(WHEN, from_page=WHEN, known="0", words="Over it?")
    assert answer.status_code == 303
    assert "somebody has changed this meanwhile" in ana.get(WHEN).text
    assert said(desk) == "First other words?"
    ana.sends(f"{WHEN}/undo", from_page=WHEN, change="999")
    assert said(desk) == "First other words?"


# --- What it does is said before


def test_long_words_are_warned_of_with_their_seconds(ana: Browser, desk: Desk) -> None:
    words = "Is it happening now? " * 50
    asked = changes(ana, words)
    assert "It takes about 70 seconds to say; 45 are as much" in asked.text
    assert said(desk) == "Is it happening now?", "nothing is done before"
    changes(ana, words, confirmed="yes")
    assert said(desk) == words.strip()


def test_a_key_that_is_told_no_more_is_pointed_out(ana: Browser, desk: Desk) -> None:
    changes(ana, "Now? Press 1. Over? Press 2. In danger, 9 1 1.")
    asked = changes(ana, "Now? Press 1. In danger, 9 1 1.").text
    assert "This digit stands in it no more: 2." in asked
    assert changes(ana, "Now? Press one or 2, 9 1 1.").status_code == 303


def test_a_recording_of_other_words_is_set_aside_and_comes_back(
    ana: Browser, desk: Desk, clock: Clock
) -> None:
    first = recording(desk, clock, "Is it happening now?")
    asked = changes(ana, NEW).text
    assert "The recording is set aside, for it says other words" in asked
    assert heard(desk)["en", "when"] == first.sha256
    changes(ana, NEW, confirmed="yes")
    assert ("en", "when") not in heard(desk)
    page = ana.get("/prompts/en").text
    assert "so callers do not hear it" in page
    second = recording(desk, clock, NEW)
    assert heard(desk)["en", "when"] == second.sha256

    asked = presses_undo(ana).text
    assert "Change the words so?" in asked, "the recording of the new words is set aside by it"
    presses_undo(ana, confirmed="yes")
    assert heard(desk)["en", "when"] == first.sha256


def test_points_and_capitals_are_not_heard(ana: Browser, desk: Desk, clock: Clock) -> None:
    take = recording(desk, clock, "Is it happening now?")
    assert changes(ana, "Is it happening, now").status_code == 303
    assert heard(desk)["en", "when"] == take.sha256


def test_who_took_a_recording_away_has_none_back_by_other_words(
    ana: Browser, desk: Desk, clock: Clock
) -> None:
    recording(desk, clock, "Is it happening now?")
    choose_take(desk.store, language="en", prompt="when", take_id=None, who="ana", at=clock())
    changes(ana, NEW)
    presses_undo(ana)
    assert ("en", "when") not in heard(desk)


def test_a_language_without_a_voice_is_said_to_fall_silent(
    ana: Browser, desk: Desk, clock: Clock
) -> None:
    page = "/prompts/so/when/words"
    somali = replace(SPOKEN[1], words={"when": "Hadda ma dhacaysaa?"})
    recording(desk, clock, "Hadda ma dhacaysaa?", "so")
    app = Flask("another")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, replace(desk, spoken=(SPOKEN[0], somali)))
    browser = Browser(app.test_client())
    browser.logs_in()
    asked = changes(browser, "Ma hadda?", page).text
    assert "Callers are not offered this language any more" in asked
    asked = changes(ana, "Ma hadda?", page).text
    assert "the prompt is missing until somebody records it anew" in asked


def test_what_was_recorded_from_a_page_with_other_words_is_not_taken(
    ana: Browser, desk: Desk
) -> None:
    old = re.search(r'name="said" value="([^"]+)"', ana.get("/prompts/so").text)
    assert old is not None
    changes(ana, "Soo dhawow.", "/prompts/so/welcome/words")
    page = brings(ana, "welcome", said=old[1]).text
    assert "Somebody has changed the words meanwhile" in page
    with desk.store.read() as records:
        assert records.prompt_takes("so") == []
    assert "Not kept yet" in brings(ana, "welcome", said="Soo dhawow.").text


def test_a_draft_of_other_words_cannot_be_kept_by_its_button(ana: Browser) -> None:
    brings(ana, "welcome")
    changes(ana, "Soo dhawow.", "/prompts/so/welcome/words")
    with pytest.raises(AssertionError, match="no button"):
        presses(ana, "welcome", "Keep")
    assert "record it again" in ana.get("/prompts/so").text


# --- What is there, and who sees it


def test_settings_tell_what_was_changed_by_whom_and_when(ana: Browser, clock: Clock) -> None:
    page = ana.get("/settings").text
    assert "All as in the files" in page
    assert "All are asked" in page
    changes(ana, NEW)
    changes(ana, "Khadkan.", "/prompts/so/welcome/words")
    sets(ana, "questions", asked=["rights"])
    page = ana.get("/settings").text
    assert "2 prompts and texts say other words than their files" in page
    assert "1 is not asked: Officers" in page.replace("\n", " ")
    words = page[page.index('id="to-words"') : page.index('id="to-questions"')]
    assert "Changed last by Ana Fuentes" in words
    assert "Changed last by Ana Fuentes" in page[page.index('id="to-questions"') :][:600]
    listed = ana.get("/settings/words").text
    assert NEW in listed
    assert "Khadkan." in listed
    assert f'href="{WHEN}"' in listed


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_only_reads_or_reviews_sees_nothing_of_it(app: Flask, desk: Desk, role: Role) -> None:
    somebody = logged_in(app, desk, role)
    for path in (WHEN, "/settings/words", "/settings/questions"):
        assert somebody.get(path).status_code == 403
    assert WHEN not in somebody.get("/prompts/en").text


def test_an_organizer_looks_and_an_admin_changes(app: Flask, desk: Desk) -> None:
    organizer = logged_in(app, desk, Role.ORGANIZER)
    page = organizer.get(WHEN).text
    assert "Admins change this" in page
    assert "<textarea" not in page
    for path, form in (
        (WHEN, {"words": NEW, "known": "0"}),
        (f"{WHEN}/undo", {"change": "1"}),
        ("/settings/questions", {"known": "0"}),
    ):
        assert organizer.sends(path, from_page=WHEN, **form).status_code == 403
    assert said(desk) == "Is it happening now?"


def test_there_is_nothing_where_there_is_no_such_prompt(ana: Browser) -> None:
    for path in ("/prompts/xx/when/words", "/prompts/en/nothing/words"):
        assert ana.get(path).status_code == 404
        assert ana.sends(path, from_page=WHEN, words=NEW, known="0").status_code == 404
        assert ana.sends(f"{path}/undo", from_page=WHEN, change="1").status_code == 404


def test_a_row_that_cannot_be_said_is_told_of(ana: Browser, desk: Desk, clock: Clock) -> None:
    with desk.store.begin() as records:
        records.settings.add_change(Change(name_of("en", "when"), "{gone}", clock(), "ana"))
    assert said(desk) == "Is it happening now?"
    page = ana.get(WHEN).text
    assert "callers hear the words of the file" in page
    changes(ana, NEW)
    assert said(desk) == NEW


def test_words_are_shown_and_never_run(ana: Browser) -> None:
    changes(ana, "<script>alert(1)</script> now?")
    for path in (WHEN, "/prompts/en", "/settings/words", "/settings/script?language=en"):
        assert "<script>alert" not in ana.get(path).text


# --- Questions


def test_what_is_lost_without_a_question_is_said_beside_it(ana: Browser) -> None:
    page = ana.get("/settings/questions").text
    assert "Callers cannot hear their rights." in page
    assert "Key 4 at “When” then does nothing." in page
    assert f'href="{WHEN}"' not in page, "the words say nothing of the key"
    changes(ana, "Is it happening now? 1. Your rights? 4.")
    page = ana.get("/settings/questions").text
    assert "Its words, which tell of it, then have to be changed:" in page
    assert f'href="{WHEN}"' in page
    assert "How many officers there are is known only where the caller says it" in page
    assert page.count("Always asked.") == 3
    assert 'id="asked-where"' not in page
    assert 'id="asked-what"' not in page


def test_a_question_is_left_out_and_asked_again_by_one_press(ana: Browser, desk: Desk) -> None:
    assert sets(ana, "questions", asked=["rights"]).status_code == 303
    assert desk.rulebook.now().questions_off == {"officers"}
    assert desk.rulebook.wording().questions_off == {"officers"}
    page = ana.get("/settings/questions").text
    assert "It holds from now on" in page
    assert "Questions left out:</strong> Officers" in page
    undoes(ana, "questions")
    assert desk.rulebook.now().questions_off == frozenset()


def test_where_and_what_are_asked_whatever_is_sent(ana: Browser, desk: Desk) -> None:
    sets(ana, "questions", asked=[])
    assert desk.rulebook.now().questions_off == {"rights", "officers"}
    assert known(ana, "questions") != "0"


def test_the_real_scripts_questions_that_may_be_left_out() -> None:
    script = load_prompts(Path("prompts")).script
    questions = script_questions(script)
    assert {each.id for each in questions if each.optional} == {
        *("rights", "others", "officers", "still_there", "callback")
    }
    by_id = {each.id: each for each in questions}
    assert by_id["rights"] == ScriptQuestion("rights", optional=True, keys=(("when", "4"),))
    assert by_id["others"].keys == (("when", "5"),)
    assert by_id["officers"].keys == ()


def test_the_words_of_the_page_of_a_call_hold_a_moment_later_elsewhere(
    ana: Browser, desk: Desk, clock: Clock
) -> None:
    """What another process read before the change is good for a second and no longer."""
    elsewhere = DeskRulebook(SET_UP, desk.store, clock)
    assert elsewhere.wording().words == {}
    changes(ana, NEW)
    began_before = clock()
    clock.passes(seconds=2)
    assert elsewhere.wording().words == {("en", "when"): NEW}
    assert elsewhere.wording(clock()).words == {("en", "when"): NEW}
    assert elsewhere.wording(began_before).words == {}, "a call that began then goes on so"


def test_what_was_set_is_read_anew_after_each_change_and_each_undoing(
    ana: Browser, desk: Desk
) -> None:
    def edition() -> tuple[int, int]:
        with desk.store.read() as records:
            return records.settings.edition()

    seen = [edition()]
    changes(ana, NEW)
    seen.append(edition())
    changes(ana, "Now?")
    seen.append(edition())
    presses_undo(ana)
    seen.append(edition())
    assert len(set(seen)) == 4
    assert said(desk) == NEW


def test_uploading_needs_the_words_that_hold(ana: Browser) -> None:
    answer = sends(
        ana,
        "/prompts/so/welcome/takes",
        {
            "csrf_token": _token(ana),
            "said": "Other words.",
            "sound": FileStorage(io.BytesIO(SPEECH), "recorded.wav"),
        },
    )
    assert "Somebody has changed the words meanwhile" in answer.text


def _token(browser: Browser) -> str:
    found: Any = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/prompts/so").text)
    return str(found[1])


def test_a_year_of_changes_shows_the_last(ana: Browser, desk: Desk, clock: Clock) -> None:
    for turn in range(60):
        with desk.store.begin() as records:
            at = clock() + timedelta(minutes=turn)
            records.settings.add_change(Change(name_of("en", "when"), f"Turn {turn}?", at, "ana"))
    page = ana.get(WHEN).text
    assert "Turn 59?" in page
    assert "Turn 5?" not in page
