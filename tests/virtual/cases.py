"""Which recordings are replayed, and what of each is left out and why."""

from typing import Any

from oklik.telephony.virtual import sound
from oklik.telephony.virtual.population import Lines, Population
from virtual.replay import Replay

# Lengths of the recorder's files, in samples of 8 kHz, as its events told them.
PROMPTS = {
    "/tmp/prompts/welcome.wav": 7036,
    "/tmp/prompts/one.wav": 5656,
    "/tmp/prompts/two.wav": 5632,
    "/tmp/prompts/with space.wav": 7901,
    "/tmp/prompts/привет.wav": 7106,
}

# Texts with the host's own figures: their shape has tests of its own.
_STATUS = r"^(bg)?api status"
_LISTS = r"^api show (channels|calls) as json|^api show channels($|\n)|^api show channels like|^api uuid_dump"

CASES: dict[str, dict[str, Any]] = {
    "01-auth": {"skip": [_STATUS], "without": "EFG"},  # E: address list, F and G: users of the directory
    "01-bgapi": {"skip": [_STATUS], "leave_out": ["as XML", "log frames"]},
    "02-answered-json": {},
    "02-answered-plain": {},
    "02-queue": {},
    "03-busy-json": {},
    "03-busy-plain": {},
    # the race before the INVITE has left cannot be set up by hand
    # and of a leg killed while it is being parked either state may be told
    "03-cancel": {
        "leave_out": ["the same race on two connections"],
        "ignore": ["CHANNEL_PARK.Answer-State", "CHANNEL_PARK.Channel-State-Number", "CHANNEL_PARK.Hangup-Cause"],
    },
    # no dialplan here: an extension ends the call as it should, but its caller profile is not changed
    "03-originate-errors": {
        "ignore": [
            f"CHANNEL_HANGUP_COMPLETE.{name}"
            for name in (
                "Channel-HIT-Dialplan",
                "Caller-Caller-ID-Name",
                "Caller-Caller-ID-Number",
                "Caller-Callee-ID-Name",
                "Caller-Callee-ID-Number",
                "Caller-Destination-Number",
                "Caller-Profile-Index",
            )
        ]
    },
    # a redirect is never followed here; there is no address but the carrier's
    "03-originate-failures": {"leave_out": ["302 redirect to", "nothing listens at the address"]},
    "04-callee-hangs-up": {},
    "04-commands-after-hangup": {"skip": [_LISTS, r"uuid_deflect|uuid_limit|avmd"]},
    "05-digits": {},
    "05-dtmf-and-playback": {"leave_out": ["SIP INFO again"]},
    "06-break-broadcast": {"leave_out": ["uuid_broadcast"]},
    "06-playback-variants": {},
    # recordings of a whole call are not modelled; the last one calls a null endpoint, which there is not
    "06-record": {"leave_out": ["uuid_record", "record_session", "record into a folder"]},
    # the name of a registered phone ends in its contact's port
    "07-uuid-bridge": {"ignore": ["Channel-Name"]},
    "07-agent-fails": {
        "ignore": [
            "Channel-Name",
            # who called whom, once a ringing leg was bridged and both were killed for it
            "CHANNEL_HANGUP_COMPLETE.Caller-Caller-ID-Name",
            "CHANNEL_HANGUP_COMPLETE.Caller-Caller-ID-Number",
            "CHANNEL_HANGUP_COMPLETE.Caller-Callee-ID-Name",
            "CHANNEL_HANGUP_COMPLETE.Caller-Callee-ID-Number",
        ]
    },
    "09-reconcile": {"skip": [_LISTS]},
    "10-limits": {"skip": [_STATUS]},
    # detectors of silence and sound are not modelled; a detector that was begun a second time has lost its own status
    "11-answering-machine": {
        "leave_out": ["wait_for_silence", "the same:", "detect_silence"],
        "ignore": ["CUSTOM.Beep-Status"],
    },
    # lists as values are not modelled; in the last two the far end of the recording is missing
    "13-originate-values": {
        "leave_out": ["ARRAY:: at", "dial string: a pipe", "dial string: percent is not decoded"],
    },
}


LAB = Population(
    lines=Lines(missing=("nosuch",), down=("pstn2",), absent_users=("9999",), unregistered_users=("1003",))
)


def replay(name: str) -> Replay:
    """The recording as it is to be replayed, with the configuration it was made with."""
    case = Replay(name, population=LAB, **CASES[name])
    limits = case.world.core.limits
    limits.sps, limits.max_sessions = 100, 1000
    sound._lengths.update({path: samples / 8000 for path, samples in PROMPTS.items()})
    return case
