"""The process that works one queue, its model loaded once and kept warm.

It does its jobs in its own process. RQ's usual worker forks for each: a model loaded before the
fork hangs in the child (the threads of its mathematics do not come along), and loaded after it
costs seconds a job.

What a fork would have given, an end to a job that never ends, the kernel gives: an alarm signal
whose default action is death, which also holds inside native code where Python never gets to look.
The supervisor starts the next process, and the sweeper asks for the job again.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import signal
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Final

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.executions import Execution
from rq.job import Job as RqJob
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.worker import WorkerStatus

from workers.queues import QueueName, rq_queue

log = logging.getLogger(__name__)

PRESENCE_SECONDS: Final = 60
"""How long Redis believes in a worker, and in a job being done, after the last sign of life."""

BEAT_SECONDS: Final = 15
"""From one sign of life to the next."""

_RQ_DEQUEUE_MARGIN: Final = 15
"""RQ waits for a job this much shorter than its `worker_ttl`, then gives a sign of life."""


class KernelAlarm(BaseDeathPenalty):
    """A time limit that nothing in the process can outstay: past it, the process dies by SIGALRM.

    There is one such alarm in a process, and it is held by its main thread.
    """

    def setup_death_penalty(self) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, self._timeout)

    def cancel_death_penalty(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def ending_after(seconds: float) -> Iterator[None]:
    """Another time limit for a part of a job, past which the process dies likewise."""
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left)


class WarmWorker(SimpleWorker):
    """Works one queue until SIGTERM or SIGINT, which let it finish the job it is at.

    `work()` also returns when Redis fails in the middle of something: the supervisor starts it
    again. What it logs and leaves in Redis names jobs by their id, and errors by their type and
    place alone: the text of an error may hold what a caller said.
    """

    death_penalty_class = KernelAlarm
    log_result_lifespan = False

    @classmethod
    def on(cls, queue: QueueName, url: str) -> WarmWorker:
        """A worker for `queue` in the Redis at `url`, which has to answer."""
        connection = Redis.from_url(url)
        return cls(
            [rq_queue(queue, connection)],
            name=f"{queue}-{secrets.token_hex(4)}",
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=BEAT_SECONDS + _RQ_DEQUEUE_MARGIN,
            maintenance_interval=PRESENCE_SECONDS,
            log_job_description=False,
        )

    def execute_job(self, job: RqJob, queue: Queue) -> None:
        execution = self.prepare_execution(job)
        with self._giving_signs_of_life(job, execution):
            self.perform_job(job, queue, execution)
        self.set_state(WorkerStatus.IDLE)
        if queue.get_job_position(job.id) is not None:
            # Asked for again while it ran: the record just set to expire is the waiting job's too.
            self.connection.persist(job.key)

    @contextlib.contextmanager
    def _giving_signs_of_life(self, job: RqJob, execution: Execution) -> Iterator[None]:
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BEAT_SECONDS):
                with contextlib.suppress(RedisError):  # it is tried again, and the job goes on
                    self.maintain_heartbeats(job, execution)

        heart = threading.Thread(target=beat, name="heart", daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()

    def heartbeat(
        self,
        timeout: int | None = None,  # noqa: ARG002  # RQ's own are minutes, or the job's whole limit
        pipeline: Pipeline | None = None,
    ) -> None:
        super().heartbeat(PRESENCE_SECONDS, pipeline)

    def get_heartbeat_ttl(
        self,
        job: RqJob,  # noqa: ARG002
        working_time: float = 0.0,  # noqa: ARG002
    ) -> int:
        return PRESENCE_SECONDS

    def handle_exception(
        self,
        job: RqJob,
        *exc_info: type[BaseException] | BaseException | TracebackType | None,
    ) -> None:
        errors = (error for error in exc_info if isinstance(error, BaseException))
        log.error("%s failed: %s", job.id, "".join(map(_type_and_place, errors)))

    def handle_job_failure(
        self,
        job: RqJob,
        queue: Queue,
        started_job_registry: StartedJobRegistry | None = None,
        exc_string: str = "",  # noqa: ARG002  # not kept: it may hold what a caller said
        execution: Execution | None = None,
    ) -> None:
        super().handle_job_failure(job, queue, started_job_registry, "", execution)

    def subscribe(self) -> None:
        """Takes no commands by way of Redis: it is told to stop by signals."""

    def set_shutdown_requested_date(self) -> None:
        """Not noted in Redis: this runs in a signal handler, in the middle of anything."""


def _type_and_place(error: BaseException) -> str:
    """The traceback without the messages, the error that started it last."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    told = f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
    return told if cause is None else f"{told}because of {_type_and_place(cause)}"
