"""A reported picture is hidden until a moderator restores or removes it, on every platform."""

import pytest

from bot.domain.action import Action, Verb
from bot.domain.identity import Role

WORD = "/admin moderation reports"


@pytest.fixture
async def reported(stage, ana, ben):
    """The number of a picture of Ana's that Ben reported."""
    await ana.gets("/imagine a fox")
    (image,) = await stage.house.store.gallery.images_of((await stage.ended(ana)).id)
    await ben.presses(
        Action(verb=Verb.REPORT, target=image.id), reason="Something else", text="odd"
    )
    return image.id


async def test_a_moderator_sees_it_and_shows_it_again(stage, ana, ida, reported):
    assert (await ana.presses(Action(verb=Verb.DETAILS, target=reported))).card.pictures == ()

    seen = (await ida.says(WORD)).card
    assert seen.headline == f"Picture #{reported} was reported"
    assert "odd" in "".join(seen.lines)
    await ida.presses(Action(verb=Verb.RESTORE, target=reported))

    assert (await ana.presses(Action(verb=Verb.DETAILS, target=reported))).card.pictures != ()
    assert (await ida.says(WORD)).card.headline == "No reported picture waits"


async def test_a_moderator_removes_it_for_good(stage, ida, reported):
    await ida.presses(Action(verb=Verb.REMOVE, target=reported))

    workspace = ida.person.workspace_id
    assert await stage.house.store.gallery.image(reported, workspace=workspace) is None
    assert (await ida.says(WORD)).card.headline == "No reported picture waits"


@pytest.mark.parametrize("verb", [Verb.RESTORE, Verb.REMOVE])
async def test_nobody_else_may_and_no_other_workspace_can(stage, ana, reported, verb):
    stranger = stage.actor("eve", Role.ADMIN, workspace="X")

    refused = await ana.presses(Action(verb=verb, target=reported))
    gone = await stranger.presses(Action(verb=verb, target=reported))

    assert refused.card.headline == "You may not do that"
    assert gone.card.headline.startswith("There is no picture #")
    (waiting,) = await stage.house.store.reports.waiting(ana.person.workspace_id, limit=9)
    assert waiting.image.id == reported
    assert await stage.house.store.reports.waiting(stranger.person.workspace_id, limit=9) == []


async def test_who_reports_it_again_is_told_that_it_hides_nothing_more(ana, ben, ida, reported):
    report = Action(verb=Verb.REPORT, target=reported)
    await ida.presses(Action(verb=Verb.RESTORE, target=reported))

    again = await ben.presses(report, reason="Violent", text="")

    assert again.card.headline == "You reported this picture before"
    assert "is not hidden again" in again.card.lines[0]
    assert (await ana.presses(Action(verb=Verb.DETAILS, target=reported))).card.pictures != ()
