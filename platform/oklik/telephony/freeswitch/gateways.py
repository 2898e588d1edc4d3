"""Questions to the switch about its gateways, and what its answers mean."""

from collections.abc import Sequence

from oklik.esl import commands
from oklik.esl.events import Event
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.port import GatewaySeen, SwitchError

RESCAN_S = 15.0  # a switch with many gateways reads for a while
MOST_NAMES = 1_000  # of which a refusal is kept


def look(link: Link, name: str, refusal: int) -> GatewaySeen | None:
    """How a gateway is.  refusal: SIP status of its last refused registration.  Raises SwitchError."""
    try:
        reply = link.ask(commands.gateway(name))
    except commands.BadField as error:
        raise SwitchError(str(error)) from error
    if reply.text.startswith("Invalid Gateway!"):
        return None
    said = table(reply.text)
    if "State" not in said:
        raise SwitchError(f"the switch at {link.where} says nothing of the gateway {name}: {reply.line}")
    state = said["State"]
    return GatewaySeen(
        state=state,
        up=said.get("Status", "").startswith("UP"),  # "UP (ping)" while it is being probed
        sip_status=0 if state in {"REGED", "NOREG"} else refusal,
    )


def table(text: str) -> dict[str, str]:
    """The table: a name, blanks, a tab, a value.  Of a name that comes twice the first counts."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, tab, value = line.partition("\t")
        if tab:
            found.setdefault(name.strip(), value.strip())
    return found


def reread(link: Link, names: Sequence[str]) -> None:
    """Have these forgotten, and everything read again.  One that is not there is no error.  Raises SwitchError."""
    try:
        for name in names:
            link.ask(commands.drop_gateway(name))
        reply = link.ask(commands.rescan(), RESCAN_S)
    except commands.BadField as error:
        raise SwitchError(str(error)) from error
    if "+OK scan complete" not in reply.text:
        raise SwitchError(f"the switch at {link.where} did not read its configuration: {' '.join(reply.text.split())}")
    if not reply.text.startswith("Reload XML [Success]"):
        raise SwitchError(f"the switch at {link.where} cannot read its files: {' '.join(reply.text.split())}")


def note(refusals: dict[str, int], event: Event) -> None:
    """Keep why a registration failed; 200 takes it back, and an event without a status says nothing."""
    status = int(event.gateway_status) if event.gateway_status.isdecimal() and len(event.gateway_status) < 4 else 0
    if 200 <= status < 300:
        refusals.pop(event.gateway, None)
    elif status >= 300 and (event.gateway in refusals or len(refusals) < MOST_NAMES):
        refusals[event.gateway] = status
