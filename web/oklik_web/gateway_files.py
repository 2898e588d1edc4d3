"""Where the gateways' files go: into the switch's configuration where it lies on this machine, else to be taken there.

Pages and the API share this: a change is written into the folder within its transaction, so that what is kept and what
the switch reads are the same, and a folder that cannot be written refuses the change.
"""

from pathlib import Path

from oklik.campaigns.gateways import Kept
from oklik.telephony import gateway_file
from oklik.telephony.gateway_file import NotWritten
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.texts import text_in
from oklik_web.words import LANGUAGES


def folder() -> Path | None:
    """The switch's configuration on this machine; None where there is none."""
    told = running().settings.switch_conf
    return Path(told) if told else None


def put(kept: Kept, password: str) -> bool:
    """Write the gateway's file; False where there is no folder.  Raises GatewayFault, Problem."""
    where = folder()
    if where is None:
        # what cannot be a file is refused all the same; whoever takes the file names the password then
        gateway_file.to_xml(kept.gateway, password or "not-said")
        return False
    try:
        gateway_file.write(where, kept.gateway, password)
    except NotWritten as error:
        raise not_written(error) from None
    return True


def take_away(name: str) -> None:
    """Remove a gateway's file, where there is a folder.  Raises Problem."""
    where = folder()
    if where is None:
        return
    try:
        gateway_file.remove(where, name)
    except NotWritten as error:
        raise not_written(error) from None


def written(kept: Kept) -> bool | None:
    """Whether the file is there; None where nobody here can know."""
    where = folder()
    return None if where is None else gateway_file.there(where, kept.gateway.name)


def not_written(error: NotWritten) -> Problem:
    """Give the refusal that says which file and why."""
    path = str(folder() or "")
    return Problem(
        409,
        {code: text_in(code, f"trunks.not_written_{error.reason}", path=path, why=error.why) for code in LANGUAGES},
    )
