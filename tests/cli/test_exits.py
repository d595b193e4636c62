"""Faults that end a word of the shell are sentences, however many tasks met them."""

import pytest
import typer

from bot.cli.exits import Exit, in_sentences
from bot.ports import StoreUnavailable, Unavailable

FULL = StoreUnavailable(Unavailable.FULL, "database or disk is full")
SAID = "The database is full: database or disk is full. Mend that, then start again: what was accepted is kept and goes on."


@pytest.mark.parametrize(
    "fault",
    [FULL, ExceptionGroup("tasks", [FULL]), ExceptionGroup("tasks", [ExceptionGroup("", [FULL])])],
    ids=["alone", "of a task", "of a task's task"],
)
def test_a_full_disk_is_told_in_a_sentence(fault, capsys):
    with pytest.raises(typer.Exit) as ended, in_sentences():
        raise fault

    assert ended.value.exit_code == Exit.FAILED
    assert capsys.readouterr().err.strip() == SAID


def test_a_fault_beside_it_is_not_hidden():
    with pytest.raises(ExceptionGroup), in_sentences():
        raise ExceptionGroup("tasks", [FULL, ZeroDivisionError()])
