"""What is missing or wrong in prompts/ is said at start, all of it, by file and key."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ivr.languages import BadPrompts, load_prompts
from oncall.briefs import BadTells, load_tells
from reports import questions

PROMPTS = Path("prompts")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_prompts_that_we_ship_are_whole() -> None:
    prompts = load_prompts(PROMPTS)
    assert [(language.code, language.keys) for language in prompts.languages][:2] == [
        ("en", "1"),
        ("es", "2"),
    ]
    for language in prompts.languages[:2]:
        tells = load_tells(PROMPTS, language.code)
        assert set(tells.languages) >= {each.code for each in prompts.languages}
        assert set(tells.questions) >= {question.id for question in prompts.script.questions}


def test_the_script_asks_what_the_fields_read() -> None:
    asked = {question.id for question in load_prompts(PROMPTS).script.questions}
    assert asked == {
        "rights",
        "others",
        "add_to",
        questions.FAMILY,
        questions.ADDITION,
        questions.WHEN,
        questions.WHERE,
        questions.OFFICERS,
        questions.STILL_THERE,
        questions.WHAT,
        questions.CALLBACK,
    }


def test_a_language_is_one_folder(folder: Path) -> None:
    shutil.copytree(folder / "es", folder / "pt")
    change(folder / "pt" / "says.toml", 'keys = "2"', 'keys = "98"')
    assert "pt" in [language.code for language in load_prompts(folder).languages]


def test_everything_wrong_is_listed_at_once(folder: Path) -> None:
    change(folder / "en" / "says.toml", "safety =", "safty =")
    change(folder / "es" / "says.toml", "al reporte {reference}", "al reporte {ref}")
    change(folder / "es" / "says.toml", 'keys = "2"', 'keys = "9"')
    change(folder / "script.toml", 'kind = "number"', 'kind = "numbers"')
    change(folder / "script.toml", 'keys = ["1", "2"]', 'keys = ["1", "22"]')
    change(folder / "script.toml", 'only_if = { when = ["3"] }', 'only_if = { wen = ["3"] }')
    with pytest.raises(BadPrompts) as bad:
        load_prompts(folder)
    said = str(bad.value)
    assert re.search(r"en/says\.toml:\d+: \[prompts\] safety is missing", said)
    assert re.search(r"en/says\.toml:16: \[prompts\] safty is never said", said)
    assert "[texts] added must hold {reference} and holds {ref}" in said
    assert "keys must be 1 to 8, or 91 to 98" in said
    assert re.search(r"script\.toml:\d+: question 8: kind must be one of", said)
    assert "'22' is no single digit" in said
    assert "only_if: 'wen' is not asked before it" in said


def test_two_languages_may_not_have_one_key(folder: Path) -> None:
    change(folder / "es" / "says.toml", 'keys = "2"', 'keys = "1"')
    with pytest.raises(BadPrompts, match="en and es have the same keys 1"):
        load_prompts(folder)


def test_a_question_without_words_is_found(folder: Path) -> None:
    change(folder / "es" / "says.toml", "officers =", "# officers =")
    with pytest.raises(BadPrompts, match=r"\[questions\] officers is missing"):
        load_prompts(folder)


def test_a_file_that_is_no_toml_is_named(folder: Path) -> None:
    (folder / "en" / "says.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(BadPrompts, match=r"en/says\.toml: "):
        load_prompts(folder)


def test_words_missing_for_organizers_are_listed(folder: Path) -> None:
    change(folder / "en" / "tells.toml", "unverified =", "verified =")
    change(folder / "en" / "tells.toml", "left =", "gone =")
    with pytest.raises(BadTells) as bad:
        load_tells(folder, "en")
    assert "unverified is missing" in str(bad.value)
    assert "left is missing" in str(bad.value)
    with pytest.raises(BadTells, match="is missing"):
        load_tells(folder, "xx")
