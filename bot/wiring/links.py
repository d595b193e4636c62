"""Signed picture links for the pages."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from bot.blobs.links import LinkSigner, SignedPicture
from bot.domain.identity import BlobKey, WorkspaceId
from bot.images.formats import ImageFormat
from bot.ports import Clock, LinkedBlob

STEP = timedelta(hours=12)
"""Links made within one step are the same text, so browsers keep what they fetched; each lives one to two steps."""


class SignedLinks:
    """Links that end by themselves."""

    def __init__(self, secret: str, *, clock: Clock) -> None:
        key = hashlib.blake2b(secret.encode(), person=b"picture links").digest()
        self._signer = LinkSigner(secrets=(key,))
        self._clock = clock

    def link(self, workspace: WorkspaceId, key: BlobKey) -> str:
        """The token for `/i/{token}`."""
        seconds = STEP.total_seconds()
        steps = self._clock.now().timestamp() // seconds + 2
        picture = SignedPicture(workspace=workspace, key=key, image_format=ImageFormat.PNG)
        return self._signer.sign(picture, expires_at=datetime.fromtimestamp(steps * seconds, UTC))

    def open(self, token: str) -> LinkedBlob | None:
        """What the token leads to; None when it was changed or is over."""
        found = self._signer.verify(token, now=self._clock.now())
        if found is None:
            return None
        return LinkedBlob(workspace=WorkspaceId(found.workspace), key=BlobKey(found.key))
