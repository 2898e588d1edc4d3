"""The breaker of a trunk: after a storm of faults nothing is called over it, then one call tries, then slowly more.

closed: any number of calls.  open: none, until a moment.  half_open: one call at a time tries the trunk.  ramp: twice
as many calls in each step as in the one before.  What counts as a fault is said from outside (our side or the trunk,
never the person called).  Pure; times are seconds that never run backwards.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """What a trunk may be used for."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    RAMP = "ramp"


@dataclass(frozen=True, slots=True)
class Rules:
    """When it opens and how it comes back.

    It opens when of the last `window` calls that ended within `memory_s`, at least `least`, this share were faults.  It
    stays open for pause_s, twice as long after each probe in vain, at most longest_s; probes: so many good calls in
    half_open begin the ramp, which takes `steps` of step_s, the first with one call.
    """

    window: int = 20
    least: int = 8
    share: float = 0.5
    memory_s: float = 120.0
    pause_s: float = 30.0
    longest_s: float = 600.0
    probes: int = 2
    steps: int = 6
    step_s: float = 5.0


DEFAULT = Rules()
_LEAST_IN_RAMP = 2  # faults; one may be chance


@dataclass(slots=True)
class Breaker:
    """One trunk.  Say sent() of every call, good() when it is seen to work, ended() when it is over."""

    rules: Rules = DEFAULT
    state: State = State.CLOSED
    changed: float = 0.0  # when the state began
    _until: float = 0.0  # of open: when the first probe may go
    _pauses: int = 0  # in a row
    _ended: deque[tuple[float, bool]] = field(default_factory=deque)  # when, was it a fault
    _probing: set[str] = field(default_factory=set)
    _good: int = 0
    _sent: int = 0  # in this step of the ramp
    _step: int = 0
    _step_began: float = 0.0
    _since: dict[str, int] = field(default_factory=dict)  # call -> how often it had opened when it was sent
    _opened: int = 0

    def room(self, now: float) -> int | None:
        """How many calls may be sent now; None: any number."""
        self._advance(now)
        if self.state is State.CLOSED:
            return None
        if self.state is State.OPEN:
            return 0
        if self.state is State.HALF_OPEN:
            return 0 if self._probing else 1
        return max(0, (1 << self._step) - self._sent)

    def next_at(self, now: float) -> float | None:
        """When more may be sent by time alone; None: at any time, or when a probe has ended."""
        self._advance(now)
        if self.state is State.OPEN:
            return self._until
        return self._step_began + self.rules.step_s if self.state is State.RAMP else None

    @property
    def seen(self) -> tuple[int, int]:
        """Calls and faults that count now."""
        return len(self._ended), sum(fault for _, fault in self._ended)

    def sent(self, call: str, now: float) -> None:
        """A call has gone out over the trunk."""
        self._advance(now)
        self._since[call] = self._opened
        if self.state is State.HALF_OPEN:
            self._probing.add(call)
        elif self.state is State.RAMP:
            self._sent += 1

    def good(self, call: str, now: float) -> None:
        """The far end of a call rings or has answered: the trunk works for it."""
        if call in self._probing:
            self._probing.discard(call)
            self._good += 1
            if self._good >= self.rules.probes:
                self._change(State.RAMP, now)
                self._step, self._step_began, self._sent = 0, now, 0
                self._ended.clear()

    def ended(self, call: str, now: float, *, fault: bool | None) -> None:
        """A call is over.  fault: of the trunk or of our side; None: it says nothing about either."""
        self._advance(now)
        opened = self._since.pop(call, -1)
        if call in self._probing:
            if fault:
                self._open(now)
                return
            if fault is None:
                self._probing.discard(call)  # another one tries
            else:
                self.good(call, now)
        if fault is None or opened != self._opened or self.state in {State.OPEN, State.HALF_OPEN}:
            return  # it went out before the storm was noticed: nothing new
        self._ended.append((now, fault))
        if len(self._ended) > self.rules.window:
            self._ended.popleft()
        if fault and self._stormy():
            self._open(now)

    def _stormy(self) -> bool:
        calls, faults = self.seen
        enough = calls >= self.rules.least if self.state is State.CLOSED else faults >= _LEAST_IN_RAMP
        return enough and faults >= calls * self.rules.share

    def _open(self, now: float) -> None:
        pause = min(self.rules.pause_s * 2.0**self._pauses, self.rules.longest_s)
        self._pauses = min(self._pauses + 1, 30)
        self._opened += 1
        self._until = now + pause
        self._good = 0
        self._probing.clear()
        self._ended.clear()
        self._change(State.OPEN, now)

    def _advance(self, now: float) -> None:
        """What time alone does."""
        while self._ended and self._ended[0][0] < now - self.rules.memory_s:
            self._ended.popleft()
        if self.state is State.OPEN and now >= self._until:
            self._change(State.HALF_OPEN, self._until)
        elif self.state is State.RAMP and now >= self._step_began + self.rules.step_s:
            # One step at a time, however long nobody looked: a step in which nothing was called has proved nothing.
            if self._sent:
                self._step += 1
            self._step_began, self._sent = now, 0
            if self._step >= self.rules.steps:
                self._pauses = 0
                self._change(State.CLOSED, now)

    def _change(self, state: State, at: float) -> None:
        self.state, self.changed = state, at
