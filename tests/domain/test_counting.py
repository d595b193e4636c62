"""One thing and several, as people write them."""

from bot.domain.sentences import counted


def test_one_has_no_s_and_a_thousand_has_its_comma() -> None:
    assert [counted(number, "model") for number in (0, 1, 2, 1200)] == [
        "0 models",
        "1 model",
        "2 models",
        "1,200 models",
    ]
