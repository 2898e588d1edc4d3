"""Consents: given for a number, a person or both; taken back; the text kept once; and what the gate makes of them."""

import datetime as dt

import pytest
from sqlalchemy import text

from campaigns.world import HOUR, World
from oklik.campaigns import consents
from oklik.campaigns.consents import ConsentRefused, Given
from oklik.campaigns.intents import Claimed
from oklik.campaigns.recheck import withdrawn
from oklik.dialing.destinations import parse_destinations

pytestmark = pytest.mark.integration

AFTERNOON = dt.datetime(2025, 3, 4, 18, 0, tzinfo=dt.UTC)  # 13:00 in New York, where every purpose wants consent
HERE = parse_destinations("RU, US")
TEXT = "I agree to be called about my order."


def number(n: int) -> str:
    return f"+1212555{n:04d}"


def americans(world: World, count: int, phones: int = 1) -> None:
    world.people(count, phones=phones, zone="America/New_York")
    spelled = "CASE WHEN k = 1 THEN '+1212555' ELSE '+1646555' END || right(phones[k], 4)"
    for statement in (
        "UPDATE person SET key = '+1212555' || right(key, 4)",
        f"UPDATE contact SET phones = ARRAY(SELECT {spelled} FROM generate_subscripts(phones, 1) k)",
    ):
        world.conn.execute(text(statement))


def given(n: int, **more: object) -> Given:
    kept = {"number": number(n), "purpose": "informational", "source": "site", "given_at": AFTERNOON - HOUR}
    return Given(**{**kept, "text_version": "v1", "text": TEXT, **more})  # type: ignore[arg-type]


def add(world: World, *wanted: Given, now: dt.datetime = AFTERNOON) -> tuple[int, int]:
    done = consents.add(world.conn, wanted, recorded_by="user:anna", now=now)
    return done.added, done.known


def claimed(world: World, now: dt.datetime = AFTERNOON) -> dict[str, Claimed]:
    return {c.number: c for c in world.claim(world.holder(), now, destinations=HERE)}


def test_only_who_consented_to_this_purpose_is_called(world: World) -> None:
    americans(world, 4)
    world.campaign()
    add(world, given(1), given(2, purpose="debt"), given(3, given_at=AFTERNOON + HOUR / 30))
    assert set(claimed(world)) == {number(1)}
    assert {row.reason for row in world.all("SELECT reason FROM target WHERE state = 'done'")} == {"no_consent"}


def test_consent_to_the_second_number_alone_is_a_call_to_it(world: World) -> None:
    americans(world, 1, phones=2)
    world.campaign()
    add(world, given(1, number="+16465550001"))
    assert set(claimed(world)) == {"+16465550001"}


def test_a_person_s_consent_counts_for_that_person_alone(world: World) -> None:
    """A couple shares a number: what one consented to is not the other's."""
    americans(world, 2)
    world.conn.execute(text("UPDATE contact SET phones = ARRAY[:n]"), {"n": number(1)})
    world.campaign()
    add(world, given(1, person_key=number(2)))
    (one,) = claimed(world).values()
    assert one.person_id == 2


def test_a_consent_of_a_person_for_all_numbers_still_counts(world: World) -> None:
    americans(world, 2)
    world.campaign()
    world.conn.execute(
        text(
            """INSERT INTO consent (person_id, purpose, source, text_version, given_at)
               VALUES (2, 'informational', 'site', 'v1', '2025-01-01T00:00Z')"""
        )
    )
    assert set(claimed(world)) == {number(2)}


def revoke(world: World, n: int, now: dt.datetime = AFTERNOON, **more: object) -> list[consents.Kept]:
    how = {"source": "письмо", "recorded_by": "user:boris", "now": now, **more}
    return consents.revoke(world.conn, number(n), **how)  # type: ignore[arg-type]


def test_what_was_taken_back_counts_no_more(world: World) -> None:
    americans(world, 2)
    world.campaign()
    add(world, given(1), given(2))
    (kept,) = revoke(world, 1)
    assert (kept.revoked_at, kept.revoked_source, kept.revoked_by) == (AFTERNOON, "письмо", "user:boris")
    assert not kept.holds(AFTERNOON)
    assert set(claimed(world)) == {number(2)}
    with pytest.raises(ConsentRefused, match="no consent holds"):
        revoke(world, 1)


def test_a_claim_that_waits_to_be_sent_is_asked_again(world: World) -> None:
    americans(world, 2)
    world.campaign()
    add(world, given(1), given(2))
    uuids = {n: one.uuid for n, one in claimed(world).items()}
    assert withdrawn(world.conn, list(uuids.values()), AFTERNOON) == set()
    revoke(world, 2)
    assert withdrawn(world.conn, list(uuids.values()), AFTERNOON) == {uuids[number(2)]}


def test_a_purpose_that_needs_no_consent_goes_on_without(world: World) -> None:
    world.people(1)
    world.campaign()
    (one,) = world.claim(world.holder())
    assert withdrawn(world.conn, [one.uuid], AFTERNOON) == set()


def test_one_purpose_may_be_taken_back_alone(world: World) -> None:
    add(world, given(1), given(1, purpose="survey"))
    assert [one.purpose for one in revoke(world, 1, purpose="survey", at=AFTERNOON - HOUR / 2)] == ["survey"]
    assert [one.holds(AFTERNOON) for one in consents.of_number(world.conn, number(1))] == [True, False]
    for wrong in ({"purpose": "spam"}, {"at": AFTERNOON + HOUR}):
        with pytest.raises(ConsentRefused):
            revoke(world, 1, **wrong)


def test_the_text_is_kept_once_whatever_its_line_ends(world: World) -> None:
    add(world, given(1, text="One\r\ntwo \n"), given(2, text="One\ntwo", text_version=""))
    assert world.all("SELECT text FROM consent_text") == [("One\ntwo",)]
    first, second = (consents.of_number(world.conn, number(n))[0] for n in (1, 2))
    assert first.text == second.text == "One\ntwo"
    assert second.text_version == second.text_digest[:12]  # type: ignore[index]


def test_the_same_consent_again_is_known(world: World) -> None:
    assert add(world, given(1), given(1)) == (1, 1)
    assert add(world, given(1), given(1, source="paper")) == (1, 1)
    assert len(consents.of_number(world.conn, number(1))) == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"purpose": "spam"}, "purpose"),
        ({"given_at": AFTERNOON + HOUR}, "future"),
        ({"person_key": "nobody"}, "nobody"),
        ({"source": " "}, "where"),
        ({"text": None, "text_version": ""}, "text"),
    ],
)
def test_all_or_none(world: World, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ConsentRefused, match=says):
        add(world, given(1), given(2, **wrong))
    assert world.one("SELECT count(*) FROM consent") == 0


def test_the_claim_finds_consents_by_their_indexes(world: World) -> None:
    """However many there are; a claim must not read through all of them."""
    world.conn.execute(
        text(
            """INSERT INTO consent (number, purpose, source, text_version, given_at)
               SELECT '+1646' || lpad(g::text, 7, '0'), 'informational', 's', 'v', '2025-01-01T00:00Z'
               FROM generate_series(1, 20000) g"""
        )
    )
    world.conn.execute(text("ANALYZE consent"))
    plan = world.all(
        """EXPLAIN SELECT person_id, number FROM consent
           WHERE (person_id = ANY(CAST(:persons AS bigint[])) OR number = ANY(CAST(:numbers AS text[])))
             AND purpose = 'informational' AND given_at <= now() AND (revoked_at IS NULL OR revoked_at > now())""",
        persons="{1,2,3}",
        numbers="{+16460000001,+16460000002}",
    )
    told = "\n".join(row[0] for row in plan)
    assert "Seq Scan" not in told, told
    assert "ix_consent_number" in told
