"""The dialer's guard in the virtual switch; its semantics are those of freeswitch-conf/scripts/oklik.lua."""

import re
from pathlib import Path

import pytest

from oklik.esl.commands import GUARD_VERSION
from oklik.telephony.virtual import guard
from virtual.transcript import frames
from virtual.world import World

LUA = (Path(__file__).parents[2] / "freeswitch-conf/scripts/oklik.lua").read_text()
U = "00000000-0000-4000-8000-{:012d}"
PSTN = "sofia/gateway/pstn/+79160000000"


class Desk:
    def __init__(self) -> None:
        self.world = World()
        self.connection, self.pipe = self.world.connect()
        self.send("auth ClueCon")
        self.send("event json BACKGROUND_JOB")
        self.told = len(self.pipe.written)

    def send(self, command: str) -> None:
        self.connection.data_received(f"{command}\n\n".encode())

    def api(self, command: str) -> str:
        self.send(f"api {command}")
        return frames(self.pipe.written[-1][1])[-1].body

    def guard(self, command: str) -> str:
        return self.api(f"lua oklik.lua {command}")

    def dial(self, n: int, *, epoch: str = "5", node: str = "n1", rest: str = f"30 60 - {PSTN}") -> str:
        """What the job of this dial says, or '' while it has said nothing."""
        uuid = U.format(n)
        before = len(self.pipe.written)
        self.send(f"bgapi lua oklik.lua dial {uuid} {epoch} {node} {rest}\nJob-UUID: {uuid}")
        return self.job(uuid, before)

    def job(self, uuid: str, since: int = 0) -> str:
        seen = [f for _, data in self.pipe.written[since:] for f in frames(data)]
        return next((f.get("_body") or "" for f in seen if f.name and f.get("Job-UUID") == uuid), "")


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    assert made.guard("epoch n1 5") == "+OK\n"
    return made


def test_a_uuid_is_dialed_once(desk: Desk):
    assert desk.dial(1) == ""
    leg = desk.world.core.live(U.format(1))
    assert leg is not None
    assert desk.dial(1) == "-ERR OKLIK_DUPLICATE\n"
    leg.hangup("NORMAL_CLEARING")
    desk.world.clock.run(desk.world.clock.ms + 100)
    assert desk.world.core.live(U.format(1)) is None
    assert desk.dial(1) == "-ERR OKLIK_DUPLICATE\n"  # for ever, not only while it lives


def test_the_job_tells_the_result_of_the_call(desk: Desk):
    desk.dial(1)
    desk.world.line("+79160000000").far_answers()
    desk.world.clock.run(100)
    assert desk.job(U.format(1)) == f"+OK {U.format(1)}\n"
    desk.dial(2, rest="30 60 - sofia/gateway/pstn/+79160000002")
    desk.world.line("+79160000002").far_refuses(486, 0)
    desk.world.clock.run(200)
    assert desk.job(U.format(2)) == "-ERR USER_BUSY\n"


def test_a_barred_uuid_is_never_dialed(desk: Desk):
    one, two = U.format(1), U.format(2)
    desk.dial(1)
    assert desk.guard(f"bar {one} {two}") == f"{one} dialed\n{two} barred\n"
    assert desk.guard(f"bar {two} {one}") == f"{two} barred\n{one} dialed\n"
    assert desk.dial(2) == "-ERR OKLIK_DUPLICATE\n"
    assert set(desk.world.core.channels) == {one}


def test_a_replaced_dialer_is_refused_and_uses_no_uuid_up(desk: Desk):
    assert desk.guard("epoch n1 6") == "+OK\n"
    assert desk.dial(1) == "-ERR OKLIK_STALE_EPOCH\n"
    assert desk.guard("epoch n1 5") == "-ERR OKLIK_STALE_EPOCH\n"
    assert desk.guard("epoch n1 6") == "+OK\n"
    assert desk.dial(1, epoch="6") == ""
    assert desk.guard(f"bar {U.format(1)}") == f"{U.format(1)} dialed\n"


def test_a_switch_that_knows_no_owner_refuses():
    desk = Desk()
    assert desk.dial(1) == "-ERR OKLIK_STALE_EPOCH\n"
    assert desk.guard(f"bar {U.format(1)}") == f"{U.format(1)} barred\n"


def test_nodes_do_not_hinder_each_other(desk: Desk):
    assert desk.guard("epoch n2 1") == "+OK\n"
    assert desk.dial(1, epoch="1", node="n2") == ""
    assert desk.dial(2) == ""


@pytest.mark.parametrize(
    "rest",
    [
        "30 60 -",
        f"30 60 - {PSTN} more",
        f"0 60 - {PSTN}",
        f"301 60 - {PSTN}",
        f"30 9 - {PSTN}",
        f"30 14401 - {PSTN}",
        f"x 60 - {PSTN}",
        f"30 60 7,x=1 {PSTN}",
        f"30 60 12345678901234567 {PSTN}",
        f"30 60 - {{x=1}}{PSTN}",
        "30 60 - sofia/gateway/pstn/1,sofia/gateway/pstn/2",
        "30 60 - sofia/gateway/pstn/1|error/user_busy",
        "30 60 - loopback/1",
        "30 60 - null/1",
    ],
)
def test_bad_arguments_dial_nobody(desk: Desk, rest: str):
    assert desk.dial(1, rest=rest) == "-ERR OKLIK_BAD_ARGUMENT\n"
    assert not desk.world.core.channels
    assert desk.guard(f"bar {U.format(1)}") == f"{U.format(1)} barred\n"


@pytest.mark.parametrize(
    "command", ["", "dial", "bar", "bar x", "epoch", "epoch n1", "epoch n1 x", "epoch n/1 1", "run"]
)
def test_bad_commands(desk: Desk, command: str):
    assert desk.guard(command) == "-ERR OKLIK_BAD_ARGUMENT\n"


def test_a_switch_without_lua(desk: Desk):
    assert desk.api("module_exists mod_lua") == "true"
    desk.world.core.lua = False
    assert desk.api("module_exists mod_lua") == "false"
    assert desk.guard("epoch n1 5") == "-ERR lua Command not found!\n"
    assert desk.dial(1) == "-ERR lua Command not found!\n"
    assert desk.api("hash select/oklik/epoch.n1") == "5"


def test_another_script_does_nothing(desk: Desk):
    assert desk.api("lua other.lua dial") == "-ERR no reply\n"


def test_the_longest_call_ends_by_itself(desk: Desk):
    desk.dial(1, rest=f"30 10 - {PSTN}")
    desk.world.line("+79160000000").far_answers()
    desk.world.clock.run(9_000)
    assert desk.world.core.live(U.format(1)) is not None
    desk.world.clock.run(10_200)
    assert desk.world.core.live(U.format(1)) is None


def test_a_call_that_nobody_answers_ends_in_whole_seconds(desk: Desk):
    desk.dial(1, rest=f"3 60 - {PSTN}")
    desk.world.clock.run(1_900)
    assert desk.world.core.live(U.format(1)) is not None
    desk.world.clock.run(3_100)
    assert desk.job(U.format(1)) == "-ERR NO_ANSWER\n"


def test_old_keys_are_forgotten_on_request(desk: Desk):
    desk.dial(1)
    assert desk.guard("purge") == "+OK 0\n"
    desk.world.clock.run((guard.KEEP_S + 10) * 1000)
    desk.dial(2)
    assert desk.guard("purge") == "+OK 1\n"
    assert desk.dial(1, epoch="4") == "-ERR OKLIK_STALE_EPOCH\n"  # the owner is not forgotten


def test_the_hash_store_holds_what_the_script_writes(desk: Desk):
    desk.dial(1)
    assert re.fullmatch(r"d\d{10}", desk.api(f"hash select/oklik/{U.format(1)}"))
    assert desk.api("hash select/oklik/epoch.n1") == "5"
    assert desk.api(f"hash insert_ifempty/oklik/{U.format(1)}/x") == "-ERR key already exists\n"
    assert desk.api("hash insert_ifempty/oklik/new/x") == "+OK\n"
    assert desk.api("hash delete_ifmatch/oklik/new/y") == "-ERR Doesn't match\n"
    assert desk.api("hash delete_ifmatch/oklik/new/x") == "+OK\n"
    assert desk.api("hash delete/oklik/new") == "-ERR Not found\n"


def test_both_guards_set_the_same_variables_and_give_the_same_answers():
    block = re.search(r"local variables = \{(.*?)\n  \}", LUA, re.S)
    assert block is not None
    static = dict(re.findall(r'"([a-z_]+)=([a-z]*)"', block[1]))
    ours = guard.variables("U", "N", "R", "7")
    assert [name for name, _ in re.findall(r'"([a-z_]+)=([a-z]*)"', block[1])] == list(ours)[: len(static)]
    assert {name: ours[name] for name, value in static.items() if value} == {k: v for k, v in static.items() if v}
    assert set(ours) - set(static) == set(re.findall(r'variables, "([a-z_]+)=" \.\. caller_id', LUA))
    assert set(re.findall(r"OKLIK_[A-Z_]+", LUA)) - {"OKLIK_NO_REPLY"} == {
        text.removeprefix("-ERR ").strip()
        for text in (guard.BAD_ARGUMENT, guard.STALE, guard.DUPLICATE, guard.NOT_WRITABLE, guard.GONE)
    }
    version = re.search(r"VERSION = (\d+)", LUA)
    assert version is not None
    assert int(version[1]) == GUARD_VERSION
    keep = re.search(r"KEEP_S = (\d+)", LUA)
    assert keep is not None
    assert int(keep[1]) == guard.KEEP_S
