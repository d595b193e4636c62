"""The cards that show a job: in line, painting, done, refused, failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.action import Action, Verb
from bot.domain.card import Button, ButtonStyle, Card, Field, Picture, Tone
from bot.domain.grammar import Ask
from bot.domain.identity import JobId
from bot.domain.job import Ending, Job, JobState, ParkedFor, Reason, StoredImage
from bot.domain.picture_buttons import answer_menu, answer_rows
from bot.domain.picture_names import Origin, in_order, numbers_of, origin_line
from bot.domain.questions import QUESTIONS
from bot.domain.quota import Usage
from bot.domain.sentences import (
    AI_LABEL,
    AI_LABEL_MANY,
    SKETCH_LABEL,
    STYLED_SKETCH_LABEL,
    duration,
    explain,
    images,
    money,
    ordinal,
)
from providers import Operation

_WORKING = frozenset(
    {
        JobState.WAITING,
        JobState.READY,
        JobState.RUNNING,
        JobState.DELAYED,
        JobState.DELIVERING,
        JobState.RECEIVED,
        JobState.PARKED,
    }
)

_DOING = {
    Operation.UPSCALE: "Upscaling",
    Operation.VARY: "Varying",
    Operation.INPAINT: "Editing",
    Operation.IMAGE_TO_IMAGE: "Repainting",
    Operation.OUTPAINT: "Extending",
    Operation.REMOVE_BACKGROUND: "Cutting out",
    Operation.CONTROL: "Following the picture",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a job's card tells beside the job itself. `able` holds the operations that some model here can do."""

    images: Sequence[StoredImage] = ()
    made: int = 0
    """How many pictures the job ever gave; `images` leaves out those reported or deleted since."""
    place: int | None = None
    usage: Usage | None = None
    able: frozenset[Operation] = frozenset()
    drawn_by_ai: bool = True
    origin: Origin | None = None
    """The picture of ours it starts from."""


def card_of(job: Job, around: Surroundings) -> Card:
    """The card that shows `job` as it stands."""
    if job.state is JobState.DELIVERED or around.images:
        return _done(job, around)
    if job.state in _WORKING:
        return _working(job, around)
    return _ended(job, job.ending or Ending(reason=Reason.INTERNAL))


def in_line_card(job: JobId, ask: Ask) -> Card:
    """A request whose words may be shown, before its place in line is known."""
    return Card(
        tone=Tone.WORKING, headline="In line", quote=ask.prompt, rows=((cancel_button(job),),)
    )


def cancel_button(job: JobId) -> Button:
    """Calls a job back."""
    return Button(
        label="Cancel",
        action=Action(verb=Verb.CANCEL, target=job),
        says="Cancel this request",
    )


def _working(job: Job, around: Surroundings) -> Card:
    plan = job.plan
    wanted = images(plan.count if plan else job.order.images)
    if job.state is JobState.RUNNING:
        headline = f"{_DOING.get(job.order.operation, 'Painting')} {wanted}"
    elif job.state is JobState.DELIVERING:
        headline = "Almost there"
    elif job.state is JobState.DELAYED:
        headline = "The image service is busy: trying again shortly"
    elif job.state is JobState.PARKED:
        headline = PARKED_HEADLINES[job.parked or ParkedFor.QUOTA]
    elif around.place is not None:
        headline = "Next in line" if around.place == 1 else f"{ordinal(around.place)} in line"
    else:
        headline = "In line"
    fields = [Field(name="Asked for", value=wanted)]
    if plan is not None:
        fields.append(Field(name="Model", value=plan.model))
        fields.append(Field(name="Size", value=f"{plan.width_px}×{plan.height_px}"))
    return Card(
        tone=Tone.WORKING,
        headline=headline,
        quote=job.order.ask.prompt,
        fields=tuple(fields),
        progress=0.0 if job.state is JobState.RUNNING else None,
        rows=_buttons_of_working(job),
    )


PARKED_HEADLINES = {
    ParkedFor.QUOTA: "Waiting until your quota is back",
    ParkedFor.BUDGET: "Waiting for an admin: the budget is spent",
}


def _buttons_of_working(job: Job) -> tuple[tuple[Button, ...], ...]:
    if job.state is JobState.DELIVERING:
        return ()
    if job.parked is not ParkedFor.BUDGET:
        return ((cancel_button(job.id),),)
    approve = Button(
        label="Approve",
        action=Action(verb=Verb.APPROVE, target=job.id),
        says="Admins: paint this although the budget is spent",
        style=ButtonStyle.PRIMARY,
    )
    return ((approve, cancel_button(job.id)),)


def wait_button(target: int, *, job: bool) -> Button:
    """Runs a request that was turned away once there is room for it again."""
    return Button(
        label="Run it when it is back",
        action=Action(verb=Verb.WAIT, target=target, argument="job" if job else ""),
        says="Run this by itself when there is room for it again",
    )


def _done(job: Job, around: Surroundings) -> Card:
    shown = [image for image in around.images if not image.hidden]
    never_shown = max(0, asked_of(job) - around.made)
    many = len(shown) != 1
    sketch = SKETCH_LABEL if job.order.ask.style is None else STYLED_SKETCH_LABEL
    label = (AI_LABEL_MANY if many else AI_LABEL) if around.drawn_by_ai else sketch
    return Card(
        tone=Tone.DONE,
        headline=_done_headline(job, len(shown), never_shown),
        quote=job.order.ask.prompt,
        lines=_done_lines(job, shown, never_shown, around.origin),
        pictures=tuple(picture_of(image) for image in shown),
        fields=_done_fields(job, shown, around.usage),
        rows=answer_rows(job, shown, around.able),
        menu=answer_menu(job, shown, around.able),
        footer=label,
    )


def asked_of(job: Job) -> int:
    """How many pictures its answer was to have."""
    return job.plan.count if job.plan else job.order.images


def _done_headline(job: Job, shown: int, never_shown: int) -> str:
    if not shown:
        return "These pictures are no longer shown"
    return f"{shown} of {images(asked_of(job))}" if never_shown else images(shown)


def _done_lines(
    job: Job, shown: Sequence[StoredImage], never_shown: int, origin: Origin | None
) -> tuple[str, ...]:
    lines = [origin_line(job.order, origin, many=len(shown) > 1)] if shown and origin else []
    lines += job.plan.notes if job.plan else ()
    lines += job.notes
    missing = tuple(dict.fromkeys(word for image in shown for word in image.not_drawn))
    if missing:
        lines.append(f"Not drawn: {', '.join(missing)}.")
    if shown and never_shown:
        verb = "was" if never_shown == 1 else "were"
        lines.append(f"{images(never_shown)} could not be shown and {verb} not charged.")
    return tuple(dict.fromkeys(lines))


def _done_fields(job: Job, shown: Sequence[StoredImage], usage: Usage | None) -> tuple[Field, ...]:
    fields = [*_number_fields(shown), *_seed_fields(job, shown)]
    if job.plan is not None:
        fields.append(Field(name="Model", value=job.plan.model))
    if job.order.template is not None:
        fields.append(Field(name="Template", value=job.order.template.shown))
    if job.order.styled:
        fields.append(Field(name="Style", value=job.order.styled))
    sizes = {f"{image.width_px}×{image.height_px}" for image in shown}
    if len(sizes) == 1:
        fields.append(Field(name="Size", value=sizes.pop()))
    if job.started_at and job.finished_at:
        fields.append(Field(name="Time", value=duration(job.finished_at - job.started_at)))
    if job.cost_microusd is not None:
        fields.append(
            Field(name="Cost", value=money(job.cost_microusd) if job.cost_microusd else "free")
        )
    if usage is not None:
        fields.append(Field(name="Left", value=f"{usage.left} of {usage.counter.limit}"))
    return tuple(fields)


def _number_fields(shown: Sequence[StoredImage]) -> list[Field]:
    if not shown:
        return []
    return [Field(name="Number" if len(shown) == 1 else "Numbers", value=numbers_of(shown))]


def _seed_fields(job: Job, shown: Sequence[StoredImage]) -> list[Field]:
    seeds = [image.seed for image in shown if image.seed is not None]
    if not seeds:
        return []
    if job.order.operation is Operation.VARY and len(set(seeds)) == 1:
        return [Field(name="Variation of seed", value=str(seeds[0]))]
    return [Field(name="Seed" if len(seeds) == 1 else "Seeds", value=in_order(seeds))]


def picture_of(image: StoredImage) -> Picture:
    """The image as a card shows it."""
    return Picture(
        image=image.id,
        position=image.position,
        alt=image.alt,
        width_px=image.width_px,
        height_px=image.height_px,
        full=image.key,
        full_mime=image.mime,
        view=image.view,
        thumbnail=image.thumbnail,
        seed=image.seed,
        spoiler=image.sensitive,
    )


def _ended(job: Job, ending: Ending) -> Card:
    explanation = explain(ending)
    if ending.reason is Reason.CANCELLED:
        return Card(
            tone=Tone.NOTICE,
            headline=explanation.headline,
            quote=job.order.ask.prompt,
            lines=explanation.lines,
        )
    refused = job.state is JobState.REFUSED
    retry = Button(
        label="Retry",
        action=Action(verb=Verb.RETRY, target=job.id),
        says="Ask for the same once more",
        confirm=QUESTIONS[Verb.RETRY] if ending.reason is Reason.OUTCOME_UNKNOWN else None,
    )
    edit = Button(
        label="Edit",
        action=Action(verb=Verb.EDIT, target=job.id, argument="job"),
        says="Change the words and ask again",
        style=ButtonStyle.PRIMARY,
    )
    buttons = (edit,) if ending.reason in _NOT_RETRIED else (edit, retry)
    if ending.reason is Reason.OVER_BUDGET and ending.until is not None:
        buttons = (wait_button(job.id, job=True), edit)
    return Card(
        tone=Tone.REFUSED if refused else Tone.FAILED,
        headline=explanation.headline,
        quote=job.order.ask.prompt,
        lines=explanation.lines,
        footer=f"Request {job.id}",
        rows=(buttons,),
        only_asker=True,
    )


_NOT_RETRIED = frozenset(
    {
        Reason.BLOCKED_PROMPT,
        Reason.UNSURE_PROMPT,
        Reason.NO_MODEL,
        Reason.BAD_REQUEST,
        Reason.NO_PRICE,
    }
)
"""Asking for the very same again can't end otherwise."""
