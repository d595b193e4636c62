"""views.*: forms and the home tab. Source: each method's page on docs.slack.dev, 2026-05."""

from __future__ import annotations

import copy
import secrets
from typing import TYPE_CHECKING, Any

from tests.simulators.slack.block_rules import with_ids
from tests.simulators.slack.posting import file_problem
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.shapes import Report
from tests.simulators.slack.view_rules import check_view, is_too_large
from tests.simulators.slack.web_api import Call, method
from tests.simulators.slack.workspace import View, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]

MAX_VIEWS_STACKED = 3
"""`push_limit_reached` over it. Source: docs.slack.dev, modals: up to three views at once."""


@method("views.open")
async def open_view(call: Call) -> Json:
    payload = checked_view(call.slack, call.workspace, call.arguments.get("view"), kind="modal")
    user = call.slack.triggers.exchange(call.text("trigger_id"), call.workspace.id)
    for other in open_views(call.workspace, user):
        other.open = False
    return _answer(call, add_view(call.slack, call.workspace, user, payload))


@method("views.push")
async def push_view(call: Call) -> Json:
    payload = checked_view(call.slack, call.workspace, call.arguments.get("view"), kind="modal")
    user = call.slack.triggers.exchange(call.text("trigger_id"), call.workspace.id)
    return _answer(call, pushed(call.slack, call.workspace, user, payload))


@method("views.update")
async def update_view(call: Call) -> Json:
    """By view_id or external_id; `hash_conflict` when the view is no longer the one whose hash was sent."""
    payload = checked_view(call.slack, call.workspace, call.arguments.get("view"), kind="modal")
    view = _named(call)
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refused("hash_conflict")
    renew(view, payload)
    return _answer(call, view)


@method("views.publish")
async def publish_view(call: Call) -> Json:
    """The home tab of one person, replaced whole."""
    if not call.slack.app.home_tab:
        raise Refused("not_enabled")
    payload = checked_view(call.slack, call.workspace, call.arguments.get("view"), kind="home")
    user = call.workspace.users.get(call.needed("user_id"))
    if user is None:
        raise Refused("invalid_arguments")
    home = call.workspace.homes.get(user.id)
    if home is None:
        home = add_view(call.slack, call.workspace, user.id, payload)
        call.workspace.homes[user.id] = home
        return _answer(call, home)
    if call.text("hash") and call.text("hash") != home.hash:
        raise Refused("hash_conflict")
    renew(home, payload)
    return _answer(call, home)


def _answer(call: Call, view: View) -> Json:
    team, bot_id = call.workspace.id, call.workspace.bot_id
    return {"view": view.as_json(team=team, app_id=call.slack.app.id, bot_id=bot_id)}


def _named(call: Call) -> View:
    found = call.workspace.views.get(call.text("view_id"))
    if found is None and call.text("external_id"):
        external = call.text("external_id")
        found = next(
            (v for v in call.workspace.views.values() if v.payload.get("external_id") == external),
            None,
        )
    if found is None or not found.open:
        raise Refused("not_found")
    return found


def checked_view(slack: Slack, workspace: Workspace, view: Any, *, kind: str) -> Json:
    """A copy of the view with all ids; Refused as invalid_arguments with Slack's reasons, and recorded, when it is bad."""
    report = Report(
        file_problem=lambda found: file_problem(slack, workspace, found),
        modern_blocks=slack.beliefs.modern_blocks,
    )
    check_view(view, report, kind=kind)
    if report.problems:
        slack.violated("view", report.problems, view)
        messages = [f"[ERROR] {one}" for one in report.problems]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    if is_too_large(view):
        slack.violated("view", ["view_too_large"], view)
        raise Refused("view_too_large")
    external = view.get("external_id")
    if external and any(
        v.open and v.payload.get("external_id") == external for v in workspace.views.values()
    ):
        raise Refused("duplicate_external_id")
    return {**copy.deepcopy(view), "blocks": with_ids(view["blocks"])}


def add_view(
    slack: Slack, workspace: Workspace, user: str, payload: Json, *, previous: View | None = None
) -> View:
    view_id = slack.new_id("V")
    view = View(
        id=view_id,
        hash=secrets.token_hex(6),
        user=user,
        payload=payload,
        root_id=previous.root_id if previous else view_id,
        previous_id=previous.id if previous else None,
    )
    workspace.views[view.id] = view
    slack.changed()
    return view


def pushed(slack: Slack, workspace: Workspace, user: str, payload: Json) -> View:
    stack = open_views(workspace, user)
    if not stack:
        raise Refused("not_found")
    if len(stack) >= MAX_VIEWS_STACKED:
        raise Refused("push_limit_reached")
    return add_view(slack, workspace, user, payload, previous=stack[-1])


def renew(view: View, payload: Json) -> None:
    view.payload, view.hash, view.errors = payload, secrets.token_hex(6), {}


def open_views(workspace: Workspace, user: str) -> list[View]:
    """The forms a person has before them, the lowest first."""
    return [
        view
        for view in workspace.views.values()
        if view.open and view.user == user and view.payload["type"] == "modal"
    ]
