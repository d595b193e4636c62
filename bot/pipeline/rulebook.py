"""The rules of each workspace as this process last read them; their version says whether they still hold."""

from __future__ import annotations

from collections import OrderedDict

from bot.domain.identity import WorkspaceId
from bot.domain.workspace_rules import WorkspaceRules
from bot.ports import Rules

MOST_KEPT = 2_000
"""Workspaces whose rules one process keeps; the one unused longest is read again."""


class Rulebook:
    """A read-through cache. What takes effect is decided where it counts: `submit` compares versions in its transaction.

    So a request never runs by rules that were changed before it, in whichever process, and needs no read of its own.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._kept: OrderedDict[WorkspaceId, WorkspaceRules] = OrderedDict()

    def kept(self, workspace: WorkspaceId) -> WorkspaceRules | None:
        """The rules as last read here; they may have changed since."""
        found = self._kept.get(workspace)
        if found is not None:
            self._kept.move_to_end(workspace)
        return found

    async def current(self, workspace: WorkspaceId) -> WorkspaceRules:
        """The rules as they are now. One read: of the version alone when nothing changed."""
        kept = self.kept(workspace)
        newer = await self._rules.newer(workspace, than=None if kept is None else kept.version)
        if newer is None:
            if kept is None:
                raise RuntimeError("rules were asked for and none came")
            return kept
        latest = self._kept.get(workspace)
        if latest is None or newer.version > latest.version:
            self._kept[workspace] = newer
        self._kept.move_to_end(workspace)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return newer

    async def at_hand(self, workspace: WorkspaceId) -> WorkspaceRules:
        """The rules as last read here, or read now; for whoever finds out later if they changed."""
        return self.kept(workspace) or await self.current(workspace)
