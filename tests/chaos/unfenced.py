"""A mutant: whoever once had the node believes to have it for good, and the switch cannot tell epochs apart."""

from typing import Any

from oklik.campaigns import lease
from oklik.campaigns.lease import Holder

_take = lease.take


def take(*args: Any, **how: Any) -> Holder:
    """Every owner's epoch is the same."""
    held = _take(*args, **how)
    return Holder(held.node, 1, held.core_uuid)


lease.take = take
lease.holds = lambda *_args, **_how: True
