"""Roles given to people as if an owner had: the word itself has tests of its own."""

from __future__ import annotations

from bot.domain.audit import Deed
from bot.domain.identity import Role, WorkspaceId
from bot.domain.subject import Subject
from bot.ports import RuleChange
from bot.wiring.house import House

DENIED = "You may not do that"


async def give_role(house: House, workspace: str, who: Subject, role: Role) -> None:
    """The person has the role with their next request."""
    deed = Deed(
        workspace=workspace, actor="owner", name="owner", action="role.give", target=who.key
    )
    change = RuleChange(
        topic="role", subject=who.key, label=who.name, put={"role": role.value}, whole=True
    )
    await house.store.rules.change(WorkspaceId(workspace), [change], deed=deed)
