"""Everything a person can type or press. A surface draws itself from this; it is the only list."""

from __future__ import annotations

from bot.commands import (
    edit,
    extend,
    facts,
    finishing,
    imagine,
    imagine_form,
    line,
    pictures,
    rate,
    settings,
    variations,
)
from bot.commands.registry import Press, Registry, Word
from bot.domain.action import Verb

REGISTRY = Registry.of(
    words=(
        Word(guide=imagine.GUIDE, handler=imagine.imagine),
        Word(guide=line.QUEUE, handler=line.queue),
        Word(guide=line.CANCEL, handler=line.cancel_word),
        Word(guide=facts.QUOTA, handler=facts.quota),
        Word(guide=pictures.GALLERY, handler=pictures.gallery),
        Word(guide=pictures.SHOW, handler=pictures.show),
        Word(guide=facts.STYLES, handler=facts.styles),
        Word(guide=facts.MODELS, handler=facts.models),
        Word(guide=settings.SETTINGS, handler=settings.settings),
        Word(guide=pictures.REPORT, handler=pictures.report_word),
        Word(guide=facts.PRIVACY, handler=facts.privacy),
        Word(guide=facts.HELP, handler=facts.help_word),
    ),
    presses=(
        Press(verb=Verb.IMAGINE, handler=imagine_form.imagine_form),
        Press(verb=Verb.UPSCALE, handler=variations.upscale),
        Press(verb=Verb.FINISH, handler=finishing.finish),
        Press(verb=Verb.VARY, handler=variations.vary),
        Press(verb=Verb.REROLL, handler=variations.reroll),
        Press(verb=Verb.RETRY, handler=variations.retry),
        Press(verb=Verb.EDIT, handler=edit.edit),
        Press(verb=Verb.REMOVE_BACKGROUND, handler=extend.remove_background),
        Press(verb=Verb.OUTPAINT, handler=extend.outpaint),
        Press(verb=Verb.RATE, handler=rate.rate),
        Press(verb=Verb.SETTINGS, handler=settings.settings_form),
        Press(verb=Verb.CANCEL, handler=line.cancel),
        Press(verb=Verb.DETAILS, handler=pictures.details),
        Press(verb=Verb.SAVE, handler=pictures.save),
        Press(verb=Verb.REPORT, handler=pictures.report),
        Press(verb=Verb.DELETE, handler=pictures.delete),
    ),
)
