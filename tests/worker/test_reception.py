"""Who is let in, and what happens to our own call to the same person."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID, uuid4

import gevent
import pytest
from sqlalchemy.exc import OperationalError
from test_call import job

from oklik.campaigns.return_call import Busy
from oklik.telephony.port import Offer, SwitchLost
from oklik.worker import reception
from oklik.worker.clock import WallClock
from oklik.worker.host import Job
from oklik.worker.lines import Lines
from oklik.worker.reception import Reception

OUR_CALL = UUID(int=5)


class Desk:
    """The dialer, its switch and its book in one."""

    def __init__(self, answers: Sequence[Job | Busy | Exception | None], *, most: int = 5) -> None:
        self.answers = list(answers)
        self.open = True
        self.serves = True
        self.talking: set[str] = set()
        self.under_way: set[str] = set()
        self.given_up: list[str] = []
        self.served: list[Job] = []
        self.away: list[str] = []
        self.known: list[set[str]] = []
        self.lost = False
        self.reception = Reception(self, self, self, WallClock(), most=most)  # type: ignore[arg-type]

    def receive(self, offer: Offer, now: dt.datetime) -> Job | Busy | None:
        self.known.append(set(self.reception.under_way))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def serve_inbound(self, job: Job) -> bool:
        if self.serves:
            self.served.append(job)
        return self.serves

    def talks(self, uuid: str) -> bool:
        return uuid in self.talking

    def give_up(self, uuid: str) -> None:
        self.given_up.append(uuid)
        gevent.spawn_later(0.02, self.under_way.discard, uuid)

    def settled(self, uuid: str) -> bool:
        return uuid not in self.under_way

    def turn_away(self, uuid: str) -> None:
        if self.lost:
            raise SwitchLost("down")
        self.away.append(uuid)

    def call(self) -> str:
        offer = Offer(uuid=str(uuid4()), caller="+79161234567", dialed="74950000001")
        self.reception.offered(offer)
        assert not self.reception.under_way
        return offer.uuid


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "LOOK_S", 0.01)


def test_a_call_is_served_and_known_to_the_reconcile_meanwhile() -> None:
    desk = Desk([job()])
    uuid = desk.call()
    assert (len(desk.served), desk.away) == (1, [])
    assert desk.known == [{uuid}]


def test_our_call_to_the_same_person_makes_way() -> None:
    desk = Desk([Busy(OUR_CALL), job()])
    desk.under_way.add(str(OUR_CALL))
    desk.call()
    assert set(desk.given_up) == {str(OUR_CALL)}
    assert len(desk.known) == 2, "asked again once our call is written"
    assert len(desk.served) == 1


def test_who_talks_with_us_already_hears_the_busy_tone() -> None:
    desk = Desk([Busy(OUR_CALL)])
    desk.talking.add(str(OUR_CALL))
    uuid = desk.call()
    assert (desk.away, desk.given_up, desk.served) == ([uuid], [], [])


def test_a_call_of_another_dialer_is_waited_for_and_then_it_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "LOOKS", 3)
    desk = Desk([Busy(OUR_CALL)])
    uuid = desk.call()
    assert len(desk.known) == 4
    assert desk.away == [uuid]


def test_only_so_many_at_a_time() -> None:
    desk = Desk([job()], most=2)
    first = desk.call()
    desk.under_way.add(first)
    desk.under_way.add(desk.call())
    third = desk.call()
    assert (len(desk.served), desk.away) == (2, [third])
    desk.under_way.discard(first)
    desk.call()
    assert len(desk.served) == 3


@pytest.mark.parametrize("answer", [None, OperationalError("x", {}, Exception("away")), ValueError("a bug")])
def test_whom_nothing_can_be_said_to_is_left_to_the_switch(answer: Exception | None) -> None:
    desk = Desk([answer])
    desk.call()
    assert (desk.served, desk.away) == ([], [])


def test_while_the_dialer_leaves_nobody_is_let_in() -> None:
    desk = Desk([job()])
    desk.open = False
    desk.call()
    assert (desk.known, desk.served, desk.away) == ([], [], [])


def test_what_cannot_be_served_hears_the_busy_tone_unless_the_switch_is_away() -> None:
    desk = Desk([job()])
    desk.serves = False
    uuid = desk.call()
    assert desk.away == [uuid]
    desk.lost = True
    desk.call()
    assert desk.away == [uuid]


def test_a_call_to_us_takes_a_line_of_the_dialer_though_none_is_free() -> None:
    lines = Lines(cps=100, channels=1)
    assert lines.grant(None, 10.0)
    assert lines.admit(None, 10.0)
    lines.release(None)
    assert lines.room(20.0) == 0
    lines.leave_inbound(None)
    assert lines.room(20.0) == 1
