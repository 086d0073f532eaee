"""A whole line on one thread, so that a story can be told step by step.

Real: the phone network (speaking Twilio's protocol over HTTP), the web application, the signatures,
SQLite, the sealed audio, Redis and RQ. In the story's hands: the clock, when the workers work, and
what the speech engine makes of a recording.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app import create_app
from config import Settings
from dashboard import add_organizer
from keeping.sealing import generate_key
from reports.fields import report_fields
from reports.model import Dossier, RecordingState, ReportFields, Segment, Word
from reports.ports import Heard, Transcribed
from simulator import PhoneNetwork
from simulator.caller import Phone, Text
from tests.dashboard.conftest import PASSWORD, QUICK, Browser
from tests.stored import migrated
from wiring import Adapters
from workers import jobs
from workers.embedded_redis import start_redis
from workers.queues import QueueName
from workers.sweeper import Sweeper
from workers.worker import WarmWorker

HOTLINE = "+16125550100"
ORGANIZER = "+16125550110"
CALLER = "+16125550142"
ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a token of the provider's"
SECRET = "a secret that is long enough for this"


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        return


@dataclass
class Clock:
    """A clock that goes on its own but for what the story adds."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class StoryTranscriber:
    """Makes of each recording, in the order in which they come, what the story says; silence and
    other outcomes too. What the story did not foresee is 'something'."""

    outcomes: list[Transcribed | str | Exception] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)
    english: dict[str, str | Exception] = field(default_factory=dict)
    """By language, what it says in English; others cannot be translated."""

    def transcribe(self, audio: bytes, language: str | None) -> Transcribed:
        assert audio[:4] == b"RIFF"
        self.languages.append(language)
        outcome = self.outcomes.pop(0) if self.outcomes else "something"
        if isinstance(outcome, Exception):
            raise outcome
        return heard(outcome, language) if isinstance(outcome, str) else outcome

    def translates(self, language: str) -> bool:
        return language in self.english

    def translate(self, audio: bytes, language: str) -> Heard | None:
        assert audio[:4] == b"RIFF"
        english = self.english[language]
        if isinstance(english, Exception):
            raise english
        return heard(english).heard if english else None


def heard(text: str, language: str | None = "en", probability: float = 0.9) -> Transcribed:
    words = tuple(
        Word(text=f" {word}", start=index * 0.4, end=index * 0.4 + 0.3, probability=probability)
        for index, word in enumerate(text.split())
    )
    segment = Segment(text, 0.0, words[-1].end, words, -0.2, 0.01, 1.2)
    return Transcribed(
        RecordingState.TRANSCRIBED,
        words[-1].end,
        Heard(language or "en", 0.99, (segment,), "story", "none"),
    )


NOTHING_SAID = Transcribed(RecordingState.NO_SPEECH, 4.0, reason="silent")


@dataclass
class Line:
    """The line and everybody around it."""

    settings: Settings
    adapters: Adapters
    network: PhoneNetwork
    clock: Clock
    speech: StoryTranscriber
    apart: StoryTranscriber
    """What hears, in a process of its own, what `speech` failed on."""
    redis_url: str
    web: BaseWSGIServer

    @property
    def caller(self) -> Phone:
        return self.network.caller(CALLER)

    @property
    def texts(self) -> tuple[Text, ...]:
        """What the organizer's phone received."""
        return self.network.inbox(ORGANIZER)

    def works(self) -> None:
        """The workers do all that waits for them."""
        self.network.waits_until_quiet()
        for _ in range(50):
            busy = [name for name, waiting in self.adapters.queue.depths().items() if waiting]
            if not busy:
                self.network.waits_until_quiet()
                if not any(self.adapters.queue.depths().values()):
                    return
            for name in busy:
                self.works_one(name)
        raise AssertionError("the queues never became empty")

    def works_one(self, queue: QueueName) -> None:
        before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}
        try:
            WarmWorker.on(queue, self.redis_url).work(burst=True, logging_level="WARNING")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def sweeps(self) -> int:
        sweeper = Sweeper(
            self.adapters.store,
            self.adapters.queue,
            lambda job, subject: jobs.WORK[job](subject),
            self.clock,
            erases=self.adapters.provider.erases,
            alerter=self.adapters.alerter,
        )
        return sweeper.sweep()

    def time_passes(self, seconds: float) -> None:
        """And whoever watches over the queues looks, and the workers work."""
        self.clock.ahead += timedelta(seconds=seconds)
        self.sweeps()
        self.works()

    def goes_down(self) -> None:
        """Nobody answers at its address any more."""
        self.web.shutdown()
        self.web.server_close()

    def comes_up(self) -> None:
        self.web = serve(self.web.app, self.web.port)

    def loses_redis_contents(self) -> None:
        with Redis.from_url(self.redis_url) as client:
            client.flushall()

    @property
    def dossiers(self) -> list[Dossier]:
        """Every report, the first filed first."""
        with self.adapters.store.read() as records:
            return list(reversed(records.dossiers()))

    @property
    def dossier(self) -> Dossier:
        """The only report there is."""
        (only,) = self.dossiers
        return only

    @property
    def fields(self) -> ReportFields:
        return report_fields(self.dossier)

    def states(self) -> dict[str, RecordingState]:
        return {recording.question: recording.state for recording in self.dossier.recordings}


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis.url


@pytest.fixture
def line(
    tmp_path: Path,
    redis_server: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Line]:
    monkeypatch.chdir(tmp_path)  # where no .env is
    marked = request.node.get_closest_marker("line")
    network = PhoneNetwork(account_sid=ACCOUNT, auth_token=TOKEN, hotline=HOTLINE)
    beside = marked.kwargs if marked else {}
    with running_line(network, tmp_path, redis_server, **beside) as running:
        yield running


@pytest.fixture
def desk(line: Line) -> Browser:
    """The pages of the line, with Ana logged in."""
    add_organizer(line.adapters.store, "ana", "Ana Fuentes", PASSWORD, line.clock(), QUICK)
    app: Any = line.web.app
    assert isinstance(app, Flask)
    browser = Browser(app.test_client())
    assert browser.logs_in().status_code == 303
    return browser


@contextmanager
def running_line(
    network: PhoneNetwork, folder: Path, redis_url: str, **settings_beside: Any
) -> Iterator[Line]:
    """A line at that network's number; `settings_beside` are more settings, or others."""
    with Redis.from_url(redis_url) as client:
        client.flushall()
    settings = Settings.model_validate(
        {
            "public_url": "http://localhost:1",
            "hotline_number": HOTLINE,
            "twilio_account_sid": network.exchange.account_sid,
            "twilio_auth_token": network.exchange.auth_token,
            "twilio_api_url": network.api_url,
            "data_key": generate_key(),
            "secret_key": SECRET,
            "api_token": SECRET,
            "oncall": ORGANIZER,
            "database_url": migrated(folder / "line.db"),
            "audio_url": "memory:",
            "redis_url": redis_url,
            # Whoever is tried with hundreds of calls in a minute is no prankster.
            "caller_calls_an_hour": 10_000,
            "flood_calls": 10_000,
            **settings_beside,
        }
    )
    clock = Clock()
    server = serve(_later)
    public_url = f"http://localhost:{server.port}"
    settings = settings.model_copy(update={"public_url": public_url})
    adapters = Adapters(settings, clock)
    server.app = create_app(settings, clock)
    speech, apart = StoryTranscriber(), StoryTranscriber()
    jobs.equip(replace(adapters.equipment("story", speech), apart=apart))
    with network:
        network.configure(
            voice_url=f"{public_url}/voice/incoming",
            status_url=f"{public_url}/voice/status",
            sms_url=f"{public_url}/sms/incoming",
        )
        line = Line(settings, adapters, network, clock, speech, apart, redis_url, server)
        yield line
    jobs.equip(None)
    line.goes_down()


def serve(app: Callable[..., Iterable[bytes]], port: int = 0) -> BaseWSGIServer:
    """The application at a port of this machine, a free one by default."""
    server = make_server("localhost", port, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def _later(environ: object, start_response: object) -> Iterator[bytes]:
    raise RuntimeError("called before the application was there")
