"""Open lists are told at once that something changed, and nobody waits for a thread for it."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from flask import Flask

from dashboard import Desk, change_password
from dashboard.streaming import Streams
from tests.dashboard.conftest import QUICK, Browser, Clock
from tests.dashboard.stories import Stories

Happens = list[Callable[[], object]]


@pytest.fixture
def happens(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Happens:
    """What happens in each of the seconds that a stream waits."""
    meanwhile: Happens = []

    def wait(seconds: float) -> None:
        clock.passes(seconds=seconds)
        if meanwhile:
            meanwhile.pop(0)()

    original = Streams.__init__
    monkeypatch.setattr(
        Streams, "__init__", lambda self, desk, lookout: original(self, desk, lookout, wait)
    )
    return meanwhile


@pytest.fixture
def ana(happens: Happens, app: Flask) -> Browser:
    browser = Browser(app.test_client())
    browser.logs_in()
    return browser


def events(browser: Browser, address: str = "/live/inbox") -> Generator[str, None, None]:
    answer = browser.client.get(address, buffered=False)
    assert answer.mimetype == "text/event-stream"
    for chunk in answer.response:
        yield chunk.decode() if isinstance(chunk, bytes) else chunk
    answer.close()


def nothing() -> None:
    """A second in which nothing happens."""


def test_a_list_says_its_version_and_says_it_again_when_it_changed(
    ana: Browser, stories: Stories, happens: Happens
) -> None:
    happens += [nothing, lambda: stories.spanish_happening_now("4821")]
    stream = events(ana)
    assert next(stream).startswith("retry: ")
    first = next(stream)
    second = next(stream)
    assert first.startswith("event: version")
    assert second.startswith("event: version")
    assert first != second
    etag = ana.get("/inbox").headers["ETag"].strip('"')
    assert etag in second
    assert "4821" not in second.replace(etag, ""), "what it is about is asked for, and not told"


def test_a_stream_ends_by_itself_after_some_minutes(ana: Browser, clock: Clock) -> None:
    began = clock.now
    said = list(events(ana))
    assert 200 < (clock.now - began).total_seconds() < 300
    assert ": still here\n\n" in said, "so that it shows when nobody listens any more"


def test_a_stream_ends_with_the_login(ana: Browser, desk: Desk, happens: Happens) -> None:
    happens += [
        nothing,
        lambda: change_password(desk.store, "ana", "quite another one", QUICK),
    ]
    said = list(events(ana))
    assert said[-1] == "event: over\ndata: login\n\n"
    assert ana.get("/live/inbox").status_code == 401


def test_to_be_told_is_no_sign_that_anybody_is_there(ana: Browser, clock: Clock) -> None:
    for _ in range(70):
        if ana.client.get("/live/inbox", buffered=True).status_code == 401:
            break
    assert ana.get("/").location.startswith("/login"), "after four hours of nothing but listening"


def test_who_gets_no_stream_asks_as_before(ana: Browser) -> None:
    streams = [events(ana) for _ in range(2)]
    for stream in streams:
        next(stream)
    assert ana.get("/live/inbox").status_code == 204
    assert ana.get("/inbox").status_code == 200
    list(streams[0])
    assert next(events(ana)).startswith("retry"), "one that ended makes room"


def test_a_stream_is_of_the_list_with_its_filters(
    ana: Browser, stories: Stories, happens: Happens
) -> None:
    happens += [nothing, lambda: stories.spanish_happening_now("4821")]
    stream = events(ana, "/live/inbox?language=es")
    said = [next(stream) for _ in range(3)]
    etag = ana.get("/inbox?language=es").headers["ETag"].strip('"')
    assert etag in said[-1]
    stream.close()
    assert ana.get("/live/inbox?verdict=maybe").status_code == 400
