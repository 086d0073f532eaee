"""The words that whatever leaves is written in: what is missing is said, all at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exports.words import BadWords, load_words

FOLDERS = [Path("prompts"), Path("examples/wildfire")]


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
@pytest.mark.parametrize("language", ["en", "es"])
def test_organizers_of_each_language_have_them(folder: Path, language: str) -> None:
    words = load_words(folder, language)
    assert len(set(words.covers.values())) == len(words.covers)


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    return Path(shutil.copytree("prompts", tmp_path / "prompts"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_all_that_is_missing_is_listed_at_once(prompts: Path) -> None:
    change(prompts / "en" / "tells.toml", "many_detained =", "detained_many =")
    change(prompts / "en" / "tells.toml", "flash_bang =", "flashbang =")
    change(prompts / "en" / "packet.txt", "{head}", "{tail}")
    with pytest.raises(BadWords) as bad:
        load_words(prompts, "en")
    assert [line.partition(": ")[2] for line in str(bad.value).splitlines()] == [
        "{tail} is not filled in",
        "{head} is missing",
        "[export] many_detained is missing",
        "[export.carried] flash_bang is missing",
    ]


def test_a_language_without_a_packet_is_no_language_to_export_in(prompts: Path) -> None:
    (prompts / "en" / "packet.txt").unlink()
    with pytest.raises(BadWords, match=r"packet\.txt: No such file"):
        load_words(prompts, "en")
    with pytest.raises(BadWords, match=r"so/tells\.toml"):
        load_words(prompts, "so")
