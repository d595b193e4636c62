"""The operator's shell as a surface: whoever asked there reads the answer from the database."""

from __future__ import annotations

from bot.domain.card import Card
from bot.domain.house import SHELL
from bot.domain.job import Job
from bot.ports import Letter, Overtaken, Posted, Saying, Undeliverable


class ShellPostman:
    """Confirms letters of shell requests; the waiting command shows them, in whichever process it runs."""

    @property
    def platform(self) -> str:
        """As in Person.platform."""
        return SHELL

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted:
        """Always posted: the pictures are where the command will look for them."""
        del letter, job
        return Posted(message=SHELL, images=tuple(picture.position for picture in card.pictures))

    async def put_right(self, overtaken: Overtaken) -> None:
        """Nothing was posted anywhere."""
        del overtaken

    async def say(self, notice: Saying) -> Undeliverable:
        """The shell has no channels."""
        return Undeliverable(detail=f"the shell has no channel {notice.channel!r}")
