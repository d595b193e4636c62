"""Quotas as admins set them with words, on every platform: in force with the next request, explained in every answer."""

from tests.scenarios.test_admin_words import held


def all_of(reply) -> str:
    """Everything a reply says, in whichever part of its card."""
    card = reply.card
    fields = [f"{field.name}: {field.value}" for field in card.fields]
    text = "\n".join([card.headline, *card.lines, *fields, card.preformatted, card.footer])
    return text.replace("\u200b", "")


async def test_a_persons_quota_holds_from_their_next_request_on(stage, ana, ben, ida):
    await ana.gets("/imagine a fox")

    told = all_of(await ida.says("/admin quota set @ana 2/day"))

    assert "2 images a day" in told
    assert "1 image left of 2" in told
    assert "set for @ana" in told
    await ana.gets("/imagine a hen")
    refused = all_of(await ana.says("/imagine a cow"))
    assert "Your quota doesn't reach for that" in refused
    assert "0 images of 2 a day are left (set for @ana)" in refused
    await ben.gets("/imagine a cow")


async def test_a_roles_quota_is_each_members(ana, ben, ida):
    await ben.joins("designers")
    await ida.says("/admin quota set everyone 1/day")
    await ida.says("/admin quota set role:designers 3/day weight 2")

    bens, anas = all_of(await ben.says("/quota")), all_of(await ana.says("/quota"))

    assert "3 images left of 3" in bens
    assert "set for role:designers" in bens
    assert "1 image left of 1" in anas
    assert "set for everyone" in anas


async def test_a_channels_quota_is_shared_by_all_in_it(ana, ben, ida):
    await ida.says("/admin quota set everywhere 2/day")
    await ana.gets("/imagine a fox")
    await ben.gets("/imagine a hen")

    refused = all_of(await ana.says("/imagine a cow"))

    assert "This channel's quota doesn't reach for that" in refused
    assert "all of this channel" in all_of(await ana.says("/quota"))


async def test_what_is_granted_is_on_top_and_what_is_reset_is_forgotten(stage, ana, ida):
    await ida.says("/admin quota set @ana 1/day")
    await ana.gets("/imagine a fox")

    granted = all_of(await ida.says("/admin quota grant @ana 2 today"))

    assert "2 images more" in granted
    assert "2 images left of 3" in granted
    await ana.gets("/imagine a hen --n 2")
    await stage.ended(ana)
    assert "0 images of 3" in all_of(await ana.says("/imagine a cow"))
    assert "3 images left" in all_of(await ida.says("/admin quota reset @ana"))
    await ana.gets("/imagine a cow")
    assert await held(stage, ana) == 3


async def test_a_request_may_ask_for_no_more_images_than_a_quota_says(stage, ana, ida):
    await ida.says("/admin quota set everyone count 2")

    refused = all_of(await ana.says("/imagine a fox --n 3"))

    assert "one request may ask for 2 images here (set for everyone)" in refused
    assert await held(stage, ana) == 0


async def test_pictures_are_no_larger_than_a_quota_says(ana, ida):
    await ida.says("/admin quota set everyone largest 96")

    card = await ana.gets("/imagine a fox --size 192x128")

    assert (card.pictures[0].width_px, card.pictures[0].height_px) == (96, 64)
    assert any("96 px is the largest you may have here" in line for line in card.lines)


async def test_back_to_the_default_and_without_limit(ana, ida):
    await ida.says("/admin quota set @ana 1/day")
    assert "no limit a day" in all_of(await ida.says("/admin quota set @ana unlimited"))
    assert "You have no quota" in all_of(await ana.says("/quota"))

    told = all_of(await ida.says("/admin quota set @ana default"))

    assert "no quota of its own" in told
    assert "the house's default" in told


async def test_quota_show_tells_every_rule_and_what_applies_to_one(ana, ida):
    await ana.joins("designers")
    await ida.says("/admin quota set role:designers 200/day weight 2")
    await ana.gets("/imagine a fox")

    every = all_of(await ida.says("/admin quota show"))
    anas = all_of(await ida.says("/admin quota show @ana"))

    assert "role:designers: 200 images a day, weight 2" in every
    assert "the house's default" in every
    assert "weight 2: set for role:designers" in anas
    assert "199 images left of 200" in anas


async def test_days_begin_by_the_clock_an_admin_names(ana, ida):
    assert "Days begin by the clock of UTC" in all_of(await ida.says("/admin quota zone"))

    wrong = all_of(await ida.says("/admin quota zone Berlin"))
    await ida.says("/admin quota zone Europe/Berlin")

    assert "Did you mean Europe/Berlin?" in wrong
    assert "clock of Europe/Berlin" in all_of(await ida.says("/admin quota show"))


async def test_a_member_sets_nobodys_quota(ana, ben):
    assert (await ana.says("/admin quota set @ana 500/day")).card.headline == (
        "You may not do that"
    )


async def test_a_channel_has_no_weight(ida):
    reply = all_of(await ida.says("/admin quota set everywhere weight 3"))

    assert "this can't be set for a channel" in reply


async def test_a_mistyped_amount_is_answered_by_what_amounts_look_like(ida):
    quota = all_of(await ida.says("/admin quota set everyone 5/dya"))
    budget = all_of(await ida.says("/admin budget set workspace 50"))

    assert "5/dya: that has no meaning here. Did you mean day?" in quota
    assert "50: that has no meaning here. This takes:" in budget
    assert "N/month" in budget
