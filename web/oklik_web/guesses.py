"""How often somebody may be wrong: passwords and one-time codes, by the account that is tried and by address.

Counted in this process; only failures count, and a success forgets those of the account from that address.
"""

import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PAIR = RateLimitItemPerMinute(5, 5, namespace="pair")  # one account from one address
ACCOUNT = RateLimitItemPerMinute(30, 15, namespace="account")  # one account from anywhere
ADDRESS = RateLimitItemPerMinute(30, 5, namespace="address")  # any account from one address


class Guesses:
    """Counts failures."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait_s(self, account: str, address: str) -> int:
        """Give 0 if another guess may be made, else in how many seconds it may."""
        return max(self._wait_s(item, keys) for item, keys in _places(account, address))

    def wrong(self, account: str, address: str) -> None:
        """Note a failure."""
        for item, keys in _places(account, address):
            self._limiter.hit(item, *keys)

    def right(self, account: str, address: str) -> None:
        """Note a success."""
        self._limiter.clear(PAIR, account, address)

    def _wait_s(self, item: RateLimitItem, keys: tuple[str, ...]) -> int:
        if self._limiter.test(item, *keys):
            return 0
        return max(1, round(self._limiter.get_window_stats(item, *keys).reset_time - time.time()))


def _places(account: str, address: str) -> tuple[tuple[RateLimitItem, tuple[str, ...]], ...]:
    account = account.strip().lower()[:100]
    return ((PAIR, (account, address)), (ACCOUNT, (account,)), (ADDRESS, (address,)))
