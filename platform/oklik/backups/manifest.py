"""What a backup says of itself: when and by which version it was made, and a digest of each of its parts.

The seal is the digest of all the rest.  It finds damage and careless edits; whoever edits on purpose can make another
seal, so it is shown when the backup is made and can be asked for when it is put back.
"""

import datetime as dt
import hashlib

import msgspec

FORMAT = 1


class ManifestError(Exception):
    """It cannot be relied on.  code: damaged, or newer (made in a format that this version does not know)."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part.  bytes: of its files, unpacked; sha256: over names, modes and contents, in their order."""

    files: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backup.  oklik: the version that made it; revision: of its tables; postgres: the server's major version.

    made_at: the moment at which the database was as it is in it.
    """

    format: int
    oklik: str
    made_at: dt.datetime
    revision: str
    postgres: int
    parts: dict[str, Part]
    seal: str = ""

    def sealed(self) -> "Manifest":
        """Give it with its seal."""
        return msgspec.structs.replace(self, seal=self._digest())

    def to_json(self) -> bytes:
        """Give its text."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)

    def _digest(self) -> str:
        bare = msgspec.structs.replace(self, seal="")
        return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def read_manifest(data: bytes) -> Manifest:
    """Read one and look at its seal.  Raises ManifestError."""
    try:
        told = msgspec.json.decode(data)
        if isinstance(told, dict) and isinstance(told.get("format"), int) and told["format"] > FORMAT:
            raise ManifestError("newer")
        found = msgspec.convert(told, Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ManifestError("damaged") from None
    if found.format != FORMAT or found.sealed().seal != found.seal:
        raise ManifestError("damaged")
    return found
