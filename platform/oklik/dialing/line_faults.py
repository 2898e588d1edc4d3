"""Whose fault is a fault of the line: the line's, or does it come of this one contact?

A carrier that is down for a day must cost nobody their place in the list; a number that a carrier never carries must
not be dialed for ever.  So a fault counts against a contact when the line works for others: when the last calls to five
others over it, within an hour, all got through.  When some of them failed too, or nobody else was called, at most one
fault a day counts.  How many counted ones end a contact is said by the retry plan (retry.RetryPlan, line_fault).
Pure; seconds never run backwards.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

OTHERS = 5
MEMORY_S = 3600.0
ONE_IN = dt.timedelta(days=1)


@dataclass(slots=True)
class Witness:
    """What was seen of one line: how the last call to each of its last contacts went."""

    _seen: OrderedDict[int, tuple[float, bool]] = field(default_factory=OrderedDict)

    def saw(self, contact: int, now: float, *, fault: bool) -> None:
        """A call to a contact got through (rang, was answered, was busy ...), or failed on the line."""
        self._seen[contact] = (now, fault)
        self._seen.move_to_end(contact)
        if len(self._seen) > OTHERS + 1:
            self._seen.popitem(last=False)

    def works(self, contact: int, now: float) -> bool | None:
        """Say whether the line works for others than this contact; None: nobody else was called of late."""
        others = islice((seen for one, seen in reversed(self._seen.items()) if one != contact), OTHERS)
        faults = [fault for at, fault in others if at > now - MEMORY_S]
        return not any(faults) if faults else None


def counts(works: bool | None, counted: Iterable[dt.datetime], now: dt.datetime) -> bool:
    """Say whether a fault counts against its contact.

    works: as Witness.works() says; counted: when earlier faults of the contact were that counted.
    """
    return works is True or all(at <= now - ONE_IN for at in counted)
