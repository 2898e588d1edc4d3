"""What many watch is read once for all of them; whoever is slow or gone holds nobody up."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from oklik_web import events
from oklik_web.events import Hub, event
from support.patience import until


class Gone(Exception):
    """There is no such topic."""


@pytest.fixture
def look() -> Iterator["Look"]:
    made = Look()
    yield made
    made.gone = True


class Look:
    """What is watched: a number that stands still until it goes."""

    def __init__(self) -> None:
        self.looks, self.goes, self.gone = 0, False, False
        self.fails: Exception | None = None

    def __call__(self, key: int) -> int:
        self.looks += 1
        if self.gone:
            raise Gone
        if self.fails:
            raise self.fails
        return self.looks if self.goes else 0


def test_two_hundred_watchers_are_one_reader(look: Look) -> None:
    hub, ready, got = Hub(look, gone=Gone, every_s=0.05), threading.Barrier(201, timeout=60), []

    def watch() -> None:
        states = hub.watch(1)
        first = next(states)
        ready.wait()
        got.append((first, next(states)))
        states.close()

    threads = [threading.Thread(target=watch) for _ in range(200)]
    for one in threads:
        one.start()
    ready.wait()
    before = look.looks
    assert hub.watchers(1) == 200
    look.goes = True
    for one in threads:
        one.join(60)
    assert len(got) == 200
    assert all(first == 0 and second for first, second in got)
    assert look.looks - before < 100, "as many looks as watchers"
    assert hub.watchers(1) == 0


def test_a_slow_watcher_gets_the_newest_and_no_heap_of_old_ones(look: Look) -> None:
    hub = Hub(look, gone=Gone, every_s=0.005)
    slow, quick = hub.watch(1), hub.watch(1)
    assert next(slow) == next(quick) == 0
    look.goes = True
    seen = [next(quick) for _ in range(20)]
    newest = next(slow)
    assert newest is not None and newest >= seen[-1]  # type: ignore[operator]
    slow.close(), quick.close()  # type: ignore[func-returns-value]


def test_nobody_reads_when_the_last_has_gone(look: Look) -> None:
    hub = Hub(look, gone=Gone, every_s=0.01)
    stays, goes = hub.watch(1), hub.watch(1)
    next(stays), next(goes)
    goes.close()
    assert hub.watchers(1) == 1
    looks = look.looks
    until(lambda: look.looks > looks + 2, "it is read for the one who stays")
    stays.close()
    until(lambda: not hub._topics, "nobody reads")
    looks = look.looks
    time.sleep(0.1)
    assert look.looks == looks


def test_one_who_is_gone_is_noticed_by_a_comment_when_all_is_quiet(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "QUIET_S", 0.05)
    states = Hub(look, gone=Gone, every_s=0.01).watch(1)
    assert [next(states), next(states), next(states)] == [0, None, None]
    states.close()


def test_a_database_that_fails_for_a_while_ends_nothing(look: Look) -> None:
    hub = Hub(look, gone=Gone, every_s=0.01)
    states = hub.watch(1)
    assert next(states) == 0
    look.fails = OperationalError("SELECT 1", {}, Exception("gone away"))
    looks = look.looks
    until(lambda: look.looks > looks + 2, "it is asked again")
    look.fails, look.goes = None, True
    assert next(states)
    states.close()


def test_what_is_gone_ends_its_streams(look: Look) -> None:
    hub = Hub(look, gone=Gone, every_s=0.01)
    states = hub.watch(1)
    assert next(states) == 0
    look.gone = True
    assert list(states) == []
    assert list(hub.watch(2)) == []


def test_an_event_of_several_lines() -> None:
    assert event("a\nb", "state") == "event: state\ndata: a\ndata: b\n\n"
    assert event("a") == "data: a\n\n"
