import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaigns.world import HOUR, NOON, World
from oklik.campaigns.launch import Launch, LaunchRefused, TrunkSpec, launch
from oklik.campaigns.publish_scenario import digest_of, publish_scenario
from oklik.campaigns.unprovable import count_unprovable
from oklik.dialing.retry import RetryPlan
from oklik.scenario.document import from_json, load_text, to_json

pytestmark = pytest.mark.integration

SCENARIO = """
format: 1
name: hello
title: Привет
languages: [ru]
purpose: survey
start: hello
columns:
  name: {title: Имя, type: name}
nodes:
  hello:
    kind: play
    text: "Здравствуйте, {{ name | name }}."
    exits: {done: agent}
  agent:
    kind: transfer
    group: sales
    exits: {talked: bye, no_agent: bye, failed: bye}
  bye: {kind: hangup}
"""
TRUNK = TrunkSpec(
    name="main",
    dial_string="sofia/gateway/pstn/{number}",
    channels=5,
    cps=2,
    caller_ids=("74950000003",),
    vouched="test",
)


def prepared(world: World, scenario: str = SCENARIO, **changes: Any) -> Launch:
    version = publish_scenario(world.conn, 1, load_text(scenario, "test"), NOON)
    wanted: dict[str, Any] = {
        "project_id": 1,
        "name": "Весна",
        "scenario_version_id": version.id,
        "list_id": 1,
        "trunk": TRUNK,
        "agent_groups": {"sales": ["user/1001", "user/1002"]},
        **changes,
    }
    return Launch(**wanted)


def test_publishing_the_same_document_again_makes_no_new_version(world: World) -> None:
    scenario = load_text(SCENARIO, "test")
    first = publish_scenario(world.conn, 1, scenario, NOON)
    again = publish_scenario(world.conn, 1, scenario, NOON + HOUR)
    changed = load_text(SCENARIO.replace("Здравствуйте", "Добрый день"), "test")
    second = publish_scenario(world.conn, 1, changed, NOON + HOUR)
    assert again == first
    assert (first.number, second.number) == (1, 2)
    assert publish_scenario(world.conn, 1, scenario, NOON) == first
    document = world.one("SELECT document FROM scenario_version WHERE id = :id", id=first.id)
    assert from_json(document) == scenario
    assert digest_of(document) == first.digest, "what is kept is what was published, in its order"


def test_options_keep_the_order_in_which_they_were_drawn(world: World) -> None:
    scenario = load_text((Path(__file__).parents[2] / "scenarios/debt-reminder/ru.yaml").read_text("utf-8"), "test")
    menu = next(name for name, node in scenario.nodes.items() if node.kind == "menu")
    document = to_json(scenario)
    options = document["nodes"][menu]["options"]
    document["nodes"][menu]["options"] = dict(reversed(options.items()))
    turned = from_json(document)
    first, second = (publish_scenario(world.conn, 1, one, NOON) for one in (scenario, turned))
    assert second.number == first.number + 1
    kept = world.one("SELECT document FROM scenario_version WHERE id = :id", id=second.id)
    assert list(kept["nodes"][menu]["options"]) == list(reversed(options))
    groups = world.one("SELECT agent_groups FROM scenario_version WHERE id = :id", id=second.id)
    assert groups == sorted({node["group"] for node in document["nodes"].values() if node["kind"] == "transfer"})


def test_a_transfer_to_a_number_is_noted_with_the_version_and_needs_no_group(world: World) -> None:
    scenario = SCENARIO.replace("group: sales", 'number: "+74951234567"')
    assert launch(world.conn, prepared(world, scenario, agent_groups={}), NOON).campaign_id
    assert world.one("SELECT agent_groups FROM scenario_version ORDER BY id DESC LIMIT 1") == ["+"]


def test_a_launch_makes_the_campaign_with_all_it_needs(world: World) -> None:
    world.people(3)
    retry = RetryPlan(max_attempts=2)
    wanted = prepared(world, window=("10:00", "18:00"), retry=retry, voice={"kind": "espeak"}, virtual=True)
    launched = launch(world.conn, wanted, NOON)
    assert launched.contacts == 3
    campaign = world.all("SELECT * FROM campaign WHERE id = :id", id=launched.campaign_id)[0]
    assert (campaign.state, campaign.purpose, campaign.virtual) == ("running", "survey", True)
    assert (campaign.window, campaign.columns) == ({"from": "10:00", "to": "18:00"}, {"name": "Имя"})
    assert RetryPlan.from_json(campaign.retry) == retry
    assert campaign.voice == {"kind": "espeak"}
    assert {(t.state, t.due) for t in world.all("SELECT * FROM target")} == {("preparing", NOON)}
    assert [m.endpoint for m in world.all("SELECT endpoint FROM membership ORDER BY position")] == [
        "user/1001",
        "user/1002",
    ]
    world.conn.execute(text("UPDATE target SET state = 'waiting'"))
    claimed = world.claim(world.holder(), virtual=True)
    assert {(c.endpoint, c.caller_id) for c in claimed} == {
        (f"sofia/gateway/pstn/{c.number}", "74950000003") for c in claimed
    }
    assert len(claimed) == 3


def test_a_second_launch_over_the_same_trunk_and_group_changes_them(world: World) -> None:
    launch(world.conn, prepared(world), NOON)
    trunk = TrunkSpec(
        name="main", dial_string="sofia/gateway/b/{digits}", channels=7, cps=3, caller_ids=("1000",), vouched="test"
    )
    launch(world.conn, prepared(world, name="Лето", trunk=trunk, agent_groups={"sales": ["user/9"]}), NOON)
    row = world.all("SELECT * FROM trunk WHERE name = 'main'")[0]
    assert (row.dial_string, row.channels, row.cps) == ("sofia/gateway/b/{digits}", 7, 3)
    assert world.all("SELECT number FROM caller_id WHERE trunk_id = :t", t=row.id) == [("1000",)]
    assert world.all("SELECT endpoint FROM membership") == [("user/9",)]
    # A group that is there already need not be named again.
    launch(world.conn, prepared(world, name="Осень", agent_groups={}), NOON)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"scenario_version_id": 999}, "no scenario version 999"),
        ({"list_id": 999}, "no list 999"),
        ({"agent_groups": {}}, "agent group that does not exist: sales"),
        ({"agent_groups": {"sales": ["user/1,user/2"]}}, "not a dial string of one leg"),
        ({"agent_groups": {"sales": ["{a=b}user/1"]}}, "not a dial string of one leg"),
        ({"window": ("20:00", "08:00")}, "begin before they end"),
        ({"zone": "Mars/Olympus"}, "time zone"),
        ({"trunk": TrunkSpec(name="m", dial_string="user/1", channels=1, cps=1)}, "must hold"),
        ({"trunk": TrunkSpec(name="m", dial_string="user/{number}", channels=0, cps=1)}, "at least one channel"),
        ({"trunk": TrunkSpec(name="m", dial_string="user/{number}", channels=1, cps=0)}, "at least one channel"),
        (
            {"trunk": TrunkSpec(name="m", dial_string="user/{number}", channels=1, cps=1, caller_ids=("1;x",))},
            "caller id",
        ),
    ],
)
def test_what_cannot_work_is_refused_in_one_line_and_nothing_is_written(
    world: World, changes: dict[str, Any], says: str
) -> None:
    world.people(1)
    with pytest.raises(LaunchRefused, match=says) as refused:
        launch(world.conn, prepared(world, **changes), NOON)
    assert all("\n" not in line for line in refused.value.text.values())
    for table in ("campaign", "target", "agent_group", "membership"):
        assert world.one(f"SELECT count(*) FROM {table}") == 0
    assert world.one("SELECT count(*) FROM trunk") == 1, "only the test's own"


def test_a_campaigns_name_is_taken_once(world: World) -> None:
    launch(world.conn, prepared(world), NOON)
    with pytest.raises(LaunchRefused, match="already"):
        launch(world.conn, prepared(world), NOON)


def test_advertising_by_machine_is_refused(world: World) -> None:
    with pytest.raises(LaunchRefused, match="forbidden by law") as refused:
        launch(world.conn, prepared(world, SCENARIO.replace("purpose: survey", "purpose: advertising")), NOON)
    assert "реклама" in refused.value.text["ru"]


def test_a_broken_scenario_and_a_list_without_its_columns_are_refused(world: World) -> None:
    with pytest.raises(LaunchRefused):
        launch(world.conn, prepared(world, SCENARIO.replace("exits: {done: agent}", "exits: {}")), NOON)
    world.conn.execute(text("UPDATE contact_list SET columns = CAST(:c AS jsonb)"), {"c": json.dumps(["Телефон"])})
    with pytest.raises(LaunchRefused, match="Имя"):
        launch(world.conn, prepared(world), NOON)


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("scenarios/*/??.yaml")), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_our_own_scenarios_can_be_published(world: World, path: Path) -> None:
    scenario = load_text(path.read_text(encoding="utf-8"), path.name)
    assert publish_scenario(world.conn, 1, scenario, NOON).number == 1


def test_a_window_against_the_law_is_refused_with_both(world: World) -> None:
    world.people(1)
    with pytest.raises(LaunchRefused) as refused:
        launch(world.conn, prepared(world, window=("21:00", "23:00")), NOON)
    assert "21:00–23:00" in refused.value.text["ru"]
    assert "09:00–21:00" in refused.value.text["ru"]
    with pytest.raises(LaunchRefused, match="time zone"):
        launch(world.conn, prepared(world, base_zone="там"), NOON)


PROVED = """
format: 1
name: proved
title: Долг
languages: [ru]
purpose: survey
start: who
columns:
  contract: {title: Договор, type: digits, private: true%s}
nodes:
  who:
    kind: identify
    text: Это вы?
    digits_of: contract
    digits_text: Последние цифры?
    digits_count: 3
    exits: {confirmed: bye, other: bye, wrong_number: bye, no_input: bye}
  bye: {kind: hangup}
"""


@pytest.mark.parametrize(("optional", "count"), [("", 4), (", required: false", 2)])
def test_who_has_too_few_digits_to_prove_anything_is_counted(world: World, optional: str, count: int) -> None:
    world.people(7)
    world.conn.execute(text('UPDATE contact_list SET columns = \'["№ договора", "Договор"]\''))
    held = ["АБ-12/3", "1234", "12", "№ 1-2", "", None, "001"]
    for row, value in enumerate(held, start=1):
        fields = json.dumps({} if value is None else {"Договор": value})
        world.conn.execute(
            text("UPDATE contact SET fields = CAST(:fields AS jsonb) WHERE row_number = :row"),
            {"fields": fields, "row": row},
        )
    assert count_unprovable(world.conn, 1, load_text(PROVED % optional, "test")) == count
    assert count_unprovable(world.conn, 1, load_text(SCENARIO, "test")) == 0


def test_who_can_never_be_called_is_counted(world: World) -> None:
    world.people(2)
    world.people(3, zone=None, first=2)
    evening = ("15:00", "19:00")
    assert launch(world.conn, prepared(world, window=evening), NOON).never_open == 3
    there = launch(world.conn, prepared(world, name="с регионом", window=evening, base_zone="Asia/Omsk"), NOON)
    assert there.never_open == 0
    assert world.one("SELECT base_zone FROM campaign WHERE id = :id", id=there.campaign_id) == "Asia/Omsk"


WRITES = """
format: 1
name: writes
title: Запись
languages: [ru]
purpose: survey
start: w
columns:
  name: {title: Имя, type: name}
  mail: {title: Почта, required: false}
  other: {title: Имя, required: false}
nodes:
  w: {kind: set, column: mail, value: "да", exits: {done: o}}
  o: {kind: set, column: other, value: "да", exits: {done: bye}}
  bye: {kind: hangup}
"""


def test_columns_that_calls_write_and_the_list_has_not_get_a_header(world: World) -> None:
    world.people(1)
    launched = launch(world.conn, prepared(world, WRITES, agent_groups={}), NOON)
    columns = world.one("SELECT columns FROM campaign WHERE id = :id", id=launched.campaign_id)
    assert columns == {"name": "Имя", "mail": "Почта", "other": "Имя (other)"}


def test_what_is_published_holds_the_scenarios_that_it_calls(world: World) -> None:
    called = load_text(SCENARIO.replace("{kind: hangup}", "{kind: return}"), "test")
    outer = {
        "format": 1,
        "name": "outer",
        "title": "Внешний",
        "languages": ["ru"],
        "purpose": "survey",
        "start": "x",
        "nodes": {
            "x": {"kind": "subscenario", "scenario": "inner", "exits": {"done": "bye"}},
            "bye": {"kind": "hangup"},
        },
        "subscenarios": {"inner": to_json(called)},
    }
    version = publish_scenario(world.conn, 1, from_json(outer), NOON)
    kept = world.one("SELECT document FROM scenario_version WHERE id = :id", id=version.id)
    assert set(kept["nodes"]) == {"x", "bye"}
    assert "x.agent" in from_json(kept).nodes
    assert world.one("SELECT agent_groups FROM scenario_version WHERE id = :id", id=version.id) == ["sales"]
    world.people(1)
    wanted = Launch(
        project_id=1,
        name="Лето",
        scenario_version_id=version.id,
        list_id=1,
        trunk=TRUNK,
        agent_groups={"sales": ["user/1001"]},
    )
    assert launch(world.conn, wanted, NOON).contacts == 1
