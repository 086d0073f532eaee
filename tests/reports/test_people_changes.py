"""What organizers say of people: kept as it is known again, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from reports.model import Organizer
from reports.people import Person, QuietHours, Reach, address_context
from reports.services.people import (
    About,
    NoSuchPerson,
    NoSuchReach,
    PersonRefused,
    Why,
    add_person,
    canonical_address,
    change_person,
    change_quiet,
    come_back,
    give_reach,
    leave,
    parse_quiet,
    pin_hash,
    renew_feed,
    set_pin,
    take_reach,
)
from reports.store import SqlReportStore
from tests.keys import SEALER

AT = datetime(2026, 11, 25, 14, 10, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
HOTLINE = "+16125550100"
ANA = About(name="Ana Fuentes", languages=("es", "en"))
BY_SAM: dict[str, Any] = {"who": "sam", "at": LATER}


def add_ana(store: SqlReportStore) -> Person:
    return add_person(store, person_id="ana", about=ANA, who="ana", at=AT)


def give(store: SqlReportStore, channel: str = "sms", address: str = "612-555-0110") -> Reach:
    return give_reach(
        store,
        SEALER,
        person_id="ana",
        channel=channel,
        address=address,
        quiet=None,
        hotline=HOTLINE,
        **BY_SAM,
    )


def now_of(store: SqlReportStore, person_id: str = "ana") -> Person:
    with store.read() as records:
        person = records.people.person(person_id)
    assert person is not None
    return person


def test_a_person_is_kept_as_others_see_them(store: SqlReportStore) -> None:
    about = About(
        name="  Ana \t Fuentes ", languages=("ES", "en ", "es"), areas=(" West  Bank", "West Bank")
    )
    person = add_person(store, person_id=" Ana.F ", about=about, who="sam", at=AT)
    assert person == now_of(store, "ana.f")
    assert (person.name, person.languages, person.areas) == (
        "Ana Fuentes",
        ("es", "en"),
        ("West Bank",),
    )
    assert (person.changed_at, person.changed_by) == (AT, "sam")


@pytest.mark.parametrize("handle", ["", "-ana", "ana fuentes", "ána", "a" * 33, "new", "accounts"])
def test_a_handle_is_short_and_plain_and_no_page(store: SqlReportStore, handle: str) -> None:
    with pytest.raises(PersonRefused) as refused:
        add_person(store, person_id=handle, about=ANA, who="ana", at=AT)
    assert refused.value.why is Why.HANDLE


def test_a_handle_and_an_account_are_one_persons(store: SqlReportStore) -> None:
    add_ana(store)
    with store.begin() as records:
        records.put_organizer(Organizer("ana.f", "Ana", "hash", AT))
    with_account = replace(ANA, username="ana.f")
    change_person(store, person_id="ana", about=with_account, **BY_SAM)
    for handle, about, why in (
        ("ana", ANA, Why.HANDLE_TAKEN),
        ("other", replace(ANA, username="nobody"), Why.NO_ACCOUNT),
        ("other", with_account, Why.ACCOUNT_TAKEN),
    ):
        with pytest.raises(PersonRefused) as refused:
            add_person(store, person_id=handle, about=about, **BY_SAM)
        assert refused.value.why is why


@pytest.mark.parametrize(
    ("about", "why"),
    [
        (replace(ANA, name=" "), Why.NAME),
        (replace(ANA, name="x" * 129), Why.NAME),
        (replace(ANA, languages=("Spanish!",)), Why.LANGUAGE),
        (replace(ANA, areas=("",)), Why.AREAS),
        (replace(ANA, areas=tuple(str(n) for n in range(51))), Why.AREAS),
    ],
)
def test_what_nobody_could_read_is_refused(store: SqlReportStore, about: About, why: Why) -> None:
    add_ana(store)
    with pytest.raises(PersonRefused) as refused:
        change_person(store, person_id="ana", about=about, **BY_SAM)
    assert refused.value.why is why
    assert now_of(store).name == "Ana Fuentes"


def test_who_changed_a_person_last_is_noted_and_only_of_a_change(store: SqlReportStore) -> None:
    before = add_ana(store)
    assert change_person(store, person_id="ana", about=ANA, **BY_SAM) == before
    after = change_person(store, person_id="ana", about=replace(ANA, observes=True), **BY_SAM)
    assert (after.changed_at, after.changed_by, after.observes) == (LATER, "sam", True)
    with pytest.raises(NoSuchPerson):
        change_person(store, person_id="sam", about=ANA, **BY_SAM)


def test_a_person_leaves_once_and_comes_back(store: SqlReportStore) -> None:
    add_ana(store)
    assert leave(store, person_id="ana", **BY_SAM)
    assert not leave(store, person_id="ana", who="sam", at=LATER + timedelta(days=1))
    assert now_of(store).left_at == LATER
    assert come_back(store, person_id="ana", **BY_SAM)
    assert not come_back(store, person_id="ana", **BY_SAM)
    assert now_of(store).left_at is None


def test_digits_are_kept_as_a_keyed_hash_of_that_person_alone(store: SqlReportStore) -> None:
    add_ana(store)
    set_pin(store, SEALER, person_id="ana", pin="480213", **BY_SAM)
    kept = now_of(store).pin_hash
    assert kept == pin_hash(SEALER, "ana", "480213") != pin_hash(SEALER, "sam", "480213")
    assert "480213" not in (kept or "")
    set_pin(store, SEALER, person_id="ana", pin=None, **BY_SAM)
    assert now_of(store).pin_hash is None


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("48021", Why.PIN),
        ("4802133", Why.PIN),
        ("48o213", Why.PIN),
        ("٤٨٠٢١٣", Why.PIN),
        ("111111", Why.EASY_PIN),
        ("123456", Why.EASY_PIN),
        ("987654", Why.EASY_PIN),
    ],
)
def test_digits_are_six_and_not_the_first_that_anybody_tries(
    store: SqlReportStore, pin: str, why: Why
) -> None:
    add_ana(store)
    with pytest.raises(PersonRefused) as refused:
        set_pin(store, SEALER, person_id="ana", pin=pin, **BY_SAM)
    assert refused.value.why is why


def test_an_address_is_sealed_and_known_again_however_it_is_typed(store: SqlReportStore) -> None:
    add_ana(store)
    reach = give(store)
    assert b"5550110" not in reach.address
    opened = SEALER.unseal(reach.address, address_context(reach.reach_id)).decode()
    assert opened == "+16125550110"
    with store.read() as records:
        known = records.people.reached_at(SEALER.fingerprint("+16125550110"))
    assert [one.person_id for one in known] == ["ana"]
    assert now_of(store).changed_by == "sam"
    with pytest.raises(PersonRefused) as refused:
        give(store, address="+1 (612) 555-0110")
    assert refused.value.why is Why.HAS_IT
    give(store, channel="voice")


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        ("sms", " (612) 555 0110 ", "+16125550110"),
        ("voice", "+44 20 7946 0958", "+442079460958"),
        ("email", "Ana.F@Example.ORG", "Ana.F@example.org"),
        ("apprise", "ntfy://ntfy.example.org/Topic", "ntfy://ntfy.example.org/Topic"),
        ("console", "Ana", "ana"),
    ],
)
def test_an_address_is_written_in_one_way(channel: str, typed: str, kept: str) -> None:
    assert canonical_address(channel, typed, HOTLINE) == kept


@pytest.mark.parametrize(
    ("channel", "typed", "why"),
    [
        ("sms", "555-0110", Why.NUMBER),
        ("sms", "my number", Why.NUMBER),
        ("voice", "612-555-0100", Why.OUR_NUMBER),
        ("email", "ana.example.org", Why.EMAIL),
        ("email", "ana@example", Why.EMAIL),
        ("email", "ana@example.org, sam@example.org", Why.EMAIL),
        ("email", "ana@" + "a" * 1000 + ".org", Why.EMAIL),
        ("apprise", "ntfy.example.org/topic", Why.SERVICE_ADDRESS),
        ("console", "ana fuentes", Why.CONSOLE_NAME),
        ("pigeon", "ana", Why.CHANNEL),
    ],
)
def test_an_address_that_reaches_nobody_is_refused(channel: str, typed: str, why: Why) -> None:
    with pytest.raises(PersonRefused) as refused:
        canonical_address(channel, typed, HOTLINE)
    assert refused.value.why is why


def test_quiet_hours_are_two_times_or_none() -> None:
    assert parse_quiet("22:00", "06:30") == QuietHours(time(22), time(6, 30))
    assert parse_quiet("", " ") is None
    for begin, end in (("22:00", ""), ("10 pm", "06:00"), ("25:00", "06:00"), ("06:00", "06:00")):
        with pytest.raises(PersonRefused) as refused:
            parse_quiet(begin, end)
        assert refused.value.why is Why.QUIET


def test_a_reach_has_its_quiet_hours_changed_and_is_forgotten(store: SqlReportStore) -> None:
    add_ana(store)
    reach = give(store)
    quiet = QuietHours(time(22), time(6))
    which: dict[str, Any] = {"person_id": "ana", "reach_id": reach.reach_id}
    change_quiet(store, **which, quiet=quiet, **BY_SAM)
    with store.read() as records:
        assert records.people.reaches("ana") == [replace(reach, quiet=quiet)]
    change_quiet(store, **which, quiet=None, **BY_SAM)
    with pytest.raises(NoSuchReach):
        take_reach(store, person_id="ana", reach_id="another", **BY_SAM)
    take_reach(store, **which, **BY_SAM)
    with store.read() as records:
        assert records.people.reaches() == []
    with pytest.raises(NoSuchReach):
        change_quiet(store, **which, quiet=quiet, **BY_SAM)


def test_a_new_address_of_the_calendar_is_another_every_time(store: SqlReportStore) -> None:
    add_ana(store)
    renew_feed(store, person_id="ana", **BY_SAM)
    renew_feed(store, person_id="ana", **BY_SAM)
    assert now_of(store).feed_epoch == 2
