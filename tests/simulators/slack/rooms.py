"""A channel as a test looks at it: its history, its threads, and the wait for a message that is about to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.simulators.slack.workspace import Channel, Message, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.people import Person
    from tests.simulators.slack.slack import Slack

Match = str | Callable[[Message], bool]


class Room:
    """A channel, looked at by the test."""

    def __init__(self, slack: Slack, workspace: Workspace, channel: Channel) -> None:
        self.slack = slack
        self.workspace = workspace
        self.channel = channel

    @property
    def id(self) -> str:
        return self.channel.id

    async def message(
        self, match: Match = "", *, thread: Message | None = None, within_s: float = 10.0
    ) -> Message:
        """The newest message that everybody sees and that matches: words in it, or a function. Waits for it."""
        return await self.slack.until(
            lambda: _newest(self.history(thread=thread), match),
            within_s=within_s,
            what=f"a message {match!r}; there are {[words_of(m) for m in self.history(thread=thread)]}",
        )

    async def ephemeral(
        self, person: Person, match: Match = "", *, within_s: float = 10.0
    ) -> Message:
        """The newest message that only this person sees and that matches. Waits for it."""
        return await self.slack.until(
            lambda: _newest(person.ephemerals(self), match),
            within_s=within_s,
            what=f"an ephemeral {match!r}; there are {[words_of(m) for m in person.ephemerals(self)]}",
        )

    def history(self, *, thread: Message | None = None) -> list[Message]:
        """What everybody sees, oldest first: the top level, or the replies of one thread."""
        if thread is None:
            return self.channel.top_level()
        return self.channel.replies(thread.thread_ts or thread.ts)

    def everything(self) -> list[Message]:
        """All messages and ephemerals, threads included, in the order they came."""
        found = [*self.channel.visible(), *self.channel.ephemerals]
        return sorted(found, key=lambda one: float(one.ts))


def words_of(message: Message) -> str:
    """All the words of a message: its blocks, or its text where it has none."""
    return " ".join(words_in(message.blocks)) or message.text


def words_in(node: Any) -> list[str]:
    if isinstance(node, list):
        return [word for inner in node for word in words_in(inner)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return own + [word for inner in node.values() for word in words_in(inner)]


def _newest(found: list[Message], match: Match) -> Message | None:
    if isinstance(match, str):
        words = match
        fits: Callable[[Message], bool] = lambda one: words in one.text or words in words_of(one)  # noqa: E731
    else:
        fits = match
    return next((one for one in reversed(found) if fits(one)), None)
