"""What of a negative prompt is judged as prompt text.

Some models get a negative prompt as words ("Avoid: ..."), so a sentence there is an instruction like any other and must not
pass unread. A plain list of things to leave out ("text, people, nudity") is what careful people write: it names what it
doesn't want, and holding its words against them would refuse the careful. So the form decides: a short list of noun phrases
is left alone, anything else is read by the judges as if it stood in the prompt.
"""

from __future__ import annotations

import re

from moderation.normaliser import Vocabulary, fold, views
from moderation.protocol import PromptCase
from moderation.terms import Terms, words_of

MOST_ITEMS = 50
"""Things in one list, our own bound: the long lists that circulate have about so many."""
MOST_WORDS = 3
"""In one item ("poorly drawn hands"). Longer ones can be sentences."""
_LONGEST_WORD = 16  # letters; a longer one may be several glued together
_MOST_UNSPACED = (
    8  # letters of an item in scripts that need no spaces, where one "word" can be a sentence
)

_BETWEEN = re.compile(r"[,;|、،]|\s(?:and|or)\s")
_WEIGHT = re.compile(r":\d(?:\.\d+)?(?=[)\] ]*$)")
_WORD = r"[^\W_]+(?:'[^\W_]+)*"
_ITEM = re.compile(rf"[(\[ ]*{_WORD}(?:(?:[ /&]+|-){_WORD})*[)\] ]*")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


def _terms(listed: str) -> Terms:
    return Terms(" ".join(phrase.split()) for phrase in listed.split(","))


_SPEAKING = _terms(
    """
    ignor*, disregard*, forget, forgets, overrid*, overrule, bypass*, obey, follow, following, pretend, imagine, respond,
    paint, paints, draw, draws, show, shows, make, makes, depict*, create, creates, generate, generates, render, renders,
    produce, portray*, illustrate, visualise, visualize, sketch her, sketch him, add, adds, include, includes, including,
    insert, give, gives, put, puts, let, lets, turn, turns, use, replace, remove, removes, fill, change, write, output,
    keep, want, wants, wanted, need, needs, have, has, wear, wears, do, does, did, don't, dont, doesn't, is, are, be,
    was, were, isn't, aren't, must, should, shall, will, would, could, can, can't, cannot, not, never, allow, allows,
    allowed, permit*, i, me, my, we, us, our, you, your, it, its, she, he, they, her, his, him, them, their, this, that,
    these, those, which, who, above, previous*, prior, earlier, system, prompt, instruct*, task, request*, instead,
    rather, but, except, unless, however, actually, only, everything, nothing, else, opposite, contrary, reverse,
    lack, lack of, absence, then, now
    """
)
"""What a list of noun phrases doesn't need and a sentence or an order hardly does without: verbs that tell somebody to do
something, pronouns, auxiliaries, words that turn a meaning round, and words about the prompt itself."""

_NOUNS = _terms(
    """
    3d render, 3 d render, cg render, cgi render, octane render, blender render, computer render, render artifact, tv show,
    oil paint, face paint, body paint, spray paint, paint splatter, paint stroke, make up
    """
)
"""Things to leave out whose names sound like an order."""

_ABOUT_THE_LIST = _terms(
    """
    avoid*, ignor*, disregard*, the opposite of, do the opposite, negative prompt, negative list, instruct*, left out,
    leave out, excluded, exclusion, exclusions, listed, listed below
    """
)
"""A prompt that speaks so may be turning its negative prompt into something wanted."""

# Undisguising "1" or "|" would find "i" in harmless weights and dividers, so the shortest words count only as written.
_VOCABULARY = Vocabulary.of(word for word in _SPEAKING.words() if len(word) > 2)
_PROMPT_VOCABULARY = Vocabulary.of(_ABOUT_THE_LIST.words())


def texts_to_judge(case: PromptCase) -> tuple[str, ...]:
    """The texts that judges of words read, the prompt first; the worst of them counts.

    Only the prompt when the negative prompt is a plain list. Otherwise also the negative prompt alone and both together:
    alone, so that a harmless prompt neither excuses nor drowns it; together, because each half may need the other.
    """
    negative = case.negative_prompt
    if not negative.strip() or (is_plain_list(negative) and not _speaks_of_the_list(case.prompt)):
        return (case.prompt,)
    return (case.prompt, negative, f"{case.prompt}\n{negative}")


def is_plain_list(negative_prompt: str) -> bool:
    """Whether this is a short list of noun phrases: at most 50 of at most 3 words, with no sentence and no order in it."""
    folded = fold(negative_prompt).strip(" ").removesuffix(".")
    items = [item for item in _BETWEEN.split(folded) if item.strip(" ")]
    if len(items) > MOST_ITEMS or not all(map(_is_item, items)):
        return False
    return not any(
        _SPEAKING.find(_NOUNS.without(words_of(view)))
        for view in views(negative_prompt, vocabulary=_VOCABULARY)
    )


def _is_item(item: str) -> bool:
    item = _WEIGHT.sub("", item)
    words = words_of(item)
    return (
        _ITEM.fullmatch(item) is not None
        and len(words) <= MOST_WORDS
        and max(map(len, words)) <= _LONGEST_WORD
        and len(_UNSPACED.findall(item)) <= _MOST_UNSPACED
    )


def _speaks_of_the_list(prompt: str) -> bool:
    return any(
        _ABOUT_THE_LIST.find(words_of(view))
        for view in views(prompt, vocabulary=_PROMPT_VOCABULARY)
    )
