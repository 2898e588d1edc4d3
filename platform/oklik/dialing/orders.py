"""Calls that a person orders: what the gate asks of each kind, and its word on a test call.

A manual and an agent-first call obey all that a retry obeys; only what the retry plan wishes (another hour) gives way
to the human who asks now.  A test rings somebody of ours who asked for it this minute, on a phone that an administrator
has named: no hours and no caps then, but the stop list, the guard against toll fraud and a small limit of its own.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.gate import BUSY_AGAIN, Allow, Deny, Policy, plausible

TESTS_AN_HOUR = 10  # test calls to one phone in any hour
HOUR = dt.timedelta(hours=1)
TEST_HOLDS = dt.timedelta(minutes=1)  # the gate's yes to a test


class OrderKind(StrEnum):
    """manual: the scenario, out of turn; agent_first: the agent's phone is rung first; test: of a phone of ours."""

    MANUAL = "manual"
    TEST = "test"
    AGENT_FIRST = "agent_first"


def policy_of_order(kind: OrderKind, policy: Policy) -> Policy:
    """Give the campaign's policy for a call of this kind.

    An agent-first call is a talk with a human: no recorded message, and no voice message for the caps.
    """
    if kind is OrderKind.AGENT_FIRST:
        return replace(policy, other_hour=False, automatic=False, as_messages=False)
    return replace(policy, other_hour=False)


@dataclass(frozen=True, slots=True)
class TriedPhone:
    """The phone that a test is to ring.

    number: E.164.  known: an administrator has named it; recent: when tests rang it in the last hour; suppressed: on
    the stop list; busy: a call of ours to it is up; routed: a trunk of the campaign takes it.
    """

    number: str
    known: bool
    recent: Sequence[dt.datetime] = ()
    suppressed: bool = False
    busy: bool = False
    routed: bool = True


def judge_test(tester: TriedPhone, now: dt.datetime, destinations: Destinations = HOME) -> Allow | Deny:
    """Decide whether a test call may be made.  destinations: which numbers the installation may dial at all."""
    if tester.suppressed:
        return Deny("stop_list")
    if not plausible(tester.number):
        return Deny("bad_number", {"number": tester.number})
    if refused := destinations.refuses(tester.number):
        return Deny(*refused)
    if not tester.known:
        return Deny("not_a_tester", {"number": tester.number})
    if not tester.routed:
        return Deny("no_route", {"number": tester.number})
    if tester.busy:
        return Deny("person_busy", {}, now + BUSY_AGAIN)
    within = sorted(at for at in tester.recent if at > now - HOUR)
    if len(within) >= TESTS_AN_HOUR:
        return Deny("tests_hour", {"limit": TESTS_AN_HOUR}, within[-TESTS_AN_HOUR] + HOUR)
    return Allow(now + TEST_HOLDS)
