"""Calls of which no word has come: after a cut, or because an event was lost.

A leg that the switch does not know any more has ended, nobody can say how: LOST.  Unless no sign of life was ever seen
of it and the guard can swear that it was not dialed: then it was not sent.  That oath is worth something only from the
same run of the switch, for the guard's memory ends with it.  And who it says was dialed may just have been: the command
of the connection that is gone was carried out behind our look.  So those are looked for once more.
"""

import logging
import time
from collections.abc import Sequence

from oklik.esl import commands, events
from oklik.telephony.freeswitch import inquiry, outcome
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.freeswitch.guards import Guard
from oklik.telephony.port import CallEnded

log = logging.getLogger("oklik.telephony")

QUIET_S = 10.0  # from the sending of a call on its answer is looked for, not only listened for
STUCK_AGAIN_S = 30.0


def settle(link: Link, guard: Guard, calls: Sequence[FsCall], core_uuid: str) -> None:
    """After a reconnect: what became of each call in between.  core_uuid: of the switch as it runs now."""
    for call in calls:
        if call.core_uuid != core_uuid:
            call.finish(_lost(call))
    calls = [call for call in calls if call.ended is None]
    there = _bury(link, guard, calls)
    for call in calls:
        if not there[call.uuid] and call.ended is None:
            call.finish(_lost(call))  # what happened during a cut is never told
    for call in calls:
        if call.ended is not None:
            continue
        if call.asked:
            call.kill_again()
        elif call.incoming and not call.answered:
            call.asked = True  # nobody can say whether it is ours by now, and they would hear nothing
            call.kill_again()
        elif not call.answered:
            _look_for_answer(link, call)
        elif call.peer is None:
            call.drop_remains()
        elif call.peer.ended is not None or not there.get(call.peer.uuid):
            call.leave_bridge()


def audit(link: Link, guard: Guard, calls: Sequence[FsCall]) -> None:
    """Calls whose time is over: an event was lost, a job never ran, or the switch does not end them."""
    now = time.monotonic()
    for call in calls:
        if not call.answered and now > call.began + QUIET_S:
            call.look()
    _part(link, [call for call in calls if call.leads and call.peer is not None])
    late = [call for call in calls if now > call.overdue_at and not call.missing]
    there = _bury(link, guard, late)
    for call in late:
        if call.ended is None and not there[call.uuid]:
            call.miss()
        elif call.ended is None:
            log.warning("call %s is over its time and is hung up", call.uuid)
            call.overdue_at = now + STUCK_AGAIN_S
            call.kill_again()


def _part(link: Link, leaders: Sequence[FsCall]) -> None:
    """Bridged pairs of which one leg is gone."""
    pairs = [(call, call.peer) for call in leaders if call.peer is not None]
    there = inquiry.exist(link, [leg.uuid for pair in pairs for leg in pair])
    for person, agent in pairs:
        for leg in (person, agent):
            if not there[leg.uuid]:
                leg.miss()


def _bury(link: Link, guard: Guard, calls: Sequence[FsCall]) -> dict[str, bool]:
    """End those that were never dialed; returns which are at the switch.  Blocks a moment where any was just dialed."""
    there = inquiry.exist(link, [call.uuid for call in calls])
    missing = [call for call in calls if not there[call.uuid] and call.ended is None]
    unsure = [call for call in missing if not call.dialed]
    verdicts = guard.bar([call.uuid for call in unsure])
    for call in unsure:
        if verdicts.get(call.uuid) == "barred":
            call.finish(CallEnded(cause=outcome.NOT_SENT, channel=False, sent=False))
    return there | inquiry.exist_yet(link, [call.uuid for call in unsure if call.ended is None])


def _lost(call: FsCall) -> CallEnded:
    return call.told or outcome.lost(channel=call.dialed, answered=call.answered)


def _look_for_answer(link: Link, call: FsCall) -> None:
    reply = link.ask(commands.dump(call.uuid))
    if not reply.text.startswith("{"):
        return
    try:
        call.on_dump(events.decode(reply.text.encode()))
    except events.BadEvent:
        return
