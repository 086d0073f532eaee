"""`python -m bench.desk`: how long organizers wait for their pages with many reports stored.

Fills a database with made calls (`bench/wave.py`), each with two recordings that are written out
word by word, the Spanish ones in English too, and an alert, and every third with a note of an
organizer's; all sealed as ever. Then a person logs in and looks at the list, at the list with
filters, searches, and reads reports, through the application itself. The first look is the one
after a start; then the background reads what is not read yet. Sizes are of the page as it is sent,
which nothing here compresses: a proxy in front may.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from bench.wave import Said, Wave
from config import Settings
from dashboard import add_organizer
from keeping.sealing import generate_key
from migrations import upgrade
from places.gazetteer import load_gazetteer
from reports.model import (
    Answer,
    Call,
    CallState,
    Note,
    Notification,
    NotificationKind,
    NotificationState,
    Recording,
    RecordingState,
    Report,
    Segment,
    Transcript,
    TranscriptKind,
    TranslationState,
    Word,
)
from reports.ports import Records
from reports.store import SqlReportStore
from wiring import Adapters

REPORTS = 10_000
GOAL_MS, GOAL_BYTES = 1000, 100_000
PASSWORD = "a few plain words"
SECOND = timedelta(seconds=1)
WORDS = ("bloomington", "gray tahoe", '"lake street"', "camioneta", "tow truck", "nowhere")
NOTED_EACH = 3
NOTE = "Called back, nobody there. The tow truck at number {number} is the city's own."
HOURS = timedelta(hours=10)
"""Within which all of them called, the last just now."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--reports", type=int, default=REPORTS)
    parser.add_argument("--times", type=int, default=30, help="that each page is looked at")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="line-bench-") as folder:
        settings = _settings(Path(folder))
        adapters = Adapters(settings)
        upgrade(adapters.store._engine, settings.keyring)
        begun = time.perf_counter()
        references = _fill(adapters.store, given.reports)
        add_organizer(adapters.store, "ana", "Ana Fuentes", PASSWORD, datetime.now(UTC))
        print(f"{len(references):,} reports stored in {time.perf_counter() - begun:.0f} s.")
        app = create_app(settings)
        client = app.test_client()
        _log_in(client)
        _look(client, references, given.times)


def _look(client: FlaskClient, references: Sequence[str], times: int) -> None:
    print(f"{'page':28}{'p50 ms':>9}{'p99 ms':>9}{'bytes':>10}")
    first = _measured("list, the first look", lambda _: client.get("/").data, 1)
    _measured("list, while it reads on", lambda _: client.get("/").data, 5)
    begun = time.perf_counter()
    while "Still reading" in client.get("/search").text:
        time.sleep(0.5)
    print(f"{'all read after':28}{1000 * (time.perf_counter() - begun):>9,.0f}")
    usual = _measured("list, 200 reports", lambda _: client.get("/").data, times)
    _measured("list, filtered", lambda _: client.get("/?language=es&now=1").data, times)
    _measured("list, its last page", lambda _: client.get("/?show=all&page=50").data, times)
    _measured("list, asked again", lambda _: client.get("/inbox").data, times)
    token = _token(client)

    def search(turn: int) -> bytes:
        words = WORDS[turn % len(WORDS)]
        client.post("/search", data={"csrf_token": token, "q": words})
        return bytes(client.get("/search").data)

    _measured("search", search, times)
    _measured("report", lambda turn: client.get(f"/r/{references[-1 - turn * 7]}").data, times)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{memory:,.0f} MiB at most. Wanted: the list within {GOAL_MS} ms, {GOAL_BYTES:,} bytes.")
    if max(first.milliseconds, usual.milliseconds) > GOAL_MS or usual.size > GOAL_BYTES:
        print("It is not.")


class _Seen:
    def __init__(self, milliseconds: float, size: int) -> None:
        self.milliseconds = milliseconds
        self.size = size


def _measured(name: str, look: Callable[[int], bytes], times: int) -> _Seen:
    took: list[float] = []
    sizes: list[int] = []
    for turn in range(times):
        begun = time.perf_counter()
        page = look(turn)
        took.append(1000 * (time.perf_counter() - begun))
        sizes.append(len(page))
    p50 = statistics.median(took)
    p99 = sorted(took)[min(len(took) - 1, round(0.99 * len(took)))]
    print(f"{name:28}{p50:>9,.0f}{p99:>9,.0f}{max(sizes):>10,}")
    return _Seen(p50, max(sizes))


def _settings(folder: Path) -> Settings:
    secret = "nobody's secret, of the right length"
    return Settings.model_validate(
        {
            "public_url": "http://localhost:1",
            "hotline_number": "+16125550100",
            "twilio_account_sid": "AC" + "0123456789abcdef" * 2,
            "twilio_auth_token": "a token of the provider's",
            "data_key": generate_key(),
            "secret_key": secret,
            "api_token": secret,
            "oncall": "+16125550110",
            "state_dir": folder,
            "database_url": f"sqlite:///{folder / 'line.db'}",
            "audio_url": "memory:",
            "redis_url": "redis://localhost:1",
        }
    )


def _log_in(client: FlaskClient) -> None:
    token = _token(client, "/login")
    form = {"csrf_token": token, "username": "ana", "password": PASSWORD}
    if client.post("/login", data=form).status_code != 303:
        raise SystemExit("nobody could log in")


def _token(client: FlaskClient, path: str = "/search") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    if found is None:
        raise SystemExit("the page has no form")
    return found[1]


# --- What is stored


def _fill(store: SqlReportStore, count: int) -> list[str]:
    """References, the oldest first."""
    wave = Wave(load_gazetteer(Path("places/twin_cities")), 7)
    calls = wave.reports(count, max(1, count // 12))
    begin, step = datetime.now(UTC) - HOURS, HOURS / (len(calls) + 1)
    references = []
    for place in range(0, len(calls), 200):
        with store.begin() as records:
            for number, said in enumerate(calls[place : place + 200], place):
                reference = f"{10_000 + number}"
                _store(records, reference, said, begin + step * number, number)
                references.append(reference)
    return references


def _store(records: Records, reference: str, said: Said, at: datetime, number: int) -> None:
    call_sid = f"CA{reference}"
    answers = tuple(Answer(question, keys, at) for question, keys in said.keys.items())
    call = Call(
        call_sid,
        at,
        state=CallState.COMPLETED,
        ended_at=at + 90 * SECOND,
        language=said.language,
    )
    records.add_call(call)
    for answer in answers:
        records.put_answer(call_sid, answer)
    filed = at + 20 * SECOND
    records.add_report(Report(reference, call_sid, filed, filed))
    words = said.words.split()
    middle = len(words) // 3
    # One in twenty nobody can write out.
    state = RecordingState.TRANSCRIBED if number % 20 else RecordingState.NEEDS_LISTENER
    for question, part in (("where", words[:middle]), ("what", words[middle:])):
        sid = f"RE{reference}{question}"
        is_spanish = said.language == "es"
        records.add_recording(
            Recording(
                recording_sid=sid,
                call_sid=call_sid,
                question=question,
                announced_at=filed,
                changed_at=filed,
                state=state,
                seconds=len(part) / 2.5,
                stored_at=filed,
                sha256="0" * 64,
                size=8000,
                translation=TranslationState.MADE if is_spanish else None,
            )
        )
        if not part or state is not RecordingState.TRANSCRIBED:
            continue
        made = _transcript(sid, said.language, part, filed)
        records.add_transcript(made)
        if is_spanish:
            english = _transcript(sid, "en", part, filed + SECOND, TranscriptKind.TRANSLATION)
            records.add_transcript(english)
    if number % NOTED_EACH == 0:
        records.add_note(Note(reference, NOTE.format(number=number), "ana", filed), ())
    records.add_notification(
        Notification(
            notification_id=f"n-{reference}",
            reference=reference,
            kind=NotificationKind.ALERT,
            channel="sms",
            recipient=b"sealed elsewhere",
            recipient_hash="0" * 64,
            body=f"Report {reference}, unverified",
            created_at=filed,
            changed_at=filed,
            state=NotificationState.DELIVERED,
            attempts=1,
            sent_at=filed,
            delivered_at=filed,
        )
    )


def _transcript(
    sid: str,
    language: str,
    words: Sequence[str],
    at: datetime,
    kind: TranscriptKind = TranscriptKind.MACHINE,
) -> Transcript:
    spoken = tuple(
        Word(f" {word}", place / 2.5, (place + 1) / 2.5, 0.9) for place, word in enumerate(words)
    )
    text = "".join(word.text for word in spoken)
    segment = Segment(text, 0.0, len(words) / 2.5, spoken, -0.2, 0.02, 1.3)
    return Transcript(sid, language, 0.97, (segment,), "openai-whisper", "base", at, kind)


if __name__ == "__main__":
    main()
