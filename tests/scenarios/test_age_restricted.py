"""What may be sensitive is shown in age-restricted places only, covered there, and nowhere else by any way round."""

import pytest

from bot.domain.action import Action, Verb
from bot.domain.card import Tone
from bot.domain.picture_buttons import per_image_buttons
from tests.scenarios.discord_stage import DiscordStage
from tests.scenarios.slack_stage import SlackStage

GONE = "There is no picture #"


@pytest.fixture
async def risky(stage, ana):
    """The number of a sensitive picture of a place that is age-restricted."""
    await stage.restrict()
    await ana.gets("/imagine something risky")
    (image,) = await stage.house.store.gallery.images_of((await stage.newest_job(ana.person)).id)
    assert image.sensitive
    return image.id


async def test_elsewhere_it_is_not_shown_and_costs_nothing(stage, ana):
    card = await ana.gets("/imagine something risky")

    assert card.headline == "The picture is too close to the line"
    assert "Nothing was charged." in card.lines


async def test_where_it_may_be_shown_it_is_covered(stage, ana):
    await stage.restrict()
    card = await ana.gets("/imagine something risky --n 2")

    assert card.tone is Tone.DONE
    if isinstance(stage, SlackStage):
        # Slack covers nothing, so nothing is there until somebody asks for it.
        assert card.pictures == ()
        assert "Not shown openly" in card.lines[0]
    else:
        assert [picture.spoiler for picture in card.pictures] == [True, True]
    if isinstance(stage, DiscordStage):
        assert "'spoiler': True" in str(
            [one.components for one in stage.platform.messages.values()]
        )


async def test_what_a_judge_blocks_is_shown_nowhere(stage, ana):
    await stage.restrict()
    card = await ana.gets("/imagine something ugly")

    assert card.headline == "The picture can't be shown"


async def test_whoever_asks_for_it_there_sees_it(ben, risky):
    details = await ben.presses(Action(verb=Verb.DETAILS, target=risky))

    assert details.card.only_asker
    assert details.card.pictures[0].image == risky


@pytest.mark.parametrize(
    "verb", [Verb.DETAILS, Verb.SAVE, Verb.UPSCALE, Verb.VARY, Verb.EDIT, Verb.OUTPAINT]
)
async def test_elsewhere_no_button_leads_to_it(stage, ana, risky, verb):
    await stage.restrict(restricted=False)

    reply = await ana.presses(Action(verb=verb, target=risky))

    assert reply.card.headline.startswith(GONE)


async def test_elsewhere_no_word_leads_to_it(stage, ana, risky):
    await stage.restrict(restricted=False)

    assert (await ana.says(f"/show {risky}")).card.headline.startswith(GONE)
    assert (await ana.says("/gallery")).card.headline == "There are no pictures yet"


async def test_it_is_reported_and_deleted_from_anywhere_without_being_seen(stage, ana, ben, risky):
    await stage.restrict(restricted=False)

    form = (await ben.presses(Action(verb=Verb.REPORT, target=risky))).form
    delete = per_image_buttons(risky, "", frozenset())[-1]
    deleted = await ana.presses(delete)

    assert form.picture is None
    assert deleted.card.headline == "Deleted"
