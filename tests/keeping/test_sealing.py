"""What is sealed opens only whole, only in its place, and only with its key."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keeping.sealing import Altered, DataKey, Keyring, UnknownKey, Unsealable, generate_key

OLD = DataKey("old", bytes(range(32)))
NEW = DataKey("new", bytes(range(100, 132)))
ONLY_OLD = Keyring([OLD])
ROTATED = Keyring([NEW, OLD])

any_context = st.text(st.characters(exclude_categories=["Cs"]))


@given(clear=st.binary(max_size=2000), context=any_context)
def test_what_was_sealed_comes_back_as_it_was(clear: bytes, context: str) -> None:
    assert ROTATED.unseal(ROTATED.seal(clear, context), context) == clear


@given(clear=st.binary(max_size=200), data=st.data())
def test_a_single_flipped_bit_anywhere_is_refused(clear: bytes, data: st.DataObject) -> None:
    sealed = bytearray(ROTATED.seal(clear, "recording:RE01"))
    place = data.draw(st.integers(0, len(sealed) - 1), label="place")
    sealed[place] ^= 1 << data.draw(st.integers(0, 7), label="bit")
    with pytest.raises(Unsealable):
        ROTATED.unseal(bytes(sealed), "recording:RE01")


@given(clear=st.binary(max_size=200), data=st.data())
def test_a_sealed_text_cut_short_is_refused(clear: bytes, data: st.DataObject) -> None:
    sealed = ROTATED.seal(clear, "recording:RE01")
    kept = data.draw(st.integers(0, len(sealed) - 1), label="bytes kept")
    with pytest.raises(Unsealable):
        ROTATED.unseal(sealed[:kept], "recording:RE01")


@given(mine=any_context, others=any_context)
def test_one_callers_words_cannot_be_passed_off_as_anothers(mine: str, others: str) -> None:
    sealed = ROTATED.seal(b"an hour ago, at the corner", mine)
    if mine == others:
        assert ROTATED.unseal(sealed, others)
    else:
        with pytest.raises(Altered):
            ROTATED.unseal(sealed, others)


def test_nothing_of_the_words_can_be_read_in_the_sealed_form() -> None:
    assert b"corner" not in ROTATED.seal(b"at the corner", "call:CA01")


def test_the_same_words_are_sealed_differently_each_time() -> None:
    assert ROTATED.seal(b"yes", "call:CA01") != ROTATED.seal(b"yes", "call:CA01")


def test_what_an_old_key_sealed_still_opens_after_rotation() -> None:
    assert ROTATED.unseal(ONLY_OLD.seal(b"yes", "call:CA01"), "call:CA01") == b"yes"


def test_after_rotation_the_new_key_seals_and_its_absence_is_named() -> None:
    sealed = ROTATED.seal(b"yes", "call:CA01")
    with pytest.raises(UnknownKey, match="'new'"):
        ONLY_OLD.unseal(sealed, "call:CA01")


def test_another_key_under_the_same_id_opens_nothing() -> None:
    impostor = Keyring([DataKey("old", bytes(32))])
    with pytest.raises(Altered):
        impostor.unseal(ONLY_OLD.seal(b"yes", "call:CA01"), "call:CA01")


@given(text=any_context)
def test_rotation_changes_no_fingerprint(text: str) -> None:
    assert ROTATED.fingerprint(text) == ONLY_OLD.fingerprint(text)


def test_a_fingerprint_tells_numbers_apart_and_depends_on_the_key() -> None:
    fingerprint = ONLY_OLD.fingerprint("+16125550101")
    assert len(fingerprint) == 32
    assert int(fingerprint, 16) >= 0
    assert fingerprint != ONLY_OLD.fingerprint("+16125550102")
    assert fingerprint != Keyring([NEW]).fingerprint("+16125550101")


def test_a_generated_key_is_accepted_and_no_two_are_alike() -> None:
    first, second = generate_key(), generate_key()
    assert first != second
    keyring = Keyring.parse(f" {first} , {second}\n")
    assert keyring.unseal(Keyring.parse(first).seal(b"yes", ""), "") == b"yes"
    assert keyring.unseal(Keyring.parse(second).seal(b"yes", ""), "") == b"yes"


def _written(key_id: str, secret: bytes) -> str:
    return f"{key_id}:{base64.b64encode(secret).decode()}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "at least one"),
        (" , ", "at least one"),
        ("c2VjcmV0", "no colon"),
        ("k1:c2Vj!cmV0", "must be base64"),
        (_written("k1", b"secret"), "6 bytes; it must have 32"),
        (_written("k 1", bytes(32)), "letters, digits"),
        (_written("", bytes(32)), "letters, digits"),
        (f"{_written('k1', bytes(32))},{_written('k1', bytes(32))}", "same id"),
    ],
)
def test_a_key_that_is_written_wrong_is_explained_without_showing_it(
    text: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint) as refused:
        Keyring.parse(text)
    assert "c2Vj" not in str(refused.value)


def test_keys_do_not_show_when_printed() -> None:
    secret = base64.b64encode(OLD.secret).decode()
    for shown in (repr(OLD), repr(ROTATED), str(ROTATED)):
        assert secret not in shown
        assert repr(OLD.secret) not in shown
