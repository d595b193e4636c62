"""What a bare HTTP status means where nothing better is told."""

from __future__ import annotations

from collections.abc import Mapping

from providers.errors import (
    CreditExhausted,
    InvalidRequest,
    ModelGone,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)

NOT_PROCESSED = frozenset({409, 501, 503, 505, 521, 523, 525, 526})
"""Statuses that say the request was not carried out, so that repeating it elsewhere bills once.

409 conflict, 501 and 505 not implemented, 503 "currently unable to handle the request" (RFC 9110, 15.5.10, 15.6);
521, 523, 525 and 526 are Cloudflare's "no connection to the origin". Every other 5xx, and 408 from a gateway that gave
up waiting, may come after the picture was made: those are OutcomeUnknown.
"""

PLAIN: Mapping[int, type[ProviderError]] = {
    401: Unauthorized,
    402: CreditExhausted,
    403: Unauthorized,
    404: ModelGone,
    408: OutcomeUnknown,
    410: ModelGone,
}


def error_of_status(
    status: int, detail: str, *, param: str | None = None, request_id: str | None = None
) -> ProviderError:
    """The error of a status that is neither a success nor 429 or 529, which are Busy and bring a pause."""
    if status in PLAIN:
        return PLAIN[status](detail, request_id=request_id)
    if status in NOT_PROCESSED or status < 400:
        # A redirect is not followed: the key would travel to a host the operator didn't write.
        return Unavailable(detail, request_id=request_id)
    if status < 500:
        return InvalidRequest(detail, param=param, request_id=request_id)
    return OutcomeUnknown(detail, request_id=request_id)
