"""Which Slack workspaces installed the bot; their tokens lie here encrypted."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import BigInteger, ClauseElement, Column, Table, Text, delete, select

from bot.domain.identity import WorkspaceId
from bot.ports import Installation
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import metadata
from bot.store.transaction import Executor, Row, Transaction


class Cipher(Protocol):
    """Keeps a secret from whoever gets hold of the database file."""

    def seal(self, secret: str) -> str:
        """The secret, unreadable."""

    def open(self, sealed: str) -> str | None:
        """The secret; None when it was sealed with another key."""


installation = Table(
    "slack_installation",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("token", Text, nullable=False, doc="Encrypted."),
    Column("bot_user", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("installed_at_us", BigInteger, nullable=False),
)


def _put(insert: InsertInto) -> ClauseElement:
    names = ("workspace", "token", "bot_user", "name", "scopes")
    new = insert(installation).values(
        {name: param(name) for name in names} | {"installed_at_us": param("now_us")}
    )
    return new.on_conflict_do_update(
        index_elements=["workspace"],
        set_={name: new.excluded[name] for name in (*names[1:], "installed_at_us")},
    )


_PUT = Statement(_put)
_FIND = Statement(
    select(
        installation.c.token, installation.c.bot_user, installation.c.name, installation.c.scopes
    ).where(installation.c.workspace == param("workspace"))
)
_REMOVE = Statement(delete(installation).where(installation.c.workspace == param("workspace")))


def put(tx: Transaction, new: Installation, sealed: str) -> None:
    """The workspace's one row, as it is now."""
    tx.change(
        _PUT,
        workspace=new.workspace,
        token=sealed,
        bot_user=new.bot_user,
        name=new.name,
        scopes=new.scopes,
        now_us=tx.now_us,
    )


def find(tx: Transaction, workspace: WorkspaceId) -> Row | None:
    """Its row."""
    return tx.row(_FIND, workspace=workspace)


def remove(tx: Transaction, workspace: WorkspaceId) -> None:
    """Deletes its row, token and all."""
    tx.change(_REMOVE, workspace=workspace)


class SqlInstallations:
    """`bot.ports.Installations` over any executor."""

    def __init__(self, executor: Executor, cipher: Cipher) -> None:
        self._executor = executor
        self._cipher = cipher

    async def save(self, installation: Installation) -> None:
        """Installed, or installed anew."""
        await self._executor.write(put, installation, self._cipher.seal(installation.token))

    async def find(self, workspace: WorkspaceId) -> Installation | None:
        """None when it never was, is no more, or its token was sealed with a key that is lost."""
        row = await self._executor.read(find, workspace)
        token = None if row is None else self._cipher.open(row[0])
        if row is None or token is None:
            return None
        return Installation(
            workspace=workspace, token=token, bot_user=row[1], name=row[2], scopes=row[3]
        )

    async def remove(self, workspace: WorkspaceId) -> None:
        """Uninstalled, or its token revoked."""
        await self._executor.write(remove, workspace)
