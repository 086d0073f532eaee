"""What a caller hears while the line is down, whatever languages a group offers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import app
from ivr.fallback import (
    FALLBACK,
    GOODBYE,
    LONGEST_GREETING,
    MOST_LANGUAGES,
    Fallback,
    write_fallback,
)
from ivr.languages import Language, Prompts, load_prompts
from twiml.reading import Hangup, Record, Say, Verb, read_twiml

PROMPTS = load_prompts(Path("prompts"))
ENGLISH = next(language for language in PROMPTS.languages if language.code == "en")
HERE = "https://files.example.org/line/fallback.xml"
LARGEST_DOCUMENT = 4000
"""Characters of TwiML that Twilio takes by other ways than a webhook
(https://www.twilio.com/docs/api/errors/32018): a bin should be far from any such limit."""

words = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=400
).filter(lambda text: bool(text.strip()))


@st.composite
def languages(draw: st.DrawFn) -> Prompts:
    """One to nine languages, each with a voice or wholly recorded, in any order."""
    keys = draw(st.lists(st.sampled_from("12345678"), min_size=1, max_size=8, unique=True))
    made = [
        replace(
            ENGLISH,
            code=f"x{key}",
            keys=key,
            words={**ENGLISH.words, "unknown_language": draw(words)},
            voice=ENGLISH.voice if position == 0 or draw(st.booleans()) else None,
            recorded=dict.fromkeys(ENGLISH.words, "00" * 32),
        )
        for position, key in enumerate(keys)
    ]
    return Prompts(PROMPTS.script, tuple(draw(st.permutations(made))))


def read(written: Fallback) -> tuple[tuple[Verb, ...], tuple[Verb, ...]]:
    greeting = read_twiml(written.greeting, HERE)
    return greeting, read_twiml(written.goodbye, urljoin(HERE, GOODBYE))


def said(verbs: tuple[Verb, ...]) -> list[str]:
    return [verb.text for verb in verbs if isinstance(verb, Say)]


@given(languages())
def test_whatever_is_offered_a_caller_is_asked_recorded_and_let_go(prompts: Prompts) -> None:
    written = write_fallback(prompts)
    greeting, goodbye = read(written)
    count = len(written.greeted)
    assert count >= 1
    assert [type(verb) for verb in greeting] == [*[Say] * count, Record, *[Say] * count, Hangup]
    assert isinstance(goodbye[-1], Hangup)
    asked = [" ".join(each.words["unknown_language"].split()) for each in written.greeted]
    assert said(greeting)[:count] == asked


@given(languages())
def test_the_first_by_key_are_greeted_and_nobody_waits_longer_than_they_bear(
    prompts: Prompts,
) -> None:
    written = write_fallback(prompts)
    spoken = sorted(each.keys for each in prompts.languages if each.voice)
    greeted = [each.keys for each in written.greeted]
    assert greeted == spoken[: len(greeted)]
    assert len(greeted) <= MOST_LANGUAGES
    assert len(greeted) == 1 or written.seconds <= LONGEST_GREETING
    assert {each.keys for each in written.left_out} == {
        each.keys for each in prompts.languages
    } - set(greeted)


def with_words(key: str, text: str) -> Language:
    return replace(
        ENGLISH, code=f"x{key}", keys=key, words={**ENGLISH.words, "unknown_language": text}
    )


def test_short_words_make_room_for_five_languages_and_no_more() -> None:
    prompts = Prompts(PROMPTS.script, tuple(with_words(key, "Speak.") for key in "123456"))
    assert [each.keys for each in write_fallback(prompts).greeted] == list("12345")


def test_a_sign_that_is_a_word_takes_the_time_of_one() -> None:
    latin, chinese = with_words("1", "a" * 150), with_words("2", "说" * 100)
    written = write_fallback(Prompts(PROMPTS.script, (latin, chinese)))
    assert written.greeted == (latin,)
    assert written.left_out == (chinese,)


def test_the_recording_is_kept_as_every_other_and_leads_nowhere_of_ours() -> None:
    greeting, _ = read(write_fallback(PROMPTS))
    (record,) = [verb for verb in greeting if isinstance(verb, Record)]
    asked = PROMPTS.script.unknown_language
    assert (record.max_length, record.timeout) == (asked.longest, asked.silence)
    assert record.finish_on_key == frozenset("#")
    assert not record.trim
    assert record.play_beep
    assert record.status_callback is None
    assert (record.action, record.method) == (urljoin(HERE, GOODBYE), "GET")


def test_the_goodbye_may_lie_elsewhere() -> None:
    elsewhere = "https://bins.example.org/EH1"
    greeting, _ = read(write_fallback(PROMPTS, elsewhere))
    assert [verb.action for verb in greeting if isinstance(verb, Record)] == [elsewhere]


def test_a_bin_has_room_for_it_and_reads_no_template_in_it() -> None:
    written = write_fallback(PROMPTS)
    for text in (written.greeting, written.goodbye):
        assert len(text) < LARGEST_DOCUMENT
        assert "{{" not in text


# --- The command and the files --------------------------------------------------------------------


def test_the_files_that_we_ship_are_what_the_command_writes() -> None:
    written = write_fallback(PROMPTS)
    assert (app.DEPLOY / FALLBACK).read_text(encoding="utf-8") == written.greeting
    assert (app.DEPLOY / GOODBYE).read_text(encoding="utf-8") == written.goodbye


def test_old_files_are_told_apart_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "DEPLOY", tmp_path / "deploy")

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app.cli, ["fallback", *arguments])
        return result.exit_code, result.output

    status, told = run("--check")
    assert status == 1
    assert "fallback.xml is older" in told
    status, told = run()
    assert status == 0
    assert "Greets in English" in told
    assert run("--check")[0] == 0
    (tmp_path / "deploy" / GOODBYE).write_text("<Response/>", encoding="utf-8")
    status, told = run("--check")
    assert status == 1
    assert "goodbye.xml is older" in told


def test_the_document_for_a_bin_is_printed_and_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "DEPLOY", tmp_path / "deploy")
    elsewhere = "https://bins.example.org/EH1"
    result = CliRunner().invoke(app.cli, ["fallback", "--goodbye", elsewhere])
    assert result.output == write_fallback(PROMPTS, elsewhere).greeting
    assert not (tmp_path / "deploy").exists()
