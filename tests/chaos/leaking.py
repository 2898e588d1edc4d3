"""A mutant: now and then a call opens a file that nobody closes."""

import itertools
import os
from typing import Any

from oklik.telephony.freeswitch.driver import FreeSwitch

EVERY = 50  # calls
_originate = FreeSwitch.originate
_calls = itertools.count(1)


def originate(self: FreeSwitch, *args: Any, **how: Any) -> Any:
    """Open it."""
    if next(_calls) % EVERY == 0:
        os.open(os.devnull, os.O_RDONLY)
    return _originate(self, *args, **how)


FreeSwitch.originate = originate  # type: ignore[method-assign]
