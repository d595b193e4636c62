"""A provider bills a call and no picture comes of it: who pays, what stands where."""

import errno
from datetime import date

from bot.domain.identity import Role
from bot.domain.job import JobState, Reason
from bot.ports import BlobsUnwritable, StoreUnavailable, Unavailable
from providers import BadAnswer, ContentBlocked, Price
from tests.scenarios.shops import Shop, model, open_street, stall
from tests.scenarios.test_quotas import all_of

A_PICTURE = 1000
PRICE = Price(per_image_microusd=A_PICTURE, source="this test", read_on=date(2026, 11, 25))
NAMED = "/imagine a fox --model m"


def shop_with(*faults):
    waiting = list(faults)
    return Shop(
        name="shop",
        offers=(model("m", price=PRICE),),
        fault=lambda request: waiting.pop(0) if waiting else None,
    )


async def test_what_a_provider_withheld_after_billing_it_is_the_houses_and_no_image_of_anybody(
    tmp_path,
):
    shop = shop_with(ContentBlocked("filtered", stage="output").charging(700))
    async with open_street(tmp_path, stall(shop), images_per_day=5) as stage:
        ana, owner = stage.actor("ana"), stage.actor("oz", Role.OWNER)
        await owner.says("/admin budget set everyone $0.0020/day installation")
        await owner.says("/admin budget set @ana $0.0010/day")

        await ana.gets(NAMED)
        job = await stage.newest_job(ana.person)
        left = all_of(await ana.says("/quota"))
        stats = all_of(await owner.says("/admin stats"))

        assert (job.state, job.cost_microusd) == (JobState.REFUSED, 700)
        assert "5 images left of 5" in left
        assert "$0.0010 left of $0.0010" in left
        assert "$0.0007" in stats
        assert (await ana.gets(NAMED)).pictures
        await stage.ended(ana)
        refused = await stage.actor("ben").gets(NAMED)
        assert refused.headline == "The budget doesn't reach for that"


async def test_a_picture_that_was_paid_by_its_price_and_lost_costs_that_price(tmp_path):
    shop = shop_with(ContentBlocked("black", stage="output").charging(None, images=1))
    async with open_street(tmp_path, stall(shop)) as stage:
        ana = stage.actor("ana")

        await ana.gets(NAMED)

        assert (await stage.newest_job(ana.person)).cost_microusd == A_PICTURE


async def test_a_call_that_failed_after_billing_counts_beside_the_one_that_was_delivered(tmp_path):
    other = Shop(name="other", offers=(model("m", price=PRICE),))
    shop = shop_with(BadAnswer("no picture").charging(250))
    async with open_street(tmp_path, stall(shop), stall(other)) as stage:
        ana = stage.actor("ana")
        while not shop.calls:
            await ana.gets(NAMED + " --fresh")
            await stage.ended(ana)

        job = await stage.newest_job(ana.person)

        assert (job.state, job.cost_microusd) == (JobState.DELIVERED, A_PICTURE + 250)


async def test_a_failure_that_nobody_billed_costs_nothing(tmp_path):
    shop = shop_with(ContentBlocked("no", stage="input"))
    async with open_street(tmp_path, stall(shop)) as stage:
        ana = stage.actor("ana")

        await ana.gets(NAMED)

        assert (await stage.newest_job(ana.person)).cost_microusd is None


async def test_a_paid_picture_that_no_disk_takes_is_recorded_as_paid(tmp_path, monkeypatch):
    shop = shop_with()
    async with open_street(tmp_path, stall(shop)) as stage:
        ana = stage.actor("ana")

        def full(data: bytes) -> str:
            raise BlobsUnwritable(str(errno.ENOSPC))

        monkeypatch.setattr(stage.house.blobs, "_put", full)
        await ana.gets(NAMED)

        job = await stage.newest_job(ana.person)
        assert (job.state, job.cost_microusd) == (JobState.FAILED, A_PICTURE)


async def test_the_bill_of_a_picture_that_no_disk_takes_outlasts_a_database_that_is_away(
    tmp_path, monkeypatch
):
    shop = shop_with()
    async with open_street(tmp_path, stall(shop)) as stage:
        ana, store = stage.actor("ana"), stage.house.store
        write_down, turned_away = type(store.journal).failed, []

        def full(data: bytes) -> str:
            raise BlobsUnwritable(str(errno.ENOSPC))

        async def away_at_first(journal, call, **words):
            if not turned_away:
                turned_away.append(call)
                raise StoreUnavailable(Unavailable.LOCKED, "a test holds it")
            await write_down(journal, call, **words)

        monkeypatch.setattr(stage.house.blobs, "_put", full)
        monkeypatch.setattr(type(store.journal), "failed", away_at_first)
        await ana.gets(NAMED)

        job = await stage.newest_job(ana.person)
        assert turned_away
        assert (job.state, job.ending.reason) == (JobState.FAILED, Reason.STORAGE)
        assert job.cost_microusd == A_PICTURE
