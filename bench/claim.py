"""How fast calls are claimed with all rules on, how long a verdict takes, and how soon a ledger is counted.

Run: python bench/claim.py [--targets N] [--campaigns N] [--dialers N] [--batch N] [--seconds S] [--explain] [--json].
A PostgreSQL of its own with durable settings is started and thrown away.  Every person is on the lists of two
campaigns, one in two has a history, some are on the stop list; every dialer is a process that claims batches and ends
their calls as not answered, busy or talked, as fast as it can.  Figures compare only on one machine; cpu_us_per_claim
(client and server together) also where others use it.  The last line is JSON.
"""

import argparse
import datetime as dt
import json
import multiprocessing
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from fresh import fresh_database

LISTS = 2  # a person is on so many of the lists
NOON = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)  # a Tuesday, twelve in Moscow
ENDS: list[dict[str, Any]] = [
    {"cause": "NO_ANSWER"},
    {"cause": "USER_BUSY"},
    {"cause": "NO_ANSWER"},
    {"answered": True, "talk_s": 20.0, "ended_reason": "completed"},
]

_FILL = (
    "INSERT INTO project (name) VALUES ('p')",
    "INSERT INTO scenario (project_id, name) VALUES (1, 's')",
    """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
       VALUES (1, 1, 'd', '{}', '2025-01-01T00:00Z')""",
    "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('t', 'sofia/gateway/pstn/{number}', 5000, 500)",
    "INSERT INTO caller_id (trunk_id, number) SELECT 1, '7495' || lpad(g::text, 7, '0') FROM generate_series(1, 20) g",
    """INSERT INTO person (key) SELECT '+7916' || lpad(g::text, 7, '0') FROM generate_series(1, :people) g""",
    """INSERT INTO person_phone (person_id, number)
       SELECT id, '+7926' || right(key, 7) FROM person WHERE id % 3 = 0""",
    """UPDATE person SET same_as = id - 1 WHERE id % 50 = 0""",
    """INSERT INTO suppression (number, source, added_at)
       SELECT '+7916' || lpad((g * 97)::text, 7, '0'), 'import', '2025-01-01T00:00Z'
       FROM generate_series(1, :people / 97) g""",
    """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
       SELECT 1, 'l' || g, 'l.csv', 'd', '["Имя", "Долг"]', '2025-01-01T00:00Z'
       FROM generate_series(1, :campaigns) g""",
    """INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
       SELECT l.id, p.id, p.id, CASE WHEN p.id % 3 = 0 THEN ARRAY[p.key, '+7926' || right(p.key, 7)]
                                     ELSE ARRAY[p.key] END,
           jsonb_build_object('Имя', 'Иван Иванович', 'Долг', p.id),
           (ARRAY['МСК', 'МСК+2', 'Europe/Samara', 'Свердловская обл.'])[1 + p.id % 4]
       FROM contact_list l JOIN person p ON p.id % :campaigns IN (l.id - 1, l.id % :campaigns)""",
    """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone, retry,
           "window", columns, voice, virtual, created_at)
       SELECT 1, 'c' || l.id, 1, l.id, 1, (ARRAY['debt', 'informational', 'survey'])[1 + l.id % 3], 'running',
           'Europe/Moscow', '{}', '{"from": "09:00", "to": "20:00"}', '{"name": "Имя"}', '{}', false,
           '2025-01-01T00:00Z'
       FROM contact_list l ORDER BY l.id""",
    """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
       SELECT k.id, c.id, c.person_id, 'waiting',
           CAST(:noon AS timestamptz) - abs(hashint8(c.id) % 86400) * interval '1 second'
       FROM campaign k JOIN contact c ON c.list_id = k.list_id""",
    """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
       SELECT uuid, 'person', uuid, 'old', 1, '', 'final', '', '', :noon FROM (
           SELECT md5('a' || id)::uuid AS uuid FROM person WHERE id % 2 = 0) a""",
    """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at,
           disposition, talk, consumed)
       SELECT md5('a' || p.id)::uuid, t.campaign_id, t.id, p.id, 'debt', 1, false,
           CAST(:noon AS timestamptz) - interval '3 days', CAST(:noon AS timestamptz) - interval '3 days', 'no_answer',
           false, true
       FROM person p JOIN (
           SELECT DISTINCT ON (person_id) person_id, id, campaign_id FROM target ORDER BY person_id, id) t
       ON t.person_id = p.id WHERE p.id % 2 = 0""",
)


def fill(engine: Engine, targets: int, campaigns: int) -> None:
    """Make the people, their lists and campaigns, and let the planner know them."""
    values = {"people": targets // LISTS, "campaigns": campaigns, "noon": NOON}
    with engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))  # the rows are made to fit: no look at keys
        for statement in _FILL:
            conn.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))


def dial(url: str, node: str, batch: int, seconds: float, results: "multiprocessing.Queue[dict[str, float]]") -> None:
    """Claim and end calls for so long; campaign time runs on by a second a batch, as nobody really talks."""
    from oklik.campaigns import lease
    from oklik.campaigns.claim import claim
    from oklik.campaigns.finish import Finished, finish
    from oklik.dialing.disposition import CallSummary
    from oklik.store.engine import make_engine

    engine = make_engine(url, pool_size=1)
    with engine.begin() as conn:
        holder = lease.take(conn, node, owner="bench", core_uuid="")
    claimed, claiming, rounds, cpu = 0, 0.0, 0, 0.0
    begin = time.monotonic()
    while (now := time.monotonic()) < begin + seconds:
        moment = NOON + dt.timedelta(seconds=now - begin)
        used = time.process_time() + _server_cpu_s(engine)
        with engine.begin() as conn:
            got = claim(conn, holder, moment, batch, virtual=False)
        cpu += time.process_time() + _server_cpu_s(engine) - used
        claiming += time.monotonic() - now
        claimed += len(got)
        rounds += 1
        ended = moment + dt.timedelta(milliseconds=1)
        calls = [Finished(UUID(str(c.uuid)), ended, CallSummary(**ENDS[n % len(ENDS)])) for n, c in enumerate(got)]
        if calls:
            with engine.begin() as conn:
                finish(conn, holder, calls, ended)
    told = {"claimed": claimed, "claiming_s": claiming, "cpu_s": cpu, "rounds": rounds}
    results.put(told | {"seconds": time.monotonic() - begin})
    engine.dispose()


def _server_cpu_s(engine: Engine) -> float:
    """Processor seconds that the server has spent on this engine's only connection."""
    with engine.connect() as conn:
        pid = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def verdict_us(engine: Engine) -> float:
    """Microseconds of one gate.judge, on the subjects that a claim would ask about."""
    from oklik.dialing.gate import Past, Policy, Subject, judge
    from oklik.dialing.windows import WindowBook
    from oklik.dialing.zones import where

    with engine.connect() as conn:
        rows = conn.execute(text("SELECT phones[1] AS number, zone FROM contact LIMIT 10000")).all()
    past = [Past(NOON - dt.timedelta(days=n), n == 3, True, "debt", NOON - dt.timedelta(days=n)) for n in range(1, 5)]
    subjects = [
        Subject(number=row.number, zones=where(row.zone, row.number).zones, history=past[: n % 5], hours=(9, 15))
        for n, row in enumerate(rows)
    ]
    policy, book = Policy(purpose="debt", max_attempts=6, other_hour=True), WindowBook()
    for subject in subjects[:100]:
        judge(subject, policy, NOON, book)
    begin = time.process_time()
    for subject in subjects:
        judge(subject, policy, NOON, book)
    return (time.process_time() - begin) / len(subjects) * 1e6


def ledger_s(engine: Engine) -> float:
    """Seconds of one ledger of the largest campaign, the second time it is asked for."""
    from oklik.reports.why import why

    took = 0.0
    for _ in range(2):
        begin = time.perf_counter()
        with engine.connect() as conn:
            found = why(conn, 1, NOON, NOON)
        took = time.perf_counter() - begin
        assert found.total == found.rows
    return took


def explain(conn: Connection) -> None:
    """Show the plan and the time of each of the claim's statements on these tables."""
    from oklik.campaigns import asking, claim, consents_held, exclusions, lease, other_phones, past, rows, running

    def traced(on: Connection, statement: str, *given: Any, **values: Any) -> rows.Rows:
        print(f"-- {statement.strip()}", file=sys.stderr)
        rows.run(on, "SAVEPOINT looked")  # ANALYZE does what it explains
        for (line,) in rows.run(on, f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", *given, **values):
            print(line, file=sys.stderr)
        rows.run(on, "ROLLBACK TO SAVEPOINT looked")
        return rows.run(on, statement, *given, **values)

    with ExitStack() as stack:
        for module in (asking, claim, consents_held, exclusions, other_phones, past, running):
            stack.enter_context(patch.object(module, "run", traced))
        claim.claim(conn, lease.take(conn, "explain", owner="bench", core_uuid=""), NOON, 100, virtual=False)


def main() -> None:
    """Fill, measure, print."""
    from oklik.store.engine import make_engine

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, default=1_000_000)
    parser.add_argument("--campaigns", type=int, default=10)
    parser.add_argument("--dialers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database()).url
        engine = make_engine(url)
        fill(engine, given.targets, given.campaigns)
        if given.explain:
            with engine.connect() as conn:
                explain(conn)
                conn.rollback()
        told: dict[str, float] = {"verdict_us": verdict_us(engine), "ledger_s": ledger_s(engine)}
        results: multiprocessing.Queue[dict[str, float]] = multiprocessing.Queue()
        crew = [
            multiprocessing.Process(target=dial, args=(url, f"n{n}", given.batch, given.seconds, results))
            for n in range(given.dialers)
        ]
        for one in crew:
            one.start()
        found = [results.get() for _ in crew]
        for one in crew:
            one.join()
        told["claims"] = sum(one["claimed"] for one in found)
        told["with_their_ends_per_s"] = sum(one["claimed"] / one["seconds"] for one in found)
        told["claims_per_s"] = sum(one["claimed"] / one["claiming_s"] for one in found)
        told["cpu_us_per_claim"] = 1e6 * sum(one["cpu_s"] for one in found) / max(1.0, told["claims"])
        told["batch_ms"] = 1000 * sum(one["claiming_s"] for one in found) / sum(one["rounds"] for one in found)
        engine.dispose()
    told = {name: round(value, 3) for name, value in told.items()}
    if not given.json:
        for name, value in told.items():
            print(f"{name}: {value:g}")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
