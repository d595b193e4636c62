"""What goes into the database as JSON comes out as it was."""

import json
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aspect import Aspect, Size
from bot.domain.grammar import Ask
from bot.domain.identity import BlobKey, ImageId, Person, Place, Role
from bot.domain.job import Ending, Order, Plan, Reason
from bot.ports import Answer, AnsweredImage
from bot.store import records
from providers import Insets, Operation

texts = st.text(max_size=40)
maybe_texts = st.none() | texts
numbers = st.integers(0, 2**62)
floats = st.floats(0, 100)
asks = st.builds(
    Ask,
    prompt=texts,
    negative_prompt=texts,
    aspect=st.none() | st.just(Aspect(width=16, height=9)),
    size=st.none() | st.just(Size(width_px=768, height_px=512)),
    count=st.none() | st.integers(1, 10),
    seed=st.none() | numbers,
    model=maybe_texts,
    style=maybe_texts,
    steps=st.none() | st.integers(1, 200),
    guidance=st.none() | floats,
    strength=st.none() | floats,
    draft=st.booleans(),
)
orders = st.builds(
    Order,
    operation=st.sampled_from(Operation),
    ask=asks,
    parent_image=st.none() | numbers.map(ImageId),
    source=st.none() | texts.map(BlobKey),
    mask=st.none() | texts.map(BlobKey),
    scale=st.none() | st.integers(2, 8),
    expand=st.none() | st.builds(Insets, left_px=numbers, top_px=numbers),
)
tuples = st.lists(texts, max_size=4).map(tuple)


@given(orders)
def test_an_order_survives(order: Order) -> None:
    assert records.read_order(records.write_order(order)) == order


@given(
    st.builds(
        Person,
        platform=texts,
        workspace=texts,
        user=texts,
        name=texts,
        role=st.sampled_from(Role),
        locale=texts,
    )
)
def test_a_person_survives(person: Person) -> None:
    assert records.read_person(records.write_person(person)) == person


@given(
    st.builds(
        Place,
        channel=texts,
        thread=maybe_texts,
        age_restricted=st.booleans(),
        callback=maybe_texts,
    )
)
def test_a_place_survives(place: Place) -> None:
    assert records.read_place(records.write_place(place)) == place


@given(
    st.builds(
        Plan,
        model=texts,
        providers=tuples,
        width_px=numbers,
        height_px=numbers,
        count=numbers,
        seed=st.none() | numbers,
        notes=tuples,
    )
)
def test_a_plan_survives(plan: Plan) -> None:
    assert records.read_plan(records.write_plan(plan)) == plan


@given(
    st.builds(
        Ending,
        reason=st.sampled_from(Reason),
        category=maybe_texts,
        words=texts,
        detail=texts,
    )
)
def test_an_ending_survives(ending: Ending) -> None:
    assert records.read_ending(records.write_ending(ending)) == ending


@given(
    st.builds(
        Answer,
        images=st.lists(
            st.builds(
                AnsweredImage,
                raw=texts.map(BlobKey),
                seed=st.none() | numbers,
                not_drawn=tuples,
            ),
            max_size=3,
        ).map(tuple),
        cost_microusd=st.none() | numbers,
        notes=tuples,
        request_id=maybe_texts,
    )
)
def test_an_answer_survives(answer: Answer) -> None:
    assert records.read_answer(records.write_answer(answer)) == answer


@given(tuples)
def test_texts_survive(written: tuple[str, ...]) -> None:
    assert records.read_texts(records.write_texts(written)) == written


def test_what_is_left_out_of_an_order_is_what_reading_fills_in() -> None:
    """Empty fields are not stored, so each of them must have None as its default."""
    for kind in (Order, Ask, Place):
        for field in fields(kind):
            assert "None" not in str(field.type) or field.default is None, field


def test_a_reason_that_only_a_later_release_knows_is_read_as_a_fault_of_ours() -> None:
    text = records.write_ending(Ending(reason=Reason.DEADLINE, words="10 minutes", detail="late"))
    later = text.replace(Reason.DEADLINE, "eaten_by_a_grue")

    assert records.read_ending(later) == Ending(
        reason=Reason.INTERNAL, detail="eaten_by_a_grue: late"
    )


def test_what_only_a_later_release_says_of_an_order_is_left_out() -> None:
    order = Order(operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a fox"))
    said = json.loads(records.write_order(order))
    said |= {"of_tomorrow": 1, "ask": said["ask"] | {"of_tomorrow": [1]}}

    assert records.read_order(json.dumps(said)) == order
