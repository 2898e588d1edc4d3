"""Which way a key came, told once however late the question's own answer is."""

from time import monotonic

import pytest

from oklik.telephony.port import KeyWay
from oklik.worker.echo import Presses


def test_a_late_answer_of_the_question_is_no_second_press(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [monotonic()]
    monkeypatch.setattr("oklik.worker.echo.monotonic", lambda: now[0])
    presses = Presses(1.0)
    presses.heard("5", KeyWay.RFC2833)
    now[0] += 30.0
    presses.at_least("5")
    assert [(one.key, one.ways) for one in presses.fresh()] == [("5", ("rfc2833",))]
    now[0] += 30.0
    presses.at_least("5")
    assert [(one.key, one.ways) for one in presses.fresh()] == [("5", ("other",))]
