"""Two legs joined by uuid_bridge, and how they part.

One CHANNEL_BRIDGE is fired, on the first leg, two packets after the answer to the command.  When the second leg
goes, the first one is parked again (park_after_bridge) or hung up; when the first goes, the second is hung up.
A bridge with a leg that still rings kills both.
"""

from typing import TYPE_CHECKING

from oklik.telephony.virtual.execute import TICK_S

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel
    from oklik.telephony.virtual.core import Core


class Bridge:
    """A pair of legs; up from CHANNEL_BRIDGE to the first parting."""

    def __init__(self, first: "Channel", second: "Channel") -> None:
        self.first = first
        self.second = second
        self.up = False
        self._over = False

    def other(self, leg: "Channel") -> "Channel":
        """The other leg."""
        return self.second if leg is self.first else self.first

    def begin(self) -> None:
        """Both leave what they do."""
        if self.first.hung_up or self.second.hung_up:
            self._drop()
            return
        for leg in (self.second, self.first):
            leg.executor.stop_all("PLAYBACK ERROR")
            leg.executor.unpark()
            leg.profile_index += 1
            leg.profile_us = leg.core.clock.now_us()
        self.first.transfer_source = (
            f"{self.first.profile_us // 1_000_000}:{self.first.core.new_uuid()}:uuid_br:{self.second.uuid}"
        )
        self.first.core.clock.later(TICK_S, self._join)

    def _join(self) -> None:
        first, second = self.first, self.second
        if first.hung_up or second.hung_up:
            self._drop()
            return
        self.up = True
        first.state, first.state_number = "CS_SOFT_EXECUTE", "3"
        second.state, second.state_number = "CS_EXCHANGE_MEDIA", "5"
        first.bridged_us = second.bridged_us = first.core.clock.now_us()
        for leg in (first, second):
            leg.put("bridge_uuid", self.other(leg).uuid)
            leg.put("last_bridge_to", self.other(leg).uuid)
            leg.put("bridge_channel", self.other(leg).name)
        first.fire("CHANNEL_BRIDGE", self._other_block(first), first=self._ids())
        if first.far is not None and second.far is not None:
            second.far.joined(first.far)
            first.far.joined(second.far)

    def _ids(self) -> dict[str, str]:
        return {"Bridge-A-Unique-ID": self.first.uuid, "Bridge-B-Unique-ID": self.second.uuid}

    def _other_block(self, leg: "Channel") -> dict[str, str]:
        out = {"Other-Type": "originatee", "Other-Leg-Direction": "outbound", "Other-Leg-Logical-Direction": "inbound"}
        self.other(leg).caller_block("Other-Leg", out)
        return out

    def _drop(self) -> None:
        for leg in (self.first, self.second):
            leg.bridge = None
            if not leg.hung_up:
                leg.hangup("NORMAL_CLEARING")

    def left(self, gone: "Channel") -> None:
        """One of the two has gone down (called once its applications are ended)."""
        if self._over or not self.up:
            self._over = True
            return
        self._over = True
        other = self.other(gone)
        other.put("last_bridge_hangup_cause", gone.cause)
        gone.put("last_bridge_hangup_cause", gone.cause)
        if other.far is not None:
            other.far.alone()
        if gone is self.first:
            self._unbridge(gone)
            gone.core.clock.later(0, self._second_ends)
        else:
            gone.core.clock.later(TICK_S, self._first_returns)

    def _unbridge(self, leg: "Channel") -> None:
        leg.fire("CHANNEL_UNBRIDGE", self._other_block(leg), first=self._ids())
        self.up = False
        leg.put("bridge_uuid", None)

    def _second_ends(self) -> None:
        self.second.hangup("NORMAL_CLEARING", at_once=True)

    def _first_returns(self) -> None:
        leg = self.first
        if leg.hung_up:
            return
        self._unbridge(leg)
        leg.bridge = None
        if leg.get("park_after_bridge") == "true" and leg.get("hangup_after_bridge") != "true":
            leg.state, leg.state_number = "CS_EXECUTE", "4"
            leg.executor.park(execute=False)
        else:
            leg.hangup("NORMAL_CLEARING", at_once=True)


def uuid_bridge(core: "Core", first: str, second: str) -> bool:
    """Join two legs; False if one of them is not there.  Does not mind that one still rings: then both are killed."""
    a, b = core.live(first), core.live(second)
    if a is None or b is None or a is b:
        return False
    if not (a.dialplan and b.dialplan and a.answered and b.answered):
        core.clock.later(TICK_S, _kill_both, a, b)
        return True
    if a.bridge is not None or b.bridge is not None:
        for leg in (a, b):
            if leg.bridge is not None and leg.bridge.up:
                leg.bridge.left(leg)
    a.bridge = b.bridge = bridge = Bridge(a, b)
    core.clock.later(TICK_S, bridge.begin)
    return True


def _kill_both(a: "Channel", b: "Channel") -> None:
    for leg in (a, b):
        if (told := leg.on_end) is not None:
            leg.on_up = leg.on_end = None
            told("ORIGINATOR_CANCEL")
    for leg in (b, a):
        leg.hangup("ORIGINATOR_CANCEL" if leg.answered else "DESTINATION_OUT_OF_ORDER")
