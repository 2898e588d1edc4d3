"""A FreeSWITCH node as a port.Switch: one link, its calls by UUID, and what is to be done when the link breaks.

Calls at the switch outlive the link.  So a cut fails everybody who waits, then the link is made again (with patience
and some chance in it), events are subscribed, the guard hears our epoch, and only then each call is asked after: those
that are gone end as LOST, or as never sent if the guard can swear to it.  Until then the switch's own dead-man timer
runs: without a dialer it hangs up all calls of this node.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import gevent
from gevent.event import AsyncResult
from gevent.lock import RLock

from oklik.esl import commands, events
from oklik.telephony import port
from oklik.telephony.freeswitch import outcome
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.connection import Link, OnReply, Reply
from oklik.telephony.port import (
    CallGone,
    Fate,
    SwitchError,
    SwitchLost,
    SwitchRefused,
    SwitchUnreachable,
    WaitTimeout,
)

log = logging.getLogger("oklik.telephony")

DEADMAN_S = 60
DEADMAN_EVERY_S = 15.0
AUDIT_EVERY_S = 5.0
PURGE_EVERY_S = 6 * 3600.0
RETRY_FIRST_S, RETRY_MAX_S = 0.2, 5.0
REFUSED_RETRY_S = 30.0  # a password that was refused is not hammered
SECOND_LOOK_S = 1.0  # a call that the guard has let through may not have its channel yet
AT_ONCE = 200  # commands sent before their replies are waited for


class FreeSwitch:
    """See port.Switch.  Made by connect()."""

    def __init__(self, host: str, port_number: int, password: str, *, node: str, epoch: int) -> None:
        self._host, self._port, self._password = host, port_number, password
        self._node, self._epoch = node, epoch
        self._link: Link | None = None
        self._calls: dict[str, FsCall] = {}
        self._restored: list[Callable[[], None]] = []
        self._greenlets: list[gevent.Greenlet] = []
        self._slot = 0
        self._arming = RLock()
        self._armed = False
        self._closed = False
        self._settled = False  # the calls of before a cut have been asked after
        self._virtual = False
        self._core_uuid = ""
        self.why_down = "not connected yet"

    # -- connecting -----------------------------------------------------------------------------------------

    def open(self, virtual: bool | None) -> None:
        """The first connection.  Raises SwitchUnreachable, SwitchRefused."""
        link = self._new_link()
        try:
            self._set_up(link, virtual)
        except (SwitchLost, WaitTimeout) as error:
            link.cut("not set up")
            raise SwitchUnreachable(str(error)) from error
        except BaseException:
            link.cut("not set up")
            raise
        self._link = link
        self._settled = True
        for job, every in (
            (self._rearm, DEADMAN_EVERY_S),
            (self._audit, AUDIT_EVERY_S),
            (self._purge, PURGE_EVERY_S),
        ):
            self._greenlets.append(gevent.spawn(self._repeat, job, every))

    def _new_link(self) -> Link:
        link = Link(self._host, self._port, self._password, on_event=self._on_event, on_lost=self._on_lost)
        link.open()
        return link

    def _set_up(self, link: Link, virtual: bool | None) -> None:
        """Learn what it is, subscribe, register, arm the dead-man."""
        version, core, subscribed, owner = (
            link.collect(begun)
            for begun in [
                link.begin(commands.version()),
                link.begin(commands.core_uuid()),
                link.begin(commands.subscribe(events.WANTED_EVENTS)),
                link.begin(commands.epoch(self._node, self._epoch)),
            ]
        )
        self._virtual = "oklik virtual switch" in version.text.lower()
        if virtual is not None and virtual != self._virtual:
            what = "the virtual switch" if self._virtual else "a real switch"
            raise SwitchRefused(f"at {link.where} answers {what}, which is not what was asked for")
        if not subscribed.ok:
            raise SwitchRefused(f"the switch at {link.where} gives no events: {subscribed.line}")
        if "OKLIK_STALE_EPOCH" in owner.text:
            raise Replaced(f"node {self._node} at {link.where} has a newer dialer than this one")
        if not owner.text.startswith("+OK"):
            raise SwitchRefused(
                f"the guard script {commands.GUARD} does not work at {link.where}: {owner.line} "
                "(mod_lua and mod_hash loaded? script in the switch's script folder?)"
            )
        self._core_uuid = core.text.strip()
        self._arm(link)

    def _on_lost(self, link: Link, reason: str) -> None:
        if self._closed or link is not self._link:
            return
        self.why_down = reason
        self._settled = False
        log.warning("the connection to the switch at %s is down: %s", link.where, reason)
        error = SwitchLost(f"the connection to the switch at {link.where} was cut: {reason}")
        for call in list(self._calls.values()):
            call.cut(error)
        self._greenlets.append(gevent.spawn(self._reconnect))

    def _reconnect(self) -> None:
        delay = RETRY_FIRST_S
        while not self._closed:
            gevent.sleep(delay * random.uniform(0.5, 1.5))  # noqa: S311  # not a secret
            link = None
            try:
                link = self._new_link()
                old_core = self._core_uuid
                self._set_up(link, None)
                self._link = link
                self._settle_calls(link, restarted=old_core != self._core_uuid)
                self._settled = True
            except Replaced as error:
                log.error("%s: this dialer places no more calls", error)
                self.why_down = str(error)
                self._closed = True
            except SwitchRefused as error:
                self.why_down = str(error)
                log.error("%s", error)
                delay = REFUSED_RETRY_S
            except SwitchError as error:
                self.why_down = str(error)
                delay = min(delay * 2, RETRY_MAX_S)
            else:
                log.warning("the connection to the switch at %s is back", link.where)
                for handler in self._restored:
                    gevent.spawn(handler)
                return
            if link is not None:
                if self._link is link:
                    self._link = None  # its loss is ours to repair: no second reconnect
                link.cut("not set up")

    def _settle_calls(self, link: Link, *, restarted: bool) -> None:
        """After a reconnect: what became of each call in between."""
        calls = list(self._calls.values())
        if restarted:
            for call in calls:
                call.finish(self._lost(call))
            return
        there = self._exist(link, [call.uuid for call in calls])
        missing = [call for call in calls if not there[call.uuid] and call.ended is None]
        sure = self._barred(link, [call.uuid for call in missing if not call.dialed])
        for call in missing:
            if call.uuid in sure:
                call.finish(port.CallEnded(cause=outcome.NOT_SENT, channel=False, sent=False))
            else:
                call.finish(self._lost(call))
        for call in calls:
            if call.ended is not None:
                continue
            if call.asked:
                call.kill_again()
            elif not call.answered:
                self._look_for_answer(link, call)
            elif call.peer is None:
                call.drop_remains()
            elif call.peer.ended is not None or not there.get(call.peer.uuid):
                call.leave_bridge()

    @staticmethod
    def _lost(call: FsCall) -> port.CallEnded:
        return port.CallEnded(cause=outcome.LOST, channel=call.dialed, answered=call.answered)

    def _look_for_answer(self, link: Link, call: FsCall) -> None:
        reply = link.ask(commands.dump(call.uuid))
        if not reply.text.startswith("{"):
            return
        try:
            found = events.decode(reply.text.encode())
        except events.BadEvent:
            return
        if found.progress not in ("", "0") or found.progress_media not in ("", "0"):
            call.on_progress()
        if found.answer_state == "answered":
            call.on_answer()

    # -- the port -------------------------------------------------------------------------------------------

    @property
    def virtual(self) -> bool:
        """See port.Switch."""
        return self._virtual

    @property
    def core_uuid(self) -> str:
        """See port.Switch."""
        return self._core_uuid

    @property
    def connected(self) -> bool:
        """The link is up, and after a cut the calls that were there have been asked after."""
        return self._settled and self._link is not None and self._link.lost is None

    def originate(self, dial: port.Dial) -> FsCall:
        """Send the leg to the guard; see port.Switch."""
        if dial.uuid in self._calls:
            raise SwitchError(f"call {dial.uuid} is under way already")
        try:
            command = commands.dial(
                dial.uuid,
                epoch=self._epoch,
                node=self._node,
                ring_s=dial.ring_s,
                max_s=dial.max_s,
                caller_id=dial.caller_id,
                endpoint=dial.endpoint,
            )
        except commands.BadField as error:
            raise SwitchError(f"call {dial.uuid} was not sent: {error}") from error
        call = FsCall(self, dial, self._core_uuid)

        def taken(reply: Reply | SwitchError) -> None:
            if isinstance(reply, Reply) and not reply.ok:
                call.finish(port.CallEnded(cause=outcome.NOT_SENT, channel=False, sent=False))

        self.request(command, taken)
        self._calls[dial.uuid] = call
        return call

    def bridge(self, person: port.Call, agent: port.Call, deadline_s: float) -> None:
        """Connect two answered legs; see port.Switch.  Raises CallGone, WaitTimeout, SwitchLost, SwitchError."""
        assert isinstance(person, FsCall) and isinstance(agent, FsCall)
        for leg in (person, agent):
            if leg.ended is not None:
                raise CallGone(f"call {leg.uuid} has ended")
            if not leg.answered:
                raise SwitchError(f"call {leg.uuid} is not answered: bridging it would end both")
        until = time.monotonic() + deadline_s
        person.stop_everything()
        agent.stop_everything()
        person.peer, agent.peer = agent, person
        person.leads, agent.leads = True, False
        waiting = gevent.spawn(_outcome, person.bridging.wait, deadline_s)
        gevent.sleep(0)
        try:
            reply = self._up().ask(commands.bridge(person.uuid, agent.uuid), deadline_s)
            if not reply.ok:
                raise CallGone(f"the legs could not be bridged: {reply.line}")
            error = waiting.get(timeout=max(0.1, until - time.monotonic()))
            if error is not None:
                raise error
        except BaseException as error:
            waiting.kill(block=False)
            if not isinstance(error, SwitchLost):
                person.peer = agent.peer = None
            if isinstance(error, gevent.Timeout):
                raise WaitTimeout(f"no bridge within {deadline_s:g} s") from None
            raise

    def wait_unbridged(self, person: port.Call, deadline_s: float) -> bool:
        """Until the person is alone again (True) or gone (False); see port.Switch."""
        assert isinstance(person, FsCall)
        if person.ended is not None:
            return False
        return person.peer is None or bool(person.alone.wait(deadline_s))

    def fates(self, uuids: Sequence[str], *, sent_under: str | None = None) -> dict[str, Fate]:
        """See port.Switch.  sent_under: the core_uuid they may have been sent under; another one gives UNKNOWN."""
        link = self._up()
        found: dict[str, Fate] = {}
        dialed: list[str] = []
        verdicts = self._bar(link, uuids)
        for uuid in uuids:
            known = self._calls.get(uuid)
            core = known.core_uuid if known is not None else sent_under
            if core not in (None, "", self._core_uuid):
                found[uuid] = Fate.UNKNOWN  # sent to a switch that has been restarted since
            elif verdicts.get(uuid) == "barred":
                found[uuid] = Fate.NEVER_DIALED
            elif verdicts.get(uuid) == "dialed":
                dialed.append(uuid)
            else:
                raise SwitchError(f"the guard at {link.where} gave no answer for {uuid}")
        there = self._exist(link, dialed)
        missing = [uuid for uuid in dialed if not there[uuid]]
        if missing:
            gevent.sleep(SECOND_LOOK_S)
            there |= self._exist(link, missing)
        for uuid in dialed:
            found[uuid] = Fate.LIVE if there[uuid] else Fate.DIALED_AND_GONE
        return found

    def orphans(self, known: Iterable[str]) -> list[str]:
        """See port.Switch."""
        link = self._up()
        reply = link.ask(commands.channels(), 15.0)
        try:
            rows = json.loads(reply.text).get("rows", [])
        except ValueError as error:
            raise SwitchError(f"the list of channels of {link.where} cannot be read: {reply.line}") from error
        mine = set(known)
        strangers = [
            uuid for row in rows if isinstance(uuid := row.get("uuid"), str) and uuid not in mine and _is_uuid(uuid)
        ]
        marks = self._each(link, strangers, commands.marker)
        return [uuid for uuid, mark in zip(strangers, marks, strict=True) if mark.text.strip() == self._node]

    def kill(self, uuid: str) -> None:
        """See port.Switch."""
        call = self._calls.get(uuid)
        if call is not None:
            call.hangup()
        else:
            self._up().ask(commands.kill(uuid))

    def on_restored(self, handler: Callable[[], None]) -> None:
        """See port.Switch."""
        self._restored.append(handler)

    def close(self) -> None:
        """See port.Switch."""
        if self._closed and self._link is None:
            return
        self._closed = True
        current = gevent.getcurrent()
        gevent.killall([one for one in self._greenlets if one is not current])
        link, self._link = self._link, None
        if link is not None and link.lost is None:
            try:
                for begun in [link.begin(commands.disarm(self._node, slot)) for slot in (0, 1)]:
                    link.collect(begun, 2.0)
            except SwitchError as error:
                log.warning("the dead-man of node %s could not be disarmed: %s", self._node, error)
            link.leave()
        error_left = SwitchLost("this dialer has left the switch")
        for call in list(self._calls.values()):
            call.cut(error_left)

    # -- for the calls --------------------------------------------------------------------------------------

    def request(self, command: bytes, on_reply: OnReply | None = None) -> None:
        """Send without waiting.  Raises SwitchLost."""
        self._up().request(command, on_reply)

    def tell(self, command: bytes, on_reply: OnReply | None = None) -> None:
        """Send if the link is up: what a cut makes needless, or a reconnect repeats."""
        try:
            self.request(command, on_reply)
        except SwitchLost:
            return

    def gone(self, call: FsCall) -> bool:
        """No word of this call can come now: it has ended, or the link is down."""
        return call.ended is not None or not self.connected

    def forget(self, call: FsCall) -> None:
        """The call has ended."""
        if self._calls.get(call.uuid) is call:
            del self._calls[call.uuid]

    # -- events ---------------------------------------------------------------------------------------------

    def _on_event(self, body: bytes) -> None:
        try:
            event = events.decode(body)
        except events.BadEvent as error:
            log.warning("an event was dropped: %s", error)
            return
        name = event.name
        call = self._calls.get(event.job if name == "BACKGROUND_JOB" else event.uuid)
        if call is None:
            return
        if name == "CHANNEL_EXECUTE_COMPLETE":
            call.on_executed(event, body)
        elif name == "CHANNEL_HANGUP_COMPLETE":
            call.on_hangup(event)
        elif name == "CHANNEL_PARK":
            call.on_park(event)
        elif name == "BACKGROUND_JOB":
            call.on_job(event.body)
        elif name in ("CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA"):
            call.on_progress()
        elif name == "CHANNEL_BRIDGE":
            call.on_bridge()

    # -- looking after --------------------------------------------------------------------------------------

    def _repeat(self, job: Callable[[Link], None], every: float) -> None:
        while not self._closed:
            gevent.sleep(every)
            link = self._link
            if link is None or link.lost is not None:
                continue
            try:
                job(link)
            except SwitchError as error:
                log.warning("%s", error)

    def _rearm(self, link: Link) -> None:
        self._arm(link)

    def _arm(self, link: Link) -> None:
        """Put the dead-man off: the new timer first, then the old one is taken back."""
        with self._arming:
            old, new = self._slot, 1 - self._slot
            # Whatever a dialer before us left in the new slot goes in the same packet in which ours comes.
            steps = [commands.disarm(self._node, new), commands.arm(self._node, new, DEADMAN_S)]
            for begun in [link.begin(step) for step in steps]:
                reply = link.collect(begun)
            if not reply.ok:
                raise SwitchRefused(f"the dead-man timer could not be armed at {link.where}: {reply.line}")
            link.ask(commands.disarm(self._node, old))
            self._slot = new

    def _audit(self, link: Link) -> None:
        """Calls whose time is over and of whom no word came: an event was lost, or a job never ran."""
        now = time.monotonic()
        late = [call for call in self._calls.values() if now > call.overdue_at]
        there = self._exist(link, [call.uuid for call in late])
        for call in late:
            if call.ended is not None:
                continue
            call.overdue_at = now + 30.0
            if there[call.uuid]:
                log.warning("call %s is over its time and is hung up", call.uuid)
                call.kill_again()
            elif call.dialed or call.uuid not in self._barred(link, [call.uuid]):
                call.finish(self._lost(call))
            else:
                call.finish(port.CallEnded(cause=outcome.NOT_SENT, channel=False, sent=False))

    def _purge(self, link: Link) -> None:
        link.ask(commands.purge())

    # -- asking about many ----------------------------------------------------------------------------------

    def _up(self) -> Link:
        link = self._link
        if link is None or link.lost is not None or self._closed:
            raise SwitchLost(f"no connection to the switch at {self._host}:{self._port}: {self.why_down}")
        return link

    def _each(self, link: Link, uuids: Sequence[str], build: Callable[[str], bytes]) -> Iterator[Reply]:
        for start in range(0, len(uuids), AT_ONCE):
            begun: list[AsyncResult] = [link.begin(build(uuid)) for uuid in uuids[start : start + AT_ONCE]]
            for one in begun:
                yield link.collect(one)

    def _exist(self, link: Link, uuids: Sequence[str]) -> dict[str, bool]:
        replies = self._each(link, uuids, commands.exists)
        return {uuid: reply.text.strip() == "true" for uuid, reply in zip(uuids, replies, strict=True)}

    def _barred(self, link: Link, uuids: Sequence[str]) -> set[str]:
        return {uuid for uuid, verdict in self._bar(link, uuids).items() if verdict == "barred"}

    def _bar(self, link: Link, uuids: Sequence[str]) -> dict[str, str]:
        verdicts: dict[str, str] = {}
        for start in range(0, len(uuids), commands.BAR_AT_ONCE):
            reply = link.ask(commands.bar(uuids[start : start + commands.BAR_AT_ONCE]))
            for line in reply.text.splitlines():
                uuid, _, verdict = line.strip().partition(" ")
                verdicts[uuid] = verdict
        return verdicts


class Replaced(SwitchRefused):
    """Another dialer with a newer epoch has taken the node over."""


def _outcome(wait: Callable[[float], object], deadline_s: float) -> SwitchError | None:
    """Wait, and give the error back instead of raising it: a greenlet's own traceback helps nobody."""
    try:
        wait(deadline_s)
    except SwitchError as error:
        return error
    return None


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text)


def connect(
    host: str, port_number: int, password: str, *, node: str, epoch: int, virtual: bool | None = None
) -> FreeSwitch:
    """Connect to a FreeSWITCH, or to the virtual switch, as dialer of a node.

    epoch rises with each new owner of the node; the switch refuses older ones from now on.  virtual: None takes either
    kind, True or False insists.  Raises SwitchUnreachable (nobody there), SwitchRefused (password, address, guard
    script, newer dialer), each with one clear line.
    """
    switch = FreeSwitch(host, port_number, password, node=node, epoch=epoch)
    try:
        switch.open(virtual)
    except commands.BadField as error:
        raise SwitchRefused(str(error)) from error
    return switch
