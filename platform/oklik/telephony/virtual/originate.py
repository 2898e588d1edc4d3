"""`originate`: the command as FreeSWITCH reads it, and the calling of its legs.

Grammar: `{vars}[vars]endpoint|endpoint &app(args)`.  What is refused before a leg exists makes no event at all:
DESTINATION_OUT_OF_ORDER for syntax, a uuid in use, a pause, max_sessions and sps; the other names tell themselves.
Every command that passed the parser, refused or not, is a line of the ledger.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from oklik.telephony.virtual import gateways, sofia
from oklik.telephony.virtual.applications import limit_call
from oklik.telephony.virtual.channel import TICK_S, Channel
from oklik.telephony.virtual.words import clean, split

if TYPE_CHECKING:
    from oklik.telephony.virtual.core import Core

Result = Callable[[str], None]
USAGE = (
    "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] "
    "[<timeout_sec>]\n"
)
DEFAULT_TIMEOUT_S = 60
_REFUSED = "DESTINATION_OUT_OF_ORDER"


class Leg(msgspec.Struct, frozen=True):
    """One destination: its endpoint string and its own variables ([..] over {..})."""

    endpoint: str
    variables: dict[str, str]


class Order(msgspec.Struct, frozen=True):
    """A parsed originate: groups are tried in turn, the legs of a group only one after another here."""

    legs: tuple[Leg, ...]
    app: str
    app_data: str


def _braced(text: str, opening: str, closing: str) -> tuple[str, str] | None:
    """The inside of a leading block and the rest; None if it is not closed.  Quotes and escapes do not count."""
    depth = 0
    for i, char in enumerate(text):
        depth += (char == opening) - (char == closing)
        if depth == 0:
            return text[1:i], text[i + 1 :]
    return None


def _variables(inside: str) -> dict[str, str]:
    delimiter = ","
    if inside.startswith("^^") and len(inside) > 2:
        delimiter, inside = inside[2], inside[3:]
    out: dict[str, str] = {}
    for item in split(inside, delimiter):
        name, sep, value = item.partition("=")
        name, value = name.strip(" "), clean(value)
        if not name or not sep or "${" in value:
            continue
        out[name] = value
    return out


def parse(argument: str) -> Order | str:
    """The order, or the text of the refusal."""
    words = split(argument, " ")
    if len(words) < 2:
        return USAGE
    rest, shared = words[0], dict[str, str]()
    if ":_:" in rest:  # several originates at once, which nothing of ours may ask for
        return "-ERR CHAN_NOT_IMPLEMENTED\n"
    while rest.startswith(("{", "<")):
        block = _braced(rest, rest[0], "}" if rest[0] == "{" else ">")
        if block is None:
            return f"-ERR {_REFUSED}\n"
        shared.update(_variables(block[0]))
        rest = block[1]
    legs: list[Leg] = []
    for part in rest.split("|"):
        own, endpoint = dict[str, str](), part
        while endpoint.startswith("["):
            block = _braced(endpoint, "[", "]")
            if block is None:
                return f"-ERR {_REFUSED}\n"
            own.update(_variables(block[0]))
            endpoint = block[1]
        legs.append(Leg(endpoint, own | {k: v for k, v in shared.items() if k not in own}))
    app, data = words[1], ""
    if app.startswith("&"):
        app, sep, data = app.partition("(")
        data = data[:-1] if sep and data.endswith(")") else data
    return Order(tuple(legs), app, data)


def number_of(endpoint: str) -> str:
    """The number dialed by an endpoint string: sofia/gateway/NAME/NUMBER, sofia/PROFILE/NUMBER@HOST, user/N@D."""
    parts = endpoint.split("/")
    if parts[0] == "sofia" and parts[1:2] == ["gateway"]:
        return "/".join(parts[3:]).split("@")[0]
    return parts[-1].split("@")[0]


class _Call:
    """The legs of one order, one after another, until one is up."""

    def __init__(self, core: "Core", order: Order, done: Result) -> None:
        self.core = core
        self.order = order
        self.done = done
        self.next = 0

    def go_on(self, cause: str) -> None:
        """Try the next leg; `cause` is why the one before failed."""
        if self.next >= len(self.order.legs):
            self.done(f"-ERR {cause}\n")
            return
        leg = self.order.legs[self.next]
        self.next += 1
        self.call(leg)

    def call(self, leg: Leg) -> None:
        """Call one leg, or refuse it."""
        core = self.core
        uuid = leg.variables.get("origination_uuid") or core.new_uuid()
        number = number_of(leg.endpoint)
        reason = self._refusal(leg, uuid)
        caller = leg.variables.get("origination_caller_id_number", "0000000000")
        fields = {"number": number, "endpoint": leg.endpoint, "caller": caller, "variables": leg.variables}
        if reason is not None:
            core.ledger.write("refused", core.clock.now_us(), uuid, reason=reason[1], cause=reason[0], **fields)
            self.go_on(reason[0])
            return
        core.ledger.write("dial", core.clock.now_us(), uuid, app=self.order.app, app_data=self.order.app_data, **fields)
        self._ring(leg, uuid, number, caller)

    def _refusal(self, leg: Leg, uuid: str) -> tuple[str, str] | None:
        core = self.core
        lines, among = core.population.lines, core.population.among
        kind, _, rest = leg.endpoint.partition("/")
        words = rest.split("/")
        if kind == "user":
            user = rest.split("@")[0]
            if among(user, lines.absent_users):
                return "SUBSCRIBER_ABSENT", "no such user"
            if among(user, lines.unregistered_users):
                return "USER_NOT_REGISTERED", "user not registered"
        elif kind not in {"sofia", "null"} or not rest:
            return "CHAN_NOT_IMPLEMENTED", "no such endpoint"
        # the order of switch_core_session_request_uuid, then the endpoint's own look-ups
        if core.limits.paused_out:
            return _REFUSED, "paused"
        if uuid in core.channels:
            return _REFUSED, "uuid in use"
        limit = core.limits.take(core.live_count, core.clock.real())
        if limit is not None:
            return _REFUSED, limit
        if kind == "sofia" and words[0] == "gateway":
            if len(words) < 3 or not gateways.there(core, words[1]):
                return "INVALID_GATEWAY", "no such gateway"
            if not gateways.answers(core, words[1]):
                return "GATEWAY_DOWN", "gateway down"
        elif kind == "sofia" and (len(words) < 2 or among(words[0], lines.missing)):
            return "INVALID_PROFILE", "no such profile"
        return None

    def _ring(self, leg: Leg, uuid: str, number: str, caller: str) -> None:
        core = self.core
        kind, _, rest = leg.endpoint.partition("/")
        words = rest.split("/")
        gateway = words[1] if kind == "sofia" and words[0] == "gateway" else ""
        profile = "agents" if kind == "user" else words[0] if kind == "sofia" and not gateway else core.profile
        name = f"null/{rest}" if kind == "null" else f"sofia/{profile}/{rest if kind == 'user' else number}"
        far = None if kind == "null" else core.far_end(leg.endpoint, number)
        channel = Channel(
            core,
            uuid,
            name=name,
            number=number,
            sip=kind != "null",
            far=far,
            caller=(leg.variables.get("origination_caller_id_name", ""), caller),
        )
        self._first_variables(channel, leg.variables, gateway)
        channel.on_up = partial(self._up, channel)
        channel.on_end = self.go_on
        channel.fire("CHANNEL_OUTGOING", bare=True)
        channel.enter_state("CS_INIT", "1")
        channel.state_number = "2"
        channel.fire("CHANNEL_CREATE")
        channel.fire("CHANNEL_ORIGINATE")
        channel.enter_state("CS_ROUTING", "2")
        channel.enter_state("CS_CONSUME_MEDIA", "7")
        self._limits(channel, leg.variables)
        if far is None:
            channel.answered = True
            channel.answer_state = "answered"
            channel.call_state = "ACTIVE"
            channel.answered_us = core.clock.now_us()
            core.clock.later(TICK_S, channel._up)  # noqa: SLF001 - a null leg answers by itself
        else:
            far.called(channel)

    def _first_variables(self, channel: Channel, given: Mapping[str, str], gateway: str) -> None:
        channel.put("direction", "outbound")
        channel.put("is_outbound", "true")
        if channel.sip:
            channel.put("uuid", channel.uuid)
            channel.put("call_uuid", channel.uuid)
        channel.put("session_id", str(channel.session_number))
        if channel.sip:
            channel.variables.update(sofia.before_call(gateway))
            channel.variables.update(sofia.media(channel.name, channel.number))
        else:
            channel.put("channel_name", channel.name)
            channel.put("uuid", channel.uuid)
            channel.put("call_uuid", channel.uuid)
        for name, value in given.items():
            channel.put(name, value)
        channel.put("originate_early_media", "false")
        channel.put("originate_endpoint", channel.name.partition("/")[0])
        if channel.sip:
            if channel.number != channel.name.rpartition("/")[2]:  # a user: a second originate inside the first
                channel.late_variables = {f"variable_{k}": v for k, v in given.items() if v}
                for name in ("originate_early_media", "originate_endpoint"):
                    channel.late_variables[f"variable_{name}"] = channel.get(name) or ""
            channel.variables.update(sofia.called(gateway, channel.name.split("/")[1], channel.number))

    def _limits(self, channel: Channel, given: Mapping[str, str]) -> None:
        """Time-outs, in whole simulated seconds of the clock on the wall, as the switch counts them."""
        now = self.core.clock.now_us()
        for name, cause, fallback in (
            ("originate_timeout", "NO_ANSWER", DEFAULT_TIMEOUT_S),
            ("leg_timeout", "ALLOTTED_TIMEOUT", 0),
            ("progress_timeout", "PROGRESS_TIMEOUT", 0),
        ):
            text = given.get(name, "")
            seconds = int(text) if text.isdigit() and int(text) > 0 else fallback
            if seconds:
                seconds += name != "originate_timeout"  # the other two count one second more
                due = (now // 1_000_000 + seconds) * 1_000_000 - now
                channel.set_limit(max(due, 0) / 1e6, self._time_out, channel, cause)

    def _time_out(self, channel: Channel, cause: str) -> None:
        if channel.hung_up or channel.answered or channel.on_up is None:
            return
        if cause == "PROGRESS_TIMEOUT" and (channel.progress_us or channel.early_us):
            return
        channel.hangup(cause)

    def _up(self, channel: Channel) -> None:
        """The leg is up (answered, or early): tell, then run the application."""
        app, data = self.order.app, self.order.app_data
        on_answer = channel.get("execute_on_answer") or ""
        name, _, argument = on_answer.replace("::", " ", 1).partition(" ")
        if name == "sched_hangup":
            limit_call(channel, argument)
        self.done(f"+OK {channel.uuid}\n")
        if app == "&park":
            channel.executor.park()
        elif app.startswith("&"):
            channel.executor.run_and_hang_up(app[1:], data)
        else:
            channel.hangup("NO_ROUTE_DESTINATION", at_once=True)


def originate(core: "Core", argument: str, done: Result) -> None:
    """Run an originate command; `done` gets the text of its result, now or when it is known."""
    order = parse(argument)
    if isinstance(order, str):
        done(order)
    else:
        place(core, order, done)


def place(core: "Core", order: Order, done: Result) -> None:
    """Call a parsed order."""
    _Call(core, order, done).go_on(_REFUSED)
