"""How long results of a million calls take: whole, of a time, of a segment, and the pages of the table.

Run: python bench/results.py [--calls N] [--json].  A PostgreSQL of its own with durable settings is started and thrown
away; the calls are made by generate_series, as a dialer leaves them: one call a contact over two days, three in five
answered, a survey of six steps with three questions, a twelfth of those who answer hang up in each step, a contact in
fifty lives in Omsk.  Everything is timed first with nothing counted beforehand (as from steps), then after the job has
kept what can be kept.  The last line is JSON; seconds are by the clock, the median of the tries.
"""

import argparse
import datetime as dt
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, text

from fresh import fresh_database

NOW = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)
SCENARIO = """\
format: 1
name: bench
title: {ru: Опрос}
languages: [ru]
purpose: survey
start: hello
nodes:
  hello:
    kind: play
    text: {ru: "Здравствуйте, это опрос."}
    exits: {done: first}
  first:
    kind: menu
    text: {ru: "Вы довольны? Да - один, нет - два."}
    question: happy
    options:
      "1": {exit: glad, label: {ru: Да}, value: "yes"}
      "2": {exit: sad, label: {ru: Нет}, value: "no"}
    exits: {glad: mark, sad: why, no_input: bye}
  why:
    kind: menu
    text: {ru: "Почему? Дорого - один, долго - два."}
    question: why
    options:
      "1": {exit: next, label: {ru: Дорого}}
      "2": {exit: next, label: {ru: Долго}}
    exits: {next: mark, no_input: bye}
  mark:
    kind: rate
    text: {ru: "Оцените нас от одного до пяти."}
    question: mark
    exits: {done: bye, no_input: bye}
  bye:
    kind: hangup
    text: {ru: "До свидания."}
"""

# What a call of each sort leaves: [second, node, type, exit or reason]; the last one of those who hang up is chopped.
_WAYS = {
    "glad": [
        [0, "hello", "entered", "play"],
        [4, "hello", "left", "done"],
        [4, "first", "entered", "menu"],
        [9, "first", "left", "glad"],
        [9, "mark", "entered", "rate"],
        [14, "mark", "left", "done"],
        [14, "bye", "entered", "hangup"],
        [16, "bye", "ended", "completed"],
    ],
    "sad": [
        [0, "hello", "entered", "play"],
        [4, "hello", "left", "done"],
        [4, "first", "entered", "menu"],
        [10, "first", "left", "sad"],
        [10, "why", "entered", "menu"],
        [17, "why", "left", "next"],
        [17, "mark", "entered", "rate"],
        [23, "mark", "left", "done"],
        [23, "bye", "entered", "hangup"],
        [25, "bye", "ended", "completed"],
    ],
    "gone": [
        [0, "hello", "entered", "play"],
        [4, "hello", "left", "done"],
        [4, "first", "entered", "menu"],
        [11, "first", "ended", "hung_up"],
    ],
    "gone_first": [[0, "hello", "entered", "play"], [2, "hello", "ended", "hung_up"]],
}
STATEMENTS = (
    "INSERT INTO project (name) VALUES ('p')",
    "INSERT INTO scenario (project_id, name) VALUES (1, 's')",
    """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
       VALUES (1, 1, 'd', CAST(:document AS json), :now)""",
    """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
       VALUES (1, 'l', 'l.csv', 'd', '["Имя", "Договор", "Город"]', :now)""",
    "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('t', 'sofia/gateway/pstn/{number}', 500, 50)",
    """INSERT INTO person (key) SELECT '+79' || lpad(g::text, 9, '0') FROM generate_series(1, :calls) g""",
    """INSERT INTO contact (list_id, person_id, row_number, phones, fields)
       SELECT 1, id, id, ARRAY[key], jsonb_build_object('Имя', 'Иван Иванов', 'Договор', 'КД-' || id,
           'Город', CASE WHEN id / 7 % 50 = 0 THEN 'Омск' ELSE (ARRAY['Москва', 'Тверь', 'Казань'])[1 + id % 3] END)
       FROM person""",
    """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone, retry,
           columns, voice, virtual, created_at)
       VALUES (1, 'c', 1, 1, 1, 'survey', 'done', 'Europe/Moscow', '{}', '{}', '{}', false,
           CAST(:now AS timestamptz) - interval '30 days')""",
    """INSERT INTO target (campaign_id, contact_id, person_id, state, due, attempts)
       SELECT 1, id, person_id, 'done', :now, 1 FROM contact ORDER BY row_number""",
    """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at,
           disposition, talk)
       SELECT md5(id::text)::uuid, 1, id, person_id, 'survey', 1, false, at, at + interval '40 seconds',
           CASE WHEN id % 5 < 2 THEN (ARRAY['no_answer', 'busy'])[1 + id % 2] WHEN id % 12 IN (4, 5) THEN 'hung_up'
               ELSE 'completed' END, id % 5 >= 2
       FROM (SELECT *, CAST(:now AS timestamptz) - interval '2 days' + id * (interval '2 days' / :calls) AS at
             FROM target) made""",
    """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at,
           answered_at, ring_s, talk_s, cause, sip_status)
       SELECT a.uuid, 'person', a.uuid, 'n', 1, 'c', 'final', p.key, '', started_at,
           CASE WHEN talk THEN started_at + interval '15 seconds' END, 15, CASE WHEN talk THEN 10 + n % 20 END,
           CASE WHEN talk THEN 'NORMAL_CLEARING' ELSE 'NO_ANSWER' END, CASE WHEN NOT talk THEN 480 END
       FROM attempt a JOIN person p ON p.id = a.person_id""",
    """WITH way AS (
           SELECT w.key AS name, s.seq, s.fact FROM jsonb_each(CAST(:ways AS jsonb)) w,
               jsonb_array_elements(w.value) WITH ORDINALITY AS s(fact, seq))
       INSERT INTO step (attempt_uuid, seq, at, node, fact)
       SELECT a.uuid, way.seq, a.started_at + interval '15 seconds' + (way.fact ->> 0)::int * interval '1 second'
               + CASE WHEN way.fact ->> 3 = 'hung_up' THEN (a.target_id % 4) * interval '1 second'
                      ELSE interval '0' END,
           way.fact ->> 1, jsonb_build_object('type', way.fact ->> 2, 'node', way.fact ->> 1,
               CASE way.fact ->> 2 WHEN 'entered' THEN 'kind' WHEN 'left' THEN 'exit' ELSE 'reason' END,
               way.fact ->> 3)
       FROM attempt a JOIN way ON way.name = CASE WHEN a.target_id % 12 = 4 THEN 'gone'
           WHEN a.target_id % 12 = 5 THEN 'gone_first' WHEN a.target_id % 3 = 0 THEN 'sad' ELSE 'glad' END
       WHERE a.talk""",
    """INSERT INTO answer (attempt_uuid, question, value, label, at)
       SELECT uuid, q, CASE q WHEN 'happy' THEN CASE WHEN target_id % 3 = 0 THEN 'no' ELSE 'yes' END
           ELSE (1 + target_id % 5)::text END, '', started_at + interval '30 seconds'
       FROM attempt, unnest(ARRAY['happy', 'mark']) q WHERE talk AND target_id % 12 NOT IN (4, 5)""",
)


def fill(engine: Engine, calls: int) -> None:
    """Write a list, its campaign, and what its calls left."""
    from oklik.scenario.document import load_text, to_json

    document = json.dumps(to_json(load_text(SCENARIO, "bench.yaml")), ensure_ascii=False)
    values = {"document": document, "now": NOW, "calls": calls, "ways": json.dumps(_WAYS)}
    for statement in STATEMENTS:
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        with engine.begin() as conn:
            conn.execute(text(statement), wanted)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))


def timed(what: Callable[[], Any], tries: int) -> float:
    """Give the median of so many tries, in seconds by the clock."""
    took = []
    for _ in range(tries):
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return round(statistics.median(took), 3)


def measure(engine: Engine, tries: int) -> dict[str, float]:
    """Time results and pages as they are asked for."""
    from oklik.reports.call_pages import Filter, Place, calls
    from oklik.reports.contact_pages import ContactFilter, contacts
    from oklik.reports.result_spans import results
    from oklik.reports.wanted import Cell, Wanted

    segment = Wanted(segment=Cell("Город", "Омск"))
    nobody = Wanted(segment=Cell("Город", "Нигде"))
    day = Wanted(since=NOW - dt.timedelta(days=1))
    pages = {
        "page": Filter(),
        "page_outcome": Filter(outcome="busy"),
        "page_by_talk": Filter(sort="talk"),
        "page_hung_up_in_step": Filter(place=Place("first", "hung_up")),
        "page_answer": Filter(answer=("mark", "3")),
        "page_segment": Filter(wanted=segment),
        "page_segment_of_nobody": Filter(wanted=nobody),
    }
    with engine.connect() as conn:
        figures = {
            "whole": timed(lambda: results(conn, 1), tries),
            "half_of_the_time": timed(lambda: results(conn, 1, day), tries),
            "segment": timed(lambda: results(conn, 1, segment), tries),
        }
        for name, given in pages.items():
            figures[name] = timed(lambda given=given: calls(conn, 1, 25, None, given), tries)  # type: ignore[misc]
        figures["contacts"] = timed(lambda: contacts(conn, 1, 25), tries)
        of_nobody = ContactFilter(wanted=nobody)
        figures["contacts_of_nobody"] = timed(lambda: contacts(conn, 1, 25, None, of_nobody), tries)
    return figures


def from_steps(engine: Engine) -> dict[str, float]:
    """Time counting everything, and the segment, from what the dialer has written."""
    from oklik.reports.results import count_span
    from oklik.reports.wanted import EVER, Cell

    with engine.connect() as conn:
        return {
            "whole": timed(lambda: count_span(conn, 1, *EVER), 1),
            "segment": timed(lambda: count_span(conn, 1, *EVER, Cell("Город", "Омск")), 1),
        }


def main() -> None:
    """Fill, time, keep, time again, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--tries", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    options = parser.parse_args()

    from oklik.reports.result_spans import keep_spans
    from oklik.store.engine import make_engine

    with fresh_database() as fresh:
        engine = make_engine(fresh.url)
        fill(engine, options.calls)
        figures: dict[str, Any] = {"calls": options.calls, "from_steps": from_steps(engine)}
        figures["nothing_kept"] = measure(engine, 1)
        began = time.perf_counter()
        keep_spans(engine, NOW + dt.timedelta(days=1))
        figures["keeping"] = round(time.perf_counter() - began, 1)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("ANALYZE"))
        figures["kept"] = measure(engine, options.tries)
        engine.dispose()
    if not options.json:
        for part in ("from_steps", "nothing_kept", "kept"):
            print(part, *(f"  {what:<26}{seconds:>8.3f} s" for what, seconds in figures[part].items()), sep="\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
