"""Signed links: whoever has one may see one picture until it expires, and can change nothing in it.

A token is base64url of: version, key id, expiry, media type, workspace, content hash, HMAC-SHA256 over all before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.images.formats import ImageFormat

_VERSION = 1
# version, key id, expiry in seconds since 1970, format, length of the workspace
_HEAD = struct.Struct("!B8sQBB")
_HASH_BYTES = 32
_FORMATS = (ImageFormat.PNG, ImageFormat.JPEG, ImageFormat.WEBP)
# Longer than any token we make: a workspace has at most 255 bytes.
_MAX_TOKEN_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPicture:
    """What a link shows. `key` is the blob's; `image_format` gives the media type, so a link can serve nothing else."""

    workspace: str
    key: str
    image_format: ImageFormat

    @property
    def mime(self) -> str:
        """The media type to serve it under."""
        return self.image_format.mime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSigner:
    """Makes and reads tokens. The first secret signs; both verify, so a new one takes over while old links live.

    Secrets are at least 16 bytes; one that is removed ends every link made with it.
    """

    secrets: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.secrets) <= 2 or any(len(secret) < 16 for secret in self.secrets):
            raise ValueError("one or two link secrets of at least 16 bytes")

    def sign(self, picture: SignedPicture, *, expires_at: datetime) -> str:
        """The token for `/i/{token}`, in characters that need no escaping.

        ValueError when the key isn't a SHA-256 in hexadecimal or the workspace is longer than 255 bytes.
        """
        workspace = picture.workspace.encode()
        content_hash = bytes.fromhex(picture.key)
        if len(content_hash) != _HASH_BYTES or len(workspace) > 255:
            raise ValueError("not a picture's key and workspace")
        secret = self.secrets[0]
        head = _HEAD.pack(
            _VERSION,
            _key_id(secret),
            int(expires_at.timestamp()),
            _FORMATS.index(picture.image_format),
            len(workspace),
        )
        claim = head + workspace + content_hash
        return base64.urlsafe_b64encode(claim + _mac(secret, claim)).rstrip(b"=").decode()

    def verify(self, token: str, *, now: datetime) -> SignedPicture | None:
        """The picture, or None when the token was changed, has expired, or was signed with a secret no longer here."""
        raw = _decoded(token)
        if raw is None:
            return None
        claim, mac = raw[:-_HASH_BYTES], raw[-_HASH_BYTES:]
        _, key_id, expires_s, format_index, workspace_bytes = _HEAD.unpack_from(claim)
        # Each secret is tried, known id or not: the time taken tells nothing.
        genuine = False
        for secret in self.secrets:
            genuine |= hmac.compare_digest(_key_id(secret), key_id) & hmac.compare_digest(
                _mac(secret, claim), mac
            )
        if not genuine or now >= datetime.fromtimestamp(expires_s, UTC):
            return None
        workspace_end = _HEAD.size + workspace_bytes
        return SignedPicture(
            workspace=claim[_HEAD.size : workspace_end].decode(),
            key=claim[workspace_end:].hex(),
            image_format=_FORMATS[format_index],
        )


def _decoded(token: str) -> bytes | None:
    """The token's bytes when they have the shape of a token of ours, in the one spelling we make."""
    if len(token) > _MAX_TOKEN_CHARACTERS or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        return None
    if len(raw) < _HEAD.size + 2 * _HASH_BYTES or raw[0] != _VERSION:
        return None
    workspace_bytes = raw[_HEAD.size - 1]
    return raw if len(raw) == _HEAD.size + workspace_bytes + 2 * _HASH_BYTES else None


def _key_id(secret: bytes) -> bytes:
    """Eight bytes that name a secret without telling it."""
    return _mac(secret, b"impasto link key id")[:8]


def _mac(secret: bytes, claim: bytes) -> bytes:
    return hmac.digest(secret, claim, hashlib.sha256)
