"""`python -m bench.soon`: seconds from a recording's being stored to its being text.

By a worker of the line as it runs, with a real queue and database, over real short recordings where
they lie beside the checkout: the first while the worker starts (cold), the others one by one while
it idles (warm). In time is half of a recording's own length and a second.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.samples import CACHE, Sample, real, spoken
from demo.household import keep_keys, settings
from keeping.audio import SealedAudioStore
from keeping.sealing import Keyring
from migrations import upgrade
from reports.model import Call, Rank, Recording, RecordingState
from reports.ports import Job, Urgency
from reports.store import SqlReportStore, connect
from transcribe.hardware import threads
from workers.embedded_redis import start_redis
from workers.queues import RqJobQueue
from workers.queues import connect as connect_redis

ENGINES = ("openai-whisper", "faster-whisper")
SHORT = 15.0
"""Seconds up to which a recording is tried: a place takes no longer."""
PATIENCE = 120.0


def measure(engine: str, samples: list[Sample]) -> list[float]:
    """Seconds of each, in order; the first from when the worker was started."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "models").symlink_to(CACHE.absolute())
        keys = keep_keys(folder)
        line = settings(
            keys, folder, port=8000, api_url="http://127.0.0.1:1", engine=engine, model="base"
        )
        with start_redis(folder / "redis") as redis:
            line["REDIS_URL"] = redis.url
            database = connect(line["DATABASE_URL"])
            upgrade(database)
            keyring = Keyring.parse(keys.data_key)
            store = SqlReportStore(database, keyring)
            audio = SealedAudioStore.at(line["AUDIO_URL"], keyring)
            queue = RqJobQueue(connect_redis(redis.url))
            began = time.perf_counter()
            worker = subprocess.Popen(
                [sys.executable, "-m", "workers", "urgent"],
                env={**os.environ, **line},
                stderr=subprocess.DEVNULL,
            )
            took = []
            try:
                for index, sample in enumerate(samples):
                    sid = f"RE{index:032x}"
                    at = datetime.now(UTC)
                    audio.put(sid, sample.audio)
                    if index:
                        began = time.perf_counter()
                    with store.begin() as records:
                        records.add_call(Call(f"CA{index}", at, language=sample.language))
                        records.add_recording(
                            Recording(
                                sid,
                                f"CA{index}",
                                "where",
                                at,
                                at,
                                state=RecordingState.STORED,
                                seconds=sample.seconds,
                                rank=Rank.PLACE_NOW,
                                turn_at=at,
                            )
                        )
                    queue.put(Job.TRANSCRIBE_RECORDING, sid, Urgency.URGENT)
                    wait_for(store, sid)
                    took.append(time.perf_counter() - began)
            finally:
                worker.terminate()
                worker.wait()
    return took


def wait_for(store: SqlReportStore, sid: str) -> None:
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        with store.read() as records:
            recording = records.recording(sid)
        if recording is not None and recording.state is not RecordingState.STORED:
            return
        time.sleep(0.01)
    raise TimeoutError(f"{sid} was not written out within {PATIENCE:.0f} s")


def main() -> None:
    samples = [each for each in real() or spoken() if each.seconds <= SHORT]
    print(f"{len(samples)} recordings of {SHORT:.0f} s and less, model base, {threads()} cores")
    print(f"{'':16}{'cold s':>8}{'warm s':>8}{'at most':>9}{'in time':>9}{'share':>8}")
    for engine in ENGINES:
        cold, *warm = measure(engine, samples)
        limits = [0.5 * each.seconds + 1.0 for each in samples[1:]]
        in_time = sum(took <= limit for took, limit in zip(warm, limits, strict=True))
        share = statistics.median(took / limit for took, limit in zip(warm, limits, strict=True))
        print(
            f"{engine:16}{cold:8.1f}{statistics.median(warm):8.2f}{max(warm):9.2f}"
            f"{in_time:6}/{len(warm)}{share:8.0%}"
        )


if __name__ == "__main__":
    main()
