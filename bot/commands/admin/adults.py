"""`access adults`: channels in which what may be sensitive is shown, where the platform itself marks none."""

from __future__ import annotations

from bot.commands.admin.typed import admin_word, change, of_topic
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.subject import SubjectKind
from bot.domain.workspace_rules import Topic


async def adults(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Marks a channel, or takes the mark away."""
    if invocation.place.tells_age:
        return answers.notice(
            "Here the platform's own age restriction decides",
            "Set it in the channel's settings. Nothing was changed.",
        )
    channel, on = arguments.subject(), arguments.values["state"] is True
    if channel is None:
        return answers.needs_change("Which channel?", "Nothing was changed.")
    rule = of_topic(Topic.ADULTS, channel, **({"on": 1} if on else {}))
    (done,) = await change(desk, invocation, "access.adults", rule)
    already = ("It was so already.",) if bool(done.before) is on else ()
    if not on:
        return answers.notice(f"{channel.shown} is not for adults only", *already)
    return answers.notice(
        f"{channel.shown} is for adults only",
        "Pictures that may be sensitive are shown there, covered until somebody opens them. "
        "What is never allowed stays so.",
        *already,
    )


WORDS = (
    admin_word(
        "access adults",
        adults,
        role=Role.ADMIN,
        summary="Marks a channel as one for adults only",
        examples=("access adults #art on", "access adults #art off"),
        parameters=(
            Parameter(
                name="who",
                kind=ParameterKind.WHO,
                help="The channel",
                required=True,
                subjects=(SubjectKind.CHANNEL,),
            ),
            Parameter(
                name="state",
                kind=ParameterKind.SWITCH,
                help="Whether it is one: on or off",
                required=True,
            ),
        ),
    ),
)
