"""The gate: may this leg be dialed now?  Pure functions, one of them asked before every call.

`judge` is asked for a person's number, `judge_agent` for an agent's phone during the person's call.

It answers Allow (with the moment up to which that holds, so that the sender needs only to look at the clock
again) or Deny with the rule and the next moment at which asking makes sense; None means never in this campaign.
Figures are in the modules of law.  Who asks, and how the answer is kept, is the claim's business.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from oklik.dialing.destinations import HOME, Destinations, nature
from oklik.dialing.hours import Hours
from oklik.dialing.law.in_force import rules_of
from oklik.dialing.law.shapes import Cap, Counts, Period, Purpose, PurposeRules, Role
from oklik.dialing.retry import other_hour
from oklik.dialing.windows import HORIZON, WindowBook, Wish
from oklik.dialing.zones import MOSCOW, certain_zone, tzinfo

BUSY_AGAIN = dt.timedelta(seconds=30)  # how soon to ask again for a person who is on another call of ours
_PATIENCE = 40  # windows and caps are tried in turn; they agree after a few rounds


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier attempt to reach the person, of any campaign, or a contact that was made elsewhere.

    at: when it began; ended: when it was over, if that is known.
    talk: the person was spoken to.  consumed: it counts (a line fault or an unsent call does not).
    message: it only spoke, and its campaign counts such calls as voice messages and not as talks.  called: it was a
    call; an SMS or a visit is none.
    """

    at: dt.datetime
    talk: bool
    consumed: bool
    purpose: str
    ended: dt.datetime | None = None
    message: bool = False
    called: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is to be called, and what is known of them.

    number: E.164.  zones: every zone they may be in.  history: earlier attempts, from history_since() on.
    busy: an attempt of ours is open.  suppressed: a number of theirs is on the stop list.
    consent: consent to this purpose is on record.  attempts: consumed ones of this target; hours: the local hours in
    which they were made.  wish: the person has asked for this very call.  role: whose the number is;
    of a number of somebody else's, suppressed and busy are about that number too, and history has its calls.
    others: their consent to calls at numbers of others is on record.  promised: the day up to which they have promised
    to pay, in another campaign.  routed: a trunk of the campaign takes the number.  bankrupt: they are, or whoever
    answers at a number of somebody else's is.
    """

    number: str
    zones: frozenset[str]
    history: Sequence[Past] = ()
    busy: bool = False
    suppressed: bool = False
    consent: bool = False
    attempts: int = 0
    hours: Sequence[int] = ()
    wish: bool = False
    role: Role = Role.OWN
    others: bool = False
    promised: dt.date | None = None
    routed: bool = True
    bankrupt: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What a campaign brings to the gate.

    window: hours of the campaign's own; they narrow the legal ones and never widen them.  A wish, not a law, so they
    are read by the person's clock if their zone is certain, else by that of `zone`, the campaign's own.
    max_attempts: of one target, consumed.  automatic: no human dials or confirms the call.
    as_messages: its calls are voice messages, not talks, where the law knows the difference.
    destinations: which numbers the installation may dial at all.
    other_hour: nobody is called twice in the same local hour while another one is open, see dialing.retry.
    third_persons: whoever launched it answers for the consents to calls at numbers of others.
    """

    purpose: str
    max_attempts: int
    window: Hours | None = None
    automatic: bool = True
    zone: str = MOSCOW
    as_messages: bool = False
    destinations: Destinations = HOME
    other_hour: bool = False
    third_persons: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for an unknown purpose."""
        rules_of(self.purpose)

    def rules(self, number: str, day: dt.date) -> PurposeRules:
        """Give the law for the bearer of an E.164 number on a local day.  Raises law.in_force.NoRules."""
        return rules_of(self.purpose, self.country(number), day)

    @staticmethod
    def country(number: str) -> str:
        """Give the country whose law holds for the bearer of an E.164 number, "" for none."""
        return nature(number).country

    def ask(
        self, number: str, zones: frozenset[str], now: dt.datetime, book: WindowBook
    ) -> tuple[dt.datetime | None, dt.datetime]:
        """Give (next moment within the legal hours and the window, or None for never; up to when this holds)."""
        return self.ask_by(self.rules(number, now.date()), zones, now, book)

    def ask_by(
        self, rules: PurposeRules, zones: frozenset[str], now: dt.datetime, book: WindowBook
    ) -> tuple[dt.datetime | None, dt.datetime]:
        """Give the same by rules that are known already."""
        wish = Wish(self.window, certain_zone(zones, self.zone)) if self.window else None
        return book.ask(rules.hours, zones, now, wish)


@dataclass(frozen=True, slots=True)
class Allow:
    """The call may be sent until `until` (exclusive)."""

    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Deny:
    """The call may not be made.  rule and args make the sentence; next_at None: never."""

    rule: str
    args: dict[str, Any] = field(default_factory=dict)
    next_at: dt.datetime | None = None


def judge(subject: Subject, policy: Policy, now: dt.datetime, book: WindowBook) -> Allow | Deny:
    """Decide.  Order: what forbids for ever, then the person on another call, then hours, then caps.

    next_at of a denial is legal by hours and caps alike, as far as can be known now.
    """
    if subject.suppressed:
        return Deny("stop_list")
    if subject.bankrupt:
        return Deny("bankrupt")
    if not plausible(subject.number):
        return Deny("bad_number", {"number": subject.number})
    if refused := policy.destinations.refuses(subject.number):
        return Deny(*refused)
    if not subject.routed:
        return Deny("no_route", {"number": subject.number})
    day = _local_day(subject, now)
    rules = policy.rules(subject.number, day)
    if denied := _never(subject, policy, rules):
        return denied
    if subject.busy:
        return Deny("person_busy", {}, now + BUSY_AGAIN)
    if denied := _promised(subject, policy, rules, now, book):
        return denied
    opening, until = policy.ask_by(rules, subject.zones, now, book)
    if opening == now:
        reached = _reached(subject, policy, rules, now)
        if reached is None:
            elsewhen = _other_hour(subject, policy, rules, now, book)
            return Allow(until) if elsewhen is None else Deny("other_hour", {}, elsewhen)
        rule, args, again = reached
        return Deny(rule, args, _earliest(subject, policy, rules, again, book))
    hours = rules.hours.of(day)
    args = {"hours": str(hours.narrowed(policy.window.of(day)) if policy.window else hours)}
    if opening is None:
        return Deny("never_open", {})
    own = now.astimezone(tzinfo(certain_zone(subject.zones, policy.zone))).date()
    if policy.window is not None and policy.window.off(own):
        return Deny("day_off", {"date": own.isoformat()}, _earliest(subject, policy, rules, opening, book))
    return Deny("window", args, _earliest(subject, policy, rules, opening, book))


@dataclass(frozen=True, slots=True)
class Handover:
    """A person who is to be connected with an agent.

    live: the attempt that the person is spoken to in is open.  member: the phone to be rung is, at this moment, that
    of an agent of the group.  number: E.164 of a phone that was named instead of a group, then member says that it goes
    through one of the campaign's own lines; suppressed: it is on the stop list; routed: one of these lines takes it.
    outside: the number that an agent's phone has where the leg to it leaves the switch, "" for an extension; code: the
    few digits that are rung there instead of a number; barred: and no telephone of ours has them.
    """

    live: bool
    member: bool
    number: str = ""
    suppressed: bool = False
    routed: bool = True
    outside: str = ""
    code: str = ""
    barred: bool = False


def judge_agent(handover: Handover, destinations: Destinations = HOME) -> Deny | None:
    """Decide whether an agent may be rung; None: yes.

    Hours and caps do not ask again: they are about beginning to talk to a person, and this one is on the line and has
    asked for the agent.  A campaign that is paused or stopped begins no calls, but those that are up go on to their
    end, transfers included.  A number must be one that this installation may dial, and nobody's who asked for peace.
    """
    if not handover.live:
        return Deny("call_over")
    for number in filter(None, (handover.number, handover.outside)):
        if not plausible(number):
            return Deny("bad_number", {"number": number})
        if refused := destinations.refuses(number):
            return Deny(*refused)
    if handover.code and destinations.emergency(handover.code):
        return Deny("destination_short", {"number": handover.code})
    if handover.barred:
        return Deny("destination_extension", {"number": handover.code})
    if handover.suppressed:
        return Deny("stop_list")
    if not handover.routed:
        return Deny("no_route", {"number": handover.number})
    if not handover.member:
        return Deny("not_an_agent")
    return None


def _never(subject: Subject, policy: Policy, rules: PurposeRules) -> Deny | None:
    if refuses_phone(subject.role, rules, consent=subject.others or policy.third_persons):
        return Deny("phone_role", {"role": str(subject.role), "purpose": policy.purpose})
    if rules.human and policy.automatic:
        return Deny("needs_human", {"purpose": policy.purpose})
    if rules.consent and not subject.consent:
        return Deny("no_consent", {"purpose": policy.purpose})
    if subject.attempts >= policy.max_attempts and not subject.wish:
        return Deny("max_attempts", {"attempts": subject.attempts})
    return None


def refuses_phone(role: Role, rules: PurposeRules, *, consent: bool) -> bool:
    """Say whether a phone of this role must not be called.  consent: theirs to calls at phones of others is there."""
    return role not in rules.phones and not consent


def _promised(subject: Subject, policy: Policy, rules: PurposeRules, now: dt.datetime, book: WindowBook) -> Deny | None:
    """Who has promised to pay by a day is not asked again before it is over, wherever they may be."""
    if subject.promised is None or rules.purpose is not Purpose.DEBT:
        return None
    after = dt.datetime.combine(subject.promised + dt.timedelta(days=1), dt.time())
    over = max(after.replace(tzinfo=tzinfo(zone)).astimezone(dt.UTC) for zone in subject.zones)
    if now >= over:
        return None
    args = {"date": subject.promised.isoformat()}
    return Deny("promise", args, _earliest(subject, policy, rules, over, book))


def plausible(number: str) -> bool:
    """Say whether a text can be an E.164 number: plus, 7 to 15 digits, no leading zero, plain ASCII."""
    digits = number[1:]
    return number[:1] == "+" and 7 <= len(digits) <= 15 and digits.isascii() and digits.isdecimal() and digits[0] != "0"


def _earliest(
    subject: Subject, policy: Policy, rules: PurposeRules, moment: dt.datetime, book: WindowBook
) -> dt.datetime | None:
    """Give the first moment from `moment` on that hours and caps both allow, taking it that nothing else happens."""
    limit = moment + HORIZON
    for _ in range(_PATIENCE):
        opening, _until = policy.ask_by(rules, subject.zones, moment, book)
        if opening is None or opening > limit:
            return None
        moment = opening
        reached = _reached(subject, policy, rules, moment)
        if reached is None:
            return moment
        moment = reached[2]
    return moment


def _other_hour(
    subject: Subject, policy: Policy, rules: PurposeRules, now: dt.datetime, book: WindowBook
) -> dt.datetime | None:
    """Give the moment of an open hour that was not tried yet, if this one was; None: this one is as good as any."""
    if not subject.hours or not policy.other_hour or subject.wish:
        return None
    zone = tzinfo(certain_zone(subject.zones, policy.zone))

    def opens(moment: dt.datetime) -> dt.datetime | None:
        return policy.ask_by(rules, subject.zones, moment, book)[0]

    later = other_hour(now, opens, subject.hours, zone)
    return None if later == now else _earliest(subject, policy, rules, later, book)


Reached = tuple[str, dict[str, Any], dt.datetime]
"""A rule that past attempts have used up, what its sentence needs, and from when on it no longer holds."""


def _reached(subject: Subject, policy: Policy, rules: PurposeRules, now: dt.datetime) -> Reached | None:
    """Give the rule that past attempts have used up at `now`, the one that holds longest; None: none has."""
    if not subject.history:
        return None
    last = max((p.ended or p.at for p in subject.history if p.consumed), default=None)
    gap = dt.timedelta(seconds=rules.gap_s)
    if last is not None and now < last + gap:  # also when it lies ahead: nodes' clocks differ a little
        return "too_soon", {"minutes": rules.gap_s // 60}, last + gap
    caps = rules.messages if policy.as_messages and rules.messages is not None else rules.caps
    found = (_used_up(cap, rules, subject, now) for cap in caps)
    return max((one for one in found if one is not None), key=lambda one: one[2], default=None)


def _used_up(cap: Cap, rules: PurposeRules, subject: Subject, now: dt.datetime) -> Reached | None:
    """Whether a cap is used up at `now`, and until when."""
    times = [past.at for past in subject.history if _counted(past, cap, rules)]
    if len(times) < cap.limit:
        return None
    length = cap.period.rolling
    if length is not None:
        within = sorted(at for at in times if at > now - length)
        ends = [within[-cap.limit] + length] if len(within) >= cap.limit else []
    else:
        ends = [
            end
            for start, end in (period(cap.period, zone, now) for zone in subject.zones)
            if sum(start <= at < end for at in times) >= cap.limit
        ]
    return (cap.rule, {"limit": cap.limit}, max(ends)) if ends else None


def _counted(past: Past, cap: Cap, rules: PurposeRules) -> bool:
    if cap.same_purpose and past.purpose != rules.purpose:
        return False
    match cap.counts:
        case Counts.TALK:
            return past.talk and not (past.message and rules.messages is not None)
        case Counts.MESSAGE:
            return past.talk and past.message
        case Counts.UNANSWERED:
            return past.consumed and not past.talk
        case Counts.ATTEMPT:
            return past.called and (past.consumed or past.talk)


def period(kind: Period, zone: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Give the calendar day, week or month (UTC, [start, end)) of a zone that holds `now`."""
    info = tzinfo(zone)
    day = now.astimezone(info).date()
    if kind is Period.DAY:
        first, after = day, day + dt.timedelta(days=1)
    elif kind is Period.WEEK:
        first = day - dt.timedelta(days=day.weekday())
        after = first + dt.timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + dt.timedelta(days=32)).replace(day=1)
    start, end = (dt.datetime.combine(d, dt.time(), info).astimezone(dt.UTC) for d in (first, after))
    return start, end


def history_since(now: dt.datetime) -> dt.datetime:
    """Give the moment from which on attempts can matter to a cap: no month is longer than this, in any zone."""
    return (now - dt.timedelta(days=33)).astimezone(dt.UTC)


def _local_day(subject: Subject, now: dt.datetime) -> dt.date:
    return now.astimezone(tzinfo(min(subject.zones))).date()


def any_suppressed(phones: Iterable[str], stop_list: frozenset[str] | set[str]) -> bool:
    """Say whether a person asked for peace: one listed number of theirs is enough, for it is the person who asked."""
    return not stop_list.isdisjoint(phones)
