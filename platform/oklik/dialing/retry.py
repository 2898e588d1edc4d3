"""Whether and when a contact is called again: the retry plan, and one pure function over what was tried so far.

Delays are wishes: the moment is moved into calling hours here, and the gate still has the last word on caps.
A plan is data of the campaign and travels as JSON.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from oklik.dialing.vocabulary import Disposition

MINUTE, HOUR, DAY = 60, 3600, 86400


class OutcomeClass(StrEnum):
    """Outcomes that a plan treats alike.  Those without a class are never followed by another call."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    INVALID_NUMBER = "invalid_number"
    MACHINE = "machine"
    HUNG_UP = "hung_up"
    NO_INPUT = "no_input"
    PARTIAL = "partial"
    OTHER_PERSON = "other_person"  # somebody else took the call, but the person can be had there
    NO_AGENT = "no_agent"
    CALL_LATER = "call_later"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    LINE_FAULT = "line_fault"


_CLASS: dict[Disposition, OutcomeClass] = {
    Disposition.BUSY: OutcomeClass.BUSY,
    Disposition.NO_ANSWER: OutcomeClass.NO_ANSWER,
    Disposition.REJECTED: OutcomeClass.REJECTED,
    Disposition.UNREACHABLE: OutcomeClass.UNREACHABLE,
    Disposition.INVALID_NUMBER: OutcomeClass.INVALID_NUMBER,
    Disposition.MACHINE: OutcomeClass.MACHINE,
    Disposition.HUNG_UP: OutcomeClass.HUNG_UP,
    Disposition.NO_INPUT: OutcomeClass.NO_INPUT,
    Disposition.PARTIAL: OutcomeClass.PARTIAL,
    Disposition.WRONG_PERSON: OutcomeClass.OTHER_PERSON,
    Disposition.NO_AGENT: OutcomeClass.NO_AGENT,
    Disposition.ABANDONED: OutcomeClass.NO_AGENT,
    Disposition.CALL_LATER: OutcomeClass.CALL_LATER,
    Disposition.CANCELLED: OutcomeClass.CANCELLED,
    Disposition.UNKNOWN: OutcomeClass.UNKNOWN,
    Disposition.LINE_FAULT: OutcomeClass.LINE_FAULT,
}
# The person was not had on this number; the next call tries the next one.
_NEXT_PHONE = frozenset(
    {
        Disposition.NO_ANSWER,
        Disposition.UNREACHABLE,
        Disposition.BUSY,
        Disposition.REJECTED,
        Disposition.MACHINE,
        Disposition.INVALID_NUMBER,
    }
)

Seconds = Annotated[int, Field(ge=0, le=60 * DAY)]


class Wait(BaseModel):
    """How an outcome is followed up: seconds to wait after its first, second ... time (the last one repeats), and
    how many further calls it may cause in all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    after_s: tuple[Seconds, ...] = ()
    most: Annotated[int, Field(ge=0, le=50)] = 0

    @model_validator(mode="after")
    def _has_delay(self) -> Self:
        if self.most and not self.after_s:
            raise ValueError("further calls are wanted (most), but after_s names no delay")
        return self


_UNANSWERED = Wait(after_s=(30 * MINUTE, 3 * HOUR, DAY), most=10)
DEFAULT_WAITS: dict[OutcomeClass, Wait] = {
    OutcomeClass.BUSY: Wait(after_s=(15 * MINUTE, 30 * MINUTE, 3 * HOUR, DAY), most=10),
    OutcomeClass.NO_ANSWER: _UNANSWERED,
    OutcomeClass.UNREACHABLE: _UNANSWERED,
    OutcomeClass.CANCELLED: _UNANSWERED,
    OutcomeClass.REJECTED: Wait(after_s=(DAY,), most=1),
    OutcomeClass.MACHINE: Wait(after_s=(3 * HOUR, DAY), most=3),
    OutcomeClass.HUNG_UP: Wait(after_s=(DAY,), most=1),
    OutcomeClass.NO_INPUT: Wait(after_s=(DAY,), most=1),
    OutcomeClass.PARTIAL: Wait(),  # who has answered something and left is not asked again
    OutcomeClass.OTHER_PERSON: Wait(after_s=(3 * HOUR, DAY), most=2),
    OutcomeClass.NO_AGENT: Wait(after_s=(30 * MINUTE, DAY), most=2),
    OutcomeClass.CALL_LATER: Wait(after_s=(DAY,), most=3),  # the delay is the person's own where it is known
    OutcomeClass.UNKNOWN: Wait(after_s=(DAY,), most=1),
    OutcomeClass.INVALID_NUMBER: Wait(after_s=(HOUR,), most=3),  # 404 and 484 are believed the second time
    OutcomeClass.LINE_FAULT: Wait(after_s=(2 * MINUTE, 5 * MINUTE, 15 * MINUTE), most=3),
}


class RetryPlan(BaseModel):
    """The retry plan of a campaign.

    max_attempts: consumed attempts of one contact in all, over its numbers.  waits: by outcome class; what is not
    named keeps the default.  line_fault consumes no attempt and has its cap apart, of those faults that count against
    the contact (line_faults.counts); the others are followed by a call whatever their number.  other_hour: never the
    same local hour twice while another one is open.  confirm_invalid: how often a number must be called
    invalid to be believed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    max_attempts: Annotated[int, Field(ge=1, le=50)] = 4
    waits: Mapping[OutcomeClass, Wait] = Field(default_factory=dict)
    other_hour: bool = True
    confirm_invalid: Annotated[int, Field(ge=1, le=5)] = 2

    def wait(self, outcome: OutcomeClass) -> Wait:
        """Give the rule of an outcome class."""
        return self.waits.get(outcome) or DEFAULT_WAITS[outcome]

    @classmethod
    def none(cls) -> "RetryPlan":
        """Give the plan of --no-retry: each contact is called once, whatever comes of it."""
        return cls(max_attempts=1, waits={outcome: Wait() for outcome in OutcomeClass}, confirm_invalid=1)

    @classmethod
    def from_json(cls, value: Any) -> "RetryPlan":
        """Read a plan from JSON values.  Raises ValueError with one clear line."""
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "plan"
            raise ValueError(f"retry {where}: {first['msg']}") from error

    def to_json(self) -> dict[str, Any]:
        """Give JSON values."""
        return self.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt of a target.  phone: index into its numbers; wrong_number: nobody there knows the person.

    lost: the call ended for our side: nobody saw its end, something of ours failed, or we hung up before the end.
    later_s: the person asked to be called after so many seconds.  left_message: a machine has our message, whole.
    line_down: a fault of the line that does not count against the contact.
    """

    disposition: Disposition
    phone: int = 0
    wrong_number: bool = False
    lost: bool = False
    later_s: int | None = None
    left_message: bool = False
    line_down: bool = False

    @property
    def outcome(self) -> OutcomeClass | None:
        """The class whose rule holds.  Who was cut off by us in mid-survey has not left it: what was said stays, and
        the plan may call again as after any unknown end.
        """
        if self.lost and self.disposition is Disposition.PARTIAL:
            return OutcomeClass.UNKNOWN
        return _CLASS.get(self.disposition)


Step = tuple[str, dt.datetime]
"""Why a moment was chosen, and which: plan, wish, at_once; hours (moved into calling hours); other_hour."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Call again not before `due`, at number `phone`.

    wish: at the time the person asked for.  steps: how the moment came about, in order.
    """

    due: dt.datetime
    phone: int
    wish: bool = False
    steps: tuple[Step, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """No further call; reason and args make the sentence."""

    reason: str
    args: dict[str, Any] = field(default_factory=dict)


def next_call(
    plan: RetryPlan,
    tried: Sequence[Tried],
    *,
    phones: int,
    now: dt.datetime,
    opens: Callable[[dt.datetime], dt.datetime | None],
    hours: Collection[int] = (),
    zone: dt.tzinfo = dt.UTC,
    others: Collection[int] = (),
    barred: Collection[int] = (),
) -> Retry | Stop:
    """Decide what follows the last of `tried` (oldest first, at least one).

    phones: how many numbers the contact has; opens: first legal moment from a moment on, None for never;
    hours: local hours (in `zone`) of consumed attempts so far.  others: phones of somebody else, where nobody is asked
    for the person twice in a row; barred: phones that must not be called.

    Several numbers are taken in turn: when the person was not had on one (not answered, busy, machine ...), the next
    call goes to the next number that is not dead; after an answered call it stays.  Dead is a number called invalid
    `confirm_invalid` times, or one whose owner does not know the person; a call moved on for such a
    reason need not wait, for nobody who matters was disturbed.  Who asked for a later call gets it at that time (moved
    into calling hours, not into another hour), even when max_attempts is used up.
    """
    last = tried[-1]
    asked = _asked(tried)
    if last.disposition is Disposition.NOT_SENT:
        return Retry(now, last.phone, asked, (("at_once", now),))
    outcome = last.outcome
    if outcome is None:
        return _final(last.disposition)
    if last.left_message:
        return Stop("message_left")
    counted = sum(t.disposition not in _NOT_COUNTED for t in tried)
    if counted >= plan.max_attempts and not asked:
        return Stop("max_attempts", {"attempts": counted})
    dead = dead_phones(plan, tried)
    alive = [i for i in range(phones) if i not in dead and i not in barred]
    if not alive:
        return Stop("numbers_dead" if phones > 1 else "number_dead")
    if last.phone in dead:
        due: dt.datetime | None = opens(now)
        if due is None:
            return Stop("never_open")
        return Retry(due, _after(last.phone, alive), steps=_steps(("at_once", now), ("hours", due)))
    times = sum(t.outcome is outcome and not t.wrong_number for t in tried)
    wait = plan.wait(outcome)
    if outcome is OutcomeClass.LINE_FAULT:
        own = sum(t.outcome is outcome and not t.line_down for t in tried)
        if own > wait.most or not wait.most:
            return Stop("line_faults", {"faults": times})
    elif times > wait.most:
        return Stop("no_more_of", {"most": wait.most}) if wait.most else Stop("outcome_final")
    after_s = wait.after_s[min(times, len(wait.after_s)) - 1] if last.later_s is None else last.later_s
    planned = now + dt.timedelta(seconds=after_s)
    due = legal = opens(planned)
    if due is None or legal is None:
        return Stop("never_open")
    if plan.other_hour and not asked and outcome is not OutcomeClass.LINE_FAULT:
        due = other_hour(due, opens, hours, zone)
    first = "wish" if last.later_s is not None else "plan"
    steps = _steps((first, planned), ("hours", legal), ("other_hour", due))
    stays = last.disposition not in _NEXT_PHONE and last.phone in alive
    if last.disposition is Disposition.WRONG_PERSON and last.phone in others:
        stays = False
    return Retry(due, last.phone if stays else _after(last.phone, alive), asked, steps)


_NOT_COUNTED = frozenset({Disposition.NOT_SENT, Disposition.LINE_FAULT})


def _asked(tried: Sequence[Tried]) -> bool:
    """Whether the next call is one that the person asked for; a fault of the line in between does not undo the wish."""
    had = next((t for t in reversed(tried) if t.disposition not in _NOT_COUNTED), None)
    return had is not None and had.outcome is OutcomeClass.CALL_LATER


def _steps(first: Step, *moved: Step) -> tuple[Step, ...]:
    """Give the first step and those after it that moved the moment."""
    steps = [first]
    steps += [step for before, step in pairwise((first, *moved)) if step[1] != before[1]]
    return tuple(steps)


def _final(disposition: Disposition) -> Stop:
    return Stop("opted_out" if disposition is Disposition.OPTED_OUT else "reached")


def dead_phones(plan: RetryPlan, tried: Sequence[Tried]) -> set[int]:
    """Give the places of numbers that are believed to be invalid, or a stranger's."""
    dead = {t.phone for t in tried if t.wrong_number}
    for phone in {t.phone for t in tried if t.disposition is Disposition.INVALID_NUMBER}:
        times = sum(t.phone == phone and t.disposition is Disposition.INVALID_NUMBER for t in tried)
        if times >= plan.confirm_invalid:
            dead.add(phone)
    return dead


def _after(phone: int, alive: Sequence[int]) -> int:
    return next((i for i in alive if i > phone), alive[0])


def other_hour(
    due: dt.datetime,
    opens: Callable[[dt.datetime], dt.datetime | None],
    hours: Collection[int],
    zone: dt.tzinfo,
) -> dt.datetime:
    """Move `due` on to the next open local hour that was not tried yet, if there is one within a day.

    The gate asks this again at the moment of the call, for a retry may have waited for a line or a pause to end.
    """
    moment = due
    limit = due + dt.timedelta(days=1)
    while moment < limit:
        if moment.astimezone(zone).hour not in hours:
            return moment
        local = moment.astimezone(zone)
        past = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        later = opens(moment + dt.timedelta(hours=1) - past)
        if later is None:
            return due
        moment = later
    return due
