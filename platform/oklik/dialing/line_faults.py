"""Whose fault is a fault of the line: the line's, or does it come of this one contact?

A carrier that is down must cost nobody their place in the list, however long it takes; a number that a carrier never
carries must not be dialed for ever.  So a fault counts against a contact only when the line works for others: when the
last calls to five others over it, within an hour, all got through.  It never counts while some of them fail too.  Where
nobody else was called, nobody can tell, and at most one fault a day counts.

Who failed and has seen five others in a row get through since is no witness against the line any more; else the few bad
numbers that are left at the end of a list would excuse each other for ever.

How many counted faults end a contact is said by the retry plan (retry.RetryPlan, line_fault).  Pure; seconds never run
backwards.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

OTHERS = 5
MEMORY_S = 3600.0
ONE_IN = dt.timedelta(days=1)
_MOST_KEPT = 10_000  # suspects


@dataclass(slots=True)
class Witness:
    """What was seen of one line: how the last call to each of its last contacts went."""

    _seen: OrderedDict[int, tuple[float, bool]] = field(default_factory=OrderedDict)
    _failed: set[int] = field(default_factory=set)  # and nobody knows yet why
    _through: set[int] = field(default_factory=set)  # since the last fault
    _suspects: set[int] = field(default_factory=set)

    def saw(self, contact: int, now: float, *, fault: bool) -> None:
        """A call to a contact got through (rang, was answered, was busy ...), or failed on the line."""
        if fault and contact in self._suspects:
            return
        if fault:
            self._through.clear()
            self._failed.add(contact)
        else:
            self._worked(contact)
        self._seen[contact] = (now, fault)
        self._seen.move_to_end(contact)
        if len(self._seen) > OTHERS + 1:
            self._seen.popitem(last=False)

    def _worked(self, contact: int) -> None:
        self._suspects.discard(contact)
        self._failed.discard(contact)
        if len(self._through) < OTHERS:
            self._through.add(contact)
        if len(self._through) == OTHERS and self._failed:
            for one in self._failed:
                self._seen.pop(one, None)
            self._suspects |= self._failed
            self._failed.clear()
            if len(self._suspects) > _MOST_KEPT:
                self._suspects.clear()

    def works(self, contact: int, now: float) -> bool | None:
        """Say whether the line works for others than this contact; None: nobody else was called of late."""
        others = islice((seen for one, seen in reversed(self._seen.items()) if one != contact), OTHERS)
        faults = [fault for at, fault in others if at > now - MEMORY_S]
        return not any(faults) if faults else None


def counts(works: bool | None, counted: Iterable[dt.datetime], now: dt.datetime) -> bool:
    """Say whether a fault counts against its contact.

    works: as Witness.works() says; counted: when earlier faults of the contact were that counted.
    """
    return works if works is not None else all(at <= now - ONE_IN for at in counted)
