"""`python -m bench.surge`: a day of pranks on the line, squeezed into minutes.

One real line took 16,400 calls in a day, mostly pranks, and answered 260 (`--calls 16400` is that
day). Here the whole line runs as `app.py serve` runs it: web, workers, sweeper, Redis. Callers ring
it as fast as it answers: they post what the provider posts, signed, and follow the TwiML that they
get. 95 in 100 are pranks from few telephones: they hang up, say nothing, or make a short noise. The
others are witnesses. At the end every witness must be found: the report, both recordings to the
byte, the words, and nobody else's; and of the pranks, too, nothing may be missing.

Left out: Whisper (what is heard is scripted by the sound, after the real decoding and voice
detection), the network and the TLS proxy, the time that people take to speak, the provider's own
limits on calls at a time, and organizers who look at pages meanwhile.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from twilio.request_validator import RequestValidator

from bench.media import NOISE, REAL, WHAT, WHERE, recording_sid, sound_of
from demo.household import HOTLINE, Keys, free_port, keep_keys, settings
from keeping.sealing import Keyring
from migrations import upgrade
from reports.model import Admission, CallState, Flood
from reports.store import SqlReportStore, connect, floods, recordings
from transcribe.engines.scripted import fingerprint
from transcribe.pipeline import part_with_speech

REAL_SHARE = 300 / 16_400
PRANK_TELEPHONES = 40
WITNESS_TELEPHONES = 60
"""The numbers of fiction are a hundred: witnesses share what the pranks leave, five calls each on
the whole day, below the limit."""
KEYS = {"language": "1", "when": "1", "officers": "3", "still_there": "1", "callback": "2"}
LONGEST_CALL = 60
"""Documents that a caller follows."""
STARTING = 180.0
"""Seconds for the line to come up."""


@dataclass(frozen=True, slots=True)
class Caller:
    number: str | None
    kind: str
    """'witness', or how it is a prank: 'hangs up', 'silent', 'noise'."""
    place: int = 0
    """Which witness: what they say is theirs alone."""
    call_sid: str = field(default_factory=lambda: f"CA{secrets.token_hex(16)}")


@dataclass
class Ledger:
    """What the callers know of their calls; all that is found later is held against it."""

    took: list[float] = field(default_factory=list)
    """Seconds that each webhook was waited for."""
    first: list[float] = field(default_factory=list)
    """The same of the first of each call."""
    said: dict[str, str] = field(default_factory=dict)
    """RecordingSid -> CallSid of what was recorded."""
    failures: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Telephone:
    """One connection to the line, used for one call after the other."""

    def __init__(self, port: int, keys: Keys, ledger: Ledger) -> None:
        self._port = port
        self._account = keys.account_sid
        self._url = f"http://localhost:{port}"
        self._signer = RequestValidator(keys.auth_token)
        self._ledger = ledger
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def calls(self, caller: Caller) -> None:
        """From ring to the end, whoever ends it (https://www.twilio.com/docs/voice/twiml)."""
        answer = self._posts(caller, "/voice/incoming", CallStatus="ringing")
        for _ in range(LONGEST_CALL):
            following = None if caller.kind == "hangs up" else self._follows(caller, answer)
            if following is None:
                break
            answer = following
        else:
            self._fails("a call without an end")
        self._posts(caller, "/voice/status", CallStatus="completed")

    def _follows(self, caller: Caller, document: str) -> str | None:
        """What the line answers to what the caller does at the first verb that waits for it; None
        when the call is over."""
        for verb in ElementTree.fromstring(document):
            match verb.tag:
                case "Gather":
                    digits = self._presses(caller, verb.attrib["action"])
                    if digits or verb.get("actionOnEmptyResult") == "true":
                        return self._posts(caller, verb.attrib["action"], Digits=digits)
                case "Record" if caller.kind in ("witness", "noise"):
                    return self._speaks(caller, verb)
                case "Dial":
                    action = verb.attrib["action"]
                    return self._posts(caller, action, DialCallStatus="no-answer")
                case "Redirect":
                    return self._posts(caller, (verb.text or "").strip())
                case "Hangup":
                    return None
        return None

    @staticmethod
    def _presses(caller: Caller, path: str) -> str:
        if caller.kind != "witness":
            return ""
        return next((KEYS[part] for part in path.split("/") if part in KEYS), "")

    def _speaks(self, caller: Caller, verb: ElementTree.Element) -> str | None:
        action = verb.attrib["action"]
        noise = caller.kind == "noise"
        question = WHERE if "/where/" in action else WHAT
        sid = recording_sid(NOISE if noise else REAL, question, caller.place)
        with self._ledger.lock:
            self._ledger.said[sid] = caller.call_sid
        said = {"RecordingSid": sid, "RecordingDuration": "1" if noise else "6"}
        # Whoever only makes a noise hangs up over it.
        how = {"Digits": "hangup", "CallStatus": "completed"} if noise else {"Digits": "#"}
        answer = self._posts(caller, action, **said, **how)
        self._posts(
            caller, verb.attrib["recordingStatusCallback"], **said, RecordingStatus="completed"
        )
        return None if noise else answer

    def _posts(self, caller: Caller, path: str, **form: str) -> str:
        sent = {
            "CallSid": caller.call_sid,
            "AccountSid": self._account,
            "From": caller.number or "anonymous",
            "To": HOTLINE,
            "CallStatus": "in-progress",
            "StirVerstat": "TN-Validation-Passed-A",
            **form,
        }
        signature = self._signer.compute_signature(self._url + path, sent)
        began = time.perf_counter()
        try:
            self._line.request(
                "POST",
                path,
                body=urlencode(sent),
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-Twilio-Signature": signature,
                },
            )
            response = self._line.getresponse()
            body = response.read().decode()
        except (OSError, http.client.HTTPException) as failure:
            self._line.close()
            self._fails(type(failure).__name__)
            return "<Response/>"
        took = time.perf_counter() - began
        with self._ledger.lock:
            self._ledger.took.append(took)
            if path == "/voice/incoming":
                self._ledger.first.append(took)
        if response.status >= 400:
            self._fails(f"answered {response.status}")
            return "<Response/>"
        return body or "<Response/>"

    def _fails(self, how: str) -> None:
        with self._ledger.lock:
            self._ledger.failures[how] += 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.surge", description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=12, help="callers on the line at a time")
    parser.add_argument(
        "--patience", type=float, default=1800, help="seconds for what is left over"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    witnesses = max(10, round(given.calls * REAL_SHARE))
    with tempfile.TemporaryDirectory(prefix="line-surge-") as folder, ExitStack() as stack:
        state = Path(folder)
        keys, port = keep_keys(state), free_port()
        media_port = free_port(8100)
        environment = settings(
            keys,
            state,
            port=port,
            api_url=f"http://127.0.0.1:{media_port}",
            engine="scripted",
            model=str(script_words(state, witnesses)),
        )
        stack.enter_context(
            running(
                (sys.executable, "-m", "bench.media", str(media_port)), {}, media_port, "/counts"
            )
        )
        engine = connect(environment["DATABASE_URL"])
        upgrade(engine)
        store = SqlReportStore(engine, Keyring.parse(environment["DATA_KEY"]))
        line = (sys.executable, "app.py", "serve")
        stack.enter_context(running(line, environment, port, "/healthz"))
        wait(lambda: ready(environment), STARTING, "the workers did not come up")
        callers = who_calls(given.calls, witnesses, random.Random(given.seed))
        began = datetime.now(UTC)
        ledger, seconds = surge(callers, port, keys, given.at_once)
        print(
            f"{given.calls} calls, {witnesses} of them witnesses, {given.at_once} at a time, on"
            f" {os.cpu_count()} cores (SQLite; speech scripted)"
        )
        tell_speed(ledger, given.calls, seconds)
        witness_sids = {each.call_sid: each.place for each in callers if each.kind == "witness"}
        found_after = patiently(
            lambda: found(store, witness_sids) == len(witness_sids), given.patience
        )
        tell(
            "reports of witnesses found",
            f"{found(store, witness_sids)}/{len(witness_sids)}, words and sound their own,"
            f" {found_after:.0f} s after the last call",
        )
        tell_alerts(store, witness_sids)
        all_after = patiently(lambda: not missing(engine, ledger), given.patience)
        tell(
            "recordings kept",
            f"{len(ledger.said) - missing(engine, ledger)}/{len(ledger.said)},"
            f" {found_after + all_after:.0f} s after the last call",
        )
        lost = unknown(store, callers)
        tell("calls known, and known to be over", f"{len(callers) - lost}/{len(callers)}")
        tell_floods(store, engine, callers, began)
        texts = counts(media_port)["texts"]
        tell("texts to the organizer", f"{texts}, for {len(callers)} calls")
        well = (
            not ledger.failures
            and not lost
            and not missing(engine, ledger)
            and found(store, witness_sids) == len(witness_sids)
        )
        tell("nothing is lost", "yes" if well else f"NO {dict(ledger.failures)}")
    return 0 if well else 1


# --- The day --------------------------------------------------------------------------------------


def who_calls(calls: int, witnesses: int, chance: random.Random) -> list[Caller]:
    """Everybody, in the order in which they call. One prank in ten withholds its number."""
    everybody = [
        Caller(number_of(PRANK_TELEPHONES + place % WITNESS_TELEPHONES), "witness", place)
        for place in range(witnesses)
    ]
    # A few telephones ring all the time, the others now and then.
    often = [1 / (place + 1) for place in range(PRANK_TELEPHONES)]
    for _ in range(calls - witnesses):
        (telephone,) = chance.choices(range(PRANK_TELEPHONES), often)
        number = None if chance.random() < 0.1 else number_of(telephone)
        kind = chance.choices(("hangs up", "silent", "noise"), (0.4, 0.3, 0.3))[0]
        everybody.append(Caller(number, kind))
    chance.shuffle(everybody)
    return everybody


def number_of(telephone: int) -> str:
    return f"+161255501{telephone:02d}"


def surge(callers: Sequence[Caller], port: int, keys: Keys, at_once: int) -> tuple[Ledger, float]:
    """Has them all call, and returns what they know and how many seconds it took."""
    ledger = Ledger()
    waiting = iter(callers)
    lock = threading.Lock()

    def telephone() -> None:
        mine = Telephone(port, keys, ledger)
        while True:
            with lock:
                caller = next(waiting, None)
            if caller is None:
                return
            mine.calls(caller)

    telephones = [threading.Thread(target=telephone) for _ in range(at_once)]
    began = time.perf_counter()
    for each in telephones:
        each.start()
    for each in telephones:
        each.join()
    return ledger, time.perf_counter() - began


def script_words(folder: Path, witnesses: int) -> Path:
    """What is heard of each witness's recordings: words with their number in them."""
    answers = [
        f'[[answer]]\nsha256 = "{fingerprint(part_with_speech(sound_of(sid)))}"\n'
        f'text = "{words_of(place, question)}"\n'
        for place in range(witnesses)
        for question in (WHERE, WHAT)
        for sid in (recording_sid(REAL, question, place),)
    ]
    file = folder / "words.toml"
    file.write_text("\n".join(['otherwise = ""', *answers]), encoding="utf-8")
    return file


def words_of(place: int, question: str) -> str:
    return f"Corner number {place}." if question == WHERE else f"Witness {place} sees two cars."


# --- What came of it ------------------------------------------------------------------------------


def found(store: SqlReportStore, witness_of_call: dict[str, int]) -> int:
    """Witnesses whose report has just their own recordings, byte for byte, and their words."""
    whole = 0
    with store.read() as records:
        for call_sid, place in witness_of_call.items():
            report = records.report_of_call(call_sid)
            dossier = None if report is None else records.dossier(report.reference)
            if dossier is None or len(dossier.recordings) != 2:
                continue
            heard = {
                recording.recording_sid[3]: dossier.transcript(recording.recording_sid)
                for recording in dossier.recordings
                if recording.sha256 == sha256_of(recording.recording_sid)
                and int(recording.recording_sid[4:10], 16) == place
            }
            whole += all(
                (said := heard.get(question)) is not None and said.text == words_of(place, question)
                for question in (WHERE, WHAT)
            )
    return whole


def missing(engine: Engine, ledger: Ledger) -> int:
    """Recordings that are not kept, or not the call's, or not what was said."""
    with engine.connect() as connection:
        kept = {
            row.recording_sid: (row.call_sid, row.sha256)
            for row in connection.execute(
                sa.select(recordings).where(recordings.c.stored_at.is_not(None))
            )
        }
    return sum(kept.get(sid) != (call_sid, sha256_of(sid)) for sid, call_sid in ledger.said.items())


def sha256_of(sid: str) -> str:
    return _sha256(sid[:10])


@cache
def _sha256(of: str) -> str:
    return hashlib.sha256(sound_of(of)).hexdigest()


def unknown(store: SqlReportStore, callers: Sequence[Caller]) -> int:
    with store.read() as records:
        calls = [records.call(caller.call_sid) for caller in callers]
    return sum(call is None or call.state is CallState.IN_PROGRESS for call in calls)


def tell_speed(ledger: Ledger, calls: int, seconds: float) -> None:
    times = calls / seconds / (16_400 / 86_400)
    tell(
        "calls per second", f"{calls / seconds:.1f}, {times:.0f} times that day's ({seconds:.0f} s)"
    )
    tell("webhooks per second", f"{len(ledger.took) / seconds:.0f}")
    for name, took in (("webhooks", ledger.took), ("first webhook of a call", ledger.first)):
        cuts = statistics.quantiles(took, n=100, method="inclusive")
        tell(name, f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms")


def tell_alerts(store: SqlReportStore, witness_sids: Collection[str]) -> None:
    """From the first that a witness had said to the text's being taken by the provider."""
    took = []
    with store.read() as records:
        for call_sid in witness_sids:
            report = records.report_of_call(call_sid)
            dossier = None if report is None else records.dossier(report.reference)
            if dossier is None or not dossier.recordings:
                continue
            sent = [told.sent_at for told in dossier.notifications if told.sent_at is not None]
            if sent:
                said = dossier.recordings[0].announced_at
                took.append((min(sent) - said).total_seconds())
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    tell(
        "alert after a witness said where",
        f"{len(took)} of {len(witness_sids)} sent; p50 {cuts[49]:.1f} s, p99 {cuts[98]:.1f} s",
    )


def tell_floods(
    store: SqlReportStore, engine: Engine, callers: Sequence[Caller], began: datetime
) -> None:
    let_in: dict[str, Counter[Admission]] = {"witnesses": Counter(), "pranks": Counter()}
    with store.read() as records:
        for caller in callers:
            call = records.call(caller.call_sid)
            if call is not None:
                who = "witnesses" if caller.kind == "witness" else "pranks"
                let_in[who][call.admission] += 1
    for who, counted in let_in.items():
        tell(f"{who} let in", ", ".join(f"{each} {counted[each]}" for each in Admission))
    with engine.connect() as connection:
        changes = [
            Flood(row.at, row.mode, row.is_on, row.who, row.calls)
            for row in connection.execute(sa.select(floods).order_by(floods.c.flood_id))
        ]
    for change in changes:
        after = (change.at - began).total_seconds()
        tell(f"flood mode {'on' if change.is_on else 'off'}", f"{after:.1f} s after the first call")
    if not changes:
        tell("flood mode", "never on")


def counts(media_port: int) -> Counter[str]:
    connection = http.client.HTTPConnection("127.0.0.1", media_port, timeout=10)
    connection.request("GET", "/counts")
    return Counter(json.loads(connection.getresponse().read()))


def tell(what: str, value: str) -> None:
    print(f"{what:36}{value}", flush=True)


# --- The line -------------------------------------------------------------------------------------


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], port: int, path: str
) -> Iterator[None]:
    """A program, once it answers; ended in the end. What it said is shown if it ended by itself."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait(lambda: answers(port, path), STARTING, f"{command[1:]} did not come up")
            yield
        finally:
            if process.poll() is not None:
                log.seek(0)
                print(log.read())
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(port: int, path: str) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False


def ready(environment: dict[str, str]) -> bool:
    done = subprocess.run(
        (sys.executable, "app.py", "ready"),
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def wait(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Raises:
    SystemExit: `condition` did not hold within so many seconds.
    """
    latest = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > latest:
            raise SystemExit(otherwise)
        time.sleep(0.5)


def patiently(condition: Callable[[], bool], seconds: float) -> float:
    """Waits for `condition`, or for so long. Returns how many seconds that was."""
    began = time.monotonic()
    while not condition() and time.monotonic() - began < seconds:
        time.sleep(2)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
