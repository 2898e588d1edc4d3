"""What became of an attempt as a whole, and of a contact after several: two precedence tables.

An unanswered leg goes to causes.py.  An answered one is judged by what happened in the scenario, summed up in a
CallSummary by whoever ran the call (campaigns/facts.py makes one from the scenario's facts).  A contact is told by
one of its attempts (TELLING, telling).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from oklik.dialing.causes import unanswered
from oklik.dialing.machines import DEFAULT, NO_SIGNS, MachinePolicy, Signs, is_machine
from oklik.dialing.vocabulary import Disposition

# What several attempts of a contact came to in all is told by one of them: that of the first of these levels; within a
# level the latest.  What was said in a talk is not undone by a later call that nobody answers.
TELLING: tuple[frozenset[Disposition], ...] = (
    frozenset({Disposition.OPTED_OUT}),
    frozenset({Disposition.TRANSFERRED, Disposition.COMPLETED, Disposition.DELIVERED, Disposition.DECLINED}),
    frozenset({Disposition.PARTIAL, Disposition.NO_AGENT, Disposition.ABANDONED, Disposition.CALL_LATER}),
    frozenset({Disposition.WRONG_PERSON, Disposition.NO_INPUT, Disposition.HUNG_UP}),
    frozenset({Disposition.MACHINE, Disposition.UNKNOWN}),
    frozenset(
        {
            Disposition.BUSY,
            Disposition.NO_ANSWER,
            Disposition.REJECTED,
            Disposition.UNREACHABLE,
            Disposition.INVALID_NUMBER,
        }
    ),
    frozenset({Disposition.LINE_FAULT, Disposition.CANCELLED}),  # it was us, not the person
    frozenset({Disposition.NOT_SENT}),
)
LEVEL: dict[Disposition, int] = {one: level for level, ones in enumerate(TELLING) for one in ones}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """A finished call of a person, whatever came of it.

    cause .. talk_s: as telephony.port.CallEnded has them; hangup_by: person, us, switch, unknown.
    ended_reason: reason of the scenario's Ended fact, None if the scenario never ended by itself.
    answers: questions answered.  message_heard: the marked message was heard to its end; heard_percent: how much of
    it, None if it never began.  right_party: None, confirmed, other or wrong_number.  transfer: None, waiting
    (agents were being rung), talked, no_agent, failed, left (would not wait).  signs: of who was at the phone.
    cancelled: we gave the call up.
    call_later_s: the person asked to be called so many seconds after the end; None: did not ask.
    promised: by when the person has promised to pay, and how much ("" if that was not asked).
    fault: our own failure during the call, in a few words.
    line_works: for others than this contact, at that time (line_faults.Witness); None: nobody knows.
    """

    cause: str = "NORMAL_CLEARING"
    q850: int = 0
    sip_status: int = 0
    hangup_by: str = "unknown"
    channel: bool = True
    sent: bool = True
    answered: bool = False
    ring_s: float = 0.0
    talk_s: float = 0.0
    ended_reason: str | None = None
    answers: int = 0
    message_heard: bool = False
    heard_percent: int | None = None
    right_party: str | None = None
    transfer: str | None = None
    opted_out: bool = False
    call_later_s: int | None = None
    signs: Signs = NO_SIGNS
    cancelled: bool = False
    fault: str | None = None
    line_works: bool | None = None
    promised: tuple[dt.date, str] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """disposition; talk: the person was spoken to (counts for caps on talks); consumed: it counts as an attempt.

    wrong_number: nobody there knows the person, so this number must not be dialed for them again.
    """

    disposition: Disposition
    talk: bool
    consumed: bool
    wrong_number: bool = False


def telling(closed: Sequence[Disposition]) -> int:
    """Give the index of the attempt that tells what became of a contact.

    closed: its closed attempts' dispositions, oldest first, at least one.  Reports choose by the same table (LEVEL).
    """
    return min(range(len(closed)), key=lambda index: (LEVEL[closed[index]], -index))


def judge_call(call: CallSummary, machines: MachinePolicy = DEFAULT) -> Judgement:
    """Decide disposition, talk and consumed of a finished call.  machines: the campaign's way with them.

    Precedence of an answered call: opted_out, machine, transferred, wrong_person, call_later, completed, declined,
    abandoned/no_agent, delivered, partial, line_fault (our failure before anything was heard), no_input, hung_up.
    """
    if not call.answered:
        disposition = unanswered(
            call.cause, q850=call.q850, sip_status=call.sip_status, channel=call.channel, sent=call.sent
        )
        if disposition is Disposition.NO_ANSWER and call.cancelled:
            disposition = Disposition.CANCELLED
        elif disposition is Disposition.NO_ANSWER and _announced(call.signs, machines):
            disposition = Disposition.UNREACHABLE
        # Nobody can say whether an unknown call was answered: for the caps it counts as a talk.
        return Judgement(
            disposition,
            talk=disposition is Disposition.UNKNOWN,
            consumed=disposition not in {Disposition.NOT_SENT, Disposition.LINE_FAULT},
        )
    disposition = _answered(call, machines)
    return Judgement(
        disposition,
        talk=_is_talk(call, disposition, machines),
        consumed=True,
        wrong_number=disposition is Disposition.WRONG_PERSON and call.right_party == "wrong_number",
    )


def _announced(signs: Signs, machines: MachinePolicy) -> bool:
    """Say whether it was told before the answer, in place of ringing, that the person cannot be had."""
    return machines.early_unreachable and signs.early and not signs.rang


def _answered(call: CallSummary, machines: MachinePolicy) -> Disposition:
    reason = call.ended_reason
    table = (
        (call.opted_out or reason == "opted_out", Disposition.OPTED_OUT),
        (is_machine(call.signs, machines), Disposition.MACHINE),
        (call.transfer == "talked", Disposition.TRANSFERRED),
        (call.right_party in {"other", "wrong_number"} or reason == "wrong_person", Disposition.WRONG_PERSON),
        (call.call_later_s is not None, Disposition.CALL_LATER),
        (reason == "completed", Disposition.COMPLETED),
        (reason == "declined", Disposition.DECLINED),
        (call.transfer == "waiting", Disposition.ABANDONED),
        (reason == "no_agent" or call.transfer in {"no_agent", "failed", "left"}, Disposition.NO_AGENT),
        (call.message_heard, Disposition.DELIVERED),
        (call.answers > 0, Disposition.PARTIAL),
        (call.cause == "LOST", Disposition.UNKNOWN),
        (call.fault is not None, Disposition.LINE_FAULT),
        (reason == "no_input", Disposition.NO_INPUT),
        (call.cancelled, Disposition.CANCELLED),
    )
    return next((disposition for holds, disposition in table if holds), Disposition.HUNG_UP)


def _is_talk(call: CallSummary, disposition: Disposition, machines: MachinePolicy) -> bool:
    """Say whether the person was spoken to.

    Any answer by a human counts, however short, unless it turned out that somebody else was there.  Not a talk: a
    machine that beeped, a wrong person, and an answer of less than a second (MachinePolicy.false_answer_s) in which
    nothing happened.  Who merely pressed no key may have listened: for the caps that is a talk.
    """
    if disposition is Disposition.MACHINE:
        return not call.signs.beeped
    if disposition is Disposition.WRONG_PERSON:
        return False
    nothing = not (call.answers or call.message_heard or call.right_party or call.transfer or call.opted_out)
    nothing = nothing and call.call_later_s is None
    return not (nothing and call.talk_s < machines.false_answer_s and disposition is Disposition.HUNG_UP)
