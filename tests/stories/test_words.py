"""The words callers hear are changed at the desk, and questions left out, while the line runs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from dashboard import add_organizer
from reports.model import PromptTake, Role, TakeSource
from reports.services.prompts import propose_take
from reports.settings import Change
from reports.wording import name_of
from rulebook import STANDS
from simulator.caller import PhoneCall
from simulator.conversation import Heard
from simulator.spoken import spoken_call
from tests.dashboard.conftest import PASSWORD, QUICK, Browser
from tests.dashboard.rehearsing import Phone
from tests.stories.conftest import CALLER, Line
from tests.stories.test_recorded_language import keep, record_all, sound_of

SPOKEN = spoken_call("en-lake-bloomington")
PLACE = SPOKEN.where.path
NEW = "After the beep, say the street and the house number. Then press pound."

pytestmark = pytest.mark.line(audio_url="audio")


def form(desk: Browser, page: str, **fields: str | list[str]) -> dict[str, Any]:
    known = re.search(r'name="known" value="([^"]+)"', desk.get(page).text)
    assert known is not None
    return {"known": known[1], "confirmed": "yes", **fields}


def changes(line: Line, desk: Browser, prompt: str, words: str, code: str = "en") -> None:
    """And a moment goes by, as with every other process of the line."""
    page = f"/prompts/{code}/{prompt}/words"
    assert desk.sends(page, from_page=page, **form(desk, page, words=words)).status_code == 303
    line.clock.ahead += 2 * STANDS


def undoes(line: Line, desk: Browser, prompt: str, code: str = "en") -> None:
    page = f"/prompts/{code}/{prompt}/words"
    change = re.search(r'name="change" value="(\d+)"', desk.get(page).text)
    assert change is not None
    answer = desk.sends(f"{page}/undo", from_page=page, change=change[1], **form(desk, page))
    assert answer.status_code == 303
    line.clock.ahead += 2 * STANDS


def asks(line: Line, desk: Browser, *questions: str) -> None:
    page = "/settings/questions"
    fields = form(desk, page, asked=list(questions))
    assert desk.sends(page, from_page=page, **fields).status_code == 303
    line.clock.ahead += 2 * STANDS


def keeps_a_row(line: Line, prompt: str, value: str) -> None:
    """However it came there: nobody could have kept it by the page."""
    with line.adapters.store.begin() as records:
        records.settings.add_change(Change(name_of("en", prompt), value, line.clock(), "ana"))
    line.clock.ahead += 2 * STANDS


def records_words(line: Line, prompt: str, words: str, pitch: float) -> PromptTake:
    take = propose_take(
        line.adapters.store,
        line.adapters.audio,
        language="en",
        prompt=prompt,
        words=words,
        sound=sound_of(1.0, pitch),
        seconds=1.0,
        source=TakeSource.MICROPHONE,
        who="ana",
        at=line.clock(),
    )
    keep(line, take, take.take_id)
    return take


def plays(call: PhoneCall, take: PromptTake) -> bool:
    return any(
        isinstance(event, Heard) and f"/voice/prompts/{take.sha256}.wav" in event.audio
        for event in call.heard
    )


def at_where(line: Line) -> PhoneCall:
    return line.network.caller(CALLER).dials().presses("1").presses("1")


# --- Words


def test_the_next_caller_hears_the_new_words_and_reports(line: Line, desk: Browser) -> None:
    changes(line, desk, "where", NEW)
    call = at_where(line)
    assert NEW in call.heard
    assert "nearest cross street" not in call.heard
    call.says(PLACE, then="#").presses("3#").presses("1").says(PLACE, then="#").presses("1").waits()
    line.works()
    assert line.fields.still_there.value is True
    undoes(line, desk, "where")
    call = at_where(line)
    assert "nearest cross street" in call.heard
    assert NEW not in call.heard
    call.hangs_up()


def test_each_language_has_its_own_words(line: Line, desk: Browser) -> None:
    changes(line, desk, "where", "Después del tono, diga la calle.", "es")
    spanish = line.network.caller(CALLER).dials().presses("2").presses("1")
    assert "Después del tono, diga la calle." in spanish.heard
    spanish.hangs_up()
    assert "nearest cross street" in at_where(line).heard


def test_a_call_under_way_goes_on_with_the_words_with_which_it_began(
    line: Line, desk: Browser
) -> None:
    call = line.network.caller(CALLER).dials().presses("1")
    changes(line, desk, "where", NEW)
    call.presses("1")
    assert "nearest cross street" in call.heard
    assert NEW not in call.heard
    call.says(PLACE, then="#").presses("3#").presses("1").says(PLACE, then="#").presses("1").waits()
    line.works()
    assert len(line.dossier.recordings) == 2
    assert NEW in at_where(line).heard


def test_whoever_rehearses_hears_them_too(line: Line, desk: Browser) -> None:
    changes(line, desk, "where", NEW)
    phone = Phone(desk).calls().presses("1").presses("1")
    assert NEW in phone.heard
    phone.hangs_up()


def test_a_text_is_answered_by_the_webs_words_and_sent_by_the_workers(
    line: Line, desk: Browser
) -> None:
    changes(line, desk, "text_received", "We have it. Number {reference}.")
    changes(line, desk, "text_report", "Your number: {reference}.")
    phone = line.network.phone("+16125550143")
    phone.texts("They are at Lake and Bloomington")
    line.works()
    number = line.dossiers[-1].report.reference
    assert [text.body for text in line.network.inbox("+16125550143")] == [
        f"We have it. Number {number}."
    ]
    call = at_where(line)
    call.says(PLACE, then="#").presses("3#").presses("1").says(PLACE, then="#").presses("1")
    call.presses("1")
    line.works()
    references = {dossier.report.reference for dossier in line.dossiers}
    bodies = {text.body for text in line.network.inbox(CALLER)}
    assert bodies & {f"Your number: {reference}." for reference in references}


# --- What cannot be said, or cannot be read


@pytest.mark.parametrize(
    "broken", ["", "   ", "Where? {place}", "Where? {", "x" * 5000], ids=lambda text: text[:12]
)
def test_a_row_that_cannot_be_said_leaves_the_words_of_the_file(
    line: Line, desk: Browser, broken: str
) -> None:
    keeps_a_row(line, "where", broken)
    keeps_a_row(line, "no_such_prompt", "Nobody hears this.")
    call = at_where(line)
    assert "nearest cross street" in call.heard
    call.says(PLACE).hangs_up()
    line.works()
    assert line.dossier.recordings
    page = desk.get("/prompts/en/where/words").text
    assert "callers hear the words of the file" in page


def test_a_database_that_cannot_be_read_leaves_the_words_of_the_files(line: Line) -> None:
    book = line.adapters.rulebook

    class Away:
        def read(self) -> Any:
            raise OperationalError("select", {}, Exception("gone"))

    book.store = Away()  # type: ignore[assignment]
    book.forget()
    wording = book.wording()
    assert wording.words == {}
    assert wording.questions_off == frozenset()
    assert book.wording(line.clock()).words == {}


# --- Recordings say what they say


def test_a_recording_of_other_words_is_set_aside_until_it_says_them(
    line: Line, desk: Browser
) -> None:
    file_words = line.adapters.prompts.said["en", "where"]
    first = records_words(line, "where", file_words, 300)
    call = at_where(line)
    assert plays(call, first)
    call.hangs_up()

    changes(line, desk, "where", NEW)
    call = at_where(line)
    assert not plays(call, first), "it says other words"
    assert NEW in call.heard, "a voice reads them meanwhile"
    call.hangs_up()

    second = records_words(line, "where", NEW, 500)
    call = at_where(line)
    assert plays(call, second)
    assert not plays(call, first)
    call.hangs_up()

    undoes(line, desk, "where")
    call = at_where(line)
    assert plays(call, first), "whose words hold again"
    assert not plays(call, second)


def test_a_call_under_way_hears_the_recording_of_the_words_it_began_with(
    line: Line, desk: Browser
) -> None:
    first = records_words(line, "where", line.adapters.prompts.said["en", "where"], 300)
    call = line.network.caller(CALLER).dials().presses("1")
    changes(line, desk, "where", NEW)
    second = records_words(line, "where", NEW, 500)
    call.presses("1")
    assert plays(call, first)
    assert not plays(call, second)


def test_a_language_without_a_voice_waits_for_the_new_words_to_be_recorded(
    line: Line, desk: Browser
) -> None:
    takes = record_all(line, "so")
    assert any(each.code == "so" for each in offered(line))
    page = "/prompts/so/where/words"
    known = form(desk, page)["known"]
    asked = desk.sends(page, from_page=page, words="Waa xaggee?", known=known)
    assert "Callers are not offered this language any more" in asked.text
    assert any(each.code == "so" for each in offered(line)), "nothing is done before"

    call = line.network.caller(CALLER).dials().presses("3")
    changes(line, desk, "where", "Waa xaggee?", "so")
    assert not any(each.code == "so" for each in offered(line))
    call.presses("1")
    assert plays(call, takes["where"]), "who is on the telephone is served to the end"
    call.says(PLACE).hangs_up()
    line.works()
    assert line.dossier.call.language == "so"

    undoes(line, desk, "where", "so")
    assert any(each.code == "so" for each in offered(line))


def offered(line: Line) -> Any:
    return line.adapters.telephone.standing("CA" + 32 * "0").prompts.offered


# --- Questions


def test_a_question_that_is_off_is_not_asked_and_the_report_lacks_it(
    line: Line, desk: Browser
) -> None:
    asks(line, desk, "rights", "others", "officers", "callback")
    call = at_where(line)
    call.says(PLACE, then="#").presses("3#")
    assert "Are they still there" not in call.heard
    call.says(PLACE, then="#").presses("1").waits()
    line.works()
    assert line.fields.officers.value == 3
    assert line.fields.still_there.value is None
    assert set(line.states()) == {"where", "what"}


def test_without_any_optional_question_there_is_still_a_report(line: Line, desk: Browser) -> None:
    asks(line, desk)
    call = at_where(line)
    call.says(PLACE, then="#").says(PLACE, then="#").waits()
    assert "Your reference number is" in call.heard
    line.works()
    assert set(line.states()) == {"where", "what"}


def test_a_key_that_leads_to_nothing_any_more_is_corrected(line: Line, desk: Browser) -> None:
    asks(line, desk, "others", "officers", "still_there", "callback")
    call = line.network.caller(CALLER).dials().presses("1").presses("4")
    assert "that key does nothing here" in call.heard
    assert "right to stay silent" not in call.heard
    call.presses("1")
    assert "nearest cross street" in call.heard
    call.says(PLACE).hangs_up()
    line.works()
    assert line.dossier.recordings


@pytest.mark.parametrize("until", ["language", "when", "where", "officers", "still_there", "what"])
def test_a_change_in_the_middle_of_a_call_loses_no_report_and_no_caller(
    line: Line, desk: Browser, until: str
) -> None:
    call = line.network.caller(CALLER).dials()
    steps: dict[str, Any] = {
        "language": lambda: call.presses("1"),
        "when": lambda: call.presses("1"),
        "where": lambda: call.says(PLACE, then="#"),
        "officers": lambda: call.presses("3#"),
        "still_there": lambda: call.presses("1"),
        "what": lambda: call.says(PLACE, then="#"),
        "callback": lambda: call.presses("1"),
    }
    for step, does in steps.items():
        if step == until:
            asks(line, desk)
            changes(line, desk, "what", "Say it.")
        does()
    call.waits()
    assert "Your reference number is" in call.heard
    assert "Say it." not in call.heard
    line.works()
    assert set(line.states()) == {"where", "what"}
    assert line.fields.officers.value == 3
    assert line.fields.still_there.value is True


def test_who_is_asked_a_question_at_the_very_moment_it_is_switched_off_is_still_answered(
    line: Line, desk: Browser
) -> None:
    """The call began in the second before the change, so that one step knew of it and another not:
    the question they were asked is off by the time they answer."""
    call = at_where(line).says(PLACE, then="#")
    assert "How many officers" in call.heard
    asks(line, desk)
    line.clock.ahead -= 2 * STANDS
    with line.adapters.store.begin() as records:
        (only,) = records.settings.changes()
        began = records.dossiers()[0].call.started_at
        records.settings.undo_change(only.change_id or 0, line.clock(), "ana")
        records.settings.add_change(
            Change("questions_off", only.value, began - timedelta(seconds=2), "ana")
        )
    line.clock.ahead += 2 * STANDS
    call.presses("3#")
    assert "say what you see" in call.heard
    call.says(PLACE, then="#").waits()
    line.works()
    assert set(line.states()) == {"where", "what"}
    assert line.fields.officers.value == 3, "the answer to what is off is kept, too"


def test_where_and_what_cannot_be_switched_off(line: Line, desk: Browser) -> None:
    with line.adapters.store.begin() as records:
        records.settings.add_change(
            Change("questions_off", "where,what,when,nonsense", line.clock(), "ana")
        )
    line.clock.ahead += 2 * STANDS
    call = at_where(line)
    assert "nearest cross street" in call.heard
    call.says(PLACE, then="#").presses("3#").presses("1")
    assert "say what you see" in call.heard


# --- Who


def test_an_organizer_looks_and_changes_nothing(line: Line) -> None:
    add_organizer(line.adapters.store, "sam", "Sam", PASSWORD, line.clock(), QUICK, Role.ORGANIZER)
    app: Any = line.web.app
    sam = Browser(app.test_client())
    sam.logs_in("sam")
    page = "/prompts/en/where/words"
    text = sam.get(page).text
    assert "Admins change this" in text
    assert "<textarea" not in text
    assert sam.sends(page, from_page=page, words=NEW, known="0").status_code == 403
    assert sam.sends(f"{page}/undo", from_page=page, change="1").status_code == 403
    line.clock.ahead += 2 * STANDS
    assert "nearest cross street" in at_where(line).heard
