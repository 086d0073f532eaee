"""What the phone side works with, and how one call stands in the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ivr.desk_door import PhoneDesk
from ivr.dialects import TWILIO, Dialect
from ivr.languages import Language, Prompts, Voice
from ivr.playback import Playback
from ivr.signature import Guard
from ivr.studio_door import StudioDoor
from ivr.twiml import LONGEST_TALK
from reports.model import Admission, Dossier, Notification
from reports.ports import JobQueue, Records, ReportStore, Sealer
from reports.pressure import Limits, is_checked
from reports.services.pressure import digits_to_press
from reports.wording import Wording

RETURNING: Final = timedelta(days=30)
"""How long a caller's language is remembered, and over how long the use of languages is counted."""
ORDER_STANDS: Final = timedelta(minutes=1)
"""How long the use of languages is good for, once counted: it changes from month to month."""


@dataclass(frozen=True, slots=True)
class Whispers:
    """What people who are rung are told before they are connected, in the organizers' language."""

    voice: Voice
    words: Callable[[str | None], str]
    """Of the caller's language, None: not known."""


@dataclass(frozen=True, slots=True)
class AlertCalls:
    """What people hear who are rung about a report, in the organizers' language."""

    voice: Voice
    words: Mapping[str, str]
    brief: Callable[[Notification, Dossier], str]
    """The message for the ear."""


def _as_in_the_files(_began: datetime | None) -> Wording:
    return Wording()


@dataclass(frozen=True, slots=True)
class Telephone:
    """What the webhooks need."""

    store: ReportStore
    queue: JobQueue
    sealer: Sealer
    prompts: Prompts
    guard: Guard
    clock: Callable[[], datetime]
    hotline: str
    people_on_shift: Callable[[datetime], Sequence[str]]
    """Numbers to ring at an instant; none in quiet hours."""
    whispers: Whispers
    alert_calls: AlertCalls
    playback: Playback
    language_order: LanguageOrder
    limits_now: Callable[[], Limits] = Limits
    """How many calls are usual, as is set now."""
    languages_off: Callable[[], Collection[str]] = frozenset
    """Codes of languages that callers are not told of, as is set now."""
    wording_for: Callable[[datetime | None], Wording] = _as_in_the_files
    """What is set of words and questions, for a call that began then; None: now."""
    studio: StudioDoor | None = None
    """Where prompts are recorded by telephone; None: nowhere."""
    desk: PhoneDesk | None = None
    """What organizers do by telephone alone; None: nothing."""
    dialect: Dialect = TWILIO
    public_url: str = ""
    """Where the provider reaches us, for a dialect in which addresses are written whole."""

    @property
    def limits(self) -> Limits:
        return self.limits_now()

    def standing(self, call_sid: str) -> Standing:
        """How a call stands, also one that nobody knows."""
        at = self.clock()
        with self.store.read() as records:
            call = records.call(call_sid)
            usual = (
                records.last_language(call.caller_hash, at - RETURNING)
                if call is not None and call.language is None and call.caller_hash is not None
                else None
            )
            order = self.language_order.at(records, at)
        # A call goes on with the words and questions with which it began.
        prompts = self.prompts.worded(self.wording_for(None if call is None else call.started_at))
        with self.store.read() as records:
            # Asked each time: what was just recorded, or taken back, counts from the next prompt.
            prompts = prompts.with_recordings(records.current_takes(prompts.said))
        off = frozenset(self.languages_off()) - {usual}
        prompts = prompts.without(off).in_order(order if usual is None else [usual, *order])
        admission = Admission.NORMAL if call is None else call.admission
        if admission.short:
            prompts = prompts.short(admission)
        return Standing(
            prompts=prompts,
            language=prompts.language(None if call is None else call.language),
            usual=prompts.language(usual),
            answers={} if call is None else {one.question: one.digits for one in call.answers},
            # Who is limited is offered no text: a thousand calls would be a thousand texts.
            has_number=call is not None and call.caller_number is not None and admission.alerts,
            admission=admission,
        )

    def digits_to_press(self, call_sid: str, standing: Standing) -> str | None:
        """What a caller is asked to press in a flood; None: nothing."""
        if standing.language is None or not is_checked(standing.admission, self.limits):
            return None
        return digits_to_press(self.sealer, call_sid)

    def people_free(self, at: datetime) -> tuple[str, ...]:
        """Those on shift who are not talking with a caller already."""
        with self.store.read() as records:
            talking = records.bridges_since(at - timedelta(seconds=LONGEST_TALK))
        busy = {bridge.person_hash for bridge in talking}
        return tuple(
            number
            for number in self.people_on_shift(at)
            if self.sealer.fingerprint(number) not in busy
        )


@dataclass(frozen=True, slots=True)
class Standing:
    prompts: Prompts
    """The languages in the order in which this caller is offered them."""
    language: Language | None
    """What the caller chose."""
    usual: Language | None
    """What the same caller chose last time, if they did not choose in this call."""
    answers: Mapping[str, str]
    has_number: bool
    """Whether the caller can be sent a text."""
    admission: Admission = Admission.NORMAL


@dataclass
class LanguageOrder:
    """The languages in the order in which they are offered: as configured, then by use."""

    configured: Callable[[], Sequence[str]] = tuple
    """As is set now."""
    _counted: list[str] = field(default_factory=list)
    _good_until: datetime | None = None

    def at(self, records: Records, now: datetime) -> list[str]:
        if self._good_until is None or now >= self._good_until:
            self._counted = list(records.languages_by_use(now - RETURNING))
            self._good_until = now + ORDER_STANDS
        return list(dict.fromkeys((*self.configured(), *self._counted)))
