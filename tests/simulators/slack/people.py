"""The driver: what people do, in words, and what they then see.

ack = await ana.types("/imagine a fox", general)     # the delivery: outcome, seconds, response
parent = await general.message("fox")                # waits for the message
await ana.clicks(parent, "U1")                       # by the words on the button
view = await ana.form("Imagine")                     # waits for the form
await ana.submits(view, prompt="an owl")             # by block_id or label
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.slack import forms, mentions, payloads
from tests.simulators.slack.controls import Control, blocks_of, controls_of, find_control
from tests.simulators.slack.delivery import Delivery
from tests.simulators.slack.interactivity import ResponseUrl, answer_through
from tests.simulators.slack.methods_chat import remove
from tests.simulators.slack.methods_views import checked_view, open_views, pushed, renew
from tests.simulators.slack.posting import Content, put
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.rooms import Room, words_in
from tests.simulators.slack.stored_file import StoredFile
from tests.simulators.slack.workspace import SLACKBOT, Channel, Message, User, View, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]


class Person:
    """One user at their client."""

    def __init__(self, slack: Slack, workspace: Workspace, user: User) -> None:
        self.slack = slack
        self.workspace = workspace
        self.user = user
        self._last_channel: Channel | None = None

    @property
    def id(self) -> str:
        return self.user.id

    # ---- typing

    async def types(
        self, text: str, where: Room | None = None, *, thread: Message | None = None
    ) -> Delivery | None:
        """A command or a message, into `where` (or #general). None when the app was told nothing.

        In a thread a command of an app does not run: Slackbot says so, and the app hears nothing.
        Source: api.slack.com/interactivity/slash-commands.
        """
        channel = self._channel(where, thread)
        if not text.startswith("/"):
            return await self._says(text, channel, thread)
        command, _, rest = text.partition(" ")
        if thread is not None:
            self._notice(channel, f"{command} is not supported in threads. Sorry!", thread)
            return None
        if command not in self.slack.app.commands:
            self._notice(channel, f"{command} is not a valid command.")
            return None
        escapes = self.slack.app.commands[command]
        payload = payloads.slash_command(
            self.slack,
            self.workspace,
            self.user,
            channel,
            command=command,
            text=self._encoded(rest.strip(), labels=True) if escapes else rest.strip(),
        )
        delivery = await self.slack.deliveries.once("slash_commands", payload)
        self._shows_answer(delivery, channel, command)
        return delivery

    def _shows_answer(self, delivery: Delivery, channel: Channel, command: str) -> None:
        """The body of the ack is shown to this person, or to all with response_type in_channel."""
        if not delivery.acked:
            self._notice(channel, f'{command} failed with the error "{delivery.user_sees}"')
            return
        if not any(delivery.response.get(key) for key in ("text", "blocks", "attachments")):
            return
        place = ResponseUrl(
            workspace=self.workspace, channel=channel, user=self.id, original=None, until=0
        )
        try:
            answer_through(self.slack, place, delivery.response)
        except Refused:
            self._notice(channel, f'{command} failed with the error "dispatch_failed"')

    async def _says(
        self,
        text: str,
        channel: Channel,
        thread: Message | None,
        files: list[StoredFile] | None = None,
    ) -> Delivery | None:
        thread_ts = (thread.thread_ts or thread.ts) if thread else None
        content = Content(text=self._encoded(text))
        more: Json = {"files": files, "subtype": "file_share"} if files else {}
        message = put(
            self.slack,
            self.workspace,
            channel,
            content,
            thread_ts=thread_ts,
            user=self.id,
            **more,
        )
        return await self._hears(channel, message)

    async def _hears(self, channel: Channel, message: Message) -> Delivery | None:
        """message.im in a direct message; app_mention where the bot is named and is a member."""
        event = message.as_json(now=self.slack.clock.now())
        event |= {"channel": channel.id, "event_ts": message.ts, "team": self.workspace.id}
        if channel.shared_with_other_teams:
            for file in event.get("files", []):
                # Source: docs.slack.dev, Slack Connect: only files.info tells about such a file.
                file |= {"mimetype": "", "file_access": "check_file_info"}
        if channel.kind == "im":
            return await self._event("message.im", {**event, "channel_type": "im"})
        bot = self.workspace.bot.id
        if bot in message.pinged and bot in channel.members:
            event.pop("subtype", None)
            return await self._event("app_mention", {**event, "type": "app_mention"})
        return None

    async def _event(self, subscription: str, event: Json) -> Delivery | None:
        if subscription not in self.slack.app.events:
            return None
        return await self.slack.deliveries.event(self.workspace, event)

    async def messages_bot(self, text: str, *, thread: Message | None = None) -> Delivery | None:
        """A direct message to the bot."""
        return await self._says(text, self.direct_messages().channel, thread)

    async def mentions_bot(
        self, text: str, where: Room | None = None, *, thread: Message | None = None
    ) -> Delivery | None:
        return await self.types(f"@{self.workspace.bot.name} {text}", where, thread=thread)

    async def uploads(
        self,
        name: str,
        data: bytes,
        text: str = "",
        where: Room | None = None,
        *,
        thread: Message | None = None,
    ) -> Message:
        """A message of this person with one file in it, already scanned."""
        channel = self._channel(where, thread)
        file = self.file(name, data)
        file.channels.add(channel.id)
        await self._says(text, channel, thread, [file])
        return next(one for one in reversed(channel.visible()) if file in one.files)

    def file(self, name: str, data: bytes) -> StoredFile:
        """A file of this person, shared nowhere yet: what a file_input takes."""
        file = StoredFile(
            id=self.slack.new_id("F"),
            name=name,
            owner=self.id,
            declared_bytes=len(data),
            base_url=self.slack.base_url,
            team=self.workspace.id,
            data=data,
            completed=True,
            scanned_at=0.0,
            created=int(self.slack.clock.now()),
        )
        self.workspace.files[file.id] = file
        return file

    async def edits(self, message: Message, text: str) -> None:
        """Changes their own message. In a direct message the app hears message_changed."""
        before = message.as_json()
        message.past.append(before)
        message.text = self._encoded(text)
        message.edited = {"user": self.id, "ts": self.slack.new_ts()}
        self.slack.changed()
        channel = self.workspace.channels[message.channel]
        if channel.kind == "im":
            after = {"message": message.as_json(), "previous_message": before}
            await self._change(channel, {"subtype": "message_changed", **after})

    async def deletes(self, message: Message) -> None:
        """Takes a message away; an admin may take anybody's."""
        channel = self.workspace.channels[message.channel]
        remove(channel, message)
        self.slack.changed()
        if channel.kind == "im":
            gone = {"deleted_ts": message.ts, "previous_message": message.as_json()}
            await self._change(channel, {"subtype": "message_deleted", **gone})

    async def _change(self, channel: Channel, what: Json) -> None:
        ts = self.slack.new_ts()
        about = {"type": "message", "channel": channel.id, "channel_type": "im", "hidden": True}
        await self._event("message.im", {**about, "ts": ts, "event_ts": ts, **what})

    # ---- pressing

    async def clicks(self, where: Message | View, words: str) -> Delivery:
        """Presses a button or a menu's option, by the words on it or by its action_id. A confirmation is accepted."""
        return await self.presses(where, find_control(where, words, self.user).action)

    async def presses(self, where: Message | View, action: Json) -> Delivery:
        """Sends this action, also one that is no longer (or never was) on the message."""
        payload = payloads.block_action(self.slack, self.workspace, self.user, where, action)
        delivery = await self.slack.deliveries.once("interactive", payload)
        if not delivery.acked and isinstance(where, Message):
            channel = self.workspace.channels[where.channel]
            self._notice(channel, f"This action failed: {delivery.user_sees}", where)
        return delivery

    def controls(self, where: Message | View) -> list[Control]:
        """What this person can press there."""
        return [one for one in controls_of(where) if one.is_for(self.user)]

    def labels(self, where: Message | View) -> list[str]:
        return [one.label for one in self.controls(where)]

    async def uses_shortcut(self, callback_id: str, message: Message | None = None) -> Delivery:
        """A message shortcut on `message`, or the global one. KeyError when the app has no such shortcut."""
        app = self.slack.app
        known = app.global_shortcuts if message is None else app.message_shortcuts
        if callback_id not in known:
            raise KeyError(f"the app has no shortcut {callback_id!r}, only {sorted(known)}")
        payload = (
            payloads.global_shortcut(self.slack, self.workspace, self.user, callback_id)
            if message is None
            else payloads.message_shortcut(
                self.slack, self.workspace, self.user, message, callback_id
            )
        )
        if message is not None:
            self._last_channel = self.workspace.channels[message.channel]
        return await self.slack.deliveries.once("interactive", payload)

    # ---- forms and home

    async def form(self, title: str = "", *, within_s: float = 10.0) -> View:
        """The form this person has on top, once there is one with these words in its title. Waits for it."""

        def on_top() -> View | None:
            stack = open_views(self.workspace, self.id)
            return stack[-1] if stack and title in stack[-1].title else None

        return await self.slack.until(on_top, within_s=within_s, what=f"a form {title!r}")

    async def submits(self, view: View, /, **filled: Any) -> Delivery:
        """Sends the form; keys are block ids or labels. CannotSubmit when the client would not let them.

        What the app answers is done: errors stay in `view.errors`, update, push and clear change the stack, else it closes.
        """
        current = self._last_channel.id if self._last_channel else None
        forms.fill_in(view, filled, current_channel=current)
        payload = payloads.view_submission(
            self.slack, self.workspace, self.user, view, response_urls=self._response_urls(view)
        )
        delivery = await self.slack.deliveries.once("interactive", payload)
        if delivery.acked:
            self._respond(view, delivery.response)
        else:
            view.errors = {"": "We had some trouble connecting. Try again?"}
        self.slack.changed()
        return delivery

    def _response_urls(self, view: View) -> list[Json]:
        """Only from a select with response_url_enabled. Source: slack_sdk.models, conversations_select."""
        found = []
        for block in view.payload["blocks"]:
            element = block.get("element", {})
            state = view.values.get(block["block_id"], {}).get(element.get("action_id"), {})
            chosen = state.get("selected_conversation") or state.get("selected_channel")
            channel = self.workspace.channels.get(chosen or "")
            if element.get("response_url_enabled") and channel is not None:
                url = self.slack.response_urls.issue(self.workspace, channel, self.id)
                found.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel.id,
                        "response_url": url,
                    }
                )
        return found

    def _respond(self, view: View, response: Json) -> None:
        """Source: docs.slack.dev, modals: response_action errors, update, push, clear; nothing closes this view."""
        action = response.get("response_action")
        if action == "errors":
            view.errors = dict(response["errors"])
            known = {block["block_id"] for block in view.payload["blocks"]}
            if set(view.errors) - known:
                self.slack.violated("view_submission", ["errors for unknown block_id"], response)
            return
        view.errors = {}
        if action == "clear":
            for one in open_views(self.workspace, self.id):
                one.open = False
        elif action in ("update", "push"):
            given = checked_view(self.slack, self.workspace, response["view"], kind="modal")
            if action == "update":
                renew(view, given)
            else:
                pushed(self.slack, self.workspace, self.id, given)
        else:
            view.open = False

    async def closes(self, view: View) -> Delivery | None:
        """Cancels the form; the app hears of it only with notify_on_close."""
        view.open = False
        if not view.payload.get("notify_on_close"):
            return None
        payload = payloads.view_closed(self.slack, self.workspace, self.user, view, cleared=False)
        return await self.slack.deliveries.once("interactive", payload)

    async def opens_home(self) -> Delivery | None:
        """Looks at the app's home tab."""
        channel = self.direct_messages().channel
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": channel.id,
            "tab": "home",
            "event_ts": self.slack.new_ts(),
        }
        home = self.workspace.homes.get(self.id)
        if home is not None:
            event["view"] = home.as_json(
                team=self.workspace.id, app_id=self.slack.app.id, bot_id=self.workspace.bot_id
            )
        return await self._event("app_home_opened", event)

    async def home(self, words: str = "", *, within_s: float = 10.0) -> View:
        """Their home tab, once it has these words. Waits for it."""

        def shown() -> View | None:
            home = self.workspace.homes.get(self.id)
            return home if home and words in " ".join(words_in(blocks_of(home))) else None

        return await self.slack.until(shown, within_s=within_s, what=f"a home tab {words!r}")

    # ---- seeing

    def sees(self, where: Room, *, thread: Message | None = None) -> list[Message]:
        """Everything this person sees there, their ephemerals among it."""
        at = (thread.thread_ts or thread.ts) if thread else None
        found = [*where.history(thread=thread), *self.ephemerals(where)]
        mine = [
            one for one in found if one.thread_ts == at or (thread is None and not one.is_reply)
        ]
        return sorted(mine, key=lambda one: float(one.ts))

    def ephemerals(self, where: Room) -> list[Message]:
        """What only this person sees in that channel and its threads, Slackbot's notices among it."""
        return [one for one in where.channel.ephemerals if one.only_for == self.id and one.shown]

    def notices(self, where: Room) -> list[str]:
        """What Slackbot told this person there."""
        return [one.text for one in self.ephemerals(where) if one.user == SLACKBOT]

    def direct_messages(self) -> Room:
        channel = self.slack.direct_messages(self.workspace, self.id)
        return Room(self.slack, self.workspace, channel)

    # ---- within

    def _channel(self, where: Room | None, thread: Message | None) -> Channel:
        if thread is not None:
            channel = self.workspace.channels[thread.channel]
        else:
            channel = where.channel if where else self.workspace.channel_named("general")
        self._last_channel = channel
        return channel

    def _encoded(self, text: str, *, labels: bool = False) -> str:
        users = {user.name: user.id for user in self.workspace.users.values()}
        channels = {
            one.name: one.id for one in self.workspace.channels.values() if one.kind != "im"
        }
        return mentions.with_ids(text, users=users, channels=channels, labels=labels)

    def _notice(self, channel: Channel, text: str, thread: Message | None = None) -> None:
        at = (thread.thread_ts or thread.ts) if thread and thread.is_reply else None
        put(
            self.slack,
            self.workspace,
            channel,
            Content(text=text),
            thread_ts=at,
            only_for=self.id,
            user=SLACKBOT,
        )
