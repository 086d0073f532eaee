"""Keeps the line's processes running: starts them in order, and again when one dies.

For a line that runs on one machine with one command. Where systemd, a container platform or the
like watches over processes already, each can as well be run by it.

Written here rather than taken: of what is well kept, honcho starts nothing again, and supervisor
and circus know no readiness and leave children behind when they are killed outright.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Final, Protocol, Self

from workers.tether import tethered

TICK_SECONDS: Final = 0.1
FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 10.0
HEALTHY_SECONDS: Final = 60.0
"""Who has lived this long starts with a clean slate: the next pause is the first again."""

SLOW_SECONDS: Final = 30.0
"""When to say that a process is not ready yet."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep running.

    It starts when those named in `start_after` are ready, and is stopped before they are.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    """All of its environment; None: the supervisor's own."""
    ready: Callable[[], bool] | None = None
    """Whether it can be used; asked ten times a second until it says so. None: once started."""
    start_after: tuple[str, ...] = ()
    grace_seconds: float = 20.0
    """From being told to stop to being killed."""


class Process(Protocol):
    """A process that was started."""

    @property
    def pid(self) -> int: ...
    def ended(self) -> int | None:
        """None while it runs; then its exit status, or less than 0: the signal that killed it."""

    def tell(self, number: signal.Signals) -> None:
        """Sends it a signal; SIGKILL goes to all that it has started as well."""


class TetheredProcess:
    """A child in a process group of its own, which dies with the process that started it."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

    @classmethod
    def start(cls, child: Child) -> Self:
        """Raises:
        OSError: the system has no room for another process.
        """
        popen = subprocess.Popen(  # noqa: S603  # the commands are the line's own
            tethered(child.argv), env=child.env, stdin=subprocess.DEVNULL, process_group=0
        )
        return cls(popen)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def ended(self) -> int | None:
        if self._popen.returncode is None:
            look = os.WEXITED | os.WNOHANG | os.WNOWAIT
            if os.waitid(os.P_PID, self.pid, look) is None:
                return None
            # While it is dead but not yet reaped, its group's number cannot be another's.
            self.tell(signal.SIGKILL)
        return self._popen.wait()

    def tell(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)


@dataclass(slots=True)
class _Kept:
    """How it stands with a child; times are seconds of the supervisor's clock."""

    child: Child
    process: Process | None = None
    started_at: float = 0.0
    is_ready: bool = False
    called_slow: bool = False
    deaths_in_a_row: int = 0
    start_at: float = 0.0
    kill_at: float | None = None


class Supervisor:
    """Keeps children running until it is told to stop."""

    def __init__(
        self,
        children: Sequence[Child],
        log: Callable[[str], None] = log.info,
        *,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[Child], Process] = TetheredProcess.start,
    ) -> None:
        """Raises:
        ValueError: two have the same name, or one starts after one that does not stand before it.
        """
        self._kept: dict[str, _Kept] = {}
        for child in children:
            if child.name in self._kept:
                raise ValueError(f"Two processes are called {child.name}.")
            if missing := set(child.start_after) - self._kept.keys():
                raise ValueError(f"{child.name} starts after {min(missing)}, not listed before it.")
            self._kept[child.name] = _Kept(child)
        self._log = log
        self._clock = clock
        self._start = start
        self._told_to_stop = 0

    def run(self) -> None:
        """Keeps them running until SIGTERM or SIGINT, then stops them; a second one kills them.

        To be called in the main thread: there Python gets its signals, and there children can be
        tethered (see `workers.tether`).
        """
        with _on(signal.SIGTERM, self.stop), _on(signal.SIGINT, self.stop):
            while self.step():
                time.sleep(TICK_SECONDS)

    def stop(self) -> None:
        """Has the steps that follow stop the children; said twice, kill them."""
        self._told_to_stop += 1

    def step(self) -> bool:
        """Does what is due now. False: told to stop, and all are gone."""
        now = self._clock()
        for kept in self._kept.values():
            self._notice_death(kept, now)
        if not self._told_to_stop:
            for kept in self._kept.values():
                self._bring_up(kept, now)
            return True
        for kept in reversed(self._kept.values()):
            self._bring_down(kept, now)
        return any(kept.process for kept in self._kept.values())

    def _notice_death(self, kept: _Kept, now: float) -> None:
        if kept.process is None or (status := kept.process.ended()) is None:
            return
        if now - kept.started_at >= HEALTHY_SECONDS:
            kept.deaths_in_a_row = 0
        kept.process = None
        kept.is_ready = False
        self._died(kept, now, how_it_ended(status))

    def _died(self, kept: _Kept, now: float, how: str) -> None:
        if self._told_to_stop:
            self._log(f"{kept.child.name} {how}")
            return
        kept.deaths_in_a_row += 1
        pause = pause_after(kept.deaths_in_a_row)
        kept.start_at = now + pause
        self._log(f"{kept.child.name} {how}, again in {pause:.1f} s")

    def _bring_up(self, kept: _Kept, now: float) -> None:
        child = kept.child
        if kept.process is None:
            others_are_ready = all(self._kept[name].is_ready for name in child.start_after)
            if now < kept.start_at or not others_are_ready:
                return
            try:
                kept.process = self._start(child)
            except OSError as error:
                self._died(kept, now, f"could not be started ({error.strerror})")
                return
            kept.started_at = now
            kept.called_slow = False
            self._log(f"{child.name} started {kept.process.pid}")
        if not kept.is_ready:
            kept.is_ready = _says_ready(child)
            if not kept.is_ready and not kept.called_slow and now - kept.started_at > SLOW_SECONDS:
                kept.called_slow = True
                self._log(f"{child.name} is not ready after {SLOW_SECONDS:.0f} s")

    def _bring_down(self, kept: _Kept, now: float) -> None:
        if kept.process is None:
            return
        if self._told_to_stop > 1:
            kept.process.tell(signal.SIGKILL)
        elif kept.kill_at is None:
            if not any(
                kept.child.name in other.child.start_after
                for other in self._kept.values()
                if other.process is not None
            ):
                kept.process.tell(signal.SIGTERM)
                kept.kill_at = now + kept.child.grace_seconds
        elif now >= kept.kill_at:
            self._log(f"{kept.child.name} did not stop in {kept.child.grace_seconds:.0f} s")
            kept.process.tell(signal.SIGKILL)


def pause_after(deaths_in_a_row: int) -> float:
    """Seconds to wait before the next start: 0.2, 0.4, 0.8, … and never more than 10."""
    # Beyond the longest pause the power would only grow into an overflow.
    doublings = min(deaths_in_a_row - 1, 10)
    return min(FIRST_PAUSE_SECONDS * float(2**doublings), LONGEST_PAUSE_SECONDS)


def how_it_ended(status: int) -> str:
    """`Process.ended` in words."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"died by {signal.Signals(-status).name}"
    except ValueError:  # a real-time signal has no name
        return f"died by signal {-status}"


def _says_ready(child: Child) -> bool:
    if child.ready is None:
        return True
    try:
        return child.ready()
    except Exception:  # whatever a check stumbles over, the others must be kept running
        log.debug("%s cannot be asked whether it is ready", child.name, exc_info=True)
        return False


@contextlib.contextmanager
def _on(number: signal.Signals, do: Callable[[], None]) -> Iterator[None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        do()

    before = signal.signal(number, handle)
    try:
        yield
    finally:
        signal.signal(number, before)
