"""Nobody is told twice of the same thing because a worker died, and nobody is not told at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from oncall.channels.sms import SmsChannel
from oncall.channels.voice import VoiceChannel
from providers.twilio import TwilioProvider
from reports.model import (
    Call,
    CallerText,
    CallerTextState,
    CallState,
    Notification,
    NotificationKind,
    NotificationState,
    Report,
)
from reports.ports import Channel
from reports.services.calls import number_context
from reports.services.notices import (
    HEARD_OF,
    SEND_LEASE,
    UNKNOWN,
    learn_how_it_ended,
    recipient_context,
    release_sending,
    send_notification,
)
from reports.services.texts import CallerTexts, release_texts, text_caller
from reports.store import SqlReportStore
from simulator import Faults, PhoneNetwork
from tests.keys import SEALER

HOTLINE, ORGANIZER, CALLER = "+16125550100", "+16125550110", "+16125550142"
ACCOUNT, TOKEN = "AC" + "0" * 32, "a token of the provider's"
WORDS = "UNVERIFIED · at E Lake St & Bloomington Ave · ref 4821"
SECOND = timedelta(seconds=1)
REFERENCE = CallerTexts(lambda: {"en": {"report": "Your reference is {reference}."}}, "en")


@dataclass
class Desk:
    """Whoever sends, and a clock that goes on by itself but for what a test adds."""

    store: SqlReportStore
    network: PhoneNetwork
    provider: TwilioProvider
    channels: dict[str, Channel] = field(default_factory=dict)
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def means_to_tell(
        self, name: str = "n1", channel: str = "sms", reference: str = "4821"
    ) -> Notification:
        at = self.now()
        told = Notification(
            name,
            reference,
            NotificationKind.ALERT,
            channel,
            SEALER.seal(ORGANIZER.encode(), recipient_context(name)),
            SEALER.fingerprint(ORGANIZER),
            WORDS,
            at,
            at,
        )
        with self.store.begin() as records:
            assert records.add_notification(told)
        return told

    def takes_in_hand(self, told: Notification) -> None:
        """As far as a worker comes that is killed while it sends."""
        with self.store.begin() as records:
            records.save_notification(
                replace(
                    told,
                    state=NotificationState.SENDING,
                    attempts=1,
                    next_attempt_at=self.now() + SEND_LEASE,
                )
            )

    def sends(self, name: str = "n1") -> None:
        send_notification(self.store, SEALER, self.channels, notification_id=name, clock=self.now)
        self.network.waits_until_quiet()

    def told(self, name: str = "n1") -> Notification:
        with self.store.read() as records:
            found = records.notification(name)
        assert found is not None
        return found

    @property
    def texts(self) -> list[str]:
        return [text.body for text in self.network.inbox(ORGANIZER)]

    @property
    def rings(self) -> int:
        return sum(leg.to == ORGANIZER for leg in self.network.exchange.all_calls())


@pytest.fixture
def desk(store: SqlReportStore) -> Iterator[Desk]:
    at = datetime.now(UTC)
    with store.begin() as records:
        for sid, reference in (("CA1", "4821"), ("CA2", "5932")):
            number = SEALER.seal(CALLER.encode(), number_context(sid))
            call = Call(
                sid, at, CallState.COMPLETED, caller_number=number, caller_hash="ab", language="en"
            )
            records.add_call(call)
            records.add_report(Report(reference, sid, at, at))
    with PhoneNetwork(account_sid=ACCOUNT, auth_token=TOKEN, hotline=HOTLINE) as network:
        provider = TwilioProvider(
            account_sid=ACCOUNT, auth_token=TOKEN, api_url=network.api_url, from_number=HOTLINE
        )
        desk = Desk(store, network, provider)
        # Nobody hears there what became of a message.
        for channel in (SmsChannel, VoiceChannel):
            desk.channels[channel.name] = channel(provider, "http://localhost:1")
        network.phone(ORGANIZER).answers()
        yield desk


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_who_was_told_by_a_worker_that_died_is_not_told_again(desk: Desk, channel: str) -> None:
    told = desk.means_to_tell(channel=channel)
    desk.takes_in_hand(told)
    sent = desk.channels[channel].send(ORGANIZER, WORDS, "n1")
    desk.network.waits_until_quiet()
    desk.ahead += SEND_LEASE
    desk.sends()
    assert (len(desk.texts), desk.rings) == ((1, 0) if channel == "sms" else (0, 1))
    after = desk.told()
    assert after.provider_id == sent.provider_id
    assert after.sent_at is not None
    # Of a call only its own word says that somebody heard it.
    arrived = channel == "sms"
    assert after.state is (NotificationState.DELIVERED if arrived else NotificationState.SENDING)
    desk.ahead += SEND_LEASE
    desk.sends()
    assert (len(desk.texts), desk.rings) == ((1, 0) if channel == "sms" else (0, 1))


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_who_was_not_told_by_a_worker_that_died_is_told(desk: Desk, channel: str) -> None:
    desk.takes_in_hand(desk.means_to_tell(channel=channel))
    desk.ahead += SEND_LEASE
    desk.sends()
    assert (len(desk.texts), desk.rings) == ((1, 0) if channel == "sms" else (0, 1))
    assert desk.told().attempts == 2


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_what_the_provider_took_without_saying_so_is_not_sent_again(
    desk: Desk, channel: str
) -> None:
    desk.network.suffers(Faults(answers_lost=1))
    desk.means_to_tell(channel=channel)
    desk.sends()
    assert desk.told().state is NotificationState.PENDING
    assert desk.told().provider_id is None
    desk.ahead += 2 * SECOND
    desk.sends()
    assert (len(desk.texts), desk.rings) == ((1, 0) if channel == "sms" else (0, 1))
    assert desk.told().provider_id is not None


def test_where_it_cannot_be_learned_it_waits_once_and_is_then_sent(desk: Desk) -> None:
    desk.takes_in_hand(desk.means_to_tell())
    desk.network.suffers(Faults(messages_down=2))
    desk.ahead += SEND_LEASE
    desk.sends()
    waits = desk.told()
    assert (waits.state, waits.reason) == (NotificationState.PENDING, UNKNOWN)
    assert desk.texts == []
    assert waits.next_attempt_at is not None
    assert waits.next_attempt_at - desk.now() < 3 * SECOND, "seconds count"
    desk.ahead += 3 * SECOND
    desk.sends()
    assert desk.texts == [WORDS]
    assert desk.told().reason is None


def test_a_text_that_did_not_arrive_is_sent_again(desk: Desk) -> None:
    desk.takes_in_hand(desk.means_to_tell())
    desk.network.suffers(Faults(undelivered=frozenset({ORGANIZER})))
    desk.channels["sms"].send(ORGANIZER, WORDS, "n1")
    desk.network.waits_until_quiet()
    desk.network.recovers()
    desk.ahead += SEND_LEASE
    desk.sends()
    assert desk.texts == [WORDS]


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_what_told_them_of_another_report_is_not_taken_for_this_one(
    desk: Desk, channel: str
) -> None:
    desk.means_to_tell("other", channel, reference="5932")
    desk.takes_in_hand(desk.means_to_tell("n1", channel))
    desk.sends("other")
    desk.ahead += SEND_LEASE
    desk.sends()
    assert (len(desk.texts), desk.rings) == ((2, 0) if channel == "sms" else (0, 2))
    assert desk.told("n1").provider_id != desk.told("other").provider_id


def test_the_providers_own_word_settles_what_a_worker_died_of_sending(desk: Desk) -> None:
    desk.takes_in_hand(desk.means_to_tell())
    sent = desk.channels["sms"].send(ORGANIZER, WORDS, "n1")
    learn_how_it_ended(
        desk.store,
        notification_id="n1",
        delivered=True,
        code=None,
        at=desk.now(),
        provider_id=sent.provider_id,
    )
    told = desk.told()
    assert (told.state, told.provider_id) == (NotificationState.DELIVERED, sent.provider_id)
    assert told.sent_at is not None, "or nobody could answer it"
    desk.ahead += SEND_LEASE
    desk.sends()
    assert desk.texts == [WORDS]


def test_a_worker_that_starts_takes_up_what_the_last_one_died_with(desk: Desk) -> None:
    desk.takes_in_hand(desk.means_to_tell())
    sent = replace(desk.means_to_tell("sent", reference="5932"), provider_id="SM1")
    desk.takes_in_hand(sent)
    assert release_sending(desk.store, at=desk.now()) == 1
    desk.sends()
    assert desk.texts == [], "the provider may not have listed it yet"
    desk.ahead += HEARD_OF
    desk.sends()
    assert desk.texts == [WORDS]
    assert desk.told("sent").next_attempt_at == pytest.approx(
        desk.now() + SEND_LEASE - HEARD_OF, abs=5 * SECOND
    ), "which waits for the word that it arrived"


def test_what_is_due_is_due_at_once_when_a_worker_starts(desk: Desk) -> None:
    desk.takes_in_hand(desk.means_to_tell())
    desk.ahead += 2 * HEARD_OF
    release_sending(desk.store, at=desk.now())
    desk.sends()
    assert desk.texts == [WORDS]


# --- The reference, to callers --------------------------------------------------------------------


def in_hand(desk: Desk) -> None:
    at = desk.now()
    with desk.store.begin() as records:
        records.add_caller_text(
            CallerText(
                "CA1", at, at, CallerTextState.SENDING, attempts=1, next_attempt_at=at + SEND_LEASE
            )
        )


def texts_them(desk: Desk) -> CallerText:
    text_caller(desk.store, SEALER, desk.provider, REFERENCE, call_sid="CA1", clock=desk.now)
    desk.network.waits_until_quiet()
    with desk.store.read() as records:
        text = records.caller_text("CA1")
    assert text is not None
    return text


@pytest.mark.parametrize("died", ["before the provider had it", "after"])
def test_a_caller_gets_the_reference_once(desk: Desk, died: str) -> None:
    in_hand(desk)
    if died == "after":
        said = REFERENCE.say("report", "en", "4821")
        desk.provider.send_text(CALLER, said, valid_seconds=600, status_url=None)
    assert release_texts(desk.store, at=desk.now()) == 1
    desk.ahead += HEARD_OF
    text = texts_them(desk)
    assert (text.state, text.reason) == (CallerTextState.SENT, None)
    assert text.provider_id is not None
    assert len(desk.network.inbox(CALLER)) == 1


def test_a_caller_waits_once_where_it_cannot_be_learned(desk: Desk) -> None:
    in_hand(desk)
    desk.network.suffers(Faults(messages_down=2))
    desk.ahead += SEND_LEASE
    assert texts_them(desk).reason == UNKNOWN
    assert desk.network.inbox(CALLER) == ()
    desk.ahead += 3 * SECOND
    assert texts_them(desk).state is CallerTextState.SENT
    assert len(desk.network.inbox(CALLER)) == 1
