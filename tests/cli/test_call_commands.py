"""`oklik call` and `oklik phone`, as a person types them, on an installation of its own."""

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from oklik.campaigns import lease, ordered
from oklik.campaigns.finish import NO_AGENT, Finished, finish
from oklik.cli import main
from oklik.commands import call as call_commands
from oklik.dialing.disposition import CallSummary
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration
Oklik = Callable[..., tuple[int, str]]
PHONE = "+79039990001"
FIRST = "+79160000001"


@pytest.fixture
def oklik(
    database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Oklik:
    monkeypatch.setenv("OKLIK_DATABASE_URL", database_url)
    monkeypatch.setenv("OKLIK_HOME", str(folder))
    monkeypatch.setattr(call_commands, "NOBODY_S", 0.0)

    def typed(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["oklik", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), (said.out + said.err).strip()

    return typed


@pytest.fixture
def campaign(engine: Engine) -> int:
    """Two contacts, whose turn comes another day."""
    with engine.begin() as conn:
        for statement in (
            "INSERT INTO project (name) VALUES ('p')",
            "INSERT INTO scenario (project_id, name) VALUES (1, 's')",
            """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
               VALUES (1, 1, 'd', '{}', '2025-01-01T00:00Z')""",
            """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
               VALUES (1, 'l', 'l.csv', 'd', '[]', '2025-01-01T00:00Z')""",
            "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('t', 'sofia/gateway/pstn/{number}', 9, 9)",
            "INSERT INTO person (key) VALUES ('+79160000001'), ('+79160000002')",
            """INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone, contract)
               SELECT 1, id, id, ARRAY[key], '{}', 'МСК', 'D-' || id FROM person""",
            """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone,
                   retry, columns, voice, virtual, created_at)
               VALUES (1, 'весна', 1, 1, 1, 'informational', 'running', 'Europe/Moscow', '{}', '{}', '{}', false,
                   '2025-01-01T00:00Z')""",
            """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
               SELECT 1, id, person_id, 'waiting', '2100-01-01T00:00Z' FROM contact""",
            "INSERT INTO agent_group (project_id, name) VALUES (1, 'sales')",
            "INSERT INTO membership (group_id, position, endpoint) VALUES (1, 1, 'user/1001'), (1, 2, 'user/1002')",
        ):
            conn.execute(text(statement))
    return 1


def serve(engine: Engine, now: dt.datetime | None = None) -> None:
    """What a dialer does."""
    with engine.begin() as conn:
        holder = lease.take(conn, "fs1", owner="test", core_uuid="core")
        at = now or conn.execute(text("SELECT max(ordered_at) FROM call_order")).scalar_one()
        ordered.claim(conn, holder, at, 9, virtual=False)


def test_phones_for_tests(oklik: Oklik, engine: Engine) -> None:
    assert oklik("phone", "list")[1].startswith("телефонов для проб нет")
    assert oklik("phone", "add", "8 903 999-00-01", "--name", "Анна") == (
        0,
        f"{PHONE} (Анна): на него можно звонить для пробы",
    )
    assert oklik("phone", "list") == (0, f"{PHONE}  Анна")
    code, said = oklik("phone", "list", "--json")
    assert (code, json.loads(said)["number"]) == (0, PHONE)
    code, said = oklik("phone", "add", "+881612345678", "--name", "Анна")
    assert code == 2
    assert len(said.splitlines()) == 1
    assert oklik("phone", "add", "112", "--name", "Анна")[0] == 2
    assert oklik("phone", "remove", PHONE) == (0, f"{PHONE}: больше не для проб")
    assert oklik("phone", "remove", PHONE) == (2, f"oklik: {PHONE} не записан как телефон для проб")
    with engine.connect() as conn:
        noted = list(conn.execute(text("SELECT action FROM audit_entry ORDER BY id")).scalars())
    assert noted == ["phone.add", "phone.remove"]


def test_what_does_not_exist_is_told_in_a_line(oklik: Oklik, campaign: int, engine: Engine) -> None:
    manual = ("call", "manual", "--campaign", str(campaign))
    assert oklik("call", "manual", "--campaign", "осень", "--contact", FIRST)[0] == 2
    assert oklik(*manual, "--contact", "+79990000000") == (
        2,
        "oklik: «+79990000000»: в кампании нет такой строки, телефона, ключа или договора",
    )
    assert oklik("call", "test", "--campaign", "1", "--number", "два")[0] == 2
    first = ("call", "agent-first", "--campaign", "1", "--contact", "D-1", "--agent")
    code, said = oklik(*first, "user/7")
    assert (code, said) == (2, "oklik: оператора «user/7» в группах этой кампании нет; есть: user/1001, user/1002")
    code, said = oklik(*first, "sales", "--language", "en")
    assert (code, said.splitlines()) == (
        2,
        ["oklik: group 'sales' has several agents, name the phone of one: user/1001, user/1002"],
    )
    assert oklik("call", "status", "7") == (2, "oklik: заказа 7 нет")
    assert oklik("call", "cancel", "7") == (2, "oklik: заказа 7 нет")
    with engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM call_order")).scalar_one() == 0, "nothing is half done"


def test_an_order_is_answered(oklik: Oklik, campaign: int, engine: Engine) -> None:
    code, said = oklik("call", "test", "--campaign", "весна", "--number", PHONE, "--no-wait")
    assert (code, said) == (0, "заказ 1: ждёт обзвонщика")
    serve(engine)
    code, said = oklik("call", "status", "1")
    assert (code, said) == (
        0,
        (
            f"заказ 1: звонить нельзя: номер {PHONE} не записан среди телефонов для пробных звонков: "
            "сначала его добавляют туда"
        ),
    )
    code, said = oklik("call", "status", "1", "--json", "--language", "en")
    told = json.loads(said)
    assert (told["state"], told["rule"], told["kind"]) == ("denied", "not_a_tester", "test")
    assert told["sentence"]["en"].startswith(f"number {PHONE} is not among")
    oklik("phone", "add", PHONE, "--name", "Анна")
    oklik("call", "test", "--campaign", str(campaign), "--number", PHONE, "--contact", "D-2", "--no-wait")
    serve(engine)
    assert oklik("call", "status", "2", "--language", "en") == (0, f"order 2: dialing {PHONE}")
    assert oklik("call", "cancel", "2") == (1, "oklik: заказ 2 уже не отменить")


def test_a_denial_says_from_when_on(oklik: Oklik, campaign: int, engine: Engine) -> None:
    oklik("call", "manual", "--campaign", str(campaign), "--contact", FIRST, "--no-wait")
    night = dt.datetime(2025, 3, 4, 21, 0, tzinfo=dt.UTC)
    with engine.begin() as conn:
        conn.execute(text("UPDATE call_order SET ordered_at = :now, deadline = :now"), {"now": night})
    serve(engine, night)
    code, said = oklik("call", "status", "1")
    assert code == 0
    assert said.startswith("заказ 1: звонить нельзя: у абонента не время для звонков")
    assert said.endswith("можно с 05.03.2025 09:00")


def test_without_a_dialer_the_order_is_taken_back(oklik: Oklik, campaign: int) -> None:
    code, said = oklik("call", "manual", "--campaign", str(campaign), "--contact", "D-1")
    assert code == 1
    assert said.splitlines() == [
        "заказ 1: ждёт обзвонщика",
        "заказ 1: за отведённое время никто не позвонил; звонка не будет",
        "обзвонщик не работает: запустите oklik up; заказ снят",
    ]
    code, said = oklik("call", "agent-first", "--campaign", "1", "--contact", "D-1", "--agent", "user/1002", "--json")
    assert code == 1
    assert json.loads(said.splitlines()[0])["state"] == "expired"


def test_an_order_can_be_cancelled(oklik: Oklik, campaign: int) -> None:
    oklik("call", "manual", "--campaign", str(campaign), "--contact", "D-1", "--no-wait")
    assert oklik("call", "cancel", "1") == (0, "заказ 1 отменён")
    assert oklik("call", "status", "1") == (0, "заказ 1 отменён")


def test_how_a_call_went_is_told_in_words(oklik: Oklik, campaign: int, engine: Engine) -> None:
    first = ("call", "agent-first", "--campaign", str(campaign), "--agent", "user/1001", "--no-wait", "--contact")
    oklik("phone", "add", PHONE, "--name", "Анна")
    oklik("call", "test", "--campaign", str(campaign), "--number", PHONE, "--no-wait")
    oklik(*first, "D-1")
    oklik(*first, "D-2")
    with engine.begin() as conn:
        noon = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)
        conn.execute(text("UPDATE call_order SET ordered_at = :now, deadline = :now"), {"now": noon})
    serve(engine, noon)
    with engine.begin() as conn:
        holder = lease.take(conn, "fs1", owner="test", core_uuid="core")
        uuids = list(conn.execute(text("SELECT call_uuid FROM call_order ORDER BY id")).scalars())
        conn.execute(
            text(
                """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id,
                       intent_at, cause)
                   VALUES (gen_random_uuid(), 'agent', :uuid, 'fs1', 1, 'core', 'final', 'user/1001', '',
                       :now, 'USER_BUSY')"""
            ),
            {"uuid": uuids[1], "now": noon},
        )
        ends = [
            Finished(uuids[0], noon, CallSummary(answered=True, talk_s=9.4), stranger=True),
            Finished(uuids[1], noon, CallSummary(cause=NO_AGENT, sent=False)),
            Finished(uuids[2], noon, CallSummary(answered=True, talk_s=31.0, transfer="talked")),
        ]
        finish(conn, holder, ends, noon)
    assert [oklik("call", "status", str(n))[1] for n in (1, 2, 3)] == [
        f"заказ 1: {PHONE}: пробный звонок окончен, разговор 9 с",
        "заказ 2: оператор не ответил (занято), человеку не звонили",
        "заказ 3: +79160000002: звонок окончен, итог: соединён с оператором, разговор 31 с",
    ]


def test_a_version_that_cannot_be_read_is_named(oklik: Oklik, campaign: int) -> None:
    code, said = oklik("campaign", "preflight", str(campaign))
    assert (code, "версия 1 сценария «s» не читается: " in said, "Traceback" in said) == (2, True, False), said
