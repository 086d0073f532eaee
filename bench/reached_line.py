"""The line of `bench.reach`: as `app.py serve` runs it, but that its alerts may also go to a push
service on this machine.

`python -m bench.reached_line CERTIFICATE`: the whole line; `… CERTIFICATE alerts`: its worker that
sends. The line itself sends to the services of the common browsers and to nobody else.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from config import Settings, load_settings
from migrations import upgrade
from oncall.channels.push import PushChannel
from reports.store import connect
from serving import children
from wiring import Adapters, redis_url
from workers import jobs
from workers.queues import QueueName
from workers.supervisor import Supervisor
from workers.worker import WarmWorker

HOST = "localhost"
"""Where the push service is."""


def main(arguments: Sequence[str]) -> None:
    settings, certificate = load_settings(), Path(arguments[0])
    if arguments[1:] == [QueueName.ALERTS]:
        send(settings, certificate)
        return
    upgrade(connect(settings.database_url), settings.keyring)
    sends = (sys.executable, "-m", "bench.reached_line", str(certificate), QueueName.ALERTS)
    kept = [
        replace(child, argv=sends) if child.name == QueueName.ALERTS else child
        for child in children(settings)
    ]
    Supervisor(kept, log=print).run()


def send(settings: Settings, certificate: Path) -> None:
    """Works the queue of alerts. `certificate`: who vouches for the push service."""
    logging.basicConfig(level=logging.INFO)
    adapters = Adapters(settings)
    push = PushChannel(
        adapters.push_key,
        title=adapters.tells.elsewhere["title"],
        # Services of the web are told whom to write to, at an address that is none of this machine.
        public_url="https://line.example.org",
        services=(HOST,),
        trust=certificate,
    )
    equipment = adapters.equipment(QueueName.ALERTS)
    jobs.equip(replace(equipment, channels={**equipment.channels, push.name: push}))
    WarmWorker.on(QueueName.ALERTS, redis_url(settings)).work(logging_level="WARNING")


if __name__ == "__main__":
    main(sys.argv[1:])
