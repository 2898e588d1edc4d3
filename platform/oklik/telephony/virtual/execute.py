"""Applications on a leg: the queue of sendmsg, nesting, the lock, and the keys.

FreeSWITCH runs a message that arrives during an application inside it: a second playback interrupts the first, which
goes on afterwards.  With event-lock a message keeps all others out until it is done.  Keys wait in the leg's buffer
until somebody takes them: park and playback swallow them, a collector keeps them, sleep ends at one and leaves it.
"""

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from oklik.telephony.virtual.applications import Application, make

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel

TICK_S = 0.02
ENOUGH_FOR_LOOPS_S = 0.5


class Run:
    """One execution of an application."""

    __slots__ = ("app", "began_us", "data", "locked", "loop", "loops", "name", "uuid")

    def __init__(self, app: Application, name: str, data: str, uuid: str, *, locked: bool, loops: int) -> None:
        self.app = app
        self.name = name
        self.data = data
        self.uuid = uuid
        self.locked = locked
        self.loops = loops
        self.loop = 1
        self.began_us = 0


class Executor:
    """The applications of one leg.  stack: the running ones, the innermost last; park itself is not on it."""

    def __init__(self, leg: "Channel") -> None:
        self.leg = leg
        self.stack: list[Run] = []
        self.inbox: deque[Mapping[str, str]] = deque()
        self.keys: deque[tuple[str, str]] = deque()
        self._due = False
        self._ends_call = False

    # -- messages -------------------------------------------------------------------------------------------

    def deliver(self, message: Mapping[str, str]) -> None:
        """A sendmsg has come in; it is looked at with the next packet."""
        if not self.leg.turned:
            if message.get("call-command") == "hangup":
                self._hangup(message)
                return
            self.inbox.append(message)
            return
        self.inbox.append(message)
        self.look_soon()

    def look_soon(self) -> None:
        """Look at the queue with the next packet."""
        if not self._due:
            self._due = True
            self.leg.core.clock.later(TICK_S, self._look)

    def _look(self) -> None:
        self._due = False
        self.pump()

    def pump(self) -> None:
        """Take messages as long as nothing locks them out."""
        while self.inbox and not self.leg.hung_up and not (self.stack and self.stack[-1].locked):
            message = self.inbox.popleft()
            command = message.get("call-command")
            if command == "hangup":
                self._hangup(message)
            elif command == "execute" and message.get("execute-app-name"):
                self._execute(message)

    def _hangup(self, message: Mapping[str, str]) -> None:
        for run in self.stack:
            run.app.response = run.app.response or "FILE PLAYED"
        self.leg.hangup(message.get("hangup-cause") or "NORMAL_CLEARING", at_once=True)

    def _execute(self, message: Mapping[str, str]) -> None:
        loops = message.get("loops", "1")
        count = int(loops) if loops.lstrip("+-").isdigit() else 0
        if count == 0:
            return
        data = message.get("execute-app-arg") or message.get("_body", "")
        self.run(
            message["execute-app-name"],
            data,
            message.get("event-uuid") or self.leg.core.new_uuid(),
            locked=message.get("event-lock", "").lower() in {"true", "yes", "1", "on", "enabled", "active", "allow"},
            loops=count,
        )

    def run(self, name: str, data: str, uuid: str, *, locked: bool = False, loops: int = 1) -> None:
        """Begin an application; what runs now waits until it is done."""
        leg = self.leg
        app = make(leg, name, data)
        if app is None:
            leg.hangup("DESTINATION_OUT_OF_ORDER", at_once=True)
            return
        if self.stack:
            self.stack[-1].app.pause()
        run = Run(app, name, data, uuid, locked=locked, loops=loops)
        self.stack.append(run)
        self._begin(run)

    def run_and_hang_up(self, name: str, data: str) -> None:
        """Run the application of an originate command; the call ends with it."""
        self._ends_call = True
        self.run(name, data, self.leg.core.new_uuid())

    def _begin(self, run: Run) -> None:
        leg = self.leg
        leg.put("current_application_response", None)
        if leg.parked or not self._ends_call:
            leg.put("current_loop", str(run.loop))
            leg.put("total_loops", str(run.loops))
        leg.put("current_application", run.name)
        leg.put("current_application_data", run.data)
        leg.last_app = (run.name, run.data)
        run.began_us = leg.core.clock.now_us()
        head = {"Application": run.name}
        if run.data:
            head["Application-Data"] = run.data
        leg.fire("CHANNEL_EXECUTE", {**head, "Application-UUID": run.uuid})
        leg.put("current_application", run.name)
        run.app.begin(lambda: self._done(run))

    def _done(self, run: Run) -> None:
        """The application has come to its end (not by hang-up)."""
        leg = self.leg
        if leg.hung_up or not self.stack or self.stack[-1] is not run:
            return
        self.complete(run)
        lasted = (leg.core.clock.now_us() - run.began_us) / 1e6
        if not run.app.broken and (run.loop < run.loops or run.loops < 0) and lasted >= ENOUGH_FOR_LOOPS_S:
            run.loop += 1
            again = make(leg, run.name, run.data)
            assert again is not None
            run.app = again
            self._begin(run)
            return
        leg.put("current_loop", None)
        leg.put("total_loops", None)
        self.stack.pop()
        if self.stack:
            self.stack[-1].app.resume()
        elif self._ends_call and not leg.parked:
            leg.hangup("NORMAL_CLEARING", at_once=True)
            return
        self.pump()
        if not self.stack:
            self._swallow()

    def complete(self, run: Run) -> None:
        """Say that an execution is complete."""
        leg = self.leg
        if run.app.response:
            leg.put("current_application_response", run.app.response)
        head = {"Application": run.name}
        if run.data:
            head["Application-Data"] = run.data
        head["Application-Response"] = leg.get("current_application_response") or "_none_"
        leg.fire("CHANNEL_EXECUTE_COMPLETE", {**head, "Application-UUID": run.uuid})

    # -- park ---------------------------------------------------------------------------------------------------

    def park(self, *, execute: bool = True) -> None:
        """Park the leg: it waits for messages.  execute: by the application (else it comes back from a bridge)."""
        leg = self.leg
        if execute:
            leg.park_uuid = leg.core.new_uuid()
            leg.put("current_application", "park")
            leg.last_app = ("park", "")
            leg.fire("CHANNEL_EXECUTE", {"Application": "park", "Application-UUID": leg.park_uuid})
        leg.parked = True
        leg.fire("CHANNEL_PARK")
        self._swallow()
        if self.inbox and not leg.hung_up:
            self.look_soon()

    def unpark(self) -> None:
        """The leg leaves park: it goes into a bridge, or down."""
        leg = self.leg
        if not leg.parked:
            return
        leg.parked = False
        leg.fire("CHANNEL_UNPARK")
        if leg.park_uuid:
            response = leg.get("current_application_response") or "_none_"
            leg.fire(
                "CHANNEL_EXECUTE_COMPLETE",
                {"Application": "park", "Application-Response": response, "Application-UUID": leg.park_uuid},
            )
            leg.park_uuid = ""

    def stop_all(self, response: str) -> None:
        """End the running applications from the innermost out, with the response playbacks get then."""
        while self.stack:
            run = self.stack.pop()
            run.app.response = run.app.response or response
            run.app.stop("done")
            if not run.app.plays:
                run.app.response = ""
            self.complete(run)

    def wind_down(self) -> None:
        """The leg is hung up."""
        self.inbox.clear()
        self.stop_all("PLAYBACK ERROR")
        self.unpark()

    # -- keys ---------------------------------------------------------------------------------------------------

    def key(self, key: str, source: str) -> None:
        """A key has arrived."""
        self.keys.append((key, source))
        if self.stack:
            self.stack[-1].app.key()
        else:
            self._swallow()

    def take_key(self) -> str | None:
        """Take the next key out of the buffer, with its DTMF event."""
        if not self.keys:
            return None
        key, source = self.keys.popleft()
        self.leg.fire(
            "DTMF",
            {"DTMF-Digit": key, "DTMF-Duration": "960" if source == "RTP" else "2000", "DTMF-Source": source},
            bare=True,
        )
        return key

    def _swallow(self) -> None:
        if self.leg.parked and not self.stack:
            while self.take_key() is not None:
                pass

    # -- break ----------------------------------------------------------------------------------------------------

    def interrupt(self, *, everything: bool) -> None:
        """uuid_break: stop what plays, and with `everything` also what is queued, without events."""
        if everything:
            self.inbox.clear()
        if self.stack:
            self.leg.core.clock.later(TICK_S, self._interrupt, self.stack[-1])

    def _interrupt(self, run: Run) -> None:
        if not self.leg.hung_up and self.stack and self.stack[-1] is run:
            run.app.interrupt()
