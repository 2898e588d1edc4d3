"""Places in a dialer where a fault can be set off, armed in the process that is to suffer it.

A point is a moment of a call's life as the protocol counts it; the production code knows nothing of them: they are put
round its functions here.  Which faults there are: see FAULTS.
"""

import json
import os
import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from sqlalchemy import Connection, Engine, event

from oklik.campaigns import ordered
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.freeswitch.driver import FreeSwitch
from oklik.telephony.freeswitch.ticket import FsTicket
from oklik.telephony.port import Answer, Call, CallEnded, Keys, Playback, Ringing
from oklik.worker.book import StoreBook

POINTS = (
    "before_claim_commit",
    "after_claim_commit",
    "inside_send",
    "after_send",
    "after_ack",
    "ringing",
    "answered",
    "mid_prompt",
    "after_key",
    "in_transfer",
    "after_hangup",
    "before_result_commit",
    "after_result_commit",
)
# kill: -9; error: an exception there; stop: SIGSTOP, as a machine that sleeps; cut: the event socket breaks there.
FAULTS = ("kill", "error", "stop", "cut")
PLAIN_POINTS = ("after_hash_claim",)
"""Of a switch without the guard's script: the UUID is claimed there, and the originate not sent yet."""
DIALS = (b"oklik.lua dial ", b"bgapi originate {origination_uuid=")
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLAIMED = b"api hash select/oklik/epoch."  # asked right behind the claim


class Chaos(RuntimeError):
    """The exception of the fault "error"."""


class Trap:
    """Goes off once, at the nth time that its point is passed."""

    def __init__(self, point: str, nth: int, fault: str, told: Path) -> None:
        self._point, self._left, self._fault, self._told = point, nth, fault, told
        self.link: Link | None = None

    def at(self, point: str, *legs: str, whose: gevent.Greenlet | None = None) -> None:
        """Here is this point, passed by these legs.  whose: the greenlet that an exception is for; None: this one."""
        if point != self._point or self._left <= 0:
            return
        self._left -= 1
        if not self._left:
            self._told.write_text(json.dumps(legs), "utf-8")
            self._go_off(whose)

    def _go_off(self, whose: gevent.Greenlet | None) -> None:
        if self._fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self._fault == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif self._fault == "error":
            if whose is None:
                raise Chaos(self._point)
            gevent.kill(whose, Chaos(self._point), block=False)
        elif self.link is not None and self.link.sock is not None:
            self.link.sock.shutdown(socket.SHUT_RDWR)


class _Socket:
    """The link's socket, with points inside and behind the sending of a call."""

    def __init__(self, sock: Any, trap: Trap) -> None:
        self._sock, self._trap = sock, trap

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        """Send, in two halves where there is a call in it."""
        dial = next((one for one in DIALS if one in data), None)
        if dial is None:
            self._sock.sendall(data)
            return
        half = data.index(dial) + len(dial) + 20  # in the midst of its UUID
        leg = _leg(data[data.index(dial) :])
        self._sock.sendall(data[:half])
        self._trap.at("inside_send", leg)
        self._sock.sendall(data[half:])
        self._trap.at("after_send", leg)


def _leg(command: bytes) -> str:
    """The UUID in a command that dials."""
    found = _UUID.search(command)
    assert found is not None, command
    return found.group().decode("ascii")


def arm(point: str, nth: int, fault: str, told: str) -> None:
    """Set the trap in this process.  told: a file that is made when it goes off, with the legs that were there."""
    trap = Trap(point, nth, fault, Path(told))
    _database(trap)
    _switch(trap)
    _calls(trap)


def _database(trap: Trap) -> None:
    state: dict[str, list[str]] = {"claimed": [], "ending": []}
    claim, write, choose = StoreBook.claim, StoreBook.write, ordered.claim

    def chosen(*args: Any, **how: Any) -> Any:
        found = choose(*args, **how)
        state["claimed"] = [str(one.uuid) for one in found]
        return found

    def claimed(self: StoreBook, *args: Any) -> Any:
        jobs, broken = claim(self, *args)
        if jobs:
            trap.at("after_claim_commit", *(job.dial.uuid for job in jobs))
        return jobs, broken

    def written(self: StoreBook, batch: Any) -> Any:
        state["ending"] = ended = [one.uuid for one in batch.outcomes]
        given = write(self, batch)
        if ended:
            trap.at("after_result_commit", *ended)
        return given

    def commit(_: Connection) -> None:
        for name, point in (("claimed", "before_claim_commit"), ("ending", "before_result_commit")):
            if legs := state[name]:
                state[name] = []
                trap.at(point, *legs)

    ordered.claim = chosen
    StoreBook.claim = claimed  # type: ignore[method-assign]
    StoreBook.write = written  # type: ignore[method-assign]
    event.listen(Engine, "commit", commit)


def _switch(trap: Trap) -> None:
    start, request = Link.start_event_handlers, Link.request

    def started(self: Link) -> None:
        self.sock = _Socket(self.sock, trap)
        trap.link = self
        start(self)

    def asked(self: Link, command: bytes, on_reply: Callable[[Any], None] | None = None) -> None:
        if command.startswith(CLAIMED) and on_reply is not None:

            def claimed(reply: Any) -> None:
                trap.at("after_hash_claim")
                on_reply(reply)

            request(self, command, claimed)
            return
        if on_reply is None or not any(one in command for one in DIALS):
            request(self, command, on_reply)
            return

        def acknowledged(reply: Any) -> None:
            on_reply(reply)
            trap.at("after_ack", _leg(command))

        request(self, command, acknowledged)

    bridge = FreeSwitch.bridge

    def bridged(self: FreeSwitch, person: Call, *args: Any) -> None:
        bridge(self, person, *args)
        trap.at("in_transfer", person.uuid)

    Link.start_event_handlers = started  # type: ignore[method-assign]
    Link.request = asked  # type: ignore[method-assign]
    FreeSwitch.bridge = bridged  # type: ignore[method-assign]


def _calls(trap: Trap) -> None:
    wait, start, result = FsCall.wait, FsCall.start, FsTicket.wait

    def waited(self: FsCall, deadline_s: float) -> Any:
        found = wait(self, deadline_s)
        for kind, point in ((Ringing, "ringing"), (Answer, "answered"), (CallEnded, "after_hangup")):
            if isinstance(found, kind):
                trap.at(point, self.uuid)
        return found

    def started(self: FsCall, instruction: Any) -> Any:
        ticket = start(self, instruction)
        if isinstance(instruction, Playback):
            gevent.spawn_later(0.02, trap.at, "mid_prompt", self.uuid, whose=gevent.getcurrent())
        return ticket

    def ended(self: FsTicket, deadline_s: float) -> Any:
        found = result(self, deadline_s)
        if isinstance(found, Keys) and found.keys:
            trap.at("after_key", self._call.uuid)
        return found

    FsCall.wait = waited  # type: ignore[method-assign]
    FsCall.start = started  # type: ignore[method-assign]
    FsTicket.wait = ended  # type: ignore[method-assign]
