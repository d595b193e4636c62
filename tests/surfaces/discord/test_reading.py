"""What is read of an interaction."""

from dataclasses import dataclass, field
from typing import Any

from bot.domain.action import Action, Verb
from bot.domain.card import Form, Input, InputKind
from bot.surfaces.discord import reading
from bot.surfaces.discord.modals import modal
from tests.simulators.discord.body_rules import CALLBACK, faults

PICTURE = {"id": "77", "url": "http://cdn/77", "size": 9, "content_type": "image/png"}
FORM = Form(
    title="Imagine",
    action=Action(verb=Verb.IMAGINE, target=0),
    inputs=(
        Input(name="prompt", label="Prompt", kind=InputKind.LONG_TEXT, required=True),
        Input(name="reference", label="Start from", kind=InputKind.PICTURE),
    ),
    submit_label="Imagine",
)


@dataclass
class Sent:
    """As much of a form's interaction as is read."""

    files: list[str] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        written = {"type": 4, "custom_id": "prompt", "value": "a fox"}
        chosen = {"type": 19, "custom_id": "reference", "values": self.files}
        return {
            "custom_id": "i1:imagine:0",
            "components": [
                {"type": 18, "component": written},
                {"type": 18, "component": chosen},
            ],
            "resolved": {"attachments": dict.fromkeys(self.files, PICTURE)},
        }


def test_a_form_asks_for_a_picture_with_a_file_field() -> None:
    drawn = modal(FORM)

    assert [one["component"]["type"] for one in drawn["components"]] == [4, 19]
    assert not drawn["components"][1]["component"]["required"]
    assert faults(CALLBACK, {"type": 9, "data": drawn}) == []


def test_a_picture_sent_with_a_form_is_no_word_of_it() -> None:
    sent: Any = Sent(files=["77"])

    assert reading.form_of(sent) == ("i1:imagine:0", {"prompt": "a fox"})
    assert reading.files_of(sent)["reference"].url == "http://cdn/77"


def test_a_form_without_its_picture_is_read_too() -> None:
    sent: Any = Sent()

    assert reading.form_of(sent) == ("i1:imagine:0", {"prompt": "a fox"})
    assert reading.files_of(sent) == {}
