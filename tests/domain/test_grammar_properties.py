from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.aspect import Aspect, Size
from bot.domain.cleaning import clean
from bot.domain.flags import DOUBLE_QUOTES, FLAG_NAMES, FLAGS, FlagProblem
from bot.domain.grammar import MAX_PROMPT_CHARS, Ask, from_options, parse, render

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
"""Lone surrogates and control characters too."""

AWKWARD = [
    *("--" + name for name in FLAG_NAMES),
    *(
        "—n",
        "–seed=7",
        "--no=",
        '--style="',
        "--stlye",
        "--",
        "—",
        "---",
        "--5",
        "-n",
        "\\",
        "\\\\",
        "\\--n",
        "\\\\--n",
    ),
    *(
        '"',
        "'",
        "“",
        "”",
        "‘",
        "’",
        "«",
        "»",
        '\\"',
        "\\'",
        '"a',
        'b"',
        "'a",
        "b'",
        '"c"',
        "'c'",
        '",',
        '""',
        '"d\ufe0f"',
    ),
    *(
        "16:9",
        "0:5",
        "4",
        "99",
        "0.5",
        "768x512",
        "fox",
        "red",
        "🦊",
        "\ufe0f",
        "\u200d",
        "\u200b",
        "👩\u200d🚀",
        "\n",
        "=",
    ),
]
TYPED = st.lists(st.sampled_from(AWKWARD) | st.text(max_size=4), max_size=12).map(
    " ".join
) | st.lists(st.sampled_from(AWKWARD), max_size=8).map("".join)

PROSE = (TYPED | ANY_TEXT).map(clean)
NAMES = PROSE.map(lambda text: "".join(c for c in text if c not in DOUBLE_QUOTES)[:100]).map(clean)


def asks() -> st.SearchStrategy[Ask]:
    """Every Ask that typed options can make, with prompts as awkward as text can be."""
    shape: st.SearchStrategy[dict[str, Any]] = st.one_of(
        st.just({}),
        st.builds(
            lambda w, h: {"aspect": Aspect(width=w, height=h)},
            st.integers(1, 100),
            st.integers(1, 100),
        ).filter(
            lambda given: (
                max(given["aspect"].width, given["aspect"].height)
                <= 4 * min(given["aspect"].width, given["aspect"].height)
            )
        ),
        st.builds(
            lambda w, h: {"size": Size(width_px=w, height_px=h)},
            st.integers(64, 4096),
            st.integers(64, 4096),
        ),
    )
    exact = st.integers(0, 10**6)
    others = st.fixed_dictionaries(
        {"prompt": PROSE.filter(bool)},
        optional={
            "negative_prompt": PROSE,
            "count": st.integers(1, 10),
            "seed": st.integers(0, 2**31 - 1),
            "model": NAMES.filter(bool),
            "style": NAMES.filter(bool),
            "steps": st.integers(1, 200),
            "guidance": exact.map(lambda n: n * 30 / 10**6),
            "strength": exact.map(lambda n: n / 10**6),
            "draft": st.booleans(),
        },
    )
    return st.builds(lambda one, two: Ask(**one, **two), others, shape)


@given(ANY_TEXT | TYPED)
@example("\ud800")
@example("“\ufe0ffox”")
@example("fox --style=\ufe0fx")
@example('"')
@example('--no="')
def test_any_text_gives_an_ask_or_sentences(text):
    answer = parse(text)

    if isinstance(answer, Ask):
        assert answer.prompt == clean(answer.prompt) != ""
        answer.prompt.encode()
    else:
        assert answer
        assert all(error.sentence and error.allowed for error in answer)


@given(asks())
@example(Ask(prompt="'tis", negative_prompt="dogs'"))
@example(Ask(prompt='say "hi', style="a b"))
@example(Ask(prompt='"a "b c"'))
@example(Ask(prompt='"a fox" "'))
@example(Ask(prompt="fox", negative_prompt="'80s", style="the '90s"))
@example(Ask(prompt=r"\--n \\\—ar \" \'"))
@example(Ask(prompt="fox", guidance=1e-05))
def test_the_canonical_line_of_any_ask_means_that_ask(ask):
    assert parse(render(ask)) == ask


@given(TYPED)
def test_reading_the_canonical_line_again_changes_nothing(text):
    ask = parse(text)

    if isinstance(ask, Ask):
        assert parse(render(ask)) == ask
        assert render(parse(render(ask))) == render(ask)


def test_the_longest_ask_still_has_a_line_that_is_read():
    quotes = ('""" ' * MAX_PROMPT_CHARS)[:MAX_PROMPT_CHARS].strip()
    flags = ("--a " * MAX_PROMPT_CHARS)[:MAX_PROMPT_CHARS].strip()
    opened = ('"a ' * MAX_PROMPT_CHARS)[:MAX_PROMPT_CHARS].strip()
    for worst in (quotes, flags, opened):
        ask = Ask(
            prompt=worst,
            negative_prompt=worst,
            style="x " * 49 + "yy",
            model="x " * 49 + "yy",
            seed=2**31 - 1,
        )

        assert parse(render(ask)) == ask


@given(asks())
def test_options_mean_what_the_line_means(ask):
    options = {flag.name: getattr(ask, flag.field) for flag in FLAGS}
    options |= {
        name: value.written for name, value in options.items() if isinstance(value, Aspect | Size)
    }

    assert from_options({"prompt": render(Ask(prompt=ask.prompt)), **options}) == ask


@given(ANY_TEXT | TYPED)
@example("🔥\ufe0f\u200d\ufe0f")
@example("🔥\u200d\u200d🔥 \ufe0f\u200d🔥")
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(
    st.sampled_from([flag for flag in FLAGS if flag.bounds]),
    st.text(alphabet="abc:x.,-+", min_size=1, max_size=60),
)
def test_a_refused_value_names_flag_value_and_what_is_allowed(flag, value):
    [error] = parse(f"a fox {flag.written}={value}")

    assert (error.problem, error.flag) == (FlagProblem.NOT_ALLOWED, flag.written)
    assert error.value == value
    assert error.sentence.startswith(f"{flag.written} {value[:40]}")
    assert error.sentence.endswith(flag.allowed)


@given(st.sampled_from(["style", "guidance", "strength", "negative", "aspect", "model"]), st.data())
def test_a_flag_with_one_slip_is_recognised(name, data):
    at = data.draw(st.integers(1, len(name) - 2))
    slip = data.draw(
        st.sampled_from(
            [name[:at] + name[at + 1 :], name[:at] + name[at + 1] + name[at] + name[at + 2 :]]
        )
    )

    if slip != name:
        [error] = parse(f"a fox --{slip}")
        assert error.nearest == f"--{name}"
