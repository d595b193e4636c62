from __future__ import annotations

import pytest

from bot.domain.aspect import Aspect, Size
from bot.domain.flags import FlagError, FlagProblem
from bot.domain.grammar import MAX_ERRORS, Ask, from_options, parse, render


def asked(text: str) -> Ask:
    ask = parse(text)
    assert isinstance(ask, Ask), [error.sentence for error in ask]
    return ask


def sentences(text: str) -> list[str]:
    errors = parse(text)
    assert not isinstance(errors, Ask), errors
    return [error.sentence for error in errors]


def test_every_flag_sets_its_field():
    ask = asked(
        "a fox --ar 16:9 --n 4 --seed 42 --no text --style watercolor --model X"
        " --steps 30 --guidance 7 --strength 0.6 --draft"
    )

    assert ask == Ask(
        prompt="a fox",
        negative_prompt="text",
        aspect=Aspect(width=16, height=9),
        count=4,
        seed=42,
        model="X",
        style="watercolor",
        steps=30,
        guidance=7.0,
        strength=0.6,
        draft=True,
    )


def test_a_size_is_width_by_height():
    assert asked("a fox --size 768x512").size == Size(width_px=768, height_px=512)


def test_flags_may_stand_anywhere():
    assert asked("--n 2 a red --seed 7 fox --draft at dusk") == Ask(
        prompt="a red fox at dusk", count=2, seed=7, draft=True
    )


@pytest.mark.parametrize(
    "typed", ["--seed=42", "--SEED 42", "—seed 42", "–seed=42", '--seed "42"', "--seed ４２"]
)
def test_a_flag_is_read_however_a_keyboard_makes_it(typed):
    assert asked(f"a fox {typed}") == Ask(prompt="a fox", seed=42)


def test_an_alias_is_the_flag_itself():
    assert asked("a fox --aspect 3:2 --negative text") == asked("a fox --ar 3:2 --no text")


@pytest.mark.parametrize(
    "typed",
    [
        '"water colour"',
        "'water colour'",
        "“water colour”",
        "‘water colour’",
        "”water colour”",
        "«water colour»",
    ],
)
@pytest.mark.parametrize("between", [" ", "="])
def test_quotes_keep_the_words_of_a_value_together(typed, between):
    assert asked(f"a fox --style{between}{typed} at dusk") == Ask(
        prompt="a fox at dusk", style="water colour"
    )


def test_an_apostrophe_does_not_end_a_quoted_value():
    assert asked("a fox --style 'children's book' --n 2").style == "children's book"


def test_no_takes_every_word_up_to_the_next_flag():
    assert asked("a fox --no text, blurry people --n 2 at dusk") == Ask(
        prompt="a fox at dusk", negative_prompt="text, blurry people", count=2
    )


def test_quotes_around_everything_to_leave_out_are_taken_away():
    assert asked('a fox --no "text, people"').negative_prompt == "text, people"


@pytest.mark.parametrize(
    "prompt",
    [
        "art deco -- gold",
        "a fox — at dusk",
        "a fox —nobody else",
        "a--b",
        "a fox --- and --5 more",
        "minus -n 4",
        'a shop sign "use --force, then --quit" above a door',
        "a poster “--n 3”",
        "rock 'n' roll in the '80s",
        'a 12" pizza beside a 14" one',
        "狐 夕暮れ",
        "лиса в снегу",
        "🦊 𝒻ox",
    ],
)
def test_text_that_only_resembles_flags_stays_text(prompt):
    assert asked(f"{prompt} --seed 7") == Ask(prompt=prompt, seed=7)


def test_a_backslash_keeps_a_flag_text():
    assert asked(r"a terminal showing \--draft and \—ar --n 2") == Ask(
        prompt="a terminal showing --draft and —ar", count=2
    )


def test_a_quote_that_never_closes_hides_no_flag():
    assert asked('a sign saying "hello --n 2') == Ask(prompt='a sign saying "hello', count=2)


@pytest.mark.parametrize(
    "text", ['"a fox" --n 2', '"a fox --n 2"', "'a fox' --n 2", "“a fox --n 2”"]
)
def test_quotes_around_a_whole_prompt_are_shell_habit(text):
    assert asked(text) == Ask(prompt="a fox", count=2)


def test_lines_and_runs_of_blanks_are_folded():
    assert asked("a fox\n\n at\tdusk\u3000 --no\ntext") == Ask(
        prompt="a fox at dusk", negative_prompt="text"
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\u200b f\u00ado\x00x\ud800", "a fox"),
        ("a f\u200do\u200cx", "a fox"),
        ("fox\U000e0041\U000e0042", "fox"),
        ("a\ufe01\ufe02 fox", "a fox"),
        ("\u202efox", "fox"),
        ("fox \u3164", "fox"),
        ("👩\u200d🚀 ❤️\u200d🔥", "👩\u200d🚀 ❤️\u200d🔥"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("1️⃣ ☀️", "1️⃣ ☀️"),
    ],
)
def test_what_nobody_sees_goes_and_what_shapes_letters_stays(typed, kept):
    assert asked(typed).prompt == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("--n 99", "--n 99: choose 1 to 10"),
        ("--n 0", "--n 0: choose 1 to 10"),
        ("--n -3", "--n -3: choose 1 to 10"),
        ("--n 2.5", "--n 2.5: choose 1 to 10"),
        ("--seed banana", "--seed banana: choose a whole number from 0 to 2147483647"),
        ("--seed 2147483648", "--seed 2147483648: choose a whole number from 0 to 2147483647"),
        ("--guidance 31", "--guidance 31: choose a number from 0 to 30, such as 7.5"),
        ("--strength nan", "--strength nan: choose a number from 0 to 1, such as 0.6"),
        ("--steps 1e2", "--steps 1e2: choose 1 to 200"),
        ("--size 63x64", "--size 63x64: choose WxH with 64 to 4096 pixels a side, such as 768x512"),
        ("--draft=maybe", "--draft maybe: choose --draft alone, or true or false"),
        ("--aspect 0:5", "--aspect 0:5: choose W:H with whole numbers from 1 to 100, no longer than 4:1 and no taller"
         " than 1:4, such as 16:9"),
    ],
)  # fmt: skip
def test_a_refused_value_is_named_with_what_is_allowed(typed, sentence):
    assert sentences(f"a fox {typed}") == [sentence]


@pytest.mark.parametrize(
    "ratio", ["0:5", "5:0", "101:100", "9:2", "1:5", "16", "16:9:4", "2.39:1", "-1:2", ":"]
)
def test_an_impossible_aspect_is_refused(ratio):
    [error] = parse(f"a fox --ar {ratio}")

    assert (error.problem, error.flag, error.value) == (FlagProblem.NOT_ALLOWED, "--ar", ratio)


@pytest.mark.parametrize("ratio", ["4:1", "1:4", "100:25", "16/9", "16x9", "16：9"])
def test_an_aspect_at_the_edge_is_taken(ratio):
    assert asked(f"a fox --ar {ratio}").aspect is not None


@pytest.mark.parametrize(
    "text",
    ["a fox --seed", "a fox --seed --n 2", "a fox --seed=", 'a fox --seed ""', "a fox --seed —n 2"],
)
def test_a_missing_value_is_an_error(text):
    assert sentences(text) == ["--seed needs a value: choose a whole number from 0 to 2147483647"]


def test_a_flag_given_twice_is_an_error_even_by_an_alias():
    assert sentences("a fox --n 2 --n 2 --n 3 --ar 1:1 --aspect 1:1") == [
        "--n is given more than once: keep one",
        "--ar is given more than once: keep one",
    ]


def test_size_and_aspect_exclude_each_other():
    assert sentences("a fox --ar 1:1 --size 512x512") == [
        "Choose --size or --ar, not both: each sets the shape"
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("--stlye", "--style"), ("--sed", "--seed"), ("--Guidence", "--guidance"), ("--n4", "--n"), ("--ar16:9", "--ar"),
     ("--negative-prompt", "--negative"), ("--draft,", "--draft"), ("--str", "--strength")],
)  # fmt: skip
def test_an_unknown_flag_is_told_the_nearest_real_one(typed, meant):
    assert sentences(f"a fox {typed}") == [
        f"{typed} is not a flag: did you mean {meant}? To keep it as words, put a \\ before it."
    ]


def test_an_unknown_flag_near_nothing_is_told_all_there_are():
    [sentence] = sentences("a fox --zzz")

    assert "there are --ar, --size, --n, --seed, --no," in sentence


@pytest.mark.parametrize("text", ["", "   ", "\u200b", '""', "--n 4", "\x00\ud800"])
def test_an_empty_prompt_is_an_error(text):
    assert sentences(text) == ["The prompt is empty: say what to paint, such as: a red fox at dusk"]


@pytest.mark.parametrize(("length", "told"), [(4001, "4,001"), (100_000, "100,000")])
def test_too_long_a_prompt_is_told_its_length_and_the_limit(length, told):
    assert sentences("x" * length) == [f"The prompt has {told} characters: write at most 4,000"]


def test_four_thousand_characters_are_taken_in_either_prompt():
    ask = asked(f"{'x' * 4000} --no {'y' * 4000}")

    assert (len(ask.prompt), len(ask.negative_prompt)) == (4000, 4000)


def test_too_much_to_leave_out_is_an_error():
    assert sentences(f"a fox --no {'y' * 4001}") == [
        "--no has 4,001 characters: write at most 4,000"
    ]


def test_all_mistakes_are_told_at_once_in_the_order_typed():
    errors = parse("--stile x --n 99 --seed banana --ar 1:1 --size 1x1 --steps")

    assert isinstance(errors, tuple)
    assert [(error.flag, error.problem) for error in errors] == [
        ("--stile", FlagProblem.UNKNOWN),
        ("--n", FlagProblem.NOT_ALLOWED),
        ("--seed", FlagProblem.NOT_ALLOWED),
        ("--size", FlagProblem.NOT_ALLOWED),
        ("--steps", FlagProblem.MISSING_VALUE),
        ("--size", FlagProblem.CONFLICT),
    ]


def test_a_text_full_of_mistakes_is_told_a_readable_number_of_them():
    errors = parse("a fox " + " ".join(f"--bad{n}" for n in range(1000)))

    assert isinstance(errors, tuple)
    assert len(errors) == MAX_ERRORS


def test_a_long_refused_value_is_shown_short_and_kept_whole():
    [error] = parse(f"a fox --seed {'9' * 5000}")

    assert len(error.value) == 5000
    assert len(error.sentence) < 120


def test_typed_options_are_the_same_as_flags():
    ask = from_options(
        {"prompt": "a fox", "ar": "16:9", "n": 4, "seed": 0, "no": "text, people", "style": "water colour",
         "guidance": 7.0, "strength": 0.6, "draft": True, "model": None, "steps": ""}
    )  # fmt: skip

    assert ask == asked(
        'a fox --ar 16:9 --n 4 --seed 0 --no text, people --style "water colour" --guidance 7 --strength 0.6 --draft'
    )


def test_flags_typed_into_a_prompt_field_are_read():
    assert from_options({"prompt": "a fox --n 2", "seed": 7, "draft": False}) == Ask(
        prompt="a fox", count=2, seed=7
    )


def test_a_flag_in_the_prompt_field_and_as_an_option_is_given_twice():
    errors = from_options({"prompt": "a fox --n 2", "n": 3})

    assert errors == (FlagError(problem=FlagProblem.REPEATED, flag="--n", allowed="keep one"),)


def test_the_text_of_an_option_is_taken_literally():
    assert from_options({"prompt": "a fox", "no": "--draft"}) == Ask(
        prompt="a fox", negative_prompt="--draft"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"prompt": "a fox", "n": 99}, "--n 99: choose 1 to 10"),
        ({"prompt": "a fox", "n": True}, "--n true: choose 1 to 10"),
        (
            {"prompt": "a fox", "guidance": float("inf")},
            "--guidance Infinity: choose a number from 0 to 30, such as 7.5",
        ),
        ({"prompt": None}, "The prompt is empty: say what to paint, such as: a red fox at dusk"),
        ({}, "The prompt is empty: say what to paint, such as: a red fox at dusk"),
        ({"prompt": "x" * 20_000}, "The prompt has 20,000 characters: write at most 4,000"),
    ],
)
def test_options_are_refused_in_the_same_words(options, sentence):
    errors = from_options(options)

    assert isinstance(errors, tuple)
    assert [error.sentence for error in errors] == [sentence]


def test_the_canonical_line_has_flags_in_the_order_of_the_table():
    line = render(
        asked(
            "--draft --style “water colour” --guidance 7,50 --no=text, people --seed=42 --ar 21/9 a  fox"
        )
    )

    assert (
        line
        == 'a fox --ar 21:9 --seed 42 --no text, people --style "water colour" --guidance 7.5 --draft'
    )
