"""Is the guard's script at the switch of this program's version?  It is copied there by hand, so it may be old."""

from oklik.esl import commands
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.port import SwitchRefused

FIRST = 1  # of scripts that could not say it yet


def script_version(link: Link) -> int:
    """Ask, where there is a script.  Raises SwitchLost, WaitTimeout."""
    words = link.ask(commands.guard_version()).text.split()
    told = words[1] if words[:1] == ["+OK"] and len(words) == 2 else ""
    return int(told) if told.isascii() and told.isdecimal() else FIRST


def check_script(link: Link) -> None:
    """Make sure that it is not older than this program.  A newer one knows all that an older one knew.

    Raises SwitchRefused (guard_old), SwitchLost, WaitTimeout.
    """
    found = script_version(link)
    if found < commands.GUARD_VERSION:
        raise SwitchRefused(
            f"the guard script {commands.GUARD} at {link.where} is of version {found}, and this program needs "
            f"{commands.GUARD_VERSION}: copy freeswitch-conf/scripts/{commands.GUARD} into the switch's scripts folder "
            "(no restart is needed)",
            "guard_old",
        )
