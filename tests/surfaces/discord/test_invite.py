"""The invite link of the documentation: exactly the rights that are used."""

from pathlib import Path

import discord

from bot.surfaces.discord.invite import RIGHTS, invite_link, permissions

DOCS = Path(__file__).parents[3] / "docs" / "discord.md"


def test_the_documentation_has_the_generated_link() -> None:
    assert invite_link("APPLICATION_ID") in DOCS.read_text(encoding="utf-8")


def test_every_right_is_explained() -> None:
    text = DOCS.read_text(encoding="utf-8")

    assert all(f"| {name} |" in text for name in RIGHTS)


def test_the_rights_are_those_the_library_knows_by_name() -> None:
    wanted = discord.Permissions(
        view_channel=True,
        send_messages=True,
        attach_files=True,
        read_message_history=True,
        create_public_threads=True,
        send_messages_in_threads=True,
    )

    assert permissions() == wanted.value
