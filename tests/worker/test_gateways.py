"""A dialer brings its switch to what was filled in, and tells of it."""

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, text

from oklik.campaigns import gateways
from oklik.campaigns.gateways import Filled
from oklik.dialing.gateways import MISSING, Login
from oklik.telephony.port import GatewaySeen, SwitchLost
from oklik.worker.gateways import GatewayWatch
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration

NOW = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)


class Switch:
    """Has the gateways that it is told of, once it has read its files."""

    connected = True
    core_uuid = "core"

    def __init__(self) -> None:
        self.has: dict[str, GatewaySeen] = {}
        self.files: dict[str, GatewaySeen] = {}
        self.read: list[list[str]] = []
        self.lost = False

    def gateway(self, name: str) -> GatewaySeen | None:
        return self.has.get(name)

    def reread(self, names: Sequence[str]) -> None:
        if self.lost:
            raise SwitchLost("gone")
        self.read.append(list(names))
        self.has = dict(self.files)


def fill(engine: Engine, name: str = "МТС", **more: object) -> str:
    with engine.begin() as conn:
        told = Filled(login=Login.ADDRESS, host="sip.example", channels=1, cps=1.0, **more)  # type: ignore[arg-type]
        return gateways.save(conn, name, told, NOW, "tester").gateway.name


def told(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as conn:
        rows = conn.execute(text("SELECT node, state, up, sip_status, applied FROM gateway_state ORDER BY node"))
        return [tuple(row) for row in rows]


def test_a_change_is_read_once_and_told(engine: Engine) -> None:
    switch = Switch()
    watch = GatewayWatch(engine, switch, "n1")
    watch.look()
    assert switch.read == [], "nothing is filled in"
    name = fill(engine)
    watch.look()
    watch.look()
    assert switch.read == [[name]]
    assert told(engine) == [("n1", MISSING, False, 0, 1)], "its file was not there"
    switch.files[name] = GatewaySeen(state="FAIL_WAIT", up=False, sip_status=403)
    fill(engine, ping=30)
    watch.look()
    assert switch.read == [[name], [name]]
    assert told(engine) == [("n1", "FAIL_WAIT", False, 403, 2)]
    switch.has[name] = GatewaySeen(state="REGED", up=True)
    watch.look()
    assert told(engine) == [("n1", "REGED", True, 0, 2)]


def test_a_dialer_that_comes_anew_reads_nothing_twice_and_another_node_reads_itself(engine: Engine) -> None:
    first, again, other = Switch(), Switch(), Switch()
    name = fill(engine)
    GatewayWatch(engine, first, "n1").look()
    GatewayWatch(engine, again, "n1").look()
    GatewayWatch(engine, other, "n2").look()
    assert (first.read, again.read, other.read) == ([[name]], [], [[name]])
    assert [row[0] for row in told(engine)] == ["n1", "n2"]


def test_a_switch_that_is_away_is_told_later(engine: Engine) -> None:
    switch = Switch()
    watch = GatewayWatch(engine, switch, "n1")
    name = fill(engine)
    switch.connected = False
    watch.look()
    assert told(engine) == []
    switch.connected, switch.lost = True, True
    with pytest.raises(SwitchLost):
        watch.look()
    assert told(engine) == []
    switch.lost = False
    watch.look()
    assert switch.read == [[name]]
