"""Pictures named on the command line: read within the size that uploads may have, then made safe like any other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.domain.identity import BlobKey
from bot.images.safe_decode import DEFAULT_LIMITS
from bot.ports import Unfit, Uploads


class UnfitPicture(ValueError):
    """A file that can't be used; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The bytes of the files, unjudged; None where none was named."""

    image: bytes | None = None
    mask: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of them in the house's own store."""

    reference: BlobKey | None = None
    mask: BlobKey | None = None


def read_brought(image: Path | None, mask: Path | None) -> Brought:
    """The files' bytes. UnfitPicture when one can't be read."""
    return Brought(
        image=None if image is None else _read("--image", image),
        mask=None if mask is None else _read("--mask", mask),
    )


def _read(flag: str, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than may be tells a file that is too large without reading it whole.
            return file.read(DEFAULT_LIMITS.max_bytes + 1)
    except OSError as error:
        raise UnfitPicture(f"{flag} {path} can't be read: {error.strerror}.") from None


async def keep(brought: Brought, uploads: Uploads) -> Kept:
    """The pictures made safe and stored. UnfitPicture when one of them is none, or none that may be opened."""
    reference = mask = None
    if brought.image is not None:
        reference = _taken("--image", await uploads.reference(brought.image))
    if brought.mask is not None:
        mask = _taken("--mask", await uploads.mask(brought.mask))
    return Kept(reference=reference, mask=mask)


def _taken(flag: str, taken: BlobKey | Unfit) -> BlobKey:
    if isinstance(taken, Unfit):
        raise UnfitPicture(f"{flag}: {taken.sentence}")
    return taken
