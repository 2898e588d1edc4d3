"""The real FreeSWITCH of the live tests: where it is, and whether it has the guard's script."""

import os
from functools import cache
from urllib.parse import unquote, urlsplit

from oklik.telephony.freeswitch.probe import probe

SWITCH = os.environ.get("OKLIK_LIVE_SWITCH", "")
"""esl://:PASSWORD@HOST:PORT; empty: there is none."""


def address() -> tuple[str, int, str]:
    """Its host, port and password.  Only where there is one."""
    url = urlsplit(SWITCH)
    assert url.hostname
    return url.hostname, url.port or 8021, unquote(url.password or "")


@cache
def guarded() -> bool:
    """It has the script.  Without it (mod_lua is not loaded) only what docs/freeswitch.md says is promised."""
    return probe(*address()).guarded
