"""The line as it runs in earnest: every process, real speech, watched from outside.

One line serves the tests of a module, which run one after another: starting it loads two models.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from demo.household import ORGANIZER, free_port, keep_keys, settings
from keeping.sealing import Keyring
from reports.model import Dossier
from reports.store import SqlReportStore, connect, notifications
from simulator import PhoneNetwork
from simulator.caller import Phone, Text

MODELS = Path("var/test-cache").absolute()
"""Where weights are prepared once for all tests."""
START_SECONDS = 150.0


@dataclass
class WholeLine:
    environment: dict[str, str]
    network: PhoneNetwork
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(line.rstrip() for line in self.process.stdout)

    @property
    def store(self) -> SqlReportStore:
        return SqlReportStore(
            connect(self.environment["DATABASE_URL"]), Keyring.parse(self.environment["DATA_KEY"])
        )

    @property
    def caller(self) -> Phone:
        return self.network.caller("+16125550142")

    @property
    def texts(self) -> tuple[Text, ...]:
        return self.network.inbox(ORGANIZER)

    def pid_of(self, name: str) -> int:
        """Of the process that was last started under that name."""
        pids = [m[1] for line in self.said if (m := re.fullmatch(rf"{name} started (\d+)", line))]
        return int(pids[-1])

    def kills(self, name: str) -> None:
        """As the kernel does when memory runs out."""
        os.kill(self.pid_of(name), signal.SIGKILL)

    def report_of(self, call_sid: str) -> Dossier | None:
        with self.store.read() as records:
            report = records.report_of_call(call_sid)
            return None if report is None else records.dossier(report.reference)

    def an_hour_passes(self) -> None:
        """For those who are told: what they were told of is no burst any more."""
        earlier = notifications.c.created_at
        with connect(self.environment["DATABASE_URL"]).begin() as database:
            told = database.execute(sa.select(notifications.c.notification_id, earlier)).all()
            for notification_id, created_at in told:
                database.execute(
                    notifications.update()
                    .where(notifications.c.notification_id == notification_id)
                    .values(created_at=created_at - timedelta(hours=1))
                )

    def waits_until(self, condition: Callable[[], object], seconds: float = 90.0) -> None:
        latest = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, "\n".join(self.said)
            assert time.monotonic() < latest, "\n".join(self.said)
            time.sleep(0.02)

    def works_all_queues(self) -> bool:
        done = subprocess.run(
            [sys.executable, "app.py", "ready"], env=self.full_environment, capture_output=True
        )
        return done.returncode == 0

    @property
    def full_environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def stops(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(90)
        self._listener.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_line(state: Path, network: PhoneNetwork, port: int) -> WholeLine:
    keys = keep_keys(state)
    environment = settings(keys, state, port=port, api_url=network.api_url, engine=None, model=None)
    MODELS.mkdir(parents=True, exist_ok=True)
    (state / "models").symlink_to(MODELS)
    process = subprocess.Popen(
        [sys.executable, "app.py", "serve"],
        env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return WholeLine(environment, network, process)


@pytest.fixture(scope="module")
def whole_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeLine]:
    # A short path: the socket of Redis stands in it.
    state = tmp_path_factory.mktemp("line")
    keys = keep_keys(state)
    port = free_port()
    with PhoneNetwork(
        account_sid=keys.account_sid,
        auth_token=keys.auth_token,
        hotline="+16125550100",
        voice_url=f"http://localhost:{port}/voice/incoming",
        status_url=f"http://localhost:{port}/voice/status",
        sms_url=f"http://localhost:{port}/sms/incoming",
        voice_fallback_url="https://bins.example.org/fallback.xml",
    ) as network:
        line = start_line(state, network, port)
        try:
            line.waits_until(lambda: _healthy(port), START_SECONDS)
            line.waits_until(line.works_all_queues, START_SECONDS)
            yield line
        finally:
            line.stops()


def _healthy(port: int) -> bool:
    try:
        return requests.get(f"http://localhost:{port}/healthz", timeout=1).ok
    except requests.RequestException:
        return False
