"""The buttons of finished pictures: the rows under an answer, its menu, and all that one picture offers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.action import Action, Verb
from bot.domain.card import Button, ButtonStyle
from bot.domain.identity import ImageId
from bot.domain.job import Job, StoredImage
from bot.domain.questions import QUESTIONS
from bot.domain.rating import TAKE_BACK, Rating
from providers import Operation

IN_ROWS = 4
"""Pictures whose U and V stand in rows of five, which is what a platform fits; those of the others are in the menu."""
_VARIES = frozenset({Operation.VARY, Operation.IMAGE_TO_IMAGE})
_FINISHES = frozenset({Operation.UPSCALE, Operation.IMAGE_TO_IMAGE})
_EDITS = frozenset({Operation.INPAINT, Operation.IMAGE_TO_IMAGE})


def answer_rows(
    job: Job, shown: Sequence[StoredImage], able: frozenset[Operation]
) -> tuple[tuple[Button, ...], ...]:
    """U1… and Re-roll, V1… and Edit, then the rating. A draft is finished where others are upscaled.

    Those of a picture alone fit one row.
    """
    if not shown:
        return ()
    if len(shown) == 1:
        return _rows_of_one(job, shown[0], able)
    first = [_enlarge(job, image, many=len(shown) > 1) for image in shown[:IN_ROWS]]
    second = [_vary(image, f"V{image.position}") for image in shown[:IN_ROWS]]
    ups = (*first,) if able & _enlarges(job) else ()
    vs = (*second,) if able & _VARIES else ()
    return ((*ups, _reroll(job)), (*vs, _edit_of(shown[0])), _rating_of(shown))


def _edit_of(image: StoredImage) -> Button:
    return Button(
        label="Edit",
        action=Action(verb=Verb.EDIT, target=image.id),
        says="Change the words or a part of the picture",
    )


def _rows_of_one(
    job: Job, image: StoredImage, able: frozenset[Operation]
) -> tuple[tuple[Button, ...], ...]:
    made = [
        (bool(able & _enlarges(job)), _enlarge(job, image, many=False)),
        (bool(able & _VARIES), _vary(image, f"V{image.position}")),
    ]
    offered = tuple(button for there, button in made if there)
    return ((*offered, _reroll(job), _edit_of(image)), rating_buttons(image.id))


def _reroll(job: Job) -> Button:
    return Button(
        label="Re-roll",
        action=Action(verb=Verb.REROLL, target=job.id),
        says=(
            "New variations of the same picture"
            if job.order.operation is Operation.VARY
            else "The same again with new seeds"
        ),
    )


def _rating_of(shown: Sequence[StoredImage]) -> tuple[Button, ...]:
    """Of several pictures, a form asks which is meant."""
    rate = Action(verb=Verb.RATE, target=shown[0].id)
    return (Button(label="Rate", action=rate, says="Say which picture is good or bad"),)


def rating_buttons(image: ImageId, *, own: Rating | None = None) -> tuple[Button, ...]:
    """Good and Bad of one picture, and the way back for who has rated it."""
    buttons = [
        Button(
            label=rating.value.title(),
            action=Action(verb=Verb.RATE, target=image, argument=rating.value),
            says=f"This picture is {rating}",
        )
        for rating in Rating
    ]
    if own is not None:
        back = Action(verb=Verb.RATE, target=image, argument=TAKE_BACK)
        buttons.append(Button(label="Take back", action=back, says="Take my rating back"))
    return tuple(buttons)


def answer_menu(
    job: Job, shown: Sequence[StoredImage], able: frozenset[Operation]
) -> tuple[Button, ...]:
    """What each picture offers beside the rows, picture by picture."""
    buttons: list[Button] = []
    for place, image in enumerate(shown):
        number = f" {image.position}" if len(shown) > 1 else ""
        details, save, *others = per_image_buttons(image.id, number, able)
        buttons += (details, save)
        if place >= IN_ROWS and able & _enlarges(job):
            buttons.append(_enlarge(job, image, many=True))
        if place >= IN_ROWS and able & _VARIES:
            buttons.append(_vary(image, f"V{image.position}"))
        if place > 0 and able & _EDITS:
            buttons.append(_edit(image, f"Edit{number}"))
        buttons += others
    return tuple(buttons)


def work_row(image: StoredImage, able: frozenset[Operation]) -> tuple[Button, ...]:
    """What can be made of one picture, for a card that shows it alone."""
    buttons = [
        (Operation.UPSCALE in able, _upscale(image, "Upscale")),
        (bool(able & _VARIES), _vary(image, "Vary")),
        (bool(able & _EDITS), _edit(image, "Edit")),
    ]
    return tuple(button for offered, button in buttons if offered)


def per_image_buttons(
    image: ImageId, number: str, able: frozenset[Operation]
) -> tuple[Button, ...]:
    """Details, Save, Remove background, Outpaint, Report and Delete of one picture; `number` tells which of several."""
    offered: list[tuple[str, Verb, str]] = [
        ("Details", Verb.DETAILS, "Details of picture"),
        ("Save", Verb.SAVE, "Save picture"),
    ]
    if Operation.REMOVE_BACKGROUND in able:
        offered.append(
            ("Remove background", Verb.REMOVE_BACKGROUND, "Remove the background of picture")
        )
    if Operation.OUTPAINT in able:
        offered.append(("Outpaint", Verb.OUTPAINT, "Paint on beyond the edges of picture"))
    offered.append(("Report", Verb.REPORT, "Report picture"))
    buttons = [
        Button(
            label=f"{label}{number}",
            action=Action(verb=verb, target=image),
            says=f"{says}{number}",
        )
        for label, verb, says in offered
    ]
    delete = Button(
        label=f"Delete{number}",
        action=Action(verb=Verb.DELETE, target=image),
        says=f"Delete picture{number}",
        style=ButtonStyle.DANGER,
        confirm=QUESTIONS[Verb.DELETE],
    )
    return (*buttons, delete)


def _enlarges(job: Job) -> frozenset[Operation]:
    """What it takes to make this answer's pictures larger."""
    return _FINISHES if job.order.ask.draft else frozenset({Operation.UPSCALE})


def _enlarge(job: Job, image: StoredImage, *, many: bool) -> Button:
    if not job.order.ask.draft:
        return _upscale(image, f"U{image.position}")
    return Button(
        label=f"Finish {image.position}" if many else "Finish",
        action=Action(verb=Verb.FINISH, target=image.id),
        says=f"Paint draft {image.position} in full size",
    )


def _upscale(image: StoredImage, label: str) -> Button:
    return Button(
        label=label,
        action=Action(verb=Verb.UPSCALE, target=image.id),
        says=f"Upscale picture {image.position}",
    )


def _vary(image: StoredImage, label: str) -> Button:
    return Button(
        label=label,
        action=Action(verb=Verb.VARY, target=image.id),
        says=f"Make variations of picture {image.position}",
    )


def _edit(image: StoredImage, label: str) -> Button:
    return Button(
        label=label,
        action=Action(verb=Verb.EDIT, target=image.id),
        says=f"Edit picture {image.position}",
    )
