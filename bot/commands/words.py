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
    parking,
    pictures,
    rate,
    settings,
    templates,
    variations,
)
from bot.commands.admin import reports
from bot.commands.admin.words import ADMIN_WORDS
from bot.commands.registry import Gate, Press, Registry, Word
from bot.domain.action import Verb
from bot.domain.identity import Role

REGISTRY = Registry.of(
    words=(
        Word(guide=imagine.GUIDE, handler=imagine.imagine, gate=Gate.MAKE),
        Word(guide=line.QUEUE, handler=line.queue, gate=Gate.FREE),
        Word(guide=line.CANCEL, handler=line.cancel_word, gate=Gate.FREE),
        Word(guide=facts.QUOTA, handler=facts.quota, gate=Gate.FREE),
        Word(guide=pictures.GALLERY, handler=pictures.gallery, gate=Gate.USE),
        Word(guide=pictures.SHOW, handler=pictures.show, gate=Gate.USE),
        Word(guide=templates.TEMPLATES, handler=templates.templates, gate=Gate.FREE),
        Word(guide=facts.STYLES, handler=facts.styles, gate=Gate.FREE),
        Word(guide=facts.MODELS, handler=facts.models, gate=Gate.FREE),
        Word(guide=settings.SETTINGS, handler=settings.settings, gate=Gate.FREE),
        Word(guide=pictures.REPORT, handler=pictures.report_word, gate=Gate.USE),
        Word(guide=facts.PRIVACY, handler=facts.privacy, gate=Gate.FREE),
        Word(guide=facts.HELP, handler=facts.help_word, gate=Gate.FREE),
        *ADMIN_WORDS,
    ),
    presses=(
        Press(
            verb=Verb.IMAGINE, handler=imagine_form.imagine_form, role=Role.MEMBER, gate=Gate.MAKE
        ),
        Press(verb=Verb.UPSCALE, handler=variations.upscale, role=Role.MEMBER, gate=Gate.MAKE),
        Press(verb=Verb.FINISH, handler=finishing.finish, role=Role.MEMBER, gate=Gate.MAKE),
        Press(verb=Verb.VARY, handler=variations.vary, role=Role.MEMBER, gate=Gate.MAKE),
        Press(verb=Verb.REROLL, handler=variations.reroll, role=Role.MEMBER, gate=Gate.MAKE),
        Press(verb=Verb.RETRY, handler=variations.retry, role=Role.MEMBER, gate=Gate.MAKE),
        Press(verb=Verb.WAIT, handler=parking.wait, role=Role.MEMBER, gate=Gate.MAKE),
        Press(verb=Verb.APPROVE, handler=parking.approve, role=Role.ADMIN, gate=Gate.FREE),
        Press(verb=Verb.EDIT, handler=edit.edit, role=Role.MEMBER, gate=Gate.MAKE),
        Press(
            verb=Verb.REMOVE_BACKGROUND,
            handler=extend.remove_background,
            role=Role.MEMBER,
            gate=Gate.MAKE,
        ),
        Press(verb=Verb.OUTPAINT, handler=extend.outpaint, role=Role.MEMBER, gate=Gate.MAKE),
        Press(verb=Verb.RATE, handler=rate.rate, role=Role.MEMBER, gate=Gate.USE),
        Press(verb=Verb.RESTORE, handler=reports.restore, role=Role.MODERATOR, gate=Gate.FREE),
        Press(verb=Verb.REMOVE, handler=reports.remove, role=Role.MODERATOR, gate=Gate.FREE),
        Press(verb=Verb.SETTINGS, handler=settings.settings_form, role=Role.MEMBER, gate=Gate.FREE),
        Press(verb=Verb.CANCEL, handler=line.cancel, role=Role.MEMBER, gate=Gate.FREE),
        Press(verb=Verb.DETAILS, handler=pictures.details, role=Role.MEMBER, gate=Gate.USE),
        Press(verb=Verb.SAVE, handler=pictures.save, role=Role.MEMBER, gate=Gate.USE),
        Press(verb=Verb.REPORT, handler=pictures.report, role=Role.MEMBER, gate=Gate.USE),
        Press(verb=Verb.DELETE, handler=pictures.delete, role=Role.MEMBER, gate=Gate.FREE),
    ),
)
