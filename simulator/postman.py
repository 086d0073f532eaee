"""The network's requests to the line: signed as Twilio signs them, and remembered.

Signature: https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urldefrag, urlencode, urlsplit

import requests
from twilio.request_validator import RequestValidator

from simulator.company import Company
from simulator.faults import Kind, Misfortune
from twiml.reading import Method

TWILIO: Final = Company()
FORM: Final = "application/x-www-form-urlencoded"
PATIENCE: Final = 15.0
"""Real seconds Twilio gives a webhook to answer."""


@dataclass(frozen=True)
class Webhook:
    """One request made of the line, or not made. `status` is None where no answer came.

    `kind`: "twiml" where the answer runs the call, "audio" for a Play, else the callback's kind.
    """

    kind: str
    method: Method
    url: str
    params: Mapping[str, str]
    status: int | None
    seconds: float
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """What the line answered."""

    status: int
    content_type: str
    content: bytes


class Unanswered(Exception):
    """No answer came: the line refused, closed the connection or took too long."""


@dataclass(frozen=True)
class Letter:
    """A request to be made."""

    url: str
    method: Method
    params: Mapping[str, str]


@dataclass(frozen=True)
class Tunnel:
    """The line's public address leads to another one, as a proxy or tunnel has it.

    Requests are signed for the public URL, sent to the local one, and carry Host,
    X-Forwarded-Proto and X-Forwarded-Host of the public one.
    """

    public: str
    local: str


class Postman:
    """Makes requests now (`fetch`) or in the background (`deliver`)."""

    def __init__(
        self,
        auth_token: str,
        misfortune: Misfortune,
        tunnel: Tunnel | None = None,
        company: Company = TWILIO,
    ) -> None:
        self._validator = RequestValidator(auth_token)
        self._company = company
        self._misfortune = misfortune
        self._tunnel = tunnel
        self._log: list[Webhook] = []
        self._under_way = 0
        self._lanes: dict[str, threading.Event] = {}
        self._changed = threading.Condition()
        self._closed = threading.Event()

    @property
    def log(self) -> tuple[Webhook, ...]:
        with self._changed:
            return tuple(self._log)

    def fetch(self, letter: Letter, kind: str = "twiml") -> Answer:
        """Ask the line, now. Raises Unanswered."""
        url, body = _placed(letter)
        encoded = urlencode(body).encode()
        address, headers = self._route(url)
        headers |= self._signature(url, body, encoded)
        if encoded:
            headers["Content-Type"] = FORM
        headers["User-Agent"] = "TwilioProxy/1.1"
        began = time.monotonic()
        try:
            with (
                _session() as session,
                session.request(
                    letter.method,
                    address,
                    data=encoded or None,
                    headers=headers,
                    timeout=PATIENCE,
                    allow_redirects=False,
                ) as response,
            ):
                answer = Answer(
                    response.status_code,
                    response.headers.get("Content-Type", "").split(";")[0].strip().lower(),
                    response.content,
                )
        except requests.RequestException as error:
            problem = type(error).__name__
            self._remember(letter, kind, None, time.monotonic() - began, problem)
            raise Unanswered(f"{letter.url} did not answer: {problem}") from None
        self._remember(letter, kind, answer.status, time.monotonic() - began)
        return answer

    def deliver(self, letters: Sequence[Letter], kind: Kind, lane: str) -> None:
        """Make the requests in the background, faults permitting, one after another.

        What goes down the same lane (one call's or message's callbacks) keeps its order; what
        the faults make late is overtaken by the rest.
        """
        faults = self._misfortune.now
        if kind in faults.lost:
            for letter in letters:
                self._remember(letter, kind, None, 0.0, "lost")
            return
        if kind == "message" and kind in faults.reordered:
            letters = letters[::-1]
        late = faults.late.get(kind, 0.0)
        for _ in range(2 if kind in faults.doubled else 1):
            done = threading.Event()
            with self._changed:
                self._under_way += 1
                ahead = None if late else self._lanes.get(lane)
            threading.Thread(
                target=self._walk, args=(letters, kind, late, ahead, done), daemon=True
            ).start()
        if not late:
            with self._changed:
                self._lanes[lane] = done

    def begin(self) -> None:
        """Count something else as under way, until `end`."""
        with self._changed:
            self._under_way += 1

    def end(self) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def waits_until_quiet(self, timeout: float) -> bool:
        """Whether within `timeout` real seconds nothing was left to deliver."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, timeout)

    def close(self) -> None:
        """Deliver nothing more."""
        self._closed.set()

    def _walk(
        self,
        letters: Sequence[Letter],
        kind: Kind,
        late: float,
        ahead: threading.Event | None,
        done: threading.Event,
    ) -> None:
        try:
            if self._closed.wait(late):
                return
            if ahead is not None:
                ahead.wait()
            for letter in letters:
                self.post(letter, kind)
        finally:
            done.set()
            self.end()

    def post(self, letter: Letter, kind: str) -> None:
        """Ask the line and care for no answer; the log has what became of it."""
        try:
            self.fetch(letter, kind)
        except Unanswered:
            return

    def _remember(
        self, letter: Letter, kind: str, status: int | None, seconds: float, problem: str = ""
    ) -> None:
        webhook = Webhook(
            kind, letter.method, letter.url, dict(letter.params), status, seconds, problem
        )
        with self._changed:
            self._log.append(webhook)

    def _signature(self, url: str, form: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        if self._company.sign is not None:
            return self._company.sign(url, form, body)
        return {"X-Twilio-Signature": self._validator.compute_signature(url, form)}

    def _route(self, url: str) -> tuple[str, dict[str, str]]:
        if self._tunnel is None or not url.startswith(self._tunnel.public):
            return url, {}
        public = urlsplit(self._tunnel.public)
        return self._tunnel.local + url[len(self._tunnel.public) :], {
            "Host": public.netloc,
            "X-Forwarded-Host": public.netloc,
            "X-Forwarded-Proto": public.scheme,
            "X-Forwarded-For": "203.0.113.7",
        }


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy meant for the wide world has no part in this
    return session


def _placed(letter: Letter) -> tuple[str, dict[str, str]]:
    """The URL exactly as it goes out, which is what is signed, and the form to post.

    A GET carries its parameters in the URL. What follows # is for Twilio itself, such as how often
    to try again: it is neither sent nor signed
    (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
    """
    params = dict(letter.params)
    inline = params if letter.method == "GET" else {}
    url, _ = urldefrag(letter.url)
    prepared = requests.Request(letter.method, url, params=inline).prepare()
    return prepared.url or url, {} if inline else params
