"""`python -m workers QUEUE` works one queue; `python -m workers sweeper` watches over all of them.

Wiring only.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading

import click

from config import Settings, load_settings
from ivr.languages import BadPrompts
from oncall.briefs import BadTells
from reports.services.notices import release_sending
from reports.services.recordings import release_claims
from reports.services.texts import release_texts
from transcribe.hears import BadHears
from wiring import Adapters, keep_what_is_loaded, now, redis_url
from workers import jobs
from workers.queues import QueueName
from workers.sweeper import PAUSE, Sweeper
from workers.worker import WarmWorker

log = logging.getLogger("workers")

SPEAKING = frozenset({QueueName.URGENT, QueueName.REST})
SWEEPER = "sweeper"


@click.command(help=__doc__)
@click.argument("role", type=click.Choice([*(name.value for name in QueueName), SWEEPER]))
def main(role: str) -> None:
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {role}: %(message)s")
    settings = load_settings()
    try:
        sweep(settings) if role == SWEEPER else work(settings, QueueName(role))
    except (BadPrompts, BadTells, BadHears) as bad:
        sys.exit(str(bad))


def work(settings: Settings, queue: QueueName) -> None:
    adapters = Adapters(settings)
    transcriber = None
    if queue in SPEAKING:
        transcriber = adapters.transcriber(log.info)
    jobs.equip(adapters.equipment(queue, transcriber))
    keep_what_is_loaded()
    left = release_claims(adapters.store, worker=queue, at=now())
    # Each is sent by the worker of one queue.
    if queue is QueueName.ALERTS:
        left += release_sending(adapters.store, at=now())
    if queue is QueueName.FETCHES:
        left += release_texts(adapters.store, at=now())
    if left:
        log.info("takes up %d that were left behind", left)
    WarmWorker.on(queue, redis_url(settings)).work(logging_level="WARNING")


def sweep(settings: Settings) -> None:
    adapters = Adapters(settings)
    jobs.equip(adapters.equipment(SWEEPER))
    keep_what_is_loaded()
    sweeper = Sweeper(
        adapters.store,
        adapters.queue,
        lambda job, id_: jobs.WORK[job](id_),
        now,
        erases=adapters.provider.erases,
        limits=lambda: adapters.rulebook.now().limits,
        alerter=adapters.alerter,
        audio=adapters.audio,
        keep_callers=lambda: adapters.rulebook.now().keep_callers,
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(PAUSE.total_seconds()):
        try:
            sweeper.sweep()
        except Exception as error:
            # A database that is away comes back; the sweeper must be there when it does.
            log.error("a sweep failed: %s", type(error).__name__)
            log.debug("traceback", exc_info=error)


if __name__ == "__main__":
    main()
