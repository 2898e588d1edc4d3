"""The dialer's view of the database: its wishes turned into the use cases of `campaigns`, one transaction each."""

import datetime as dt
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import msgspec
from gevent.lock import BoundedSemaphore
from sqlalchemy import Connection, Engine

from oklik.agents.groups import Group
from oklik.campaigns import (
    agent_leg,
    call_recordings,
    commands,
    done,
    finish,
    lease,
    line_health,
    ordered,
    pilots,
    recall,
    recheck,
    reconcile,
    record,
    removal,
    return_call,
)
from oklik.campaigns import claim as claiming
from oklik.campaigns.budget import Spending
from oklik.campaigns.intents import Claimed
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.order_rows import Ordered
from oklik.campaigns.prepare_prompts import is_prepared
from oklik.campaigns.pulse import Pulse
from oklik.campaigns.pulse import beat as write_beat
from oklik.campaigns.return_call import Busy, Stranger
from oklik.campaigns.rows import run
from oklik.campaigns.running import Trunk
from oklik.campaigns.unknown_caller import unknown_caller
from oklik.campaigns.versions import VersionUnreadable
from oklik.clock import SystemClock
from oklik.dialing.call_recording import Part
from oklik.dialing.destinations import parse_destinations
from oklik.dialing.orders import OrderKind
from oklik.dialing.sharing import Sharing
from oklik.scenario.errors import PromptError
from oklik.scenario.prompts import all_prompts
from oklik.telephony.port import CallEnded, Fate, Offer
from oklik.worker import as_rows
from oklik.worker.as_jobs import TAKING_S, job_of, stranger_of
from oklik.worker.host import Job, Outcome, Prompts
from oklik.worker.kept import Kept
from oklik.worker.material import Material
from oklik.worker.memory import Memory, sent_row
from oklik.worker.reconcile import OpenLeg
from oklik.worker.sent_journal import SentJournal
from oklik.worker.settings import DialerSettings
from oklik.worker.writer import DATABASE_ERRORS, Batch

log = logging.getLogger(__name__)

RECEPTIONS = 2  # callers at a time who are looked up: a rush of them leaves connections to the calls that are up
PILOTS_S = 0.5
_NO_SPEECH = "the call's prompts are gone"


class StoreBook:
    """dialer.Book on PostgreSQL."""

    def __init__(
        self,
        engine: Engine,
        settings: DialerSettings,
        *,
        virtual: bool,
        holder: lease.Holder,
        journal: SentJournal | None = None,
    ) -> None:
        """journal: of what this node sends from this database; None: none is kept."""
        self._engine = engine  # for calls and audits: now and then, from many greenlets
        self._memory = Memory(journal)
        self.doubted_at = 0.0
        self._claims = Kept(engine, first=self._recall)  # the dialer's loop
        self._looks = Kept(engine, reading=True)  # the same, when there is nothing to claim
        self._results = Kept(engine, first=self._recall)  # the batch writer
        self._orders = Kept(engine, reading=True)  # who looks for people's orders
        self._beats = Kept(engine)  # who tells how we do
        self._callers = BoundedSemaphore(RECEPTIONS)
        self._settings = settings
        self._destinations = parse_destinations(settings.destinations)
        self._spending = Spending(
            minutes_day=settings.minutes_day,
            money_day=settings.money_day,
            zone=settings.zone,
            call_minutes=-(-settings.max_s // 60),
        )
        self._sharing = Sharing()  # whose turn it is on trunks of several campaigns, from claim to claim
        self._virtual = virtual
        self._holder = holder
        self._ids = None if settings.campaign_id is None else [settings.campaign_id]
        self._material = Material(engine, Path(settings.prompts))
        self._looked_at = -PILOTS_S  # for pilots that are over
        self._generations: dict[int, str] = {}  # of the prompts' folder, in one claim

    def close(self) -> None:
        """Give all connections back, once nobody uses the book any more."""
        for kept in (self._claims, self._looks, self._results, self._orders, self._beats):
            kept.close()

    # -- claim ----------------------------------------------------------------------------------------------------

    def claim(self, limit: int, now: dt.datetime, room: claiming.Room) -> tuple[list[Job], list[Outcome]]:
        """Up to `limit` committed intents, and the ends of those that cannot even be begun.

        Raises OSError, too: while the journal cannot be written nothing is claimed.
        """
        self._memory.ready()
        claimed = self._claimed(limit, now, room)
        jobs: list[Job] = []
        sent: list[recall.Sent] = []
        broken: list[Outcome] = []
        silent: dict[UUID, int] = {}
        unreadable: dict[int, list[UUID]] = {}
        self._generations.clear()
        for one in claimed:
            try:
                job = self._job(one)
                if self._can_speak(one, job):
                    jobs.append(job)
                    if not job.stranger:
                        sent.append(sent_row(one, job, self._holder))
                else:
                    silent[one.uuid] = one.campaign_id
            except VersionUnreadable as error:
                unreadable.setdefault(one.campaign_id, []).append(one.uuid)
                log.error("campaign %d is paused: %s", one.campaign_id, error)
            except Exception as error:
                log.exception("attempt %s cannot be begun", one.uuid)
                ended = CallEnded(cause="DESTINATION_OUT_OF_ORDER", channel=False)
                fault = str(error).splitlines()[0] if str(error) else type(error).__name__
                broken.append(Outcome(uuid=str(one.uuid), at=now, ended=ended, fault=fault))
        if silent:
            broken += self._speechless(silent, now)
        for campaign_id, uuids in unreadable.items():
            self._unread(campaign_id, uuids, now)
        return jobs if self._noted(sent, now) else [], broken

    def _claimed(self, limit: int, now: dt.datetime, room: claiming.Room) -> list[Claimed]:
        try:
            with self._claims.use() as conn:
                return ordered.claim(
                    conn,
                    self._holder,
                    now,
                    limit,
                    virtual=self._virtual,
                    campaign_ids=self._ids,
                    room=room,
                    destinations=self._destinations,
                    sharing=self._sharing,
                    spending=self._spending,
                )
        except DATABASE_ERRORS:
            self.doubted_at = time.monotonic()
            raise

    def _noted(self, sent: Sequence[recall.Sent], now: dt.datetime) -> bool:
        """Note what is about to be sent; False: that failed, and all of it is given back."""
        if self._memory.note_sent(sent):
            return True
        with self._claims.use() as conn:
            recheck.not_sent(conn, self._holder, [one.uuid for one in sent], now)
        return False

    def remember(self) -> None:
        """Write into the tables what was sent and they do not know, before anything is read from them."""
        with self._claims.use():
            pass

    def _recall(self, conn: Connection) -> None:
        """On each new connection: the database behind it may be an earlier state of the one we knew."""
        if self._memory.bring_back(conn, self._holder):
            self.doubted_at = time.monotonic()

    def receive(self, offer: Offer, now: dt.datetime) -> Job | Busy | None:
        """A call to us: ready to be taken, or whom of ours they have at this moment; None: nothing can be said."""
        jobs: list[Job] = []

        def ready(one: Claimed) -> bool:
            job = self._job(one, conn)
            dial = msgspec.structs.replace(job.dial, ring_s=TAKING_S)
            jobs.append(msgspec.structs.replace(job, dial=dial, until=None, inbound=True))
            return self._speech_is_there(one, job)

        def greets(one: Stranger) -> bool:
            if one.language not in unknown_caller().languages:
                return False
            job = stranger_of(one, self._settings)
            jobs.append(job)
            says = all_prompts(job.scenario, job.contact, job.now.date(), job.language)
            return self._material.prompts(one.campaign_id, conn).has(says)

        with self._callers, self._engine.begin() as conn:
            found = return_call.receive(
                conn,
                self._holder,
                return_call.Ring(uuid=UUID(offer.uuid), caller=offer.caller, dialed=offer.dialed, at=now),
                virtual=self._virtual,
                ready=ready,
                greets=greets,
            )
        return found if found is None or isinstance(found, Busy) else jobs[-1]

    def _speech_is_there(self, one: Claimed, job: Job) -> bool:
        self._generations.pop(one.campaign_id, None)
        return self._can_speak(one, job)

    def _can_speak(self, one: Claimed, job: Job) -> bool:
        """Is all speech of this call on the disk?  Mostly one comparison; looked for when there is any doubt."""
        prompts = self._material.prompts(one.campaign_id)
        generation = self._generations.get(one.campaign_id)
        if generation is None:
            generation = self._generations[one.campaign_id] = prompts.generation()
        if not one.faults and is_prepared(one.prepared, generation, one.local.date()):
            return True
        try:
            says = list(all_prompts(job.scenario, job.contact, job.now.date(), job.language))
            if job.record != Part.OFF:
                says.append(call_recordings.warning(job.language or job.scenario.languages[0]))
            return prompts.has(says)
        except PromptError:
            return False  # the value was changed since; whoever makes the speech says what is wrong with it

    def _speechless(self, silent: Mapping[UUID, int], now: dt.datetime) -> list[Outcome]:
        """Have the speech made again and nobody called until then; the ends of those for whom that does not help."""
        log.warning("the prompts of %d contacts are gone: they are made again", len(silent))
        with self._claims.use() as conn:
            worn = recheck.speechless(conn, self._holder, silent, now, _NO_SPEECH)
        ended = CallEnded(cause="DESTINATION_OUT_OF_ORDER", channel=False)
        return [Outcome(uuid=str(uuid), at=now, ended=ended, fault=_NO_SPEECH) for uuid in worn]

    def _unread(self, campaign_id: int, uuids: Sequence[UUID], now: dt.datetime) -> None:
        """Pause a campaign whose scenario nobody can read; its people lose no attempt by it."""
        with self._claims.use() as conn:
            commands.hold(conn, campaign_id, commands.UNREADABLE, now)
            recheck.not_sent(conn, self._holder, uuids, now)

    def _job(self, one: Claimed, conn: Connection | None = None) -> Job:
        self._material.prompts(one.campaign_id, conn)
        job = job_of(one, self._material.scenario(one.scenario_version_id, conn), self._settings)
        if isinstance(one, Ordered):
            test = one.kind is OrderKind.TEST
            return msgspec.structs.replace(job, stranger=test, agent=one.agent, group=one.group)
        return job

    def prompts(self, job: Job) -> Prompts:
        """The prepared prompts of the job's campaign; from memory."""
        return self._material.prompts(job.campaign_id)

    def release(self, jobs: Sequence[Job], now: dt.datetime) -> None:
        """Intents that were not sent: free to be claimed again."""
        with self._claims.use() as conn:
            recheck.not_sent(conn, self._holder, [UUID(job.dial.uuid) for job in jobs], now)

    def withdrawn(self, jobs: Sequence[Job], now: dt.datetime) -> set[str]:
        """UUIDs of intents that must not be sent any more: peace was asked for since the claim, or a pause."""
        with self._claims.use() as conn:
            lease.check(conn, self._holder)
            return {str(uuid) for uuid in recheck.withdrawn(conn, [UUID(job.dial.uuid) for job in jobs], now)}

    def ask_again(self, job: Job, now: dt.datetime) -> str | None:
        """Ask the gate again for a claimed call that has waited for its agent; the rule that denies it, or None."""
        with self._engine.begin() as conn:
            return ordered.ask_again(
                conn, UUID(job.dial.uuid), now, virtual=self._virtual, destinations=self._destinations
            )

    # -- what calls leave behind ------------------------------------------------------------------------------------

    def write(self, batch: Batch) -> None:
        """Rows of many calls; the opt-outs first and by themselves: they need no lease and must not wait."""
        if batch.opt_outs:
            self._memory.note_wishes(batch)
            with self._results.use() as conn:
                for out in batch.opt_outs:
                    if out.job.number:
                        opt_out(conn, UUID(out.job.dial.uuid), out.job.number, out.at)
        allowed: Mapping[UUID, Trunk | None] = {}
        with self._results.use() as conn:
            if batch.legs:
                legs = [as_rows.leg_row(leg) for leg in batch.legs]
                allowed = agent_leg.intend(conn, self._holder, legs, self._destinations, self._spending)
            if batch.states or batch.facts or batch.recordings:
                record.record(
                    conn,
                    self._holder,
                    states={UUID(uuid): states for uuid, states in batch.states.items()},
                    steps=as_rows.step_rows(batch),
                    recordings=[as_rows.recording_row(one) for one in batch.recordings],
                )
            if batch.call_files:
                lease.check(conn, self._holder)
                call_recordings.begun(
                    conn, [as_rows.call_file_row(file, self._holder.node) for file in batch.call_files]
                )
            if batch.leg_ends:
                agent_leg.ended(conn, self._holder, [as_rows.leg_end_row(end) for end in batch.leg_ends])
            if batch.outcomes:
                if not (batch.states or batch.facts or batch.recordings):
                    lease.check(conn, self._holder)  # the others have done that
                now = max(outcome.at for outcome in batch.outcomes)
                finish.close(conn, [as_rows.finished_row(outcome) for outcome in batch.outcomes], now)
        batch.allowed.update((str(uuid), trunk) for uuid, trunk in allowed.items())  # it is committed

    # -- campaigns and people's orders ------------------------------------------------------------------------------

    def orders(self) -> Sequence[commands.Command]:
        """Commands not carried out yet, in order."""
        with self._orders.use() as conn:
            found = commands.pending(conn)
            looks = time.monotonic() >= self._looked_at + PILOTS_S
            over = pilots.finished(conn, virtual=self._virtual) if looks else []
        if looks:
            self._looked_at = time.monotonic()
        for campaign in over:
            with self._engine.begin() as conn:  # their further calls stand still for nobody: there are few of them
                commands.hold(conn, campaign, pilots.OVER)
        return found

    def removed(self) -> Sequence[int]:
        """Targets that are claimed or being called and whose people were taken out meanwhile."""
        with self._orders.use() as conn:
            return removal.still_up(conn)

    def carry_out(self, order: commands.Command, now: dt.datetime) -> bool:
        """Change the campaign's state and note the result; False when the order came too late or makes no sense."""
        if order.kind is commands.CommandKind.STOP:
            with self._engine.begin() as conn:
                commands.halt(conn, order, now)
        with self._engine.begin() as conn:
            return commands.carry_out(conn, order, now) == "done"

    def hold(self, campaign_id: int, reason: str, now: dt.datetime) -> None:
        """Pause a campaign that cannot go on; the reason is for people."""
        with self._engine.begin() as conn:
            commands.hold(conn, campaign_id, reason, now)

    def publish(self, health: Sequence[line_health.Health], now: dt.datetime) -> None:
        """How trunks are doing, for people."""
        with self._engine.begin() as conn:
            line_health.publish(conn, self._holder.node, health, now)

    def next_due(self) -> dt.datetime | None:
        """When the next waiting target of a running campaign is due; None: none waits."""
        with self._looks.use() as conn:
            return done.next_due(conn, virtual=self._virtual, campaign_ids=self._ids)

    def preparing(self) -> bool:
        """Are prompts still being made for a running campaign?"""
        with self._looks.use() as conn:
            return done.preparing(conn, virtual=self._virtual)

    def close_finished(self, now: dt.datetime) -> bool:
        """Mark campaigns done in which nothing is left; True when none of ours runs or is paused any more."""
        with self._claims.use() as conn:
            done.close_finished(conn, now)
            if self._ids is None:
                return not done.any_open(conn, virtual=self._virtual)
            states = run(
                conn, "SELECT state FROM campaign WHERE id = ANY(CAST(:ids AS bigint[]))", ids=self._ids
            ).scalars()
            return not {"running", "paused"} & set(states)

    def agents(self, job: Job, group: str) -> Group:
        """The agents of a group in the order they are rung."""
        with self._engine.connect() as conn:
            return agent_leg.group(conn, job.campaign_id, group)

    def phone(self, job: Job, number: str) -> Group:
        """One phone, through the line of the job's campaign."""
        with self._engine.connect() as conn:
            return agent_leg.phone(conn, job.campaign_id, number)

    def beat(self, pulse: Pulse) -> None:
        """Tell people how this dialer does."""
        only = self._settings.campaign_id
        with self._beats.use() as conn:
            node, wall = self._holder.node, SystemClock().now()
            write_beat(conn, node, pulse, wall, virtual=self._virtual, campaign_id=only)

    # -- the lease and legs nobody watched ----------------------------------------------------------------------------

    def owns_node(self) -> bool:
        """Is the node's lease still ours?"""
        with self._engine.connect() as conn:
            return lease.holds(conn, self._holder)

    def note_core(self, core_uuid: str) -> None:
        """The switch run that claims from now on are for."""
        if core_uuid != self._holder.core_uuid:
            with self._engine.begin() as conn:
                self._holder = lease.note_core(conn, self._holder, core_uuid)

    def open_legs(self, before: dt.datetime | None) -> Sequence[OpenLeg]:
        """Open legs of this node; those committed before an instant, or all."""
        with self._engine.connect() as conn:
            legs = reconcile.open_legs(conn, self._holder.node, before)
        return [OpenLeg(uuid=str(leg.uuid), core_uuid=leg.core_uuid) for leg in legs]

    def settle(self, fates: Mapping[str, Fate], now: dt.datetime) -> None:
        """Write what became of legs: not sent, or over with what their steps tell."""
        never = [UUID(uuid) for uuid, fate in fates.items() if fate is Fate.NEVER_DIALED]
        gone = [UUID(uuid) for uuid, fate in fates.items() if fate is not Fate.NEVER_DIALED]
        with self._engine.begin() as conn:
            reconcile.settle(conn, self._holder, never_dialed=never, gone=gone, now=now)


def take_lease(engine: Engine, node: str, owner: str) -> lease.Holder:
    """Take the switch node over, from nobody or from whoever had it."""
    with engine.begin() as conn:
        line_health.forget(conn, node)
        return lease.take(conn, node, owner=owner, core_uuid="", at_least=int(time.time()))


def last_instant(engine: Engine) -> dt.datetime | None:
    """The latest campaign time that the database has seen: a rehearsal that is taken up again goes on from there."""
    with engine.connect() as conn:
        found: dt.datetime | None = run(conn, "SELECT max(greatest(intent_at, ended_at)) FROM call").scalar()
    return found
