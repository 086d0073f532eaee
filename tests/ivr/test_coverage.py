"""Whoever runs the line sees at a glance what can be heard in which language, and what not."""

from __future__ import annotations

from pathlib import Path

from ivr.coverage import WIDTH, Heard, coverage, coverage_table
from ivr.languages import DIGITS, Prompts, load_prompts

PROMPTS = load_prompts(Path("prompts"))


def having(recorded: dict[str, list[str]]) -> Prompts:
    return PROMPTS.with_recordings(
        {
            (code, prompt): f"{place:064x}"
            for code, prompts in recorded.items()
            for place, prompt in enumerate(prompts)
        }
    )


def column(prompts: Prompts, code: str) -> dict[str, str]:
    """As it stands in the printed table: what it says in that language's column, by row."""
    lines = [line for line in coverage_table(prompts) if line.strip()]
    header = next(line for line in lines if line.split()[:2] == ["en", "es"])
    place = header.split().index(code)
    rows = [line.split() for line in lines[lines.index(header) + 1 :]]
    return {name: cells[place] for name, *cells in rows}


def test_twelve_languages_fit_a_terminal() -> None:
    lines = list(coverage_table(PROMPTS))
    assert len(PROMPTS.languages) == 12
    assert max(map(len, lines)) <= WIDTH
    assert "R recorded" in lines[0]
    assert set(PROMPTS.languages[0].words) <= {line.split()[0] for line in lines if line}


def test_a_language_with_a_voice_is_read_where_it_is_not_recorded() -> None:
    english = column(having({"en": ["welcome"]}), "en")
    assert english["welcome"] == "R"
    assert english["safety"] == "V"
    assert english["recorded"] == "1"
    assert english["missing"] == "0"
    assert english["offered"] == "yes"


def test_a_language_without_a_voice_is_missing_until_all_is_recorded() -> None:
    (somali,) = (each for each in PROMPTS.languages if each.code == "so")
    all_but_one = [prompt for prompt in somali.words if prompt != "safety"]
    nearly = column(having({"so": all_but_one}), "so")
    assert nearly["safety"] == "–"
    assert nearly["digit_7"] == "R"
    assert (nearly["missing"], nearly["offered"]) == ("1", "no")
    whole = column(having({"so": list(somali.words)}), "so")
    assert (whole["missing"], whole["offered"]) == ("0", "yes")
    assert whole["recorded"] == str(len(somali.words))


def test_the_table_offers_what_the_telephone_offers() -> None:
    (somali,) = (each for each in PROMPTS.languages if each.code == "so")
    prompts = having({"so": list(somali.words), "hmn": ["welcome"], "fr": ["safety"]})
    offered = {each.code for each in prompts.languages if coverage(each).offered}
    assert offered == {each.code for each in prompts.offered}
    assert "so" in offered
    assert "hmn" not in offered


def test_a_voice_reads_numbers_until_all_ten_digits_are_recorded() -> None:
    nine = column(having({"en": list(DIGITS[:9])}), "en")
    assert nine["digit_0"] == "V"
    ten = column(having({"en": list(DIGITS)}), "en")
    assert {ten[digit] for digit in DIGITS} == {Heard.RECORDED}
