"""What became of legs that nobody watched: of a dialer that died, of a connection that broke, of a lost event.

Evidence comes from the switch alone.  Each open leg is asked for by its UUID, and one that was not dialed is barred
there in the same breath, so that a command still on its way is refused: never dialed means free to be called again.
Dialed and gone counts as a call.  A live leg without a dialer is hung up: the person hears nothing there.  A leg with
our marker and without a row is hung up too.  A switch that was restarted remembers nothing, so its legs are unknown.
"""

import datetime as dt
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec
from gevent.lock import BoundedSemaphore

from oklik.campaigns.lease import LeaseLost
from oklik.clock import Clock
from oklik.telephony.port import Fate, Switch
from oklik.worker.kept import told_to_end
from oklik.worker.writer import away, one_line

log = logging.getLogger(__name__)

YOUNG_S = 10.0  # real seconds in which an open row is left alone: its command may be on its way


class OpenLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg whose row is not final.  core_uuid: the switch run it was meant for."""

    uuid: str
    core_uuid: str


class Legs(Protocol):
    """The rows of legs."""

    def open_legs(self, before: dt.datetime | None) -> Sequence[OpenLeg]:
        """Open legs of this node; those committed before an instant, or all."""

    def settle(self, fates: Mapping[str, Fate], now: dt.datetime) -> None:
        """Write what became of legs: not sent, or over with what their steps tell; all of them or none.

        Raises LeaseLost, and SQLAlchemy's errors.
        """

    def note_core(self, core_uuid: str) -> None:
        """The switch run that claims from now on are for."""


class Watched(Protocol):
    """The legs that this process looks after."""

    def known(self) -> Collection[str]:
        """Their UUIDs: claimed, under way, or on their way into the database."""


class Reconciler:
    """Asks the switch and settles the rows; one pass at a time."""

    def __init__(self, switch: Switch, legs: Legs, clock: Clock, watched: Watched) -> None:
        self.killed = 0  # live legs without a dialer that were hung up
        self._switch = switch
        self._legs = legs
        self._clock = clock
        self._watched = watched
        self._one = BoundedSemaphore(1)

    def at_start(self) -> None:
        """Settle everything that an earlier process of this node left open."""
        self._pass(before=None)

    def audit(self) -> None:
        """Settle what slipped through: open rows of some age that nobody here looks after."""
        self._pass(before=self._clock.now() - dt.timedelta(seconds=YOUNG_S * self._clock.speed))

    def ask(self, sent_under: Mapping[str, str]) -> dict[str, Fate]:
        """The fates of legs (UUID -> switch run they were sent to); the live ones are hung up."""
        core = self._switch.core_uuid
        here = [uuid for uuid, run in sent_under.items() if run == core]
        fates = self._switch.fates(here) if here else {}
        self._kill([uuid for uuid, fate in fates.items() if fate is Fate.LIVE])
        return {uuid: fates.get(uuid, Fate.UNKNOWN) for uuid in sent_under}

    def _kill(self, uuids: Sequence[str]) -> None:
        """In portions: the rows are settled behind it, and a round trip a leg would hold them up by many seconds."""
        if uuids:
            log.warning("%d live calls that nobody led were hung up", len(uuids))
            self._switch.kill(*uuids)
            self.killed += len(uuids)

    def _pass(self, *, before: dt.datetime | None) -> None:
        with self._one:
            core = self._switch.core_uuid
            self._legs.note_core(core)
            known = set(self._watched.known())
            rows = [leg for leg in self._legs.open_legs(before) if leg.uuid not in known]
            # Asked again: what was claimed while we waited for the database is known by now.
            known |= set(self._watched.known())
            fates = self.ask({leg.uuid: leg.core_uuid for leg in rows if leg.uuid not in known})
            orphans = self._switch.orphans(known | set(self._watched.known()))
            for uuid in orphans:
                log.warning("leg %s at the switch belongs to nobody: hung up", uuid)
            self._kill(orphans)
            if fates:
                settled = settle(self._legs, fates, self._clock.now())
                log.info("settled %d legs that nobody watched", settled)


def settle(legs: Legs, fates: Mapping[str, Fate], now: dt.datetime) -> int:
    """Write what became of legs, and say of how many; one whose rows make that impossible is left open by itself.

    Raises LeaseLost, and SQLAlchemy's errors while the database is away.
    """
    try:
        legs.settle(fates, now)
    except LeaseLost:
        raise
    except Exception as error:
        if told_to_end(error) or away(error):
            raise
        if len(fates) > 1:
            log.warning("legs could not be settled together, settling one by one: %s", one_line(error))
            return sum(settle(legs, {uuid: fate}, now) for uuid, fate in fates.items())
        log.exception("leg %s cannot be settled", *fates)
        return 0
    return len(fates)
