"""The encoder under hostile fields: it refuses, or the switch does exactly what was meant.

For whatever stands in any field of any command:
1. a builder gives bytes or raises BadField, nothing else;
2. the bytes are one frame;
3. read by the model (switch_grammar) they are the command that was meant: same verb, one leg, same destination and
   application, the same set of variables, the same files;
4. no byte is outside of printable ASCII and line ends, 5. nothing in them has a meaning to a parser that is not ours;
6. no free text travels at all, so there is nothing to be decoded: each field is of a kind named here;
7. a command of good fields is never refused.
The second opinion (oklik.esl.readback) and the last guard of frames are asked directly, too: they would otherwise never
meet what the first guards keep away.
"""

import random
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from fuzz import hostile
from fuzz.switch_grammar import DIGITS, FRAME_MOST, Strange, is_caller, is_endpoint, is_file, is_uuid, is_word, read
from oklik.telephony.virtual import originate as virtual_originate

UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
KEYS = frozenset("0123456789*#")
THIRD_OPINION = 8  # of so many calls that are let through one is shown to the virtual switch's own parser


class Kind(NamedTuple):
    """What a field holds.  good: examples; fits: whether a value may travel, said apart from the encoder."""

    good: tuple[Any, ...]
    fits: Callable[[Any], bool]
    bad: Callable[[random.Random, Any], Any]


class Command(NamedTuple):
    """A builder with its fields, and what the switch is meant to do, as switch_grammar.read gives it."""

    build: str
    fields: dict[str, Kind]
    meant: Callable[[dict[str, Any]], tuple[Any, ...]]
    make: Callable[[Callable[..., bytes], dict[str, Any]], bytes] = lambda build, given: build(**given)


def _texts(good: tuple[str, ...], fits: Callable[[str], bool]) -> Kind:
    return Kind(good, lambda value: isinstance(value, str) and fits(value), hostile.text)


def _numbers(low: int, high: int) -> Kind:
    return Kind(
        (low, high, (low + high) // 2),
        lambda value: type(value) is int and low <= value <= high,
        lambda chance, _: hostile.number(chance, low, high),
    )


UUID = _texts(
    ("c0200000-0000-4000-8000-000000000002", "deadbeef-0123-4567-89ab-cdef01234567"),
    is_uuid,
)
NODE = _texts(("n", "node1", "fs-1.moscow_2", "a" * 32), lambda text: is_word(text, 32, "_.-"))
CALLER = Kind(
    ("+74951234567", "74951234567", "1", "", "123456789012345"),
    lambda value: not value or (isinstance(value, str) and is_caller(value)),  # nothing: none is given
    hostile.text,
)
ENDPOINT = _texts(
    (
        "sofia/gateway/pstn/+79161234567",
        "sofia/gateway/my_gw-1.ru/79161234567",
        "sofia/agents/1001@10.0.0.5:5060",
        "sofia/external/ivan.petrov@sip.example.org",
        "user/1001@example.org",
        "user/1001",
    ),
    is_endpoint,
)
CAUSE = _texts(
    ("USER_BUSY", "LOSE_RACE", "Q850_1", "NORMAL_CLEARING"),
    lambda text: 2 <= len(text) <= 40 and text[0] in UPPER and not set(text) - UPPER - DIGITS - {"_"},
)
FILE = _texts(
    ("/var/lib/oklik/prompts/" + "a1" * 32 + ".wav", "/a.wav", "/tmp/x=y/+z@1/b_c-d.wav", "/.a/..b/c.wav"),
    lambda text: is_file(text) and text.count("/") <= 31,
)
SHORT = _texts(("q1", "a", "0123456789abcdef"), lambda text: 1 <= len(text) <= 16 and not set(text) - LOWER - DIGITS)
VARIABLE = _texts(
    ("okq3", "a", "a" + "9" * 15),
    lambda text: 1 <= len(text) <= 16 and text[0] in LOWER and not set(text) - LOWER - DIGITS,
)
TYPED = _texts(("", "#", "12", "0123456789*#"), lambda text: len(text) <= 12 and not set(text) - KEYS)
PASSWORD = _texts(
    ("ClueCon", "!~{}$'\\|,^&<>", "x" * 128),
    lambda text: 1 <= len(text) <= 128 and all("!" <= one <= "~" for one in text),
)
EVENT = _texts(
    ("CHANNEL_PARK", "DTMF"), lambda text: 3 <= len(text) <= 40 and text[0] in UPPER and not set(text) - UPPER - {"_"}
)


def _is_subclass(text: str) -> bool:
    first, between, second = text.partition("::")
    return (
        bool(between)
        and 2 <= len(first) <= 16
        and not set(first) - LOWER
        and 2 <= len(second) <= 32
        and second[0] in LOWER
        and not set(second) - LOWER - {"_"}
    )


SUBCLASS = _texts(("sofia::gateway_state", "avmd::beep"), _is_subclass)
MODULE = _texts(
    ("mod_avmd", "mod_g729"),
    lambda text: text[:4] == "mod_" and 1 <= len(text) - 4 <= 32 and not set(text[4:]) - LOWER - DIGITS - {"_"},
)
GATEWAY = _texts(("oklik-7", "pstn.ru_1", "a" * 64), lambda text: is_word(text, 64, "_.-"))
EPOCH, MAX_S = _numbers(0, 2**53), _numbers(10, 14400)


def _dialed(f: dict[str, Any]) -> tuple[Any, ...]:
    variables = {
        ("origination_uuid", f["uuid"]),
        ("originate_timeout", str(f["ring_s"])),
        ("ignore_early_media", "true"),
        ("outbound_redirect_fatal", "true"),
        ("park_after_bridge", "true"),
        ("hangup_after_bridge", "false"),
        ("app_disable_expand_variables", "true"),
        ("playback_terminators", "none"),
        ("oklik_node", f["node"]),
    }
    if f["caller_id"]:
        variables |= {("origination_caller_id_number", f["caller_id"]), ("origination_caller_id_name", f["caller_id"])}
    if f["every_key"]:
        variables |= {("dtmf_type", "rfc2833"), ("rtp_liberal_dtmf", "true")}
    legs = (f["endpoint"],)
    return "dial", f["uuid"], str(f["epoch"]), str(f["max_s"]), frozenset(variables), legs, "&park()"


def _entry(verb: str, key: str, *value: str) -> tuple[Any, ...]:
    return "api", "hash", verb, "oklik", key, *value


def _gathered(f: dict[str, Any]) -> tuple[Any, ...]:
    files = (f["first"], f["second"]) if "first" in f else ()
    numbers = (f["min_digits"], f["max_digits"], 1, f["timeout_ms"], f["digit_timeout_ms"])
    said = (*numbers, f["terminators"] or "none", files, f["variable"], f["allowed"] or "0-9*#")
    return "execute", f["uuid"], f["execution"], "play_and_get_digits", said


def _gather(build: Callable[..., bytes], given: dict[str, Any]) -> bytes:
    rest = {name: value for name, value in given.items() if name not in {"first", "second"}}
    return build(files=[given["first"], given["second"]] if "first" in given else [], **rest)


def _recorded(f: dict[str, Any]) -> tuple[Any, ...]:
    silence = (f["silence_level"], f["silence_s"]) if "silence_s" in f else ()
    return "execute", f["uuid"], f["execution"], "record", ((f["path"],), f["max_s"], *silence)


def _both(name: str, first: str, second: str) -> Callable[[Callable[..., bytes], dict[str, Any]], bytes]:
    """Two fields that are handed over as a list."""

    def make(build: Callable[..., bytes], given: dict[str, Any]) -> bytes:
        rest = {one: value for one, value in given.items() if one not in {first, second}}
        return build(**{name: [given[first], given[second]]}, **rest)

    return make


BOOL = Kind((True, False), lambda value: isinstance(value, bool), lambda chance, _: chance.random() < 0.5)
DIAL = {
    "uuid": UUID,
    "epoch": EPOCH,
    "node": NODE,
    "ring_s": _numbers(1, 300),
    "max_s": MAX_S,
    "caller_id": CALLER,
    "endpoint": ENDPOINT,
    "every_key": BOOL,
}
GATHER = {
    "uuid": UUID,
    "execution": SHORT,
    "variable": VARIABLE,
    "min_digits": _numbers(1, 32),
    "max_digits": Kind((32,), lambda value: type(value) is int and value == 32, lambda *_: 33),
    "timeout_ms": _numbers(100, 600_000),
    "digit_timeout_ms": _numbers(100, 600_000),
    "terminators": TYPED,
    "allowed": TYPED,
}
RECORD = {"uuid": UUID, "path": FILE, "execution": SHORT, "max_s": _numbers(1, 3600)}
SILENCE = {
    "silence_level": _numbers(1, 10_000),
    # what counts as none is none
    "silence_s": Kind(
        (1, 60),
        lambda value: type(value) is int and 1 <= value <= 60,
        lambda chance, _: hostile.number(chance, 1, 60) or 61,
    ),
}
COMMANDS = (
    *[Command("dial", DIAL, _dialed)] * 8,
    *[Command("originate", DIAL, lambda f: ("originate", f["uuid"], *_dialed(f)[4:]))] * 4,
    Command("claim", {"uuid": UUID, "at_s": EPOCH}, lambda f: _entry("insert_ifempty", f["uuid"], f"d{f['at_s']}")),
    Command("tombstone", {"uuid": UUID, "at_s": EPOCH}, lambda f: _entry("insert_ifempty", f["uuid"], f"b{f['at_s']}")),
    Command("entered", {"uuid": UUID}, lambda f: _entry("select", f["uuid"])),
    Command("owner", {"node": NODE}, lambda f: _entry("select", f"epoch.{f['node']}")),
    Command(
        "own",
        {"node": NODE, "number": EPOCH},
        lambda f: _entry("insert_ifempty", f"epoch.{f['node']}", str(f["number"])),
    ),
    Command(
        "disown",
        {"node": NODE, "number": EPOCH},
        lambda f: _entry("delete_ifmatch", f"epoch.{f['node']}", str(f["number"])),
    ),
    Command(
        "limit",
        {"uuid": UUID, "max_s": MAX_S},
        lambda f: ("api", "sched_hangup", f"+{f['max_s']}", f["uuid"], "ALLOTTED_TIMEOUT"),
    ),
    Command("auth", {"password": PASSWORD}, lambda f: ("auth", f["password"])),
    Command(
        "subscribe",
        {"kind": EVENT, "custom": SUBCLASS},
        lambda f: ("event", f["kind"], "CUSTOM", f["custom"]),
        lambda build, f: build([f["kind"]], [f["custom"]]),
    ),
    Command("has_module", {"name": MODULE}, lambda f: ("api", "module_exists", f["name"])),
    Command(
        "take",
        {"uuid": UUID, "epoch": EPOCH, "node": NODE, "max_s": MAX_S},
        lambda f: ("api", "guard", "take", f["uuid"], str(f["epoch"]), f["node"], str(f["max_s"])),
    ),
    Command(
        "bar",
        {"first": UUID, "second": UUID},
        lambda f: ("api", "guard", "bar", f["first"], f["second"]),
        _both("uuids", "first", "second"),
    ),
    Command(
        "bar",
        {"count": _numbers(1, 100)},
        lambda f: ("api", "guard", "bar", *[UUID.good[0]] * f["count"]),
        lambda build, f: build(
            [UUID.good[0]] * (f["count"] if type(f["count"]) is int and 0 <= f["count"] < 300 else 0)
        ),
    ),
    Command("epoch", {"node": NODE, "number": EPOCH}, lambda f: ("api", "guard", "epoch", f["node"], str(f["number"]))),
    Command("can_write", {"path": FILE}, lambda f: ("api", "guard", "writes", f["path"])),
    Command(
        "answer", {"uuid": UUID, "execution": SHORT}, lambda f: ("execute", f["uuid"], f["execution"], "answer", ())
    ),
    Command(
        "playback",
        {"uuid": UUID, "first": FILE, "second": FILE, "execution": SHORT},
        lambda f: ("execute", f["uuid"], f["execution"], "playback", (f["first"], f["second"])),
        _both("files", "first", "second"),
    ),
    Command(
        "playback",
        {"uuid": UUID, "file": FILE, "execution": SHORT},
        lambda f: ("execute", f["uuid"], f["execution"], "playback", (f["file"],)),
        lambda build, f: build(f["uuid"], [f["file"]], f["execution"]),
    ),
    Command("gather", GATHER, _gathered, _gather),
    Command("gather", {"first": FILE, "second": FILE, **GATHER}, _gathered, _gather),
    Command(
        "before_recording",
        {"uuid": UUID, "keys": TYPED, "execution": SHORT},
        lambda f: (
            "execute",
            f["uuid"],
            f["execution"],
            "multiset",
            frozenset({("playback_terminators", f["keys"] or "none"), ("record_fill_cng", "true")}),
        ),
    ),
    Command(
        "after_recording",
        {"uuid": UUID, "execution": SHORT},
        lambda f: ("execute", f["uuid"], f["execution"], "set", frozenset({("playback_terminators", "none")})),
    ),
    Command(
        "mark",
        {"uuid": UUID, "execution": SHORT},
        lambda f: ("execute", f["uuid"], f["execution"], "set", frozenset({("oklik_mark", f["execution"])})),
    ),
    Command("record", RECORD | SILENCE, _recorded),
    Command("record", RECORD, _recorded, lambda build, given: build(**given, silence_level=1, silence_s=0)),
    Command(
        "stereo",
        {"uuid": UUID},
        lambda f: (
            "api",
            "uuid_setvar_multi",
            f["uuid"],
            frozenset({("RECORD_STEREO", "true"), ("RECORD_MIN_SEC", "0")}),
        ),
    ),
    Command(
        "record_call",
        {"uuid": UUID, "path": FILE},
        lambda f: ("api", "uuid_record", f["uuid"], "start", f["path"]),
    ),
    Command(
        "record_call_end",
        {"uuid": UUID, "path": FILE},
        lambda f: ("api", "uuid_record", f["uuid"], "stop", f["path"]),
    ),
    Command(
        "stop",
        {"uuid": UUID, "everything": BOOL},
        lambda f: ("api", "uuid_break", f["uuid"], *(["all"] if f["everything"] else [])),
    ),
    Command(
        "kill",
        {"uuid": UUID, "cause": CAUSE},
        lambda f: ("api", "uuid_kill", f["uuid"], *([] if f["cause"] == "NORMAL_CLEARING" else [f["cause"]])),
    ),
    Command("bridge", {"first": UUID, "second": UUID}, lambda f: ("api", "uuid_bridge", f["first"], f["second"])),
    Command("exists", {"uuid": UUID}, lambda f: ("api", "uuid_exists", f["uuid"])),
    Command("file_exists", {"path": FILE}, lambda f: ("api", "file_exists", f["path"])),
    Command(
        "hear_beeps",
        {"uuid": UUID, "execution": SHORT},
        lambda f: ("execute", f["uuid"], f["execution"], "avmd_start", ()),
    ),
    Command("hear_no_beeps", {"uuid": UUID}, lambda f: ("api", "avmd", f["uuid"], "stop")),
    Command(
        "hear_tones",
        {"uuid": UUID, "execution": SHORT},
        lambda f: ("execute", f["uuid"], f["execution"], "start_dtmf", ()),
    ),
    Command("marker", {"uuid": UUID}, lambda f: ("api", "uuid_getvar", f["uuid"], "oklik_node")),
    Command("dump", {"uuid": UUID}, lambda f: ("api", "uuid_dump", f["uuid"], "json")),
    Command("gateway", {"name": GATEWAY}, lambda f: ("api", "sofia", "status", "gateway", f["name"])),
    Command("drop_gateway", {"name": GATEWAY}, lambda f: ("api", "sofia", "profile", "oklik", "killgw", f["name"])),
    Command(
        "arm",
        {"node": NODE, "slot": _numbers(0, 1), "seconds": _numbers(1, 86_400)},
        lambda f: (
            "api",
            "timer",
            f["seconds"],
            f"oklik{f['slot']}-{f['node']}",
            "ALLOTTED_TIMEOUT",
            "oklik_node",
            f["node"],
        ),
    ),
    Command(
        "disarm",
        {"node": NODE, "slot": _numbers(0, 1)},
        lambda f: ("api", "sched_del", f"oklik{f['slot']}-{f['node']}"),
    ),
)
FIXED = {
    "leave": ("exit",),
    "version": ("api", "version"),
    "core_uuid": ("api", "global_getvar", "core_uuid"),
    "status": ("api", "status"),
    "clock": ("api", "strepoch"),
    "profile": ("api", "sofia", "status", "profile", "oklik"),
    "purge": ("bgapi", "guard", "purge"),
    "guard_version": ("api", "guard", "version"),
    "core_settings": ("api", "xml_locate", "configuration", "configuration", "name", "switch.conf"),
    "hears_beeps": ("api", "module_exists", "mod_avmd"),
    "channels": ("api", "show", "channels", "as", "json"),
    "rescan": ("api", "sofia", "profile", "oklik", "rescan"),
}
"""Builders without a field."""


class Violation(Exception):
    """A promise was broken; the text shows by what."""

    structural = True  # what the switch would do is another thing; False: only what is let through or refused is

    def __init__(self, what: str) -> None:
        super().__init__(what if len(what) < 600 else f"{what[:597]}...")


class Leniency(Violation):
    """A field that may not travel does, or one that may does not; what the switch reads is what it says."""

    structural = False


class Fuzz:
    """Cases of a seed against these modules, which are the product's own or have a rule taken out."""

    def __init__(self, seed: int, commands: ModuleType, readback: ModuleType) -> None:
        self.chance = random.Random(seed)
        self.taken, self.refused = 0, 0
        self._commands, self._readback = commands, readback
        self._builders = [(one, getattr(commands, one.build), list(one.fields.items())) for one in COMMANDS]

    def case(self) -> None:
        """One case.  Raises Violation."""
        kind = self.chance.random()
        if kind < 0.85:
            self._command()
        elif kind < 0.94:
            self._second_opinion()
        elif kind < 0.97:
            self._plain_opinion()
        else:
            self._frame()

    def _command(self) -> None:
        chance = self.chance
        command, build, fields = chance.choice(self._builders)
        sound = {name: chance.choice(kind.good) for name, kind in fields}
        given = dict(sound)
        spoilt = chance.random()
        if spoilt > 0.03:
            for _ in range(1 if spoilt < 0.85 else 2):
                name, kind = chance.choice(fields)
                given[name] = kind.bad(chance, sound[name])
        good = all(kind.fits(given[name]) for name, kind in fields)
        try:
            data = command.make(build, given)
        except self._commands.BadField:
            self.refused += 1
            if good:
                raise Leniency(f"{command.build} refuses {given!r}") from None
            return
        except Exception as error:
            raise Violation(f"{command.build} of {given!r}: {error!r}") from error
        self.taken += 1
        self._compare(data, lambda: command.meant(given), f"{command.build} of {given!r}")
        if not good:
            raise Leniency(f"{command.build} lets {given!r} through")
        if command.build == "dial" and self.taken % THIRD_OPINION == 0:
            _third_opinion(data, given)

    def _compare(self, data: bytes, meant: Callable[[], tuple[Any, ...]], what: str) -> None:
        try:
            found = read(data)
        except Strange as error:
            raise Violation(f"{what}: {error}: {data!r}") from None
        if found != meant():
            raise Violation(f"{what} is read as {found!r}")

    def _second_opinion(self) -> None:
        """Lines that a builder without any guard would make, and lines that something has got into."""
        chance = self.chance
        fields = {name: chance.choice(kind.good) for name, kind in DIAL.items()}
        spoilt = dict(fields)
        where = chance.random()
        for _ in range(1 if where < 0.8 else 2):
            name = chance.choice(("uuid", "node", "caller_id", "endpoint", "epoch", "ring_s", "max_s"))
            spoilt[name] = DIAL[name].bad(chance, fields[name])
        if chance.random() < 0.01:
            spoilt["endpoint"] = "undef"  # a dial string that the switch reads as none
        meant = self._readback.Leg(**(spoilt if where < 0.6 else fields))
        values = spoilt if where < 0.9 and chance.random() < 0.7 else fields
        text = _LINE.format(
            caller=values["caller_id"] or ("-" if where < 0.5 else ""),
            keys=" keys" if values["every_key"] else "",
            **_but(values, "caller_id"),
        )
        if where > 0.9:
            words = text.split(" ")
            n = chance.randrange(len(words))
            if chance.random() < 0.5:
                words[n] = chance.choice(("api", "bgapi", "lua", "luarun", "bar", "x", "keys", f"0{words[n]}"))
            else:
                line, end, headers = text.partition("\n")
                words = line.split(" ")
                words.insert(chance.choice((n, len(words))), chance.choice(("x", "keys", "sofia/gateway/x/9", "")))
                words[-1] += end + headers
            text = " ".join(words)
        elif where > 0.55:
            place = chance.randrange(len(text) + 1)
            kept = place + chance.choice((0, 0, 0, 1, 4))
            text = text[:place] + chance.choice(hostile.PIECES) + text[kept:]
        self._judge(
            text,
            lambda data: self._readback.check(data, meant),
            lambda: _dialed(
                {
                    name: int(value) if isinstance(value, bool | float) and name != "every_key" else value
                    for name, value in zip(fields, meant, strict=True)
                }
            ),
            meant,
        )

    def _judge(
        self,
        text: str,
        opinion: Callable[[bytes], None],
        meant: Callable[[], tuple[Any, ...]],
        given: object,
    ) -> None:
        """What the second opinion lets through must be what was meant."""
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > FRAME_MOST:
            return  # the frame's own guard
        try:
            opinion(data)
        except self._readback.Misread:
            self.refused += 1
            return
        except Exception as error:
            raise Violation(f"the second opinion on {data!r}: {error!r}") from error
        self.taken += 1
        self._compare(data, meant, f"the second opinion takes {data!r} for {given!r}")

    def _plain_opinion(self) -> None:
        """The same for the line that places a call without the guard."""
        chance = self.chance
        fields = {name: chance.choice(kind.good) for name, kind in DIAL.items()}
        meant = self._readback.Leg(**fields)
        text = f"bgapi originate {self._readback.originate_line(meant)}\nJob-UUID: {meant.uuid}\n\n"
        if chance.random() < 0.3:
            words = text.split(" ")
            n = chance.randrange(2)
            words[n] = chance.choice(("api", "bgapi", "lua", "luarun", "x", "expand originate", f"{words[n]} x"))
            text = " ".join(words)
        else:
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice(hostile.PIECES) + text[place + chance.choice((0, 0, 1, 4)) :]
        self._judge(
            text,
            lambda data: self._readback.check_plain(data, meant),
            lambda: ("originate", fields["uuid"], *_dialed(fields)[4:]),
            meant,
        )

    def _frame(self) -> None:
        chance = self.chance
        lines = [chance.choice(("api version", "sendmsg x", "a: b")) for _ in range(chance.randrange(1, 4))]
        place = chance.randrange(len(lines))
        spoilt = hostile.text(chance, lines[place])
        lines[place] = spoilt if isinstance(spoilt, str) else ""
        try:
            data = self._commands._frame(*lines)
        except self._commands.BadField:
            self.refused += 1
            return
        except Exception as error:
            raise Violation(f"a frame of {lines!r}: {error!r}") from error
        self.taken += 1
        plain = bytes(range(0x20, 0x7F))
        if (
            data.translate(None, plain + b"\n")
            or data.find(b"\n\n") != len(data) - 2
            or data.count(b"\n") != len(lines) + 1
            or len(data) > 8192
        ):
            raise Violation(f"a frame of {lines!r}: {data[:200]!r}")


def _but(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _third_opinion(data: bytes, given: dict[str, Any]) -> None:
    """What the virtual switch's parser makes of the originate."""
    meant = dict(_dialed(given)[4])
    block = ",".join(f"{name}={value}" for name, value in meant.items())
    found = virtual_originate.parse(f"{{{block}}}{given['endpoint']} &park()")
    right = virtual_originate.Order((virtual_originate.Leg(given["endpoint"], meant),), "&park", "")
    if found != right:
        raise Violation(f"the virtual switch reads {data!r} as {found!r}")


_LINE = (
    "bgapi lua oklik.lua dial {uuid} {epoch} {node} {ring_s} {max_s} {caller} {endpoint}{keys}\nJob-UUID: {uuid}\n\n"
)


class Found(NamedTuple):
    """The first violation.  None: there was none.  seconds: of the processor, whoever else uses the machine."""

    violation: Violation | None
    cases: int
    seconds: float


def hunt(fuzz: Fuzz, *, cases: int | None = None, seconds: float | None = None, structural: bool = False) -> Found:
    """Go on until a violation (structural: one of what the switch would do), so many cases or seconds."""
    began, n = time.process_time(), 0
    while (cases is None or n < cases) and (seconds is None or time.process_time() - began < seconds):
        n += 1
        try:
            fuzz.case()
        except Violation as violation:
            if violation.structural or not structural:
                return Found(violation, n, time.process_time() - began)
    return Found(None, n, time.process_time() - began)
