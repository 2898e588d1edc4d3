"""Is a switch there, does it take the password, has it our guard, does it find our files?  Asked before a campaign.

Leaves nothing behind at the switch.  Needs no monkey patch, so a command can ask before it starts a dialer.
"""

from oklik.esl import commands
from oklik.telephony.freeswitch import guards, outcome
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.freeswitch.script_version import check_script
from oklik.telephony.port import Probed, SwitchRefused


def run_of(host: str, port: int, password: str) -> str:
    """The switch's Core-UUID, which changes with each of its starts; who drives it is not asked and goes on.

    Raises SwitchUnreachable, SwitchRefused, SwitchLost, WaitTimeout.
    """
    link = Link(host, port, password, on_event=lambda _: None, on_lost=lambda _link, _reason: None)
    link.open()
    try:
        return link.ask(commands.core_uuid()).text.strip()
    finally:
        link.leave()


def probe(host: str, port: int, password: str, *, file: str | None = None, new_file: str | None = None) -> Probed:
    """What there is.

    file: absolute path of a wav file that the switch must find.  new_file: of one that it must be able to make, and
    has made afterwards.  Raises SwitchUnreachable, SwitchRefused (password, address, guard, guard_old, file, new_file;
    see its reason), WaitTimeout.
    """
    link = Link(host, port, password, on_event=lambda _: None, on_lost=lambda _link, _reason: None)
    link.open()
    try:
        version = link.ask(commands.version())
        # Epoch 0 of a node nobody uses changes nothing; the answer shows that script, mod_lua and mod_hash are there.
        guard = link.ask(commands.epoch("probe", 0))
        guarded = not outcome.no_script(guard.text)
        if new_file is None and not guarded:
            guards.Plain(link, "probe", 0).register()  # mod_hash is enough to dial, and not to record
        elif not guard.ok:
            raise SwitchRefused(
                f"the switch at {host}:{port} has no guard: oklik.lua must lie in its scripts folder, with mod_lua and"
                f" mod_hash loaded (it said: {guard.line})",
                "guard",
            )
        else:
            check_script(link)
        if file is not None and link.ask(commands.file_exists(file)).text != "true":
            raise SwitchRefused(f"the switch at {host}:{port} does not find {file}", "file")
        if new_file is not None:
            made = link.ask(commands.can_write(new_file))
            if not made.text.startswith("+OK"):
                old = "OKLIK_NOT_WRITABLE" not in made.text
                raise SwitchRefused(
                    f"the switch at {host}:{port} cannot make {new_file}: {made.line}", "guard" if old else "new_file"
                )
        return Probed(virtual="oklik virtual switch" in version.text.lower(), guarded=guarded)
    finally:
        link.leave()
