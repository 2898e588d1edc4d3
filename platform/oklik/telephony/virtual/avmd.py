"""The switch's detector of answering machines' beeps (mod_avmd), on one leg.

Texts and events are those of FreeSWITCH 1.10.12: every event comes twice under one number, the second time with the
data of the channel; a beep is told once; listening goes on until it is stopped.
"""

from typing import TYPE_CHECKING

from oklik.telephony.virtual import headers

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel
    from oklik.telephony.virtual.core import Core

TICK_S = 0.02
HEARS_AFTER_S = 0.05  # into the beep; 0.03 to 0.08 s were seen
USAGE = "-USAGE: <uuid> < start | stop | set [inbound|outbound|default] | load [inbound|outbound] | reload | show >\n\n"


def command(core: "Core", argument: str) -> str:
    """Answer the api command `avmd`."""
    first, _, rest = argument.partition(" ")
    if first == "set":
        if rest not in {"inbound", "outbound"}:
            return f"-ERR, bad command!\n{USAGE}"
        core.avmd_outbound = rest == "outbound"
        return f"+OK\n {rest} XML configuration loaded\n\n"
    leg = core.live(first)
    if leg is None:
        return f"-ERR, no FreeSWITCH session for uuid [{first}]!\n{USAGE}"
    return leg.avmd.command(rest.strip())


class Avmd:
    """The detector of a leg; switched off until it is started."""

    def __init__(self, leg: "Channel") -> None:
        self._leg = leg
        self._began_us: int | None = None
        self._beeped = self._hears = False

    def command(self, verb: str, *, hears: bool = False) -> str:
        """Answer `avmd UUID start` and `stop`.  hears: begun by the application; what the api begins is deaf."""
        leg = self._leg
        whom = f" [{leg.uuid}] [{leg.name}]"
        if verb == "start":
            if not leg.core.avmd_outbound:
                return (
                    f"-ERR, can't set direction for channel [{leg.name}]\n for FreeSWITCH session [{leg.uuid}]. "
                    f"Please check avmd configuration\n\n+ERR\n{whom} NOT started!\n\n"
                )
            if self._began_us is not None:
                return f"-ERR, avmd for FreeSWITCH session [{leg.uuid}]\n already started\n\n"
            self._began_us, self._beeped, self._hears = leg.core.clock.now_us(), False, hears
            self._tell("avmd::start", {"Start-time": str(self._began_us)})
            return f"+OK\n{whom} started!\n\n"
        if verb == "stop":
            if self._began_us is None:
                return f"+ERR, avmd has not yet been started on\n{whom}\n\n"
            self._began_us = None
            self._tell("avmd::stop", {"Beep-Status": "DETECTED" if self._beeped else "NOTDETECTED"})
            return f"+OK\n{whom} stopped\n\n"
        return f"-ERR, bad command!\n{USAGE}"

    def tone(self, hertz: int) -> None:
        """A tone begins at the far end."""
        self._leg.core.clock.later(HEARS_AFTER_S, self._heard, hertz)

    def _heard(self, hertz: int) -> None:
        leg, began_us = self._leg, self._began_us
        if began_us is None or not self._hears or self._beeped or leg.hung_up:
            return
        self._beeped = True
        lasted_us = leg.core.clock.now_us() - began_us
        leg.put("avmd_total_time", f"[{lasted_us // 1000}]")
        leg.put("avmd_detect", "TRUE")
        self._tell(
            "avmd::beep",
            {
                "Beep-Status": "DETECTED",
                "Frequency": f"{hertz:f}",
                "Frequency-variance": "0.000048",
                "Amplitude": "16956.014407",
                "Amplitude-variance": "14364.641184",
                "Detection-time": str(lasted_us),
                "Detector-resolution": "1",
                "Detector-offset": "0",
                "Detector-index": "0",
            },
        )

    def _tell(self, subclass: str, what: dict[str, str]) -> None:
        leg = self._leg
        bare = {"Unique-ID": leg.uuid, "Call-command": "avmd", **what}
        again = leg.core.publish_custom(subclass, bare)
        # the copy for the leg itself is dressed with its data, a packet later
        leg.core.clock.later(TICK_S, lambda: again(bare, headers.channel_block(leg), leg.variables))
