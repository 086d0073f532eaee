"""`python -m bench.webhooks`: how fast a caller is answered.

The line's first webhook (signature checked, call written to SQLite, language menu answered) beside
a bare Flask view that answers the same text, both under the same gunicorn with the same client, in
turns, so that the ratio holds when the machine's speed drifts. What the line answers is on the
disk before it is answered: the disk's own time for that is measured in the same run.
"""

from __future__ import annotations

import argparse
import http.client
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response
from twilio.request_validator import RequestValidator

from demo.household import HOTLINE, free_port, keep_keys, settings
from migrations import upgrade
from reports.store import connect
from workers.embedded_redis import start_redis

TWIML = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/voice/language/language/1" '
    'input="dtmf" method="POST" numDigits="1" timeout="5"><Say>Press 1.</Say></Gather></Response>'
)


def bare() -> Flask:
    """The peer: what Flask itself takes to answer a fixed document."""
    app = Flask("bare")

    @app.post("/voice/incoming")
    def incoming() -> Response:
        return Response(TWIML, mimetype="text/xml")

    return app


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one round: answers a second, and milliseconds that half and 99 % of them took at most."""

    rate: float
    p50: float
    p99: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.webhooks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=600, help="in a round")
    parser.add_argument("--callers", type=int, default=8, help="at the same time")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="line-bench-") as folder:
        state = Path(folder)
        keys = keep_keys(state)
        port = free_port()
        environment = settings(
            keys, state, port=port, api_url="http://127.0.0.1:9", engine=None, model=None
        )
        upgrade(connect(environment["DATABASE_URL"]))
        with start_redis(state / "redis") as redis:
            environment["REDIS_URL"] = redis.url
            with served("app:create_app()", port, environment):
                peer_port = free_port()
                with served("bench.webhooks:bare()", peer_port, {}):
                    line_url = f"{environment['PUBLIC_URL']}/voice/incoming"
                    rounds = [
                        (
                            measure(port, given, line_url, keys.auth_token, keys.account_sid),
                            measure(peer_port, given, line_url, keys.auth_token, keys.account_sid),
                        )
                        for _ in range(given.rounds + 1)
                    ][1:]  # the first warms both up
        flush = disk_flush(state)
    show(rounds, given)
    print(f"one flush to this disk {flush:20.1f} ms")


@contextmanager
def served(application: str, port: int, environment: dict[str, str]) -> Iterator[None]:
    """The application under gunicorn, as `serving.children` runs it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--threads", "8", "--log-level", "warning"),
        ],
        env={**os.environ, **environment},
    )
    try:
        latest = time.monotonic() + 60
        while time.monotonic() < latest:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit(f"{application} did not come up")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def measure(
    port: int, given: argparse.Namespace, url: str, token: str, account_sid: str
) -> Figures:
    """One round of `given.requests` first webhooks from `given.callers` callers at a time."""
    signer = RequestValidator(token)
    waiting: list[tuple[str, str]] = []
    for _ in range(given.requests):
        form = {
            "CallSid": f"CA{secrets.token_hex(16)}",
            "AccountSid": account_sid,
            "From": f"+161255501{secrets.randbelow(100):02d}",
            "To": HOTLINE,
            "CallStatus": "ringing",
        }
        waiting.append((urlencode(form), signer.compute_signature(url, form)))
    took: list[float] = []
    lock = threading.Lock()

    def call() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                if not waiting:
                    return
                body, signature = waiting.pop()
            began = time.perf_counter()
            connection.request(
                "POST",
                "/voice/incoming",
                body=body,
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-Twilio-Signature": signature,
                },
            )
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"answered {answer.status}")
            with lock:
                took.append(time.perf_counter() - began)

    callers = [threading.Thread(target=call) for _ in range(given.callers)]
    began = time.perf_counter()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    whole = time.perf_counter() - began
    if len(took) != given.requests:
        raise SystemExit("not every request was answered")
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return Figures(given.requests / whole, cuts[49] * 1000, cuts[98] * 1000)


def disk_flush(folder: Path) -> float:
    """Milliseconds that the disk takes to have 4 KB for certain, median of 100."""
    took = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def show(rounds: Sequence[tuple[Figures, Figures]], given: argparse.Namespace) -> None:
    print(
        f"{given.rounds} rounds of {given.requests} webhooks, {given.callers} at a time, "
        f"{os.cpu_count()} cores; medians over the rounds"
    )
    print(f"{'':22}{'answers/s':>10}{'p50 ms':>9}{'p99 ms':>9}")
    for name, which in (("the line, /incoming", 0), ("a bare Flask view", 1)):
        each = [pair[which] for pair in rounds]
        print(
            f"{name:22}{statistics.median(f.rate for f in each):10.0f}"
            f"{statistics.median(f.p50 for f in each):9.1f}"
            f"{statistics.median(f.p99 for f in each):9.1f}"
        )
    print(
        f"{'ratio, round by round':22}{statistics.median(a.rate / b.rate for a, b in rounds):10.2f}"
        f"{statistics.median(a.p50 / b.p50 for a, b in rounds):9.2f}"
        f"{statistics.median(a.p99 / b.p99 for a, b in rounds):9.2f}"
    )


if __name__ == "__main__":
    main()
