"""Who may have an account, and with what password."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from dashboard import AccountRefused, Desk, add_organizer, change_password, hash_password
from dashboard.accounts import password_matches
from tests.dashboard.conftest import PASSWORD, QUICK
from tests.dashboard.stories import MORNING


def test_a_password_is_kept_as_argon2id_and_not_as_itself() -> None:
    encoded = hash_password(PASSWORD, QUICK)
    assert encoded.startswith("$argon2id$")
    assert PASSWORD not in encoded
    assert password_matches(QUICK, encoded, PASSWORD)
    assert not password_matches(QUICK, encoded, PASSWORD + "!")


def test_without_further_word_hashing_costs_what_the_library_advises() -> None:
    usual = PasswordHasher()
    assert not usual.check_needs_rehash(hash_password(PASSWORD))


def test_the_same_password_typed_on_another_keyboard_matches() -> None:
    composed, decomposed = "contrase\u00f1a larga", "contrasen\u0303a larga"
    assert password_matches(QUICK, hash_password(composed, QUICK), decomposed)


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not password_matches(QUICK, "disabled", "disabled")


@pytest.mark.parametrize(
    ("password", "why"), [("ninechars", "10 characters or more"), ("x" * 1025, "at most 1024")]
)
def test_a_password_too_short_or_too_long_is_refused_with_the_rule(password: str, why: str) -> None:
    with pytest.raises(AccountRefused, match=why):
        hash_password(password, QUICK)


@pytest.mark.parametrize("username", ["", "-ana", "ana morales", "ána", "a" * 33, "a/b"])
def test_a_username_is_short_and_plain(desk: Desk, username: str) -> None:
    with pytest.raises(AccountRefused, match="1 to 32"):
        add_organizer(desk.store, username, "Sam Berg", PASSWORD, MORNING, QUICK)


@pytest.mark.parametrize("display_name", ["", "   ", "x" * 129, "Sam\nBerg"])
def test_others_must_see_a_name(desk: Desk, display_name: str) -> None:
    with pytest.raises(AccountRefused, match="one line"):
        add_organizer(desk.store, "sam", display_name, PASSWORD, MORNING, QUICK)


def test_a_username_is_the_same_however_a_telephone_writes_it(desk: Desk) -> None:
    organizer = add_organizer(desk.store, " Sam ", " Sam Berg ", PASSWORD, MORNING, QUICK)
    assert (organizer.username, organizer.display_name) == ("sam", "Sam Berg")


def test_a_name_that_is_taken_is_refused(desk: Desk) -> None:
    with pytest.raises(AccountRefused, match="already"):
        add_organizer(desk.store, "ana", "Another Ana", PASSWORD, MORNING, QUICK)
    with desk.store.read() as records:
        kept = records.organizer("ana")
    assert kept is not None
    assert kept.display_name == "Ana Fuentes"


def test_only_somebody_who_is_there_gets_a_new_password(desk: Desk) -> None:
    with pytest.raises(AccountRefused, match="no organizer"):
        change_password(desk.store, "nobody", PASSWORD, QUICK)
