"""A call that our own side refuses is not tried for ever, and nobody is called whose speech is gone."""

from typing import Any

import pytest

from campaigns.world import DAY, NOON, World
from oklik.campaigns.launch import TrunkSpec, put_group, put_trunk
from oklik.campaigns.recheck import MOST_REFUSALS, not_sent, speechless
from oklik.campaigns.running import Trunk
from oklik.jobs.app import apply_schema

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def _job_tables(database_url: str) -> None:
    apply_schema(database_url)


REFUSED = {"cause": "OKLIK_BAD_ARGUMENT", "channel": False, "sent": False}
CUTS = [
    {"cause": "LOST", "channel": False, "sent": False, "fault": "the connection was cut"},
    {"cause": "OKLIK_NOT_SENT", "channel": False, "sent": False},
]


def go_on(world: World, **summary: Any) -> list[str]:
    """Claim and end the one call in this way until nothing is due; the dispositions in order."""
    holder = world.holder()
    now, seen = NOON, []
    for _ in range(30):
        claimed = world.claim(holder, now)
        if not claimed:
            state, due = world.all("SELECT state, due FROM target")[0]
            if state == "done":
                return seen
            now = max(due, now)
            continue
        world.finish(holder, claimed[0], now, **summary)
        seen.append(world.one("SELECT disposition FROM attempt WHERE uuid = :u", u=claimed[0].uuid))
        world.invariants()
    return seen


def test_a_refusal_of_ours_becomes_a_fault_of_the_line_and_the_campaign_ends(world: World) -> None:
    world.people(1)
    world.campaign()
    seen = go_on(world, **REFUSED)
    assert seen[: MOST_REFUSALS + 1] == ["not_sent"] * MOST_REFUSALS + ["line_fault"]
    assert world.one("SELECT state FROM target") == "done"
    fault = world.one("SELECT max(fault) FROM attempt WHERE disposition = 'line_fault'")
    assert fault == "the call was refused before it was dialed: OKLIK_BAD_ARGUMENT"
    assert world.one("SELECT attempts FROM target") == 0


@pytest.mark.parametrize("cut", CUTS)
def test_cuts_and_pauses_are_no_refusals(world: World, cut: dict[str, Any]) -> None:
    world.people(1)
    world.campaign()
    assert set(go_on(world, **cut)) == {"not_sent"}
    holder = world.holder()
    for _ in range(MOST_REFUSALS + 2):
        (claimed,) = world.claim(holder)
        not_sent(world.conn, holder, [claimed.uuid], NOON)
    assert world.target(world.claim(holder)[0]).state == "dialing"


def test_who_has_no_speech_waits_until_it_is_made_again(world: World) -> None:
    world.people(2)
    campaign = world.campaign()
    holder = world.holder()
    silent, other = world.claim(holder)
    assert speechless(world.conn, holder, {silent.uuid: campaign}, NOON, "gone") == set()
    target = world.target(silent)
    assert (target.state, target.prepared, target.attempts) == ("preparing", None, 0)
    assert world.target(other).state == "dialing"
    assert world.one("SELECT args ->> 'campaign_id' FROM procrastinate_jobs") == str(campaign)
    world.invariants()


def test_speech_that_cannot_be_kept_is_given_up(world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    holder = world.holder()
    for n in range(MOST_REFUSALS + 1):
        (claimed,) = world.claim(holder, NOON + n * DAY)
        worn = speechless(world.conn, holder, {claimed.uuid: campaign}, NOON, "gone")
        assert bool(worn) is (n == MOST_REFUSALS)
        world.one("UPDATE target SET state = 'waiting' WHERE state = 'preparing' RETURNING 1") if not worn else None
    assert world.target(claimed).state == "dialing", "left to the caller, who ends it with a fault"


def test_trunks_do_not_share_their_room(world: World) -> None:
    world.people(20)
    first, second = world.campaign(), world.campaign()
    other = world.one(
        "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('other', 'user/{number}', 3, 0.5) RETURNING id"
    )
    world.one("UPDATE campaign SET trunk_id = :t WHERE id = :c RETURNING 1", t=other, c=second)
    asked = []

    def room(trunk: Trunk | None, kept: int) -> int:
        assert kept == 0, "nobody transfers"
        if trunk is None:
            return 50
        asked.append(trunk)
        return {1: 5, other: 2}[trunk.id]

    claimed = world.claim(world.holder(), limit=50, room=room)
    assert sorted(c.campaign_id for c in claimed) == [first] * 5 + [second] * 2
    assert {(t.id, t.channels, t.cps) for t in asked} >= {(other, 3, 0.5)}


def test_lines_stay_free_for_agents_where_a_scenario_transfers(world: World) -> None:
    """Of all lines together, and of each trunk that agents' legs go through, whoever dials on it."""
    world.people(20)
    first, plain = world.campaign(), world.campaign()
    other = put_trunk(
        world.conn, TrunkSpec(name="other", dial_string="sofia/gateway/other/{number}", channels=9, cps=9)
    )
    world.one("UPDATE campaign SET trunk_id = :t WHERE id = :c RETURNING 1", t=other, c=plain)
    asked: dict[int | None, int] = {}

    def room(trunk: Trunk | None, kept: int) -> int:
        asked[trunk and trunk.id] = kept
        return 3

    def kept() -> dict[int | None, int]:
        world.claim(world.holder(), limit=50, room=room)
        return dict(asked)

    trunk = world.one("SELECT trunk_id FROM campaign WHERE id = :c", c=first)
    put_group(world.conn, 1, "sales", ["user/1"])
    assert kept() == {None: 0, trunk: 0, other: 0}, "agents to whom no scenario transfers"
    world.one(
        """UPDATE scenario_version SET agent_groups = '{sales}' FROM campaign c
           WHERE c.id = :c AND scenario_version.id = c.scenario_version_id RETURNING 1""",
        c=first,
    )
    assert kept() == {None: 1, trunk: 0, other: 0}, "an extension takes no line of a trunk"
    put_group(world.conn, 1, "sales", ["user/1", "sofia/gateway/other/1001"])
    assert kept() == {None: 1, trunk: 0, other: 1}
    world.one(
        """UPDATE scenario_version SET agent_groups = '{+}' FROM campaign c
           WHERE c.id = :c AND scenario_version.id = c.scenario_version_id RETURNING 1""",
        c=first,
    )
    assert kept() == {None: 1, trunk: 1, other: 1}, "a number is rung through each campaign's own trunk"
    assert len(world.claim(world.holder(), limit=50, room=lambda one, _: 2 if one is None else 9)) == 2
