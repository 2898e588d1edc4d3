"""A campaign with a past, put into the tables directly: every outcome, answers, retries, people nobody called."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from oklik.dialing.vocabulary import Disposition
from oklik.scenario.document import Scenario, load_file, to_json

ROOT = Path(__file__).parents[2]
START = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)  # 10:00 in Moscow
COLUMNS = ["№", "ФИО", "Телефон", "Сумма долга", "Срок оплаты", "Комментарий"]
ANSWERED = {"completed", "delivered", "partial", "hung_up", "no_input", "wrong_person", "transferred", "opted_out",
            "machine", "abandoned", "no_agent", "declined"}  # fmt: skip


def debt_scenario() -> Scenario:
    return load_file(ROOT / "scenarios" / "debt-reminder" / "ru.yaml")


def survey_scenario() -> Scenario:
    return load_file(ROOT / "scenarios" / "satisfaction-survey" / "ru.yaml")


class Town:
    """Builds one campaign; ids are what the database gives."""

    def __init__(self, conn: Connection, scenario: Scenario | None = None, **campaign: Any) -> None:
        self.conn = conn
        self.scenario = scenario or debt_scenario()
        self._calls = 0
        self._people = 0
        document = json.dumps(to_json(self.scenario), ensure_ascii=False)
        project = self._one("INSERT INTO project (name) VALUES ('p') RETURNING id")
        made = self._one("INSERT INTO scenario (project_id, name) VALUES (:p, 's') RETURNING id", p=project)
        version = self._one(
            """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
               VALUES (:s, 3, 'd', CAST(:document AS json), :at) RETURNING id""",
            s=made, document=document, at=START,
        )  # fmt: skip
        columns = campaign.pop("columns", COLUMNS)
        self.list_id = self._one(
            """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
               VALUES (:p, 'l', 'должники.xlsx', 'd', CAST(:columns AS jsonb), :at) RETURNING id""",
            p=project, columns=json.dumps(columns), at=START,
        )  # fmt: skip
        trunk = self._one(
            "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('t', 'x/{number}', 1, 1) RETURNING id"
        )
        values = {
            "purpose": str(self.scenario.purpose),
            "state": "done",
            "zone": "Europe/Moscow",
            "window": None,
            "virtual": True,
            "mapped": {"name": "ФИО", "debt": "Сумма долга", "due": "Срок оплаты"},
        } | campaign
        self.id = self._one(
            """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone,
                   "window", retry, columns, voice, virtual, created_at)
               VALUES (:p, 'c', :version, :list, :trunk, :purpose, :state, :zone, CAST(:window AS jsonb), '{}',
                   CAST(:mapped AS jsonb), '{}', :virtual, :at) RETURNING id""",
            p=project, version=version, list=self.list_id, trunk=trunk, at=START,
            **values | {"mapped": json.dumps(values["mapped"]),
                        "window": json.dumps(values["window"]) if values["window"] else None},
        )  # fmt: skip

    def _one(self, statement: str, **values: Any) -> Any:
        return self.conn.execute(text(statement), values).scalar_one()

    def person(
        self,
        fields: dict[str, str] | None = None,
        *,
        state: str = "done",
        disposition: str | None = None,
        reason: str | None = None,
        args: dict[str, Any] | None = None,
        due: dt.datetime = START,
        kinds: dict[str, str] | None = None,
        notes: list[list[str]] | None = None,
    ) -> int:
        """A contact and its target; gives the target's id."""
        self._people += 1
        n = self._people
        phone = f"+7916{n:07}"
        own = {
            "№": str(n),
            "ФИО": f"Иванов Иван{'ов' * (n % 3)}ич",
            "Телефон": f"8 (916) {n:03}-{n % 100:02}-{n % 100:02}",
        }
        own |= {"Сумма долга": f"{n * 1234 % 90000}.{n % 100:02}", "Срок оплаты": "15.12.2026", "Комментарий": ""}
        person = self._one("INSERT INTO person (key) VALUES (:key) RETURNING id", key=phone)
        contact = self._one(
            """INSERT INTO contact (list_id, person_id, row_number, phones, fields, kinds, notes)
               VALUES (:list, :person, :row, :phones, CAST(:fields AS jsonb), CAST(:kinds AS jsonb),
                   CAST(:notes AS jsonb)) RETURNING id""",
            list=self.list_id, person=person, row=n + 1, phones=[phone],
            fields=json.dumps(own | (fields or {}), ensure_ascii=False),
            kinds=json.dumps(kinds) if kinds else None, notes=json.dumps(notes) if notes else None,
        )  # fmt: skip
        return int(
            self._one(
                """INSERT INTO target (campaign_id, contact_id, person_id, state, due, disposition, reason, reason_args)
                   VALUES (:c, :contact, :person, :state, :due, :disposition, :reason, CAST(:args AS jsonb))
                   RETURNING id""",
                c=self.id,
                contact=contact,
                person=person,
                state=state,
                due=due,
                disposition=disposition,
                reason=reason,
                args=json.dumps(args, ensure_ascii=False) if args is not None else None,
            )
        )

    def attempt(
        self,
        target: int,
        disposition: str | None,
        *,
        n: int = 1,
        at: dt.datetime = START,
        heard: int | None = None,
        talk: float = 30.4,
        by: str | None = "person",
        caller_id: str = "+74950000001",
        answers: dict[str, tuple[str, str]] | None = None,
        number: str | None = None,
        sip: int | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """An attempt of a target with its leg; disposition None: under way."""
        self._calls += 1
        uuid = UUID(int=self._calls)
        answered = disposition in ANSWERED
        values = {
            "uuid": uuid, "target": target, "c": self.id, "n": n, "at": at, "disposition": disposition,
            "open": disposition is None, "heard": heard, "by": by if disposition else None, "caller_id": caller_id,
            "answered": at if answered else None, "talk": talk if answered else None, "sip": sip,
            "number": number or self._one("SELECT phones[1] FROM contact JOIN target t ON t.contact_id = contact.id"
                                          " WHERE t.id = :t", t=target),
        }  # fmt: skip
        self.conn.execute(
            text(
                """WITH leg AS (
                       INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id,
                           intent_at, answered_at, talk_s, ring_s, hangup_by, sip_status)
                       VALUES (:uuid, 'person', :uuid, 'fs', 1, 'core', 'final', :number, :caller_id, :at, :answered,
                           :talk, 7.6, :by, :sip))
                   INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at,
                       disposition, heard_percent)
                   SELECT :uuid, :c, id, person_id, 'debt', :n, :open, :at, :disposition, :heard
                   FROM target WHERE id = :target"""
            ),
            values,
        )
        for question, (value, label) in (answers or {}).items():
            self.conn.execute(
                text("INSERT INTO answer (attempt_uuid, question, value, label, at) VALUES (:u, :q, :v, :l, :at)"),
                {"u": uuid, "q": question, "v": value, "l": label, "at": at},
            )

        if tags:
            fact = {"type": "marked", "node": "m", "outcome": "", "tags": tags}
            self.conn.execute(
                text(
                    "INSERT INTO step (attempt_uuid, seq, at, node, fact) VALUES (:u, 1, :at, 'm', CAST(:f AS jsonb))"
                ),
                {"u": uuid, "at": at, "f": json.dumps(fact)},
            )

    def rejected(self, row: int, code: str, detail: str, fields: dict[str, str]) -> None:
        self.conn.execute(
            text(
                """INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
                   VALUES (:list, :row, :code, :detail, CAST(:fields AS jsonb))"""
            ),
            {"list": self.list_id, "row": row, "code": code, "detail": detail,
             "fields": json.dumps(fields, ensure_ascii=False)},
        )  # fmt: skip


SHARES = {
    "completed": 80, "no_answer": 70, "unreachable": 35, "hung_up": 30, "wrong_person": 14, "busy": 12,
    "transferred": 11, "no_input": 10, "machine": 9, "delivered": 8, "rejected": 7, "invalid_number": 5, "opted_out": 4,
    "partial": 3, "line_fault": 1, "no_agent": 1,
}  # fmt: skip
INTENTS = [("promise", 5), ("paid", 3), ("dispute", 1)]


def populate(town: Town, scale: float = 1.0) -> None:
    """A campaign as it looks in life, the same every time."""
    dice = random.Random(7)
    moment = START
    for code, share in SHARES.items():
        for _ in range(max(1, round(share * scale))):
            moment += dt.timedelta(seconds=dice.randint(5, 60))
            final = code in ANSWERED or code in ("invalid_number", "rejected")
            target = town.person(
                state="done" if final else "waiting", disposition=code, due=moment + dt.timedelta(hours=3),
                reason="reached" if final else "retry", args=None if final else {"attempt": 1},
            )  # fmt: skip
            answers = {}
            if code in ("completed", "partial"):
                (intent,) = dice.choices([name for name, _ in INTENTS], [weight for _, weight in INTENTS])
                answers["intent"] = (intent, intent)
                if intent == "promise" and code == "completed":
                    days = str(dice.choice([1, 2, 3, 3, 5, 7, 7, 10, 14]))
                    answers["days"] = (days, f"через {days} дн.")
            elif code == "transferred":
                answers["intent"] = ("agent", "Попросил специалиста")
            heard = {"hung_up": dice.randint(5, 90), "completed": 100, "delivered": 100, "transferred": 100}.get(code)
            if dice.random() < 0.3:
                town.attempt(target, "no_answer", at=moment, by="switch", sip=480)
                moment += dt.timedelta(seconds=3)
                town.attempt(target, code, n=2, at=moment, heard=heard, talk=dice.uniform(5, 90), answers=answers,
                             by=dice.choice(["person", "us"]) if code in ANSWERED else "switch")  # fmt: skip
            else:
                town.attempt(target, code, at=moment, heard=heard, talk=dice.uniform(5, 90), answers=answers,
                             by=dice.choice(["person", "us"]) if code in ANSWERED else "switch")  # fmt: skip
    town.person(reason="stop_list", args={})
    town.person(reason="value_unreadable", args={"title": "Сумма долга", "value": "сто", "expected": "money"})
    for n, (code, detail) in enumerate(
        [("letters", "8916О001122"), ("too_short", "12345"), ("duplicate", "17"), ("no_phone", ""), ("total_row", "")]
    ):
        town.rejected(400 + n, code, detail, {"№": str(400 + n), "ФИО": "Петров Пётр", "Телефон": detail})


ALL_DISPOSITIONS = [str(code) for code in Disposition]
