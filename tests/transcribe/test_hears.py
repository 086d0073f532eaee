"""How far a machine is trusted with each language, as a group sets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcribe.hears import SIZES, BadHears, Hearing, Hears, load_hears, size_of

OURS = load_hears(Path("prompts"))


def test_every_language_of_the_line_has_it_set() -> None:
    assert set(OURS.languages) == {path.parent.name for path in Path("prompts").glob("*/says.toml")}


@pytest.mark.parametrize("language", ["so", "am", "hmn", "om", "kar"])
@pytest.mark.parametrize("model", [*SIZES, "large-v3-turbo", "my-own"])
def test_no_whisper_is_trusted_with_what_it_makes_up(language: str, model: str) -> None:
    assert not OURS.trusts(language, model)


def test_base_is_trusted_with_what_was_measured_and_small_with_more() -> None:
    assert [code for code in OURS.languages if OURS.trusts(code, "base")] == ["en", "es", "fr"]
    assert OURS.trusts("vi", "small")
    assert not OURS.trusts("pt", "base"), "nobody set anything for it"
    assert OURS.trusts("pt", "medium")


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("base", "base"),
        ("base.en", "base"),
        ("/models/whisper-small-ct2", "small"),
        ("large-v3-turbo", "large"),
        ("turbo", "large"),
        ("distil-large-v3", "large"),
        ("rebasement", None),
        ("whisper-somali", None),
    ],
)
def test_the_size_of_a_model_is_in_its_name(model: str, size: str | None) -> None:
    assert size_of(model) == size


def test_a_model_whose_name_tells_no_size_is_trusted_where_any_whisper_is() -> None:
    assert Hears({"vi": Hearing("small", 0.5)}).trusts("vi", "whisper-tuned")


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    for code, text in {
        "aa": 'smallest = "huge"\nleast_confidence = 2',
        "bb": 'smallest = "base"\nleast_confidense = 0.5\nscript = "latin"',
        "cc": "smallest = ",
    }.items():
        (tmp_path / code).mkdir()
        (tmp_path / code / "hears.toml").write_text(text)
    with pytest.raises(BadHears) as bad:
        load_hears(tmp_path)
    said = str(bad.value).splitlines()
    assert len(said) == 6
    for part in (
        "aa/hears.toml: smallest: one of tiny, base",
        "aa/hears.toml: least_confidence: a number from 0 to 1",
        "bb/hears.toml: least_confidence is missing",
        "bb/hears.toml: least_confidense is nothing that is known",
        "bb/hears.toml: script: one of",
        "cc/hears.toml: ",
    ):
        assert any(line.startswith(part) for line in said), part
