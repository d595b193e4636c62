"""The commands Discord is told of: drawn from the registry, whatever is in it."""

from typing import Any

from bot.commands.words import REGISTRY
from bot.domain.flags import FLAGS
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.surfaces.discord.commands import MESSAGE_COMMANDS, digest, flag_of, payloads
from tests.simulators.discord.body_rules import COMMANDS, faults


def named(commands: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(one for one in commands if one["name"] == name)


def test_discord_takes_all_commands() -> None:
    assert faults(COMMANDS, payloads(REGISTRY.guides)) == []


def test_imagine_has_an_option_for_every_flag() -> None:
    imagine = named(payloads(REGISTRY.guides), "imagine")

    options = {flag_of(option["name"]) for option in imagine["options"]}

    assert options == {flag.name for flag in FLAGS} | {"prompt", "template", "reference", "mask"}


def test_every_word_is_there() -> None:
    words = named(payloads(REGISTRY.guides), "impasto")

    names = {option["name"] for option in words["options"]}

    members = {guide.name for guide in REGISTRY.guides if not guide.is_admin_word}
    assert names == members - {"imagine"}


def test_without_admin_words_there_is_no_admin_command() -> None:
    members = [guide for guide in REGISTRY.guides if guide.role is Role.MEMBER]

    names = [one["name"] for one in payloads(members)]

    assert names == ["imagine", "impasto", *MESSAGE_COMMANDS]


def test_a_word_added_later_appears() -> None:
    added = Guide(name="tides", summary="Tells the tides", usage="[PLACE]", role=Role.MEMBER)

    words = named(payloads([*REGISTRY.guides, added]), "impasto")

    tides = named(words["options"], "tides")
    assert tides["description"] == "Tells the tides"
    assert tides["options"][0]["name"] == "place"
    assert not tides["options"][0]["required"]


def test_admin_words_become_groups_and_verbs_that_only_managers_are_offered() -> None:
    added = [
        Guide(name="admin quota set", summary="Sets a quota", usage="PERSON N", role=Role.ADMIN),
        Guide(name="admin quota show", summary="Shows a quota", usage="PERSON", role=Role.ADMIN),
        Guide(name="admin stats", summary="What was painted", role=Role.ADMIN),
    ]
    commands = payloads([*REGISTRY.guides, *added])

    admin = named(commands, "impasto-admin")
    assert admin["default_member_permissions"] == 32
    quota = named(admin["options"], "quota")
    assert [one["name"] for one in quota["options"]][-2:] == ["set", "show"]
    assert named(admin["options"], "stats")["type"] == 1
    assert faults(COMMANDS, commands) == []


def test_the_digest_changes_with_any_command() -> None:
    before = digest(payloads(REGISTRY.guides))

    again = digest(payloads(REGISTRY.guides))
    after = digest(
        payloads(
            [*REGISTRY.guides, Guide(name="tides", summary="Tells the tides", role=Role.MEMBER)]
        )
    )

    assert before == again
    assert before != after
