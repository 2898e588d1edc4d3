"""What the recordings do not show in a form that can be replayed: shapes of listings, limits, the ledger, timers."""

import gc
import json
import weakref
from pathlib import Path

import pytest

from oklik.telephony.virtual.ledger import Ledger
from oklik.telephony.virtual.population import Lines, Population
from virtual.transcript import Frame, frames, parse, records
from virtual.world import World


class Desk:
    def __init__(self, **core: object) -> None:
        self.world = World(**core)  # type: ignore[arg-type]
        self.connection, self.pipe = self.world.connect()
        self.send("auth ClueCon")

    def send(self, command: str) -> None:
        self.connection.data_received(f"{command}\n\n".encode())

    def api(self, command: str) -> str:
        self.send(f"api {command}")
        return self.seen()[-1].body

    def seen(self) -> list[Frame]:
        return [f for _, data in self.pipe.written for f in frames(data)]

    def events(self) -> list[str]:
        return [f.name for f in self.seen() if f.name]

    def call(self, uuid: str, number: str = "7", variables: str = "") -> None:
        self.send(f"bgapi originate {{origination_uuid={uuid}{variables}}}sofia/gateway/pstn/{number} &park()")

    def up(self, uuid: str, number: str = "7", variables: str = "") -> None:
        self.call(uuid, number, variables)
        self.world.line(number).far_rings(False)
        self.world.line(number).far_answers()
        self.run(100)

    def run(self, ms: float) -> None:
        self.world.clock.run(self.world.clock.ms + ms)


def recorded(name: str, command: str) -> Frame:
    """The recorded reply to a command."""
    wanted = False
    for record in records(name):
        if record.kind == ">":
            wanted = record.data.decode().strip() == command
        elif record.kind == "<" and wanted and not parse(record.data).name:
            return parse(record.data)
    raise AssertionError(command)


def recorded_event(name: str, event: str) -> Frame:
    return next(parse(r.data) for r in records(name) if r.kind == "<" and parse(r.data).name == event)


# -- listings -----------------------------------------------------------------------------------------------


def test_show_channels_as_json_has_the_shape_of_the_recording():
    theirs = json.loads(recorded("09-reconcile", "api show channels as json").body)
    desk = Desk()
    desk.up("a", "1")
    desk.call("b", "2")
    desk.world.line("2").far_rings(False)
    desk.run(50)
    ours = json.loads(desk.api("show channels as json"))
    assert ours["row_count"] == 2
    for one, other in ((theirs["rows"][0], ours["rows"][0]), (theirs["rows"][2], ours["rows"][1])):
        assert list(one) == list(other)
        open_fields = {"uuid", "call_uuid", "created", "created_epoch", "name", "hostname"}
        numbers = {"dest", "cid_num", "callee_num", "initial_dest"}
        same = [key for key in one if key not in open_fields | numbers]
        assert {key: one[key] for key in same} == {key: other[key] for key in same}
    assert desk.api("show channels count") == "\n2 total.\n"
    assert desk.api("hupall NORMAL_CLEARING") == "+OK hangup all channels with cause NORMAL_CLEARING\n"
    desk.run(100)
    assert desk.api("show channels as json").strip() == recorded("09-reconcile", "api show calls as json").body.strip()


def test_uuid_dump_as_json_has_the_names_of_the_recording():
    theirs = json.loads(recorded("09-reconcile", "api uuid_dump c0900000-0000-4000-8000-000000000001 json").body)
    desk = Desk()
    desk.up("a")
    ours = json.loads(desk.api("uuid_dump a json"))
    missing = {name for name in theirs if not name.startswith("variable_")} - set(ours)
    assert missing == set()
    assert (ours["Answer-State"], ours["Unique-ID"]) == ("answered", "a")
    assert "Answer-State: answered\n" in desk.api("uuid_dump a")


def test_the_version_says_what_it_is():
    assert "oklik virtual switch" in Desk().api("version")
    assert "oklik virtual switch" in Desk().api("status")


def test_heartbeats_come_every_twenty_real_seconds():
    theirs = recorded_event("10-status-heartbeat", "HEARTBEAT")
    desk = Desk()
    desk.send("event json HEARTBEAT")
    desk.run(41_000)
    beats = [f for f in desk.seen() if f.name == "HEARTBEAT"]
    assert len(beats) == 2
    assert [k for k, _ in beats[0].event] == [k for k, _ in theirs.event]


def test_an_event_as_xml():
    desk = Desk()
    desk.send("event xml BACKGROUND_JOB")
    desk.send("bgapi echo <a&b> два\nJob-UUID: j")
    body = desk.seen()[-1].body
    assert "<Job-Command-Arg>%3Ca%26b%3E%20%D0%B4%D0%B2%D0%B0</Job-Command-Arg>" in body
    assert "<Content-Length>12</Content-Length>\n  <body>&lt;a&amp;b&gt; &#x434;&#x432;&#x430;</body>" in body


# -- the socket ---------------------------------------------------------------------------------------------


def test_no_event_is_sent_into_half_a_command():
    desk = Desk()
    desk.send("event json HEARTBEAT")
    desk.connection.data_received(b"api ec")
    desk.run(21_000)
    assert desk.events() == []
    desk.connection.data_received(b"ho x\n\n")
    assert desk.seen()[-2].body == "x"
    assert desk.events() == ["HEARTBEAT"]


def test_events_wait_for_a_slow_api_of_the_same_connection():
    desk = Desk()
    other, pipe = desk.world.connect()
    other.data_received(b"auth ClueCon\n\nevent json HEARTBEAT\n\n")
    desk.send("event json HEARTBEAT")
    desk.send("api msleep 25000")
    desk.run(24_000)
    assert desk.events() == []
    assert [f.name for _, d in pipe.written for f in frames(d) if f.name] == ["HEARTBEAT"]
    desk.run(2_000)
    assert [f.name or f.body for f in desk.seen()][-2:] == ["+OK", "HEARTBEAT"]


def test_hundreds_of_commands_in_one_piece_are_answered_one_by_one():
    """A dialer that comes back asks after all of its calls at once."""
    desk = Desk()
    before = len(desk.seen())
    desk.send("\n\n".join(["api uuid_exists 1"] * 3000))
    assert [frame.body for frame in desk.seen()[before:]] == ["false"] * 3000


def test_filters():
    desk = Desk()
    desk.send("event json CHANNEL_ANSWER BACKGROUND_JOB")
    desk.send("filter Unique-ID b")
    desk.up("a", "1")
    desk.up("b", "2")
    assert [f.get("Unique-ID") for f in desk.seen() if f.name] == ["b"]
    desk.send("filter delete all")
    desk.up("c", "3")
    assert [f.get("Unique-ID") for f in desk.seen() if f.name == "CHANNEL_ANSWER"] == ["b", "c"]


def test_a_wrong_password_closes_the_connection():
    world = World()
    connection, pipe = world.connect()
    connection.data_received("auth wröng\n\n".encode())
    assert pipe.closed


# -- limits and timers --------------------------------------------------------------------------------------


def test_calls_beyond_the_limits_are_refused_without_a_channel(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger")
    desk = Desk(ledger=ledger, max_sessions=2, sps=100)
    desk.send("event json BACKGROUND_JOB CHANNEL_CREATE")
    for n in range(3):
        desk.call(f"u{n}", str(n))
    assert desk.events() == ["CHANNEL_CREATE", "CHANNEL_CREATE", "BACKGROUND_JOB"]
    assert desk.seen()[-1].get("_body") == "-ERR DESTINATION_OUT_OF_ORDER\n"
    desk.world.core.limits.max_sessions = 100
    desk.call("u0", "9")
    desk.world.core.limits.sps = 1
    desk.call("u9", "9")
    desk.api("fsctl pause")
    desk.call("u8", "9")
    lines = [json.loads(line) for line in (tmp_path / "ledger").read_text().splitlines()]
    assert [(x["event"], x.get("reason")) for x in lines] == [
        ("dial", None),
        ("dial", None),
        ("refused", "max_sessions"),
        ("refused", "uuid in use"),
        ("refused", "sps"),
        ("refused", "paused"),
    ]


def test_lines_out_of_order():
    lines = Lines(missing=("gone",), down=("quiet",), absent_users=("9",), unregistered_users=("3",))
    desk = Desk(population=Population(lines=lines))
    for endpoint, cause in (
        ("sofia/gateway/gone/1", "INVALID_GATEWAY"),
        ("sofia/gateway/quiet/1", "GATEWAY_DOWN"),
        ("sofia/gone/1@192.0.2.1", "INVALID_PROFILE"),
        ("user/9@x", "SUBSCRIBER_ABSENT"),
        ("user/3", "USER_NOT_REGISTERED"),
        ("loopback/1", "CHAN_NOT_IMPLEMENTED"),
    ):
        assert desk.api(f"originate {endpoint} &park()") == f"-ERR {cause}\n"


def test_the_dead_man_ends_the_calls_of_its_node_only():
    desk = Desk()
    desk.up("a", "1", ",oklik_node=n1")
    desk.up("b", "2", ",oklik_node=n2")
    added = desk.api("sched_api +60 oklik0-n1 hupall ALLOTTED_TIMEOUT oklik_node n1")
    assert added.startswith("+OK Added: ")
    desk.run(30_000)
    desk.api("sched_api +60 oklik1-n1 hupall ALLOTTED_TIMEOUT oklik_node n1")
    assert desk.api("sched_del oklik0-n1") == "+OK Deleted: 1\n"
    assert desk.api("sched_del oklik0-n1") == "+OK Deleted: 0\n"
    desk.run(59_000)
    assert desk.api("uuid_exists a") == "true"
    desk.run(2_000)
    assert desk.api("uuid_exists a") == "false"
    assert desk.api("uuid_exists b") == "true"


def test_hupall_without_a_value_ends_every_call_as_the_real_one():
    desk = Desk()
    desk.up("a", "1", ",x=1")
    desk.up("b", "2", ",x=2")
    desk.api("hupall NORMAL_CLEARING x ")
    desk.run(100)
    assert desk.world.core.channels == {}


def test_a_leg_that_is_gone_is_not_kept_by_its_timers():
    desk = Desk()
    desk.up("a", "1", ",originate_timeout=60")
    desk.api("sched_hangup +900 a ALLOTTED_TIMEOUT")
    leg = weakref.ref(desk.world.core.channels["a"])
    desk.world.puppets.clear()
    desk.api("uuid_kill a")
    desk.run(100)
    gc.collect()
    kept = [
        h for _, _, h in desk.world.clock._heap if not h.off and leg() in (getattr(h.call, "__self__", None), *h.args)
    ]
    assert leg() is None or kept == []


def test_a_call_in_park_stays_when_its_client_goes():
    desk = Desk()
    desk.up("a")
    desk.connection.connection_lost(None)
    desk.run(3_600_000)
    assert desk.world.core.live("a") is not None


# -- the ledger ---------------------------------------------------------------------------------------------


def test_the_ledger_tells_a_whole_call(tmp_path: Path):
    path = tmp_path / "ledger"
    desk = Desk(ledger=Ledger(path))
    desk.up("a", "+7916", ",origination_caller_id_number=7495,tenant=acme")
    desk.world.line("+7916").far_presses("5")
    desk.world.line("+7916").far_leaves()
    desk.run(100)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [x["event"] for x in lines] == ["dial", "ringing", "answered", "key", "ended"]
    dial, ended = lines[0], lines[-1]
    assert (dial["uuid"], dial["number"], dial["endpoint"]) == ("a", "+7916", "sofia/gateway/pstn/+7916")
    assert (dial["caller"], dial["app"], dial["variables"]["tenant"]) == ("7495", "&park", "acme")
    assert (ended["cause"], ended["answered"], ended["keys"]) == ("NORMAL_CLEARING", True, "5")
    assert [x["t"] for x in lines] == sorted(x["t"] for x in lines)


def test_two_switches_can_write_one_ledger_without_tearing_lines(tmp_path: Path):
    one, two = Ledger(tmp_path / "ledger"), Ledger(tmp_path / "ledger")
    for n in range(200):
        (one if n % 2 else two).write("dial", n, f"u{n}", variables={"x": "y" * 300})
    lines = [json.loads(line) for line in (tmp_path / "ledger").read_text().splitlines()]
    assert [x["uuid"] for x in lines] == [f"u{n}" for n in range(200)]


# -- bad input of applications ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argument", ["", "x", "1", "1 1 0 1000 # silence '' q", "9 1 1 1000 # silence '' q [", "a b c d e f g h i j"]
)
def test_malformed_questions_end_and_the_call_goes_on(argument: str):
    desk = Desk()
    desk.up("a")
    desk.send(f"sendmsg a\ncall-command: execute\nexecute-app-name: play_and_get_digits\nexecute-app-arg: {argument}")
    desk.run(15_000)
    leg = desk.world.core.live("a")
    assert leg is not None
    assert leg.executor.stack == []


def test_a_burst_of_keys_all_arrive():
    desk = Desk()
    desk.up("a")
    desk.send(
        "sendmsg a\ncall-command: execute\nexecute-app-name: play_and_get_digits\n"
        "execute-app-arg: 1 8 1 4000 # tone_stream://%(2000,0,440) '' q ^[0-9]+$ 2000"
    )
    desk.run(100)
    for key in "2026#":
        desk.world.line("7").far_presses(key)
    desk.run(100)
    leg = desk.world.core.live("a")
    assert leg is not None
    assert (leg.get("q"), leg.get("read_result"), leg.get("read_terminator_used")) == ("2026", "success", "#")


def test_uuid_break_all_ends_a_playback_that_repeats_for_ever():
    desk = Desk()
    desk.up("a")
    desk.send(
        "sendmsg a\ncall-command: execute\nexecute-app-name: playback\nloops: -1\n"
        "execute-app-arg: tone_stream://%(900,0,440)\nevent-lock: true"
    )
    desk.run(60_000)
    leg = desk.world.core.live("a")
    assert leg is not None
    assert leg.executor.stack
    desk.api("uuid_break a all")
    desk.run(100)
    assert leg.executor.stack == []
