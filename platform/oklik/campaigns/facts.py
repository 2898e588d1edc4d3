"""From the scenario's facts of a call to the summary that dialing.disposition judges."""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

import msgspec

from oklik.dialing.disposition import CallSummary
from oklik.scenario.flow import (
    Answered,
    CallLater,
    Ended,
    Entered,
    Fact,
    MessageHeard,
    OptedOut,
    Promised,
    RightParty,
    Transferred,
    VoiceAnswered,
)

log = logging.getLogger(__name__)


def summarise(facts: Iterable[Fact], **leg: Any) -> CallSummary:
    """Sum up a call's facts, in their order.

    leg: the fields of CallSummary that the facts do not tell: cause, q850, sip_status, hangup_by, channel, sent,
    answered, ring_s, talk_s, heard_percent, signs, cancelled, fault, line_works.
    """
    known: dict[str, Any] = {}
    answered: dict[str, str] = {}  # question -> its node
    identified: set[str] = set()
    for fact in facts:
        match fact:
            case Answered(node=node, question=question) | VoiceAnswered(node=node, question=question):
                answered[question] = node
            case RightParty(node=node, result=result):
                known["right_party"] = result
                identified.add(node)
            case MessageHeard():
                known["message_heard"] = True
                leg["heard_percent"] = 100
            case CallLater(after_s=after_s):
                known["call_later_s"] = after_s
            case OptedOut():
                known["opted_out"] = True
            case Entered(kind="transfer"):
                known["transfer"] = "waiting"
            case Transferred(outcome=outcome):
                known["transfer"] = str(outcome)
            case Promised(date=date, amount=amount):
                known["promised"] = (dt.date.fromisoformat(date), amount)
            case Ended(reason=reason):
                known["ended_reason"] = reason
            case _:
                pass
    # "Are you Ivan Petrovich?" is no question of the survey.
    answers = sum(node not in identified for node in answered.values())
    return CallSummary(answers=answers, **known, **leg)


def fact_from_json(value: Any) -> Fact:
    """Read a fact as the step table keeps it.  Raises msgspec.ValidationError."""
    fact: Fact = msgspec.convert(value, Fact)
    return fact


def read_facts(values: Iterable[Any], attempt: object) -> list[Fact]:
    """Read an attempt's facts.  attempt: its UUID, for the log.

    One that cannot be read (of a newer version, say) is left out, with a line in the log: the others hold without it.
    """
    facts: list[Fact] = []
    for value in values:
        try:
            facts.append(fact_from_json(value))
        except msgspec.ValidationError as error:
            log.error("a fact of attempt %s cannot be read and is left out: %s", attempt, error)
    return facts
