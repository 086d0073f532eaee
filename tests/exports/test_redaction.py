"""What is covered in whatever leaves, and what a person may say about it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exports.redaction import (
    Choices,
    Cover,
    Hidden,
    Mark,
    Piece,
    ReasonMissing,
    Redaction,
    covered,
    marks_of,
)
from reports.fields.plain import APOSTROPHES
from tests.exports.sayings import marked, passage

LABELS = {cover: f"[{cover}]" for cover in Cover}


def covers(text: str, *marks: Mark, **choices: object) -> str:
    return Redaction.of(marks, Choices(**choices)).text(text, LABELS)  # type: ignore[arg-type]


def name(words: str) -> Mark:
    return Mark(Cover.NAME, words)


# --- What fields mark -----------------------------------------------------------------------------


def test_what_fields_mark_is_covered_where_it_stands() -> None:
    said = passage("They took Maria Lopez and her six year old, she has no papers.")
    marks = marks_of([marked(said, name="Maria Lopez", minor="six year old", status="no papers")])
    assert (
        Redaction(marks).text(
            "They took Maria Lopez and her six year old, she has no papers.", LABELS
        )
        == "They took [name] and her [minor], she has [status]."
    )


def test_a_name_within_a_longer_one_is_no_name_of_its_own() -> None:
    said = passage("Maria Lopez, Lopez, Ana")
    marks = marks_of(
        [marked(said, name="Maria Lopez"), marked(said, name="Lopez"), marked(said, name="Ana")]
    )
    assert [mark.words for mark in marks] == ["Maria Lopez", "Ana"]


def test_it_is_covered_wherever_else_it_stands_too() -> None:
    assert covers("Maria! It was MARIA LOPEZ. Mrs. López's car", name("Maria Lopez")) == (
        "[name]! It was [name]. Mrs. [name]'s car"
    )


def test_what_fills_a_pause_hides_nothing_from_the_cover() -> None:
    said = passage("Maria, uh, Lopez lives there", fillers="uh")
    marks = marks_of([marked(said, name="Maria Lopez")])
    assert Redaction(marks).text("Maria, uh, Lopez lives there", LABELS) == "[name] lives there"


def test_the_small_words_of_a_name_are_covered_in_the_name_alone() -> None:
    assert covers("José de la Cruz, en la calle de Cruz", name("José de la Cruz")) == (
        "[name], en la calle de [name]"
    )


def test_a_name_within_another_word_is_another_word() -> None:
    assert covers("Ana saw a banana and Anabel", name("Ana")) == "[name] saw a banana and Anabel"


@pytest.mark.parametrize(
    "written",
    [
        "maria",
        "MARÍA",
        "Mari\u0301a",
        "M-a-r-i-a",
        "Ｍａｒｉａ",
        "Ma\u200bria",
        "_Maria_",
        "Maria2",
        "𝐌𝐚𝐫𝐢𝐚",
    ],
)
def test_however_a_name_is_spelt(written: str) -> None:
    assert "[name]" in covers(f"it was {written} there", name("María"))


def test_a_name_with_an_apostrophe_is_covered_with_and_without_it() -> None:
    for written in ("O'Brien", "O’Brien", "OBrien", "O'BRIEN'S", "o brien"):
        assert covers(written, name("O'Brien")).startswith("[name]")


def test_in_scripts_without_gaps_between_words() -> None:
    assert covers("我看见王小明在街上", name("王小明")) == "我看见[name]在街上"


def test_a_plate_is_covered_however_it_is_set_apart() -> None:
    plate = Mark(Cover.PLATE, "ABC 123")
    assert covers("abc-123, ABC123, A B C 1 2 3", plate) == "[plate], [plate], A B C 1 2 3"


# --- What is found by its shape -------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        "612-555-0142",
        "+1 (612) 555 0142",
        "5550142",
        "612.555.0142",
        "6 1 2, 5 5 5, 0 1 4 2",
        "٦١٢٥٥٥٠١٤٢",
        "６１２－５５５－０１４２",
    ],
)
def test_a_telephone_number_is_covered_without_any_mark(number: str) -> None:
    assert covers(f"call me at {number} please") == "call me at [number] please"


def test_house_numbers_and_counts_are_left() -> None:
    kept = "4 or 5 agents at 2400 Bloomington, 12 cars, since 7:30"
    assert covers(kept) == kept


def test_an_e_mail_address_is_covered() -> None:
    assert covers("write to someone.there@example.org today") == "write to [contact] today"


# --- What a person says ---------------------------------------------------------------------------


def test_a_person_has_a_word_covered_everywhere() -> None:
    assert covers("the bakery, by the Bakery", also=("bakery",)) == "the [word], by the [word]"


def test_with_a_reason_a_person_uncovers_what_was_no_name() -> None:
    parking = name("Parking")
    assert covers("Parking lot", parking) == "[name] lot"
    read = covers("Parking lot", parking, uncovered=frozenset({parking.mark_id}), why="no name")
    assert read == "Parking lot"


@pytest.mark.parametrize("why", ["", "  "])
def test_without_a_reason_nothing_is_uncovered(why: str) -> None:
    parking = name("Parking")
    with pytest.raises(ReasonMissing):
        Redaction.of([parking], Choices(uncovered=frozenset({parking.mark_id}), why=why))


def test_a_telephone_number_cannot_be_uncovered() -> None:
    text = "612-555-0142"
    (hidden,) = Redaction().hidden_in([("what", text)])
    assert not hidden.may_be_uncovered
    assert covers(text, uncovered=frozenset({hidden.mark_id}), why="needed") == "[number]"


def test_the_account_says_what_is_covered_where_and_how_often() -> None:
    marks = [name("Maria"), Mark(Cover.STATUS, "no papers")]
    account = Redaction.of(marks).hidden_in(
        [("Where", "Maria, maria"), ("What", "Maria has no papers")]
    )
    assert account == (
        Hidden(marks[0].mark_id, Cover.NAME, "Maria", 3, ("Where", "What")),
        Hidden(marks[1].mark_id, Cover.STATUS, "no papers", 1, ("What",)),
    )


def test_a_number_that_fields_found_as_well_is_counted_once() -> None:
    said = passage("call 612 555 0142")
    marks = marks_of([marked(said, number="612 555 0142")])
    (hidden,) = Redaction(marks).hidden_in([("What", "call 612-555-0142")])
    assert (hidden.cover, hidden.times) == (Cover.NUMBER, 1)


def test_the_same_words_have_the_same_id_however_they_are_written() -> None:
    assert name("MARÍA  López").mark_id == name("maria lopez").mark_id
    assert name("maria").mark_id != Mark(Cover.WORD, "maria").mark_id


# --- Parts that follow each other -----------------------------------------------------------------


def test_a_name_that_begins_in_one_stretch_and_ends_in_the_next_is_covered_in_both() -> None:
    status = Mark(Cover.STATUS, "no papers")
    first, second = Redaction((status,)).of_parts(["she has no", "papers at all"], " ")
    assert covered(first, LABELS) == "she has [status]"
    assert covered(second, LABELS) == " at all"


def test_words_of_a_recording_are_covered_one_by_one() -> None:
    parts = Redaction((name("Maria Lopez"),)).of_parts([" They", " took", " Maria", " Lopez."])
    assert [covered(part, LABELS) for part in parts] == [" They", " took", " [name]", "."]


# --- For whatever is said -------------------------------------------------------------------------

SEPARATORS = st.text(" .,-()/–\u00a0\n_", max_size=4)
DIGITS = st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"])
WORDS = st.text(st.characters(categories=["L"], max_codepoint=0x2FF), min_size=1, max_size=8)


@given(st.text(), st.lists(st.integers(0, 9), min_size=7, max_size=12), DIGITS, st.data())
def test_no_seven_digits_get_through(
    around: str, digits: list[int], script: str, data: st.DataObject
) -> None:
    number = "".join(script[digit] + data.draw(SEPARATORS) for digit in digits)
    left = covers(f"{around} {number} {around}")
    assert not re.search(r"\d(?:[\W_]*\d){6}", unicodedata.normalize("NFKD", left))


SPELLINGS = st.sampled_from(
    [
        str.lower,
        str.upper,
        str.title,
        str.swapcase,
        lambda words: unicodedata.normalize("NFD", words),
        lambda words: unicodedata.normalize("NFKC", words),
        lambda words: words.replace(" ", "\u00a0"),
        lambda words: words.replace(" ", ", "),
        lambda words: "\u200b".join(words),
    ]
)


@given(
    st.lists(WORDS, min_size=1, max_size=3),
    st.lists(WORDS, max_size=3),
    SPELLINGS,
    st.sampled_from(sorted(set(Cover) - {Cover.NUMBER, Cover.CONTACT})),
)
@example(["ß"], [], str.upper, Cover.NAME)
@example(["ʼ"], [], str.lower, Cover.ADDRESS)
@example(["Oʼneil"], [], str.upper, Cover.NAME)
def test_no_marked_word_gets_through_however_it_is_written(
    words: list[str], around: list[str], spelling: object, cover: Cover
) -> None:
    said = " ".join(words)
    assert callable(spelling)
    text = " ".join([*around, "«", spelling(said), "»", *around])
    redaction = Redaction((Mark(cover, said),))
    pieces = redaction.pieces(text)
    begins, ends = text.index("«"), text.index("»")
    at = 0
    for piece in pieces:
        read = range(max(at, begins + 1), min(at + len(piece.text), ends))
        # Unicode takes one of the apostrophes for a letter; it tells nothing of a name.
        letters = [text[i] for i in read if text[i].isalnum() and text[i] not in APOSTROPHES]
        assert piece.cover is not None or not letters
        at += len(piece.text)


@given(st.text(), st.lists(WORDS, max_size=3))
def test_pieces_are_the_whole_text_and_nothing_else(text: str, words: list[str]) -> None:
    pieces = Redaction(tuple(name(word) for word in words)).pieces(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(isinstance(piece, Piece) for piece in pieces)
