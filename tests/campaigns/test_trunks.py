"""Trunks as people keep them."""

from decimal import Decimal

import msgspec
import pytest

from campaigns.test_launching import TRUNK, prepared
from campaigns.world import NOON, World
from oklik.campaigns.launch import LaunchRefused, TrunkSpec, launch
from oklik.campaigns.line_health import Health, forget, publish, shut
from oklik.campaigns.trunks import Change, TrunkRefused, add_trunk, all_trunks, assign, remove_trunk, set_trunk
from oklik.dialing.sentences import sentence

pytestmark = pytest.mark.integration

NEW = Change(dial_string="sofia/gateway/mts/{digits}", channels=30, cps=10.0)


def listed(world: World, name: str) -> dict[str, object]:
    (found,) = [one.to_json() for one in all_trunks(world.conn) if one.name == name]
    return found


def test_a_trunk_from_its_making_to_its_end(world: World) -> None:
    routes = ("+7916=0.90", "RU:landline=1,5@-1", "*")
    wanted = Change(
        **{name: getattr(NEW, name) for name in ("dial_string", "channels", "cps")},
        reserved_inbound=5,
        caller_ids=["74951112233"],
        routes=routes,
        minutes_day=600,
        money_day=Decimal("99.5"),
        attempt_price=Decimal("0.3"),
        minute_price=Decimal("1.10"),
        extensions=["2XX", "105"],
    )
    add_trunk(world.conn, "mts", wanted, NOON)
    assert {k: v for k, v in listed(world, "mts").items() if k not in {"id", "version"}} == {
        "name": "mts",
        "dial_string": "sofia/gateway/mts/{digits}",
        "channels": 30,
        "cps": 10.0,
        "reserved_inbound": 5,
        "weight": 1.0,
        "shared": True,
        "minutes_day": 600,
        "money_day": "99.5",
        "attempt_price": "0.3",
        "minute_price": "1.10",
        "extensions": ["105", "2XX"],
        "caller_ids": {"74951112233": None},
        "routes": ["+7916=0.90", "*", "RU:landline=1.5@-1"],
        "campaigns": 0,
        "state": "closed",
    }
    change = Change(verify=["74951112233"], by="Анна", minutes_day=0, routes=["+7916=0.80"], without_routes=["*"])
    set_trunk(world.conn, "mts", change, NOON)
    now = listed(world, "mts")
    assert now["caller_ids"] == {"74951112233": "Анна"}
    assert (now["minutes_day"], now["money_day"], now["channels"]) == (None, "99.5", 30)
    assert now["routes"] == ["+7916=0.80", "RU:landline=1.5@-1"]
    set_trunk(world.conn, "mts", Change(minute_price=Decimal(0), without_extensions=["2XX"]), NOON)
    now = listed(world, "mts")
    assert (now["attempt_price"], now["minute_price"], now["extensions"]) == ("0.3", "0", ["105"])
    remove_trunk(world.conn, "mts")
    assert [one.name for one in all_trunks(world.conn)] == ["t"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dial_string": "sofia/gateway/mts"}, "dial string"),
        ({"channels": 0}, "at least one channel"),
        ({"cps": 0.0}, "at least one channel"),
        ({"reserved_inbound": 31}, "31 of 30 channels"),
        ({"weight": 0.0}, "0.01 to 100"),
        ({"minutes_day": -1}, "cannot be below nought"),
        ({"money_day": Decimal(-1)}, "cannot be below nought"),
        ({"caller_ids": ["Oklik"]}, "1 to 15 digits"),
        ({"attempt_price": Decimal(-1)}, "a price cannot be below nought"),
        ({"minute_price": Decimal(-1)}, "a price cannot be below nought"),
        ({"extensions": ["1234567"]}, "up to 6 digits"),
        ({"extensions": ["1*"]}, "up to 6 digits"),
        ({"routes": ["+7x"]}, "cannot read the route"),
        ({"routes": ["ZZ"]}, "cannot read the route"),
        ({"routes": ["RU:boat"]}, "cannot read the route"),
        ({"routes": [""]}, "cannot read the route"),
        ({"routes": ["=1"]}, "cannot read the route"),
        ({"verify": ["74951112244"]}, "has no number 74951112244"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(world: World, change: dict[str, object], says: str) -> None:
    add_trunk(world.conn, "mts", NEW, NOON)
    with pytest.raises(TrunkRefused, match=says) as told:
        set_trunk(world.conn, "mts", Change(**change), NOON)  # type: ignore[arg-type]
    assert "\n" not in told.value.text["ru"]


def test_names_are_unique_and_known(world: World) -> None:
    add_trunk(world.conn, "mts", NEW, NOON)
    with pytest.raises(TrunkRefused, match="there is a trunk 'mts' already"):
        add_trunk(world.conn, "mts", NEW, NOON)
    with pytest.raises(TrunkRefused, match="there is no trunk 'mtz'; there are: mts, t"):
        set_trunk(world.conn, "mtz", Change(), NOON)
    with pytest.raises(TrunkRefused, match="needs a name"):
        add_trunk(world.conn, "bare", Change(), NOON)


def test_a_trunk_in_use_is_not_removed(world: World) -> None:
    world.campaign()
    campaign = world.campaign(virtual=True)
    add_trunk(world.conn, "mts", NEW, NOON)
    assign(world.conn, campaign, ["t", "mts"])
    for name in ("t", "mts"):
        with pytest.raises(TrunkRefused, match="uses the trunk"):
            remove_trunk(world.conn, name)


def test_a_campaign_gets_trunks_and_its_share(world: World) -> None:
    campaign = world.campaign(virtual=True)
    for name in ("a", "b"):
        add_trunk(world.conn, name, NEW, NOON)
    assign(world.conn, campaign, ["b", "a"], weight=2.5, minutes_day=60)
    row = world.all("SELECT * FROM campaign WHERE id = :c", c=campaign)[0]
    assert (row.trunk_id, row.all_trunks, row.weight, row.minutes_day) == (3, False, 2.5, 60)
    assert world.all("SELECT trunk_id FROM campaign_trunk") == [(2,)]
    assign(world.conn, campaign, every=True, minutes_day=0)
    row = world.all("SELECT * FROM campaign WHERE id = :c", c=campaign)[0]
    assert (row.trunk_id, row.all_trunks, row.weight, row.minutes_day) == (3, True, 2.5, None)
    assert world.all("SELECT trunk_id FROM campaign_trunk") == []


def test_real_people_are_not_shown_a_number_nobody_has_verified(world: World) -> None:
    with pytest.raises(LaunchRefused, match="the number 74950000003 of the trunk 'main' is not verified"):
        launch(world.conn, prepared(world, trunk=msgspec.structs.replace(TRUNK, vouched="")), NOON)


def test_vouched_or_virtual_numbers_are_shown(world: World) -> None:
    trunk = TrunkSpec(
        name="v", dial_string=TRUNK.dial_string, channels=1, cps=1, caller_ids=("74950000009",), vouched="Анна"
    )
    launch(world.conn, prepared(world, trunk=trunk), NOON)
    assert world.all("SELECT verified_by, verified_at FROM caller_id WHERE number = '74950000009'") == [("Анна", NOON)]
    nobody = msgspec.structs.replace(TRUNK, vouched="")
    launch(world.conn, prepared(world, trunk=nobody, name="Лето", virtual=True), NOON)


def test_further_trunks_of_a_real_campaign_are_looked_at_too(world: World) -> None:
    campaign = world.campaign()
    change = Change(dial_string=NEW.dial_string, channels=1, cps=1.0, caller_ids=["74951112233"])
    add_trunk(world.conn, "mts", change, NOON)
    with pytest.raises(LaunchRefused, match="not verified"):
        assign(world.conn, campaign, ["t", "mts"])
    set_trunk(world.conn, "mts", Change(verify=["74951112233"], by="me"), NOON)
    assign(world.conn, campaign, ["t", "mts"])


def test_who_asks_why_nothing_is_dialed_sees_the_breaker(world: World) -> None:
    health = Health(1, "open", NOON, 12, 9)
    publish(world.conn, "fs1", [health], NOON)
    ((name, told),) = shut(world.conn)
    args = {"trunk": name, "of": told.calls, "faults": told.faults}
    assert told.next_at == NOON
    assert (
        sentence("breaker_open", args, "ru") == "линия «t» отключена из-за отказов (9 из 12); она будет испытана снова"
    )
    assert listed(world, "t")["state"] == "open"
    publish(world.conn, "fs1", [Health(1, "closed", None, 0, 0)], NOON)
    assert shut(world.conn) == []
    publish(world.conn, "fs1", [health], NOON)
    forget(world.conn, "fs1")
    assert shut(world.conn) == []
