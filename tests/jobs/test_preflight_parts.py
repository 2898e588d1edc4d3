"""Long lists by several processes: the same result, one snapshot, and nobody is left behind however it ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, text

from campaigns.world import NOON, World
from jobs.conftest import SCENARIO
from oklik.campaigns.preflight_requests import (
    PreflightAborted,
    carry_out_preflight,
    check_campaign,
    preflight_state,
    request_preflight,
)
from oklik.campaigns.preflight_scan import EVERYBODY, Sweep
from oklik.dialing.destinations import HOME
from oklik.jobs import preflight_parts
from oklik.jobs.app import apply_schema
from oklik.jobs.preflight_part import PartTask
from oklik.jobs.preflight_parts import PartFailed, in_processes
from oklik.scenario.document import load_text, to_json
from support.patience import LONG_S, until

pytestmark = pytest.mark.integration


@pytest.fixture
def campaign(engine: Engine, database_url: str) -> int:
    """A campaign of forty people, committed, with the tables of the jobs beside it."""
    apply_schema(database_url)
    with engine.begin() as conn:
        world = World(conn)
        world.reminder(to_json(load_text(SCENARIO, "reminder.yaml")), zoned=30, unzoned=10)
        return world.campaign()


@pytest.fixture
def childless() -> Iterator[None]:
    """No process that was started in the test is there after it."""
    before = children()
    yield
    until(lambda: children() <= before, "its processes end")


def children() -> set[int]:
    while True:
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread ended, its children are another's: count again
            return {int(one) for path in Path("/proc/self/task").glob("*/children") for one in path.read_text().split()}


def said(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    """Put other processes in the place of the helping ones."""
    monkeypatch.setattr(preflight_parts, "_COMMAND", (sys.executable, "-c", "\n".join(statements)))


@pytest.mark.usefixtures("childless")
def test_two_processes_find_what_one_finds(engine: Engine, campaign: int) -> None:
    seen: list[float] = []
    found = check_campaign(engine, campaign, NOON, through=in_processes(long=0), progress=seen.append)
    assert found == check_campaign(engine, campaign, NOON)
    assert found.contacts == 40
    assert seen == sorted(seen)
    assert seen[-1] == 1


@pytest.mark.usefixtures("childless")
def test_they_see_what_was_there_when_it_began(engine: Engine, campaign: int) -> None:
    two, before = in_processes(long=0), check_campaign(engine, campaign, NOON)

    def later(*asked: object) -> object:
        with engine.begin() as conn:
            conn.execute(text("UPDATE target SET state = 'done'"))
        return two(*asked)  # type: ignore[arg-type]

    assert check_campaign(engine, campaign, NOON, through=later) == before
    assert check_campaign(engine, campaign, NOON, through=two).over == 40


def test_short_lists_are_gone_through_right_here(
    engine: Engine, campaign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(monkeypatch, "raise SystemExit(7)")
    assert check_campaign(engine, campaign, NOON, through=in_processes(long=40)).contacts == 40
    with pytest.raises(PartFailed):
        check_campaign(engine, campaign, NOON, through=in_processes(long=39))


@pytest.mark.usefixtures("childless")
def test_an_error_in_one_ends_the_check_and_the_others(
    engine: Engine, campaign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first takes its task and never ends; the second complains."""
    said(
        monkeypatch,
        "import json, sys, time",
        "first = json.loads(sys.stdin.readline())['span'][0]",
        "print(json.dumps({'error': 'нет связи'}) if first else '{\"done\": 1}', flush=True)",
        "time.sleep(3600)",
    )
    with engine.begin() as conn:
        number = request_preflight(conn, campaign, NOON)
    with pytest.raises(PartFailed) as caught:
        carry_out_preflight(engine, number, through=in_processes(long=0))
    assert caught.value.text["ru"] == "часть списка не удалось проверить: нет связи"
    with engine.connect() as conn:
        state = preflight_state(conn, number)
    assert (state.state, state.error) == ("failed", "a part of the list could not be checked: нет связи")


@pytest.mark.usefixtures("childless")
@pytest.mark.parametrize(
    ("end", "code"), [("sys.exit(3)", "3"), ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "-9")]
)
def test_one_that_dies_without_a_word_ends_the_check(
    engine: Engine, campaign: int, monkeypatch: pytest.MonkeyPatch, end: str, code: str
) -> None:
    said(monkeypatch, "import sys", "sys.stdin.readline()", end)
    with pytest.raises(PartFailed, match=f"ended with code {code}$"):
        check_campaign(engine, campaign, NOON, through=in_processes(long=0))


@pytest.mark.usefixtures("childless")
def test_a_real_error_comes_through_as_one_line(engine: Engine, campaign: int, monkeypatch: pytest.MonkeyPatch) -> None:
    make = preflight_parts.PartTask
    monkeypatch.setattr(preflight_parts, "PartTask", lambda url, _, *more: make(url, "no snapshot", *more))
    with pytest.raises(PartFailed, match="snapshot") as caught:
        check_campaign(engine, campaign, NOON, through=in_processes(long=0))
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("childless")
def test_a_stop_is_heeded_while_nothing_is_heard(
    engine: Engine, campaign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The helping processes hang; the job is told to leave, and the request waits for another worker."""
    said(monkeypatch, "import sys, time", "sys.stdin.readline()", "time.sleep(3600)")
    with engine.begin() as conn:
        number = request_preflight(conn, campaign, NOON)
    looks: list[set[int]] = []

    def stop() -> bool:
        looks.append(children())
        return len(looks) > 2

    with pytest.raises(PreflightAborted):
        carry_out_preflight(engine, number, should_stop=stop, through=in_processes(long=0))
    assert len(looks[-1] - children()) == 2, "they were there until then"
    with engine.connect() as conn:
        assert preflight_state(conn, number).state == "waiting"


def test_a_helping_process_ends_with_whoever_started_it(engine: Engine, database_url: str, campaign: int) -> None:
    """It waits for a lock in the middle of its work, and the pipe to it breaks: its starter was killed."""
    with engine.connect() as holder, holder.begin():
        snapshot = str(holder.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        holder.execute(text("LOCK TABLE contact IN ACCESS EXCLUSIVE MODE"))
        sweep = Sweep(campaign, 1, True, False, "informational", NOON, 7)
        task = PartTask(database_url, snapshot, sweep, EVERYBODY, HOME.model_dump(mode="json"))
        process = subprocess.Popen(preflight_parts._COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(task) + b"\n")
        process.stdin.flush()
        with engine.connect() as other:
            until(lambda: other.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(LONG_S) == 1
        assert process.stdout is not None
        assert process.stdout.read() == b""
        process.stdout.close()


def test_a_killed_check_leaves_no_process(engine: Engine, database_url: str, campaign: int) -> None:
    """Whoever checks is killed while its two processes wait for a lock in the middle of their work."""
    script = f"""if True:
        import datetime as dt, sys
        from oklik.campaigns.preflight_requests import check_campaign
        from oklik.jobs.preflight_parts import in_processes
        from oklik.store.engine import make_engine

        engine = make_engine(sys.stdin.readline().strip())
        now = dt.datetime.fromisoformat("{NOON.isoformat()}")
        check_campaign(engine, {campaign}, now, through=in_processes(long=0))
    """
    with engine.connect() as holder, holder.begin():
        holder.execute(text("LOCK TABLE attempt IN ACCESS EXCLUSIVE MODE"))
        checking = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE)
        assert checking.stdin is not None
        checking.stdin.write(database_url.encode() + b"\n")
        checking.stdin.flush()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST('attempt' AS regclass)"
        with engine.connect() as other:
            until(lambda: other.execute(text(waiting)).scalar_one() == 2, "both are at it")
        helpers = Path(f"/proc/{checking.pid}/task/{checking.pid}/children").read_text().split()
        assert len(helpers) == 2
        assert checking.poll() is None
        checking.kill()
        checking.wait()
        checking.stdin.close()
        until(lambda: not any(_lives(int(helper)) for helper in helpers), "they end with it")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
