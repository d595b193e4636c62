"""Details, Save, Report and Delete; `gallery`, `show` and `report`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.ordering import image_here, may_be_shown, may_change
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Card, Field, Form, Input, InputKind, Picture, Reply, Tone
from bot.domain.guide import Guide
from bot.domain.identity import ImageId, LaneId, Role
from bot.domain.invocation import Invocation
from bot.domain.job import Job, StoredImage
from bot.domain.job_cards import asked_of, picture_of
from bot.domain.live import Changed
from bot.domain.picture_buttons import per_image_buttons, rating_buttons, work_row
from bot.domain.picture_names import (
    Origin,
    number_of,
    numbers_of,
    picture_name,
    read_number,
    short_name,
)
from bot.domain.rating import Ratings
from bot.domain.sentences import images, money
from bot.pipeline.cards import origin_of
from providers import Operation

GALLERY = Guide(
    name="gallery", role=Role.MEMBER, summary="Your last pictures", usage="[all]", example="gallery"
)
SHOW = Guide(
    name="show",
    role=Role.MEMBER,
    summary="One picture again, and all that is known of it",
    usage="NUMBER",
    example="show 12",
)
REPORT = Guide(
    name="report",
    role=Role.MEMBER,
    summary="Reports a picture and hides it",
    usage="NUMBER",
    example="report 12",
)

SHOWN_AT_ONCE = 9
MOST_PAGES = 5
REASONS = ("Sexual", "Violent", "Hateful", "About a real person", "Something else")


async def gallery(desk: Desk, invocation: Invocation) -> Reply:
    """The person's newest pictures, or everybody's."""
    everybody = invocation.text.strip().lower() == "all"
    found = await _newest(desk, invocation, lane=None if everybody else invocation.person.lane)
    if not found:
        return answers.notice(
            "There are no pictures yet", "Type /imagine and what you want to see."
        )
    whose = "Everybody's" if everybody else "Your"
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline=f"{whose} last {images(len(found))}",
            pictures=tuple(picture_of(image) for image in found),
            lines=(f"Numbers: {numbers_of(found)}. Type /show and one of them.",),
            only_asker=True,
        )
    )


async def _newest(
    desk: Desk, invocation: Invocation, *, lane: LaneId | None
) -> Sequence[StoredImage]:
    """What may be shown here, newest first; looks through so many pages that a run of others hides nothing for long."""
    found: list[StoredImage] = []
    before: ImageId | None = None
    for _ in range(MOST_PAGES):
        page = await desk.gallery.recent(
            workspace=invocation.person.workspace_id,
            lane=lane,
            limit=SHOWN_AT_ONCE,
            before=before,
            viewer=invocation.person.lane,
        )
        found += [image for image in page if may_be_shown(invocation, image)]
        if len(page) < SHOWN_AT_ONCE or len(found) >= SHOWN_AT_ONCE:
            break
        before = page[-1].id
    return found[:SHOWN_AT_ONCE]


async def show(desk: Desk, invocation: Invocation) -> Reply:
    """One picture with all that is known of it."""
    number = read_number(invocation.text)
    if number is None:
        return answers.which_picture("show")
    if await _kept_from(desk, invocation, number):
        return _not_for_you(number)
    return await _details(desk, invocation, number)


def _not_for_you(number: int) -> Reply:
    """Said as if it weren't there. Denied, so that a platform that doesn't know its moderators by heart looks again."""
    return replace(answers.no_picture(number), denied=True)


async def _kept_from(desk: Desk, invocation: Invocation, number: int) -> bool:
    """Whether the picture is kept from who types its number: its asker shows theirs to nobody but themselves and moderators.

    The buttons beneath an answer work for everybody: who can press them has seen it.
    """
    found = await image_here(desk, invocation, number, unseen=True)
    if found is None or may_change(invocation, found[1]):
        return False
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    return (await desk.preferences.of(found[1].person, at=rules.version)).private


async def details(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """What is known of a picture."""
    return await _details(desk, invocation, action.target)


async def _details(desk: Desk, invocation: Invocation, number: int) -> Reply:
    found = await image_here(desk, invocation, number)
    if found is None:
        return answers.no_picture(number)
    image, job = found
    origin = await origin_of(job, desk.gallery)
    ratings = await desk.gallery.ratings(image.id, lane=invocation.person.lane)
    able = desk.catalog.operations
    rows = (work_row(image, able), rating_buttons(image.id, own=ratings.own))
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline=picture_name(image, one_of=asked_of(job)).capitalize(),
            quote=job.order.ask.prompt,
            pictures=(picture_of(image),),
            fields=(*_facts(image, job, origin), *_rated(ratings)),
            rows=tuple(row for row in rows if row),
            menu=per_image_buttons(image.id, "", able)[1:],
            only_asker=True,
        )
    )


def _rated(ratings: Ratings) -> tuple[Field, ...]:
    said = ratings.sentence()
    return (Field(name="Rated", value=said),) if said else ()


def _facts(image: StoredImage, job: Job, origin: Origin | None) -> tuple[Field, ...]:
    ask = job.order.ask
    facts = [
        ("Asked by", job.person.name),
        ("When", f"{job.created_at:%Y-%m-%d %H:%M} UTC"),
        ("Made by", job.order.operation.value.replace("_", " ")),
        ("Made from", origin.name if origin else ""),
        ("Model", job.plan.model if job.plan else ""),
        ("Template", job.order.template.shown if job.order.template else ""),
        ("Style", ask.style or job.order.styled),
        ("Seed", str(image.seed) if image.seed is not None else ""),
        ("Moved towards seed", _moved_towards(image, job)),
        ("Size", f"{image.width_px}×{image.height_px}"),
        ("Left out", ask.negative_prompt),
        ("Strength", f"{ask.strength:g}" if ask.strength is not None else ""),
        ("Cost", _cost(job)),
        ("Request", str(job.id)),
        ("SHA-256", image.key),
    ]
    return tuple(Field(name=name, value=value) for name, value in facts if value)


def _moved_towards(image: StoredImage, job: Job) -> str:
    """A variation keeps its picture's seed; this is the other one, without which it can't be painted again."""
    if job.order.operation is not Operation.VARY or job.plan is None or job.plan.seed is None:
        return ""
    return str(job.plan.seed + image.position - 1)


def _cost(job: Job) -> str:
    if job.cost_microusd is None:
        return ""
    if not job.cost_microusd:
        return "free"
    return f"{money(job.cost_microusd)} for the request"


async def save(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """A private copy with the full-size file."""
    found = await image_here(desk, invocation, action.target)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline="Here is your copy",
            quote=job.order.ask.prompt,
            pictures=(picture_of(image),),
            lines=("Open the picture to save it in full size.",),
            only_asker=True,
        )
    )


async def delete(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """Gone for everybody, files included."""
    found = await image_here(desk, invocation, action.target, unseen=True)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    if not may_change(invocation, job):
        return answers.not_yours("picture")
    orphans = await desk.gallery.delete(image.id, by=invocation.person)
    for key in orphans or ():
        await desk.blobs.delete(key)
    desk.signals.publish(Changed(job=job.id))
    return answers.notice("Deleted", f"Picture {number_of(image.id)} is gone for everybody.")


async def report_word(desk: Desk, invocation: Invocation) -> Reply:
    """The report form of a picture named by its number."""
    number = read_number(invocation.text)
    if number is None:
        return answers.which_picture("report")
    if await _kept_from(desk, invocation, number):
        return _not_for_you(number)
    return await report(desk, invocation, Action(verb=Verb.REPORT, target=number))


async def report(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The form when the button was pressed; once sent, the picture is hidden for the workspace at once."""
    found = await image_here(desk, invocation, action.target, unseen=True)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    if not invocation.inputs:
        shown = picture_of(image) if may_be_shown(invocation, image) else None
        return Reply(form=_report_form(image, job, shown))
    reason = invocation.inputs.get("reason", "")
    if reason not in REASONS:
        return answers.needs_change(f"Choose one of: {', '.join(REASONS)}.")
    text = " ".join(invocation.inputs.get("text", "").split())[:500]
    if not await desk.gallery.report(
        image.id, by=invocation.person, reason=f"{reason}: {text}" if text else reason
    ):
        return answers.notice(
            "You reported this picture before",
            f"Your first report stands: picture {number_of(image.id)} is not hidden again by a second one.",
            "Speak to a moderator if it should not be shown.",
        )
    desk.signals.publish(Changed(job=job.id))
    return answers.notice(
        "Thank you, it is reported",
        f"Picture {number_of(image.id)} is hidden here until a person has looked at it.",
    )


def _report_form(image: StoredImage, job: Job, shown: Picture | None) -> Form:
    return Form(
        title=f"Report {short_name(image, one_of=asked_of(job))}",
        action=Action(verb=Verb.REPORT, target=image.id),
        inputs=(
            Input(
                name="reason",
                label="What is wrong with it?",
                kind=InputKind.CHOICE,
                choices=REASONS,
                required=True,
            ),
            Input(name="text", label="Anything to add", kind=InputKind.TEXT, max_length=500),
        ),
        submit_label="Report",
        picture=shown,
    )
