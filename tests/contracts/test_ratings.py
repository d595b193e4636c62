"""Ratings, on every database."""

from bot.domain.identity import ImageId
from bot.domain.rating import Rating, Ratings
from bot.store.opening import Store
from tests.contracts.store_kit import person
from tests.contracts.test_gallery import painted


async def test_each_person_has_one_rating_of_a_picture(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")

    for rating in (Rating.GOOD, Rating.BAD):
        assert await store.gallery.rate(image.id, by=person(), rating=rating)
    assert await store.gallery.rate(image.id, by=person("bob"), rating=Rating.GOOD)

    seen = await store.gallery.ratings(image.id, lane=person().lane)
    assert seen == Ratings(good=1, bad=1, own=Rating.BAD)
    await store.gallery.rate(image.id, by=person(), rating=None)
    assert (await store.gallery.ratings(image.id, lane=person().lane)).own is None


async def test_what_is_not_there_is_not_rated(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")
    stranger = person(workspace="T2")

    assert not await store.gallery.rate(image.id, by=stranger, rating=Rating.GOOD)
    assert not await store.gallery.rate(ImageId(99), by=person(), rating=Rating.GOOD)
    await store.gallery.delete(image.id, by=person())
    assert not await store.gallery.rate(image.id, by=person(), rating=Rating.GOOD)
