"""A worker does one job after another, and no job, however stuck, takes the queue with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from reports.ports import Job
from workers.queues import QueueName, RqJobQueue, connect
from workers.worker import BEAT_SECONDS

JOBS = '''
"""What the workers of these tests can do, in the place of workers.jobs."""
import hashlib, sys, time
from redis import Redis

diary = Redis.from_url(sys.argv[1])

def fetch_recording(subject):
    diary.rpush("begun", subject)
    match subject.partition("-")[0]:
        case "stuck":
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # minutes, in C
        case "part":
            from workers.worker import ending_after
            with ending_after(0.5):
                if subject == "part-stuck":
                    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
            time.sleep(1)  # past the limit of the part that is over
        case "waits":
            while not diary.get("go on"):
                time.sleep(0.01)
        case "fails":
            try:
                int("a caller at +16125550101")
            except ValueError as error:
                raise LookupError("Somebody said: I live at 12 Sample Street") from error
    diary.rpush("done", subject)
'''

PROCESS = """
import logging, sys, types
jobs = types.ModuleType("workers.jobs")
exec(open(sys.argv[2]).read(), jobs.__dict__)
sys.modules["workers.jobs"] = jobs
from workers.queues import QueueName
import workers.worker
logging.basicConfig(level=logging.INFO)
worker = workers.worker.WarmWorker.on(QueueName.FETCHES, sys.argv[1])
workers.worker.BEAT_SECONDS = float(sys.argv[3])
worker.work()
"""

StartWorker = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def diary(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def start_worker(redis_url: str, tmp_path: Path) -> Iterator[StartWorker]:
    jobs = tmp_path / "jobs.py"
    jobs.write_text(JOBS)
    started: list[subprocess.Popen[str]] = []

    def start(beat_seconds: float = BEAT_SECONDS) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, redis_url, str(jobs), str(beat_seconds)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def said(diary: Redis, what: str) -> list[str]:
    return [str(entry) for entry in diary.lrange(what, 0, -1)]


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not come to pass"
        time.sleep(0.02)


def queue_with_limit(redis_url: str, seconds: int = 60) -> RqJobQueue:
    return RqJobQueue(connect(redis_url), {Job.FETCH_RECORDING: seconds})


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url)
    for recording in ("RE01", "RE02", "RE03"):
        jobs.put(Job.FETCH_RECORDING, recording)
    start_worker()
    wait_until(lambda: said(diary, "done") == ["RE01", "RE02", "RE03"])
    assert jobs.workers_alive() == {QueueName.FETCHES}
    # An hour later the same is due again: it is done again.
    jobs.put(Job.FETCH_RECORDING, "RE01")
    wait_until(lambda: said(diary, "done")[3:] == ["RE01"])


def test_a_job_stuck_in_native_code_dies_with_its_process_at_its_limit(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url, seconds=1)
    jobs.put(Job.FETCH_RECORDING, "stuck")
    jobs.put(Job.FETCH_RECORDING, "RE01")
    first = start_worker()
    wait_until(lambda: said(diary, "begun") == ["stuck"])
    assert first.wait(timeout=10) == -signal.SIGALRM
    start_worker()
    wait_until(lambda: said(diary, "done") == ["RE01"])


def test_a_part_of_a_job_may_have_a_limit_of_its_own(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url)
    jobs.put(Job.FETCH_RECORDING, "part-done")
    jobs.put(Job.FETCH_RECORDING, "part-stuck")
    first = start_worker()
    assert first.wait(timeout=10) == -signal.SIGALRM
    assert said(diary, "done") == ["part-done"]


def test_after_a_worker_is_killed_the_next_one_goes_on_and_its_job_can_be_asked_for_again(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url)
    jobs.put(Job.FETCH_RECORDING, "waits")
    jobs.put(Job.FETCH_RECORDING, "RE01")
    first = start_worker()
    wait_until(lambda: said(diary, "begun") == ["waits"])
    first.kill()
    first.wait()

    start_worker()
    wait_until(lambda: said(diary, "done") == ["RE01"])
    diary.set("go on", "yes")
    assert jobs.put(Job.FETCH_RECORDING, "waits")
    wait_until(lambda: said(diary, "done") == ["RE01", "waits"])


def test_what_a_killed_worker_left_behind_is_forgotten_within_a_minute(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url, seconds=900)
    jobs.put(Job.FETCH_RECORDING, "waits")
    worker = start_worker()
    wait_until(lambda: said(diary, "begun") == ["waits"])
    worker.kill()
    worker.wait()
    for kind in ("worker", "execution"):
        left = diary.keys(f"rq:{kind}:*")
        assert left
        assert all(0 < diary.ttl(key) <= 60 for key in left)
    assert diary.zcard("rq:wip:fetches") == 1
    assert diary.zcount("rq:wip:fetches", time.time() + 61, "+inf") == 0


def test_a_worker_at_a_long_job_keeps_giving_signs_of_life(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url, seconds=900)
    jobs.put(Job.FETCH_RECORDING, "waits")
    start_worker(beat_seconds=0.05)
    wait_until(lambda: said(diary, "begun") == ["waits"])
    signs = [*diary.keys("rq:worker:*"), *diary.keys("rq:execution:*")]
    assert len(signs) == 3
    for key in signs:
        diary.expire(key, 20)
    wait_until(lambda: all(diary.ttl(key) > 20 for key in signs))


def test_told_to_stop_it_finishes_the_job_it_is_at_and_begins_no_other(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url)
    jobs.put(Job.FETCH_RECORDING, "waits")
    jobs.put(Job.FETCH_RECORDING, "RE01")
    worker = start_worker()
    wait_until(lambda: said(diary, "begun") == ["waits"])
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    assert worker.poll() is None
    diary.set("go on", "yes")
    assert worker.wait(timeout=10) == 0
    assert said(diary, "done") == ["waits"]
    assert jobs.depths()[QueueName.FETCHES] == 1
    assert jobs.workers_alive() == set()


def test_told_to_stop_while_it_waits_for_a_job_it_stops_at_once(
    diary: Redis, start_worker: StartWorker
) -> None:
    worker = start_worker()
    wait_until(lambda: [diary.hget(key, "state") for key in diary.keys("rq:worker:*")] == ["idle"])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=5) == 0


def test_a_job_asked_for_again_while_it_runs_runs_again_however_long_it_waits(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url)
    jobs.put(Job.FETCH_RECORDING, "waits")
    worker = start_worker()
    wait_until(lambda: said(diary, "begun") == ["waits"])
    jobs.put(Job.FETCH_RECORDING, "waits")
    worker.send_signal(signal.SIGTERM)
    diary.set("go on", "yes")
    worker.wait(timeout=10)
    (record,) = diary.keys("rq:job:fetch_recording-waits")
    assert diary.ttl(record) == -1
    start_worker()
    wait_until(lambda: said(diary, "done") == ["waits", "waits"])


def test_an_error_is_told_by_type_and_place_and_the_next_job_is_done(
    redis_url: str, diary: Redis, start_worker: StartWorker
) -> None:
    jobs = queue_with_limit(redis_url)
    jobs.put(Job.FETCH_RECORDING, "fails")
    jobs.put(Job.FETCH_RECORDING, "RE01")
    worker = start_worker()
    wait_until(lambda: said(diary, "done") == ["RE01"])
    worker.send_signal(signal.SIGTERM)
    output, _ = worker.communicate(timeout=10)
    assert "fetch_recording-fails failed: LookupError" in output
    assert "because of ValueError" in output
    assert "Sample Street" not in output
    assert "+1612555" not in output

    with connect(redis_url) as connection:
        left = RqJob.fetch("fetch_recording-fails", connection, JSONSerializer).latest_result()
    assert left is not None
    assert left.type is left.Type.FAILED
    assert left.exc_string == ""
