"""The breaker: it opens on storms and on nothing less, lets one call try, and comes back slowly."""

from collections import deque

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from oklik.dialing.breaker import DEFAULT, Breaker, Rules, State


def call(breaker: Breaker, name: str, now: float, *, fault: bool | None) -> None:
    breaker.sent(name, now)
    breaker.ended(name, now, fault=fault)


def storm(breaker: Breaker, now: float = 0.0) -> None:
    for n in range(20):
        if breaker.room(now) is not None:
            return
        call(breaker, f"storm {now} {n}", now, fault=True)
    raise AssertionError("it did not open")


def test_a_storm_opens_it_and_nothing_goes_until_its_time() -> None:
    breaker = Breaker()
    storm(breaker)
    assert breaker.state is State.OPEN
    assert breaker.next_at(1.0) == DEFAULT.pause_s
    assert breaker.room(DEFAULT.pause_s - 0.01) == 0
    assert breaker.room(DEFAULT.pause_s) == 1
    breaker.sent("probe", 31.0)
    assert breaker.room(31.0) == 0, "one probe at a time"


def test_a_fault_now_and_then_opens_nothing() -> None:
    breaker = Breaker()
    for n in range(1000):
        call(breaker, str(n), n * 0.1, fault=n % 3 == 0)
        assert breaker.room(n * 0.1) is None


def test_old_faults_are_forgotten() -> None:
    breaker = Breaker()
    for n in range(100):
        call(breaker, str(n), n * 60.0, fault=True)  # three in the memory at a time
    assert breaker.state is State.CLOSED


def test_what_says_nothing_counts_for_nothing() -> None:
    breaker = Breaker()
    for n in range(100):
        call(breaker, str(n), 1.0, fault=None)
    assert breaker.seen == (0, 0)


def test_each_probe_in_vain_doubles_the_pause() -> None:
    breaker, now, pauses = Breaker(), 0.0, []
    storm(breaker)
    for n in range(8):
        again = breaker.next_at(now)
        assert again is not None
        pauses.append(again - now)
        now = again
        call(breaker, f"probe {n}", now, fault=True)
    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]


def test_a_ringing_probe_is_good_enough_and_the_ramp_doubles() -> None:
    breaker = Breaker()
    storm(breaker)
    now = 30.0
    for n in range(DEFAULT.probes):
        assert breaker.room(now) == 1
        breaker.sent(f"probe {n}", now)
        breaker.good(f"probe {n}", now)
    assert breaker.state is State.RAMP
    allowed = []
    while breaker.room(now) is not None:
        sent = 0
        while breaker.room(now):
            call(breaker, f"{now} {sent}", now, fault=False)
            sent += 1
        allowed.append(sent)
        now += DEFAULT.step_s
    assert allowed == [1, 2, 4, 8, 16, 32]
    assert breaker.state is State.CLOSED


def test_faults_in_the_ramp_open_it_again_for_longer() -> None:
    breaker = Breaker()
    storm(breaker)
    for n in range(DEFAULT.probes):
        call(breaker, f"probe {n}", 30.0, fault=False)
    call(breaker, "a", 30.0, fault=True)
    assert breaker.state is State.RAMP, "one fault is not a storm"
    call(breaker, "b", 35.0, fault=True)
    assert breaker.state is State.OPEN
    assert breaker.next_at(35.0) == 35.0 + 2 * DEFAULT.pause_s


def test_calls_from_before_the_storm_are_no_news() -> None:
    breaker = Breaker()
    for n in range(50):
        breaker.sent(f"early {n}", 0.0)
    storm(breaker, 1.0)
    until = breaker.next_at(1.0)
    for n in range(50):
        breaker.ended(f"early {n}", 2.0, fault=True)
    assert breaker.next_at(2.0) == until
    for n in range(DEFAULT.probes):
        call(breaker, f"probe {n}", 40.0, fault=False)
    assert breaker.state is State.RAMP


def test_a_probe_that_says_nothing_is_followed_by_another() -> None:
    breaker = Breaker()
    storm(breaker)
    call(breaker, "probe", 30.0, fault=None)
    assert (breaker.state, breaker.room(30.0)) == (State.HALF_OPEN, 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.booleans(), max_size=300), st.floats(0.01, 3.0))
def test_a_minority_of_faults_never_opens_it(results: list[bool], pause: float) -> None:
    """However they are mixed: as long as no window is half faults it stays closed, and else it opens."""
    breaker, last, now = Breaker(Rules(memory_s=1e9)), deque[bool](maxlen=20), 0.0
    for n, fault in enumerate(results):
        now += pause
        call(breaker, str(n), now, fault=fault)
        last.append(fault)
        stormy = fault and len(last) >= 8 and sum(last) * 2 >= len(last)
        assert (breaker.state is State.OPEN) == stormy
        if stormy:
            break


class Machine(RuleBasedStateMachine):
    """Any order of sending, ringing, ending and waiting; a call is sent only where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker()
        self.now = 0.0
        self.up: list[str] = []
        self.count = 0
        self.ramp: list[float] = []

    @rule(seconds=st.floats(0.0, 100.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def send(self) -> None:
        room = self.breaker.room(self.now)
        if room == 0:
            return
        state = self.breaker.state
        assert state is not State.OPEN
        self.count += 1
        self.up.append(str(self.count))
        self.breaker.sent(str(self.count), self.now)
        if state is State.HALF_OPEN:
            assert self.breaker.room(self.now) == 0
        if state is State.RAMP:
            assert self.breaker.room(self.now) == (room or 0) - 1

    @precondition(lambda self: self.up)
    @rule(which=st.randoms(), fault=st.sampled_from([True, True, False, None]))
    def end(self, which: object, fault: bool | None) -> None:
        one = self.up.pop(which.randrange(len(self.up)))  # type: ignore[attr-defined]
        self.breaker.ended(one, self.now, fault=fault)

    @precondition(lambda self: self.up)
    @rule(which=st.randoms())
    def ring(self, which: object) -> None:
        self.breaker.good(which.choice(self.up), self.now)  # type: ignore[attr-defined]

    @invariant()
    def open_has_an_end(self) -> None:
        self.breaker.room(self.now)
        if self.breaker.state is State.OPEN:
            again = self.breaker.next_at(self.now)
            assert again is not None
            assert self.now < again <= self.now + DEFAULT.longest_s

    @invariant()
    def room_is_what_the_state_says(self) -> None:
        room = self.breaker.room(self.now)
        assert (room is None) == (self.breaker.state is State.CLOSED)
        if self.breaker.state is State.HALF_OPEN:
            assert room in {0, 1}
        if self.breaker.state is State.RAMP:
            assert room is not None
            assert room < 2**DEFAULT.steps

    def teardown(self) -> None:
        """From anywhere it comes back once the trunk works: all that is up ends well, then only good calls."""
        for one in self.up:
            self.breaker.ended(one, self.now, fault=None)
        for n in range(2000):
            if (room := self.breaker.room(self.now)) is None:
                return
            if room:
                call(self.breaker, f"good {n}", self.now, fault=False)
            else:
                self.now += 5.0
        pytest.fail("it never closed")


Machine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestMachine = Machine.TestCase
