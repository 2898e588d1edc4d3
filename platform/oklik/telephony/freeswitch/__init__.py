"""The FreeSWITCH driver: the port's Switch over the event socket.  The virtual switch is reached the same way."""

from oklik.telephony.freeswitch.driver import FreeSwitch, connect
from oklik.telephony.freeswitch.guards import Replaced

__all__ = ["FreeSwitch", "Replaced", "connect"]
