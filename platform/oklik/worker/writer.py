"""The batch writer: what calls leave behind goes to the database in one transaction for many calls.

Calls only append here and go on; one greenlet writes every few tens of milliseconds, so a row is at most about
100 ms behind (the loss window of a crash, which the reconcile closes).  Whoever must not act before his row is
committed (an opt-out, an agent's leg) waits for his batch.  While the database is away the writer keeps everything,
tries again, and says so by `healthy`: then nobody claims new calls, so what is kept is bounded by the calls that
were up.  What the statements are is the affair of `campaigns`.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from time import monotonic

import gevent
import msgspec
from gevent.event import Event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.running import Trunk
from oklik.dialing.vocabulary import CallState
from oklik.scenario.flow import Fact
from oklik.telephony.port import CallEnded
from oklik.worker.host import AgentLeg, CallFile, Job, Outcome
from oklik.worker.recordings import Kept

log = logging.getLogger(__name__)

DATABASE_ERRORS = (SQLAlchemyError, OSError)
COLLECT_S = 0.07  # how long the first entry of a batch waits for company
READ_ONLY = "25006"  # SQLSTATE read_only_sql_transaction
TOO_MUCH = "54"  # SQLSTATE class program_limit_exceeded: a row, a statement, a number of columns beyond its limit
RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)  # waits between tries while the database is away


class Facts(msgspec.Struct, frozen=True):
    """Facts of one attempt that came at one instant, numbered from first_seq."""

    uuid: str
    first_seq: int
    facts: Sequence[Fact]
    at: dt.datetime


class AgentEnd(msgspec.Struct, frozen=True):
    """How a leg to an agent ended."""

    uuid: str
    ended: CallEnded
    at: dt.datetime


class Recording(msgspec.Struct, frozen=True):
    """A recording of an attempt that is an answer."""

    uuid: str
    kept: Kept
    at: dt.datetime


class OptOut(msgspec.Struct, frozen=True):
    """A person who wants no more calls."""

    job: Job
    at: dt.datetime


class Batch(msgspec.Struct):
    """What is written in one transaction.

    states: the latest instant of each state of each leg.  allowed: agents' legs that may be dialed, each with the
    trunk whose lines it takes; known once the batch is committed.
    """

    states: dict[str, dict[CallState, dt.datetime]] = msgspec.field(default_factory=dict)
    legs: list[AgentLeg] = msgspec.field(default_factory=list)
    leg_ends: list[AgentEnd] = msgspec.field(default_factory=list)
    opt_outs: list[OptOut] = msgspec.field(default_factory=list)
    facts: list[Facts] = msgspec.field(default_factory=list)
    recordings: list[Recording] = msgspec.field(default_factory=list)
    call_files: list[CallFile] = msgspec.field(default_factory=list)
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    allowed: dict[str, Trunk | None] = msgspec.field(default_factory=dict)
    done: Event = msgspec.field(default_factory=Event)
    noted: bool = False  # the opt-outs are in the journal of the node
    born: float = 0.0  # monotonic instant of the first entry

    def __bool__(self) -> bool:
        return bool(self.born)

    def uuids(self) -> list[str]:
        """The legs it is about."""
        found = [leg.uuid for leg in self.legs]
        found += self.states
        for entries in (self.facts, self.recordings, self.call_files, self.leg_ends, self.outcomes):
            found += [entry.uuid for entry in entries]
        found += [out.job.dial.uuid for out in self.opt_outs]
        return list(dict.fromkeys(found))

    def split(self) -> "list[Batch]":
        """The same, one batch for each leg, in the order of appearance."""
        parts = {uuid: Batch(born=self.born, allowed=self.allowed) for uuid in self.uuids()}
        part = parts.__getitem__
        for leg in self.legs:
            part(leg.uuid).legs.append(leg)
        for uuid, states in self.states.items():
            part(uuid).states[uuid] = states
        for out in self.opt_outs:
            part(out.job.dial.uuid).opt_outs.append(out)
        for facts in self.facts:
            part(facts.uuid).facts.append(facts)
        for recording in self.recordings:
            part(recording.uuid).recordings.append(recording)
        for file in self.call_files:
            part(file.uuid).call_files.append(file)
        for end in self.leg_ends:
            part(end.uuid).leg_ends.append(end)
        for outcome in self.outcomes:
            part(outcome.uuid).outcomes.append(outcome)
        return list(parts.values())


class LegPermission(msgspec.Struct, frozen=True):
    """The gate's word on one leg to an agent (host.Permission)."""

    batch: Batch
    uuid: str

    def wait(self, timeout: float | None = None) -> bool:
        """True once it is committed; False if that took longer."""
        return bool(self.batch.done.wait(timeout))

    @property
    def given(self) -> bool:
        """May the leg be dialed?"""
        return self.uuid in self.batch.allowed

    @property
    def trunk(self) -> Trunk | None:
        """The trunk whose lines it takes, if any."""
        return self.batch.allowed.get(self.uuid)


class BatchWriter:
    """Collects from all calls, writes from one greenlet.  `write` commits a batch or raises."""

    def __init__(
        self,
        write: Callable[[Batch], None],
        *,
        on_written: Callable[[Batch], None] = lambda _: None,
        collect_s: float = COLLECT_S,
    ) -> None:
        self.healthy = True
        self.fenced = False  # another dialer owns the node: nothing is written any more
        self.worst_lag_s = 0.0
        self.opted_out: set[str] = set()  # numbers whose opt-out may not be committed yet
        self.lost: list[str] = []  # legs whose rows the database refuses for good
        self._write = write
        self._on_written = on_written
        self._collect_s = collect_s
        self._batch = Batch()
        self._writing: Batch | None = None
        self._some = Event()
        self._hurry = Event()
        self._stopping = False
        self._greenlet = gevent.spawn(self._loop)

    # -- what calls use (call.Recorder) ------------------------------------------------------------------------

    def state(self, uuid: str, state: CallState, at: dt.datetime) -> None:
        """The leg reached a state."""
        states = self._open().states
        if uuid in states:
            states[uuid][state] = at
        else:
            states[uuid] = {state: at}

    def facts(self, uuid: str, first_seq: int, facts: Sequence[Fact], at: dt.datetime) -> None:
        """Facts of the scenario, numbered from first_seq."""
        self._open().facts.append(Facts(uuid, first_seq, facts, at))

    def recording(self, uuid: str, kept: Kept, at: dt.datetime) -> None:
        """A recording of the attempt is an answer; in the same transaction as its fact."""
        self._open().recordings.append(Recording(uuid, kept, at))

    def call_recording(self, file: CallFile) -> None:
        """A call, or a part of it, is being recorded from now on."""
        self._open().call_files.append(file)

    def opt_out(self, job: Job, at: dt.datetime) -> Event:
        """The person wants no more calls; the event is set once that is committed."""
        batch = self._open()
        batch.opt_outs.append(OptOut(job, at))
        self.opted_out.add(job.number)
        self._hurry.set()
        return batch.done

    def agent_leg(self, leg: AgentLeg) -> LegPermission:
        """A leg to an agent is about to be dialed: ask the gate and keep its word."""
        batch = self._open()
        batch.legs.append(leg)
        self._hurry.set()
        return LegPermission(batch, leg.uuid)

    def agent_ended(self, uuid: str, ended: CallEnded, at: dt.datetime) -> None:
        """A leg to an agent is over."""
        self._open().leg_ends.append(AgentEnd(uuid, ended, at))

    def finish(self, outcome: Outcome) -> Event:
        """The attempt is over; the event is set once its result is committed."""
        batch = self._open()
        batch.outcomes.append(outcome)
        return batch.done

    # -- the greenlet -------------------------------------------------------------------------------------------

    @property
    def idle(self) -> bool:
        """Nothing is waiting and nothing is being written."""
        return not self._batch and self._writing is None

    @property
    def lag_s(self) -> float:
        """Age of the oldest entry that is not committed; 0.0 when there is none."""
        oldest = self._writing if self._writing is not None else self._batch
        return monotonic() - oldest.born if oldest else 0.0

    def stop(self, deadline_s: float) -> bool:
        """Write what is left and end; False if the database did not take it in that time."""
        self._stopping = True
        self._some.set()
        self._hurry.set()
        self._greenlet.join(timeout=deadline_s)
        done = bool(self._greenlet.dead)
        self._greenlet.kill()
        return done and self.idle

    def _open(self) -> Batch:
        if not self._batch:
            self._batch.born = monotonic()
            self._some.set()
        return self._batch

    def _loop(self) -> None:
        while True:
            self._some.wait()
            if not self._stopping:
                self._hurry.wait(self._collect_s)
            self._some.clear()
            self._hurry.clear()
            batch, self._batch = self._batch, Batch()
            if batch:
                self._writing = batch
                self._commit(batch)
                self.worst_lag_s = max(self.worst_lag_s, monotonic() - batch.born)
                self._writing = None
                batch.done.set()
                self._on_written(batch)
            if self._stopping and not self._batch:
                return

    def _commit(self, batch: Batch) -> None:
        """Write until it is committed; entries that the database refuses for good are left out one leg at a time."""
        tries = 0
        while True:
            try:
                self._write(batch)
            except LeaseLost:
                # The new owner's reconcile closes what we could not.
                self.fenced = True
                self.lost.extend(batch.uuids())
                return
            except Exception as error:  # noqa: BLE001  one poison row must not stop the writing of all calls
                if away(error):
                    self.healthy = False
                    if tries == 0:
                        log.warning("the database is away, results are kept in memory: %s", one_line(error))
                    gevent.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
                    tries += 1
                    continue
                self._one_by_one(batch, error)
            if tries:
                log.warning("the database is back")
            self.healthy = True
            return

    def _one_by_one(self, batch: Batch, error: Exception) -> None:
        parts = batch.split()
        if len(parts) > 1:
            log.warning("a batch was refused, writing it leg by leg: %s", one_line(error))
            for part in parts:
                self._commit(part)
            return
        self.lost.extend(batch.uuids())
        log.error("rows of leg %s were refused: %s", ", ".join(batch.uuids()), one_line(error))


def away(error: Exception) -> bool:
    """Is this the database being away (try again), or does it refuse what we bring (never again)?

    One that only reads (a standby, a server closed for writing) is away; so is one whose disk is full, whose error is
    an OperationalError like those of a server that stops or begins.  A row beyond a limit of PostgreSQL's gives an
    OperationalError, too, but it is refused: it would be tried again for ever.
    """
    if isinstance(error, DBAPIError):
        state = _sqlstate(error) or ""
        if error.connection_invalidated or state == READ_ONLY:
            return True
        if state.startswith(TOO_MUCH):
            return False
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError)


def _sqlstate(error: DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state


def one_line(error: Exception) -> str:
    """The first line of an error's message, without statement and parameters (they hold people's data)."""
    text = str(getattr(error, "orig", None) or error) or type(error).__name__
    return text.splitlines()[0]
