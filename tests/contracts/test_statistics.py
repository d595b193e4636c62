"""Figures of a period, counted from the requests themselves; and the last pictures made with templates."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.grammar import Ask
from bot.domain.identity import ImageId, WorkspaceId
from bot.domain.job import Order
from bot.domain.preferences import Preferences
from bot.domain.statistics import Step, percentile
from bot.domain.template import TemplateUse
from bot.store.opening import Store
from providers import Operation
from tests.contracts.store_kit import (
    REFUSED,
    MovableClock,
    final_letter,
    finish,
    person,
    running,
    submitted,
)

HERE = person().workspace_id
ELSEWHERE = WorkspaceId("slack:T2")
DAY_S = 86_400


async def delivered(store: Store, clock: MovableClock, key: str, *, after_s: float, **wishes):
    """A finished job whose answer came `after_s` after it was asked for."""
    claimed = await running(store, key, **wishes)
    assert await finish(store, claimed.fence, images=wishes.get("images", 1))
    clock.forward(after_s)
    letter = await final_letter(store)
    await store.outbox.posted(letter, message="m", images=(1,))
    return claimed.job.id


async def figures(store: Store, clock: MovableClock, days: float, workspace=HERE, zone=UTC):
    return await store.statistics.figures(
        workspace, since=clock.now() - timedelta(days=days), until=clock.now(), zone=zone
    )


async def test_only_what_was_asked_for_in_the_period_counts(store: Store, clock) -> None:
    for day in range(6):
        await delivered(store, clock, f"day {day}", after_s=2)
        clock.forward(DAY_S)

    assert (await figures(store, clock, 3.5)).requests == 3
    assert (await figures(store, clock, 30)).requests == 6
    assert (await figures(store, clock, 0.5)).requests == 0


async def test_images_costs_ends_and_waits_are_summed_up(store: Store, clock) -> None:
    await delivered(store, clock, "one", after_s=10, images=2)
    await delivered(store, clock, "two", after_s=30, user="ben")
    fence = await submitted(store, "three")
    await store.queue.refuse(fence, ending=REFUSED, decision=None)

    told = await figures(store, clock, 1)

    assert (told.images, told.requests, told.delivered, told.refused) == (3, 3, 2, 1)
    assert told.cost_microusd == 80_000
    assert (told.wait_p50_s, told.wait_p95_s) == (10.0, 30.0)
    assert [(one.name, one.images) for one in told.people] == [("Ann", 2), ("Ben", 1)]
    assert [(one.name, one.images) for one in told.models] == [("sdxl", 3)]


async def test_days_begin_by_the_clock_of_the_workspace(store: Store, clock) -> None:
    clock.at = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    await delivered(store, clock, "late", after_s=1)
    clock.forward(3 * DAY_S)

    in_utc = await figures(store, clock, 5)
    in_tokyo = await figures(store, clock, 5, zone=ZoneInfo("Asia/Tokyo"))

    assert [one.begins.day for one in in_utc.buckets if one.images] == [25]
    assert [one.begins.day for one in in_tokyo.buckets if one.images] == [26]


async def test_two_days_are_told_by_the_hour(store: Store, clock) -> None:
    await delivered(store, clock, "one", after_s=1)

    told = await figures(store, clock, 1)

    assert told.step is Step.HOUR
    assert len(told.buckets) == 25
    assert sum(one.images for one in told.buckets) == 1


async def test_a_year_is_told_by_the_week(store: Store, clock) -> None:
    await delivered(store, clock, "one", after_s=1)
    clock.forward(200 * DAY_S)

    told = await figures(store, clock, 365)

    assert len(told.buckets) == 53
    assert {one.begins.weekday() for one in told.buckets} == {0}
    assert sum(one.images for one in told.buckets) == 1


async def test_another_workspace_has_figures_of_its_own(store: Store, clock) -> None:
    await delivered(store, clock, "one", after_s=1)

    assert (await figures(store, clock, 1, workspace=ELSEWHERE)).requests == 0


def test_a_percentile_is_a_value_that_was_there() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0], 0.95) == 3.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0


def made_with(name: str, version: int = 1) -> Order:
    return Order(
        operation=Operation.TEXT_TO_IMAGE,
        ask=Ask(prompt="a fox", count=1),
        template=TemplateUse(name=name, version=version),
    )


async def test_a_template_has_the_newest_picture_made_with_it(store: Store, clock) -> None:
    await delivered(store, clock, "one", after_s=1, order=made_with("hero"))
    await delivered(store, clock, "two", after_s=1, order=made_with("hero", 2))
    await delivered(store, clock, "other", after_s=1)

    found = await store.template_pictures.made_with(HERE, ["hero", "icon"])

    assert {name: image.id for name, image in found.items()} == {"hero": ImageId(2)}
    assert await store.template_pictures.made_with(ELSEWHERE, ["hero"]) == {}


async def test_a_hidden_deleted_or_private_picture_shows_no_template(store: Store, clock) -> None:
    await delivered(store, clock, "one", after_s=1, order=made_with("hero"))
    await delivered(store, clock, "two", after_s=1, user="ben", order=made_with("hero"))
    await store.gallery.delete(ImageId(2), by=person("ben"))

    (image,) = (await store.template_pictures.made_with(HERE, ["hero"])).values()
    assert image.id == ImageId(1)
    await store.preferences.keep(person(), Preferences(private=True))
    assert await store.template_pictures.made_with(HERE, ["hero"]) == {}


async def test_what_people_keep_to_themselves_only_they_see_among_all(store: Store, clock) -> None:
    await delivered(store, clock, "one", after_s=1)
    await store.preferences.keep(person(), Preferences(private=True))

    others = await store.gallery.recent(
        workspace=HERE, lane=None, limit=9, viewer=person("ben").lane
    )
    own = await store.gallery.recent(workspace=HERE, lane=None, limit=9, viewer=person().lane)

    assert others == []
    assert [one.id for one in own] == [ImageId(1)]
