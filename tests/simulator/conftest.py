"""A line to call: a tiny Flask app whose every page is TwiML that the test wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

from simulator import Faults, PhoneNetwork, Sound

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a token of nobody's"
HOTLINE = "+16125550100"
CALLER = "+16125550142"
ORGANIZER = "+16125550110"


@dataclass(frozen=True)
class Asked:
    """One request that reached the line."""

    path: str
    method: str
    params: dict[str, str]
    signed: bool


Page = str | Response | Callable[[dict[str, str]], str | Response]


@dataclass
class Line:
    """The pages of the line, and what was asked of it. What has no page answers 204."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answers(self, path: str, page: Page) -> None:
        """A string stands inside a Response."""
        self.pages[path] = page

    def asked_at(self, path: str) -> list[dict[str, str]]:
        return [asked.params for asked in self.asked if asked.path == path]

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@pytest.fixture
def line() -> Iterator[Line]:
    app = Flask("line")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    line = Line(f"http://127.0.0.1:{server.port}")
    validator = RequestValidator(TOKEN)

    @app.route("/<path:path>", methods=["GET", "POST"])
    def page(path: str) -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        # As it came: request.url has some of its percent-encoding taken off again.
        url = f"{line.url}{request.environ['REQUEST_URI']}"
        signed = validator.validate(url, request.form, signature)
        params = request.values.to_dict()
        line.asked.append(Asked(f"/{path}", request.method, params, signed))
        answer = line.pages.get(f"/{path}", Response(status=204))
        if callable(answer) and not isinstance(answer, Response):
            answer = answer(params)
        if isinstance(answer, str):
            return Response(f"<Response>{answer}</Response>", mimetype="text/xml")
        return answer

    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield line
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def network(line: Line) -> Iterator[PhoneNetwork]:
    with PhoneNetwork(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        hotline=HOTLINE,
        voice_url=f"{line.url}/voice",
        status_url=f"{line.url}/status",
        sms_url=f"{line.url}/sms",
        faults=Faults(),
    ) as network:
        yield network


@pytest.fixture
def speech() -> Sound:
    """Three seconds that are loud enough to be speech."""
    return Sound.tone(300, 3.0)
