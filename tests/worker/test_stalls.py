"""A loop that stands still is noticed, told of in the log, and remembered for some minutes."""

import logging
import time

import gevent
import pytest

from oklik.worker import stalls
from oklik.worker.stalls import KEPT_MIN, Stalls


def test_a_blocking_call_is_told_of(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(stalls, "LOOK_S", 0.01)
    monkeypatch.setattr(stalls, "STALL_S", 0.2)
    seen = Stalls()
    watching = gevent.spawn(seen.run)
    gevent.sleep(0.05)
    time.sleep(0.4)  # whoever does that holds the processor of all others
    gevent.sleep(0.05)
    watching.kill()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(told) == 1
    assert "stood still" in told[0]
    assert seen.worst_s > 0.3


def test_what_is_long_ago_is_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    seen = Stalls(lambda: now)
    seen.woken(3.0)
    for _ in range(KEPT_MIN):
        now += 60
        seen.woken(0.01)
        assert seen.worst_s == 3.0
    now += 60
    assert seen.worst_s == 0.01
    now += 60 * KEPT_MIN + 60
    assert seen.worst_s == 0.0
    assert len(caplog.records) == 1
