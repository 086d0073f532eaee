"""When what is told of a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oncall.contacts import Contact
from oncall.escalation import KEYS_GRACE, Picture, messages_due
from oncall.waiting import Clocks
from reports.fields.priority import Priority, Ranked
from reports.fields.reading import Reading
from reports.model import (
    Admission,
    Answer,
    Call,
    CallState,
    Dossier,
    Notification,
    NotificationKind,
    NotificationState,
    Recording,
    RecordingState,
    Report,
    Tier,
)
from tests.reader import READER

AT = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
ALERT, UPDATE = NotificationKind.ALERT, NotificationKind.UPDATE
ANA = Contact("sms", b"a sealed number", "reach:1:address", "hash of Ana's", "ana")
ONLY_ANA = {tier: (ANA,) if tier is Tier.FIRST else () for tier in Tier}
DELIVERED = NotificationState.DELIVERED
USUAL_CLOCKS = Clocks()
SLOW = Ranked(Priority.P4, ())
"""Of what has no clock."""


def a_dossier(
    *,
    state: RecordingState | None = None,
    over: bool = False,
    pressed: tuple[str, ...] = (),
    told: tuple[NotificationKind, ...] = (),
    question: str = "where",
    language: str | None = "en",
    admission: Admission = Admission.NORMAL,
) -> Dossier:
    call = Call(
        "CA1",
        AT,
        CallState.COMPLETED if over else CallState.IN_PROGRESS,
        language=language,
        answers=tuple(Answer(each, "1", AT) for each in pressed),
        admission=admission,
    )
    recordings = () if state is None else (Recording("RE1", "CA1", question, AT, AT, state=state),)
    notifications = tuple(
        Notification(kind, "4821", kind, ANA.channel, b"", ANA.address_hash, "", AT, AT, DELIVERED)
        for kind in told
    )
    return Dossier(Report("4821", "CA1", AT, AT), call, recordings, (), notifications, ())


def kinds_due(
    dossier: Dossier, at: datetime, rank: Ranked = SLOW, clocks: Clocks = USUAL_CLOCKS
) -> tuple[NotificationKind, ...]:
    """What Ana, who alone is on call, should be told."""
    reading = Reading(READER.understanding(dossier), rank)
    due = messages_due(dossier, Picture(reading), ONLY_ANA, clocks, at)
    assert {each.contact.key for each in due} <= {ANA.key}
    return tuple(each.kind for each in due)


def test_keys_alone_are_not_told_while_the_caller_goes_on() -> None:
    assert kinds_due(a_dossier(pressed=("when",)), AT) == ()


def test_the_alert_is_due_with_the_first_recording() -> None:
    assert kinds_due(a_dossier(state=RecordingState.ANNOUNCED), AT) == (ALERT,)


def test_the_alert_is_due_when_the_call_ends_without_a_recording() -> None:
    assert kinds_due(a_dossier(pressed=("when",), over=True), AT) == (ALERT,)


def test_nothing_is_meant_twice() -> None:
    told = a_dossier(state=RecordingState.TRANSCRIBED, over=True, told=(ALERT, UPDATE))
    assert kinds_due(told, AT + timedelta(hours=1)) == ()


@pytest.mark.parametrize("state", [RecordingState.ANNOUNCED, RecordingState.STORED])
def test_no_update_before_the_place_is_known(state: RecordingState) -> None:
    waiting = a_dossier(state=state, over=True, told=(ALERT,))
    assert kinds_due(waiting, AT + timedelta(hours=1)) == ()


@pytest.mark.parametrize(
    "state",
    [
        RecordingState.TRANSCRIBED,
        RecordingState.NO_SPEECH,
        RecordingState.NEEDS_LISTENER,
        RecordingState.FAILED,
    ],
)
def test_the_update_is_due_however_the_place_came_out(state: RecordingState) -> None:
    assert kinds_due(a_dossier(state=state, over=True, told=(ALERT,)), AT) == (UPDATE,)


def test_the_update_waits_for_two_keys_but_not_longer_than_the_grace() -> None:
    asked = a_dossier(state=RecordingState.TRANSCRIBED, told=(ALERT,))
    assert kinds_due(asked, AT + KEYS_GRACE - timedelta(milliseconds=1)) == ()
    assert kinds_due(asked, AT + KEYS_GRACE) == (UPDATE,)
    pressed = a_dossier(
        state=RecordingState.TRANSCRIBED, told=(ALERT,), pressed=("officers", "still_there")
    )
    assert kinds_due(pressed, AT) == (UPDATE,)


def test_of_a_caller_without_a_language_the_only_recording_counts() -> None:
    only = a_dossier(
        state=RecordingState.TRANSCRIBED, question="what", language=None, over=True, told=(ALERT,)
    )
    assert kinds_due(only, AT) == (UPDATE,)
    known = replace(only, call=replace(only.call, language="en"))
    assert kinds_due(known, AT) == ()


@pytest.mark.parametrize("admission", list(Admission))
def test_whoever_calls_too_often_rings_nobodys_phone_and_whoever_calls_in_a_flood_does(
    admission: Admission,
) -> None:
    said_all = a_dossier(
        state=RecordingState.TRANSCRIBED, over=True, pressed=("when",), admission=admission
    )
    due = kinds_due(said_all, AT + timedelta(hours=1))
    assert due == ((ALERT, UPDATE) if admission.alerts else ())
