"""Slack in one object: its workspaces, the app, and what happened. Serve it with `server.running(Slack())`.

async with running(Slack()) as slack:
    ana, general = slack.person("ana"), slack.room("general")
    await ana.types("/imagine a fox", general)
    parent = await general.message("fox")
    await ana.clicks(parent, "Cancel")
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.simulators.clock import Clock
from tests.simulators.slack.app import App, Token
from tests.simulators.slack.beliefs import Beliefs
from tests.simulators.slack.delivery import Deliveries
from tests.simulators.slack.faults import Faults
from tests.simulators.slack.interactivity import ResponseUrls, Triggers
from tests.simulators.slack.people import Person
from tests.simulators.slack.rate_limits import RateLimits
from tests.simulators.slack.rooms import Room
from tests.simulators.slack.socket_mode import Sockets
from tests.simulators.slack.workspace import SLACKBOT, Channel, User, Workspace

T = TypeVar("T")
Json = dict[str, Any]
WAIT_S = 10.0


@dataclass(kw_only=True)
class ApiCall:
    """One call of the Web API, as it came and as it was answered."""

    method: str
    arguments: Json
    team: str = ""
    answer: Json = field(default_factory=dict)
    at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A payload that Slack would have refused for its shape: nothing a bot should ever send."""

    where: str
    problems: tuple[str, ...]
    payload: Any


class Slack:
    def __init__(
        self,
        *,
        app: App | None = None,
        beliefs: Beliefs | None = None,
        clock: Clock | None = None,
        scan_delay_s: float = 0.0,
        people: tuple[str, ...] = ("ana", "ben", "ida"),
    ) -> None:
        """`ida` is an admin of the first workspace, T0000000001; `general` has everybody and the bot in it."""
        self.app = app or App()
        self.beliefs = beliefs or Beliefs()
        self.clock = clock or Clock()
        self.scan_delay_s = scan_delay_s
        self.base_url = ""
        self.workspaces: dict[str, Workspace] = {}
        self.tokens: dict[str, Token] = {}
        self.calls: list[ApiCall] = []
        self.violations: list[Violation] = []
        self.oauth_codes: dict[str, Json] = {}
        self.faults = Faults()
        self.limits = RateLimits(self.clock.now, post_burst=self.beliefs.post_burst)
        self.triggers = Triggers(self)
        self.response_urls = ResponseUrls(self)
        self.sockets = Sockets(self)
        self.deliveries = Deliveries(self)
        self._ids = itertools.count(1)
        self._last_ts = 0
        self.changes = 0
        """How often something happened."""
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.tokens[self.app.app_token] = Token(
            value=self.app.app_token,
            kind="app",
            team="",
            scopes=frozenset({"connections:write", "authorizations:read"}),
        )
        first = self.add_workspace("acme", people=people)
        self.install(first)

    @property
    def api_url(self) -> str:
        """What the bot is told instead of https://slack.com/api/ ."""
        return f"{self.base_url}/api/"

    @property
    def workspace(self) -> Workspace:
        """The first workspace."""
        return next(iter(self.workspaces.values()))

    @property
    def bot_token(self) -> str:
        """The first workspace's bot token."""
        return self.token_of(self.workspace)

    def token_of(self, workspace: Workspace) -> str:
        return next(
            token.value
            for token in reversed(self.tokens.values())
            if token.team == workspace.id and token.kind == "bot" and not token.revoked
        )

    def add_workspace(self, domain: str, *, people: tuple[str, ...] = ()) -> Workspace:
        """A further team, without the app until `install`, or until a person goes through OAuth."""
        team = self.new_id("T")
        bot = User(id=self.new_id("U"), name="impasto", team=team, is_bot=True)
        workspace = Workspace(id=team, domain=domain, bot=bot, bot_id=self.new_id("B"))
        workspace.users = {
            bot.id: bot,
            SLACKBOT: User(id=SLACKBOT, name="slackbot", team=team, is_bot=True),
        }
        self.workspaces[team] = workspace
        general = self.add_channel("general", workspace=workspace)
        for name in people:
            self.add_user(name, workspace=workspace, is_admin=name == "ida")
        general.members = set(workspace.users) - {SLACKBOT}
        return workspace

    def install(self, workspace: Workspace, *, scopes: frozenset[str] | None = None) -> Token:
        """The app's bot token for this workspace, as Slack would give it in OAuth."""
        number = self.new_id("")
        token = Token(
            value=f"xoxb-{workspace.id}-{number}",
            kind="bot",
            team=workspace.id,
            user=workspace.bot.id,
            scopes=self.app.scopes if scopes is None else scopes,
        )
        self.tokens[token.value] = token
        return token

    def add_user(self, name: str, *, workspace: Workspace | None = None, **flags: Any) -> User:
        workspace = workspace or self.workspace
        user = User(**{"id": self.new_id("U"), "name": name, "team": workspace.id, **flags})
        workspace.users[user.id] = user
        for channel in workspace.channels.values():
            if channel.name == "general":
                channel.members.add(user.id)
        return user

    def add_channel(
        self, name: str, *, workspace: Workspace | None = None, bot_in: bool = True, **more: Any
    ) -> Channel:
        """A channel with everybody in it; `bot_in=False` leaves the bot out."""
        workspace = workspace or self.workspace
        kind = more.get("kind", "public")
        prefix = {"public": "C", "private": "G", "im": "D"}[kind]
        members = set(workspace.users) - {SLACKBOT}
        channel = Channel(id=self.new_id(prefix), name=name, **{"members": members, **more})
        if not bot_in:
            channel.members.discard(workspace.bot.id)
        workspace.channels[channel.id] = channel
        return channel

    def person(self, name: str, *, workspace: Workspace | None = None) -> Person:
        """The driver of the person of this name, made when there is none yet."""
        workspace = workspace or self.workspace
        known = {user.name for user in workspace.users.values()}
        if name not in known:
            self.add_user(name, workspace=workspace)
        return Person(self, workspace, workspace.user_named(name))

    def room(self, name: str = "general", *, workspace: Workspace | None = None) -> Room:
        workspace = workspace or self.workspace
        return Room(self, workspace, workspace.channel_named(name))

    def direct_messages(self, workspace: Workspace, user: str) -> Channel:
        """The direct messages between the bot and this user, opened when they are not."""
        return workspace.im_with(user) or self.add_channel(
            "directmessage", workspace=workspace, kind="im", members={user, workspace.bot.id}
        )

    def deliver_by_http(self, request_url: str) -> None:
        """From now on signed HTTP to this address instead of Socket Mode."""
        self.app.socket_mode, self.app.request_url = False, request_url

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):010d}"

    def new_ts(self) -> str:
        """A message's id: seconds and microseconds, never twice."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def changed(self) -> None:
        """Tells everybody who waits in `until` that something happened."""
        self.changes += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def until(
        self, find: Callable[[], T | None], *, within_s: float = WAIT_S, what: str = "it"
    ) -> T:
        """What `find` gives once that is not None (or empty, or False); looked at after every change."""
        deadline = time.monotonic() + within_s
        while not (found := find()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {within_s} s for {what}")
            try:
                await asyncio.wait_for(self._news.wait(), min(left, 0.2))
            except TimeoutError:
                continue
        return found

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs beside the caller; stopped with the simulator."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sockets.close_all()
        await self.deliveries.close()

    def violated(self, where: str, problems: list[str], payload: Any) -> None:
        self.violations.append(Violation(where=where, problems=tuple(problems), payload=payload))

    def calls_of(self, method: str) -> list[ApiCall]:
        return [call for call in self.calls if call.method == method]
