"""The shell as a whole: its version, its words, and that a word brings only what it needs."""

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest

TIMEOUT_S = 60


def shell(*words, **environment):
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env={"PATH": os.environ["PATH"], "IMPASTO_CONFIG": ""} | environment,
        check=False,
    )


def test_the_version_is_said():
    said = shell("-m", "bot", "--version")

    assert (said.returncode, said.stdout) == (0, f"Impasto {version('impasto')}\n")


def test_doctor_says_the_version_too():
    people = shell("-m", "bot", "doctor")
    scripts = shell("-m", "bot", "doctor", "--json")

    assert people.stdout.startswith(f"Impasto {version('impasto')}\n")
    assert json.loads(scripts.stdout)["version"] == version("impasto")


def test_every_word_is_in_the_help():
    said = shell("-m", "bot", "--help")

    for word in ("demo", "run", "imagine", "models", "doctor", "admin", "audit", "db", "bench"):
        assert f" {word} " in said.stdout


def test_a_wrong_word_is_answered_with_the_nearest():
    said = shell("-m", "bot", "doctr")

    assert said.returncode == 2
    assert "'doctor'" in said.stderr


@pytest.mark.parametrize(
    "heavy", ["bot.benchmarks", "bot.surfaces.discord", "discord", "slack_bolt", "alembic"]
)
def test_an_admin_word_brings_nothing_it_does_not_need(tmp_path, heavy):
    data = str(tmp_path / "data")
    typed = ["admin", "help", "--workspace", "web:playground", "--data-dir", data]
    made = shell("-m", "bot", "db", "upgrade", "--data-dir", data)
    code = (
        "import sys\nfrom bot.cli.app import app\n"
        f"try:\n    app({typed!r})\nexcept SystemExit as ended:\n    assert not ended.code\n"
        f"assert {heavy!r} not in sys.modules\n"
    )

    assert made.returncode == 0
    done = shell("-c", code)

    assert done.returncode == 0, done.stderr
