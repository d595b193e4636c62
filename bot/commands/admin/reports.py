"""`moderation reports`: reported pictures, one after another, to be shown again or removed for good."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.admin.typed import admin_word
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.arguments import Arguments
from bot.domain.card import Button, ButtonStyle, Card, Reply, Tone
from bot.domain.identity import ImageId, Role
from bot.domain.invocation import Invocation
from bot.domain.job_cards import picture_of
from bot.domain.live import Changed
from bot.domain.picture_names import number_of
from bot.domain.questions import QUESTIONS
from bot.domain.report import Reported

MOST_COUNTED = 100
NOTHING = "No reported picture waits"


async def reports(desk: Desk, invocation: Invocation, _arguments: Arguments) -> Reply:
    """The picture that has waited longest, and what was said of it."""
    found = await desk.reports.waiting(invocation.person.workspace_id, limit=MOST_COUNTED)
    if not found:
        return answers.notice(NOTHING, "Nothing is hidden here for a report.")
    said = [one for one in found if one.image.id == found[0].image.id]
    others = len({one.image.id for one in found}) - 1
    return Reply(card=_card(said, others=others))


def _card(said: list[Reported], *, others: int) -> Card:
    image = said[0].image
    more = "No other picture waits." if not others else f"{others} more wait after this one."
    return Card(
        tone=Tone.NOTICE,
        headline=f"Picture {number_of(image.id)} was reported",
        lines=tuple(f"{one.by}: {one.reason}" for one in said[:10]),
        # Whoever looks at reports came to see it.
        pictures=(replace(picture_of(image), spoiler=False),),
        rows=(
            (
                Button(
                    label="Restore",
                    action=Action(verb=Verb.RESTORE, target=image.id),
                    says=f"Show picture {number_of(image.id)} again",
                ),
                Button(
                    label="Remove",
                    action=Action(verb=Verb.REMOVE, target=image.id),
                    says=f"Remove picture {number_of(image.id)} for everybody",
                    style=ButtonStyle.DANGER,
                    confirm=QUESTIONS[Verb.REMOVE],
                ),
            ),
        ),
        footer=more,
        only_asker=True,
    )


async def restore(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """It is shown again."""
    image = ImageId(action.target)
    if not await desk.reports.restore(image, by=invocation.person):
        return answers.no_picture(image)
    await _changed(desk, invocation, image)
    return answers.notice(
        f"Picture {number_of(image)} is shown again", "Type /admin moderation reports for the next."
    )


async def remove(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """It is gone for everybody, files included."""
    image = ImageId(action.target)
    found = await desk.gallery.image(image, workspace=invocation.person.workspace_id)
    if found is None or not found.hidden:
        return answers.no_picture(image)
    orphans = await desk.gallery.delete(image, by=invocation.person)
    for key in orphans or ():
        await desk.blobs.delete(key)
    desk.signals.publish(Changed(job=found.job))
    return answers.notice(
        f"Picture {number_of(image)} is removed", "Type /admin moderation reports for the next."
    )


async def _changed(desk: Desk, invocation: Invocation, image: ImageId) -> None:
    found = await desk.gallery.image(image, workspace=invocation.person.workspace_id)
    if found is not None:
        desk.signals.publish(Changed(job=found.job))


WORDS = (
    admin_word(
        "moderation reports",
        reports,
        role=Role.MODERATOR,
        summary="Reported pictures, to restore or remove",
        examples=("moderation reports",),
    ),
)
