"""What is asked before something is done that can't be taken back, or may cost twice."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.action import Verb

QUESTIONS: Mapping[Verb, str] = {
    Verb.DELETE: "Delete this picture for everybody? It can't be brought back.",
    Verb.REMOVE: "Remove this picture for everybody? It can't be brought back.",
    Verb.RETRY: "The image service may bill this twice. Paint it anew?",
}
"""What is asked before a verb is done, where its button asks at all."""
