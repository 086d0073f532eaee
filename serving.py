"""The line's processes as `app.py serve` keeps them, all on one machine."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import requests

from config import Settings
from wiring import redis_folder, redis_url
from workers.embedded_redis import prepare_redis
from workers.queues import QueueName, RqJobQueue, connect
from workers.supervisor import Child

REDIS = "redis"
WEB = "web"
WEB_PROCESSES = 2
WEB_THREADS = 8
WEB_GRACE_SECONDS = 8
"""For answers under way when the line stops. Lists that are open hold theirs for minutes."""
GRACE_SECONDS = 60.0
"""For a worker to finish what it has in hand: a long message takes its time to write out."""


def children(settings: Settings) -> list[Child]:
    """Redis if we run our own, the web, a worker a queue, and the sweeper."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    found: list[Child] = []
    needs: tuple[str, ...] = ()
    if settings.redis_url is None:
        server = prepare_redis(redis_folder(settings))
        _tell(redis_folder(settings) / "url", server.url)
        found.append(Child(REDIS, server.argv, env=environment, ready=server.answers))
        needs = (REDIS,)
    found.append(
        Child(
            WEB,
            (
                *(sys.executable, "-m", "gunicorn", "app:create_app(ahead=True)"),
                *("--bind", settings.listen),
                *("--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS)),
                *("--graceful-timeout", str(WEB_GRACE_SECONDS)),
                # Request lines are not logged: a form's field never stands there, but a link may.
                *("--log-level", "warning", "--worker-tmp-dir", _memory()),
            ),
            env=environment,
            ready=lambda: answers(settings),
            start_after=needs,
        )
    )
    for role in (*QueueName, "sweeper"):
        found.append(
            Child(
                role,
                (sys.executable, "-m", "workers", role),
                env=environment,
                ready=partial(_works, settings, role),
                # One loads its model while the other waits: the urgent one is there sooner, and
                # what has to be prepared is prepared once.
                start_after=(*needs, QueueName.URGENT) if role == QueueName.REST else needs,
                grace_seconds=GRACE_SECONDS,
            )
        )
    return found


def _works(settings: Settings, role: str) -> bool:
    """Whether a worker listens on its queue; of the sweeper nobody waits to hear."""
    if role not in set(QueueName):
        return True
    return role in RqJobQueue(connect(redis_url(settings))).workers_alive()


def answers(settings: Settings) -> bool:
    """Whether the web server does."""
    try:
        return requests.get(f"http://{settings.listen}/healthz", timeout=1).ok
    except requests.RequestException:
        return False


def _memory() -> str:
    """Where gunicorn's workers note that they live: not on a disk that may be slow."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else "."  # noqa: S108


def _tell(file: Path, address: str) -> None:
    """Leaves the address where the other processes look, readable by nobody else."""
    file.touch(mode=0o600)
    file.write_text(address, encoding="utf-8")
