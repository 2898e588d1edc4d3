"""`oklik numbering` and `oklik campaign preflight` as a person runs them, and what a run makes of the register."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from jobs.conftest import SCENARIO
from oklik.scenario.document import load_text, to_json
from support.command import Desk, Workshop
from support.postgres import *  # noqa: F403

pytestmark = [pytest.mark.integration, pytest.mark.heavy]
SAMPLE = Path(__file__).parents[1] / "numbering" / "DEF-9xx.csv"


def listed(folder: Path, *rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join(["Имя;Телефон", *rows]) + "\n", "utf-8")
    return path


def test_the_register_is_imported_asked_and_known_to_a_rehearsal(
    desk: Desk, folder: Path, workshop: Workshop, database_url: str
) -> None:
    """Mobiles of Yekaterinburg may be called at four in the afternoon, once it is known that they are there."""
    there = {"home": desk.home, "OKLIK_DATABASE_URL": database_url}
    contacts = listed(folder, "Иван;+79000300001", "Яна;+79000400002")
    run = [*desk.run(contacts, folder / "r.xlsx", "--no-retry"), "--window", "15:00-19:00"]
    refused = workshop.command(*run, **there)
    assert (refused.code, len(refused.err)) == (2, 1), refused.err
    imported = workshop.command("numbering", "import", SAMPLE, **there)
    assert imported.code == 0, imported.err
    assert imported.out.splitlines() == [
        "DEF-9xx.csv (DEF-9xx): диапазонов 7, номеров 366000, регионов 6; до этого диапазонов 0",
        "Пояс неизвестен у регионов: 1 (диапазонов 2); их номера решает следующее правило:",
        "  Атлантида: 2",
    ]
    look = workshop.command("numbering", "look", "8 900 030-00-01", "--json", **there)
    assert json.loads(look.out) == {
        "number": "+79000300001",
        "country": "RU",
        "kind": "mobile",
        "operator": 'ООО "ЕКАТЕРИНБУРГ-2000"',
        "region": "Свердловская обл.",
        "zones": ["Asia/Yekaterinburg"],
        "rule": "plan",
    }
    called = workshop.command(*run, **there)
    assert called.code == 0, called.err
    assert called.summary["not_called"] == 0
    assert "Где абоненты, видно: по реестру нумерации 2" in called.err


def test_a_list_of_unknown_zones_is_told_with_what_it_costs(desk: Desk, folder: Path, workshop: Workshop) -> None:
    contacts = listed(folder, "Иван;+79169990021", "Пётр;+73432000022")
    told = workshop.command(*desk.run(contacts, folder / "r.xlsx", "--no-retry"), home=desk.home)
    assert "Где абоненты, видно: по самому номеру 1 · не видно 1" in told.err
    (line,) = [line for line in told.err if line.startswith("Часовой пояс неизвестен у 1 из 2: ")]
    assert "10 ч вместо " in line
    region = [*desk.run(contacts, folder / "r2.xlsx", "--no-retry"), "--zone", "Свердловская область"]
    placed = workshop.command(*region, home=desk.home)
    assert placed.code == 0, placed.err
    assert "Где абоненты, видно: по самому номеру 1 · по региону базы 1" in placed.err
    assert not [line for line in placed.err if line.startswith("Часовой пояс неизвестен")]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("numbering", "import", "no.csv"), "no.csv"),
        (("numbering", "look", "12"), "12: это не один телефонный номер"),
        (("numbering", "look", "+79161234567", "--zone", "Саха"), "--zone Саха"),
        (("campaign", "preflight", "7"), "кампании «7» нет"),
        (("campaign", "preflight", "7", "--at", "завтра"), "--at завтра"),
        (("campaign", "preflight", "7", "--attempt-price", "-1"), "--attempt-price -1"),
        (("campaign", "preflight", "7", "--minute-price", "NaN"), "--minute-price NaN"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...], named: str, desk: Desk, workshop: Workshop, database_url: str
) -> None:
    ended = workshop.command(*arguments, home=desk.home, OKLIK_DATABASE_URL=database_url)
    assert ended.code == 2, ended.err
    (line,) = ended.err
    assert named in line


def test_a_campaign_is_checked_by_its_name(desk: Desk, workshop: Workshop, engine: Engine, database_url: str) -> None:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        document = json.dumps(to_json(load_text(SCENARIO, "reminder.yaml")), ensure_ascii=False)
        world.all("UPDATE scenario_version SET document = CAST(:d AS json) RETURNING id", d=document)
        world.people(3)
        world.campaign(state="draft")
    there = {"home": desk.home, "OKLIK_DATABASE_URL": database_url}
    given = ("campaign", "preflight", "c0", "--at", "2025-03-04T12:00", "--attempt-price", "0,30")
    ended = workshop.command(*given, "--json", **there)
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert (found["contacts"], found["allowed"], found["at"]) == (3, 3, "2025-03-04T09:00:00Z")
    assert found["cost"]["attempt_price"] == "0.30"
    shown = workshop.command(*given, "--language", "en", **there)
    assert shown.code == 0, shown.err
    assert "Launch check: c0" in shown.out
    assert "no legal advice" in shown.out
