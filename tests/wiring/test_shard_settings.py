"""Which shards a process holds, as an operator writes it."""

import pytest

from bot.config import BadSettings, load_settings


def test_shards_are_read_from_the_environment() -> None:
    settings = load_settings(
        {"IMPASTO_DISCORD_SHARD_COUNT": "4", "IMPASTO_DISCORD_SHARD_IDS": "0, 1"}
    )

    assert (settings.discord_shard_count, settings.discord_shard_ids) == (4, (0, 1))


@pytest.mark.parametrize(
    "environment",
    [
        {"IMPASTO_DISCORD_SHARD_IDS": "0"},
        {"IMPASTO_DISCORD_SHARD_COUNT": "2", "IMPASTO_DISCORD_SHARD_IDS": "2"},
        {"IMPASTO_DISCORD_SHARD_COUNT": "2", "IMPASTO_DISCORD_SHARD_IDS": "one"},
    ],
)
def test_ids_without_their_count_or_beyond_it_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="discord_shard_ids"):
        load_settings(environment)
