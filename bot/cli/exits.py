"""Exit codes, and the one place where a fault becomes a sentence on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from bot.config import BadSettings
from bot.ports import StoreUnavailable
from bot.wiring.faults import CannotStart


class Exit(IntEnum):
    """What scripts can rely on."""

    DONE = 0
    FAILED = 1
    BAD_USAGE = 2
    REFUSED = 3


EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 bad usage, 3 refused."


@contextmanager
def in_sentences() -> Iterator[None]:
    """Known faults end the program with their sentence and no stack trace."""
    try:
        yield
    except BadSettings as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.BAD_USAGE) from None
    except CannotStart as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.FAILED) from None
    except StoreUnavailable as error:
        _tell_lost(error)
        raise typer.Exit(Exit.FAILED) from None
    except ExceptionGroup as faults:
        # Of several tasks, each of which may have met the same.
        lost, others = faults.split(StoreUnavailable)
        if lost is None or others is not None:
            raise
        _tell_lost(next(_each(lost)))
        raise typer.Exit(Exit.FAILED) from None


def _tell_lost(error: BaseException) -> None:
    said = str(error)
    typer.echo(
        f"{said[:1].upper()}{said[1:]}. Mend that, then start again: what was accepted is kept and goes on.",
        err=True,
    )


def _each(faults: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for fault in faults.exceptions:
        if isinstance(fault, BaseExceptionGroup):
            yield from _each(fault)
        else:
            yield fault
