"""What can go wrong where pictures lie.

BlobFault
├── BlobMissing       no such blob, or a key that can't be one
├── BlobsUnreadable   it may be there, but the disk wouldn't give it
└── BlobsUnwritable   full, read-only, no rights: nothing was stored, nothing half
"""

from __future__ import annotations


class BlobFault(Exception):
    """The store of pictures could not do what was asked."""


class BlobMissing(BlobFault):
    """There is no blob under this key."""


class BlobsUnreadable(BlobFault):
    """Reading failed for a reason that lies in the disk; the message says which."""


class BlobsUnwritable(BlobFault):
    """Nothing was stored or removed; the message is the system's own reason, such as "No space left on device"."""
