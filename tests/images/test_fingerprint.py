from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.images.fingerprint import ALIKE_DISTANCE, hamming_distance, phash
from tests.images.pictures import file_of, photo

HASH = st.integers(0, 2**64 - 1).map("{:016x}".format)


def reopened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_recoding_and_resizing_hardly_change_the_hash():
    picture = photo(512, 384)
    original = phash(picture)

    for copy in (
        reopened(file_of(picture, "JPEG", quality=60)),
        reopened(file_of(picture, "WEBP", quality=80)),
        picture.resize((256, 192)),
        picture.resize((1024, 768)),
    ):
        assert hamming_distance(original, phash(copy)) <= 4


def test_other_pictures_are_far_away():
    hashes = [phash(photo(256, 256, seed=seed)) for seed in range(12)]

    distances = [
        hamming_distance(one, other)
        for index, one in enumerate(hashes)
        for other in hashes[index + 1 :]
    ]

    assert min(distances) > ALIKE_DISTANCE


def test_a_mirrored_picture_is_another():
    picture = photo(256, 256)
    mirrored = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    assert hamming_distance(phash(picture), phash(mirrored)) > ALIKE_DISTANCE


def test_the_hash_is_that_of_the_written_out_transform():
    picture = photo(64, 64)
    greys = np.asarray(picture.convert("L").resize((32, 32), Image.Resampling.LANCZOS), float)
    angle = np.pi * (2 * np.arange(32) + 1) / 64
    slow = np.array(
        [
            [(greys * np.outer(np.cos(v * angle), np.cos(u * angle))).sum() for u in range(8)]
            for v in range(8)
        ]
    )
    bits = "".join("1" if value > np.median(slow) else "0" for value in slow.ravel())

    assert phash(picture) == f"{int(bits, 2):016x}"


@given(HASH, HASH, HASH)
def test_distances_are_distances(one: str, other: str, third: str):
    assert hamming_distance(one, one) == 0
    assert hamming_distance(one, other) == hamming_distance(other, one) <= 64
    assert hamming_distance(one, third) <= hamming_distance(one, other) + hamming_distance(
        other, third
    )
