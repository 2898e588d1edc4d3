"""The claim and the lines: routes, several trunks, caller ids, shares, reserved channels."""

import datetime as dt
from collections import Counter

import pytest

from campaigns.world import DAY, NOON, World
from oklik.campaigns.intents import Claimed
from oklik.campaigns.running import Trunk, running
from oklik.dialing.retry import RetryPlan
from oklik.dialing.sharing import Sharing
from oklik.dialing.windows import WindowBook

pytestmark = pytest.mark.integration


def trunk(world: World, name: str, *routes: str, channels: int = 100, **more: object) -> int:
    """A trunk; routes: prefix=price."""
    made = world.one(
        """INSERT INTO trunk (name, dial_string, channels, cps, shared) VALUES
               (:name, 'sofia/gateway/' || :name || '/{number}', :channels, 50, true) RETURNING id""",
        name=name,
        channels=channels,
    )
    for route in routes:
        prefix, _, price = route.partition("=")
        world.one(
            "INSERT INTO trunk_route (trunk_id, prefix, price) VALUES (:t, :p, CAST(:m AS numeric)) RETURNING 1",
            t=made,
            p=prefix,
            m=price or None,
        )
    for column, value in more.items():
        world.one(f"UPDATE trunk SET {column} = :v WHERE id = :t RETURNING 1", v=value, t=made)
    return int(made)


def use(world: World, campaign: int, *trunks: int) -> None:
    """Let the campaign call over these alone."""
    world.one("UPDATE campaign SET trunk_id = :t WHERE id = :c RETURNING 1", t=trunks[0], c=campaign)
    for one in trunks[1:]:
        world.one("INSERT INTO campaign_trunk VALUES (:c, :t) RETURNING 1", c=campaign, t=one)


def lines_of(claimed: list[Claimed]) -> Counter[int]:
    return Counter(one.trunk.id for one in claimed)


def test_a_number_that_no_line_takes_is_denied_and_the_person_s_next_one_is_called(world: World) -> None:
    world.people(2, phones=2)
    world.all("UPDATE contact SET phones = phones[1:1] WHERE row_number = 2 RETURNING 1")
    campaign = world.campaign()
    use(world, campaign, trunk(world, "narrow", "+7926"))
    (claimed,) = world.claim(world.holder())
    assert (claimed.number, claimed.endpoint) == ("+79260000001", "sofia/gateway/narrow/+79260000001")
    (row,) = world.all("SELECT state, reason, reason_args FROM target WHERE state = 'done'")
    assert tuple(row) == ("done", "no_route", {"number": "+79160000002"})


def test_the_cheaper_line_first_and_the_next_when_it_is_full(world: World) -> None:
    world.people(10)
    campaign = world.campaign()
    dear, cheap = trunk(world, "dear", "+7=2.5"), trunk(world, "cheap", "+7=0.9")
    use(world, campaign, dear, cheap)
    free = {dear: 100, cheap: 4}
    claimed = world.claim(world.holder(), limit=7, room=lambda line, kept: free[line.id] if line else 100)
    assert lines_of(claimed) == {cheap: 4, dear: 3}
    assert {one.trunk.id: one.endpoint.split("/")[2] for one in claimed} == {cheap: "cheap", dear: "dear"}
    kept = world.all("SELECT trunk_id, count(*) FROM call GROUP BY 1")
    assert {row[0]: row[1] for row in kept} == {cheap: 4, dear: 3}


def test_a_line_without_room_and_an_open_breaker_look_alike(world: World) -> None:
    """The breaker gives no room: everything goes over the other line, and with one line nothing is even looked at."""
    world.people(4)
    campaign = world.campaign()
    broken, sound = trunk(world, "broken", "+7=1"), trunk(world, "sound", "+7=2")
    use(world, campaign, broken, sound)
    holder = world.holder()
    claimed = world.claim(holder, limit=2, room=lambda line, kept: 0 if line and line.id == broken else 9)
    assert lines_of(claimed) == {sound: 2}
    before = world.all("SELECT * FROM target ORDER BY id")
    assert world.claim(holder, room=lambda line, kept: 0 if line else 9) == []
    assert world.all("SELECT * FROM target ORDER BY id") == before


def test_who_waits_for_a_full_line_does_not_hold_up_those_behind(world: World) -> None:
    world.people(40)
    world.people(3, first=1000)
    world.all("UPDATE contact SET phones = ARRAY['+7926' || right(phones[1], 7)] WHERE row_number > 1000 RETURNING 1")
    campaign = world.campaign()
    full, free = trunk(world, "full", "+7916"), trunk(world, "free", "+7926")
    use(world, campaign, full, free)
    holder = world.holder()
    claimed = world.claim(holder, limit=3, room=lambda line, kept: 0 if line and line.id == full else 9)
    while not claimed:  # each claim looks at so many and no more
        claimed = world.claim(holder, limit=3, room=lambda line, kept: 0 if line and line.id == full else 9)
    assert lines_of(claimed) == {free: 3}
    waits = world.all("SELECT due, reason FROM target WHERE state = 'waiting' AND reason IS NOT NULL")
    assert {(row.due, row.reason) for row in waits} == {(NOON + dt.timedelta(seconds=3), "no_line")}
    later = world.claim(holder, NOON + dt.timedelta(seconds=3), limit=40)
    assert lines_of(later) == {full: 40}


def test_all_trunks_are_the_shared_ones(world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    trunk(world, "private", shared=False)
    shared = trunk(world, "shared")
    world.one("UPDATE campaign SET all_trunks = true RETURNING 1")
    (found,) = running(world.conn, False, [campaign], WindowBook())
    assert [way.trunk.id for way in found.ways] == [1, shared]


def test_reserved_channels_are_no_channels_of_ours(world: World) -> None:
    campaign = world.campaign()
    use(world, campaign, trunk(world, "r", channels=10, reserved_inbound=4))
    (found,) = running(world.conn, False, None, WindowBook())
    assert found.trunk == Trunk(found.trunk.id, 6, 50.0)


def test_a_person_sees_one_number_in_every_campaign_whatever_is_added(world: World) -> None:
    world.people(60)
    holder = world.holder()

    def shown() -> dict[int, str]:
        campaign = world.campaign(retry=RetryPlan.none())
        found = {one.person_id: one.caller_id for one in world.claim(holder, limit=60, campaign_ids=[campaign])}
        world.all("UPDATE attempt SET open = false, consumed = false, disposition = 'not_sent' RETURNING 1")
        world.all("UPDATE call SET state = 'not_sent' RETURNING 1")
        world.all("UPDATE target SET state = 'done' RETURNING 1")
        return found

    first, again = shown(), shown()
    assert first == again
    assert set(first.values()) == {"74950000001", "74950000002"}
    world.one("INSERT INTO caller_id (trunk_id, number, verified_at) VALUES (1, '74950000000', now()) RETURNING 1")
    third = shown()
    moved = {person for person in first if first[person] != third[person]}
    assert 5 < len(moved) < 35
    assert {third[person] for person in moved} == {"74950000000"}, "nobody moves between the old ones"


def test_a_number_nobody_has_verified_is_not_shown_to_real_people(world: World) -> None:
    world.people(2)
    world.all("UPDATE caller_id SET verified_at = NULL WHERE number = '74950000001' RETURNING 1")
    world.campaign()
    assert {one.caller_id for one in world.claim(world.holder())} == {"74950000002"}


def test_campaigns_share_by_weight_from_claim_to_claim(world: World) -> None:
    world.people(400)
    heavy, light = world.campaign(), world.campaign()
    world.all("UPDATE campaign SET weight = 3 WHERE id = :c RETURNING 1", c=heavy)
    world.all("UPDATE target SET due = :d WHERE campaign_id = :c AND id % 2 = 0 RETURNING 1", d=NOON + DAY, c=heavy)
    world.all("UPDATE target SET due = :d WHERE campaign_id = :c AND id % 2 = 1 RETURNING 1", d=NOON + DAY, c=light)
    holder, sharing = world.holder(), Sharing()
    got = Counter[int]()
    for n in range(100):
        claimed = world.claim(holder, NOON + dt.timedelta(seconds=n / 20), limit=2, sharing=sharing)
        got.update(one.campaign_id for one in claimed)
    assert got == {heavy: 150, light: 50}
