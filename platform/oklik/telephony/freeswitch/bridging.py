"""Connecting a person's leg with an agent's, and waiting for the end of it.

The switch says +OK to uuid_bridge some 50 ms before the legs are connected (CHANNEL_BRIDGE), and also when it is going
to end both because one still rings.  The end is the person's CHANNEL_PARK: only then the leg takes commands again.
"""

import time
from collections.abc import Callable

import gevent

from oklik.esl import commands, events
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.port import CallGone, SwitchError, SwitchLost, WaitTimeout

LOOK_S = 1.0  # CHANNEL_BRIDGE comes 50 ms after the command


def bridge(link: Link, person: FsCall, agent: FsCall, deadline_s: float) -> None:
    """See port.Switch.bridge."""
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
        reply = link.ask(commands.bridge(person.uuid, agent.uuid), deadline_s)
        if not reply.ok:
            raise CallGone(f"the legs could not be bridged: {reply.line}")
        error = _told(link, person, agent, waiting, until)
        if error is not None:
            raise error
    except gevent.Timeout:
        person.peer = agent.peer = None
        raise WaitTimeout(f"no bridge within {deadline_s:g} s") from None
    except SwitchLost:
        raise  # they may be connected: what became of it shows after the reconnect
    except BaseException:
        person.peer = agent.peer = None
        raise
    finally:
        waiting.kill(block=False)


def _told(
    link: Link, person: FsCall, agent: FsCall, waiting: "gevent.Greenlet[..., SwitchError | None]", until: float
) -> SwitchError | None:
    """What the waiting greenlet heard; where nothing comes the switch is asked.  Raises gevent.Timeout."""
    while True:
        left = until - time.monotonic()
        try:
            outcome: SwitchError | None = waiting.get(timeout=min(LOOK_S, max(0.1, left)))
        except gevent.Timeout:
            if left <= 0:
                raise
            _look(link, person, agent)
            continue
        if isinstance(outcome, CallGone) and person.ended is None and _look(link, person, agent):
            return None  # the agent was missed before word of the bridge had come
        return outcome


def _look(link: Link, person: FsCall, agent: FsCall) -> bool:
    """Whether the two are connected, or were; the legs are told."""
    reply = link.ask(commands.dump(person.uuid))
    try:
        found = events.decode(reply.text.encode())
    except events.BadEvent:
        return False  # gone: its end will be told, or found out
    if found.bridged_to != agent.uuid:
        return False
    person.on_bridge(found)
    if found.channel_state == "CS_PARK":
        agent.left_bridge(found)
        person.leave_bridge()
    return True


def wait_unbridged(person: FsCall, deadline_s: float) -> bool:
    """See port.Switch.wait_unbridged."""
    if person.ended is not None:
        return False
    return person.peer is None or bool(person.alone.wait(deadline_s))


def _outcome(wait: Callable[[float], object], deadline_s: float) -> SwitchError | None:
    """Wait, and give an error back instead of raising it: the traceback of a greenlet of ours helps nobody."""
    try:
        wait(deadline_s)
    except SwitchError as error:
        return error
    return None
