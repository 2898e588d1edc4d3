"""People who call us on a real FreeSWITCH: one SIPp a call, who does what the last two digits of the number say.

05 leaves 3 s after the answer; 06 presses 1 every 3 s; 99 leaves when not answered within a second; any other waits
until we hang up.
"""

import os
import socket
import subprocess
from pathlib import Path

from support.sipp import LOCAL

TO_US = os.environ.get("OKLIK_LIVE_SIP", "127.0.0.1:5080")
_HEAD = """\
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:{number}@[local_ip]:[local_port]>;tag=[call_number]
"""
_TAIL = """\
      Call-ID: [call_id]
      Contact: <sip:{number}@[local_ip]:[local_port]>
      Max-Forwards: 70
"""
_SDP = """\
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=u 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 8 96
      a=rtpmap:8 PCMA/8000
      a=rtpmap:96 telephone-event/8000
"""


def _send(method: str, number: str, cseq: int, *, to: str = "[peer_tag_param]", body: str = "") -> str:
    line = f"      {method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n"
    if method == "CANCEL":
        line += _HEAD.format(number=number).replace("[branch]", "[branch-2]")
    else:
        line += _HEAD.format(number=number)
    line += f"      To: <sip:[service]@[remote_ip]:[remote_port]>{to}\n      CSeq: {cseq} {method}\n"
    line += _TAIL.format(number=number) + (body or "      Content-Length: 0\n\n")
    return f"<send><![CDATA[\n\n{line}]]></send>\n"


def scenario(number: str) -> str:
    """The SIPp scenario of a caller."""
    invite = _send("INVITE", number, 1, to="", body=_SDP)
    early = '<recv response="100" optional="true"/><recv response="180" optional="true"/>'
    if number.endswith("99"):
        steps = [
            *(
                invite,
                '<recv response="100" optional="true"/>',
                '<recv response="180"/>',
                '<pause milliseconds="1000"/>',
            ),
            *(_send("CANCEL", number, 1, to="").replace("[branch-2]", "[branch-4]"), '<recv response="200"/>'),
            *('<recv response="487"/>', _send("ACK", number, 1).replace("[branch]", "[branch-7]")),
        ]
    else:
        steps = [invite, early, '<recv response="200" rrs="true"/>', _send("ACK", number, 1)]
        if number.endswith("05"):
            steps += ['<pause milliseconds="3000"/>', _send("BYE", number, 2), '<recv response="200"/>']
        elif number.endswith("06"):
            press = '<pause milliseconds="3000"/><nop><action><exec play_dtmf="1"/></action></nop>'
            steps += [press * 6, '<pause milliseconds="60000"/>']
        else:
            steps += ['<recv request="BYE" timeout="60000"/>', _ok()]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="caller">\n{"".join(steps)}</scenario>\n'


def _ok() -> str:
    lines = "[last_Via:]\n      [last_From:]\n      [last_To:]\n      [last_Call-ID:]\n      [last_CSeq:]\n"
    return f"<send><![CDATA[\n\n      SIP/2.0 200 OK\n      {lines}      Content-Length: 0\n\n]]></send>\n"


def call_us(folder: Path, number: str, dialed: str) -> "subprocess.Popen[bytes]":
    """Begin a call; kill the process when it is not wanted any more."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    script = folder / f"caller-{port}.xml"
    script.write_text(scenario(number), "utf-8")
    media = 30_000 + port % 15_000 * 2
    with (folder / f"caller-{port}.out").open("wb") as out:
        return subprocess.Popen(
            [
                *("sipp", "-sf", str(script), TO_US, "-s", dialed, "-m", "1", *LOCAL, "-p", str(port)),
                *("-mp", str(media), "-nostdin", "-trace_err", "-error_file", str(folder / f"caller-{port}.err")),
            ],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "TERM": "xterm"},
        )
