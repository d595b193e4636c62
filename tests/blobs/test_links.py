from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blobs.links import LinkSigner, SignedPicture
from bot.images.formats import ImageFormat

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
OLD, NEW, STRANGER = b"o" * 16, b"n" * 32, b"s" * 32

PICTURES = st.builds(
    SignedPicture,
    workspace=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    key=st.binary(min_size=32, max_size=32).map(bytes.hex),
    image_format=st.sampled_from(ImageFormat),
)
FOX = SignedPicture(workspace="slack:T1", key="ab" * 32, image_format=ImageFormat.WEBP)


def signer(*secrets: bytes) -> LinkSigner:
    return LinkSigner(secrets=secrets)


@given(picture=PICTURES)
def test_a_link_shows_what_was_signed_until_it_expires(picture: SignedPicture):
    token = signer(NEW).sign(picture, expires_at=LATER)

    assert signer(NEW).verify(token, now=NOW) == picture
    assert signer(NEW).verify(token, now=LATER - timedelta(seconds=1)) == picture
    assert signer(NEW).verify(token, now=LATER) is None


@given(picture=PICTURES)
def test_a_token_needs_no_escaping(picture: SignedPicture):
    token = signer(NEW).sign(picture, expires_at=LATER)

    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)


@given(picture=PICTURES, data=st.data())
def test_no_bit_of_a_token_can_be_changed(picture: SignedPicture, data: st.DataObject):
    token = signer(NEW).sign(picture, expires_at=LATER)
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    spot = data.draw(st.integers(0, len(raw) - 1))
    raw[spot] ^= 1 << data.draw(st.integers(0, 7))
    changed = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    assert signer(NEW).verify(changed, now=NOW) is None


@given(picture=PICTURES, data=st.data())
def test_no_character_of_a_token_can_be_changed(picture: SignedPicture, data: st.DataObject):
    token = signer(NEW).sign(picture, expires_at=LATER)
    spot = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(max_codepoint=0x2FF).filter(lambda c: c != token[spot]))

    assert signer(NEW).verify(token[:spot] + other + token[spot + 1 :], now=NOW) is None


@given(picture=PICTURES, cut=st.integers(1, 60))
def test_a_token_cannot_be_cut_or_lengthened(picture: SignedPicture, cut: int):
    token = signer(NEW).sign(picture, expires_at=LATER)

    assert signer(NEW).verify(token[:-cut], now=NOW) is None
    assert signer(NEW).verify(token + "A" * cut, now=NOW) is None
    assert signer(NEW).verify(token + "=", now=NOW) is None


@given(st.text(max_size=700) | st.text("ABab01-_", max_size=700))
def test_other_words_are_no_tokens(token: str):
    assert signer(NEW).verify(token, now=NOW) is None


def test_a_new_secret_signs_while_old_links_live():
    old_link = signer(OLD).sign(FOX, expires_at=LATER)
    new_link = signer(NEW, OLD).sign(FOX, expires_at=LATER)

    assert signer(NEW, OLD).verify(old_link, now=NOW) == FOX
    assert signer(NEW).verify(new_link, now=NOW) == FOX
    assert signer(NEW).verify(old_link, now=NOW) is None
    assert signer(STRANGER).verify(new_link, now=NOW) is None


def test_a_forged_key_id_does_not_choose_the_secret():
    genuine = signer(NEW).sign(FOX, expires_at=LATER)
    forged = signer(STRANGER).sign(FOX, expires_at=LATER)
    mixed = (
        base64.urlsafe_b64decode(genuine + "==")[:9] + base64.urlsafe_b64decode(forged + "==")[9:]
    )

    token = base64.urlsafe_b64encode(mixed).rstrip(b"=").decode()

    assert signer(NEW).verify(token, now=NOW) is None


def test_the_media_type_is_one_of_three():
    assert FOX.mime == "image/webp"
    assert {ImageFormat(name).mime for name in ImageFormat} == {
        "image/png",
        "image/jpeg",
        "image/webp",
    }


def test_what_is_no_picture_is_not_signed():
    for picture in (
        SignedPicture(workspace="w", key="../../etc", image_format=ImageFormat.PNG),
        SignedPicture(workspace="w", key="ab", image_format=ImageFormat.PNG),
        SignedPicture(workspace="w" * 256, key="ab" * 32, image_format=ImageFormat.PNG),
    ):
        with pytest.raises(ValueError, match=r"picture|hexadecimal"):
            signer(NEW).sign(picture, expires_at=LATER)


def test_a_signer_needs_one_or_two_real_secrets_and_never_tells_them():
    for secrets in ((), (b"short",), (NEW, OLD, STRANGER)):
        with pytest.raises(ValueError, match="secrets"):
            LinkSigner(secrets=secrets)
    assert "nnnn" not in repr(signer(NEW))
