"""The guided set-up: seven steps, each as far as it really is. Pure.

No step is done because somebody said so: what is there says it. Only that an optional step was
passed over is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from reports.model import Dossier, Handling, Medium, NotificationState, RecordingState
from reports.settings import TrialState


class Step(StrEnum):
    FACTOR = "factor"
    OTHERS = "others"
    REACHED = "reached"
    ON_CALL = "on_call"
    LANGUAGES = "languages"
    PROVIDER = "provider"
    TEST_CALL = "test_call"


class Standing(StrEnum):
    DONE = "done"
    NEXT = "next"
    """The first that is not done."""
    LATER = "later"
    PASSED = "passed"


ALWAYS_ASKED: Final = frozenset({Step.REACHED, Step.PROVIDER, Step.TEST_CALL})
"""Without these nobody is told of a report: they cannot be passed over."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing about the line that was looked at just now; `advice`: how to mend it."""

    name: str
    well: bool
    said: str
    advice: str = ""


def plain_checks(checks: Iterable[Check]) -> str:
    """As it is kept, in JSON: what is to be mended before what is well."""
    ordered = sorted(checks, key=lambda check: check.well)
    return json.dumps([[one.name, one.well, one.said, one.advice] for one in ordered])


def checks_of(text: str) -> tuple[Check, ...]:
    """What `plain_checks` kept."""
    return tuple(Check(*one) for one in json.loads(text))


@dataclass(frozen=True, slots=True)
class TestCall:
    """How far the call is that tries the line out."""

    __test__ = False

    reference: str | None = None
    """Of its report; None: none has come."""
    on_the_line: bool = False
    transcribed: bool = False
    needs_listener: bool = False
    """Nobody wrote it out and nobody will: somebody must listen."""
    told: bool = False
    taken_up_by: str | None = None

    @property
    def is_answered(self) -> bool:
        return self.taken_up_by is not None


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on call from one instant to another; None: from now, or until the end of what is
    looked at."""

    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is really there."""

    factor_required: bool
    has_factor: bool
    others: int
    """Accounts beside one's own."""
    invited: int
    person_id: str | None
    """One's own, among the people."""
    reaches: int
    trial: TrialState | None
    """Of the last test message to oneself; `delivered` if any arrived."""
    gaps: tuple[Gap, ...]
    """When nobody is on call in the next 24 hours."""
    told: tuple[str, ...]
    """Names of the languages that callers are told of and hear."""
    lacking: tuple[tuple[str, str], ...]
    """Codes and names of those that are on and cannot be heard yet."""
    checks: tuple[Check, ...]
    checked_at: datetime | None
    call: TestCall
    passed: Collection[str] = ()

    @property
    def problems(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.well)


@dataclass(frozen=True, slots=True)
class StepLine:
    step: Step
    standing: Standing
    may_pass: bool


def is_done(step: Step, seen: Seen) -> bool:
    match step:
        case Step.FACTOR:
            return seen.has_factor
        case Step.OTHERS:
            return seen.others > 0
        case Step.REACHED:
            return seen.reaches > 0 and seen.trial is TrialState.DELIVERED
        case Step.ON_CALL:
            return not seen.gaps
        case Step.LANGUAGES:
            return bool(seen.told) and not seen.lacking
        case Step.PROVIDER:
            # A call that came in says more than any check.
            came = seen.call.reference is not None
            return not seen.problems and (came or seen.checked_at is not None)
        case Step.TEST_CALL:
            return seen.call.is_answered


def steps_of(seen: Seen) -> tuple[StepLine, ...]:
    """Each step with how it stands, in order."""
    lines: list[StepLine] = []
    has_next = False
    for step in Step:
        optional = step not in ALWAYS_ASKED and not (step is Step.FACTOR and seen.factor_required)
        if is_done(step, seen):
            standing = Standing.DONE
        elif optional and step in seen.passed:
            standing = Standing.PASSED
        else:
            standing = Standing.LATER if has_next else Standing.NEXT
            has_next = True
        lines.append(StepLine(step, standing, optional))
    return tuple(lines)


def is_finished(lines: Sequence[StepLine]) -> bool:
    return all(line.standing in (Standing.DONE, Standing.PASSED) for line in lines)


def call_of(dossiers: Sequence[Dossier], on_the_line: bool) -> TestCall:
    """Of reports, the last filed first: the one that was taken up, else the newest of a call."""
    called = [each for each in dossiers if each.call.medium is not Medium.TEXT]
    taken = [each for each in called if each.report.handling is not Handling.NEW]
    dossier = next(iter((*taken, *called)), None)
    if dossier is None:
        return TestCall(on_the_line=on_the_line)
    states = {recording.state for recording in dossier.recordings}
    by = next(
        (act.who for act in dossier.acts if act.after == Handling.ACKNOWLEDGED),
        "" if taken else None,
    )
    return TestCall(
        reference=dossier.report.reference,
        on_the_line=on_the_line and not taken,
        transcribed=RecordingState.TRANSCRIBED in states,
        needs_listener=bool(states)
        and states <= {RecordingState.NEEDS_LISTENER, RecordingState.NO_SPEECH},
        told=any(
            told.state in (NotificationState.SENDING, NotificationState.DELIVERED)
            and told.sent_at is not None
            for told in dossier.notifications
        ),
        taken_up_by=by if taken else None,
    )
