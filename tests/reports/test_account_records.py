"""What the database keeps of accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reports.accounts import (
    AccountAct,
    AccountActKind,
    Authenticator,
    Invitation,
    Passkey,
    RecoveryCode,
    Session,
)
from reports.model import Organizer, Role
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
ANA = Organizer("ana", "Ana", "hash", AT, role=Role.ADMIN)
SAM = Organizer("sam", "Sam", "hash", AT)
HERE = Session("s1", "ana", 0, AT, AT, "firefox", "android")
INVITED = Invitation("i1", "t1", "Lu", Role.REVIEWER, "ana", AT, AT + timedelta(days=3))


def test_sessions_are_found_by_whose_they_are_until_they_end(store: SqlReportStore) -> None:
    with store.begin() as records:
        records.put_organizer(ANA)
        records.put_organizer(SAM)
        later = replace(HERE, session_hash="s2", seen_at=AT + timedelta(hours=1))
        other = replace(HERE, session_hash="s3", username="sam")
        assert all(records.add_session(one) for one in (HERE, later, other))
        assert not records.add_session(HERE)
        assert records.sessions_seen(AT, "ana") == [later, HERE]
        assert records.sessions_seen(AT + timedelta(minutes=1)) == [later]
        records.save_session(replace(later, ended_at=AT, ended_by="ana"))
        assert records.sessions_seen(AT, "ana") == [HERE]
        assert records.last_seen() == {"ana": AT + timedelta(hours=1), "sam": AT}


def test_an_invitation_is_found_by_the_hash_of_its_link(store: SqlReportStore) -> None:
    with store.begin() as records:
        assert records.add_invitation(INVITED)
        assert records.invitation_by("t1") == INVITED
        assert records.invitation_by("t2") is None
        used = replace(INVITED, used_at=AT, used_by="lu")
        records.save_invitation(used)
        assert records.invitation("i1") == used
        assert records.invitations() == [used]
    assert INVITED.holds(AT)
    assert not INVITED.holds(AT + timedelta(days=3))
    assert not used.holds(AT)


def test_second_factors_are_kept_by_person(store: SqlReportStore) -> None:
    app = Authenticator("ana", b"sealed", AT)
    key = Passkey("c1", "sam", "Telephone", b"key", 2**32 - 1, AT)
    with store.begin() as records:
        records.put_organizer(ANA)
        records.put_organizer(SAM)
        records.put_authenticator(app)
        assert records.with_second_factor() == frozenset(), "it does not count yet"
        records.put_authenticator(replace(app, confirmed_at=AT, last_step=59))
        assert records.add_passkey(key)
        assert not records.add_passkey(key)
        assert records.with_second_factor() == {"ana", "sam"}
        records.save_passkey(replace(key, used_at=AT))
        assert records.passkeys_of("sam") == [replace(key, used_at=AT)]
        records.remove_passkey("c1")
        records.remove_authenticator("ana")
        assert records.with_second_factor() == frozenset()


def test_new_recovery_codes_take_the_place_of_the_old(store: SqlReportStore) -> None:
    with store.begin() as records:
        records.put_organizer(ANA)
        records.put_recovery_codes("ana", [RecoveryCode("h1", "ana", AT)])
        records.save_recovery_code(RecoveryCode("h1", "ana", AT, AT))
        records.put_recovery_codes("ana", [RecoveryCode("h2", "ana", AT)])
        assert records.recovery_codes("ana") == [RecoveryCode("h2", "ana", AT)]


def test_what_was_done_about_accounts_is_listed_and_the_last_of_each_found(
    store: SqlReportStore,
) -> None:
    first = AccountAct(AT, "ana", "sam", AccountActKind.ROLE_CHANGED, "viewer", "reviewer")
    second = AccountAct(AT, "ana", "sam", AccountActKind.SUSPENDED)
    with store.begin() as records:
        records.add_account_act(first)
        records.add_account_act(second)
        assert records.account_acts() == [second, first]
        assert records.last_account_acts() == {"sam": second}
