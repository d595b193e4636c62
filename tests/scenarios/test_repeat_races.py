"""An exact repeat whose pictures go away between two looks."""

from tests.scenarios.shops import Shop, model, open_street, stall

ASKED = "/imagine a fox --n 2 --seed 5"


async def test_a_repeat_whose_picture_is_deleted_in_the_same_moment_is_painted_anew(
    tmp_path, monkeypatch
):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop), images_per_day=50) as street:
        ana, blobs = street.actor("ana"), street.house.blobs
        first = await ana.gets(ASKED)
        await street.ended(ana)
        looked = blobs._exists

        def there_for_the_last_time(key: str) -> bool:
            there = looked(key)
            blobs._path(key).unlink(missing_ok=True)
            return there

        monkeypatch.setattr(blobs, "_exists", there_for_the_last_time)
        second = await ana.gets(ASKED)
        job = await street.newest_job(ana.person)

    assert [picture.seed for picture in second.pictures] == [
        picture.seed for picture in first.pictures
    ]
    assert len(shop.paid) == 2
    assert job.cost_microusd == 2_000
    assert job.plan.repeats is None
    assert not any("Painted before" in line for line in second.lines)
