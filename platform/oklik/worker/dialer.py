"""The dialer: claims what may be sent at once, sends it, runs one greenlet per call.

The loop is: room by the limits -> claim -> look at clock and orders again -> originate.  Limits on channels and on
calls per second are kept here, in every rolling second, also over a restart: a fresh dialer holds its first call
back for a second.  Pause, resume, stop and people taken out act at once on what is not sent yet.  What the rows are
is behind `needs.Book`; what a call does is in `call`; what became of legs nobody watched is in `reconcile`.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic

import gevent
import msgspec
from gevent.event import Event

from oklik.agents.groups import Group
from oklik.agents.waiting import Waiting
from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.pulse import Pulse, PulseState
from oklik.campaigns.running import Trunk
from oklik.clock import Clock
from oklik.telephony.port import STALE_EPOCH, Call, CallEnded, CallGone, Switch, SwitchError, SwitchLost, WaitTimeout
from oklik.worker.abilities import Abilities
from oklik.worker.agent_call import COMMIT_S, LOOK_S
from oklik.worker.agent_first import AgentFirstCall
from oklik.worker.beyond import Beyond
from oklik.worker.breakers import Breakers
from oklik.worker.call import PersonCall
from oklik.worker.clock import RehearsalClock
from oklik.worker.host import Job, LeftOpen, Prompts
from oklik.worker.kept import told_to_end
from oklik.worker.lines import AgentLine, Lines, Pace, Way
from oklik.worker.needs import Book
from oklik.worker.orders import Orders
from oklik.worker.parts import Parts
from oklik.worker.parts_keeper import PartsKeeper
from oklik.worker.reception import Reception
from oklik.worker.reconcile import YOUNG_S, Reconciler
from oklik.worker.recordings import Recordings
from oklik.worker.stalls import Stalls
from oklik.worker.writer import DATABASE_ERRORS, Batch, BatchWriter, away, one_line

log = logging.getLogger(__name__)

GATHER_S = 2.0  # campaign seconds between claims, within these bounds of real ones:
GATHER_LEAST_S, GATHER_MOST_S = 0.03, 0.2
TICK_S = 0.0005  # real seconds, the shortest sleep
POLL_S = 0.2  # real seconds between looks at the queue and at the commands when nothing wakes us
AHEAD_S = 0.03  # real seconds before its turn a call is claimed, for a claim takes a third to a whole of that
FRESH_S = 0.2  # real seconds from claim to send after which it is asked again whether somebody wants no call
STALE_S = YOUNG_S  # real seconds since the last look at the lease after which nothing is sent of what is claimed
FLUSH_S = 30.0  # real seconds for the last rows at the end
BEAT_S = 1.0  # real seconds between beats of the pulse, see campaigns.pulse
WATCH_S = 2.0  # real seconds between looks at the lease (every claim and every write looks, too)
AUDIT_S = 30.0  # real seconds between full audits
CUT_S = 30.0  # real seconds that leaving waits for a switch that is not there
STUCK_S = 5.0  # real seconds after which a leg that does not end is hung up again
KILL_S = 15.0  # real seconds for calls to end once they are hung up
_NEWER = "the switch has heard of a newer dialer of this node"


class Dialer:
    """One switch node's dialer; `run` blocks until it is told to leave or, with until_done, nothing is left."""

    def __init__(
        self,
        *,
        switch: Switch,
        book: Book,
        clock: Clock,
        recordings: Recordings | None = None,
        channels: int,
        cps: float,
        until_done: bool = False,
        grace_s: float = 900.0,
        beyond: Beyond | None = None,
        parts: Parts | None = None,
    ) -> None:
        """channels, cps: see lines; cps is of rolling campaign seconds.  grace_s: real seconds.

        parts: of the trunks' limits; None: no other dialer uses these trunks.
        recordings: None where no campaign may record.  beyond: other systems and plug-ins for scenarios that ask them.
        """
        self.beyond = beyond or Beyond()
        self.switch = switch
        self.clock = clock
        self.agent_legs: set[str] = set()
        self.calls: dict[str, PersonCall] = {}
        self.waiting = Waiting()
        self.fault: str | None = None
        self.recorder = BatchWriter(book.write, on_written=self._written)
        self._recordings = recordings
        self._book = book
        self._limits = (channels, cps)
        self._gather_s = min(GATHER_MOST_S, max(GATHER_LEAST_S, clock.real_s(GATHER_S)))
        self._lines = Lines(
            cps=cps,
            channels=channels,
            look_s=LOOK_S * clock.speed,
            pace=Pace(gather_s=self._gather_s * clock.speed, ahead_s=AHEAD_S * clock.speed),
        )
        self._breakers = Breakers()
        self._until_done = until_done
        self._grace_s = grace_s
        self._pending: dict[str, Job] = {}  # committed intents that are not sent yet
        self._finishing: set[str] = set()  # attempts whose result is on its way to the database
        self._stuck: set[str] = set()  # legs of which the result is written, and that the switch does not end
        self._wake = Event()
        self._leaving = Event()
        self._gone = Event()  # nobody waits for the switch any more
        self._database_away = False
        self._stalls = Stalls()
        self._parts = PartsKeeper(
            parts,
            self._lines,
            seconds=lambda at: at * clock.speed,
            checked=self._checked,
            on_renewed=self._wake.set,
        )
        self._orders = Orders(book, clock, self._wake.set)
        self._abilities = Abilities(
            switch,
            recordings,
            hold=lambda campaign, code: book.hold(campaign, code, clock.now()),
            on_trouble=self._trouble,
        )
        self._reconciler = Reconciler(switch, book, clock, self)
        self._reception = Reception(self, switch, book, clock, most=channels)

    # -- from outside -------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Stop claiming, let live calls finish (SIGTERM); the second time: hang them up."""
        if self._leaving.is_set():
            gevent.spawn(self._kill_all)
        self._leaving.set()
        self._wake.set()

    def run(self) -> bool:
        """Work until the end.  True when everything is written; a fault of the whole dialer is in `fault`."""
        self._reconciler.at_start()
        self.switch.on_restored(self._restored)
        self.switch.on_inbound(self._reception.offered)
        helpers = [gevent.spawn(self._watch_orders), gevent.spawn(self._audit)]
        # Until the last call has ended, for people look why it does not leave.
        hearts = [gevent.spawn(self._beat), gevent.spawn(self._stalls.run)]
        self._parts.begin()
        try:
            self._lines.begin(self._seconds())  # whatever an earlier process sent was sent before this instant
            while not self._leaving.is_set():
                self._wake.clear()
                self._round()
        finally:
            gevent.killall(helpers)
            written = self._drain()
            gevent.killall(hearts)
            self._parts.end(give_back=not self.calls and self.fault is None)
        if self.fault is None:  # else another one speaks for this node by now
            self._checked(partial(self._book.beat, self._pulse(PulseState.GONE)))
        return written

    # -- claim and send -------------------------------------------------------------------------------------------

    def _round(self) -> None:
        room = self._lines.claimable(self._seconds())
        if room <= 0 or not self._may_claim():
            self._wait()
            return
        # What is committed the claim sees itself, and nothing claimed before is unsent at this point.
        if self.recorder.idle:
            self.recorder.opted_out.clear()
        self._orders.before_claim()
        asked_at = monotonic()
        jobs = self._claimed(room)
        if jobs is None:
            self._wait()
        elif jobs:
            self._send_all(jobs, asked_at)
            # Ends of calls come one by one; claiming for several at once costs a fraction of claiming for each.
            pause_s = self._pause_s()
            rest_s = max(GATHER_LEAST_S, self._gather_s - (monotonic() - asked_at))
            self._leaving.wait(rest_s if pause_s is None else pause_s)
        else:
            self._nothing_due()

    def _room_of(self, trunk: Trunk | None, kept: int) -> int:
        room = self._lines.claimable(self._seconds(), trunk, kept)
        self._parts.look()
        allowed = self._breakers.room(trunk, self._seconds())
        return room if allowed is None else min(room, allowed)

    def _seconds(self) -> float:
        """Campaign seconds of a clock that is never set back, for the limiter."""
        return monotonic() * self.clock.speed

    def _may_claim(self) -> bool:
        return self.recorder.healthy and self.switch.connected and not self._database_away

    def _claimed(self, limit: int) -> Sequence[Job] | None:
        """Claim; None when the database could not be asked or nothing of the claim can be sent."""
        try:
            jobs, broken = self._book.claim(limit, self.clock.now(), self._room_of)
        except LeaseLost as error:
            self._fence(error)
            return None
        except DATABASE_ERRORS as error:
            self._trouble(error)
            return None
        for outcome in broken:
            self._finishing.add(outcome.uuid)
            self.recorder.finish(outcome)
        return jobs if jobs or not broken else None

    def _send_all(self, jobs: Sequence[Job], asked_at: float) -> None:
        """asked_at: monotonic instant at which the claim began."""
        self._pending.update((job.dial.uuid, job) for job in jobs)
        closed = self._abilities.lacking(jobs)
        withdrawn: Collection[str] = ()
        looked_at = asked_at  # at the lease; a database may be so slow that the claim alone takes long
        if monotonic() - asked_at > FRESH_S:
            looked_at = monotonic()
            withdrawn = self._withdrawn(jobs)
        dropped = []
        stale = 0
        for job in jobs:
            late = monotonic() - looked_at > STALE_S
            stale += late
            if late or job.campaign_id in closed or job.dial.uuid in withdrawn:
                dropped.append(job)
                continue
            self._await_turn(job)
            if not self._send(job):
                dropped.append(job)
        if stale:
            log.warning("%d calls are given back: they were held up for %.0f s", stale, monotonic() - looked_at)
        if dropped:
            self._release(dropped)

    def _await_turn(self, job: Job) -> None:
        """It was claimed a little ahead of its turn by the clock; whoever has no turn soon is not waited for."""
        limit = self._seconds() + 2 * AHEAD_S * self.clock.speed
        while not job.agent:
            now = self._seconds()
            turn = self._lines.turn(job.trunk, now)
            if turn is None or turn <= now or turn > limit:
                return
            gevent.sleep(max(TICK_S, self.clock.real_s(turn - now)))

    def _withdrawn(self, jobs: Sequence[Job]) -> Collection[str]:
        """Those who must not be called any more, as is known by now; all if nobody says, or the node is not ours."""
        try:
            return self._book.withdrawn(jobs, self.clock.now())
        except LeaseLost as error:
            self._fence(error)
        except DATABASE_ERRORS as error:
            self._trouble(error)
        return {job.dial.uuid for job in jobs}

    def _send(self, job: Job) -> bool:
        """Send one leg; False when it must not be sent (any more)."""
        if self._barred(job):
            return False
        if job.agent:  # who takes a line of their own once the agent is there
            call: PersonCall = AgentFirstCall(self, job)
            call.on_send = lambda: self._breakers.sent(job.trunk, job.dial.uuid, self._seconds())
        elif self._lines.grant(job.trunk, self._seconds()):
            call = PersonCall(self, job)
            call.on_taken = Way(self._lines, None if job.trunk is None else job.trunk.id, self._seconds)
            self._breakers.sent(job.trunk, job.dial.uuid, self._seconds())
        else:
            return False
        call.on_reached = lambda: self._breakers.good(job.trunk, job.dial.uuid, self._seconds(), job.target_id)
        call.on_gone = lambda: self._free(call)
        self.calls[job.dial.uuid] = call
        self._pending.pop(job.dial.uuid, None)
        gevent.spawn(self._serve, call)
        return True

    def _barred(self, job: Job) -> bool:
        """Must this call not be sent at this moment, for what has become known since the claim?"""
        return (
            self._leaving.is_set()
            or job.number in self.recorder.opted_out
            or self._orders.bars(job)
            or not self.switch.connected
            or (job.until is not None and self.clock.now() >= job.until)
            or self._breakers.room(job.trunk, self._seconds()) == 0
        )

    def ask_again(self, job: Job) -> str | None:
        """Ask the gate again for a person whose call has waited for an agent; why they must not be called, or None."""
        try:
            with gevent.Timeout(COMMIT_S):
                refused = self._book.ask_again(job, self.clock.now())
        except gevent.Timeout:
            return "the database does not answer"
        except DATABASE_ERRORS as error:
            return one_line(error)
        if refused is None and self._barred(job):
            return "the call may not be sent any more"
        return refused

    def _serve(self, call: PersonCall) -> None:
        uuid = call.job.dial.uuid
        ended: CallEnded | None = None
        try:
            outcome = call.run()
            ended = outcome.ended
        except LeftOpen:
            return
        except Exception as error:
            # A bug of ours ends this attempt and nothing else; whatever the leg does, nobody is there to talk to.
            log.exception("attempt %s broke", uuid)
            outcome = call.broken(one_line(error))
            self._kill(uuid)
        finally:
            call.on_taken()
            self.calls.pop(uuid, None)
            if call.leg is None:
                self._free(call)
            else:
                gevent.spawn(self._free_when_gone, call, call.leg)
            self._breakers.ended(call.job.trunk, uuid, self._seconds(), ended, call.job.target_id)
            self._wake.set()
        self._finishing.add(uuid)
        works = self._breakers.works(call.job.trunk, call.job.target_id, self._seconds())
        self.recorder.finish(msgspec.structs.replace(outcome, line_works=works))

    def _free(self, call: PersonCall) -> None:
        """The leg is over; a second time does nothing."""
        if call.freed:
            return
        call.freed = True
        if call.job.inbound:
            self._lines.leave_inbound(call.job.trunk)
        elif isinstance(call, AgentFirstCall):
            call.give_back()
        else:
            self._lines.release(call.job.trunk)
        self._wake.set()

    def _free_when_gone(self, call: PersonCall, leg: Call) -> None:
        """Its result is written, and the leg goes on: its line stays taken until the switch says that it is gone."""
        self._stuck.add(leg.uuid)
        since, told = monotonic(), False
        while not self._gone.is_set():
            try:
                if leg.missing or isinstance(leg.wait(STUCK_S), CallEnded):
                    break
            except CallGone:
                break
            except SwitchLost:
                self._gone.wait(POLL_S)
            except WaitTimeout:
                if not told:
                    log.error("leg %s does not end and keeps its line; %d legs do", leg.uuid, len(self._stuck))
                told = True
                with suppress(SwitchError):
                    leg.hangup()
        self._stuck.discard(leg.uuid)
        if told:
            log.warning("leg %s is gone, %.0f s after its call was given up", leg.uuid, monotonic() - since)
        self._free(call)

    @property
    def open(self) -> bool:
        """May a call to us be taken now?"""
        return not self._leaving.is_set() and self.recorder.healthy and not self._database_away

    def serve_inbound(self, job: Job) -> bool:
        """Take a call to us whose intent is committed; False: it cannot be served, and its intent is given back."""
        if self._abilities.unrecorded(job):
            self._release([job])
            return False
        if not self._parts.let_in(job.trunk, self._seconds, self._leaving):
            log.warning("a call to us finds no free channel: it hears the busy tone")
            self._release([job])
            return False
        call = PersonCall(self, job)
        call.on_gone = lambda: self._free(call)
        self.calls[job.dial.uuid] = call
        gevent.spawn(self._serve, call)
        return True

    def talks(self, uuid: str) -> bool:
        """This call is one in which somebody is talked to."""
        call = self.calls.get(uuid)
        return call is not None and (call.job.inbound or call.answered_at is not None)

    def give_up(self, uuid: str) -> None:
        """End a call of ours that nobody has answered yet; again, or for any other, does nothing."""
        call = self.calls.get(uuid)
        if call is not None and not call.cancelled and not self.talks(uuid):
            call.cancelled = True
            self._kill(uuid)

    def settled(self, uuid: str) -> bool:
        """Nothing of this attempt is under way any more, here or into the database."""
        return uuid not in self.calls and uuid not in self._finishing

    def _release(self, jobs: Sequence[Job]) -> None:
        """Give back what was not sent; on trouble the reconcile does it, for the switch never heard of it."""
        try:
            self._book.release(jobs, self.clock.now())
        except LeaseLost as error:
            self._fence(error)
        except DATABASE_ERRORS as error:
            self._trouble(error)
        for job in jobs:
            self._pending.pop(job.dial.uuid, None)

    def _nothing_due(self) -> None:
        if self.calls:
            # Not woken by every call that ends: new work is looked for so often and no oftener.
            pause_s = self._pause_s()
            self._leaving.wait(POLL_S if pause_s is None else pause_s)
            return
        if not self.recorder.idle:
            self._wait()
            return
        try:
            due = self._book.next_due()
            preparing = self._book.preparing()
            over = due is None and not preparing and self._book.close_finished(self.clock.now())
        except DATABASE_ERRORS as error:
            self._trouble(error)
            return
        if over and self._until_done:
            self._leaving.set()
        elif due is not None and due > self.clock.now() and not preparing and isinstance(self.clock, RehearsalClock):
            # Every target waits for a later hour and no call is up: in a rehearsal that hour is now.
            self.clock.jump_to(due)
        else:
            self._wait()

    def _wait(self) -> None:
        pause_s = self._pause_s()
        if pause_s is None:
            self._wake.wait(POLL_S)
        else:  # calls that end make no room then
            self._leaving.wait(pause_s)

    def _pause_s(self) -> float | None:
        """Real seconds until the clock alone makes room that is worth a claim, a look at the queue's at most.

        None: it is not the clock that is waited for.
        """
        now = self._seconds()
        moments = (self._lines.next_at(now), self._breakers.next_at(now))
        free_at = min((at for at in moments if at is not None), default=None)
        return None if free_at is None else min(POLL_S, max(GATHER_LEAST_S, self.clock.real_s(free_at - now)))

    def _trouble(self, error: Exception) -> None:
        if not away(error):
            raise error
        self._database_away = True
        log.warning("the database is away: %s", one_line(error))
        gevent.sleep(POLL_S)
        self._database_away = False

    # -- what calls use (call.Host) -----------------------------------------------------------------------------

    def agents(self, job: Job, group: str) -> Group | None:
        """The agents of a group; None when the database does not say in time."""
        return self._asked(job, lambda: self._book.agents(job, group))

    def phone(self, job: Job, number: str) -> Group | None:
        """One phone, through the line of the job's campaign; None when the database does not say in time."""
        return self._asked(job, lambda: self._book.phone(job, number))

    def _asked(self, job: Job, ask: Callable[[], Group]) -> Group | None:
        try:
            with gevent.Timeout(COMMIT_S):
                return ask()
        except gevent.Timeout:
            log.error("transfer of %s: the database does not answer", job.dial.uuid)
        except DATABASE_ERRORS as error:
            log.error("transfer of %s: %s", job.dial.uuid, one_line(error))
        return None

    def agent_line(self, trunk: Trunk | None, *, fresh: bool = True) -> AgentLine:
        """A place among those who wait for a line to an agent."""
        return AgentLine(self._lines, trunk, self._seconds, self._wake.set, fresh=fresh)

    def prompts(self, job: Job) -> Prompts:
        """Prepared sound in the voice of the job's campaign."""
        return self._book.prompts(job)

    @property
    def recordings(self) -> Recordings:
        """Where answers by voice lie; who records has been let through by its Abilities."""
        assert self._recordings is not None
        return self._recordings

    def wait_connected(self) -> None:
        """Wait until the switch is there again.  Raises LeftOpen when the dialer leaves before that."""
        while not self.switch.connected:
            if self._gone.wait(POLL_S):
                raise LeftOpen

    # -- reconcile.Watched and the helpers --------------------------------------------------------------------

    def known(self) -> set[str]:
        """UUIDs of the legs this process looks after."""
        return {
            *self._pending,
            *self.calls,
            *self._finishing,
            *self.agent_legs,
            *self._stuck,
            *self._reception.under_way,
        }

    def _written(self, batch: Batch) -> None:
        self._finishing.difference_update(outcome.uuid for outcome in batch.outcomes)
        self.agent_legs.difference_update(end.uuid for end in batch.leg_ends)
        ends = [outcome.ended for outcome in batch.outcomes] + [end.ended for end in batch.leg_ends]
        if any(ended.cause == STALE_EPOCH for ended in ends):
            # Whatever the tables say: it refuses us for good, and what is refused would be claimed again and again.
            self._fence(LeaseLost(_NEWER))
        self._wake.set()

    def _watch_orders(self) -> None:
        """Carry out people's orders, and tell people how the trunks do."""
        while True:
            try:
                self._orders.look()
                self._tell_health()
            except Exception as error:  # noqa: BLE001  the next pause must find somebody who listens
                self._helper_trouble("commands", error)
            gevent.sleep(POLL_S)

    def _tell_health(self) -> None:
        """What has changed in the trunks' breakers, for people."""
        now, clock = self._seconds(), self.clock.now()
        health = self._breakers.changed(now, lambda at: clock + dt.timedelta(seconds=at - now))
        if health:
            for one in health:
                log.warning("trunk %d: %s (%d faults in %d calls)", one.trunk_id, one.state, one.faults, one.calls)
            self._book.publish(health, clock)

    def _restored(self) -> None:
        log.warning("connected to the switch again")
        self._checked(self._reconciler.audit)

    def _audit(self) -> None:
        """The lease, every WATCH_S; everything that is open, every AUDIT_S, and when rows came into doubt."""
        rounds, doubted = 0, self._book.doubted_at
        while True:
            gevent.sleep(WATCH_S)
            rounds += 1
            self._checked(self._check_lease)
            due = self._book.doubted_at != doubted and monotonic() > self._book.doubted_at + YOUNG_S
            if due or rounds % round(AUDIT_S / WATCH_S) == 0:
                doubted = self._book.doubted_at if due else doubted
                self._checked(self._reconciler.audit)

    def _checked(self, task: Callable[[], object]) -> None:
        """Run a helper's task; the switch or the database being away is not its end."""
        try:
            task()
        except SwitchError as error:
            log.info("the switch is away: %s", error)
        except LeaseLost as error:
            self._fence(error)
        except Exception as error:  # noqa: BLE001  the next round of a helper must come
            self._helper_trouble(getattr(task, "__name__", "pulse"), error)

    def _helper_trouble(self, what: str, error: Exception) -> None:
        if told_to_end(error):
            raise gevent.GreenletExit
        if away(error):
            log.info("%s: the database is away: %s", what, one_line(error))
        else:
            log.error("%s: %s", what, one_line(error), exc_info=error)

    def _beat(self) -> None:
        """Tell people how we do, every BEAT_S."""
        while self.fault is None:
            self._checked(lambda: self._book.beat(self._pulse()))
            gevent.sleep(BEAT_S)

    def _pulse(self, state: PulseState | None = None) -> Pulse:
        lines = self._lines.pulse(self._seconds())
        legs, full = lines.pop(None)
        return Pulse(
            at=self.clock.now(),
            speed=self.clock.speed,
            state=state or self._state(full),
            legs=legs,
            channels=self._limits[0],
            cps=self._limits[1],
            trunks={one: (n, why or PulseState.DIALING) for one, (n, why) in lines.items() if one is not None},
            stalled_s=self._stalls.worst_s,
            unled=self._reconciler.killed,
        )

    def _state(self, full: str | None) -> PulseState:
        if self._leaving.is_set():
            return PulseState.LEAVING
        if not self.switch.connected:
            return PulseState.SWITCH_AWAY
        if not self._may_claim():
            return PulseState.WRITER_BEHIND
        return PulseState(full) if full else PulseState.DIALING if self.calls else PulseState.IDLE

    def _check_lease(self) -> None:
        if self._leaving.is_set():
            return
        if self.switch.replaced:
            self._fence(LeaseLost(_NEWER))
        elif not self._book.owns_node():
            self._fence(LeaseLost("another dialer has taken over this switch node"))

    def _fence(self, error: LeaseLost) -> None:
        """Somebody else drives the node: send nothing and write nothing more."""
        if self.fault is None:
            self.fault = str(error)
            log.error("leaving: %s", error)
        self._leaving.set()
        self._wake.set()

    # -- the end ------------------------------------------------------------------------------------------------

    def _drain(self) -> bool:
        """Let live calls finish, write the rest, leave the switch in order.

        Who was replaced leaves at once: the calls are the next one's, who hangs up at its start what nobody leads.
        """
        self._leaving.set()
        if not self._replaced:
            self._finish_calls()
        self._gone.set()
        self._join(POLL_S)
        written = self.recorder.stop(FLUSH_S)
        self.switch.close(replaced=self._replaced)
        return written

    @property
    def _replaced(self) -> bool:
        return self.fault is not None or self.recorder.fenced

    def _finish_calls(self) -> None:
        deadline = monotonic() + self._grace_s
        there = monotonic()  # when the switch was there last
        # Who calls us at this very moment has rows already, or will have them.
        while (
            (self.calls or self._reception.under_way)
            and not self._replaced
            and monotonic() < min(deadline, there + CUT_S)
        ):
            if self.switch.connected:
                there = monotonic()
            self._wake.clear()
            self._wake.wait(POLL_S)
        if self._replaced:
            return
        if self.calls:
            log.warning("%d calls are hung up: the time to finish is over", len(self.calls))
        if self.calls or self.agent_legs:
            self._kill_all()  # an agent's leg outlives its person by a moment, or by long if a kill came too early
            self._join(KILL_S)

    def _join(self, limit_s: float) -> None:
        deadline = monotonic() + limit_s
        while (self.calls or self.agent_legs) and monotonic() < deadline:
            self._wake.clear()
            self._wake.wait(POLL_S)

    def _kill_all(self) -> None:
        for call in self.calls.values():
            call.cancelled = True
        for uuid in [*self.calls, *self.agent_legs]:
            self._kill(uuid)

    def _kill(self, uuid: str) -> None:
        try:
            self.switch.kill(uuid)
        except SwitchError as error:
            log.warning("could not hang up %s: %s", uuid, error)
