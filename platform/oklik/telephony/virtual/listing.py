"""`show channels` and `show calls`: the legs as the switch lists them, as a table, as JSON, or counted."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel
    from oklik.telephony.virtual.core import Core

_USAGE = "-USAGE: calls [count]|channels [count|like <match string>]|calls|bridged_calls\n"


def _row(leg: "Channel") -> dict[str, str]:
    sound = ("PCMA", "8000", "64000") if leg.answered or leg.early_us else ("", "", "")
    turned = leg.turned and not leg.inbound
    runs = leg.executor.stack
    name, data = (runs[-1].name, runs[-1].data) if runs else (("park", "") if leg.parked else ("", ""))
    return {
        "uuid": leg.uuid,
        "direction": leg.direction,
        "created": leg.core.dates(leg.created_us)[0],
        "created_epoch": str(leg.created_us // 1_000_000),
        "name": leg.name,
        "state": leg.state,
        "cid_name": "Outbound Call" if turned else leg.caller_name,
        "cid_num": leg.number if turned else leg.caller_number,
        "ip_addr": "",
        "dest": leg.number,
        "application": name,
        "application_data": data,
        "dialplan": "",
        "context": "inbound" if leg.inbound else "default",
        "read_codec": sound[0],
        "read_rate": sound[1],
        "read_bit_rate": sound[2],
        "write_codec": sound[0],
        "write_rate": sound[1],
        "write_bit_rate": sound[2],
        "secure": "",
        "hostname": "oklik-virtual",
        "presence_id": "",
        "presence_data": "",
        "accountcode": "",
        "callstate": leg.call_state,
        "callee_name": "" if turned else "Outbound Call",
        "callee_num": leg.caller_number if turned else leg.number,
        "callee_direction": "RECV" if turned else "",
        "call_uuid": leg.uuid,
        "sent_callee_name": "",
        "sent_callee_num": "",
        "initial_cid_name": leg.caller_name,
        "initial_cid_num": leg.caller_number,
        "initial_ip_addr": "",
        "initial_dest": leg.number,
        "initial_dialplan": "",
        "initial_context": "default",
    }


def show(core: "Core", argument: str) -> str:
    """The output of `show <argument>`."""
    words = argument.split()
    if not words or words[0] not in {"channels", "calls", "bridged_calls"}:
        return _USAGE
    as_json = words[-2:] == ["as", "json"]
    words = words[:-2] if as_json else words
    legs = list(core.channels.values())
    if words[0] == "bridged_calls":
        legs = [leg for leg in legs if leg.bridge is not None and leg.bridge.up and leg.bridge.first is leg]
    if words[1:2] == ["count"]:
        return f'{{"row_count": {len(legs)}}}\n' if as_json else f"\n{len(legs)} total.\n"
    rows = [_row(leg) for leg in legs]
    if words[1:2] == ["like"] and len(words) > 2:
        rows = [row for row in rows if any(words[2] in value for value in row.values())]
    if as_json:
        if not rows:
            return '{"row_count": 0}\n'
        return msgspec.json.encode({"row_count": len(rows), "rows": rows}).decode()
    if not rows:
        return "\n0 total.\n"
    table = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return "\n".join(table) + f"\n\n{len(rows)} total.\n"
