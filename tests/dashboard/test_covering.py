"""A number in the message: covered wherever its words are shown, and shown to who asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.covering import COVER, Covering, CoverMoved
from dashboard.desk import Desk
from exports.redaction import Cover, Mark, Redaction
from reports.custody import Deed
from reports.model import Call, CallState, Medium, Report, TextMessage, TranscriptKind
from reports.services.correcting import correct
from tests.dashboard.conftest import API_TOKEN, Browser
from tests.dashboard.stories import MORNING, Stories, segment

IN_DIGITS = "Two vans on Lake. Call me after six at 612 555 0137."
IN_WORDS = "Two vans on Lake. My number is six one two five five five oh one three seven."
OF_ANOTHER_PIECE = ("Two vans. My number is 612", "555 0137, thank you.")
SPELLINGS = ("5550137", "555 0137", "555-0137", "five five five", "6125550137")
NUMBER = "+16125550137"


def says(stories: Stories, *stretches: str, callback: str | None = None) -> str:
    """An English call with its words in as many stretches; returns the recording's id."""
    keys = {"when": "1"} | ({} if callback is None else {"callback": callback})
    stories.call("4821", 3, keys=keys)
    heard = [segment(text, 4.0 * at, 4.0 * at + 3) for at, text in enumerate(stretches)]
    return stories.recording("4821", "what", heard=heard)


def holds_number(text: str) -> bool:
    seen = re.sub(r"<[^>]*>", "", text)
    return any(spelling in seen or spelling in text for spelling in SPELLINGS)


@pytest.mark.parametrize("said", [(IN_DIGITS,), (IN_WORDS,), OF_ANOTHER_PIECE])
def test_no_page_and_no_answer_of_the_api_has_it_before_it_is_asked_for(
    ana: Browser, stories: Stories, said: tuple[str, ...]
) -> None:
    says(stories, *said)
    for path in ("/r/4821", "/r/4821/part", "/?show=all", "/inbox?show=all"):
        page = ana.get(path).text
        assert "4821" in page
        assert not holds_number(page), path
    told = ana.get("/api/reports/4821", Authorization=f"Bearer {API_TOKEN}")
    assert told.status_code == 200
    assert not holds_number(told.text)
    document = told.get_json()
    (transcript,) = document["recordings"][0]["transcripts"]
    assert COVER in transcript["text"]
    assert document["understood"]["number"]["value"] is True
    words = [word for each in transcript["segments"] for word in each["words"]]
    assert len(words) == len(" ".join(said).split()), "each word stays where it was said"
    listed = ana.get("/api/reports", Authorization=f"Bearer {API_TOKEN}")
    assert not holds_number(listed.text)


@pytest.mark.parametrize("said", [(IN_DIGITS,), (IN_WORDS,), OF_ANOTHER_PIECE])
def test_who_asks_for_it_can_call_it_and_reads_it_in_the_words(
    ana: Browser, stories: Stories, said: tuple[str, ...]
) -> None:
    says(stories, *said)
    assert "Show the number" in ana.get("/r/4821").text
    shown = ana.acts("4821", "spoken")
    assert shown.status_code == 200
    assert f'href="tel:{NUMBER}"' in shown.text
    assert COVER not in re.sub(r"<[^>]*>", "", shown.text)
    assert shown.headers["Cache-Control"] == "no-store"
    assert not holds_number(ana.get("/r/4821").text), "in that answer alone"
    assert ana.get("/r/4821/spoken").location == "/r/4821"


def test_a_number_in_the_machines_english_is_covered_as_well(
    ana: Browser, stories: Stories
) -> None:
    stories.call("4821", 3, language="so", keys={"when": "1"})
    stories.recording(
        "4821", "what", heard=[segment("Laba gaari.", 0, 2)], language="so", english=IN_WORDS
    )
    assert not holds_number(ana.get("/r/4821").text)
    assert NUMBER in ana.acts("4821", "spoken").text


@pytest.mark.parametrize(
    ("callback", "first"),
    [
        ("1", "The caller wants to be called back."),
        ("2", "The caller does not want to be called back."),
        (None, "The caller did not say whether to call back."),
    ],
)
def test_what_they_said_of_calling_stands_before_the_number(
    ana: Browser, stories: Stories, callback: str | None, first: str
) -> None:
    says(stories, "Two vans on Lake, 612 555 0137.", callback=callback)
    before, _, behind = ana.acts("4821", "spoken").text.partition(first)
    assert before.count('href="tel:') == 0
    assert f'href="tel:{NUMBER}"' in behind


def test_a_no_counts_more_than_a_yes_by_key_or_by_words(ana: Browser, stories: Stories) -> None:
    says(stories, "Please do not call me. It was 612 555 0137.", callback="1")
    assert "The caller does not want to be called back." in ana.get("/r/4821").text


def test_when_to_call_is_told_and_no_number_with_it(ana: Browser, stories: Stories) -> None:
    says(stories, IN_DIGITS)
    page = ana.get("/r/4821").text
    assert f'Call when: <q dir="auto">after six at {COVER}</q>' in page


def test_each_showing_stands_in_the_timeline_and_in_the_custody_log(
    ana: Browser, stories: Stories
) -> None:
    says(stories, IN_DIGITS)
    assert "was shown the numbers in the message" not in ana.get("/r/4821").text
    ana.acts("4821", "spoken")
    ana.acts("4821", "spoken")
    page = ana.get("/r/4821").text
    assert page.count("Ana Fuentes was shown the numbers in the message") == 4
    with stories.store.read() as records:
        seen = [
            entry for entry in records.custody_of(["report:4821"]) if entry.deed is Deed.NUMBER_SEEN
        ]
    assert [(entry.who, dict(entry.detail)) for entry in seen] == [("ana", {"after": "spoken"})] * 2


def test_where_there_is_no_number_there_is_nothing_to_show(ana: Browser, stories: Stories) -> None:
    says(stories, "Two vans on Lake, four officers.")
    assert "Show the number" not in ana.get("/r/4821").text
    assert ana.acts("4821", "spoken").status_code == 403
    assert ana.get("/r/4821").text.count("numbers in the message") == 0


def test_no_log_tells_a_number_in_the_message(
    ana: Browser, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    says(stories, IN_DIGITS)
    with caplog.at_level("DEBUG"):
        ana.acts("4821", "spoken")
        ana.get("/api/reports/4821", Authorization=f"Bearer {API_TOKEN}")
    assert not holds_number(caplog.text)


def test_a_number_that_was_written_is_covered_and_shown_alike(ana: Browser, desk: Desk) -> None:
    with desk.store.begin() as records:
        records.add_call(Call("SM1", MORNING, CallState.COMPLETED, medium=Medium.TEXT))
        records.add_report(Report("4821", "SM1", MORNING, MORNING))
        records.add_text_message(TextMessage("SM1", "SM1", MORNING, "vans, 612-555-0137"))
    assert not holds_number(ana.get("/r/4821").text)
    assert not holds_number(ana.get("/?show=all").text)
    api = ana.get("/api/reports/4821", Authorization=f"Bearer {API_TOKEN}").get_json()
    assert api["texts"][0]["body"] == f"vans, {COVER}"
    shown = ana.acts("4821", "spoken").text
    assert "vans, 612-555-0137" in shown
    assert NUMBER in shown


# --- Putting words right around a number that is covered


def counts(desk: Desk) -> str:
    with desk.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    transcript = dossier.transcript("RE4821what")
    assert transcript is not None
    return transcript.text


def test_words_around_a_covered_number_are_put_right_and_the_number_stays(
    ana: Browser, stories: Stories, desk: Desk
) -> None:
    says(stories, IN_DIGITS)
    page = ana.get("/r/4821").text
    written = re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)
    of = re.search(r'name="of" value="(\d+)"', page)
    assert written
    assert of
    assert written[1] == f"Two vans on Lake. Call me after six at {COVER}."
    mended = written[1].replace("Two vans", "Three vans")
    ana.acts("4821", "audio/RE4821what/words", text=mended, of=of[1])
    assert counts(desk) == IN_DIGITS.replace("Two vans", "Three vans")
    assert not holds_number(ana.get("/r/4821").text)


def test_half_a_covered_number_is_not_guessed_at(
    ana: Browser, stories: Stories, desk: Desk
) -> None:
    sid = says(stories, IN_DIGITS)
    of = re.search(r'name="of" value="(\d+)"', ana.get("/r/4821").text)
    assert of
    ana.acts("4821", f"audio/{sid}/words", text=f"Vans. {COVER} or {COVER}", of=of[1])
    assert counts(desk) == IN_DIGITS
    assert "Show the number" in ana.get("/r/4821").text


def test_a_number_that_a_person_wrote_down_is_covered_in_every_version(
    ana: Browser, stories: Stories, desk: Desk, clock: Callable[[], object]
) -> None:
    sid = says(stories, "Two vans on Lake. My number is six want to hive.")
    correct(
        desk.store,
        desk.queue,
        recording_sid=sid,
        text=IN_WORDS,
        of=1,
        who="ana",
        at=MORNING + timedelta(hours=1),
    )
    with desk.store.read() as records:
        kinds = [each.kind for each in records.transcripts_of(sid)]
    assert kinds == [TranscriptKind.MACHINE, TranscriptKind.CORRECTION]
    assert not holds_number(ana.get("/r/4821").text)


# --- Without pages

NUMBERS = st.sampled_from(["612-555-0137", "(612) 555 0142", "+1 612 555 0199", "5550101"])
WORDS = st.text(st.sampled_from("abc xyz,.\n"), max_size=12)


@given(st.lists(st.tuples(WORDS, NUMBERS), max_size=4), WORDS)
def test_what_was_covered_comes_back_as_it_was(said: list[tuple[str, str]], end: str) -> None:
    text = "".join(f"{words} . {number} . " for words, number in said) + end
    covering = Covering()
    covered = covering.text(text)
    assert not re.search(r"\d", covered)
    assert covering.restored(covered, text) == text


@given(st.integers(0, 4), st.integers(0, 4))
def test_covers_that_are_not_as_many_are_refused(had: int, have: int) -> None:
    original = " and ".join(["612-555-0137"] * had)
    text = " or ".join([COVER] * have)
    if have in (0, had):
        assert COVER not in Covering().restored(text, original)
    else:
        with pytest.raises(CoverMoved):
            Covering().restored(text, original)


def test_a_time_before_the_number_is_read() -> None:
    said = "Call me after six at six one two five five five oh one three seven. Thanks."
    marks = (Mark(Cover.NUMBER, "six one two five five five oh one three seven"),)
    assert Covering(Redaction.of(marks)).text(said) == f"Call me after six at {COVER}. Thanks."


def test_what_is_shown_is_not_covered() -> None:
    marks = (Mark(Cover.NUMBER, "six one two five five five oh one three seven"),)
    covering = Covering(Redaction.of(marks))
    assert covering.text(IN_WORDS) == f"Two vans on Lake. My number is {COVER}."
    assert replace(covering, is_lifted=True).text(IN_WORDS) == IN_WORDS
