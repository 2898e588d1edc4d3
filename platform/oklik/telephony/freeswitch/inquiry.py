"""Questions to the switch about many calls: sent in portions, answered in order."""

from collections.abc import Callable, Iterator, Sequence

import gevent
from gevent.event import AsyncResult

from oklik.esl import commands
from oklik.telephony.freeswitch.connection import Link, Reply

AT_ONCE = 200  # commands sent before their replies are waited for
SECOND_LOOK_S = 1.0  # a call that the guard has let through may not have its channel yet


def each(link: Link, uuids: Sequence[str], build: Callable[[str], bytes]) -> Iterator[Reply]:
    """The reply about each of them, in order.  Raises SwitchLost, WaitTimeout."""
    for start in range(0, len(uuids), AT_ONCE):
        begun: list[AsyncResult] = [link.begin(build(uuid)) for uuid in uuids[start : start + AT_ONCE]]
        for one in begun:
            yield link.collect(one)


def exist(link: Link, uuids: Sequence[str]) -> dict[str, bool]:
    """Which of them are legs at the switch now.  False from the beginning of a hangup on."""
    replies = each(link, uuids, commands.exists)
    return {uuid: reply.text.strip() == "true" for uuid, reply in zip(uuids, replies, strict=True)}


def exist_yet(link: Link, uuids: Sequence[str]) -> dict[str, bool]:
    """As exist, of legs that the guard says were dialed: those that are not there are looked for again a moment later.

    Raises SwitchLost, WaitTimeout.
    """
    there = exist(link, uuids)
    missing = [uuid for uuid in uuids if not there[uuid]]
    if missing:
        gevent.sleep(SECOND_LOOK_S)
        there |= exist(link, missing)
    return there


def bar(link: Link, uuids: Sequence[str]) -> dict[str, str]:
    """The guard's word on each: barred (never dialed, and never will be) or dialed."""
    verdicts: dict[str, str] = {}
    for start in range(0, len(uuids), commands.BAR_AT_ONCE):
        reply = link.ask(commands.bar(uuids[start : start + commands.BAR_AT_ONCE]))
        for line in reply.text.splitlines():
            uuid, _, verdict = line.strip().partition(" ")
            verdicts[uuid] = verdict
    return verdicts
