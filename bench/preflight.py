"""How long a launch check of a million contacts takes.

Run: python bench/preflight.py [--contacts N] [--called SHARE] [--processes N] [--json].  A PostgreSQL of its own with
durable settings is started and thrown away; the list is made by generate_series: mobiles of all Russia with a landline
in ten, a third with a column of zones, a tenth (--called) with an earlier attempt in another campaign, a hundredth on
the stop list.  Rows are written as an import and a launch write them.  The last line is JSON; processor time is that of
the checking process, of those it started, and of the server with all its processes (read from /proc).
"""

import argparse
import datetime as dt
import json
import os
import resource
import time
from pathlib import Path

from sqlalchemy import Engine, text

from fresh import fresh_database

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)  # a Tuesday, noon in Moscow
SCENARIO = """\
format: 1
name: bench
title: {ru: Напоминание}
languages: [ru]
purpose: informational
start: hello
columns:
  name: {title: {ru: Имя}, type: text, personal: true}
nodes:
  hello:
    kind: play
    text: {ru: "Здравствуйте, {{ name }}."}
    exits: {done: bye}
  bye:
    kind: hangup
"""
_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
STATEMENTS = (
    "INSERT INTO project (name) VALUES ('p')",
    "INSERT INTO scenario (project_id, name) VALUES (1, 's')",
    """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
       VALUES (1, 1, 'd', CAST(:document AS json), :now)""",
    """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
       VALUES (1, 'l', 'l.csv', 'd', '["Имя", "Договор", "Город"]', :now)""",
    """INSERT INTO trunk (name, dial_string, channels, cps, attempt_price)
       VALUES ('t', 'sofia/gateway/pstn/{number}', 500, 50, 0.30)""",
    """INSERT INTO person (key) SELECT CASE WHEN g % 10 = 0 THEN '+7343' || lpad((2000000 + g)::text, 7, '0')
           ELSE '+79' || lpad(g::text, 9, '0') END FROM generate_series(1, :contacts) g""",
    """INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
       SELECT 1, id, id, ARRAY[key], jsonb_build_object('Имя', CASE WHEN id % 50 = 0 THEN '' ELSE 'Иван Иванов' END,
               'Договор', 'КД-' || id, 'Город', 'Омск'),
           CASE WHEN id % 3 = 0 THEN (ARRAY['МСК', 'МСК+2', 'Asia/Omsk', 'UTC+10:00'])[1 + id % 4] END
       FROM person""",
    """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone, retry,
           columns, voice, virtual, created_at)
       SELECT 1, name, 1, 1, 1, 'informational', state, 'Europe/Moscow', '{}', '{"name": "Имя"}', '{}', false,
           CAST(:now AS timestamptz) - interval '30 days'
       FROM (VALUES ('earlier', 'running'), ('checked', 'draft')) made(name, state)""",
    """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
       SELECT 1, id, person_id, 'waiting', :now FROM contact WHERE id <= :called""",
    """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
       SELECT 2, id, person_id, 'preparing', :now FROM contact ORDER BY row_number""",
    """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at,
           disposition, talk)
       SELECT md5(id::text)::uuid, 1, id, person_id, 'informational', 1, false,
           CAST(:now AS timestamptz) - (id % 40) * interval '1 hour', CAST(:now AS timestamptz) - (id % 40) * interval
           '1 hour', CASE WHEN id % 2 = 0 THEN 'completed' ELSE 'no_answer' END, id % 2 = 0
       FROM target WHERE campaign_id = 1""",
    """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at, ring_s,
           talk_s)
       SELECT uuid, 'person', uuid, 'n', 1, 'c', 'final', '+7', '', started_at, 15, CASE WHEN talk THEN 40 END
       FROM attempt""",
    "INSERT INTO suppression (number, source, added_at) SELECT key, 'import', :now FROM person WHERE id % 100 = 7",
)


def fill(engine: Engine, contacts: int, called: int) -> None:
    """Write the list, the campaign to be checked, and what was called before."""
    from oklik.scenario.document import load_text, to_json

    document = json.dumps(to_json(load_text(SCENARIO, "bench.yaml")), ensure_ascii=False)
    values = {"document": document, "now": NOW, "contacts": contacts, "called": called}
    with engine.begin() as conn:
        for statement in STATEMENTS:
            wanted = {name: value for name, value in values.items() if f":{name}" in statement}
            conn.execute(text(statement), wanted)


def server_seconds(engine: Engine) -> float:
    """Give the processor time of the server so far, those of its processes included that have ended."""
    with engine.connect() as conn:
        backend = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        server = int(_stat(Path(f"/proc/{backend}/stat"))[1])
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = _stat(path)
        except OSError:
            continue  # it has just ended
        if int(told[1]) == server:
            ticks += int(told[11]) + int(told[12])
        elif int(path.parent.name) == server:
            ticks += sum(map(int, told[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(path: Path) -> list[str]:
    """The fields of proc(5) from the state on: parent at 1, times at 11 to 14."""
    return path.read_text().rsplit(")", 1)[1].split()


def children_seconds() -> float:
    """Give the processor time of children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Fill, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--called", type=float, default=0.1, help="share of those who were called before")
    parser.add_argument("--processes", type=int, default=2, help="1: all in this process")
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    options = parser.parse_args()

    from oklik.campaigns.preflight_requests import check_campaign
    from oklik.jobs.preflight_parts import in_processes
    from oklik.store.engine import make_engine

    with fresh_database() as fresh:
        engine = make_engine(fresh.url)
        began = time.perf_counter()
        fill(engine, options.contacts, int(options.contacts * options.called))
        filled = time.perf_counter() - began
        server, helpers = server_seconds(engine), children_seconds()
        began, processor = time.perf_counter(), time.process_time()
        steps: list[tuple[float, float]] = []
        found = check_campaign(
            engine,
            2,
            NOW,
            progress=lambda share: steps.append((share, time.perf_counter() - began)),
            through=in_processes(options.processes),
        )
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
        server, helpers = server_seconds(engine) - server, children_seconds() - helpers
        engine.dispose()
    figures = {
        "contacts": found.contacts,
        "seconds": round(seconds, 1),
        "processor_seconds": {
            "own": round(processor, 1),
            "helpers": round(helpers, 1),
            "server": round(server, 1),
            "all": round(processor + helpers + server, 1),
        },
        "list_seconds": round(next((at for share, at in reversed(steps) if share < 1), 0.0), 1),
        "filled_in": round(filled, 1),
        "peak_mb": round(max(resource.getrusage(who).ru_maxrss for who in _WHO) / 1024),
        "allowed": found.allowed,
        "blocked": {one.rule: one.contacts for one in found.blocked},
        "zone_rules": dict(found.zone_rules),
        "attempts": found.forecast.attempts,
        "ends_at": str(found.forecast.ends_at),
    }
    if not options.json:
        print(f"{figures['contacts']} contacts in {figures['seconds']} s, peak {figures['peak_mb']} MB")
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
