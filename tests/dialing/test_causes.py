"""Every SIP final status and every cause of the switch, frozen in a file: no change by accident.

To take a wanted change over: OKLIK_UPDATE=1 pytest tests/dialing/test_causes.py, and read the difference.
"""

import os
from itertools import groupby
from pathlib import Path

import pytest

from oklik.dialing.causes import CAUSES, own_cause, unanswered
from oklik.dialing.vocabulary import Disposition

SNAPSHOT = Path(__file__).parent / "causes.txt"


def table() -> str:
    lines = ["SIP statuses with the cause the switch makes of them itself"]
    found = [(status, str(unanswered(own_cause(status), sip_status=status))) for status in range(300, 700)]
    for disposition, group in groupby(found, key=lambda pair: (pair[0] // 100, pair[1])):
        statuses = [status for status, _ in group]
        span = f"{statuses[0]}" if len(statuses) == 1 else f"{statuses[0]}-{statuses[-1]}"
        lines.append(f"{span:<10}{disposition[1]}")
    lines += ["", "causes without a status: with a channel, without one"]
    lines += [f"{cause:<32}{unanswered(cause):<18}{unanswered(cause, channel=False)}" for cause in sorted(CAUSES)]
    return "\n".join(lines) + "\n"


def test_the_whole_table_is_as_it_was() -> None:
    if os.environ.get("OKLIK_UPDATE"):
        SNAPSHOT.write_text(table(), encoding="utf-8")
    assert table() == SNAPSHOT.read_text(encoding="utf-8")


# cause, q850, status as a real FreeSWITCH 1.10 gave them (recorded)
RECORDED = [
    ("USER_BUSY", 17, 486, Disposition.BUSY),
    ("NO_ANSWER", 19, 487, Disposition.NO_ANSWER),
    ("NO_ANSWER", 19, 0, Disposition.NO_ANSWER),
    ("ALLOTTED_TIMEOUT", 16, 487, Disposition.NO_ANSWER),
    ("PROGRESS_TIMEOUT", 16, 487, Disposition.UNREACHABLE),
    ("UNALLOCATED_NUMBER", 1, 404, Disposition.INVALID_NUMBER),
    ("NORMAL_TEMPORARY_FAILURE", 41, 503, Disposition.LINE_FAULT),
    ("NORMAL_CIRCUIT_CONGESTION", 34, 503, Disposition.LINE_FAULT),
    ("NO_USER_RESPONSE", 18, 480, Disposition.UNREACHABLE),
    ("SUBSCRIBER_ABSENT", 20, 480, Disposition.UNREACHABLE),
    ("CALL_REJECTED", 21, 603, Disposition.REJECTED),
    ("NORMAL_TEMPORARY_FAILURE", 41, 500, Disposition.LINE_FAULT),
    ("INCOMPATIBLE_DESTINATION", 88, 488, Disposition.LINE_FAULT),
    ("CALL_REJECTED", 21, 403, Disposition.REJECTED),
    ("RECOVERY_ON_TIMER_EXPIRE", 102, 408, Disposition.UNREACHABLE),
    ("INVALID_NUMBER_FORMAT", 28, 484, Disposition.INVALID_NUMBER),
    ("REQUESTED_CHAN_UNAVAIL", 44, 487, Disposition.LINE_FAULT),
    ("ORIGINATOR_CANCEL", 0, 487, Disposition.CANCELLED),
    ("USER_BUSY", 17, 503, Disposition.BUSY),  # a Q.850 reason beside the status knows better
    ("UNALLOCATED_NUMBER", 1, 500, Disposition.INVALID_NUMBER),
    ("CALL_REJECTED", 21, 401, Disposition.LINE_FAULT),  # our password
]


@pytest.mark.parametrize(("cause", "q850", "status", "expected"), RECORDED)
def test_what_a_switch_really_said(cause: str, q850: int, status: int, expected: Disposition) -> None:
    assert unanswered(cause, q850=q850, sip_status=status) is expected


def test_statuses_folded_into_one_cause_are_told_apart() -> None:
    assert unanswered("NORMAL_TEMPORARY_FAILURE", sip_status=486) is Disposition.BUSY
    assert unanswered("NORMAL_UNSPECIFIED", sip_status=604) is Disposition.INVALID_NUMBER


def test_without_a_channel_it_is_our_own_fault() -> None:
    for cause in CAUSES:
        if cause != "LOST":
            assert unanswered(cause, channel=False) is Disposition.LINE_FAULT
    assert unanswered("DESTINATION_OUT_OF_ORDER") is Disposition.UNREACHABLE
    assert unanswered("DESTINATION_OUT_OF_ORDER", channel=False) is Disposition.LINE_FAULT


def test_what_was_not_sent_was_not_sent_whatever_the_cause() -> None:
    assert {unanswered(cause, sent=False) for cause in (*CAUSES, "X")} == {Disposition.NOT_SENT}


def test_unknown_things_have_a_default() -> None:
    assert unanswered("A_NEWER_CAUSE") is Disposition.LINE_FAULT
    assert unanswered("A_NEWER_CAUSE", q850=17) is Disposition.BUSY
    assert unanswered("A_NEWER_CAUSE", sip_status=486) is Disposition.BUSY
    assert unanswered("A_NEWER_CAUSE", sip_status=699) is Disposition.BUSY  # RFC 3261: read as 600
