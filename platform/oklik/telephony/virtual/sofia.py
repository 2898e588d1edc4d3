"""Variables that mod_sofia puts on a leg, in the order in which a real switch shows them.

They are here for their names, order and bulk (an event of a real call is six kilobytes, and what it costs to read
must be the same on the virtual switch); the addresses are those of a documentation network.
"""

from collections.abc import Mapping
from zlib import crc32

HOST = "192.0.2.10"
CARRIER = "192.0.2.20"

_SDP = (
    f"v=0\r\no=FreeSWITCH 1795282129 1795282130 IN IP4 {HOST}\r\ns=FreeSWITCH\r\nc=IN IP4 {HOST}\r\nt=0 0\r\n"
    "m=audio 26122 RTP/AVP 8 0 96 13\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\na=rtpmap:13 CN/8000\r\na=ptime:20\r\na=sendrecv\r\n"
)
_REMOTE_SDP = (
    f"v=0\r\no=- 1 1 IN IP4 {CARRIER}\r\ns=-\r\nc=IN IP4 {CARRIER}\r\nt=0 0\r\nm=audio 39437 RTP/AVP 8 96\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\na=ptime:20\r\n"
)


def _vars(values: Mapping[str, str]) -> dict[str, str]:
    return {f"variable_{name}": value for name, value in values.items()}


_ANSWERED = _vars(
    {
        "switch_r_sdp": _REMOTE_SDP,
        "ep_codec_string": "CORE_PCM_MODULE.PCMA@8000h@20i@64000b",
        "rtp_use_codec_string": "PCMA,PCMU",
        "remote_video_media_flow": "inactive",
        "remote_text_media_flow": "inactive",
        "remote_audio_media_flow": "sendrecv",
        "rtp_audio_recv_pt": "8",
        "rtp_use_codec_name": "PCMA",
        "rtp_use_codec_rate": "8000",
        "rtp_use_codec_ptime": "20",
        "rtp_use_codec_channels": "1",
        "rtp_last_audio_codec_string": "PCMA@8000h@20i@1c",
        "read_codec": "PCMA",
        "original_read_codec": "PCMA",
        "read_rate": "8000",
        "original_read_rate": "8000",
        "write_codec": "PCMA",
        "write_rate": "8000",
        "dtmf_type": "rfc2833",
        "local_media_ip": HOST,
        "local_media_port": "26122",
        "advertised_media_ip": HOST,
        "rtp_use_timer_name": "soft",
        "rtp_use_pt": "8",
        "rtp_use_ssrc": "4211333955",
        "rtp_2833_send_payload": "96",
        "rtp_2833_recv_payload": "96",
        "remote_media_ip": CARRIER,
        "remote_media_port": "39437",
    }
)
_RTP_COUNTS = _vars(
    {
        f"rtp_audio_{name}": value
        for name, value in {
            "in_raw_bytes": "16812",
            "in_media_bytes": "16684",
            "in_packet_count": "105",
            "in_media_packet_count": "97",
            "in_skip_packet_count": "14",
            "in_jitter_packet_count": "0",
            "in_dtmf_packet_count": "8",
            "in_cng_packet_count": "0",
            "in_flush_packet_count": "0",
            "in_largest_jb_size": "0",
            "in_jitter_min_variance": "0.00",
            "in_jitter_max_variance": "0.00",
            "in_jitter_loss_rate": "0.00",
            "in_jitter_burst_rate": "0.00",
            "in_mean_interval": "20.00",
            "in_flaw_total": "0",
            "in_quality_percentage": "100.00",
            "in_mos": "4.50",
            "out_raw_bytes": "17716",
            "out_media_bytes": "17716",
            "out_packet_count": "103",
            "out_media_packet_count": "103",
            "out_skip_packet_count": "0",
            "out_dtmf_packet_count": "0",
            "out_cng_packet_count": "0",
            "rtcp_packet_count": "0",
            "rtcp_octet_count": "0",
        }.items()
    }
)


_NETWORK = _vars(
    {
        "sip_local_network_addr": HOST,
        "sip_reply_host": CARRIER,
        "sip_reply_port": "5060",
        "sip_network_ip": CARRIER,
        "sip_network_port": "5060",
    }
)


def before_call(gateway: str) -> dict[str, str]:
    """Variables before those of the originate command."""
    if not gateway:
        return _vars({"sip_local_network_addr": HOST, "sip_profile_name": "agents"})
    return _vars({"sip_gateway_name": gateway, "sip_local_network_addr": HOST, "sip_profile_name": "gateway"})


def media(name: str, number: str) -> dict[str, str]:
    """Variables between those and the ones of the originate command."""
    return _vars(
        {
            "video_media_flow": "disabled",
            "text_media_flow": "disabled",
            "channel_name": name,
            "sip_destination_url": f"sip:{number}@{CARRIER}:5060",
        }
    )


def called(gateway: str, profile: str, number: str) -> dict[str, str]:
    """Variables after the INVITE."""
    return _vars(
        {
            "rtp_use_codec_string": "PCMA,PCMU",
            "local_media_ip": HOST,
            "local_media_port": "26122",
            "advertised_media_ip": HOST,
            "audio_media_flow": "sendrecv",
            "rtp_local_sdp_str": _SDP,
            "sip_outgoing_contact_uri": f"<sip:gw+{gateway}@{HOST}:5080;transport=udp;gw={gateway}>",
            "sip_req_uri": f"{number}@{CARRIER}:5060",
            "sip_to_host": CARRIER,
            "sip_from_host": HOST,
            "sofia_profile_name": profile,
            "recovery_profile_name": profile,
            "sofia_profile_url": f"sip:mod_sofia@{HOST}:5080",
        }
    )


def network() -> dict[str, str]:
    """Variables that every answer of the far end sets anew."""
    return _NETWORK


def call_id(uuid: str) -> str:
    """The Call-ID of a leg."""
    return f"{uuid[:8]}-60b0-1240-6e98-551bf80908b2"


def replied(uuid: str, number: str, caller: str) -> dict[str, str]:
    """Variables after the first answer of the far end."""
    tag = f"{crc32(uuid.encode()):08x}"
    via = f"SIP/2.0/UDP {HOST}:5080;rport;branch=z9hG4bK{tag}Rg"
    return _NETWORK | _vars(
        {
            "sip_user_agent": "oklik-population",
            "sip_recover_contact": f"<sip:callee@{CARRIER}:5060>",
            "sip_full_via": via,
            "sip_recover_via": via,
            "sip_full_from": f"<sip:{caller}@{HOST}>;tag=6H9HB{tag}",
            "sip_full_to": f"<sip:{number}@{CARRIER}:5060>;tag={tag}",
            "sip_from_user": caller,
            "sip_from_uri": f"{caller}@{HOST}",
            "sip_from_host": HOST,
            "sip_to_user": number,
            "sip_to_port": "5060",
            "sip_to_uri": f"{number}@{CARRIER}:5060",
            "sip_to_host": CARRIER,
            "sip_contact_user": "callee",
            "sip_contact_port": "5060",
            "sip_contact_uri": f"callee@{CARRIER}:5060",
            "sip_contact_host": CARRIER,
            "sip_to_tag": tag,
            "sip_from_tag": f"6H9HB{tag}",
            "sip_cseq": "123100333",
            "sip_call_id": call_id(uuid),
        }
    )


def answered() -> dict[str, str]:
    """Variables once sound flows."""
    return _ANSWERED


def early() -> dict[str, str]:
    """The same when it flows before the answer."""
    out: dict[str, str] = {}
    for name, value in _ANSWERED.items():
        out[name] = value
        if name == "variable_remote_audio_media_flow":
            out["variable_audio_media_flow"] = "sendrecv"
    return out


def counts() -> dict[str, str]:
    """The counters of CHANNEL_HANGUP_COMPLETE."""
    return _RTP_COUNTS


def refused(status: int, phrase: str, q850: int) -> dict[str, str]:
    """Variables of a leg the far end refused."""
    return _vars(
        {
            "sip_hangup_disposition": "recv_refuse",
            "sip_invite_failure_status": str(status),
            "sip_invite_failure_phrase": phrase,
            "sip_term_status": str(status),
            "proto_specific_hangup_cause": f"sip:{status}",
            "sip_term_cause": str(q850),
        }
    )


def left(q850: int) -> dict[str, str]:
    """Variables of a leg whose far end sent BYE."""
    return _vars(
        {
            "sip_term_status": "200",
            "proto_specific_hangup_cause": "sip:200",
            "sip_term_cause": str(q850),
        }
    )


def after_bye() -> dict[str, str]:
    """Variables set once the BYE has been seen to."""
    return _vars({"sip_user_agent": "oklik-population", "sip_hangup_disposition": "recv_bye"})


def cancelled() -> dict[str, str]:
    """Variables of a leg the switch cancelled while it rang."""
    return _vars(
        {
            "sip_hangup_disposition": "send_cancel",
            "sip_invite_failure_status": "487",
            "sip_invite_failure_phrase": "CANCEL",
        }
    )
