"""Letters of other scripts that are read as Latin ones, and the signs people write in their place."""

from __future__ import annotations

_PAIRS = (
    # Cyrillic, by how the letter looks, capitals apart where they look different
    "аa вb сc ԁd еe ԍg һh іi ӏl јj кk мm пn оo рp ԛq гr ѕs тt цu ѵv ԝw хx уy нh "
    "Аa Вb Сc Еe Нh Іi Јj Кk Мm Оo Рp Ѕs Тt Хx Үy Уy "
    # Greek
    "αa βb εe ηn ιi κk νv οo ρp τt υu χx γy ωw μu "
    "Αa Βb Εe Ζz Ηh Ιi Κk Μm Νn Οo Ρp Τt Υy Χx "
    # Armenian
    "օo ոn սu հh ցg զq "
    # Latin letters that don't come apart into a base letter and a mark
    "øo łl đd ħh ŧt ıi ƙk ɑa ɡg ɩi ɪi ʀr ɴn ʏy ʟl ʜh ʙb ɢg ꜰf ꜱs ɗd ɓb ɛe ɔo ʋv ɯw "
    "Øo Łl Đd Ħh Ŧt "
    "ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz"
)

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _lookalikes() -> dict[int, str]:
    table = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
    # White letters on black discs and squares: NFKC leaves them alone.
    for first in (0x1F150, 0x1F170):
        table.update({first + place: letter for place, letter in enumerate(_LETTERS)})
    return table


LOOKALIKES = _lookalikes()
"""Code point -> the Latin letter it is read as. Our own small choice, not Unicode's full confusables table."""

LEET = str.maketrans("0345789@$+€", "oeastbgaste")
"""Digits and signs with one reading. The ambiguous ones are in EITHER."""

EITHER = "1!|"
"""Signs read as i or as l."""
