"""One instruction on a live leg, from its start to its end, with a deadline."""

from oklik.telephony.port import Call, Refused, Result, Stopped, SwitchInstruction, Ticket, WaitTimeout
from oklik.worker.host import Failure, Host
from oklik.worker.machine import Watch

# Real seconds over what a step should take before the leg is taken for dead.  The driver looks for an answer of which
# no word has come within 15 s; who waits no longer than that gives up on people who have answered.
SLACK_S = 20.0
DOUBT_S = 1.5  # real seconds over it before the switch is asked: the word that it is over may have been lost


def carry_out(
    host: Host, call: Call, instruction: SwitchInstruction, seconds: float, watch: Watch | None = None
) -> Result:
    """Start it and wait for its end.  seconds: what it should take, of campaign time.

    watch: who may break it off, because a machine has taken the call.
    Raises Failure when the switch did not do it though the leg is there, SwitchLost, CallGone, MachineAnswered.
    """
    ticket = call.start(instruction)
    if watch is not None:
        watch.says(ticket)
    try:
        result = outcome(ticket, host.clock.real_s(seconds))
    except WaitTimeout:
        raise Failure(f"{type(instruction).__name__} did not end in its time") from None
    if watch is not None:
        watch.look()
    if isinstance(result, Refused):
        raise Failure(f"the switch refused {type(instruction).__name__}: {result.reason}")
    if isinstance(result, Stopped) and not result.gone:
        raise Failure(f"{type(instruction).__name__} was stopped by somebody else")
    return result


def outcome(ticket: Ticket, seconds: float) -> Result:
    """Wait for the end of what should take so many real seconds; the switch is asked where no word of it comes.

    Raises WaitTimeout, SwitchLost.
    """
    try:
        return ticket.wait(seconds + DOUBT_S)
    except WaitTimeout:
        ticket.ask()
        return ticket.wait(SLACK_S - DOUBT_S)
