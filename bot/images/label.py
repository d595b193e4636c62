"""The machine-readable label: an XMP packet saying that a machine made this picture.

Read by search engines, news desks and other bots; written into every file that leaves. Sources: IPTC Photo
Metadata Standard 2025.1 (property names) and the IPTC NewsCodes scheme digitalsourcetype, read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from bot.images.safe_decode import DEFAULT_LIMITS, DecodeLimits, Unreadable, open_header

_SOURCE_TYPE_SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
_XMP = "http://ns.adobe.com/xap/1.0/"

# A JPEG segment holds 65,502 bytes of XMP (XMP specification part 3, 1.1.3); one character may need 6.
MAX_PROMPT_CHARACTERS = 8000


class SourceType(StrEnum):
    """How a picture came about, by the last part of its IPTC term."""

    TRAINED_ALGORITHMIC_MEDIA = "trainedAlgorithmicMedia"
    """A model made it."""
    COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA = "compositeWithTrainedAlgorithmicMedia"
    """A model changed a picture that somebody brought."""
    ALGORITHMIC_MEDIA = "algorithmicMedia"
    """A program drew it, without a trained model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLabel:
    """What a file says about its origin. `prompt` is private by default: files get forwarded."""

    source_type: SourceType
    software: str
    credit: str = "Impasto"
    ai_system: str | None = None
    prompt: str | None = None


def xmp_packet(label: MachineLabel) -> bytes:
    """The label as an XMP packet in UTF-8, at most 65,502 bytes."""
    properties = {
        "Iptc4xmpExt:DigitalSourceType": _SOURCE_TYPE_SCHEME + label.source_type,
        "photoshop:Credit": label.credit,
        "xmp:CreatorTool": label.software,
        "Iptc4xmpExt:AISystemUsed": label.ai_system,
        "Iptc4xmpExt:AIPromptInformation": label.prompt and label.prompt[:MAX_PROMPT_CHARACTERS],
    }
    elements = "".join(
        f"<{name}>{escape(_xml_text(text), quote=False)}</{name}>"
        for name, text in properties.items()
        if text
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about=""'
        f' xmlns:Iptc4xmpExt="{_IPTC_EXT}" xmlns:photoshop="{_PHOTOSHOP}" xmlns:xmp="{_XMP}">'
        f"{elements}</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def read_label(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> MachineLabel | None:
    """The label of a PNG, JPEG or WebP file, ours or another program's; None without one.

    Raises nothing: what can't be read carries no label. Foreign bytes belong into a worker process here too.
    """
    try:
        packet = open_header(data, limits).info.get("xmp")
    except Unreadable:
        return None
    return _parse(packet) if isinstance(packet, bytes) else None


def _parse(packet: bytes) -> MachineLabel | None:
    try:
        root: Element = fromstring(packet.strip(b"\x00 \r\n\t"))
    except (ParseError, ValueError, LookupError):
        return None
    descriptions = list(root.iter(f"{{{_RDF}}}Description"))
    source_type = _property(descriptions, _IPTC_EXT, "DigitalSourceType")
    if source_type is None or source_type.rpartition("/")[2] not in set(SourceType):
        return None
    return MachineLabel(
        source_type=SourceType(source_type.rpartition("/")[2]),
        software=_property(descriptions, _XMP, "CreatorTool") or "",
        credit=_property(descriptions, _PHOTOSHOP, "Credit") or "",
        ai_system=_property(descriptions, _IPTC_EXT, "AISystemUsed"),
        prompt=_property(descriptions, _IPTC_EXT, "AIPromptInformation"),
    )


def _property(descriptions: list[Element], namespace: str, name: str) -> str | None:
    """A simple property, which RDF lets stand as an element or as an attribute."""
    key = f"{{{namespace}}}{name}"
    for description in descriptions:
        text = description.get(key) or description.findtext(key)
        if text:
            return text.strip()
    return None


def _xml_text(text: str) -> str:
    """The text without what XML 1.0 can't carry even escaped: control characters, lone surrogates."""
    return "".join(
        character
        for character in text
        if character in "\t\n\r" or (character >= " " and character not in "\ufffe\uffff")
        if not "\ud800" <= character <= "\udfff"
    )
