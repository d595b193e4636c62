"""A word's line or typed options, read by its parameters."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.words import REGISTRY
from bot.domain.argument_values import Known
from bot.domain.arguments import Arguments, read_options, read_text
from bot.domain.duration import read_duration, write_duration
from bot.domain.parameter import EVERYBODY, Parameter, ParameterKind, usage_of
from bot.domain.subject import Subject, SubjectKind, of_key, read_subject

WHO = Parameter(name="who", kind=ParameterKind.WHO, help="Whom", required=True, subjects=EVERYBODY)
DAY = Parameter(name="day", kind=ParameterKind.NUMBER, help="A day", per="day", low=0)
HOUR = Parameter(name="hour", kind=ParameterKind.NUMBER, help="An hour", per="hour", low=0)
WEIGHT = Parameter(
    name="weight", kind=ParameterKind.DECIMAL, help="Share", positional=False, low=0.1, high=10
)
MODELS = Parameter(name="models", kind=ParameterKind.MODELS, help="Which", positional=False)
QUOTA = (WHO, HOUR, DAY, WEIGHT, MODELS)
LENGTH = Parameter(name="length", kind=ParameterKind.DURATION, help="How long", aliases=("for",))
REASON = Parameter(name="reason", kind=ParameterKind.TEXT, help="Why")
BLOCK = (WHO, LENGTH, REASON)
KNOWN = Known(
    subjects={
        "@ana": "<@U1|Ana>",
        "#general": "<#C1|general>",
        "role:designers": "<@&S1|designers>",
        "role:the designers": "<@&S2|the designers>",
    },
    models=("sdxl", "flux-pro"),
)


def read(line: str, parameters: tuple[Parameter, ...] = QUOTA) -> dict[str, object]:
    arguments = read_text(line, parameters, KNOWN)
    assert isinstance(arguments, Arguments), arguments
    return {
        name: value.key if isinstance(value, Subject) else value
        for name, value in arguments.values.items()
    }


def wrong(line: str, parameters: tuple[Parameter, ...] = QUOTA) -> list[str]:
    misfits = read_text(line, parameters, KNOWN)
    assert not isinstance(misfits, Arguments), misfits
    return [misfit.sentence for misfit in misfits]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("@ana 50/day", {"who": "person:U1", "day": 50}),
        ("role:designers 200/day weight 2", {"who": "role:S1", "day": 200, "weight": 2.0}),
        ('role:"the designers" 1/h', {"who": "role:S2", "hour": 1}),
        ("#general 500/day", {"who": "channel:C1", "day": 500}),
        ("everyone day 5 hour=2", {"who": "everyone", "day": 5, "hour": 2}),
        ("day:5 @ana", {"who": "person:U1", "day": 5}),
        ("@ana --weight 0,5", {"who": "person:U1", "weight": 0.5}),
        ("@ana models sdxl,flux-pro", {"who": "person:U1", "models": ("sdxl", "flux-pro")}),
        ("<@U07ABC|ana.b> 5/d", {"who": "person:U07ABC", "day": 5}),
        ("<@!12345> 5/d", {"who": "person:12345", "day": 5}),
        ("<@&777> 5/d", {"who": "role:777", "day": 5}),
        ("<!subteam^S9|@the designers> 5/d", {"who": "role:S9", "day": 5}),
        ("<#C7|art room> 5/d", {"who": "channel:C7", "day": 5}),
        ("@U07ABCDEF 5/d", {"who": "person:U07ABCDEF", "day": 5}),
        ("@157501037431331226 5/d", {"who": "person:157501037431331226", "day": 5}),
    ],
)
def test_a_line_is_read_by_its_parameters(line: str, values: dict[str, object]) -> None:
    assert read(line) == values


@pytest.mark.parametrize(
    ("line", "length", "reason"),
    [
        ("@ana 2h", timedelta(hours=2), None),
        ("@ana 2 hours", timedelta(hours=2), None),
        ("@ana for 1d6h spam again", timedelta(days=1, hours=6), "spam again"),
        ("@ana spam, weight 3 and day 5", None, "spam, weight 3 and day 5"),
        ("@ana 2h he said: stop 3h", timedelta(hours=2), "he said: stop 3h"),
        ("@ana", None, None),
    ],
)
def test_a_text_takes_what_is_left_of_the_line(
    line: str, length: timedelta | None, reason: str | None
) -> None:
    values = read(line, BLOCK)

    assert (values.get("length"), values.get("reason")) == (length, reason)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("@anna 5/day", "@anna is not known here. Did you mean @ana?"),
        ("ana 5/day", "ana: name a person (@name)"),
        ("@ana 5/dya", "5/dya: that has no meaning here. Did you mean day?"),
        ("@ana wieght 5", "wieght: that has no meaning here. Did you mean weight?"),
        ("@ana weight 50", "weight: 50 is out of range; it takes 0.1 to 10."),
        ("@ana weight", "weight: its value is missing. Share."),
        ("@ana five/day", "day: five is not a whole number."),
        ("@ana 5/day 6/day", "day is said twice."),
        ("@ana models sdxl,flux", "models: there is no flux. Did you mean flux-pro?"),
        ("5/day", "@PERSON|role:ROLE|#CHANNEL|everyone is missing: whom."),
        ("@ana #general 5/day", "#general: nobody and no place can be named here beside @Ana."),
    ],
)
def test_what_does_not_fit_is_named_with_what_would(line: str, said: str) -> None:
    assert any(sentence.startswith(said) for sentence in wrong(line)), wrong(line)


LOG = (
    Parameter(name="who", kind=ParameterKind.WHO, help="Whose", subjects=(SubjectKind.PERSON,)),
    Parameter(name="what", kind=ParameterKind.WORD, help="What"),
)


@pytest.mark.parametrize("line", ["@anna", "#general", "role:designers", "<#C1|general>"])
def test_a_name_is_never_taken_for_a_word_where_a_subject_may_stand(line: str) -> None:
    misfits = read_text(line, LOG, KNOWN)

    assert isinstance(misfits, tuple), misfits


def test_everything_wrong_is_told_at_once() -> None:
    assert len(wrong("@ana weight 50 day x")) == 2


def test_typed_options_mean_the_same() -> None:
    options = {"who": "<@U1|Ana>", "day": 50, "weight": 2.5}

    read_back = read_options(options, QUOTA, KNOWN)

    assert isinstance(read_back, Arguments)
    assert read_back.values == read_text("@ana 50/day weight 2.5", QUOTA, KNOWN).values  # type: ignore[union-attr]


def test_usage_is_drawn_from_the_parameters() -> None:
    assert usage_of(QUOTA) == (
        "@PERSON|role:ROLE|#CHANNEL|everyone [N/hour] [N/day] [weight N] [models MODEL,MODEL]"
    )


@given(st.text(max_size=60))
def test_no_line_breaks_any_word(line: str) -> None:
    for guide in REGISTRY.guides:
        if guide.is_admin_word:
            read_text(line, guide.parameters, KNOWN)


@pytest.mark.parametrize(
    "line",
    [line for g in REGISTRY.guides for line in (g.example, *g.more_examples) if g.is_admin_word],
)
def test_every_example_works_as_it_stands(line: str) -> None:
    people = {f"@{name}": f"<@{name}|{name}>" for name in ("ana", "ben")}
    rooms = {f"#{name}": f"<#{name}|{name}>" for name in ("general", "art", "support")}
    known = Known(subjects=KNOWN.subjects | people | rooms, models=("sdxl-base", "flux-pro"))
    found = REGISTRY.admin_word(line.removeprefix("admin "))

    assert found is not None
    word, rest = found
    assert isinstance(read_text(rest, word.guide.parameters, known), Arguments)


NAMES = st.text(st.characters(exclude_characters="<>|", exclude_categories=["C"]), max_size=40)


@given(
    st.sampled_from([SubjectKind.PERSON, SubjectKind.ROLE, SubjectKind.CHANNEL]),
    st.from_regex(r"[A-Za-z0-9_.-]{1,30}", fullmatch=True),
    NAMES,
)
def test_a_mention_leads_back_to_its_subject(kind: SubjectKind, number: str, name: str) -> None:
    subject = Subject(kind=kind, id=number, name=name)

    found = read_subject(subject.mention, {})

    assert isinstance(found, Subject)
    assert found.key == subject.key == of_key(subject.key).key


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_subjects(token: str) -> None:
    read_subject(token, KNOWN.subjects)


@given(st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=3000)))
def test_a_duration_is_read_back(length: timedelta) -> None:
    whole = timedelta(minutes=length // timedelta(minutes=1))

    assert read_duration(write_duration(whole)) == whole
