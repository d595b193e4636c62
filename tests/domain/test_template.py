"""A template's text is read when it is set; what people give is joined to it and never read."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cleaning import clean
from bot.domain.grammar import Ask, parse
from bot.domain.starter_templates import STARTERS
from bot.domain.template import MAX_VALUE_CHARS, Template, VariableKind, fill, read_template
from bot.domain.template_call import TemplateCall, lift


def template(line: str) -> Template:
    read = read_template("shelf", line)
    assert isinstance(read, Template), read
    return read


def filled(line: str, **values: str) -> Ask | tuple[str, ...]:
    call = TemplateCall(name="shelf", values=tuple(values.items()))
    return fill(template(line), Ask(prompt="", call=call))


@given(st.text(max_size=MAX_VALUE_CHARS).filter(clean))
def test_a_value_stands_in_the_prompt_as_it_was_given(value: str) -> None:
    asked = filled("before {what} after", what=value)

    assert isinstance(asked, Ask)
    assert asked.prompt == clean(f"before {clean(value)} after")
    assert asked.call is None


@given(st.text(alphabet=string.printable, max_size=60), st.text(max_size=60))
def test_no_value_reaches_another_variable(one: str, two: str) -> None:
    given_twice = filled("{a} | {b}", a=f"x{one}{{b}}", b=f"y{two}")

    if isinstance(given_twice, Ask):
        assert given_twice.prompt == clean(f"{clean(f'x{one}{{b}}')} | {clean(f'y{two}')}")


@given(st.text(max_size=400))
def test_any_text_is_a_template_or_says_what_is_wrong(line: str) -> None:
    read = read_template("shelf", line)

    assert isinstance(read, Template) or all(read)


@given(st.text(max_size=300))
def test_a_line_without_a_call_is_left_alone(line: str) -> None:
    call, rest = lift(line)

    assert call is not None or rest == line


@pytest.mark.parametrize("name", sorted(STARTERS))
def test_every_starter_works_as_its_example_says(name: str) -> None:
    asked = parse(STARTERS[name].example)

    assert isinstance(asked, Ask)
    whole = fill(STARTERS[name], asked)
    assert isinstance(whole, Ask)
    assert "{" not in whole.prompt
    assert STARTERS[name].about


def test_there_are_at_least_twelve_starters() -> None:
    assert len(STARTERS) >= 12


def test_variables_are_typed() -> None:
    read = template("{a} {b (x y)} {c:one|two=two} {d:1-10} {e:number=3} {f=} {a}").variables

    assert [one.name for one in read] == ["a", "b", "c", "d", "e", "f"]
    assert [one.kind for one in read] == [
        VariableKind.TEXT,
        VariableKind.TEXT,
        VariableKind.CHOICE,
        VariableKind.NUMBER,
        VariableKind.NUMBER,
        VariableKind.TEXT,
    ]
    assert [one.default for one in read] == [None, None, "two", None, "3", ""]


@pytest.mark.parametrize(
    ("line", "values", "prompt"),
    [
        ("{{{a}}}", {"a": "x"}, "{x}"),
        ("{A} and {a}", {"a": "x"}, "x and x"),
        ("{n:1-10} of them", {"n": "3.50"}, "3.5 of them"),
        ("{mood:warm|cold=cold}", {}, "cold"),
        ("{mood:warm|cold=cold}", {"mood": "WARM"}, "warm"),
    ],
)
def test_it_is_filled_in(line: str, values: dict[str, str], prompt: str) -> None:
    asked = filled(line, **values)

    assert isinstance(asked, Ask)
    assert asked.prompt == prompt


@pytest.mark.parametrize(
    ("line", "values", "said"),
    [
        ("{n:1-10}", {"n": "11"}, "n: 11 does not fit. It takes a number from 1 to 10."),
        ("{n:number}", {"n": "nan"}, "n: nan does not fit. It takes a number."),
        ("{a}", {"a": "x" * 301}, "a: that is 301 characters; 300 fit."),
        ("{a}", {"a": "\u200b"}, "a: it is empty."),
    ],
)
def test_what_does_not_fit_is_told(line: str, values: dict[str, str], said: str) -> None:
    told = filled(line, **values)

    assert isinstance(told, tuple)
    assert told[0].startswith(said)


@pytest.mark.parametrize(
    ("typed", "values", "rest"),
    [
        ('a="x y" b=z', (("a", "x y"), ("b", "z")), ""),
        ("a=“x y” more words", (("a", "x y"),), "more words"),
        ("--n 2 a='it \"is\"'", (("a", 'it "is"'),), "--n 2"),
        ('"a=b c" stays', (), '"a=b c" stays'),
        ('a="--n 9 --seed 3" --n 2', (("a", "--n 9 --seed 3"),), "--n 2"),
        ("A=1 a=2", (("a", "1"), ("a", "2")), ""),
        ("a= b", (("a", ""),), "b"),
        ('a="open', (), 'a="open'),
    ],
)
def test_values_are_taken_out_of_the_line(typed: str, values: object, rest: str) -> None:
    assert lift(f"template:shelf {typed}") == (TemplateCall(name="shelf", values=values), rest)


@pytest.mark.parametrize("line", ["a template:hero", "template: hero", "template:", "template:1x"])
def test_only_a_name_at_the_beginning_is_a_call(line: str) -> None:
    assert lift(line) == (None, line)


@pytest.mark.parametrize("name", sorted(STARTERS))
def test_the_page_tells_every_starter_with_what_is_painted(name: str) -> None:
    page = Path("docs/templates.md").read_text()
    asked = parse(STARTERS[name].example)
    assert isinstance(asked, Ask)
    whole = fill(STARTERS[name], asked)
    assert isinstance(whole, Ask)

    assert f"/imagine {STARTERS[name].example}" in page
    assert f"> {whole.prompt}" in page
