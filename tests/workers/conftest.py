"""One Redis for the tests of a module, emptied between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from workers.embedded_redis import start_redis


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis.url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server
