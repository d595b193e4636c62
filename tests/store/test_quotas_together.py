"""A quota set in one process binds the next request in every other, on one Postgres."""

import asyncio

from bot.domain.identity import Role
from tests.scenarios.stage import open_stage


async def test_a_quota_set_in_one_process_binds_the_next_request_in_the_other(
    postgres_url, tmp_path
) -> None:
    async with (
        open_stage(tmp_path, database_url=postgres_url) as one,
        open_stage(tmp_path, database_url=postgres_url) as two,
    ):
        ana, ida = two.actor("ana"), one.actor("ida", Role.ADMIN)
        await ana.says("/imagine a fox")

        await ida.says("/admin quota set everyone 1/day")
        refused = await ana.says("/imagine a hen")
        await ida.says("/admin quota grant everyone 1 today")
        taken = await ana.says("/imagine a cow")

    assert refused.card is not None
    assert refused.card.headline == "Your quota doesn't reach for that"
    assert taken.card is not None
    assert taken.card.headline == "Got it"


async def test_a_quota_lowered_meanwhile_binds_whoever_is_admitted_after(
    postgres_url, tmp_path
) -> None:
    async with (
        open_stage(tmp_path, database_url=postgres_url) as one,
        open_stage(tmp_path, database_url=postgres_url) as two,
    ):
        people = [two.actor(f"p{number}") for number in range(12)]
        await people[0].says("/imagine a fox")
        ida = one.actor("ida", Role.ADMIN)

        await asyncio.gather(
            ida.says("/admin quota set everywhere 5/day"),
            *(who.says("/imagine a hen") for who in people),
        )

        late = await asyncio.gather(*(who.says("/imagine a cow") for who in people))

    assert sum(reply.card.headline == "Got it" for reply in late) <= 5
