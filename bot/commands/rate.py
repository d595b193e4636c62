"""Good or bad: what a person thinks of a picture, changed or taken back at any time."""

from __future__ import annotations

from bot.commands.desk import Desk
from bot.commands.ordering import image_here, may_be_shown
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Form, Input, InputKind, Reply
from bot.domain.identity import ImageId
from bot.domain.invocation import Invocation
from bot.domain.job import StoredImage
from bot.domain.picture_names import number_of
from bot.domain.rating import TAKE_BACK, Rating

CHOICES = {"Good": Rating.GOOD.value, "Bad": Rating.BAD.value, "No rating": TAKE_BACK}
"""What the form offers, and what it means."""


async def rate(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The rating kept; the form when several pictures could be meant."""
    found = await image_here(desk, invocation, action.target, unseen=True)
    if found is None:
        return answers.no_picture(action.target)
    image, _ = found
    if action.argument:
        return await _kept(desk, invocation, image, action.argument)
    pictures = {
        str(one.position): one
        for one in await desk.gallery.images_of(image.job)
        if may_be_shown(invocation, one)
    }
    if not invocation.inputs:
        return Reply(form=_form(action, tuple(pictures)))
    meant = pictures.get(invocation.inputs.get("picture", ""))
    said = CHOICES.get(invocation.inputs.get("rating", ""))
    if meant is None or said is None:
        return answers.needs_change("Choose a picture and what you think of it.")
    return await _kept(desk, invocation, meant, said)


def _form(action: Action, positions: tuple[str, ...]) -> Form:
    return Form(
        title="Rate a picture",
        action=Action(verb=Verb.RATE, target=action.target),
        inputs=(
            Input(
                name="picture",
                label="Which picture?",
                kind=InputKind.CHOICE,
                choices=positions,
                required=True,
            ),
            Input(
                name="rating",
                label="How is it?",
                kind=InputKind.CHOICE,
                choices=tuple(CHOICES),
                required=True,
            ),
        ),
        submit_label="Rate",
    )


async def _kept(desk: Desk, invocation: Invocation, image: StoredImage, said: str) -> Reply:
    if said not in CHOICES.values():
        return answers.dead_button()
    rating = None if said == TAKE_BACK else Rating(said)
    if not await desk.gallery.rate(ImageId(image.id), by=invocation.person, rating=rating):
        return answers.no_picture(image.id)
    ratings = await desk.gallery.ratings(image.id, lane=invocation.person.lane)
    headline = f"Rated {rating}" if rating else "Your rating is taken back"
    told = ratings.sentence() or "nobody has rated it"
    return answers.notice(
        headline, f"Picture {number_of(image.id)}: {told}.", "Rate it again to change your mind."
    )
