"""Putting messages where people see them: a channel, a thread, one person's eyes, their direct messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Set
from dataclasses import dataclass, field

from bot.surfaces.slack.api import SlackApi
from bot.surfaces.slack.blocks import Rendered
from bot.surfaces.slack.faults import NoPlace, SaidNo, SlackFault
from bot.surfaces.slack.text import Json

METADATA_EVENT = "impasto_job"
_QUIET: Json = {"unfurl_links": False, "unfurl_media": False, "link_names": False, "parse": "none"}
"""Nothing in a text becomes a link, a preview or a mention that we did not write as one."""
_NO_THREAD = frozenset({"thread_not_found", "cannot_reply_to_message", "message_not_found"})
PAGES = 5
PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A channel, and the thread in it."""

    channel: str
    thread: str | None = None


@dataclass(slots=True, kw_only=True)
class Posting:
    """Every way a message of ours gets into a workspace. All raise SlackFault."""

    api: SlackApi
    _direct: dict[tuple[str, str], str] = field(default_factory=dict)

    async def post(
        self,
        workspace: str,
        spot: Spot,
        message: Rendered,
        *,
        job: int | None = None,
        nonce: str = "",
    ) -> str:
        """The new message's ts. Where the thread's first message is gone, it stands in the channel."""
        metadata = None
        if nonce:
            payload = {"nonce": nonce} if job is None else {"job": job, "nonce": nonce}
            metadata = {"event_type": METADATA_EVENT, "event_payload": payload}
        try:
            answer = await self._post(workspace, spot, message, metadata)
        except SaidNo as no:
            if spot.thread is None or no.error not in _NO_THREAD:
                raise
            answer = await self._post(workspace, Spot(channel=spot.channel), message, metadata)
        return str(answer["ts"])

    async def _post(
        self, workspace: str, spot: Spot, message: Rendered, metadata: Json | None
    ) -> Json:
        return await self.api.call(
            workspace,
            "chat.postMessage",
            channel=spot.channel,
            thread_ts=spot.thread,
            text=message.text,
            blocks=message.blocks or None,
            metadata=metadata,
            **_QUIET,
        )

    async def update(self, workspace: str, channel: str, ts: str, message: Rendered) -> None:
        """Shows `message` in place of what stood there. Text and blocks go together, or Slack drops the blocks."""
        await self.api.call(
            workspace,
            "chat.update",
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=message.blocks,
            link_names=False,
            parse="none",
        )

    async def whisper(self, workspace: str, spot: Spot, user: str, message: Rendered) -> str:
        """Shown to one person only. In a thread nobody has answered in yet it would not be seen, so it goes beside it."""
        thread = spot.thread
        if thread is not None and not await self._is_active(workspace, spot):
            thread = None
        answer = await self.api.call(
            workspace,
            "chat.postEphemeral",
            channel=spot.channel,
            user=user,
            thread_ts=thread,
            text=message.text,
            blocks=message.blocks or None,
            link_names=False,
            parse="none",
        )
        return str(answer.get("message_ts") or "")

    async def _is_active(self, workspace: str, spot: Spot) -> bool:
        try:
            answer = await self.api.call(
                workspace,
                "conversations.replies",
                query=True,
                channel=spot.channel,
                ts=spot.thread,
                limit=2,
            )
        except SlackFault:
            return False
        return len(answer.get("messages") or ()) > 1

    async def direct(self, workspace: str, user: str) -> str:
        """The channel of the direct messages with this person."""
        known = self._direct.get((workspace, user))
        if known is None:
            answer = await self.api.call(workspace, "conversations.open", users=user)
            known = self._direct[workspace, user] = str(answer["channel"]["id"])
        return known

    async def find(self, workspace: str, spot: Spot, *, nonce: str, since_s: float) -> str | None:
        """The ts of a message posted before with this nonce, so that it isn't posted twice; None when there is none.

        Looks only at what is newer than `since_s`, in seconds since 1970. A channel that the bot may write to and not
        read tells nothing.
        """
        async for ts in self.all_of(workspace, spot, nonces={nonce}, since_s=since_s):
            return ts
        return None

    async def all_of(
        self, workspace: str, spot: Spot, *, nonces: Set[str], since_s: float
    ) -> AsyncIterator[str]:
        """The ts of every message posted there with one of these nonces, as `find` sees them."""
        cursor = None
        for _ in range(PAGES):
            try:
                answer = await self._page(workspace, spot, since_s, cursor)
            except NoPlace:
                return
            except SaidNo as no:
                if no.error in _NO_THREAD or no.error == "missing_scope":
                    return
                raise
            for message in answer.get("messages") or ():
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("nonce") in nonces:
                    yield str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def delete(self, workspace: str, channel: str, ts: str) -> None:
        """Takes a message of ours back; gone already is as good."""
        try:
            await self.api.call(workspace, "chat.delete", channel=channel, ts=ts)
        except SaidNo as no:
            if no.error != "message_not_found":
                raise

    async def _page(self, workspace: str, spot: Spot, since_s: float, cursor: str | None) -> Json:
        method = "conversations.replies" if spot.thread else "conversations.history"
        return await self.api.call(
            workspace,
            method,
            query=True,
            channel=spot.channel,
            ts=spot.thread,
            oldest=f"{since_s:.6f}",
            include_all_metadata=True,
            limit=PAGE,
            cursor=cursor,
        )
