"""A switch with people behind it, for tests: calls them by role, cuts the line, leaves nothing behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from uuid import uuid4

from gevent.queue import Queue

import oklik
from oklik.telephony.freeswitch import FreeSwitch, connect
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.port import Answer, CallEnded, CallEvent, Dial, Offer
from support.callers import call_us
from support.patience import LONG_S
from support.proxy import Proxy

# The same people as in tests/live/callees.xml and, from 71 on, keys.xml.
POPULATION = """
lines: {missing: ["nosuch*"], refused: ["forbidden"]}
personas: {calm: {share: 1}}
numbers:
  "*00": {outcome: busy, ring_s: 0.1}
  "*01": {outcome: no_answer}
  "*02": {outcome: invalid, sip: 404, ring_s: 0.1}
  "*03": {outcome: line_fault, sip: 503, ring_s: 0.1}
  "*04": {outcome: unreachable, sip: 480, ring_s: 0.1}
  "*05": {outcome: answer, ring_s: 0.3, leaves_s: 3}
  "*06": {outcome: answer, ring_s: 0.3, presses: [{at_s: 3, key: "1"}, {at_s: 6, key: "1"}, {at_s: 9, key: "1"},
          {at_s: 12, key: "1"}, {at_s: 15, key: "1"}, {at_s: 18, key: "1"}]}
  "*61": {outcome: answer, ring_s: 0.3, presses: [{at_s: 3, key: "1"}, {at_s: 3.1, key: "5"}]}
  "*71": {outcome: answer, ring_s: 0.3, presses: [{at_s: 2, key: "5"}, {at_s: 6, key: "#"}]}
  "*72": {outcome: answer, ring_s: 0.3, keys_by: info, presses: [{at_s: 2, key: "5"}, {at_s: 6, key: "#"}]}
  "*73": {outcome: answer, ring_s: 0.3, keys_by: inband, presses: [{at_s: 2, key: "5"}, {at_s: 6, key: "#"}]}
  "*74": {outcome: answer, ring_s: 0.3, keys_by: both, presses: [{at_s: 2, key: "5"}, {at_s: 6, key: "#"}]}
  "*07": {outcome: rejected, sip: 603, ring_s: 0.1}
  "*08": {outcome: answer, ring_s: 0.3, keys: ["-"]}
  "*09": {outcome: machine, ring_s: 0.3, beep_s: 4.5, leaves_s: 20}
  "*10": {outcome: answer, ring_s: 3}
  "*99": {returns_patience_s: 1}
  "*50": {outcome: answer, ring_s: 0.3, talk_s: 3600}
  "*51": {outcome: answer, ring_s: 0.3, leaves_s: 4, talk_s: 3600}
"""
PASSWORD = "a-password-of-the-tests"


@contextmanager
def virtual_process(folder: Path, speed: float, *more: str) -> Iterator[dict[str, object]]:
    """A virtual switch with these people; where it listens (host, port).  more: options of its command."""
    (folder / "people.yaml").write_text(POPULATION)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "oklik.telephony.virtual", "--listen", "127.0.0.1:0"),
            *("--speed", str(speed), "--population", str(folder / "people.yaml"), "--with-parent"),
            *more,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "OKLIK_SWITCH_PASSWORD": PASSWORD,
            "PYTHONPATH": str(Path(oklik.__file__).parents[1]),
        },
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(LONG_S)
        process.stdout.close()


class Lab:
    """A connected switch.  dial, agent: endpoints with {} for a role; speed: campaign seconds in a real one."""

    def __init__(
        self, host: str, port: int, password: str, *, dial: str, agent: str, speed: float, script: bool = True
    ) -> None:
        """script: False has the driver behave as if the switch had no guard script."""
        self.password = password
        self._script = script
        self.speed = speed
        self.slack = 0.4 * speed  # campaign seconds that a busy machine may take away
        self.proxy = Proxy(host, port)
        self.node = f"t{uuid4().hex[:12]}"
        self._dial, self._agent = dial, agent
        self._switches: list[FreeSwitch] = []
        self._callers: list[subprocess.Popen[bytes]] = []
        self._folder = Path(mkdtemp(prefix="oklik-callers-"))
        self.switch = self.connect()

    def connect(self, *, node: str | None = None, epoch: int = 1) -> FreeSwitch:
        """Another dialer on the same switch, or the same node's next owner."""
        where = (self.proxy.host, self.proxy.port, self.password)
        switch = connect(*where, node=node or self.node, epoch=epoch, roots=["/"], script=self._script)
        self._switches.append(switch)
        return switch

    def real(self, seconds: float) -> float:
        """Campaign seconds in real ones."""
        return seconds / self.speed

    def dial(self, role: str, *, ring_s: int = 30, max_s: int = 60, agent: bool = False, uuid: str = "") -> FsCall:
        """Call the one whose number ends so."""
        endpoint = (self._agent if agent else self._dial).format(role)
        return self.switch.originate(
            Dial(uuid=uuid or str(uuid4()), endpoint=endpoint, caller_id="+74950000000", ring_s=ring_s, max_s=max_s)
        )

    def call_in(self, role: str, *, dialed: str = "74950000001") -> str:
        """The one whose number ends so calls us; the number."""
        number = f"7916000{role}"
        if self.switch.virtual:
            assert self.switch._up().ask(f"api virtual_call {number} {dialed}\n\n".encode()).ok
        else:
            self._callers.append(call_us(self._folder, number, dialed))
        return number

    def offers(self, switch: FreeSwitch | None = None) -> "Queue[Offer]":
        """Where the calls to us arrive from now on."""
        queue: Queue[Offer] = Queue()
        (switch or self.switch).on_inbound(queue.put)
        return queue

    def answered(self, role: str, **options: bool) -> FsCall:
        """Call and wait for the answer."""
        call = self.dial(role, **options)
        assert isinstance(until_last(call)[-1], Answer)
        return call

    def stop(self) -> None:
        """Leave nothing behind."""
        for switch in self._switches:
            for call in list(switch._calls.values()):
                if switch.connected:
                    call.hangup()
            switch.close()
        self.proxy.stop()
        for process in self._callers:
            process.kill()
            process.wait()
        rmtree(self._folder)


def until_last(call: FsCall, deadline_s: float = LONG_S) -> list[CallEvent]:
    """The call's events up to the answer or the end."""
    seen: list[CallEvent] = []
    while not seen or not isinstance(seen[-1], Answer | CallEnded):
        seen.append(call.wait(deadline_s))
    return seen


def the_end(call: FsCall, deadline_s: float = LONG_S) -> CallEnded:
    """The last event of the call, whatever comes before it."""
    while True:
        event = call.wait(deadline_s)
        if isinstance(event, CallEnded):
            return event
