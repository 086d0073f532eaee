"""Four queues in Redis, each worked by processes of its own.

Why a worker process listens on one queue alone: RQ takes a job from a single queue with BLMOVE,
which in the same instant puts it on a second list, where it is found if the worker dies before it
has begun; but from several queues with BLPOP, after which a job whose worker dies is nowhere (see
`rq.Queue.dequeue_any`: `lmove` for one key, `lpop` for more). It also keeps a long transcription
from ever standing in front of an alert.

Redis is never the truth: nothing in it is missed that the sweeper could not ask for again from the
database. So RQ retries nothing, keeps results for minutes only, and holds no data but ids.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from rq.worker_registration import get_keys as worker_keys

from reports.ports import Job, JobQueue, Urgency

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 0.5
ANSWER_SECONDS: Final = 1.0

RESULT_SECONDS: Final = 600
"""How long RQ remembers that a job is over: longer than the pause between two sweeps."""

TIME_LIMITS: Final[Mapping[Job, int]] = MappingProxyType(
    {
        Job.ALERT_ON_CALL: 60,
        Job.SEND_NOTIFICATION: 60,
        Job.SEND_TRIAL: 60,
        Job.FETCH_RECORDING: 180,
        Job.ERASE_AT_PROVIDER: 60,
        Job.CLOSE_CALL: 60,
        Job.FETCH_ATTACHMENT: 180,
        Job.ERASE_ATTACHMENT: 60,
        Job.TEXT_CALLER: 60,
        Job.IMPORT_RECORDINGS: 300,
        Job.TRANSCRIBE_RECORDING: 900,
        Job.TRANSLATE_RECORDING: 900,
        Job.KEEP_SPOKEN_NOTE: 180,
        Job.WRITE_SPOKEN_NOTE: 900,
    }
)
"""Seconds after which the worker at a job is killed, see `workers.worker`."""


class QueueName(StrEnum):
    ALERTS = "alerts"
    FETCHES = "fetches"
    URGENT = "urgent"
    REST = "rest"


class QueueUnavailable(RuntimeError):
    """Redis could not be reached, or did not do as it was asked. `str()` is safe to show."""


def queue_for(job: Job, urgency: Urgency) -> QueueName:
    match job:
        case Job.ALERT_ON_CALL | Job.SEND_NOTIFICATION | Job.SEND_TRIAL:
            return QueueName.ALERTS
        case (
            Job.FETCH_RECORDING
            | Job.ERASE_AT_PROVIDER
            | Job.CLOSE_CALL
            | Job.FETCH_ATTACHMENT
            | Job.ERASE_ATTACHMENT
            | Job.TEXT_CALLER
            | Job.IMPORT_RECORDINGS
            | Job.KEEP_SPOKEN_NOTE
        ):
            return QueueName.FETCHES
        case Job.TRANSLATE_RECORDING | Job.WRITE_SPOKEN_NOTE:
            return QueueName.REST
        case Job.TRANSCRIBE_RECORDING:
            return QueueName.URGENT if urgency is Urgency.URGENT else QueueName.REST


def connect(url: str) -> Redis:
    """A client that gives up soon: who waits for it may be a caller on the telephone."""
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        # Once more, for a connection that a restart of Redis has cut.
        retry=Retry(NoBackoff(), 1),
    )


def rq_queue(name: QueueName, connection: Redis) -> Queue:
    return Queue(name, connection=connection, serializer=JSONSerializer)


class RqJobQueue(JobQueue):
    """Puts jobs on their queues.

    A job and its subject have one RQ id, such as `transcribe_recording-RE…`. Asking while that id
    waits is asking once. Between looking and putting another may put the same; it then runs twice,
    which the jobs bear: they look at the state of their row first.
    """

    def __init__(self, connection: Redis, time_limits: Mapping[Job, int] = TIME_LIMITS) -> None:
        self._connection = connection
        self._time_limits = time_limits
        self._queues = {name: rq_queue(name, connection) for name in QueueName}

    def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
        """See `JobQueue.put`. What is running, done, failed or lost is put again.

        Raises:
            ValueError: `subject` has other characters than letters, digits, `-`, `_` and `:`.
        """
        try:
            self._put(job, subject, urgency)
        except RedisError as error:
            log.warning("%s not queued for %s: %s", job, subject, type(error).__name__)
            return False
        return True

    def depths(self) -> dict[QueueName, int]:
        """How many jobs wait in each queue.

        Raises:
            QueueUnavailable.
        """
        try:
            return {name: queue.count for name, queue in self._queues.items()}
        except RedisError as error:
            raise _unavailable(error) from error

    def workers_alive(self) -> frozenset[QueueName]:
        """The queues on which a worker listens, or did within the last minute.

        Raises:
            QueueUnavailable.
        """
        try:
            return frozenset(
                name
                for name, queue in self._queues.items()
                if (keys := worker_keys(queue)) and self._connection.exists(*keys)
            )
        except RedisError as error:
            raise _unavailable(error) from error

    def _put(self, job: Job, subject: str, urgency: Urgency) -> None:
        # RQ's own ids take no colon, which stands in the ids of Telnyx's calls.
        rq_id = f"{job}-{subject.replace(':', '__')}"
        wanted = queue_for(job, urgency)
        waits_in = self._waits_in(job, rq_id)
        if wanted in waits_in or QueueName.URGENT in waits_in:
            return
        queue = self._queues[wanted]
        with self._connection.pipeline() as transaction:
            transaction.multi()
            for name in waits_in:
                self._queues[name].remove(rq_id, pipeline=transaction)
            # An earlier run's record has an expiry, which the new one must not inherit.
            transaction.delete(RqJob.key_for(rq_id))
            queue.enqueue_call(
                f"workers.jobs.{job}",
                args=(subject,),
                job_id=rq_id,
                description=rq_id,
                timeout=self._time_limits[job],
                result_ttl=RESULT_SECONDS,
                failure_ttl=RESULT_SECONDS,
                pipeline=transaction,
            )
            transaction.execute()

    def _waits_in(self, job: Job, rq_id: str) -> list[QueueName]:
        """The queues in which it really waits: an id without its record would run nothing."""
        possible = sorted({queue_for(job, urgency) for urgency in Urgency})
        with self._connection.pipeline(transaction=False) as look:
            look.exists(RqJob.key_for(rq_id))
            for name in possible:
                look.lpos(self._queues[name].key, rq_id)
            recorded, *positions = look.execute()
        if not recorded:
            return []
        return [name for name, at in zip(possible, positions, strict=True) if at is not None]


def _unavailable(error: RedisError) -> QueueUnavailable:
    return QueueUnavailable(f"The queue cannot be reached ({type(error).__name__}).")
