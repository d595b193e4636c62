import pytest

from moderation.registry import kinds, plugin


def test_an_unknown_kind_is_answered_with_the_kinds_there_are():
    with pytest.raises(LookupError, match="no moderator kind 'nobody'; there are:"):
        plugin("nobody")


def test_kinds_are_sorted():
    assert list(kinds()) == sorted(kinds())
