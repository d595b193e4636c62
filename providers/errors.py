"""What can go wrong at a provider, and what to do next.

ProviderError
├── InvalidRequest    never      the request is wrong; nobody else will like it better
├── ContentBlocked    never      the provider's own moderation said no; a new prompt may pass
├── Unauthorized      elsewhere  key refused: an admin must act
├── CreditExhausted   elsewhere  the account is out of money: an admin must act
├── ModelGone         elsewhere  the model or the provider's job is not there (any more)
├── Busy              later      rate-limited or overloaded; come back after retry_after_s
├── Unavailable       elsewhere  down or unreachable, and surely nothing was started
├── BadAnswer         elsewhere  answered, but not with an image
│   └── NoImage       elsewhere  answered with nothing, for no reason: once more at the same model may bring one
└── OutcomeUnknown    unknown    the call was sent and its answer lost: it may have been billed
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self


class Next(StrEnum):
    """What a caller may do after an error."""

    NEVER = "never"
    LATER = "later"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class ProviderError(Exception):
    """Something went wrong at a provider; `next` says what may be done about it.

    `detail` is for the admin and the log (vendor words, status, request id), never for users.
    `request_id` is the provider's own, for its support. `billed` tells whether it may have cost something. How much is
    known only where the vendor counts it in its answer or documents that it takes the price: `cost_microusd` in
    millionths of a US dollar, or else `billed_images` at the model's price. None and 0: nobody says.
    """

    next: ClassVar[Next] = Next.NEVER
    billed: bool = False
    cost_microusd: int | None = None
    billed_images: int = 0

    def __init__(self, detail: str = "", *, request_id: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.request_id = request_id

    def charging(self, cost_microusd: int | None, *, images: int = 0) -> Self:
        """Itself, of a call that the vendor bills: at that cost, or where it is None at the price of so many images."""
        self.billed = True
        self.cost_microusd = cost_microusd
        self.billed_images = images
        return self


class InvalidRequest(ProviderError):
    """The request itself is wrong; `param` names the field if the provider told."""

    def __init__(
        self, detail: str = "", *, param: str | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(detail, request_id=request_id)
        self.param = param


class ContentBlocked(ProviderError):
    """The provider's moderation refused. `stage` is "input" or "output"."""

    def __init__(
        self,
        detail: str = "",
        *,
        stage: str = "input",
        categories: tuple[str, ...] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(detail, request_id=request_id)
        self.stage = stage
        self.categories = categories


class Unauthorized(ProviderError):
    """The key is missing, wrong or not allowed to do this."""

    next = Next.ELSEWHERE


class CreditExhausted(ProviderError):
    """The account has no money left."""

    next = Next.ELSEWHERE


class ModelGone(ProviderError):
    """The model, or the provider's job, does not exist (any more)."""

    next = Next.ELSEWHERE


class Busy(ProviderError):
    """The provider asked us to come back; None = it didn't say when."""

    next = Next.LATER

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after_s: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(detail, request_id=request_id)
        self.retry_after_s = retry_after_s


class Unavailable(ProviderError):
    """Down or unreachable, and the request surely was not started."""

    next = Next.ELSEWHERE


class BadAnswer(ProviderError):
    """Answered, but not with an image we can use: wrong type, empty, truncated, too large."""

    next = Next.ELSEWHERE
    billed = True


class NoImage(BadAnswer):
    """Answered in order, with neither a picture nor a reason. The same call may bring one; whoever calls does so once."""


class OutcomeUnknown(ProviderError):
    """The call left the house and its answer was lost. Repeating it may bill twice."""

    next = Next.UNKNOWN
    billed = True


class ForgedRing(Exception):
    """A webhook that the provider surely didn't send, or sent too long ago. The message is for the log."""
