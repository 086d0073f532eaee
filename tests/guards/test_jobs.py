"""Nothing can be asked for that nobody does."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from config import Settings
from reports.ports import Job, Urgency
from reports.services.recordings import FETCH_LEASE
from serving import children
from workers import jobs
from workers.__main__ import SPEAKING, SWEEPER
from workers.queues import TIME_LIMITS, QueueName, queue_for


@pytest.mark.parametrize("job", Job)
def test_every_job_has_a_function_that_a_worker_finds_by_its_name(job: Job) -> None:
    assert getattr(import_module("workers.jobs"), job) is jobs.WORK[job]


@pytest.mark.parametrize("job", Job)
def test_every_job_has_an_end(job: Job) -> None:
    assert TIME_LIMITS[job] > 0


def test_a_worker_is_killed_before_another_may_take_up_its_recording() -> None:
    assert FETCH_LEASE.total_seconds() > TIME_LIMITS[Job.FETCH_RECORDING]


def test_every_queue_is_worked_and_the_sweeper_watches(settings: Settings) -> None:
    roles = [
        child.argv[3]
        for child in children(settings)
        if child.argv[:3] == (sys.executable, "-m", "workers")
    ]
    assert sorted(roles) == sorted([*QueueName, SWEEPER])


def test_whoever_is_asked_to_write_out_has_a_speech_engine() -> None:
    asked = {queue_for(Job.TRANSCRIBE_RECORDING, urgency) for urgency in Urgency}
    assert asked == SPEAKING


def test_no_queue_is_worked_for_nothing() -> None:
    used = {queue_for(job, urgency) for job in Job for urgency in Urgency}
    assert used == set(QueueName)
