"""Callers are looked up with one connection each, whatever has to be read for them."""

import datetime as dt
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from oklik.campaigns import lease
from oklik.campaigns.claim import claim
from oklik.campaigns.finish import Finished, finish
from oklik.dialing.disposition import CallSummary
from oklik.store.engine import make_engine
from oklik.telephony.port import Offer
from oklik.worker.book import StoreBook
from oklik.worker.host import Job
from oklik.worker.settings import DialerSettings
from support.stage import TUESDAY, make_campaign

pytestmark = pytest.mark.integration


def test_a_caller_takes_one_connection_even_if_the_scenario_is_not_in_memory(
    tmp_path: Path, engine: Engine, database_url: str
) -> None:
    """With as many callers as there are connections, each would hold one and wait for another."""
    make_campaign(engine, tmp_path / "prompts", 1)
    later = TUESDAY + dt.timedelta(minutes=5)
    with engine.begin() as conn:
        holder = lease.take(conn, "n1", owner="test", core_uuid="")
        (one,) = claim(conn, holder, TUESDAY, 1, virtual=True)
        finish(conn, holder, [Finished(one.uuid, later, CallSummary(cause="NO_ANSWER"))], later)
    settings = DialerSettings(
        database_url=database_url, switch_host="", switch_port=0, prompts=str(tmp_path / "prompts"), ring_s=20, max_s=60
    )
    single = make_engine(database_url, pool_size=1)
    try:
        with closing(StoreBook(single, settings, virtual=True, holder=holder)) as book:
            taken = book.receive(Offer(uuid=str(uuid4()), caller=one.number, dialed="74950000001"), later)
    finally:
        single.dispose()
    assert isinstance(taken, Job)
    assert (taken.inbound, taken.number) == (True, one.number)
