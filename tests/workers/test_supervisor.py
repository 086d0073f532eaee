"""Whatever dies is started again; whatever is started here ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis

from workers.embedded_redis import prepare_redis
from workers.supervisor import Child, Supervisor, how_it_ended, pause_after


@dataclass
class FakeProcess:
    pid: int
    status: int | None = None
    stubborn: bool = False
    told: list[signal.Signals] = field(default_factory=list)

    def ended(self) -> int | None:
        return self.status

    def tell(self, number: signal.Signals) -> None:
        self.told.append(number)
        if number is signal.SIGKILL or not self.stubborn:
            self.status = -number


class Stage:
    """Processes that do as the test says, and a clock that only the test moves."""

    def __init__(self, *children: Child) -> None:
        self.now = 1000.0
        self.lines: list[str] = []
        self.running: dict[str, FakeProcess] = {}
        self.no_room_for: set[str] = set()
        self._started = 0
        self.supervisor = Supervisor(
            children, self.lines.append, clock=lambda: self.now, start=self._start
        )

    def _start(self, child: Child) -> FakeProcess:
        if child.name in self.no_room_for:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        self._started += 1
        self.running[child.name] = FakeProcess(100 + self._started)
        return self.running[child.name]

    def step(self, seconds: float = 0.0) -> list[str]:
        """Lets time pass; the lines that are told then."""
        self.now += seconds
        self.lines.clear()
        self.supervisor.step()
        return list(self.lines)


def child(
    name: str, *start_after: str, ready: Callable[[], bool] | None = None, grace: float = 20.0
) -> Child:
    return Child(name, (name,), ready=ready, start_after=start_after, grace_seconds=grace)


def test_each_starts_when_what_it_needs_is_ready() -> None:
    redis_is_up = False
    stage = Stage(
        child("redis", ready=lambda: redis_is_up), child("worker", "redis"), child("web", "redis")
    )
    assert stage.step() == ["redis started 101"]
    assert stage.step(5) == []
    redis_is_up = True
    assert stage.step() == ["worker started 102", "web started 103"]


def test_what_never_gets_ready_is_told_once() -> None:
    stage = Stage(child("redis", ready=lambda: False), child("worker", "redis"))
    stage.step()
    assert stage.step(31) == ["redis is not ready after 30 s"]
    assert stage.step(31) == []
    assert "worker" not in stage.running


def test_a_check_that_fails_to_check_stops_nobody() -> None:
    def check() -> bool:
        raise ConnectionError("nobody there")

    stage = Stage(child("web", ready=check), child("worker"))
    assert stage.step() == ["web started 101", "worker started 102"]
    assert stage.step() == []


def test_a_crash_loop_slows_down_and_a_healthy_minute_forgives_it() -> None:
    stage = Stage(child("worker"))
    stage.step()
    pauses = []
    for _ in range(8):
        stage.running["worker"].status = 1
        (line,) = stage.step()
        pauses.append(line)
        pause = float(line.rsplit(" ", 2)[1])
        assert stage.step(pause - 0.01) == []
        (again,) = stage.step(0.02)
        assert again.startswith("worker started")
    assert pauses == [
        f"worker ended with status 1, again in {pause} s"
        for pause in ("0.2", "0.4", "0.8", "1.6", "3.2", "6.4", "10.0", "10.0")
    ]
    stage.now += 60
    stage.running["worker"].status = -signal.SIGKILL
    assert stage.step() == ["worker died by SIGKILL, again in 0.2 s"]


def test_pauses_stay_bounded_however_often_it_dies() -> None:
    assert pause_after(1) == 0.2
    assert pause_after(100_000) == 10.0


def test_when_the_system_has_no_room_it_is_tried_again() -> None:
    stage = Stage(child("worker"))
    stage.no_room_for = {"worker"}
    assert stage.step() == [
        "worker could not be started (Resource temporarily unavailable), again in 0.2 s"
    ]
    stage.no_room_for = set()
    assert stage.step(0.2) == ["worker started 101"]


def test_a_worker_that_dies_with_redis_waits_until_redis_is_back() -> None:
    redis_is_up = True
    stage = Stage(child("redis", ready=lambda: redis_is_up), child("worker", "redis"))
    stage.step()
    redis_is_up = False
    for process in stage.running.values():
        process.status = 1
    stage.step()
    assert stage.step(1) == ["redis started 103"]
    redis_is_up = True
    assert stage.step() == ["worker started 104"]


def test_they_are_stopped_in_the_reverse_order() -> None:
    stage = Stage(child("redis"), child("worker", "redis"), child("web", "redis"))
    stage.step()
    stage.running["worker"].stubborn = True
    stage.supervisor.stop()
    stage.step()
    assert [process.told for process in stage.running.values()] == [
        [],
        [signal.SIGTERM],
        [signal.SIGTERM],
    ]
    assert stage.step(1) == ["web died by SIGTERM"]
    assert stage.running["redis"].told == []
    stage.running["worker"].status = 0
    assert stage.step(1) == ["worker ended with status 0"]
    assert stage.running["redis"].told == [signal.SIGTERM]
    assert stage.step() == ["redis died by SIGTERM"]
    assert stage.supervisor.step() is False


def test_who_does_not_stop_in_its_grace_is_killed() -> None:
    stage = Stage(child("worker", grace=5))
    stage.step()
    stage.running["worker"].stubborn = True
    stage.supervisor.stop()
    stage.step()
    assert stage.step(4.9) == []
    assert stage.step(0.2) == ["worker did not stop in 5 s"]
    assert stage.running["worker"].told == [signal.SIGTERM, signal.SIGKILL]


def test_told_twice_to_stop_it_kills_all_at_once() -> None:
    stage = Stage(child("redis"), child("worker", "redis"))
    stage.step()
    stage.running["worker"].stubborn = True
    stage.supervisor.stop()
    stage.step()
    stage.supervisor.stop()
    stage.step()
    assert stage.step() == ["redis died by SIGKILL", "worker died by SIGKILL"]


def test_what_waits_for_its_next_start_is_not_started_to_be_stopped() -> None:
    stage = Stage(child("worker"))
    stage.step()
    stage.running["worker"].status = 1
    stage.step()
    stage.supervisor.stop()
    assert stage.step(60) == []
    assert stage.supervisor.step() is False


@pytest.mark.parametrize(
    ("children", "complaint"),
    [
        ([child("web"), child("web")], "Two processes are called web"),
        ([child("web", "redis"), child("redis")], "web starts after redis"),
        ([child("web", "web")], "web starts after web"),
    ],
)
def test_children_that_make_no_order_are_refused(children: list[Child], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Supervisor(children)


def test_a_signal_without_a_name_is_told_by_its_number() -> None:
    assert how_it_ended(-40) == "died by signal 40"


# --- With real processes --------------------------------------------------------------------------

SUPERVISE = """
import sys
from workers.supervisor import Child, Supervisor
def child(name, code, *after):
    return Child(name, (sys.executable, "-c", code), start_after=after, grace_seconds=5)
def say(line):
    print(line, flush=True)
sleeper = "import time; time.sleep(300)"
family = (
    "import subprocess, sys, time\\n"
    "helper = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\\n"
    "print('helper started', helper.pid, flush=True)\\n"
    "time.sleep(300)"
)
Supervisor([child("sleeper", sleeper), child("family", family, "sleeper")], say).run()
"""


class Running:
    """A supervisor in a process of its own, and what it has told so far."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE], stdout=subprocess.PIPE, text=True
        )

    def pid_of(self, name: str) -> int:
        """Of the process by that name which is started next."""
        return int(self._line(f"{name} started").rsplit(" ", 1)[1])

    def _line(self, beginning: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(beginning):
                return line.strip()
        raise AssertionError(f"no line begins with {beginning!r}")


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.process.kill()
    running.process.wait()
    assert running.process.stdout is not None
    # Not read to its end, which a helper left behind would hold open.
    running.process.stdout.close()


def gone(*pids: int) -> bool:
    """Whether all are dead, reaped or not, within two seconds."""
    for _ in range(100):
        if not any(_command_line(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_a_child_that_is_killed_comes_back_and_leaves_no_helper_behind(running: Running) -> None:
    running.pid_of("sleeper")
    family, helper = running.pid_of("family"), running.pid_of("helper")
    os.kill(family, signal.SIGKILL)
    assert running.pid_of("family") != family
    assert gone(family, helper)


def test_told_to_stop_it_stops_all_and_ends(running: Running) -> None:
    pids = [running.pid_of(name) for name in ("sleeper", "family", "helper")]
    running.process.send_signal(signal.SIGTERM)
    rest, _ = running.process.communicate(timeout=10)
    assert rest.splitlines() == ["family died by SIGTERM", "sleeper died by SIGTERM"]
    assert running.process.returncode == 0
    assert gone(*pids)


def test_killed_outright_it_leaves_none_of_its_children_behind(running: Running) -> None:
    pids = [running.pid_of(name) for name in ("sleeper", "family")]
    helper = running.pid_of("helper")
    running.process.kill()
    running.process.wait()
    try:
        assert gone(*pids)
    finally:
        os.kill(helper, signal.SIGKILL)


def test_a_command_that_is_not_there_is_told_and_tried_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    lines: list[str] = []
    supervisor = Supervisor([Child("web", ("/no/such/command",))], lines.append)
    while len(lines) < 2:
        supervisor.step()
        time.sleep(0.01)
    supervisor.stop()
    while supervisor.step():
        time.sleep(0.01)
    assert lines[1] == "web ended with status 1, again in 0.2 s"
    assert "/no/such/command cannot be run: No such file" in capfd.readouterr().err


def test_redis_under_its_care_comes_back_with_its_data(tmp_path: Path) -> None:
    server = prepare_redis(tmp_path)
    lines: list[str] = []
    supervisor = Supervisor([Child("redis", server.argv, ready=server.answers)], lines.append)

    def step_until(condition: Callable[[], bool]) -> None:
        give_up_at = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < give_up_at, lines
            supervisor.step()
            time.sleep(0.02)

    with Redis.from_url(server.url) as client:
        step_until(server.answers)
        client.config_set("appendfsync", "always")
        client.rpush("queue", "RE01")
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
        step_until(lambda: len(lines) == 3 and server.answers())
        assert client.lrange("queue", 0, -1) == [b"RE01"]
    supervisor.stop()
    while supervisor.step():
        time.sleep(0.02)
    assert lines[1] == "redis died by SIGKILL, again in 0.2 s"
    assert lines[3] == "redis ended with status 0"
