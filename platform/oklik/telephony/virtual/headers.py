"""The header blocks of a leg's events: channel, caller, the other leg of a bridge, and the accounts of its end.

Names and their order are those of FreeSWITCH 1.10.12.  The caller block is made anew only when something in it has
changed: it is in every event.
"""

from typing import TYPE_CHECKING

from oklik.telephony.virtual import causes, sofia

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel

_CODECS = {
    "Channel-Read-Codec-Name": "PCMA",
    "Channel-Read-Codec-Rate": "8000",
    "Channel-Read-Codec-Bit-Rate": "64000",
    "Channel-Write-Codec-Name": "PCMA",
    "Channel-Write-Codec-Rate": "8000",
    "Channel-Write-Codec-Bit-Rate": "64000",
}
_PRIVACY = {
    "Caller-Screen-Bit": "true",
    "Caller-Privacy-Hide-Name": "false",
    "Caller-Privacy-Hide-Number": "false",
}


def channel_block(leg: "Channel") -> dict[str, str]:
    """The channel headers of an event, without variables."""
    out = {
        "Channel-State": leg.state,
        "Channel-Call-State": leg.call_state,
        "Channel-State-Number": leg.state_number,
        "Channel-Name": leg.name,
        "Unique-ID": leg.uuid,
        "Call-Direction": leg.direction,
        "Presence-Call-Direction": leg.direction,
        "Channel-HIT-Dialplan": "true" if leg.dialplan else "false",
        "Channel-Call-UUID": leg.uuid,
        "Answer-State": leg.answer_state,
    }
    if leg.cause:
        out["Hangup-Cause"] = leg.cause
    if leg.answered or leg.early_us:
        out.update(_CODECS)
    out["Caller-Direction"] = leg.direction
    partner = leg.partner
    out["Caller-Logical-Direction"] = (
        "inbound" if leg.inbound or (partner and partner[0] == "originatee") else "outbound"
    )
    caller_block(leg, "Caller", out)
    if partner is not None:
        out["Other-Type"] = partner[0]
        out["Other-Leg-Direction"] = partner[1].direction
        out["Other-Leg-Logical-Direction"] = "inbound" if partner[0] == "originatee" else "outbound"
        caller_block(partner[1], "Other-Leg", out)
    return out


def caller_block(leg: "Channel", prefix: str, out: dict[str, str]) -> None:
    """The caller headers under `prefix` (Caller, or Other-Leg in a bridge)."""
    state = (
        prefix,
        leg.turned,
        leg.shown_number,
        leg.shown_callee,
        leg.transfer_source,
        leg.profile_index,
        leg.answered_us,
        leg.progress_us,
        leg.early_us,
        leg.ended_us,
        leg.bridged_us,
    )
    if leg.caller_state != state:
        leg.caller_state, leg.caller = state, _make_caller(leg, prefix)
    out.update(leg.caller)


def _make_caller(leg: "Channel", prefix: str) -> dict[str, str]:
    if leg.inbound:
        shown = {"Caller-ID-Name": leg.caller_name, "Caller-ID-Number": leg.caller_number}
        callee = {}
    elif leg.turned:  # turned round at the answer: do not identify a call by these
        shown = {"Caller-ID-Name": "Outbound Call", "Caller-ID-Number": leg.shown_number}
        callee = {"Callee-ID-Number": leg.shown_callee}
    else:
        shown = {"Caller-ID-Name": leg.caller_name, "Caller-ID-Number": leg.caller_number}
        callee = {"Callee-ID-Name": "Outbound Call", "Callee-ID-Number": leg.number}
    fields = {
        **shown,
        "Orig-Caller-ID-Name": leg.caller_name,
        "Orig-Caller-ID-Number": leg.caller_number,
        **callee,
        "Network-Addr": sofia.CARRIER if leg.sip and leg.progress_us else "",
        "ANI": leg.caller_number,
        "Destination-Number": leg.number,
        "Unique-ID": leg.uuid,
        "Source": "mod_sofia" if leg.inbound else "src/switch_ivr_originate.c",
        "Transfer-Source": leg.transfer_source,
        "Context": "inbound" if leg.inbound else "default",
        "Channel-Name": leg.name,
    }
    if prefix == "Caller":
        fields["Profile-Index"] = str(leg.profile_index)
    fields["Profile-Created-Time"] = str(leg.profile_us)
    for name, us in (
        ("Created", leg.created_us),
        ("Answered", leg.answered_us),
        ("Progress", leg.progress_us),
        ("Progress-Media", leg.early_us),
        ("Hangup", leg.ended_us),
        ("Transfer", 0),
        ("Resurrect", 0),
        ("Bridged", leg.bridged_us),
    ):
        fields[f"Channel-{name}-Time"] = str(us)
    fields["Channel-Last-Hold"] = fields["Channel-Hold-Accum"] = "0"
    out = {f"{prefix}-{name}": value for name, value in fields.items() if value}
    for name, value in _PRIVACY.items():
        out[name.replace("Caller", prefix, 1)] = value
    return out


def accounts(leg: "Channel") -> dict[str, str]:
    """The variables a leg gets when it is over: cause, stamps, durations, counters."""
    stamps = {
        "start": leg.created_us,
        "profile_start": leg.profile_us,
        "answer": leg.answered_us,
        "bridge": leg.bridged_us,
        "progress": leg.progress_us,
        "progress_media": leg.early_us,
        "end": leg.ended_us,
    }
    out = {
        "hangup_cause": leg.cause,
        "hangup_cause_q850": str(causes.q850(leg.cause)),
        "digits_dialed": leg.keys or "none",
    }
    out.update({f"{k}_stamp": leg.core.dates(us)[0] for k, us in stamps.items() if us})
    kinds = ("start", "profile_start", "answer", "bridge", "last_hold", "hold_accum", "resurrect", "progress")
    for kind in (*kinds, "progress_media", "end"):
        if kind == "hold_accum":
            out["hold_accum_seconds"] = out["hold_accum_usec"] = out["hold_accum_ms"] = "0"
            continue
        us = stamps.get(kind, 0)
        out[f"{kind}_epoch"], out[f"{kind}_uepoch"] = str(us // 1_000_000), str(us)
    if leg.last_app[0]:
        out["last_app"] = leg.last_app[0]
        if leg.last_app[1]:
            out["last_arg"] = leg.last_app[1]
    out["caller_id"] = f'"Outbound Call" <{leg.number}>' if leg.turned else leg.caller_number
    start, end = leg.created_us, leg.ended_us
    spans = {
        "duration": end - start,
        "bill": end - leg.answered_us if leg.answered_us else 0,
        "progress": leg.progress_us - start if leg.progress_us else 0,
        "answer": leg.answered_us - start if leg.answered_us else 0,
        "wait": leg.bridged_us - start if leg.bridged_us else 0,
        "progress_media": leg.early_us - start if leg.early_us else 0,
        "flow_bill": end - start if leg.answered_us else 0,
    }
    for unit, size in (("sec", 1_000_000), ("msec", 1000), ("usec", 1)):
        for span, us in spans.items():
            name = {"sec": "", "msec": "m", "usec": "u"}[unit] + "duration" if span == "duration" else span + unit
            out[name] = str(us // size)
    accounts = {f"variable_{k}": v for k, v in out.items()}
    if leg.sip and "variable_sip_hangup_disposition" not in leg.variables:
        if leg.inbound and not leg.answered:
            accounts["variable_sip_hangup_disposition"] = "send_refuse"
        elif leg.answered:
            accounts["variable_sip_hangup_disposition"] = "send_bye"
        else:
            accounts.update(sofia.cancelled())
    if leg.sip and leg.answered:
        accounts.update(sofia.counts())
    return accounts
