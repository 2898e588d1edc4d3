"""What an installation must have for a scenario: hosts, credentials, plug-ins; told before any call is made."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.launch import Launch, TrunkSpec, launch
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.cli import app
from oklik.config import ConfigError, Settings, load_settings
from oklik.display import SilentDisplay
from oklik.failures import BadInput
from oklik.scenario.document import Scenario, load_text
from oklik.service import _check_named
from oklik.store.engine import make_engine
from oklik.supplies import hooks_for, joined, missing
from support import plugin
from support.command import ROOT, Desk, Workshop, processes

SCENARIO = """\
format: 1
name: s
title: С
languages: [ru]
purpose: survey
start: ask
nodes:
  ask: {kind: request, url: "https://crm.example.com/a", credential: crm, exits: {ok: own, failed: bye}}
  own: {kind: request, url: "http://1c.local:8080/a", exits: {ok: run, failed: bye}}
  run: {kind: hook, hook: test.offer, arguments: {debt: "1"}, outcomes: [discount, nothing],
        exits: {discount: bye, nothing: bye, failed: bye}}
  bye: {kind: hangup}
"""


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[None]:
    plugin.write(tmp_path)
    with plugin.on_path(tmp_path):
        yield


def scenario() -> Scenario:
    return load_text(SCENARIO, "s.yaml")


def oklik(*arguments: object, **settings: str) -> Result:
    return CliRunner(env={"OKLIK_LANGUAGE": None, **settings}).invoke(app, [str(one) for one in arguments])


def test_everything_that_is_missing_is_named_with_its_node() -> None:
    lacking = missing(scenario(), Settings())
    assert [one["ru"] for one in lacking] == [
        "шаг ask: к https://crm.example.com:443 обращаться не разрешено; впишите crm.example.com в OKLIK_REQUEST_HOSTS",
        "шаг ask: не задан доступ OKLIK_CREDENTIAL_CRM",
        "шаг own: к http://1c.local:8080 обращаться не разрешено; впишите http://1c.local:8080 в OKLIK_REQUEST_HOSTS",
        "шаг run, hook: Функция «test.offer» не установлена на этой машине; есть: — [hook_unknown]",
    ]
    assert all(one["en"].startswith("node ") for one in lacking)
    assert joined(lacking[:2])["en"].count("; ") == 2


@pytest.mark.usefixtures("plugged")
def test_whoever_has_everything_may_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKLIK_CREDENTIAL_CRM", "Bearer 1")
    assert missing(scenario(), Settings(request_hosts="crm.example.com http://1c.local:8080")) == []


@pytest.mark.usefixtures("plugged")
def test_a_plug_in_that_is_used_otherwise_than_declared_is_told() -> None:
    other = load_text(SCENARIO.replace("[discount, nothing]", "[discount]").replace("nothing: bye, ", ""), "s.yaml")
    lacking = missing(other, Settings(request_hosts="crm.example.com http://1c.local:8080"))
    assert "«nothing»" in lacking[-1]["ru"]


def test_a_scenario_without_plug_ins_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oklik.supplies.installed", None)
    plain = load_text(re.sub(r"  run:.*\n.*\n", "", SCENARIO).replace("ok: run", "ok: bye"), "s.yaml")
    assert hooks_for(plain) is None
    assert len(missing(plain, Settings())) == 3


def test_the_setting_is_read_when_the_command_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKLIK_REQUEST_HOSTS", "user@crm")
    with pytest.raises(ConfigError, match="OKLIK_REQUEST_HOSTS"):
        load_settings()


def test_check_compares_with_the_plug_ins_of_this_machine(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, "utf-8")
    ended = oklik("scenario", "check", file)
    assert ended.exit_code == 2
    assert "[hook_unknown]" in ended.stdout
    folder = tmp_path / "plugin"
    folder.mkdir()
    plugin.write(folder)
    with plugin.on_path(folder):
        ended = oklik("scenario", "check", file)
    assert ended.exit_code == 0, ended.stdout
    assert "hook" not in ended.stdout


def test_the_example_is_sound_and_shown_as_it_goes() -> None:
    file = ROOT / "scenarios/examples/balance.yaml"
    ended = oklik("scenario", "check", file)
    assert ended.exit_code == 0
    assert re.findall(r"\[(\w+)\]$", ended.stdout, re.MULTILINE) == ["personal_sent"]
    assert oklik("scenario", "explore", file, "--today", "2026-11-24").exit_code == 0
    assert oklik("scenario", "golden", file).exit_code == 0
    contact = '{"name": "Иванова Мария", "account": "100200"}'
    given = ("scenario", "simulate", file, "--contact", contact, "--keys", "1 !ok:sum=12.30")
    said = oklik(*given).stdout
    assert "    ⇄ !ok:sum=12.30,pay_by=2026-12-15,state=active → ok" in said
    assert "двенадцать рублей тридцать копеек" in said


@pytest.mark.integration
def test_up_does_not_start_while_a_campaign_lacks_something(desk: Desk, workshop: Workshop) -> None:
    url = desk.server.create_database("lacking")
    try:
        assert workshop.command("db", "upgrade", home=desk.home, OKLIK_DATABASE_URL=url).code == 0
        engine = make_engine(url, pool_size=1)
        now = dt.datetime.now(dt.UTC)
        imported = import_contacts(engine, "project", "осень", desk.people(1, first=70), now=now)
        with engine.begin() as connection:
            version = publish_scenario(connection, imported.project_id, scenario(), now)
            trunk = TrunkSpec(name="trunk", dial_string="sofia/gateway/pstn/{number}", channels=2, cps=1)
            wanted = Launch(
                project_id=imported.project_id,
                name="осень",
                scenario_version_id=version.id,
                list_id=imported.list_id,
                trunk=trunk,
                virtual=True,
            )
            launch(connection, wanted, now)
        engine.dispose()
        ended = workshop.command("up", home=desk.home, OKLIK_DATABASE_URL=url, OKLIK_NODE="lacking")
        assert (ended.code, len(ended.err)) == (2, 2), ended
        assert ended.err[-1].startswith("oklik: кампания «осень»: шаг ask: к https://crm.example.com:443")
        assert processes(desk.home) == {}
    finally:
        desk.server.drop_database("lacking")


class Notes(SilentDisplay):
    """Keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)


def test_up_names_what_is_not_there_and_begins_without_all_but_the_certificates(tmp_path: Path) -> None:
    away, told = tmp_path / "not here", Notes()
    _check_named(Settings(home=tmp_path, dictionary=away, recordings=tmp_path, language="en"), told)
    assert told.lines == [f"Mind: OKLIK_DICTIONARY: no such file or folder: {away}"]
    with pytest.raises(BadInput, match="OKLIK_REQUEST_CA"):
        _check_named(Settings(home=tmp_path, request_ca=away), told)
