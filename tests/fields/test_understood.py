"""What is understood says where it comes from, and never more than it knows."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app import cli
from reports.fields.counts import Count
from reports.fields.lexicon import KINDS, BadLexicon, Lexicon, load_lexicons
from reports.fields.plainly import plainly, told_from
from reports.fields.said import Stop, passage_of, tokens_of, tokens_of_segments
from reports.fields.understood import Understanding, understand
from reports.model import Segment, Word
from tests.fields.cases import AT, cases, names

LEXICONS = load_lexicons(Path("prompts"))
LANGUAGES = st.sampled_from(["en", "es", "so", "hmn", "fr"])
WORDS = st.sampled_from(sorted({word for case in cases() for word in case.says["words"].split()}))


def understood(words: str, language: str = "en", keys: str = "") -> Understanding:
    told = told_from({"words": words, "lang": language, "keys": keys}, LEXICONS, AT)
    return understand(told, names())


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(WORDS, max_size=60).map(" ".join), LANGUAGES)
def test_no_words_break_it(words: str, language: str) -> None:
    found = understood(words, language)
    json.dumps(plainly(found))
    officers = found.officers.value
    if officers is not None and officers.low is not None and officers.high is not None:
        assert 0 < officers.low <= officers.high
    seen_at = found.seen_at.value
    assert seen_at is None or seen_at.within.total_seconds() > 0


def test_a_street_that_is_a_number_counts_nobody() -> None:
    found = understood("Waxaa lagu joojiyay 169 iyo Canterbury, hal nin.", "so")
    assert found.location.value is not None
    assert found.location.value.streets == ("Highway 169", "Canterbury Rd")
    for count in (found.officers.value, found.detained and found.detained.value):
        assert count is None or count == Count(1, 1)


def test_a_count_between_two_streets_that_cross_is_one() -> None:
    found = understood("I'm on Lake Street, there's four agents with masks on, by Cedar Avenue.")
    assert found.location.value is not None
    assert len(found.location.value.streets) == 2
    assert found.officers.value == Count(4, 4)


def test_a_place_beside_a_bank_is_no_call_for_the_bank() -> None:
    where = "Estoy en el Mercado Central, del lado del banco."
    kind = understood(where, "es", keys="when=3").kind
    assert kind is None or kind.value.value != "not_for_us"
    kind = understood("Buenas, le llamo del banco por su tarjeta.", "es").kind
    assert kind is not None
    assert kind.value.value == "not_for_us"


@pytest.mark.parametrize(
    ("language", "words", "kind"),
    [
        (
            "es",
            "Afuera del cuarto de mi esposo hay dos agentes de migración sentados en sillas. La"
            " enfermera me dijo que yo no tengo que hablar con ellos. ¿Sí es cierto?",
            "report",
        ),
        (
            "en",
            "There's two officers in the hallway of the office, they've got ICE on their shoulders."
            " The secretary's gone to lunch, who do I call?",
            "report",
        ),
        (
            "en",
            "What do I do if they've already got him? My husband called me from inside the ICE van"
            " and then the line went dead.",
            "help",
        ),
        (
            "en",
            "What do I do if six agents come to my door one day? Do I have to open?",
            "question",
        ),
        (
            "es",
            "¿Qué hago si vienen dos agentes a mi casa? ¿Tengo que abrirles? Es nada más por saber,"
            " aquí no ha pasado nada.",
            "question",
        ),
    ],
)
def test_who_asks_about_those_they_see_tells_of_them(language: str, words: str, kind: str) -> None:
    found = understood(words, language)
    assert found.kind is not None
    assert found.kind.value.value == kind
    is_counted = found.officers.value is not None or found.detained is not None
    assert is_counted == (kind != "question")


def test_who_takes_a_number_back_is_believed_and_the_first_is_kept_beside() -> None:
    found = understood("There's four, no wait, five guys at the door.").officers
    assert found.value == Count(5, 5)
    assert found.said is not None
    assert found.said.before == (Count(4, 4),)
    assert found.said.words == "five guys"


def test_what_was_pressed_and_what_was_said_stand_side_by_side() -> None:
    found = understood("There are five agents and they're gone now.", keys="officers=3,present=1")
    assert found.conflicts == ("officers", "still_there")
    assert found.officers.value == Count(3, 3), "a key goes before words"
    assert found.officers.said is not None
    assert found.officers.said.value == Count(5, 5)


@pytest.mark.parametrize("words", ["four or five agents", "about six agents", "many agents"])
def test_a_vague_number_does_not_speak_against_a_key(words: str) -> None:
    assert understood(f"There are {words}.", keys="officers=5").conflicts == ()


def test_where_words_stand_in_a_recording_is_kept() -> None:
    words = [" There", " are", " five", " agents", " here."]
    segment = Segment(
        text="There are five agents here.",
        start=2.0,
        end=4.5,
        words=tuple(Word(w, 2.0 + i / 2, 2.5 + i / 2, 0.9) for i, w in enumerate(words)),
        log_probability=-0.1,
        no_speech=0.0,
        compression=1.0,
    )
    tokens = tokens_of_segments([segment])
    assert [(t.plain, t.start, t.end) for t in tokens][2:4] == [
        ("five", 3.0, 3.5),
        ("agents", 3.5, 4.0),
    ]
    assert tokens[-1].stop == Stop.SENTENCE


def test_what_fills_a_pause_parts_nothing() -> None:
    tokens = passage_of("what", LEXICONS["en"], tokens_of("There are, uh, four of them.")).tokens
    assert [token.plain for token in tokens] == ["there", "are", "four", "of", "them"]
    assert {token.stop for token in tokens[:-1]} == {Stop.NONE}


def test_the_end_of_an_abbreviation_ends_no_sentence() -> None:
    tokens = tokens_of("On E. Lake St. and Bloomington at 7 p.m. tonight. Hurry!")
    assert [token.plain for token in tokens if token.stop == Stop.SENTENCE] == ["tonight", "hurry"]
    assert "pm" in [token.plain for token in tokens]


def test_at_each_word_the_longest_phrase_counts() -> None:
    lexicon = Lexicon.of("en", {"gone": {"no": ["still here"], "yes": ["here|there"]}})
    assert [mark.value for mark in lexicon.marks(["still", "here"])] == ["no", "yes"]
    lexicon = Lexicon.of("en", {"gone": {"no": ["(they) are (all) here"], "yes": ["are"]}})
    assert [mark[:2] for mark in lexicon.marks(["they", "are", "here"])] == [(0, 3), (1, 3)]


def test_a_lexicon_that_is_wrong_is_refused_with_all_that_is_wrong(tmp_path: Path) -> None:
    for code, text in (
        ("en", "[listens]\nofficers = 'agent'\nabout = ['(so)']\nofficrs = ['cop']\n"),
        ("es", "[listens\n"),
    ):
        (tmp_path / code).mkdir()
        (tmp_path / code / "hears.toml").write_text(text)
    with pytest.raises(BadLexicon) as bad:
        load_lexicons(tmp_path)
    assert "en/hears.toml: officers: a list of phrases" in str(bad.value)
    assert "en/hears.toml: about: “(so)” has no words" in str(bad.value)
    assert "en/hears.toml: no field listens for officrs" in str(bad.value)
    assert "es/hears.toml: " in str(bad.value)


def test_every_kind_that_a_field_reads_may_stand_in_a_lexicon() -> None:
    sources = " ".join(file.read_text() for file in Path("reports/fields").glob("*.py"))
    read = {name for call in re.findall(r"\.of\(([^)]*)\)", sources) for name in literals(call)}
    assert len(read) > 20
    assert read <= KINDS
    unread = {kind for kind in KINDS - read if f'"{kind}"' not in sources}
    assert not unread, "nobody reads them"


def literals(call: str) -> list[str]:
    return re.findall(r'"(\w+)"', call)


def test_a_count_that_grows_is_doubted_and_one_that_grows_and_grows_is_none() -> None:
    grows = [f"I see {count} agents." for count in range(2, 12)]
    said = understood(" ".join(grows[:2])).officers.said
    assert said is not None
    assert said.value == Count(2, 3, is_about=True)
    assert said.confidence < understood(grows[0]).officers.said.confidence  # type: ignore[union-attr]
    assert understood(" ".join(grows)).officers.said is None


def test_an_hour_and_a_half_is_no_hour() -> None:
    seen = understood("Two hours and a half ago they took him.").seen_at.value
    assert seen is not None
    assert seen.at == AT - timedelta(hours=2, minutes=30)


def test_an_organizer_tries_words_on_the_command_line() -> None:
    arguments = ["understand", "--lang", "es", "--at", "2026-01-15T08:10:00-06:00"]
    done = CliRunner().invoke(
        cli, [*arguments, "--keys", "officers=4,present=1"], input="Hay cuatro agentes."
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert found["officers"]["value"]["low"] == 4
    assert [source.get("key", source.get("words")) for source in found["officers"]["sources"]] == [
        "4",
        "cuatro agentes",
    ]
    assert found["still_there"]["value"] is True


def test_many_at_once_give_a_list(tmp_path: Path) -> None:
    batch = tmp_path / "calls.json"
    batch.write_text(
        json.dumps([{"words": "three agents"}, {"words": "dos agentes", "lang": "es"}])
    )
    done = CliRunner().invoke(cli, ["understand", "--batch", str(batch)])
    assert [each["officers"]["value"]["low"] for each in json.loads(done.output)] == [3, 2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "this morning"], "no time with its offset"),
        (["--at", "2026-01-15T08:10"], "no time with its offset"),
        (["--keys", "officers:4"], "not of the form"),
        (["--keys", "agents=4"], "there is no agents; there are officers"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(cli, ["understand", *arguments], input="Hello.")
    assert done.exit_code == 1
    assert says in done.output


def test_a_batch_that_is_none_is_said_to_be(tmp_path: Path) -> None:
    batch = tmp_path / "calls.json"
    for text, says in (("[", "no JSON"), ('["words"]', "an object with words"), ("3", "a list")):
        batch.write_text(text)
        done = CliRunner().invoke(cli, ["understand", "--batch", str(batch)])
        assert done.exit_code == 1, text
        assert "Error: " in done.output
        assert says in done.output


def test_an_instant_is_in_the_callers_zone() -> None:
    at = "2026-01-15T00:30:00-06:00"
    told = told_from({"words": "The agents came last night around ten.", "at": at}, LEXICONS, AT)
    seen = understand(told, names()).seen_at.value
    assert seen is not None
    assert seen.at == datetime.fromisoformat("2026-01-14T22:00:00-06:00")
