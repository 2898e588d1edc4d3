"""Legs that nobody watched are settled, also beside one that cannot be."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from campaigns.world import NOON, World
from oklik.campaigns.lease import LeaseLost
from oklik.clock import SystemClock
from oklik.telephony.port import Fate
from oklik.worker.book import StoreBook
from oklik.worker.reconcile import OpenLeg, Reconciler
from oklik.worker.settings import DialerSettings
from support.postgres import *  # noqa: F403

PEOPLE = 5


class Switch:
    """All that were ever sent to it are over."""

    core_uuid = "core"

    def fates(self, uuids: Sequence[str]) -> dict[str, Fate]:
        return dict.fromkeys(uuids, Fate.DIALED_AND_GONE)

    def orphans(self, _: Collection[str]) -> list[str]:
        return []


NOBODY = SimpleNamespace(known=lambda: ())


def reconciler(legs: Any) -> Reconciler:
    return Reconciler(Switch(), legs, SystemClock(), NOBODY)  # type: ignore[arg-type]


@pytest.mark.integration
def test_a_leg_that_cannot_be_settled_keeps_no_other_open_and_no_dialer_from_its_start(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(PEOPLE)
        world.campaign()
        holder = world.holder()
        poison, *_ = world.claim(holder)
        conn.execute(
            text("""INSERT INTO step (attempt_uuid, seq, at, node, fact) VALUES
                    (:u, 0, :at, 'x', '{"type": "promised", "node": "x", "date": "tomorrow", "amount": "1"}')"""),
            {"u": poison.uuid, "at": NOON},
        )
    settings = DialerSettings(database_url="", switch_host="", switch_port=0, prompts="", node="fs1")
    book = StoreBook(engine, settings, virtual=False, holder=holder)
    one = reconciler(book)
    one.at_start()
    assert [leg.uuid for leg in book.open_legs(None)] == [str(poison.uuid)]
    assert f"leg {poison.uuid} cannot be settled" in caplog.text
    one.audit()
    assert [leg.uuid for leg in book.open_legs(None)] == [str(poison.uuid)]
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM step"))
    one.at_start()
    assert book.open_legs(None) == []
    book.close()


class Refusing:
    """reconcile.Legs which cannot be written."""

    def __init__(self, error: Exception) -> None:
        self.error, self.tries = error, 0

    def open_legs(self, _: dt.datetime | None) -> Sequence[OpenLeg]:
        return [OpenLeg(uuid=str(n), core_uuid="core") for n in range(3)]

    def note_core(self, core_uuid: str) -> None:
        pass

    def settle(self, _: Mapping[str, Fate], __: dt.datetime) -> None:
        self.tries += 1
        raise self.error


@pytest.mark.parametrize(
    "error", [LeaseLost("taken over"), OperationalError("SELECT", {}, Exception("it stops"))], ids=["lease", "away"]
)
def test_what_no_leg_is_to_blame_for_is_not_tried_leg_by_leg(error: Exception) -> None:
    legs = Refusing(error)
    with pytest.raises(type(error)):
        reconciler(legs).at_start()
    assert legs.tries == 1
