"""Reports to show: a morning on the line, told in a few calls. People and places are invented."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import soundfile

from reports.model import (
    Act,
    ActKind,
    Admission,
    Answer,
    Attestation,
    Call,
    CallState,
    Handling,
    Key,
    Level,
    Notification,
    NotificationKind,
    NotificationState,
    Recording,
    RecordingState,
    Report,
    Segment,
    Sound,
    Span,
    Transcript,
    TranscriptKind,
    TranslationState,
    Verdict,
    Word,
)
from reports.ports import AudioStore, ReportStore, Sealer
from reports.services.calls import number_context

MORNING = datetime(2026, 3, 2, 12, 41, tzinfo=UTC)
"""6:41 in the group's zone."""
CALLER = "+16125550142"
PRANKSTER = "+16125550143"
ORGANIZER_NUMBER = "+16125550110"
SPOKEN_SECONDS = 8.0


def mu_law_wave(seconds: float = SPOKEN_SECONDS) -> bytes:
    """Sound as a telephone company delivers it: WAV, μ-law, 8,000 samples a second."""
    times = np.arange(int(seconds * 8000)) / 8000
    tone = 0.3 * np.sin(2 * np.pi * (220 + 40 * times) * times)
    wave = io.BytesIO()
    soundfile.write(wave, tone, 8000, format="WAV", subtype="ULAW")
    return wave.getvalue()


def segment(text: str, start: float, end: float, unsure: Sequence[str] = ()) -> Segment:
    """A stretch of speech whose words share its time; those in `unsure` were hardly heard."""
    words = text.split()
    each = (end - start) / len(words)
    return Segment(
        text=f" {text}",
        start=start,
        end=end,
        words=tuple(
            Word(
                text=f" {word}",
                start=start + each * place,
                end=start + each * (place + 1),
                probability=0.31 if word.strip(".,") in unsure else 0.93,
            )
            for place, word in enumerate(words)
        ),
        log_probability=-0.2,
        no_speech=0.02,
        compression=1.3,
    )


@dataclass(frozen=True)
class Stories:
    """Writes calls and all that came of them straight into the database."""

    store: ReportStore
    audio: AudioStore
    sealer: Sealer
    now: datetime = MORNING

    def whole_morning(self) -> None:
        self.spanish_happening_now()
        self.alert_that_failed()
        self.hmong_needs_a_listener()
        self.english_earlier()
        self.confirmed_in_review()
        self.closed_false_alarm()

    def spanish_happening_now(self, reference: str = "4821", minutes_ago: float = 3) -> str:
        self.call(
            reference,
            minutes_ago,
            language="es",
            keys={
                "when": "1",
                "officers": "4",
                "still_there": "1",
                "callback": "1",
            },
        )
        self.recording(
            reference,
            "where",
            heard=[segment("Esquina de la calle Orchard y la Quinta, en la lavandería.", 0.4, 4.2)],
            language="es",
        )
        self.recording(
            reference,
            "what",
            heard=[
                segment("Hay tres camionetas blancas sin placas", 0.3, 3.1),
                segment("y están pidiendo papeles a la gente que sale.", 3.4, 7.6, ["sale"]),
            ],
            language="es",
        )
        self.told(reference, NotificationState.DELIVERED)
        return reference

    def alert_that_failed(self, reference: str = "6644", minutes_ago: float = 1) -> str:
        self.call(
            reference,
            minutes_ago,
            language="en",
            keys={"when": "1"},
            state=CallState.IN_PROGRESS,
            number=None,
        )
        self.recording(reference, "where", state=RecordingState.ANNOUNCED)
        self.told(reference, NotificationState.FAILED, reason="the carrier says the number is off")
        return reference

    def hmong_needs_a_listener(self, reference: str = "5590", minutes_ago: float = 18) -> str:
        self.call(
            reference,
            minutes_ago,
            language="hmn",
            keys={"when": "1", "officers": "*", "still_there": "2", "callback": "2"},
        )
        self.recording(
            reference,
            "where",
            state=RecordingState.NEEDS_LISTENER,
            reason="no machine here knows this language",
        )
        self.told(reference, NotificationState.SENDING)
        return reference

    def english_earlier(self, reference: str = "3107", minutes_ago: float = 55) -> str:
        self.call(reference, minutes_ago, language="en", keys={"when": "2", "officers": ""})
        self.recording(
            reference,
            "where",
            heard=[
                segment(
                    "Parking lot behind the Tallgrass Market on Wren Avenue.",
                    0.5,
                    4.8,
                    ["Parking", "Tallgrass", "Wren", "Market", "behind", "the", "lot"],
                )
            ],
        )
        self.recording(reference, "what", state=RecordingState.STORED)
        self.told(reference, NotificationState.DELIVERED)
        self.act(reference, ActKind.HANDLING, Handling.NEW, Handling.ACKNOWLEDGED, minutes_ago=40)
        return reference

    def confirmed_in_review(self, reference: str = "7718", minutes_ago: float = 140) -> str:
        self.call(
            reference,
            minutes_ago,
            language="so",
            keys={"when": "1", "officers": "12", "still_there": "1", "callback": "1"},
            number=None,
        )
        self.recording(
            reference,
            "where",
            heard=[segment("Dhismaha guryaha ee waddada Heron, agagaarka beerta.", 0.2, 5.1)],
            language="so",
        )
        self.told(reference, NotificationState.DELIVERED)
        self.act(reference, ActKind.HANDLING, Handling.NEW, Handling.IN_REVIEW, minutes_ago=120)
        self.act(reference, ActKind.VERDICT, Verdict.UNVERIFIED, Verdict.CONFIRMED, minutes_ago=95)
        return reference

    def closed_false_alarm(self, reference: str = "2296", minutes_ago: float = 1500) -> str:
        self.call(reference, minutes_ago, language="en", keys={"when": "1", "officers": "2"})
        self.recording(
            reference,
            "where",
            state=RecordingState.FAILED,
            reason="the provider does not have it",
        )
        self.recording(reference, "what", state=RecordingState.NO_SPEECH, reason="silence")
        self.told(reference, NotificationState.DELIVERED)
        self.act(
            reference, ActKind.VERDICT, Verdict.UNVERIFIED, Verdict.FALSE_ALARM, minutes_ago=1400
        )
        self.act(reference, ActKind.HANDLING, Handling.NEW, Handling.CLOSED, minutes_ago=1399)
        return reference

    def spanish_with_everything(self, reference: str = "4300", minutes_ago: float = 6) -> str:
        """Noisy, sounding like another language, with words struck out, and English beside it."""
        self.call(reference, minutes_ago, language="es", keys={"when": "1", "officers": "3"})
        invented = replace(
            segment("Gracias por ver el video.", 6.0, 7.5), struck="no voice under it"
        )
        self.recording(
            reference,
            "where",
            heard=[
                segment("En la calle Orchard con la Quinta,", 0.4, 3.0, ["Orchard"]),
                segment("enfrente de la panadería.", 3.2, 5.1),
                invented,
            ],
            language="es",
            english="On Orchard Street and Fifth, in front of the bakery.",
            detected=("pt", 0.62),
            sound=Sound(
                level=Level(-8.0, -27.0),
                clipped=0.02,
                noise=-34.0,
                snr=7.0,
                speech_seconds=4.7,
                keys=(Key(Span(7.6, 7.7), "#"),),
                beeps=(),
            ),
        )
        self.told(reference, NotificationState.DELIVERED)
        return reference

    def limited_prank(self, reference: str = "9001", minutes_ago: float = 2) -> str:
        """From a number that had called again and again."""
        self.call(reference, minutes_ago, keys={}, number=PRANKSTER, admission=Admission.LIMITED)
        self.recording(reference, "where", heard=[segment("Ha ha ha.", 0, 2)])
        return reference

    # --- The parts of a story

    def call(
        self,
        reference: str,
        minutes_ago: float,
        *,
        language: str | None = "en",
        keys: Mapping[str, str],
        state: CallState = CallState.COMPLETED,
        number: str | None = CALLER,
        admission: Admission = Admission.NORMAL,
        attestation: Attestation | None = None,
        check_passed: bool | None = None,
    ) -> None:
        """A call and the report that was filed when its first recording was announced."""
        call_sid = f"CA{reference}"
        filed = self.now - timedelta(minutes=minutes_ago)
        started = filed - timedelta(seconds=40)
        call = Call(
            call_sid=call_sid,
            started_at=started,
            state=state,
            ended_at=None if state is CallState.IN_PROGRESS else filed + timedelta(seconds=50),
            language=language,
            caller_number=None
            if number is None
            else self.sealer.seal(number.encode(), number_context(call_sid)),
            caller_hash=None if number is None else self.sealer.fingerprint(number),
            admission=admission,
            attestation=attestation,
            check_passed=check_passed,
        )
        with self.store.begin() as records:
            records.add_call(call)
            for place, (question, digits) in enumerate(keys.items()):
                records.put_answer(
                    call_sid, Answer(question, digits, started + timedelta(seconds=10 + 5 * place))
                )
            records.add_report(Report(reference, call_sid, filed_at=filed, changed_at=filed))

    def recording(
        self,
        reference: str,
        question: str,
        *,
        state: RecordingState = RecordingState.TRANSCRIBED,
        heard: Sequence[Segment] = (),
        language: str = "en",
        reason: str | None = None,
        audio: bytes | None = None,
        english: str | None = None,
        sound: Sound | None = None,
        detected: tuple[str, float] | None = None,
    ) -> str:
        """A recording as far as `state`, its audio, and a transcript if anything was heard; in
        English beside it, how it sounds and which language it sounds like, if it is said."""
        sid = f"RE{reference}{question}"
        audio = audio or mu_law_wave()
        here = state not in (RecordingState.ANNOUNCED, RecordingState.FAILED)
        with self.store.begin() as records:
            report = records.report(reference)
            assert report is not None
            announced = report.filed_at + timedelta(seconds=1 if question == "where" else 30)
            records.add_recording(
                Recording(
                    recording_sid=sid,
                    call_sid=report.call_sid,
                    question=question,
                    announced_at=announced,
                    changed_at=announced + timedelta(seconds=6),
                    state=state,
                    seconds=SPOKEN_SECONDS if here else None,
                    stored_at=announced + timedelta(seconds=2) if here else None,
                    sha256=hashlib.sha256(audio).hexdigest() if here else None,
                    size=len(audio) if here else None,
                    erased_at_provider_at=announced + timedelta(seconds=3) if here else None,
                    reason=reason,
                    sound=sound,
                    detected=detected and detected[0],
                    detected_probability=detected and detected[1],
                    translation=TranslationState.MADE if english else None,
                )
            )
            if heard:
                made = Transcript(
                    recording_sid=sid,
                    language=language,
                    language_probability=0.97,
                    segments=tuple(heard),
                    engine="openai-whisper",
                    model="base",
                    made_at=announced + timedelta(seconds=6),
                )
                records.add_transcript(made)
                if english:
                    records.add_transcript(
                        replace(
                            made,
                            language="en",
                            segments=(segment(english, heard[0].start, heard[-1].end),),
                            kind=TranscriptKind.TRANSLATION,
                            made_at=announced + timedelta(seconds=9),
                        )
                    )
        if here:
            self.audio.put(sid, audio)
        return sid

    def told(
        self,
        reference: str,
        state: NotificationState,
        *,
        reason: str | None = None,
        kind: NotificationKind = NotificationKind.ALERT,
    ) -> None:
        with self.store.begin() as records:
            report = records.report(reference)
            assert report is not None
            created = report.filed_at + timedelta(seconds=1)
            sent = state in (NotificationState.SENDING, NotificationState.DELIVERED)
            records.add_notification(
                Notification(
                    notification_id=f"n-{reference}-{kind}",
                    reference=reference,
                    kind=kind,
                    channel="sms",
                    recipient=self.sealer.seal(ORGANIZER_NUMBER.encode(), f"n-{reference}"),
                    recipient_hash=self.sealer.fingerprint(ORGANIZER_NUMBER),
                    body=f"Report {reference}, unverified",
                    created_at=created,
                    changed_at=created + timedelta(seconds=4),
                    state=state,
                    attempts=1,
                    sent_at=created + timedelta(seconds=1) if sent else None,
                    delivered_at=created + timedelta(seconds=4)
                    if state is NotificationState.DELIVERED
                    else None,
                    reason=reason,
                )
            )

    def act(
        self,
        reference: str,
        kind: ActKind,
        before: Handling | Verdict,
        after: Handling | Verdict,
        *,
        minutes_ago: float,
        who: str = "ana",
    ) -> None:
        at = self.now - timedelta(minutes=minutes_ago)
        with self.store.begin() as records:
            report = records.report(reference)
            assert report is not None
            records.save_report(
                Report(
                    reference,
                    report.call_sid,
                    filed_at=report.filed_at,
                    changed_at=at,
                    handling=after if isinstance(after, Handling) else report.handling,
                    verdict=after if isinstance(after, Verdict) else report.verdict,
                )
            )
            records.add_act(Act(reference, at, who, kind, before, after))
