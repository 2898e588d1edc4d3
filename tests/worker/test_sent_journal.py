"""The journal of what was sent: on the disk before the call, read from its end, whatever a crash left of it."""

import datetime as dt
import os
import stat
from pathlib import Path
from uuid import UUID

import gevent
import pytest

from oklik.campaigns.recall import Sent, Wish
from oklik.dialing.law.shapes import Purpose
from oklik.worker import sent_journal
from oklik.worker.sent_journal import SentJournal
from support.patience import LONG_S

NOON = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)


def sent(n: int) -> Sent:
    return Sent(
        uuid=UUID(int=n),
        at=NOON + dt.timedelta(seconds=n),
        campaign_id=1,
        target_id=n,
        number=f"+7916{n:07d}",
        caller_id="74950000001",
        trunk_id=1,
        purpose=Purpose.SURVEY,
        epoch=3,
        core_uuid="core",
    )


def everything(folder: Path) -> list[Sent | Wish]:
    """All that is noted, oldest first."""
    found: list[Sent | Wish] = []
    for block in SentJournal(folder).newest():
        found[:0] = block
    return found


def test_what_is_noted_is_found_again_by_the_next_one(tmp_path: Path) -> None:
    first = SentJournal(tmp_path / "node1" / "db")
    first.note([sent(1), sent(2)])
    first.note([sent(3)])
    first.close()
    second = SentJournal(tmp_path / "node1" / "db")
    second.note([sent(4)])
    assert everything(tmp_path / "node1" / "db") == [sent(n) for n in (1, 2, 3, 4)]


def test_wishes_are_noted_too(tmp_path: Path) -> None:
    wish = Wish(uuid=UUID(int=1), at=NOON, number="+79160000001")
    journal = SentJournal(tmp_path)
    journal.note([sent(1)])
    journal.note([wish])
    assert everything(tmp_path) == [sent(1), wish]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    SentJournal(tmp_path / "db").note([sent(1)])
    assert stat.S_IMODE((tmp_path / "db").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "db").iterdir()] == [0o600]


def test_it_is_read_from_its_end_in_blocks_and_over_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_journal, "BLOCK_BYTES", 700)
    monkeypatch.setattr(sent_journal, "SEGMENT_BYTES", 2_000)
    journal = SentJournal(tmp_path)
    for n in range(0, 60, 3):
        journal.note([sent(n), sent(n + 1), sent(n + 2)])
    assert len(list(tmp_path.iterdir())) > 5
    assert everything(tmp_path) == [sent(n) for n in range(60)]
    newest = next(journal.newest())
    assert newest[-1] == sent(59)
    assert len(newest) < 6


def test_a_torn_line_costs_itself_only(tmp_path: Path) -> None:
    journal = SentJournal(tmp_path)
    journal.note([sent(1), sent(2)])
    journal.close()
    path = tmp_path / "00000001.jsonl"
    path.write_bytes(path.read_bytes()[:-40])  # a crash in the midst of the second line
    SentJournal(tmp_path).note([sent(3)])
    assert everything(tmp_path) == [sent(1), sent(3)]


def test_it_is_synced_before_anybody_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = SentJournal(tmp_path)
    sizes: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda file: sizes.append(os.fstat(file).st_size))
    journal.note([sent(1)])
    assert sizes == [(tmp_path / "00000001.jsonl").stat().st_size]


def test_a_full_disk_is_an_error_until_it_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = SentJournal(tmp_path)
    journal.note([sent(1)])
    journal.ready()

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        with pytest.raises(OSError, match="No space"):
            journal.note([sent(2)])
        with pytest.raises(OSError, match="No space"):
            journal.ready()
    journal.ready()
    journal.note([sent(3)])
    assert everything(tmp_path)[-1] == sent(3)


def test_it_waits_for_nobody_who_keeps_the_loop_s_threads(tmp_path: Path) -> None:
    """Names are looked up in those, and a name server that is dead keeps each of them for ten seconds."""
    journal, threads, (answer, server) = SentJournal(tmp_path), gevent.get_hub().threadpool, os.pipe()
    lookups = [threads.spawn(os.read, answer, 1) for _ in range(threads.maxsize)]
    try:
        with gevent.Timeout(LONG_S / 20):
            journal.note([sent(1)])
        assert not any(one.ready() for one in lookups)
    finally:
        os.close(server)
        gevent.joinall(lookups)
        os.close(answer)
    assert everything(tmp_path) == [sent(1)]


def test_a_journal_that_is_closed_leaves_no_thread(tmp_path: Path) -> None:
    journal = SentJournal(tmp_path)
    journal.note([sent(1)])
    assert journal._syncing.size == 1
    journal.close()
    journal.close()
    assert journal._syncing.size == 0


def test_old_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_journal, "SEGMENT_BYTES", 200)
    journal = SentJournal(tmp_path)
    for n in range(4):
        journal.note([sent(n)])
    old = sorted(tmp_path.iterdir())[0]
    os.utime(old, (0, 0))
    assert everything(tmp_path) == [sent(n) for n in range(1, 4)]
    assert not old.exists()
