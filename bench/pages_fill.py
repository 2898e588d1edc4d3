"""A database as after a busy week, for pages.py: a list of a million, its campaign half called, smaller ones beside it.

Made by set-based statements; only scenario, launch and prompts of the first few go the usual way, so that the dialer
can go on with the rest.  The people live where it is about noon now: that is when they may be called.
"""

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Engine, text

from oklik.campaigns import scenario_drafts, tokens, users
from oklik.campaigns.launch import Launch, TrunkSpec, launch
from oklik.campaigns.passwords import Passwords
from oklik.campaigns.prepare_prompts import prepare_prompts
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.dialing.retry import RetryPlan
from oklik.reports.result_spans import keep_spans
from oklik.scenario.document import load_text, to_json
from oklik.speech.audio import Sound
from oklik.speech.dictionary import Dictionary
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import Voice, default_voices, voice_from_json

LOGIN, PASSWORD = "bench", "a long phrase of the bench"
FIRST = 20  # contacts that are launched as people do it; the others are copied from them
SMALL = 10  # campaigns beside the large one
PROMPT_S = 8.0
QUESTIONS = 6
_ASK = """
  q{n}:
    kind: ask
    text: {{ru: "Оцените нас по вопросу номер {n}."}}
    question: mark{n}
    min_digits: 1
    max_digits: 1
    exits: {{done: {then}, no_input: {then}}}
"""
SCENARIO = """
format: 1
name: bench
title: {ru: Замер}
languages: [ru]
purpose: informational
start: hello
columns: {name: {title: {ru: Имя}, type: text}}
nodes:
  hello: {kind: play, text: {ru: "Здравствуйте."}, message: true, exits: {done: q1}}
""" + "".join(_ASK.format(n=n, then=f"q{n + 1}" if n < QUESTIONS else "bye") for n in range(1, QUESTIONS + 1))
SCENARIO += "  bye: {kind: hangup}\n"

_NAMES = "ARRAY['Александр','Сергей','Дмитрий','Алексей','Андрей','Елена','Ольга','Татьяна','Наталья','Ирина','Анна',"
_NAMES += "'Мария','Иван','Михаил','Юлия','Павел','Артём','Никита','Светлана','Галина']"
_ROOTS = "ARRAY['Иван','Петр','Сидор','Кузнец','Смирн','Попов','Василь','Соколов','Михайл','Новик','Фёдор','Мороз',"
_ROOTS += "'Волк','Алексе','Лебед','Семён','Егор','Павл','Козл','Степан','Никола','Орл','Андре','Макар','Никит',"
_ROOTS += (
    "'Захар','Зайц','Соловь','Борис','Яковл','Григорь','Роман','Воробь','Серге','Кузьмин','Фрол','Александр','Дмитри']"
)
_ENDS = "ARRAY['ов','ева','енко','ский','ин','ова','ович','ук','ян','ская','ко','ых']"
_CITIES = "ARRAY['Москва','Казань','Омск','Самара','Уфа','Пермь','Воронеж','Тюмень','Барнаул','Иркутск','Хабаровск',"
_CITIES += "'Томск','Рязань','Пенза','Липецк','Киров','Тула','Калуга','Тверь','Сочи']"

_PEOPLE = f"""
INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
SELECT :list, p.id, p.id, ARRAY[p.key],
    jsonb_build_object('Фамилия', ({_ROOTS})[1 + (p.id * 7919) % 38] || ({_ENDS})[1 + (p.id * 104729) % 12],
        'Имя', ({_NAMES})[1 + (p.id * 31) % 20], 'Город', ({_CITIES})[1 + (p.id * 611953) % 20],
        'Телефон', p.key, 'Долг', (p.id * 37 % 90000)::text, 'Договор', 'КД-' || p.id), :zone
FROM person p WHERE p.id BETWEEN :from AND :to"""  # noqa: S608  constants of this file

_WORDS = """
INSERT INTO contact_words (contact_id, list_id, words)
SELECT id, list_id, array_to_tsvector(ARRAY(SELECT DISTINCT w FROM unnest(ARRAY[
    replace(lower(fields ->> 'Фамилия'), 'ё', 'е'), replace(lower(fields ->> 'Имя'), 'ё', 'е'),
    lower(fields ->> 'Город'), fields ->> 'Долг', lower(fields ->> 'Договор'), 'кд', right(fields ->> 'Договор', -3),
    right(phones[1], -1), right(phones[1], -2), '~' || right(phones[1], 4)]) w))
FROM contact"""

# 6 in 10 of who was called are done, the others are to be called again tomorrow.
_TARGETS = """
INSERT INTO target (campaign_id, contact_id, person_id, state, due, attempts, disposition, reason, reason_args,
    prepared, last_hours)
SELECT :campaign, c.id, c.person_id, CASE WHEN n <= :called AND n % 10 < 6 THEN 'done' ELSE 'waiting' END,
    CASE WHEN n > :called THEN CAST(:now AS timestamptz) - interval '1 hour'
         ELSE CAST(:now AS timestamptz) + (20 + n % 8) * interval '1 hour' END,
    CASE WHEN n > :called THEN 0 ELSE 1 END,
    CASE WHEN n <= :called AND n % 10 < 6 THEN
        (ARRAY['completed','completed','delivered','partial','opted_out','invalid_number'])[1 + n % 6] END,
    CASE WHEN n <= :called AND n % 10 >= 6 THEN 'retry' END,
    CASE WHEN n <= :called AND n % 10 >= 6 THEN '{"outcome": "no_answer", "attempt": 1}'::jsonb END,
    :prepared, CASE WHEN n > :called THEN '[]'::jsonb ELSE '[11]'::jsonb END
FROM (SELECT id, person_id, row_number() OVER (ORDER BY id DESC) AS n FROM contact WHERE list_id = :list) c
WHERE NOT EXISTS (SELECT FROM target t WHERE t.campaign_id = :campaign AND t.contact_id = c.id)"""

_ATTEMPTS = """
INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at, disposition, talk,
    consumed)
SELECT md5('a' || id)::uuid, campaign_id, id, person_id, 'informational', 1, false, at, at + interval '70 seconds',
    coalesce(disposition, 'no_answer'), disposition IS NOT NULL AND disposition <> 'invalid_number', true
FROM (SELECT *, CAST(:now AS timestamptz) - (1 + id % 4) * interval '1 day'
        - (id * 7919 % 36000) * interval '1 second' AS at
      FROM target WHERE attempts = 1) t"""

_CALLS = """
INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at, sent_at,
    answered_at, ended_at, cause, sip_status, ring_s, talk_s, hangup_by, trunk_id)
SELECT a.uuid, 'person', a.uuid, 'old', 1, '', 'final', k.phones[1], '74950000001', started_at, started_at,
    CASE WHEN talk THEN started_at + interval '10 seconds' END, ended_at,
    CASE WHEN talk THEN 'NORMAL_CLEARING' ELSE 'NO_ANSWER' END, CASE WHEN talk THEN 200 ELSE 480 END, 10,
    CASE WHEN talk THEN 55 END, CASE WHEN talk THEN 'us' END, :trunk
FROM attempt a JOIN target t ON t.id = a.target_id JOIN contact k ON k.id = t.contact_id"""

_ANSWERS = """
INSERT INTO answer (attempt_uuid, question, value, label, at)
SELECT uuid, 'mark' || q, v::text, v::text, started_at + q * interval '9 seconds'
FROM (SELECT uuid, started_at, q, (hashint8(target_id * q) & 1073741823) % 10 AS v
      FROM attempt CROSS JOIN generate_series(1, 6) q WHERE talk AND (disposition = 'completed' OR q < 3)) a"""

_STEPS = """
INSERT INTO step (attempt_uuid, seq, at, node, fact)
SELECT uuid, s, started_at + interval '10 seconds' + s * interval '4 seconds',
    CASE WHEN s < 2 THEN 'hello' WHEN s = 14 THEN 'bye' ELSE 'q' || s / 2 END,
    CASE WHEN s = 14 THEN '{"type": "ended", "reason": "completed"}'::jsonb
         WHEN s = 7 AND disposition <> 'completed' THEN '{"type": "ended", "reason": "hung_up"}'::jsonb
         WHEN s % 2 = 0 THEN jsonb_build_object('type', 'entered') ELSE '{"type": "left", "exit": "done"}'::jsonb END
FROM attempt CROSS JOIN generate_series(0, 14) s WHERE talk AND (disposition = 'completed' OR s < 8)"""

_BESIDES = (
    """INSERT INTO suppression (number, source, added_at)
       SELECT '+7999' || lpad(g::text, 7, '0'), 'import', CAST(:now AS timestamptz) - g * interval '1 minute'
       FROM generate_series(1, 100000) g""",
    """INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
       SELECT :list, 2000000 + g, 'bad_phone', '123', '{"Имя": "Иван"}' FROM generate_series(1, 1000) g""",
    """INSERT INTO audit_entry (at, who, via, address, action, subject, details)
       SELECT CAST(:now AS timestamptz) - g * interval '1 minute', 'user:bench', 'web', '127.0.0.1',
           (ARRAY['campaigns.start', 'stop_list.add', 'lists.import', 'contacts.edit'])[1 + g % 4], g::text,
           '{"reason": "просил не звонить"}' FROM generate_series(200000, 1, -1) g""",
    """INSERT INTO command (campaign_id, kind, created_at, deadline, result)
       VALUES (:campaign, 'resume', :now, :now, 'done')""",
    """INSERT INTO call_order (kind, campaign_id, target_id, ordered_by, ordered_at, deadline, state)
       SELECT 'manual', campaign_id, id, 'user:bench', :now, :now, 'expired' FROM target ORDER BY id LIMIT 1""",
    """INSERT INTO report_file (campaign_id, kind, language, state, progress, asked_at, asked_by)
       VALUES (:campaign, 'xlsx', 'ru', 'done', 1, :now, 'user:bench')""",
    """INSERT INTO preset (name, number) VALUES ('Обычный', 1)""",
    """INSERT INTO preset_version (preset_id, number, settings, saved_at, saved_by)
       SELECT id, 1, '{}', :now, 'user:bench' FROM preset""",
    """INSERT INTO standing_campaign (project_id, name, scenario_id, overrides, voice, active, created_at, created_by)
       SELECT p.id, 'Каждое утро', s.id, '{}', '{}', true, :now, 'user:bench' FROM project p, scenario s LIMIT 1""",
)


class Tone:
    """Says everything with the same tone, as long as a usual phrase."""

    def speak(self, words: str, language: str) -> Sound:
        """The tone."""
        del words, language
        return Sound(0.3 * np.sin(np.arange(int(8000 * PROMPT_S)) * 0.5), 8000)

    def close(self) -> None:
        """Nothing to give back."""


def zone_of_noon(now: dt.datetime) -> str:
    """A zone in which it is about noon: people there may be called."""
    ahead = (13 - now.hour + 11) % 24 - 11
    return f"UTC{'+' if ahead >= 0 else '-'}{abs(ahead):02d}:00"


class Size(NamedTuple):
    """How much of it.  contacts: of the large list; called: of them, once already; channels: calls at a time."""

    contacts: int
    called: int
    channels: int


def fill(engine: Engine, prompts: Path, size: Size, now: dt.datetime) -> dict[str, int]:
    """Fill an empty migrated database; gives the ids of what pages are asked about, by the names in their addresses."""
    zone, contacts = zone_of_noon(now), size.contacts
    with engine.begin() as conn:
        user = users.add_user(conn, LOGIN, "Замер", "admin", now)
        users.set_password(conn, user, Passwords().hash(PASSWORD))
        tokens.create(conn, "bench", ["campaigns:read"], now, user_id=user)
        project = conn.execute(text("INSERT INTO project (name) VALUES ('Замер') RETURNING id")).scalar_one()
        scenario = load_text(SCENARIO, "bench.yaml")
        version = publish_scenario(conn, project, scenario, now)
        conn.execute(
            text("INSERT INTO person (key) SELECT '+79' || lpad(g::text, 9, '0') FROM generate_series(1, :n) g"),
            {"n": contacts},
        )
        lists = [_list(conn, project, f"Список {n}", now) for n in range(SMALL + 1)]
        _put(conn, _PEOPLE, list=lists[0], zone=zone, **{"from": 1, "to": FIRST})
        wanted = Launch(
            project_id=project,
            name="Большая",
            scenario_version_id=version.id,
            list_id=lists[0],
            trunk=TrunkSpec(
                name="bench",
                dial_string="sofia/gateway/pstn/{number}",
                channels=size.channels,
                cps=50,
                caller_ids=("74950000001",),
            ),
            retry=RetryPlan.none(),
            voice=Voice(default_voices()[0]).to_json(),
            virtual=True,
        )
        campaign = launch(conn, wanted, now).campaign_id
        drafted = to_json(scenario)
        made = scenario_drafts.make(conn, project, "drafted", {**drafted, "name": "drafted"}, "user:bench", now)
    prepare_prompts(
        engine,
        campaign,
        lambda held: PromptStore(prompts, Voice(voice_from_json(held).config, engine=Tone()), Dictionary({})),
        now=now,
    )
    with engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))  # the rows are made to fit: no look at keys
        conn.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        _put(conn, _PEOPLE, list=lists[0], zone=zone, **{"from": FIRST + 1, "to": contacts})
        small = max(FIRST, contacts // 50)
        for n, one in enumerate(lists[1:], 1):
            _put(conn, _PEOPLE, list=one, zone=zone, **{"from": 1 + (n - 1) * small, "to": n * small})
        prepared = conn.execute(text("SELECT prepared FROM target ORDER BY id LIMIT 1")).scalar()
        values = {"campaign": campaign, "list": lists[0], "called": size.called, "now": now, "prepared": prepared}
        _put(conn, _TARGETS, **values)
        states = ("done", "stopped", "paused", "done", "running")
        for n, one in enumerate(lists[1:]):
            told = {"of": campaign, "name": f"Малая {n}", "list": one, "state": states[n % 5]}
            copied = conn.execute(text(_COPY), told)
            _put(conn, _TARGETS, **{**values, "campaign": copied.scalar_one(), "list": one, "called": small})
        trunk = conn.execute(text("SELECT trunk_id FROM campaign WHERE id = :id"), {"id": campaign}).scalar_one()
        for statement in (_ATTEMPTS, _CALLS, _ANSWERS, _STEPS, *_BESIDES):
            _put(conn, statement, **values, trunk=trunk)
        conn.execute(text("DROP INDEX ix_contact_words_words"))
        _put(conn, _WORDS)
        conn.execute(text("CREATE INDEX ix_contact_words_words ON contact_words USING gin (words)"))
        _put(
            conn,
            """UPDATE contact_list l SET indexed_at = :now,
                   layout = jsonb_build_object('contacts', (SELECT count(*) FROM contact WHERE list_id = l.id),
                       'rejected', 0, 'phones', '["Телефон"]'::jsonb, 'others', '{}'::jsonb, 'zones', '[]'::jsonb,
                       'person', NULL, 'contract', NULL)""",
            now=now,
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))
    keep_spans(engine, now)
    return {
        "campaign_id": campaign,
        "list_id": lists[0],
        "scenario_id": made,
        "number": 1,
        "revision": 1,
        "version_of": version.id,
    }


_COPY = """
INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone, retry, columns,
    voice, virtual, created_at, settings)
SELECT project_id, :name, scenario_version_id, :list, trunk_id, purpose, :state, zone, retry, columns, voice, virtual,
    created_at, settings
FROM campaign WHERE id = :of RETURNING id"""


def _list(conn: Any, project: int, name: str, now: dt.datetime) -> int:
    made: int = conn.execute(
        text(
            """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
               VALUES (:p, CAST(:name AS text), 'list.csv', md5(CAST(:name AS text)),
                   '["Фамилия", "Имя", "Город", "Телефон", "Долг", "Договор"]', :now) RETURNING id"""
        ),
        {"p": project, "name": name, "now": now},
    ).scalar_one()
    return made


def _put(conn: Any, statement: str, **values: Any) -> None:
    conn.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
