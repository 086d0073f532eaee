"""Who is told of reports, how each is reached, and the digits by which they are known at the
telephone. Whatever changes is noted on the person with who changed it last and when."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

import phonenumbers

from reports.people import (
    People,
    Person,
    QuietHours,
    Reach,
    address_context,
    read_subscription,
)
from reports.ports import Records, ReportStore, Sealer

LONGEST_NAME: Final = 128
LONGEST_ADDRESS: Final = 1000
MOST_AREAS: Final = 50
PIN_DIGITS: Final = 6
RESERVED: Final = frozenset({"accounts", "new"})
"""Handles that are addresses of pages."""
_HANDLE: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_EMAIL: Final = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_APPRISE: Final = re.compile(r"[a-z][a-z0-9]*://\S+")


class Why(StrEnum):
    """Why something about a person cannot be. Pages have the words for what to do instead."""

    HANDLE = "handle"
    HANDLE_TAKEN = "handle_taken"
    NAME = "name"
    LANGUAGE = "language"
    NO_ACCOUNT = "no_account"
    ACCOUNT_TAKEN = "account_taken"
    AREAS = "areas"
    CHANNEL = "channel"
    NUMBER = "number"
    OUR_NUMBER = "our_number"
    EMAIL = "email"
    BROWSER = "browser"
    SERVICE_ADDRESS = "service_address"
    CONSOLE_NAME = "console_name"
    HAS_IT = "has_it"
    QUIET = "quiet"
    PIN = "pin"
    EASY_PIN = "easy_pin"


class PersonRefused(ValueError):
    """Something about a person cannot be as it was asked for."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class NoSuchPerson(LookupError):
    """Nobody has that handle."""


class NoSuchReach(LookupError):
    """That person has no such reach (any more)."""


class ChannelName(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    PUSH = "push"
    """In a browser, which gives the address itself."""
    APPRISE = "apprise"
    """Of a messenger or another service, by an address as the library Apprise writes them."""
    CONSOLE = "console"
    """Of this machine; for trying out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of a person."""

    name: str
    languages: tuple[str, ...] = ()
    username: str | None = None
    is_emergency: bool = False
    observes: bool = False
    areas: tuple[str, ...] = ()


# --- People ---------------------------------------------------------------------------------------


def add_person(
    store: ReportStore, *, person_id: str, about: About, who: str, at: datetime
) -> Person:
    """Raises:
    PersonRefused
    """
    person_id = person_id.strip().lower()
    if not _HANDLE.fullmatch(person_id) or person_id in RESERVED:
        raise PersonRefused(Why.HANDLE)
    with store.begin() as records:
        if records.people.person(person_id) is not None:
            raise PersonRefused(Why.HANDLE_TAKEN)
        said = _checked(records, person_id, about)
        person = _described(Person(person_id, said.name, at, who), said)
        records.people.put_person(person)
    return person


def change_person(
    store: ReportStore, *, person_id: str, about: About, who: str, at: datetime
) -> Person:
    """What is as it was is not noted as a change.

    Raises:
        NoSuchPerson, PersonRefused.
    """
    with store.begin() as records:
        before = _person(records.people, person_id)
        after = _described(before, _checked(records, person_id, about))
        if after != before:
            after = replace(after, changed_at=at, changed_by=who)
            records.people.put_person(after)
    return after


def leave(store: ReportStore, *, person_id: str, who: str, at: datetime) -> bool:
    """From now on they are told nothing. False: they left before.

    Raises:
        NoSuchPerson
    """

    def go(person: Person) -> Person:
        return person if person.left_at is not None else replace(person, left_at=at)

    return _change(store, person_id, go, who, at)


def come_back(store: ReportStore, *, person_id: str, who: str, at: datetime) -> bool:
    """With all that they had. False: they are here.

    Raises:
        NoSuchPerson
    """
    return _change(store, person_id, lambda person: replace(person, left_at=None), who, at)


def set_pin(
    store: ReportStore, sealer: Sealer, *, person_id: str, pin: str | None, who: str, at: datetime
) -> bool:
    """Digits by which they are known at the telephone; None: by none. Wrong ones of before count no
    more.

    Raises:
        NoSuchPerson, PersonRefused.
    """
    hashed = None
    if pin is not None:
        hashed = pin_hash(sealer, person_id, _good_pin(pin))
    is_new = _change(store, person_id, lambda person: replace(person, pin_hash=hashed), who, at)
    if is_new:
        with store.begin() as records:
            records.people.forget_pin_tries(person_id)
    return is_new


def pin_hash(sealer: Sealer, person_id: str, pin: str) -> str:
    """Keyed, and another for everybody: two with the same digits do not look alike."""
    return sealer.fingerprint(f"pin:{person_id}:{pin}")


def renew_feed(store: ReportStore, *, person_id: str, who: str, at: datetime) -> bool:
    """Every address of their calendar so far shows nothing from now on.

    Raises:
        NoSuchPerson
    """
    return _change(
        store,
        person_id,
        lambda person: replace(person, feed_epoch=person.feed_epoch + 1),
        who,
        at,
    )


# --- How they are reached -------------------------------------------------------------------------


def give_reach(
    store: ReportStore,
    sealer: Sealer,
    *,
    person_id: str,
    channel: str,
    address: str,
    quiet: QuietHours | None,
    hotline: str,
    who: str,
    at: datetime,
) -> Reach:
    """`hotline`: the line's own number in E.164, whose country a number is of that names none.

    Raises:
        NoSuchPerson, PersonRefused.
    """
    canonical = canonical_address(channel, address, hotline)
    reach_id = uuid.uuid4().hex
    reach = Reach(
        reach_id=reach_id,
        person_id=person_id,
        channel=channel,
        address=sealer.seal(canonical.encode(), address_context(reach_id)),
        address_hash=sealer.fingerprint(canonical),
        quiet=quiet,
    )
    with store.begin() as records:
        person = _person(records.people, person_id)
        if not records.people.add_reach(reach):
            raise PersonRefused(Why.HAS_IT)
        records.people.put_person(replace(person, changed_at=at, changed_by=who))
    return reach


def change_quiet(
    store: ReportStore,
    *,
    person_id: str,
    reach_id: str,
    quiet: QuietHours | None,
    who: str,
    at: datetime,
) -> None:
    """Raises:
    NoSuchPerson, NoSuchReach.
    """
    with store.begin() as records:
        person = _person(records.people, person_id)
        if _reach(records.people, person_id, reach_id).quiet != quiet:
            records.people.set_quiet(reach_id, quiet)
            records.people.put_person(replace(person, changed_at=at, changed_by=who))


def take_reach(
    store: ReportStore, *, person_id: str, reach_id: str, who: str, at: datetime
) -> None:
    """The address is forgotten.

    Raises:
        NoSuchPerson, NoSuchReach.
    """
    with store.begin() as records:
        person = _person(records.people, person_id)
        _reach(records.people, person_id, reach_id)
        records.people.remove_reach(reach_id)
        records.people.put_person(replace(person, changed_at=at, changed_by=who))


def canonical_address(channel: str, typed: str, hotline: str) -> str:
    """The one way to write what somebody typed, so that it is known again.

    >>> canonical_address("sms", "(612) 555-0110", "+16125550100")
    '+16125550110'

    Raises:
        PersonRefused
    """
    typed = typed.strip()
    if len(typed) > LONGEST_ADDRESS or not typed.isprintable():
        typed = ""
    match channel:
        case ChannelName.SMS | ChannelName.VOICE:
            return _number(typed, hotline)
        case ChannelName.EMAIL:
            if not _EMAIL.fullmatch(typed):
                raise PersonRefused(Why.EMAIL)
            mailbox, _, host = typed.rpartition("@")
            return f"{mailbox}@{host.lower()}"
        case ChannelName.PUSH:
            try:
                return json.dumps(read_subscription(typed), sort_keys=True)
            except ValueError:
                raise PersonRefused(Why.BROWSER) from None
        case ChannelName.APPRISE:
            if not _APPRISE.fullmatch(typed):
                raise PersonRefused(Why.SERVICE_ADDRESS)
            return typed
        case ChannelName.CONSOLE:
            if not _HANDLE.fullmatch(typed.lower()):
                raise PersonRefused(Why.CONSOLE_NAME)
            return typed.lower()
    raise PersonRefused(Why.CHANNEL)


def parse_quiet(begin: str, end: str) -> QuietHours | None:
    """Two times as a form has them; None: none.

    Raises:
        PersonRefused: one of them is missing or none, or they are the same.
    """
    if not begin.strip() and not end.strip():
        return None
    try:
        quiet = QuietHours.parse(f"{begin.strip()}-{end.strip()}")
    except ValueError:
        raise PersonRefused(Why.QUIET) from None
    if quiet.begin == quiet.end:
        raise PersonRefused(Why.QUIET)
    return quiet


# --- What all of them need ------------------------------------------------------------------------


def _number(typed: str, hotline: str) -> str:
    home = phonenumbers.region_code_for_number(phonenumbers.parse(hotline))
    try:
        number = phonenumbers.parse(typed, home)
    except phonenumbers.NumberParseException:
        raise PersonRefused(Why.NUMBER) from None
    if not phonenumbers.is_valid_number(number):
        raise PersonRefused(Why.NUMBER)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if written == hotline:
        # The line would call itself.
        raise PersonRefused(Why.OUR_NUMBER)
    return written


def _good_pin(pin: str) -> str:
    if not (pin.isascii() and pin.isdecimal() and len(pin) == PIN_DIGITS):
        raise PersonRefused(Why.PIN)
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise PersonRefused(Why.EASY_PIN)
    return pin


def _checked(records: Records, person_id: str, about: About) -> About:
    """Raises:
    PersonRefused
    """
    name = " ".join(about.name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PersonRefused(Why.NAME)
    languages = tuple(dict.fromkeys(code.strip().lower() for code in about.languages))
    if not all(_LANGUAGE.fullmatch(code) for code in languages):
        raise PersonRefused(Why.LANGUAGE)
    areas = tuple(dict.fromkeys(" ".join(area.split()) for area in about.areas))
    if len(areas) > MOST_AREAS or any(
        not area or len(area) > LONGEST_NAME or not area.isprintable() for area in areas
    ):
        raise PersonRefused(Why.AREAS)
    username = about.username or None
    if username is not None:
        if records.organizer(username) is None:
            raise PersonRefused(Why.NO_ACCOUNT)
        others = [one for one in records.people.everybody() if one.person_id != person_id]
        if any(one.username == username for one in others):
            raise PersonRefused(Why.ACCOUNT_TAKEN)
    return replace(about, name=name, languages=languages, areas=areas, username=username)


def _described(person: Person, about: About) -> Person:
    return replace(
        person,
        name=about.name,
        languages=about.languages,
        username=about.username,
        is_emergency=about.is_emergency,
        observes=about.observes,
        areas=about.areas,
    )


def _change(
    store: ReportStore,
    person_id: str,
    change: Callable[[Person], Person],
    who: str,
    at: datetime,
) -> bool:
    with store.begin() as records:
        before = _person(records.people, person_id)
        after = change(before)
        if after == before:
            return False
        records.people.put_person(replace(after, changed_at=at, changed_by=who))
    return True


def _person(people: People, person_id: str) -> Person:
    person = people.person(person_id)
    if person is None:
        raise NoSuchPerson(person_id)
    return person


def _reach(people: People, person_id: str, reach_id: str) -> Reach:
    for reach in people.reaches(person_id):
        if reach.reach_id == reach_id:
            return reach
    raise NoSuchReach(reach_id)
