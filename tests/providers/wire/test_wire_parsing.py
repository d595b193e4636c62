"""What every hosted adapter reads: sizes of pictures, rate limits, tables."""

from __future__ import annotations

import io

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from providers import Headroom
from providers.table import beneath
from providers.wire.headroom import headroom_of, span_s
from providers.wire.pauses import MAX_RETRY_AFTER_S
from providers.wire.pictures import begins_like_a_picture, mime_of, size_of

NOW_S = 1_800_000_000.0


def saved(size, kind, **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 200, 30)).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True, "exif": b"Exif\0\0" + b"x" * 500}),
        ("WEBP", {"quality": 50}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"x" * 50}),
    ],
)
@given(size=st.tuples(st.integers(1, 300), st.integers(1, 300)))
def test_a_pictures_size_is_read_from_its_header(kind, options, size):
    data = saved(size, kind, **options)

    assert size_of(data) == size
    assert begins_like_a_picture(data)
    assert mime_of(data) == f"image/{kind.lower()}"


@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.integers(0, 400), st.binary(max_size=40))
def test_no_broken_header_breaks_the_reader(kind, cut, tail):
    found = size_of(saved((60, 40), kind)[:cut] + tail)

    assert found is None or min(found) > 0


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data):
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBPVP8X"):
        found = size_of(start + data)
        assert found is None or min(found) > 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("42", 42.0),
        (str(int(NOW_S) + 30), 30.0),
        ("soon", None),
        ("1s later", None),
        ("", None),
    ],
)
def test_a_span_is_read_in_every_form(text, seconds):
    assert span_s(text, now_s=NOW_S) == seconds


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, []),
        ({"x-ratelimit-remaining-requests": "5"}, []),
        (
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20ms"},
            [Headroom(calls_left=0, resets_in_s=0.02)],
        ),
        (
            {"ratelimit-remaining": "3", "ratelimit-reset": "9999"},
            [Headroom(calls_left=3, resets_in_s=MAX_RETRY_AFTER_S)],
        ),
        ({"x-ratelimit-remaining": "-1", "x-ratelimit-reset": "3"}, []),
        ({"x-ratelimit-remaining": "nan", "x-ratelimit-reset": "3"}, []),
    ],
)
def test_headroom_is_told_only_where_it_is_known(headers, told):
    assert list(headroom_of(httpx.Headers(headers), now_s=NOW_S)) == told


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20))
def test_no_header_makes_an_impossible_headroom(text):
    headers = httpx.Headers({"x-ratelimit-remaining": text, "x-ratelimit-reset": text})

    for headroom in headroom_of(headers, now_s=NOW_S):
        assert headroom.calls_left >= 0
        assert 0 <= headroom.resets_in_s <= MAX_RETRY_AFTER_S


@pytest.mark.parametrize("base", ["http://host", "http://host/"])
def test_an_address_without_a_path_gets_one_slash(base):
    assert beneath(httpx.URL(base), "/models") == "http://host/models"
