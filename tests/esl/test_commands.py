"""Commands: exactly one frame of the intended structure, or a refusal; whatever is put into any field."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oklik.esl import commands, readback
from oklik.esl.commands import BadField

UUID = "c0200000-0000-4000-8000-000000000002"
OTHER = "c0200000-0000-4000-8000-000000000003"
FILE = "/var/lib/oklik/prompts/" + "a1" * 32 + ".wav"
DIAL = {
    "epoch": 7,
    "node": "fs-1",
    "ring_s": 30,
    "max_s": 900,
    "caller_id": "+74951234567",
    "endpoint": "sofia/gateway/pstn/+79161234567",
}
GATHER = {
    "variable": "okq3",
    "min_digits": 1,
    "max_digits": 2,
    "timeout_ms": 5000,
    "digit_timeout_ms": 2000,
    "terminators": "#",
    "allowed": "12",
}

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "\n\napi system rm", "x\nJob-UUID: y", "x\rContent-Length: 1", "${system(id)}", "$${x}", "%{x}", "a,b",
            "a|b", "a:_:b", "^^|a", "{x=1}", "[x=1]", "<x=1>",
            "O'Brien", "\\s", "a\\,b", "a b", "", " ", "\0", "ARRAY::a|:b",
            "undef", "../x.wav", "/a/../b.wav", "/a//b.wav", "shell_stream://x.wav", "/x!/y.wav", "{/x.wav", "ёж",
            "١٢٣", "+7916123456７",
            "sofia/gateway/pstn/1 &socket(h)", "sofia/gateway/a/1,sofia/gateway/b/2", "loopback/1",
            "sofia/gateway/pstn/1^2", "error/USER_BUSY", "7916\n", "7916\x00", "a" * 9000, "hupall", "&park()",
            "sofia/gateway/pstn/-1", "user/1@h;fs_path=x", "group/x", "\u2028", "\x85", "\x7f",
        ]
    ),
    st.text(alphabet="a1'\"\\,|{}[]<>$^:_ \n\r\t=/@+-", max_size=40),
)  # fmt: skip


def test_the_dial_line() -> None:
    assert (
        commands.dial(UUID, **DIAL)
        == (
            f"bgapi lua oklik.lua dial {UUID} 7 fs-1 30 900 +74951234567 sofia/gateway/pstn/+79161234567\n"
            f"Job-UUID: {UUID}\n\n"
        ).encode()
    )
    assert b" 900 - sofia" in commands.dial(UUID, **DIAL | {"caller_id": ""})


def test_the_other_lines() -> None:
    assert commands.bar([UUID, OTHER]) == f"api lua oklik.lua bar {UUID} {OTHER}\n\n".encode()
    assert commands.core_settings() == b"api xml_locate configuration configuration name switch.conf\n\n"
    assert commands.guard_version() == b"api lua oklik.lua version\n\n"
    assert commands.epoch("n", 3) == b"api lua oklik.lua epoch n 3\n\n"
    assert commands.gateway("oklik-7") == b"api sofia status gateway oklik-7\n\n"
    assert commands.drop_gateway("oklik-7") == b"api sofia profile oklik killgw oklik-7\n\n"
    assert commands.rescan() == b"api sofia profile oklik rescan\n\n"
    assert commands.kill(UUID) == f"api uuid_kill {UUID}\n\n".encode()
    assert commands.kill(UUID, "LOSE_RACE") == f"api uuid_kill {UUID} LOSE_RACE\n\n".encode()
    assert commands.arm("n", 1, 60) == b"api sched_api +60 oklik1-n hupall ALLOTTED_TIMEOUT oklik_node n\n\n"
    assert commands.can_write(FILE) == f"api lua oklik.lua writes {FILE}\n\n".encode()
    assert commands.disarm("n", 1) == b"api sched_del oklik1-n\n\n"
    assert (
        commands.playback(UUID, [FILE], "q1")
        == (
            f"sendmsg {UUID}\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: {FILE}\n"
            "Event-UUID: q1\nevent-lock: true\n\n"
        ).encode()
    )
    assert f"execute-app-arg: file_string://{FILE}!{FILE}\n".encode() in commands.playback(UUID, [FILE] * 2, "q1")


def test_questions() -> None:
    line = commands.gather(UUID, [FILE], "q3", **GATHER).decode().split("\n")[3]
    assert line == f"execute-app-arg: 1 2 1 5000 # {FILE} '' okq3 ^[12]+$ 2000"
    line = commands.gather(UUID, [], "q3", **GATHER | {"terminators": "", "allowed": ""}).decode().split("\n")[3]
    assert line == "execute-app-arg: 1 2 1 5000 none silence '' okq3 ^[0-9*#]+$ 2000"


GOOD_ENDPOINTS = [
    "sofia/gateway/pstn/+79161234567",
    "sofia/gateway/my_gw-1.ru/79161234567",
    "sofia/agents/1001@10.0.0.5:5060",
    "sofia/external/ivan.petrov@sip.example.org",
    "user/1001@example.org",
    "user/1001",
]


@pytest.mark.parametrize("endpoint", GOOD_ENDPOINTS)
def test_usual_endpoints_pass(endpoint: str) -> None:
    assert endpoint.encode() in commands.dial(UUID, **DIAL | {"endpoint": endpoint})


FIELDS: dict[str, Callable[[str], bytes]] = {
    "uuid": lambda text: commands.dial(text, **DIAL),
    "node": lambda text: commands.dial(UUID, **DIAL | {"node": text}),
    "caller_id": lambda text: commands.dial(UUID, **DIAL | {"caller_id": text}),
    "endpoint": lambda text: commands.dial(UUID, **DIAL | {"endpoint": text}),
    "bar": lambda text: commands.bar([UUID, text]),
    "epoch node": lambda text: commands.epoch(text, 1),
    "kill": commands.kill,
    "cause": lambda text: commands.kill(UUID, text),
    "bridge": lambda text: commands.bridge(UUID, text),
    "exists": commands.exists,
    "marker": commands.marker,
    "gateway": commands.gateway,
    "drop_gateway": commands.drop_gateway,
    "can_write": commands.can_write,
    "dump": commands.dump,
    "stop": lambda text: commands.stop(text, everything=True),
    "arm": lambda text: commands.arm(text, 0, 60),
    "disarm": lambda text: commands.disarm(text, 0),
    "file": lambda text: commands.playback(UUID, [text], "q1"),
    "files": lambda text: commands.playback(UUID, [FILE, text], "q1"),
    "execution": lambda text: commands.playback(UUID, [FILE], text),
    "prompt": lambda text: commands.gather(UUID, [text], "q1", **GATHER),
    "variable": lambda text: commands.gather(UUID, [], "q1", **GATHER | {"variable": text}),
    "terminators": lambda text: commands.gather(UUID, [], "q1", **GATHER | {"terminators": text}),
    "allowed": lambda text: commands.gather(UUID, [], "q1", **GATHER | {"allowed": text}),
    "password": commands.auth,
    "event": lambda text: commands.subscribe([text]),
}


def words(frame: bytes) -> list[list[str]]:
    """Lines and words of a frame, by a reader that knows nothing of the builders."""
    assert frame.endswith(b"\n\n")
    assert frame.count(b"\n\n") == 1
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in frame)
    assert len(frame) <= 8192
    return [line.split(" ") for line in frame[:-2].decode("ascii").split("\n")]


SAMPLES = {
    "uuid": UUID, "node": "n", "caller_id": "79", "endpoint": GOOD_ENDPOINTS[0], "bar": OTHER, "epoch node": "n",
    "kill": UUID, "cause": "USER_BUSY", "bridge": OTHER, "exists": UUID, "marker": UUID, "dump": UUID, "stop": UUID,
    "arm": "n", "disarm": "n", "file": FILE, "files": FILE, "execution": "q1", "prompt": FILE, "variable": "okq1",
    "terminators": "#", "allowed": "12", "password": "secret", "event": "CHANNEL_PARK",
    "can_write": FILE, "gateway": "oklik-7", "drop_gateway": "oklik-7",
}  # fmt: skip
SHAPES = {name: [len(line) for line in words(build(SAMPLES[name]))] for name, build in FIELDS.items()}


@pytest.mark.parametrize("field", FIELDS)
@given(text=HOSTILE)
@example(text="x\n\napi hupall")
@settings(max_examples=150, deadline=None)
def test_anything_in_any_field_is_one_intended_frame_or_refused(field: str, text: str) -> None:
    try:
        frame = FIELDS[field](text)
    except BadField:
        return
    shape = [len(line) for line in words(frame)]
    if field == "caller_id" and not text:
        text = "-"
    if field == "cause" and text == "NORMAL_CLEARING":
        return
    assert shape == SHAPES[field]
    if field not in ("allowed", "terminators"):
        assert text in frame.decode()
    if field != "password":
        assert not re.search(r"\$\{|:_:|\^\^|[{}<>|;&\\\"`]", frame.decode())


@given(text=st.text(min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
def test_fields_do_not_look_like_numbers_or_end_early(text: str) -> None:
    """Anchors: a good value with anything before or after is refused."""
    for field, good in (
        ("uuid", UUID),
        ("node", "n"),
        ("caller_id", "7916"),
        ("endpoint", GOOD_ENDPOINTS[0]),
        ("file", FILE),
    ):
        for value in (good + text, text + good):
            try:
                frame = FIELDS[field](value)
            except BadField:
                continue
            assert value in frame.decode()
            assert [len(line) for line in words(frame)] == SHAPES[field]


@pytest.mark.parametrize("name", ["epoch", "ring_s", "max_s"])
@pytest.mark.parametrize("value", [-1, True, 1.5, "30", None, 10**20, 0x7FFFFFFFFFFFFFFF])
def test_numbers_have_ranges(name: str, value: object) -> None:
    with pytest.raises(BadField):
        commands.dial(UUID, **DIAL | {name: value})


def test_a_password_is_not_shown() -> None:
    with pytest.raises(BadField) as refused:
        commands.auth("top secret\n")
    assert "secret" not in str(refused.value)


def test_too_long_is_refused() -> None:
    with pytest.raises(BadField):
        commands.playback(UUID, [FILE] * 100, "q1")
    with pytest.raises(BadField):
        commands.bar([UUID] * 101)
    assert len(commands.bar([UUID] * 100)) < 8192


# -- the second opinion ---------------------------------------------------------------------------------------


def leg(**changes: object) -> readback.Leg:
    return readback.Leg(**({"uuid": UUID} | DIAL | changes))


def line(text: str) -> bytes:
    return f"bgapi lua oklik.lua dial {text}\nJob-UUID: {UUID}\n\n".encode()


GOOD = f"{UUID} 7 fs-1 30 900 +74951234567 sofia/gateway/pstn/+79161234567"


def test_readback_takes_the_intended_line() -> None:
    readback.check(line(GOOD), leg())
    readback.check(line(GOOD + " keys"), leg(every_key=True))
    with pytest.raises(readback.Misread):
        readback.check(line(GOOD), leg(every_key=True))


@pytest.mark.parametrize(
    "data",
    [
        line(GOOD + ",sofia/gateway/pstn/900"),
        line(GOOD + "|sofia/gateway/pstn/900"),
        line(GOOD + ":_:sofia/gateway/pstn/900"),
        line(GOOD + " &socket(evil:1)"),
        line(GOOD + " keys"),
        line(GOOD + " keys keys"),
        line(GOOD + " else"),
        line(GOOD + " sofia/gateway/pstn/900"),
        line(GOOD.replace("fs-1", "fs-1,execute_on_answer=x")),
        line(GOOD.replace("fs-1", "fs-1}sofia/gateway/pstn/900{x=1")),
        line(GOOD.replace("fs-1", "'fs-1'")),
        line(GOOD.replace("fs-1", "fs\\s1")),
        line(GOOD.replace("fs-1", "fs-2")),
        line(GOOD.replace("30", "030")),
        line(GOOD.replace("900", "901")),
        line(GOOD.replace("+74951234567", "${x}")),
        line(GOOD) + b"api hupall\n\n",
        line(GOOD).replace(b"\nJob", b"\nconsole_execute: true\nJob"),
        line(GOOD).replace(b"bgapi", b"api"),
        line(GOOD).replace(b"dial", b"bar"),
        line(GOOD).replace(b"lua ", b"luarun "),
        line(GOOD).replace(b" 7 ", b"  "),
        line(GOOD).replace(b"fs-1", "fs-ё".encode()),
        line(GOOD).replace(b"fs-1", b"fs\r1"),
    ],
)
def test_readback_refuses_everything_else(data: bytes) -> None:
    with pytest.raises(readback.Misread):
        readback.check(data, leg())


@pytest.mark.parametrize("pattern", ["node", "caller id", "endpoint", "uuid"])
@pytest.mark.parametrize("evil", ["a,b", "a}b", "a b", "a'b", "a\\b", "a|b", "a;b", "${a}", "a:_:b,c"])
def test_with_a_grammar_left_out_the_second_opinion_refuses(
    monkeypatch: pytest.MonkeyPatch, pattern: str, evil: str
) -> None:
    """The two guards do not lean on each other."""
    monkeypatch.setitem(commands._COMPILED, pattern, re.compile(r".*", re.DOTALL))
    field = {"node": "node", "caller id": "caller_id", "endpoint": "endpoint"}.get(pattern)
    with pytest.raises(BadField):
        if field is None:
            commands.dial(evil, **DIAL)
        else:
            commands.dial(UUID, **DIAL | {field: evil})


@given(text=HOSTILE)
@settings(max_examples=300, deadline=None)
def test_originate_as_the_switch_reads_it(text: str) -> None:
    meant = leg(endpoint=text)
    try:
        found = readback.parse_originate(readback.originate_line(meant))
    except readback.Misread:
        return
    if found.legs == [text]:
        assert not set(text) & set("'\"\\{}[]<>,|$ \n")
    assert found.variables["origination_uuid"] == UUID


@pytest.mark.parametrize("every_key", [True, False])
@pytest.mark.parametrize("caller_id", ["+74951234567", ""])
def test_without_the_guard_the_line_is_the_script_s(caller_id: str, every_key: bool) -> None:
    given: dict[str, Any] = DIAL | {"caller_id": caller_id, "every_key": every_key}
    frame = commands.originate(UUID, **given)
    said = readback.originate_line(leg(caller_id=caller_id, every_key=every_key))
    assert frame == f"bgapi originate {said}\nJob-UUID: {UUID}\n\n".encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bgapi", "api"),
        ("originate {", "originate  {"),
        ("originate {", "expand originate {"),
        ("originate {", "originate {x=1}{"),
        ("fs-1", "fs-2"),
        ("oklik_node=fs-1", "oklik_node=fs-1,execute_on_answer=x"),
        ("originate_timeout=30,", ""),
        (" &park()", " &socket(evil:1)"),
        (" &park()", ",sofia/gateway/pstn/900 &park()"),
        (" &park()", "|sofia/gateway/pstn/900 &park()"),
        (" &park()", " &park() inline"),
        ("\n\n", "\n\napi hupall\n\n"),
        ("\nJob", "\nconsole_execute: true\nJob"),
    ],
)
def test_readback_refuses_another_originate(old: str, new: str) -> None:
    frame = commands.originate(UUID, **DIAL).decode()
    assert frame.count(old) == 1
    readback.check_plain(frame.encode(), leg())
    with pytest.raises(readback.Misread):
        readback.check_plain(frame.replace(old, new).encode(), leg())


def test_the_guard_script_puts_the_same_line_together() -> None:
    """The model's list of variables is the script's."""
    script = (Path(__file__).parents[2] / "freeswitch-conf/scripts/oklik.lua").read_text()
    inside = script[script.index("local variables = {") : script.index('"originate", "{"')]
    named = re.findall(r'"([a-z_]+)=([a-z0-9]*)"', inside)
    model = readback.parse_originate(readback.originate_line(leg(every_key=True))).variables
    assert [name for name, _ in named] == list(model)
    assert all(model[name] == value for name, value in named if value)
    assert '"{" .. table.concat(variables, ",") .. "}" .. endpoint .. " &park()"' in script
