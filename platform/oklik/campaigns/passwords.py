"""Passwords: argon2id, what is good enough for one, and a look at one that costs the same for nobody.

The hash carries its parameters, so stronger ones of later are put in when somebody signs in next.  It takes a tenth
of a second and 64 MiB on purpose: whoever calls it keeps it off its loop and counts failures.
"""

import itertools
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST, MOST = 10, 200
_FEW = 4  # different characters at least


class Passwords:
    """Hashes and verifies.  rounds, memory_kib: argon2id's, RFC 9106's second choice unless a test wants them cheap."""

    def __init__(self, *, rounds: int = 3, memory_kib: int = 65536) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=4)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody's password")

    def hash(self, password: str) -> str:
        """Give what is kept of a password."""
        return self._hasher.hash(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Tell whether it is the password; kept None (nobody, or none chosen yet): False after the same time."""
        try:
            return self._hasher.verify(kept or self._nobodys, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, kept: str) -> bool:
        """Tell whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def weakness(password: str, login: str) -> str | None:
    """Say what is wrong with a new password: short, long, same (as the login), plain; None for a good one."""
    if len(password) < LEAST:
        return "short"
    if len(password) > MOST:
        return "long"
    plain = password.casefold()
    if login and (plain in login or login in plain):
        return "same"
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(plain)}
    return "plain" if len(set(plain)) < _FEW or steps in ({1}, {-1}) else None
