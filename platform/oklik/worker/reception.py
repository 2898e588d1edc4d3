"""Calls to us: who may come in, and whom we are calling at that very moment.

Whoever calls back while we ring them has a busy telephone for us: our call is given up for theirs.  Whoever talks with
us already hears the busy tone.  What is not taken here is left to the switch's own polite sentence.
"""

import logging
from typing import Protocol

import gevent

from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.return_call import Busy
from oklik.clock import Clock
from oklik.telephony.port import Offer, Switch, SwitchError
from oklik.worker.host import Job
from oklik.worker.needs import Book
from oklik.worker.writer import DATABASE_ERRORS, one_line

log = logging.getLogger(__name__)

LOOKS, LOOK_S = 60, 0.1  # real seconds that giving up a call of ours may take


class Desk(Protocol):
    """The dialer."""

    @property
    def open(self) -> bool:
        """May a call to us be taken now?"""

    def serve_inbound(self, job: Job) -> bool:
        """Take a call to us whose intent is committed; False: it cannot be served, and its intent is given back."""

    def give_up(self, uuid: str) -> None:
        """End a call of ours that nobody has answered yet; again, or for any other, does nothing."""

    def talks(self, uuid: str) -> bool:
        """This call is one in which somebody is talked to."""

    def settled(self, uuid: str) -> bool:
        """Nothing of this attempt is under way any more, here or into the database."""


class Reception:
    """Receives what the switch offers; each call in a greenlet of its own."""

    def __init__(self, desk: Desk, switch: Switch, book: Book, clock: Clock, *, most: int) -> None:
        """most: so many calls to us at a time; others hear the busy tone."""
        self.under_way: set[str] = set()  # whose rows may be there though nobody serves them yet
        self._desk = desk
        self._switch = switch
        self._book = book
        self._clock = clock
        self._most = most
        self._inside: set[str] = set()

    def offered(self, offer: Offer) -> None:
        """Somebody calls us (for port.Switch.on_inbound)."""
        self.under_way.add(offer.uuid)
        try:
            if self._desk.open and not self._let_in(offer):
                self._switch.turn_away(offer.uuid)
        except (SwitchError, LeaseLost) as error:
            log.warning("a call to us was not taken: %s", error)
        except DATABASE_ERRORS as error:
            log.warning("a call to us was not taken, the database is away: %s", one_line(error))
        except Exception:
            log.exception("a call to us was not taken")
        finally:
            self.under_way.discard(offer.uuid)

    def _let_in(self, offer: Offer) -> bool:
        """Answer, or leave it to the switch; False: let them hear the busy tone."""
        self._inside = {uuid for uuid in self._inside if not self._desk.settled(uuid)}
        if len(self._inside) >= self._most:
            log.warning("a call to us finds %d others: it hears the busy tone", self._most)
            return False
        answer = self._book.receive(offer, self._clock.now())
        for _ in range(LOOKS):
            if not isinstance(answer, Busy):
                break
            uuid = str(answer.uuid)
            if self._desk.talks(uuid):
                return False
            self._desk.give_up(uuid)
            gevent.sleep(LOOK_S)
            if self._desk.settled(uuid) or not self._desk.open:
                answer = self._book.receive(offer, self._clock.now())
        if answer is None:
            log.info("a call to us is left to the switch: nothing is prepared to be said")
            return True
        if isinstance(answer, Busy) or not self._desk.serve_inbound(answer):
            return False
        self._inside.add(offer.uuid)
        return True
