"""Ctrl-C at a terminal: what a person reads then is a sentence, and no log."""

import os
import re
import signal
import sqlite3
import subprocess
import sys

import httpx
import pytest

TIMEOUT_S = 60
ENDS = "Ctrl-C ends it."
FAREWELL = "  Stopping: what isn't painted within 2 s goes on at the next start.\n"


@pytest.fixture
def started(tmp_path):
    """Starts a program of the shell; it is gone when the test is over."""
    running = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "IMPASTO_CONFIG": "",
                "IMPASTO_DATA_DIR": str(tmp_path),
            },
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def until_painting(url, database):
    """Asks for pictures and returns while they are painted: the page's events set the pace of looking."""
    asked = {"channel": "general", "as_user": "ana"}
    with httpx.Client(base_url=url, timeout=TIMEOUT_S) as page:
        page.get("/")
        with page.stream("GET", "/api/events", params=asked) as events:
            said = {"text": "/imagine a lighthouse --n 10 --size 2048x2048", "key": "key-12345"}
            page.post("/api/say", json={**asked, **said}, headers={"Origin": url})
            for _ in events.iter_lines():
                with sqlite3.connect(database) as store:
                    if store.execute("select 1 from job where state = 'running'").fetchone():
                        return
    raise AssertionError("nothing was painted")


def test_a_demo_that_is_stopped_while_it_paints_says_one_sentence(started, tmp_path):
    demo = started("-m", "bot", "demo", "--port", "0")
    greeting = ""
    while ENDS not in greeting:
        greeting += demo.stderr.readline()
    until_painting(re.search(r"http://\S+", greeting)[0], tmp_path / "impasto.db")

    demo.send_signal(signal.SIGINT)
    _, said = demo.communicate(timeout=TIMEOUT_S)

    assert (demo.returncode, said.lstrip("\n")) == (0, FAREWELL)


QUIET = """
import asyncio, logging, os, signal
from bot.cli.stopping import stop_on_signals
from bot.telemetry.logs import set_up_logs

async def main():
    set_up_logs(secrets=(), level="{level}")
    stop = asyncio.Event()
    stop_on_signals(stop, quietly={quietly})
    os.kill(os.getpid(), signal.SIGINT)
    await stop.wait()
    logging.getLogger("a").info("an info")
    logging.getLogger("a").warning("a warning")
    logging.getLogger("a").error("an error")

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("level", "quietly", "said"),
    [
        ("INFO", True, ["an error"]),
        ("DEBUG", True, ["an info", "a warning", "an error"]),
        ("INFO", False, ["an info", "a warning", "an error"]),
    ],
)
def test_only_errors_are_logged_once_a_person_has_stopped_it(started, level, quietly, said):
    done = started("-c", QUIET.format(level=level, quietly=quietly))

    _, log = done.communicate(timeout=TIMEOUT_S)

    assert re.findall(r"an? (?:info|warning|error)", log) == said
