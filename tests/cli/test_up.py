"""`oklik up`: carries out what is launched into its database, keeps its children up, stops in order, keeps secrets."""

import datetime as dt
import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.launch import Launch, TrunkSpec, launch
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.jobs.app import apply_schema
from oklik.processes import ChildError, start
from oklik.scenario.document import load_file
from oklik.speech.voices import Voice, default_voices
from oklik.store.deferring import PREPARE_PROMPTS, defer
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from support.command import Desk, Workshop, begin, child, end, processes
from support.patience import until

pytestmark = [pytest.mark.integration, pytest.mark.heavy]


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    """An empty database on the session's server."""
    yield desk.server.create_database("service")
    desk.server.drop_database("service")


def put(engine: Engine, desk: Desk, contacts: Path) -> int:
    """Launch a campaign over a list, as the web will."""
    now = dt.datetime.now(dt.UTC)
    imported = import_contacts(engine, "project", contacts.name, contacts, now=now)
    with engine.begin() as connection:
        scenario = load_file(desk.files / "scenario.yaml")
        version = publish_scenario(connection, imported.project_id, scenario, now)
        wanted = Launch(
            project_id=imported.project_id,
            name=contacts.name,
            scenario_version_id=version.id,
            list_id=imported.list_id,
            trunk=TrunkSpec(name="trunk", dial_string="sofia/gateway/pstn/{number}", channels=20, cps=20),
            voice=Voice(default_voices()[0]).to_json(),
            virtual=True,
        )
        campaign_id = launch(connection, wanted, now).campaign_id
        defer(connection, PREPARE_PROMPTS, only_one=str(campaign_id), campaign_id=campaign_id)
    return campaign_id


def state(engine: Engine, campaign_id: int) -> str:
    with engine.connect() as connection:
        return connection.execute(text("SELECT state FROM campaign WHERE id = :id"), {"id": campaign_id}).scalar_one()


def test_it_works_off_campaigns_until_it_is_told_to_stop(desk: Desk, url: str, workshop: Workshop):
    running = begin("up", "--speed", 300, home=desk.home, OKLIK_DATABASE_URL=url, OKLIK_NODE="service")
    try:
        dialer = until(lambda: child(desk.home, "oklik.worker"), "a dialer")
        engine = make_engine(url, pool_size=2)
        first = put(engine, desk, desk.people(8, first=30))
        until(lambda: state(engine, first) == "done", "the first campaign is done")

        secrets = {make_url(url).password or "?", "OKLIK_DATABASE_URL=" + url}
        for pid, line in processes(desk.home).items():
            with suppress(FileNotFoundError, ProcessLookupError):  # a short task of theirs that has ended
                environment = Path(f"/proc/{pid}/environ").read_text()
                secrets |= set(re.findall(r"OKLIK_SWITCH_PASSWORD=([^\0]+)", environment))
            assert "postgresql" not in line
        assert len(secrets) == 3  # the database's and the switch's
        seen = "".join(processes(desk.home).values())
        seen += "".join(log.read_text("utf-8", "replace") for log in (desk.home / "logs").iterdir())
        assert [secret for secret in secrets if secret in seen] == []

        os.kill(dialer, signal.SIGKILL)
        again = until(lambda: child(desk.home, "oklik.worker"), "a dialer again")
        assert again != dialer
        second = put(engine, desk, desk.people(8, first=31))
        until(lambda: state(engine, second) == "done", "the second campaign is done")
        engine.dispose()

        other = workshop.command("up", home=desk.home, OKLIK_DATABASE_URL=url, OKLIK_NODE="service")
        assert other.code == 2
        assert other.err[-1].startswith("oklik: узел service уже ведёт другой процесс")
        running.send_signal(signal.SIGTERM)
    except BaseException:
        running.kill()
        raise
    ended = end(running)
    assert ended.code == 0, ended.err
    assert "Оклик работает. Остановить: Ctrl-C" in ended.err
    assert "dialer запущен снова" in ended.err
    assert ended.err[-1] == "Останавливаюсь: разговоры заканчиваются"
    assert make_url(url).password not in "".join(ended.err)
    assert processes(desk.home) == {}


def test_wrong_settings_are_one_line(desk: Desk, workshop: Workshop):
    for settings, says in (
        ({"OKLIK_SWITCH": "nonsense"}, "OKLIK_SWITCH: нужно esl://"),
        ({"OKLIK_SWITCH": "esl://127.0.0.1:8021"}, "OKLIK_SWITCH: нет пароля"),
        (
            {"OKLIK_SWITCH": "esl://:some-word@127.0.0.1:1"},
            "OKLIK_SWITCH: по адресу 127.0.0.1:1 коммутатор не отвечает",
        ),
        ({"OKLIK_SWITCH": "esl://:ClueCon@127.0.0.1:1"}, "OKLIK_SWITCH: это всем известный пароль"),
        ({"OKLIK_SWITCH": "esl://:some@127.0.0.1:1"}, "OKLIK_SWITCH: в пароле коммутатора меньше 8 знаков"),
        (
            {"OKLIK_SWITCH": "esl://127.0.0.1:1", "OKLIK_SWITCH_PASSWORD": "freeSwitch"},
            "OKLIK_SWITCH: это всем известный пароль",
        ),
        ({"OKLIK_DATABASE_URL": "postgresql://u:postgres@db.example/d"}, "u:***@db.example/d"),
        ({"OKLIK_DATABASE_URL": "postgresql://u:Qwerty@/d?host=10.0.0.5"}, "в сети"),
        ({"OKLIK_DATABASE_URL": "postgresql://u:postgres@127.0.0.1:1/d"}, "u:***@127.0.0.1:1/d не отвечает"),
        ({"OKLIK_DATABASE_URL": "postgresql://u@/d?host=127.0.0.1&port=1&password=some-word"}, "port=1 не отвечает"),
        ({"OKLIK_DATABASE_URL": "postgresql://u@127.0.0.1:1/d?sslpassword=some-word"}, "sslpassword"),
        ({"OKLIK_DATABASE_URL": "postgresql://u:x@some-word@127.0.0.1:1/d"}, "%40"),
        ({"OKLIK_REQUEST_CA": "/not/here.pem"}, "OKLIK_REQUEST_CA /not/here.pem: нет такого файла"),
        ({"OKLIK_DATABASE_URL": "mysql://u:some-word@h/d"}, "OKLIK_DATABASE_URL: нужно postgresql://"),
        ({"OKLIK_DATABASE_URL": "postgresql://u:some-word@127.0.0.1:1/d"}, "u:***@127.0.0.1:1/d не отвечает"),
    ):
        ended = workshop.command("up", home=desk.home, **settings)
        assert (ended.code, len(ended.err)) == (2, 1), ended
        assert says in ended.err[0]
        assert "some-word" not in ended.err[0]
    assert processes(desk.home) == {}


def test_db_upgrade(desk: Desk, url: str, workshop: Workshop):
    for _ in range(2):
        ended = workshop.command("db", "upgrade", home=desk.home, OKLIK_DATABASE_URL=url)
        assert ended.code == 0, ended.err
        assert re.fullmatch(
            r"база данных postgresql\+psycopg://oklik:\*\*\*@.*/service.*: таблицы версии \d{4}\n", ended.out
        )
    ended = workshop.command("db", "upgrade", home=desk.home, OKLIK_DATABASE_URL="nonsense", OKLIK_LANGUAGE="en")
    assert (ended.code, len(ended.err)) == (2, 1)
    assert ended.err[0].startswith("oklik: OKLIK_DATABASE_URL: postgresql://USER:PASSWORD@HOST/DATABASE is expected")


def test_tables_of_a_newer_program_are_refused_in_one_line(desk: Desk, url: str, workshop: Workshop):
    assert workshop.command("db", "upgrade", home=desk.home, OKLIK_DATABASE_URL=url).code == 0
    engine = make_engine(url, pool_size=2)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version_num = '9999'"))
    for command in (("up",), ("db", "upgrade"), ("campaign", "list")):
        ended = workshop.command(*command, home=desk.home, OKLIK_DATABASE_URL=url)
        assert (ended.code, len(ended.err)) == (2, 1), ended
        assert "таблицы базы версии 9999" in ended.err[0]
    # a keeper that was there before another node upgraded the database starts its children again and again
    told = {"database_url": url, "prompts": str(desk.home / "prompts")}
    away = {"switch_host": "127.0.0.1", "switch_port": 1}
    for module, more in (("oklik.worker", away), ("oklik.jobs", {})):
        secret = {"OKLIK_SWITCH_PASSWORD": "of-nobody-at-all"}
        child = start(module, [module], log=desk.home / "logs" / "old.log", settings=told | more, secrets=secret)
        with pytest.raises(ChildError, match="9999"):
            child.await_ready(30)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM node_lease")).scalar_one() == 0
    engine.dispose()


def test_one_campaign_that_cannot_be_read_keeps_up_no_other(desk: Desk, url: str):
    upgrade(url)
    apply_schema(url)
    engine = make_engine(url, pool_size=2)
    broken, sound = put(engine, desk, desk.people(4, first=32)), put(engine, desk, desk.people(4, first=33))
    with engine.begin() as connection:
        connection.execute(
            text(
                """WITH v AS (INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
                       SELECT scenario_id, 99, 'other', '{"format": 99}', now() FROM scenario_version LIMIT 1
                       RETURNING id)
                   UPDATE campaign SET scenario_version_id = (SELECT id FROM v) WHERE id = :id"""
            ),
            {"id": broken},
        )
    running = begin("up", "--speed", 300, home=desk.home, OKLIK_DATABASE_URL=url, OKLIK_NODE="unread")
    try:
        until(lambda: state(engine, sound) == "done", "the other campaign is done")
        assert state(engine, broken) == "paused"
        running.send_signal(signal.SIGTERM)
    except BaseException:
        running.kill()
        raise
    ended = end(running)
    assert ended.code == 0, ended.err
    (line,) = [line for line in ended.err if "people-32-4.csv" in line]
    assert "версия 99 сценария" in line
    with engine.connect() as connection:
        called = connection.execute(text("SELECT DISTINCT campaign_id FROM attempt")).scalars().all()
        held = connection.execute(text("SELECT held FROM campaign WHERE id = :id"), {"id": broken}).scalar_one()
    engine.dispose()
    assert (called, held) == ([sound], "version_unreadable")
