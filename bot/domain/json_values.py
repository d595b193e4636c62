"""What a rule's document may hold."""

from __future__ import annotations

from collections.abc import Mapping

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Document = Mapping[str, Json]
"""What a rule says, as JSON; each topic reads its own names and leaves unknown ones alone."""
