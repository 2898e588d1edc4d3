"""The switch itself: its legs, listeners, limits, hash store, scheduled commands and the publishing of events.

One Core is one FreeSWITCH: connections hand it commands, legs hand it events.  It does no input or output of its own
but the ledger; sockets are in connection and server, time in clock.
"""

import random
import time
import uuid as uuidlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from oklik.telephony.virtual import VERSION
from oklik.telephony.virtual.callee import FarEnd, Person
from oklik.telephony.virtual.clock import Clock, Timer
from oklik.telephony.virtual.frames import Blocks
from oklik.telephony.virtual.ledger import Ledger
from oklik.telephony.virtual.population import Population
from oklik.telephony.virtual.scripted import Scripted

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel

HEARTBEAT_S = 20.0
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Where in the source an event is fired (file, function, line): real clients see it in every event.
_CALLING: dict[str, tuple[str, str, str]] = {
    "CHANNEL_OUTGOING": ("switch_core_session.c", "switch_core_session_outgoing_channel", "768"),
    "CHANNEL_STATE": ("switch_channel.c", "switch_channel_perform_set_running_state", "2408"),
    "CHANNEL_CALLSTATE": ("switch_channel.c", "switch_channel_perform_set_callstate", "301"),
    "CHANNEL_CREATE": ("switch_core_state_machine.c", "switch_core_session_run", "626"),
    "CHANNEL_ORIGINATE": ("switch_core_state_machine.c", "switch_core_session_run", "632"),
    "CHANNEL_PROGRESS": ("switch_channel.c", "switch_channel_perform_mark_ring_ready_value", "3505"),
    "CHANNEL_PROGRESS_MEDIA": ("switch_channel.c", "switch_channel_perform_mark_pre_answered", "3608"),
    "CHANNEL_ANSWER": ("switch_channel.c", "switch_channel_perform_mark_answered", "3846"),
    "CHANNEL_PARK": ("switch_ivr.c", "switch_ivr_park", "1002"),
    "CHANNEL_UNPARK": ("switch_ivr.c", "switch_ivr_park", "1213"),
    "CHANNEL_EXECUTE": ("switch_core_session.c", "switch_core_session_exec", "2944"),
    "CHANNEL_EXECUTE_COMPLETE": ("switch_core_session.c", "switch_core_session_exec", "2967"),
    "CHANNEL_BRIDGE": ("switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", "1689"),
    "CHANNEL_UNBRIDGE": ("switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", "1879"),
    "CHANNEL_HANGUP": ("switch_channel.c", "switch_channel_perform_hangup", "3483"),
    "CHANNEL_HANGUP_COMPLETE": ("switch_core_state_machine.c", "switch_core_session_reporting_state", "944"),
    "CHANNEL_DESTROY": ("switch_core_session.c", "switch_core_session_perform_destroy", "1606"),
    "RECORD_START": ("switch_ivr_play_say.c", "switch_ivr_record_file_event", "767"),
    "RECORD_STOP": ("switch_ivr_play_say.c", "switch_ivr_record_file_event", "1030"),
    "PLAYBACK_START": ("switch_ivr_play_say.c", "switch_ivr_play_file", "1646"),
    "PLAYBACK_STOP": ("switch_ivr_play_say.c", "switch_ivr_play_file", "2020"),
    "CUSTOM": ("mod_avmd.c", "avmd_fire_event", "700"),
    "DTMF": ("switch_channel.c", "switch_channel_dequeue_dtmf", "677"),
    "BACKGROUND_JOB": ("mod_event_socket.c", "api_exec", "1572"),
    "HEARTBEAT": ("switch_core.c", "send_heartbeat", "95"),
    "SHUTDOWN": ("switch_core.c", "switch_core_destroy", "3000"),
    "CHANNEL_DATA": ("mod_commands.c", "uuid_dump_function", "6418"),
}
EVENT_NAMES = frozenset(_CALLING) - {"CHANNEL_DATA"} | {
    "ALL",
    "CUSTOM",
    "API",
    "RE_SCHEDULE",
    "MODULE_LOAD",
    "MODULE_UNLOAD",
    "CALL_UPDATE",
    "CHANNEL_HOLD",
    "CHANNEL_UNHOLD",
    "CHANNEL_APPLICATION",
    "DETECTED_SPEECH",
    "DETECTED_TONE",
    "MESSAGE",
    "PRESENCE_IN",
    "RECORD_START",
    "RECORD_STOP",
    "LOG",
    "CODEC",
    "CHANNEL_UUID",
    "GENERAL",
    "COMMAND",
    "NOTIFY",
    "TALK",
    "STARTUP",
    "RELOADXML",
    "SESSION_HEARTBEAT",
    "MEDIA_BUG_START",
    "MEDIA_BUG_STOP",
}


class Listener(Protocol):
    """A connection that has subscribed."""

    def wants(self, name: str) -> bool:
        """Is an event of this name for it?"""

    def wants_custom(self, subclass: str) -> bool:
        """Is a CUSTOM event of this subclass for it?"""

    def hear(self, name: str, blocks: Blocks, body: str | None, encoded: dict[str, bytes]) -> None:
        """Take the event; encoded keeps the frames already made, by format."""


class Limits:
    """What the switch refuses: max_sessions, sessions per (real) second, pause."""

    def __init__(self, max_sessions: int, sps: int) -> None:
        self.max_sessions = max_sessions
        self.sps = sps
        self.paused_in = self.paused_out = False
        self.last_sps = self.peak_sps = 0
        self._second = -1
        self._count = 0

    def take(self, live: int, now: float) -> str | None:
        """Count one attempt, refused ones too; the reason if it must not be made."""
        second = int(now)
        if second != self._second:
            self.last_sps = self._count if second == self._second + 1 else 0
            self._second, self._count = second, 0
        self._count += 1
        self.peak_sps = max(self.peak_sps, self._count)
        if self._count >= self.sps:  # as on the real switch: a limit of n lets n - 1 through
            return "sps"
        if live >= self.max_sessions:
            return "max_sessions"
        return None


class Core:
    """One virtual switch.

    seed and population decide what callees do; far_end may be replaced by tests that lead each callee by hand.
    """

    def __init__(
        self,
        clock: Clock,
        population: Population,
        *,
        seed: int = 1,
        ledger: Ledger | None = None,
        max_sessions: int = 5000,
        sps: int = 1000,
        core_uuid: str | None = None,
        lua: bool = True,
    ) -> None:
        self.clock = clock
        self.population = population
        self.seed = seed
        self.ledger = ledger or Ledger(None)
        self.limits = Limits(max_sessions, sps)
        self.core_uuid = core_uuid or str(uuidlib.uuid4())
        self.channels: dict[str, Channel] = {}
        self.listeners: list[Listener] = []
        self.avmd_outbound = True  # the detector of beeps is set for the calls that we make
        self.lua = lua  # mod_lua is loaded
        self.hash: dict[str, str] = {}
        self.dropped_gateways: set[str] = set()
        self.profile = "oklik"  # the SIP profile of the gateways, as it shows in channel names
        self.tasks: dict[int, tuple[str, Timer]] = {}
        self.started_us = clock.now_us()
        self.total_sessions = 0
        self.live_count = 0
        self.peak_sessions = 0
        self.far_end: Callable[[str, str], FarEnd] = self._person
        self._calls: dict[str, int] = {}
        self._returned: dict[str, int] = {}
        self._ids = random.Random(f"{seed}|ids|{self.core_uuid}")  # noqa: S311 - names of jobs, nothing secret
        self._sequence = 0
        self._task = 0
        self._second = -1
        self._dates = ("", "")
        self._place = {
            "Core-UUID": self.core_uuid,
            "FreeSWITCH-Hostname": "virtual",
            "FreeSWITCH-Switchname": "oklik-virtual",
            "FreeSWITCH-IPv4": "127.0.0.1",
            "FreeSWITCH-IPv6": "::1",
        }
        clock.later_real(HEARTBEAT_S, self._heartbeat)

    # -- who lives there ------------------------------------------------------------------------------------

    def _person(self, endpoint: str, number: str) -> FarEnd:
        who = number.lstrip("+")
        n = self._calls.get(who, 0)
        self._calls[who] = n + 1
        rng = random.Random(f"{self.seed}|{who}|{n}")  # noqa: S311 - a game of chance that must repeat
        fate = self.population.fate(endpoint, number, n, rng)
        kind = Person if fate.script is None else Scripted
        return kind(fate, self.population, self.clock, rng)

    def caller(self, number: str) -> FarEnd:
        """Whoever calls us from that number."""
        who = number.lstrip("+")
        n = self._returned.get(who, 0)
        self._returned[who] = n + 1
        rng = random.Random(f"{self.seed}|{who}|returns {n}")  # noqa: S311 - a game of chance that must repeat
        fate = self.population.caller(number, n, rng)
        kind = Person if fate.script is None else Scripted
        return kind(fate, self.population, self.clock, rng)

    def missed(self, leg: "Channel") -> None:
        """A call of ours is over: perhaps the person calls the number back that was shown."""
        far, shown = leg.far, leg.caller_number
        if not isinstance(far, Person) or far.fate.agent or not shown.strip("+0"):
            return
        who = leg.number.lstrip("+")
        rng = random.Random(f"{self.seed}|{who}|missed {self._calls.get(who, 0)}")  # noqa: S311 - as above
        after_s = self.population.returns(far.fate, answered=leg.answered, rng=rng)
        if after_s is not None:
            self.clock.later(after_s, self._call_back, leg.number, shown)

    def _call_back(self, number: str, shown: str) -> None:
        from oklik.telephony.virtual.incoming import call_in

        call_in(self, number, shown)

    def new_uuid(self) -> str:
        """A UUID of the switch's own."""
        return str(uuidlib.UUID(int=self._ids.getrandbits(128), version=4))

    # -- events ---------------------------------------------------------------------------------------------

    def dates(self, us: int) -> tuple[str, str]:
        """`2026-11-22 00:44:14` and the same for a mail header, in UTC."""
        second = us // 1_000_000
        if second != self._second:
            t = time.gmtime(second)
            clock = f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}"
            gmt = f"{_WEEKDAYS[t.tm_wday]}, {t.tm_mday:02} {_MONTHS[t.tm_mon - 1]} {t.tm_year} {clock} GMT"
            self._dates = (f"{t.tm_year}-{t.tm_mon:02}-{t.tm_mday:02} {clock}", gmt)
            self._second = second
        return self._dates

    def head(self, name: str) -> dict[str, str]:
        """The headers every event begins with."""
        us = self.clock.now_us()
        local, gmt = self.dates(us)
        file, function, line = _CALLING[name]
        self._sequence += 1
        return {
            "Event-Name": name,
            **self._place,
            "Event-Date-Local": local,
            "Event-Date-GMT": gmt,
            "Event-Date-Timestamp": str(us),
            "Event-Calling-File": file,
            "Event-Calling-Function": function,
            "Event-Calling-Line-Number": line,
            "Event-Sequence": str(self._sequence),
        }

    def wanted(self, name: str) -> bool:
        """Has anybody subscribed to events of this name?"""
        return any(listener.wants(name) for listener in self.listeners)

    def publish(self, name: str, *blocks: Mapping[str, str], body: str | None = None) -> None:
        """Send an event to those who subscribed; each format is encoded once."""
        takers = [listener for listener in self.listeners if listener.wants(name)]
        if not takers:
            self._sequence += 1
            return
        whole = (self.head(name), *blocks)
        encoded: dict[str, bytes] = {}
        for listener in takers:
            listener.hear(name, whole, body, encoded)

    def publish_custom(self, subclass: str, *blocks: Mapping[str, str]) -> Callable[..., None]:
        """Send a CUSTOM event to those who subscribed to its subclass; gives what sends more of it under one number."""
        head = self.head("CUSTOM")

        def send(*blocks: Mapping[str, str]) -> None:
            encoded: dict[str, bytes] = {}
            for listener in [one for one in self.listeners if one.wants_custom(subclass)]:
                listener.hear("CUSTOM", ({"Event-Subclass": subclass}, head, *blocks), None, encoded)

        send(*blocks)
        return send

    # -- state ----------------------------------------------------------------------------------------------

    def add(self, channel: "Channel") -> int:
        """Take a new leg in; its session number."""
        self.channels[channel.uuid] = channel
        self.total_sessions += 1
        self.live_count += 1
        self.peak_sessions = max(self.peak_sessions, len(self.channels))
        return self.total_sessions

    def live(self, uuid: str) -> "Channel | None":
        """The leg, unless it is gone or going."""
        channel = self.channels.get(uuid)
        return None if channel is None or channel.hung_up else channel

    def schedule(self, seconds: float, group: str, run: Callable[[], None]) -> int:
        """Run once after so many real seconds; the task's id."""
        self._task += 1
        number = self._task

        def fire() -> None:
            self.tasks.pop(number, None)
            run()

        self.tasks[number] = (group, self.clock.later_real(seconds, fire))
        return number

    def unschedule(self, what: str) -> int:
        """Drop tasks by id or group; how many."""
        ids = [n for n, (group, _) in self.tasks.items() if what in (group, str(n))]
        for n in ids:
            self.tasks.pop(n)[1].cancel()
        return len(ids)

    def uptime(self) -> str:
        """As status and HEARTBEAT spell it."""
        us = self.clock.now_us() - self.started_us
        seconds, micro = divmod(us, 1_000_000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        years, days = divmod(days, 365)
        return (
            f"{years} year{'' if years == 1 else 's'}, {days} day{'' if days == 1 else 's'}, "
            f"{hours} hour{'' if hours == 1 else 's'}, {minutes} minute{'' if minutes == 1 else 's'}, "
            f"{seconds} second{'' if seconds == 1 else 's'}, {micro // 1000} "
            f"millisecond{'' if micro // 1000 == 1 else 's'}, {micro % 1000} "
            f"microsecond{'' if micro % 1000 == 1 else 's'}"
        )

    def _heartbeat(self) -> None:
        self.clock.later_real(HEARTBEAT_S, self._heartbeat)
        limits = self.limits
        self.publish(
            "HEARTBEAT",
            {
                "Event-Info": "System Ready",
                "Up-Time": self.uptime(),
                "FreeSWITCH-Version": VERSION,
                "Uptime-msec": str((self.clock.now_us() - self.started_us) // 1000),
                "Session-Count": str(len(self.channels)),
                "Max-Sessions": str(limits.max_sessions),
                "Session-Per-Sec": str(limits.sps),
                "Session-Per-Sec-Last": str(limits.last_sps),
                "Session-Per-Sec-Max": str(limits.peak_sps),
                "Session-Per-Sec-FiveMin": str(limits.peak_sps),
                "Session-Since-Startup": str(self.total_sessions),
                "Session-Peak-Max": str(self.peak_sessions),
                "Session-Peak-FiveMin": str(self.peak_sessions),
                "Idle-CPU": "96.100000",
            },
        )
