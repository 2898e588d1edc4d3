"""Which campaigns there are, and which one a person means."""

import pytest

from campaigns.world import World
from oklik.campaigns.listing import NoSuchCampaign, all_campaigns, find_campaign

pytestmark = pytest.mark.integration


def test_campaigns_are_listed_with_what_is_done(world: World) -> None:
    world.people(3)
    first, second = world.campaign(), world.campaign()
    world.all("UPDATE target SET state = 'done' WHERE campaign_id = :c AND contact_id = 1 RETURNING id", c=first)
    found = all_campaigns(world.conn)
    assert [(one.id, one.targets, one.done) for one in found] == [(second, 3, 0), (first, 3, 1)]


def test_a_campaign_is_found_by_number_and_by_name(world: World) -> None:
    first = world.campaign()
    assert find_campaign(world.conn, str(first)) == find_campaign(world.conn, "c0") == first


def test_what_cannot_be_told_apart_is_named(world: World) -> None:
    world.campaign()
    world.campaign()
    with pytest.raises(NoSuchCampaign, match="c1"):
        find_campaign(world.conn, "nothing")
    with pytest.raises(NoSuchCampaign):
        find_campaign(world.conn, "99")
