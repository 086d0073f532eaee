"""Nothing of the line outlives its supervisor, however that ends."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.whole_line.conftest import WholeLine

pytestmark = [pytest.mark.whole_line, pytest.mark.whisper, pytest.mark.timeout(300)]


def test_the_supervisor_killed_takes_all_of_it_along(whole_line: WholeLine) -> None:
    names = ("redis", "web", "alerts", "fetches", "urgent", "rest", "sweeper")
    pids = [whole_line.pid_of(name) for name in names]
    os.kill(whole_line.process.pid, signal.SIGKILL)
    whole_line.process.wait()
    latest = time.monotonic() + 20
    while any(os.path.exists(f"/proc/{pid}") for pid in pids):
        assert time.monotonic() < latest
        time.sleep(0.1)
