"""Calls to us: who calls back, and the dialplan that lets him ring until a dialer takes him.

As freeswitch-conf/dialplan/inbound.xml: ring, a timer, park; when the timer comes first, a polite sentence and the end.
The timer is in real seconds, as it measures the dialer; so the caller's patience is that of the dialplan.
"""

from typing import TYPE_CHECKING

from oklik.telephony.virtual import sofia
from oklik.telephony.virtual.channel import TICK_S, Channel

if TYPE_CHECKING:
    from oklik.telephony.virtual.core import Core

WAIT_S = 20.0  # oklik_wait_s of freeswitch-conf/vars.xml
SORRY_S = 8.0


def call_in(core: "Core", number: str, dialed: str) -> Channel:
    """Somebody calls one of our numbers; the leg rings and waits."""
    far = core.caller(number)
    leg = Channel(
        core,
        core.new_uuid(),
        name=f"sofia/{core.profile}/{number}@{sofia.CARRIER}",
        number=dialed,
        sip=True,
        far=far,
        caller=(number, number),
        inbound=True,
    )
    core.ledger.write("inbound", core.clock.now_us(), leg.uuid, number=number, dialed=dialed)
    for name, value in (
        ("direction", "inbound"),
        ("uuid", leg.uuid),
        ("session_id", str(leg.session_number)),
        ("sip_from_user", number),
        ("sip_req_user", dialed),
        ("sip_to_user", dialed),
        ("channel_name", leg.name),
        ("call_uuid", leg.uuid),
    ):
        leg.put(name, value)
    leg.variables.update(sofia.network())
    leg.fire("CHANNEL_CREATE")
    leg.enter_state("CS_ROUTING", "2")
    far.calls(leg)
    core.clock.later(TICK_S, _wait, leg)
    return leg


def _wait(leg: Channel) -> None:
    """The dialplan's context `inbound`."""
    if leg.hung_up:
        return
    leg.state, leg.state_number = "CS_EXECUTE", "4"
    leg.dialplan = leg.turned = True
    leg.put("oklik_inbound", "waiting")
    leg.progress_us = leg.core.clock.now_us()
    leg.fire("CHANNEL_PROGRESS")
    leg.enter_call_state("RINGING")
    leg.core.schedule(WAIT_S, leg.uuid, lambda: _nobody(leg))
    leg.executor.park()


def _nobody(leg: Channel) -> None:
    """The dialplan's context `nobody`."""
    if leg.hung_up:
        return
    leg.put("oklik_inbound", "nobody")
    leg.executor.unpark()
    leg.pick_up()
    leg.set_limit(SORRY_S, leg.hangup, "NORMAL_CLEARING")
