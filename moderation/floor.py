"""What no configuration switches off: sexual content with minors, and self-harm.

These lists stand in code so that no policy file, data file or option can remove them. Whoever changes them changes the
program, and is seen to.
"""

from __future__ import annotations

from collections.abc import Sequence

from moderation.terms import Terms
from moderation.verdict import Category

CATEGORIES = frozenset({Category.SEXUAL_MINORS, Category.SELF_HARM})
"""The categories that always block, whatever the options say."""

_ADULT_AGE = 18


def _terms(listed: str) -> Terms:
    return Terms(" ".join(phrase.split()) for phrase in listed.split(","))


_MINORS = _terms(
    """
    child, children, kid, kids, childlike, child's, minor, minors, underage, under age, underaged, preteen, pre
    teen, preteens, tween, teen, teens, teenage, teenaged, teenager, toddler, infant, baby, babies, newborn,
    kindergart*, preschool*, schoolgirl, schoolboy, schoolchild*, school girl, school boy, high school girl,
    high school boy, high schooler, middle schooler, elementary school, primary school, middle school, junior
    high, high school student, little girl, little boy, young girl, young boy, small girl, small boy, little
    sister, little brother, boy, boys, juvenile, adolescent, pubescent, prepubescent, loli, lolita, lolicon,
    shota, shotacon, girl scout, boy scout, barely legal, jailbait, daughter, orphan
    """
)

_SEXUAL = _terms(
    """
    nude, nudes, nudity, naked, undress, undressed, undressing, unclothed, topless, bottomless, without clothes,
    without any clothes, no clothes, wearing nothing, with nothing on, bare body, bare breasts, sexy, sexual,
    sexually, sexualise*, sexualize*, sex, seductive, seductively, sensual, sensually, erotic, erotica, porn*,
    hentai, nsfw, lewd, lustful, aroused, provocative pose, suggestive, suggestively, lingerie, panties, thong,
    see through dress, see through shirt,
    see through top, see through blouse, see through clothes, nipple, genital*, penis, vagina, breasts, orgasm*, masturbat*, fetish*, bdsm, striptease,
    stripping naked, stripping for, stripper, molest*, grope*, groping, fondl*, rape, raped, intercourse,
    explicit image, xxx, x rated, make love, making love, lifting her skirt, upskirt, ahegao, kinky, pin up
    pose, like a pin up, as a pin up
    """
)

_SELF_HARM = _terms(
    """
    suicide, suicides, suicidal, self harm, self harming, selfharm, self mutilation, self injury, kill myself,
    kill yourself, kill himself, kill herself, kill themselves, killing myself, killing himself, killing
    herself, killing themselves, killed myself, killed himself, killed herself, kills himself, kills herself,
    end my life, end my own life, end his life, end her life, end their lives, ending my life, ending his life,
    ending her life, ends his life, ends her life, take my own life, takes his own life, takes her own life,
    taking his own life, taking her own life, slit wrist, slitting wrist, slit her wrist, slit his wrist, slit
    my wrist, slitting her wrist, slitting his wrist, slashed wrist, cut her wrist, cut his wrist, cut my wrist,
    cutting her wrist, cutting his wrist, cutting my wrist, cutting her arm, cutting his arm, cutting my arm,
    cuts her own arm, cutting herself, cutting himself, cutting myself, cuts herself with, cuts himself with,
    hang myself, hang himself, hang herself, hanging myself, hanging himself, hanging herself, hanged himself,
    hanged herself, hangs himself, hangs herself, noose around his neck, noose around her neck, noose around my
    neck, noose around the neck, noose around their neck, rope around her neck, rope around his neck, rope
    around my neck, shoot myself, shoots himself, shoots herself, shooting himself in the head, shooting herself
    in the head, thinspo, thinspiration, pro ana, pro anorexia, starve myself, starving myself, starving
    herself, overdose on pills, overdosing on pills, overdose of pills, i want to die, seppuku, harakiri, want
    to die
    """
)

_NOT_SELF_HARM = _terms(
    """
    cutting himself a, cutting herself a, cutting myself a, cutting himself some, cutting herself some,
    suicide bomb*, suicide vest, suicide belt, suicide attack*, suicide drone, suicide mission, suicide squad,
    suicide door, suicide prevention, suicide awareness, suicide hotline, suicide helpline, suicide king,
    suicide squeeze, suicide burn, suicide silence
    """
)

_CHILD_AGES = _terms(
    """
    one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen,
    seventeen
    """
).words()
_OF_AGE = ("year old", "years old", "yr old", "yrs old", "yo", "years of age")


def breach(words: Sequence[str]) -> Category | None:
    """The floor's category that these normalised words fall under, None when there is none."""
    if _SEXUAL.find(words) and speaks_of_minors(words):
        return Category.SEXUAL_MINORS
    if _SELF_HARM.find(_NOT_SELF_HARM.without(words)):
        return Category.SELF_HARM
    return None


def speaks_of_minors(words: Sequence[str]) -> bool:
    """Whether these normalised words speak of a child or an age below 18, in whatever connection."""
    return bool(_MINORS.find(words)) or _child_age(words)


def _child_age(words: Sequence[str]) -> bool:
    """Whether an age below 18 is said: "12 year old", "aged nine", "15yo"."""
    for place, word in enumerate(words):
        after = " ".join(words[place + 1 : place + 4])
        before = words[place - 1] if place else ""
        joined = word.removesuffix("yo").removesuffix("yr")
        if _under_age(joined) and (
            joined != word or after.startswith(_OF_AGE) or before in {"aged", "age"}
        ):
            return True
    return False


def _under_age(word: str) -> bool:
    return word in _CHILD_AGES or (
        word.isascii() and word.isdigit() and 0 < int(word[:3]) < _ADULT_AGE
    )


def vocabulary() -> frozenset[str]:
    """The single words the floor looks for, prefixes with a `*`."""
    ages = frozenset(" ".join(_OF_AGE).split()) | {"aged", "age"} | _CHILD_AGES
    return ages | _MINORS.words() | _SEXUAL.words() | _SELF_HARM.words()
