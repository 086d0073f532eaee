"""When what is told of a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oncall.escalation import KEYS_GRACE, messages_due
from reports.model import (
    Admission,
    Answer,
    Call,
    CallState,
    Dossier,
    Notification,
    NotificationKind,
    Recording,
    RecordingState,
    Report,
)

AT = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
ALERT, UPDATE = NotificationKind.ALERT, NotificationKind.UPDATE


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
        Notification(kind, "4821", kind, "sms", b"", "", "", AT, AT) for kind in told
    )
    return Dossier(Report("4821", "CA1", AT, AT), call, recordings, (), notifications, ())


def test_keys_alone_are_not_told_while_the_caller_goes_on() -> None:
    assert messages_due(a_dossier(pressed=("when",)), AT) == ()


def test_the_alert_is_due_with_the_first_recording() -> None:
    assert messages_due(a_dossier(state=RecordingState.ANNOUNCED), AT) == (ALERT,)


def test_the_alert_is_due_when_the_call_ends_without_a_recording() -> None:
    assert messages_due(a_dossier(pressed=("when",), over=True), AT) == (ALERT,)


def test_nothing_is_meant_twice() -> None:
    told = a_dossier(state=RecordingState.TRANSCRIBED, over=True, told=(ALERT, UPDATE))
    assert messages_due(told, AT + timedelta(hours=1)) == ()


@pytest.mark.parametrize("state", [RecordingState.ANNOUNCED, RecordingState.STORED])
def test_no_update_before_the_place_is_known(state: RecordingState) -> None:
    waiting = a_dossier(state=state, over=True, told=(ALERT,))
    assert messages_due(waiting, AT + timedelta(hours=1)) == ()


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
    assert messages_due(a_dossier(state=state, over=True, told=(ALERT,)), AT) == (UPDATE,)


def test_the_update_waits_for_two_keys_but_not_longer_than_the_grace() -> None:
    asked = a_dossier(state=RecordingState.TRANSCRIBED, told=(ALERT,))
    assert messages_due(asked, AT + KEYS_GRACE - timedelta(milliseconds=1)) == ()
    assert messages_due(asked, AT + KEYS_GRACE) == (UPDATE,)
    pressed = a_dossier(
        state=RecordingState.TRANSCRIBED, told=(ALERT,), pressed=("officers", "still_there")
    )
    assert messages_due(pressed, AT) == (UPDATE,)


def test_of_a_caller_without_a_language_the_only_recording_counts() -> None:
    only = a_dossier(
        state=RecordingState.TRANSCRIBED, question="what", language=None, over=True, told=(ALERT,)
    )
    assert messages_due(only, AT) == (UPDATE,)
    known = replace(only, call=replace(only.call, language="en"))
    assert messages_due(known, AT) == ()


@pytest.mark.parametrize("admission", list(Admission))
def test_whoever_calls_too_often_rings_nobodys_phone_and_whoever_calls_in_a_flood_does(
    admission: Admission,
) -> None:
    said_all = a_dossier(
        state=RecordingState.TRANSCRIBED, over=True, pressed=("when",), admission=admission
    )
    due = messages_due(said_all, AT + timedelta(hours=1))
    assert due == ((ALERT, UPDATE) if admission.alerts else ())
