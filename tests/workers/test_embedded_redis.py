"""The line brings a Redis of its own, which keeps the queues through anything."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from workers.embedded_redis import (
    LONGEST_SOCKET_PATH,
    RedisNotStarted,
    prepare_redis,
    start_redis,
)


def test_it_answers_on_a_socket_that_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "my redis"
    with start_redis(folder) as redis, Redis.from_url(redis.url) as client:
        assert redis.url == f"unix://{tmp_path}/my%20redis/redis.sock"
        assert client.ping()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_killed_outright_it_comes_back_with_what_it_was_told(tmp_path: Path) -> None:
    with start_redis(tmp_path) as redis, Redis.from_url(redis.url) as client:
        client.rpush("queue", "RE01", "RE02")
        # Written down once a second; asking for it spares this test the second.
        client.config_set("appendfsync", "always")
        client.rpush("queue", "RE03")
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
    with start_redis(tmp_path) as redis, Redis.from_url(redis.url) as client:
        assert client.lrange("queue", 0, -1) == [b"RE01", b"RE02", b"RE03"]


def test_stopped_it_is_gone_and_may_be_stopped_again(tmp_path: Path) -> None:
    redis = start_redis(tmp_path)
    redis.stop()
    redis.stop()
    assert not (tmp_path / "redis.sock").exists()
    start_redis(tmp_path).stop()


def test_a_folder_too_deep_for_a_socket_is_served_on_loopback_with_a_password(
    tmp_path: Path,
) -> None:
    folder = tmp_path / ("deep" * LONGEST_SOCKET_PATH)[:LONGEST_SOCKET_PATH]
    with start_redis(folder) as redis:
        with Redis.from_url(redis.url) as client:
            assert client.ping()
            assert client.config_get("bind") == {"bind": "127.0.0.1"}
        address = redis.url.rpartition("@")[2]
        with Redis.from_url(f"redis://{address}") as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
    assert stat.S_IMODE((folder / "redis.conf").stat().st_mode) == 0o600


def test_a_redis_that_is_there_already_is_used_and_left_running(tmp_path: Path) -> None:
    with start_redis(tmp_path) as theirs:
        start_redis(tmp_path / "ours", url=theirs.url).stop()
        with Redis.from_url(theirs.url) as client:
            assert client.ping()
    assert not (tmp_path / "ours").exists()


def test_two_never_write_to_the_same_folder(tmp_path: Path) -> None:
    with start_redis(tmp_path), pytest.raises(RedisNotStarted, match="runs already"):
        prepare_redis(tmp_path)


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    start_redis(tmp_path).stop()
    for written in (tmp_path / "appendonlydir").glob("*.manifest"):
        written.write_text("not a manifest\n")
    with pytest.raises(RedisNotStarted, match=r"(?s)stopped again.*manifest"):
        start_redis(tmp_path)


def test_it_does_not_outlive_the_process_that_started_it(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys, time\n"
            "from workers.embedded_redis import start_redis\n"
            "redis = start_redis(pathlib.Path(sys.argv[1]))\n"
            "print(redis.url, flush=True)\n"
            "time.sleep(60)",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    with starter.stdout, Redis.from_url(starter.stdout.readline().strip()) as client:
        server = int(client.info("server")["process_id"])
    starter.kill()
    starter.wait()
    for _ in range(100):
        if not Path(f"/proc/{server}/cmdline").exists() or not _command_line(server):
            break
        time.sleep(0.02)
    assert not _command_line(server)


def _command_line(pid: int) -> bytes:
    """Empty once it is dead, though its parent may not have taken note yet."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""
