"""A vendor's provider is there by itself when its key is, the local one always and last."""

from pathlib import Path

import pytest

from bot.config import load_settings

KEYS = {
    "openai": "OPENAI_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "stability": "STABILITY_API_KEY",
    "bfl": "BFL_API_KEY",
    "fal": "FAL_KEY",
    "replicate": "REPLICATE_API_TOKEN",
}


def named(**environment: str) -> list[str]:
    return [table.name for table in load_settings(environment).providers]


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_brings_its_provider(kind: str) -> None:
    settings = load_settings({KEYS[kind]: "k-secret"})

    assert [table.kind for table in settings.providers] == [kind, "sketch"]
    assert settings.providers[0].api_key_env == KEYS[kind]
    assert "k-secret" not in repr(settings)


def test_all_keys_bring_all_in_their_order() -> None:
    assert named(**dict.fromkeys(KEYS.values(), "k")) == [*KEYS, "sketch"]


def test_a_key_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k\n")

    assert named(GEMINI_API_KEY_FILE=str(tmp_path / "key")) == ["gemini", "sketch"]


def test_an_empty_key_is_none() -> None:
    assert named(STABILITY_API_KEY="") == ["sketch"]
