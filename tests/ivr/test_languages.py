"""What is missing or wrong in prompts/ is said at start, all of it, by file, line and key.

And every language that we ship says what the others say.
"""

from __future__ import annotations

import re
import shutil
import string
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.languages import DIGITS, PROMPTS, BadPrompts, Language, load_prompts
from ivr.script import AskLanguage, ChosenLanguage, after_language, begin
from ivr.twiml import render
from ivr.voices import VOICES
from oncall.briefs import BadTells, load_tells
from reports import questions
from reports.wording import TEXTS
from tests.ivr.paths import PATHS
from twiml.reading import SPOKEN_LANGUAGES

SHIPPED = Path("prompts")
WILDFIRE = Path("examples/wildfire")
KEYS = {
    "en": "1",
    "es": "2",
    "so": "3",
    "hmn": "4",
    "om": "5",
    "am": "6",
    "kar": "7",
    "vi": "8",
    "ar": "91",
    "sw": "92",
    "fr": "93",
    "ru": "94",
}
"""They stand on posters: one that changes here sends callers to somebody else's language."""
RECORDED_ONLY = ["so", "hmn", "om", "am", "kar", "sw"]
"""No voice of the provider speaks them."""
LETTERS = {"am": "ETHIOPIC", "kar": "MYANMAR", "ar": "ARABIC", "ru": "CYRILLIC"}
"""How Unicode calls the letters of a language; of the others, LATIN."""
LATIN_EVERYWHERE = re.compile(r"STOP|HELP|Minnesota|text|\{reference\}")
"""What is written so in every script."""
KEPT_UNASKED = {questions.PERSON, questions.TEXT_ME}
"""Answers that are kept without a question of the script, and have a title all the same."""


@pytest.fixture(params=KEYS)
def language(request: pytest.FixtureRequest) -> Language:
    """Each language that we ship in turn, offered or not."""
    return next(each for each in load_prompts(SHIPPED).languages if each.code == request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "prompts"))


def change(file: Path, old: str, new: str) -> int:
    """Changes the first place where `old` stands, and gives its line, counted from 1."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def digits_said(language: Language, text: str) -> str:
    """The digits in it, one by one: its figures or, where it has none, its words for them."""
    if figures := re.findall(r"[0-9]", text):
        return "".join(figures)
    word_for = {language.words[f"digit_{digit}"]: digit for digit in string.digits}
    return "".join(word_for.get(word, "") for word in re.split(r"[\s.,:;،]+", text))


def everything_said(language: Language) -> dict[str, str]:
    return {**language.words, **language.texts}


def all_recorded(code: str, language: Language) -> dict[tuple[str, str], str]:
    return {(code, prompt): "ab" * 32 for prompt in language.words}


# --- What we ship --------------------------------------------------------------------------------


def test_the_languages_that_we_ship_have_the_keys_on_the_posters() -> None:
    assert {each.code: each.keys for each in load_prompts(SHIPPED).languages} == KEYS


@pytest.mark.parametrize("organizers", ["en", "es"])
def test_organizers_know_every_language_and_question_by_name(organizers: str) -> None:
    prompts = load_prompts(SHIPPED)
    tells = load_tells(SHIPPED, organizers)
    assert set(tells.languages) == set(KEYS)
    assert set(tells.questions) == KEPT_UNASKED | {each.id for each in prompts.script.questions}
    assert all(tells.languages.values())
    assert all(tells.questions.values())


def test_every_language_says_everything_in_its_own_words(language: Language) -> None:
    english = load_prompts(SHIPPED).language("en")
    assert english is not None
    said, in_english = everything_said(language), everything_said(english)
    assert list(said) == list(in_english)
    # Six is six in French too.
    sentences = [id_ for id_ in said if id_ not in DIGITS]
    left_in_english = [id_ for id_ in sentences if said[id_] == in_english[id_]]
    assert left_in_english == (sentences if language.code == "en" else [])


def test_every_language_is_written_in_its_own_letters(language: Language) -> None:
    letters = LETTERS.get(language.code, "LATIN")
    for id_, text in everything_said(language).items():
        # As one code point each: so they are recognised, measured and sent.
        assert unicodedata.is_normalized("NFC", text), id_
        own = LATIN_EVERYWHERE.sub("", text)
        foreign = {
            each
            for each in own
            if each.isalpha() and not unicodedata.name(each).startswith(letters)
        }
        assert foreign == set(), id_
        assert any(each.isalpha() for each in own), id_


def test_a_language_is_chosen_by_the_keys_that_its_own_sentence_says(language: Language) -> None:
    assert digits_said(language, language.words["choose_language"]) == KEYS[language.code]
    assert digits_said(language, language.words["more_languages"]) == "9"


def test_the_keys_that_are_said_are_those_of_the_script(language: Language) -> None:
    for question in load_prompts(SHIPPED).script.questions:
        if question.kind == "choose":
            said = digits_said(language, language.words[question.id])
            assert [key for key in said if key in question.keys] == list(question.keys)
    assert digits_said(language, language.words["when"]).endswith("0")
    assert digits_said(language, language.words["keep_or_again"]) == "12"
    assert digits_said(language, language.words["offer_text"]) == "1"
    assert digits_said(language, language.words["after_report"]) == "6"


def test_who_is_in_danger_is_sent_to_911_digit_by_digit(language: Language) -> None:
    for id_ in ("safety", "unknown_language", "others"):
        assert "911" in digits_said(language, language.words[id_]), id_
        assert "911" not in language.words[id_], id_
    assert digits_said(language, language.words["others"]).startswith("211")
    for id_ in ("received", "help"):
        assert "911" in language.texts[id_]


def test_who_wants_no_more_texts_is_told_how(language: Language) -> None:
    for id_ in ("received", "report", "help"):
        assert "STOP" in language.texts[id_]
    assert "HELP" in language.texts["report"]


def test_ten_digits_are_ten_words(language: Language) -> None:
    assert len({language.words[digit] for digit in DIGITS}) == 10
    assert not any(language.words[digit].isdigit() for digit in DIGITS)


def test_somebody_answers_for_the_words_or_they_are_called_a_draft() -> None:
    for language in load_prompts(SHIPPED).languages:
        signed = re.search(r"\b20\d\d-\d\d\b", language.review)
        assert signed or language.review == "machine draft", language.code


def test_the_page_about_languages_says_who_answers_for_what() -> None:
    page = Path("docs/languages.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| ") and not line.startswith("| language ")
    ]
    assert [[name.split(" (")[0], *rest] for name, *rest in rows] == [
        [
            each.name,
            each.code,
            each.keys,
            "to be recorded" if each.voice is None else each.voice.voice,
            each.review,
        ]
        for each in load_prompts(SHIPPED).languages
    ]


def test_the_script_asks_what_the_fields_read() -> None:
    asked = {question.id for question in load_prompts(SHIPPED).script.questions}
    assert asked >= {
        questions.FAMILY,
        questions.ADDITION,
        questions.WHEN,
        questions.WHERE,
        questions.OFFICERS,
        questions.STILL_THERE,
        questions.WHAT,
        questions.CALLBACK,
    }


# --- Voices and recordings -----------------------------------------------------------------------


def test_the_voices_that_we_use_speak_in_the_rehearsals_too() -> None:
    assert VOICES.keys() <= SPOKEN_LANGUAGES
    spoken = {code.partition("-")[0] for code in SPOKEN_LANGUAGES}
    assert spoken.isdisjoint(RECORDED_ONLY)


def test_no_language_is_read_by_another_ones_voice(folder: Path) -> None:
    for wrong in ('language = "so-SO"', 'language = "en-GB"'):
        change(folder / "en" / "says.toml", 'language = "en-US"', wrong)
        with pytest.raises(BadPrompts, match=r"en/says\.toml:\d+: .*no voice 'Polly\.Joanna'"):
            load_prompts(folder)
        change(folder / "en" / "says.toml", wrong, 'language = "en-US"')


def test_what_nobody_can_hear_is_not_offered() -> None:
    prompts = load_prompts(SHIPPED)
    offered = [language.code for language in prompts.offered]
    assert offered == [code for code in KEYS if code not in RECORDED_ONLY]
    assert prompts.language("so") is None


@pytest.mark.parametrize("code", RECORDED_ONLY)
def test_a_language_without_a_voice_waits_for_its_last_recording(code: str) -> None:
    prompts = load_prompts(SHIPPED)
    language = next(each for each in prompts.languages if each.code == code)
    recorded = all_recorded(code, language)
    last = recorded.pop((code, "safety"))
    nearly = prompts.with_recordings(recorded)
    assert nearly.language(code) is None
    assert next(each for each in nearly.languages if each.code == code).missing == ("safety",)

    whole = prompts.with_recordings({**recorded, (code, "safety"): last})
    assert whole.language(code) is not None
    # It stands where its keys put it, and nothing else is offered that was not before.
    before = [each.code for each in prompts.offered]
    assert [each.code for each in whole.offered] == [
        each for each in KEYS if each in before or each == code
    ]


def test_a_recording_of_what_is_never_said_brings_no_language_nearer() -> None:
    prompts = load_prompts(SHIPPED)
    somali = next(each for each in prompts.languages if each.code == "so")
    recorded = all_recorded("so", somali)
    del recorded["so", "digit_4"]
    recorded["so", "digit_four"] = "cd" * 32
    recorded["hmn", "digit_4"] = "ef" * 32
    with_them = prompts.with_recordings(recorded)
    assert with_them.language("so") is None
    assert next(each for each in with_them.languages if each.code == "so").missing == ("digit_4",)


def test_a_group_puts_its_languages_in_front() -> None:
    prompts = load_prompts(SHIPPED).in_order(["vi", "so", "es"])
    assert [each.code for each in prompts.languages][:4] == ["vi", "so", "es", "en"]
    assert [each.code for each in prompts.offered][:3] == ["vi", "es", "en"]
    assert {each.code: each.keys for each in prompts.languages} == KEYS


def test_callers_are_not_told_of_what_is_off_and_its_keys_lead_to_it_all_the_same() -> None:
    prompts = load_prompts(SHIPPED).without({"es", "ar", "fr", "ru"})
    assert [each.code for each in prompts.told] == ["en", "vi"]
    assert prompts.language("es") is not None
    said = render(begin(), prompts, None, PATHS)
    assert "For English" in said
    assert "español" not in said
    chosen = after_language(prompts, 1, "2")
    assert isinstance(chosen, ChosenLanguage)
    assert chosen.language.code == "es"
    # Who presses 9 from a poster hears those of two digits, though nobody was told of any.
    assert after_language(prompts, 1, "9") == AskLanguage(more=True)
    assert "<Say" in render(AskLanguage(more=True), prompts, None, PATHS)


def test_never_is_nobody_told_of_any_language() -> None:
    prompts = load_prompts(SHIPPED)
    assert [each.code for each in prompts.without(KEYS).told] == ["en"]
    without = tuple(each for each in prompts.languages if each.code != "en")
    others = replace(prompts, languages=without)
    assert others.without(KEYS).told == others.offered


def test_a_language_is_one_folder(folder: Path) -> None:
    shutil.copytree(folder / "es", folder / "pt")
    change(folder / "pt" / "says.toml", 'keys = "2"', 'keys = "95"')
    assert [each.code for each in load_prompts(folder).languages] == [*KEYS, "pt"]


# --- Another script ------------------------------------------------------------------------------


def test_a_wildfire_line_is_another_script_and_no_other_code() -> None:
    prompts = load_prompts(WILDFIRE)
    assert [each.code for each in prompts.offered] == ["en", "es"]
    script = prompts.script
    assert script.person == "off"

    def path(when: str) -> list[str]:
        asked, step = [], script.following(None, {})
        while step is not None:
            asked.append(step.id)
            step = script.following(step.id, {"when": when})
        return asked

    assert path(questions.NOW) == path(questions.EARLIER) == ["when", "where", "what", "callback"]
    assert path("") == ["when", "where", "what", "callback"]
    assert path("4") == ["when", "leaving"]
    # Else somebody who asks how to leave would be told of as a family's report.
    when = script.question(questions.WHEN)
    assert when is not None
    assert questions.FAMILY_TAKEN not in when.keys
    leaving = script.question("leaving")
    assert leaving is not None
    assert leaving.back_to == questions.WHEN


@pytest.mark.parametrize("organizers", ["en", "es"])
def test_who_watches_for_fires_is_told_in_their_own_words(organizers: str) -> None:
    prompts = load_prompts(WILDFIRE)
    tells = load_tells(WILDFIRE, organizers)
    assert set(tells.languages) == {each.code for each in prompts.languages}
    assert set(tells.questions) == KEPT_UNASKED | {each.id for each in prompts.script.questions}
    assert tells.words["happening_now"] != load_tells(SHIPPED, organizers).words["happening_now"]


def test_the_wildfire_line_says_the_keys_of_its_own_script() -> None:
    for language in load_prompts(WILDFIRE).languages:
        assert digits_said(language, language.words["when"]) == "124"
        assert digits_said(language, language.words["choose_language"]) == language.keys
        assert "911" in digits_said(language, language.words["leaving"])


# --- What is wrong -------------------------------------------------------------------------------


def test_everything_wrong_is_listed_at_once_by_file_line_and_key(folder: Path) -> None:
    english, spanish, somali = (folder / code / "says.toml" for code in ("en", "es", "so"))
    misspelt = change(english, "safety =", "safty =")
    unknown = change(folder / "script.toml", 'when = ["3"]', 'wen = ["3"]')
    unfilled = change(spanish, "{reference}. Para agregar algo, responda", "{ref}. Responda")
    keyless = change(somali, 'keys = "3"', 'keys = "9"')
    kind = change(folder / "script.toml", 'kind = "number"', 'kind = "numbers"')
    two = change(folder / "script.toml", 'keys = ["1", "2"]', 'keys = ["1", "22"]')
    with pytest.raises(BadPrompts) as bad:
        load_prompts(folder)
    said = str(bad.value).splitlines()
    for line in (
        f"{english}:{misspelt}: [prompts] safty is never said",
        f"{spanish}:{unfilled}: [texts] report must hold {{reference}} and holds {{ref}}",
        f"{somali}:{keyless}: keys must be 1 to 8, or 91 to 98",
        f"{folder / 'script.toml'}:{unknown}: question 4: only_if: 'wen' is not asked before it",
        f"{folder / 'script.toml'}:{two}: question 9: keys: '22' is no single digit in quotes",
    ):
        assert f"  {line}" in said
    assert any(
        line.startswith(f"  {folder / 'script.toml'}:{kind}: question 8: kind must be one of")
        for line in said
    )
    # What is not there has no line of its own: it is looked for in its table.
    table = english.read_text(encoding="utf-8").splitlines().index("[prompts]") + 1
    assert f"  {english}:{table}: [prompts] safety is missing" in said


def test_a_recorded_language_needs_words_for_its_digits(folder: Path) -> None:
    somali = folder / "so" / "says.toml"
    change(somali, '4 = "afar"\n', "")
    with pytest.raises(BadPrompts, match=r"so/says\.toml:\d+: \[digits\] 4 is missing"):
        load_prompts(folder)


def test_two_languages_may_not_have_the_same_keys(folder: Path) -> None:
    change(folder / "es" / "says.toml", 'keys = "2"', 'keys = "1"')
    with pytest.raises(BadPrompts, match="en and es have the same keys 1"):
        load_prompts(folder)


def test_a_question_without_words_is_found(folder: Path) -> None:
    change(folder / "kar" / "says.toml", "officers =", "# officers =")
    with pytest.raises(BadPrompts, match=r"kar/says\.toml:\d+: \[questions\] officers is missing"):
        load_prompts(folder)


def test_a_file_that_is_no_toml_is_named(folder: Path) -> None:
    (folder / "en" / "says.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(BadPrompts, match=r"en/says\.toml: "):
        load_prompts(folder)


def test_a_line_that_nobody_could_hear_does_not_start(folder: Path) -> None:
    for code in KEYS:
        if code not in RECORDED_ONLY:
            shutil.rmtree(folder / code)
    with pytest.raises(BadPrompts, match="no language can be heard"):
        load_prompts(folder)


def test_words_missing_for_organizers_are_listed(folder: Path) -> None:
    change(folder / "en" / "tells.toml", "unverified =", "verified =")
    change(folder / "en" / "tells.toml", "left =", "gone =")
    with pytest.raises(BadTells) as bad:
        load_tells(folder, "en")
    assert "unverified is missing" in str(bad.value)
    assert "left is missing" in str(bad.value)
    change(folder / "en" / "tells.toml", "pin_wrong =", "wrong_pin =")
    with pytest.raises(BadTells, match=r"\[studio\] pin_wrong is missing"):
        load_tells(folder, "en")
    with pytest.raises(BadTells, match="is missing"):
        load_tells(folder, "xx")


def test_nothing_that_is_said_is_left_out_here() -> None:
    """The tests above speak of all that is said only as long as this is all."""
    language = load_prompts(SHIPPED).languages[0]
    asked = [question.id for question in load_prompts(SHIPPED).script.questions]
    assert set(language.words) == {*PROMPTS, *asked, *DIGITS}
    assert set(language.texts) == set(TEXTS)
