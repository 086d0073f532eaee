"""A dashboard with a real database, audio in memory, and a clock that the test moves."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from config import Settings
from dashboard import Desk, ScriptQuestion, SpokenLanguage, add_organizer, install
from dashboard.pictures import showable
from exports.bagging import Bagger
from exports.packet import Maker
from exports.services import Exporter
from exports.words import load_words
from keeping.sealing import generate_key
from oncall.alerts import Alerter
from oncall.briefs import load_tells
from oncall.composing import USUAL
from oncall.dispatching import Dispatcher
from oncall.links import OBSERVE, AnswerLinks
from oncall.observing import load_observer_words
from oncall.waiting import Clocks
from reports.ports import AudioNotFound, Job, Urgency
from reports.store import SqlReportStore
from rulebook import DeskRulebook
from tests.dashboard.stories import MORNING, Stories
from tests.keys import SEALER
from tests.reader import READER
from tests.stored import empty_engine

PASSWORD = "a few plain words"
API_TOKEN = "a-token-that-nobody-has-used-before"
SPOKEN = (
    SpokenLanguage(
        code="en",
        name="English",
        keys="1",
        review="written by the founders, 2026-11",
        voiced=True,
        words={"welcome": "Witness Line.", "when": "Is it happening now?", "digit_1": "one"},
        texts={
            "text_added": "Added to report {reference}.",
            "text_help": "Volunteers run this. In danger, call 911.",
        },
    ),
    SpokenLanguage(
        code="so",
        name="Soomaali",
        keys="3",
        review="machine draft, to be read by a speaker",
        voiced=False,
        words={
            "welcome": "Khadka markhaatiga.",
            "choose_language": "Soomaali, riix 3.",
            "when": "Hadda ma dhacaysaa?",
            "digit_1": "kow",
        },
    ),
)
"""What there is to be said; the words of callers' languages as `says.toml` would have them."""
QUESTIONS = (
    ScriptQuestion("when", optional=False),
    ScriptQuestion("rights", optional=True, keys=(("when", "4"),)),
    ScriptQuestion("where", optional=False),
    ScriptQuestion("officers", optional=True),
    ScriptQuestion("what", optional=False),
)
"""What the script asks."""
SET_UP = Settings.model_validate(
    {
        "public_url": "https://line.example.org",
        "hotline_number": "+16125550100",
        "twilio_account_sid": "AC" + "0123456789abcdef" * 2,
        "twilio_auth_token": "a token of the provider's",
        "data_key": generate_key(),
        "secret_key": "a secret that is long enough for this",
        "api_token": "a secret that is long enough for this",
        "oncall": "+16125550110",
    }
)
"""As the environment has it."""
WORDS = load_words(Path("prompts"), "en")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Clock:
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class AudioInMemory:
    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, audio: bytes) -> None:
        self.kept[key] = audio

    def get(self, key: str) -> bytes:
        try:
            return self.kept[key]
        except KeyError:
            raise AudioNotFound(key) from None

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)


@dataclass
class QueueInMemory:
    asked: list[tuple[Job, str]] = field(default_factory=list)

    def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
        self.asked.append((job, subject))
        return True


def _token_of(page: str) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None, "the page has no form"
    return token[1]


@dataclass
class Browser:
    """A person at the pages: follows forms with the token that the page gave."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def sends(self, path: str, *, from_page: str, **form: str | list[str]) -> TestResponse:
        page = self.client.get(from_page).text
        return self.client.post(path, data={"csrf_token": _token_of(page), **form})

    def logs_in(self, username: str = "ana", password: str = PASSWORD, **form: str) -> TestResponse:
        return self.sends(
            "/login", from_page="/login", username=username, password=password, **form
        )

    def acts(self, reference: str, what: str, **form: str) -> TestResponse:
        return self.sends(f"/r/{reference}/{what}", from_page=f"/r/{reference}", **form)


class RunningClock(Clock):
    """The browser has a clock of its own, so the server's must be right."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    in_a_browser = request.node.get_closest_marker("browser") is not None
    return RunningClock(datetime.now(UTC)) if in_a_browser else Clock()


@pytest.fixture
def queue() -> QueueInMemory:
    return QueueInMemory()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlReportStore]:
    engine = empty_engine(tmp_path / "line.db")
    yield SqlReportStore(engine, SEALER)
    engine.dispose()


@pytest.fixture
def alerter(store: SqlReportStore, queue: QueueInMemory) -> Alerter:
    """Tells who is on call, by text and by ringing; there is no number in the settings."""
    return Alerter(
        store=store,
        queue=queue,
        sealer=SEALER,
        always=(),
        channels=frozenset({"sms", "voice"}),
        tells=load_tells(Path("prompts"), "en"),
        reader=READER,
        clocks_now=Clocks,
        public_url="https://line.example.org",
    )


@pytest.fixture
def desk(
    tmp_path: Path, clock: Clock, queue: QueueInMemory, store: SqlReportStore, alerter: Alerter
) -> Desk:
    audio = AudioInMemory()
    desk = Desk(
        store=store,
        queue=queue,
        audio=audio,
        sealer=SEALER,
        clock=clock,
        answer_links=AnswerLinks("a secret of the tests", "https://line.example.org"),
        dispatcher=Dispatcher(
            store=store,
            queue=queue,
            sealer=SEALER,
            channels=frozenset({"sms", "email"}),
            carries_now=lambda: USUAL,
            words=load_observer_words(Path("prompts"), "en"),
            links=AnswerLinks("a secret of the tests", "https://line.example.org", OBSERVE),
            zone=ZoneInfo("America/Chicago"),
            takes_texts=True,
        ),
        exporter=Exporter(
            store=store,
            understanding=READER.understanding,
            maker=Maker(WORDS, ZoneInfo("America/Chicago"), str.capitalize, "Witness Line"),
            bagger=Bagger(audio, tmp_path / "exports", showable),
            clock=clock,
        ),
        reader=READER,
        next_asked=alerter.next_asked,
        rulebook=DeskRulebook(SET_UP, store, clock),
        zone=ZoneInfo("America/Chicago"),
        hotline_number="+16125550100",
        api_token=API_TOKEN,
        language_names={"es": "Spanish", "en": "English", "hmn": "Hmong", "so": "Somali"},
        written_out=("en", "es"),
        question_titles={
            "when": "When",
            "where": "Where",
            "officers": "Officers",
            "still_there": "Still there",
            "what": "What",
            "callback": "Call back",
        },
        spoken=SPOKEN,
        questions=QUESTIONS,
        hasher=QUICK,
    )
    add_organizer(desk.store, "ana", "Ana Fuentes", PASSWORD, MORNING, QUICK)
    return desk


@pytest.fixture
def make_app(desk: Desk) -> Callable[..., Flask]:
    def make(**config: object) -> Flask:
        app = Flask("line")
        app.config.update(
            SECRET_KEY="nobody's secret",
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",
            **config,
        )
        install(app, desk)
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def stranger(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def ana(app: Flask) -> Browser:
    browser = Browser(app.test_client())
    assert browser.logs_in().status_code == 303
    return browser


@pytest.fixture
def stories(desk: Desk, clock: Clock) -> Stories:
    return Stories(desk.store, desk.audio, desk.sealer, clock.now)


@pytest.fixture
def stories_at(stories: Stories) -> Callable[[datetime], Stories]:
    return lambda now: replace(stories, now=now)


# --- In a real browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def elsewhere() -> tuple[str, ...]:
    """Beginnings of addresses that a page may ask, beside the line's own."""
    return ()


@pytest.fixture
def said_anyway() -> tuple[int, ...]:
    """Statuses that Chromium complains of though they are meant: a session that ended, a form that
    could not be kept. The page says it, too."""
    return (400, 401, 409)


@pytest.fixture
def opens(
    chromium: Chromium, address: str, elsewhere: tuple[str, ...], said_anyway: tuple[int, ...]
) -> Iterator[Callable[..., Page]]:
    """Opens a browser; at the end it must have asked nobody else for anything, and have had nothing
    to complain of, such as a breach of the content security policy."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    complaints: list[str] = []

    def open_browser(**options: Any) -> Page:
        context = chromium.new_context(
            base_url=address, **{"viewport": DESKTOP, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        context.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type in ("error", "warning")
                and "ERR_INTERNET_DISCONNECTED" not in said.text
                else None
            ),
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((address, *elsewhere))] == []
    meant = tuple(f"status of {status}" for status in said_anyway)
    assert [each for each in complaints if not any(one in each for one in meant)] == []


def log_in(page: Page) -> Page:
    """At the first page, logged in as Ana, by what the form sends. That sooner comes there than who
    fills it, as in `test_browser`."""
    token = _token_of(page.request.get("/login").text())
    form: dict[str, str | float | bool] = {"csrf_token": token, "username": "ana"}
    form["password"] = PASSWORD
    assert page.request.post("/login", form=form, max_redirects=0).status == 303
    page.goto("/")
    return page


@pytest.fixture
def page(opens: Callable[..., Page]) -> Page:
    return log_in(opens())
