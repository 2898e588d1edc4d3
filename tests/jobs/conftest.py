"""A real PostgreSQL with a small campaign in it, whose contacts wait for their prompts."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, text

from oklik.jobs.app import apply_schema
from oklik.scenario.document import load_text, to_json
from oklik.speech.voices import Voice
from speech.fakes import SpyEngine, spy_voice
from support.postgres import *  # noqa: F403

SCENARIO = """\
format: 1
name: reminder
title: {ru: Напоминание}
languages: [ru]
purpose: debt
start: hello
columns:
  name: {title: {ru: Имя}, type: text, personal: true}
  debt: {title: {ru: Долг}, type: money, personal: true, required: true}
  due: {title: {ru: Срок}, type: date}
nodes:
  hello:
    kind: play
    text: {ru: "Здравствуйте, {{ name }}."}
    exits: {done: debt}
  debt:
    kind: play
    text: {ru: "Вы должны {{ debt | money('RUB') }} до {{ due | date('genitive') }}."}
    exits: {done: bye}
  bye:
    kind: hangup
"""
DUE = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)


class Desk:
    """Puts campaigns into the database and looks what became of them."""

    def __init__(self, engine: Engine, voice: Voice, spy: SpyEngine) -> None:
        self.engine = engine
        self.voice = voice
        self.spy = spy

    def run(self, statement: str, **values: Any) -> Any:
        with self.engine.begin() as connection:
            return connection.execute(text(statement), values)

    def campaign(
        self,
        people: Sequence[dict[str, object]],
        *,
        due: dt.datetime = DUE,
        virtual: bool = True,
        voice: dict[str, Any] | None = None,
        scenario: str = SCENARIO,
    ) -> int:
        document = json.dumps(to_json(load_text(scenario, "reminder.yaml")), ensure_ascii=False)
        fields = json.dumps(list(people), ensure_ascii=False)
        self.run(
            """WITH p AS (INSERT INTO project (name) VALUES ('p') RETURNING id),
               s AS (INSERT INTO scenario (project_id, name) SELECT id, 's' FROM p RETURNING id),
               v AS (INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
                     SELECT id, 1, 'd', CAST(:document AS json), now() FROM s RETURNING id),
               l AS (INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
                     SELECT id, 'l', 'l.csv', 'd', '[]', now() FROM p RETURNING id, project_id),
               t AS (INSERT INTO trunk (name, dial_string, channels, cps)
                     VALUES ('t', 'x/{number}', 1, 1) RETURNING id),
               g AS (INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state,
                                           zone, retry, columns, voice, virtual, created_at)
                     SELECT l.project_id, 'c', v.id, l.id, t.id, 'debt', 'running', 'Europe/Moscow', '{}',
                            '{"name": "Имя", "debt": "Долг", "due": "Срок"}', CAST(:voice AS jsonb), :virtual, now()
                     FROM l, v, t RETURNING id, list_id),
               r AS (SELECT value, ordinality AS n FROM jsonb_array_elements(CAST(:fields AS jsonb)) WITH ORDINALITY),
               h AS (INSERT INTO person (key) SELECT '+7916' || lpad(n::text, 7, '0') FROM r RETURNING id, key),
               c AS (INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
                     SELECT g.list_id, h.id, r.n, ARRAY[h.key], r.value, 'Europe/Moscow'
                     FROM r JOIN h ON h.key = '+7916' || lpad(r.n::text, 7, '0'), g RETURNING id, person_id, row_number)
               INSERT INTO target (campaign_id, contact_id, person_id, state, due)
               SELECT g.id, c.id, c.person_id, 'preparing', CAST(:due AS timestamptz) + c.row_number * interval '1 s'
               FROM c, g ORDER BY c.row_number""",
            document=document,
            fields=fields,
            voice=json.dumps(voice or self.voice.to_json()),
            virtual=virtual,
            due=due,
        )
        return int(self.run("SELECT max(id) FROM campaign").scalar_one())

    def targets(self) -> list[Any]:
        """State, reason and arguments, in the order of the list."""
        return self.run(
            """SELECT t.state, t.reason, t.reason_args FROM target t JOIN contact c ON c.id = t.contact_id
               ORDER BY c.row_number"""
        ).all()

    def states(self) -> list[str]:
        return [row.state for row in self.targets()]

    def jobs(self) -> list[Any]:
        return self.run("SELECT task_name, args, status::text AS status FROM procrastinate_jobs ORDER BY id").all()


def person(n: int, **other: object) -> dict[str, object]:
    return {"Имя": f"Имя{n}", "Долг": f"{1000 + n}", "Срок": "15.04.2025"} | other


@pytest.fixture
def desk(engine: Engine, database_url: str) -> Desk:
    apply_schema(database_url)
    return Desk(engine, *spy_voice())
