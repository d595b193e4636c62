"""Admin words at the shell: real processes on the bot's own database, real exit codes."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest

from bot.cli.admin import line_of

TIMEOUT_S = 60
PLAYGROUND = ("--workspace", "web:playground")


@pytest.fixture
def shell(tmp_path):
    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "bot", *words, "--data-dir", str(tmp_path / "data")],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env={"PATH": os.environ["PATH"], "IMPASTO_CONFIG": ""},
            check=False,
        )

    run.database = tmp_path / "data" / "impasto.db"
    return run


def test_what_is_set_at_the_shell_is_in_the_database_and_in_the_log(shell):
    given = shell("admin", "role", "give", "@ida", "owner", *PLAYGROUND)
    shown = shell("admin", "role", "show", "--json")
    log = shell("admin", "audit")

    assert given.returncode == 0, given.stderr
    assert given.stdout.startswith("@Ida: owner")
    # The only workspace there is need not be named.
    assert json.loads(shown.stdout)["text"] == "@Ida  owner"
    assert "(shell)" in log.stdout
    assert "@Ida: nothing -> role owner" in log.stdout


def test_without_a_workspace_it_says_how_to_name_one(shell):
    done = shell("admin", "role", "show")

    assert done.returncode == 2
    assert done.stderr.startswith("Say which workspace: --workspace slack:T1.")


def test_a_workspace_nobody_knows_is_named_with_those_there_are(shell):
    shell("admin", "role", "give", "@ida", "owner", *PLAYGROUND)

    asked = shell("admin", "quota", "show", "@U012AB3CD", "--workspace", "slack:T9")
    unknown = shell("admin", "quota", "show", "@anna", "--workspace", "slack:T9", "--json")
    right = shell("admin", "quota", "show", *PLAYGROUND)

    said = "Nothing was ever set or asked for in slack:T9. There are: web:playground.\n"
    assert (asked.returncode, asked.stderr) == (0, said)
    assert (unknown.returncode, unknown.stderr) == (2, said)
    assert json.loads(unknown.stdout)["correctable"]
    assert right.stderr == ""


def test_the_first_word_in_an_empty_house_is_said_without_a_warning(shell):
    done = shell("admin", "role", "give", "@ida", "owner", *PLAYGROUND)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_word_that_needs_a_change_is_bad_usage_and_says_what_would_do(shell):
    done = shell("admin", "role", "give", "@ida", "moderatr", *PLAYGROUND)

    assert done.returncode == 2
    assert "Did you mean moderator?" in done.stdout
    assert "As in: impasto admin role give @ana moderator" in done.stdout


def test_a_wrong_word_is_answered_with_the_nearest(shell):
    done = shell("admin", "role", "giev", "@ida", *PLAYGROUND)

    assert "Did you mean impasto admin role give?" in done.stdout
    assert "Type impasto admin help to see them all." in " ".join(done.stdout.split())
    assert done.returncode == 2


def test_help_is_there_at_the_shell(shell):
    every = shell("admin", "help", *PLAYGROUND)
    one = shell("admin", "help", "role", "give", *PLAYGROUND)

    assert "impasto admin quota set" in every.stdout
    assert "impasto admin role give @PERSON" in one.stdout
    assert (every.returncode, one.returncode) == (0, 0)


def test_help_and_a_mistyped_word_need_no_workspace(shell):
    every = shell("admin", "help")
    wrong = shell("admin", "qouta", "show")

    assert "impasto admin quota set" in every.stdout
    assert every.returncode == 0
    assert "quota show" in wrong.stdout + wrong.stderr
    assert wrong.returncode == 2


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("quota set @ana 5/day", "quota set @ana 5/day"),
        (
            ("role", "give", "role:the designers", "trusted"),
            'role give "role:the designers" trusted',
        ),
        (("template", "add", "x", "Photo of {a}", "--n", "2"), "template add x Photo of {a} --n 2"),
        (("template", "add", "x", "about", "a b", "Photo"), 'template add x about "a b" Photo'),
        (("style", "add", "house look", "flat vector"), 'style add "house look" flat vector'),
        (("moderation", "test", "a fox in a barrel"), "moderation test a fox in a barrel"),
        (("user", "block", "@ben", "2h", "calm down"), "user block @ben 2h calm down"),
    ],
)
def test_quotes_that_the_shell_took_come_back_only_where_they_meant_something(words, line):
    assert line_of([words] if isinstance(words, str) else words) == line


def test_a_log_that_was_rewritten_is_found_out(shell):
    shell("admin", "role", "give", "@ida", "owner", *PLAYGROUND)
    shell("admin", "role", "take", "@ida", *PLAYGROUND)

    sound = shell("audit", "verify")
    end = sound.stdout.strip()
    kept = shell("audit", "verify", "--expect", end)
    cut_short = shell("audit", "verify", "--expect", end.replace("=2=", "=3="))
    connection = sqlite3.connect(shell.database)
    connection.execute("DROP TRIGGER audit_log_no_update")
    connection.execute("UPDATE audit_log SET actor = 'nobody' WHERE number = 1")
    connection.commit()
    connection.close()
    rewritten = shell("audit", "verify", "--json")

    assert (sound.returncode, kept.returncode) == (0, 0)
    assert end.startswith("web:playground=2=")
    assert cut_short.returncode == 1
    assert "entry 3 is gone" in cut_short.stderr
    assert rewritten.returncode == 1
    assert json.loads(rewritten.stdout)["faults"] == [
        "web:playground: entry 1: it was changed after it was written."
    ]
