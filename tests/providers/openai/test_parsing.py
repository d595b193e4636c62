"""Parsers and arithmetic of the adapter: sizes, events, error bodies, options, the models file."""

from __future__ import annotations

import base64
import json
from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import (
    BadAnswer,
    Busy,
    ContentBlocked,
    Delivery,
    Insets,
    InvalidRequest,
    ModelGone,
    Operation,
    ProviderConfig,
    ProviderError,
    SeedSupport,
)
from providers.openai.adapter import linked_url
from providers.openai.answers import (
    Answer,
    TokenPrices,
    Usage,
    cost_microusd,
    parsed,
    usage_of,
)
from providers.openai.catalog import offers_of
from providers.openai.errors import error_of
from providers.openai.options import options_of
from providers.openai.sizes import placed, snapped
from providers.openai.stream import EventSplitter
from providers.wire.pauses import MAX_RETRY_AFTER_S, retry_after_s

NOW_S = 1_800_000_000.0


def config(**changes) -> ProviderConfig:
    fields = {"name": "house", "kind": "openai", "api_key": "sk-test"}
    return ProviderConfig(**{**fields, **changes})


def offer(model="gpt-image-2", **changes):
    return offers_of(options_of(config(**changes)), (model,))[0]


sides = st.integers(1, 20_000)


@given(sides, sides)
def test_every_size_lands_on_one_the_model_paints(width, height):
    found = snapped(width, height, offer())

    assert found[0] % 16 == found[1] % 16 == 0
    assert max(found) <= 3840
    assert max(found) <= 3 * min(found)
    assert 655_360 <= found[0] * found[1] <= 8_294_400


@given(sides, sides)
def test_a_size_the_model_paints_stays_as_it_is(width, height):
    once = snapped(width, height, offer())

    assert snapped(*once, offer()) == once


@given(sides, sides)
def test_a_compatible_server_gets_sides_within_its_bounds(width, height):
    found = snapped(width, height, offer("sdxl-base", options={"max_px": 1024}))

    assert all(64 <= side <= 1024 and side % 8 == 0 for side in found)


@given(sides, sides)
def test_fixed_sizes_are_the_only_ones(width, height):
    model = offer("gpt-image-1.5")

    assert snapped(width, height, model) in model.model.capabilities.sizes.fixed


@pytest.mark.parametrize(
    ("asked", "painted"),
    [
        ((1000, 700), (1008, 704)),
        ((1024, 1024), (1024, 1024)),
        ((3840, 2160), (3840, 2160)),
        ((512, 512), (816, 816)),
        ((4000, 1000), (3840, 1280)),
        ((1500, 500), (1504, 512)),
    ],
)
def test_the_nearest_size_is_meant(asked, painted):
    assert snapped(*asked, offer()) == painted


@given(
    st.tuples(st.integers(64, 4000), st.integers(64, 4000)),
    st.builds(
        Insets,
        left_px=st.integers(0, 3000),
        right_px=st.integers(0, 3000),
        top_px=st.integers(0, 3000),
        bottom_px=st.integers(0, 3000),
    ),
)
def test_an_outpaints_source_lies_within_a_canvas_the_model_paints(source, expand):
    place = placed(source, expand, offer())

    assert snapped(*place.canvas, offer()) == place.canvas
    assert place.left_px >= 0
    assert place.top_px >= 0
    assert place.left_px + place.source[0] <= place.canvas[0] + 1
    assert place.top_px + place.source[1] <= place.canvas[1] + 1


datas = st.lists(
    st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=("Cs",)), min_size=1),
    max_size=5,
)


@given(datas, st.integers(1, 50), st.sampled_from(["\n", "\r\n"]))
def test_events_do_not_depend_on_where_the_network_cuts(events, cut, newline):
    text = "".join(
        f": comment{newline}event: x{newline}data: {data}{newline}id: 1{newline}{newline}"
        for data in events
    ).encode()
    splitter = EventSplitter()

    found = [data for at in range(0, len(text), cut) for data in splitter.feed(text[at : at + cut])]

    assert found == [data.encode() for data in events]


def test_an_event_of_several_lines_is_one():
    assert list(EventSplitter().feed(b"data: a\ndata: b\n\n\n\n")) == [b"a\nb"]


bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "error",
                    "message",
                    "code",
                    "type",
                    "param",
                    "detail",
                    "loc",
                    "msg",
                    "moderation_details",
                    "categories",
                    "inner_error",
                    "content_filter_results",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.integers(300, 599), bodies)
def test_every_error_body_becomes_a_typed_error(status, body):
    error = error_of(status, httpx.Headers(), json.dumps(body).encode(), now_s=NOW_S)

    assert isinstance(error, ProviderError)


@given(st.integers(300, 599), st.binary(max_size=200))
def test_every_other_error_body_does_too(status, body):
    assert isinstance(error_of(status, httpx.Headers(), body, now_s=NOW_S), ProviderError)


@given(st.text(max_size=40).map(lambda text: text.encode("ascii", "ignore").decode()))
def test_no_retry_after_makes_an_impossible_pause(text):
    headers = httpx.Headers({"retry-after": text.replace("\r", "").replace("\n", "")})

    pause_s = retry_after_s(headers, now_s=NOW_S)

    assert pause_s is None or 0 <= pause_s <= MAX_RETRY_AFTER_S


def said(status, body, headers=None):
    return error_of(status, httpx.Headers(headers or {}), json.dumps(body).encode(), now_s=NOW_S)


def test_fastapis_list_names_the_field():
    error = said(422, {"detail": [{"loc": ["body", "size"], "msg": "bad", "type": "value_error"}]})

    assert isinstance(error, InvalidRequest)
    assert error.param == "size"
    assert "bad" in error.detail


@pytest.mark.parametrize("body", [{"detail": "no such size"}, {"error": "no such size"}])
def test_a_bare_sentence_is_kept_for_the_admin(body):
    assert "no such size" in said(400, body).detail


def test_azures_filter_names_its_categories():
    error = said(
        400,
        {
            "error": {
                "code": "content_filter",
                "inner_error": {
                    "content_filter_results": {
                        "violence": {"filtered": True},
                        "hate": {"filtered": False},
                    }
                },
            }
        },
    )

    assert isinstance(error, ContentBlocked)
    assert error.categories == ("violence",)


def test_categories_in_the_message_are_read():
    message = "Rejected. safety_violations=[violence, sexual]."
    error = said(400, {"error": {"message": message, "code": "moderation_blocked"}})

    assert error.categories == ("violence", "sexual")


def test_a_model_without_access_is_gone_not_forbidden():
    assert isinstance(said(403, {"error": {"code": "model_not_found"}}), ModelGone)


def test_a_date_without_the_servers_clock_is_counted_from_ours():
    headers = {"retry-after": "Fri, 15 Jan 2027 08:00:30 GMT"}

    error = said(429, {}, headers)

    assert isinstance(error, Busy)
    assert error.retry_after_s == 30.0


@pytest.mark.parametrize("text", ["", "{", "nul", '{"a": 1', "[]", "3", "\xff", "[" * 60_000])
def test_what_is_no_json_object_is_a_bad_answer(text):
    with pytest.raises(BadAnswer):
        parsed(text.encode("latin-1"))


@given(bodies.map(lambda body: {"data": body, "usage": body}))
def test_no_success_body_breaks_the_parser(body):
    answer = parsed(json.dumps(body).encode())

    assert all(answer.painting(entry).data is None for entry in answer.entries())
    usage_of(answer)


@pytest.mark.parametrize(
    ("link", "is_followed"),
    [
        ("https://elsewhere.example/x.png?sig=1", True),
        ("http://10.1.2.3:7860/files/x.png", True),
        ("http://10.1.2.3/files/x.png", False),
        ("http://10.1.2.3:7861/x.png", False),
        ("http://elsewhere.example/x.png", False),
        ("ftp://10.1.2.3:7860/x.png", False),
        ("//elsewhere.example/x.png", False),
        ("/files/x.png", False),
        ("http://a:port/", False),
    ],
)
def test_links_lead_to_https_or_to_the_host_they_came_from(link, is_followed):
    options = options_of(config(base_url="http://10.1.2.3:7860/v1"))

    assert (linked_url(link, options) is not None) is is_followed


def test_base64_with_a_line_end_is_a_picture():
    text = base64.b64encode(b"\xff\xd8\xff more").decode() + "\n"

    assert pictures({"data": [{"b64_json": text}]}) == [b"\xff\xd8\xff more"]


def pictures(body, **style) -> list[bytes | None]:
    answer = parsed(json.dumps(body, **style).encode())
    return [answer.painting(entry).data for entry in answer.entries()]


@given(
    st.lists(st.binary(max_size=50), max_size=4),
    st.text(max_size=30) | st.sampled_from(['"b64_json"', '"b64_json": "', "b64_json", "lifted:0"]),
    st.sampled_from([{}, {"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": False}]),
)
def test_pictures_are_lifted_out_of_any_json(datas, words, style):
    jpegs = [b"\xff\xd8\xff" + data for data in datas]
    entries = [
        {
            "revised_prompt": words,
            "b64_json": base64.b64encode(jpeg).decode(),
            f"{words}!": "b64_json",
        }
        for jpeg in jpegs
    ]

    assert pictures({"data": entries}, **style) == jpegs


def test_a_text_with_escapes_is_left_to_the_parser():
    text = base64.b64encode(b"\xff\xd8\xff\xff\xff\xff").decode()
    body = json.dumps({"data": [{"b64_json": text}]}).replace("/", "\\/").encode()

    (entry,) = parsed(body).entries()

    assert b"\\/" in body
    assert parsed(body).painting(entry).data == b"\xff\xd8\xff\xff\xff\xff"


def test_cost_counts_words_pictures_and_output_apart():
    counts = {
        "input_tokens": 110,
        "output_tokens": 1000,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 100},
    }
    usage = usage_of(Answer(fields={"usage": counts}))
    prices = TokenPrices(text_input_microusd=5, image_input_microusd=8, output_microusd=30)

    assert usage == Usage(text_input_tokens=10, image_input_tokens=100, output_tokens=1000)
    assert cost_microusd(usage, prices) == 10 * 5 + 100 * 8 + 1000 * 30


@pytest.mark.parametrize(
    "usage", [None, {}, {"input_tokens": -1, "output_tokens": 5}, {"input_tokens": True}, []]
)
def test_impossible_counts_make_no_cost(usage):
    assert usage_of(Answer(fields={"usage": usage})) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"api_key": None}, "needs a key"),
        ({"api_key": "sk-test\n"}, "no header takes"),
        ({"api_key": "sk-tést"}, "no header takes"),
        ({"options": {"qualty": "high"}}, "did you mean 'quality'"),
        ({"options": {"zzz": 1}}, "has no option 'zzz'"),
        ({"options": {"dialect": "french"}}, "one of openai, extended"),
        ({"options": {"partial_images": 4}}, "a whole number from 0 to 3"),
        ({"options": {"partial_images": True}}, "a whole number from 0 to 3"),
        ({"options": {"edits": 1}}, "true or false"),
        ({"options": {"steps_field": "a b"}}, "a field's name"),
        ({"options": {"moderation": "off"}}, "one of auto, low"),
        ({"base_url": "ftp://x/"}, "http:// or https://"),
        ({"base_url": "localhost:8080"}, "http:// or https://"),
        ({"base_url": "http://house:port/"}, "no URL"),
    ],
    ids=str,
)
def test_a_wrong_table_is_refused_with_a_sentence(changes, sentence):
    with pytest.raises(ValueError, match="provider 'house'") as caught:
        options_of(config(**changes))

    assert sentence in str(caught.value)


def test_without_an_allowlist_the_living_models_are_offered_best_first():
    offers = offers_of(options_of(config()), ())

    ids = [found.model.id for found in offers]
    assert ids[0] == "gpt-image-2.6-sunburst"
    assert not {"dall-e-2", "dall-e-3", "gpt-image-1", "gpt-image-1.5"} & set(ids)
    for found in offers:
        capabilities = found.model.capabilities
        assert capabilities.shutdown is None
        assert capabilities.price is not None
        assert capabilities.price.per_image_microusd == 53_000
        assert capabilities.delivery is Delivery.STREAM


def test_a_model_about_to_die_tells_when_and_what_follows():
    capabilities = offer("gpt-image-1-mini").model.capabilities

    assert capabilities.shutdown == date(2026, 12, 1)
    assert capabilities.successor == "gpt-image-2.6-flare"


def test_a_dated_snapshot_is_its_model():
    assert offer("gpt-image-2-2026-04-21").gpt_image


@pytest.mark.parametrize(("quality", "microusd"), [("low", 6000), ("auto", 211_000), ("max", None)])
def test_the_price_is_that_of_the_tables_quality(quality, microusd):
    price = offer("gpt-image-2.6-flare", options={"quality": quality}).model.capabilities.price

    assert (price.per_image_microusd if price else None) == microusd


def test_the_operators_price_wins():
    price = offer(options={"price_per_image_microusd": 0}).model.capabilities.price

    assert price.per_image_microusd == 0


def test_an_unknown_model_has_what_the_protocol_has():
    plain = offer("sdxl-base").model.capabilities
    extended = offer("sdxl-base", options={"dialect": "extended"}).model.capabilities
    bare = offer("sdxl-base", options={"edits": False}).model.capabilities

    assert plain.seed is SeedSupport.NONE
    assert extended.seed is SeedSupport.INPUT
    assert extended.negative_prompt
    assert bare.operations == {Operation.TEXT_TO_IMAGE}
