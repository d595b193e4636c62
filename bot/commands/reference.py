"""Imagine from a picture somebody else posted: the form, and the line that it stands for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.edit import EDIT_STRENGTH, prompt_input
from bot.domain.action import Action, Verb
from bot.domain.card import Form, Input, InputKind


def reference_form() -> Form:
    """Asks what to make of a picture that the surface keeps with the form."""
    return Form(
        title="Imagine from this picture",
        action=Action(verb=Verb.EDIT, target=0, argument="reference"),
        inputs=(
            prompt_input(""),
            Input(
                name="strength",
                label="Strength",
                kind=InputKind.NUMBER,
                value=str(EDIT_STRENGTH),
                hint="0 keeps the picture, 1 ignores it.",
            ),
        ),
        submit_label="Imagine",
    )


def reference_line(inputs: Mapping[str, str]) -> str:
    """What would have been typed after `imagine`."""
    strength = inputs.get("strength", "").strip()
    prompt = inputs.get("prompt", "")
    return f'{prompt} --strength "{strength}"' if strength else prompt
