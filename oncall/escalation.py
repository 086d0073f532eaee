"""What is due to be told of a report, and to whom, at an instant. Pure.

So that a phone at 6 a.m. is not buried: the alert goes out on the first recording or key that makes
a report urgent, one update once the place is text, and from then on only what changes the picture.
The alert goes to whoever is on shift. Where nobody takes the report up within the time of its
priority (`oncall.waiting`), or all who were asked pass it on, the next are asked: the backup, then
everybody, then the emergency list. Then those who were told are reminded once, and the desk says
that nobody answered until somebody does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from oncall.contacts import VOICE, Contact, Ladder
from oncall.waiting import Clocks, is_waiting
from reports.fields.priority import Priority
from reports.fields.reading import Reading
from reports.model import (
    ActKind,
    CallState,
    Dossier,
    Handling,
    Medium,
    Notification,
    NotificationKind,
    NotificationState,
    Recording,
    RecordingState,
    Tier,
    Verdict,
)
from reports.questions import ADDITION, OFFICERS, PERSON, STILL_THERE, WHERE

KEYS_GRACE = timedelta(seconds=8)
"""How long the update waits, the place known, for the caller to press how many officers and whether
they are still there: two texts that say all are better than three."""
SETTLED = frozenset(RecordingState) - {RecordingState.ANNOUNCED, RecordingState.STORED}
STILL_NEWS: Final = timedelta(hours=12)
"""For so long after the first word what changes the picture is told."""
INDEPENDENT: Final = 3
"""So many callers who have nothing to do with each other change the picture."""
BURST: Final = timedelta(minutes=10)
FEW: Final = 5
"""First words in a `BURST` that each go out by themselves to one address."""
MANY: Final = 15
"""From then on even the gravest go out with others."""
BUNDLE_WAIT: Final = timedelta(minutes=2)
"""How long what is held waits for more to go out with it."""
NOT_SENT: Final = frozenset([NotificationState.HELD, NotificationState.BUNDLED])
_NOT_YET: Final = NotificationState.PENDING
NEXT: Final[Mapping[Tier, tuple[Tier, ...]]] = MappingProxyType(
    {tier: tuple(Tier)[place + 1 :] for place, tier in enumerate(Tier)}
)
"""The tiers after each."""


@dataclass(frozen=True, slots=True)
class Due:
    """One message that should have been meant by now, and was not."""

    kind: NotificationKind
    contact: Contact
    tier: Tier | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What escalation needs to know of a report beside the report itself."""

    reading: Reading
    callers: int = 1
    """Independent ones, of its whole incident."""
    corroboration_told: bool = False
    """Of any report of the incident."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Usernames of the desk -> handles of the same people."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the asking stands."""

    tier: Tier
    """Who was asked last."""
    asked_at: datetime
    next_at: datetime | None
    """When the next are asked, or, if none are left, those who were are reminded; None: never."""


def standing(dossier: Dossier, reading: Reading, clocks: Clocks) -> Standing | None:
    """None before anybody was asked, and once somebody took the report up."""
    alerts = _alerts(dossier)
    if not alerts or not is_waiting(dossier) or not dossier.call.presses:
        return None
    tier = max((_tier(alert) for alert in alerts), key=tuple(Tier).index)
    last = [alert for alert in alerts if _tier(alert) is tier]
    # Time runs for who has the message; who cannot have it is not waited for any longer.
    asked_at = min(alert.sent_at or alert.created_at for alert in last)
    # Who passed it on by one way was asked by all.
    passing = {_whose(alert) for alert in last if alert.passed_on_at is not None}
    if passing and all(_whose(alert) in passing for alert in last):
        return Standing(tier, asked_at, asked_at)
    return Standing(tier, asked_at, clocks.due(asked_at, reading.rank))


def is_exhausted(dossier: Dossier) -> bool:
    """Whether everybody was asked, in vain, and reminded, or all pass it on: then only the desk can
    shout."""
    if not is_waiting(dossier):
        return False
    alerts = _alerts(dossier)
    passing = {_whose(alert) for alert in alerts if alert.passed_on_at is not None}
    reminded = any(each.kind is NotificationKind.REMINDER for each in dossier.notifications)
    return reminded or (bool(alerts) and all(_whose(alert) in passing for alert in alerts))


def messages_due(
    dossier: Dossier, picture: Picture, rungs: Ladder, clocks: Clocks, at: datetime
) -> tuple[Due, ...]:
    """What should have been told by now and was never meant to be.

    Of a limited or blocked call nothing, unless a person says otherwise: whoever calls the line a
    hundred times must not ring a volunteer's phone a hundred times. It stands in the inbox. Of a
    rehearsal nothing either, but to who rehearses and wants it.
    """
    if not dossier.call.tells:
        return ()
    found = (
        *_first_words(dossier, rungs),
        *_asking_on(dossier, picture, rungs, clocks, at),
        *_rung_since(dossier, rungs, at),
        *_what_follows(dossier, at, rungs),
        *_changes(dossier, picture, at),
    )
    meant = {
        (each.kind, each.about, each.channel, each.recipient_hash) for each in dossier.notifications
    }
    new: dict[tuple[str, ...], Due] = {}
    for due in found:
        # The same may be due for two reasons: it is told for the first.
        new.setdefault((due.kind, due.about, *due.contact.key), due)
    return tuple(due for key, due in new.items() if key not in meant)


def goes_with_others(recent: int, priority: Priority, *, same_place: bool) -> bool:
    """Whether a first word is held, to go out with others as one message. `recent`: first words to
    the same address in the last `BURST`; `same_place`: one of them was of the same place."""
    if recent < FEW:
        return False
    return priority is not Priority.P1 or same_place or recent >= MANY


def _alerts(dossier: Dossier) -> list[Notification]:
    return [each for each in dossier.notifications if each.kind is NotificationKind.ALERT]


def _tier(alert: Notification) -> Tier:
    return alert.tier or Tier.FIRST


def _whose(alert: Notification) -> str:
    return alert.person or alert.recipient_hash


def _who(contact: Contact) -> str:
    return contact.person or contact.address_hash


def _first_words(dossier: Dossier, rungs: Ladder) -> Iterator[Due]:
    if _alerts(dossier) or not alert_is_due(dossier):
        return
    for tier in Tier:
        if rungs[tier]:
            yield from (Due(NotificationKind.ALERT, contact, tier) for contact in rungs[tier])
            return


def _rung_since(dossier: Dossier, rungs: Ladder, at: datetime) -> Iterator[Due]:
    """By telephone, whoever was asked before the words of the caller made the report one of those
    that ring: what they were sent may lie unread. And who can only be rung, where others of their
    tier were asked."""
    alerts = _alerts(dossier)
    if not alerts or not is_waiting(dossier):
        return
    if at - min(each.created_at for each in alerts) > STILL_NEWS:
        return
    asked = {(alert.channel, alert.recipient_hash) for alert in alerts}
    has_word = {_whose(alert) for alert in alerts if alert.state not in NOT_SENT}
    passed_on = {_whose(alert) for alert in alerts if alert.passed_on_at is not None}
    for tier in sorted({_tier(alert) for alert in alerts}, key=tuple(Tier).index):
        readers = {_who(contact) for contact in rungs[tier] if contact.channel != VOICE}
        for contact in rungs[tier]:
            who = _who(contact)
            if contact.channel != VOICE or contact.key in asked or who in passed_on:
                continue
            if who in has_word or who not in readers:
                yield Due(NotificationKind.ALERT, contact, tier)


def _asking_on(
    dossier: Dossier, picture: Picture, rungs: Ladder, clocks: Clocks, at: datetime
) -> Iterator[Due]:
    now = standing(dossier, picture.reading, clocks)
    if now is None or now.next_at is None or at < now.next_at:
        return
    asked = {(alert.channel, alert.recipient_hash) for alert in _alerts(dossier)}
    for tier in NEXT[now.tier]:
        new = [contact for contact in rungs[tier] if contact.key not in asked]
        if new:
            yield from (Due(NotificationKind.ALERT, contact, tier) for contact in new)
            return
    # Who cannot be reached at the moment is not reminded of what they have not heard, nor who
    # answered that they cannot.
    left_alone = {
        _whose(each)
        for each in _alerts(dossier)
        if each.state is _NOT_YET or each.passed_on_at is not None
    }
    readers = {_who(contact) for contact in _hearers(dossier)}
    # Whoever has nothing that can be read is rung once more.
    rung = (each for each in _contacts(dossier, [VOICE]) if _who(each) not in readers)
    for contact in (*_hearers(dossier), *rung):
        if _who(contact) not in left_alone:
            yield Due(NotificationKind.REMINDER, contact)


def _what_follows(dossier: Dossier, at: datetime, rungs: Ladder) -> Iterator[Due]:
    """The update and the addition, to those who had the first word."""
    hearers: Sequence[Contact] = _hearers(dossier)
    if not _alerts(dossier):
        hearers = next((rungs[tier] for tier in Tier if rungs[tier]), ())
        hearers = [contact for contact in hearers if contact.channel != VOICE]
    if NotificationKind.UPDATE not in _kinds(dossier) and update_is_due(dossier, at):
        knowing = {
            (alert.channel, alert.recipient_hash)
            for alert in _alerts(dossier)
            if _tier(alert) is not Tier.FIRST and update_is_due(dossier, alert.created_at)
        }
        for contact in hearers:
            if contact.key not in knowing:  # who is asked late reads the place at once
                yield Due(NotificationKind.UPDATE, contact)
    if NotificationKind.ADDITION not in _kinds(dossier) and _was_added_to(dossier):
        yield from (Due(NotificationKind.ADDITION, contact) for contact in hearers)


def _changes(dossier: Dossier, picture: Picture, at: datetime) -> Iterator[Due]:
    """What changes the picture, to those who had the first word and did not change it."""
    hearers = _hearers(dossier)
    if not hearers or at - min(each.created_at for each in _alerts(dossier)) > STILL_NEWS:
        return
    if len({contact.address_hash for contact in hearers}) > 1:
        yield from _taken_up(dossier, picture, hearers)
    yield from _judged(dossier, picture, hearers)
    if _left_since_told(dossier, picture.reading):
        yield from (Due(NotificationKind.LEFT, contact) for contact in hearers)
    if picture.callers >= INDEPENDENT and not picture.corroboration_told:
        yield from (Due(NotificationKind.CORROBORATED, contact) for contact in hearers)


def _taken_up(dossier: Dossier, picture: Picture, hearers: Sequence[Contact]) -> Iterator[Due]:
    if dossier.report.handling not in (Handling.ACKNOWLEDGED, Handling.IN_REVIEW):
        return
    acts = [act for act in dossier.acts if act.kind is ActKind.HANDLING]
    if not acts:
        return
    who = acts[-1].who
    for contact in _others(hearers, who, picture.people):
        yield Due(NotificationKind.TAKEN_UP, contact, about=who)


def _judged(dossier: Dossier, picture: Picture, hearers: Sequence[Contact]) -> Iterator[Due]:
    judged = dossier.judged
    if judged is None or dossier.verdict is Verdict.UNVERIFIED:
        return
    # What was said before the first word stood in it.
    if judged.at < min(each.created_at for each in _alerts(dossier)):
        return
    for contact in _others(hearers, judged.who, picture.people):
        yield Due(NotificationKind.VERDICT, contact, about=dossier.verdict)


def _others(hearers: Sequence[Contact], who: str, people: Mapping[str, str]) -> Iterator[Contact]:
    them = {who, people.get(who, who)}
    return (contact for contact in hearers if contact.person not in them)


def _hearers(dossier: Dossier) -> list[Contact]:
    """Those who had the first word by itself, by what can be read."""
    channels = {alert.channel for alert in _alerts(dossier)} - {VOICE}
    return _contacts(dossier, channels)


def _contacts(dossier: Dossier, channels: Collection[str]) -> list[Contact]:
    """Those who had the first word by itself, by one of these."""
    return [
        Contact(
            channel=alert.channel,
            address=alert.recipient,
            context=f"notification:{alert.notification_id}:recipient",
            address_hash=alert.recipient_hash,
            person=alert.person,
        )
        for alert in _alerts(dossier)
        if alert.channel in channels and alert.state not in NOT_SENT
    ]


def _kinds(dossier: Dossier) -> Collection[NotificationKind]:
    return {each.kind for each in dossier.notifications}


def _left_since_told(dossier: Dossier, reading: Reading) -> bool:
    """Whether it was said that they are not there any more after the last message that would have
    had it."""
    still_there = reading.understanding.still_there
    if still_there.value is not False:
        return False
    carrying = (NotificationKind.ALERT, NotificationKind.UPDATE, NotificationKind.ADDITION)
    last = max(each.created_at for each in dossier.notifications if each.kind in carrying)
    if still_there.settled is not None:
        return any(
            each.field == "still_there" and each.at > last and not each.withdrawn
            for each in dossier.settled
        )
    if still_there.pressed is not None:
        pressed = dossier.call.answer(STILL_THERE)
        return pressed is not None and pressed.at > last
    heard_in = None if still_there.said is None else still_there.said.passage.recording_sid
    if heard_in is not None:
        heard = dossier.transcript(heard_in)
        return heard is not None and heard.made_at > last
    return any(text.at > last for text in dossier.texts)


def _was_added_to(dossier: Dossier) -> bool:
    """In a later call, or by text message to a report that was not begun by one or was named."""
    by_text = any(
        dossier.call.medium is not Medium.TEXT or message.mentions == dossier.report.reference
        for message in dossier.texts
    )
    return by_text or dossier.recording(ADDITION) is not None


def alert_is_due(dossier: Dossier) -> bool:
    """As soon as anything was recorded or a person was asked for, or the call is over; not on other
    keys alone while the caller is about to speak, for they may hang up over nothing."""
    wants_somebody = dossier.call.answer(PERSON) is not None
    over = dossier.call.state is not CallState.IN_PROGRESS
    return bool(dossier.recordings) or wants_somebody or over


def update_is_due(dossier: Dossier, at: datetime) -> bool:
    """Once it is known what can be known of the place, and the two keys that follow it are pressed,
    passed over, or have been waited for long enough."""
    if dossier.call.medium is Medium.TEXT:
        # Where it is often comes in a second message, and a third soon after.
        return len(dossier.texts) > 1 and at - dossier.texts[1].at >= KEYS_GRACE
    told_by = _tells_the_place(dossier)
    if told_by is None or told_by.state not in SETTLED:
        return False
    keys_known = all(dossier.call.answer(question) for question in (OFFICERS, STILL_THERE))
    over = dossier.call.state is not CallState.IN_PROGRESS
    return keys_known or over or at - told_by.changed_at >= KEYS_GRACE


def _tells_the_place(dossier: Dossier) -> Recording | None:
    """The answer to 'where', or, of a caller who chose no language, all there is."""
    where = dossier.recording(WHERE)
    if where is None and dossier.call.language is None and dossier.recordings:
        return dossier.recordings[-1]
    return where
