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
        for leg, kind in ((self.second, "originator"), (self.first, "originatee")):
            other = self.other(leg)
            _link(leg, other, kind)
            leg.put("bridge_channel", other.name)
            leg.put("bridge_uuid", other.uuid)
            leg.put("signal_bond", other.uuid)
            leg.executor.stop_all("PLAYBACK ERROR")
            leg.executor.unpark()
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
        first.fire("CHANNEL_BRIDGE", first=self._ids())
        for leg in (first, second):
            leg.put("last_bridge_to", self.other(leg).uuid)
            leg.put("bridge_channel", self.other(leg).name)
            leg.put("bridge_uuid", self.other(leg).uuid)
            leg.put("signal_bond", self.other(leg).uuid)
        if first.far is not None and second.far is not None:
            first.far.quiet()
            second.far.quiet()
            second.far.joined(first.far)
            first.far.joined(second.far)

    def _ids(self) -> dict[str, str]:
        return {"Bridge-A-Unique-ID": self.first.uuid, "Bridge-B-Unique-ID": self.second.uuid}

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
        if other.far is not None:
            other.far.alone()
        if gone is self.first:
            self._unbridge(gone)
            gone.core.clock.later(0, self._second_ends)
        else:
            gone.core.clock.later(TICK_S, self._first_returns)

    def _unbridge(self, leg: "Channel") -> None:
        leg.put("bridge_hangup_cause", self.other(leg).cause or leg.cause)
        leg.fire("CHANNEL_UNBRIDGE", first=self._ids())
        self.up = False

    def _second_ends(self) -> None:
        self.second.hangup("NORMAL_CLEARING", at_once=True)

    def _first_returns(self) -> None:
        leg = self.first
        if leg.hung_up:
            return
        self._unbridge(leg)
        leg.bridge = None
        if leg.get("park_after_bridge") == "true" and leg.get("hangup_after_bridge") != "true":
            leg.state, leg.state_number = "CS_PARK", "6"
            leg.executor.park(execute=False)
        else:
            leg.state = "CS_EXECUTE"
            leg.hangup("NORMAL_CLEARING", at_once=True)


def _link(leg: "Channel", other: "Channel", kind: str) -> None:
    """From here on the events of `leg` name the other one: its originator or originatee."""
    leg.profile_index += 1
    leg.profile_us = leg.core.clock.now_us()
    leg.transfer_source = f"{leg.profile_us // 1_000_000}:{leg.core.new_uuid()}:uuid_br:{other.uuid}"
    leg.state_number = "8"
    leg.partner = (kind, other)
    if kind == "originator":
        leg.shown_number = other.shown_number
        leg.dialplan = False
    else:
        leg.shown_callee = other.shown_callee


def uuid_bridge(core: "Core", first: str, second: str) -> bool:
    """Join two legs; False if one of them is not there.  Does not mind that one still rings: then both are killed."""
    a, b = core.live(first), core.live(second)
    if a is None or b is None or a is b:
        return False
    if not (a.turned and b.turned and a.answered and b.answered):
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
    _link(b, a, "originator")
    _link(a, b, "originatee")
    for leg, other in ((b, a), (a, b)):
        if leg.answered:
            leg.put("last_bridge_hangup_cause", other.cause)
        leg.hangup("ORIGINATOR_CANCEL" if leg.answered else "DESTINATION_OUT_OF_ORDER")
