from __future__ import annotations

import struct
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.images.encode import encode
from bot.images.formats import ImageFormat
from bot.images.label import MachineLabel, SourceType, read_label, xmp_packet
from tests.images.pictures import LABEL, chunk, file_of, ihdr, photo, png, xmp_of

PIXEL = Image.new("RGB", (2, 2))
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"

# XML gives line ends back as \n and we strip the ends; everything else must survive.
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=60,
).map(str.strip)
LABELS = st.builds(
    MachineLabel,
    source_type=st.sampled_from(SourceType),
    software=TEXT,
    credit=TEXT,
    ai_system=st.none() | TEXT.filter(bool),
    prompt=st.none() | TEXT.filter(bool),
)


@pytest.mark.parametrize("image_format", ImageFormat)
@given(label=LABELS)
@settings(max_examples=60, deadline=None)
def test_a_label_comes_back_from_every_format(image_format: ImageFormat, label: MachineLabel):
    file = encode(PIXEL, image_format, quality=80, label=label)

    assert read_label(file) == label


@pytest.mark.parametrize("image_format", ImageFormat)
def test_others_find_the_full_term_where_the_standards_say(image_format: ImageFormat):
    packet = xmp_of(encode(PIXEL, image_format, quality=80, label=LABEL))

    assert packet is not None
    found = ElementTree.fromstring(packet.decode("utf-8-sig")).find(f".//{IPTC}DigitalSourceType")
    assert found is not None
    assert found.text == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@pytest.mark.parametrize("image_format", ImageFormat)
def test_a_prompt_of_any_length_and_kind_fits(image_format: ImageFormat):
    label = MachineLabel(
        source_type=SourceType.ALGORITHMIC_MEDIA, software="x", prompt="&\x00\ud800🦊" * 30_000
    )

    file = encode(PIXEL, image_format, quality=80, label=label)

    assert len(xmp_packet(label)) < 65_502
    found = read_label(file)
    assert found is not None
    assert found.prompt is not None
    assert found.prompt.startswith("&🦊&🦊")


def test_the_prompt_is_private_unless_given():
    assert b"Prompt" not in xmp_packet(LABEL)


def test_another_programs_label_written_as_attributes_is_read():
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType='
        '"https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>'
        "</rdf:RDF></x:xmpmeta>"
    )

    label = read_label(file_of(PIXEL, "JPEG", xmp=packet.encode()))

    assert label == MachineLabel(
        source_type=SourceType.TRAINED_ALGORITHMIC_MEDIA, software="", credit=""
    )


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"not xml",
        b"<a/>",
        xmp_packet(LABEL).replace(b"trainedAlgorithmicMedia", b"digitalCapture"),
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<?xml version="1.0" encoding="martian"?><a/>',
    ],
)
def test_no_label_is_read_from_anything_else(packet: bytes):
    assert read_label(file_of(PIXEL, "JPEG", xmp=packet)) is None


@pytest.mark.parametrize("data", [b"", b"text", png(ihdr(60_000, 60_000)), file_of(photo(9, 9))])
def test_a_file_without_a_label_has_none(data: bytes):
    assert read_label(data) is None


@given(junk=st.binary(max_size=200))
@settings(deadline=None)
def test_any_packet_is_read_or_ignored(junk: bytes):
    body = b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + junk
    rest = file_of(PIXEL)[33:-12]

    assert read_label(png(ihdr(2, 2), chunk(b"iTXt", body), rest)) is None


def test_labelling_changes_no_pixel_of_a_png():
    image = photo(64, 64)

    labelled = encode(image, ImageFormat.PNG, quality=100, label=LABEL)
    bare = encode(image, ImageFormat.PNG, quality=100, label=None)

    at = labelled.index(b"iTXt") - 4
    (size,) = struct.unpack_from("!I", labelled, at)
    assert labelled[:at] + labelled[at + 12 + size :] == bare
