"""What is said at once: replies to commands and buttons that need no job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.access import Closed, Why
from bot.domain.card import Button, Card, Reply, Tone
from bot.domain.flags import FlagError
from bot.domain.identity import JobId, Role
from bot.domain.job import JobState
from bot.domain.nearest import nearest
from bot.domain.picture_names import number_of
from bot.domain.quota import Usage
from bot.domain.quota_sentences import A_PERIOD, set_for
from bot.domain.sentences import images, until
from bot.domain.subject import Subject


def notice(headline: str, *lines: str) -> Reply:
    """A short private answer."""
    return Reply(card=Card(tone=Tone.NOTICE, headline=headline, lines=lines, only_asker=True))


def listing(headline: str, text: str, *, footer: str = "") -> Reply:
    """A private answer whose columns matter."""
    return Reply(
        card=Card(
            tone=Tone.NOTICE, headline=headline, preformatted=text, footer=footer, only_asker=True
        )
    )


_TAKEN = Card(
    tone=Tone.WORKING,
    headline="Got it",
    lines=("Your request is safe here; its place in line follows.",),
    only_asker=True,
)


def taken(job: JobId) -> Reply:
    """The neutral acknowledgement: it repeats nothing, since nothing is judged yet."""
    return Reply(job=job, card=_TAKEN)


def asked_before(job: JobId, state: JobState) -> Reply:
    """The same event came twice."""
    return notice("This request is already here", f"It is request {job}, {state.value} now.")


def dead_button() -> Reply:
    """A button nobody knows any more."""
    return notice(
        "This button no longer does anything", "Ask again with /imagine to get fresh buttons."
    )


_NOT_HERE = "It may have been deleted, or belong to someone else."


def no_picture(number: int) -> Reply:
    """The picture a button or a number points at isn't there, or isn't yours."""
    return notice(f"There is no picture {number_of(number)} here", _NOT_HERE)


def source_gone() -> Reply:
    """The file that a request would start from was tidied away: nothing of it was left to belong to."""
    return notice(
        "The picture it starts from is gone",
        "Send the picture again and ask with it. Nothing was submitted.",
    )


def no_request(number: int) -> Reply:
    """The request a button or a number points at isn't there, or isn't yours."""
    return notice(f"There is no request {number} here", _NOT_HERE)


def which_picture(word: str) -> Reply:
    """A word about one picture came without a number that one could have."""
    return notice("Which one?", f"Type /{word} and the number of a picture, as /{word} #12.")


def not_allowed(role: Role) -> Reply:
    """The person lacks the right."""
    denied = notice("You may not do that", f"It takes the role {role.value}. Ask an admin.")
    return replace(denied, denied=True)


_CLOSED: Mapping[Why, tuple[str, str]] = {
    Why.BLOCKED: ("You are blocked here", "A moderator blocked you."),
    Why.PERSON: ("You may not use this here", "An admin took this away from you."),
    Why.ROLE: ("You may not use this here", "One of your roles may not."),
    Why.EVERYONE: ("This is not open to everyone", "An admin has to let you in."),
    Why.CHANNEL: ("Not in this channel", "An admin closed this channel for me. Try another one."),
    Why.QUIET: ("It is quiet hours here", "Pictures are not painted just now."),
    Why.UNSURE: (
        "I can't see your roles just now",
        "Some roles may not use this, so I can't let you in. Try again in a minute.",
    ),
}


def not_let_in(closed: Closed, *, now: datetime) -> Reply:
    """The workspace's rules keep the person out; nothing was submitted."""
    headline, why = _CLOSED[closed.why]
    reason = f"Reason: {closed.reason}" if closed.reason else ""
    again = f"It ends {until(closed.until, now=now)}." if closed.until else ""
    lines = [line for line in (why, reason, again, "Nothing was charged.") if line]
    return replace(notice(headline, *lines), denied=True)


def unknown_admin_word(typed: str, known: Sequence[str]) -> Reply:
    """An admin word that doesn't exist, with the nearest that does; or the verbs of its group."""
    group = typed.partition(" ")[0].casefold()
    verbs = [name for name in known if name.split()[0] == group]
    if verbs and " " not in typed:
        listed = ", ".join(f"/admin {name}" for name in verbs)
        return replace(notice(f"What about {group}?", f"There are: {listed}."), correctable=True)
    meant = nearest(typed, verbs or known) or nearest(typed, known)
    hint = f"Did you mean /admin {meant}? " if meant else ""
    shown = f"There is no admin word {typed!r}" if typed else "Which admin word?"
    said = notice(shown, f"{hint}Type /help admin to see them all.")
    return replace(said, correctable=True)


def not_yours(what: str) -> Reply:
    """Only the person who asked, or a moderator, may do it."""
    denied = notice(
        "You may not do that", f"Only the person who asked for this {what}, or a moderator, can."
    )
    return replace(denied, denied=True)


def unknown_word(word: str, suggestion: str | None) -> Reply:
    """A command that doesn't exist, with the nearest that does."""
    hint = f"Did you mean /{suggestion}? " if suggestion else ""
    shown = f"There is no command {word!r}" if word else "Which command?"
    return notice(shown, f"{hint}Type /help to see all commands.")


def bad_flags(errors: tuple[FlagError, ...]) -> Reply:
    """Everything wrong with a request at once; nothing was submitted."""
    return needs_change(*(error.sentence for error in errors), "Nothing was submitted.")


def needs_change(*lines: str) -> Reply:
    """Something in what was typed has to be put differently."""
    return replace(notice("That needs a small change", *lines), correctable=True)


def not_kept(*, no_room: bool) -> Reply:
    """The database took nothing, so nothing was promised."""
    if no_room:
        why = "The bot can't write to its disk. Ask an admin to make room, then send it again."
    else:
        why = "The bot couldn't store this just now. Send it again in a moment."
    return notice("This was not taken", why, "Nothing was charged.")


def broke() -> Reply:
    """A fault of ours that has no better sentence; the log has it."""
    return notice("Something went wrong here", "This is our fault, not yours. Try again.")


def over_quota(usage: Usage, *, asked: int, now: datetime) -> Reply:
    """The quota is used up; nothing was submitted."""
    left, counter = usage.left, usage.counter
    whose = "This channel's quota" if counter.scope.startswith("channel:") else "Your quota"
    limit = f"{counter.limit} {A_PERIOD[counter.period]}"
    return notice(
        f"{whose} doesn't reach for that",
        f"You asked for {images(asked)}; {images(left)} of {limit} are left ({set_for(counter.because)}).",
        f"It starts anew {until(counter.returns_at, now=now)}. Nothing was charged.",
    )


def too_many_images(asked: int, most: int, because: Subject) -> Reply:
    """One request may have fewer."""
    return needs_change(
        f"--n {asked}: one request may ask for {images(most)} here ({set_for(because)}).",
        "Nothing was submitted.",
    )


def too_many_queued(queued: int, limit: int) -> Reply:
    """The person has enough in line already."""
    return notice(
        "You have enough in line",
        f"{queued} of your requests are unfinished, and {limit} is the most one person may have.",
        "Wait for one to end or cancel one. Nothing was charged.",
    )


def received() -> Card:
    """What everybody may see of a request while nothing about it is judged: it repeats nothing."""
    return Card(tone=Tone.WORKING, headline="Got it", lines=("Its place in line follows.",))


def ended_without() -> Card:
    """What others see of a request whose answer is for its asker only."""
    return Card(tone=Tone.NOTICE, headline="This request ended without a picture")


def are_you_sure(question: str, confirmed: Button) -> Reply:
    """The question before something that can't be taken back, where a platform's buttons can't ask it."""
    return Reply(
        card=Card(tone=Tone.NOTICE, headline=question, rows=((confirmed,),), only_asker=True)
    )


def took_too_long() -> Reply:
    """A form can only be opened at once."""
    return notice("That took too long to open", "Nothing was done. Try again in a moment.")


def no_picture_there() -> Reply:
    """A message action was used on a message without a picture we know or can read."""
    return notice("There is no picture I can use in that message", "Nothing was done.")


def unfit(sentence: str) -> Reply:
    """A picture somebody brought can't be used; `sentence` says why."""
    return replace(notice("That picture can't be used", sentence), correctable=True)


def reading_picture() -> Reply:
    """What stands there while a picture is read that somebody brought; nothing is promised yet."""
    return notice("Reading the picture", "It goes on here in a moment.")


def taken_from_form() -> Reply:
    """A form whose picture took a while was taken after all."""
    return notice("Got it", "Your request is safe here; its place in line follows.")
