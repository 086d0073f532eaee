"""`python -m demo`: starts the line, phones it twice, shows what the organizer gets of it.

It stays up until Ctrl-C; with --once it ends, with status 0 if both reports arrived as they were
made and 1 if not. --pace 1 has the callers take the time that people take.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from demo.household import HOTLINE, NETWORK_PORT, ORGANIZER, free_port, keep_keys, settings
from simulator.caller import PhoneCall, Text
from simulator.conversation import Spoke, describe
from simulator.network import PhoneNetwork
from simulator.spoken import SpokenCall, spoken_call

CALLS = ("en-lake-bloomington", "es-cedar-riverside")
LANGUAGE_KEYS = {"en": "1", "es": "2"}
CALLERS = ("+16125550142", "+16125550187")
LOGIN = "demo"
START_SECONDS = 600.0
"""The first start makes keys, tables and the model's checkpoint, and may have to fetch weights."""
REPORT_SECONDS = 120.0
PAUSE = 0.1
BECAME = {  # what the API says of a transcript
    "machine": "was text",
    "rival": "was text in another language, too",
    "translation": "was in English, too",
    "correction": "was corrected",
}


class DemoFailed(Exception):
    """The demonstration could not go on; the message says why."""


class Line:
    """The line as a child process: its output is shown as it comes."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[str] | None = None
        self._url = environment["PUBLIC_URL"]
        self._token = environment["API_TOKEN"]

    def runs(self, *command: str) -> None:
        """One of the line's own commands, to its end."""
        done = subprocess.run(
            [sys.executable, "app.py", *command],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoFailed(f"app.py {command[0]}: {done.stderr.strip() or done.stdout.strip()}")

    def starts(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "app.py", "serve"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C is for the demonstration, which stops the line in its own time.
            start_new_session=True,
        )
        threading.Thread(target=self._show, args=(self._process,), daemon=True).start()

    def stops(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def is_up(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise DemoFailed("the line ended before it could be called")
        try:
            return requests.get(f"{self._url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def has_speech(self) -> bool:
        """Whether both workers that write out have their model loaded."""
        done = subprocess.run(
            [sys.executable, "app.py", "ready"],
            env=self._environment,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def report_of(self, since: datetime) -> dict[str, Any] | None:
        """The report that was filed last since an instant."""
        answer = requests.get(
            f"{self._url}/api/reports",
            params={"since": since.isoformat(), "limit": "1"},
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=5,
        )
        answer.raise_for_status()
        reports = answer.json()["reports"]
        return reports[0] if reports else None

    @staticmethod
    def _show(process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            for line in process.stdout:
                say(f"    | {line.rstrip()}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end when both reports are in")
    parser.add_argument("--pace", type=float, default=0.25, help="real seconds a second of call")
    parser.add_argument("--state", type=Path, default=Path("var/demo"), help="where it lives")
    parser.add_argument("--engine", help="openai-whisper or faster-whisper")
    parser.add_argument("--model", help="a model's name or path")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return demonstrate(given)
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    except (DemoFailed, requests.RequestException) as failure:
        say(f"\nThe demonstration failed: {failure}")
        return 1


def demonstrate(given: argparse.Namespace) -> int:
    keys = keep_keys(given.state)
    port = free_port()
    with PhoneNetwork(
        account_sid=keys.account_sid,
        auth_token=keys.auth_token,
        hotline=HOTLINE,
        voice_url=f"http://localhost:{port}/voice/incoming",
        status_url=f"http://localhost:{port}/voice/status",
        sms_url=f"http://localhost:{port}/sms/incoming",
        port=free_port(NETWORK_PORT),
        pace=given.pace,
    ) as network:
        environment = settings(
            keys,
            given.state,
            port=port,
            api_url=network.api_url,
            engine=given.engine,
            model=given.model,
        )
        line = Line(environment)
        try:
            return show(given, line, network, environment)
        finally:
            say("\nStopping what was started …")
            line.stops()


def show(
    given: argparse.Namespace, line: Line, network: PhoneNetwork, environment: dict[str, str]
) -> int:
    heading("Starting the line")
    line.runs("migrate")
    password = secrets.token_urlsafe(9)
    try:
        line.runs("organizer", "add", LOGIN, "--password", password)
    except DemoFailed:  # known from an earlier demonstration
        line.runs("organizer", "password", LOGIN, "--password", password)
    line.starts()
    waits(line.is_up, START_SECONDS, "the web did not come up")
    waits(line.has_speech, START_SECONDS, "the workers did not come up")
    right = [
        one_call(line, network, spoken_call(name), caller)
        for name, caller in zip(CALLS, CALLERS, strict=True)
    ]
    heading("The dashboard")
    url = environment["PUBLIC_URL"]
    say(f"  {url}   log in as {LOGIN} with the password {password}")
    say(f"  Call it yourself, from another terminal:  make call NETWORK={network.api_url}")
    if given.once:
        return 0 if all(right) else 1
    say("  Ctrl-C stops it all.")
    signal.pause()
    return 0


def one_call(line: Line, network: PhoneNetwork, spoken: SpokenCall, number: str) -> bool:
    heading(f"A call in {'English' if spoken.language == 'en' else 'Spanish'} ({spoken.id})")
    began = datetime.now(UTC)
    seen = len(network.inbox(ORGANIZER))
    call = Shown(network.caller(number).dials())
    call.does(lambda: call.call.presses(LANGUAGE_KEYS[spoken.language]))
    call.does(lambda: call.call.presses(spoken.keys.when))
    call.does(lambda: call.call.says(spoken.where.path, then="#"), spoken.where.words)
    call.does(lambda: call.call.presses(f"{spoken.keys.officers}#"))
    call.does(lambda: call.call.presses(spoken.keys.still_there))
    call.does(lambda: call.call.says(spoken.what.path, then="#"), spoken.what.words)
    call.does(lambda: call.call.presses(spoken.keys.callback))
    call.does(lambda: call.call.hangs_up())
    hung_up = datetime.now(UTC)

    def texts() -> tuple[Text, ...]:
        return network.inbox(ORGANIZER)[seen:]

    report: dict[str, Any] = {}

    def written_out() -> bool:
        report.update(line.report_of(began) or {})
        return bool(report) and all(
            recording["state"] not in ("announced", "stored") for recording in report["recordings"]
        )

    waits(lambda: written_out() and len(texts()) >= 2, REPORT_SECONDS, "no report came of it")
    heading("What the organizer's phone received")
    for text in texts():
        say(f"  {_after(text.sent, hung_up)}  {text.body}")
    heading(f"The report, ref {report['reference']}")
    right = check(report, spoken)
    for recording in report["recordings"]:
        for made in recording["transcripts"]:
            at = datetime.fromisoformat(made["made_at"])
            say(f"  {_after(at, hung_up)}  '{recording['question']}' {BECAME[made['kind']]}")
    return right


def check(report: dict[str, Any], spoken: SpokenCall) -> bool:
    """Shows the report beside what was said and pressed; whether the two agree."""
    fields = report["fields"]
    officers = spoken.keys.officers
    wanted: dict[str, Any] = {
        "happening_now": spoken.keys.when == "1",
        "officers": int(officers) if officers.isdecimal() else None,
        "still_there": {"1": True, "2": False}.get(spoken.keys.still_there),
        "callback_allowed": spoken.keys.callback == "1",
    }
    right = True
    for name, value in wanted.items():
        got = fields[name]["value"]
        right &= got == value
        say(f"  {'ok ' if got == value else 'NOT'}  {name}: {got}")
    place = fields["place"]["value"] or ""
    found = all(plain(word) in plain(place) for word in spoken.where.place_words)
    right &= found
    say(f"  {'ok ' if found else 'NOT'}  place: “{place}”")
    say(f"       account: “{fields['account']['value'] or ''}”")
    return right


class Shown:
    """A call whose conversation is shown as it goes on."""

    def __init__(self, call: PhoneCall) -> None:
        self.call = call
        self._told = 0
        self._tell("")

    def does(self, act: Callable[[], PhoneCall], words: str = "") -> None:
        if self.call.is_over:
            raise DemoFailed("the line hung up on the caller")
        act()
        self._tell(words)

    def _tell(self, words: str) -> None:
        events = self.call.heard
        for event in events[self._told :]:
            spoken = f": “{words}”" if isinstance(event, Spoke) and words else ""
            say(f"  {event.at:6.1f}s  {describe(event)}{spoken}")
        self._told = len(events)


def waits(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Raises:
    DemoFailed: `condition` did not hold within so many seconds.
    """
    latest = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > latest:
            raise DemoFailed(f"{otherwise} within {seconds:.0f} s")
        time.sleep(PAUSE)


def plain(text: str) -> str:
    """Without accents and capitals, so that Bloomington is bloomington."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def heading(text: str) -> None:
    say(f"\n== {text}")


def say(text: str) -> None:
    print(text, flush=True)


def _after(at: datetime, hung_up: datetime) -> str:
    seconds = (at - hung_up).total_seconds()
    return f"[{abs(seconds):4.1f} s {'after' if seconds >= 0 else 'before'} hanging up]"


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
