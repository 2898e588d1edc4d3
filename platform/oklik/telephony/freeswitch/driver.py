"""A FreeSWITCH node as a port.Switch: one link, its calls by UUID, and what is to be done when the link breaks.

Calls at the switch outlive the link.  So a cut fails everybody who waits, then the link is made again (with patience
and some chance in it), events are subscribed, the guard hears our epoch, and only then each call is asked after: those
that are gone end as LOST, or as never sent if the guard can swear to it.  Until then the switch's own dead-man timer
runs: without a dialer it hangs up all calls of this node.
"""

import json
import logging
import random
from collections.abc import Callable, Iterable, Sequence

import gevent

from oklik.esl import commands, events
from oklik.telephony import port
from oklik.telephony.freeswitch import bridging, deadman, gateways, guards, inquiry, outcome, recovery
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.connection import Link, OnReply, Reply
from oklik.telephony.freeswitch.deadman import DeadMan
from oklik.telephony.freeswitch.guards import Guard, Replaced
from oklik.telephony.freeswitch.script_version import check_script
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

AUDIT_EVERY_S = 5.0
PURGE_EVERY_S = 6 * 3600.0
RETRY_FIRST_S, RETRY_MAX_S = 0.2, 5.0
REFUSED_RETRY_S = 30.0  # a password that was refused is not hammered


class FreeSwitch:
    """See port.Switch.  Made by connect()."""

    def __init__(
        self,
        host: str,
        port_number: int,
        password: str,
        *,
        node: str,
        epoch: int,
        roots: Sequence[str] = (),
        script: bool = True,
    ) -> None:
        self._host, self._port, self._password = host, port_number, password
        self._node, self._epoch = node, epoch
        self._roots = tuple(f"{root.rstrip('/')}/" for root in roots)
        self._script = script
        self._link: Link | None = None
        self._guard: Guard | None = None  # of the newest connection
        self._calls: dict[str, FsCall] = {}
        self._restored: list[Callable[[], None]] = []
        self._inbound: Callable[[port.Offer], None] | None = None
        self._greenlets: list[gevent.Greenlet] = []
        self._deadman = DeadMan(node)
        self._closed = False
        self._replaced = False
        self._reconnecting = False
        self._settled = False  # the calls of before a cut have been asked after
        self._virtual = False
        self._core_uuid = ""
        self._refusals: dict[str, int] = {}  # gateway -> SIP status of its last refused registration
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
        if link.lost is not None:  # right behind its last reply, when nobody was told of it
            raise SwitchUnreachable(f"the connection to the switch at {link.where} was cut: {link.lost}")
        self._link = link
        self._settled = True
        for job, every in (
            (self._deadman.arm, deadman.DEADMAN_EVERY_S),
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
                link.begin(commands.subscribe(events.WANTED_EVENTS, events.WANTED_CUSTOM)),
                link.begin(commands.epoch(self._node, self._epoch) if self._script else commands.owner(self._node)),
            ]
        )
        self._virtual = "oklik virtual switch" in version.text.lower()
        if virtual is not None and virtual != self._virtual:
            what = "the virtual switch" if self._virtual else "a real switch"
            raise SwitchRefused(f"at {link.where} answers {what}, which is not what was asked for")
        if not subscribed.ok:
            raise SwitchRefused(f"the switch at {link.where} gives no events: {subscribed.line}")
        self._guard = guards.register(link, self._node, self._epoch, script=owner if self._script else None)
        if self._guard.whole:
            check_script(link)
        self._core_uuid = core.text.strip()
        self._deadman.arm(link)

    def _on_lost(self, link: Link, reason: str) -> None:
        if self._closed or link is not self._link:
            return
        self.why_down = reason
        self._settled = False
        log.warning("the connection to the switch at %s is down: %s", link.where, reason)
        error = SwitchLost(f"the connection to the switch at {link.where} was cut: {reason}")
        for call in list(self._calls.values()):
            call.cut(error)
        if not self._reconnecting:
            self._reconnecting = True
            self._greenlets.append(gevent.spawn(self._reconnect))

    def _reconnect(self) -> None:
        delay = RETRY_FIRST_S
        while not self._closed:
            gevent.sleep(delay * random.uniform(0.5, 1.5))  # noqa: S311  # not a secret
            try:
                self._return()
            except Replaced as error:
                log.error("%s: this dialer places no more calls", error)
                self.why_down = str(error)
                self._closed = self._replaced = True
            except SwitchRefused as error:
                log.error("%s", error)
                self.why_down = str(error)
                delay = REFUSED_RETRY_S
            except SwitchError as error:
                self.why_down = str(error)
                delay = min(delay * 2, RETRY_MAX_S)
            except Exception as error:
                log.exception("coming back to the switch failed")  # a bug of ours; without us calls end by the dead-man
                self.why_down = str(error)
                delay = RETRY_MAX_S
            else:
                self._reconnecting = False
                log.warning("the connection to the switch at %s:%s is back", self._host, self._port)
                for handler in self._restored:
                    gevent.spawn(handler)
                return

    def _return(self) -> None:
        """One try to get back: a link, and an answer for every call of before."""
        link = self._new_link()
        try:
            self._set_up(link, None)
            self._link = link
            assert self._guard is not None
            recovery.settle(link, self._guard, list(self._calls.values()), self._core_uuid)
            if link.lost is not None:  # while there was nothing to ask: no wait of ours has failed
                raise SwitchLost(f"the connection to the switch at {link.where} was cut again: {link.lost}")
            self._settled = True
        except BaseException:
            link.cut("not set up")
            raise

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
    def epoch(self) -> int:
        """Of this dialer's lease of the node."""
        return self._epoch

    @property
    def connected(self) -> bool:
        """The link is up, and after a cut the calls that were there have been asked after."""
        return self._settled and self._link is not None and self._link.lost is None

    @property
    def replaced(self) -> bool:
        """See port.Switch."""
        return self._replaced

    @property
    def _takes(self) -> bool:
        """Calls to us can be made ours."""
        return self._guard is not None and self._guard.whole

    def originate(self, dial: port.Dial, on_taken: Callable[[], None] | None = None) -> FsCall:
        """Send the leg through the guard; see port.Switch."""
        if dial.uuid in self._calls:
            raise SwitchError(f"call {dial.uuid} is under way already")
        call = FsCall(self, dial, self._core_uuid)
        try:
            self._guarding().send(call, dial, on_taken or _nobody_asks)
        except commands.BadField as error:
            raise SwitchError(f"call {dial.uuid} was not sent: {error}") from error
        self._calls[dial.uuid] = call
        return call

    def on_inbound(self, handler: Callable[[port.Offer], None]) -> None:
        """See port.Switch."""
        self._inbound = handler

    def take(self, uuid: str, max_s: int) -> FsCall:
        """Make an offered call ours and pick it up; see port.Switch."""
        if uuid in self._calls:
            raise SwitchError(f"call {uuid} is under way already")
        call = FsCall(self, port.Dial(uuid=uuid, endpoint="", caller_id="", max_s=max_s), self._core_uuid)
        call.incoming = True

        def taken(reply: Reply | SwitchError) -> None:
            if not isinstance(reply, Reply):
                return  # what became of it shows after the reconnect
            if reply.text.startswith("+OK"):
                call.dialed = True
                if call.ended is None:
                    self._pick_up(call)
            else:
                log.info("call %s was not taken: %s", uuid, reply.line)
                call.finish(outcome.refused(outcome.NOT_TAKEN))

        try:
            self._guarding().take(uuid, max_s, taken)
        except commands.BadField as error:
            raise SwitchError(f"call {uuid} was not taken: {error}") from error
        self._calls[uuid] = call
        return call

    def _pick_up(self, call: FsCall) -> None:
        try:
            call.pick_up()
        except SwitchError as error:
            log.info("call %s was not picked up: %s", call.uuid, error)

    def turn_away(self, uuid: str) -> None:
        """See port.Switch."""
        try:
            self.request(commands.kill(uuid, "USER_BUSY"))
        except commands.BadField as error:
            raise SwitchError(str(error)) from error

    def confine(self, files: Sequence[str]) -> None:
        """Raises SwitchError for a file that lies outside the folders of prompts and recordings."""
        for file in files:
            if not file.startswith(self._roots):
                raise SwitchError(f"file {file} lies in no folder that the switch may be told of")

    def record_call(self, call: port.Call, path: str) -> None:
        """See port.Switch."""
        assert isinstance(call, FsCall)
        if call.ended is not None:
            raise CallGone(f"call {call.uuid} has ended")
        self.confine((path,))
        link = self._up()
        try:
            begun = [link.begin(commands.stereo(call.uuid)), link.begin(commands.record_call(call.uuid, path))]
        except commands.BadField as error:
            raise SwitchError(f"call {call.uuid} was not recorded: {error}") from error
        reply = [link.collect(one) for one in begun][-1]
        if not reply.text.startswith("+OK"):
            if not inquiry.exist(link, [call.uuid])[call.uuid]:
                raise CallGone(f"call {call.uuid} has ended")
            raise SwitchError(f"the switch does not record into {path}: {reply.line}")

    def record_call_end(self, call: port.Call, path: str) -> None:
        """See port.Switch."""
        assert isinstance(call, FsCall)
        if call.ended is None:
            self._up().ask(commands.record_call_end(call.uuid, path))

    def bridge(self, person: port.Call, agent: port.Call, deadline_s: float) -> None:
        """Connect two answered legs; see port.Switch."""
        assert isinstance(person, FsCall) and isinstance(agent, FsCall)
        bridging.bridge(self._up(), person, agent, deadline_s)

    def wait_unbridged(self, person: port.Call, deadline_s: float) -> bool:
        """Until the person is alone again (True) or gone (False); see port.Switch."""
        assert isinstance(person, FsCall)
        return bridging.wait_unbridged(person, deadline_s)

    def fates(self, uuids: Sequence[str], *, sent_under: str | None = None) -> dict[str, Fate]:
        """See port.Switch.  sent_under: the core_uuid they may have been sent under; another one gives UNKNOWN."""
        link = self._up()
        found: dict[str, Fate] = {}
        dialed: list[str] = []
        guard = self._guarding()
        verdicts = guard.bar(uuids)
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
        there = inquiry.exist_yet(link, dialed)
        gone = Fate.DIALED_AND_GONE if guard.whole else Fate.UNKNOWN  # it was claimed, and perhaps not dialed
        for uuid in dialed:
            found[uuid] = Fate.LIVE if there[uuid] else gone
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
        marks = inquiry.each(link, strangers, commands.marker)
        return [uuid for uuid, mark in zip(strangers, marks, strict=True) if mark.text.strip() == self._node]

    def kill(self, *uuids: str) -> None:
        """See port.Switch."""
        strangers: list[str] = []
        for uuid in uuids:
            call = self._calls.get(uuid)
            if call is None:
                strangers.append(uuid)
            else:
                call.hurry()
                call.hangup()
        if strangers:
            for _ in inquiry.each(self._up(), strangers, commands.kill):
                pass

    def can_write(self, path: str) -> bool:
        """See port.Switch."""
        return self._guarding().can_write(path)

    def hears_beeps(self) -> bool:
        """See port.Switch."""
        return self._up().ask(commands.hears_beeps()).text.strip() == "true"

    def gateway(self, name: str) -> port.GatewaySeen | None:
        """See port.Gateways."""
        return gateways.look(self._up(), name, self._refusals.get(name, 0))

    def reread(self, names: Sequence[str]) -> None:
        """See port.Gateways."""
        for name in names:
            self._refusals.pop(name, None)
        gateways.reread(self._up(), names)

    def on_restored(self, handler: Callable[[], None]) -> None:
        """See port.Switch."""
        self._restored.append(handler)

    def close(self, *, replaced: bool = False) -> None:
        """See port.Switch."""
        if self._closed and self._link is None:
            return
        self._closed = True
        current = gevent.getcurrent()
        gevent.killall([one for one in self._greenlets if one is not current])
        link, self._link = self._link, None
        if link is not None and link.lost is None:
            # Whoever hung up in vain cannot end it any more, so the timer is to try it again.
            vain = [call.uuid for call in self._calls.values() if call.asked]
            if vain and not replaced:
                log.warning("the dead-man of node %s stays armed: %d legs have not ended", self._node, len(vain))
            try:
                if not replaced and not vain:
                    self._deadman.disarm(link)
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

    def answered(self, call: FsCall) -> None:
        """A leg of ours was answered."""
        if not call.incoming and self._guard is not None:
            self._guard.answered(call)

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
        if event.subclass == events.GATEWAY:
            gateways.note(self._refusals, event)
            return
        call = self._calls.get(event.job if name == "BACKGROUND_JOB" else event.uuid)
        if call is None:
            if event.inbound == "waiting" and name == "CHANNEL_PARK" and self._inbound is not None and self._takes:
                offer = port.Offer(uuid=event.uuid, caller=event.caller, dialed=event.destination)
                gevent.spawn(self._inbound, offer)
            return
        if name == "CHANNEL_EXECUTE_COMPLETE":
            call.on_executed(event, body)
        elif name == "DTMF":
            call.on_key(event)
        elif name == "CHANNEL_HANGUP_COMPLETE":
            call.on_hangup(event)
        elif name == "CHANNEL_PARK":
            call.on_park(event)
        elif name == "BACKGROUND_JOB":
            call.on_job(event.body)
        elif name in ("CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA"):
            call.on_progress(early=name == "CHANNEL_PROGRESS_MEDIA")
        elif name == "CHANNEL_BRIDGE":
            call.on_bridge(event)
        elif event.subclass == events.BEEP:
            call.on_beep(event)

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

    def _audit(self, link: Link) -> None:
        recovery.audit(link, self._guarding(), list(self._calls.values()))

    def _purge(self, _: Link) -> None:
        self._guarding().purge()

    def _guarding(self) -> Guard:
        """The guard on the connection that is up.  Raises SwitchLost."""
        self._up()
        assert self._guard is not None
        return self._guard

    def _up(self) -> Link:
        link = self._link
        if link is None or link.lost is not None or self._closed:
            raise SwitchLost(f"no connection to the switch at {self._host}:{self._port}: {self.why_down}")
        return link


def _nobody_asks() -> None:
    return


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text)


def connect(
    host: str,
    port_number: int,
    password: str,
    *,
    node: str,
    epoch: int,
    virtual: bool | None = None,
    roots: Sequence[str] = (),
    script: bool = True,
) -> FreeSwitch:
    """Connect to a FreeSWITCH, or to the virtual switch, as dialer of a node.

    epoch rises with each new owner of the node; the switch refuses older ones from now on.  virtual: None takes either
    kind, True or False insists.  roots: absolute folders; files of no others are played or recorded.
    script: False behaves as if the guard's script were not there (see guards).

    Raises SwitchUnreachable (nobody there), SwitchRefused (password, address, neither guard nor store, newer dialer),
    each with one clear line.
    """
    switch = FreeSwitch(host, port_number, password, node=node, epoch=epoch, roots=roots, script=script)
    try:
        switch.open(virtual)
    except commands.BadField as error:
        raise SwitchRefused(str(error)) from error
    return switch
