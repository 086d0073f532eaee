"""What is asked for waits once, in the right queue, and is never lost to a queue that is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job as RqJob
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from reports.ports import Job, Urgency
from workers.queues import (
    TIME_LIMITS,
    QueueName,
    QueueUnavailable,
    RqJobQueue,
    connect,
    queue_for,
    rq_queue,
)
from workers.worker import WarmWorker

RECORDING = "RE00000000000000000000000000000001"


@pytest.fixture
def connection(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


@pytest.fixture
def jobs(connection: Redis) -> RqJobQueue:
    return RqJobQueue(connection)


def waiting(connection: Redis, name: QueueName) -> list[str]:
    return rq_queue(name, connection).job_ids


def take(connection: Redis, name: QueueName) -> RqJob:
    """What a worker would get next."""
    taken = Queue.dequeue_any(
        [rq_queue(name, connection)], None, connection, serializer=JSONSerializer
    )
    assert taken is not None
    return taken[0]


@pytest.mark.parametrize("job", Job)
def test_every_job_has_a_queue_and_a_time_limit(job: Job) -> None:
    for urgency in Urgency:
        assert queue_for(job, urgency) in QueueName
    assert 0 < TIME_LIMITS[job] <= 900


def test_an_alert_never_stands_behind_a_transcription(jobs: RqJobQueue, connection: Redis) -> None:
    jobs.put(Job.TRANSCRIBE_RECORDING, RECORDING)
    jobs.put(Job.TRANSCRIBE_RECORDING, "RE02", Urgency.URGENT)
    jobs.put(Job.FETCH_RECORDING, RECORDING)
    jobs.put(Job.ERASE_AT_PROVIDER, RECORDING)
    jobs.put(Job.ALERT_ON_CALL, "1001")
    jobs.put(Job.SEND_NOTIFICATION, "n-1")
    assert waiting(connection, QueueName.ALERTS) == ["alert_on_call-1001", "send_notification-n-1"]
    assert waiting(connection, QueueName.FETCHES) == [
        f"fetch_recording-{RECORDING}",
        f"erase_at_provider-{RECORDING}",
    ]
    assert waiting(connection, QueueName.URGENT) == ["transcribe_recording-RE02"]
    assert waiting(connection, QueueName.REST) == [f"transcribe_recording-{RECORDING}"]
    assert jobs.depths() == {"alerts": 2, "fetches": 2, "urgent": 1, "rest": 1}


def test_a_job_carries_the_id_and_nothing_else(jobs: RqJobQueue, connection: Redis) -> None:
    jobs.put(Job.FETCH_RECORDING, RECORDING)
    taken = take(connection, QueueName.FETCHES)
    assert taken.func_name == "workers.jobs.fetch_recording"
    assert taken.args == [RECORDING]
    assert taken.kwargs == {}
    assert taken.description == taken.id == f"fetch_recording-{RECORDING}"
    assert taken.timeout == TIME_LIMITS[Job.FETCH_RECORDING]
    assert taken.retries_left is None


def test_asking_again_for_what_waits_is_asking_once(jobs: RqJobQueue, connection: Redis) -> None:
    for _ in range(3):
        assert jobs.put(Job.FETCH_RECORDING, RECORDING)
    assert waiting(connection, QueueName.FETCHES) == [f"fetch_recording-{RECORDING}"]


@pytest.mark.parametrize("status", [JobStatus.STARTED, JobStatus.FINISHED, JobStatus.FAILED])
def test_what_is_running_done_or_failed_is_put_again(
    jobs: RqJobQueue, connection: Redis, status: JobStatus
) -> None:
    jobs.put(Job.FETCH_RECORDING, RECORDING)
    taken = take(connection, QueueName.FETCHES)
    taken.set_status(status)
    assert jobs.put(Job.FETCH_RECORDING, RECORDING)
    assert waiting(connection, QueueName.FETCHES) == [f"fetch_recording-{RECORDING}"]


def test_what_waits_long_does_not_expire_with_an_earlier_run(
    jobs: RqJobQueue, connection: Redis
) -> None:
    jobs.put(Job.FETCH_RECORDING, RECORDING)
    taken = take(connection, QueueName.FETCHES)
    connection.expire(taken.key, 600)
    jobs.put(Job.FETCH_RECORDING, RECORDING)
    assert connection.ttl(taken.key) == -1


def test_an_id_in_the_queue_whose_record_is_gone_is_put_again(
    jobs: RqJobQueue, connection: Redis
) -> None:
    jobs.put(Job.FETCH_RECORDING, RECORDING)
    connection.delete(RqJob.key_for(f"fetch_recording-{RECORDING}"))
    assert jobs.put(Job.FETCH_RECORDING, RECORDING)
    assert take(connection, QueueName.FETCHES).args == [RECORDING]


def test_what_turns_out_to_be_urgent_is_moved_and_stays_moved(
    jobs: RqJobQueue, connection: Redis
) -> None:
    jobs.put(Job.TRANSCRIBE_RECORDING, RECORDING)
    jobs.put(Job.TRANSCRIBE_RECORDING, RECORDING, Urgency.URGENT)
    jobs.put(Job.TRANSCRIBE_RECORDING, RECORDING)
    assert waiting(connection, QueueName.URGENT) == [f"transcribe_recording-{RECORDING}"]
    assert waiting(connection, QueueName.REST) == []


def test_the_id_of_a_telnyx_call_has_a_colon_in_it(jobs: RqJobQueue, connection: Redis) -> None:
    """RQ refuses a job whose id has one."""
    call_sid = "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWVVr9zBjbGjGsSe-aiQ"
    for _ in range(2):
        assert jobs.put(Job.CLOSE_CALL, call_sid)
    taken = take(connection, queue_for(Job.CLOSE_CALL, Urgency.REST))
    assert taken.id == f"close_call-{call_sid.replace(':', '__')}"
    assert taken.args == [call_sid]
    assert not waiting(connection, queue_for(Job.CLOSE_CALL, Urgency.REST))


def test_a_subject_that_is_no_id_is_refused(jobs: RqJobQueue) -> None:
    with pytest.raises(ValueError, match="Job ID"):
        jobs.put(Job.SEND_NOTIFICATION, "+1612555 0101")


def test_a_queue_that_is_away_is_said_to_be_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = RqJobQueue(connect(f"unix://{tmp_path}/nobody.sock"))
    begun = time.monotonic()
    with caplog.at_level(logging.INFO):
        assert jobs.put(Job.FETCH_RECORDING, RECORDING) is False
    assert time.monotonic() - begun < 2
    assert [record.getMessage() for record in caplog.records] == [
        f"fetch_recording not queued for {RECORDING}: ConnectionError"
    ]
    with pytest.raises(QueueUnavailable, match="cannot be reached"):
        jobs.depths()
    with pytest.raises(QueueUnavailable, match="cannot be reached"):
        jobs.workers_alive()


def test_it_is_known_which_queues_somebody_works(
    jobs: RqJobQueue, redis_url: str, connection: Redis
) -> None:
    assert jobs.workers_alive() == set()
    worker = WarmWorker.on(QueueName.ALERTS, redis_url)
    worker.register_birth()  # type: ignore[no-untyped-call]
    assert jobs.workers_alive() == {QueueName.ALERTS}
    worker.heartbeat()
    assert 0 < connection.ttl(worker.key) <= 60
    connection.delete(worker.key)
    assert jobs.workers_alive() == set()


def test_one_queue_per_worker_because_from_several_a_job_can_vanish(
    jobs: RqJobQueue, connection: Redis
) -> None:
    """The fact on which the layout of the queues rests; RQ says it nowhere."""
    alerts, fetches = (rq_queue(n, connection) for n in (QueueName.ALERTS, QueueName.FETCHES))
    jobs.put(Job.ALERT_ON_CALL, "1001")
    jobs.put(Job.ALERT_ON_CALL, "1002")

    # Two workers that die the moment they have taken a job.
    Queue.dequeue_any([alerts], 1, connection, serializer=JSONSerializer)
    assert alerts.intermediate_queue.get_job_ids() == ["alert_on_call-1001"]
    Queue.dequeue_any([alerts, fetches], 1, connection, serializer=JSONSerializer)
    assert alerts.intermediate_queue.get_job_ids() == ["alert_on_call-1001"]
    assert alerts.job_ids == []
