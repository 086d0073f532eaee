"""The page of one report: what it says, what organizers do on it."""

from __future__ import annotations

from tests.dashboard.conftest import Browser
from tests.dashboard.stories import Stories


def test_smoke(ana: Browser, stories: Stories) -> None:
    stories.whole_morning()
    for path in ("/", "/inbox", "/r/4821", "/r/4821/part", "/r/5590", "/r/2296", "/nowhere"):
        answer = ana.get(path)
        print(path, answer.status_code, len(answer.data))
        assert answer.status_code == (404 if path == "/nowhere" else 200), answer.text
