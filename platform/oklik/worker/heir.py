"""Settles what a dead dialer of another node has left open, when no dialer of that node comes to do it.

Beside the dialer, with a connection of its own.  It does what the node's next dialer would do at its start: it becomes
the node's owner, in the database and at the switch, asks the switch for each open leg, hangs up those that live, and
writes what became of them.  So nobody is called twice, and who was not called yet is free at once.

The database comes first: only there it shows whether the node's dialer is back by now, and a switch that has once heard
a newer epoch refuses whoever drives it.  So before that the switch is only asked which run of it this is.

The switch is asked only if it is the very run of it that the calls were sent to.  Where it cannot be reached (it died
with its dialer, or lets only its own machine in) nobody can know; then the longest call is waited for, so that none can
be up any more, and the calls count as made (`unknown`).

Who is silent is judged by our own watching: a sign of life that has not changed all the while we looked, without a gap
of ours.  After a time in which the database was away everybody's silence begins anew.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection
from contextlib import closing

import gevent
import msgspec
from sqlalchemy import Engine

from oklik.campaigns import inheriting
from oklik.campaigns.inheriting import Silent
from oklik.campaigns.lease import Holder, LeaseLost
from oklik.clock import Clock
from oklik.telephony.port import Fate, Switch, SwitchError
from oklik.worker.book import StoreBook
from oklik.worker.kept import Kept, told_to_end
from oklik.worker.reconcile import Reconciler, settle
from oklik.worker.settings import DialerSettings
from oklik.worker.writer import away, one_line

log = logging.getLogger(__name__)

LOOK_S = 2.0  # real seconds between signs of life, and between looks at those of the others
GAP_S = 3 * LOOK_S  # who has looked away for so long has seen no silence
AGAIN_S = 15.0  # real seconds after which a switch that could not be asked is tried again
RING_MOST_S = 300  # no ringing is longer (settings), and an answered call lasts max_s

AskRun = Callable[[Silent], str]
"""node -> the run (Core-UUID) of its switch; nothing changes there.  Raises SwitchError."""

Connect = Callable[[Silent, int], Switch]
"""(node, epoch) -> its switch, of which we are the owner under this epoch.  Raises SwitchError."""


class Nobody:
    """reconcile.Watched: all that is open is to be settled."""

    def known(self) -> Collection[str]:
        """None."""
        return ()


class Heir:
    """Of one dialer.  `keep_telling` and `run` are for greenlets of their own."""

    def __init__(
        self,
        engine: Engine,
        settings: DialerSettings,
        holder: Holder,
        clock: Clock,
        *,
        ask_run: AskRun,
        connect: Connect,
        virtual: bool,
        owner: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """holder: of our own node; owner: as lease.take's; ask_run, connect: of another node's switch."""
        self._kept, self._engine, self._settings = Kept(engine), engine, settings
        self._holder, self._clock = holder, clock
        self._ask_run, self._connect = ask_run, connect
        self._virtual, self._owner, self._monotonic = virtual, owner, monotonic
        self._silent: dict[str, tuple[tuple[dt.datetime, int], float]] = {}  # a sign, and since when it is the last
        self._looked = float("-inf")
        self._tried: dict[str, float] = {}

    def tell(self) -> None:
        """A sign of life of ours.  Raises SQLAlchemy's errors."""
        mine = self._settings
        with self._kept.use() as conn:
            inheriting.tell(
                conn,
                self._holder,
                dt.datetime.now(dt.UTC),
                host=mine.switch_host,
                port=mine.switch_port,
                longest_s=mine.max_s + min(mine.ring_s, RING_MOST_S),
                virtual=self._virtual,
            )

    def keep_telling(self) -> None:
        """Tell until the greenlet is killed: however long a settlement takes, and whatever it breaks off with."""
        _for_good("signs of life", self.tell)

    def run(self) -> None:
        """Look until the greenlet is killed.  A dialer of one campaign settles nothing of others' and returns."""
        if self._settings.campaign_id is None:
            _for_good("other nodes' signs of life", self.look)

    def look(self) -> None:
        """One look.  Raises SQLAlchemy's errors while the database is away."""
        with self._kept.use() as conn:
            found = inheriting.others_open(conn, self._holder.node, virtual=self._virtual)
        now = self._monotonic()
        former = self._silent if now - self._looked <= GAP_S else {}
        self._looked = now
        self._silent = {}
        for one in found:
            sign = (one.told_at, one.epoch)  # who takes the node over, another heir too, gets their time
            known = former.get(one.node)
            self._silent[one.node] = known if known is not None and known[0] == sign else (sign, now)
        for one in found:
            silent_s = now - self._silent[one.node][1]
            if silent_s >= self._settings.heir_s and now >= self._tried.get(one.node, 0.0) + AGAIN_S:
                self._tried[one.node] = now
                self._try(one, blindly=silent_s >= self._settings.heir_s + one.longest_s)
        self._looked = self._monotonic()  # what a settlement takes is no gap of ours

    def _try(self, one: Silent, *, blindly: bool) -> None:
        """Settle it; what is wrong with one node is no other's affair.  Raises as look."""
        try:
            self._settle(one, blindly=blindly)
        except (SwitchError, LeaseLost) as error:
            log.info("settling the calls of node %s: %s", one.node, error)
        except Exception as error:
            if told_to_end(error) or away(error):
                raise
            log.exception("the calls of node %s cannot be settled", one.node)

    def _settle(self, one: Silent, *, blindly: bool) -> None:
        """With the switch's word, else when blindly is allowed without it."""
        there = self._is_there(one)
        if not (there or blindly):
            return
        epoch = max(one.epoch + 1, int(time.time()))
        book = self._book(one, epoch)
        if book is None:
            return
        with closing(book):
            done = there and self._by_evidence(one, epoch, book)
            if not done and blindly:
                self._without(one, book)
                done = True
        if done:  # should any leg be left, then for whoever finds the node silent anew
            del self._silent[one.node]

    def _is_there(self, one: Silent) -> bool:
        """Does its switch answer, and is it the very run of it that the calls were sent to?"""
        try:
            there = self._ask_run(one) == one.core_uuid
        except SwitchError as error:
            log.warning("node %s is silent, and its switch cannot be asked: %s", one.node, error)
            return False
        if not there:
            log.warning("node %s is silent, and its switch is not the one it called over", one.node)
        return there

    def _book(self, one: Silent, epoch: int) -> StoreBook | None:
        """The node's rows, which are ours from now on; None: somebody was quicker, or its dialer is back."""
        with self._engine.begin() as conn:
            holder = inheriting.inherit(conn, one, owner=self._owner, epoch=epoch)
        if holder is None:
            return None
        # Our own epoch is no sign of life: if we do not come to an end with it, the silence goes on.
        self._silent[one.node] = ((one.told_at, epoch), self._silent[one.node][1])
        settings = msgspec.structs.replace(self._settings, node=one.node)
        return StoreBook(self._engine, settings, virtual=self._virtual, holder=holder)

    def _by_evidence(self, one: Silent, epoch: int, book: StoreBook) -> bool:
        """False: it is gone by now, or does not take us.  Raises SwitchError when it goes in the midst of it."""
        try:
            switch = self._connect(one, epoch)
        except SwitchError as error:
            log.warning("node %s is silent, and its switch does not take us: %s", one.node, error)
            return False
        try:
            if switch.core_uuid != one.core_uuid:
                return False
            log.warning("node %s is silent: its calls are settled here", one.node)
            Reconciler(switch, book, self._clock, Nobody()).at_start()
        finally:
            # Also when it broke off: what is still up there is for the timer, or for the node's next dialer.
            switch.close(replaced=True)
        return True

    def _without(self, one: Silent, book: StoreBook) -> None:
        log.warning("node %s is silent, no call of it can be up any more: they count as made", one.node)
        settle(book, {leg.uuid: Fate.UNKNOWN for leg in book.open_legs(None)}, self._clock.now())


def _for_good(what: str, task: Callable[[], None]) -> None:
    """Every LOOK_S, until the greenlet is killed; no error of it is the end."""
    while True:
        try:
            task()
        except Exception as error:
            if told_to_end(error):
                raise gevent.GreenletExit from None
            if away(error):
                log.info("%s: the database is away: %s", what, one_line(error))
            else:
                log.exception("%s", what)
        gevent.sleep(LOOK_S)
