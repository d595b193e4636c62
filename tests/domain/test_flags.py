from __future__ import annotations

from dataclasses import fields

import pytest

from bot.domain.flag_values import read_value, write_value
from bot.domain.flags import (
    FLAGS,
    MAX_NAME_CHARS,
    Completion,
    ValueKind,
    find_flag,
)
from bot.domain.grammar import Ask


def test_every_field_of_an_ask_but_the_prompt_and_its_template_has_one_flag():
    assert sorted(flag.field for flag in FLAGS) == sorted(
        field.name for field in fields(Ask) if field.name not in {"prompt", "call"}
    )


def test_no_two_flags_share_a_name():
    names = [name for flag in FLAGS for name in (flag.name, *flag.aliases)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.name)
def test_a_flag_fits_a_typed_option_of_every_platform(flag):
    # Discord: names of 1 to 32 lower-case characters, descriptions of 1 to 100 (application commands, read 2026-11).
    assert flag.name.isidentifier()
    assert flag.name == flag.name.lower()
    assert len(flag.name) <= 32
    assert 1 <= len(flag.help) <= 100
    assert flag.help.endswith(".")


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.name)
def test_every_suggestion_is_allowed_and_written_as_it_is_read(flag):
    assert bool(flag.suggestions) == (flag.completion is Completion.FIXED)
    for suggestion in flag.suggestions:
        value = read_value(flag, suggestion)
        assert value is not None
        assert write_value(value) == suggestion


@pytest.mark.parametrize(
    "flag",
    [flag for flag in FLAGS if flag.kind in {ValueKind.WHOLE, ValueKind.DECIMAL}],
    ids=lambda flag: flag.name,
)
def test_both_bounds_are_allowed_and_nothing_beyond(flag):
    low, high = flag.bounds.low, flag.bounds.high

    assert read_value(flag, str(low)) == low
    assert read_value(flag, str(high)) == high
    assert read_value(flag, str(low - 1)) is None
    assert read_value(flag, str(high + 1)) is None


@pytest.mark.parametrize(
    "flag", [flag for flag in FLAGS if flag.bounds], ids=lambda flag: flag.name
)
def test_the_sentence_of_what_is_allowed_names_the_bounds_themselves(flag):
    assert str(flag.bounds.low) in flag.allowed
    assert str(flag.bounds.high) in flag.allowed


def test_flags_are_found_by_name_or_alias_in_any_case():
    assert find_flag("AR") is find_flag("aspect")
    assert find_flag("template") is None


@pytest.mark.parametrize("text", ["7", "7.0", "7.", "7,0", "+7"])
def test_a_decimal_is_read_as_people_write_it(text):
    assert read_value(find_flag("guidance"), text) == 7.0


@pytest.mark.parametrize("text", ["", ".", "-0", "0x1", "inf", "1_0", "1.2.3", "0." + "0" * 5000])
def test_what_is_no_plain_decimal_is_refused(text):
    assert read_value(find_flag("guidance"), text) is None


@pytest.mark.parametrize("text", ["", "x" * 101, 'a"b', "a”b"])
def test_a_name_is_short_and_without_double_quotes(text):
    assert read_value(find_flag("style"), text) is None


@pytest.mark.parametrize("name", ["style", "model"])
def test_the_longest_name_is_told(name):
    assert read_value(find_flag(name), "x" * MAX_NAME_CHARS) == "x" * MAX_NAME_CHARS
    assert str(MAX_NAME_CHARS) in find_flag(name).allowed
