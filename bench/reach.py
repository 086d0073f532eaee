"""`python -m bench.reach`: seconds from the end of a recording to text, push and phone call.

The whole line runs as `app.py serve` runs it: its own Redis, the web, a worker a queue, the
sweeper, real speech. One person is on shift, with a number for texts, the same for calls, and a
browser. Callers ring through the simulated telephone network, one after the other: they press that
it is happening now, say where, press how many and that they are still there, and say what they see.
Every other one hangs up over that instead of ending it by a key. On this network a call takes no
time: a recording is over when the caller begins to speak, and both are written out at once.

What is counted to is the far end: the text in the phone's inbox, the notification that the push
service took, the phone that begins to ring. Text and push are counted from when the place was said.
The second of each has the place in the caller's words: it waits for Whisper.

A phone rings only for the gravest (decision 0031): somebody is being taken, says who sees it. No
key says that. So of a call it rings once Whisper has written out what was said, if that is of the
gravest: it is counted from the end of its last recording. Of a text message it rings with the first
word: after each call somebody writes one.

Left out: the provider's real network, the browser's push service, and the time that a phone takes
to wake.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench.samples import CACHE
from bench.surge import ready, running, wait
from demo.household import HOTLINE, ORGANIZER, free_port, keep_keys, settings
from keeping.sealing import Keyring
from migrations import upgrade
from oncall.escalation import SETTLED
from reports.people import Duty
from reports.services.people import About, add_person, give_reach
from reports.services.roster import Plan, add_shift
from reports.store import SqlReportStore, connect, notifications
from simulator.network import PhoneNetwork
from simulator.spoken import SpokenCall, spoken_calls
from tests.oncall.push_office import PushOffice, open_push_office

LIMIT = 10.0
"""Seconds: 'within seconds' (the promise of the line) is read as fewer than two digits of them."""
LIMIT_OF_WORDS = 30.0
"""Seconds for what waits until a machine has written out what was said."""
CALLS = 10
MOST_CALLS = 12
"""Each is of another place."""
RINGS = "rings: a text"
RINGS_SAID = "rings: said"
LIMITS = {
    "text": LIMIT,
    "push": LIMIT,
    RINGS: LIMIT,
    "second text": LIMIT_OF_WORDS,
    "second push": LIMIT_OF_WORDS,
    RINGS_SAID: LIMIT_OF_WORDS,
}
SETTLING = 3.0
"""Seconds that a phone may take to ring once all is written out."""
PATIENCE = 40.0
STARTING = 300.0
LOOK = 0.01
KEYS_OF_LANGUAGE = {"en": "1", "es": "2"}
ALWAYS = "+16125550199"
"""Of the settings: asked last while somebody is on shift."""
PERSON = "ana"
GRAVE = "They are taking a man right now. I am watching it, two officers."


@dataclass(frozen=True, slots=True)
class Told:
    """When what arrived at the far ends, of one call; each in order."""

    texts: tuple[datetime, ...]
    pushes: tuple[datetime, ...]

    @property
    def is_whole(self) -> bool:
        return len(self.texts) > 1 and len(self.pushes) > 1


def seconds_after(over: datetime, told: Told) -> Mapping[str, float]:
    """Of each that arrived, seconds from when the recording was over."""
    arrived = {
        "text": told.texts[:1],
        "push": told.pushes[:1],
        "second text": told.texts[1:2],
        "second push": told.pushes[1:2],
    }
    return {name: (at - over).total_seconds() for name, found in arrived.items() for at in found}


def told_line(name: str, took: Iterable[float], calls: int) -> str:
    """One line of the table: how many of `calls` had it, p50 and the longest in seconds, and those
    as shares of its limit."""
    seconds, limit = sorted(took), LIMITS[name]
    if not seconds:
        return f"{name:14}{f'0/{calls}':>8}"
    middle, longest = statistics.median(seconds), seconds[-1]
    return (
        f"{name:14}{f'{len(seconds)}/{calls}':>8}{middle:9.2f}{longest:9.2f}{limit:9.0f}"
        f"{middle / limit:11.0%}{longest / limit:11.0%}"
    )


def is_kept(measured: Sequence[Mapping[str, float]]) -> bool:
    """Whether every call was told of by all, and rung about by those that should, within limits."""
    always = set(LIMITS) - {RINGS_SAID}
    return all(
        each.get(name, limit + 1 if name in always else 0) <= limit
        for each in measured
        for name, limit in LIMITS.items()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reach", description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS, choices=range(2, MOST_CALLS + 1))
    parser.add_argument("--engine", help="openai-whisper or faster-whisper")
    parser.add_argument("--model", default="base")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="line-reach-") as folder, ExitStack() as stack:
        state = Path(folder)
        CACHE.mkdir(parents=True, exist_ok=True)
        (state / "models").symlink_to(CACHE.absolute())
        keys, port = keep_keys(state), free_port()
        network = stack.enter_context(
            PhoneNetwork(
                account_sid=keys.account_sid,
                auth_token=keys.auth_token,
                hotline=HOTLINE,
                voice_url=f"http://localhost:{port}/voice/incoming",
                status_url=f"http://localhost:{port}/voice/status",
                sms_url=f"http://localhost:{port}/sms/incoming",
            )
        )
        office = stack.enter_context(open_push_office(state))
        environment = settings(
            keys,
            state,
            port=port,
            api_url=network.api_url,
            engine=given.engine,
            model=given.model,
        )
        environment["ONCALL"] = ALWAYS
        database = connect(environment["DATABASE_URL"])
        keyring = Keyring.parse(environment["DATA_KEY"])
        upgrade(database, keyring)
        store = SqlReportStore(database, keyring)
        put_on_shift(store, keyring, office, ZoneInfo(environment["TIME_ZONE"]))
        network.phone(ORGANIZER).keeps_ringing()
        line = (sys.executable, "-m", "bench.reached_line", str(office.certificate))
        stack.enter_context(running(line, environment, port, "/healthz"))
        wait(lambda: ready(environment), STARTING, "the workers did not come up")
        measured = []
        for turn, spoken in enumerate(spoken_calls()[: given.calls]):
            an_hour_passes(database)
            each = {
                **one_call(network, store, office, spoken, turn),
                **one_text(network, spoken, turn),
            }
            measured.append(each)
            told = ", ".join(f"{name} {seconds:.2f}" for name, seconds in each.items())
            print(f"{turn + 1:3}  {spoken.id}: {told}", flush=True)
    print(f"{given.calls} calls, one after the other, {os.cpu_count()} cores, model {given.model}.")
    print(f"{'':14}{'told':>8}{'p50 s':>9}{'max s':>9}{'limit':>9}{'of limit':>11}{'max':>11}")
    for name in LIMITS:
        took = [each[name] for each in measured if name in each]
        print(told_line(name, took, len(measured)))
    well = is_kept(measured)
    print("All within the limits." if well else "Not all within the limits.")
    return 0 if well else 1


def an_hour_passes(database: Engine) -> None:
    """For who is told: what they were told of before is no burst, in which things go together."""
    created = notifications.c.created_at
    with database.begin() as connection:
        for each_id, at in connection.execute(
            sa.select(notifications.c.notification_id, created)
        ).all():
            connection.execute(
                notifications.update()
                .where(notifications.c.notification_id == each_id)
                .values(created_at=at - timedelta(hours=1))
            )


def put_on_shift(
    store: SqlReportStore, keyring: Keyring, office: PushOffice, zone: ZoneInfo
) -> None:
    """One person, at any hour, by text, by call and in a browser."""
    now = datetime.now(UTC)
    add_person(store, person_id=PERSON, about=About(name="Ana"), who="bench", at=now)
    for channel, address in (
        ("sms", ORGANIZER),
        ("voice", ORGANIZER),
        ("push", office.subscription()),
    ):
        give_reach(
            store,
            keyring,
            person_id=PERSON,
            channel=channel,
            address=address,
            quiet=None,
            hotline=HOTLINE,
            who="bench",
            at=now,
        )
    midnight, today = datetime.min.time(), now.astimezone(zone).date()
    plan = Plan(PERSON, Duty.PRIMARY, today, midnight, midnight, frozenset(range(7)))
    add_shift(store, plan=plan, who="bench", at=now, today=today)


def one_call(
    network: PhoneNetwork, store: SqlReportStore, office: PushOffice, spoken: SpokenCall, turn: int
) -> Mapping[str, float]:
    """Seconds until each word of it."""
    call = network.caller(f"+161255501{20 + turn}").dials()
    call.presses(KEYS_OF_LANGUAGE[spoken.language]).presses("1")
    over = datetime.now(UTC)
    call.says(spoken.where.path, then="#").presses("3#").presses("1")
    all_said = datetime.now(UTC)
    if turn % 2:
        call.hangs_up_while_saying(spoken.what.path)
    else:
        call.says(spoken.what.path, then="#").presses("2").hangs_up()

    def told() -> Told:
        with store.read() as records:
            report = records.report_of_call(call.sid)
        if report is None:
            return Told((), ())
        about = report.reference
        return Told(
            texts=tuple(text.sent for text in network.inbox(ORGANIZER) if about in text.body),
            pushes=tuple(at for at, said in office.read() if about in said),
        )

    until = time.monotonic() + PATIENCE
    while not (found := told()).is_whole and time.monotonic() < until:
        time.sleep(LOOK)
    rang = rung(network, all_said, lambda: settled(store, call.sid))
    return {**seconds_after(over, found), **({} if rang is None else {RINGS_SAID: rang})}


def settled(store: SqlReportStore, call_sid: str) -> bool:
    """Whether all that was said is written out, or cannot be."""
    with store.read() as records:
        report = records.report_of_call(call_sid)
        dossier = None if report is None else records.dossier(report.reference)
    return dossier is not None and all(each.state in SETTLED for each in dossier.recordings)


def rung(network: PhoneNetwork, since: datetime, is_over: Callable[[], bool]) -> float | None:
    """Seconds from an instant until the phone rang, which is declined; None: it did not, though it
    `is_over`."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for leg in network.exchange.all_calls():
            if leg.to == ORGANIZER and leg.created > since:
                network.waits_until(lambda: network.phone(ORGANIZER).is_ringing)
                network.phone(ORGANIZER).declines()
                return (leg.created - since).total_seconds()
        if is_over():
            until = min(until, time.monotonic() + SETTLING)
        time.sleep(LOOK)
    return None


def one_text(network: PhoneNetwork, spoken: SpokenCall, turn: int) -> Mapping[str, float]:
    """Seconds until the phone rings about a text message; nothing if it does not."""
    sent = datetime.now(UTC)
    place = " and ".join(spoken.where.place_words)
    network.caller(f"+161255501{50 + turn}").texts(f"At {place}. {GRAVE}")
    rang = rung(network, sent, lambda: False)
    return {} if rang is None else {RINGS: rang}


if __name__ == "__main__":
    sys.exit(main())
