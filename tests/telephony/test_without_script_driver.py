"""The driver on a switch without the guard's script: claim, answer, originate, and everything that comes between."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest

from oklik.telephony.freeswitch import FreeSwitch, Replaced, connect, driver, guards, inquiry
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.port import Answer, CallEnded, Dial, Fate, HangupBy, SwitchRefused
from support.scripted import Scripted, api, event, job

pytestmark = pytest.mark.integration

FOR_EVER_S = 60.0  # deadlines that nothing here may reach


class Store(Scripted):
    """mod_hash without mod_lua."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.on_command = self.answer

    def answer(self, command: str) -> bytes | None:
        if command.startswith("api lua "):
            return api("-ERR lua Command not found!\n")
        if not command.startswith("api hash "):
            return None
        verb, realm, key, *value = command.removeprefix("api hash ").split("/")
        assert realm == "oklik"
        if verb == "select":
            return api(self.kept.get(key, "-ERR no reply\n"))
        if verb == "insert_ifempty":
            if key in self.kept:
                return api("-ERR key already exists\n")
            self.kept[key] = value[0]
            return api("+OK\n")
        assert verb == "delete_ifmatch"
        if self.kept.get(key) != value[0]:
            return api("-ERR Doesn't match\n")
        del self.kept[key]
        return api("+OK\n")


@pytest.fixture
def server() -> Iterator[Store]:
    store = Store()
    yield store
    store.stop()


@pytest.fixture
def switch(server: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[FreeSwitch]:
    monkeypatch.setattr(driver, "RETRY_FIRST_S", 0.02)
    monkeypatch.setattr(inquiry, "SECOND_LOOK_S", 0.02)
    made = connect(server.host, server.port, "secret", node="n1", epoch=5, roots=["/"])
    yield made
    made.close()


def dialed(switch: FreeSwitch, uuid: str = "", **more: bool) -> tuple[FsCall, list[str]]:
    """A call, and a list that has a word once the switch has taken it."""
    taken: list[str] = []
    one = Dial(uuid=uuid or str(uuid4()), endpoint="sofia/gateway/pstn/+79161234567", caller_id="+74951234567", **more)
    return switch.originate(one, lambda: taken.append("taken")), taken


def test_it_is_found_out_at_the_connection(server: Store, switch: FreeSwitch) -> None:
    assert server.kept == {"epoch.n1": "5"}
    assert [one for one in server.commands if "lua" in one or "hash" in one] == [
        "api lua oklik.lua epoch n1 5",
        "api hash select/oklik/epoch.n1",
        "api hash insert_ifempty/oklik/epoch.n1/5",
    ]


def test_it_is_claimed_before_it_is_dialed(server: Store, switch: FreeSwitch) -> None:
    call, taken = dialed(switch, every_key=True)
    placed = server.seen("bgapi originate")[0]
    assert re.fullmatch(r"d\d{10}", server.kept[call.uuid])
    assert placed == (
        f"bgapi originate {{origination_uuid={call.uuid},originate_timeout=30,ignore_early_media=true,"
        "outbound_redirect_fatal=true,park_after_bridge=true,hangup_after_bridge=false,"
        "app_disable_expand_variables=true,playback_terminators=none,oklik_node=n1,"
        "origination_caller_id_number=+74951234567,origination_caller_id_name=+74951234567,"
        "dtmf_type=rfc2833,rtp_liberal_dtmf=true}sofia/gateway/pstn/+79161234567 &park()"
        f"\nJob-UUID: {call.uuid}"
    )
    at = server.commands.index(placed)
    assert server.commands[at - 2].startswith(f"api hash insert_ifempty/oklik/{call.uuid}/d")
    assert server.commands[at - 1] == "api hash select/oklik/epoch.n1"
    server.say(
        job(call.uuid, f"+OK {call.uuid}\n"), event("CHANNEL_PARK", Unique__ID=call.uuid, Answer__State="answered")
    )
    assert call.wait(FOR_EVER_S) == Answer()
    assert server.seen("api sched_hangup") == [f"api sched_hangup +900 {call.uuid} ALLOTTED_TIMEOUT"]
    assert taken == ["taken"]


def test_a_second_send_is_refused(server: Store, switch: FreeSwitch) -> None:
    uuid = str(uuid4())
    server.kept[uuid] = "d1700000000"
    call, taken = dialed(switch, uuid)
    end = call.wait(FOR_EVER_S)
    assert end == CallEnded(cause="OKLIK_DUPLICATE", by=HangupBy.SWITCH, channel=False, sent=True)
    assert taken == ["taken"]
    assert not [one for one in server.commands if one.startswith("bgapi")]


def test_a_newer_owner_is_heeded(server: Store, switch: FreeSwitch) -> None:
    server.kept["epoch.n1"] = "6"
    call, _ = dialed(switch)
    assert call.wait(FOR_EVER_S) == CallEnded(cause="OKLIK_STALE_EPOCH", by=HangupBy.SWITCH, channel=False, sent=False)
    assert not [one for one in server.commands if one.startswith("bgapi")]
    with pytest.raises(Replaced, match="newer dialer"):
        connect(server.host, server.port, "secret", node="n1", epoch=5)
    connect(server.host, server.port, "secret", node="n1", epoch=7).close()
    assert server.kept["epoch.n1"] == "7"


def test_a_switch_that_has_forgotten_the_owner_dials_nothing(server: Store, switch: FreeSwitch) -> None:
    del server.kept["epoch.n1"]
    assert isinstance(end := dialed(switch)[0].wait(FOR_EVER_S), CallEnded)
    assert (end.cause, end.sent) == ("OKLIK_STALE_EPOCH", False)


def test_an_old_claim_is_not_used(server: Store, switch: FreeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "CLAIM_S", -1.0)
    call, taken = dialed(switch)
    assert call.wait(FOR_EVER_S) == CallEnded(cause="OKLIK_NOT_SENT", channel=False, sent=False)
    assert taken == ["taken"]
    assert not [one for one in server.commands if one.startswith("bgapi")]


def test_a_hangup_before_the_claim_is_answered(server: Store, switch: FreeSwitch) -> None:
    call, _ = dialed(switch)
    call.hangup()
    assert call.wait(FOR_EVER_S) == CallEnded(cause="OKLIK_NOT_SENT", channel=False, sent=False)
    assert not [one for one in server.commands if one.startswith("bgapi")]


def test_a_cut_before_the_claim_is_answered(server: Store, switch: FreeSwitch) -> None:
    """This dialer knows that it has not sent it, and never will."""
    usual = server.on_command

    def cut(command: str) -> bytes | None:
        if "/d" in command:
            server.on_command = usual
            server.drop()
            raise OSError("closed")
        return usual(command)

    server.on_command = cut
    call, taken = dialed(switch)
    assert call.wait(FOR_EVER_S) == CallEnded(cause="OKLIK_NOT_SENT", channel=False, sent=False)
    assert taken == ["taken"]


def test_a_store_that_is_gone_refuses(server: Store, switch: FreeSwitch) -> None:
    server.on_command = lambda command: api("-ERR hash Command not found!\n") if "hash" in command else None
    assert dialed(switch)[0].wait(FOR_EVER_S) == CallEnded(cause="OKLIK_COMMAND_REFUSED", channel=False, sent=False)
    with pytest.raises(SwitchRefused, match="mod_hash") as refused:
        connect(server.host, server.port, "secret", node="n1", epoch=5, script=False)
    assert refused.value.reason == "guard"


def test_fates(server: Store, switch: FreeSwitch) -> None:
    live, claimed, barred, never = (str(uuid4()) for _ in range(4))
    server.kept |= {live: "d1", claimed: "d1", barred: "b1"}
    usual = server.on_command
    server.on_command = lambda command: (
        api("true" if live in command else "false") if command.startswith("api uuid_exists") else usual(command)
    )
    assert switch.fates([live, claimed, barred, never]) == {
        live: Fate.LIVE,
        claimed: Fate.UNKNOWN,  # dialed, or its sender died before
        barred: Fate.NEVER_DIALED,
        never: Fate.NEVER_DIALED,
    }
    assert re.fullmatch(r"b\d{10}", server.kept[never])
    call, _ = dialed(switch, never)
    assert isinstance(end := call.wait(FOR_EVER_S), CallEnded)
    assert end.cause == "OKLIK_DUPLICATE"


def test_calls_to_us_are_left_to_others(server: Store, switch: FreeSwitch) -> None:
    offered: list[object] = []
    switch.on_inbound(offered.append)
    server.say(event("CHANNEL_PARK", Unique__ID=str(uuid4()), var_oklik_inbound="waiting"))
    dialed(switch)
    server.seen("bgapi originate")
    assert not offered
